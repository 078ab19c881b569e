"""Whether two values of one field say the same, in whatever spelling. What they say is not judged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evidence.model.csl import DATES, NAMES
from evidence.model.identifiers import SCHEMES, identifiers
from evidence.model.markup import plain
from evidence.model.words import words

# A number with the letters before it, and the end of the range that it begins.
_RANGE = re.compile(
    r"([a-z]{0,9})(\d{1,12})\s?[-\u2010-\u2015\u2212]+\s?([a-z]{0,9})(\d{1,12})(?![\da-z])", re.IGNORECASE
)
_INITIALS = 3  # capitals that stand together as a person's initials: KDM
_SERIALS = frozenset(("ISSN", "ISBN"))
_SERIAL = re.compile(r"\b(?:\d{4}-?\d{3}[\dXx]|(?:\d-?){9}[\dXx]|(?:\d-?){13})\b", re.ASCII)
_LONGEST = 1000  # characters of a field in which ranges are looked for


def says_same(field: str, one: object, other: object) -> bool:
    """Whether two values of the CSL variable `field`, as CSL-JSON has them, say the same.

    Case, punctuation, diacritics and markup do not count; `389-99` is `389-399`; a name with initials is the name in full; a
    date without its day is the date.
    """
    if one == other:
        return True
    if isinstance(one, str) and isinstance(other, str):
        if field in _SERIALS and (mine := serials(one)) and (theirs := serials(other)):
            return bool(mine & theirs)  # printed and electronic numbers of one journal
        return _read(field, one) == _read(field, other)
    if field in NAMES and isinstance(one, list) and isinstance(other, list):
        return same_people(one, other)
    if field in DATES and isinstance(one, dict) and isinstance(other, dict):
        return _same_date(one, other)
    return False


def serials(text: str) -> set[str]:
    """The ISSNs and ISBNs in a field, without hyphens."""
    return {found.replace("-", "").upper() for found in _SERIAL.findall(text[:_LONGEST])}


def same_people(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two lists of CSL names are the same people in the same order."""
    return len(one) == len(other) and all(map(_same_person, one, other))


def _read(field: str, text: str) -> object:
    """What a text says, as far as it is compared."""
    if field in SCHEMES:
        return identifiers({field: text}) or text
    if field.startswith("page"):
        text = whole_pages(text)
    return words(plain(text))


def whole_pages(text: str) -> str:
    """`text` with the ends of its ranges written out: `389-99` is `389-399`, `S12-5` is `S12-S15`."""
    return _RANGE.sub(_whole, text) if len(text) <= _LONGEST else text


def _whole(found: re.Match[str]) -> str:
    letters, first, other, last = found.groups()
    if len(last) < len(first) and other.lower() in ("", letters.lower()):
        last = first[: -len(last)] + last
    return f"{letters}{first}-{other or letters}{last}"


def _same_person(one: object, other: object) -> bool:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return one == other
    if _family(one) != _family(other):
        return False
    short, long = sorted((_initials(one), _initials(other)), key=len)
    return long.startswith(short)


def _family(name: Mapping[str, str]) -> list[str]:
    parts = ("dropping-particle", "non-dropping-particle", "family", "literal")
    return words(" ".join(name[part] for part in parts if name.get(part)))


def _initials(name: Mapping[str, str]) -> str:
    """The initials of the given names: `kd` of "K D", "K. D.", "KD" and "Kenneth Dean"."""
    parts = name.get("given", "").replace(".", " ").replace("-", " ").split()
    letters = (part if part.isupper() and len(part) <= _INITIALS else part[:1] for part in parts)
    return "".join(words(" ".join(letters)))


def _same_date(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether one date is the other, or the other to the year or month."""
    mine, theirs = one.get("date-parts"), other.get("date-parts")
    if not mine or not theirs:
        return one == other
    return all(a == b for a, b in zip(mine[0], theirs[0], strict=False))
