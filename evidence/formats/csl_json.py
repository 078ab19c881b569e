"""CSL-JSON: an array of items, an object with `items`, one item, or an item a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from evidence.formats import json_items, zotero_json
from evidence.formats.encodings import Narrow, json_of, text_of
from evidence.formats.json_items import LIMIT, Item
from evidence.formats.latex import one_line
from evidence.formats.markup import first_link, plain_blanks
from evidence.formats.pages import pages
from evidence.model.csl import from_csl, to_csl
from evidence.model.markup import FIELDS, rich
from evidence.model.reference import Date, Name, Parsed, Reference, Section, Unread
from evidence.ports import Format

_ONE_LINE = frozenset((*FIELDS - {"abstract"}, "publisher", "publisher-place", "volume", "issue", "page", "DOI", "URL"))
_LINK = re.compile(r"\s*(?:https?://(?:dx\.)?doi\.org/|doi:\s*)(?=10\.\d{4,9}/)", re.IGNORECASE)
_BEGINS = re.compile(rb"\s*(?:\[\s*[\[{\]\"]|\{\s*[\"}]|\[\s*$)")


def sniff(head: bytes) -> bool:
    """Whether the file begins as JSON and not as study facts, which are JSON too."""
    head = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return bool(_BEGINS.match(head)) and b'"fact"' not in head.strip().partition(b"\n")[0]


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every item in order, with flat memory and its own bytes. One that is broken or no item is unread, by line."""
    narrow = Narrow(source, encoding)
    for item in json_items.items(narrow):
        yield _piece(item, narrow.own(item.raw), narrow.encoding)


def _piece(item: Item, raw: bytes, encoding: str) -> Parsed | Unread:
    if item.cut:
        return Unread(raw, item.line, f"it is longer than {LIMIT >> 20} MiB")
    text, warning = text_of(item.raw, encoding)
    told = [warning] if warning else []
    try:
        value, mended = json_of(text)
        told += [mended] if mended else []
        reference = zotero_json.reference(value, told) if zotero_json.is_item(value) else _plain(from_csl(value))
    except RecursionError:
        return Unread(raw, item.line, "it is nested too deeply")
    except json.JSONDecodeError as error:
        line = item.line + error.lineno - 1
        return Unread(raw, item.line, f"it is not JSON: {error.msg} (line {line}, column {error.colno})")
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        return Unread(raw, item.line, str(error))
    if not reference.title:
        told.append("no title")
    return Parsed(reference, raw, item.line, tuple(told))


def _plain(reference: Reference) -> Reference:
    """`reference` as the other readers leave theirs: no markup but four tags in titles, plain ranges, one link, nothing empty."""
    fields = {name: _text(name, text) for name, text in reference.fields.items()}
    link, others = first_link(fields.get("URL", ""))
    extra = reference.extra
    if others:
        fields["URL"] = link
        extra = {"url": list(others) if len(others) > 1 else others[0], **extra}
    if "note" in fields:
        fields["note"] = zotero_json.named_in(fields["note"], fields)
    return replace(
        reference,
        fields={name: text for name, text in fields.items() if text},
        names=tuple(name for name in reference.names if name != Name(name.role)),
        sections=tuple(Section(one.label, rich(one.text)) for one in reference.sections),
        dates=tuple(date for date in reference.dates if date != Date(date.variable)),
        extra=extra,
    )


def _text(name: str, text: str) -> str:
    if name in FIELDS:
        text = rich(text)
    if name == "page":
        text = pages(text)
    if name == "DOI":
        text = _LINK.sub("", text)
    if name in _ONE_LINE and "\n" in text:
        text = one_line(text)
    return plain_blanks(text) if "  " in text or text[:1] == " " or text[-1:] == " " else text


def count(source: BinaryIO, encoding: str) -> int:
    """The items of the file, counted by brackets; nothing is cut out or parsed."""
    return json_items.count(Narrow(source, encoding))


def write(references: Iterable[Reference]) -> Iterator[str]:
    """One JSON array, each item indented by two."""
    before = "[\n"
    for reference in references:
        text = json.dumps(to_csl(reference), ensure_ascii=False, indent=2)
        yield before + "\n".join(f"  {line}" for line in text.split("\n"))
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


CSL_JSON = Format(
    name="csl-json", suffixes=(".json", ".jsonl", ".csl"), sniff=sniff, read=read, count=count, write=write
)
