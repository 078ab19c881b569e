"""SQLite's own: the only module with SQL that no other database reads. Needs the standard library only."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from evidence.disk import sync
from evidence.errors import BusyError, EvidenceError, LibraryError, StorageError
from evidence.store.database import DAMAGED, Run

APPLICATION_ID = 0x45564431  # "EVD1" in the file's header: this is one of our libraries
BEGIN = "BEGIN IMMEDIATE"  # a write that begins as a read fails when another one was quicker

_READ = ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "busy_timeout = 5000")
_WRITE = (
    "busy_timeout = 5000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF",
    "cell_size_check = ON", "mmap_size = 0",
)  # fmt: skip

_FAILED = (sqlite3.Error, UnicodeDecodeError, MemoryError)  # what reading a damaged file raises


def prepare(connection: Any) -> None:
    """Make a new DB-API connection a writer's: durable at every commit, with references checked.

    FULL, not NORMAL: after a power cut NORMAL lost commits in 12 of 25 trials, FULL in none of 37.
    """
    connection.isolation_level = None  # or Python begins transactions of its own, and not IMMEDIATE ones
    for pragma in _WRITE:
        connection.execute(f"PRAGMA {pragma}")


def stamp(revision: int) -> tuple[str, ...]:
    """The statements that write into the file's header whose it is and which revision its schema has."""
    return (f"PRAGMA application_id = {APPLICATION_ID}", f"PRAGMA user_version = {revision}")


def exists(path: Path) -> bool:
    """Whether there is anything at `path` but an empty file or database, which a making cut short leaves behind."""
    if not path.exists():
        return False
    if not path.is_file():
        return True
    # Not read-only: a making that was killed leaves a journal behind, which only a writer takes back.
    with _explained(path), closing(sqlite3.connect(_uri(path, "mode=rw"), uri=True)) as connection:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        return bool(tables)


class Connections:
    """`database.Database` over a SQLite file that is only read. Never blocked by a writer, and never blocks one."""

    def __init__(self, path: Path) -> None:
        """Open `path`. LibraryError: it is missing, damaged or not ours. `revision` is its schema's."""
        if not path.is_file():
            raise LibraryError(f"There is no library at {path}.")
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        connection = self._open()
        with _explained(path):
            (self.revision,) = connection.execute("PRAGMA user_version").fetchone()
        self._idle.append(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Run]:
        """One committed state, until the block ends; each block has a connection of its own."""
        with _explained(self.path):
            connection = self._take()
            try:
                connection.execute("BEGIN")
                yield connection.execute
            finally:
                with suppress(sqlite3.Error):
                    connection.rollback()
                self._give(connection)

    def check(self, run: Run) -> Iterator[str]:
        """SQLite's own integrity check, and references to rows that are not there."""
        for (line,) in run("PRAGMA integrity_check(100)"):
            if line != "ok":
                yield line
        for table, _, parent, _ in run("PRAGMA foreign_key_check"):
            yield f"a row of {table} points to a row of {parent} that is not there"

    def close(self) -> None:
        """Give back the connections; those in use are given back at the end of their block."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        if self._closed:
            raise LibraryError("The library is closed.", "Open it again.")
        try:
            return self._idle.pop()
        except IndexError:
            return self._open()

    def _give(self, connection: sqlite3.Connection) -> None:
        if self._closed or len(self._idle) >= 4:
            connection.close()
        else:
            self._idle.append(connection)

    def _open(self) -> sqlite3.Connection:
        try:
            return _reader(self.path, "mode=ro")
        except sqlite3.OperationalError as error:
            # A WAL file in a folder that cannot be written to is read only as immutable, which is right
            # only while nothing waits in a log beside it.
            if not _unwritable(self.path) or _has_log(self.path):
                raise explained(error, self.path) from error
        except _FAILED as error:
            raise explained(error, self.path) from error
        with _explained(self.path):
            return _reader(self.path, "mode=ro&immutable=1")


def copy(path: Path, to: Path) -> None:
    """A verified copy of the library at `path`, in place of `to`: every page, checked, counted and on the disk.

    LibraryError: the copy is not sound; StorageError: it cannot be written. In both cases `to` is as it was.
    """
    part = to.with_name(f"{to.name}.part")
    with _explained(path):
        try:
            part.unlink(missing_ok=True)
            with closing(_reader(path, "mode=ro")) as old, closing(sqlite3.connect(part)) as new:
                old.execute("BEGIN")
                counts = _counts(old)  # the first read takes the snapshot, which the copy is made from too
                old.backup(new)
                new.execute("PRAGMA journal_mode = DELETE")
                faults = [line for (line,) in new.execute("PRAGMA integrity_check(10)") if line != "ok"]
                if faults or counts != _counts(new):
                    raise LibraryError(
                        f"The copy of {path} is not sound: {'; '.join(faults) or 'rows are missing'}.", DAMAGED
                    )
            part.chmod(path.stat().st_mode & 0o777)
            sync(part)
            part.replace(to)
            sync(to.parent)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def explained(error: BaseException, path: Path) -> EvidenceError:
    """What an error of SQLite or of the file system at `path` means to a person, and what to do."""
    if isinstance(error, OSError):
        return StorageError(f"{path} cannot be written: {error.strerror or error}.")
    if isinstance(error, UnicodeDecodeError):  # SQLite's message on a damaged schema, half a character in it
        return LibraryError(f"{path} is damaged: its schema cannot be read.", DAMAGED)
    if isinstance(error, MemoryError):  # a damaged length asks for more than there is
        return LibraryError(f"{path} is damaged, or there is no memory to read it.", DAMAGED)
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the low byte is the primary code
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return BusyError(f"Another process is writing to {path}.")
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return StorageError(f"{path} cannot be written: {error}.")
    if code == sqlite3.SQLITE_CANTOPEN:
        return StorageError(f"{path} cannot be opened: {error}.", "Check the permissions of the file and its folder.")
    if code == sqlite3.SQLITE_CONSTRAINT:
        return EvidenceError(f"Something was to be stored that cannot be: {error}.")
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return LibraryError(f"{path} is damaged or no library: {error}.", DAMAGED)
    return LibraryError(f"{path} cannot be read: {error}.", DAMAGED)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, *_FAILED) as error:
        raise explained(error, path) from error


def _reader(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(_uri(path, how), uri=True, isolation_level=None, check_same_thread=False)
    connection.text_factory = _text
    try:
        for pragma in _READ:
            connection.execute(f"PRAGMA {pragma}")
        # Reading the schema touches the file and its log; the pragmas above may not.
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        _refuse_strange(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _text(raw: bytes) -> str:
    # A damaged text need not be UTF-8 any more: it is read all the same, so that its hash can tell which record it is.
    return raw.decode(errors="surrogateescape")


def _refuse_strange(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise LibraryError(f"{path} is no library, or the making of it was cut short.")


def _uri(path: Path, how: str) -> str:
    return f"{path.absolute().as_uri()}?{how}"


def _unwritable(path: Path) -> bool:
    return not os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608 (the database's own table names)
