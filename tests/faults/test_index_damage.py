"""An index that is old, foreign, broken or gone: noticed, and put right or told; never a wrong answer in silence."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from evidence.wiring import open_library
from tests.faults.calling import call
from tests.faults.conftest import Base
from tests.faults.libraries import QUERIES, SECOND, answer, differences, faults, state

SOME = QUERIES[:6]  # queries asked after each flip: each opens the index anew
FLIPS, CUTS = 20, 10


def test_an_older_index_is_noticed(filled: Path, twice_base: Base, tmp_path: Path) -> None:
    """Put back by hand after an import, it is brought up to date before it answers."""
    library = filled / "library"
    old = shutil.copytree(library / "index", tmp_path / "old")
    assert call("-L", library, "import", filled / SECOND).code == 0
    shutil.rmtree(library / "index")
    shutil.copytree(old, library / "index")
    assert list(differences(state(library), twice_base.state)) == []
    assert faults(library) == []


def test_an_older_store_is_noticed(twice: Path, filled_base: Base) -> None:
    """A store put back by hand beneath a newer index: the index is made anew from it."""
    library = twice / "library"
    for path in library.glob("library.db*"):
        path.unlink()
    shutil.copyfile(filled_base.place / "library" / "library.db", library / "library.db")
    assert list(differences(state(library), filled_base.state)) == []
    assert faults(library) == []


def test_another_history_is_noticed(filled: Path, twice: Path, filled_base: Base, tmp_path: Path) -> None:
    """A copy of the library went its own way, to the same number of changes: its index is not this one's."""
    library = filled / "library"
    other = shutil.copytree(library, tmp_path / "other")
    first, second = list(filled_base.state.records)[:2]
    assert call("-L", library, "edit", first, "title=Quicksilver").code == 0
    assert call("-L", other, "edit", second, "title=Quicksilver").code == 0
    shutil.rmtree(library / "index")
    shutil.copytree(other / "index", library / "index")
    with open_library(library) as opened:
        assert answer(opened, "quicksilver").first == (first,)
    assert faults(library) == []


def test_another_library_is_noticed(filled: Path, filled_base: Base, twice_base: Base) -> None:
    """An index that was made for another library is not searched."""
    library = filled / "library"
    shutil.rmtree(library / "index")
    shutil.copytree(twice_base.place / "library" / "index", library / "index")
    assert list(differences(state(library), filled_base.state)) == []
    assert faults(library) == []


@pytest.mark.parametrize("what", ["gone", "empty", "a file", "a link to nowhere", "full of links"])
def test_a_lost_index_is_made_anew(filled: Path, filled_base: Base, tmp_path: Path, what: str) -> None:
    """Whatever stands in its place, the answers are the right ones."""
    index = filled / "library" / "index"
    kept = Path(shutil.move(index, tmp_path / "kept"))
    if what == "empty":
        index.mkdir()
    elif what == "a file":
        index.write_text("x", "utf-8")
    elif what == "a link to nowhere":
        index.symlink_to(tmp_path / "nowhere")
    elif what == "full of links":
        index.mkdir()
        for path in kept.iterdir():
            (index / path.name).symlink_to(path)
    _right_or_told(filled / "library", filled_base)
    if what in {"gone", "empty"}:
        assert list(differences(state(filled / "library"), filled_base.state)) == []
        assert faults(filled / "library") == []


def _right_or_told(library: Path, base: Base) -> None:
    right = {one.query: one for one in base.state.answers}
    with open_library(library) as opened:
        for query in SOME:
            now, was = answer(opened, query), right[query]
            if (now.total, now.keys, now.first, now.facets) != (was.total, was.keys, was.first, was.facets):
                assert now.said, f"{query!r} is answered wrongly, and nothing is said"


@pytest.mark.parametrize("seed", range(FLIPS))
def test_a_flipped_bit_spoils_no_answer(filled: Path, filled_base: Base, seed: int) -> None:
    """In any file of the index: the answers are right, or it is said that something is wrong; a reindex mends it."""
    chance = random.Random(seed)
    path, data = _some_file(filled / "library" / "index", chance)
    at = chance.randrange(len(data))
    data[at] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    _mended(filled / "library", filled_base)


@pytest.mark.parametrize("seed", range(CUTS))
def test_a_cut_file_spoils_no_answer(filled: Path, filled_base: Base, seed: int) -> None:
    """The same for a file that has lost its end, or all of it."""
    chance = random.Random(seed)
    path, data = _some_file(filled / "library" / "index", chance)
    path.write_bytes(data[: chance.randrange(len(data)) if seed else 0])
    _mended(filled / "library", filled_base)


def _some_file(index: Path, chance: random.Random) -> tuple[Path, bytearray]:
    """A file that holds something; by its size, so that the large ones have their share."""
    files = sorted(path for path in index.rglob("*") if path.is_file() and path.stat().st_size)
    path = chance.choice(files)
    return path, bytearray(path.read_bytes())


def _mended(library: Path, base: Base) -> None:
    """The search that met it has made the index anew; if not, `verify` says what is wrong, and a reindex mends it."""
    _right_or_told(library, base)
    if faults(library):
        assert call("-L", library, "reindex").code == 0
        assert faults(library) == []
