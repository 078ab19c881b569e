"""A reference made ready to be compared with others, and what two say of year, volume, issue, pages and identifiers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from evidence.core.likeness_journals import Journal, is_preprint_server, journals
from evidence.core.likeness_people import People, people
from evidence.core.likeness_titles import Kind, Title, title
from evidence.model.identifiers import identifiers
from evidence.model.reference import Reference
from evidence.model.words import words

Agreement = Literal["same", "near", "clash", "unknown"]
CSL_OF = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMCID"}


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a work stands: the letters before its first page ("s", "e", "cd"), that page and the last; "" unknown.

    `article`: it may be the number of an article in an electronic journal, which has no pages.
    """

    letters: str = ""
    first: str = ""
    last: str = ""
    article: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A reference, each field in the one form in which it is compared."""

    reference: Reference
    ids: dict[str, str]
    title: Title
    people: People
    years: tuple[int, ...]
    electronic: bool
    journals: tuple[Journal, ...]
    volume: str
    issue: str
    pages: Pages
    edition: str
    version: str
    kind: Kind
    preprint: bool
    abstract: bool
    trials: frozenset[str]


def view(reference: Reference) -> View:
    """`reference` made ready."""
    get = reference.fields.get
    ids = identifiers(reference.fields)
    volume, issue = volume_and_issue(get("volume") or "", get("issue") or "")
    pages = pages_of(get("page") or get("page-first") or "")
    head = title(reference.title, *_other_titles(reference))
    electronic = any(date.variable == "available-date" for date in reference.dates)
    return View(
        reference=reference,
        ids=ids,
        title=head,
        people=people(reference),
        years=_years(reference),
        electronic=electronic or not (volume or pages.first),
        journals=journals(reference),
        volume=volume,
        issue=issue,
        pages=pages,
        edition=edition_of(get("edition") or ""),
        version=get("version") or version_of(ids.get("doi", "")),
        kind=head.kind or _kind(reference),
        preprint=is_preprint_server(reference),
        abstract=head.abstract or _is_abstract(reference),
        trials=_trials(reference),
    )


def _other_titles(reference: Reference) -> tuple[str, ...]:
    found = [reference.fields.get("original-title")]
    return tuple(one for one in found if one)


_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")


def _years(reference: Reference) -> tuple[int, ...]:
    found: list[int] = []
    for date in reference.dates:
        if date.variable not in {"issued", "available-date"}:
            continue
        found += [part[0] for part in date.parts if part]
        if not date.parts and date.literal and (year := _YEAR.search(date.literal)):
            found.append(int(year.group()))
    return tuple(dict.fromkeys(found))


_ARABIC = re.compile(r"\d+", re.ASCII)
_SUPPLEMENT = re.compile(r"\bs(?:uppl|\b|\d)", re.IGNORECASE)
_BOTH = re.compile(r"^\s*(\w{1,8})\s*\(([^()]{1,30})\)")
_ROMAN = re.compile(r"^[ivxlc]{1,8}$", re.IGNORECASE | re.ASCII)  # no dotless i
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@lru_cache(maxsize=8192)
def volume_and_issue(volume: str, issue: str) -> tuple[str, str]:
    """Volume and issue as plain numbers: "12(3)" is ("12", "3"), "XII" is 12, "14 Suppl 2" is ("14", "s2")."""
    volume, issue = volume[:60], issue[:60]
    if both := _BOTH.match(volume):
        volume, issue = both.group(1), issue or both.group(2)
    found = _number(volume)
    if not issue and (extra := re.search(r"suppl\w*\W*(\d*)", volume, re.IGNORECASE)) and extra.start():
        issue = extra.group()
    if found and _SUPPLEMENT.match(volume.strip()):
        found = f"s{found}"
    number = _number(issue)
    return found, f"s{number}" if _SUPPLEMENT.search(issue) else number


def _number(text: str) -> str:
    if found := _ARABIC.search(text):
        return found.group().lstrip("0")
    text = text.strip(" .")
    if _ROMAN.match(text):
        return str(_from_roman(text.lower()))
    return ""


def _from_roman(text: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in text]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


_PAGES = re.compile(
    r"^(?P<letters>[a-z]{0,4}?)[\s.-]*0*(?P<first>\d+)(?P<after>[a-z]?)(?:\s*[-\u2013\u2014]+\s*(?P<more>[a-z]{0,3})0*(?P<last>\d+))?"
)
_MONTH = re.compile(r"^\W*(?:\d{1,2}\W)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*(?:\W\d{1,2})?\W*$")


@lru_cache(maxsize=16384)
def pages_of(text: str) -> Pages:
    """The first and last page in `text`: "389-99" is 389 and 399, "S12-5" is S12 and S15; of several runs the first.

    What is no page ("no pagination", a publisher's number, a range that a spreadsheet made a date) is unknown.
    """
    plain = text[:80].strip().lower().removeprefix("pp").removeprefix("p.").strip(" .:[]")
    if re.match(r"(?:art(?:icle)?|no|pg|page)\b", plain):
        plain = re.sub(r"^[a-z]+\W*(?:(?:no|number|id)\W*)?", "", plain)
        if plain[:1].isdigit() and "-" not in plain:
            return Pages("", plain.split()[0].lstrip("0"), "", article=True)
    if _ROMAN.match(plain.partition("-")[0]) and (later := re.search(r"[,;+\s](\d+(?:\s?-\s?\d+)?)", plain)):
        plain = later.group(1)
    if _ROMAN.match(plain.partition("-")[0]):
        first, _, last = plain.partition("-")
        return Pages("r", str(_from_roman(first)), str(_from_roman(last)) if _ROMAN.match(last) else "")
    found = _PAGES.match(plain)
    if not found or _MONTH.match(plain) or re.match(r"s\d{4}-\d{3}", plain) or plain.startswith("10."):
        return Pages()
    first, last, letters = found["first"], found["last"] or "", found["letters"]
    if last and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    single = not last or last == first
    article = letters.startswith("e") or (single and letters not in {"s", "p", "pp"} and "+" not in plain)
    return Pages(letters, first, last, article)


_ORDINALS = {
    name: str(value)
    for value, name in enumerate(words("first second third fourth fifth sixth seventh eighth ninth tenth"), start=1)
}


def edition_of(text: str) -> str:
    """The number of an edition: "2nd", "second" and "2. ed." are "2"; other words are kept."""
    if found := _ARABIC.search(text):
        return found.group().lstrip("0")
    low = text.strip().lower()
    return next((value for name, value in _ORDINALS.items() if low.startswith(name)), low)


_VERSION = re.compile(r"(?:\.pub|[./_-]?v(?:er)?\.?)(\d{1,2})$|(?<=f1000research\.)\d+\.(\d)$")


def version_of(doi: str) -> str:
    """The version that a DOI ends with: `.pub2` is "2", `…/v1` is "1"; "" when it names none."""
    found = _VERSION.search(doi)
    return (found.group(1) or found.group(2)).lstrip("0") if found else ""


def without_version(doi: str) -> str:
    """A DOI without the version that it ends with."""
    return _VERSION.sub("", doi)


_TYPES: tuple[tuple[str, Kind], ...] = (
    ("retraction notice", "retraction"), ("retraction of publication", "retraction"), ("expression of concern", "retraction"),
    ("published erratum", "correction"), ("erratum", "correction"), ("correction", "correction"), ("corrigendum", "correction"),
    ("comment", "comment"), ("reply", "comment"), ("clinical trial protocol", "protocol"),
)  # fmt: skip
_TIES: tuple[tuple[str, Kind], ...] = (
    ("retraction-of", "retraction"), ("concern-for", "retraction"), ("erratum-for", "correction"), ("comment-on", "comment"),
)  # fmt: skip


def _kind(reference: Reference) -> Kind:
    """What a reference says itself to be, by its types and its ties to another work."""
    said = [one.lower() for one in (*reference.publication_types, reference.fields.get("genre") or "")]
    for name, kind in _TYPES:
        if name in said:
            return kind
    ties = {*reference.extra, *(tie.kind for tie in reference.relations)}
    return next((kind for name, kind in _TIES if name in ties), "")


_ABSTRACTS = ("meeting abstract", "conference abstract", "congress")


def _is_abstract(reference: Reference) -> bool:
    said = " ".join((*reference.publication_types, reference.fields.get("genre") or "")).lower()
    return any(one in said for one in _ABSTRACTS)


_TRIAL = re.compile(r"\b(?:NCT ?0?\d{7,8}|ISRCTN ?\d{8}|ACTRN ?\d{14}|ChiCTR[-\w]{6,20}|EudraCT:? ?\d{4}-\d{6}-\d\d)\b")


def _trials(reference: Reference) -> frozenset[str]:
    get = reference.fields.get
    text = f"{reference.title} {get('abstract') or ''} {get('note') or ''} {get('number') or ''}"
    if "NCT" not in text and "CTR" not in text and "EudraCT" not in text:
        return frozenset()
    return frozenset(found.replace(" ", "").upper() for found in _TRIAL.findall(text[:20000]))


# --- what two say -------------------------------------------------------------------------------------------------


def years_apart(one: View, other: View) -> int | None:
    """The least distance between the years that two state; None when one states none."""
    return min((abs(mine - theirs) for mine in one.years for theirs in other.years), default=None)


def numbers_agree(one: str, other: str) -> Agreement:
    """Whether two volumes, issues or editions are one."""
    if not one or not other:
        return "unknown"
    return "same" if one == other else "clash"


def volumes_agree(one: View, other: View) -> Agreement:
    """Whether two stand in one volume; near: one gives its year or issue for it."""
    found = numbers_agree(one.volume, other.volume)
    if found == "clash":
        for mine, theirs in ((one, other), (other, one)):
            if mine.volume in {str(year) for year in theirs.years + mine.years} or mine.volume == theirs.issue != "":
                return "near"
    return found


def pages_agree(one: Pages, other: Pages) -> Agreement:
    """Whether two begin on one page. Near: the letters before differ, one digit does, or the last page agrees.

    The number of an article and a range of pages say nothing of each other.
    """
    if not one.first or not other.first:
        return "unknown"
    if one.first == other.first:
        if one.letters == other.letters or not one.letters or not other.letters:
            return "same"
        return "near"
    if _numbered(one, other) or _numbered(other, one):
        return "unknown"
    if one.letters == other.letters and len(one.first) == len(other.first) > 2:
        wrong = sum(mine != theirs for mine, theirs in zip(one.first, other.first, strict=True))
        if wrong == 1 and not apart(one, other):
            return "near"
    return "near" if one.last and one.last == other.last else "clash"


def _numbered(one: Pages, other: Pages) -> bool:
    """Whether `one` may be the number of the article that `other` gives the pages of."""
    if not one.article or (other.article and other.letters == one.letters) or not (other.last or one.letters):
        return False
    return bool(one.letters) or len(one.first) > 4 or other.first == "1"


def apart(one: Pages, other: Pages) -> bool:
    """Whether two runs of pages have no page in common, both ends of both being known."""
    if not (one.last and other.last) or one.letters != other.letters:
        return False
    return int(one.last[:9]) < int(other.first[:9]) or int(other.last[:9]) < int(one.first[:9])


def ids_agree(one: View, other: View) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The identifiers (CSL names) that two have in common, and those that they state differently."""
    both = [name for name in one.ids if name in other.ids]
    shared = tuple(CSL_OF[name] for name in both if one.ids[name] == other.ids[name])
    return shared, tuple(CSL_OF[name] for name in both if one.ids[name] != other.ids[name])
