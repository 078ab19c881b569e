"""Journals' names, full and abbreviated, and whether two of them are one journal."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from evidence.model.reference import Reference
from evidence.model.words import words

Agreement = Literal["same", "clash", "unknown"]

_SMALL = frozenset(
    words(
        "the of and for in on de la le les du del der die das und et e y to fur di da do el los las van voor section "
        "series volume"
    )
)
# What stands behind a name and is none of it: an electronic issue, a conference, a date of publication.
_BEHIND = re.compile(
    r"\s*(?:\[(?:electronic resource|internet|online)\]|\((?:print|online|internet|electronic resource)\)"
    r"|[.,;]\s*(?:conference|date of publication|vol(?:ume)?\b\.? ?\d|suppl\w*\.? ?\d).*|\s\d{4}\b.*)$",
    re.IGNORECASE | re.DOTALL,
)
_TAILS = re.compile(r"\s*(?:[:;=(\[]|\s[/\u2013-]\s|\.\s)")
_ELIDED = re.compile(r"\b[ld]['’]", re.IGNORECASE)
_PREPRINTS = re.compile(
    r"\b(?:(?:bio|med|ar|chem|psyar|socar)r?xiv|res(?:earch)? sq(?:uare)?|preprints?(?:\.org)?|ssrn|f1000)\b",
    re.IGNORECASE,
)
_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal's name: its `words`; those of its `head`, without what stands behind a colon, stop or bracket.

    `whole` are those of its head where a hyphen joins: "Dermo-Sifiliograficas" is one.
    """

    words: tuple[str, ...]
    head: tuple[str, ...]
    whole: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its words as one text."""
        return " ".join(self.words)


@dataclass(slots=True)
class Journals:
    """Which names are one journal, as records show that state two names or an ISSN."""

    _of: dict[str, str] = field(default_factory=dict)

    def learn(self, names: Iterable[str]) -> None:
        """All `names` (keys) are names of one journal."""
        roots = {self._root(name) for name in names if name}
        if len(roots) > 1:
            first = min(roots)
            for root in roots:
                self._of[root] = first

    def same(self, one: Journal, other: Journal) -> bool:
        """Whether both are known to be one journal."""
        return bool(self._of) and self._root(one.key) == self._root(other.key)

    def _root(self, name: str) -> str:
        while (above := self._of.get(name, name)) != name:
            name = above
        return name


def journals(reference: Reference) -> tuple[Journal, ...]:
    """The names that a reference gives to what it stands in."""
    get = reference.fields.get
    names = (get("container-title"), get("container-title-short"))
    return tuple(dict.fromkeys(found for name in names if name and (found := journal(name)).words))


@lru_cache(maxsize=8192)
def journal(name: str) -> Journal:
    """The parts of a journal's name."""
    name = " ".join(name[:_LENGTH].split())
    if "&" in name:
        name = html.unescape(name)
    name = _BEHIND.sub("", name) or name
    head = _TAILS.split(name.lstrip(" [("), maxsplit=1)[0]
    return Journal(
        _significant(name.replace("-", " ")), _significant(head.replace("-", " ")), _significant(head.replace("-", ""))
    )


def is_preprint_server(reference: Reference) -> bool:
    """Whether what a reference stands in, or its publisher, is a server of preprints."""
    get = reference.fields.get
    place = f"{get('container-title') or ''} {get('publisher') or ''} {get('genre') or ''}"
    return bool(_PREPRINTS.search(place))


def _significant(name: str) -> tuple[str, ...]:
    found = [word for word in words(_ELIDED.sub(" ", name)) if word not in _SMALL]
    while len(found) > 2 and found[0] == "".join(word[0] for word in found[1 : 1 + len(found[0])]):
        found = found[1:]  # "AJR. American journal of roentgenology"
    return tuple(found)


def agree(one: tuple[Journal, ...], other: tuple[Journal, ...], known: Journals | None = None) -> Agreement:
    """Whether two references stand in one journal: any of their names may show it. Unknown: one gives no name."""
    if not one or not other:
        return "unknown"
    found: Agreement = "clash"
    for mine in one:
        for theirs in other:
            if mine.words == theirs.words or (known and known.same(mine, theirs)):
                return "same"
            verdict = alike(mine, theirs)
            if verdict == "same":
                return "same"
            if verdict == "unknown":
                found = "unknown"
    return found


@lru_cache(maxsize=65536)
def alike(one: Journal, other: Journal) -> Agreement:
    """Whether two names are one journal's: word by word, as abbreviations, or as an acronym. Unknown: they may be."""
    if _matches(one.words, other.words):
        return "same"
    if one.head != one.words or other.head != other.words:
        both_longer = one.head != one.words and other.head != other.words
        if _matches(one.head, other.head) or _matches(one.whole, other.whole):
            return "unknown" if both_longer else "same"
        if _matches(one.head, other.words) or _matches(one.words, other.head):
            return "same"
    elif _matches(one.whole, other.whole):
        return "same"
    if _acronym(one.words, other.words) or _acronym(other.words, one.words):
        return "same"
    return _by_letters(one, other)


def _by_letters(one: Journal, other: Journal) -> Agreement:
    from rapidfuzz import fuzz

    if len(one.words) > 1 and len(other.words) > 1 and fuzz.ratio("".join(one.words), "".join(other.words)) > 93:
        return "same"
    short, long = sorted((one.words, other.words), key=len)
    # "J Bone Joint Surg" and "J Bone Joint Surg Am": the shorter may be the longer one cut off
    if len(short) > 2 and _matches(short, long[: len(short)]):
        return "unknown"
    # Abbreviations that leave out a word
    if len(short) > 2 and _in_order(short, long) >= len(short) and len(long) - len(short) <= 2:
        return "unknown"
    return "clash"


def _matches(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names are the same, each word being the other's beginning or abbreviation."""
    if len(one) != len(other) or not one:
        return False
    if len(one) == 1:
        short, long = sorted((one[0], other[0]), key=len)
        return long.startswith(short) and (len(short) > 3 or short == long)
    return all(map(_shortened, one, other))


def _in_order(short: tuple[str, ...], long: tuple[str, ...]) -> int:
    """How many words of `short` are found in `long`, in order."""
    found = at = 0
    for word in short:
        for place in range(at, len(long)):
            if _shortened(word, long[place]):
                found, at = found + 1, place + 1
                break
    return found


@lru_cache(maxsize=65536)
def _shortened(one: str, other: str) -> bool:
    """Whether one word is the other, or abbreviates it: "natl" and "national", "j" and "journal"."""
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        return True
    if short[0] != long[0] or len(short) > 7 or short.isdigit():
        return False
    if len(short) == len(long):
        return False
    if len(short) > 2 and long.startswith(short[:-1]) and short[-1] == "s":
        return True
    if len(short) < 2 or len(short) * 3 > len(long) * 2:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _acronym(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether `one` is a word made of the first letters of `other`."""
    if len(one) != 1 or not 2 < len(one[0]) < 9 or len(other) < 3:
        return False
    return one[0] == "".join(word[0] for word in other)
