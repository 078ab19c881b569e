"""PostgreSQL's own: its lock for the one writer, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from evidence.errors import BusyError, EvidenceError, LibraryError, StorageError

# Any two numbers: one for the program, one for the schema that the library lives in.
_LOCK = "pg_advisory_xact_lock(1163284529, hashtext(current_schema()))"
_HOLDER = """
SELECT a.pid, a.application_name, to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1163284529 AND a.datname = current_database()
AND l.objid = (hashtext(current_schema())::bigint & 4294967295)::oid
"""


@contextmanager
def alone(engine: Engine, doing: str, wait: float) -> Iterator[Connection]:
    """A transaction that is alone in writing; the server frees the lock when it ends or its client dies.

    BusyError after `wait` seconds, naming the holder by what it calls itself.
    """
    with engine.begin() as connection:
        milliseconds = max(1, int(wait * 1000))
        connection.exec_driver_sql("SELECT set_config('application_name', %s, true)", (f"evidence: {doing}"[:60],))
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
        try:
            connection.exec_driver_sql(f"SELECT {_LOCK}")
        except DBAPIError as error:
            if _state(error) != "55P03":  # lock_not_available
                raise
            raise BusyError(f"{_holder(engine)} is writing to the library.") from error
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        yield connection


def explained(error: DBAPIError) -> EvidenceError:
    """What an error of the server means to a person. Source: PostgreSQL manual, appendix A (error codes)."""
    state = _state(error)
    said = str(error.orig).strip().partition("\n")[0]
    if state.startswith(("22", "23")):  # data that does not fit, or a rule of the schema
        return EvidenceError(f"Something was to be stored that cannot be: {said}")
    if state.startswith("53") or state in {"58030", "25006"}:  # out of space or connections, I/O error, read-only
        return StorageError(f"The database cannot be written: {said}")
    if state in {"40001", "40P01", "55P03"}:
        return BusyError(f"Another process is in the way: {said}")
    return LibraryError(
        f"The database cannot be used: {said}", "Check the database's address and that the server runs."
    )


def _holder(engine: Engine) -> str:
    with engine.connect() as connection:
        row = connection.exec_driver_sql(_HOLDER).first()
    return f"Process {row[0]} of the server ({row[1]}, since {row[2]})" if row else "Another process"


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
