"""Reference lists as journals print them."""

from __future__ import annotations

import re
from pathlib import Path
from time import process_time

import pytest

from evidence.citing import citer
from evidence.model.reference import Reference
from evidence.wiring import open_library
from tests.citing.lists import HERE, SIX, article, needs_extra, one

pytestmark = needs_extra

# What a list shows when a field is missing, a text is read as markup, or an engine stumbles.
LEFT_OVER = re.compile(
    r"\.\.(?!\.)|,,|;;|et al\.\.|\(\)|\[\]|undefined|None|  | [.,;:](?!\w)|[;:,]$|\\|[{}]|nocase|\bothers\b(?=[.,])|[\ufdd0-\ufdef]"
)


@pytest.fixture(scope="module")
def records(shipped_folder: Path) -> list[Reference]:
    """Every shipped record."""
    with open_library(shipped_folder) as library:
        return [record.reference for record in library.records()]


@pytest.mark.parametrize("style", ["ama", "nlm", "apa"])
def test_the_six_works_are_printed_to_the_character(style: str) -> None:
    """Articles, a book, a chapter and a group author, in the style's order, with italics."""
    expected = (HERE / f"six.{style}.txt").read_text("utf-8").splitlines()
    assert [made.markdown for made in citer().format(SIX, style, pmid=True)] == expected


@pytest.mark.parametrize("style", ["ama", "nlm", "apa"])
def test_shipped_records_are_printed_as_they_are(style: str, records: list[Reference]) -> None:
    """Two runs of pages stay two, the publisher keeps its full stop, no PubMed number is printed unasked."""
    by_key = {one.key: one for one in records}
    chosen = [by_key[key] for key in ("reeves2000knee", "hackett1958", "bae2021")]
    expected = (HERE / f"shipped.{style}.txt").read_text("utf-8").splitlines()
    assert [made.text for made in citer().format(chosen, style)] == expected


@pytest.mark.parametrize("style", ["ama", "nlm", "apa", "bmj", "nejm", "jama", "lancet"])
def test_every_shipped_record_is_printed_without_leftovers(style: str, records: list[Reference]) -> None:
    """190 records, half of them incomplete: each is there once, and none shows a stray mark."""
    made = citer().format(records, style)
    assert sorted(one.key for one in made) == sorted(one.key or "" for one in records)
    assert [one.text for one in made if LEFT_OVER.search(one.text) or not one.text] == []


def test_numbered_styles_number_and_others_do_not() -> None:
    """AMA numbers as given from 1; APA sorts by author and has none; no number stands in the text."""
    ama, apa = citer().format(SIX, "ama"), citer().format(SIX, "apa")
    assert [made.number for made in ama] == [1, 2, 3, 4, 5, 6]
    assert [made.key for made in ama] == [one.key for one in SIX]
    assert {made.number for made in apa} == {None}
    assert [made.key for made in apa] == ["bae", "dpp", "hackett", "meltzer", "reeves", "rose"]
    assert ama[0].text.startswith("Reeves KD")


def test_a_style_that_sorts_and_numbers_numbers_as_printed() -> None:
    """Its numbers rise in the order printed, not given."""
    made = citer().format(SIX, "pain")
    assert [one.number for one in made] == [1, 2, 3, 4, 5, 6]
    assert [one.key for one in made] == ["bae", "dpp", "hackett", "meltzer", "reeves", "rose"]


def test_links_are_made_of_doi_and_address_only() -> None:
    """The DOI's link is https; an address is printed where there is no DOI; another scheme is neither printed nor linked."""
    assert one(SIX[2]).html.endswith('<a href="https://doi.org/10.17085/apm.20078">doi:10.17085/apm.20078</a>')
    web = one(article(URL="https://example.org/a?b=1&c='x'", type="webpage"), "apa").html
    assert '<a href="https://example.org/a?b=1&amp;c=%27x%27">https://example.org/a?b=1&amp;c=&#x27;x&#x27;</a>' in web
    assert "href" not in one(article(URL="javascript:alert(1)"), "apa").html
    assert "example.org" not in one(article(URL="https://example.org", DOI="10.1000/x"), "apa").text


def test_no_remark_is_ever_printed() -> None:
    """Notes, sources and abstracts of a library stay in it."""
    remarks = dict.fromkeys(("note", "annote", "abstract", "keyword", "source"), "SECRET")
    for style in ("ama", "nlm", "apa", "chicago"):
        assert "SECRET" not in one(article(**remarks), style).text


def test_pubmed_numbers_are_printed_when_asked_for() -> None:
    """They are a switch: many journals do not want them."""
    work = article(PMID="123", PMCID="PMC45")
    assert "123" not in one(work, "nlm").text
    assert one(work, "nlm", pmid=True).text.endswith("PubMed PMID: 123; PubMed Central PMCID: PMC45.")


def test_a_thousand_references_take_seconds(records: list[Reference]) -> None:
    """One run of pandoc, and at least 100 references in a second of our own processor time."""
    from dataclasses import replace

    many = [replace(records[at % len(records)], key=f"k{at}") for at in range(1000)]
    begun = process_time()
    assert len(citer().format(many, "ama")) == 1000
    assert process_time() - begun < 10


def test_an_empty_list_is_empty() -> None:
    """Nothing to cite is no fault, but a wrong style still is."""
    assert citer().format([], "ama") == []


def test_works_that_cannot_be_told_apart_get_letters() -> None:
    """The same authors in one year: letters, in the list's order. Other authors behind the first: none, as APA has it."""
    same = [article(id=str(at), title=title) for at, title in enumerate(("Zzz", "Aaa"))]
    other = article(id="2", title="Mmm", author=[{"family": "Li", "given": "KD"}, {"family": "Bo", "given": "A"}])
    made = [one.text for one in citer().format([*same, other], "apa")]
    assert [text.split(".  ")[0][:40] for text in made] == [
        "Li, K. D. (2001a). Aaa. Journal of Sleep", "Li, K. D. (2001b). Zzz. Journal of Sleep", "Li, K. D., & Bo, A. (2001). Mmm. Journal",
    ]  # fmt: skip


def test_names_are_not_changed_by_what_else_is_in_the_list() -> None:
    """Another author of that name does not bring first names into a list of initials."""
    jensens = [article(id=given, author=[{"family": "Jensen", "given": given}]) for given in ("Kristina T", "Ole")]
    made = [one.text.split(" (")[0] for one in citer().format(jensens, "harvard")]
    assert made == ["Jensen, K.T.", "Jensen, O."]
