"""A file of tagged lines cut into pieces, with flat memory, where a line begins a piece or closes it.

What a line means depends on what stands open: text after a record's closing line is no part of it, but a tagged line
there begins a piece. So there is a pattern for each state, and the group that matches says what comes next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evidence.formats.encodings import Narrow
from evidence.model.limits import RECORD

CHUNK = 1 << 18  # bytes that are read at a time
_REACH = 1024  # bytes held back at the end of a chunk: a mark may not be whole yet
_LONG = 4096  # bytes of a line's head that a counter may look at
BOM = b"\xef\xbb\xbf"  # files are joined with their marks in the middle
BLANKS = 64  # blanks that may stand before a mark on its line
_BEGINS = rb"(?:\xef\xbb\xbf)?"
_BEFORE = _BEGINS + rb"[ \t]{0,64}"
_LINE_ENDS = re.compile(rb"\r\n?|\n")
_NOTHING = b" \t\r\n\x00\x1a" + BOM


@dataclass(slots=True)
class Piece:
    """What stands from one mark to the next: its bytes (UTF-8 for wide encodings) and the 1-based line it starts on.

    `end`: where in `raw` the line begins that closes the piece; None when none does. `cut` is the number of bytes
    beyond RECORD that were left out of `raw`. `marked` False: what stands before the first mark of the file.
    """

    raw: bytes
    line: int
    end: int | None = None
    cut: int = 0
    marked: bool = True


class Marks:
    """The marks of a format: a pattern for each state, over what stands on a line behind its blanks.

    A group called `begin_STATE` begins a piece where it matches, one called `end_STATE` closes the open one, one called
    `in_STATE` does neither; STATE holds from there on. A group begins at its mark; before it a pattern may ask for
    BLANK_LINE. The first state given holds at the start of the file. No mark is longer than 1 KiB. `indented` False: a
    mark begins its line.
    """

    BLANK_LINE = rb"(?:(?:\r\n?|\n)(?:\xef\xbb\xbf)?[ \t]{0,64})"

    def __init__(self, states: Mapping[str, bytes], *, indented: bool = True) -> None:
        """Each pattern twice: a carriage return alone ends a line too, but to look for it is slow."""
        before = _BEFORE if indented else _BEGINS
        self.first = next(iter(states))
        self.fast = {name: re.compile(rb"\n" + before + b"(?:" + body + b")") for name, body in states.items()}
        self.full = {
            name: re.compile(rb"(?:\r(?!\n)|\n)" + before + b"(?:" + body + b")") for name, body in states.items()
        }
        groups = {group for pattern in self.fast.values() for group in pattern.groupindex}
        self.moves = {group: tuple(group.split("_")) for group in groups}
        self.closes = any(group.startswith("end_") for group in groups)

    def begins_in(self, head: bytes, state: str) -> bool:
        """Whether a piece begins in `head`, the first bytes of a file in whatever encoding, by the marks of `state`."""
        text = b"\n" + head.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
        found = self.full[state].search(text)
        return found is not None and str(found.lastgroup).startswith("begin_")


def pieces(source: Narrow, marks: Marks) -> Iterator[Piece]:
    """Every piece of `source`, in order, and first what stands before the first mark, when that is not blank.

    The pieces together are the whole file, but for blanks before the first mark.
    """
    cutter = _Cutter(marks)
    while chunk := source.read(CHUNK):
        yield from cutter.take(chunk)
    yield from cutter.end()


def heads(source: Narrow) -> Iterator[bytes]:
    """The lines of `source` without their ends, with flat memory: of a long line only the beginning.

    For counting: nothing is shared with `pieces` but what ends a line (LF, CR LF or CR).
    """
    rest = b""
    while chunk := source.read(CHUNK):
        lines = (rest + chunk).splitlines()
        rest = b""
        if not chunk.endswith(b"\n"):
            rest = lines.pop() + (b"\r" if chunk.endswith(b"\r") else b"")
            rest = rest if len(rest) <= 2 * _LONG or rest.endswith(b"\r") else rest[: 2 * _LONG]
        yield from lines
    if rest:
        yield rest.rstrip(b"\r")


def lines_in(text: bytes) -> int:
    """How many line ends there are in `text`: LF, CR LF or CR."""
    return len(_LINE_ENDS.findall(text)) if b"\r" in text else text.count(b"\n")


def unindented(head: bytes) -> bytes:
    """The line that begins with `head` without a byte order mark and blanks before it; b"" when these are too many."""
    bare = head.removeprefix(BOM)
    text = bare.lstrip(b" \t")
    return text if len(bare) - len(text) <= BLANKS else b""


class _Cutter:
    """Chunks in, pieces out. `_buffer` holds the open piece from `_at` on; what is before `_seen` holds no mark."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._patterns: Mapping[str, re.Pattern[bytes]] = marks.fast
        self._state = marks.first
        self._buffer = b"\n"  # so that the file's first line begins behind a line end, as all others do
        self._at = 1
        self._seen = 0
        self._line = 1
        self._marked = False
        self._end: int | None = None
        self._kept = b""  # the beginning of a piece that is too long
        self._cut = 0
        self._lost = 0  # line ends in what was left out
        self._return = False  # the last chunk ended in a carriage return

    def take(self, chunk: bytes) -> Iterator[Piece]:
        if self._patterns is self._marks.fast and _has_bare_return(chunk, self._return):
            self._patterns = self._marks.full
        self._return = chunk.endswith(b"\r")
        self._buffer += chunk
        yield from self._split(len(self._buffer) - _REACH)
        self._bound()

    def end(self) -> Iterator[Piece]:
        yield from self._split(len(self._buffer))
        if piece := self._piece(self._buffer[self._at :]):
            yield piece

    def _split(self, stop: int) -> Iterator[Piece]:
        """Yield what ends before `stop`."""
        buffer, place = self._buffer, self._seen
        while place < stop and (found := self._patterns[self._state].search(buffer, place)):
            if found.start() >= stop:
                break
            group = str(found.lastgroup)
            kind, self._state = self._marks.moves[group]
            start = found.start(group)
            place = start + 1
            if kind != "begin":
                if kind == "end" and not self._cut:
                    self._end = start - self._at
                continue
            if piece := self._piece(buffer[self._at : start]):
                yield piece
            self._marked, self._at = True, start
        drop = max(self._at - 1, 0)  # the line end before a piece stays: a mark is looked for behind one
        self._seen = max(stop, place) - drop
        self._buffer, self._at = buffer[drop:], self._at - drop

    def _piece(self, rest: bytes) -> Piece | None:
        """The open piece, which ends with `rest`; the next one begins."""
        cut = self._cut + max(len(rest) - RECORD, 0) if not self._cut else self._cut + len(rest)
        raw = self._kept if self._cut else rest[:RECORD]
        line, end = self._line, self._end
        self._line += lines_in(rest) + self._lost
        self._kept, self._cut, self._lost, self._end = b"", 0, 0, None
        if not self._marked and not raw.strip(_NOTHING):
            return None
        return Piece(raw, line, end, cut, self._marked)

    def _bound(self) -> None:
        """Of an open piece that is too long keep RECORD bytes apart, and the end, where the next mark may stand."""
        spare = len(self._buffer) - 2 * _REACH
        if len(self._buffer) <= RECORD + CHUNK and not (self._cut and spare > 0):
            return
        if self._buffer[spare - 1 : spare] == b"\r":
            spare -= 1
        if not self._cut:
            self._kept, self._cut = self._buffer[self._at : self._at + RECORD], -RECORD
        self._lost += lines_in(self._buffer[self._at : spare])
        self._cut += spare - self._at
        self._buffer, self._at = self._buffer[spare:], 0
        self._seen -= spare


def _has_bare_return(chunk: bytes, after_return: bool) -> bool:
    """Whether a carriage return without a line feed is known of by the time that `chunk` is read."""
    if b"\r" not in chunk:
        return after_return and not chunk.startswith(b"\n")
    bare = chunk.count(b"\r") - chunk.count(b"\r\n") - chunk.endswith(b"\r")
    return bare > 0 or (after_return and not chunk.startswith(b"\n"))
