"""What stands where in several segments together. A document's number is the first of its segment plus its own in it."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import add, itemgetter

from evidence.model.query import ANYWHERE, FIELDS
from evidence.model.record import Axis
from evidence.model.words import stem
from evidence.search import ranking
from evidence.search.columns import Tags
from evidence.search.packing import decoded, encoded
from evidence.search.ranking import Grade, Times
from evidence.search.whoosh_segment import IDENTIFIER, STEM, TAG, WORD, Row, Segment, pair


@dataclass(frozen=True, slots=True)
class Shelf:
    """A segment in its place: the number of its first document, and those of its own numbers that count no more."""

    segment: Segment
    first: int
    dead: frozenset[int]


class _Taggings(dict[int, Tags]):
    """The sets of tags of several segments, one after another; read when they are asked for."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        super().__init__()
        places: dict[tuple[Axis, str], int] = {}
        self._segments: list[tuple[int, Segment, list[int]]] = []
        first = 0
        for segment in segments:
            moved = [places.setdefault(tag, len(places)) for tag in segment.tags]
            self._segments.append((first, segment, moved))
            first += segment.taggings
        self.tags = list(places)

    def __missing__(self, number: int) -> Tags:
        first, segment, moved = self._segments[bisect_right(self._segments, number, key=itemgetter(0)) - 1]
        own, reach = (tuple(map(moved.__getitem__, tags)) for tags in segment.tags_of(number - first))
        return self.setdefault(number, (own, reach))


class WhooshLists:
    """Lists over `segments`, each with the numbers of its documents that count no more. It is never changed."""

    def __init__(self, segments: Iterable[tuple[Segment, frozenset[int]]]) -> None:
        self._shelves: list[Shelf] = []
        first = 0
        for segment, dead in segments:
            self._shelves.append(Shelf(segment, first, dead))
            first += segment.documents
        self._firsts = [shelf.first for shelf in self._shelves]
        self.dead = {shelf.first + at for shelf in self._shelves for at in shelf.dead}
        self.live = set(range(first)) - self.dead
        self._norms: dict[str, list[float]] = {}

    # --- columns -----------------------------------------------------------------------------------------------------

    @cached_property
    def _graded(self) -> tuple[Sequence[int], Sequence[Grade]]:
        """Of each document the place of its grade, and the grades."""
        places: dict[Grade, int] = {}
        grade: list[int] = []
        for shelf in self._shelves:
            moved = [places.setdefault(one, len(places)) for one in shelf.segment.grades]
            grade += map(moved.__getitem__, shelf.segment.grade)
        return grade, list(places)

    @property
    def grade(self) -> Sequence[int]:
        """Of each document the place of its level and year in `grades`."""
        return self._graded[0]

    @property
    def grades(self) -> Sequence[Grade]:
        """The levels and years that there are."""
        return self._graded[1]

    @cached_property
    def tagging(self) -> Sequence[int]:
        """Of each document the number of its set of tags in `taggings`."""
        found = array("I")
        first = 0
        for shelf in self._shelves:
            found.extend(array("I", map(first.__add__, shelf.segment.tagging)))
            first += shelf.segment.taggings
        return found

    @cached_property
    def taggings(self) -> _Taggings:
        """The sets of tags that there are."""
        return _Taggings([shelf.segment for shelf in self._shelves])

    @property
    def tags(self) -> Sequence[tuple[Axis, str]]:
        """The tags that there are."""
        return self.taggings.tags

    def key(self, document: int) -> str:
        """The key of a document."""
        shelf = self._shelves[bisect_right(self._firsts, document) - 1]
        return shelf.segment.key(document - shelf.first)

    def digest(self, document: int) -> str:
        """The digest of a document."""
        shelf = self._shelves[bisect_right(self._firsts, document) - 1]
        return shelf.segment.digest(document - shelf.first).hex()

    def norms(self, field: str) -> Sequence[float]:
        """What each document's field counts its words down by."""
        if field not in self._norms:
            sizes = list(chain.from_iterable(shelf.segment.sizes(field) for shelf in self._shelves))
            for at in self.dead:
                sizes[at] = 0
            self._norms[field] = ranking.norms(field, sizes)
        return self._norms[field]

    # --- terms -------------------------------------------------------------------------------------------------------

    def stemming(self, word: str, fields: Sequence[str]) -> Times:
        """Words with the stem of `word`."""
        term = STEM + encoded(stem(word))
        return self._times(((shelf, shelf.segment.rows(term)) for shelf in self._shelves), fields)

    def beginning(self, start: str, fields: Sequence[str]) -> Times:
        """Words that begin with `start`."""
        prefix = WORD + encoded(start)
        found = ((shelf, rows) for shelf in self._shelves for _, rows in shelf.segment.terms(prefix))
        return self._times(found, fields)

    def _times(self, found: Iterable[tuple[Shelf, Iterable[Row]]], fields: Sequence[str]) -> Times:
        wanted = {FIELDS.index(name) for name in fields}
        runs: dict[tuple[int, int], list[Sequence[int]]] = {}
        for shelf, rows in found:
            for row in rows:
                if row.field in wanted:
                    runs.setdefault((row.field, shelf.first), []).append(shelf.segment.unpacked(row))
        for name in fields:
            number = FIELDS.index(name)
            total: dict[int, int] = {}
            for shelf in self._shelves:
                if run := runs.get((number, shelf.first)):
                    times = Counter(chain.from_iterable(run) if len(run) > 1 else run[0])
                    total.update(_counting(shelf, times) if shelf.first or shelf.dead else times)
            if total:
                yield name, total

    def side_by_side(self, run: tuple[str, ...], fields: Sequence[str]) -> Times:
        """The words of `run` one after another."""
        found: dict[str, dict[int, int]] = {name: {} for name in fields}
        for shelf in self._shelves:
            words = {word: shelf.segment.rows(WORD + encoded(word)) for word in dict.fromkeys(run)}
            if not all(words.values()):
                continue
            for name in fields:
                number = FIELDS.index(name)
                in_field = {word: row for word, rows in words.items() for row in rows if row.field == number}
                if len(in_field) == len(words):
                    times = _side_by_side(shelf.segment, run, in_field)
                    found[name].update(_counting(shelf, times))
        return ((name, times) for name, times in found.items() if times)

    def tagged(self, axis: Axis, term: str) -> Collection[int]:
        """The documents that reach the tag."""
        return self._documents(pair(TAG, axis.value, term))

    def identified(self, scheme: str, value: str) -> Collection[int]:
        """The documents with the identifier."""
        return self._documents(pair(IDENTIFIER, scheme, value))

    def _documents(self, term: bytes) -> Collection[int]:
        found: list[int] = []
        for shelf in self._shelves:
            for row in shelf.segment.rows(term):
                found += [shelf.first + at for at in shelf.segment.unpacked(row) if at not in shelf.dead]
        return found

    # --- words -------------------------------------------------------------------------------------------------------

    def words(self, start: str) -> list[str]:
        """The words that begin with `start` and stand in a field that is searched when none is named, in order."""
        anywhere = {FIELDS.index(name) for name in ANYWHERE}
        found: set[bytes] = set()
        for shelf in self._shelves:
            for term, rows in shelf.segment.terms(WORD + encoded(start)):
                if term not in found and any(row.field in anywhere and _stands(shelf, row) for row in rows):
                    found.add(term)
        return [decoded(term[len(WORD) :]) for term in sorted(found)]

    def holds(self, word: str) -> bool:
        """Whether the stem of `word` stands in a field that is searched when none is named."""
        anywhere, term = {FIELDS.index(name) for name in ANYWHERE}, STEM + encoded(stem(word))
        return any(
            row.field in anywhere and _stands(shelf, row) for shelf in self._shelves for row in shelf.segment.rows(term)
        )


def _stands(shelf: Shelf, row: Row) -> bool:
    """Whether a row names a document that still counts."""
    return not shelf.dead or not shelf.dead.issuperset(shelf.segment.unpacked(row))


def _counting(shelf: Shelf, times: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """`times` of a segment's own numbers, as those of all, without what counts no more."""
    first, dead = shelf.first, shelf.dead
    return ((first + at, count) for at, count in times.items() if at not in dead)


def _side_by_side(segment: Segment, run: tuple[str, ...], rows: Mapping[str, Row]) -> Counter[int]:
    """How often the words of `run` stand one after another in which document; `rows` are of all its words.

    A place is one number: the document times `wide`, plus the position. It is that of the first word of a run.
    """
    documents = {word: segment.unpacked(row) for word, row in rows.items()}
    rarest, *others = sorted(documents.values(), key=len)
    held = set(rarest)
    for other in others:
        held.intersection_update(other)
    if not held:
        return Counter()
    positions = {word: segment.unpacked(row, positions=True) for word, row in rows.items()}
    wide = max(map(max, positions.values())) + len(run) + 1
    known: dict[tuple[str, ...], Sequence[int]] = {}
    for word, numbers in documents.items():
        if len(held) * 3 < len(numbers):
            found = zip(numbers, positions[word], strict=True)
            known[word,] = [document * wide + at for document, at in found if document in held]
        else:  # most of them: all are as quickly had
            known[word,] = list(map(add, map(wide.__mul__, numbers), positions[word]))
    return Counter(place // wide for place in _starts(run, known))


def _starts(run: tuple[str, ...], known: dict[tuple[str, ...], Sequence[int]]) -> Sequence[int]:
    """Where `run` begins. It is halved until it is `known`, so that what repeats itself is looked at once."""
    if run not in known:
        half = 1 << (len(run) - 1).bit_length() - 1
        first = _starts(run[:half], known)
        second = _starts(run[half:], known) if first else ()
        if len(first) < len(second):
            known[run] = [at - half for at in set(map(half.__add__, first)).intersection(second)]
        else:
            known[run] = list(set(map((-half).__add__, second)).intersection(first))
    return known[run]
