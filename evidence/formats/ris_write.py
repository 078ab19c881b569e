"""RIS out: the tags that other programs read; what RIS cannot say stands in U5 as JSON and is read back by us.

Source: RIS format specification; the tags that Zotero, EndNote and Mendeley agree on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from evidence.formats.overlay import NOTHING
from evidence.formats.tagged_write import Tagged, dated, family_first, kept, left_out, one_line, terms
from evidence.model.reference import Date, Reference
from evidence.ports import Reader, Writer

OVERLAY = "U5"
_TYPES: Mapping[str, str] = {
    "article-journal": "JOUR", "article-magazine": "MGZN", "article-newspaper": "NEWS", "book": "BOOK", "chapter": "CHAP",
    "paper-conference": "CPAPER", "thesis": "THES", "report": "RPRT", "webpage": "ELEC", "dataset": "DATA",
    "patent": "PAT", "software": "COMP", "map": "MAP", "legislation": "STAT", "legal_case": "CASE", "bill": "BILL",
    "hearing": "HEAR", "manuscript": "UNPB", "pamphlet": "PAMP", "standard": "STAND", "post-weblog": "BLOG",
    "entry-encyclopedia": "ENCYC", "entry-dictionary": "DICT", "motion_picture": "VIDEO", "song": "SOUND",
    "musical_score": "MUSIC", "graphic": "ART", "personal_communication": "PCOMM",
}  # fmt: skip
_RANGE = re.compile(r"([A-Za-z]{0,3}\d{1,9})-([A-Za-z]{0,3}\d{1,9})", re.ASCII)
_TAG = re.compile(r"[A-Z][A-Z0-9]")
_FIELDS = (
    ("TI", "title"), ("T2", "container-title"), ("J2", "container-title-short"), ("T3", "collection-title"), ("ST", "title-short"),
    ("VL", "volume"), ("IS", "issue"),
)  # fmt: skip
_LATER = (
    ("SN", "ISSN"), ("SN", "ISBN"), ("PB", "publisher"), ("CY", "publisher-place"), ("ET", "edition"), ("DO", "DOI"), ("UR", "URL"),
    ("LA", "language"), ("AB", "abstract"), ("N1", "note"), ("C2", "PMCID"),
)  # fmt: skip


def writer(read: Reader) -> Writer:
    """The writer that checks each record by reading it back with `read`."""

    def write(references: Iterable[Reference]) -> Iterator[str]:
        """One record after the other, each ended by ER; lines end with CR LF as RIS has it."""
        for reference in references:
            lines = [(tag, text) for tag, text in _lines(reference) if text]
            left = left_out(reference, _record([*lines, (OVERLAY, NOTHING)]), read)
            yield _record(lines if left is None else [*lines, (OVERLAY, left)])

    return write


def _record(lines: list[Tagged]) -> str:
    return "".join(f"{tag}  - {text}\r\n" for tag, text in lines) + "ER  - \r\n\r\n"


def _lines(reference: Reference) -> Iterator[Tagged]:
    fields = reference.fields
    yield "TY", _TYPES.get(reference.type, "GEN")
    yield "ID", one_line(reference.key or "")
    for name in reference.named("author"):
        yield "AU", family_first(name)
    for role, tag in (("editor", "ED"), ("translator", "A4"), ("collection-editor", "A3")):
        for name in reference.named(role):
            yield tag, family_first(name)
    for tag, variable in _FIELDS:
        yield tag, one_line(fields.get(variable, ""))
    yield from _pages(fields.get("page", ""))
    yield from _dates(reference)
    for tag, variable in _LATER:
        yield tag, one_line(fields.get(variable, ""))
    if fields.get("PMID"):
        yield "AN", one_line(fields["PMID"])
        yield "DB", "PubMed"
    for term in terms(fields.get("keyword", "")):
        yield "KW", term
    for tag, text in kept(reference, "ris"):
        if _TAG.fullmatch(tag) and tag not in ("TY", "ER"):
            yield tag, text


def _pages(text: str) -> Iterator[Tagged]:
    found = _RANGE.fullmatch(text)
    yield "SP", found[1] if found else one_line(text)
    yield "EP", found[2] if found else ""


def _dates(reference: Reference) -> Iterator[Tagged]:
    issued, accessed = dated(reference), dated(reference, "accessed")
    if issued and issued.year is not None and issued.year > 0:
        yield "PY", f"{issued.year:04}"
        if len(issued.parts[0]) > 1:
            yield "DA", _slashes(issued)
    if accessed and accessed.parts:
        yield "Y2", _slashes(accessed)


def _slashes(date: Date) -> str:
    """YYYY/MM/DD/, as far as known."""
    year, month, day = (*date.parts[0], None, None)[:3]
    return f"{year:04}/{'' if month is None else f'{month:02}'}/{'' if day is None else f'{day:02}'}/"
