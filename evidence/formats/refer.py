"""EndNote's tagged text and refer(1) in: every record of a file as a reference, or as unread with the reason.

A piece goes from a `%0` line to the next. A blank line parts records too: always where there is no `%0`, and before a
tag that begins records where there is. Sources: Clarivate, "Creating a Tagged EndNote Import File"; refer(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.draft import Draft
from evidence.formats.encodings import Narrow
from evidence.formats.marks import BLANKS, BOM, Marks, heads, unindented
from evidence.formats.refer_fields import LISTS, put_fields
from evidence.formats.tagged import one_line, read_pieces
from evidence.model.markup import rich
from evidence.model.reference import Parsed, Unread
from evidence.ports import Format

_AFTER = rb"(?=[ \t\r\n]|\Z)"
_TYPE, _FIRST, _ANY = (rb"%" + sign + _AFTER for sign in (b"0", b"[ABEFHIJLQTCD]", b"[!-~]"))
_OTHER = rb"(?!" + _TYPE + rb")" + _ANY
# fresh: behind the line `%0`; spaced: a blank line stands behind it, as in files whose every second line is blank;
# typed: within a record that began with `%0`; bare: within one that did not.
_MARKS = Marks({
    "outside": rb"(?P<begin_fresh>" + _TYPE + rb")|(?P<begin_bare>" + _ANY + rb")",
    "fresh": rb"(?P<begin_fresh>" + _TYPE + rb")|(?P<in_typed>" + _ANY + rb")|" + Marks.BLANK_LINE + rb"(?P<in_spaced>" + _OTHER + rb")",
    "spaced": rb"(?P<begin_fresh>" + _TYPE + rb")",
    "typed": rb"(?P<begin_fresh>" + _TYPE + rb")|" + Marks.BLANK_LINE + rb"(?P<begin_bare>" + _FIRST + rb")",
    "bare": rb"(?P<begin_fresh>" + _TYPE + rb")|" + Marks.BLANK_LINE + rb"(?P<begin_bare>" + _OTHER + rb")",
})  # fmt: skip
_FIELD = re.compile(r"\n[ \t]*%([!-~])(?:[ \t]|(?=\n)|$)")
_HARMLESS = re.compile(r"\d{1,7}[.:]?|[-=_*#~ ]+")


def sniff(head: bytes) -> bool:
    """Whether the file begins with a tagged line, and another follows it."""
    text = head.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").removeprefix(BOM).lstrip()
    return bool(re.match(rb"%(?:0[ \t]+\S|[A-Z] ?[^\r\n]*[\r\n]+[ \t]*%[!-~][ \t])", text))


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every record in order, with flat memory and its own bytes."""
    return read_pieces(Narrow(source, encoding), _MARKS, "refer", _record, _HARMLESS)


def count(source: BinaryIO, encoding: str) -> int:
    """The records of the file, counted line by line; nothing is cut out or parsed."""
    total, blank, kind = 0, False, "outside"
    for head in heads(Narrow(source, encoding)):
        line = unindented(head)
        if line[:1] == b"%" and 33 <= (line[1:2] or b"\0")[0] <= 126 and line[2:3] in b" \t":
            tag = line[1:2]
            if tag == b"0":
                total, kind = total + 1, "fresh"
            elif kind == "outside" or (blank and (kind == "bare" or (kind == "typed" and tag in b"ABEFHIJLQTCD"))):
                total, kind = total + 1, "bare"
            elif kind == "fresh":
                kind = "spaced" if blank else "typed"
        bare = head.removeprefix(BOM)
        blank = len(bare) <= BLANKS and not bare.strip(b" \t")
    return total


def _record(text: str, draft: Draft) -> str | None:
    parts = _FIELD.split("\n" + text)
    fields: dict[str, list[str]] = {}
    for tag, value in zip(parts[1::2], parts[2::2], strict=True):
        if text := _cleaned(tag, value):
            fields.setdefault(tag, []).append(text)
    if not fields.keys() - {"0"}:
        return "it is empty: no line of it holds anything"
    put_fields(fields, draft)
    return None


def _cleaned(tag: str, value: str) -> str:
    if "&" in value and ";" in value:
        value = rich(value)
    if tag in LISTS and "\n" in value:
        return "\n".join(filter(None, map(one_line, value.split("\n"))))
    return one_line(value)


REFER = Format(name="refer", suffixes=(".enw", ".refer"), sniff=sniff, read=read, count=count)
