"""Patterns of the tagger that are written for speed find what their plain forms find."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.core import tagging_designs, tagging_text
from evidence.core.phrases import Passage

PIECES = st.lists(
    st.sampled_from([".", "?", "!", ";", " ", "\n", "\t", "\u00a0", "A", "b", "9", "(", "[", "Ü", "\r", "é."]),
    max_size=25,
)
WORDS = st.lists(
    st.sampled_from(
        ["Further", "FURTHERS", "previouſly", "İdentified", "five large trials", "Most", "studies", "ſtudy", "a", "Lac\u212a",
         "lacking", "needed_", "'prior'", "met the inclusion criteria", "in accordance", "é", "more well", "recent"]
    ),
    max_size=6,
)  # fmt: skip


@given(PIECES.map("".join))
@settings(max_examples=300, deadline=None)
def test_sentences_end_where_the_plain_pattern_says(text: str) -> None:
    """A mark, blanks and a capital, digit or bracket; or line breaks."""
    plain = re.compile(r"[.?!;]\s+(?=[A-Z0-9(\[])|\n+")
    assert [one.span() for one in tagging_text._END.finditer(text)] == [one.span() for one in plain.finditer(text)]


@given(st.tuples(WORDS, st.sampled_from([" ", ", ", "'", "."])).map(lambda pair: pair[1].join(pair[0])))
@settings(max_examples=300, deadline=None)
def test_others_are_found_without_regard_to_case(text: str) -> None:
    """In ASCII and in letters whose other case is ASCII alike."""
    plain = re.search(tagging_designs._OTHERS, text, re.IGNORECASE) is not None
    assert tagging_designs.of_others(Passage("abstract", text, 0, "", [])) == plain
