"""When two references are one work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.core.merging import changed_fields, compare, joined, plainly_other, with_edits
from evidence.model.record import Edit
from evidence.model.reference import Date, Name, Reference

WORK = Reference(
    "reeves2000",
    type="article-journal",
    fields={
        "title": "Dextrose prolotherapy for knee osteoarthritis",
        "container-title": "Spine",
        "volume": "6",
        "page": "68-80",
    },
    names=(Name(family="Reeves", given="KD"),),
    dates=(Date("issued", ((2000,),)),),
)


def with_fields(**fields: str) -> Reference:
    """WORK with other fields."""
    return replace(
        WORK, key="other", fields={**WORK.fields, **{name.replace("_", "-"): value for name, value in fields.items()}}
    )


def test_the_same_doi_and_title_are_one_work() -> None:
    """An identifier in common and nothing against it."""
    one, other = with_fields(DOI="10.1000/X"), with_fields(DOI="https://doi.org/10.1000/x", volume="7")
    assert compare(one, other).verdict == "same"


def test_a_shared_doi_on_different_titles_is_not_sure() -> None:
    """A DOI typed onto the wrong entry must not merge two studies."""
    one = with_fields(DOI="10.1000/x")
    other = with_fields(DOI="10.1000/x", title="Something else entirely about shoulders")
    assert compare(one, other).verdict == "unsure"


@pytest.mark.parametrize(
    "fields",
    [
        {"volume": "7"},
        {"page": "90-99"},
        {"container_title": "Pain"},
        {"title": "Dextrose prolotherapy for hip osteoarthritis"},
    ],
)
def test_one_contradiction_keeps_two_works_apart(fields: dict[str, str]) -> None:
    """Without an identifier in common, one differing field is enough."""
    assert compare(WORK, with_fields(**fields)).verdict == "different"


def test_different_dois_are_different_works() -> None:
    """One guideline in two journals is two publications."""
    assert compare(with_fields(DOI="10.1000/a"), with_fields(DOI="10.1000/b")).verdict == "different"


def test_title_and_year_alone_are_not_enough() -> None:
    """Nothing but title, author and year: not sure."""
    bare = replace(WORK, fields={"title": WORK.title})
    assert compare(bare, WORK).verdict == "unsure"


def test_identical_citations_are_one_work() -> None:
    """All that a citation needs, alike."""
    assert compare(WORK, replace(WORK, key="copy")).verdict == "same"


def test_editions_are_different_works() -> None:
    """The third edition is not the first."""
    first, third = with_fields(ISBN="1", edition="1"), with_fields(ISBN="1", edition="3")
    assert compare(first, third).verdict == "different"


def test_joining_adds_and_never_overwrites() -> None:
    """The second brings what the first lacks; what differs is named and stays."""
    old = replace(WORK, missing=("issue",), status="incomplete")
    merged, added, differ = joined(old, with_fields(issue="2", page="1-2", DOI="10.1000/x"))
    assert merged.fields["page"] == "68-80"
    assert set(added) == {"issue", "DOI"}
    assert differ == ("page",)
    assert (merged.missing, merged.status) == ((), "complete")


def test_a_corrected_title_is_the_same_entry() -> None:
    """One word mended, the volume too: no other work."""
    assert not plainly_other(WORK, with_fields(title="Dextrose prolotherapy for knee arthritis", volume="9"))


def test_a_key_used_again_for_another_work_is_seen() -> None:
    """Another title, another author."""
    assert plainly_other(
        WORK, Reference("reeves2000", fields={"title": "Sleep in shift workers"}, names=(Name(family="Li"),))
    )


def test_a_persons_edit_outlives_the_source() -> None:
    """The edit lies on top of whatever the source says, and fills what was missing."""
    edits = [Edit("volume", "11", "me", "now"), Edit("page", None, "me", "now")]
    done = with_edits(replace(WORK, missing=("volume",), status="incomplete"), edits)
    assert done.fields["volume"] == "11"
    assert "page" not in done.fields
    assert done.missing == ()


def test_changed_fields_are_named() -> None:
    """Changed, added and lost ones."""
    new = with_fields(volume="7", DOI="10.1000/x")
    assert set(changed_fields(WORK, new)) == {"volume", "DOI"}
