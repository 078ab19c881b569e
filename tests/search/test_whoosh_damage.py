"""An index that is not as it was written is never searched, never opened, and never a reason to fail."""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.disk import write_file
from evidence.errors import LibraryError
from evidence.model.query import Everything, Word
from evidence.search import whoosh_manifest
from evidence.search.whoosh_files import FileOut
from evidence.search.whoosh_index import WhooshIndex
from evidence.search.whoosh_manifest import Manifest, manifest_bytes, read_manifest, signed
from tests.search.shelves import ALL, answers, documents, files, keys, shelf, standing, take


class Evil:
    """What leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Make a folder."""
        return os.mkdir, (str(self.mark),)


def flipped(data: bytes, chance: random.Random) -> bytes:
    """One bit is another one."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def cut(data: bytes, chance: random.Random) -> bytes:
    """The end is missing."""
    return data[: chance.randrange(len(data))]


def test_flips_and_cuts_are_noticed(tmp_path: Path) -> None:
    """After any of them the index answers as before, or has no standing and says which file is wrong."""
    before = answers(shelf(tmp_path))
    chance = random.Random(5)
    noticed = 0
    for path in files(tmp_path):
        whole = path.read_bytes()
        for harm in [flipped] * 12 + [cut] * 6:
            path.write_bytes(harm(whole, chance))
            index = WhooshIndex(tmp_path / "index")
            faults = list(index.faults())
            assert any(fault.where.endswith(path.name) and "reindex" in fault.mend for fault in faults)
            if index.standing() is None:
                noticed += 1
                with pytest.raises(LibraryError):
                    index.search(Everything(), ALL)
            else:
                assert answers(index) == before
        path.write_bytes(whole)
    assert noticed >= 18 * (len(files(tmp_path)) - 1)  # all but those of `current`, without which the copy is found
    index = WhooshIndex(tmp_path / "index")
    assert answers(index) == before
    assert list(index.faults()) == []


def test_a_missing_file_is_noticed(tmp_path: Path) -> None:
    """Each of them, but for `current`: without it the only copy is found."""
    before = answers(shelf(tmp_path))
    for path in files(tmp_path):
        data = path.read_bytes()
        path.unlink()
        index = WhooshIndex(tmp_path / "index")
        if path.name == "current":
            assert answers(index) == before
        else:
            assert index.standing() is None
            assert [fault.what for fault in index.faults()] == ["is missing"]
        path.write_bytes(data)


def test_all_damaged_files_are_named(tmp_path: Path) -> None:
    """Not only the first."""
    shelf(tmp_path)
    segments = [path for path in files(tmp_path) if path.name.startswith("s0")]
    for path in segments:
        path.write_bytes(flipped(path.read_bytes(), random.Random(1)))
    faults = list(WhooshIndex(tmp_path / "index").faults())
    assert sorted(fault.where for fault in faults) == [f"index/g0001/{path.name}" for path in segments]


def test_a_damaged_index_is_made_anew_beside(tmp_path: Path) -> None:
    """The old copy is not opened for it, and gone when the new one is whole."""
    index = shelf(tmp_path)
    (tmp_path / "index" / "g0001" / "manifest.json").write_bytes(b"nothing")
    assert index.standing() is None
    take(index, documents(1, 2), seq=9)
    assert keys(index) == ["key1", "key2"]
    assert {path.parent.name for path in files(tmp_path)} == {"index", "g0002"}


@pytest.mark.parametrize("name", ["FORMAT", "ENGINE", "ANALYSER"])
def test_another_version_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """An index of another format, engine or stemmer has no standing."""
    index = shelf(tmp_path)
    monkeypatch.setattr(whoosh_manifest, name, 99 if name == "FORMAT" else "other 9")
    assert WhooshIndex(tmp_path / "index").standing() is None
    assert "other versions" in next(iter(index.faults())).what


def test_an_older_folder_put_back_says_so(tmp_path: Path) -> None:
    """Its standing is the older one; a mixture of old and new files is none at all."""
    index = shelf(tmp_path)
    shutil.copytree(tmp_path / "index", tmp_path / "old")
    for seq in range(4, 8):
        take(index, documents(seq), seq=seq)
    new = tmp_path / "index"
    new.rename(tmp_path / "new")
    shutil.copytree(tmp_path / "old", new)
    found = index.standing()
    assert found is not None
    assert found.seq == 3
    (new / "g0001" / "manifest.json").write_bytes((tmp_path / "new" / "g0001" / "manifest.json").read_bytes())
    assert index.standing() is None


def test_a_foreign_index_is_never_opened(tmp_path: Path) -> None:
    """A folder of Whoosh itself, whose table of contents runs code when it is read, is left alone and lain beside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python 3.12 warns of Whoosh's source when it compiles it
        from whoosh import fields
        from whoosh import index as whoosh_index

    folder = tmp_path / "index"
    folder.mkdir()
    whoosh_index.create_in(str(folder), fields.Schema(title=fields.TEXT)).close()
    contents = next(folder.glob("*.toc"))
    contents.write_bytes(pickle.dumps(Evil(tmp_path / "ran")))
    index = WhooshIndex(folder)
    assert index.standing() is None
    assert keys(index) == []
    take(index, documents(1))
    assert keys(index) == ["key1"]
    assert contents.exists()
    assert not (tmp_path / "ran").exists()


def test_no_code_comes_out_of_a_forged_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pickles where Whoosh has them, and in the place of each file, under hashes that fit: nothing runs."""
    evil = pickle.dumps(Evil(tmp_path / "ran"))
    monkeypatch.setattr(FileOut, "write_pickle", lambda self, *_: self.write(evil))
    index = shelf(tmp_path, batches=1)
    assert index.standing() is None  # its tables cannot be read
    monkeypatch.undo()
    shutil.rmtree(tmp_path / "index")
    shelf(tmp_path, batches=1)
    place = tmp_path / "index" / "g0001"
    manifest = read_manifest(place, "manifest")
    forged = replace(manifest.segments[0], size=len(evil), sha256=hashlib.sha256(evil).hexdigest())
    (place / forged.name).write_bytes(evil)
    write_file(place / "manifest.json", manifest_bytes(Manifest(manifest.standing, (forged,), manifest.next)))
    assert WhooshIndex(tmp_path / "index").standing() is None
    for path in (place / "manifest.json", tmp_path / "index" / "current"):
        for data in (evil, signed(evil)):
            path.write_bytes(data)
            assert WhooshIndex(tmp_path / "index").standing() is None
    assert not (tmp_path / "ran").exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A copy, a file of it, or the pointer that leads elsewhere is none of ours; writing does not go through it."""
    before = answers(shelf(tmp_path))
    folder, away = tmp_path / "index", tmp_path / "away"
    (folder / "g0001").rename(away)
    (folder / "g0001").symlink_to(away, target_is_directory=True)
    assert WhooshIndex(folder).standing() is None
    (folder / "g0001").unlink()
    away.rename(folder / "g0001")
    segment = next(path for path in files(tmp_path) if path.name.startswith("s0"))
    segment.rename(away)
    segment.symlink_to(away)
    assert WhooshIndex(folder).standing() is None
    segment.unlink()
    away.rename(segment)
    assert answers(WhooshIndex(folder)) == before
    away.write_text("mine")
    (folder / "current").unlink()
    (folder / "current").symlink_to(away)
    with WhooshIndex(folder).writing("test") as writing:
        writing.fresh(lambda _: False)
        writing.take(documents(1), (), standing())
        writing.adopt()
    assert away.read_text() == "mine"
    assert not (folder / "current").is_symlink()
    assert keys(WhooshIndex(folder)) == ["key1"]


def test_reading_changes_nothing(tmp_path: Path) -> None:
    """Neither the files nor their times, however often and whatever is asked."""
    shelf(tmp_path)
    (tmp_path / "index" / "g0001" / "s000099").write_bytes(b"left over")
    before = [(path, path.stat().st_mtime_ns, path.read_bytes()) for path in files(tmp_path)]
    index = WhooshIndex(tmp_path / "index")
    answers(index)
    assert index.holds(["knee"]) == {"knee"}
    assert len(list(index.digests())) == len(keys(index))
    assert list(index.faults()) == []
    index.close()
    assert keys(index)
    assert [(path, path.stat().st_mtime_ns, path.read_bytes()) for path in files(tmp_path)] == before


def test_damage_found_while_searching_ends_the_trust(tmp_path: Path) -> None:
    """What could not be seen when it was opened: an error with the way out, no crash, and no standing from then on."""
    index = shelf(tmp_path, batches=1)
    assert index.search(Word("knee"), ALL).total
    opened = index._open().copy
    assert opened
    segment = next(iter(opened.segments.values()))
    segment._data = bytes(len(segment._data))
    with pytest.raises(LibraryError, match="trusted") as error:
        index.search(Word("pain"), ALL)
    assert "reindex" in error.value.hint
    assert index.standing() is None
    index.close()
    assert index.search(Word("pain"), ALL).total
