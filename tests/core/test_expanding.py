"""Which words of a query are widened to which terms, and which are too unsure to."""

from __future__ import annotations

import pytest

from evidence.core.querying import parse_query
from evidence.core.tagging import Tagger
from evidence.model.query import And, Expansion, Or, Phrase, Tagged, Word
from evidence.model.record import Axis
from evidence.model.reference import Reference
from evidence.model.vocabulary import Term, Vocabulary
from tests.core.terms import VOCABULARY


def widened(text: str, *no_expand: str) -> dict[str, tuple[str, ...]]:
    """The expansions of `text` by word."""
    return {one.word: one.tags for one in parse_query(text, VOCABULARY, no_expand=no_expand).expansions}


KNEE = ("condition:knee-osteoarthritis",)
DEXTROSE = ("solution:dextrose", "comparator:dextrose")


@pytest.mark.parametrize(
    "text",
    [
        "knee osteoarthritis", "Knee Osteoarthritis", "knee OA", "knee oa", "KNEE oa", "osteoarthritis of the knee",
        "osteoarthritis knee", "OA knee", "OA of the knee", "osteoarthritis in knee", "knees osteoarthritis", "knee arthritis",
    ],
)  # fmt: skip
def test_a_term_is_known_in_any_case_order_and_number(text: str) -> None:
    """Label, synonym and abbreviation are known however they are typed."""
    assert list(widened(text).values()) == [KNEE]


def test_words_and_tag_are_alternatives() -> None:
    """The words still count: a record that has them is found without its tag."""
    parsed = parse_query("knee osteoarthritis dextrose", VOCABULARY)
    assert parsed.query == And((
        Or((And((Word("knee"), Word("osteoarthritis"))), Tagged(Axis.CONDITION, "knee-osteoarthritis"))),
        Or((Word("dextrose"), Tagged(Axis.SOLUTION, "dextrose"), Tagged(Axis.COMPARATOR, "dextrose"))),
    ))  # fmt: skip
    assert [part.text for part in parsed.parts] == ["knee osteoarthritis", "dextrose"]
    assert parsed.expansions == (Expansion("knee osteoarthritis", KNEE), Expansion("dextrose", DEXTROSE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("avascular necrosis", {"avascular necrosis": ("condition:osteonecrosis",)}),
        ("RCT", {"rct": ("design:randomized-controlled-trial",)}),
        ("randomised controlled trials", {"randomised controlled trials": ("design:randomized-controlled-trial",)}),
        ("golfers elbow", {"golfers elbow": ("condition:medial-epicondylitis",)}),
        ("double-blind", {"double-blind": ("design:double-blind",)}),
        ("platelet rich plasma", {"platelet rich plasma": ("solution:platelet-rich-plasma", "comparator:platelet-rich-plasma")}),
        ("ankle or foot pain", {}),
        ("foot and ankle pain", {"foot and ankle pain": ("condition:foot-and-ankle-pain",)}),
        ("hip OA", {"hip oa": ("condition:hip-osteoarthritis",)}),
        ("in vitro", {"in vitro": ("design:in-vitro-study",)}),
        ("saline", {"saline": ("solution:saline", "comparator:saline")}),
        ("RCTs", {"rcts": ("design:randomized-controlled-trial",)}),
        ("epicondylitis laterals", {"epicondylitis laterals": ("condition:lateral-epicondylitis",)}),
        ("osteoarthroses", {"osteoarthroses": ("condition:osteoarthritis",)}),
        ("animal studies", {"animal studies": ("design:animal-study",)}),
        ("avascular/necrosis", {"avascular necrosis": ("condition:osteonecrosis",)}),
        ("knee pained", {}),
    ],
)  # fmt: skip
def test_names_that_stand_alone(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    """A name names its term, and joined things are no other order of it."""
    assert widened(text) == expected


def test_the_longest_name_wins() -> None:
    """A word within a longer name is not widened by itself; names as written go before names in another order."""
    assert widened("pain knee osteoarthritis") == {"knee osteoarthritis": KNEE}
    assert widened("hypertonic dextrose") == {"hypertonic dextrose": DEXTROSE}


def test_a_phrase_and_a_field_are_never_widened() -> None:
    """What stands in quotation marks or after a colon is exact."""
    assert parse_query('"knee osteoarthritis"', VOCABULARY).query == Phrase(("knee", "osteoarthritis"))
    assert widened('"knee osteoarthritis" title:dextrose knee AND osteoarthritis*') == {}


def test_a_known_name_is_one_operand() -> None:
    """After OR a name stays together, as PubMed's term mapping does; unknown words do not."""
    knee = And((Word("knee"), Word("osteoarthritis")))
    tag = Tagged(Axis.CONDITION, "knee-osteoarthritis")
    assert parse_query("wrist OR knee osteoarthritis", VOCABULARY).query == Or((Word("wrist"), knee, tag))
    assert parse_query("wrist OR knee swelling", VOCABULARY).query == And(
        (Or((Word("wrist"), Word("knee"))), Word("swelling"))
    )


@pytest.mark.parametrize("word", ["knee OA", "KNEE oa", "knee-OA"])
def test_a_word_can_be_kept_from_widening(word: str) -> None:
    """--no-expand switches off just that word."""
    assert widened("knee OA dextrose", word) == {"dextrose": DEXTROSE}


def test_an_unsure_word_is_not_widened_alone_but_told() -> None:
    """An ambiguous word is searched for as it stands, and the term it may mean is named."""
    parsed = parse_query("tennis elbow steroid", VOCABULARY)
    assert [one.word for one in parsed.expansions] == ["tennis elbow"]
    assert any("“steroid”" in line and "solution:corticosteroid" in line for line in parsed.warnings)
    assert widened("local steroid") == {"steroid": ("solution:corticosteroid", "comparator:corticosteroid")}
    assert widened("anabolic local steroid") == {}
    assert widened("rheumatoid knee arthritis") == {}
    assert widened("salt") == {}


def test_an_abbreviation_of_two_terms_needs_company() -> None:
    """An abbreviation that two terms share is widened only by the words beside it."""
    assert widened("PF") == {}
    assert widened("plantar PF") == {"pf": ("condition:plantar-fasciitis",)}


def test_what_looks_like_a_term_and_is_none() -> None:
    """A name of something else is kept together and not widened."""
    assert widened("Arthritis Foundation") == {}
    assert parse_query("Arthritis Foundation", VOCABULARY).warnings == ()


def test_a_single_word_of_a_name_is_not_the_name() -> None:
    """A design is named by "in rats", not by "rats" or "in" alone."""
    assert widened("rats") == {}
    assert widened("healing in rats") == {"in rats": ("design:animal-study",)}


def test_hidden_labels_widen_a_query_and_tag_nothing() -> None:
    """What people type for a term is understood, and no record is tagged by it."""
    term = Term("condition", "tunnel-syndrome", "tunnel syndrome", hidden=("tunnel",))
    vocabulary = Vocabulary((term,))
    parsed = parse_query("tunnel", vocabulary)
    assert parsed.expansions == (Expansion("tunnel", ("condition:tunnel-syndrome",)),)
    assert Tagger(vocabulary).claims(Reference("k", fields={"title": "A tunnel under the sea"})) == ()


def test_a_word_that_shares_a_stem_is_another_word() -> None:
    """Names are matched in the singular: "tendons" is no "tendonitis", though their stems agree."""
    vocabulary = Vocabulary((Term("condition", "tendinopathy", "tendinopathy", ("tendonitis",)),))
    assert parse_query("tendon", vocabulary).expansions == ()
    assert parse_query("tendons", vocabulary).expansions == ()
    assert [one.word for one in parse_query("tendinopathies", vocabulary).expansions] == ["tendinopathies"]
