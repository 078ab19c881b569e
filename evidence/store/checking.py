"""What is wrong with a store: every hash, every derived row, and the database's own opinion."""

# ruff: noqa: S608 - every statement is put together from fixed names and parameter marks
from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from evidence.errors import EvidenceError, LibraryError
from evidence.model.record import Record
from evidence.ports import Fault
from evidence.store.database import Database, Run, stored, unpacked
from evidence.store.rows import DERIVED, Row, identifier_rows, marks, title_token, token
from evidence.store.states import digest

_RESTORE = "Restore a backup with `evidence restore FILE`, or export what can be read and import it anew."
_REWRITE = "Changing the record with `evidence edit` or `evidence tag` writes these rows anew."


def faults(database: Database) -> Iterator[Fault]:
    """Everything wrong, with flat memory; a part that cannot be read at all is a fault too."""
    for part in (_own(database), _versions, _current, _rows, _dead_rows, _identifiers, _entries):
        try:
            with database.snapshot() as run:
                yield from part(run)
        except EvidenceError as error:
            yield Fault("library", error.message, _RESTORE)


def _own(database: Database) -> Callable[[Run], Iterator[Fault]]:
    return lambda run: (Fault("database", what, _RESTORE) for what in database.check(run))


def _pages(run: Run, statement: str) -> Iterator[list[Row]]:
    """The rows of a statement with one mark, `… > ? … LIMIT 200`, page by page; the first column is the number."""
    last = -1
    while page := list(run(statement, (last,))):
        last = page[-1][0]
        yield page


def _versions(run: Run) -> Iterator[Fault]:
    """Each stored text against its hash."""
    statement = "SELECT seq, key, number, sha256, state FROM version WHERE seq > ? ORDER BY seq LIMIT 200"
    for page in _pages(run, statement):
        for _, key, number, sha256, state in page:
            if digest(state) != sha256:
                yield Fault(key, f"the text of version {number} is not what was stored", _RESTORE)


def _current(run: Run) -> Iterator[Fault]:
    """Each record's row against its latest version, and its versions against their count."""
    for (key,) in run(
        "SELECT r.key FROM record r LEFT JOIN version v ON v.seq = r.seq WHERE v.seq IS NULL OR v.record <> r.id "
        "OR v.number <> r.version OR v.removed = r.live OR v.sha256 <> r.sha256 OR v.key <> r.key ORDER BY r.id"
    ):
        yield Fault(key, "the record does not agree with its current version", _RESTORE)
    for (key,) in run(
        "SELECT r.key FROM record r LEFT JOIN version v ON v.record = r.id GROUP BY r.id, r.key, r.version "
        "HAVING count(v.number) <> r.version OR coalesce(max(v.number), 0) <> r.version ORDER BY r.id"
    ):
        yield Fault(key, "a version is missing from its history", _RESTORE)


def _rows(run: Run) -> Iterator[Fault]:
    """Each live record's derived rows against what its text says."""
    statement = (
        "SELECT r.id, r.key, r.title, v.number, v.sha256, v.state FROM record r JOIN version v ON v.seq = r.seq "
        "WHERE r.live = 1 AND r.id > ? ORDER BY r.id LIMIT 200"
    )
    for page in _pages(run, statement):
        records = {}
        for at, key, title, *state in page:
            try:
                records[at] = stored(key, at, *state)
            except LibraryError as error:
                yield Fault(key, error.message, _RESTORE)
                continue
            if (token(records[at].key), title_token(records[at])) != (key, title):
                yield Fault(key, "its key or title in `record` is not the record's", _REWRITE)
        for table, columns, expected in _EXPECTED:
            yield from _compared(run, table, columns, expected, records)


def _compared(
    run: Run, table: str, columns: str, expected: Callable[[Record], list[Row]], records: dict[int, Record]
) -> Iterator[Fault]:
    found: dict[int, list[Row]] = {at: [] for at in records}
    for at, *row in run(f"SELECT record, {columns} AND record IN ({marks([*records])})", tuple(records)):
        found[at].append(tuple(row))
    for at, record in records.items():
        if sorted(found[at], key=repr) != sorted(expected(record), key=repr):
            yield Fault(token(record.key), f"its rows in `{table}` do not agree with the record", _REWRITE)


def _dead_rows(run: Run) -> Iterator[Fault]:
    """Rows of records that are not there (any more)."""
    for table, columns, _ in _EXPECTED:
        live = columns.partition(" FROM ")[2]
        for (at,) in run(
            f"SELECT DISTINCT record FROM {live} AND record NOT IN (SELECT id FROM record WHERE live = 1) ORDER BY record"
        ):
            yield Fault(table, f"rows of record {at}, which is not in the library", _RESTORE)


def _identifiers(run: Run) -> Iterator[Fault]:
    """Each identifier has one holder."""
    for scheme, value in run(
        "SELECT scheme, value FROM identifier GROUP BY scheme, value "
        "HAVING sum(CASE WHEN holder = 0 THEN 1 ELSE 0 END) <> 1 "
        "OR sum(CASE WHEN holder NOT IN (0, record) THEN 1 ELSE 0 END) <> 0 ORDER BY scheme, value"
    ):
        yield Fault(f"{scheme}:{value}", "the identifier has not exactly one holder", _REWRITE)


def _entries(run: Run) -> Iterator[Fault]:
    """Each entry's bytes against their hash."""
    for page in _pages(run, "SELECT id, line, sha256, raw FROM entry WHERE id > ? ORDER BY id LIMIT 200"):
        for at, line, sha256, raw in page:
            try:
                whole = hashlib.sha256(unpacked(raw, at)).hexdigest() == sha256
            except LibraryError:
                whole = False
            if not whole:
                yield Fault(f"entry {at}", f"the bytes kept from line {line} are not what was read", _RESTORE)


def _aliases(record: Record) -> list[Row]:
    return [(one,) for one in sorted({token(alias) for alias in record.aliases})]


def _kept(record: Record) -> list[Row]:
    return [(entry,) for entry in sorted(set(record.entries))]


# Table, "columns FROM table WHERE …" of the rows that a live record has, and what they should be.
_EXPECTED: tuple[tuple[str, str, Callable[[Record], list[Row]]], ...] = (
    *(
        (
            one.table,
            f"{', '.join(('position', *one.columns))} FROM {one.table} WHERE 1 = 1",
            lambda record, one=one: [row[1:] for row in one.rows(record)],
        )
        for one in DERIVED
    ),
    ("identifier", "scheme, value FROM identifier WHERE 1 = 1", lambda record: [*identifier_rows(record)]),
    ("known_key", "text FROM known_key WHERE alias = 1", _aliases),
    ("record_entry", "entry FROM record_entry WHERE live = 1", _kept),
)
