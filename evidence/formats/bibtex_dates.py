"""Dates in BibTeX and back: `year`, `month`, `day`, and biblatex's `date = {2000-03/2000-04}`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from evidence.formats.bibtex_custom import json_out
from evidence.formats.bibtex_values import MONTHS
from evidence.model.csl import date_from_text, from_csl, to_csl
from evidence.model.reference import Date, Reference

_SEASONS = {"spring": 1, "summer": 2, "autumn": 3, "fall": 3, "winter": 4}
_CIRCA = re.compile(r"(?:c|ca|circa|about)\b\.?\s*|[~?%]+$", re.IGNORECASE)
_SEASON = re.compile(r"(\d{4})-2([1-4])", re.ASCII)
_YEARS = re.compile(r"(\d{4})\s*(?:--?|[–/])\s*(\d{4})", re.ASCII)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", re.ASCII)
_MONTH = re.compile(
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?",
    re.IGNORECASE,
)
_DAY = re.compile(r"[\s~,]*(\d{1,2})(?:st|nd|rd|th)?[\s~,]*", re.ASCII)
_MONTHS = re.compile(r"(\d{1,2}|[a-z]+\.?)\s*(?:--?-?|[–/])\s*(\d{1,2}|[a-z]+\.?)", re.IGNORECASE | re.ASCII)


def read_date(variable: str, text: str) -> Date:
    """`text` as a date: ISO and EDTF ("2000-03-07", "1999/2001", "1999~", "2000-21"), JSON as CSL has it, else literal.

    A literal that names one year keeps that year beside it.
    """
    text = text.strip()
    if text.startswith("{") and (date := _from_json(variable, text)):
        return date
    if season := _SEASON.fullmatch(text):
        return Date(variable, ((int(season[1]),),), int(season[2]))
    bare = _CIRCA.sub("", text, count=1).strip() if _CIRCA.match(text) or _CIRCA.search(text) else text
    bare = re.sub(r"[\[\]()]", "", bare)
    if years := _YEARS.fullmatch(bare):
        return Date(variable, ((int(years[1]),), (int(years[2]),)), circa=bare != text and bool(_CIRCA.search(text)))
    date = date_from_text(variable, bare)
    if date.parts and all(_valid(part) for part in date.parts):
        return Date(variable, date.parts, circa=bool(_CIRCA.match(text) or _CIRCA.search(text)))
    found = set(_YEAR.findall(text))
    return Date(variable, ((int(found.pop()),),) if len(found) == 1 else (), literal=text)


def read_issued(year: str, month: str, day: str) -> tuple[Date, bool]:
    """The date of issue from BibTeX's three fields, and whether all of `month` and `day` went into it."""
    date = read_date("issued", year)
    if not month:
        return date, not day
    if len(date.parts) != 1 or len(date.parts[0]) != 1 or date.season or date.literal:
        return date, False
    at = date.parts[0][0]
    if month.lower() in _SEASONS and not day:
        return Date("issued", ((at,),), _SEASONS[month.lower()], date.circa), True
    if (both := _MONTHS.fullmatch(month)) and not day:
        first, last = _number(both[1]), _number(both[2])
        parts = ((at, first), (at + (last < first), last)) if first and last else ((at,),)
        return Date("issued", parts, circa=date.circa), len(parts) == 2
    number, rest = _month_and_day(month)
    days = day or rest
    if not number:
        return date, False
    if not days:
        return Date("issued", ((at, number),), circa=date.circa), True
    if re.fullmatch(r"\d{1,2}", days, re.ASCII) and _valid((at, number, int(days))):
        return Date("issued", ((at, number, int(days)),), circa=date.circa), not (day and rest)
    return Date("issued", ((at, number),), circa=date.circa), False


def write_issued(date: Date) -> Iterator[tuple[str, str, bool]]:
    """The fields that hold the date of issue: name, value, and whether the value is a macro and stands bare."""
    if date.literal and read_date("issued", date.literal) == date:
        yield "year", date.literal, False
        return
    months = [MONTHS[part[1] - 1] for part in date.parts if len(part) > 1 and 1 <= part[1] <= 12]
    day = str(date.parts[0][2]) if len(date.parts) == 1 and len(date.parts[0]) > 2 else ""
    if date.parts and date.parts[0]:
        year = str(date.parts[0][0])
        if read_issued(year, "-".join(months), day) == (date, True):
            yield "year", year, False
            if months:
                yield "month", ' # "--" # '.join(months), True
            if day:
                yield "day", day, False
            return
    yield "date", write_date(date), False


def write_date(date: Date) -> str:
    """`date` as EDTF where that says it all, else as JSON as CSL has it."""
    sides = [
        "-".join([f"{part[0]:04}" if part[0] >= 0 else str(part[0]), *(f"{n:02}" for n in part[1:])])
        for part in date.parts
    ]
    text = "/".join(sides)
    plain = f"{text}-2{date.season}" if date.season else f"{text}~" if date.circa else date.literal or text
    if plain and read_date(date.variable, plain) == date:
        return plain
    out = to_csl(Reference(None, dates=(date,))).get(date.variable, {})
    return json_out(out)


def _from_json(variable: str, text: str) -> Date | None:
    try:
        read = from_csl({variable: json.loads(text)}).dates
    except (ValueError, TypeError, RecursionError):
        return None
    return read[0] if read else None


def _valid(part: tuple[int, ...]) -> bool:
    return all(1 <= number <= top for number, top in zip(part[1:], (12, 31), strict=False))


def _number(month: str) -> int:
    """1 to 12; 0 for what is no month."""
    if month.isdecimal():
        return int(month) if 1 <= int(month) <= 12 else 0
    return MONTHS.index(month[:3].lower()) + 1 if _MONTH.fullmatch(month) else 0


def _month_and_day(text: str) -> tuple[int, str]:
    """`mar`, `3`, `March 7`, `7~March`: the month, and the day as text ("" for none); 0 when it is no month."""
    if number := _number(text):
        return number, ""
    found = _MONTH.search(text)
    if not found:
        return 0, ""
    rest = text[: found.start()] + " " + text[found.end() :]
    day = _DAY.fullmatch(rest)
    return (_number(found.group()), day[1]) if day else (0, "")
