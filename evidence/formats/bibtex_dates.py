"""Dates in BibTeX and back: `year`, `month`, `day`, and biblatex's `date = {2000-03/2000-04}`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

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
# Months in the languages of the references that people bring, by their folded names; English ones are above.
_FOREIGN = {
    name: month
    for month, names in (
        (1, "januar jänner janvier enero gennaio janeiro januari ocak"),
        (2, "februar février fevrier febrero febbraio fevereiro februari şubat"),
        (3, "märz maerz mars marzo março maart mart"),
        (4, "avril abril aprile nisan"),
        (5, "mai mayo maggio maio mei mayıs"),
        (6, "juni juin junio giugno junho haziran"),
        (7, "juli juillet julio luglio julho temmuz"),
        (8, "août aout agosto augustus ağustos"),
        (9, "septembre septiembre settembre setembro eylül"),
        (10, "oktober okt octobre octubre ottobre outubro ekim"),
        (11, "novembre noviembre novembro kasım"),
        (12, "dezember dez décembre decembre diciembre dicembre dezembro aralık"),
    )
    for name in names.split()
}
_LETTERS = re.compile(r"[^\W\d_]+")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
_SLASHED = re.compile(r"(\d{4})/(\d{1,2})(?:/(\d{1,2}))?", re.ASCII)
_DAY = re.compile(r"[\s~,]*(\d{1,2})(?:st|nd|rd|th|\.)?[\s~,]*", re.ASCII)
_MONTHS = re.compile(
    r"(\d{1,2}|[^\W\d_]+\.?)\s*(?:--?-?|[–/])\s*(\d{1,2}|[^\W\d_]+\.?)|([^\W\d_]+\.?)(?:\s*[,&]\s*|\s+and\s+)([^\W\d_]+\.?)"
)


def read_date(variable: str, text: str) -> Date:
    """`text` as a date: ISO and EDTF ("2000-03-07", "1999/2001", "1999~", "2000-21"), JSON as CSL has it, else literal.

    A literal that names one year keeps that year beside it.
    """
    text = text.strip()
    if len(text) == 4 and text.isascii() and text.isdecimal():
        return Date(variable, ((int(text),),))
    if text.startswith("{") and (date := _from_json(variable, text)):
        return date
    if season := _SEASON.fullmatch(text):
        return Date(variable, ((int(season[1]),),), int(season[2]))
    bare = _CIRCA.sub("", text, count=1).strip() if _CIRCA.match(text) or _CIRCA.search(text) else text
    bare = re.sub(r"[\[\]()]", "", bare)
    if years := _YEARS.fullmatch(bare):
        return Date(variable, ((int(years[1]),), (int(years[2]),)), circa=bare != text and bool(_CIRCA.search(text)))
    date = date_from_text(variable, _as_iso(bare))
    if date.parts and all(_valid(part) for part in date.parts):
        return Date(variable, date.parts, circa=bool(_CIRCA.match(text) or _CIRCA.search(text)))
    places = list(_YEAR.finditer(text))
    if len(places) == 1 and (written := _in_words(variable, text, places[0])):
        return written
    said = {place.group() for place in places}
    return Date(variable, ((int(said.pop()),),) if len(said) == 1 else (), literal=text)


def _in_words(variable: str, text: str, year: re.Match[str]) -> Date | None:
    """`March 2015`, `2015 Mar 17`, `17. März 2015`, `2015 Jan-Feb`; None when more is said than a date."""
    rest = f"{text[: year.start()]} {text[year.end() :]}".strip(" ,.-/~")
    if len(text) > 40 or not any(map(str.isalpha, rest)):
        return None
    date, whole = read_issued(year.group(), rest, "")
    return replace(date, variable=variable) if whole and len(date.parts[0]) > 1 else None


def _as_iso(text: str) -> str:
    """`2015/03/17` and `17.03.2015` as ISO has them; `2013/14`, a year of study, as no date. Any other text stays."""
    if dotted := _DOTTED.fullmatch(text):
        return f"{dotted[3]}-{int(dotted[2]):02}-{int(dotted[1]):02}"
    found = _SLASHED.fullmatch(text)
    if not found:
        return text
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found[3] else ""


def read_issued(year: str, month: str, day: str) -> tuple[Date, bool]:
    """The date of issue from BibTeX's three fields, and whether all of `month` and `day` went into it."""
    date = read_date("issued", year)
    if not month:
        return date, not day
    if len(date.parts) != 1 or len(date.parts[0]) != 1 or date.season or date.literal:
        said = len(date.parts) == 1 and len(date.parts[0]) > 1 and _number(month) == date.parts[0][1]
        return date, bool(said and (not day or day == str(date.parts[0][-1])))
    at = date.parts[0][0]
    if month.lower() in _SEASONS and not day:
        return Date("issued", ((at,),), _SEASONS[month.lower()], date.circa), True
    if (both := _MONTHS.fullmatch(month)) and not day:
        first, last = _number(both[1] or both[3]), _number(both[2] or both[4])
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
    if _MONTH.fullmatch(month):
        return MONTHS.index(month[:3].lower()) + 1
    return _FOREIGN.get(month.lower().rstrip("."), 0)


def _month_and_day(text: str) -> tuple[int, str]:
    """`mar`, `3`, `March 7`, `7~March`: the month, and the day as text ("" for none); 0 when it is no month."""
    if number := _number(text):
        return number, ""
    found = _MONTH.search(text) or _LETTERS.search(text)
    if not found or not (number := _number(found.group())):
        return 0, ""
    rest = text[: found.start()] + " " + text[found.end() :]
    day = _DAY.fullmatch(rest)
    return (number, day[1]) if day else (0, "")
