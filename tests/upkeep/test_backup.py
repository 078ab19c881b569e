"""Backups: one verified file, and an older one as it was until the new one is whole."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evidence.errors import BusyError, LibraryError, StorageError, UsageError
from evidence.store.opening import open_reader
from evidence.store.states import to_text
from evidence.upkeep import archive, notes
from evidence.upkeep.backup import backup
from evidence.upkeep.restore import restore
from evidence.upkeep.workshop import workshop
from evidence.wiring import init_library, open_library
from tests.upkeep.conftest import Killed

pytest_plugins = ("tests.contracts.store_places",)
ROOT = Path(__file__).resolve().parent.parent.parent


def damage(library: Path, key: str) -> None:
    """Change the stored text of a record behind the store's back."""
    with closing(sqlite3.connect(library / "library.db")) as connection:
        connection.execute("UPDATE version SET state = replace(state, '\"csl\"', '\"cls\"') WHERE key = ?", (key,))
        connection.commit()


def rows(library: Path) -> list[Any]:
    """Every row of every table that a library keeps, but for what is not the library's."""
    with closing(sqlite3.connect(library / "library.db")) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
        ]
        return [(name, sorted(connection.execute(f"SELECT * FROM {name}"), key=repr)) for name in names]


def test_a_restored_library_is_the_one_that_was_backed_up(small: Path, tmp_path: Path) -> None:
    """Every row, id, hash and the order of answers is the same after all was deleted."""
    with open_library(small) as library:
        asked = [(hit.record.key, hit.score) for hit in library.search("knee OR prolotherapy", limit=200).hits]
        texts = [to_text(record) for record in library.records()]
    before = rows(small)
    made = backup(small, tmp_path / "kept.zip")
    shutil.rmtree(small)
    restored = restore(tmp_path / "kept.zip", tmp_path / "elsewhere" / "new")
    assert rows(restored.folder) == before
    assert made.manifest.records == len(texts)
    with open_library(restored.folder) as library:
        assert [to_text(record) for record in library.records()] == texts
        assert [(hit.record.key, hit.score) for hit in library.search("knee OR prolotherapy", limit=200).hits] == asked
    assert restored.folder.stat().st_mode & 0o777 == 0o700


def test_a_backup_is_a_zip_without_what_can_be_made_anew(small: Path, tmp_path: Path) -> None:
    """It holds the manifest, the database and the settings; no index, no cache, no locks."""
    (small / "index").mkdir(exist_ok=True)
    (small / "index" / "x").write_text("x")
    made = backup(small, tmp_path / "kept.zip")
    with zipfile.ZipFile(made.file) as packed:
        assert packed.testzip() is None
        assert set(packed.namelist()) == {"manifest.json", "library.db", "library.toml"}
        told = json.loads(packed.read("manifest.json"))
    assert told["library"] == made.manifest.library
    assert told["tables"]["version"] == told["seq"]
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_librarys_own_vocabulary_goes_along(small: Path, tmp_path: Path) -> None:
    """Its files come back byte for byte."""
    shutil.copytree(ROOT / "evidence" / "vocabularies", small / "vocabulary")
    backup(small, tmp_path / "kept.zip")
    folder = restore(tmp_path / "kept.zip", tmp_path / "new").folder
    old = {one.name: one.read_bytes() for one in (small / "vocabulary").glob("*.toml")}
    assert {one.name: one.read_bytes() for one in (folder / "vocabulary").iterdir()} == old
    assert old


def test_a_newer_backup_replaces_an_older_one(small: Path, tmp_path: Path) -> None:
    """What the older one held is in the newer one."""
    first = backup(small, tmp_path / "kept.zip")
    with open_library(small, write=True) as library:
        library.note("reeves2000knee", "later")
    second = backup(small, tmp_path / "kept.zip")
    assert second.manifest.seq == first.manifest.seq + 1


@pytest.mark.parametrize("what", ["a document", "another library's", "with later changes"])
def test_what_is_no_earlier_backup_of_this_library_is_left_alone(small: Path, tmp_path: Path, what: str) -> None:
    """A file that holds what the library does not hold is never replaced."""
    file = tmp_path / "kept.zip"
    if what == "a document":
        file.write_bytes(b"my paper")
    elif what == "another library's":
        backup(init_library(tmp_path / "other", index="memory"), file)
    else:
        later = Path(shutil.copytree(small, tmp_path / "later"))
        with open_library(later, write=True) as library:
            library.note("reeves2000knee", "later")
        backup(later, file)
    before = file.read_bytes()
    with pytest.raises(UsageError, match=r"is there already|another library|does not have"):
        backup(small, file)
    assert file.read_bytes() == before


def test_an_empty_file_is_filled(small: Path, tmp_path: Path) -> None:
    """As `mktemp` makes one."""
    (tmp_path / "kept.zip").touch()
    assert backup(small, tmp_path / "kept.zip").bytes > 0


@pytest.mark.parametrize("where", ["library/kept.zip", "library/deeper/kept.zip", "library", "nowhere/kept.zip"])
def test_a_backup_lies_outside_in_a_folder_that_there_is(small: Path, tmp_path: Path, where: str) -> None:
    """Inside the library, a folder, or in a folder that is not there: refused with a hint."""
    with pytest.raises(UsageError):
        backup(small, tmp_path / where)
    assert not list(tmp_path.glob("**/*.zip"))


def test_a_damaged_library_replaces_no_backup(small: Path, tmp_path: Path) -> None:
    """It is refused by name; forced, it goes into a new file that tells its faults and is not restored unasked."""
    file = tmp_path / "kept.zip"
    backup(small, file)
    before = file.read_bytes()
    damage(small, "reeves2000knee")
    with pytest.raises(LibraryError, match="reeves2000knee"):
        backup(small, file)
    with pytest.raises(UsageError):
        backup(small, file, damaged=True)
    assert file.read_bytes() == before
    made = backup(small, tmp_path / "damaged.zip", damaged=True)
    assert "reeves2000knee" in {one.where for one in made.manifest.faults}
    last = notes.noted(small)
    assert last is not None
    assert (last.file, last.faults) == (file, 0)  # the one to go back to
    folder = restore(made.file, tmp_path / "new", damaged=True).folder
    assert rows(folder) == rows(small)


@pytest.mark.parametrize("call", ["fsync", "replace", "write"])
def test_a_disk_that_fails_leaves_the_older_backup(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """An error of any call that writes: StorageError, the older file byte for byte, nothing beside it."""
    file = tmp_path / "kept.zip"
    backup(small, file)
    before = file.read_bytes()
    with open_library(small, write=True) as library:
        library.note("reeves2000knee", "later")

    def failing(*_: object, **__: object) -> None:
        raise OSError(errno.EIO if call == "fsync" else errno.ENOSPC, "no more")

    if call == "write":
        monkeypatch.setattr(archive, "write", failing)
    else:
        monkeypatch.setattr(os, call, failing)
    with pytest.raises(StorageError):
        backup(small, file)
    monkeypatch.undo()
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if "evidence-part" in one.name] == []


@pytest.mark.parametrize("size", [10_000, 200_000, 450_000])
def test_a_limit_on_file_sizes_is_told_as_such(small: Path, tmp_path: Path, size: int) -> None:
    """Whether the copy or the zip is cut short, there is no backup and no damage."""
    with open_library(small) as library:
        records = library.overview().records
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        with pytest.raises(StorageError):
            backup(small, tmp_path / "kept.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "kept.zip").exists()
    assert backup(small, tmp_path / "kept.zip").manifest.records == records


def test_a_disk_that_lies_is_found_out(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read back is compared: one wrong byte, and the older backup stays."""
    file = tmp_path / "kept.zip"
    backup(small, file)
    before = file.read_bytes()
    write = archive.write

    def lying(path: Path, *given: Any) -> None:
        write(path, *given)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    monkeypatch.setattr(archive, "write", lying)
    with pytest.raises(StorageError, match="give back"):
        backup(small, file)
    assert file.read_bytes() == before


def test_killed_anywhere_a_backup_leaves_the_older_or_the_newer_one(
    small: Path, tmp_path: Path, killed: Killed
) -> None:
    """At every write, rename and removal; the next one needs no hand and leaves nothing behind."""
    file = tmp_path / "kept.zip"
    first = backup(small, file)
    (small / "cache" / ".backup.json.x").write_text("{")  # as one that was killed leaves it
    with open_library(small, write=True) as library:
        library.note("reeves2000knee", "later")
    times = 1
    while killed(lambda: backup(small, file), times):
        with archive.opened(file) as packed:
            packed.check()
            assert packed.manifest.seq in {first.manifest.seq, first.manifest.seq + 1}
        times += 3
    assert times > 10
    assert backup(small, file).manifest.seq == first.manifest.seq + 1
    assert [one.name for one in tmp_path.iterdir() if "evidence-part" in one.name] == []
    assert list((small / "cache").glob(".backup.json.*")) == []


def test_two_backups_into_one_file_take_turns(small: Path, tmp_path: Path) -> None:
    """The second is told who is at it."""
    with workshop(tmp_path / "kept.zip", "making a backup"), pytest.raises(BusyError, match="making a backup"):
        backup(small, tmp_path / "kept.zip")


def test_a_backup_is_one_moment_of_a_library_that_is_written_to(small: Path, tmp_path: Path) -> None:
    """Another process writes all the time: the backup is whole, and its last change is the last of its log."""
    code = (
        "import select, sys; from evidence.wiring import open_library\n"
        "with open_library(sys.argv[1], write=True, who='other') as library:\n"
        "    n = 0\n"
        "    while not select.select([sys.stdin], [], [], 0)[0] and n < 5000:\n"
        "        library.note('reeves2000knee', f'remark {n}'); n += 1\n"
        "        if n == 1: print('writing', flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(small)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        assert writer.stdout.readline() == b"writing\n"
        made = [backup(small, tmp_path / f"{n}.zip") for n in range(2)]
        writer.stdin.close()
        writer.stdin = None
        assert writer.wait() == 0
    assert made[1].manifest.seq > made[0].manifest.seq
    for one in made:
        folder = restore(one.file, tmp_path / one.file.stem).folder
        with open_library(folder) as library:
            remarks = [note.text for note in library.record("reeves2000knee").notes if note.who == "other"]
            assert library.overview().seq == one.manifest.seq
        assert remarks == [f"remark {n}" for n in range(len(remarks))]


def test_a_library_on_a_server_becomes_one_file(server_library: str, small: Path, tmp_path: Path) -> None:
    """Its rows are in a SQLite library with the same hashes; its address and password are in no backup."""
    folder = init_library(tmp_path / "served", database=server_library, index="memory")
    with open_library(folder, write=True) as library, (ROOT / "data" / "citations.bib").open("rb") as stream:
        library.import_file("citations.bib", stream)
        library.note("reeves2000knee", "kept")
        texts = [to_text(record) for record in library.records()]
        before = library.history(), library._parts.reader.id()
    made = backup(folder, tmp_path / "kept.zip")
    restored = restore(made.file, tmp_path / "new")
    assert "postgresql" not in (restored.folder / "library.toml").read_text()
    assert len(restored.said) == 1
    with open_library(restored.folder) as library:
        assert [to_text(record) for record in library.records()] == texts
        assert (library.history(), library._parts.reader.id()) == before
        with closing(open_reader(restored.folder / "library.db")) as reader:
            assert not list(reader.faults())
