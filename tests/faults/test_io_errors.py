"""A disk that says no: an error at a flush, a write that does not fit under a limit. Never is success claimed.

An error is injected into one system call by strace, or a limit is set on the size of files, in a process of its own.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.calling import Told, call
from tests.faults.conftest import Base
from tests.faults.libraries import FIRST, SECOND, differences, faults, keys_of, state
from tests.faults.stable import Stable
from tests.faults.tracing import Strike, missing

traced = pytest.mark.skipif(bool(missing()), reason=f"NOT TESTED: EIO at a flush, ENOSPC at a write. {missing()}")


def unacknowledged(told: Told) -> None:
    """It ends with 6 and a sentence, and prints no receipt."""
    assert told.code == 6, str(told)
    assert "error" in told.json, told.out
    assert told.json["error"]["kind"] == "storage"
    assert told.json["error"]["hint"]
    assert "Traceback" not in told.err


def acknowledged(told: Told, file: Path) -> list[str]:
    """The keys of what was said to be committed."""
    done = max((int(line.split()[2]) for line in told.out.splitlines() if line.startswith("stored ")), default=0)
    return keys_of(file)[:done]


@traced
@pytest.mark.parametrize(
    "strike",
    [
        Strike("fdatasync", 1, error="EIO"),
        Strike("fdatasync", 3, error="EIO"),
        Strike("fdatasync", 2, error="EIO", every=True),
        Strike("pwrite64", 40, error="ENOSPC", every=True),
        Strike("pwrite64", 90, error="EIO"),
    ],
    ids=str,
)
def test_an_import_is_not_claimed(
    stable: Stable, filled: Path, filled_base: Base, twice_base: Base, strike: Strike
) -> None:
    """What was acknowledged is there, whole batches of the rest, and the next import completes it."""
    told = stable.run(["-L", str(filled / "library"), "--json", "import", str(filled / SECOND)], strike)
    unacknowledged(told)
    assert faults(filled / "library") == []
    now = state(filled / "library")
    for key in acknowledged(told, filled / SECOND):
        assert now.records[key] == twice_base.state.records[key]
    for key in filled_base.state.records.keys() - set(keys_of(filled / SECOND)):
        assert now.records[key] == filled_base.state.records[key]
    assert call("-L", filled / "library", "import", filled / SECOND).code == 0
    assert list(differences(state(filled / "library"), twice_base.state)) == []


@traced
@pytest.mark.parametrize("call_name", ["fsync", "rename", "mkdir"])
def test_a_failing_index_fails_no_import(stable: Stable, filled: Path, twice_base: Base, call_name: str) -> None:
    """The store has taken everything, so the import is done; the next search brings the index up to date."""
    words = ["-L", str(filled / "library"), "--json", "import", str(filled / SECOND)]
    told = stable.run(words, Strike(call_name, 1, error="EIO", every=True))
    assert told.code == 0, str(told)
    assert list(differences(state(filled / "library"), twice_base.state)) == []
    assert faults(filled / "library") == []


@traced
@pytest.mark.parametrize("words", [("reindex",), ("backup", "kept.backup"), ("restore", "old.backup"), ("undo",)])
@pytest.mark.parametrize("every", [True, False])
def test_nothing_is_claimed_that_is_not_on_the_disk(
    stable: Stable, twice: Path, twice_base: Base, words: tuple[str, ...], every: bool
) -> None:
    """The first flush fails, alone or as all do: exit 6, all is as it was, and the command works when the disk does."""
    assert call("-L", twice / "library", "backup", twice / "old.backup").code == 0
    shutil.copyfile(twice / "old.backup", twice / "kept.backup")
    old = (twice / "kept.backup").read_bytes()
    place = twice / ("again" if words[0] == "restore" else "library")
    given = [words[0], *(str(twice / word) for word in words[1:])]
    flush = "fdatasync" if words[0] == "undo" else "fsync"
    told = stable.run(["-L", str(place), "--json", *given], Strike(flush, 1, error="EIO", every=every))
    unacknowledged(told)
    assert (twice / "kept.backup").read_bytes() == old
    assert list(differences(state(twice / "library"), twice_base.state)) == []
    assert call("-L", place, *given).code == 0


@pytest.mark.parametrize("most", [64 << 10, 256 << 10])
@pytest.mark.parametrize(
    "words", [("import", FIRST), ("reindex",), ("backup", "kept.backup"), ("export", "-o", "out.bib")]
)
def test_a_limit_on_files_is_kept_to(
    stable: Stable, filled: Path, filled_base: Base, tmp_path: Path, words: tuple[str, ...], most: int
) -> None:
    """No file may grow past a limit: exit 6 or all of it done, never half."""
    given = [words[0], *(str(filled / word) if "." in word else word for word in words[1:])]
    library = filled / "library"
    if words[0] == "import":
        library = tmp_path / "new"
        assert call("init", library).code == 0
    before = state(library)
    told = stable.run(["-L", str(library), "--json", *given], most=most)
    if told.code:
        unacknowledged(told)
    made = {path.name for path in filled.iterdir()} - {"library", FIRST, SECOND}
    assert made <= (set() if told.code else {Path(given[-1]).name})
    if words[0] == "import":
        now = state(library).records.keys()
        assert set(acknowledged(told, filled / FIRST)) <= now <= filled_base.state.records.keys()
        assert len(now) % 20 == 0
    else:
        assert list(differences(state(library), before)) == []
    assert faults(library) == []
    assert call("-L", library, *given).code == 0
    assert list(differences(state(library), filled_base.state)) == []


@pytest.mark.parametrize("most", [64 << 10, 256 << 10])
def test_a_restore_within_a_limit(stable: Stable, filled: Path, filled_base: Base, most: int) -> None:
    """A file that does not fit in the middle of it: no library is there, and the next restore makes one."""
    assert call("-L", filled / "library", "backup", filled / "kept.backup").code == 0
    names = {path.name for path in filled.iterdir()}
    unacknowledged(
        stable.run(["-L", str(filled / "again"), "--json", "restore", str(filled / "kept.backup")], most=most)
    )
    assert {path.name for path in filled.iterdir()} == names
    assert call("-L", filled / "again", "restore", filled / "kept.backup").code == 0
    assert list(differences(state(filled / "again"), filled_base.state)) == []
