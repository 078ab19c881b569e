"""A .bib file cut into blocks, with flat memory, and counted by another way.

A block starts at a line that begins with `@word{` (or `@word(` with a key and a comma), whatever stands open before
it, or after a closing brace on the same line with a key and a comma. So an unclosed entry spoils no other one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from evidence.formats.encodings import Narrow

LIMIT = 8 << 20  # bytes of one entry that are kept; what goes on longer is refused
CHUNK = 1 << 18
_LONG = 1 << 16  # a line longer than this is looked at in parts
_REACH = 1024  # no start is longer than this, with what stands before it
_BLANKS = 600  # blanks that may stand before a start on its line
_HEAD = re.compile(
    rb"@[ \t]{0,4}([A-Za-z][\w.+-]{0,63})[ \t]{0,8}(\r?\n[ \t]{0,8})?([{(])([^\n\r,={}\"()@]{0,200})(,?)"
)
_BARE = re.compile(rb"[ \t]{0,64}@[ \t]{0,4}[A-Za-z][\w.+-]{0,63}[ \t]{0,8}\r?\n")
_NO_ENTRY = frozenset((b"string", b"preamble", b"comment"))
_ENDS = re.compile(rb"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Block:
    """What stands from one start to the next: `word` in lower case, its bytes as UTF-8, its 1-based line.

    `cut` is the number of bytes beyond LIMIT that were left out of `raw`.
    """

    word: str
    raw: bytes
    line: int
    cut: int = 0

    @property
    def is_entry(self) -> bool:
        """Whether it is a work, and not a macro, a preamble or a comment."""
        return self.word.encode() not in _NO_ENTRY


def blocks(source: Narrow) -> Iterator[Block]:
    """Every block of `source`, in order; text outside of blocks is left out, as BibTeX does."""
    cutter = _Cutter()
    while chunk := source.read(CHUNK):
        yield from cutter.take(chunk)
    yield from cutter.end()


def count(source: BinaryIO, encoding: str) -> int:
    """The entries of a .bib file, counted line by line; nothing is cut out or parsed."""
    total, bare = 0, b""
    for line, start, stop in _lines(Narrow(source, encoding)):
        text, shift = b"\n" + bare + line, 1 + len(bare)
        bare = line if _BARE.fullmatch(line) else b""
        if b"@" in text:
            after = start + shift if start else 0
            total += sum(1 for _, word in _heads(text, after, stop + shift) if word not in _NO_ENTRY)
    return total


def starts_with_entry(head: bytes) -> bool:
    """Whether a block starts in `head`, the beginning of a file."""
    text = b"\n" + head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf")
    return any(True for _ in _heads(text, 0, len(text)))


def _heads(text: bytes, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """Where blocks start in `text` between `start` and `stop`, each with its word in lower case."""
    for found in _HEAD.finditer(text, start):
        if found.start() >= stop:
            return
        if _starts(text, found):
            yield found.start(), found.group(1).lower()


def _starts(text: bytes, found: re.Match[bytes]) -> bool:
    word, broken, delimiter, key, comma = found.groups()
    special = word.lower() in _NO_ENTRY
    before = text[max(found.start() - _BLANKS, 0) : found.start()].rstrip(b" \t")
    if before[-1:] in {b"\n", b"\r"}:
        keyed = comma or text[found.end() : found.end() + 1] in {b"", b"\r", b"\n"}
        return delimiter == b"{" or special or bool(keyed and b" " not in key.strip())
    after_close = before.rstrip(b" \t,")[-1:] in {b"}", b")"}
    return after_close and not broken and delimiter == b"{" and bool(comma or special)


@dataclass(slots=True)
class _Cutter:
    """Chunks in, blocks out. `_buffer` holds the open block, `_seen` how much of it holds no further start."""

    _buffer: bytearray = field(default_factory=lambda: bytearray(b"\n"))
    _seen: int = 0
    _line: int = 0  # the line on which the buffer starts; the newline put before the file makes it 1
    _word: bytes | None = None
    _cut: int = 0
    _lost: int = 0  # lines among what was cut

    def take(self, chunk: bytes) -> Iterator[Block]:
        self._buffer += chunk
        yield from self._split(len(self._buffer) - _REACH)
        self._bound()

    def end(self) -> Iterator[Block]:
        yield from self._split(len(self._buffer))
        yield from self._close(bytes(self._buffer))

    def _split(self, stop: int) -> Iterator[Block]:
        """Yield what ends before `stop`: a start further on may not be whole yet."""
        if stop <= self._seen:
            return
        skipped = max(self._seen - _REACH, 0)
        window, at = bytes(self._buffer[skipped:]), 0
        for found, word in _heads(window, self._seen - skipped, stop - skipped):
            start = found + skipped
            raw = bytes(self._buffer[at:start])
            yield from self._close(raw)
            self._line += _lines_in(raw) + self._lost
            self._word, self._cut, self._lost, at = word, 0, 0, start
        self._seen = max(stop, at + 1) - at
        del self._buffer[:at]

    def _close(self, raw: bytes) -> Iterator[Block]:
        if self._word is not None:
            yield Block(self._word.decode(), raw[:LIMIT] if self._cut else raw, self._line, self._cut)

    def _bound(self) -> None:
        """Keep LIMIT bytes of an open block and the end, where the next start may stand; none outside of a block."""
        keep = LIMIT if self._word is not None else 0
        spare = len(self._buffer) - keep - 2 * _REACH
        if spare > CHUNK:
            self._lost += _lines_in(bytes(self._buffer[keep : keep + spare]))
            del self._buffer[keep : keep + spare]
            self._cut += spare if self._word is not None else 0
            self._seen -= spare


def _lines_in(text: bytes) -> int:
    return len(_ENDS.findall(text)) if b"\r" in text else text.count(b"\n")


def _lines(source: Narrow) -> Iterator[tuple[bytes, int, int]]:
    """The lines of `source` with their ends, and where in each to look for starts: a long line comes in parts."""
    rest, start = b"", 0
    while chunk := source.read(_LONG):
        *whole, rest = _split_lines(rest + chunk)
        for line in whole:
            yield line, start, len(line)
            start = 0
        if len(rest) > _LONG:
            stop = len(rest) - _REACH
            kept = max(stop - _REACH, 0)
            yield rest, start, stop
            rest, start = rest[kept:], stop - kept
    yield rest, start, len(rest)


def _split_lines(text: bytes) -> list[bytes]:
    """Lines with their ends, and last what has no end yet (b"" when all have)."""
    lines = text.splitlines(keepends=True) or [b""]
    return [*lines, b""] if lines[-1].endswith(b"\n") else lines
