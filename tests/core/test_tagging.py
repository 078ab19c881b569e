"""The tagger: which words tag, in which role, and that every claim shows its words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.core.tagging import Tagger
from evidence.core.tagging_claims import MOST_CLAIMS
from evidence.core.tagging_text import texts
from evidence.formats import vocabulary_toml
from evidence.model.record import Axis, Claim, Fact, standing
from evidence.model.reference import Heading, Reference

LABELS = Path(__file__).with_name("labels.jsonl")
# Just below what is reached, with the terms of every record that must not be got wrong: (precision, recall).
FLOORS = {
    "from_title": {"condition": (0.98, 0.98), "solution": (0.98, 0.98), "comparator": (0.96, 0.95), "adjunct": (0.9, 0.9),
                   "design": (0.98, 0.98)},
    "with_facts": {"condition": (0.98, 0.98), "solution": (0.98, 0.98), "comparator": (0.97, 0.97), "adjunct": (0.95, 0.95),
                   "design": (0.97, 0.97)},
}  # fmt: skip


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    """A tagger with the shipped vocabulary."""
    return Tagger(vocabulary_toml.read(vocabulary_toml.shipped()))


def labelled() -> Iterator[tuple[Reference, tuple[Fact, ...], dict[str, dict[str, list[str]]]]]:
    """Each labelled record: its reference, its facts, and the tags that stand by title and by title and facts."""
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        facts = tuple(
            Fact(fact["name"], fact.get("value"), fact.get("unit"), field=fact.get("field"), quote=fact.get("quote"))
            for fact in one["facts"]
        )
        reference = Reference(one["key"], one["type"], {"title": one["title"]})
        yield reference, facts, {"from_title": one["from_title"], "with_facts": one["with_facts"]}


def said(tagger: Tagger, title: str, abstract: str = "") -> dict[str, set[str]]:
    """The tags of a title and an abstract, by axis; empty axes left out."""
    tags = standing(tagger.claims(Reference("x", "article-journal", {"title": title, "abstract": abstract})))
    return {axis.value: set(tags.on(axis)) for axis in Axis if tags.on(axis)}


def by_key(key: str) -> tuple[Reference, tuple[Fact, ...]]:
    """One labelled record by its key."""
    return next((reference, facts) for reference, facts, _ in labelled() if reference.key == key)


@pytest.mark.parametrize("mode", ["from_title", "with_facts"])
def test_precision_and_recall(tagger: Tagger, mode: str) -> None:
    """On hand-labelled records precision and recall stay above the floors, on every axis."""
    counts = {axis.value: [0, 0, 0] for axis in Axis}
    for reference, facts, wanted in labelled():
        tags = standing(tagger.claims(reference, facts if mode == "with_facts" else ()))
        for axis in Axis:
            got, want = set(tags.on(axis)), set(wanted[mode][axis.value])
            for at, part in enumerate((got & want, got - want, want - got)):
                counts[axis.value][at] += len(part)
    scores = {name: (hit / (hit + wrong), hit / (hit + missed)) for name, (hit, wrong, missed) in counts.items()}
    low = {
        name: score
        for name, score in scores.items()
        if score[0] < FLOORS[mode][name][0] or score[1] < FLOORS[mode][name][1]
    }
    assert not low


def test_every_quote_stands_where_its_offsets_say(tagger: Tagger) -> None:
    """A claim's quote is the text of its field between its offsets, for every labelled record."""
    for reference, facts, _ in labelled():
        for claim in tagger.claims(reference, facts):
            assert claim.field is not None
            assert claim.quote
            assert any(text[claim.start : claim.end] == claim.quote for text in texts(reference, facts, claim.field))


def test_reeves_2000(tagger: Tagger) -> None:
    """The knee trial: both conditions ("with or without" denies nothing), dextrose, and lidocaine as the control."""
    tags = standing(tagger.claims(*by_key("reeves2000knee")))
    assert tags.condition == ("acl-laxity", "knee-osteoarthritis")
    assert tags.solution == ("dextrose",)
    assert tags.comparator == ("lidocaine",)
    assert tags.adjunct == ("lidocaine",)
    assert tags.design == ("randomized-controlled-trial",)


def test_bae_2021_and_hackett_1958(tagger: Tagger) -> None:
    """The meta-analysis is a systematic review as well; the book is a book."""
    assert standing(tagger.claims(*by_key("bae2021"))).design == ("meta-analysis", "systematic-review")
    assert standing(tagger.claims(*by_key("hackett1958"))).design == ("book",)


def test_generic_words_name_no_agent(tagger: Tagger) -> None:
    """A sclerosing injection is never said to be sodium morrhuate."""
    reference, facts = by_key("dechow1999")
    assert "sodium-morrhuate" not in {claim.term for claim in tagger.claims(reference, facts)}


@pytest.mark.parametrize(
    ("title", "conditions"),
    [
        ("Osteoarthritis of the hand, hip, and knee", {"hand-osteoarthritis", "hip-osteoarthritis", "knee-osteoarthritis"}),
        ("Knee and hip osteoarthritis", {"knee-osteoarthritis", "hip-osteoarthritis"}),
        ("Back and neck pain", {"back-pain", "neck-pain"}),
        ("Muscle, tendon and ligament injury", {"muscle-injury", "tendon-injury", "ligament-injury"}),
        ("Medial and lateral epicondylitis", {"medial-epicondylitis", "lateral-epicondylitis"}),
        ("MEDIAL-EPICONDYLITIS in TENDINOPATHIES", {"medial-epicondylitis"}),
        ("Golfer\u2019s elbow", {"medial-epicondylitis"}),
        ("Pain in the knee", {"knee-pain"}),
        ("Osteoarthritis, low back pain, and other musculoskeletal conditions",
         {"osteoarthritis", "low-back-pain", "chronic-musculoskeletal-pain"}),
        ("Chronic low back pain as musculoskeletal pain", {"low-back-pain"}),
        ("Knee osteoarthritis without ACL laxity", {"knee-osteoarthritis"}),
        ("Knee osteoarthritis with or without ACL laxity", {"knee-osteoarthritis", "acl-laxity"}),
        ("Injection of the sacroiliac joint", set()),
        ("The Arthritis Foundation", set()),
        ("Oleic acid (OA) and joint lipids", set()),
        ("Osteoarthritis (OA) of the knee", {"knee-osteoarthritis"}),
    ],
)  # fmt: skip
def test_conditions_of_titles(tagger: Tagger, title: str, conditions: set[str]) -> None:
    """Rows are read out, the narrowest terms stand, what is denied and what is anatomy does not tag."""
    assert said(tagger, title).get("condition", set()) == conditions


@pytest.mark.parametrize(
    ("title", "tags"),
    [
        ("Dextrose versus corticosteroid", {"solution": {"dextrose"}, "comparator": {"corticosteroid"}}),
        ("Platelet-rich plasma compared with normal saline",
         {"solution": {"platelet-rich-plasma"}, "comparator": {"saline"}}),
        ("Dextrose, platelet-rich plasma or corticosteroid: which is better?",
         {"solution": {"dextrose", "platelet-rich-plasma", "corticosteroid"}}),
        ("Comparison of dextrose prolotherapy and corticosteroid", {"solution": {"dextrose", "corticosteroid"}}),
        ("Comparison of dextrose with exercise therapy", {"solution": {"dextrose"}, "comparator": {"exercise"}}),
        ("Dextrose with 0.5% lidocaine", {"solution": {"dextrose"}, "adjunct": {"lidocaine"}}),
        ("Dextrose and lidocaine in the tendon", {"solution": {"dextrose"}, "adjunct": {"lidocaine"}}),
        ("Hypertonic dextrose (prolotherapy) for pain", {"solution": {"dextrose"}}),
        ("Proliferant injections", {"solution": {"prolotherapy"}}),
        ("Perineural dextrose", {"solution": {"dextrose-5-percent"}}),
        ("Dextrose-glycerine-phenol injections", {"solution": {"phenol-glycerin-glucose"}}),
        ("Dextrose over placebo", {"solution": {"dextrose"}, "comparator": {"placebo"}}),
        ("Dextrose versus placebo (normal saline)", {"solution": {"dextrose"}, "comparator": {"saline"}}),
        ("No superiority of dextrose over placebo", {"solution": {"dextrose"}, "comparator": {"placebo"}}),
        ("Solution without dextrose", {}),
        ("Physiotherapy for pain", {"solution": {"physiotherapy"}}),
    ],
)  # fmt: skip
def test_roles_in_titles(tagger: Tagger, title: str, tags: dict[str, set[str]]) -> None:
    """Who is studied, compared with and mixed in, as the words of the title say."""
    found = said(tagger, title)
    found.pop("condition", None)
    assert found == tags


@pytest.mark.parametrize(
    ("title", "designs"),
    [
        ("A protocol for a randomized controlled trial", {"protocol"}),
        ("Letter to the editor: a randomized controlled trial of dextrose", {"letter-or-comment"}),
        ("A meta-analysis of randomized controlled trials", {"meta-analysis"}),
        ("Systematic review and meta-analysis", {"systematic-review", "meta-analysis"}),
        ("A case report and review of literature", {"case-report", "narrative-review"}),
        ("A retrospective study", set()),
        ("Randomly selected patients with knee pain", set()),
        ("A pilot study in 2 x 2 factorial, double-blind form", set()),
    ],
)
def test_designs_of_titles(tagger: Tagger, title: str, designs: set[str]) -> None:
    """A protocol is no trial, a letter no study, and a qualifier no design."""
    assert said(tagger, title).get("design", set()) == designs


def test_background_and_exclusions_do_not_tag(tagger: Tagger) -> None:
    """What an abstract only mentions, leaves out or wishes for is no tag."""
    abstract = (
        "BACKGROUND: Low back pain is common. OBJECTIVE: To compare dextrose prolotherapy with normal saline in ankle "
        "instability. METHODS: Patients were randomly assigned to 25% dextrose with 1% lidocaine or normal saline. "
        "Patients with rheumatoid arthritis or plantar fasciitis were excluded. CONCLUSIONS: Further systematic reviews "
        "are needed."
    )
    assert said(tagger, "Dextrose for chronic ankle instability", abstract) == {
        "condition": {"ankle-instability"},
        "solution": {"dextrose"},
        "comparator": {"saline"},
        "adjunct": {"lidocaine"},
        "design": {"randomized-controlled-trial"},
    }


def test_the_abstract_names_what_the_title_leaves_open(tagger: Tagger) -> None:
    """A generic title is made narrower by what the abstract says was done."""
    tags = said(
        tagger, "Prolotherapy in refractory tendinopathy", "OBJECTIVE: To test hypertonic dextrose for tennis elbow."
    )
    assert tags == {"condition": {"lateral-epicondylitis"}, "solution": {"dextrose"}}


def test_headings(tagger: Tagger) -> None:
    """A heading that means the term tags; a place in the body, a broader heading and an adjunct's agent do not."""
    reference = Reference(
        "x",
        "article-journal",
        {"title": "Untold"},
        mesh=(
            Heading("Osteoarthritis, Knee", "D020370"),
            Heading("Hand Joints", "D050823"),
            Heading("Glucose", "D005947"),
            Heading("Lidocaine", "D008012"),
        ),
        publication_types=("Randomized Controlled Trial", "Journal Article"),
    )
    claims = {(claim.axis, claim.term, claim.by, claim.field) for claim in tagger.claims(reference)}
    assert claims == {
        (Axis.CONDITION, "knee-osteoarthritis", "heading", "mesh"),
        (Axis.DESIGN, "randomized-controlled-trial", "heading", "publication-types"),
    }


def test_animals_without_humans_are_an_animal_study(tagger: Tagger) -> None:
    """The heading Animals tags unless Humans stands beside it."""
    alone = Reference("x", "article-journal", {"title": "Untold"}, mesh=(Heading("Animals"),))
    both = Reference("x", "article-journal", {"title": "Untold"}, mesh=(Heading("Animals"), Heading("Humans")))
    assert [claim.term for claim in tagger.claims(alone)] == ["animal-study"]
    assert tagger.claims(both) == ()


def test_fact_that_names_the_control_replaces_the_placebo(tagger: Tagger) -> None:
    """A placebo gives way to the content that a fact names, quoted from the fact."""
    reference = Reference("x", "article-journal", {"title": "Dextrose versus placebo in tennis elbow"})
    fact = Fact("comparator", "0.9% saline injection", quote="controls received saline")
    found = [claim for claim in tagger.claims(reference, (fact,)) if claim.axis is Axis.COMPARATOR]
    assert [(claim.term, claim.field, claim.quote, claim.rule) for claim in found] == [
        ("saline", "fact:comparator", "saline injection", "fact-comparator")
    ]


def test_rejected_facts_say_nothing(tagger: Tagger) -> None:
    """A fact that a person rejected tags nothing."""
    fact = Fact("solution", "hypertonic dextrose", state="rejected")
    assert tagger.claims(Reference("x", fields={"title": "Untold"}), (fact,)) == ()


def test_same_record_same_claims(tagger: Tagger) -> None:
    """Tagging is pure: a second run, and a second tagger, give the same claims."""
    other = Tagger(vocabulary_toml.read(vocabulary_toml.shipped()))
    for reference, facts, _ in labelled():
        first = tagger.claims(reference, facts)
        assert first == tagger.claims(reference, facts) == other.claims(reference, facts)


WORDS = st.sampled_from(
    [
        "knee",
        "hip",
        "pain",
        "and",
        "or",
        ",",
        ";",
        ":",
        "(",
        ")",
        "/",
        "5",
        "%",
        "12.5%",
        "dextrose",
        "saline",
        "PRP",
        "(OA)",
        "osteoarthritis",
        "of",
        "the",
        "with",
        "without",
        "versus",
        "lidocaine",
        "randomized",
        "trial",
        "no",
        "review.",
        "Müller’s",
        "–",
        "ACL",
        "laxity",
        "ﬁ",
        "İ",
        "ß",
        "&",
        "excluded",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=40), st.lists(WORDS, max_size=60), st.text(max_size=40))
def test_claims_hold_for_any_text(tagger: Tagger, title: list[str], abstract: list[str], rest: str) -> None:
    """Whatever the text: quotes stand at their offsets, at most three claims a term and field, none twice."""
    fields = {"title": " ".join(title) + rest, "abstract": " ".join(abstract), "keyword": rest + ";" + " ".join(title)}
    reference = Reference("x", "article-journal", fields)
    claims = tagger.claims(reference)
    assert len(set(claims)) == len(claims)
    counts: dict[tuple[Axis, str, str | None], list[Claim]] = {}
    for claim in claims:
        assert claim.field is not None
        assert claim.quote == texts(reference, (), claim.field)[0][claim.start : claim.end]
        counts.setdefault((claim.axis, claim.term, claim.field), []).append(claim)
    assert all(len(same) <= MOST_CLAIMS for same in counts.values())


@pytest.mark.parametrize(
    "text", ["knee pain and PRP (OA) versus saline, " * 25_000, "x" * 500_000, "(" * 500_000, "5 % " * 100_000]
)
def test_endless_text_is_read_in_bounded_time(tagger: Tagger, text: str) -> None:
    """A megabyte in any field ends, with few claims."""
    for field in ("title", "abstract", "keyword"):
        assert len(tagger.claims(Reference("x", fields={field: text}))) < 100


def test_nothing_to_read(tagger: Tagger) -> None:
    """A record without title, abstract or headings has no tags."""
    assert tagger.claims(Reference(None)) == ()
