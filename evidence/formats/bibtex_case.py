"""Braces in titles: they keep BibTeX's styles from lowering the capitals that belong to a word."""

from __future__ import annotations

import re

from evidence.formats.latex import encode

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NEXT_CAPITAL = re.compile(r"[-–][^\W\d_a-z][^\W\d_]")  # "Smith-Jones" at the beginning: a name
_RUN = re.compile(r"\x02([-/–])\x01")
_SMALL = frozenset(
    (
        "a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "is", "nor", "of", "on", "or",
        "per", "the", "to", "versus", "via", "vs", "with",
    )
)  # fmt: skip
_OPEN, _CLOSE = "\x01", "\x02"


def protect(title: str) -> str:
    """`title` as LaTeX with its proper nouns and acronyms in braces; `decode` gives the title back.

    A word with a capital is braced unless it begins the title or follows a colon, where styles keep one capital; a
    word with an inner capital always is. In a title set in capitals throughout ("A History of Printed Books"),
    where a capital says nothing, only inner capitals are.
    """
    all_capitals = _is_title_case(title)
    marked: list[str] = []
    at = 0
    for found in _WORD.finditer(title):
        if _stands_out(title, found, all_capitals=all_capitals):
            marked += [title[at : found.start()], _OPEN, found.group(), _CLOSE]
            at = found.end()
    text = encode("".join([*marked, title[at:]]))
    return _RUN.sub(r"\1", text).replace(_OPEN, "{").replace(_CLOSE, "}")


def _stands_out(title: str, word: re.Match[str], *, all_capitals: bool) -> bool:
    text = word.group()
    if text.islower() or not any(map(str.isupper, text)):
        return False
    if any(map(str.isupper, text[1:])) or (not all_capitals and _NEXT_CAPITAL.match(title, word.end())):
        return True
    before = title[: word.start()].rstrip(" \"'“‘([¿¡")
    begins = not before or before.endswith(":")
    return not begins and not all_capitals


def _is_title_case(title: str) -> bool:
    words = [word.strip("\"'“‘(") for word in title.split()][1:]
    weighty = [word for word in words if word[:1].isalpha() and word.lower().strip(":,.?!") not in _SMALL]
    capital = [word for word in weighty if word[0].isupper()]
    return len(weighty) > 2 and len(capital) > len(weighty) * 0.8
