"""The people of a work, as databases print them: in full, as initials, turned round, cut after the first, run together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from evidence.model.reference import Name, Reference
from evidence.model.words import fold, words

_MANY = 40  # names that are looked at
_LONG = 3000  # characters of a name that holds several
_NOBODY = re.compile(
    r"^\W*(?:anon(?:ymous)?|\[?no authors? (?:listed|given)\]?|unknown|n/?a|nan|none|et al|et al\.)\W*$", re.IGNORECASE
)
_PARTICLES = frozenset(
    words("van von der den de del della di da dos du la le les el al ten ter zu zur of bin ibn abu st jr sr ii iii")
)
_GROUP = re.compile(
    r"\b(?:group|collaborat\w*|committee|network|society|consortium|investigators?|association|organi[sz]ation|institute|department|"
    r"ministry|council|study|trial|team|academy|college|university|center|centre|agency|federation|foundation|board|panel|initiative)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class People:
    """The authors of a work (its editors where it has none).

    `first` are the words of the first one's family name, `initial` the first letter of the given name or "";
    `families` the family names, run together; `all` every word of three letters and more; `group`: only a group is
    named.
    """

    first: tuple[str, ...]
    initial: str
    families: frozenset[str]
    all: frozenset[str]
    group: bool

    def __bool__(self) -> bool:
        """Whether anyone is named."""
        return bool(self.first)


NOBODY = People((), "", frozenset(), frozenset(), group=False)


def people(reference: Reference) -> People:
    """The authors of `reference`."""
    found = reference.named("author") or reference.named("editor")
    named: list[tuple[tuple[str, ...], str]] = []
    groups: list[str] = []
    for name in found[:_MANY]:
        for one in _persons(name):
            if isinstance(one, str):
                groups.append(one)
            elif one[0]:
                named.append(one)
    if not named and groups:
        found_words = tuple(words(groups[0]))
        return People(found_words, "", frozenset(("".join(found_words),)), frozenset(found_words), group=True)
    if not named:
        return NOBODY
    every = frozenset(word for family, given in named for word in (*family, *given.split()) if len(word) > 2)
    initial = named[0][1][:1]
    return People(named[0][0], initial, frozenset("".join(family) for family, _ in named), every, group=False)


def _persons(name: Name) -> Iterable[tuple[tuple[str, ...], str] | str]:
    """The persons (family name's words, given names) in one name; a text for a group."""
    if name.family:
        given = " ".join(words(name.given or ""))
        if not name.given and ("," in name.family or ";" in name.family):
            return _list(name.family)
        return [(_family(f"{name.particle or ''} {name.family}"), given)] if not _NOBODY.match(name.family) else []
    text = (name.literal or name.given or "")[:_LONG]
    if not text or _NOBODY.match(text):
        return []
    if _GROUP.search(text) and not re.search(r"[;]|,.*,", text):
        return [text]
    return _list(text)


def _list(text: str) -> list[tuple[tuple[str, ...], str] | str]:
    """The persons in a text that holds several: "Sun, Y.; Bai, L." or "Sun Y, Bai L" or "Sun, Y. and Bai, L."."""
    text = " ".join(text[:_LONG].split())
    parts = re.split(r"\s*;\s*|\s+and\s+|\s*&\s*|\|", text)
    if len(parts) == 1 and text.count(",") > 1 and not re.search(r",\s*(?:[A-Z]\.?[\s-]?){1,3}(?:,|$)", text):
        parts = text.split(",")
    elif len(parts) == 1 and text.count(",") > 1:
        pieces = [piece.strip() for piece in text.split(",")]
        parts = [f"{a}, {b}" for a, b in zip(pieces[::2], pieces[1::2], strict=False)]
    return [one for part in parts[:_MANY] if part.strip() and (one := _person(part))]


def _person(text: str) -> tuple[tuple[str, ...], str] | str | None:
    if "," in text:
        family, _, given = text.partition(",")
        return _family(family), " ".join(words(given))
    found = text.replace(".", " ").split()
    short = [word for word in found if len(word) <= 3 and word.isupper()]
    long = [word for word in found if word not in short]
    if short and long:
        return _family(" ".join(long)), fold(short[0])
    if len(found) > 4:
        return text
    return (_family(found[-1]), fold(" ".join(found[:-1]))) if found else None


def _family(text: str) -> tuple[str, ...]:
    found = _words(text)
    kept = tuple(word for word in found if word not in _PARTICLES)
    return kept or found


@lru_cache(maxsize=16384)
def _words(text: str) -> tuple[str, ...]:
    """The words of a name; ä, ae and a are one."""
    return tuple(one.replace("ae", "a").replace("oe", "o").replace("ue", "u") for one in words(text.replace("?", "")))


def same_first(one: People, other: People) -> bool:
    """Whether the first authors' family names are one, but for a part, a slip, or the names being turned round."""
    mine, theirs = "".join(one.first), "".join(other.first)
    if mine == theirs:
        return True
    if not mine or not theirs:
        return False
    shared = set(one.first) & set(other.first)
    if any(len(word) > 2 for word in shared):
        return True
    if min(len(mine), len(theirs)) > 4 and (mine.startswith(theirs) or theirs.startswith(mine)):
        return True
    return _one_slip(mine, theirs)


def _one_slip(one: str, other: str) -> bool:
    from rapidfuzz.distance import OSA

    longest = max(len(one), len(other))
    return longest > 4 and OSA.distance(one, other, score_cutoff=2) <= (1 if longest < 8 else 2)


def overlap(one: People, other: People) -> float:
    """The part of the shorter list of people that stands in the longer one, by family names or any of their words."""
    if not one or not other:
        return 0.0
    shorter = min(len(one.families), len(other.families))
    families = len(one.families & other.families) / shorter
    if families >= 0.5:
        return families
    rest = len(one.all & other.all) / (min(len(one.all), len(other.all)) or 1)
    return max(families, rest)
