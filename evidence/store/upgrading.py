"""Making a schema and bringing an older one up to date, wholly or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import DBAPIError

from evidence import disk
from evidence.errors import LibraryError, StorageError
from evidence.store import sqlite
from evidence.store.postgresql import alone
from evidence.store.schema import Schema
from evidence.store.sql import explained, sqlite_engine, told, utc_now
from evidence.store.tables import meta


def make(path: Path, schema: Schema, wait: float) -> None:
    """Make an empty library in the SQLite file `path`. LibraryError: there is something already."""
    if sqlite.exists(path):
        raise LibraryError(f"There is something at {path} already.", "Name another place, or use the library there.")
    if not path.parent.is_dir():
        raise StorageError(f"There is no folder {path.parent}.", "Make the folder first.")
    engine = sqlite_engine(path)
    try:
        with disk.held(path, "making a library", wait, utc_now()):
            if sqlite.exists(path):
                raise LibraryError(f"Another process has just made a library at {path}.", "Use it.")
            path.touch(mode=0o600)
            with told(engine), engine.begin() as connection:
                _to_head(connection, schema)
                _name(connection)
                for statement in sqlite.stamp(schema.revision):
                    connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def upgrade(path: Path, schema: Schema, wait: float) -> Path | None:
    """Bring the older SQLite library at `path` to `schema`; gives the verified copy made before, beside it.

    None: another process has just done it. LibraryError, StorageError: it failed, and the library is as it was.
    """
    with disk.held(path, "upgrading the library", wait, utc_now()):
        database = sqlite.Connections(path)
        database.close()
        if database.revision >= schema.revision:
            return None
        kept = path.with_name(f"{path.name}.before-{schema.revision:04d}")
        sqlite.copy(path, kept)
        engine = sqlite_engine(path, references=False)
        try:
            with engine.begin() as connection:
                _to_head(connection, schema)
                _refuse_loose(connection.exec_driver_sql("PRAGMA foreign_key_check").first())
                for statement in sqlite.stamp(schema.revision):
                    connection.exec_driver_sql(statement)
        except Exception as error:  # whatever a script does wrong, the transaction is undone
            if isinstance(error, DBAPIError) and isinstance(known := explained(engine, error), StorageError):
                raise known from error
            raise LibraryError(f"The library could not be upgraded and is as it was: {error}", _UPGRADE) from error
        finally:
            engine.dispose()
    return kept


def make_on_server(engine: Engine, schema: Schema, wait: float) -> None:
    """Make an empty library on a server. LibraryError: there is one already."""
    with told(engine), alone(engine, "making a library", wait) as connection:
        if _revision(connection) is not None:
            raise LibraryError("There is a library in this database already.", "Use it, or name another database.")
        _to_head(connection, schema)
        _name(connection)


def ready_server(engine: Engine, schema: Schema, wait: float) -> None:
    """See that the server holds a library of `schema`; an older one is upgraded in one transaction.

    LibraryError: there is none, or a newer one. A server's copies are its keeper's business, so none is made.
    """
    with told(engine), engine.connect() as connection:
        revision = _revision(connection)
    if revision is None:
        raise LibraryError("There is no library in this database.")
    schema.refuse_newer(revision)
    if revision < schema.revision:
        with told(engine), alone(engine, "upgrading the library", wait) as connection:
            _to_head(connection, schema)


def _name(connection: Connection) -> None:
    """Give a new library an id of its own."""
    connection.execute(insert(meta).values(name="id", value=uuid4().hex))


def _refuse_loose(row: Any) -> None:
    if row:
        raise LibraryError(f"A row of {row[0]} points to a row of {row[2]} that is not there.")


def _to_head(connection: Connection, schema: Schema) -> None:
    """Run the scripts that are wanting, in the transaction that `connection` is in."""
    config = Config()
    config.set_main_option("script_location", str(schema.scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, f"{schema.revision:04d}")


def _revision(connection: Connection) -> int | None:
    found = MigrationContext.configure(connection).get_current_revision()
    return None if found is None else int(found)


_UPGRADE = "The program that wrote the library can still use it. Please report this with the output of --debug."
