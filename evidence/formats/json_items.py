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
_SIGN = re.compile(rb'\\.|["{}\[\],]', re.DOTALL)  # words within an open item tell nothing
_STRING_END = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_OUTSIDE = re.compile(rb"[{}\[\],]|[^\s{}\[\],]+")
_ITEMS = re.compile(rb'"items"\s*:\s*\[')


@dataclass(frozen=True, slots=True)
class Item:
    """The bytes of one item as UTF-8, its 1-based line, and how many bytes beyond LIMIT were left out."""

    raw: bytes
    line: int
    cut: int = 0


def items(source: Narrow) -> Iterator[Item]:
    """Every item of `source`, in order; the last one may be open, and words that are no item come by themselves."""
    scan = _Scan()
    for chunk in _chunks(source):
        yield from scan.take(chunk)
    yield from scan.end()


def _chunks(source: Narrow) -> Iterator[bytes]:
    """The file in chunks; the first is as long as it can be, since it tells where the items are."""
    if first := source.first(CHUNK):
        yield first
    while chunk := source.read(CHUNK):
        yield chunk


def count(source: Narrow) -> int:
    """How many items there are: strings are taken out at their quotes, then brackets counted."""
    tally, quoted, rest = _Tally(), False, b""
    for number, chunk in enumerate(_chunks(source)):
        begun = chunk if number else tally.begin(chunk)
        text, rest = _whole(rest + begun)
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


def _begin(head: bytes) -> tuple[int, int]:
    """At what depth the items stand, and how many bytes of `head`, a file's beginning, come before the first of them.

    Zotero's own export has its settings and collections before the array `items`.
    """
    if head.lstrip()[:1] == b"[":
        return 1, 0
    found = _ITEMS.search(head)
    while found:
        before = _ESCAPED.sub(b"x", head[: found.start()]).split(b'"')
        outside = b"".join(before[::2])
        depth = sum(map(outside.count, (b"{", b"["))) - sum(map(outside.count, (b"}", b"]")))
        if len(before) % 2 == 1 and depth == 1:
            return 2, found.end()
        found = _ITEMS.search(head, found.end())
    return 0, 0


@dataclass(slots=True)
class _Tally:
    base: int = -1
    depth: int = 0
    total: int = 0
    loose: bool = False  # a word stands at the base and is not counted yet
    ended: bool = False  # the array of the items has closed; what comes after it is none

    def begin(self, chunk: bytes) -> bytes:
        self.base, before = _begin(chunk)
        self.depth = self.base if before else 0
        return chunk[before:]

    def over(self, part: bytes) -> None:
        for mark in _OUTSIDE.findall(part):
            if mark not in b"{}[],":
                self.word()
                continue
            if self.depth == self.base and not self.ended:
                self.settle()
                self.total += mark in b"{["
            if mark in b"{[":
                self.depth += 1
            elif mark in b"}]":
                self.depth = max(self.depth - 1, 0)
                self.ended = self.ended or self.depth < self.base == 2

    def word(self) -> None:
        self.loose = self.loose or (self.depth == self.base and not self.ended)

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
    _ended: bool = False

    def take(self, chunk: bytes) -> Iterator[Item]:
        if self._base < 0:
            chunk = self._begin(chunk)
        text, self._rest = _whole(self._rest + chunk)
        at = 0
        while at < len(text):
            if self._quoted:
                end = _STRING_END.match(text, at)
                self._quoted = end is None
                at = end.end() if end else len(text)
                continue
            found = (_MARK if self._start < 0 else _SIGN).search(text, at)
            if not found:
                break
            yield from self._mark(text, found)
            at = found.end()
        self._keep(text)
        self._line += text.count(b"\n")

    def _begin(self, chunk: bytes) -> bytes:
        self._base, before = _begin(chunk)
        self._depth = self._base if before else 0
        self._line += chunk.count(b"\n", 0, before)
        return chunk[before:]

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
            self._ended = self._ended or self._depth < self._base == 2

    def _open(self, text: bytes, at: int, *, loose: bool) -> None:
        if self._depth == self._base and self._start < 0 and not self._ended:
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
