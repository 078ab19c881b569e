"""What lies in a library's folder: settings, database, index, vocabulary, the note of the last backup."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from evidence import wiring
from evidence.errors import EvidenceError
from evidence.formats import vocabulary_toml
from evidence.ports import Overview, SearchIndex
from evidence.store import checking
from evidence.store.reaching import BROKEN
from evidence.store.reading import SqlReader
from evidence.store.schema import SCHEMA
from evidence.store.sqlite import Connections
from evidence.upkeep import notes, places
from evidence.upkeep.finding import Finding, Noted, Patient, sized, told
from evidence.upkeep.plain import plain

_SMALL = 500  # records that are read into memory sooner than an index is opened
_MEMORY = 5000  # records from which on reading them all for each search is felt
_LARGE = 20_000  # records up to which Whoosh answers in time
_MANY = 5  # times that an index may be larger than its database
_CHECKED = 1_000_000_000  # bytes of a database that is looked through here; `verify` does it in any case
_WHOLE = 20_000_000  # bytes of a database of which all is compared here, in a second; of a larger one only hashes
_NAMED = 10  # things that are named as damaged here; `verify` names all
_RESTORE = "Go back to a backup: evidence -L NEW restore FILE"
_VERIFY = f"See what: evidence verify. {_RESTORE}"


def settings(patient: Patient) -> Iterator[Finding | Noted]:
    """Whether there is a library, and its settings can be read."""
    if not patient.folder.is_dir():
        return
    try:
        where = places.place(patient.folder)
    except EvidenceError as error:
        yield Finding(str(patient.folder / wiring.SETTINGS), error.message, error.hint, grave=True)
        return
    yield Noted("library", "kept in", "a file" if isinstance(where.database, Path) else "a database server")
    yield Noted("library", "index engine", where.settings.index)


def database(patient: Patient) -> Iterator[Finding | Noted]:
    """Whether the database is one of ours, of a schema that this version knows, and sound at first sight."""
    path = patient.file
    if path is None:
        return
    yield Noted("library", "database bytes", sized(path))
    yield from _log(path)
    try:
        connections = Connections(path)
    except EvidenceError as error:
        yield Finding("database", error.message, _RESTORE, grave=True)
        return
    connections.close()
    yield Noted("library", "schema", connections.revision)
    if connections.revision > SCHEMA.revision:
        what = f"a newer version wrote it (schema {connections.revision}, known: {SCHEMA.revision})"
        yield Finding(str(path), what, "Install that version or a newer one.", grave=True)
        return
    if connections.revision < SCHEMA.revision:
        what = f"its schema is older ({connections.revision}, now {SCHEMA.revision})"
        yield Finding(
            str(path), what, "Nothing has to be done: it is upgraded when next opened, after a verified copy beside."
        )
    yield from _looked_through(path)
    yield from _held(path)
    yield from _records(path, whole=connections.revision == SCHEMA.revision and path.stat().st_size <= _WHOLE)


def _log(path: Path) -> Iterator[Finding | Noted]:
    log, shared = path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")
    waiting = log.stat().st_size if log.exists() else 0
    yield Noted("library", "log bytes", waiting)
    if waiting and not shared.exists():
        what = "a log waits without its companion (-shm): a process was killed, or the file was copied by hand"
        closed = not os.access(path.parent, os.W_OK)
        mend = "Make the folder writable and open the library once; do not delete the log, it holds changes."
        yield Finding(
            str(log),
            what,
            mend if closed else "It is taken in when the library is next opened. Then: evidence verify",
            closed,
        )
    if path.with_name(f"{path.name}-journal").exists():
        yield Finding(
            f"{path}-journal", "an unfinished change waits to be undone", "Open the library once: evidence verify"
        )


def _looked_through(path: Path) -> Iterator[Finding | Noted]:
    """SQLite's quick look at every page, and objects that would run what somebody else wrote."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            for kind, name in connection.execute(
                "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')"
            ):
                yield Finding(str(path), f"it has a {kind} {plain(name)}, which is not ours", _RESTORE, grave=True)
            if path.stat().st_size > _CHECKED:
                return
            for (line,) in connection.execute("PRAGMA quick_check(3)"):
                if line != "ok":
                    yield Finding(str(path), f"it is damaged: {plain(line)}", _VERIFY, grave=True)
    except (sqlite3.Error, UnicodeDecodeError, MemoryError) as error:
        if os.access(path.parent, os.W_OK):  # else it can only be read as immutable, which `evidence verify` does
            yield Finding(str(path), f"it cannot be read: {plain(str(error))}", _RESTORE, grave=True)


def _held(path: Path) -> Iterator[Finding | Noted]:
    try:
        with closing(SqlReader(Connections(path))) as reader:
            yield from overview(reader.id(), reader.overview())
    except EvidenceError as error:
        yield Finding("database", error.message, _VERIFY, grave=True)


def _records(path: Path, *, whole: bool) -> Iterator[Finding | Noted]:
    """What `verify` would find, in short: what stands on a sound page need not be what was stored."""
    named: dict[str, str] = {}
    try:
        with closing(SqlReader(Connections(path))) as reader:
            for one in reader.faults() if whole else checking.quick(reader.database):
                named.setdefault(one.where, one.what)
                if len(named) > _NAMED:
                    break
    except BROKEN as error:
        named["database"] = getattr(error, "message", f"its records cannot be read: {plain(str(error))}")
    more = " and more" if len(named) > _NAMED else ""
    for where in ("database", "library"):
        if where in named:
            yield Finding(where, named.pop(where), _VERIFY, grave=True)
    if named:
        what = f"not what was stored: {', '.join(map(plain, named))}{more}"
        yield Finding("records", what, _VERIFY, grave=True)


def overview(id: str, found: Overview) -> Iterator[Noted]:
    """What the library holds."""
    yield Noted("library", "id", id)
    yield Noted("library", "records", found.records)
    yield Noted("library", "log's last line", found.seq)
    yield Noted("library", "updated", found.updated)


def vocabulary(patient: Patient) -> Iterator[Finding | Noted]:
    """Whether the vocabulary can be read."""
    own = patient.folder / "vocabulary"
    folder = own if own.is_dir() else vocabulary_toml.shipped()
    try:
        read = vocabulary_toml.read(folder)
    except EvidenceError as error:
        yield Finding(str(folder), error.message, f"evidence check-vocabulary {folder}", grave=True)
        return
    yield Noted("vocabulary", "which", "its own" if own.is_dir() else "the shipped one")
    yield Noted("vocabulary", "terms", len(read.terms))


def index(patient: Patient) -> Iterator[Finding | Noted]:
    """The index's own files, how far it is, and whether another engine would do better."""
    if patient.place is None:
        return
    name = patient.place.settings.index
    folder = patient.folder / "index"
    size = sized(folder) if folder.is_dir() else 0
    yield Noted("index", "bytes", size)
    try:
        opened = wiring._engine(name, patient.folder)  # noqa: SLF001  (wished for as a public name of wiring)
    except EvidenceError as error:
        yield Finding(wiring.SETTINGS, error.message, error.hint, grave=True)
        return
    with closing(opened):
        for fault in opened.faults() if opened.kept else ():
            yield Finding(fault.where, fault.what, fault.mend or "evidence reindex", grave=True)
        records, seq = _counted(patient)
        yield from _standing(opened, seq)
    if patient.file and size > max(_MANY * sized(patient.file), 20_000_000):
        what = f"the index ({told(size)}) is more than {_MANY} times as large as its database"
        yield Finding(str(folder), what, "evidence reindex")
    best = (
        "memory"
        if records < _SMALL
        else "whoosh"
        if records <= _LARGE
        else "tantivy, which is built later; whoosh till then"
    )
    yield Noted("index", "engine recommended", best)
    if name == "memory" and records > _MEMORY:
        yield Finding("index", f"{records} records are read anew for each search", "evidence reindex --engine whoosh")


def _standing(opened: SearchIndex, seq: int) -> Iterator[Finding | Noted]:
    if not opened.kept:
        return
    standing = opened.standing()
    if standing is None:
        yield Noted("index", "state", "none that can be used; the next search makes it")
    elif standing.last is not None:
        yield Noted("index", "state", f"being made; up to record {standing.last} yet")
    else:
        yield Noted("index", "pending changes", max(seq - standing.seq, 0))


def _counted(patient: Patient) -> tuple[int, int]:
    """Records and the log's last line; 0 where they cannot be read."""
    if patient.file is None:
        return 0, 0
    try:
        with closing(SqlReader(Connections(patient.file))) as reader:
            found = reader.overview()
            return found.records, found.seq
    except EvidenceError:
        return 0, 0


def last_backup(patient: Patient) -> Iterator[Finding | Noted]:
    """When the last backup was made, as far as this library knows."""
    records, seq = _counted(patient)
    last = notes.noted(patient.folder)
    if last is None:
        if records:
            yield Finding(
                "backup", "no backup of this library is known here", "evidence backup FILE (best on another disk)"
            )
        return
    file = plain(str(last.file))
    yield Noted("backup", "last made", plain(last.made))
    yield Noted("backup", "file", file)
    yield Noted("backup", "changed since", max(seq - last.seq, 0))
    if last.faults:
        what = f"the last backup ({file}) is of a damaged library: {last.faults} faults when it was made"
        yield Finding(
            "backup", what, "See what is wrong now: evidence verify. When all is well: evidence backup FILE", grave=True
        )
    if not _exists(last.file):
        yield Finding("backup", f"the last backup is not at {file} any more", "evidence backup FILE, if it is lost")


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:  # a name too long, a folder that may not be looked into
        return False
