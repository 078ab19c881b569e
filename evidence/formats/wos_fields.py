"""The fields of one record of Web of Science to a reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from evidence.formats.dates import date
from evidence.formats.draft import Draft
from evidence.formats.tagged import (
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
from evidence.model.reference import Json

Fields = dict[str, list[str]]

_TYPES = {"J": "article-journal", "B": "book", "S": "chapter", "C": "paper-conference", "P": "patent"}
_TEXTS = {
    "SE": "collection-title", "PU": "publisher", "PI": "publisher-place", "VL": "volume", "IS": "issue", "SU": "supplement",
    "CT": "event-title", "CL": "event-place",
}  # fmt: skip
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_ADDRESS = re.compile(r"\[([^\[\]]{1,4000})\] ?(.+)")


def put_fields(fields: Fields, draft: Draft) -> None:
    """Add all `fields` (tag to its lines, blanks joined) to `draft`. Nothing is left out."""
    _put_type(fields, draft)
    _put_people(fields, draft)
    _put_places(fields, draft)
    _put_dates(fields, draft)
    _put_pages(fields, draft)
    put_serials(draft, "SN", [*fields.get("SN", ()), *fields.get("EI", ())])
    put_serials(draft, "BN", fields.get("BN", ()), book=True)
    for tag, lines in fields.items():
        if variable := _TEXTS.get(tag):
            put_text(draft, tag, variable, number(" ".join(lines)))
        elif read := _BY_TAG.get(tag):
            read(draft, tag, " ".join(lines))
        elif tag in _LISTS:
            for line in lines:
                draft.keep(tag, line)
        elif tag not in _DONE:
            draft.keep(tag, " ".join(lines))


# Tags with a value on each line; in all others a line end is a blank. Of unknown tags too: they are prose more often.
_LISTS = frozenset(("C1", "CR", "AU", "BA", "BE", "GP", "FX"))
_DONE = frozenset(
    ("PT", "AF", "BF", "CA", "SO", "JI", "J9", "PD", "PY", "EA", "CY", "BP", "EP", "AR", "SN", "EI", "BN", "OI", "RI")
)


def _put_type(fields: Fields, draft: Draft) -> None:
    word = " ".join(fields.get("PT", ())).upper()
    said = " ".join(fields.get("DT", ())).lower()
    draft.type = _TYPES.get(word[:1], "article-journal" if "SO" in fields else "document")
    if word[:1] in {"B", "S"}:
        if "proceedings paper" in said or "meeting abstract" in said:
            draft.type = "paper-conference"
        elif "chapter" in said or ("SO" in fields and fields["SO"] != fields.get("TI", fields["SO"])):
            draft.type = "chapter"
        else:
            draft.type = "book"
    if not word:
        draft.warnings.append(f"the record has no type (PT): taken for {draft.type}")
    elif word != "J":
        draft.keep("PT", " ".join(fields["PT"]))


def _put_people(fields: Fields, draft: Draft) -> None:
    """AF names in full the people of AU; the short forms are kept only where the two lists differ in length."""
    for tag, full, role in (("AU", "AF", "author"), ("BA", "BF", "container-author")):
        short, long = fields.pop(tag, []), fields.get(full, [])
        of_book = role == "container-author" and draft.type == "book" and not draft.names
        put_names(draft, full if long else tag, long or short, "author" if of_book else role)
        for name in short if long and len(long) != len(short) else ():
            draft.keep(tag, name)
    put_names(draft, "CA", (part for line in fields.get("CA", ()) for part in line.split(";")))
    put_names(draft, "BE", fields.pop("BE", ()), "editor")
    _put_details(fields, draft)


def _put_details(fields: Fields, draft: Draft) -> None:
    """ORCIDs (OI) and addresses (C1) to the authors whom they name; what names nobody known stays as it is."""
    numbers = {f"{name.family}, {name.given}": at for at, name in enumerate(draft.names, 1) if name.role == "author"}
    if any(name.particle for name in draft.names):
        pairs = ((at, name) for at, name in enumerate(draft.names, 1) if name.particle and name.role == "author")
        numbers |= {f"{name.particle} {name.family}, {name.given}": at for at, name in pairs}
    orcids = {}
    for part in " ".join(fields.get("OI", ())).split(";"):
        who, _, orcid = part.strip().rpartition("/")
        if _ORCID.fullmatch(orcid) and who in numbers:
            orcids[who] = orcid
        elif part.strip():
            draft.keep("OI", part.strip())
    draft.keep("RI", " ".join(fields.get("RI", ())))
    places = _addresses(fields, numbers)
    details: list[Json] = []
    for who, at in sorted(numbers.items(), key=lambda pair: pair[1]):
        one: dict[str, Json] = {"n": at, "name": who}
        if who in orcids:
            one["orcid"] = orcids[who]
        if who in places:
            one["affiliations"] = list(places[who])
        if len(one) > 2:
            details.append(one)
    if details:
        draft.extra["author-details"] = details


def _addresses(fields: Fields, numbers: Mapping[str, int]) -> dict[str, list[str]]:
    """Each author's addresses, when every line of C1 names authors ("[Hale, Robert; Li, Xu] Univ X"); C1 is then done."""
    found: dict[str, list[str]] = {}
    for line in fields.get("C1", ()):
        address = _ADDRESS.fullmatch(line)
        people = [one.strip() for one in address[1].split(";")] if address else []
        if not address or not all(one in numbers for one in people):
            return {}
        for one in people:
            found.setdefault(one, []).append(address[2].rstrip("."))
    fields.pop("C1", None)
    return found


def _put_places(fields: Fields, draft: Draft) -> None:
    source = " ".join(fields.get("SO", ()))
    if draft.type == "book" and source and ("TI" not in fields or source == " ".join(fields["TI"])):
        put_title(draft, "SO", source)
        source = ""
    short = [(tag, " ".join(fields[tag])) for tag in ("JI", "J9") if tag in fields]
    put_journal(draft, ("SO", source) if source else None, short[0] if short else None)
    for tag, text in short[1:]:
        draft.keep(tag, text)


def _put_dates(fields: Fields, draft: Draft) -> None:
    """PY is the year, PD the month and day ("MAR-APR", "DEC 23", "SPR"), EA the month of early access."""
    year, rest = " ".join(fields.get("PY", ())), " ".join(fields.get("PD", ()))
    whole = date(f"{year} {rest}") if year and rest else None
    if whole and not whole.literal:
        draft.date("PD", f"{year} {rest}")
    else:
        if year:
            draft.date("PY", year)
        if rest and (year or not (found := date(rest)) or found.literal):
            draft.keep("PD", rest)
        elif rest:
            draft.date("PD", rest)
    for tag, variable in (("EA", "available-date"), ("CY", "event-date")):
        if tag in fields:
            draft.date(tag, " ".join(fields[tag]), variable)
    issued = draft.dated("issued")
    early = draft.dated("available-date")
    if issued is None and early and early.parts:
        draft.date("EA", str(early.year))


def _put_pages(fields: Fields, draft: Draft) -> None:
    start, end, article = (" ".join(fields.get(tag, ())) for tag in ("BP", "EP", "AR"))
    if start and end and start != end:
        put_pages(draft, "BP", f"{start}-{end}")
    elif start or end:
        put_pages(draft, "BP", start or end)
    if article:
        put_pages(draft, "AR", article)


def _terms(draft: Draft, tag: str, text: str) -> None:
    put_keywords(draft, tag, filter(None, (part.strip() for part in text.split(";"))))


def _link(draft: Draft, _tag: str, text: str) -> None:
    put_link(draft, text)


def _pmid(draft: Draft, tag: str, text: str) -> None:
    if not put_pmid(draft, tag, text):
        draft.keep(tag, text)


_BY_TAG: Mapping[str, Callable[[Draft, str, str], object]] = {
    "TI": put_title, "AB": put_abstract, "DI": put_doi, "LA": put_language, "DE": _terms, "DL": _link, "PM": _pmid,
}  # fmt: skip
