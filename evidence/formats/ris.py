"""RIS in: every record of a file as a reference, with its own bytes and line, or as unread with the reason.

A piece goes from a `TY` line to its `ER` line, or to the next `TY` where that is missing. Tagged lines that stand
outside, by tags that are known, are a piece too: a record that lost its first line. Source: RIS format specification (2011).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.draft import Draft
from evidence.formats.encodings import Narrow
from evidence.formats.marks import Marks, heads, unindented
from evidence.formats.overlay import put_right
from evidence.formats.ris_fields import put_fields
from evidence.formats.ris_tags import KNOWN, LISTS, PROSE, TYPES
from evidence.formats.ris_write import OVERLAY, writer
from evidence.formats.tagged import is_odd, one_line, read_pieces
from evidence.model.markup import rich
from evidence.model.reference import Parsed, Unread
from evidence.ports import Format

_OURS = f"ris:{OVERLAY}"
_END = rb"(?=[\r\n]|\Z)"
_TAGS = "|".join(sorted(KNOWN)).encode()
_CODES = "|".join(sorted(TYPES, key=len, reverse=True)).encode()
# `TY  - JOUR`, with any one word or a name of two or three; with other blanks only a type that is known.
_TYPE = (
    rb"[Tt][Yy](?:  -(?=[^\r\n]{0,80}" + _END + rb")[ \t]*(?:\S*|[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+){1,2})[ \t]*" + _END
    + rb"|[ \t]{0,4}-(?=[^\r\n]{0,80}" + _END + rb")[ \t]*(?i:" + _CODES + rb")[ \t]*" + _END + rb")"
)  # fmt: skip
_MARKS = Marks({
    "outside": rb"(?P<begin_inside>[Tt][Yy]  -|" + _TYPE
    + rb"|(?:(?i:" + _TAGS + rb")  -|(?:" + _TAGS + rb") -)[ \t]{0,64}\S)",
    "inside": rb"(?P<begin_inside>" + _TYPE + rb")|(?P<end_outside>[Ee][Rr][ \t]{0,4}-[ \t\x00\x1a]{0,255}" + _END + rb")",
})  # fmt: skip
_FIELD = re.compile(r"\n([A-Z][A-Z0-9])  - ?")
_FIRST_AND_LAST = frozenset(("TY", "ER"))
_WIDE = re.compile(r"[ \t]*([A-Za-z][A-Za-z0-9])  -(.*)", re.DOTALL)
_LOOSE = re.compile(r"[ \t]*([A-Z][A-Z0-9])[ \t]{0,4}-(.*)", re.DOTALL)
# What programs print between records: "12.", "Record #3 of 20", where the file is from.
_HARMLESS = re.compile(
    r"\d{1,7}[.:)]?|Link to the .*|<?\d{1,7}\.? ?>?|Record #?\d+ of \d+.*|(?:Provider|Content|Database|Export Date|Source)\s?:.*|ER {0,4}-|[-=_*#~ ]+",
    re.IGNORECASE,
)


def sniff(head: bytes) -> bool:
    """Whether a record begins within the first 4 KiB: a `TY` line with a type."""
    return _MARKS.begins_in(head, "inside")


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every record in order, with flat memory and its own bytes."""
    for piece in read_pieces(Narrow(source, encoding), _MARKS, "ris", _record, _HARMLESS):
        ours = isinstance(piece, Parsed) and _OURS in piece.reference.extra
        yield put_right(piece, _OURS) if ours and isinstance(piece, Parsed) else piece


def count(source: BinaryIO, encoding: str) -> int:
    """The records of the file, counted line by line; nothing is cut out or parsed."""
    total, inside = 0, False
    for head in heads(Narrow(source, encoding)):
        if not head:
            continue
        line = unindented(head) if head[:1] in b" \t\xef" else head
        word = line[:2].upper()
        if word == b"TY" and (_is_type(line) if inside else line[2:5] == b"  -" or _is_type(line) or _is_field(line)):
            total, inside = total + 1, True
        elif word == b"ER":
            inside = inside and not _is_end(line)
        elif not inside and _is_field(line):
            total, inside = total + 1, True
    return total


def _is_type(line: bytes) -> bool:
    before, dash, value = line[2:].partition(b"-")
    if not dash or before.strip(b" \t") or len(before) > 4 or len(value) > 80:
        return False
    word = value.strip(b" \t")
    if word.upper().decode("latin-1") in TYPES:
        return True
    names = word.split(b" ")
    named = len(names) in {2, 3} and all(name.isalpha() and len(name) > 1 and name[:1].isupper() for name in names)
    return before == b"  " and (word.split() == ([word] if word else []) or named)


def _is_end(line: bytes) -> bool:
    before, dash, value = line[2:].partition(b"-")
    return (
        bool(dash)
        and len(before) <= 4
        and not before.strip(b" \t")
        and len(value) < 256
        and not value.strip(b" \t\0\x1a")
    )


def _is_field(line: bytes) -> bool:
    tag, wide = line[:2], line[2:5] == b"  -"
    if tag.upper().decode("latin-1") not in KNOWN or not (wide or (line[2:4] == b" -" and tag == tag.upper())):
        return False
    value = line[5 if wide else 4 :]
    text = value.lstrip(b" \t")
    return bool(text[:1].strip()) and len(value) - len(text) <= 64


def _record(text: str, draft: Draft) -> str | None:
    text = text.rstrip()
    parts = _FIELD.split("\n" + text)
    tags = len(parts) // 2
    plain = tags == text.count("\n") + 1 and tags == text.count("  ") and " \n" not in text
    plain = plain and "\nER  -" not in text and "\nTY  -" not in text
    fields: dict[str, list[str]] = {}
    if plain and not is_odd(text):  # a line a field, no blanks but those of the tags
        dressed = "&" in text
        for tag, value in zip(parts[1::2], parts[2::2], strict=True):
            if value:
                fields.setdefault(tag, []).append(_cleaned(tag, value) if dressed and "&" in value else value)
    else:
        for tag, value in _fields(parts):
            if value and not value.isspace():
                fields.setdefault(tag, []).append(_cleaned(tag, value))
    if not fields.keys() - {"TY"}:
        return "it is empty: there is nothing between its first and its last line"
    put_fields(fields, draft)
    return None


def _cleaned(tag: str, value: str) -> str:
    if "&" in value and ";" in value:
        value = rich(value)
    return "\n".join(map(one_line, value.strip().split("\n"))) if tag in LISTS else one_line(value)


def _fields(parts: list[str]) -> Iterator[tuple[str, str]]:
    """The fields of a record, in order: tag in capitals, value as it stands, its lines parted by LF."""
    wide = len(parts) > 1 and not parts[0].strip()
    tag, held = "", [parts[0]]
    for at in range(1, len(parts), 2):
        if tag and parts[at] in _FIRST_AND_LAST and parts[at + 1].strip():
            held.append(f"{parts[at]}  - {parts[at + 1]}")  # it stands in a text that is wrapped
            continue
        if len(held) > 1 or "\n" in held[0]:
            yield from _within(tag, "\n".join(held).split("\n"), wide)
        elif tag:
            yield tag, held[0]
        tag, held = parts[at], [parts[at + 1]]
    yield from _within(tag, "\n".join(held).split("\n"), wide)


def _within(tag: str, lines: list[str], wide: bool) -> Iterator[tuple[str, str]]:
    """The field `tag` of many lines, and those of a looser form that stand in them. "": no field is open yet.

    `wide`: the record's first line has both blanks before its dash, so that a line with one is prose more likely.
    """
    held = lines[:1]
    for line in lines[1:]:
        found = _WIDE.fullmatch(line) or _LOOSE.fullmatch(line)
        if found and _is_tag(found, tag, wide):
            if tag:
                yield tag, "\n".join(held)
            tag, held = found[1].upper(), [found[2]]
        else:
            held.append(line)
    if tag:
        yield tag, "\n".join(held)


def _is_tag(found: re.Match[str], after: str, wide: bool) -> bool:
    tag = found[1].upper()
    if tag in _FIRST_AND_LAST and (after or tag == "ER"):
        return False
    if found.re is _WIDE:
        return tag in KNOWN
    if after in PROSE:
        return tag in KNOWN and not wide
    return tag in KNOWN or (not wide and found[2][:1] == " ")


RIS = Format(name="ris", suffixes=(".ris",), sniff=sniff, read=read, count=count, write=writer(read))
