"""Ovid's text in: every record of a file as a reference, or as unread with the reason.

A record begins with its number alone on a line (`<1>`, `<1. >`). Its fields stand in one of two forms: a display name on
a line and its value set in below it, or two letters and a dash. Source: Ovid, database guides (MEDLINE, Embase).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.draft import Draft
from evidence.formats.encodings import Narrow
from evidence.formats.marks import BOM, Marks, heads
from evidence.formats.ovid_fields import NAMES, Field, put_fields
from evidence.formats.tagged import read_pieces
from evidence.model.reference import Parsed, Unread
from evidence.ports import Format

_END = rb"[ \t]{0,64}(?=[\r\n]|\Z)"
_COUNTED = rb"<\d{1,7}\.? ?>" + _END
_VENDOR = rb"VN {1,2}- \S"  # the first line of every record in the short form
_NAMED = rb"Unique Identifier" + _END
# fresh: behind a record's number; inside: behind the line that begins one which has no number.
_MARKS = Marks(
    {
        "outside": rb"(?P<begin_fresh>" + _COUNTED + rb")|(?P<begin_inside>" + _VENDOR + rb"|" + _NAMED
        + rb"|(?:AU|AN|TI|UI) {1,2}- \S|(?:Accession Number|Authors?|Title)" + _END + rb")",
        "fresh": rb"(?P<begin_fresh>" + _COUNTED + rb")|(?P<in_inside>" + _VENDOR + rb"|" + _NAMED + rb")",
        "inside": rb"(?P<begin_fresh>" + _COUNTED + rb")|(?P<begin_inside>" + _VENDOR + rb"|" + _NAMED + rb")",
    },
    indented=False,
)  # fmt: skip
_FIRST_TAGS = (b"AU", b"AN", b"TI", b"UI", b"VN")
_FIRST_NAMES = (b"Unique Identifier", b"Accession Number", b"Author", b"Authors", b"Title")
_NUMBER_LINE = re.compile(r"<\d{1,7}\.? ?>[ \t]*(?:\n|$)")
_SHORT = re.compile(r"^([A-Z][A-Z0-9]) {1,2}- ?(.*)$", re.MULTILINE)
# What stands above the first record: the database, the search, its lines and their numbers of hits.
_HARMLESS = re.compile(r"Database(?:\(s\))?:.*|Search (?:Strategy|History).*|\d{1,4} .*|# .*|[-=_*#~ ]+", re.IGNORECASE)


def sniff(head: bytes) -> bool:
    """Whether a record's number stands alone on a line in the first 4 KiB, and a field of either form behind it."""
    return _MARKS.begins_in(head, "outside") and bool(
        re.search(
            rb"[\r\n](?:VN {1,2}- Ovid|(?:Unique Identifier|Accession Number|Record Owner|Authors?|Title|Source)[ \t]*[\r\n]+[ \t])",
            b"\n" + head.replace(b"\0", b""),
        )
    )


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every record in order, with flat memory and its own bytes."""
    return read_pieces(Narrow(source, encoding), _MARKS, "ovid", _record, _HARMLESS)


def count(source: BinaryIO, encoding: str) -> int:
    """The records of the file, counted line by line; nothing is cut out or parsed."""
    total, state = 0, "outside"
    for head in heads(Narrow(source, encoding)):
        line = head.removeprefix(BOM)
        name = line.rstrip(b" \t")
        name = name if len(line) - len(name) <= 64 else b""
        vendor = line[:2] in _FIRST_TAGS and _is_short(line)
        if name[:1] == b"<" and name[-1:] == b">" and _is_number(name[1:-1]):
            total, state = total + 1, "fresh"
        elif state == "outside":
            if vendor or name in _FIRST_NAMES:
                total, state = total + 1, "inside"
        elif (vendor and line[:2] == b"VN") or name == b"Unique Identifier":
            total, state = total + (state == "inside"), "inside"
    return total


def _is_short(line: bytes) -> bool:
    dash = line.find(b"- ", 3, 6)
    return dash > 0 and line[2:dash] in {b" ", b"  "} and bool(line[dash + 2 : dash + 3].strip())


def _is_number(text: bytes) -> bool:
    digits = text.removesuffix(b" ").removesuffix(b".")
    return digits.isdigit() and len(digits) <= 7


def _record(text: str, draft: Draft) -> str | None:
    text = _NUMBER_LINE.sub("", text.lstrip("\ufeff"), count=1) if text[:1] == "<" else text
    fields = list(_short_fields(text) if _SHORT.match(text.lstrip()) else _named_fields(text))
    if not fields:
        return "it is empty: nothing stands behind its number"
    put_fields(fields, draft)
    return None


def _short_fields(text: str) -> Iterator[Field]:
    """Fields of two letters and a dash, each with its lines; a line without is a continuation."""
    parts = _SHORT.split(text)
    for at in range(1, len(parts), 3):
        lines = [
            part for part in (" ".join(one.split()) for one in (parts[at + 1] + parts[at + 2]).split("\n")) if part
        ]
        if lines:
            yield parts[at], parts[at], lines


def _named_fields(text: str) -> Iterator[Field]:
    """Fields whose name stands alone on a line; where no value is set in, by the names that are known."""
    set_in = re.search(r"^[ \t]+\S", text, re.MULTILINE) is not None
    name, lines = "Text", list[str]()  # what stands before the first name
    for line in text.split("\n"):
        bare = " ".join(line.split())
        is_name = bool(bare) and not line[0].isspace() and len(bare) < 80
        if is_name and (set_in or bare in NAMES):
            if lines:
                yield NAMES.get(name, ""), name, lines
            name, lines = bare, []
        elif bare:
            lines.append(bare)
    if lines:
        yield NAMES.get(name, ""), name, lines


OVID = Format(name="ovid", suffixes=(".ovd", ".ovid"), sniff=sniff, read=read, count=count)
