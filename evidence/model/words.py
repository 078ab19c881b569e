"""Text to words: the one tokeniser, for the query's meaning, every index and the tagger."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from Stemmer import Stemmer

# A number keeps its decimals and its percent sign; a word keeps its apostrophes and combining marks.
_WORD = re.compile(
    r"\d+(?:[.,]\d+)*\s?%(?!\w)|\d+(?:[.,]\d+)+(?!\w)|[^\W_](?:[^\W_]|[\u0300-\u036f])*(?:['\u2019\u02bc](?:[^\W_]|[\u0300-\u036f])+)*"
)
# The same for ASCII, where it is a class of characters and five times as fast.
_ASCII = re.compile(r"\d+(?:[.,]\d+)*\s?%(?!\w)|\d+(?:[.,]\d+)+(?!\w)|[a-zA-Z0-9]+(?:'[a-zA-Z0-9]+)*")
# Letters that Unicode does not take apart, as indexers write them.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "ħ": "h",
        "'": "",
        "’": "",
        "ʼ": "",
        " ": "",
    }
)


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word, and the half-open character range of the text that it was read from."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """`text` with case and diacritics folded: `Müller` and `MULLER` are `muller`, `ß` is `ss`."""
    if text.isascii():
        return text.lower().translate(_LETTERS)
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(ch for ch in parts if not unicodedata.combining(ch)).translate(_LETTERS)


def spans(text: str) -> list[Word]:
    """The words of `text` in order, with their places.

    Case and diacritics are folded, punctuation and hyphens part words, an apostrophe does not ("golfer's" is
    `golfers`). Nothing is dropped: vitamin D keeps its D. "12.5 %" is the word `12.5%`.
    """
    pattern = _ASCII if text.isascii() else _WORD
    return [Word(fold(found.group()), found.start(), found.end()) for found in pattern.finditer(text)]


def places(text: str) -> list[tuple[int, int]]:
    """The half-open character ranges of the words of `text`, in order: `spans` without the folding."""
    return [found.span() for found in (_ASCII if text.isascii() else _WORD).finditer(text)]


def words(text: str) -> list[str]:
    """The folded words of `text`, in order."""
    if text.isascii():
        found: list[str] = _ASCII.findall(text.lower())
        return [word.translate(_LETTERS) for word in found] if "'" in text or "%" in text else found
    return [fold(found) for found in _WORD.findall(text)]


@lru_cache(maxsize=4096)
def joined_words(text: str) -> str:
    """The folded words of `text` with single blanks between: what titles are compared by."""
    return " ".join(words(text))


_ENGLISH = Stemmer("english", 0)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word, by the Snowball English stemmer: `injections` and `injection` are `inject`."""
    stemmed: str = _ENGLISH.stemWord(word)
    return stemmed
