"""Tables: CSV and TSV exports of databases and reference managers, their headers mapped by one table; and our own."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from evidence.formats import csv_own
from evidence.formats.csv_headers import COLUMNS, TAGS, Column, known, normal
from evidence.formats.csv_reading import RowDraft, finished, read_cell
from evidence.formats.csv_rows import Row, cells, rows
from evidence.formats.csv_rows import count as count_rows
from evidence.formats.encodings import Narrow, text_of
from evidence.model.limits import RECORD
from evidence.model.reference import Parsed, Unread
from evidence.ports import Format

_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 16  # bytes in which the header's end is looked for
_LEAST = 2  # columns that must be known
_ABOVE = 5  # rows among which the headers are


def sniff(head: bytes) -> bool:
    """Whether one of the file's first rows holds headers of which several are known."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16", "replace") if wide else head.replace(b"\0", b"").decode("utf-8", "replace")
    table = _table(text)
    return known(list(table.header)) > _LEAST or csv_own.is_own(list(table.header))


@dataclass(frozen=True, slots=True)
class _Table:
    """How a table is laid out: its delimiter, its headers, and the rows up to them and with them."""

    delimiter: str
    header: tuple[str, ...]
    above: int


def _table(text: str) -> _Table:
    """The layout of a table that begins with `text`. Rows above the headers are no entries: `sep=;`, a search's own words."""
    tried = [one for delimiter in _DELIMITERS for one in _first_rows(text, delimiter)]
    none = _Table(",", (), 1)
    return max(tried, key=lambda one: (known(list(one.header)), -one.above, len(one.header)), default=none)


def _first_rows(text: str, delimiter: str) -> Iterator[_Table]:
    narrow = Narrow(io.BytesIO(text.removeprefix("\ufeff").encode("utf-8", "replace")), "utf-8")
    for number, row in enumerate(islice(rows(narrow, delimiter.encode()), _ABOVE), 1):
        found = cells(row.raw.decode("utf-8", "replace"), delimiter, whole=row.whole)
        yield _Table(delimiter, tuple(cell.strip() for cell in found), number)


def _opened(source: BinaryIO, encoding: str) -> tuple[Narrow, _Table]:
    """The stream at its beginning, and how the table is laid out."""
    narrow = Narrow(source, encoding)
    head = narrow.first(_HEAD)
    table = _table(text_of(head[:_HEAD], narrow.encoding)[0])
    source.seek(0)
    return Narrow(source, encoding), table


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every row below the header, in order; a row that cannot be a record is unread, by line."""
    narrow, table = _opened(source, encoding)
    own = csv_own.is_own(list(table.header))
    columns = tuple((name, _column(name, table.header)) for name in table.header)
    for row in islice(rows(narrow, table.delimiter.encode()), table.above, None):
        yield _piece(row, narrow, table.delimiter, columns, own=own)


def _column(name: str, header: Sequence[str]) -> Column | None:
    label = normal(name)
    if label in TAGS and sum(normal(one) in TAGS for one in header) <= _LEAST:
        return None
    return COLUMNS.get(label)


def _piece(
    row: Row, narrow: Narrow, delimiter: str, columns: Sequence[tuple[str, Column | None]], *, own: bool
) -> Parsed | Unread:
    raw = narrow.own(row.raw)
    if row.cut:
        return Unread(raw, row.line, f"it is longer than {RECORD >> 20} MiB ({row.cut} bytes more)")
    text, warning = text_of(row.raw, narrow.encoding)
    found = cells(text, delimiter, whole=row.whole)
    if own and row.whole:
        try:
            return Parsed(csv_own.read(found), raw, row.line, (warning,) if warning else ())
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            return Unread(raw, row.line, f"a cell does not hold what its column should: {error}")
    if not row.whole:
        return Unread(raw, row.line, "a quotation mark is not closed: which cell ends where cannot be told")
    draft = RowDraft(pubmed=any(column and column[0] == "citation" for _, column in columns))
    draft.warnings += [warning] if warning else []
    if len(found) != len(columns):
        draft.warnings.append(f"it has {len(found)} cells, the header {len(columns)}")
    for at, cell in enumerate(found):
        name, column = columns[at] if at < len(columns) else (f"cell {at + 1}", None)
        if value := csv_own.bare(cell).strip():
            read_cell(draft, name, column, value)
    return finished(draft, raw, row.line)


def count(source: BinaryIO, encoding: str) -> int:
    """The rows below the header."""
    narrow, table = _opened(source, encoding)
    return max(count_rows(narrow, table.delimiter.encode()) - table.above, 0)


CSV = Format(
    name="csv", suffixes=(".csv", ".tsv", ".tab"), sniff=sniff, read=read, count=count, write=csv_own.write,
    write_raw=csv_own.write_raw,
)  # fmt: skip
