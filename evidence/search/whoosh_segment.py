"""A segment: some documents and every term of theirs, in one file that is never changed.

    magic, length of the head (4 bytes), head (JSON: the tables of levels, years and tags; the rows' lengths),
    rows (keys, digests, grades, tags, words of each field; one entry a document),
    Whoosh's ordered hash table: term -> where it stands

A term is a letter for its kind and its text. What it leads to is, for each field that it stands in, the numbers of the
documents (once for each time) and, for words as they are written, their places in the field.
"""

from __future__ import annotations

import json
import mmap
import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from evidence.model.record import Axis
from evidence.search.columns import Columns, Tags
from evidence.search.packing import decoded, encoded, pack, unpack
from evidence.search.ranking import Grade
from evidence.search.whoosh_files import Damaged, FileIn, FileOut, OrderedHashReader, Table

WORD, STEM, TAG, IDENTIFIER, KEY = b"w", b"s", b"t", b"i", b"k"
DIGEST = 16  # bytes of a document's digest

_MAGIC = b"evseg\x01\r\n"
_LENGTH = struct.Struct("<I")
_SHORT, _LONG = struct.Struct("<5B"), struct.Struct("<2B3I")
_POSITIONS, _IS_LONG = 3, 1 << 6  # where positions' packing stands in a row's second byte, and the bit for a long row
_BROKEN = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OverflowError,
    MemoryError,
    EOFError,
    struct.error,
)


class Row(NamedTuple):  # made by the hundred thousand, and a dataclass takes three times as long
    """Where a term stands in one field: so many `times`. Both rows of numbers are still packed; b"" is no positions."""

    field: int
    times: int
    how: int
    packed: bytes
    how_positions: int
    packed_positions: bytes

    def documents(self) -> array[int]:
        """The documents' numbers, rising, each once for each time."""
        return unpack(self.how, self.packed, self.times)

    def positions(self) -> array[int]:
        """The places in the field, one beside each of `documents`."""
        return unpack(self.how_positions, self.packed_positions, self.times)


def pair(kind: bytes, first: str, second: str) -> bytes:
    """The term of two texts, of which none can be taken for another pair's."""
    start = encoded(first)
    return kind + len(start).to_bytes(4, "big") + start + encoded(second)


def row(field: int, documents: Sequence[int], positions: Sequence[int] = ()) -> bytes:
    """Where a term stands in one field, as `rows` reads it."""
    how, packed = pack(documents)
    how_positions, packed_positions = pack(positions) if positions else (0, b"")
    hows = how | how_positions << _POSITIONS
    lengths = len(documents), len(packed), len(packed_positions)
    if max(lengths) < 1 << 8:
        return _SHORT.pack(field, hows, *lengths) + packed + packed_positions
    return _LONG.pack(field, hows | _IS_LONG, *lengths) + packed + packed_positions


def rows(value: bytes) -> list[Row]:
    """The rows of a term, by field."""
    found = []
    at = 0
    while at < len(value):
        form = _LONG if value[at + 1] & _IS_LONG else _SHORT
        field, hows, count, size, size_positions = form.unpack_from(value, at)
        at += form.size
        middle = at + size
        end = middle + size_positions
        if end > len(value):
            raise ValueError("a term's row is cut off")
        found.append(Row(field, count, hows & 7, value[at:middle], hows >> _POSITIONS & 7, value[middle:end]))
        at = end
    return found


def write_segment(
    path: Path, columns: Columns, digests: Sequence[bytes], terms: Iterable[tuple[bytes, bytes]]
) -> tuple[int, str]:
    """Write a segment and see it onto the disk; `terms` come in their order. Gives its size and SHA-256.

    OSError: it could not be done, and there is no such file.
    """
    out = FileOut(path)
    try:
        _write_columns(out, columns, digests)
        table = Table(out)
        table.add_all(terms)
        table.close()
        return out.finish()
    except BaseException:
        out.discard()
        raise


def _write_columns(out: FileOut, columns: Columns, digests: Sequence[bytes]) -> None:
    keys = [encoded(key) for key in columns.keys]
    ends, end = [], 0
    for key in keys:
        end += len(key)
        ends.append(end)
    parts: list[tuple[str, int, int, bytes]] = [
        ("keys", 0, len(keys), b"".join(keys)), ("digests", 0, len(keys), b"".join(digests)),
    ]  # fmt: skip
    numbers = {"ends": ends, "grade": columns.grade, "tagging": columns.tagging, **_tagged(columns), **_sized(columns)}
    for name, values in numbers.items():
        how, data = pack(values)
        parts.append((name, how, len(values), data))
    head = {
        "documents": len(keys),
        "grades": list(columns.grades),
        "tags": [(axis.value, term) for axis, term in columns.tags],
        "taggings": len(columns.taggings),
        "parts": [(name, how, count, len(data)) for name, how, count, data in parts],
    }
    said = json.dumps(head, separators=(",", ":")).encode()
    out.write(_MAGIC + _LENGTH.pack(len(said)) + said)
    for *_, data in parts:
        out.write(data)


def _tagged(columns: Columns) -> dict[str, list[int]]:
    """The sets of tags: all their tags in a row, own ones and then reached ones, and where each of both ends."""
    flat: list[int] = []
    ends: list[int] = []
    for both in columns.taggings:
        for tags in both:
            flat += tags
            ends.append(len(flat))
    return {"tagging-tags": flat, "tagging-ends": ends}


def _sized(columns: Columns) -> dict[str, list[int]]:
    return {f"size-{name}": sizes for name, sizes in columns.sizes.items()}


class Segment:
    """A segment that is read. Damaged is raised by whatever finds that a byte is not what it can be."""

    def __init__(self, where: str, data: bytes | mmap.mmap) -> None:
        """Read the head of `data`; `where` names the file when something is wrong."""
        self.where = where
        self._data = data
        try:
            self._read_head()
        except Exception as error:  # Whoosh raises bare exceptions, and what else a wrong byte leads to is not known
            raise self._damaged(error) from error

    def _read_head(self) -> None:
        data, at = self._data, len(_MAGIC) + _LENGTH.size
        if data[: len(_MAGIC)] != _MAGIC:
            raise ValueError("it is no segment")
        (length,) = _LENGTH.unpack(data[len(_MAGIC) : at])
        head = json.loads(data[at : at + length])
        at += length
        self.documents: int = head["documents"]
        self._parts: dict[str, tuple[int, int, int, int]] = {}
        for name, how, count, size in head["parts"]:
            self._parts[name] = how, count, at, size
            at += size
        self.grades: list[Grade] = [(level, year) for level, year in head["grades"]]
        self.tags = [(Axis(axis), str(term)) for axis, term in head["tags"]]
        self.taggings: int = head["taggings"]
        self.grade, self.tagging = self._numbers("grade"), self._numbers("tagging")
        self._ends = self._numbers("ends")
        self._tagged, self._tagged_ends = self._row("tagging-tags"), self._row("tagging-ends")
        tables = (self.grade, len(self.grades)), (self.tagging, self.taggings), (self._tagged, len(self.tags))
        if (
            any(max(places, default=-1) >= size for places, size in tables)
            or len(self._tagged_ends) < 2 * self.taggings
        ):
            raise ValueError("a place lies outside its table")
        self._table = OrderedHashReader(FileIn(data), len(data) - at, startoffset=at)

    def key(self, document: int) -> str:
        """The key of a document."""
        try:
            _, _, at, _ = self._parts["keys"]
            start = self._ends[document - 1] if document else 0
            return decoded(self._data[at + start : at + self._ends[document]])
        except _BROKEN as error:
            raise self._damaged(error) from error

    def keys(self) -> list[str]:
        """The keys of all documents, in their order."""
        return [self.key(document) for document in range(self.documents)]

    def digest(self, document: int) -> bytes:
        """The digest of a document."""
        _, _, at, _ = self._parts["digests"]
        return self._data[at + document * DIGEST : at + (document + 1) * DIGEST]

    def tags_of(self, tagging: int) -> Tags:
        """A set of tags of the segment: own, and with all that is above them, as places in `tags`."""
        ends, at = self._tagged_ends, 2 * tagging
        start = ends[at - 1] if at else 0
        return tuple(self._tagged[start : ends[at]]), tuple(self._tagged[ends[at] : ends[at + 1]])

    def sizes(self, field: str) -> array[int]:
        """How many words the field of each document has."""
        try:
            return self._numbers(f"size-{field}")
        except (*_BROKEN, zlib.error) as error:
            raise self._damaged(error) from error

    def rows(self, term: bytes) -> list[Row]:
        """Where `term` stands, by field; [] for nowhere."""
        try:
            for at, size in self._table.ranges_for_key(term):
                return rows(self._data[at : at + size])
        except _BROKEN as error:
            raise self._damaged(error) from error
        return []

    def terms(self, start: bytes = b"") -> Iterator[tuple[bytes, list[Row]]]:
        """The terms that begin with `start`, in order, and where each stands, by field."""
        data = self._data
        try:
            for at, length, place, size in self._table.ranges_from(start):
                term = data[at : at + length]
                if not term.startswith(start):
                    return
                if length < 1 or size < 1:  # the next one would not lie after it
                    raise ValueError("a term is cut off")
                yield term, rows(data[place : place + size])
        except _BROKEN as error:
            raise self._damaged(error) from error

    def unpacked(self, found: Row, *, positions: bool = False) -> array[int]:
        """The documents of a row of this segment, or its positions."""
        try:
            numbers = found.positions() if positions else found.documents()
            if not positions and numbers[-1] >= self.documents:
                raise ValueError("there is no such document")
        except (*_BROKEN, zlib.error) as error:
            raise self._damaged(error) from error
        return numbers

    def _numbers(self, name: str) -> array[int]:
        found = self._row(name)
        if len(found) != self.documents:
            raise ValueError("a row has not the length it should have")
        return found

    def _row(self, name: str) -> array[int]:
        how, count, at, size = self._parts[name]
        return unpack(how, self._data[at : at + size], count)

    def _damaged(self, error: BaseException) -> Damaged:
        return Damaged(self.where, f"cannot be read ({error})")
