"""Markup: what titles and abstracts keep of it, what is read of them, and where its words stand."""

from __future__ import annotations

import re
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.model.markup import placed, plain, rich, shown, split
from evidence.model.words import words

TAGS = re.compile(r"</?(?:i|b|su[bp])>")
SIGNS = st.sampled_from(
    ["<i>", "</i>", "<B>", "</b>", "<sub>", "</sub>", "<sup>", "</SUP>", "<em>", "</em>", "<inf>", "</inf>", "<p>", "</p>", "<", ">",
     "</", "<i", "i>", "b>", " ", "  ", "a", "2", "coli", "é", "&lt;", "&amp;lt;i&amp;gt;", "<jats:italic>", "</jats:italic>", "<br/>",
     "<span class='x'>", "< b >", "<!-- x -->", "<style>", "</style>", "\u0301", "]]>", "<b and c>"]
)  # fmt: skip
SOUP = st.lists(SIGNS, max_size=14).map("".join)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("p < 0.05, n > 3 and a<b c<d", "p < 0.05, n > 3 and a<b c<d"),
        ("p &lt; 0.05 &amp; &frac12; &notanentity; AT&T", "p < 0.05 & ½ &notanentity; AT&T"),
        ("<em>E. coli</em> <STRONG class='x'>K</STRONG>", "<i>E. coli</i> <b>K</b>"),
        ("&lt;i&gt;E&lt;/i&gt; and &amp;lt;sup&amp;gt;2&amp;lt;/sup&amp;gt;", "<i>E</i> and <sup>2</sup>"),
        ("<jats:title>Aim</jats:title><jats:p>To <jats:italic>see</jats:italic>.</jats:p>", "Aim To <i>see</i>."),
        ("H<inf>2</inf>O, 10< sup >-3< /sup >", "H<sub>2</sub>O, 10<sup>-3</sup>"),
        ("<mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>", "x2"),
        ("<jats:tex-math>$$x$$</jats:tex-math><mml:math><mml:mi>χ</mml:mi></mml:math>", "χ"),
        ("<i><b>x</i>y</b>", "<i><b>x</b></i><b>y</b>"),
        ("<i>a <i>b</i> c</i> <i></i><b> </b>d", "<i>a b c</i> d"),
        ("<i>open, shut</b>", "open, shut"),
        ("<i> E. </i>coli", "<i>E.</i> coli"),
        ("a < b > c, if <b and c>", "a < b > c, if <b and c>"),
        ("<a href='https://x.example'>link</a> <span style=\"x\">s</span><br/>t", "link s t"),
        ("<<b></b>i>x</i>", "x"),
        ("<i>Whole title</i>", "<i>Whole title</i>"),
    ],
)
def test_what_is_kept(given_text: str, kept: str) -> None:
    """Four tags in order and in pairs, words and signs; nothing else of HTML, JATS and MathML."""
    assert rich(given_text) == kept


@settings(max_examples=400)
@given(SOUP)
def test_what_is_kept_is_in_order(text: str) -> None:
    """Whatever comes in, the tags that come out are closed in order, none twice and none empty; a second look changes nothing."""
    made = rich(text)
    stack: list[str] = []
    for tag in TAGS.findall(made):
        if tag.startswith("</"):
            assert stack.pop() == tag[2:-1]
        else:
            assert tag[1:-1] not in stack
            stack.append(tag[1:-1])
    assert not stack
    assert not re.search(r"<(i|b|su[bp])></\1>", made)
    if "&" not in made:
        assert rich(made) == made


@settings(max_examples=300)
@given(SOUP, st.data())
def test_places_of_words(text: str, data: st.DataObject) -> None:
    """A stretch of the plain text is found again in the text with tags: the same letters, and no tag at its ends without its half."""
    made = rich(text)
    bare = plain(made)
    if not bare:
        return
    start = data.draw(st.integers(0, len(bare) - 1))
    end = data.draw(st.integers(start + 1, len(bare)))
    ((first, last),) = placed(made, [(start, end)])
    held = made[first:last]
    assert "".join(split(held)[::2]) == bare[start:end]
    if TAGS.match(held):
        assert held.count(f"</{held[1 : held.index('>')]}>")


@pytest.mark.parametrize(
    ("words_wanted", "quote"),
    [("Knee osteoarthritis", "<i>Knee osteo</i>arthritis"), ("H2O", "H<sub>2</sub>O"), ("H2", "H<sub>2</sub>"), ("water", "water"),
     ("in water", "in <b>water</b>")],
)  # fmt: skip
def test_quotes_look_whole(words_wanted: str, quote: str) -> None:
    """Tags at the ends stay out but for those whose other half is within."""
    text = "<i>Knee osteo</i>arthritis and H<sub>2</sub>O in <b>water</b>"
    start = plain(text).index(words_wanted)
    ((first, last),) = placed(text, [(start, start + len(words_wanted))])
    assert text[first:last] == quote


def test_what_is_shown() -> None:
    """Raised and lowered figures as Unicode has them, letters plain, no tags."""
    assert shown("<i>E. coli</i> in H<sub>2</sub>O at 10<sup>-3</sup>, 12<sup>th</sup>, p < 0.05") == (
        "E. coli in H₂O at 10⁻³, 12th, p < 0.05"
    )
    assert words(plain("H<sub>2</sub>O")) == ["h2o"]


@pytest.mark.parametrize(
    "text",
    ["<i>x" * 100_000 + "</i>" * 100_000, "<style>" * 60_000 + "</style>" * 60_000, "<" * 500_000, "<i " * 150_000, "&amp;" * 100_000,
     "<" * 10_000 + "<b></b>" * 10_000 + "i>" * 10_000, "<!--" * 100_000, "<b x=" * 90_000],
    ids=["nested", "styles", "signs", "open", "entities", "brought-forth", "comments", "attributes"],
)  # fmt: skip
def test_half_a_million_characters_take_no_long_time(text: str) -> None:
    """Time grows with the text, whatever it holds."""
    begun = perf_counter()
    made = rich(text)
    placed(made, [(at, at + 1) for at in range(0, len(plain(made)), 1000)])
    assert perf_counter() - begun < 6
