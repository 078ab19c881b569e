"""PubMed XML, as efetch gives it and as the yearly baseline has it: articles and book documents.

Source: NLM, PubMed DTD (pubmed_250101.dtd) and "MEDLINE/PubMed XML Element Descriptions and their Attributes".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from evidence.formats import xml_counting
from evidence.formats.draft import Draft
from evidence.formats.encodings import narrowed
from evidence.formats.medline import PREFIX, SMALL
from evidence.formats.pubmed_xml_record import record
from evidence.formats.xml_records import read_records
from evidence.model.reference import Parsed, Unread
from evidence.ports import Format

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

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
    return read_records(source, encoding, _NAMES, PREFIX, _fill)


def _fill(element: Element, draft: Draft, size: int) -> bool:
    found = record(element)
    if not found.tags and not found.people.list:
        return False
    if size > SMALL:
        found.bound()
    found.fill(draft)
    return True


def count(source: BinaryIO, encoding: str) -> int:
    """The articles and book documents, counted by their tags; nothing is cut out or parsed."""
    return xml_counting.count(source, encoding, _NAMES)


PUBMED_XML = Format(name="pubmed-xml", suffixes=(".xml",), sniff=sniff, read=read, count=count)
