"""What is wrong with a store: every hash, every derived row, and the database's own opinion.

Whatever is found is named by the records that it touches, since that is what a person restores or mends. A part that
cannot be read to its end makes every record be asked for one by one (see `one_by_one`).
"""

# ruff: noqa: S608 - every statement is put together from fixed names and parameter marks
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter

from evidence.errors import LibraryError
from evidence.model.record import Axis, Record
from evidence.ports import Fault
from evidence.store.database import Database, Run, stored
from evidence.store.reaching import BROKEN, CHANGE, ENTRY, RESTORE, is_hash_of, kept_whole, one_by_one
from evidence.store.rows import DERIVED, Row, identifier_rows, marks, title_token, token
from evidence.store.states import digest

_REWRITE = "Changing the record with `evidence edit` or `evidence tag` writes these rows anew."
_OUTCOMES = frozenset(("added", "merged", "unchanged", "refused"))


def faults(database: Database) -> Iterator[Fault]:
    """Everything wrong, with flat memory; a part that cannot be read at all is a fault too."""
    broken = False
    for part in (_own(database), _columns, _versions, _current, _rows, _dead_rows, _identifiers, _keys, _entries):
        for fault in _found(database, part):
            broken = broken or fault.where in {"database", "library"}
            yield fault
    if broken:
        yield from one_by_one(database)


def quick(database: Database) -> Iterator[Fault]:
    """`faults` without what takes its time (4 s for 12,000 records, this 0.4 s): SQLite's own check, and derived rows."""
    for part in (_columns, _versions, _current, _dead_rows, _identifiers, _keys, _entries):
        yield from _found(database, part)


def _found(database: Database, part: Callable[[Run], Iterator[Fault]]) -> Iterator[Fault]:
    try:
        with database.snapshot() as run:
            yield from part(run)
    except BROKEN as error:
        yield Fault("library", getattr(error, "message", f"a part cannot be read: {error}"), RESTORE)


def standing(database: Database) -> Iterator[tuple[int, frozenset[tuple[Axis, str]]]]:
    """Each live record's id and the tags that stand on it, by the rows of its claims, in order of id; flat memory.

    Records without a tag are left out. By the rule of `model.record.standing`: one rejected stands nowhere on its axis.
    """
    statement = (
        "SELECT DISTINCT c.record, c.axis, c.term FROM claim c JOIN record r ON r.id = c.record WHERE r.live = 1 "
        "AND c.record >= ? AND c.record <= ? AND NOT EXISTS (SELECT 1 FROM claim x WHERE x.record = c.record "
        "AND x.axis = c.axis AND x.term = c.term AND x.state = 'rejected') ORDER BY c.record"
    )
    known = {axis.value: axis for axis in Axis}
    with database.snapshot() as run:
        for page in _pages(run, "SELECT id FROM record WHERE live = 1 AND id > ? ORDER BY id LIMIT 1000"):
            for record, rows in groupby(run(statement, (page[0][0], page[-1][0])), itemgetter(0)):
                yield record, frozenset((known[axis], term) for _, axis, term in rows if axis in known)


# --- the database's own check ----------------------------------------------------------------------------------------


def _own(database: Database) -> Callable[[Run], Iterator[Fault]]:
    def part(run: Run) -> Iterator[Fault]:
        # In a connection of its own: SQLite's check leaves damaged pages in memory as if they had been found sound.
        with database.snapshot() as apart:
            said = list(database.check(apart))
        for what in said:
            yield Fault("database", what, RESTORE)
            if found := re.search(r"\brow (\d+) missing from index (\w+)", what):
                for key in _touched(run, found.group(2), int(found.group(1))):
                    yield Fault(key, f"the database's check of its rows fails: {what}", RESTORE)

    return part


def _touched(run: Run, index: str, row: int) -> list[str]:
    """The keys of the records that row `row` of the table that `index` is on is a part of."""
    if "record_entry" in index:
        return []
    name = re.sub(r"^(?:ix|uq|sqlite_autoindex)_", "", index)
    of = next((table for table in _PARTS if name.startswith(f"{table}_")), None)
    return [key for (key,) in run(_PARTS[of], (row,))] if of else []


# By table with rows of its own (`record_entry` has none): the keys of the records that one of its rows belongs to.
_PARTS = {
    "version": "SELECT key FROM record WHERE id = (SELECT record FROM version WHERE seq = ?)",
    "record": "SELECT key FROM record WHERE id = ?",
    "change": "SELECT DISTINCT r.key FROM version v JOIN record r ON r.id = v.record WHERE v.change = ?",
    "source": (
        "SELECT DISTINCT r.key FROM record_entry m JOIN record r ON r.id = m.record JOIN entry e ON e.id = m.entry "
        "WHERE e.source = ?"
    ),
    "entry": "SELECT r.key FROM record_entry m JOIN record r ON r.id = m.record WHERE m.entry = ?",
}


def _columns(run: Run) -> Iterator[Fault]:
    """Whether every column that a reader asks for is there: a damaged schema may be one that can be read."""
    run(f"SELECT {CHANGE} FROM change c WHERE n < 0")
    run(f"SELECT {ENTRY} FROM entry e JOIN source s ON s.id = e.source WHERE e.id < 0")
    for part in DERIVED:
        run(f"SELECT record, position, {', '.join(part.columns)} FROM {part.table} WHERE record < 0")
    yield from ()


# --- hashes ----------------------------------------------------------------------------------------------------------


def _pages(run: Run, statement: str) -> Iterator[list[Row]]:
    """The rows of a statement with one mark, `… > ? … LIMIT n`, page by page; the first column is the number.

    LibraryError when the numbers do not rise: a damaged tree may lead back to where one was.
    """
    last = -1
    while page := list(run(statement, (last,))):
        for number, *_ in page:
            if not isinstance(number, int) or number <= last:
                raise LibraryError("Rows are not in their order: the database is damaged.", RESTORE)
            last = number
        yield page


def _versions(run: Run) -> Iterator[Fault]:
    """Each stored text against its hash, and the columns beside it against the text."""
    statement = (
        "SELECT v.seq, coalesce(r.key, v.key), v.key, v.number, v.removed, v.sha256, v.state FROM version v "
        "LEFT JOIN record r ON r.id = v.record WHERE v.seq > ? ORDER BY v.seq LIMIT 200"
    )
    for page in _pages(run, statement):
        for _, key, then, number, removed, sha256, state in page:
            if not is_hash_of(sha256, state):
                yield Fault(str(key), f"the text of version {number} is not what was stored", RESTORE)
            elif bool(removed) != (state == "") or not (removed or _says(state, then)):
                yield Fault(str(key), f"version {number} does not agree with its text", RESTORE)


def _says(state: str, key: str) -> bool:
    """Whether the key in a stored text is the one that stands beside it, or its token."""
    if f'"key":"{key}"' in state:
        return True
    return token(stored(key, 0, 0, digest(state), state).key) == key


def _entries(run: Run) -> Iterator[Fault]:
    """Each entry's bytes against their hash."""
    statement = "SELECT id, line, sha256, raw, outcome FROM entry WHERE id > ? ORDER BY id LIMIT 200"
    for page in _pages(run, statement):
        for at, line, sha256, raw, outcome in page:
            if kept_whole(at, sha256, raw) and outcome in _OUTCOMES:
                continue
            what = f"the bytes kept from line {line} of its source (entry {at}) are not what was read"
            for where in [key for (key,) in run(_PARTS["entry"], (at,))] or [f"entry {at}"]:
                yield Fault(where, what, RESTORE)


# --- rows against each other ------------------------------------------------------------------------------------------


def _current(run: Run) -> Iterator[Fault]:
    """Each record's row against its latest version, and its versions against their count."""
    for (key,) in run(
        "SELECT r.key FROM record r LEFT JOIN version v ON v.seq = r.seq WHERE v.seq IS NULL OR v.record <> r.id "
        "OR v.number <> r.version OR v.removed = r.live OR v.sha256 <> r.sha256 OR v.key <> r.key ORDER BY r.id"
    ):
        yield Fault(str(key), "the record does not agree with its current version", RESTORE)
    for (key,) in run(
        "SELECT r.key FROM record r LEFT JOIN version v ON v.record = r.id GROUP BY r.id, r.key, r.version "
        "HAVING count(v.number) <> r.version OR coalesce(max(v.number), 0) <> r.version ORDER BY r.id"
    ):
        yield Fault(str(key), "a version is missing from its history", RESTORE)


def _rows(run: Run) -> Iterator[Fault]:
    """Each live record's derived rows against what its text says."""
    statement = (
        "SELECT r.id, r.key, r.title, v.number, v.sha256, v.state FROM record r JOIN version v ON v.seq = r.seq "
        "WHERE r.live = 1 AND r.id > ? ORDER BY r.id LIMIT 200"
    )
    for page in _pages(run, statement):
        records = {}
        for at, key, title, number, sha256, state in page:
            if not is_hash_of(sha256, state):
                continue  # `_versions` has said so
            try:
                records[at] = stored(key, at, number, sha256, state)
            except LibraryError as error:
                yield Fault(str(key), error.message, RESTORE)
                continue
            if (token(records[at].key), title_token(records[at])) != (key, title):
                yield Fault(token(records[at].key), "its key or title in `record` is not the record's", _REWRITE)
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
        for at, key in run(
            f"SELECT DISTINCT d.record, r.key FROM (SELECT record FROM {live}) d LEFT JOIN record r ON r.id = d.record "
            "WHERE r.id IS NULL OR r.live <> 1 ORDER BY d.record"
        ):
            yield Fault(str(key or table), f"rows in `{table}` of record {at}, which is not in the library", RESTORE)


def _identifiers(run: Run) -> Iterator[Fault]:
    """Each identifier has one holder."""
    for scheme, value in run(
        "SELECT scheme, value FROM identifier GROUP BY scheme, value "
        "HAVING sum(CASE WHEN holder = 0 THEN 1 ELSE 0 END) <> 1 "
        "OR sum(CASE WHEN holder NOT IN (0, record) THEN 1 ELSE 0 END) <> 0 ORDER BY scheme, value"
    ):
        yield Fault(f"{scheme}:{value}", "the identifier has not exactly one holder", _REWRITE)


def _keys(run: Run) -> Iterator[Fault]:
    """Each key that a record has or had is known as such."""
    for key, once in run(
        "SELECT DISTINCT r.key, v.key FROM version v JOIN record r ON r.id = v.record WHERE NOT EXISTS "
        "(SELECT 1 FROM known_key k WHERE k.text = v.key AND k.record = v.record) ORDER BY r.key"
    ):
        yield Fault(str(key), f"its key {once} is not among the known ones", RESTORE)


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
