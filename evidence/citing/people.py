"""Names as the engine must have them: initials parted, or made where the style prints initials; "others" for those not known."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import replace

from evidence.citing import words
from evidence.model.reference import Name, Reference

_LONGEST = 4000  # characters of a name
_HEAD = 3  # known authors that are the first ones in order
_INITIALS = re.compile(r"(?:[^\W\d_]\.?){1,4}")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|ii|iii|iv|2nd|3rd", re.IGNORECASE)
# Words before a family name that some sources leave with the given names. Source: CSL 1.0.2, "dropping-particle".
_PARTICLES = frozenset(
    ("af", "al", "am", "auf", "aus", "av", "bin", "bint", "da", "dal", "das", "de", "degli", "dei", "del", "dela", "della", "delle",
     "den", "der", "des", "di", "do", "dos", "du", "e", "el", "en", "het", "ibn", "in", "l", "la", "las", "le", "les", "lo", "los", "of", "op",
     "ten", "ter", "tot", "und", "v", "van", "vom", "von", "y", "zu", "zum", "zur", "’t", "'t")
)  # fmt: skip


def people(reference: Reference, initialled: AbstractSet[str] = frozenset(), joint: str = "-") -> tuple[Name, ...]:
    """The names of `reference`; those in a role of `initialled` with initials only, those of a double name joined by `joint`.

    Where not all authors are known, "others" follows, which pandoc prints as "et al.". Three or more known ones are the head of
    a list that a source cut off; two may be the first author and the one to write to, so the first alone is named.
    """
    found = [one for name in reference.names if (one := _person(name, joint if name.role in initialled else None)).sort]
    authors = [one for one in found if one.role == "author"]
    if "authors_rest" not in reference.missing or not authors:
        return tuple(found)
    head = authors if len(authors) >= _HEAD else authors[:1]
    return (*head, Name("author", literal="others"), *(one for one in found if one.role != "author"))


def _person(name: Name, joint: str | None) -> Name:
    given, suffix = name.given, name.suffix
    if given and len(given) <= _LONGEST:
        *first, last = given.split() or [""]
        if first and not suffix and _SUFFIX.fullmatch(last):
            given, suffix = " ".join(first), last
        if not (name.family or "").isupper() or len(name.family or "") <= 2:
            given = " ".join(_parted(one) for one in given.split())
        if joint is not None:
            given = reduced(given, joint)
    literal = name.literal if name.literal != "others" else "Others"
    return replace(
        name, given=_short(given), suffix=_short(suffix), literal=_short(literal), family=_short(name.family)
    )


def reduced(given: str, joint: str = "-") -> str:
    """Given names as initials: `Kenneth D.` is `K. D.`, `Meng-Ting` is `M.-T.`, `Maryam sadat` is `M. S.`; particles stay.

    `joint` is "-" or, in a style without hyphens between initials, " ". A name in a script without capitals stays whole.
    """
    return " ".join(_initial(word, joint) for word in given.split())


def _initial(word: str, joint: str) -> str:
    if word.lower().rstrip(".") in _PARTICLES and word[0].islower():
        return word
    parts = [part for part in re.split("[-‐‑]", word) if part]
    if not all(part[0].isalpha() and part[0].lower() != part[0].upper() for part in parts):
        return word
    if word[0].islower() and parts[0] in _PARTICLES:  # "al-Din"
        return word
    return joint.join(f"{part[0].upper()}." for part in parts) or word


def _parted(word: str) -> str:
    """`KD` and `K.D.` as `K. D.`, which every style takes apart; a name in capitals and small letters stays."""
    if not word.isupper() or not _INITIALS.fullmatch(word) or (len(word) > 1 and word.endswith("..")):
        return word
    return " ".join(f"{letter}." for letter in word.replace(".", ""))


def _short(text: str | None) -> str | None:
    return words.plain(text)[:_LONGEST] or None if text else None
