"""`ports.Writing`: what is written, in which order, in plain SQL that every database takes alike."""

# ruff: noqa: S608 - every statement is put together from fixed names and parameter marks
from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evidence.errors import NeedsPersonError, UnknownKeyError, UsageError
from evidence.model.record import Record
from evidence.ports import Entry, Question, Source
from evidence.store import questions
from evidence.store.database import Run, Transaction, one
from evidence.store.rows import DERIVED, Row, batches, identifier_rows, marks, text, title_token, token
from evidence.store.states import digest, to_text


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store has of a record before it is written anew: its current version, and whether it is live."""

    version: int
    key: str
    live: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A version about to be written: its `record` carries id and number already."""

    seq: int
    id: int
    number: int
    key: str
    state: str
    sha256: str
    record: Record | None  # None: a removal
    before: Standing | None  # None: a new record


class SqlWriting:
    """`ports.Writing` over an open transaction.

    Ids and numbers are counted here: the writer is alone, nothing that has a number is ever deleted, and what is
    rolled back was never seen.
    """

    def __init__(self, transaction: Transaction, now: Callable[[], str]) -> None:
        """Write through `transaction`; `now` gives the time as ISO 8601 in UTC. `doing` is what was last begun."""
        self.doing = ""
        self._transaction = transaction
        self._run: Run = transaction.run
        self._many = transaction.many
        self._now = now
        counted = one(transaction.run(_LAST)) or (0, 0, 0, 0, 0)
        self._record, self._seq, self._change, self._entry, self._source = (int(last) for last in counted)

    def change(self, what: str, who: str) -> int:
        """Begin a numbered change; it may go on over several transactions."""
        self._change += 1
        self.doing = text(what) or ""
        self._many(
            "INSERT INTO change (n, at, who, what) VALUES (?, ?, ?, ?)",
            [(self._change, self._now(), text(who), text(what))],
        )
        return self._change

    def keep(self, source: Source) -> Source:
        """Store a source, or find it again by name and SHA-256; gives it back with its id."""
        columns = "id, name, sha256, format, encoding, at"
        for of, name, *rest in self._run(
            f"SELECT {columns} FROM source WHERE sha256 = ? ORDER BY id", (source.sha256,)
        ):
            if name == text(source.name):
                sha256, format_, encoding, at = rest
                return Source(source.name, sha256, format_, encoding, at, of)
        self._source += 1
        row = (self._source, *map(text, (source.name, source.sha256, source.format, source.encoding, source.when)))
        self._many(f"INSERT INTO source ({columns}) VALUES (?, ?, ?, ?, ?, ?)", [row])
        return replace(source, id=self._source)

    def entry(self, source: Source, entries: Sequence[Entry]) -> list[int]:
        """Keep the bytes of `entries` of a kept source; gives their ids in order."""
        if source.id is None:
            raise UsageError("A source is kept before its entries.")
        first = self._entry + 1
        self._entry += len(entries)
        rows = [
            (at, source.id, of.line, text(of.key), of.outcome, text(of.reason), zlib.compress(of.raw, 1), of.sha256)
            for at, of in enumerate(entries, first)
        ]
        self._insert("entry", ("id", "source", "line", "key", "outcome", "reason", "raw", "sha256"), rows)
        return list(range(first, self._entry + 1))

    def save(self, n: int, records: Sequence[Record]) -> list[Record]:
        """Store `records` as new versions under change `n` (`id` None: a new record); gives them back with ids.

        A removed record that is saved again is live again. NeedsPersonError: a key belongs to another record.
        UnknownKeyError: no record has the id. UsageError: no such change.
        """
        self._began(n)
        saved: list[Record] = []
        for part in _apart(records):
            before = self._standing([record.id for record in part if record.id is not None])
            versions = [self._version(record, before) for record in part]
            self._store(n, versions)
            saved.extend(version.record for version in versions if version.record)
        return saved

    def remove(self, n: int, ids: Sequence[int]) -> None:
        """Take records out under change `n`; their versions and bytes stay. Those that are out already are left."""
        self._began(n)
        for part in batches(dict.fromkeys(ids)):
            before = self._standing(part)
            live = [(of, standing) for of, standing in before.items() if standing.live]
            self._store(n, [self._removal(of, standing) for of, standing in live])

    def undone(self, n: int, by: int | None) -> None:
        """Write down that change `n` was undone by change `by`; None: it is in force again."""
        self._began(n)
        if by is not None:
            self._began(by)
        self._run("UPDATE change SET undone_by = ? WHERE n = ?", (by, n))

    def ask(self, n: int, question: Question, seen: Iterable[tuple[int, int]]) -> Question:
        """Save a question under change `n`, in place of an older one by its name; gives it back with its id.

        `seen` is what answers it now and is no news: (record id, number of its version).
        """
        self._began(n)
        return replace(question, id=questions.ask(self._transaction, n, question, seen))

    def turn(self, n: int, question: int, *, asked: bool) -> None:
        """Have a question asked from change `n` on, in place of one by its name, or no longer asked.

        NeedsPersonError: there is no such question.
        """
        self._began(n)
        questions.turn(self._transaction, n, question, asked=asked)

    def look(self, question: int, when: str, seen: Iterable[tuple[int, int]], gone: Iterable[int]) -> None:
        """Write down that a question was looked at, and what was seen anew or is gone. This is no change."""
        questions.look(self._transaction, question, when, seen, gone)

    def _began(self, n: int) -> None:
        if not 0 < n <= self._change:
            raise UsageError(f"There is no change {n}.", "`evidence history` lists the changes.")

    def _standing(self, ids: Sequence[int]) -> dict[int, Standing]:
        found = {}
        for part in batches(ids):
            for of, version, key, live in self._run(
                f"SELECT id, version, key, live FROM record WHERE id IN ({marks(part)})", part
            ):
                found[of] = Standing(version, key, bool(live))
        for of in ids:
            if of not in found:
                raise UnknownKeyError(f"No record has the number {of}.")
        return found

    def _version(self, record: Record, standing: dict[int, Standing]) -> Version:
        self._seq += 1
        if record.id is None:
            self._record += 1
        of = self._record if record.id is None else record.id
        before = None if record.id is None else standing[of]
        number = before.version + 1 if before else 1
        state = to_text(record)
        whole = replace(record, id=of, version=number)
        return Version(self._seq, of, number, token(record.key), state, digest(state), whole, before)

    def _removal(self, id: int, before: Standing) -> Version:
        self._seq += 1
        return Version(self._seq, id, before.version + 1, before.key, "", digest(""), None, before)

    def _store(self, n: int, versions: Sequence[Version]) -> None:
        """Write versions and everything derived from them; each record occurs once."""
        old = [version.id for version in versions if version.before]
        records = [version.record for version in versions if version.record]
        freed = self._clear(old)
        self._head(versions)
        self._insert(
            "version",
            ("seq", "record", "number", "change", "removed", "key", "sha256", "state"),
            [(v.seq, v.id, v.number, n, 0 if v.record else 1, v.key, v.sha256, v.state) for v in versions],
        )
        for derived in DERIVED:
            rows = [row for record in records for row in derived.rows(record)]
            self._insert(derived.table, ("record", "position", *derived.columns), rows)
        self._names(records)
        self._identify(records, freed)

    def _head(self, versions: Sequence[Version]) -> None:
        """The `record` rows. Keys that change hands are let go first, so that two records can swap theirs."""
        self._refuse_foreign(versions)
        renamed = [version for version in versions if version.before and version.before.key != version.key]
        self._many("UPDATE record SET key = ? WHERE id = ?", [(f"renaming {v.id}\n", v.id) for v in renamed])
        new: list[Row] = []
        old: list[Row] = []
        for v in versions:
            row = (
                v.key,
                v.number,
                v.seq,
                int(v.record is not None),
                v.sha256,
                v.record and title_token(v.record),
                v.id,
            )
            (old if v.before else new).append(row)
        columns = ("key", "version", "seq", "live", "sha256", "title")
        self._insert("record", (*columns, "id"), new)
        self._many(f"UPDATE record SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?", old)

    def _refuse_foreign(self, versions: Sequence[Version]) -> None:
        """NeedsPersonError when two records, written now or before, would end with one key."""
        given = {version.key: version.id for version in versions}
        clash = [version.key for version in versions if given[version.key] != version.id]
        moving = {version.id for version in versions}
        for part in batches(
            version.key for version in versions if not version.before or version.before.key != version.key
        ):
            found = self._run(f"SELECT key, id FROM record WHERE key IN ({marks(part)})", part)
            clash += [key for key, of in found if of not in moving]
        if clash:
            raise NeedsPersonError(f"The key {clash[0]} belongs to another record.", "Give the record another key.")

    def _clear(self, ids: Sequence[int]) -> list[tuple[str, str]]:
        """Delete what is derived from records that are written anew; gives the identifiers that they held."""
        freed: list[tuple[str, str]] = []
        for part in batches(ids):
            among = f"record IN ({marks(part)})"
            freed += [
                (scheme, value)
                for scheme, value in self._run(
                    f"SELECT scheme, value FROM identifier WHERE holder = 0 AND {among}", part
                )
            ]
            for table in (*(derived.table for derived in DERIVED), "identifier"):
                self._run(f"DELETE FROM {table} WHERE {among}", part)
            self._run(f"UPDATE known_key SET alias = 0 WHERE {among}", part)
            self._run(f"UPDATE record_entry SET live = 0 WHERE {among}", part)
        return freed

    def _names(self, records: Sequence[Record]) -> None:
        """The keys that each record has had, and the entries that it is made of."""
        keys: list[Row] = []
        entries: list[Row] = []
        for record in records:
            own = token(record.key)
            aliases = {token(alias) for alias in record.aliases}
            keys += [(own, record.id, int(own in aliases)), *((alias, record.id, 1) for alias in aliases - {own})]
            entries += [(record.id, entry) for entry in dict.fromkeys(record.entries)]
        self._many(
            "INSERT INTO known_key (text, record, alias) VALUES (?, ?, ?) "
            "ON CONFLICT (text, record) DO UPDATE SET alias = excluded.alias",
            keys,
        )
        self._many(
            "INSERT INTO record_entry (record, entry, live) VALUES (?, ?, 1) "
            "ON CONFLICT (record, entry) DO UPDATE SET live = 1",
            entries,
        )

    def _identify(self, records: Sequence[Record], freed: Sequence[tuple[str, str]]) -> None:
        """The first record that claims an identifier holds it; a later one is stored beside it, as disputing it.

        What the records no longer hold goes to the oldest record that also claims it.
        """
        wanted = [(*pair, record.id) for record in records for pair in identifier_rows(record)]
        held = set(self._held(wanted))
        rows = []
        for scheme, value, of in wanted:
            rows.append((scheme, value, of, of if (scheme, value) in held else 0))
            held.add((scheme, value))
        self._insert("identifier", ("scheme", "value", "record", "holder"), rows)
        self._many(_PROMOTE, [pair * 3 for pair in freed if pair not in held])

    def _held(self, wanted: Iterable[tuple[str, str, int | None]]) -> Iterator[tuple[str, str]]:
        values: dict[str, list[str]] = {}
        for scheme, value, _ in wanted:
            values.setdefault(scheme, []).append(value)
        for scheme, all_of_it in values.items():
            for part in batches(all_of_it):
                found = self._run(_HELD.format(marks(part)), (scheme, *part))
                yield from ((scheme, value) for (value,) in found)

    def _insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        self._many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)


def _apart(records: Sequence[Record]) -> Iterator[list[Record]]:
    """The records in batches in which none occurs twice: a second version of one comes after the first."""
    part: list[Record] = []
    seen: set[int] = set()
    for record in records:
        if len(part) == 500 or record.id in seen:
            yield part
            part, seen = [], set()
        part.append(record)
        if record.id is not None:
            seen.add(record.id)
    if part:
        yield part


_LAST = "SELECT " + ", ".join(
    f"(SELECT coalesce(max({column}), 0) FROM {table})"
    for table, column in (("record", "id"), ("version", "seq"), ("change", "n"), ("entry", "id"), ("source", "id"))
)
_HELD = "SELECT value FROM identifier WHERE holder = 0 AND scheme = ? AND value IN ({})"
_PROMOTE = (
    "UPDATE identifier SET holder = 0 WHERE scheme = ? AND value = ? AND record = "
    "(SELECT min(record) FROM identifier WHERE scheme = ? AND value = ?) "
    "AND NOT EXISTS (SELECT 1 FROM identifier o WHERE o.scheme = ? AND o.value = ? AND o.holder = 0)"
)
