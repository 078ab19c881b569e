"""A library on a PostgreSQL server: whether the server keeps what it is given."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.errors import EvidenceError
from evidence.upkeep.contents import overview
from evidence.upkeep.finding import Finding, Noted, Patient


def server(patient: Patient) -> Iterator[Finding | Noted]:
    """The server's version, and the settings that a power cut asks for. The server is only read."""
    if patient.place is None or not isinstance(patient.place.database, str):
        return
    from sqlalchemy.exc import SQLAlchemyError

    from evidence.store.reading import SqlReader
    from evidence.store.sql import EngineDatabase, server_engine, told

    try:
        engine = server_engine(patient.place.database)
    except EvidenceError as error:
        yield Finding("database", error.message, error.hint, grave=True)
        return
    try:
        with told(engine), engine.connect() as connection:
            said = {
                name: str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())
                for name in ("server_version", "data_checksums", "synchronous_commit", "fsync", "full_page_writes")
            }
        for name, value in said.items():
            yield Noted("server", name, value)
        yield from _judged(said["data_checksums"], said["synchronous_commit"], said["fsync"], said["full_page_writes"])
        reader = SqlReader(EngineDatabase(engine))
        yield from overview(reader.id(), reader.overview())
    except (EvidenceError, SQLAlchemyError) as error:
        hint = getattr(error, "hint", "Check the database's address and that the server runs.")
        yield Finding("database", getattr(error, "message", str(error)), hint, grave=True)
    finally:
        engine.dispose()


def _judged(checksums: str, commit: str, fsync: str, whole: str) -> Iterator[Finding]:
    if checksums == "off":
        what = "the server keeps no checksums of its pages (data_checksums is off); each record has its own hash all the same"
        yield Finding("server", what, "For the server's keeper: pg_checksums --enable, while it is stopped.")
    for name, value in (("synchronous_commit", commit), ("fsync", fsync), ("full_page_writes", whole)):
        if value == "off":
            what = f"{name} is off: a power cut may take changes that were said to be stored"
            yield Finding(
                "server",
                what,
                f"For the server's keeper: ALTER SYSTEM SET {name} = on, then pg_reload_conf().",
                grave=True,
            )
