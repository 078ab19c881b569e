"""One person or group as exports print them: `Family, Given`, `Family, Given, Jr.`, `Family AB Jr`, `Given Family`."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from evidence.formats.bibtex_people import is_group, is_suffix, is_with_initials
from evidence.model.reference import Name

_OTHERS = re.compile(r"(?:(?:and )?others|and others|et\.? ?al(?:ii|iae)?\.?|\.\.\.|…)", re.IGNORECASE)
_LONGEST_OTHERS = 24
_LONG_LIST = 4000  # characters: what is longer is no list of people
_SHORT_NAME = 200  # characters: what is longer is not remembered
_NO_END = frozenset("abcdfghjkmnopqrtuvwxyzABCDFGHJKMNOPQRTUVWXYZ")  # what says so ends on none of these
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[\s'’-]?(?:[a-zà-ÿ](?=\b|[^\W\d_a-z]))?){1,5}")
_PARTICLES = frozenset(
    ("af", "al", "av", "bin", "da", "dal", "das", "de", "degli", "dei", "del", "dela", "della", "den", "der", "des", "di",
     "do", "dos", "du", "e", "el", "ibn", "in", "la", "las", "le", "les", "lo", "los", "op", "'s", "'t", "’s", "’t", "te", "ten", "ter",
     "till", "und", "van", "vande", "vanden", "vander", "vom", "von", "y", "ye", "zu", "zum", "zur", "d'", "d’")
)  # fmt: skip


def is_others(text: str) -> bool:
    """Whether `text` says that more people follow ("et al.") and names none."""
    return len(text) < _LONGEST_OTHERS and text[-1:] not in _NO_END and bool(_OTHERS.fullmatch(text.strip()))


def are_several(text: str) -> bool:
    """Whether `text` is several persons, each a family name and initials: "Smith JA, Doe K"."""
    if "," not in text or len(text) >= _LONG_LIST:
        return False
    return all(is_with_initials(one.strip()) for one in text.split(","))


def read_person(text: str, role: str = "author") -> Name | None:
    """The name in `text`, blanks joined; None when there is none. Initials stay as they are printed.

    A lower-case particle goes before the family name, Jr and its like behind it; what has no comma and reads as an
    organisation is a group.
    """
    text = " ".join(text.split()).strip(" ,;")
    if not text:
        return None
    family, comma, rest = text.partition(",")
    if comma:
        given = rest[1:]
        if " " not in family and rest[:1] == " " and "," not in given and not is_suffix(given[given.rfind(" ") + 1 :]):
            return Name(role, family, given)  # nine names of ten
        return _turned(text, family.strip(), rest.strip(), role)
    if is_group(text):
        return Name(role, literal=text)
    return _in_order(text, role)


def person(text: str, role: str = "author") -> Name | None:
    """As `read_person`, which is asked once for each name: the same people come again."""
    return _person(text, role) if len(text) < _SHORT_NAME else read_person(text, role)


_person = lru_cache(maxsize=16384)(read_person)


def _turned(text: str, family: str, rest: str, role: str) -> Name:
    """`Family, Given`, `Family, Given, Suffix`, `Family, Suffix, Given`; more commas name no person."""
    given, comma, last = (part.strip() for part in rest.partition(","))
    suffix: str | None = None
    if comma:
        if is_suffix(last):
            suffix = last
        elif is_suffix(given):
            given, suffix = last, given
        else:
            return Name(role, literal=text)
    elif is_suffix(given):
        given, suffix = "", given
    elif " " in given and is_suffix(given.rsplit(" ", 1)[1]) and not _short(given):
        given, suffix = given.rsplit(" ", 1)
    if not given and is_group(family) and not suffix:
        return Name(role, literal=family)
    if not given and suffix and " " in family:  # Scopus: "Smith J., Jr."
        return replace(_in_order(family, role), suffix=suffix)
    particle, family, tail = _family(family)
    return Name(role, family or None, given or None, None, particle, None, suffix or tail)


def _short(given: str) -> bool:
    """Whether the last word of `given` is an initial rather than a suffix: "A II" ends in a suffix, "K V" does not."""
    return len(given.rsplit(" ", 1)[1].rstrip(".")) < 2


def _family(text: str) -> tuple[str | None, str, str | None]:
    """Particle, family name and suffix in `text`, a family name with what stands before and behind it."""
    words = text.split(" ")
    if len(words) == 1:
        return None, text, None
    suffix = (
        words.pop() if (len(words) > 1 and is_suffix(words[-1]) and words[-1] != "II") or words[-1] == "II" else None
    )
    at = 0
    while at < len(words) - 1 and words[at] in _PARTICLES:
        at += 1
    return " ".join(words[:at]) or None, " ".join(words[at:]), suffix


def _in_order(text: str, role: str) -> Name:
    """A name without a comma: `Family AB`, `Family AB Jr`, `Given Family`, or one word."""
    words = text.split(" ")
    suffix = words.pop() if len(words) > 1 and is_suffix(words[-1]) else None  # NLM: "Jacobs DR Jr", "Smith J 3rd"
    if len(words) == 1:
        return Name(role, family=words[0], suffix=suffix)
    if _INITIALS.fullmatch(words[-1]) and words[-1].replace(".", "").replace("-", "").isupper():
        at = len(words) - 1
        while at > 1 and _INITIALS.fullmatch(words[at - 1]) and len(words[at - 1].rstrip(".")) == 1:
            at -= 1  # "Smith J A"
        particle, family, _ = _family(" ".join(words[:at]))
        return Name(role, family, " ".join(words[at:]), None, particle, None, suffix)
    at = len(words) - 1
    while at > 1 and words[at - 1] in _PARTICLES:
        at -= 1
    particle = " ".join(words[at:-1]) or None
    if particle is None:
        return Name(role, words[-1], " ".join(words[:-1]), None, None, None, suffix)
    return Name(role, words[-1], " ".join(words[:at]), None, particle, None, suffix)
