"""Web of Science plain text in: every record of a file as a reference, or as unread with the reason.

A piece goes from a `PT` line to its `ER` line, or to the next `PT` where that is missing; a tag stands at the start of
its line, what goes on stands behind three blanks. Source: Clarivate, Web of Science Core Collection field tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.draft import Draft
from evidence.formats.encodings import Narrow
from evidence.formats.marks import BOM, Marks, heads
from evidence.formats.tagged import read_pieces
from evidence.formats.wos_fields import put_fields
from evidence.model.reference import Parsed, Unread
from evidence.ports import Format

_END = rb"(?=[\r\n]|\Z)"
# The tags by which a record may begin that lost its first line.
_FIRST = (b"AU", b"AF", b"BA", b"BE", b"CA", b"DI", b"GP", b"PT", b"SO", b"TI", b"UT")
_MARKS = Marks(
    {
        "outside": rb"(?P<begin_inside>(?:" + b"|".join(_FIRST) + rb") [ \t]{0,64}\S)",
        "inside": rb"(?P<begin_inside>PT [ \t]{0,8}[A-Za-z]{1,20}[ \t]{0,64}" + _END + rb")"
        rb"|(?P<end_outside>(?:ER|EF)[ \t\x00\x1a]{0,255}" + _END + rb"|FN \S)",
    },
    indented=False,
)
_FIELD = re.compile(r"\n([A-Z][A-Z0-9])(?: |(?=\n)|$)")
_HARMLESS = re.compile(r"(?:FN|VR) .*|EF|ER|\d{1,7}[.:]?|[-=_*#~ ]+")


def sniff(head: bytes) -> bool:
    """Whether the first 4 KiB hold the line that begins a record, with nothing of another format before it."""
    text = head.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").removeprefix(BOM).lstrip()
    return text.startswith((b"FN ", b"VR ", b"PT ")) and _MARKS.begins_in(head, "outside")


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every record in order, with flat memory and its own bytes."""
    return read_pieces(Narrow(source, encoding), _MARKS, "wos", _record, _HARMLESS)


def count(source: BinaryIO, encoding: str) -> int:
    """The records of the file, counted line by line; nothing is cut out or parsed."""
    total, inside = 0, False
    for head in heads(Narrow(source, encoding)):
        line = head.removeprefix(BOM)
        tag = line[:2]
        if not inside:
            begins = tag in _FIRST and line[2:3] == b" " and _has_text(line[3:])
        else:
            begins = line.startswith(b"PT ") and _is_word(line[3:])
            inside = not (tag in {b"ER", b"EF"} and len(line) < 258 and not line[2:].strip(b" \t\0\x1a")) and not (
                line.startswith(b"FN ") and bool(line[3:4].strip())
            )
        if begins:
            total, inside = total + 1, True
    return total


def _has_text(value: bytes) -> bool:
    text = value.lstrip(b" \t")
    return bool(text[:1].strip()) and len(value) - len(text) <= 64


def _is_word(value: bytes) -> bool:
    left = value.lstrip(b" \t")
    word = left.rstrip(b" \t")
    return word.isalpha() and len(word) <= 20 and len(value) - len(left) <= 8 and len(left) - len(word) <= 64


def _record(text: str, draft: Draft) -> str | None:
    parts = _FIELD.split("\n" + text)
    fields: dict[str, list[str]] = {}
    for tag, value in zip(parts[1::2], parts[2::2], strict=True):
        lines = [line for line in (" ".join(one.split()) for one in value.split("\n")) if line]
        if lines:
            fields.setdefault(tag, []).extend(lines)
    if not fields.keys() - {"PT", "FN", "VR"}:
        return "it is empty: there is nothing between its first and its last line"
    put_fields(fields, draft)
    return None


WOS = Format(name="wos", suffixes=(".wos", ".ciw", ".isi"), sniff=sniff, read=read, count=count)
