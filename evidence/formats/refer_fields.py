"""The fields of one record of EndNote's tagged text, or of refer(1), to a reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from evidence.formats.dates import date
from evidence.formats.draft import Draft
from evidence.formats.tagged import (
    bare_doi,
    number,
    put_abstract,
    put_doi,
    put_keywords,
    put_language,
    put_link,
    put_names,
    put_pages,
    put_pmid,
    put_serials,
    put_text,
    put_title,
)
from evidence.model import identifiers

Fields = dict[str, list[str]]

LISTS = frozenset("KU@>Z")  # tags whose line ends part values
# EndNote's reference types -> CSL. Source: EndNote's reference type list.
TYPES: Mapping[str, str] = {
    "aggregated database": "dataset", "ancient text": "classic", "artwork": "graphic", "audiovisual material": "motion_picture",
    "bill": "bill", "blog": "post-weblog", "book": "book", "book section": "chapter", "case": "legal_case",
    "catalog": "book", "chart or table": "figure", "classical work": "classic", "computer program": "software",
    "conference paper": "paper-conference", "conference proceedings": "paper-conference", "dataset": "dataset",
    "dictionary": "entry-dictionary", "edited book": "book", "electronic article": "article-journal", "electronic book": "book",
    "electronic book section": "chapter", "electronic source": "webpage", "encyclopedia": "entry-encyclopedia",
    "figure": "figure", "film or broadcast": "motion_picture", "generic": "document", "government document": "report",
    "grant": "document", "hearing": "hearing", "interview": "interview", "journal article": "article-journal",
    "legal rule or regulation": "regulation", "magazine article": "article-magazine", "manuscript": "manuscript", "map": "map",
    "music": "musical_score", "newspaper article": "article-newspaper", "online database": "dataset",
    "pamphlet": "pamphlet", "patent": "patent", "personal communication": "personal_communication", "podcast": "broadcast",
    "preprint": "article", "report": "report", "serial": "book", "social media": "post", "standard": "standard",
    "statute": "legislation", "television episode": "broadcast", "thesis": "thesis", "unpublished work": "manuscript",
    "web page": "webpage",
}  # fmt: skip
# The words that say no more than the CSL type: they need not be kept beside it.
_PLAIN = frozenset((
    "journal article", "book", "book section", "conference paper", "thesis", "report", "web page", "newspaper article",
    "magazine article", "dataset", "patent", "map", "manuscript", "bill", "hearing", "standard", "pamphlet", "interview",
))  # fmt: skip
_BOOKS = frozenset(("book", "report", "software", "map", "thesis", "pamphlet"))  # what %B is the series of
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_PAGE_COUNT = re.compile(r"(\d{1,5})(?: ?(?:p|pp|pages)\.?)?", re.ASCII)


def put_fields(fields: Fields, draft: Draft) -> None:
    """Add all `fields` (tag without its sign to values, blanks joined) to `draft`. Nothing is left out."""
    _put_type(fields, draft)
    _put_people(fields, draft)
    _put_dates(fields, draft)
    _put_lists(fields, draft)
    says_pubmed = any(_PUBMED.search(text) for tag in "~W" for text in fields.get(tag, ()))
    for tag, values in fields.items():
        if read := _BY_TAG.get(tag):
            for value in values:
                read(draft, tag, value)
        elif tag == "M" and says_pubmed:
            for value in values:
                if not put_pmid(draft, tag, value):
                    draft.keep(tag, value)
        elif tag not in _DONE:
            for value in values:
                draft.keep(tag, value)


_DONE = frozenset("0AEYH?D8KZ@")


def _put_lists(fields: Fields, draft: Draft) -> None:
    """Keywords and numbers stand on lines of their own; notes are joined by "; "."""
    terms = (part.strip() for text in fields.get("K", ()) for line in text.split("\n") for part in line.split(";"))
    put_keywords(draft, "K", filter(None, terms))
    serials = [line for text in fields.get("@", ()) for line in text.split("\n")]
    put_serials(draft, "@", serials, book=draft.type in _BOOKS or draft.type == "chapter")
    if "Z" in fields:
        draft.fields["note"] = "; ".join(" ".join(text.split()) for text in fields["Z"])


def _put_type(fields: Fields, draft: Draft) -> None:
    word = " ".join(fields.get("0", ()))
    draft.type = TYPES.get(word.lower(), "document")
    if not word:  # refer(1) has no types: a journal, a book that holds the work, a publisher tell it
        held = (("J", "article-journal"), ("B", "chapter"), ("I", "book"))
        draft.type = next((kind for tag, kind in held if tag in fields), "document")
    elif draft.type == "document" and "J" in fields:
        draft.type = "article-journal"
    if word and word.lower() not in _PLAIN:
        draft.keep("0", word)
    if word and word.lower() not in TYPES:
        draft.warnings.append(f"the type {word[:40]!r} is not known: taken for a {draft.type}")


def _put_people(fields: Fields, draft: Draft) -> None:
    edited = " ".join(fields.get("0", ())).lower() == "edited book"
    put_names(draft, "A", fields.get("A", ()), "editor" if edited else "author")
    book = draft.type in {"book", "chapter", "paper-conference"}
    roles = {
        "E": None if draft.type == "thesis" else "collection-editor" if draft.type == "book" and "B" in fields else "editor",
        "Y": "collection-editor" if book else None, "?": "translator" if book else None, "H": None,
    }  # fmt: skip
    for tag, role in roles.items():
        if role:
            put_names(draft, tag, fields.get(tag, ()), role)
        else:
            for value in fields.get(tag, ()):
                draft.keep(tag, value)


def _put_dates(fields: Fields, draft: Draft) -> None:
    """%D is the year (in refer(1) the whole date), %8 the date: with the year, or what there is of month and day."""
    for value in fields.get("D", ()):
        draft.date("D", value)
    issued = draft.dated("issued")
    for value in fields.get("8", ()):
        found = date(value)
        with_year = date(f"{issued.year} {value}") if issued and issued.year and found and found.literal else None
        if with_year and not with_year.literal:
            draft.date("8", f"{with_year.year} {value}")
        elif found and (not found.literal or issued is None):
            draft.date("8", value)
        else:
            draft.keep("8", value)


def _journal(draft: Draft, tag: str, text: str) -> None:
    put_text(draft, tag, "container-title", text)


def _second_title(draft: Draft, tag: str, text: str) -> None:
    """%B: the book or proceedings that hold the work; of a book the series."""
    put_text(draft, tag, "collection-title" if draft.type in _BOOKS else "container-title", text)


def _series(draft: Draft, tag: str, text: str) -> None:
    put_text(draft, tag, "collection-title", text)


def _short_title(draft: Draft, tag: str, text: str) -> None:
    put_title(draft, tag, text, "title-short")


def _number(draft: Draft, tag: str, text: str) -> None:
    """%N: an issue; of a report or patent its number; of a book its number in the series."""
    kind = {"report": "number", "patent": "number", "book": "collection-number", "chapter": "collection-number"}
    draft.put(tag, kind.get(draft.type, "issue"), number(text))


def _volume(draft: Draft, tag: str, text: str) -> None:
    draft.put(tag, "volume", number(text))


def _pages(draft: Draft, tag: str, text: str) -> None:
    found = _PAGE_COUNT.fullmatch(text) if draft.type in _BOOKS else None
    if found:
        draft.put(tag, "number-of-pages", found[1])
    else:
        put_pages(draft, tag, text)


def _report_number(draft: Draft, tag: str, text: str) -> None:
    """%R: EndNote's DOI; in refer(1) the number of a report."""
    if bare_doi(text) or draft.type not in {"report", "document"}:
        put_doi(draft, tag, text)
    else:
        draft.put(tag, "number", text)


def _edition(draft: Draft, tag: str, text: str) -> None:
    found = date(text, "available-date") if draft.type == "article-journal" else None
    if found and not found.literal and found.parts and len(text) > 3:
        draft.date(tag, text, "available-date")
    else:
        draft.put(tag, "edition", text)


def _accessed(draft: Draft, tag: str, text: str) -> None:
    found = date(text, "accessed")
    if found and not found.literal:
        draft.date(tag, text, "accessed")
    else:
        draft.keep(tag, text)


def _links(draft: Draft, tag: str, text: str) -> None:
    for line in text.split("\n"):
        if tag == "U" or line.startswith(("http://", "https://")):
            put_link(draft, line)
        else:
            draft.keep(tag, line)


def _custom_2(draft: Draft, tag: str, text: str) -> None:
    """%2: PubMed Central's number, where EndNote keeps it for articles."""
    if draft.type == "article-journal" and (found := identifiers.pmcid(text)):
        draft.put(tag, "PMCID", found)
    else:
        draft.keep(tag, text)


def _text(variable: str) -> Callable[[Draft, str, str], object]:
    def read(draft: Draft, tag: str, text: str) -> None:
        put_text(draft, tag, variable, text)

    return read


_BY_TAG: Mapping[str, Callable[[Draft, str, str], object]] = {
    "T": put_title, "!": _short_title, "J": _journal, "B": _second_title, "S": _series, "V": _volume, "N": _number, "P": _pages,
    "R": _report_number, "7": _edition, "[": _accessed, "U": _links, ">": _links,
    "X": put_abstract, "G": put_language, "2": _custom_2, "C": _text("publisher-place"), "I": _text("publisher"),
    "L": _text("call-number"), "6": _text("number-of-volumes"), "<": _text("annote"),
}  # fmt: skip
