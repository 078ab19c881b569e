"""MEDLINE/NBIB out, as PubMed's own display has it; what it cannot say stands in XCSL as JSON and is read back by us.

Source: NLM, MEDLINE/PubMed data element (field) descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from evidence.formats.overlay import NOTHING
from evidence.formats.tagged_write import Tagged, dated, family_first, kept, left_out, one_line, terms
from evidence.model.reference import Date, Heading, Json, Name, Reference
from evidence.ports import Reader, Writer

OVERLAY = "XCSL"
_WIDTH = 88
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SEASONS = ("Spring", "Summer", "Autumn", "Winter")
_NOTICES: Mapping[str, str] = {
    "retraction": "RIN",
    "concern": "ECI",
    "erratum": "EIN",
    "update": "UIN",
    "comment": "CIN",
}
_TIES: Mapping[str, str] = {
    "retraction-of": "ROF", "concern-for": "ECF", "erratum-for": "EFR", "update-of": "UOF", "comment-on": "CON",
    "republished-from": "RPF",
}  # fmt: skip
# ISO 639-1 to what MEDLINE prints, for the languages that have both. Source: NLM, language abbreviations.
_LANGUAGES: Mapping[str, str] = {
    "en": "eng", "de": "ger", "fr": "fre", "es": "spa", "it": "ita", "pt": "por", "nl": "dut", "zh": "chi", "ja": "jpn",
    "ko": "kor", "ru": "rus", "tr": "tur", "pl": "pol", "cs": "cze", "sv": "swe", "da": "dan", "no": "nor", "fi": "fin",
    "hu": "hun", "fa": "per", "he": "heb", "ar": "ara", "el": "gre",
}  # fmt: skip
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,3}")


def writer(read: Reader) -> Writer:
    """The writer that checks each record by reading it back with `read`."""

    def write(references: Iterable[Reference]) -> Iterator[str]:
        """One record after the other, a blank line between."""
        for reference in references:
            lines = [(tag, text) for tag, text in _lines(reference) if text or tag == "PMID"]
            left = left_out(reference, _record([*lines, (OVERLAY, NOTHING)]), read)
            yield _record(lines if left is None else [*lines, (OVERLAY, left)])

    return write


def _record(lines: list[Tagged]) -> str:
    return "".join(f"{tag:<4}- {text if tag == OVERLAY else _wrapped(text)}\n" for tag, text in lines) + "\n"


def _wrapped(text: str) -> str:
    """Long values go on in lines that begin with six blanks."""
    if len(text) + 6 <= _WIDTH:
        return text
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + len(word) + 7 > _WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n      ".join([*lines, line])


def _lines(reference: Reference) -> Iterator[Tagged]:
    fields = reference.fields
    yield "PMID", one_line(fields.get("PMID", ""))
    yield "IS", one_line(fields.get("ISSN", ""))
    yield "ISBN", one_line(fields.get("ISBN", ""))
    for tag, name in (("VI", "volume"), ("IP", "issue")):
        yield tag, one_line(fields.get(name, ""))
    issued = dated(reference)
    yield "DP", _date(issued) if issued else ""
    title = one_line(fields.get("title", ""))
    yield "TI", _sentence(f"[{title}]" if reference.extra.get("translated-title") else title)
    yield "BTI", one_line(fields.get("container-title", "")) if reference.type == "chapter" else ""
    yield "PG", one_line(fields.get("page", ""))
    yield "LID", f"{one_line(fields['DOI'])} [doi]" if fields.get("DOI") else ""
    yield "AB", one_line(fields.get("abstract", ""))
    yield from _people(reference)
    language = one_line(fields.get("language", ""))
    yield "LA", _LANGUAGES.get(language, language)
    for one in reference.publication_types:
        yield "PT", one_line(one)
    yield "TT", _sentence(one_line(fields.get("original-title", "")))
    yield "PB", one_line(fields.get("publisher", ""))
    yield "TA", one_line(fields.get("container-title-short", ""))
    yield "JT", one_line(fields.get("container-title", "")) if reference.type != "chapter" else ""
    yield from _ties(reference)
    for heading in reference.mesh:
        yield "MH", _heading(heading)
    for term in terms(fields.get("keyword", "")):
        yield "OT", term
    yield "PMC", one_line(fields.get("PMCID", ""))
    for tag, text in kept(reference, "pubmed"):
        if _TAG.fullmatch(tag) and tag not in ("PMID", OVERLAY):
            yield tag, text


def _sentence(title: str) -> str:
    return title if not title or title[-1] in ".?!" else f"{title}."


def _people(reference: Reference) -> Iterator[Tagged]:
    details = _details(reference.extra.get("author-details"))
    for number, name in enumerate(reference.named("author"), 1):
        if name.literal is not None:
            yield "CN", one_line(name.literal)
        else:
            yield "FAU", family_first(name, " ")
            yield "AU", _initials(name)
        yield from details.get(number, ())
    for name in reference.named("editor"):
        yield "FED", family_first(name, " ")


def _details(value: Json) -> dict[int, list[Tagged]]:
    """The identifier and affiliations of each author, by the number in the list."""
    found: dict[int, list[Tagged]] = {}
    for one in value if isinstance(value, list) else ():
        number = one.get("n") if isinstance(one, dict) else None
        if not isinstance(one, dict) or not isinstance(number, int):
            continue
        orcid, places = one.get("orcid"), one.get("affiliations")
        lines = [("AUID", f"ORCID: {orcid}")] if isinstance(orcid, str) else []
        lines += [
            ("AD", one_line(place)) for place in (places if isinstance(places, list) else ()) if isinstance(place, str)
        ]
        found[number] = lines
    return found


def _initials(name: Name) -> str:
    """`Family AB Jr`, as MEDLINE's AU has it."""
    letters = "".join(part[0].upper() for part in re.split(r"[\s.-]+", name.given or "") if part)
    given = (name.given or "").replace(".", "").replace(" ", "")
    letters = given if given.isupper() and len(given) < 4 else letters
    family = " ".join(part for part in (name.particle, name.family) if part)
    return one_line(" ".join(part for part in (family, letters, name.suffix) if part))


def _date(date: Date) -> str:
    if not date.parts or (date.year or 0) < 1000:
        return ""
    first = _part(date.parts[0])
    if date.season:
        return f"{first} {_SEASONS[date.season - 1]}"
    if len(date.parts) == 1:
        return first
    last = date.parts[1]
    same_year = last[0] == date.parts[0][0] and len(last) == 2 and len(date.parts[0]) == 2
    return f"{first}-{_MONTHS[last[1] - 1]}" if same_year else f"{first}-{_part(last)}"


def _part(part: tuple[int, ...]) -> str:
    year, month, day = (*part, None, None)[:3]
    named = _MONTHS[month - 1] if month and month <= len(_MONTHS) else ""
    return " ".join(one for one in (f"{year:04}", named, str(day) if named and day else "") if one)


def _ties(reference: Reference) -> Iterator[Tagged]:
    for notice in reference.notices:
        if notice.kind in _NOTICES and notice.ref:
            yield _NOTICES[notice.kind], one_line(notice.ref)
    for name, tag in _TIES.items():
        value = reference.extra.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield tag, one_line(one)


def _heading(heading: Heading) -> str:
    star = "*" if heading.major else ""
    return one_line(star + "/".join((heading.label, *heading.qualifiers)))
