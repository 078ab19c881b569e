"""What goes into a segment: documents taken apart into terms, and segments put together into one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

from evidence.model.query import FIELDS, Document, digest
from evidence.model.words import stem
from evidence.search.columns import Columns
from evidence.search.packing import encoded
from evidence.search.whoosh_segment import IDENTIFIER, KEY, STEM, TAG, WORD, Row, Segment, pair, row, write_segment

_NOWHERE = -1  # the new number of a document that is left out


def write_documents(path: Path, documents: Iterable[Document]) -> tuple[int, str]:
    """A new segment of `documents`, whose keys are unlike; gives its size and SHA-256. OSError as `write_segment`."""
    columns, terms = Columns(), _Terms()
    digests = []
    for number, document in enumerate(documents):
        columns.add(document)
        digests.append(bytes.fromhex(digest(document)))
        terms.add(number, document)
    return write_segment(path, columns, digests, terms.sorted())


class _Terms:
    """The terms of documents, in memory. Of a word in a field: the document and the place of each time, by turns."""

    def __init__(self) -> None:
        self._words: list[dict[str, list[int]]] = [{} for _ in FIELDS]
        self._whole: dict[bytes, list[int]] = {}  # keys, tags and identifiers

    def add(self, number: int, document: Document) -> None:
        for field, where in zip(FIELDS, self._words, strict=True):
            for place, word in enumerate(document.words.get(field, ())):
                if word in where:
                    where[word] += (number, place)
                else:
                    where[word] = [number, place]
        self._whole[KEY + encoded(document.key)] = [number]
        for axis, term in document.reach:
            self._whole.setdefault(pair(TAG, axis.value, term), []).append(number)
        for scheme, value in document.identifiers:
            self._whole.setdefault(pair(IDENTIFIER, scheme, value), []).append(number)

    def sorted(self) -> Iterator[tuple[bytes, bytes]]:
        """Every term in order, with where it stands."""
        by_word: dict[str, list[tuple[int, list[int]]]] = {}
        for field, where in enumerate(self._words):
            for word, times in where.items():
                by_word.setdefault(word, []).append((field, times))
        words = sorted(by_word)
        by_stem: dict[str, list[str]] = {}
        for word in words:
            by_stem.setdefault(stem(word), []).append(word)
        whole = ((term, row(0, numbers)) for term, numbers in sorted(self._whole.items()))
        stems = ((STEM + encoded(one), _stemming([by_word[word] for word in by_stem[one]])) for one in sorted(by_stem))
        written = ((WORD + encoded(word), _written(by_word[word])) for word in words)
        return merge(whole, stems, written, key=itemgetter(0))


def _written(fields: Iterable[tuple[int, list[int]]]) -> bytes:
    """Where one word stands, as `_Terms` has it."""
    return b"".join(row(field, times[::2], times[1::2]) for field, times in fields)


def _stemming(words: Sequence[Iterable[tuple[int, list[int]]]]) -> bytes:
    """Where words of one stem stand."""
    if len(words) == 1:
        return b"".join(row(field, times[::2]) for field, times in words[0])
    fields: dict[int, list[int]] = {}
    for field, times in chain.from_iterable(words):
        fields.setdefault(field, []).extend(times[::2])
    return b"".join(row(field, sorted(numbers)) for field, numbers in sorted(fields.items()))


def write_merged(path: Path, segments: Sequence[tuple[Segment, Collection[int]]]) -> tuple[int, str]:
    """A new segment of all documents of `segments` but those named beside each, in their order; terms one at a time.

    Gives its size and SHA-256. OSError as `write_segment`; Damaged: one of them cannot be read.
    """
    columns, digests = Columns(), []
    parts = []
    for segment, dead in segments:
        renumbered = _append(columns, segment, dead)
        digests += [segment.digest(at) for at, new in enumerate(renumbered) if new != _NOWHERE]
        parts.append(_Part(segment, renumbered, whole=not dead))
    return write_segment(path, columns, digests, _merged(parts))


class _Part:
    """A segment that goes into another one, and the new numbers of its documents."""

    def __init__(self, segment: Segment, numbers: list[int], *, whole: bool) -> None:
        self.segment = segment
        self._numbers = numbers
        self._whole = whole

    def terms(self, number: int) -> Iterator[tuple[bytes, int, list[Row]]]:
        """Its terms in order, each with the `number` of this part."""
        return ((term, number, found) for term, found in self.segment.terms())

    def moved(self, found: Row) -> tuple[Sequence[int], Sequence[int]]:
        """Where a term stands in one field, in new numbers: documents and positions."""
        segment = self.segment
        documents = [self._numbers[at] for at in segment.unpacked(found)]
        positions: Sequence[int] = segment.unpacked(found, positions=True) if found.packed_positions else ()
        if self._whole or _NOWHERE not in documents:
            return documents, positions
        left = [at for at, new in enumerate(documents) if new != _NOWHERE]
        return [documents[at] for at in left], [positions[at] for at in left] if positions else ()


def _append(columns: Columns, segment: Segment, dead: Collection[int]) -> list[int]:
    """Take the documents of `segment` but the `dead` into `columns`; gives the new number of each."""
    numbers = [_NOWHERE] * segment.documents
    tags = _Moved(lambda at: columns.tag(*segment.tags[at]))
    grades = _Moved(lambda at: columns.graded(segment.grades[at]))
    taggings = _Moved(lambda at: columns.tagged(columns.moved(segment.tags_of(at), tags)))
    alive = [at for at in range(segment.documents) if at not in dead]
    for new, at in enumerate(alive, len(columns.keys)):
        numbers[at] = new
    columns.keys += [segment.key(at) for at in alive]
    columns.grade += [grades[segment.grade[at]] for at in alive]
    columns.tagging += [taggings[segment.tagging[at]] for at in alive]
    for name, sizes in columns.sizes.items():
        old = segment.sizes(name)
        sizes += [old[at] for at in alive]
    return numbers


class _Moved(dict[int, int]):
    """Places in another table, by those in the old one; only what is asked for is taken over."""

    def __init__(self, move: Callable[[int], int]) -> None:
        super().__init__()
        self._move = move

    def __missing__(self, old: int) -> int:
        return self.setdefault(old, self._move(old))


def _merged(parts: Sequence[_Part]) -> Iterator[tuple[bytes, bytes]]:
    streams = [part.terms(at) for at, part in enumerate(parts)]
    for term, same in groupby(merge(*streams, key=itemgetter(0, 1)), key=itemgetter(0)):
        fields: dict[int, tuple[list[int], list[int]]] = {}
        for _, at, found in same:
            for one in found:
                documents, positions = parts[at].moved(one)
                both = fields.setdefault(one.field, ([], []))
                both[0].extend(documents)
                both[1].extend(positions)
        if value := b"".join(row(field, *both) for field, both in sorted(fields.items()) if both[0]):
            yield term, value
