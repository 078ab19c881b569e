"""Dates as databases print them: `2000 Mar-Apr`, `1998 Dec-1999 Jan`, `2001 Spring`, `2000/03/07/`, `20000307`."""

from __future__ import annotations

import re
from functools import lru_cache

from evidence.formats.bibtex_dates import read_date
from evidence.model.reference import Date

_SEASONS = {"spr": 1, "sum": 2, "aut": 3, "fal": 3, "win": 4}  # by their first letters: Web of Science has no more
_MONTHS = {
    name: at + 1
    for at, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
}
_MONTH = r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
# PubMed's DP and MedlineDate: year, month, day, each perhaps with an end. Source: NLM, MEDLINE data element DP.
_PUBMED = re.compile(
    rf"(\d{{4}})(?: {_MONTH}(?: (\d{{1,2}}))?)?(?:[-/](?:(\d{{4}})(?: |$))?(?:{_MONTH})?(?: ?(\d{{1,2}}))?)?",
    re.IGNORECASE | re.ASCII,
)
_SEASON = re.compile(
    r"(?:(\d{4})[ /,-]+)?(Spr(?:ing)?|Sum(?:mer)?|Aut(?:umn)?|Fall?|Win(?:ter)?)\.?(?:[ ,]+(\d{4}))?",
    re.IGNORECASE | re.ASCII,
)
# RIS: YYYY/MM/DD/other, parts may be empty. Source: RIS format specification, tags Y1, PY, DA.
_SLASHES = re.compile(r"(\d{4})/(\d{0,2})/?(\d{0,2})/?(.{0,60})", re.ASCII)
# "2001/Dec/01", "2001-Dec-1"; "12/1998"; "201305".
_NAMED = re.compile(rf"(\d{{4}})[/-]{_MONTH}[/-](\d{{1,2}})", re.IGNORECASE | re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.-]((?:1[5-9]|20)\d\d)", re.ASCII)
_YEAR_MONTH = re.compile(r"((?:1[5-9]|20)\d\d)(0[1-9]|1[0-2])", re.ASCII)
_FIRST_YEAR = re.compile(r"(1[5-9]\d\d|20\d\d)\b", re.ASCII)
_WHOLE = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", re.ASCII)
_TIME = re.compile(
    r"(?:[T /]+|\b)\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?[AP]M)?(?:Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE | re.ASCII
)
_NOTHING = frozenset(("undefined", "null", "none", "nan", "n/a"))  # what programs print for a part that they lack
_LONGEST = 200  # characters: nothing longer is a date
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


def date(text: str, variable: str = "issued") -> Date | None:
    """The date in `text`; None when there is nothing. What is no date is kept as `literal`, with its year if it names one."""
    return _date(text, variable) if len(text) < _LONGEST else Date(variable, literal=" ".join(text.split()))


@lru_cache(maxsize=16384)
def _date(text: str, variable: str) -> Date | None:
    text = " ".join(text.split()).strip(" ,;.").rstrip("/")
    if ":" in text:
        text = _TIME.sub("", text, count=1).rstrip(" /")
    if not text or text.strip("0") == "":
        return None
    if len(text) == 4 and text.isdecimal() and text.isascii():
        return Date(variable, ((int(text),),))
    if found := _WHOLE.fullmatch(text):  # most dates that are more than a year
        part = (int(found[1]), int(found[2]), int(found[3]))
        if 1 <= part[1] <= 12 and 1 <= part[2] <= 31:
            return Date(variable, (part,))
    for read in (_in_words, _season, _mixed, _slashed):
        if known := read(text, variable):
            return known
    other = read_date(variable, text)
    if not other.parts and (year := _FIRST_YEAR.match(text)):  # "2000 Winter-2001 Spring": of 2000, as PubMed files it
        return Date(variable, ((int(year[1]),),), literal=text)
    return other


def _in_words(text: str, variable: str) -> Date | None:
    found = _PUBMED.fullmatch(text)
    if not found:
        return None
    year, month, day, end_year, end_month, end_day = found.groups()
    first = _part(int(year), month, day)
    if first is None:
        return None
    if not (end_year or end_month or end_day):
        return Date(variable, (first,)) if "-" not in text and "/" not in text else None
    last = _part(int(end_year or year), end_month or month, end_day)
    if last is None or (not end_month and not end_day and len(first) > 1) or last < first[: len(last)]:
        return None
    return Date(variable, (first, last))


def _part(year: int, month: str | None, day: str | None) -> tuple[int, ...] | None:
    if month is None:
        return (year,) if day is None else None
    number = _MONTHS[month[:3].lower()]
    if day is None:
        return (year, number)
    return (year, number, int(day)) if 1 <= int(day) <= 31 else None


def _season(text: str, variable: str) -> Date | None:
    found = _SEASON.fullmatch(text)
    year = found and (found[1] or found[3])
    return Date(variable, ((int(year),),), _SEASONS[found[2][:3].lower()]) if found and year else None


def _mixed(text: str, variable: str) -> Date | None:
    """A month's name between slashes, a month before its year, or both without a sign."""
    if found := _NAMED.fullmatch(text):
        part = _part(int(found[1]), found[2], found[3])
        return Date(variable, (part,)) if part else None
    if found := _MONTH_YEAR.fullmatch(text):
        month, year = int(found[1]), int(found[2])
    elif found := _YEAR_MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
    else:
        return None
    return Date(variable, ((year, month),)) if 1 <= month <= 12 else Date(variable, ((year,),), literal=text)


def _slashed(text: str, variable: str) -> Date | None:
    found = _SLASHES.fullmatch(text) or _DIGITS.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups()[:3])
    other = found[4].strip(" /") if found.re is _SLASHES else ""
    if month > 12 or day > 31 or (day and not month):
        return None
    part = tuple(one for one in (year, month, day) if one)
    if not other or other.lower() in _NOTHING:
        return Date(variable, (part,))
    if season := _SEASON.fullmatch(other):
        return Date(variable, (part,), _SEASONS[season[2][:3].lower()])
    said = date(f"{year} {other}", variable)
    known = said and not said.literal and said.parts and part[: len(said.parts[0])] == said.parts[0][: len(part)]
    if said and known:
        return said if len(said.parts[0]) >= len(part) else Date(variable, (part,))
    return Date(variable, (part,), literal=text)
