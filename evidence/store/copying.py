"""A library's database as one SQLite file, whatever it is kept in: one committed state, while others read and write."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from evidence.disk import sync
from evidence.errors import LibraryError
from evidence.store import opening, sqlite
from evidence.store.database import DAMAGED
from evidence.store.schema import SCHEMA, Schema

Progress = Callable[[int, int], None]
_PAGES = 2048  # of a step: what a Ctrl-C waits for
_ROWS = 500


def copy(target: Path | str, to: Path, progress: Progress | None = None) -> Mapping[str, int]:
    """Copy the library at `target` into the new file `to`; gives how many rows each table holds.

    When it returns, the copy holds all that was committed before it was called, stands on the disk and needs no file
    beside it. `progress` is told what is done, and of how much. It is not checked: see `checking.faults`.
    LibraryError: the source cannot be read; StorageError: the copy cannot be written.
    """
    counts = _pages(target, to, progress) if isinstance(target, Path) else _rows(target, to, progress)
    with _explained(to, to):
        to.chmod(0o600)
        sync(to)
    return counts


def counted(path: Path) -> Mapping[str, int]:
    """How many rows each table of the SQLite file at `path` holds."""
    with _explained(path, path), closing(_opened(path)) as connection:
        return _counts(connection)


def strange(path: Path, scratch: Path, schema: Schema = SCHEMA) -> list[str]:
    """What the schema of the SQLite file at `path` has that ours has not, or lacks; [] when it is ours.

    It is read as data and held against a library that is made new in the folder `scratch`, by the scripts that the file's
    own revision names: triggers, views and virtual tables would run what their maker wrote. LibraryError: a newer one.
    """
    database = sqlite.Connections(path)
    database.close()
    schema.refuse_newer(database.revision)
    if database.revision < 1:
        return [f"a schema of revision {database.revision}"]
    model = scratch / "model.db"
    opening.create(model, schema=Schema(schema.scripts, database.revision))
    with _explained(path, path), closing(_opened(path)) as found, closing(_opened(model)) as ours:
        return sorted(_declared(ours) ^ _declared(found))


def settle(path: Path) -> None:
    """Set the SQLite file at `path` to be read while it is written to, and see that all of it is on the disk."""
    with _explained(path, path):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        for left in ("-wal", "-shm", "-journal", ".lock", ".lock-holder"):
            with suppress(FileNotFoundError):
                path.with_name(f"{path.name}{left}").unlink()
        path.chmod(0o600)
        sync(path)


def _pages(path: Path, to: Path, progress: Progress | None) -> Mapping[str, int]:
    """By SQLite's own backup, from one snapshot: a writer is neither waited for nor kept waiting."""

    def moved(_: int, left: int, of: int) -> None:
        if progress:
            progress(of - left, of)

    with _explained(path, to), closing(_opened(path)) as old, closing(sqlite3.connect(to)) as new:
        old.execute("BEGIN")
        counts = _counts(old)  # the first read takes the snapshot, which the copy is made from too
        new.execute("PRAGMA synchronous = OFF")  # it is seen to the disk as a whole, at the end
        old.backup(new, pages=_PAGES, progress=moved)
        new.execute("PRAGMA journal_mode = DELETE")
        if _counts(new) != counts:
            raise LibraryError(f"The copy of {path} lacks rows.", DAMAGED)
    return counts


def _rows(url: str, to: Path, progress: Progress | None) -> Mapping[str, int]:
    """Row by row from a server, in one snapshot, with flat memory."""
    from sqlalchemy import delete, func, insert, select
    from sqlalchemy.exc import DBAPIError

    from evidence.store.sql import explained, server_engine, sqlite_engine
    from evidence.store.tables import meta, metadata

    opening.create(to)
    source = server_engine(url)
    copied = sqlite_engine(to, references=False)
    asked = source.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    counts = {}
    try:
        with asked.connect() as old, copied.begin() as new:
            new.execute(delete(meta))
            of = sum(
                old.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.sorted_tables
            )
            for table in metadata.sorted_tables:
                counts[table.name] = 0
                result = old.execution_options(stream_results=True, yield_per=_ROWS).execute(select(table))
                for part in result.mappings().partitions(_ROWS):
                    new.execute(insert(table), [dict(row) for row in part])
                    counts[table.name] += len(part)
                    if progress:
                        progress(sum(counts.values()), of)
        with copied.connect() as new:
            loose = new.exec_driver_sql("PRAGMA foreign_key_check").first()
            new.exec_driver_sql("COMMIT")
            new.exec_driver_sql("PRAGMA journal_mode = DELETE")
    except DBAPIError as error:
        raise explained(copied if isinstance(error.orig, sqlite3.Error) else source, error) from error
    finally:
        source.dispose()
        copied.dispose()
    if loose:
        raise LibraryError(f"A row of {loose[0]} points to a row of {loose[2]} that is not there.", DAMAGED)
    return counts | {"alembic_version": 1}


def _opened(path: Path) -> sqlite3.Connection:
    """A connection that only reads; of a file in a folder that cannot be written to as well."""
    address = path.absolute().as_uri()
    try:
        return _trusting_nothing(sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None))
    except sqlite3.OperationalError:
        log = path.with_name(f"{path.name}-wal")
        if os.access(path.parent, os.W_OK) or (log.exists() and log.stat().st_size):
            raise
        return _trusting_nothing(sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True, isolation_level=None))


def _trusting_nothing(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "busy_timeout = 5000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _declared(connection: sqlite3.Connection) -> set[str]:
    """What the schema comes to, in words: how it is spelt is left to the versions of the programs that made it.

    Views, triggers and virtual tables are told by name, and so is what a column or index of ours never has: a check,
    a default, an expression, a condition, an order of its own. `sqlite_stat…` is SQLite's own to make and to ignore.
    """
    found = set()
    for kind, name, sql in connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema").fetchall():
        if name.startswith("sqlite_stat"):
            continue
        if kind != "table" or not re.match(r"create\s+table\b", sql, re.IGNORECASE):
            if kind != "index":
                found.add(f"{kind} {name}")
            continue
        rowid = "" if re.search(r"without\s+rowid", sql, re.IGNORECASE) else " with rowid"
        found.add(f"table {name}{rowid}")
        if re.search(r"\b(check|generated|collate|autoincrement)\b", sql, re.IGNORECASE):
            found.add(f"table {name} with rules")
        found |= _columns(connection, name) | _indexes(connection, name)
    return found


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    found = set()
    for _, name, kind, needed, default, key, hidden in _pragma(connection, "table_xinfo", table):
        found.add(f"column {table}.{name} {_affinity(kind)} {needed} {default} {key} {hidden}")
    for _, _, parent, here, there, changed, removed, match in _pragma(connection, "foreign_key_list", table):
        found.add(f"reference {table}.{here} {parent}.{there} {changed} {removed} {match}")
    return found


def _indexes(connection: sqlite3.Connection, table: str) -> set[str]:
    found = set()
    for _, name, unique, origin, partial in _pragma(connection, "index_list", table):
        parts = [
            (column, descending, order, key)
            for _, _, column, descending, order, key in _pragma(connection, "index_xinfo", name)
        ]
        called = "" if name.startswith("sqlite_autoindex_") else f" {name}"
        found.add(f"index{called} on {table} {unique} {origin} {partial} {parts}")
    return found


def _pragma(connection: sqlite3.Connection, name: str, of: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT * FROM pragma_{name}(?)", (of,)).fetchall()  # noqa: S608  (a fixed name)


def _affinity(kind: str) -> str:
    """How a column of a type keeps values. Source: SQLite's documentation, Datatypes, 3.1."""
    folded = kind.upper()
    for words, affinity in ((("INT",), "integer"), (("CHAR", "CLOB", "TEXT"), "text"), (("BLOB",), "blob")):
        if any(word in folded for word in words):
            return affinity
    return "real" if any(word in folded for word in ("REAL", "FLOA", "DOUB")) else f"other {folded}"


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608 (the database's own table names)


@contextmanager
def _explained(path: Path, to: Path) -> Iterator[None]:
    """Errors of reading `path` and of writing `to` as ours."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError, MemoryError) as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        written = code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
        raise sqlite.explained(error, to if written else path) from error
    except OSError as error:
        raise sqlite.explained(error, to) from error
