"""The store: what it holds, reading, and writing one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from evidence.model.record import Axis, Record
from evidence.model.words import fold


@dataclass(frozen=True, slots=True)
class Source:
    """A file that references came from: `name` (its file name), SHA-256 of its bytes, format, encoding, when (UTC)."""

    name: str
    sha256: str
    format: str
    encoding: str
    when: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of a source, kept for ever: its own bytes as they stood in the file, their SHA-256, its 1-based line.

    `key` is the key that the piece itself gives; `outcome` is added, merged or refused, with the `reason` of a refusal.
    """

    raw: bytes
    sha256: str
    line: int
    key: str | None
    outcome: str
    reason: str | None = None
    id: int | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One numbered change: who did what when (ISO 8601, UTC) and to which keys. `undone_by`: the change that undid it."""

    n: int
    when: str
    who: str
    what: str
    keys: tuple[str, ...] = ()
    undone_by: int | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """What one change did to one record: the state before and after (None: there was none, or it was removed).

    `latest` says whether nothing has touched the record since.
    """

    id: int
    before: Record | None
    after: Record | None
    latest: bool


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the log that an index follows: `seq` rises with every stored version of every record."""

    seq: int
    id: int
    key: str
    removed: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What the library holds: live records, when it last changed (ISO 8601), its sources' names, oldest first.

    `seq` is the log's last number, 0 for an empty log.
    """

    records: int
    updated: str | None
    sources: tuple[str, ...]
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A saved search: `name` is unique, compared folded; `asked` is the search itself, as the core writes it down.

    `saved` and `looked` (when it was last looked at; None: not since it was saved) are ISO 8601 in UTC, `by` who saved it.
    """

    name: str
    asked: str
    saved: str = ""
    by: str = ""
    looked: str | None = None
    id: int | None = None

    @property
    def folded(self) -> str:
        """What names are compared by: without case, diacritics and doubled blanks."""
        return " ".join(fold(part) for part in self.name.split()) or self.name


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer of a question as it was when last looked at: record `id` in its version `number`.

    `key`, `version` and `live` are the record's now; a removed one keeps its key.
    """

    id: int
    number: int
    key: str
    version: int
    live: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What one change did to one question: `asked` True: from then on it was asked, False: no longer.

    `now` is the id of the question that has its name now, None when there is none. `later` are the numbers of the later
    changes to questions of that name.
    """

    question: Question
    asked: bool
    now: int | None
    later: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something found wrong: `where` (a key, a table, a file), `what`, and how to mend it."""

    where: str
    what: str
    mend: str = ""


class StoreReader(Protocol):
    """Reading. Never blocked by a writer; each call sees one committed state."""

    def get(self, keys: Iterable[str], damaged: list[str] | None = None) -> list[Record]:
        """The live records of `keys` (or of aliases), in the order asked; unknown ones are left out.

        A record whose text is not what was stored raises LibraryError, or is left out and its key put into `damaged`.
        """

    def id(self) -> str:
        """The library's own id, given when it was made."""

    def all(self, damaged: list[str] | None = None, after: int = 0) -> Iterator[Record]:
        """Every live record with an id above `after`, by id, with flat memory.

        A record whose text is not what was stored raises LibraryError, or is left out and its key put into `damaged`.
        """

    def log(self, after: int = 0, limit: int = 1000) -> list[Logged]:
        """The log after `seq` `after`, in order."""

    def mark(self, seq: int) -> str | None:
        """A fingerprint of line `seq` of the log, by which two histories are told apart; None: there is no such line.

        Line 0, before the first, has one too.
        """

    def overview(self) -> Overview:
        """Counts and dates for the coverage line."""

    def holders(self, identifiers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Which live record holds each (scheme, value), by key; free ones are left out."""

    def taken(self, keys: Iterable[str]) -> set[str]:
        """Which of `keys` a record has or had, live or removed, or is an alias."""

    def keys(self, ids: Iterable[int]) -> set[str]:
        """Every key that the records of `ids` have or had, live or removed."""

    def removed(self, keys: Iterable[str]) -> dict[str, Record]:
        """The last state of the removed records that had `keys` as their own key, by key."""

    def titled(self, folded: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The keys of the live records by their folded title (`" ".join(words(title))`)."""

    def known(self, sha256s: Iterable[str]) -> dict[str, str]:
        """Entries (by SHA-256 of their bytes) that make up a live record as it now stands: the record's key."""

    def refused(self, sha256s: Iterable[str]) -> set[str]:
        """Those of the entries that are kept as refused ones already."""

    def origin(self, ids: Iterable[int]) -> dict[int, Entry]:
        """The entries of `ids` with their sources, by entry id; their bytes are not read (`raw` is b"")."""

    def entries(self, key: str) -> list[Entry]:
        """Every entry that ever made up the record, oldest first, with source and bytes."""

    def history(self, key: str | None = None, limit: int | None = None) -> list[Change]:
        """The changes, newest first; all of them, or those that touched one record."""

    def touched(self, n: int) -> list[Touch]:
        """What change `n` did, record by record; [] when there is no such change."""

    def questions(self, damaged: list[str] | None = None) -> list[Question]:
        """The saved questions, in the order in which they were saved.

        A damaged one is left out and its name put into `damaged`; without that list it is given, with nothing asked (""),
        so that it can be named and deleted.
        """

    def seen(self, question: int) -> list[Seen]:
        """What was seen of the question `question` (its id) when it was last looked at, by record id."""

    def versions(self, keys: Iterable[str]) -> dict[str, tuple[int, int]]:
        """The id and the number of the version that stands, of the live records that have `keys` as their own."""

    def former(self, versions: Iterable[tuple[int, int]]) -> dict[int, Record]:
        """Records as they were: each (id, number of its version), by id; what is unknown or damaged is left out."""

    def turns(self, n: int) -> list[Turn]:
        """What change `n` did to questions; [] when it did nothing to any."""

    def standing(self) -> Iterator[tuple[int, frozenset[tuple[Axis, str]]]]:
        """Each live record's id and the tags that stand on it, read without its text; those without a tag are left out."""

    def faults(self) -> Iterator[Fault]:
        """Every record's hash, rows against documents, the database's own check. Yields what is wrong."""

    def close(self) -> None:
        """Give back the connection."""


class Writing(Protocol):
    """One locked transaction. Nothing is seen by readers before it ends; an exception undoes all of it."""

    def change(self, what: str, who: str) -> int:
        """Begin a numbered change; it may go on over several transactions."""

    def keep(self, source: Source) -> Source:
        """Store a source, or find it again by name and SHA-256; gives it back with its id."""

    def entry(self, source: Source, entries: Sequence[Entry]) -> list[int]:
        """Keep the bytes of `entries`; gives their ids in order."""

    def save(self, n: int, records: Sequence[Record]) -> list[Record]:
        """Store `records` as new versions under change `n` (`id` None: a new record); gives them back with ids."""

    def remove(self, n: int, ids: Sequence[int]) -> None:
        """Take records out under change `n`; their versions and bytes stay."""

    def undone(self, n: int, by: int | None) -> None:
        """Write down that change `n` was undone by change `by`; None: it is in force again."""

    def ask(self, n: int, question: Question, seen: Iterable[tuple[int, int]]) -> Question:
        """Save a question under change `n`, in place of an older one by its name; gives it back with its id.

        `seen` is what answers it now and is no news: (record id, number of its version).
        """

    def turn(self, n: int, question: int, *, asked: bool) -> None:
        """Have a saved question asked from change `n` on, in place of one by its name, or no longer asked."""

    def look(self, question: int, when: str, seen: Iterable[tuple[int, int]], gone: Iterable[int]) -> None:
        """Write down that a question was looked at `when`, and what was seen anew: (record id, number of its version).

        `gone` are the ids of the records that were seen before and answer no more. This is no change.
        """


class Store(StoreReader, Protocol):
    """Reading, and writing one at a time."""

    def writing(self) -> AbstractContextManager[Writing]:
        """The write lock and a transaction, until the block ends. Waits; BusyError says who holds it after 5 s."""
