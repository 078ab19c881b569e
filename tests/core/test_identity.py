"""When two references are one work, and what keeps them apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.core.identity import certain, judged
from evidence.formats import bibtex
from evidence.model.reference import Date, Name, Parsed, Reference

SHIPPED = Path(__file__).parents[2] / "data" / "citations.bib"

WORK = Reference(
    "reeves2000",
    type="article-journal",
    fields={
        "title": "Randomized trial of dextrose prolotherapy for knee osteoarthritis with laxity",
        "container-title": "Alternative Therapies in Health and Medicine",
        "volume": "6",
        "issue": "2",
        "page": "68-80",
        "PMID": "10710805",
        "DOI": "10.1000/athm.6.68",
    },
    names=(Name(family="Reeves", given="Kenneth Dean"), Name(family="Hassanein", given="Khatab")),
    dates=(Date("issued", ((2000, 3),)),),
)


def with_fields(work: Reference = WORK, **changes: Any) -> Reference:
    """`work` with other fields, `year` and `type` among them; "" takes a field away. "_" stands for "-" in a name."""
    year, kind = changes.pop("year", None), changes.pop("type", work.type)
    fields = dict(work.fields) | {name.replace("_", "-"): value for name, value in changes.items()}
    dates = (Date("issued", ((year,),)),) if year else work.dates
    return replace(
        work, key="other", type=kind, dates=dates, fields={name: value for name, value in fields.items() if value}
    )


TITLE = WORK.title

SAME = {
    "case": {"title": TITLE.upper()},
    "a stop": {"title": TITLE + "."},
    "brackets": {"title": f"[{TITLE}]."},
    "a remark": {"title": f"{TITLE} [see comment]"},
    "markup": {"title": TITLE.replace("dextrose", "<i>dextrose</i>")},
    "British spelling": {"title": TITLE.replace("Randomized", "Randomised")},
    "a letter swapped": {"title": TITLE.replace("laxity", "laxtiy")},
    "a letter lost": {"title": TITLE.replace("osteoarthritis", "osteoarthriti")},
    "a subtitle": {"title": f"{TITLE}: a pilot experience"},
    "a hyphen": {"title": TITLE.replace("prolotherapy", "prolo-therapy")},
    "short pages": {"page": "68-80"},
    "the first page": {"page": "68"},
    "no pages": {"page": ""},
    "an article number": {"page": "e100068"},
    "no DOI": {"DOI": ""},
    "no PMID": {"PMID": ""},
    "a DOI as a link": {"DOI": "https://doi.org/10.1000/ATHM.6.68", "PMID": ""},
    "an abbreviated journal": {"container_title": "Altern Ther Health Med"},
    "volume and issue in one": {"volume": "6(2)", "issue": ""},
}


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME)
def test_spelling_is_no_difference(changes: dict[str, Any]) -> None:
    """What databases print in different ways is one work, seen from either side."""
    other = with_fields(**changes)
    assert certain(WORK, other).verdict == certain(other, WORK).verdict == "same"
    assert judged(WORK, other).verdict == "same"


APART = {
    "another title": {"title": "Randomized trial of dextrose prolotherapy for finger joints and their pain"},
    "another number": {"title": TITLE.replace("trial", "trial 2")},
    "a second part": {"title": f"{TITLE}. Part II"},
    "a follow-up": {"title": f"{TITLE}: two-year follow-up"},
    "an opposite": {"title": TITLE.replace("with laxity", "with hyperlaxity")},
    "another species": {"title": f"{TITLE} in cats".replace("knee", "rats")},
    "a reply": {"title": f"{TITLE}: authors' reply"},
    "an erratum": {"title": f"Erratum: {TITLE}"},
    "a comment": {"title": f"Re: {TITLE}"},
    "a label": {"title": f"Insights: {TITLE}"},
    "another volume": {"volume": "7"},
    "another page": {"page": "168-180"},
    "another letter before the page": {"page": "S68-S80", "volume": ""},
    "an edition": {"edition": "3rd"},
    "no title": {"title": ""},
    "another PMID, no page": {"PMID": "10710806", "page": ""},
    "another journal, no place": {"container_title": "Spine", "volume": "", "page": ""},
}


@pytest.mark.parametrize("changes", APART.values(), ids=APART)
def test_an_identifier_alone_merges_nothing(changes: dict[str, Any]) -> None:
    """A work with the same identifier but another title, place or edition is not merged without asking."""
    one = (
        with_fields(edition="1st")
        if "edition" in changes
        else with_fields(page="S67-S80" if changes.get("page", "")[:1] == "S" else "68-80")
    )
    assert certain(one, with_fields(**changes)).verdict != "same"
    assert certain(with_fields(**changes), one).verdict != "same"


def test_without_an_identifier_nothing_is_certain() -> None:
    """Two references that are alike in everything but name no identifier are proposed, not merged."""
    other = with_fields(DOI="", PMID="")
    assert certain(WORK, other).verdict != "same"
    assert judged(WORK, other).verdict == "same"
    assert {"title", "author", "issued"} <= set(judged(WORK, other).because)


@pytest.mark.parametrize(
    ("years", "place", "verdict"),
    [
        (1, {}, "same"),
        (2, {}, "unsure"),
        (2, {"volume": "", "page": ""}, "same"),
        (3, {"volume": "", "page": ""}, "unsure"),
    ],
)
def test_years_may_be_one_apart(years: int, place: dict[str, Any], verdict: str) -> None:
    """One year apart, or two when one is of the electronic publication."""
    assert certain(WORK, with_fields(year=2000 + years, **place)).verdict == verdict


def test_an_electronic_date_allows_two_years() -> None:
    """A reference with its electronic date may be two years from the other."""
    other = with_fields(year=2002)
    other = replace(other, dates=(*other.dates, Date("available-date", ((2002, 1),))))
    assert certain(WORK, other).verdict == "same"


def test_versions_stay_apart() -> None:
    """`.pub2` is not `.pub3`, and an update of a later issue is another work, though a PMID may say they are one."""
    review = with_fields(DOI="10.1002/14651858.CD004059.pub2", page="CD004059", volume="", issue="2", PMID="1")
    third = with_fields(review, DOI="10.1002/14651858.CD004059.pub3")
    assert certain(review, third).verdict == "unsure"
    assert judged(review, third).verdict == "same-study"
    assert certain(review, with_fields(review, DOI="", issue="4")).verdict == "unsure"
    assert certain(review, with_fields(review, DOI="")).verdict == "same"


def test_one_identifier_for_and_one_against() -> None:
    """A PMID that differs beside a DOI that agrees: the same only if volume, first page and title are stated and agree."""
    assert certain(WORK, with_fields(PMID="10710806")).verdict == "same"
    assert certain(WORK, with_fields(PMID="10710806", volume="")).verdict == "unsure"
    assert certain(WORK, with_fields(PMID="10710806", title=f"{TITLE}: a pilot")).verdict == "unsure"


def test_a_book_and_its_chapter() -> None:
    """A book's DOI stands on its chapters: neither the book and a chapter nor two chapters are one work."""
    book = with_fields(type="book", title="A handbook of regenerative injection therapy", page="", volume="")
    chapter = with_fields(book, type="chapter")
    assert certain(book, chapter).verdict != "same"
    assert judged(book, chapter).verdict != "same"
    one = with_fields(book, type="chapter", title="Injections of the shoulder and the elbow in athletes")
    other = with_fields(book, type="chapter", title="Injections of the ankle and the foot in runners")
    assert certain(one, other).verdict != "same"


def test_a_preprint_and_its_article() -> None:
    """A preprint is another report of the study, even where a DOI was given to both."""
    preprint = with_fields(container_title="medRxiv", volume="", issue="", page="", type="article")
    assert certain(WORK, preprint).verdict != "same"
    assert judged(WORK, preprint).verdict == "same-study"


def test_greek_letters() -> None:
    """A letter, its name and its place left empty or marked with "?" are one; alpha and beta are two."""
    one = with_fields(title="Effects of TNF-α on the healing of tendons in adults")
    for title in (
        "Effects of TNF-alpha on the healing of tendons in adults",
        "Effects of TNF-? on the healing of tendons in adults",
    ):
        assert certain(one, with_fields(title=title)).verdict == "same"
    assert certain(one, with_fields(title="Effects of TNF-β on the healing of tendons in adults")).verdict != "same"


def test_opposites_are_no_slips() -> None:
    """Two words that differ by a beginning which turns the meaning are two words."""
    one = with_fields(title="Effects of hyperglycemia on the healing of tendons in adults", page="")
    other = with_fields(title="Effects of hypoglycaemia on the healing of tendons in adults", page="")
    assert certain(one, other).verdict != "same"


def test_a_short_title_names_no_work() -> None:
    """A reply under a supplement's DOI is merged only where authors, or volume and page, agree."""
    one = with_fields(title="Reply", page="", volume="")
    stranger = replace(one, names=(Name(family="Brown", given="P"),))
    assert certain(one, stranger).verdict != "same"
    assert certain(one, with_fields(one)).verdict == "same"


SAME_STUDY = {
    "an abstract in another journal": {
        "container_title": "Annals of Meetings",
        "volume": "71",
        "page": "S12",
        "issue": "Suppl 3",
    },
    "a later edition": {"edition": "3rd"},
    "a protocol": {"title": f"{TITLE}: study protocol", "year": 1998, "volume": "4", "page": "7-9"},
    "an erratum": {"title": f"Erratum: {TITLE}", "page": "99"},
    "a second publication": {
        "container_title": "Revista Medica de Chile",
        "volume": "101",
        "page": "1-9",
        "language": "es",
    },
}


@pytest.mark.parametrize("changes", SAME_STUDY.values(), ids=SAME_STUDY)
def test_reports_of_one_study(changes: dict[str, Any]) -> None:
    """Another report of a study is proposed as that, and says what speaks against its being the same work."""
    one = with_fields(DOI="", PMID="", edition="1st" if "edition" in changes else "")
    verdict = judged(one, with_fields(one, **changes))
    assert verdict.verdict == "same-study"
    assert any("differs" in why for why in verdict.because)


def test_a_registration_number_joins_reports() -> None:
    """Two papers with one trial registration and an author in common report one study."""
    one = with_fields(abstract="Registered as NCT01234567.", DOI="", PMID="")
    other = with_fields(
        title="Costs of injections two years after the end of treatment",
        abstract="Trial registration: NCT01234567",
        DOI="",
        PMID="",
        page="9-12",
        volume="8",
        year=2003,
    )
    assert judged(one, other).verdict == "same-study"


@pytest.mark.parametrize(
    "changes",
    [
        {"title": TITLE.replace("knee", "finger"), "page": "311-320"},
        {"title": f"{TITLE}. Part II", "page": "90-95"},
        {"title": "Reply", "page": "9"},
        {"title": "A survey of opinions among physicians"},
    ],
)
def test_other_works(changes: dict[str, Any]) -> None:
    """Another study by the same people, though its title is near, is neither the same nor unsure."""
    one = with_fields(DOI="", PMID="")
    assert judged(one, with_fields(one, **changes)).verdict in {"different", "same-study"}


def test_the_shipped_library() -> None:
    """No two of the shipped records are one work; a second publication, an edition, a comment, a protocol are seen."""
    with SHIPPED.open("rb") as stream:
        works = [piece.reference for piece in bibtex.read(stream, "utf-8") if isinstance(piece, Parsed)]
    assert len(works) == 190
    found = {
        frozenset((str(one.key), str(other.key))): judged(one, other).verdict for one, other in combinations(works, 2)
    }
    assert not [pair for pair, verdict in found.items() if verdict in {"same", "unsure"}]
    assert {pair for pair, verdict in found.items() if verdict == "same-study"} == {
        frozenset(("kolasinski2020acr", "kolasinski2020ar")),
        frozenset(("hackett1956", "hackett1958")),
        frozenset(("corrinsights", "ekwueme")),
        frozenset(("sit2018protocol", "sitknee")),
    }
    assert all(certain(one, other).verdict != "same" for one, other in combinations(works, 2))


texts = st.text("ab1 :.[]()?<>-éβ\n", max_size=30)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("title", "volume", "issue", "page", "container_title", "edition"), texts)
        ),
        min_size=2,
        max_size=2,
    )
)
def test_both_sides_see_the_same(changes: list[dict[str, Any]]) -> None:
    """Whatever stands in the fields, the order of the two decides nothing, and the score is a probability."""
    one, other = (with_fields(**each) for each in changes)
    assert certain(one, other).verdict == certain(other, one).verdict
    assert judged(one, other).verdict == judged(other, one).verdict
    assert 0 <= judged(one, other).score <= 1
