"""An XML file cut into its records, with flat memory: each is parsed alone, so that none can spoil another.

A record goes from its start tag to its end tag. What stands in comments, CDATA sections, processing instructions and a
document type's own declarations is no tag. When one of these has no end within SPAN, it is none: its beginning is text,
and so are all beginnings of its kind within SPAN of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from evidence.formats.encodings import Narrow
from evidence.model.limits import RECORD

CHUNK = 1 << 18
SPAN = RECORD  # bytes within which a comment and its like must end
LOOKAHEAD = 1024  # bytes; no tag that is looked for, and no beginning of a comment, is longer
WHOLE, UNENDED, CUT_OFF, HEADLESS = "whole", "unended", "cut off", "headless"
WHY = {
    UNENDED: "it has no end: the next record begins within it",
    CUT_OFF: "the file ends in the middle of this record",
    HEADLESS: "its beginning is missing: only the end of a record is here",
}
# What hides tags, by what ends it; and how each begins behind its first sign.
_BEGINNINGS = {b"-->": rb"!--", b"]]>": rb"!\[CDATA\[", b"?>": rb"\?", b"]>": rb"!DOCTYPE[^\[<>]{0,512}\["}
_KINDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_SUBSET_END = re.compile(rb"\][ \t\r\n]{0,16}>")
_BLANKS = b" \t\r\n"
_WAIT = -1


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of one record (UTF-8 for wide encodings), the 1-based line it starts on, and whether it is whole.

    `cut` is the number of bytes beyond RECORD that were left out of `raw`.
    """

    raw: bytes
    line: int
    state: str = WHOLE
    cut: int = 0


def pieces(source: Narrow, names: tuple[str, ...]) -> Iterator[Piece]:
    """Every element of `source` called one of `names`, in order; what stands between them is left out.

    An element without its end ends where the next one starts. An end tag without a start is a piece too: what stands
    before it is the rest of a record.
    """
    cutter = _Cutter(names)
    while chunk := source.read(CHUNK):
        yield from cutter.take(chunk)
    yield from cutter.end()


def lines_in(text: bytes, begin: int, end: int) -> int:
    """How many line ends there are in `text` from `begin` to `end`: LF, CR LF or CR."""
    lines = text.count(b"\n", begin, end)
    if text.find(b"\r", begin, end) >= 0:
        lines += text.count(b"\r", begin, end) - text.count(b"\r\n", begin, end)
    return lines


@lru_cache(maxsize=64)
def _tags(names: tuple[str, ...], kinds: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Start and end tags called `names`, and the beginnings of what is no text."""
    name = b"(?:" + b"|".join(re.escape(one.encode()) for one in names) + b")"
    hiding = b"".join(b"|" + _BEGINNINGS[kind] for kind in kinds)
    return re.compile(rb"<(?:" + name + rb"(?=[ \t\r\n/>])|/" + name + rb"[ \t\r\n]{0,16}>" + hiding + b")")


class _Cutter:
    """Chunks in, pieces out. From `_at` on, `_buffer` holds the open piece, or what stands since the last one."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._buffer = b""
        self._at = 0
        self._seen = 0  # where to go on looking
        self._line = 1  # at `_at`
        self._open = False
        self._cut = 0
        self._lost = 0  # line ends among what was cut
        self._sought = 0  # up to where the end of the hiding that is waited for does not stand
        self._off: dict[bytes, int] = {}  # up to where beginnings of a kind are text

    def take(self, chunk: bytes) -> Iterator[Piece]:
        self._buffer += chunk
        yield from self._split(len(self._buffer) - LOOKAHEAD, final=False)
        self._forget()

    def end(self) -> Iterator[Piece]:
        yield from self._split(len(self._buffer), final=True)
        if self._open:
            yield self._piece(len(self._buffer), CUT_OFF)

    def _split(self, stop: int, *, final: bool) -> Iterator[Piece]:
        """Yield what ends before `stop`, or begins before it and ends soon after."""
        while (found := self._next()) and (at := found.start()) < stop:
            mark = self._buffer[at + 1]
            if mark in b"!?":
                end = self._hidden(found, final=final)
                if end == _WAIT:
                    self._seen = at
                    return
                self._seen = end
            elif mark == ord("/"):
                yield self._piece(found.end(), WHOLE if self._open else HEADLESS)
                self._begin(found.end(), is_open=False)
                self._seen = found.end()
            else:
                if self._open:
                    yield self._piece(at, UNENDED)
                self._begin(at, is_open=True)
                self._seen = at + 1
        self._seen = max(self._seen, stop)

    def _next(self) -> re.Match[bytes] | None:
        """The next tag, or the beginning of what hides tags."""
        while True:
            if self._off:
                self._off = {kind: until for kind, until in self._off.items() if until > self._seen}
            kinds = tuple(kind for kind in _BEGINNINGS if kind not in self._off)
            found = _tags(self._names, kinds).search(self._buffer, self._seen)
            until = min(self._off.values(), default=len(self._buffer))
            if until >= len(self._buffer) or (found and found.start() < until):
                return found
            self._seen = until  # from there on a beginning counts again

    def _hidden(self, found: re.Match[bytes], *, final: bool) -> int:
        """Where the comment (or its like) ends that begins at `found`; _WAIT when that is not read yet.

        When it has no end, it is its first two signs.
        """
        limit = found.start() + SPAN
        kind = _KINDS.get(found.group(), b"]>")
        begin = max(found.end(), self._sought)
        end = _end_of(kind, self._buffer, begin, limit)
        if end < 0 and not final and len(self._buffer) < limit + LOOKAHEAD:
            self._sought = max(begin, min(len(self._buffer), limit) - 32)
            return _WAIT
        self._sought = 0
        if end < 0:
            self._off[kind] = limit
            return found.start() + 2
        return end

    def _piece(self, end: int, state: str) -> Piece:
        raw = self._buffer[self._at : end]
        line = self._line
        if state == HEADLESS:
            bare = raw.lstrip(_BLANKS)
            line += lines_in(raw, 0, len(raw) - len(bare))
            raw = bare
        over = self._cut + len(raw) - RECORD
        if over > 0:
            return Piece(raw[:RECORD], line, state, over)
        return Piece(raw.rstrip(_BLANKS), line, state)

    def _begin(self, at: int, *, is_open: bool) -> None:
        self._line += lines_in(self._buffer, self._at, at) + self._lost
        self._at, self._open, self._cut, self._lost = at, is_open, 0, 0

    def _forget(self) -> None:
        """Drop what was yielded, and of what is open what goes beyond RECORD bytes and was looked through."""
        drop, keep = self._at, 0
        spare = min(self._seen, len(self._buffer)) - self._at - RECORD
        if spare > CHUNK:
            keep = RECORD
            self._lost += lines_in(self._buffer, self._at + RECORD, self._at + RECORD + spare)
            self._cut += spare
            drop += spare
        self._buffer = self._buffer[self._at : self._at + keep] + self._buffer[drop + keep :]
        self._at = 0
        self._seen -= drop
        self._sought = max(self._sought - drop, 0)
        if self._off:
            self._off = {kind: until - drop for kind, until in self._off.items()}


def _end_of(ending: bytes, buffer: bytes, begin: int, limit: int) -> int:
    """Where `ending`, which must begin before `limit`, ends in `buffer` from `begin` on; -1: nowhere."""
    if ending == b"]>":
        found = _SUBSET_END.search(buffer, begin, limit + LOOKAHEAD)
        return found.end() if found and found.start() < limit else -1
    at = buffer.find(ending, begin, limit + len(ending) - 1)
    return at + len(ending) if at >= 0 else -1
