"""How a reference joins another one, and what of two values is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.core.comparing import says_same
from evidence.core.merging import changed_fields, joined, plainly_other, updated, with_edits
from evidence.core.unions import all_headings, all_notices, same_event
from evidence.model.other_ids import every_identifier, known_by
from evidence.model.record import Edit
from evidence.model.reference import Date, Heading, Name, Notice, Reference, Section

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


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("page", "389-99", "389-399"),
        ("page", "S12-5", "S12\u2013S15"),
        ("container-title-short", "J. Bone Joint Surg.", "J Bone Joint Surg"),
        ("title", "Growth of <i>Candida</i>: a study.", "Growth of Candida: A Study"),
        ("DOI", "10.1000/X", "https://doi.org/10.1000/x"),
        ("issued", {"date-parts": [[2000]]}, {"date-parts": [[2000, 3]]}),
        ("author", [{"family": "Müller", "given": "K. D."}], [{"family": "Muller", "given": "Kenneth Dean"}]),
        (
            "author",
            [{"family": "Meer", "non-dropping-particle": "van der"}],
            [{"family": "van der Meer", "given": "J"}],
        ),
    ],
)
def test_spellings_of_one_value_do_not_differ(field: str, one: Any, other: Any) -> None:
    """Case, punctuation, short ends of pages, initials, a date without its day."""
    assert says_same(field, one, other)
    assert says_same(field, other, one)


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("page", "389-99", "389-398"),
        ("page", "e12-e15", "12-15"),
        ("container-title", "Spine", "Pain"),
        ("DOI", "10.1000/x", "10.1000/y"),
        ("issued", {"date-parts": [[2000, 2]]}, {"date-parts": [[2000, 3]]}),
        ("author", [{"family": "Li", "given": "A"}], [{"family": "Li", "given": "B"}]),
        ("author", [{"family": "Li"}], [{"family": "Li"}, {"family": "Wu"}]),
    ],
)
def test_other_values_differ(field: str, one: Any, other: Any) -> None:
    """Where they say something else, however little."""
    assert not says_same(field, one, other)


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


# --- notices and identifiers --------------------------------------------------------------------------------------

RETRACTED = Notice("retraction", "JAMA. 2001 Jan 3;285(1):3-4. PMID: 11150089", source="PubMed")


@pytest.mark.parametrize(
    "other",
    [
        Notice("retraction"),
        Notice("retraction", "JAMA 2001 Jan 3; 285(1): 3-4", source="a page"),
        Notice("retraction", "Some other wording, PMID 11150089"),
        Notice("retraction", date="2001-01-03", source="Crossref"),
        Notice("retraction", "published 3 January 2001", source="a page"),
    ],
)
def test_one_event_is_told_once(other: Notice) -> None:
    """By its PubMed number, its words or its year; the fuller account stays, and both who saw it."""
    (event,) = all_notices((other,), (RETRACTED,))
    assert event.ref == (RETRACTED.ref if other.ref is None or "11150089" not in other.ref else event.ref)
    assert "PubMed" in str(event.source)
    assert all_notices((RETRACTED,), (other,)) == (event,)


@pytest.mark.parametrize(
    "other",
    [
        Notice("concern", RETRACTED.ref),
        Notice("retraction", "JAMA. 2002 Jan 3;287(1):3-4. PMID: 11150090"),
        Notice("retraction", "Partial retraction in: Lancet. 1999;1:2."),
        Notice("retraction", date="2003-05"),
    ],
)
def test_another_event_stands_beside_it(other: Notice) -> None:
    """Another kind, another citation, another year; a part is not the whole."""
    assert not same_event(RETRACTED, other)
    assert set(all_notices((other,), (RETRACTED,))) == {other, RETRACTED}


def test_a_bare_retraction_does_not_become_a_partial_one() -> None:
    """That the whole work was retracted is said by it alone."""
    whole, part = Notice("retraction"), Notice("retraction", "Partial retraction in: Lancet. 1999;1:2. PMID: 5")
    assert set(all_notices((whole,), (part,))) == {whole, part}


def test_a_new_version_takes_no_notice_away() -> None:
    """Another source's notice stays when one source says something new."""
    old = replace(WORK, notices=(RETRACTED,), publication_types=("Retracted Publication",))
    new = updated(old, replace(WORK, notices=(Notice("erratum", "Spine. 2001;7:1."),), publication_types=("Letter",)))
    assert {one.kind for one in new.notices} == {"retraction", "erratum"}
    assert "Retracted Publication" in new.publication_types


def test_a_heading_stands_once_with_all_that_is_known_of_it() -> None:
    """Its number, its star and its qualifiers."""
    one = (Heading("Osteoarthritis, Knee", qualifiers=("therapy",)),)
    other = (Heading("Osteoarthritis, Knee", "D020370", major=True, qualifiers=("drug therapy",)), Heading("Humans"))
    knee, humans = all_headings(one, other)
    assert (knee.id, knee.major, knee.qualifiers) == ("D020370", True, ("therapy", "drug therapy"))
    assert humans.label == "Humans"


def test_a_journal_under_its_short_name_does_not_differ() -> None:
    """One source prints the name in full, the other only abbreviated."""
    old = with_fields(container_title="The Journal of Pain", container_title_short="J Pain")
    assert joined(old, with_fields(container_title="J. Pain"))[2] == ()
    assert joined(old, with_fields(container_title="Pain"))[2] == ("container-title",)


def test_a_list_of_authors_that_breaks_off_is_completed() -> None:
    """What stands behind "et al." is added, and is missing no more; another list takes nothing."""
    old = replace(WORK, missing=("authors_rest",), status="incomplete")
    longer = (Name(family="Reeves", given="Kenneth D"), Name(family="Hassanein", given="KM"))
    merged, added, differ = joined(old, replace(WORK, names=longer))
    assert [name.family for name in merged.names] == ["Reeves", "Hassanein"]
    assert merged.names[0].given == "KD"
    assert (merged.missing, added, differ) == ((), ("author",), ())
    assert joined(old, replace(WORK, names=(Name(family="Li"), Name(family="Wu"))))[2] == ("author",)


def test_an_identifier_that_differs_is_kept_beside_and_found() -> None:
    """The record's own stays; the other one names it too, also after a third merge."""
    merged, _, differ = joined(with_fields(DOI="10.1000/a"), with_fields(DOI="10.1000/B", PMID="12"))
    again, _, _ = joined(with_fields(DOI="10.1000/c"), merged)
    assert differ == ("DOI",)
    assert merged.fields["DOI"] == "10.1000/a"
    assert set(every_identifier(merged)) == {("doi", "10.1000/a"), ("doi", "10.1000/b"), ("pmid", "12")}
    assert set(every_identifier(again)) == {*every_identifier(merged), ("doi", "10.1000/c")}
    assert known_by(merged, with_fields(DOI="10.1000/b")).fields["DOI"] == "10.1000/b"


NOTICES = st.builds(
    Notice,
    st.sampled_from(["retraction", "erratum"]),
    st.sampled_from(
        [None, "Spine. 2001;7:1. PMID: 5", "Spine. 2001;7:1.", "Pain. 2002;8:2. PMID: 6", "published 2001"]
    ),
    st.sampled_from([None, "2001", "2001-03", "2002"]),
    st.sampled_from([None, "PubMed", "Crossref"]),
    st.sampled_from([None, "2026-01-01", "2026-02-02"]),
)
WORKS = st.builds(
    lambda doi, pmid, notices, types: replace(
        WORK,
        fields={**WORK.fields, **({"DOI": doi} if doi else {}), **({"PMID": pmid} if pmid else {})},
        notices=tuple(notices),
        publication_types=tuple(types),
    ),
    st.sampled_from(["", "10.1000/a", "10.1000/b"]),
    st.sampled_from(["", "1", "2"]),
    st.lists(NOTICES, max_size=3),
    st.lists(st.sampled_from(["Retracted Publication", "Journal Article"]), unique=True),
)


@settings(max_examples=200, deadline=None)
@given(one=WORKS, other=WORKS)
def test_a_merge_loses_no_identifier_and_no_flag_whichever_comes_first(one: Reference, other: Reference) -> None:
    """Identifiers, publication types and notices are those of both; every event of either is told once."""
    here, there = joined(one, other)[0], joined(other, one)[0]
    assert set(every_identifier(here)) == set(every_identifier(there))
    assert set(every_identifier(here)) == {*every_identifier(one), *every_identifier(other)}
    assert (
        set(here.publication_types)
        == set(there.publication_types)
        == {*one.publication_types, *other.publication_types}
    )
    assert set(here.notices) == set(there.notices)
    for notice in (*one.notices, *other.notices):
        assert any(same_event(notice, kept) for kept in here.notices)
    assert joined(here, other)[0].notices == here.notices


def test_a_cut_abstract_is_taken_whole() -> None:
    """The record holds the beginning only: the rest comes, with its sections; another abstract changes nothing."""
    cut = "BACKGROUND: Ropes break. METHODS: We pulled ninety ropes of"
    whole = f"{cut} hemp. RESULTS: They held."
    old = Reference("a", fields={"title": "Ropes", "abstract": cut})
    new = Reference(
        "b", fields={"title": "Ropes", "abstract": whole}, sections=(Section("BACKGROUND", "Ropes break."),)
    )
    reference, added, _ = joined(old, new)
    assert (reference.fields["abstract"], reference.sections) == (whole, new.sections)
    assert "abstract" in added
    assert joined(new, old)[0].fields["abstract"] == whole
    other = replace(old, fields={"title": "Ropes", "abstract": f"Not so: {cut}"})
    assert joined(other, new)[0].fields["abstract"] == f"Not so: {cut}"


def test_a_short_journal_name_gives_way_to_the_full_one() -> None:
    """EndNote libraries hold the short name as the full one; who states both says which is which."""
    old = Reference("a", fields={"title": "Ropes", "container-title": "Am J Ropes"})
    both = {"title": "Ropes", "container-title": "American Journal of Ropes", "container-title-short": "Am J Ropes"}
    reference, _, differ = joined(old, Reference("b", fields=both))
    assert reference.fields == both
    assert not differ
    assert joined(Reference("c", fields={"title": "Ropes", "container-title": "Rope"}), Reference("b", fields=both))[0].fields[
        "container-title"
    ] == "Rope"  # fmt: skip


def test_printed_and_electronic_numbers_are_one_journal() -> None:
    """ISSNs in another order, or one of two, are no difference."""
    old = Reference("a", fields={"title": "Ropes", "ISSN": "1234-5678, 2345-6789"})
    assert joined(old, Reference("b", fields={"title": "Ropes", "ISSN": "23456789"}))[2] == ()
    assert joined(old, Reference("b", fields={"title": "Ropes", "ISSN": "1111-1111"}))[2] == ("ISSN",)
