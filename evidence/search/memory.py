"""An index in memory: for tests, and for libraries small enough to be read anew by every command."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain

from evidence.model.query import ANYWHERE, FIELDS, Document, Query, digest
from evidence.model.record import Axis
from evidence.model.words import stem
from evidence.ports import Fault, Found, IndexWriting, Page, Standing
from evidence.search import ranking
from evidence.search.columns import Columns, Tags
from evidence.search.ranking import Grade, Times


class MemoryIndex:
    """A SearchIndex that keeps documents as they are and makes its lists when it is first asked after a change."""

    kept = False

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._standing: Standing | None = None
        self._made: _Lists | None = None

    def standing(self) -> Standing | None:
        """What it is a copy of; None: nothing was taken in."""
        return self._standing

    @contextmanager
    def writing(self, doing: str, wait: float = 5.0) -> Iterator[IndexWriting]:  # noqa: ARG002  nobody else can write here
        """The right to change it: nobody else can."""
        yield self

    def fresh(self, sound: Callable[[Standing], bool]) -> Standing | None:  # noqa: ARG002  nothing outlives the process
        """Forget everything: a new copy needs no place beside the old one here."""
        self._documents.clear()
        self._standing, self._made = None, None
        return None

    def take(self, documents: Sequence[Document], gone: Collection[str], standing: Standing) -> None:
        """Take `documents` in, instead of older ones with their keys; forget the keys `gone`."""
        for key in gone:
            self._documents.pop(key, None)
        self._documents.update((document.key, document) for document in documents)
        self._standing, self._made = standing, None

    def adopt(self) -> None:
        """Nothing: there is one copy."""

    def search(self, query: Query, page: Page) -> Found:
        """The documents that `matches` says answer `query`, best first, ties by key."""
        return ranking.find(self._lists, query, page)

    def words(self, start: str) -> Iterable[str]:
        """The folded words that begin with `start` in what is searched when no field is named, in alphabetical order."""
        lists = self._lists
        searched = [lists.words[name] for name in ANYWHERE]
        return (word for word in lists.beginning_words(start) if word and any(word in where for where in searched))

    def holds(self, words: Iterable[str]) -> set[str]:
        """Those of the folded `words` whose stem stands in what is searched when no field is named."""
        lists = self._lists
        return {word for word in words if any(True for _ in lists.stemming(word, ANYWHERE))}

    def digests(self) -> Iterator[tuple[str, str]]:
        """The key and the digest of every document."""
        return ((key, digest(document)) for key, document in self._documents.items())

    def faults(self) -> Iterator[Fault]:
        """None: it has no files."""
        return iter(())

    def close(self) -> None:
        """Nothing: it has no files."""

    @property
    def _lists(self) -> _Lists:
        if self._made is None:
            self._made = _Lists([self._documents[key] for key in sorted(self._documents)])
        return self._made


class _Lists:
    """Which documents hold what. A document is its place in the order of keys."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.live = set(range(len(documents)))
        self.words: dict[str, dict[str, list[int]]] = {name: {} for name in FIELDS}  # a place stands once a time
        self._columns = Columns()
        self._tagged: dict[int, list[int]] = {}
        self._identified: dict[tuple[str, str], list[int]] = {}
        for place, document in enumerate(documents):
            self._take(place, document)
        self.grade, self.tagging = self._columns.grade, self._columns.tagging
        self._stems: dict[str, dict[str, list[str]]] = {}
        self._norms: dict[str, list[float]] = {}

    def _take(self, place: int, document: Document) -> None:
        for name, run in document.words.items():
            where = self.words.get(name)
            if where is None:
                continue  # a field that no query can ask for
            for word in run:
                if word in where:
                    where[word].append(place)
                else:
                    where[word] = [place]
        _, reach = self._columns.add(document)
        for tag in reach:
            self._tagged.setdefault(tag, []).append(place)
        for pair in document.identifiers:
            self._identified.setdefault(pair, []).append(place)

    @cached_property
    def grades(self) -> list[Grade]:
        """The levels and years that there are."""
        return list(self._columns.grades)

    @cached_property
    def taggings(self) -> list[Tags]:
        """The sets of tags that there are."""
        return list(self._columns.taggings)

    @cached_property
    def tags(self) -> list[tuple[Axis, str]]:
        """The tags that there are."""
        return list(self._columns.tags)

    def key(self, document: int) -> str:
        """The key of a document."""
        return self.documents[document].key

    def norms(self, field: str) -> list[float]:
        """What each document's field counts its words down by."""
        if field not in self._norms:
            self._norms[field] = ranking.norms(field, self._columns.sizes[field])
        return self._norms[field]

    def beginning_words(self, start: str) -> Iterator[str]:
        """The words of all fields that begin with `start`, sorted."""
        at = bisect_left(self._sorted, start)
        while at < len(self._sorted) and self._sorted[at].startswith(start):
            yield self._sorted[at]
            at += 1

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(set(chain.from_iterable(self.words.values())))

    def stemming(self, word: str, fields: Sequence[str]) -> Times:
        """Words with the stem of `word`. The stemmer takes away endings, so their first letters agree."""
        first = word[:1]
        if first not in self._stems:
            by_stem: dict[str, list[str]] = {}
            for other in self.beginning_words(first) if first else ("",):
                by_stem.setdefault(stem(other), []).append(other)
            self._stems[first] = by_stem
        return self._times(self._stems[first].get(stem(word), ()), fields)

    def beginning(self, start: str, fields: Sequence[str]) -> Times:
        """Words that begin with `start`."""
        return self._times(list(self.beginning_words(start)), fields)

    def _times(self, words: Sequence[str], fields: Sequence[str]) -> Times:
        for name in fields:
            where = self.words[name]
            if times := Counter(chain.from_iterable(where.get(word, ()) for word in words)):
                yield name, times

    def side_by_side(self, run: tuple[str, ...], fields: Sequence[str]) -> Times:
        """The words of `run` one after another."""
        for name in fields:
            where = self.words[name]
            rarest, *others = sorted((where.get(word, ()) for word in set(run)), key=len)
            places = set(rarest)
            for other in others:
                if places:
                    places.intersection_update(other)
            times = {at: count for at in places if (count := _count(self.documents[at].words[name], run))}
            if times:
                yield name, times

    def tagged(self, axis: Axis, term: str) -> Collection[int]:
        """The documents that reach the tag."""
        return self._tagged.get(self._columns.tags.get((axis, term), -1), ())

    def identified(self, scheme: str, value: str) -> Collection[int]:
        """The documents with the identifier."""
        return self._identified.get((scheme, value), ())


def _count(words: tuple[str, ...], run: tuple[str, ...]) -> int:
    """How often `run` stands in `words`."""
    count, at, size = 0, 0, len(run)
    try:
        while True:
            at = words.index(run[0], at)
            count += words[at : at + size] == run
            at += 1
    except ValueError:
        return count
