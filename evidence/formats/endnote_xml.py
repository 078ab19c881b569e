"""EndNote's XML: one `<record>` a reference, its texts cut into pieces of one style.

Source: EndNote, XML export (RSXML.dtd), and its table of reference types and generic field names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats import xml_counting
from evidence.formats.draft import Draft
from evidence.formats.encodings import Narrow, narrowed
from evidence.formats.endnote_xml_fields import Fields, put_fields
from evidence.formats.endnote_xml_text import fields_of
from evidence.formats.xml_pieces import WHOLE, WHY, Piece, pieces
from evidence.formats.xml_reading import Reader
from evidence.model.limits import RECORD
from evidence.model.reference import Parsed, Unread
from evidence.ports import Format

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
    narrow = Narrow(source, encoding)
    reader = Reader(narrow.encoding)
    for piece in pieces(narrow, _NAMES):
        yield _piece(piece, narrow.own(piece.raw), reader)


def _piece(piece: Piece, raw: bytes, reader: Reader) -> Parsed | Unread:
    if piece.cut:
        return Unread(raw, piece.line, f"it is longer than {RECORD >> 20} MiB ({piece.cut} bytes more)")
    if piece.state != WHOLE:
        return Unread(raw, piece.line, WHY[piece.state])
    draft = Draft(PREFIX)
    try:
        element, warning = reader.element(piece.raw)
        fields: Fields = fields_of(element, draft.warnings)
    except ValueError as error:
        return Unread(raw, piece.line, str(error))
    if not fields:
        return Unread(raw, piece.line, "it holds no field")
    put_fields(fields, draft)
    if "title" not in draft.fields:
        draft.warnings.append("no title")
    reference = draft.reference()
    warnings = (warning, *draft.warnings) if warning else tuple(draft.warnings)
    return Parsed(reference, raw, piece.line, warnings)


def count(source: BinaryIO, encoding: str) -> int:
    """The records, counted by their tags; nothing is cut out or parsed."""
    return xml_counting.count(source, encoding, _NAMES)


ENDNOTE_XML = Format(name=PREFIX, suffixes=(".xml",), sniff=sniff, read=read, count=count)
