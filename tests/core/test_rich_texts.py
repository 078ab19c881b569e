"""Titles and abstracts with italics, bold, lowered and raised text: read, found and tagged as if they had none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.core.documents import document
from evidence.core.highlighting import highlights
from evidence.core.keys import made_key
from evidence.core.levels import level
from evidence.core.notices import notices
from evidence.core.tagging import Tagger
from evidence.formats import vocabulary_toml
from evidence.model.markup import plain, rich
from evidence.model.query import And, Phrase, Word
from evidence.model.record import Claim, Record
from evidence.model.reference import Reference

VOCABULARY = vocabulary_toml.read(vocabulary_toml.shipped())
TAGGER = Tagger(VOCABULARY)
TEXTS = [
    (one["title"], one["abstract"])
    for one in map(json.loads, Path(__file__).with_name("abstracts.jsonl").read_text(encoding="utf-8").splitlines())
][:60]


def dressed(text: str, cuts: list[float], names: list[str]) -> str:
    """`text` with tags about stretches of it, wherever they begin and end."""
    places = sorted(int(cut * len(text)) for cut in cuts)
    for at in range(len(places) // 2 - 1, -1, -1):
        start, end = places[2 * at], places[2 * at + 1]
        text = f"{text[:start]}<{names[at]}>{text[start:end]}</{names[at]}>{text[end:]}"
    return rich(text)


def bare(claim: Claim) -> Claim:
    """A claim without its place, its quote as it is read."""
    return replace(claim, quote=plain(claim.quote or ""), start=None, end=None)


CUTS = st.lists(st.floats(0, 1), min_size=8, max_size=8)
NAMES = st.lists(st.sampled_from(["i", "b", "sub", "sup"]), min_size=4, max_size=4)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TEXTS), CUTS, CUTS, NAMES)
def test_tags_change_nothing_but_places(
    texts: tuple[str, str], first: list[float], second: list[float], names: list[str]
) -> None:
    """The same claims, level, key and document; every quote stands where its claim says, in the text as the record has it."""
    title, abstract = dressed(texts[0], first, names), dressed(texts[1], second, names)
    rich_one = Reference("k", "article-journal", {"abstract": abstract, "title": title})
    plain_one = Reference("k", "article-journal", {"abstract": plain(abstract), "title": plain(title)})
    claims, expected = TAGGER.claims(rich_one), TAGGER.claims(plain_one)
    assert list(map(bare, claims)) == list(map(bare, expected))
    for claim in claims:
        if claim.field in {"title", "abstract"}:
            assert rich_one.fields[claim.field][claim.start : claim.end] == claim.quote
    record, other = Record("k", rich_one, claims), Record("k", plain_one, expected)
    assert level(record, VOCABULARY) == level(other, VOCABULARY)
    assert document(record, VOCABULARY) == document(other, VOCABULARY)
    assert made_key(rich_one) == made_key(plain_one)


def test_a_word_with_a_lowered_figure_is_one_word() -> None:
    """H<sub>2</sub>O is found as h2o, and marked whole, its tags with it."""
    title = "<i>In vitro</i> study of H<sub>2</sub>O and CO<sub>2</sub>"
    record = Record("k", Reference("k", "article-journal", {"title": title}))
    assert document(record, VOCABULARY).words["title"] == ("in", "vitro", "study", "of", "h2o", "and", "co2")
    found = highlights(And((Word("h2o"), Phrase(("vitro", "study")), Word("co2"))), record, VOCABULARY)
    assert [title[start:end] for start, end in found["title"]] == [
        "<i>In vitro</i> study"[6:],
        "H<sub>2</sub>O",
        "CO<sub>2</sub>",
    ]


@pytest.mark.parametrize(
    "title", ["<b>RETRACTED:</b> A trial", "<b>Retracted</b> article: A trial", "A trial <i>(Retracted)</i>"]
)
def test_what_a_title_says_is_read_without_its_tags(title: str) -> None:
    """A publisher's word in bold is the same word."""
    assert [one.kind for one in notices(Record("k", Reference("k", "article-journal", {"title": title})))] == [
        "retraction"
    ]
