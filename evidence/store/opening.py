"""The door of the store: make a library, open it for reading, open it for writing.

A target is the path of a `library.db`, or the address of a PostgreSQL database as SQLAlchemy writes it
(`postgresql+psycopg://user@host/database`). Reading a path needs the standard library only; SQLAlchemy and Alembic,
0.3 s of importing, are loaded by what needs them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evidence.errors import StorageError
from evidence.ports import Store, StoreReader
from evidence.store import sqlite
from evidence.store.reading import SqlReader
from evidence.store.schema import SCHEMA, Schema

WAIT = 5.0  # seconds that a writer waits for another one


def create(target: Path | str, *, schema: Schema = SCHEMA, wait: float = WAIT) -> None:
    """Make an empty library. LibraryError: there is something already; StorageError: it cannot be written."""
    from evidence.store import upgrading

    if isinstance(target, Path):
        upgrading.make(target, schema, wait)
    else:
        from evidence.store.sql import server_engine

        engine = server_engine(target)
        try:
            upgrading.make_on_server(engine, schema, wait)
        finally:
            engine.dispose()


def exists(path: Path) -> bool:
    """Whether there is anything at `path` but an empty file or database, which a making cut short leaves behind."""
    return sqlite.exists(path)


def open_reader(target: Path | str, *, schema: Schema = SCHEMA, wait: float = WAIT) -> StoreReader:
    """The library at `target`, for reading; an older one is upgraded first.

    LibraryError: there is none, or it is damaged, no library of ours, or newer than this program. StorageError: it is an
    older one, and cannot be upgraded where it lies.
    """
    if isinstance(target, Path):
        return SqlReader(_sqlite(target, schema, wait))
    return open_store(target, schema=schema, wait=wait)


def open_store(
    target: Path | str, *, schema: Schema = SCHEMA, wait: float = WAIT, now: Callable[[], str] | None = None
) -> Store:
    """The library at `target`, for reading and writing; an older one is upgraded first. Errors as `open_reader`.

    `wait` is how many seconds a writer waits for another one; `now` the clock, as ISO 8601 in UTC.
    """
    from evidence.store import sql

    clock = now or sql.utc_now
    if isinstance(target, Path):
        database = _sqlite(target, schema, wait)
        engine = sql.sqlite_engine(target)
        return sql.SqlStore(database, engine, sql.sqlite_alone(engine, target, wait, clock), clock)
    from evidence.store import postgresql, upgrading

    engine = sql.server_engine(target)
    try:
        upgrading.ready_server(engine, schema, wait)
    except BaseException:
        engine.dispose()
        raise
    return sql.SqlStore(sql.EngineDatabase(engine), engine, lambda doing: postgresql.alone(engine, doing, wait), clock)


def _sqlite(path: Path, schema: Schema, wait: float) -> sqlite.Connections:
    """Connections to a library that is up to date."""
    database = sqlite.Connections(path)
    try:
        schema.refuse_newer(database.revision)
        if database.revision == schema.revision:
            return database
    except BaseException:
        database.close()
        raise
    database.close()
    from evidence.store import upgrading

    try:
        upgrading.upgrade(path, schema, wait)
    except StorageError as error:
        raise StorageError(
            f"The library was written by an older version and must be upgraded before it is read. {error.message}",
            "Free some space, let somebody open it who may write to its folder, or copy the folder and open the copy.",
        ) from error
    return sqlite.Connections(path)
