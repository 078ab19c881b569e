"""The fields of one EndNote XML record to a reference.

Source: EndNote's table of reference types: what each generic field means in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from evidence.formats.dates import date
from evidence.formats.draft import Draft
from evidence.formats.refer_fields import TYPES
from evidence.formats.tagged import (
    bare_doi,
    number,
    put_abstract,
    put_doi,
    put_journal,
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
from evidence.model.reference import Name

Fields = dict[str, list[str]]
_Put = Callable[[Draft, str, str], object]

# Numbers of reference types, for files whose `ref-type` has no name. Source: EndNote, RefTypeTable.
_NUMBERS = {
    2: "artwork", 3: "audiovisual material", 4: "bill", 5: "book section", 6: "book", 7: "case", 8: "catalog", 9: "computer program",
    10: "conference proceedings", 12: "web page", 13: "generic", 14: "hearing", 17: "journal article", 19: "magazine article", 20: "map",
    21: "film or broadcast", 23: "newspaper article", 25: "patent", 26: "personal communication", 27: "report", 28: "edited book",
    31: "statute", 32: "thesis", 34: "unpublished work", 36: "manuscript", 37: "figure", 38: "chart or table", 39: "equation",
    43: "electronic article", 44: "electronic book", 45: "online database", 46: "government document", 47: "conference paper",
    48: "online multimedia", 49: "classical work", 50: "legal rule or regulation", 51: "ancient text", 52: "dictionary",
    53: "encyclopedia", 54: "grant", 55: "aggregated database", 56: "blog", 57: "serial", 58: "standard", 59: "dataset",
    60: "electronic book section", 61: "music", 63: "pamphlet", 64: "interview", 65: "podcast", 66: "preprint", 67: "social media",
    68: "television episode",
}  # fmt: skip
# The words that say no more than the CSL type: they need not be kept beside it.
_PLAIN = frozenset((
    "journal article", "book", "book section", "conference paper", "thesis", "report", "web page", "newspaper article",
    "magazine article", "dataset", "patent", "map", "manuscript", "bill", "hearing", "standard", "pamphlet", "interview",
))  # fmt: skip
_PARTS = frozenset(("chapter", "paper-conference", "entry-encyclopedia", "entry-dictionary"))
_ARTICLES = frozenset(("article-journal", "article-magazine", "article-newspaper", "article"))
_BOOKS = frozenset(
    ("book", "report", "software", "map", "thesis", "pamphlet", "classic")
)  # the second title is their series'
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_KEY = re.compile(r"[^\W\d_][^\s\d,{}()\"#%~\\]{1,40}(?:1[5-9]|20)\d\d[^\s,{}()\"#%~\\]{0,30}")
_PAGE_COUNT = re.compile(r"(\d{1,5})(?: ?(?:p|pp|pages)\.?)?", re.ASCII)
_ARTICLE_NUMBER = re.compile(r"[A-Za-z]{0,2}\d{1,12}", re.ASCII)


def put_fields(fields: Fields, draft: Draft) -> None:
    """Add all `fields` (an element's name to its texts) to `draft`. Nothing is left out."""
    if fields.get("foreign-keys") == fields.get("rec-number"):
        fields.pop("foreign-keys", None)  # the same number once more
    kind = _put_type(fields, draft)
    _put_people(fields, draft, kind)
    _put_titles(fields, draft)
    _put_dates(fields, draft)
    _put_lists(fields, draft)
    says_pubmed = any(
        _PUBMED.search(text)
        for tag in ("remote-database-name", "remote-database-provider")
        for text in fields.get(tag, ())
    )
    for tag, texts in fields.items():
        if tag in _DONE:
            continue
        for text in texts:
            if put := _BY_TAG.get(tag):
                put(draft, tag, text if tag in _LINED else text.replace("\n", " "))
            elif not (tag == "accession-num" and says_pubmed and put_pmid(draft, tag, text)):
                draft.keep(tag, text.replace("\n", " "))


def _put_type(fields: Fields, draft: Draft) -> str:
    """The CSL type from the type's name, or else its number; the name in small letters, "" when there is none."""
    word = " ".join(fields.get("ref-type/name", ()))
    digits = " ".join(fields.get("ref-type", ()))
    stated = _NUMBERS.get(int(digits), "") if digits.isdecimal() and len(digits) < 4 else ""
    kind = word.lower() if word.lower() in TYPES else stated if not word else ""
    draft.type = TYPES.get(kind, "document")
    if not kind:
        draft.keep("ref-type", word or digits)
        what = word or digits
        draft.warnings.append(
            f"the type {what[:40]!r} is not known: taken for a document" if what else "it has no type"
        )
    elif kind not in _PLAIN:
        draft.keep("ref-type", word or kind)
    return kind


def _put_people(fields: Fields, draft: Draft, kind: str) -> None:
    has_series = draft.type == "book" and "secondary-title" in fields
    second = None if draft.type == "thesis" else "collection-editor" if has_series else "editor"
    third = "collection-editor" if draft.type in _PARTS else "editor" if draft.type == "book" else None
    translated = draft.type in _PARTS or draft.type in _ARTICLES or draft.type == "book"
    roles = {
        "authors": "editor" if kind == "edited book" else "author", "secondary-authors": second, "tertiary-authors": third,
        "subsidiary-authors": "translator" if translated else None, "translated-authors": None,
    }  # fmt: skip
    for tag, role in roles.items():
        for text in fields.get(tag, ()):
            for one in text.split("\n"):
                if role is None:
                    draft.keep(tag, one)
                elif one.endswith(",") and "," not in one[:-1]:  # EndNote's sign of a group
                    draft.add(Name(role, literal=one[:-1].strip()))
                else:
                    put_names(draft, tag, (one,), role)


def _put_titles(fields: Fields, draft: Draft) -> None:
    """Title, and what holds the work: the journal's names stand in `titles`, `periodical` and `alt-periodical`."""
    for tag, variable in (("title", "title"), ("short-title", "title-short")):
        for text in fields.get(tag, ()):
            put_title(draft, tag, text.replace("\n", " "), variable)
    full = _first(fields, "secondary-title", "full-title")
    if full and "full-title" in fields and fields.get("abbr-1", ("",))[0] == full[1]:
        full = _first(fields, "full-title")  # the short name stands for the title
    if draft.type in _BOOKS:
        series = [text for tag in ("secondary-title", "tertiary-title") for text in fields.get(tag, ())]
        for text in series:
            put_text(draft, "secondary-title", "collection-title", text)
        full = None
    else:
        for text in fields.get("tertiary-title", ()):
            put_text(draft, "tertiary-title", "collection-title" if draft.type in _PARTS else "container-title", text)
    short = _first(fields, "abbr-1", "alt-title", "alt-periodical/abbr-1", "alt-periodical/full-title")
    if draft.type in _BOOKS or draft.type in _PARTS:
        short = _first(fields, "abbr-1") if full else None
    put_journal(draft, full, short)
    said = {
        draft.fields.get(name) for name in ("container-title", "container-title-short", "collection-title", "title")
    }
    for tag in _JOURNAL:
        for text in fields.get(tag, ()):
            if text not in said:
                draft.keep(tag, text)


_JOURNAL = (
    "secondary-title", "full-title", "abbr-1", "abbr-2", "abbr-3", "alt-title", "alt-periodical/full-title", "alt-periodical/abbr-1",
    "alt-periodical/abbr-2", "alt-periodical/abbr-3",
)  # fmt: skip


def _first(fields: Fields, *tags: str) -> tuple[str, str] | None:
    return next(((tag, fields[tag][0].replace("\n", " ")) for tag in tags if tag in fields), None)


def _put_dates(fields: Fields, draft: Draft) -> None:
    """`year`, and `pub-dates`: with the year, or what there is of month and day."""
    for text in fields.get("year", ()):
        draft.date("year", text)
    issued = draft.dated("issued")
    for text in fields.get("pub-dates", ()):
        found = date(text)
        with_year = date(f"{issued.year} {text}") if issued and issued.year and found and found.literal else None
        if with_year and not with_year.literal:
            draft.date("pub-dates", f"{with_year.year} {text}")
        elif found and (not found.literal or issued is None):
            draft.date("pub-dates", text)
        else:
            draft.keep("pub-dates", text)


def _put_lists(fields: Fields, draft: Draft) -> None:
    """Keywords and numbers stand in elements or on lines of their own; notes are joined by "; "."""
    terms = (
        part.strip() for text in fields.get("keyword", ()) for line in text.split("\n") for part in line.split(";")
    )
    put_keywords(draft, "keyword", filter(None, terms))
    serials = [line for text in fields.get("isbn", ()) for line in text.split("\n")]
    if draft.type == "report" and not any(map(_is_serial, serials)):  # EndNote keeps a report's number there
        for one in serials:
            draft.put("isbn", "number", one)
    else:
        put_serials(draft, "isbn", serials, book=draft.type in _BOOKS or draft.type == "chapter")
    for tag, variable in (("notes", "note"), ("research-notes", "annote")):
        if texts := fields.get(tag):
            draft.fields[variable] = "; ".join(text.replace("\n", " ") for text in texts)


def _is_serial(text: str) -> bool:
    return sum(sign.isdigit() for sign in text) >= 7


def _dois(draft: Draft, tag: str, text: str) -> None:
    """Numbers of several kinds on lines of their own: the DOI is found among them."""
    lines = text.split("\n")
    if not any(map(bare_doi, lines)):
        put_doi(draft, tag, " ".join(lines))
        return
    for line in lines:
        if bare_doi(line):
            put_doi(draft, tag, line)
        else:
            draft.keep(tag, line)


def _links(draft: Draft, tag: str, text: str) -> None:
    for line in text.split("\n"):
        if line.startswith(("http://", "https://")):
            put_link(draft, line)
        else:
            draft.keep(tag, line)


def _pages(draft: Draft, tag: str, text: str) -> None:
    found = _PAGE_COUNT.fullmatch(text) if draft.type in _BOOKS else None
    if found:
        draft.put(tag, "number-of-pages", found[1])
    else:
        put_pages(draft, tag, text)


def _number(draft: Draft, tag: str, text: str) -> None:
    """An issue; of a report or patent its number; of a book its number in the series."""
    kinds = {"report": "number", "patent": "number", "book": "collection-number", "chapter": "collection-number"}
    draft.put(tag, kinds.get(draft.type, "issue"), number(text))


def _volume(draft: Draft, tag: str, text: str) -> None:
    draft.put(tag, "volume", number(text))


def _edition(draft: Draft, tag: str, text: str) -> None:
    """Of an article the day on which it was first to be read."""
    found = date(text, "available-date") if draft.type in _ARTICLES else None
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


def _pmc(draft: Draft, tag: str, text: str) -> None:
    """custom2 of an article is PubMed Central's number."""
    if draft.type in _ARTICLES and (found := identifiers.pmcid(text)):
        draft.put(tag, "PMCID", found)
    else:
        draft.keep(tag, text)


def _article_number(draft: Draft, tag: str, text: str) -> None:
    """custom7 of an article is its number, which stands for pages."""
    if draft.type in _ARTICLES and "page" not in draft.fields and _ARTICLE_NUMBER.fullmatch(text):
        draft.put(tag, "page", text)
    else:
        draft.keep(tag, text)


def _label(draft: Draft, tag: str, text: str) -> None:
    """A word for the record of the person's own; a name and a year in one word is a citation key."""
    if draft.key is None and _KEY.fullmatch(text):
        draft.key = text
    else:
        draft.keep(tag, text)


def _genre(draft: Draft, tag: str, text: str) -> None:
    if draft.type == "thesis":
        draft.put(tag, "genre", text)
    else:
        draft.keep(tag, text)


def _section(draft: Draft, tag: str, text: str) -> None:
    """Of a newspaper its section; of an article its first page."""
    if draft.type == "article-newspaper":
        draft.put(tag, "section", text)
    elif draft.type not in _ARTICLES or draft.fields.get("page", "").partition("-")[0] != text:
        draft.keep(tag, text)


def _text(variable: str) -> _Put:
    def put(draft: Draft, tag: str, text: str) -> None:
        put_text(draft, tag, variable, text)

    return put


_LINED = frozenset(("electronic-resource-num", "web-urls", "related-urls", "pdf-urls", "text-urls", "image-urls"))
_DONE = frozenset((
    "ref-type", "ref-type/name", "authors", "secondary-authors", "tertiary-authors", "subsidiary-authors", "translated-authors",
    "title", "short-title", "tertiary-title", "year", "pub-dates", "keyword", "isbn", "notes", "research-notes", *_JOURNAL,
))  # fmt: skip
_BY_TAG: Mapping[str, _Put] = {
    "pages": _pages, "volume": _volume, "number": _number, "issue": _number, "edition": _edition, "section": _section,
    "pub-location": _text("publisher-place"), "publisher": _text("publisher"), "num-vols": _text("number-of-volumes"),
    "call-num": _text("call-number"), "meeting-place": _text("event-place"), "electronic-resource-num": _dois,
    "abstract": put_abstract, "label": _label, "work-type": _genre, "language": put_language, "access-date": _accessed,
    "custom2": _pmc, "custom7": _article_number, "web-urls": _links, "related-urls": _links, "pdf-urls": _links,
    "text-urls": _links, "image-urls": _links,
}  # fmt: skip
