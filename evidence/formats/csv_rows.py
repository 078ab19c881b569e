"""A table's rows as bytes, with flat memory, and their cells; and the rows counted by another way.

A row is one line, or several where a quoted cell holds line ends. A quotation mark opens a cell only at its beginning and
closes it only before a delimiter or a line's end; a pair of them inside is one. Where a quoted cell is never closed, or
another one begins inside of it at the beginning of a cell, the row is its first line alone and the mark is a plain sign:
so an unclosed quotation spoils no other row. Source of the plain form: RFC 4180.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evidence.formats.encodings import Narrow
from evidence.model.limits import FIELD, RECORD

CHUNK = 1 << 18
LINES = 10_000  # lines that one quoted cell may go over
PATIENCE = 64 << 20  # bytes that may be looked at ahead in vain before each line is taken as a row
_END = re.compile(rb"\r\n?|\n")
_BLANK = b" \t\r\n\x00\x1a"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its bytes without the line end, its 1-based line, whether its quotation marks are whole.

    `cut` is the number of bytes beyond RECORD that were left out.
    """

    raw: bytes
    line: int
    whole: bool = True
    cut: int = 0


def rows(source: Narrow, delimiter: bytes) -> Iterator[Row]:
    """Every row that holds anything, the header among them."""
    lines = Lines(source)
    vain = 0  # bytes that were looked at ahead and did not close a quotation
    while (first := lines.take()) is not None:
        raw, number, cut = first
        if _is_empty(raw, delimiter):
            continue
        if cut or not _scan(raw, delimiter, quoted=False)[0]:
            yield Row(raw.rstrip(b"\r\n"), number, cut=cut)
            continue
        joined, looked = _joined(lines, raw, delimiter) if vain < PATIENCE else (None, 0)
        if joined is None:
            vain += looked
        yield Row((joined or raw).rstrip(b"\r\n"), number, joined is not None)


def _is_empty(line: bytes, delimiter: bytes) -> bool:
    """Whether every cell of a line is empty."""
    return not line.strip(_BLANK + delimiter + b'"') and line.count(b'"') % 2 == 0


def _joined(lines: Lines, raw: bytes, delimiter: bytes) -> tuple[bytes | None, int]:
    """The open line `raw` with those up to where its quotation closes, or None; and how many bytes were looked at."""
    parts, size = [raw], len(raw)
    for ahead in range(LINES):
        line = lines.peek(ahead)
        if line is None or size > FIELD:
            break
        size += len(line)
        opened, broken = _scan(line, delimiter, quoted=True)
        if broken:
            break
        parts.append(line)
        if not opened:
            lines.drop(ahead + 1)
            return b"".join(parts), size
    return None, size


def _scan(line: bytes, delimiter: bytes, *, quoted: bool) -> tuple[bool, bool]:
    """Whether a quoted cell is open at the end of `line`, and whether one seems to begin inside of another."""
    if b'"' not in line:
        return quoted, False
    at, end = 0, len(line.rstrip(b"\r\n"))
    earlier = quoted  # the open cell began on an earlier line
    while at <= end:
        if not quoted:
            start = _past_blanks(line, at)
            if line[start : start + 1] != b'"':
                found = line.find(delimiter, at, end)
                if found < 0:
                    return False, False
                at = found + 1
                continue
            quoted, at = True, start + 1
        mark = line.find(b'"', at, end)
        if mark < 0:
            return True, False
        after = _past_blanks(line, mark + 1)
        if mark + 1 < end and line[mark + 1 : mark + 2] == b'"':
            at = mark + 2
        elif after >= end:
            return False, False
        elif line[after : after + 1] == delimiter:
            quoted, earlier, at = False, False, after + 1
        elif earlier and (mark == 0 or line[mark - 1 : mark] == delimiter):
            return True, True
        else:
            at = mark + 1
    return quoted, False


def _past_blanks(line: bytes, at: int) -> int:
    while line[at : at + 1] == b" ":
        at += 1
    return at


def count(source: Narrow, delimiter: bytes) -> int:
    """How many rows hold anything, by a machine that goes from sign to sign; the header is one of them."""
    lines, machine, total, vain = Lines(source), _Machine(delimiter), 0, 0
    while (first := lines.take()) is not None:
        raw, _, cut = first
        if _is_empty(raw, delimiter):
            continue
        total += 1
        machine.begin()
        machine.over(raw)
        if cut or not machine.waits() or vain >= PATIENCE:
            continue
        size, ahead = len(raw), 0
        while machine.waits() and ahead < LINES and size <= FIELD:
            line = lines.peek(ahead)
            if line is None:
                break
            size, ahead = size + len(line), ahead + 1
            machine.over(line)
        if machine.unended():
            vain += size
        else:
            lines.drop(ahead)
    return total


class _Machine:
    """Signs in; whether a quotation is open out. `_state`: at a cell's beginning, in a plain or a quoted one."""

    def __init__(self, delimiter: bytes) -> None:
        self._delimiter = delimiter
        self._sign = re.compile(
            rb' +|"+|' + re.escape(delimiter) + rb'|[\r\n]+|[^ "\r\n' + re.escape(delimiter) + rb"]+"
        )
        self.begin()

    def begin(self) -> None:
        self.open = self.broken = self._earlier = False
        self._state = "start"

    def waits(self) -> bool:
        """Whether a quotation is open and may still be closed."""
        return self.open and not self.broken

    def unended(self) -> bool:
        """Whether a quotation was not closed."""
        return self.open or self.broken

    def over(self, line: bytes) -> None:
        """Go over one line; a machine that is open goes on inside of its quoted cell."""
        self._earlier = self.open
        signs = self._sign.findall(line)
        for at, sign in enumerate(signs):
            if self.open:
                self._quoted(signs, at, sign)
            elif sign == self._delimiter:
                self._state = "start"
            elif self._state == "start" and sign[:1] == b'"':
                self.open = True
                self._quoted(signs, at, sign[1:])
            elif sign[:1] != b" ":
                self._state = "plain"
            if self.broken:
                return
        if not self.open:
            self._state = "start"

    def _quoted(self, signs: list[bytes], at: int, marks: bytes) -> None:
        """Inside of a quoted cell: an odd number of marks may close it, when a delimiter or the end comes next."""
        if marks[:1] != b'"' or len(marks) % 2 == 0:
            return
        after = next((one for one in signs[at + 1 : at + 3] if one[:1] != b" "), b"\n")
        if after[:1] in b"\r\n" or after == self._delimiter:
            self.open, self._earlier, self._state = False, False, "closed"
        elif self._earlier and len(marks) == 1 and (at == 0 or signs[at - 1] == self._delimiter):
            self.broken = True


class Lines:
    """The lines of a stream with their ends, one at a time or looked at ahead; one longer than RECORD is cut."""

    def __init__(self, source: Narrow) -> None:
        self._source = source
        self._rest = b""
        self._ready: list[tuple[bytes, int]] = []  # bytes of a line, and how many more were left out
        self._next = 0
        self._line = 1
        self._ended = False

    def take(self) -> tuple[bytes, int, int] | None:
        """The next line, its 1-based number and how many of its bytes were left out; None at the end."""
        line = self._at(0)
        if line is None:
            return None
        number = self._line
        self.drop(1)
        return line[0], number, line[1]

    def peek(self, ahead: int) -> bytes | None:
        """The line `ahead` of the next one, which stays; None at the end."""
        line = self._at(ahead)
        return None if line is None else line[0]

    def drop(self, count: int) -> None:
        """Go past `count` lines."""
        self._next += count
        self._line += count

    def _at(self, ahead: int) -> tuple[bytes, int] | None:
        while self._next + ahead >= len(self._ready):
            if self._ended:
                return None
            self._fill()
        return self._ready[self._next + ahead]

    def _fill(self) -> None:
        del self._ready[: self._next]
        self._next = 0
        chunk = self._source.read(CHUNK)
        lines = (self._rest + chunk).splitlines(keepends=True)
        self._ended = not chunk
        self._rest = b""
        if lines and chunk and not lines[-1].endswith(b"\n"):
            self._rest = lines.pop()  # also one that ends with CR: an LF may follow
        self._ready += [(line[:RECORD], len(line) - RECORD) if len(line) > RECORD else (line, 0) for line in lines]
        if len(self._rest) > RECORD:
            self._long()

    def _long(self) -> None:
        """The line that is open goes on beyond a record's limit: its beginning is kept, the rest counted."""
        kept, cut = self._rest[:RECORD], len(self._rest) - RECORD
        self._rest = b""
        while chunk := self._source.read(CHUNK):
            end = _END.search(chunk)
            if end:
                cut += end.start()
                self._rest = chunk[end.end() :]
                break
            cut += len(chunk)
        self._ready.append((kept, cut))


def cells(text: str, delimiter: str, *, whole: bool = True) -> list[str]:
    """The cells of one row's text; `whole` False: quotation marks are plain signs."""
    if '"' not in text or not whole:
        return [cell.strip() for cell in text.split(delimiter)]
    found: list[str] = []
    at, end = 0, len(text)
    while at <= end:
        start = at
        while text[start : start + 1] == " ":
            start += 1
        if text[start : start + 1] != '"':
            stop = text.find(delimiter, at)
            stop = end if stop < 0 else stop
            found.append(text[at:stop].strip())
            at = stop + 1
            continue
        cell, at = _quoted(text, start + 1, delimiter)
        found.append(cell)
    return found


def _quoted(text: str, at: int, delimiter: str) -> tuple[str, int]:
    """The quoted cell whose text begins at `at`, and where the next one begins."""
    parts: list[str] = []
    start = at
    while True:
        mark = text.find('"', at)
        if mark < 0:
            return ("".join(parts) + text[start:]), len(text) + 1
        if text[mark + 1 : mark + 2] == '"':
            parts.append(text[start : mark + 1])
            at = start = mark + 2
            continue
        after = mark + 1
        while text[after : after + 1] == " ":
            after += 1
        if after == len(text) or text[after] == delimiter:
            return "".join(parts) + text[start:mark], after + 1
        at = mark + 1
