"""Which documents answer a query, in what order, and how many there are of each kind: the same for every engine.

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

An engine gives `Lists`: what stands where. Sums are made in a fixed order, so all engines give the very same scores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import chain
from math import ceil, log
from typing import Protocol, assert_never

from evidence.model.query import (
    ANYWHERE,
    And,
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
_FEW = 200  # so many of the first are found without sorting all

Leaf = Word | Phrase | Prefix | Tagged
Grade = tuple[int | None, int | None]  # level and year
Times = Iterable[tuple[str, Mapping[int, int]]]  # by field: how often something stands in which document


class Table(Protocol):
    """Sets of tags by their number: own tags, and with all that is above them, as places among the tags."""

    def __getitem__(self, number: int, /) -> tuple[Collection[int], Collection[int]]:
        """One of them."""


class Lists(Protocol):
    """What stands where, among documents that are numbers. Nothing that is given may be changed by who asks."""

    @property
    def live(self) -> set[int]:
        """The documents."""

    @property
    def grade(self) -> Sequence[int]:
        """Of each document the number of its grade: the place of its level and year in `grades`."""

    @property
    def grades(self) -> Sequence[Grade]:
        """The levels and years that there are."""

    @property
    def tagging(self) -> Sequence[int]:
        """Of each document the place of its tags in `taggings`."""

    @property
    def taggings(self) -> Table:
        """The sets of tags that there are."""

    @property
    def tags(self) -> Sequence[tuple[Axis, str]]:
        """The tags that there are."""

    def key(self, document: int) -> str:
        """The key of a document."""

    def norms(self, field: str) -> Sequence[float]:
        """What the field of each document counts its words down by, for being long; see `norms`."""

    def stemming(self, word: str, fields: Sequence[str]) -> Times:
        """Words with the stem of `word`, by those of `fields` that have any, in their order."""

    def beginning(self, start: str, fields: Sequence[str]) -> Times:
        """Words that begin with `start`, as `stemming`."""

    def side_by_side(self, run: tuple[str, ...], fields: Sequence[str]) -> Times:
        """The words of `run` (one or more) one after another, as `stemming`."""

    def tagged(self, axis: Axis, term: str) -> Collection[int]:
        """The documents that reach the tag."""

    def identified(self, scheme: str, value: str) -> Collection[int]:
        """The documents with the identifier."""


def norms(field: str, sizes: Sequence[int]) -> list[float]:
    """What each document's `field` counts its words down by, by how many it has; 0 for what is no document any more."""
    b = _LENGTH[field]
    filled = sum(size > 0 for size in sizes)
    mean = sum(sizes) / filled if filled else 1.0
    by_size = {size: 1 - b + b * size / mean for size in set(sizes)}
    return [by_size[size] for size in sizes]


def find(lists: Lists, query: Query, page: Page) -> Found:
    """The documents that `matches` says answer `query`, best first, ties by key."""
    return _Search(lists).found(query, page)


class _Search:
    """One search: what each leaf of the query weighs on which document is worked out once."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.leaves: dict[Leaf, dict[int, float]] = {}
        self.minor: set[int] = set()  # what has a solution that was asked for only to compare with
        self.known: dict[int, set[int]] = {}  # by a node's identity: the tree outlives the search

    def found(self, query: Query, page: Page) -> Found:
        hits = self.matching(query)
        first, last = max(page.offset, 0), max(page.offset, 0) + max(page.limit, 0)
        best = self._page(query, hits, page.sort, last)[first:] if last > first else []
        return Found(len(hits), tuple((self.lists.key(at), score) for at, score in best), self._facets(hits))

    def _page(self, query: Query, hits: set[int], sort: Sort, last: int) -> list[tuple[int, float]]:
        places, grade = _places(self.lists.grades, sort), self.lists.grade
        if sort == "relevance":
            scores = self.scores(query, hits)
            order = self._first(self._ranks(hits, scores, places), last)
        else:
            order = self._first({at: places[grade[at]] for at in hits}, last)
            scores = self.scores(query, set(order))
        return [(at, round(scores.get(at, 0.0), 6)) for at in order]

    def _ranks(self, hits: set[int], scores: Mapping[int, float], places: Sequence[int]) -> dict[int, int]:
        """What `hits` are ordered by: tenths of the best score, compared or studied, then the place of the grade."""
        grade = self.lists.grade
        half = len(places)
        step = 2 * half
        scale = _BUCKETS / (max(scores.values(), default=0.0) or 1.0)
        ranks = {at: places[grade[at]] - ceil(score * scale - _SLIP) * step for at, score in scores.items()}
        if len(ranks) < len(hits):
            ranks.update((at, places[grade[at]]) for at in hits.difference(ranks))
        for at in self.minor & hits:
            ranks[at] += half
        return ranks

    def _first(self, ranks: Mapping[int, int], last: int) -> list[int]:
        """The first `last` of the documents by rank, ties by key."""
        key, wanted = self.lists.key, min(last, len(ranks))
        if not wanted:
            return []
        few = nsmallest(wanted, ranks.values()) if wanted <= _FEW else sorted(ranks.values())[:wanted]
        limit = few[-1]
        before = sorted((rank, key(at), at) for at, rank in ranks.items() if rank < limit)
        even = nsmallest(wanted - len(before), ((key(at), at) for at, rank in ranks.items() if rank == limit))
        return [*(at for _, _, at in before), *(at for _, at in even)]

    def _facets(self, hits: set[int]) -> Mapping[str, Mapping[str, int]]:
        """Counts over `hits`: a broader term counts its narrower ones', and only terms that stand on a hit are named."""
        lists = self.lists
        each = list(map(lists.taggings.__getitem__, map(lists.tagging.__getitem__, hits)))
        counts = Counter(chain.from_iterable([reach for _, reach in each]))
        standing = set(chain.from_iterable([own for own, _ in each]))
        facets: dict[str, dict[str, int]] = {axis.value: {} for axis in Axis}
        for number in sorted(standing):
            axis, term = lists.tags[number]
            facets[axis.value][term] = counts[number]
        levels: Counter[str] = Counter()
        years: Counter[str] = Counter()
        for number, times in Counter(map(lists.grade.__getitem__, hits)).items():
            level, year = lists.grades[number]
            levels[str(level)] += times if level is not None else 0
            years[str(year)] += times if year is not None else 0
        return {**facets, "level": dict(+levels), "year": dict(+years)}

    # --- which -------------------------------------------------------------------------------------------------------

    def matching(self, query: Query) -> set[int]:
        """The documents that answer `query`; not to be changed by who asks."""
        if id(query) not in self.known:
            self.known[id(query)] = self._matching(query)
        return self.known[id(query)]

    def _matching(self, query: Query) -> set[int]:
        match query:
            case Everything():
                return self.lists.live
            case Word() | Phrase() | Prefix() | Tagged():
                return set(self.leaf(query))
            case Years(first, last):
                return self._graded(lambda grade: within(grade[1], first, last))
            case Levels(first, last):
                return self._graded(lambda grade: within(grade[0], first, last))
            case Identified(scheme, value):
                return set(self.lists.identified(scheme, value))
            case And(parts):
                return self._all_of(parts)
            case Or(parts):
                return set().union(*(self.matching(part) for part in parts))
            case Not(part):
                return self.lists.live - self.matching(part)
            case _:
                assert_never(query)

    def _graded(self, chosen: Callable[[Grade], bool]) -> set[int]:
        wanted = {number for number, grade in enumerate(self.lists.grades) if chosen(grade)}
        grade = self.lists.grade
        return {at for at in self.lists.live if grade[at] in wanted} if wanted else set()

    def _all_of(self, parts: Sequence[Query]) -> set[int]:
        found: set[int] | None = None
        for part in parts:
            found = self.matching(part) if found is None else found & self.matching(part)
            if not found:
                return set()
        return self.lists.live if found is None else found

    def leaf(self, leaf: Leaf) -> dict[int, float]:
        """The documents that hold `leaf`, each with its weighted times (x in the formula above)."""
        if leaf not in self.leaves:
            self.leaves[leaf] = self._weighed(leaf)
        return self.leaves[leaf]

    def _weighed(self, leaf: Leaf) -> dict[int, float]:
        match leaf:
            case Word(text, name):
                return self._summed(self.lists.stemming(text, _fields(name)))
            case Prefix(text, name):
                return self._summed(self.lists.beginning(text, _fields(name)))
            case Phrase(run, name):
                return self._summed(self.lists.side_by_side(run, _fields(name)) if run else ())
            case Tagged(axis, term):
                weight = _TAG if axis in {Axis.CONDITION, Axis.SOLUTION, Axis.DESIGN} else _MINOR_TAG
                return dict.fromkeys(self.lists.tagged(axis, term), weight)
            case _:
                assert_never(leaf)

    def _summed(self, fields: Times) -> dict[int, float]:
        total: dict[int, float] = {}
        for name, times in fields:
            weight = _WEIGHTS.get(name, 1.0)
            if name in _LENGTH:
                norm = self.lists.norms(name)
                added = {at: weight * count / norm[at] for at, count in times.items()}
            else:
                added = {at: weight * count / 1.0 for at, count in times.items()}
            if total:
                for at, strong in added.items():
                    total[at] = total.get(at, 0.0) + strong
            else:
                total = added
        return total

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
        rare = log(1 + (len(self.lists.live) - len(strong) + 0.5) / (len(strong) + 0.5))
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


def _places(grades: Sequence[Grade], sort: Sort) -> list[int]:
    """The place of each grade in the order of `sort`: what comes first has the lowest, and like ones have the same."""
    order: list[tuple[float, ...]]
    if sort == "year":
        order = [_newest(year) for _, year in grades]
    elif sort == "evidence":
        order = [(level is None, level or 0, *_newest(year)) for level, year in grades]
    else:  # the better level, reviews without one before bench work, the newer
        order = [(_UNGRADED if level is None else level, *_newest(year)) for level, year in grades]
    places = {value: place for place, value in enumerate(sorted(set(order)))}
    return [places[value] for value in order]


def _newest(year: int | None) -> tuple[bool, int]:
    return year is None, -(year or 0)
