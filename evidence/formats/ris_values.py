"""What each tag of RIS means by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from evidence.formats.dates import date
from evidence.formats.draft import Draft
from evidence.formats.ris_tags import BOOKS, TEXTS
from evidence.formats.tagged import (
    bare_doi,
    number,
    put_abstract,
    put_doi,
    put_keywords,
    put_language,
    put_link,
    put_pages,
    put_pmid,
    put_serials,
    put_text,
    put_title,
)
from evidence.model import identifiers
from evidence.model.markup import plain, rich

Fields = dict[str, list[str]]  # tag to its values, blanks joined; where lines part values, parted by LF

_NOTE_ID = re.compile(r"(PMID|PMCID|DOI)[:\s]\s*(\S+)", re.IGNORECASE)
_FIRST_PAGE = re.compile(r"[A-Za-z]{0,3}\d{1,9}(?:-[A-Za-z]{0,3}\d{1,9})?", re.ASCII)


def keep(draft: Draft, tag: str, values: list[str]) -> None:
    """Keep the values under their tag."""
    for value in values:
        draft.keep(tag, value.replace("\n", " "))


def _elsewhere(draft: Draft, tag: str, values: list[str]) -> None:
    """What is read before or after all others, as it depends on them."""


def _text(draft: Draft, tag: str, values: list[str]) -> None:
    for value in values:
        put_text(draft, tag, TEXTS[tag], value)


def _number(draft: Draft, tag: str, values: list[str]) -> None:
    for value in values:
        put_text(draft, tag, TEXTS[tag], value if value.isdecimal() else number(value))


def put_pmcid(draft: Draft, tag: str, value: str) -> bool:
    """PubMed Central's number, where `value` is one; whether it is."""
    found = identifiers.pmcid(value) if "PMC" in value.upper() else None
    if found:
        draft.put(tag, "PMCID", found)
    return bool(found)


def put_titles(draft: Draft, tag: str, values: list[str]) -> None:
    """The title; a second one is kept under its tag."""
    for value in values:
        put_title(draft, tag, value)


def _short_title(draft: Draft, tag: str, values: list[str]) -> None:
    for value in values:
        put_title(draft, tag, value, "title-short")


def _abstract(draft: Draft, tag: str, values: list[str]) -> None:
    for value in values:
        put_abstract(draft, tag, value)


def _doi(draft: Draft, tag: str, values: list[str]) -> None:
    for value in values:
        put_doi(draft, tag, value)


def _maybe_doi(draft: Draft, tag: str, values: list[str]) -> None:
    """M3 and L3: a DOI, a link, or the type of the work in the source's words."""
    for value in values:
        if found := bare_doi(value):
            draft.put(tag, "DOI", found)
        elif value.startswith(("http://", "https://")):
            put_link(draft, value)
        else:
            draft.keep(tag, value)


def _links(draft: Draft, tag: str, values: list[str]) -> None:
    for value in values:
        for line in value.split("\n"):
            if tag == "UR" or line.startswith(("http://", "https://")):
                put_link(draft, line)
            else:
                draft.keep(tag, line)


def _serials(draft: Draft, tag: str, values: list[str]) -> None:
    put_serials(draft, tag, values, book=draft.type in BOOKS or draft.type == "chapter")


def _keywords(draft: Draft, tag: str, values: list[str]) -> None:
    lines = "\n".join(values)
    if ";" in lines:
        lines = lines.replace(";", "\n")
    terms = lines.split("\n")
    put_keywords(draft, tag, terms if len(terms) == len(values) else filter(None, map(str.strip, terms)))


def _notes(draft: Draft, tag: str, values: list[str]) -> None:
    """Notes joined by "; ". A line that is `PMID: 123` and no more is the number (Zotero, Mendeley)."""
    kept: list[str] = []
    for value in values:
        lines = [line for line in value.split("\n") if not _noted_number(draft, tag, line)]
        if text := " ".join(lines).strip():
            kept.append(" ".join(plain(rich(text)).split()) if "<" in text else text)
    have = [draft.fields["note"]] if "note" in draft.fields else []
    if have or kept:
        draft.fields["note"] = "; ".join((*have, *kept))


def _noted_number(draft: Draft, tag: str, line: str) -> bool:
    found = _NOTE_ID.fullmatch(line)
    if not found:
        return False
    name = found[1].upper()
    value = _CHECKS[name](found[2])
    if value:
        draft.put(tag, name, value)
    return bool(value)


_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "PMID": identifiers.pmid,
    "PMCID": identifiers.pmcid,
    "DOI": bare_doi,
}


def _edition(draft: Draft, tag: str, values: list[str]) -> None:
    """The edition; of an article the day of its electronic publication (EndNote)."""
    for value in values:
        found = date(value, "available-date") if draft.type == "article-journal" else None
        if found and not found.literal and found.parts and len(value) > 3:
            draft.date(tag, value, "available-date")
        else:
            draft.put(tag, "edition", value)


def _accessed(draft: Draft, tag: str, values: list[str]) -> None:
    for value in values:
        found = date(value, "accessed")
        if found and not found.literal and found.parts:
            draft.date(tag, value, "accessed")
        else:
            draft.keep(tag, value)


def _early(draft: Draft, tag: str, values: list[str]) -> None:
    """C6 of Web of Science: the month of early access ("AUG 2019")."""
    for value in values:
        found = date(value, "available-date")
        if found and not found.literal and found.parts and len(found.parts[0]) > 1:
            draft.date(tag, value, "available-date")
        else:
            draft.keep(tag, value)


def _section(draft: Draft, tag: str, values: list[str]) -> None:
    """SE: the section of a newspaper; of other articles the first page, where there is no other (EndNote)."""
    for value in values:
        if draft.type == "article-newspaper":
            draft.put(tag, "section", value)
        elif draft.type == "article-journal" and "page" not in draft.fields and _FIRST_PAGE.fullmatch(value):
            put_pages(draft, tag, value)
        else:
            draft.keep(tag, value)


def _language(draft: Draft, tag: str, values: list[str]) -> None:
    for value in values:
        put_language(draft, tag, value)


def _user(draft: Draft, tag: str, values: list[str]) -> None:
    """U2 of PubMed's partners: `12345678[pmid]`, `PMC1234567[pmcid]`; anything else is the user's own."""
    for value in values:
        if value.endswith("[pmid]") and put_pmid(draft, tag, value):
            continue
        if not (value.endswith("[pmcid]") and put_pmcid(draft, tag, value.removesuffix("[pmcid]").strip())):
            draft.keep(tag, value)


def _pmid(draft: Draft, tag: str, values: list[str]) -> None:
    for value in values:
        bare = re.sub(r"^PUBMED:?\s+", "", value, flags=re.IGNORECASE)
        if not put_pmid(draft, tag, bare):
            draft.keep(tag, value)


def _elsewhere_known(draft: Draft, tag: str, values: list[str]) -> None:
    """XR: the work's numbers in other databases (Cochrane); `PUBMED 12345678` is PubMed's."""
    for value in values:
        if not (value.upper().startswith("PUBMED") and put_pmid(draft, tag, value[6:].lstrip(": "))):
            draft.keep(tag, value)


# What depends on the type or on other tags.
_DONE = "TY AU A1 A2 A3 A4 ED TA T2 T3 JF JO JA J1 J2 BT SO C3 PY Y1 DA SP EP C7 M1 AN ID C2 C5 DB DP"
BY_TAG: Mapping[str, Callable[[Draft, str, list[str]], None]] = {
    **dict.fromkeys(TEXTS, _text), **dict.fromkeys(("VL", "VO", "IS", "IP", "CP"), _number), **dict.fromkeys(_DONE.split(), _elsewhere),
    "TI": put_titles, "T1": put_titles, "CT": put_titles, "ST": _short_title, "AB": _abstract, "N2": _abstract, "DO": _doi, "DI": _doi,
    "M3": _maybe_doi, "L3": _maybe_doi, "UR": _links, "L1": _links, "L2": _links, "LK": _links, "SN": _serials, "KW": _keywords,
    "K1": _keywords, "C6": _early, "N1": _notes, "ET": _edition, "Y2": _accessed, "SE": _section, "LA": _language,
    "XR": _elsewhere_known, "U1": _user, "U2": _user, "U3": _user, "U4": _user, "U5": _user, "PM": _pmid,
}  # fmt: skip
