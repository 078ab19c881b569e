"""An index in memory: for tests, and for libraries small enough to be read anew by every command.

How a hit is scored (for `relevance`): the sum, over the parts that AND joins, of

    idf * x / (x + 1.2)      idf = ln(1 + (n - d + 0.5) / (d + 0.5))

where n is the number of documents, d how many of them answer the part, and x how strongly this one does:

- a word, phrase or beginning: the sum over fields of weight * times / length. Titles and names weigh 3, keywords and
  authors 2, study facts 0.5, the rest 1; `length` is 1 - b + b * (words of the field) / (their mean), b = 0.3 for titles,
  0.6 for abstracts and facts, else 0;
- a tag: 3, as much as one time in a title; 2 for a comparator's or adjunct's;
- OR: the strongest of its parts and a tenth of the others; AND within OR: the weakest of its parts. So words and the
  tags that they were widened to are one thing, and who is tagged stands level with who has the words in the title;
- NOT, years, levels and identifiers choose and do not score;
- x counts up to 3 (a title, a tag): more of the same is no better. A solution that is only compared with counts up to 1.2.

Hits whose scores fall into the same tenth of the best one are alike: who studies the solution goes before who compares
with it, then the better level of evidence goes first (none stands before 5), then the newer.

This is BM25F (Robertson, Zaragoza and Taylor, CIKM 2004) with alternatives counted as one term, as Lucene's
SynonymQuery does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import chain
from math import ceil, log
from typing import assert_never

from evidence.model.query import (
    ANYWHERE,
    FIELDS,
    And,
    Document,
    Everything,
    Field,
    Identified,
    Levels,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Tagged,
    Word,
    Years,
    within,
)
from evidence.model.record import Axis
from evidence.model.words import stem
from evidence.ports import Found, Page, Sort

_UNGRADED = 4.5  # where a record without a level stands among levels 1 to 5, when scores are alike
_WEIGHTS = {"title": 3.0, "name": 3.0, "keyword": 2.0, "author": 2.0, "fact": 0.5}
_LENGTH = {"title": 0.3, "abstract": 0.6, "fact": 0.6}
_TAG = 3.0
_MINOR_TAG = 2.0
_COMPARED = 1.2  # the most that a solution's name weighs on a record that has it only to compare with
_BUCKETS = 10  # scores within a tenth of the best are alike
_HALF = 1.2  # the strength at which a part gives half of what it can
_OTHERS = 0.1
_SLIP = 1e-4  # what rounding may add to a score

Leaf = Word | Phrase | Prefix | Tagged


class MemoryIndex:
    """A SearchIndex that keeps documents as they are and makes its lists when it is first asked after a change."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._lists: _Lists | None = None

    def update(self, documents: Iterable[Document], gone: Iterable[str] = ()) -> None:
        """Take `documents` in, instead of older ones with their keys; forget the keys `gone`."""
        for key in gone:
            self._documents.pop(key, None)
        self._documents.update((document.key, document) for document in documents)
        self._lists = None

    def search(self, query: Query, page: Page) -> Found:
        """The documents that `matches` says answer `query`, best first, ties by key."""
        return _Search(self._ready()).found(query, page)

    def words(self, start: str) -> Iterable[str]:
        """The folded words that begin with `start` in what is searched when no field is named, in alphabetical order."""
        lists = self._ready()
        searched = [lists.words[name] for name in ANYWHERE]
        return (word for word in lists.beginning(start) if word and any(word in where for where in searched))

    def clear(self) -> None:
        """Forget everything."""
        self._documents.clear()
        self._lists = None

    def _ready(self) -> _Lists:
        if self._lists is None:
            self._lists = _Lists([self._documents[key] for key in sorted(self._documents)])
        return self._lists


class _Lists:
    """Which documents hold what. A document is its place in the order of keys, so places in order are ties by key."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.all = set(range(len(documents)))
        self.words: dict[str, dict[str, list[int]]] = {name: {} for name in FIELDS}  # a place stands once a time
        self.tags: dict[tuple[Axis, str], int] = {}  # every tag has a number; hashing it each time is slow
        self.own: list[list[int]] = []
        self.reach: list[list[int]] = []
        self.tagged: dict[int, list[int]] = {}
        self.identified: dict[tuple[str, str], list[int]] = {}
        for place, document in enumerate(documents):
            self._take(place, document)
        self.lengths = {name: self._norms(name, b) for name, b in _LENGTH.items()}
        self._sorted: list[str] | None = None
        self._stems: dict[str, dict[str, list[str]]] = {}

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
        number = self.tags.setdefault
        self.own.append([number(tag, len(self.tags)) for tag in document.tags])
        self.reach.append([number(tag, len(self.tags)) for tag in document.reach])
        for tag in self.reach[-1]:
            self.tagged.setdefault(tag, []).append(place)
        for pair in document.identifiers:
            self.identified.setdefault(pair, []).append(place)

    def _norms(self, name: str, b: float) -> list[float]:
        """What each document's field counts its words down by, for being long."""
        sizes = [len(document.words.get(name, ())) for document in self.documents]
        filled = sum(size > 0 for size in sizes)
        mean = sum(sizes) / filled if filled else 1.0
        return [1 - b + b * size / mean for size in sizes]

    def beginning(self, start: str) -> Iterator[str]:
        """The words of all fields that begin with `start`, sorted."""
        if self._sorted is None:
            self._sorted = sorted(set(chain.from_iterable(self.words.values())))
        at = bisect_left(self._sorted, start)
        while at < len(self._sorted) and self._sorted[at].startswith(start):
            yield self._sorted[at]
            at += 1

    def stemming(self, word: str) -> Sequence[str]:
        """The words that share the stem of `word`. The stemmer takes away endings, so their first letters agree."""
        first = word[:1]
        if first not in self._stems:
            by_stem: dict[str, list[str]] = {}
            for other in self.beginning(first) if first else ("",):
                by_stem.setdefault(stem(other), []).append(other)
            self._stems[first] = by_stem
        return self._stems[first].get(stem(word), ())


class _Search:
    """One search: what each leaf of the query weighs on which document is worked out once."""

    def __init__(self, lists: _Lists) -> None:
        self.lists = lists
        self.leaves: dict[Leaf, dict[int, float]] = {}
        self.minor: set[int] = set()  # what has a solution that was asked for only to compare with
        self.known: dict[int, set[int]] = {}  # by a node's identity: the tree outlives the search

    def found(self, query: Query, page: Page) -> Found:
        hits = self.matching(query)
        first, last = max(page.offset, 0), max(page.offset, 0) + max(page.limit, 0)
        best = self._page(query, hits, page.sort, last)[first:] if last > first else []
        return Found(len(hits), tuple((self.lists.documents[at].key, score) for at, score in best), self._facets(hits))

    def _page(self, query: Query, hits: set[int], sort: Sort, last: int) -> list[tuple[int, float]]:
        if sort == "relevance":
            scores = {at: round(score, 6) for at, score in self.scores(query, hits).items()}
            best = max(scores.values(), default=0.0) or 1.0
            alike = {at: ceil(score / best * _BUCKETS - _SLIP) for at, score in scores.items()}
            order = nsmallest(last, hits, key=lambda at: (-alike.get(at, 0), at in self.minor, *self._by_worth(at)))
        else:
            order = nsmallest(last, hits, key=self._by_level if sort == "evidence" else self._by_year)
            scores = {at: round(score, 6) for at, score in self.scores(query, set(order)).items()}
        return [(at, scores.get(at, 0.0)) for at in order]

    def _by_worth(self, at: int) -> tuple[float, bool, int, int]:
        """Between hits of about the same score: the better level, reviews without one before bench work, the newer."""
        level = self.lists.documents[at].level
        return _UNGRADED if level is None else level, *self._by_year(at)

    def _by_year(self, at: int) -> tuple[bool, int, int]:
        year = self.lists.documents[at].year
        return year is None, -(year or 0), at

    def _by_level(self, at: int) -> tuple[bool, int, bool, int, int]:
        level = self.lists.documents[at].level
        return level is None, level or 0, *self._by_year(at)

    def _facets(self, hits: set[int]) -> Mapping[str, Mapping[str, int]]:
        """Counts over `hits`: a broader term counts its narrower ones', and only terms that stand on a hit are named."""
        lists = self.lists
        standing = set(chain.from_iterable(lists.own[at] for at in hits))
        counts = Counter(chain.from_iterable(lists.reach[at] for at in hits))
        facets: dict[str, dict[str, int]] = {axis.value: {} for axis in Axis}
        for (axis, term), number in lists.tags.items():
            if number in standing:
                facets[axis.value][term] = counts[number]
        levels = Counter(lists.documents[at].level for at in hits)
        years = Counter(lists.documents[at].year for at in hits)
        facets["level"] = {str(level): count for level, count in levels.items() if level is not None}
        facets["year"] = {str(year): count for year, count in years.items() if year is not None}
        return facets

    # --- which -------------------------------------------------------------------------------------------------------

    def matching(self, query: Query) -> set[int]:
        """The places of the documents that answer `query`; not to be changed by who asks."""
        if id(query) not in self.known:
            self.known[id(query)] = self._matching(query)
        return self.known[id(query)]

    def _matching(self, query: Query) -> set[int]:
        lists = self.lists
        match query:
            case Everything():
                return lists.all
            case Word() | Phrase() | Prefix() | Tagged():
                return set(self.leaf(query))
            case Years(first, last):
                return {at for at, one in enumerate(lists.documents) if within(one.year, first, last)}
            case Levels(first, last):
                return {at for at, one in enumerate(lists.documents) if within(one.level, first, last)}
            case Identified(scheme, value):
                return set(lists.identified.get((scheme, value), ()))
            case And(parts):
                return self._all_of(parts)
            case Or(parts):
                return set().union(*(self.matching(part) for part in parts))
            case Not(part):
                return lists.all - self.matching(part)
            case _:
                assert_never(query)

    def _all_of(self, parts: Sequence[Query]) -> set[int]:
        found: set[int] | None = None
        for part in parts:
            found = self.matching(part) if found is None else found & self.matching(part)
            if not found:
                return set()
        return self.lists.all if found is None else found

    def leaf(self, leaf: Leaf) -> dict[int, float]:
        """The places that hold `leaf`, each with its weighted times (x in the formula above)."""
        if leaf not in self.leaves:
            self.leaves[leaf] = self._weighed(leaf)
        return self.leaves[leaf]

    def _weighed(self, leaf: Leaf) -> dict[int, float]:
        match leaf:
            case Word(text, name):
                return self._summed(name, self.lists.stemming(text))
            case Prefix(text, name):
                return self._summed(name, list(self.lists.beginning(text)))
            case Phrase(run, name):
                return self._side_by_side(name, run)
            case Tagged(axis, term):
                number = self.lists.tags.get((axis, term), -1)
                weight = _TAG if axis in {Axis.CONDITION, Axis.SOLUTION, Axis.DESIGN} else _MINOR_TAG
                return dict.fromkeys(self.lists.tagged.get(number, ()), weight)
            case _:
                assert_never(leaf)

    def _summed(self, name: Field, words: Sequence[str]) -> dict[int, float]:
        total: dict[int, float] = {}
        for one in _fields(name):
            where = self.lists.words[one]
            times = Counter(chain.from_iterable(where.get(word, ()) for word in words))
            self._add(total, one, times)
        return total

    def _side_by_side(self, name: Field, run: tuple[str, ...]) -> dict[int, float]:
        total: dict[int, float] = {}
        for one in _fields(name) if run else ():
            where = self.lists.words[one]
            rarest, *others = sorted((where.get(word, ()) for word in set(run)), key=len)
            places = set(rarest)
            for other in others:
                if places:
                    places.intersection_update(other)
            times = {at: _times(self.lists.documents[at].words[one], run) for at in places}
            self._add(total, one, {at: count for at, count in times.items() if count})
        return total

    def _add(self, total: dict[int, float], name: str, times: Mapping[int, int]) -> None:
        weight, norms = _WEIGHTS.get(name, 1.0), self.lists.lengths.get(name)
        for at, count in times.items():
            total[at] = total.get(at, 0.0) + weight * count / (norms[at] if norms else 1.0)

    # --- how well ----------------------------------------------------------------------------------------------------

    def scores(self, query: Query, hits: set[int]) -> dict[int, float]:
        """The score of each of `hits`; who has none is left out."""
        if isinstance(query, And):
            total: dict[int, float] = {}
            for part in query.parts:
                for at, score in self.scores(part, hits).items():
                    total[at] = total.get(at, 0.0) + score
            return total
        strong = self.strength(query)
        rare = log(1 + (len(self.lists.all) - len(strong) + 0.5) / (len(strong) + 0.5))
        few, many = (hits, strong) if len(hits) < len(strong) else (strong, hits)
        return {at: rare * x / (x + _HALF) for at in few if at in many for x in (min(strong[at], _TAG),)}

    def strength(self, query: Query) -> Mapping[int, float]:
        """How strongly each document answers `query` (x in the formula above); nothing for what only chooses."""
        match query:
            case Word() | Phrase() | Prefix() | Tagged():
                return self.leaf(query)
            case And(parts):
                held = self.matching(query)
                each = [strong for part in parts if (strong := self.strength(part))]
                return {at: min(one.get(at, 0.0) for one in each) for at in held} if each else {}
            case Or(parts):
                return self._compared(parts, _strongest([self.strength(part) for part in parts]))
            case Everything() | Years() | Levels() | Identified() | Not():
                return {}
            case _:
                assert_never(query)

    def _compared(self, parts: Sequence[Query], strong: dict[int, float]) -> dict[int, float]:
        """`strong`, less for those that have a solution of `parts` only as comparator, however loud their words."""
        terms = [(part, part.axis) for part in parts if isinstance(part, Tagged)]
        studied = [self.leaf(part) for part, axis in terms if axis is Axis.SOLUTION]
        if studied:
            against = set(chain.from_iterable(self.leaf(part) for part, axis in terms if axis is Axis.COMPARATOR))
            for at in against.difference(*studied):
                strong[at] = min(strong[at], _COMPARED)
                self.minor.add(at)
        return strong


def _strongest(each: Sequence[Mapping[int, float]]) -> dict[int, float]:
    best: dict[int, float] = {}
    total: dict[int, float] = {}
    for one in each:
        for at, strong in one.items():
            total[at] = total.get(at, 0.0) + strong
            best[at] = max(best.get(at, 0.0), strong)
    return {at: top + _OTHERS * (total[at] - top) for at, top in best.items()}


def _fields(name: Field) -> Sequence[str]:
    return ANYWHERE if name is None else (name,)


def _times(words: tuple[str, ...], run: tuple[str, ...]) -> int:
    """How often `run` stands in `words`."""
    count, at, size = 0, 0, len(run)
    try:
        while True:
            at = words.index(run[0], at)
            count += words[at : at + size] == run
            at += 1
    except ValueError:
        return count
