"""The tokeniser and the stemmer that everything shares."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.model.words import fold, places, spans, stem, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vitamin D", ["vitamin", "d"]),
        ("Müller MULLER Mu\u0308ller", ["muller", "muller", "muller"]),
        ("Straße Øre Łódź", ["strasse", "ore", "lodz"]),
        ("golfer's golfer’s", ["golfers", "golfers"]),
        ("double-blind, COVID-19", ["double", "blind", "covid", "19"]),
        ("12.5% 12.5 % 1,000 0.9% 10", ["12.5%", "12.5%", "1,000", "0.9%", "10"]),
        ("O2-O3 P2G", ["o2", "o3", "p2g"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        ("— … \0", []),
    ],
)
def test_text_becomes_words(text: str, expected: list[str]) -> None:
    """Case, diacritics and hyphens are folded; letters, decimals and percent signs stay."""
    assert words(text) == expected


@given(st.text())
def test_words_and_their_places_agree(text: str) -> None:
    """The words with places are the words, in order, without overlap."""
    found = spans(text)
    assert [word.text for word in found] == words(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(fold(text[word.start : word.end]) == word.text for word in found)


@given(st.text(min_size=1).flatmap(lambda text: st.sampled_from(words(text) or ["word"])))
def test_a_stem_begins_as_its_word(word: str) -> None:
    """The stemmer takes endings away; an index relies on the first letter staying."""
    assert stem(word)[:1] == word[:1]


@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_an_english_stem_begins_as_its_word(word: str) -> None:
    """The same for what looks like English."""
    assert stem(word)[:1] == word[:1]


def test_inflections_share_a_stem() -> None:
    """Singular and plural, noun and verb are found alike; nothing else is promised."""
    assert stem("injections") == stem("injection") == stem("injected")
    assert stem("generous") != stem("general")


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_ascii_is_read_as_any_text(text: str) -> None:
    """The short way for ASCII finds the same words in the same places as the long way does."""
    long = spans(f"{text} é")
    assert spans(text) == long[:-1]
    assert words(text) == [word.text for word in long[:-1]]
    assert places(text) == [(word.start, word.end) for word in long[:-1]]
