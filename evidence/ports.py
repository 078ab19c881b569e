"""What the core asks of the world: formats, a store, an index. Shapes only, no inheritance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, Protocol

from evidence.model.query import Document, Query
from evidence.model.record import Axis, Fact, Record
from evidence.model.reference import Parsed, Reference, Unread

# --- formats ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ParsedFact:
    """A study fact read from its own format: the key of the record that it speaks of, its bytes and line."""

    key: str
    fact: Fact
    raw: bytes
    line: int


Piece = Parsed | ParsedFact | Unread
Reader = Callable[[BinaryIO, str], Iterator[Piece]]
Writer = Callable[[Iterable[Reference]], Iterator[str]]
Counter = Callable[[BinaryIO, str], int]


@dataclass(frozen=True, slots=True)
class Format:
    """A bibliographic format.

    `sniff` looks at the first 4 KiB. `read` takes the file's bytes and its encoding and yields every piece in the
    file's order, with flat memory; each piece carries its own bytes as they stood in the file. `count` counts the
    pieces by another way than `read` does, for the receipt. `write` yields text; None for what is only read.
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    read: Reader
    count: Counter
    write: Writer | None = None


class Formats(Protocol):
    """The formats there are."""

    def by_name(self, name: str) -> Format:
        """The format called `name`; UsageError when there is none, NotBuiltError when it is not built yet."""

    def detect(self, name: str, head: bytes) -> Format:
        """The format of a file by its first 4 KiB, and then by its name; InputError when it is none of ours."""

    def encoding_of(self, stream: BinaryIO) -> str:
        """The encoding of a file's bytes, as Python names it."""


# --- store -----------------------------------------------------------------------------------------------------


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
class Fault:
    """Something found wrong: `where` (a key, a table, a file), `what`, and how to mend it."""

    where: str
    what: str
    mend: str = ""


class StoreReader(Protocol):
    """Reading. Never blocked by a writer; each call sees one committed state."""

    def get(self, keys: Iterable[str]) -> list[Record]:
        """The live records of `keys` (or of aliases), in the order asked; unknown ones are left out."""

    def all(self, damaged: list[str] | None = None) -> Iterator[Record]:
        """Every live record, by id, with flat memory.

        A record whose text is not what was stored raises LibraryError, or is left out and its key put into `damaged`.
        """

    def log(self, after: int = 0, limit: int = 1000) -> list[Logged]:
        """The log after `seq` `after`, in order."""

    def overview(self) -> Overview:
        """Counts and dates for the coverage line."""

    def holders(self, identifiers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Which live record holds each (scheme, value), by key; free ones are left out."""

    def taken(self, keys: Iterable[str]) -> set[str]:
        """Which of `keys` a record has or had, live or removed, or is an alias."""

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


class Store(StoreReader, Protocol):
    """Reading, and writing one at a time."""

    def writing(self) -> AbstractContextManager[Writing]:
        """The write lock and a transaction, until the block ends. Waits; BusyError says who holds it after 5 s."""


# --- search ----------------------------------------------------------------------------------------------------

Sort = Literal["relevance", "evidence", "year"]


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the answer is wanted, and in what order."""

    limit: int = 20
    offset: int = 0
    sort: Sort = "relevance"


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: `total` of all matches, (key, score) of the page's, and facet counts over all of them.

    `facets` are by name (an axis, "level" or "year") and then by id; a broader term counts its narrower ones' records,
    and only terms that stand on a hit are listed.
    """

    total: int
    hits: tuple[tuple[str, float], ...] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class SearchIndex(Protocol):
    """A copy of the store: it can be thrown away and rebuilt."""

    def update(self, documents: Iterable[Document], gone: Iterable[str] = ()) -> None:
        """Take `documents` in, instead of older ones with their keys; forget the keys `gone`."""

    def search(self, query: Query, page: Page) -> Found:
        """The documents that `matches` says answer `query`, best first; how the order is made is the engine's own."""

    def words(self, start: str) -> Iterable[str]:
        """The folded words it holds that begin with `start`, for suggestions."""

    def clear(self) -> None:
        """Forget everything."""


__all__ = [
    "Axis", "Change", "Entry", "Fault", "Format", "Formats", "Found", "Logged", "Overview", "Page", "ParsedFact", "Piece",
    "SearchIndex", "Sort", "Source", "Store", "StoreReader", "Touch", "Writing",
]  # fmt: skip
