"""The quick look at whether CSL-JSON says all that a reference does, held against reading it back."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.model.csl import DATES, from_csl, to_csl
from evidence.model.record import Record
from evidence.model.reference import Date, Heading, Name, Notice, Reference, Relation, Section
from evidence.store.holding import holds, plainly
from tests.contracts.store_records import RECORDS, work

# What a careless caller or a hostile file may bring in any place, whatever the annotations say.
ODD: st.SearchStrategy[Any] = st.sampled_from(["", "x", "2001", "2001-03", None, 0, 1, 1.0, 5, True, False, "author"])
TEXT = st.sampled_from(["x", "Reeves", "2001"])
PART: st.SearchStrategy[Any] = st.one_of(TEXT, st.none(), ODD)
NAMES: st.SearchStrategy[Any] = st.lists(
    st.builds(Name, st.sampled_from(["author", "editor", "translator", "witness"]), PART, PART, PART, PART, PART, PART),
    max_size=3,
)
PARTS: st.SearchStrategy[Any] = st.lists(
    st.lists(st.one_of(st.integers(-3, 2100), st.integers(-3, 2100), ODD), max_size=3).map(tuple), max_size=2
).map(tuple)
DATED: st.SearchStrategy[Any] = st.lists(
    st.builds(Date, st.sampled_from([*DATES[:3], "title", "unknown"]), PARTS, ODD, ODD, PART), max_size=3
)
LISTS: dict[str, st.SearchStrategy[Any]] = {
    "names": NAMES,
    "dates": DATED,
    "mesh": st.lists(st.builds(Heading, PART, PART, ODD, st.lists(ODD, max_size=2).map(tuple)), max_size=2),
    "sections": st.lists(st.builds(Section, PART, PART), max_size=2),
    "notices": st.lists(st.builds(Notice, PART, PART, PART, PART, PART), max_size=2),
    "relations": st.lists(st.builds(Relation, PART, PART), max_size=2),
    "publication_types": st.lists(PART, max_size=2),
    "missing": st.lists(PART, max_size=2),
    "aliases": st.lists(PART, max_size=2),
}


@st.composite
def odd_references(draw: st.DrawFn) -> Reference:
    """References with one or two parts of odd values, the others plain."""
    parts: dict[str, Any] = {
        "key": "a",
        "type": "book",
        "fields": {"title": "A title"},
        "names": (Name(family="Reeves"),),
    }
    for name in draw(st.lists(st.sampled_from([*LISTS, "key", "type", "status", "fields", "extra"]), max_size=3)):
        if name in LISTS:
            parts[name] = draw(LISTS[name].map(draw(st.sampled_from([tuple, tuple, tuple, list]))))
        elif name in {"fields", "extra"}:
            keys = st.sampled_from(["title", "DOI", "volume", "event", "type", "unknown"])
            parts[name] = draw(st.dictionaries(keys, PART, max_size=3))
        else:
            parts[name] = draw(PART)
    return Reference(**parts)


def read_back(reference: Reference) -> bool:
    """The slow look: what reading the CSL-JSON gives, compared."""
    try:
        return from_csl(to_csl(reference)) == reference
    except ValueError:
        return False


@given(odd_references())
@settings(max_examples=1500, deadline=None)
def test_quick_and_slow_agree_on_odd_references(reference: Reference) -> None:
    """The quick look says yes only where reading back says so too, and the answer is that of reading back."""
    slow = read_back(reference)
    assert slow or not plainly(reference)
    assert holds(to_csl(reference), reference) == slow


@given(RECORDS)
@settings(max_examples=60, deadline=None)
def test_quick_and_slow_agree_on_usual_references(record: Record) -> None:
    """The same of whatever the store's tests store."""
    assert holds(to_csl(record.reference), record.reference) == read_back(record.reference)


def test_a_usual_reference_needs_no_reading_back() -> None:
    """Otherwise the quick look would be of no use."""
    assert plainly(work("a").reference)
    assert not plainly(Reference("a", dates=(Date(literal="2001"),)))
