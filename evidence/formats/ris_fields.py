"""The fields of one RIS record to a reference: what the type and the tags beside it make of each."""

from __future__ import annotations

import re

from evidence.formats.dates import date
from evidence.formats.draft import Draft
from evidence.formats.ris_tags import BOOKS, PARTS, PLAIN, TYPES
from evidence.formats.ris_values import BY_TAG, Fields, keep, put_pmcid, put_titles
from evidence.formats.tagged import bare_doi, put_journal, put_link, put_names, put_pages, put_pmid, put_text
from evidence.model import identifiers

_KEY = re.compile(r"(?=.*[^\W\d_])[^\s{}(),\"#%~\\]{1,80}")
_DOI_HOST = re.compile(r"https?://(?:dx\.)?doi\.org/", re.IGNORECASE)
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(
    r"\d{1,5}(?:[-/]\d{1,5})?(?: ?(?:suppl|pt)\.? ?\w{0,3})?|suppl\.? ?\w{0,5}", re.IGNORECASE | re.ASCII
)
_PAGE_COUNT = re.compile(r"(\d{1,5})(?: ?(?:p|pp|pages|S)\.?)?", re.ASCII)


def put_fields(fields: Fields, draft: Draft) -> None:
    """Add all `fields` (tag to its values, blanks joined, lists by lines) to `draft`. Nothing is left out."""
    _put_type(fields, draft)
    _put_people(fields, draft)
    _put_container(fields, draft)
    _put_dates(fields, draft)
    _put_pages(fields, draft)
    for tag, values in fields.items():
        (BY_TAG.get(tag) or keep)(draft, tag, values)
    _put_issue(fields, draft)
    _put_numbers(fields, draft)
    if "DOI" not in draft.fields:
        found = next((bare_doi(link) for link in fields.get("UR", ()) if _DOI_HOST.match(link)), None)
        draft.put("UR", "DOI", found or "")


def _put_type(fields: Fields, draft: Draft) -> None:
    word = " ".join(fields.get("TY", ("",))).upper()
    draft.type = TYPES.get(word, "document")
    if any(_REGISTER.search(text) for text in fields.get("M3", ())):
        draft.type = "document"
    elif draft.type == "document" and not _JOURNAL_TAGS.isdisjoint(fields):
        draft.type = "article-journal"
        if "TY" not in fields:
            draft.warnings.append("the record has no type (TY): taken for a journal article, as it names a journal")
    elif "TY" not in fields:
        draft.warnings.append("the record has no type (TY)")
    elif word not in TYPES and word:
        draft.warnings.append(f"the type {word[:40]} is not known: taken for a {draft.type}")
    if word and word != PLAIN.get(draft.type):
        draft.keep("TY", " ".join(fields["TY"]))


_REGISTER = re.compile(r"trial registry|clinical trial protocol", re.IGNORECASE)  # Cochrane
_JOURNAL_TAGS = frozenset(("T2", "JF", "JO", "JA", "J1", "J2"))


def _put_people(fields: Fields, draft: Draft) -> None:
    first, second = fields.get("A1", ()), fields.get("AU", ())
    put_names(draft, "AU", dict.fromkeys((*first, *second)) if first and second else first or second)
    for tag in ("A2", "ED", "A3", "A4", "TA"):
        if tag in fields:
            role = _role(tag, fields, draft.type)
            if role:
                put_names(draft, tag, fields[tag], role)
            else:
                for value in fields[tag]:
                    draft.keep(tag, value)


def _role(tag: str, fields: Fields, kind: str) -> str | None:
    """What the people of a second list are to the work; None where the tag does not say it for this type.

    In a book A2 are the editors of its series when the record names one (EndNote, Zotero), and its own editors when
    not (RIS 2001); A3 go with the series title T3.
    """
    if tag == "ED":
        return "editor"
    if tag == "TA":
        return "translator"
    if kind in PARTS:
        return {"A2": "editor", "A3": "collection-editor", "A4": "translator"}[tag]
    if kind == "book":
        series = {"A2": "T2", "A3": "T3"}.get(tag, "")
        return "translator" if tag == "A4" else "collection-editor" if series in fields else "editor"
    if kind == "personal_communication" and tag == "A2":
        return "recipient"
    return None


def _put_container(fields: Fields, draft: Draft) -> None:
    kind = draft.type
    second, third, proceedings = _pairs(fields, "T2"), _pairs(fields, "T3"), _pairs(fields, "C3")
    full, short = _pairs(fields, "JF", "BT", "SO"), _pairs(fields, "JO", "JA", "J2", "J1")
    if kind == "paper-conference" and proceedings and not _pubmed_in(proceedings[0][1]):
        for tag, text in second:
            put_text(draft, tag, "event-title", text)
        full, proceedings = proceedings + full, []
    elif kind in BOOKS:
        third = second + third
        if full and "BT" in fields and "TI" not in fields and "T1" not in fields:
            put_titles(draft, "BT", fields["BT"])
            full = [pair for pair in full if pair[0] != "BT"]
    else:
        full = full + second if "JF" in fields else second + full
    _put_places(draft, full, short)
    for tag, text in third:
        put_text(draft, tag, "collection-title", text)
    for tag, text in proceedings:
        if not _pubmed_in(text, draft):
            draft.keep(tag, text)


def _pairs(fields: Fields, *tags: str) -> list[tuple[str, str]]:
    return [(tag, text) for tag in tags if tag in fields for text in fields[tag]]


def _put_places(draft: Draft, full: list[tuple[str, str]], short: list[tuple[str, str]]) -> None:
    for tag, text in short:
        if "://" in text:  # Cochrane: where a trial is registered
            put_link(draft, text)
            short = [pair for pair in short if pair != (tag, text)]
    put_journal(draft, full[0] if full else None, short[0] if short else None)
    if len(full) < 2 and len(short) < 2:
        return
    held = {draft.fields.get(name, "").casefold() for name in ("container-title", "container-title-short")}
    for variable, pairs in (("container-title", full[1:]), ("container-title-short", short[1:])):
        for tag, text in pairs:
            if text.casefold() not in held:
                put_text(draft, tag, variable, text)


def _put_dates(fields: Fields, draft: Draft) -> None:
    """The year first, then what is said of its month and day: DA may hold these alone ("May-Jun", Web of Science)."""
    for tag in ("PY", "Y1"):
        for value in fields.get(tag, ()):
            draft.date(tag, value)
    issued = draft.dated("issued")
    year = issued.year if issued else None
    for value in fields.get("DA", ()):
        found = date(value)
        if found and found.literal and year and (with_year := date(f"{year} {value}")) and not with_year.literal:
            draft.date("DA", f"{year} {value}")
        elif found and (not found.literal or not issued):
            draft.date("DA", value)
        else:
            draft.keep("DA", value)


def _put_pages(fields: Fields, draft: Draft) -> None:
    starts, ends = fields.get("SP", ()), fields.get("EP", ())
    start, end = starts[0] if starts else "", ends[0] if ends else ""
    for tag, values in (("SP", starts[1:]), ("EP", ends[1:])):
        for value in values:
            draft.keep(tag, value)
    if start and not end and draft.type in BOOKS and (found := _PAGE_COUNT.fullmatch(start)):
        draft.put("SP", "number-of-pages", found[1])
    elif not start or not end or start == end or "-" in start or end.startswith(f"{start}-"):
        put_pages(
            draft, "SP" if start else "EP", end if end.startswith(f"{start}-") else start or end
        ) if start or end else None
        if "-" in start and end and not start.endswith(end):
            draft.keep("EP", end)
    elif len(start) <= len(end) and start.isdecimal() and end.isdecimal():
        draft.put("SP", "page", f"{start}-{end}")
    else:
        put_pages(draft, "SP", f"{start}-{end.lstrip('-')}")
    for value in fields.get("C7", ()):  # EndNote, Scopus, Web of Science: the number of an article
        if "page" in draft.fields:
            draft.keep("C7", value)
        else:
            put_pages(draft, "C7", value)


def _put_numbers(fields: Fields, draft: Draft) -> None:
    """Numbers of databases: AN, C2, C5 and ID are PubMed's only where the record says so."""
    source = " ".join((*fields.get("DB", ()), *fields.get("DP", ()))).lower()
    for tag in ("DB", "DP"):
        for value in fields.get(tag, ()):
            draft.keep(tag, value)
    if _NUMBERED.isdisjoint(fields):
        return
    embase, scopus = "embase" in source, "scopus" in source
    medline = bool(_PUBMED.search(source)) or any(_PUBMED.search(note) for note in fields.get("N1", ()))
    mine = {
        "AN": medline and not embase,
        "C2": scopus,
        "C5": embase,
        "ID": medline and not embase and "AN" not in fields,
    }
    for tag, is_pmid in mine.items():
        for value in fields.get(tag, ()):
            if tag == "ID" and draft.key is None and _KEY.fullmatch(value) and not identifiers.pmid(value):
                draft.key = value
            elif value == draft.fields.get("PMID"):
                continue  # it was said by another tag
            elif linked := _LINKED.fullmatch(value):
                draft.put(tag, "PMID", identifiers.pmid(linked[1]) or linked[1])
            elif is_pmid or value[:5].upper() == "PMID:":
                if not put_pmid(draft, tag, value) and not put_pmcid(draft, tag, value):
                    draft.keep(tag, value)
            elif not put_pmcid(draft, tag, value):
                draft.keep(tag, value)


_LONG = 500  # characters: no list of numbers is longer
_NUMBERED = frozenset(("AN", "C2", "C5", "ID"))


# Embase's C5: the number with its address. Cochrane's C3: "PUBMED 12345678,EMBASE 2001234567".
_LINKED = re.compile(r"([1-9]\d{0,8})\s{0,3}\(https?://[^\s()]{0,200}(?:pubmed|ncbi\.nlm)[^\s()]{0,200}\)", re.ASCII)
_NAMED = re.compile(r"(?:^|[,;]\s{0,3})PUBMED:? {1,3}([1-9]\d{0,8})(?=$|[,;])", re.IGNORECASE | re.ASCII)


def _pubmed_in(text: str, draft: Draft | None = None) -> bool:
    """Whether `text` is Cochrane's "PUBMED 12345678"; its number goes to `draft`, with others beside it the text as well."""
    found = _NAMED.search(text) if len(text) < _LONG else None
    if found and draft:
        draft.put("C3", "PMID", found[1])
        if found.group() != text:
            draft.keep("C3", text)
    return bool(found)


def _put_issue(fields: Fields, draft: Draft) -> None:
    """M1 is the issue where there is no other (EndNote), the number of a report; in Embase an address."""
    for value in fields.get("M1", ()):
        if draft.type == "report":
            draft.put("M1", "number", value)
        elif draft.type.startswith("article") and "issue" not in draft.fields and _PLAIN_NUMBER.fullmatch(value):
            draft.put("M1", "issue", value)
        else:
            draft.keep("M1", value)
