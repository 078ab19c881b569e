"""`StoreReader` in plain SQL that SQLite and PostgreSQL read alike, over whatever runs it."""

# ruff: noqa: S608 - every statement is put together from fixed names and parameter marks
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from evidence.errors import LibraryError
from evidence.model.record import Axis, Record
from evidence.ports import Change, Entry, Fault, Logged, Overview, Question, Seen, Source, Touch, Turn
from evidence.store import checking, questions
from evidence.store.database import DAMAGED, Database, Run, numbered, one, shown, shown_or_none, stored, unpacked
from evidence.store.rows import batches, marks, token


class SqlReader:
    """`ports.StoreReader` over any `Database`."""

    def __init__(self, database: Database) -> None:
        """Read from `database`, which is closed with this reader."""
        self.database = database

    def get(self, keys: Iterable[str], damaged: list[str] | None = None) -> list[Record]:
        """The live records of `keys` (or of aliases), in the order asked, each once; unknown ones are left out.

        A record whose text is not what was stored raises LibraryError, or is left out and its key put into `damaged`.
        """
        asked = list(dict.fromkeys(token(key) for key in keys))
        with self.database.snapshot() as run:
            found = {row[0]: row for part in batches(asked) for row in run(_BY_KEY.format(marks(part)), part)}
            missing = [key for key in asked if key not in found]
            for part in batches(missing):
                for row in run(_BY_ALIAS.format(marks(part)), part):
                    found.setdefault(row[0], row)
        once = {found[key][1]: found[key] for key in asked if key in found}
        return list(_sound(once.values(), damaged))

    def all(self, damaged: list[str] | None = None, after: int = 0) -> Iterator[Record]:
        """Every live record with an id above `after`, by id, with flat memory, as they stood when the first was asked for.

        A damaged one raises LibraryError, or is left out and its key put into `damaged`.
        """
        with self.database.snapshot() as run:
            last = after
            while page := list(run(_PAGE, (last,))):
                if page[-1][1] <= last:  # only in a damaged file, where it would go on for ever
                    raise LibraryError("The records' numbers do not rise: the library is damaged.", DAMAGED)
                last = page[-1][1]
                yield from _sound(page, damaged)

    def log(self, after: int = 0, limit: int = 1000) -> list[Logged]:
        """The log after `seq` `after`, in order; each line's key is the one that the record had then."""
        with self.database.snapshot() as run:
            rows = run(
                "SELECT seq, record, key, removed FROM version WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
            )
            # A line whose record is not told any more still tells its key.
            return [
                Logged(seq, of if isinstance(of, int) else 0, shown(key), bool(removed))
                for seq, of, key, removed in rows
            ]

    def mark(self, seq: int) -> str | None:
        """A fingerprint of line `seq` of the log and those before it, by which two histories are told apart.

        None: there is no such line.
        """
        if seq == 0:
            return "0"
        with self.database.snapshot() as run:
            rows = [tuple(row) for row in run(_MARK, (seq - _MARKED, seq))]
        return hashlib.sha256(repr(rows).encode()).hexdigest() if rows and rows[-1][0] == seq else None

    def overview(self) -> Overview:
        """Counts and dates for the coverage line. The names of sources are shown once each."""
        with self.database.snapshot() as run:
            live, seq = one(run(_COUNTS)) or (0, 0)
            last = one(run("SELECT at FROM change ORDER BY n DESC LIMIT 1"))
            names = [shown(name) for (name,) in run(_SOURCES)]
        return Overview(live, shown(last[0]) if last else None, tuple(dict.fromkeys(names)), seq)

    def holders(self, identifiers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Which live record holds each (scheme, value), by key; free ones are left out."""
        asked = {(scheme, token(value)): (scheme, value) for scheme, value in identifiers}
        found = {}
        with self.database.snapshot() as run:
            for scheme in sorted({scheme for scheme, _ in asked}):
                for part in batches(value for on, value in asked if on == scheme):
                    for value, key in run(_HOLDERS.format(marks(part)), (scheme, *part)):
                        found[asked[scheme, value]] = shown(key)
        return found

    def taken(self, keys: Iterable[str]) -> set[str]:
        """Which of `keys` a record has or had, live or removed, or is an alias."""
        return set(self._looked_up("SELECT text, 1 FROM known_key WHERE text IN ({})", keys))

    def keys(self, ids: Iterable[int]) -> set[str]:
        """Every key that the records of `ids` have or had, live or removed."""
        found: set[str] = set()
        with self.database.snapshot() as run:
            for part in batches(dict.fromkeys(ids)):
                for key, seq in run(_EVERY_KEY.format(marks(part)), part):
                    found.add(self._whole_key(run, shown(key), seq))
        return found

    def _whole_key(self, run: Run, key: str, seq: int) -> str:
        """The key whose token is `key`, as version `seq` has it."""
        if not _SHORTENED.search(key):
            return key
        row = one(run("SELECT record, number, sha256, state FROM version WHERE seq = ?", (seq,)))
        try:
            return key if row is None else stored(key, *row).key
        except LibraryError:
            return key

    def removed(self, keys: Iterable[str]) -> dict[str, Record]:
        """The last state of the removed records that had `keys` as their own key, by key."""
        asked = {token(key): key for key in keys}
        with self.database.snapshot() as run:
            rows = [row for part in batches(asked) for row in run(_REMOVED.format(marks(part)), part)]
        return {asked[row[0]]: stored(*row) for row in rows if row[0] in asked}

    def titled(self, folded: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The keys of the live records by their folded title (`" ".join(words(title))`)."""
        found = self._looked_up("SELECT title, key FROM record WHERE live = 1 AND title IN ({}) ORDER BY id", folded)
        return {title: tuple(keys) for title, keys in found.items()}

    def known(self, sha256s: Iterable[str]) -> dict[str, str]:
        """Entries (by SHA-256 of their bytes) that make up a live record as it now stands: the record's key."""
        return {sha256: keys[0] for sha256, keys in self._looked_up(_KNOWN, sha256s).items()}

    def refused(self, sha256s: Iterable[str]) -> set[str]:
        """Those of the entries that are kept as refused ones already."""
        statement = "SELECT sha256, 1 FROM entry WHERE outcome = 'refused' AND sha256 IN ({})"
        return set(self._looked_up(statement, sha256s))

    def origin(self, ids: Iterable[int]) -> dict[int, Entry]:
        """The entries of `ids` with their sources, by entry id; their bytes are not read (`raw` is b"")."""
        sources: dict[int, Source] = {}
        with self.database.snapshot() as run:
            rows = [row for part in batches(dict.fromkeys(ids)) for row in run(_ORIGIN.format(marks(part)), part)]
        return {row[0]: _entry(b"", row, sources) for row in rows}

    def entries(self, key: str) -> list[Entry]:
        """Every entry that ever made up the record (live or removed), oldest first, with source and bytes."""
        sources: dict[int, Source] = {}
        with self.database.snapshot() as run:
            rows = run(_ENTRIES, (_record_id(run, key),))
            return [_entry(unpacked(raw, row[0]), row, sources) for raw, *row in rows]

    def history(self, key: str | None = None, limit: int | None = None) -> list[Change]:
        """The changes, newest first; all of them, or those that touched one record (live or removed, by any key)."""
        with self.database.snapshot() as run:
            only = "" if key is None else "WHERE n IN (SELECT change FROM version WHERE record = ?)"
            found = () if key is None else (_record_id(run, key),)
            cut = "" if limit is None else "LIMIT ?"
            also = () if limit is None else (limit,)
            statement = f"SELECT n, at, who, what, undone_by FROM change {only} ORDER BY n DESC {cut}"
            changes = list(run(statement, (*found, *also)))
            keys: dict[int, dict[str, None]] = {n: {} for n, *_ in changes}
            for part in batches(keys):
                for n, touched in run(_TOUCHED_KEYS.format(marks(part)), part):
                    keys[n][shown(touched)] = None
        return [
            Change(n, shown(at), shown(who), shown(what), tuple(keys[n]), undone if isinstance(undone, int) else None)
            for n, at, who, what, undone in changes
        ]

    def touched(self, n: int) -> list[Touch]:
        """What change `n` did, record by record; [] when there is no such change."""
        with self.database.snapshot() as run:
            return [_touch(row) for row in run(_TOUCHED, (n,))]

    def id(self) -> str:
        """The library's own id, given when it was made: an index that was built for another one is no copy of this."""
        with self.database.snapshot() as run:
            return shown((one(run("SELECT value FROM meta WHERE name = 'id'")) or ("",))[0])

    def questions(self, damaged: list[str] | None = None) -> list[Question]:
        """The saved questions, in the order in which they were saved.

        A damaged one is left out and its name put into `damaged`; without that list it is given, with nothing asked (""),
        so that it can be named and deleted.
        """
        with self.database.snapshot() as run:
            return questions.asked(run, damaged)

    def seen(self, question: int) -> list[Seen]:
        """What was seen of the question `question` (its id) when it was last looked at, by record id.

        LibraryError: it is not what was written down.
        """
        with self.database.snapshot() as run:
            return questions.seen(run, question)

    def versions(self, keys: Iterable[str]) -> dict[str, tuple[int, int]]:
        """The id and the number of the version that stands, of the live records that have `keys` as their own."""
        with self.database.snapshot() as run:
            return questions.versions(run, keys)

    def former(self, versions: Iterable[tuple[int, int]]) -> dict[int, Record]:
        """Records as they were: each (id, number of its version), by id; what is unknown or damaged is left out."""
        with self.database.snapshot() as run:
            return questions.former(run, versions)

    def turns(self, n: int) -> list[Turn]:
        """What change `n` did to questions; [] when it did nothing to any."""
        with self.database.snapshot() as run:
            return questions.turns(run, n)

    def faults(self) -> Iterator[Fault]:
        """Every record's hash, rows against documents, the database's own check. Yields what is wrong."""
        yield from checking.faults(self.database)
        yield from questions.faults(self.database)

    def standing(self) -> Iterator[tuple[int, frozenset[tuple[Axis, str]]]]:
        """Each live record's id and the tags that stand on it, by the rows of its claims, in order of id; flat memory."""
        return checking.standing(self.database)

    def close(self) -> None:
        """Give back the connections."""
        self.database.close()

    def _looked_up(self, statement: str, texts: Iterable[str]) -> dict[str, list[str]]:
        """The second column's texts by the text asked for, which the first column holds as its token."""
        asked = {token(text): text for text in texts if text}
        found: dict[str, list[str]] = {}
        with self.database.snapshot() as run:
            for part in batches(asked):
                for key, value in run(statement.format(marks(part)), part):
                    if key in asked:  # a damaged row may be found by what it no longer says
                        found.setdefault(asked[key], []).append(shown(value))
        return found


def _sound(rows: Iterable[Sequence[Any]], damaged: list[str] | None) -> Iterator[Record]:
    """The records of `rows`; a damaged one raises LibraryError, or its key is put into `damaged`, once."""
    for row in rows:
        try:
            yield stored(*row)
        except LibraryError:
            if damaged is None:
                raise
            if (key := shown(row[0])) not in damaged:
                damaged.append(key)


def _touch(row: Sequence[Any]) -> Touch:
    of, key, first, last, current = row[:5]
    first = numbered(first, f"The record {shown(key)}")
    before, after = row[5:8], row[8:11]
    return Touch(
        id=of,
        before=None if before[0] is None or before[0] else stored(key, of, first - 1, *before[1:]),
        after=None if after[0] else stored(key, of, last, *after[1:]),
        latest=last == current,
    )


def _entry(raw: bytes, row: Sequence[Any], sources: dict[int, Source]) -> Entry:
    """The entry in a row of `_ENTRY`'s columns; `sources` are those met already, by id."""
    of, line, key, outcome, reason, sha256, source, *told = row
    name, hashed, format_, encoding, when = map(shown, told)
    at = sources.setdefault(source, Source(name, hashed, format_, encoding, when, source))
    return Entry(
        raw, shown(sha256), line if isinstance(line, int) else 0, shown_or_none(key), shown(outcome), shown_or_none(reason),
        of, at,
    )  # fmt: skip


def _record_id(run: Run, key: str) -> int:
    """The id of the record that has, answers to, or had `key`; 0 (no record's id) when there is none."""
    asked = token(key)
    now = one(run("SELECT id FROM record WHERE key = ?", (asked,)))
    once = now or one(run("SELECT record FROM known_key WHERE text = ? ORDER BY alias DESC, record LIMIT 1", (asked,)))
    return numbered(once[0], f"The key {key}") if once else 0


_STATE = "r.id, v.number, v.sha256, v.state"
_CURRENT = "record r JOIN version v ON v.seq = r.seq"
_BY_KEY = f"SELECT r.key, {_STATE} FROM {_CURRENT} WHERE r.live = 1 AND r.key IN ({{}})"
_BY_ALIAS = (
    f"SELECT k.text, {_STATE} FROM known_key k JOIN record r ON r.id = k.record JOIN version v ON v.seq = r.seq "
    "WHERE k.alias = 1 AND r.live = 1 AND k.text IN ({}) ORDER BY r.id"
)
_REMOVED = (
    "SELECT r.key, r.id, v.number, v.sha256, v.state FROM record r JOIN version v ON v.record = r.id "
    "AND v.number = r.version - 1 WHERE r.live = 0 AND r.key IN ({})"
)
_PAGE = f"SELECT r.key, {_STATE} FROM {_CURRENT} WHERE r.live = 1 AND r.id > ? ORDER BY r.id LIMIT 500"
# A source counts while an entry of it makes up a live record.
_SOURCES = (
    "SELECT name FROM source s WHERE EXISTS (SELECT 1 FROM entry e JOIN record_entry m ON m.entry = e.id "
    "JOIN record r ON r.id = m.record WHERE e.source = s.id AND m.live = 1 AND r.live = 1) ORDER BY s.id"
)
_COUNTS = "SELECT (SELECT count(*) FROM record WHERE live = 1), (SELECT coalesce(max(seq), 0) FROM version)"
_HOLDERS = (
    "SELECT i.value, r.key FROM identifier i JOIN record r ON r.id = i.record "
    "WHERE i.holder = 0 AND i.scheme = ? AND i.value IN ({})"
)
_KNOWN = (
    "SELECT e.sha256, r.key FROM entry e JOIN record_entry l ON l.entry = e.id JOIN record r ON r.id = l.record "
    "WHERE l.live = 1 AND r.live = 1 AND e.sha256 IN ({}) ORDER BY r.id"
)
_ENTRY = "e.id, e.line, e.key, e.outcome, e.reason, e.sha256, s.id, s.name, s.sha256, s.format, s.encoding, s.at"
_ORIGIN = f"SELECT {_ENTRY} FROM entry e JOIN source s ON s.id = e.source WHERE e.id IN ({{}})"
_ENTRIES = (
    f"SELECT e.raw, {_ENTRY} FROM record_entry l JOIN entry e ON e.id = l.entry JOIN source s ON s.id = e.source "
    "WHERE l.record = ? ORDER BY e.id"
)
_EVERY_KEY = "SELECT key, min(seq) FROM version WHERE removed = 0 AND record IN ({}) GROUP BY key"
_SHORTENED = re.compile(r"#[0-9a-f]{64}$")  # the end of the token of a key that could not be stored as it is
_MARK = (
    "SELECT v.seq, v.record, v.number, v.key, v.sha256, c.n, c.at, c.what FROM version v JOIN change c ON c.n = v.change "
    "WHERE v.seq > ? AND v.seq <= ? ORDER BY v.seq"
)
_MARKED = 256  # lines: two histories that are alike in so many, to the second, are one
_TOUCHED_KEYS = "SELECT change, key FROM version WHERE change IN ({}) ORDER BY seq"
_TOUCHED = (
    "SELECT r.id, r.key, t.first, t.last, r.version, b.removed, b.sha256, b.state, a.removed, a.sha256, a.state "
    "FROM (SELECT record, min(number) AS first, max(number) AS last FROM version WHERE change = ? GROUP BY record) t "
    "JOIN record r ON r.id = t.record "
    "JOIN version a ON a.record = t.record AND a.number = t.last "
    "LEFT JOIN version b ON b.record = t.record AND b.number = t.first - 1 ORDER BY r.id"
)
