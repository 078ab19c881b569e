"""`ports.Store` over SQLAlchemy: engines, transactions, the write lock. The statements are in `reading` and `writing`."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from evidence import disk
from evidence.errors import EvidenceError, LibraryError, UsageError
from evidence.ports import Writing
from evidence.store import sqlite
from evidence.store.database import Database, Run
from evidence.store.reading import SqlReader
from evidence.store.rows import Row
from evidence.store.writing import SqlWriting

Alone = Callable[[str], AbstractContextManager[Connection]]
"""Begins a transaction that is alone in writing; is told what for."""


def utc_now() -> str:
    """The time as ISO 8601 in UTC, to the second: `2026-11-21T20:15:00Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class SqlStore(SqlReader):
    """`ports.Store`: a reader, and one writer at a time."""

    def __init__(self, database: Database, engine: Engine, alone: Alone, now: Callable[[], str] = utc_now) -> None:
        """Read from `database`, write through `engine` in transactions that `alone` begins; `now` is the clock."""
        super().__init__(database)
        self._engine = engine
        self._alone = alone
        self._now = now
        self._doing = Path(sys.argv[0]).name or "python"

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """The write lock and a transaction, until the block ends; an exception undoes all of it.

        BusyError names who holds the lock; StorageError: the disk is full or cannot be written to.
        """
        with told(self._engine), self._alone(self._doing) as connection:
            writing = SqlWriting(_Transaction(connection), self._now)
            yield writing
            self._doing = writing.doing or self._doing

    def close(self) -> None:
        """Give back the connections."""
        super().close()
        self._engine.dispose()


class EngineDatabase:
    """`database.Database` over an engine."""

    def __init__(self, engine: Engine) -> None:
        """Read through `engine`, which its owner closes; REPEATABLE READ is what makes a snapshot."""
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def snapshot(self) -> Iterator[Run]:
        """One committed state, until the block ends."""
        with told(self._engine), self._engine.connect() as connection:
            yield _Transaction(connection).run

    def check(self, run: Run) -> Iterator[str]:  # noqa: ARG002 (SQLite's needs it)
        """Nothing: a server has no check of its own that a plain user may ask for."""
        return iter(())

    def close(self) -> None:
        """Nothing: the engine's owner closes it."""


class _Transaction:
    """`database.Transaction` over a connection; `?` marks become the driver's own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._marked = str if connection.dialect.paramstyle == "qmark" else _percent

    def run(self, statement: str, parameters: Sequence[object] = ()) -> Iterable[tuple[Any, ...]]:
        """The rows of one statement; none of one that gives none."""
        result = self._connection.exec_driver_sql(self._marked(statement), tuple(parameters))
        return (tuple(row) for row in result) if result.returns_rows else ()

    def many(self, statement: str, rows: Sequence[Row]) -> None:
        """The statement once for each row."""
        if rows:
            self._connection.exec_driver_sql(self._marked(statement), list(rows))


def _percent(statement: str) -> str:
    return statement.replace("%", "%%").replace("?", "%s")


def sqlite_engine(path: Path, *, references: bool = True) -> Engine:
    """An engine that writes to the SQLite file at `path`. `references` False while tables are rebuilt."""
    engine = create_engine(f"sqlite:///{path.absolute()}")

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        sqlite.prepare(connection)
        if not references:
            connection.execute("PRAGMA foreign_keys = OFF")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(sqlite.BEGIN)

    return engine


def sqlite_alone(engine: Engine, path: Path, wait: float, now: Callable[[], str] = utc_now) -> Alone:
    """Transactions on a SQLite file, each under the lock file beside it."""

    @contextmanager
    def alone(doing: str) -> Iterator[Connection]:
        with disk.held(path, doing, wait, now()), engine.begin() as connection:
            yield connection

    return alone


def server_engine(url: str) -> Engine:
    """An engine for a database server. UsageError: the address cannot be read, or names a database without a driver."""
    try:
        engine = create_engine(url, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise UsageError(f"The database's address cannot be used: {error}", _ADDRESS) from error
    if engine.dialect.name != "postgresql":
        raise UsageError(f"A library cannot be kept in {engine.dialect.name}.", _ADDRESS)
    return engine


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Every error of the database as one of ours; our own pass."""
    try:
        yield
    except DBAPIError as error:
        raise explained(engine, error) from error


def explained(engine: Engine, error: DBAPIError) -> EvidenceError:
    """What an error of the driver means to a person."""
    if isinstance(error.orig, sqlite3.Error):
        return sqlite.explained(error.orig, Path(engine.url.database or ""))
    if engine.dialect.name == "postgresql":
        from evidence.store import postgresql

        return postgresql.explained(error)
    return LibraryError(f"The database cannot be used: {error}")


_ADDRESS = "An address looks like postgresql+psycopg://user@host/database and needs `pip install evidence[postgresql]`."
