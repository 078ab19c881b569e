"""Levels of evidence, from the grades that the vocabulary carries."""

from __future__ import annotations

import pytest

from evidence.core.levels import level
from evidence.core.tagging import Tagger
from evidence.formats import vocabulary_toml
from evidence.model.record import Adjustment, Axis, Claim, Fact, Record
from evidence.model.reference import Reference
from evidence.model.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The shipped vocabulary."""
    return vocabulary_toml.read(vocabulary_toml.shipped())


def record(*designs: str, title: str = "", abstract: str = "", facts: tuple[Fact, ...] = ()) -> Record:
    """A record tagged with `designs`."""
    claims = tuple(Claim(Axis.DESIGN, design, "rule") for design in designs)
    return Record("x", Reference("x", fields={"title": title, "abstract": abstract}), claims, facts)


@pytest.mark.parametrize(
    ("designs", "value"),
    [
        (("randomized-controlled-trial",), 2),
        (("non-randomized-controlled-trial",), 3),
        (("case-control",), 4),
        (("case-series",), 4),
        (("case-report",), 4),
        (("single-arm-trial",), 4),
        (("animal-study",), 5),
        (("in-vitro-study",), 5),
        (("book",), None),
        (("guideline",), None),
        (("narrative-review",), None),
        (("protocol",), None),
        (("survey",), None),
        (("systematic-review",), None),
        (("cohort",), None),
        (("case-report", "narrative-review"), 4),
        (("case-series", "randomized-controlled-trial"), 2),
        ((), None),
    ],
)
def test_design_alone(vocabulary: Vocabulary, designs: tuple[str, ...], value: int | None) -> None:
    """Each design gives its number, or none; of several the best number stands."""
    found = level(record(*designs), vocabulary)
    assert found.value == value
    assert (found.scheme, found.question) == ("OCEBM 2011", "treatment-benefits")
    assert found.reason


def test_reasons(vocabulary: Vocabulary) -> None:
    """The reasons say what is missing, and that an animal study speaks of mechanism only."""
    assert "mechanism only" in level(record("animal-study"), vocabulary).reason
    assert "1 if of randomised trials" in level(record("systematic-review"), vocabulary).reason
    assert "convention" in level(record("case-report"), vocabulary).reason
    assert level(record(), vocabulary).reason == "design not stated"
    assert "not stated" in level(record("cohort"), vocabulary).reason


@pytest.mark.parametrize(
    ("title", "abstract", "value"),
    [
        ("A systematic review of randomized controlled trials", "", 1),
        ("A systematic review", "Only RCTs were included.", 1),
        ("A systematic review", "Randomised trials and case series were pooled.", None),
        ("A systematic review of randomised trials", "Two cohort studies were read too.", None),
        ("A systematic review", "Only RCTs were included; case series were excluded.", 1),
        ("A systematic review", "", None),
    ],
)
def test_reviews_by_their_text(vocabulary: Vocabulary, title: str, abstract: str, value: int | None) -> None:
    """A review is level 1 only where its text says that all its trials are randomised."""
    assert level(record("systematic-review", title=title, abstract=abstract), vocabulary).value == value


@pytest.mark.parametrize(("stated", "value"), [("yes", 1), (True, 1), ("no", None), (False, None)])
def test_a_fact_outranks_the_text(vocabulary: Vocabulary, stated: str | bool, value: int | None) -> None:
    """What a person read of the included trials stands above the title."""
    facts = (Fact("all-trials-randomised", stated),)
    found = level(record("meta-analysis", title="A systematic review of randomised trials", facts=facts), vocabulary)
    assert found.value == value


def test_cohort_by_its_comparison(vocabulary: Vocabulary) -> None:
    """A cohort is 3 with a comparison group, 4 without one."""
    assert level(record("cohort", facts=(Fact("comparator", "saline"),)), vocabulary).value == 3
    assert level(record("cohort", facts=(Fact("comparator", "none"),)), vocabulary).value == 4
    assert level(record("cohort", facts=(Fact("arm", 1),)), vocabulary).value == 4
    assert level(record("cohort", abstract="There was no control group."), vocabulary).value == 4


def test_a_persons_level_is_kept_beside(vocabulary: Vocabulary) -> None:
    """A person's grading stands beside the design's level and counts."""
    graded = Record("x", Reference("x"), adjusted=Adjustment(3, "ana", "small"))
    assert level(graded, vocabulary).counted == 3
    assert level(graded, vocabulary).value is None


def test_reeves_2000_is_level_2(vocabulary: Vocabulary) -> None:
    """The tagger's design and the grade work together."""
    title = "Randomized prospective double-blind placebo-controlled study of dextrose prolotherapy"
    reference = Reference("x", fields={"title": title})
    assert level(Record("x", reference, Tagger(vocabulary).claims(reference)), vocabulary).value == 2


def test_an_unknown_design_has_no_rule(vocabulary: Vocabulary) -> None:
    """A tag that the vocabulary no longer has gives no level, and no error."""
    assert level(record("gone"), vocabulary).reason == "design not stated"
