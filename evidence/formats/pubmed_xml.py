"""PubMed XML, as efetch gives it and as the yearly baseline has it: articles and book documents.

Source: NLM, PubMed DTD (pubmed_250101.dtd) and "MEDLINE/PubMed XML Element Descriptions and their Attributes".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats import xml_counting
from evidence.formats.draft import Draft
from evidence.formats.encodings import Narrow, narrowed
from evidence.formats.medline import PREFIX, SMALL
from evidence.formats.pubmed_xml_record import record
from evidence.formats.xml_pieces import WHOLE, WHY, Piece, pieces
from evidence.formats.xml_reading import Reader
from evidence.model.limits import RECORD
from evidence.model.reference import Parsed, Unread
from evidence.ports import Format

_NAMES = ("PubmedArticle", "PubmedBookArticle")
_SNIFFED = re.compile(
    rb"</?Pubmed(?:Book)?Article(?:Set)?[\s/>]|<!DOCTYPE\s{1,9}Pubmed(?:Book)?ArticleSet\b|<MedlineCitation[\s>]"
)


def sniff(head: bytes) -> bool:
    """Whether the beginning has one of the elements that only PubMed has, or names its document type."""
    text = narrowed(head).lstrip()
    return text[:1] not in {b"{", b"[", b"@", b"%"} and bool(_SNIFFED.search(text))


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every article and book document in order, with flat memory and its own bytes; each is parsed alone."""
    narrow = Narrow(source, encoding)
    reader = Reader(narrow.encoding)
    for piece in pieces(narrow, _NAMES):
        yield _piece(piece, narrow.own(piece.raw), reader)


def _piece(piece: Piece, raw: bytes, reader: Reader) -> Parsed | Unread:
    if piece.cut:
        return Unread(raw, piece.line, f"it is longer than {RECORD >> 20} MiB ({piece.cut} bytes more)")
    if piece.state != WHOLE:
        return Unread(raw, piece.line, WHY[piece.state])
    try:
        element, warning = reader.element(piece.raw)
        found = record(element)
    except ValueError as error:
        return Unread(raw, piece.line, str(error))
    if not found.tags and not found.people.list:
        return Unread(raw, piece.line, "it holds no field")
    if len(raw) > SMALL:
        found.bound()
    draft = Draft(PREFIX)
    found.fill(draft)
    if "title" not in draft.fields:
        draft.warnings.append("no title")
    reference = draft.reference()
    warnings = (warning, *draft.warnings) if warning else tuple(draft.warnings)
    return Parsed(reference, raw, piece.line, warnings)


def count(source: BinaryIO, encoding: str) -> int:
    """The articles and book documents, counted by their tags; nothing is cut out or parsed."""
    return xml_counting.count(source, encoding, _NAMES)


PUBMED_XML = Format(name="pubmed-xml", suffixes=(".xml",), sniff=sniff, read=read, count=count)
