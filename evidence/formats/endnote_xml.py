"""EndNote's XML: one `<record>` a reference, its texts cut into pieces of one style.

Source: EndNote, XML export (RSXML.dtd), and its table of reference types and generic field names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from evidence.formats import xml_counting
from evidence.formats.draft import Draft
from evidence.formats.encodings import narrowed
from evidence.formats.endnote_xml_fields import Fields, put_fields
from evidence.formats.endnote_xml_text import fields_of
from evidence.formats.xml_records import read_records
from evidence.model.reference import Parsed, Unread
from evidence.ports import Format

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

PREFIX = "endnote-xml"
_NAMES = ("record",)
_BEGINS = re.compile(rb"<xml>\s{0,99}<records\b|<records>\s{0,99}<record>")
_RECORD = re.compile(rb"</?record[\s>]")
_INNER = re.compile(
    rb"<(?:ref-type|source-app|rec-number|contributors|foreign-keys|secondary-title)[\s>/]|<database name="
)


def sniff(head: bytes) -> bool:
    """Whether the beginning has EndNote's records: others have elements of that name too, but not of those within."""
    text = narrowed(head).lstrip()
    if text[:1] != b"<":
        return False
    return bool(_BEGINS.search(text)) or (bool(_RECORD.search(text)) and bool(_INNER.search(text)))


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every record in order, with flat memory and its own bytes; each is parsed alone."""
    return read_records(source, encoding, _NAMES, PREFIX, _fill)


def _fill(element: Element, draft: Draft, _size: int) -> bool:
    fields: Fields = fields_of(element, draft.warnings)
    if fields:
        put_fields(fields, draft)
        return True
    return False


def count(source: BinaryIO, encoding: str) -> int:
    """The records, counted by their tags; nothing is cut out or parsed."""
    return xml_counting.count(source, encoding, _NAMES)


ENDNOTE_XML = Format(name=PREFIX, suffixes=(".xml",), sniff=sniff, read=read, count=count)
