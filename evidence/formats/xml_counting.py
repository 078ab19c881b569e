"""The records of an XML file counted, by another way than they are cut: words are looked for, and nothing is kept.

What stands in comments and their like is passed over; in the rest each start tag is a record, and each end tag that
closes none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.encodings import Narrow
from evidence.formats.xml_pieces import LOOKAHEAD, SPAN

CHUNK = 1 << 18
_HIDING = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"), (b"<!DOCTYPE", b"]"))
_BLANKS = b" \t\r\n"
_MOST_BLANKS = 16
_LONGEST_NAME = 512  # bytes between `<!DOCTYPE` and the bracket of its own declarations


def count(source: BinaryIO, encoding: str, names: tuple[str, ...]) -> int:
    """How many records called `names` there are in `source`, ends without a beginning among them."""
    counter = _Counter(names)
    narrow = Narrow(source, encoding)
    while chunk := narrow.read(CHUNK):
        counter.take(chunk)
    counter.take(b"", final=True)
    return counter.total


class _Counter:
    """`_text` is what is not counted yet; `_text_until` says up to where in it a beginning of a kind is text."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.total = 0
        self._starts = tuple(f"<{name}".encode() for name in names)
        self._ends = tuple(f"</{name}".encode() for name in names)
        self._is_open = False
        self._text = b""
        self._text_until: dict[bytes, int] = {}
        self._barren = 0  # up to where the end that is waited for does not stand

    def take(self, chunk: bytes, *, final: bool = False) -> None:
        """Count what is whole with `chunk`."""
        text = self._text = self._text + chunk
        stop = len(text)
        if not final and stop - (last := text.rfind(b"<")) <= LOOKAHEAD:
            stop = max(last, 0)
        at = self._over(stop, final=final)
        self._text = text[at:]
        self._text_until = {ending: place - at for ending, place in self._text_until.items() if place > at}
        self._barren = max(self._barren - at, 0)

    def _over(self, stop: int, *, final: bool) -> int:
        """Count the records before `stop`; where to go on when there is more text."""
        at = 0
        nearest = {opening: -1 for opening, _ in _HIDING}
        while at < stop:
            begin, ending, inner = self._hiding(at, stop, nearest)
            self._count(at, min(begin, stop))
            if begin >= stop:
                return stop
            end = self._end(ending, begin, inner)
            if end < 0 and not final and len(self._text) < begin + SPAN + LOOKAHEAD:
                return begin
            self._barren = 0
            if end < 0:
                self._text_until[ending] = begin + SPAN
            at = end if end >= 0 else begin + 2
        return at

    def _hiding(self, at: int, stop: int, nearest: dict[bytes, int]) -> tuple[int, bytes, int]:
        """Where the next comment or its like begins from `at` on, what ends it, and where its inside begins."""
        text, found = self._text, (stop, b"", stop)
        for opening, ending in _HIDING:
            place = nearest[opening]
            while place < max(at, min(self._text_until.get(ending, 0), stop)) or (
                place < stop and ending == b"]" and not self._bracket(place)
            ):
                begin = max(at, place + 1, self._text_until.get(ending, 0))
                place = text.find(opening, begin, stop + len(opening) - 1)
                place = place if place >= 0 else stop
            nearest[opening] = place
            if place < found[0]:
                inner = self._bracket(place) if ending == b"]" else place + len(opening)
                found = (place, ending, inner)
        return found

    def _bracket(self, place: int) -> int:
        """Where the own declarations begin of the document type at `place`; 0 when it has none."""
        begin = place + len(b"<!DOCTYPE")
        head, bracket, _ = self._text[begin : begin + _LONGEST_NAME + 1].partition(b"[")
        return begin + len(head) + 1 if bracket and b"<" not in head and b">" not in head else 0

    def _end(self, ending: bytes, begin: int, inner: int) -> int:
        """Where it ends; -1 when it does not within SPAN, or not yet."""
        limit = begin + SPAN
        at = max(inner, self._barren)
        while (at := self._text.find(ending, at, limit + len(ending) - 1)) >= 0:
            after = at + len(ending)
            if ending != b"]":
                return after
            if close := self._closed(after):
                return close
            at = after
        self._barren = max(inner, min(len(self._text), limit) - 32)
        return -1

    def _closed(self, after: int) -> int:
        """Behind the `>` that stands at `after`, perhaps after blanks; 0 when none does."""
        tail = self._text[after : after + _MOST_BLANKS + 1]
        bare = tail.lstrip(_BLANKS)
        return after + len(tail) - len(bare) + 1 if bare[:1] == b">" else 0

    def _count(self, begin: int, stop: int) -> None:
        text = self._text
        starts = (
            (at, True) for word in self._starts for at in _places(text, word, begin, stop) if _parted(text, at, word)
        )
        ends = (
            (at, False)
            for word in self._ends
            for at in _places(text, word, begin, stop)
            if self._closed(at + len(word))
        )
        for _, is_start in sorted([*starts, *ends]):
            self.total += is_start or not self._is_open
            self._is_open = is_start


def _places(text: bytes, word: bytes, begin: int, stop: int) -> Iterator[int]:
    at = text.find(word, begin, stop)
    while at >= 0:
        yield at
        at = text.find(word, at + 1, stop)


def _parted(text: bytes, at: int, word: bytes) -> bool:
    """Whether the name of the tag at `at` ends where `word` does."""
    return text[at + len(word) : at + len(word) + 1] in (b">", b" ", b"\t", b"\r", b"\n", b"/")
