"""Which of a journal's names is the full one and which the short one, where exports mix them up. Neither is made up."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_LITTLE = frozenset(
    ("an", "and", "the", "of", "for", "in", "on", "to", "at", "with", "from", "und", "der", "die", "das", "des", "den", "für",
     "zur", "et", "le", "les", "du", "di", "del", "della", "dei", "el", "las", "los", "og", "och", "en", "van", "het")
)  # fmt: skip
# What a whole word of a title ends on; what is cut short hardly ever does ("Rehabil", "Surg", "Orthop").
_WHOLE = re.compile(
    r"(?:ions?|ines?|og(?:y|ies)|ics|nces?|er(?:y|ies)|ap(?:y|ies)|ism|ents?|it(?:y|ies)|tr(?:y|ies)|ews|ters|orts|ases?"
    r"|[cn]als?|ers|ings?|are|ists?|aphy|chte|ung|kunde|schrift|arch|ives|lth|tice|ome)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def in_order(full: str, short: str) -> tuple[str, str]:
    """`full` and `short`, exchanged when what is given as the short name is the one that the other is short for.

    Reference managers that took the short name for the title ("T2  - Ann Fam Med", "J2  - Annals of family medicine").
    """
    return (short, full) if is_short_for(full, short) and not is_short_for(short, full) else (full, short)


@lru_cache(maxsize=4096)
def is_short_for(short: str, full: str) -> bool:
    """Whether `short` abbreviates `full`: its words begin words of `full`, in order, and at least one is cut or left out.

    Words in brackets count on neither side, little words ("of", "and") may be left out.
    """
    cut, whole = _parts(short), _parts(full)
    if not cut or len("".join(cut)) >= len("".join(whole)):
        return False
    at = 0
    for word in cut:
        while at < len(whole) and not whole[at].startswith(word):
            at += 1
        if at == len(whole):
            return False
        at += 1
    return True


def _parts(name: str) -> list[str]:
    bare = re.sub(r"\([^()]{0,80}\)", " ", name.casefold()[:400])
    return [word for word in _WORDS.findall(bare) if word not in _LITTLE]


@lru_cache(maxsize=4096)
def looks_full(name: str) -> bool:
    """Whether `name`, which a source gives as a short one, is plainly a full one.

    It has no full stop, and it is one word ("Pain": names of one word are not cut, ISO 4); or there is a little word
    between its words ("Annals of family medicine"); or none of them is shorter than four letters and the last one is
    whole ("Pain Medicine").
    """
    words = _WORDS.findall(name[:400])
    if "." in name or len(words) < 2:
        return len(words) == 1 and "." not in name
    if len(words) > 2 and not _LITTLE.isdisjoint(word.lower() for word in words[:-1]):
        return True
    return all(len(word) > 3 for word in words) and bool(_WHOLE.search(words[-1]))
