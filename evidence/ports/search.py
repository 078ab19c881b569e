"""The full-text index: a copy of the store that can be thrown away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from evidence.model.query import Document, Query
from evidence.ports.store import Fault

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


@dataclass(frozen=True, slots=True)
class Standing:
    """What an index is a copy of, and up to where.

    `store` is the library's own id. `made` is a fingerprint of how records become documents: rules and vocabulary.
    `seq` is the number of the log's line up to which everything is in, `mark` the store's fingerprint of that line (see
    `StoreReader.mark`). `last` is the id of the last record taken in while a new copy is made; None: the copy is whole.
    `left_out` are the keys of records that could not be taken in, because their text is damaged.
    """

    store: str
    made: str
    seq: int
    mark: str
    last: int | None = None
    left_out: tuple[str, ...] = ()


class IndexWriting(Protocol):
    """The right to change an index, for one process at a time."""

    def fresh(self, sound: Callable[[Standing], bool]) -> Standing | None:
        """From now on `take` goes into a new copy beside the one that is searched, until `adopt`.

        An unfinished new copy of an earlier process is gone on with when `sound` says so of its standing, which is given
        back; None: the new copy is empty.
        """

    def take(self, documents: Sequence[Document], gone: Collection[str], standing: Standing) -> None:
        """One batch, wholly and durably or not at all: `documents` instead of older ones with their keys; `gone` forgotten.

        `standing` is where the copy stands then. StorageError: the disk does not take it, and the copy is as it was.
        """

    def adopt(self) -> None:
        """The new copy, whole now, is searched from now on; the older one is thrown away."""


class SearchIndex(Protocol):
    """A copy of the store: it can be thrown away and rebuilt. Another process may change it between two calls."""

    @property
    def kept(self) -> bool:
        """Whether it outlives the process: then it is brought up to date after each change."""

    def standing(self) -> Standing | None:
        """Of the copy that `search` asks, which may be one that is still being made; None: there is none to be trusted."""

    def writing(self, doing: str, wait: float = 5.0) -> AbstractContextManager[IndexWriting]:
        """The right to change it, until the block ends. BusyError after `wait` seconds: another process has it.

        StorageError: the place may not be written to. `doing` is what those are told who wait.
        """

    def search(self, query: Query, page: Page) -> Found:
        """The documents that `matches` says answer `query`, best first, as `search.ranking` orders them, ties by key."""

    def words(self, start: str) -> Iterable[str]:
        """The folded words that begin with `start` in what is searched when no field is named, for suggestions."""

    def holds(self, words: Iterable[str]) -> set[str]:
        """Those of the folded `words` whose stem stands in what is searched when no field is named."""

    def digests(self) -> Iterator[tuple[str, str]]:
        """The key of every document, each once, and the `model.query.digest` of what was taken in."""

    def faults(self) -> Iterator[Fault]:
        """What is wrong with its own files, each checked whole."""

    def close(self) -> None:
        """Give back its files."""
