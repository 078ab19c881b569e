"""Faults that a review of identity, merging and importing found: each was real, each stays mended."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest

from evidence.core.identity import certain, judged
from evidence.core.library import Library
from evidence.model.reference import Date, Name, Reference

TITLE = "Dextrose prolotherapy for knee osteoarthritis: a randomized controlled trial"
WORK = Reference(
    "work",
    type="article-journal",
    fields={
        "title": TITLE,
        "container-title": "Pain Medicine",
        "volume": "10",
        "issue": "2",
        "page": "100-108",
        "PMID": "11111111",
        "DOI": "10.1000/x",
    },
    names=(Name(family="Smith", given="J"), Name(family="Jones", given="P")),
    dates=(Date("issued", ((2001,),)),),
    publication_types=("Journal Article",),
)


def other(title: str = TITLE, types: tuple[str, ...] = (), /, **fields: str) -> Reference:
    """A reference beside WORK, of its authors, year and journal, with only the fields that are given."""
    said = {"title": title, "container-title": "Pain Medicine", **fields}
    return replace(WORK, key="other", fields=said, publication_types=types)


# --- notices and comments are not what they are on ----------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        f"Retraction: {TITLE}",
        f"Retraction Note to: {TITLE}",
        f"Statement of Retraction: {TITLE}",
        f"Notice of Retraction: {TITLE}",
        f"Withdrawal notice to: {TITLE}",
        f"Withdrawal: {TITLE}",
        f"Editorial Expression of Concern: {TITLE}",
        f"{TITLE} - Retraction",
        f"{TITLE} (Retraction of Vol 10, Pg 100, 2001)",
        f"{TITLE} [Corrigendum]",
        f"{TITLE} - Erratum",
        f"Correction to: {TITLE}",
        f"Comment on: {TITLE}",
    ],
)
@pytest.mark.parametrize("fields", [{}, {"volume": "10", "page": "109", "PMID": "2222"}])
def test_a_notice_under_its_works_doi_is_never_that_work(title: str, fields: dict[str, str]) -> None:
    """Some publishers print the work's DOI on what is said of it."""
    notice = other(title, DOI="10.1000/x", **fields)
    assert certain(WORK, notice).verdict != "same"
    assert judged(WORK, notice).verdict in {"same-study", "different"}


@pytest.mark.parametrize("kind", ["Retraction of Publication", "Published Erratum", "Comment"])
@pytest.mark.parametrize("place", [{}, {"volume": "10", "issue": "2", "page": "109"}, {"DOI": "10.1000/x"}])
def test_a_notice_that_only_its_type_tells_is_not_its_work(kind: str, place: dict[str, str]) -> None:
    """PubMed gives errata and comments the very title of the work."""
    notice = other(TITLE, (kind,), PMID="2222", **place)
    assert certain(WORK, notice).verdict != "same"
    assert judged(WORK, notice).verdict == "same-study"


def test_a_type_that_pubmed_added_later_makes_no_other_work() -> None:
    """The same record before and after it was marked as a comment."""
    later = replace(WORK, key="later", publication_types=("Journal Article", "Comment"))
    assert certain(WORK, later).verdict == "same"


def test_a_retracted_article_is_still_that_article() -> None:
    """What databases put before and behind the title of a work that was retracted."""
    for title in (f"RETRACTED ARTICLE: {TITLE}", f"{TITLE} (Retracted article. See vol. 11, pg. 4, 2002)"):
        fields = {"volume": "10", "issue": "2", "page": "100-8", "DOI": "10.1000/x"}
        assert certain(WORK, other(title, **fields)).verdict == "same"


# --- two records of PubMed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", [TITLE.replace("knee", "hip"), f"Republished: {TITLE}", f"{TITLE} in women, part 2"])
def test_two_numbers_of_pubmed_and_two_titles_are_no_question(title: str) -> None:
    """Wherever they stand: on one page too."""
    beside = other(title, ("Journal Article",), volume="10", issue="2", page="100", PMID="2222")
    assert judged(WORK, beside).verdict in {"same-study", "different"}


def test_a_letter_and_its_reply_on_one_page_under_one_doi_are_two() -> None:
    """One title, one DOI, one page; PubMed has both."""
    reply = replace(WORK, key="reply", fields={**WORK.fields, "PMID": "2222"})
    assert certain(WORK, reply).verdict == "unsure"


# --- mistyped and shared identifiers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"container-title": "Arthritis Care Res"}, {"container-title": "Arthritis Rheumatol"}),
        ({"issue": "Suppl 1"}, {"issue": "3", "page": "300-309"}),
    ],
)
def test_a_twin_and_an_abstract_are_not_merged_by_a_shared_number(one: dict[str, str], two: dict[str, str]) -> None:
    """A guideline in two journals of one volume; an abstract in a supplement and its paper."""
    shared = {"PMID": "3333", "volume": "72", "issue": "2"}
    assert certain(other(**{**shared, **one}), other(**{**shared, **two})).verdict == "unsure"


def test_a_preprint_without_a_journal_is_not_the_article() -> None:
    """Reference managers give a preprint its article's DOI."""
    preprint = replace(
        WORK, key="preprint", type="article", fields={"title": TITLE, "publisher": "medRxiv", "DOI": "10.1000/x"}
    )
    assert certain(preprint, WORK).verdict != "same"
    assert judged(preprint, WORK).verdict == "same-study"


@pytest.mark.parametrize("text", ["ıv", "İ", "Xİ", "²", "٣"])
@pytest.mark.parametrize("field", ["volume", "issue", "page", "edition"])
def test_letters_that_only_look_roman_are_no_crash(text: str, field: str) -> None:
    """A dotless i stopped the import, and `duplicates` for ever."""
    odd = other(DOI="10.1000/x", **{field: text})
    assert certain(odd, WORK).verdict in {"same", "unsure"}


# --- a changed entry of a merged record ---------------------------------------------------------------------------

FULL = """@article{full, title={Dextrose for knees of old miners: a randomized trial}, author={Rabago, David},
  journal={Annals of Family Medicine}, year={2013}, volume={11}, pages={229--237}, doi={10.1000/x}}
"""
BARE = """@article{bare, title={Dextrose for Knees of Old Miners: A Randomized Trial}, author={Rabago, D.},
  journal={Ann Fam Med}, year={2013}, pages={229-37}, doi={10.1000/x}}
"""


def take(library: Library, name: str, text: str) -> Any:
    """Import `text` as the file `name`."""
    return library.import_file(name, io.BytesIO(text.encode()), verbose=True)


def test_a_changed_entry_gives_a_merged_record_only_what_it_changed(library: Library) -> None:
    """It overwrote the fuller title, names and journal of the other source."""
    take(library, "full.bib", FULL)
    take(library, "bare.bib", BARE)
    receipt = take(library, "bare.bib", BARE.replace("doi=", "note={lent to Ann}, doi="))
    assert receipt.lines[0].fields_added == ("note",)
    reference = library.record("full").reference
    assert reference.fields["title"] == "Dextrose for knees of old miners: a randomized trial"
    assert reference.fields["container-title"] == "Annals of Family Medicine"
    assert reference.names[0].given == "David"
    take(library, "bare.bib", BARE.replace("2013", "2014").replace("doi=", "note={lent to Ann}, doi="))
    assert library.record("full").reference.year == 2014
