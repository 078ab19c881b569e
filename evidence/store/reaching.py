"""Records asked for one by one, of a database of which a part cannot be read: which of them a reader does not get."""

# ruff: noqa: S608 - every statement is put together from fixed names and parameter marks
from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from evidence.errors import EvidenceError, LibraryError
from evidence.ports import Fault
from evidence.store.database import Database, Run, one, stored, unpacked
from evidence.store.rows import DERIVED, Row
from evidence.store.sqlite import Connections
from evidence.store.states import digest

RESTORE = "Restore a backup with `evidence restore FILE`, or export what can be read and import it anew."
# What reading damaged rows may raise: besides ours, what Python makes of a number where a text should be, and the
# other way round; SQLite's own message may hold half a character.
BROKEN = (EvidenceError, TypeError, ValueError, AttributeError, LookupError, OverflowError, MemoryError)


def is_hash_of(sha256: object, state: object) -> bool:
    """Whether a stored text is a text at all, and the one that was stored."""
    return isinstance(state, str) and digest(state) == sha256


def kept_whole(at: int, sha256: object, raw: object) -> bool:
    """Whether the packed bytes of entry `at` are those that were read."""
    try:
        return isinstance(raw, bytes) and hashlib.sha256(unpacked(raw, at)).hexdigest() == sha256
    except LibraryError:
        return False


def one_by_one(database: Database) -> Iterator[Fault]:
    """Which records can be reached as a reader reaches them: by key, with every version, entry and change.

    For a store of which a part cannot be read: slow (a millisecond a record), and no damaged page hides what is behind it.
    """
    for key, ids in sorted(_reachable(database).items()):
        try:
            with _fresh(database) as again, again.snapshot() as run:
                lost = _lost(run, key, ids)
        except BROKEN as error:
            lost = f"a part of it cannot be read: {getattr(error, 'message', error)}"
        if lost:
            yield Fault(key, lost, RESTORE)


@contextmanager
def _fresh(database: Database) -> Iterator[Database]:
    """The same database by a new connection: SQLite refuses a page with wrong cells once, and takes it the next time."""
    if not isinstance(database, Connections):
        yield database
        return
    with closing(Connections(database.path)) as again:
        yield again


def _reachable(database: Database) -> dict[str, set[int]]:
    """Every key that a record has, by each way that a damaged database still allows, with the ids that go with it."""
    found: dict[str, set[int]] = {}
    for rows in (_walk(database, way) for way in _WAYS):
        for key, of in rows:
            if isinstance(key, str) and isinstance(of, int):
                found.setdefault(key, set()).add(of)
    return found


def _walk(database: Database, way: str) -> Iterator[Row]:
    """The rows of a statement that gives those with numbers from `?` on, 500 of them; where it fails, one by one.

    It ends where nothing follows, or after 2,000 numbers in a row that give nothing: a damaged number must not keep us for ever.
    """
    at = failed = 0
    while failed < _MOST_FAILURES:
        try:
            rows = _asked(database, way, at, _SEVERAL)
            if not rows:
                return
        except BROKEN:
            rows = list(_singly(database, way, at))
        numbers = [row[2] for row in rows if isinstance(row[2], int) and row[2] >= at]
        yield from (row[:2] for row in rows)
        failed = 0 if numbers else failed + _SEVERAL
        if not numbers:
            at += _SEVERAL
        elif len(rows) == _SEVERAL and numbers[-1] > at:
            at = numbers[-1]  # there may be more rows with this number
        else:
            at = max(numbers) + 1


def _singly(database: Database, way: str, first: int) -> Iterator[Row]:
    for at in range(first, first + _SEVERAL):
        try:
            yield from (row for row in _asked(database, way, at, 1) if row[2] == at)
        except BROKEN:
            continue


def _asked(database: Database, statement: str, at: int, most: int) -> list[Row]:
    with database.snapshot() as run:
        return list(run(statement, (at, most)))


_SEVERAL = 500
_MOST_FAILURES = 2000
# "Key, record's id, number" by number. The second reads the table of versions, the first and third what SQLite keeps in
# other pages.
_WAYS = (
    "SELECT key, id, id FROM record WHERE id >= ? ORDER BY id LIMIT ?",
    "SELECT key, record, seq FROM version WHERE seq >= ? ORDER BY seq LIMIT ?",
    "SELECT text, record, record FROM known_key WHERE record >= ? ORDER BY record LIMIT ?",
)
CHANGE = "c.n, c.at, c.who, c.what, c.undone_by"
ENTRY = "e.line, e.key, e.outcome, e.reason, s.id, s.name, s.sha256, s.format, s.encoding, s.at"


def _lost(run: Run, key: str, ids: Iterable[int]) -> str | None:
    """What a reader who asks for `key` does not get; None: all of it. An error says that it cannot be read."""
    now = one(run("SELECT id, seq, version, live FROM record WHERE key = ?", (key,)))
    once = [row[0] for row in run("SELECT record FROM known_key WHERE text = ?", (key,))]
    if not now and not once:
        return "its key leads to no record"
    of = now[0] if now else once[0]
    if of not in ids:
        return "its key leads to another record"
    if now and one(run("SELECT record, key, number, removed FROM version WHERE seq = ?", (now[1],))) != (
        of, key, now[2], 1 - now[3],
    ):  # fmt: skip
        return "its key leads to another version"
    row = one(run("SELECT version FROM record WHERE id = ?", (of,)))
    numbers: list[int] = []
    needed: set[int] = set()
    for number, sha256, state, _ in run(
        "SELECT v.number, v.sha256, v.state, c.n FROM version v JOIN change c ON c.n = v.change WHERE v.record = ?",
        (of,),
    ):
        numbers.append(number)
        if not is_hash_of(sha256, state):
            return f"the text of version {number} is not what was stored"
        needed.update(stored(key, of, number, sha256, state).entries if state else ())
    if row is None or sorted(numbers) != list(range(1, row[0] + 1)):
        return "a version is missing from its history"
    for table in ("identifier", *(part.table for part in DERIVED)):
        list(run(f"SELECT * FROM {table} WHERE record = ?", (of,)))
    return _entry_lost(run, of, needed)


def _entry_lost(run: Run, of: int, needed: set[int]) -> str | None:
    """What of the record's entries a reader does not get, who asks as `reading` does."""
    asked = (
        f"SELECT e.sha256, e.raw, e.id, {ENTRY} FROM record_entry l JOIN entry e ON e.id = l.entry "
        "JOIN source s ON s.id = e.source WHERE l.record = ? ORDER BY e.id"
    )
    for sha256, raw, at, *_ in run(asked, (of,)):
        if at not in needed:
            return f"source entry {at} is given as one of its own and is not"
        needed.discard(at)
        if not kept_whole(at, sha256, raw):
            return f"the bytes of its source entry {at} are not what was read"
    return f"its source entry {min(needed)} is not found" if needed else None
