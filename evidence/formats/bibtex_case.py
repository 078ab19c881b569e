"""Braces in titles: they keep BibTeX's styles from lowering the capitals that belong to a word."""

from __future__ import annotations

import re

from evidence.formats.latex import encode, encode_rich
from evidence.model.markup import plain

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NEXT_CAPITAL = re.compile(r"[-–][^\W\d_a-z][^\W\d_]")  # "Smith-Jones" at the beginning: a name
_RUN = re.compile(r"\x02([-/–])\x01")
_TAGS = re.compile(r"(?:</?(?:i|b|su[bp])>)+$")
_SMALL = frozenset(
    (
        "a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "is", "nor", "of", "on", "or",
        "per", "the", "to", "versus", "via", "vs", "with",
    )
)  # fmt: skip
_BEFORE = " \"'“‘([¿¡"  # what may stand before the first word of a title
_LOOKED_BACK = 100  # characters before a word
_OPEN, _CLOSE = "\x01", "\x02"
_IN_SENTENCE = re.compile(
    r"(?<=[a-z,] )[^\W\d_a-z][\w'’]*"
)  # a word that may begin with a capital where no sentence begins
_TOLD = 100_000  # characters of an abstract that are looked through for names
_SHOUTED = 3  # words in capitals that may all be acronyms


def protect(title: str, abstract: str = "") -> str:
    """`title` as LaTeX with its proper nouns and acronyms in braces; `decode` gives the title back.

    A word with a capital is braced unless it begins the title or follows a colon, where styles keep one capital; a
    word with an inner capital always is. In a title set in capitals throughout ("A History of Printed Books"), where a
    capital says nothing, only words with inner capitals are, single letters ("Vitamin D"), and those that `abstract` writes
    with a capital within its sentences. A title in nothing but capital letters says nothing at all.
    """
    bare = plain(title)
    if bare.isupper() and len(bare.split()) > _SHOUTED:
        return encode_rich(title)
    all_capitals = _is_title_case(bare)
    names = _names(plain(abstract[:_TOLD])) if all_capitals and abstract else frozenset()
    marked: list[str] = []
    at = 0
    for found in _WORD.finditer(title):
        if found.group() in names or _stands_out(title, found, all_capitals=all_capitals):
            marked += [title[at : found.start()], _OPEN, found.group(), _CLOSE]
            at = found.end()
    return encode_rich("".join([*marked, title[at:]]), _braced)


def _braced(text: str) -> str:
    return _RUN.sub(r"\1", encode(text)).replace(_OPEN, "{").replace(_CLOSE, "}")


def _names(abstract: str) -> frozenset[str]:
    """The words of `abstract` that have a capital within a sentence, and that it writes in no other way."""
    small = set(_WORD.findall(abstract))
    return frozenset(word for word in _IN_SENTENCE.findall(abstract) if word.lower() not in small)


def _stands_out(title: str, word: re.Match[str], *, all_capitals: bool) -> bool:
    text = word.group()
    if text.islower() or not any(map(str.isupper, text)):
        return False
    if any(map(str.isupper, text[1:])) or (not all_capitals and _NEXT_CAPITAL.match(title, word.end())):
        return True
    start = max(word.start() - _LOOKED_BACK, 0)
    before = title[start : word.start()].rstrip(_BEFORE)
    while before.endswith(">") and (tags := _TAGS.search(before)):
        before = before[: tags.start()].rstrip(_BEFORE)
    begins = (not before and not start) or before.endswith(":")
    return not begins and (not all_capitals or len(text) == 1)


def _is_title_case(title: str) -> bool:
    words = [word.strip("\"'“‘(") for word in title.split()][1:]
    weighty = [word for word in words if word[:1].isalpha() and word.lower().strip(":,.?!") not in _SMALL]
    capital = [word for word in weighty if word[0].isupper()]
    return len(weighty) > 2 and len(capital) > len(weighty) * 0.8
