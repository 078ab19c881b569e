"""JSON cut into its items, with flat memory, and counted by another way.

An item is what stands at the base: in the array, in the array `items` of an object, or at the top. In broken JSON a
bracket closes whatever is open, and a backslash takes the next character along, in strings and outside of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from evidence.formats.encodings import Narrow

LIMIT = 8 << 20  # bytes of one item that are kept; what goes on longer is refused
CHUNK = 1 << 18
_MARK = re.compile(rb'\\.|["{}\[\],]|[^\s"{}\[\],\\]+', re.DOTALL)
_STRING_END = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_OUTSIDE = re.compile(rb"[{}\[\],]|[^\s{}\[\],]+")
_WRAPPED = re.compile(rb'\s*\{\s*"items"\s*:\s*\[')


@dataclass(frozen=True, slots=True)
class Item:
    """The bytes of one item as UTF-8, its 1-based line, and how many bytes beyond LIMIT were left out."""

    raw: bytes
    line: int
    cut: int = 0


def items(source: Narrow) -> Iterator[Item]:
    """Every item of `source`, in order; the last one may be open, and words that are no item come by themselves."""
    scan = _Scan()
    while chunk := source.read(CHUNK):
        yield from scan.take(chunk)
    yield from scan.end()


def count(source: Narrow) -> int:
    """How many items there are: strings are taken out at their quotes, then brackets counted."""
    tally, quoted, rest = _Tally(), False, b""
    while chunk := source.read(CHUNK):
        tally.base = _base(chunk) if tally.base < 0 else tally.base
        text, rest = _whole(rest + chunk)
        for at, part in enumerate(_ESCAPED.sub(b"x", text).split(b'"')):
            quoted = quoted if at == 0 else not quoted
            if not quoted:
                tally.over(part)
            elif at:
                tally.word()
    return tally.end()


def _whole(text: bytes) -> tuple[bytes, bytes]:
    """`text` without a backslash at its end whose other half has not come yet, and that backslash."""
    odd = (len(text) - len(text.rstrip(b"\\"))) % 2
    return (text[:-1], text[-1:]) if odd else (text, b"")


def _base(head: bytes) -> int:
    if _WRAPPED.match(head[:4096]):
        return 2
    return 1 if head.lstrip()[:1] == b"[" else 0


@dataclass(slots=True)
class _Tally:
    base: int = -1
    depth: int = 0
    total: int = 0
    loose: bool = False  # a word stands at the base and is not counted yet

    def over(self, part: bytes) -> None:
        for mark in _OUTSIDE.findall(part):
            if mark not in b"{}[],":
                self.word()
                continue
            if self.depth == self.base:
                self.settle()
                self.total += mark in b"{["
            if mark in b"{[":
                self.depth += 1
            elif mark in b"}]":
                self.depth = max(self.depth - 1, 0)

    def word(self) -> None:
        self.loose = self.loose or self.depth == self.base

    def settle(self) -> None:
        self.total += self.loose
        self.loose = False

    def end(self) -> int:
        self.settle()
        return self.total


@dataclass(slots=True)
class _Scan:
    """Chunks in, items out. `_parts` hold what came of the open item, `_line` the line on which the chunk starts."""

    _base: int = -1
    _depth: int = 0
    _quoted: bool = False
    _rest: bytes = b""
    _line: int = 1
    _start: int = -1  # where the open item starts in the chunk; -1: none is open
    _first: int = 0  # the line of the open item
    _loose: bool = False
    _parts: list[bytes] = field(default_factory=list)
    _size: int = 0

    def take(self, chunk: bytes) -> Iterator[Item]:
        if self._base < 0:
            self._base = _base(chunk)
        text, self._rest = _whole(self._rest + chunk)
        at = 0
        while at < len(text):
            if self._quoted:
                end = _STRING_END.match(text, at)
                self._quoted = end is None
                at = end.end() if end else len(text)
                continue
            found = _MARK.search(text, at)
            if not found:
                break
            yield from self._mark(text, found)
            at = found.end()
        self._keep(text)
        self._line += text.count(b"\n")

    def end(self) -> Iterator[Item]:
        if self._start >= 0:
            if self._rest:
                self._parts.append(self._rest)
            yield self._close(b"", 0)

    def _mark(self, text: bytes, found: re.Match[bytes]) -> Iterator[Item]:
        mark, at_base = found.group(), self._depth == self._base
        if mark not in b'"{}[],':
            self._open(text, found.start(), loose=True)
            return
        self._quoted = mark == b'"'
        if mark == b'"':
            self._open(text, found.start(), loose=True)
            return
        if at_base and self._loose:
            yield self._close(text, found.start())
        if mark in b"{[":
            self._open(text, found.start(), loose=False)
            self._depth += 1
        elif mark in b"}]":
            self._depth = max(self._depth - 1, 0)
            if self._depth == self._base and self._start >= 0:
                yield self._close(text, found.end())

    def _open(self, text: bytes, at: int, *, loose: bool) -> None:
        if self._depth == self._base and self._start < 0:
            self._start, self._loose = at, loose
            self._first = self._line + text.count(b"\n", 0, at)

    def _close(self, text: bytes, end: int) -> Item:
        self._parts.append(text[max(self._start, 0) : end])
        raw = b"".join(self._parts).rstrip()
        cut = max(self._size + end - self._start - LIMIT, 0)
        item = Item(raw[:LIMIT], self._first, cut)
        self._start, self._loose, self._size = -1, False, 0
        self._parts.clear()
        return item

    def _keep(self, text: bytes) -> None:
        if self._start >= 0:
            part = text[self._start :]
            if self._size < LIMIT:
                self._parts.append(part)
            self._size += len(part)
            self._start = 0
