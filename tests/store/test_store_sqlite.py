"""What SQLite's file can meet: damage, other files, full disks, folders that cannot be written to."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from evidence.errors import EvidenceError, LibraryError, StorageError
from evidence.model.record import Record
from evidence.model.reference import Reference
from evidence.store import sqlite
from evidence.store.opening import create, open_reader, open_store
from evidence.store.reading import SqlReader
from evidence.store.schema import SCHEMA
from evidence.store.sqlite import Connections

ABSTRACT = "Pain fell in both groups. " * 40


def fill(path: Path, *keys: str) -> None:
    """Save a record for each key in one change."""
    with closing(open_store(path)) as store, store.writing() as writing:
        n = writing.change("import", "tester")
        writing.save(n, [Record(key, Reference(key, fields={"title": key, "abstract": ABSTRACT})) for key in keys])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A library with two records."""
    create(tmp_path / "library.db")
    fill(tmp_path / "library.db", "a", "b")
    return tmp_path / "library.db"


def found(path: Path) -> list[str]:
    """The keys of all records."""
    with closing(open_reader(path)) as reader:
        return [record.key for record in reader.all()]


@contextmanager
def unprivileged() -> Iterator[None]:
    """Without root's right to write everywhere, which root has and file permissions do not take."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_search_needs_no_sqlalchemy(path: Path) -> None:
    """A fresh process reads every record without loading what only writing needs."""
    code = (
        "import sys, pathlib; from evidence.store.opening import open_reader\n"
        "reader = open_reader(pathlib.Path(sys.argv[1])); print(len(list(reader.all())), len(reader.history()))\n"
        "print(*({'sqlalchemy', 'alembic', 'filelock', 'psycopg'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    run = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True, env=environment
    )
    assert run.stdout.split("\n")[:2] == ["2 1", ""]


def test_the_file_is_ours_durable_and_private(path: Path) -> None:
    """The header says whose it is and which schema it has; the log is written ahead; others cannot read it."""
    with closing(sqlite3.connect(path)) as connection:
        header = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        assert header == [sqlite.APPLICATION_ID, SCHEMA.revision]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        sqlite.prepare(connection)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content", [b"", b"no database at all, only text " * 200, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_what_is_no_library_is_refused(tmp_path: Path, content: bytes) -> None:
    """Neither read nor written, and left as it is."""
    path = tmp_path / "library.db"
    path.write_bytes(content)
    for opened in (open_reader, open_store):
        with pytest.raises(LibraryError):
            opened(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """A sound SQLite file that is not ours is neither read nor made into a library."""
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE record (id)")
    with pytest.raises(LibraryError, match="is no library"):
        open_reader(path)
    with pytest.raises(LibraryError, match="already"):
        create(path)


def test_a_folder_is_no_library(tmp_path: Path) -> None:
    """Nor can one be made where a folder is, or where no folder is."""
    with pytest.raises(LibraryError):
        open_reader(tmp_path)
    with pytest.raises(LibraryError):
        create(tmp_path)
    with pytest.raises(StorageError):
        create(tmp_path / "none" / "library.db")


def test_a_making_cut_short_is_made_again(tmp_path: Path) -> None:
    """An empty file is what it leaves, and `create` goes on from there."""
    path = tmp_path / "library.db"
    path.touch()
    with pytest.raises(LibraryError, match="cut short"):
        open_reader(path)
    create(path)
    assert found(path) == []


def test_any_flipped_bit_in_a_text_is_found(path: Path) -> None:
    """Of the bits of a stored text, one flipped is never shown and always a fault that names the record."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    start = whole.index(ABSTRACT[:200].encode())
    for bit in random.Random(7).sample(range(start * 8, (start + 200) * 8), 8):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with closing(open_reader(path)) as reader:
            assert {fault.where for fault in reader.faults()} & {"a", "b"}
            with pytest.raises(EvidenceError):
                list(reader.all())


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_cut_file_is_an_error(path: Path, part: float) -> None:
    """A file whose end is missing is refused, or every question about what is lost is; `faults` never fails."""
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    try:
        reader = open_reader(path)
    except LibraryError:
        return
    with closing(reader):
        assert list(reader.faults())


@pytest.mark.parametrize("log", [True, False], ids=["with its log", "without a log"])
def test_a_read_only_folder_can_be_read(*, log: bool) -> None:
    """Whether or not the log's files stand beside the library; writing says what is wrong."""
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    path = folder / "library.db"
    try:
        create(path)
        fill(path, "a")
        store = open_store(path)
        for one in folder.iterdir():
            if one.name.endswith(("-wal", "-shm")) and not log:
                one.unlink()
            else:
                one.chmod(0o444)
        folder.chmod(0o555)
        with unprivileged():
            assert found(path) == ["a"]
            with pytest.raises(StorageError), store.writing():
                pytest.fail("a write in a read-only folder")
        store.close()
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes cannot be limited there")
def test_a_full_disk_undoes_the_write(path: Path) -> None:
    """StorageError; what was there is there, reading goes on, and the next write works when there is room."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with closing(open_store(path)) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, before[1]))
        try:
            with pytest.raises(StorageError):
                fill(path, *(f"k{at}" for at in range(2000)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert [record.key for record in store.all()] == ["a", "b"]
    fill(path, "c")
    assert found(path) == ["a", "b", "c"]
    with closing(open_reader(path)) as reader:
        assert list(reader.faults()) == []


def test_threads_read_side_by_side(path: Path) -> None:
    """One reader serves many threads, and walks within walks."""
    with closing(open_reader(path)) as reader, ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: [record.key for record in reader.all() if reader.get([record.key])], range(40))
        )
    assert answers == [["a", "b"]] * 40


def test_each_library_has_an_id_of_its_own(path: Path, tmp_path: Path) -> None:
    """It stays with the library, and another library has another."""
    create(tmp_path / "other.db")
    with closing(Connections(path)) as first, closing(Connections(tmp_path / "other.db")) as second:
        assert len(SqlReader(first).id()) == 32
        assert SqlReader(first).id() != SqlReader(second).id()


def test_a_closed_reader_says_so(path: Path) -> None:
    """Also when a walk is still open; closing twice is no fault."""
    reader = open_reader(path)
    walk = reader.all()
    next(walk)
    reader.close()
    reader.close()
    assert [record.key for record in walk] == ["b"]
    with pytest.raises(LibraryError, match="closed"):
        reader.get(["a"])


def test_a_copy_is_verified(path: Path, tmp_path: Path) -> None:
    """It opens as a library with the same records; a damaged library gives no copy and leaves an older one alone."""
    copy = tmp_path / "copy.db"
    sqlite.copy(path, copy)
    assert found(copy) == ["a", "b"]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(LibraryError):
        sqlite.copy(path, copy)
    assert found(copy) == ["a", "b"]
    assert not copy.with_name("copy.db.part").exists()
