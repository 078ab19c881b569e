"""The query language: what text becomes which tree, how it is read back, and where a fault stands."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.core.querying import narrowed, parse_query
from evidence.errors import EvidenceError, NotBuiltError, QuerySyntaxError, UnknownTermError, UsageError
from evidence.model.query import (
    And,
    Everything,
    Identified,
    Levels,
    Not,
    Or,
    ParsedQuery,
    Phrase,
    Prefix,
    Query,
    Tagged,
    Word,
    Years,
)
from evidence.model.record import Axis
from tests.core.terms import VOCABULARY


def read_or_refused(text: str) -> ParsedQuery | EvidenceError:
    """What `text` is read as, or the error of ours that refuses it."""
    try:
        return parse_query(text, VOCABULARY)
    except EvidenceError as error:
        return error


A, B, C = Word("aa"), Word("bb"), Word("cc")
KNEE_OA = Tagged(Axis.CONDITION, "knee-osteoarthritis")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        ("  \t\n", Everything()),
        ("*", Everything()),
        ("aa", A),
        ("aa bb", And((A, B))),
        ("aa AND bb", And((A, B))),
        ("aa OR bb", Or((A, B))),
        ("aa OR bb cc", And((Or((A, B)), C))),
        ("aa bb OR cc", Or((And((A, B)), C))),
        ("aa OR bb AND cc OR aa", Or((And((Or((A, B)), C)), A))),
        ("aa OR (bb cc)", Or((A, And((B, C))))),
        ("((aa))", A),
        ("NOT aa", Not(A)),
        ("NOT NOT aa", A),
        ("NOT (NOT aa)", A),
        ("aa NOT bb", And((A, Not(B)))),
        ("aa AND NOT bb cc", And((A, Not(B), C))),
        ("aa OR NOT bb", Or((A, Not(B)))),
        ("aa aa", A),
        ("aa, bb; (cc)", And((A, B, C))),
        ("Vitamin D", And((Word("vitamin"), Word("d")))),
        ("hepatitis B", And((Word("hepatitis"), Word("b")))),
        ("hepatitis a", And((Word("hepatitis"), Word("a")))),
        ("vitamin A deficiency", And((Word("vitamin"), Word("a"), Word("deficiency")))),
        ("COVID-19", Phrase(("covid", "19"))),
        ("Müller", Word("muller")),
        ("golfer’s", Word("golfers")),
        ("12.5 % aa", And((Word("12.5%"), A))),
        ('"quality of life"', Phrase(("quality", "of", "life"))),
        ("“quality of life”", Phrase(("quality", "of", "life"))),
        ('"injections"', Phrase(("injections",))),
        ("tend*", Prefix("tend")),
        ("meta-analy*", And((Word("meta"), Prefix("analy")))),
        ("title:knee", Word("knee", "title")),
        ('title:"knee pain"', Phrase(("knee", "pain"), "title")),
        ("title:double-blind", Phrase(("double", "blind"), "title")),
        ("title:tend*", Prefix("tend", "title")),
        ("title:AND", Word("and", "title")),
        ("AUTHOR:Reeves", Word("reeves", "author")),
        ("journal:pain abstract:aa keyword:bb",
         And((Word("pain", "journal"), Word("aa", "abstract"), Word("bb", "keyword")))),
        ("year:2000", Years(2000, 2000)),
        ("year:2000-2010", Years(2000, 2010)),
        ("year:2015-", Years(2015, None)),
        ("year:-2010", Years(None, 2010)),
        ("level:1", Levels(1, 1)),
        ("level:1-2", Levels(1, 2)),
        ("key:reeves2000knee", Identified("key", "reeves2000knee")),
        ('key:"a key"', Identified("key", "a key")),
        ("doi:10.1016/S0140-6736(00)12345-6", Identified("doi", "10.1016/s0140-6736(00)12345-6")),
        ("(https://doi.org/10.1000/X1)", Identified("doi", "10.1000/x1")),
        ("pmid:10710805", Identified("pmid", "10710805")),
        ("pmcid:123 pmcid:PMC7", And((Identified("pmcid", "PMC123"), Identified("pmcid", "PMC7")))),
        ("the who", And((Word("the"), Word("who")))),
        ("effect of aa on bb", And((Word("effect"), A, B))),
        ("aa OR the bb", Or((A, B))),
        ("aa & bb – cc", And((A, B, C))),
        ("Knees: aa [translated]", And((Word("knees"), A, Word("translated")))),
        ("-aa", Not(A)),
        ("aa -bb", And((A, Not(B)))),
        ("aa –bb", And((A, Not(B)))),
        ("aa -(bb OR cc)", And((A, Not(Or((B, C)))))),
        ('aa -"bb cc"', And((A, Not(Phrase(("bb", "cc")))))),
        ("aa -title:bb", And((A, Not(Word("bb", "title"))))),
        ("aa - bb", And((A, B))),
        ("aa-bb", Phrase(("aa", "bb"))),
        ("author: hackett aa", And((Word("hackett", "author"), A))),
        ('title:  "aa bb"', Phrase(("aa", "bb"), "title")),
        ("PMID: 10710805", Identified("pmid", "10710805")),
        ("doi: 10.1000/x(1)y", Identified("doi", "10.1000/x(1)y")),
        ("year: -2010", Years(None, 2010)),
        ("aa/bb", And((A, B))),
        ("aa;bb,cc", And((A, B, C))),
        ("aa/tend*", And((A, Prefix("tend")))),
        ("NOT aa/bb", Not(Phrase(("aa", "bb")))),
        ("n/a", Phrase(("n", "a"))),
        ("title:aa/bb", Phrase(("aa", "bb"), "title")),
    ],
)  # fmt: skip
def test_text_becomes_a_tree(text: str, tree: Query) -> None:
    """Each form of the language has one tree."""
    assert parse_query(text).query == tree


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("aa (bb", 3),
        ("aa) bb", 2),
        ("aa ()", 3),
        ('aa "bb', 3),
        ('aa ""', 3),
        ('aa "--"', 3),
        ("AND aa", 0),
        ("aa OR", 3),
        ("aa OR AND bb", 6),
        ("aa (NOT)", 4),
        ("aa OR NOT", 6),
        ("title: ", 6),
        ("title: OR", 6),
        ("title: author:aa", 6),
        ("title: (aa)", 6),
        ("-OR aa", 1),
        ("title:(aa)", 6),
        ("titel:aa", 0),
        ("aa author:", 10),
        ("*itis", 0),
        ("aa te*nd", 5),
        ("aa t*", 3),
        ('"tend*"', 5),
        ("year:20", 5),
        ("year:-", 5),
        ("aa year:2010-2000", 8),
        ("level:6", 6),
        ("level:2-1", 6),
        ("doi:nonsense", 4),
        ("pmid:abc", 5),
        ("condition:knee*", 10),
        ("x" * 20_001, 20_000),
    ],
)
def test_a_fault_has_a_column_a_sentence_and_a_hint(text: str, column: int) -> None:
    """What cannot be read is an error that says where, what and what to do."""
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(text, VOCABULARY)
    assert caught.value.column == column
    assert caught.value.message.rstrip("?")[-1] in ".:"
    assert caught.value.hint


def test_an_unknown_field_names_the_nearest() -> None:
    """A slip in a field's name is told, not searched for."""
    with pytest.raises(QuerySyntaxError, match="Did you mean title:"):
        parse_query("titel:knee")


@pytest.mark.parametrize(
    ("text", "column"), [("knee[ti]", 4), ('"knee pain" [Title/Abstract]', 12), ("a [MeSH Terms:noexp]", 2)]
)
def test_pubmed_tags_are_named_as_not_built(text: str, column: int) -> None:
    """PubMed's own tags are neither ignored nor searched for as words."""
    with pytest.raises(NotBuiltError, match="PubMed") as caught:
        parse_query(text)
    assert caught.value.column == column


def test_function_words_are_left_out_and_said() -> None:
    """Lower-case "or" is a word, and what is not searched for is told."""
    parsed = parse_query("aa with or without bb")
    assert parsed.query == And((A, B))
    assert "“with”, “or”, “without”" in parsed.warnings[0]
    assert "capitals: OR" in parsed.warnings[0]


def test_mixed_operators_are_told() -> None:
    """Who writes AND beside OR is told that it was read from left to right."""
    assert any("left to right" in line for line in parse_query("aa OR bb cc").warnings)
    assert parse_query("(aa OR bb) cc").warnings == ()


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("aa OR bb cc", "(aa OR bb) AND cc"),
        ("aa bb NOT (cc OR aa)", "aa AND bb AND NOT (cc OR aa)"),
        ("knee osteoarthritis dextrose",
         "((knee osteoarthritis) OR condition:knee-osteoarthritis) AND (dextrose OR solution:dextrose OR comparator:dextrose)"),
        ("hip OR knee OA", "hip OR (knee OA) OR condition:knee-osteoarthritis"),
        ("author:reeves year:2000-", "author:reeves AND year:2000-"),
        ("", "*"),
    ],
)  # fmt: skip
def test_the_reading_has_every_bracket(text: str, read_as: str) -> None:
    """What is printed leaves no doubt."""
    assert parse_query(text, VOCABULARY).read_as == read_as


def test_terms_are_taken_by_id_label_synonym_and_abbreviation() -> None:
    """A term field takes any of a term's names."""
    for name in ("knee-osteoarthritis", '"Knee osteoarthritis"', '"osteoarthritis of the knee"', '"knee OA"'):
        assert parse_query(f"condition:{name}", VOCABULARY).query == KNEE_OA
    assert parse_query("comparator:saline", VOCABULARY).query == Tagged(Axis.COMPARATOR, "saline")
    assert parse_query("condition:pf", VOCABULARY).query == Or(
        (Tagged(Axis.CONDITION, "plantar-fasciitis"), Tagged(Axis.CONDITION, "patellofemoral-pain"))
    )
    assert parse_query("design:anything").query == Tagged(Axis.DESIGN, "anything")


@pytest.mark.parametrize(("asked", "near"), [("ostoarthritis", "osteoarthritis"), ("elbow", "lateral-epicondylitis")])
def test_an_unknown_term_names_the_nearest(asked: str, near: str) -> None:
    """An unknown term is an error that proposes others."""
    with pytest.raises(UnknownTermError, match=near):
        parse_query(f"condition:{asked}", VOCABULARY)


def test_filters_are_put_upon_a_query() -> None:
    """One option's terms are ORed, different options ANDed, and the reading shows them."""
    parsed = narrowed(
        parse_query("aa OR bb"), condition=["knee OA", "hip-osteoarthritis"], design=["RCT"], since=2000, level="1-2",
        vocabulary=VOCABULARY,
    )  # fmt: skip
    assert parsed.query == And((
        Or((A, B)), Or((KNEE_OA, Tagged(Axis.CONDITION, "hip-osteoarthritis"))),
        Tagged(Axis.DESIGN, "randomized-controlled-trial"), Years(2000, None), Levels(1, 2),
    ))  # fmt: skip
    assert parsed.read_as == (
        "(aa OR bb) AND (condition:knee-osteoarthritis OR condition:hip-osteoarthritis) AND "
        "design:randomized-controlled-trial AND year:2000- AND level:1-2"
    )
    assert parse_query(parsed.read_as, VOCABULARY).query == parsed.query
    assert [part.query for part in parsed.parts] == list(parsed.query.parts)


def test_filters_alone_are_a_query() -> None:
    """With nothing typed, the filters are all that is asked."""
    parsed = narrowed(parse_query(""), condition=["osteoarthritis"], vocabulary=VOCABULARY)
    assert (parsed.query, parsed.read_as) == (Tagged(Axis.CONDITION, "osteoarthritis"), "condition:osteoarthritis")
    assert narrowed(parse_query("aa"), vocabulary=VOCABULARY) == parse_query("aa")


def test_filters_that_are_none_are_refused() -> None:
    """A level or years that are none are the user's error."""
    with pytest.raises(UsageError, match="no level"):
        narrowed(parse_query(""), level="high", vocabulary=VOCABULARY)
    with pytest.raises(UsageError, match="backwards"):
        narrowed(parse_query(""), since=2010, until=2000, vocabulary=VOCABULARY)
    with pytest.raises(UnknownTermError):
        narrowed(parse_query(""), solution=["nothing of the kind"], vocabulary=VOCABULARY)


TYPED = """
aa bb knee OA osteoarthritis of the a A The in rats vitro tennis elbow double-blind PRP PF pain painful steroid tend*
meta-analy* title:knee title:AND title:12.5% author:reeves year:2000- level:1-2 key:a:b doi:10.1000/x(1) condition:OA -aa –knee title: aa/bb knee;dextrose
AND OR NOT ( ) "knee_pain" 12.5 % & – a:b ½ ㎒ Müller 1:2 -title:x
"""
_PIECES = st.sampled_from([*TYPED.split(), 'solution:"platelet-rich plasma"'])


@given(st.lists(_PIECES, max_size=9).map(" ".join))
@settings(max_examples=400, deadline=None)
def test_the_reading_reads_as_the_same_tree(text: str) -> None:
    """Whatever can be read can be read again from its reading, with the same tree."""
    parsed = read_or_refused(text)
    if isinstance(parsed, EvidenceError):
        return
    again = parse_query(parsed.read_as, VOCABULARY)
    assert again.query == parsed.query
    assert again.read_as == parsed.read_as


@given(st.text(max_size=60) | st.text('aA "*()[]:ORNDT-–;.%1/', max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes anything but a query or an error of ours, and a column lies within the text."""
    result = read_or_refused(text)
    if isinstance(result, EvidenceError):
        assert result.hint
        assert result.column is None or 0 <= result.column <= len(text)
        assert result.column is not None or not isinstance(result, QuerySyntaxError)
    else:
        assert result.read_as.encode()
        assert parse_query(result.read_as, VOCABULARY).query == result.query


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2000, "(" * 100 + "aa" + ")" * 100, "NOT " * 4900 + "aa", "a" * 100_000, "aa OR bb cc " * 1500,
        "1." * 9999, "[" * 20_000, "10.1000/" + ")" * 19_000, "10.1000/" + "]" * 250, "condition:" + "x" * 19_000,
        '"' + "pain " * 3900 + '"', "knee osteoarthritis of the knee " * 190, "(aa OR (bb AND " * 49 + "cc" + "))" * 49,
        "\0" * 20_000, "aa* " * 999,
    ],
)  # fmt: skip
def test_hostile_text_costs_little(text: str) -> None:
    """Whatever its size and nesting, a query is read or refused at once (0.1 s of CPU time, with room for slow machines)."""
    start = time.process_time()
    assert read_or_refused(text)
    assert time.process_time() - start < 0.5
