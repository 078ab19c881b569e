"""References as CSL-JSON and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.model.csl import DATES, FIELDS, NAMES, TYPES, canonical, date_from_text, from_csl, to_csl
from evidence.model.reference import Date, Heading, Name, Notice, Reference, Relation, Section

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
PARTS = st.lists(
    st.tuples(st.integers(1000, 2100)) | st.tuples(st.integers(1000, 2100), st.integers(1, 12), st.integers(1, 28)),
    min_size=1,
    max_size=2,
).map(tuple)
PEOPLE = st.builds(Name, st.sampled_from(NAMES), TEXT, st.none() | TEXT, suffix=st.none() | TEXT) | st.builds(
    lambda role, text: Name(role, literal=text), st.sampled_from(NAMES), TEXT
)


@st.composite
def references(draw: st.DrawFn) -> Reference:
    """A reference with some of everything, in CSL's own order."""
    fields = draw(st.dictionaries(st.sampled_from(FIELDS), TEXT, max_size=6))
    names = draw(st.lists(PEOPLE, max_size=4))
    dates = draw(
        st.lists(st.sampled_from(DATES), unique=True, max_size=3).flatmap(
            lambda which: st.tuples(*(st.builds(Date, st.just(one), PARTS) for one in which))
        )
    )
    return Reference(
        key=draw(st.none() | TEXT),
        type=draw(st.sampled_from(sorted(TYPES))),
        fields={name: fields[name] for name in FIELDS if name in fields},
        names=tuple(sorted(names, key=lambda name: NAMES.index(name.role))),
        dates=tuple(sorted(dates, key=lambda date: DATES.index(date.variable))),
        mesh=draw(st.just(()) | st.builds(lambda label: (Heading(label, "D1", major=True, qualifiers=("q",)),), TEXT)),
        publication_types=draw(st.lists(TEXT, max_size=2).map(tuple)),
        sections=draw(st.just(()) | st.builds(lambda text: (Section("METHODS", text),), TEXT)),
        notices=draw(st.just(()) | st.just((Notice("retraction", "ref", "2001", "page", "2002"),))),
        relations=draw(st.just(()) | st.just((Relation("edition-of", "other"),))),
        status=draw(st.sampled_from([None, "complete", "incomplete"])),
        missing=draw(st.lists(TEXT, max_size=2).map(tuple)),
        as_cited=draw(st.lists(TEXT, max_size=2).map(tuple)),
        aliases=draw(st.lists(TEXT, max_size=2).map(tuple)),
        extra=draw(
            st.dictionaries(TEXT.map(lambda name: f"x-{name}"), TEXT | st.lists(st.integers(), min_size=1), max_size=2)
        ),
    )


@given(references())
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read(reference: Reference) -> None:
    """A reference is the same after CSL-JSON, and so is the JSON after a reference."""
    item = json.loads(json.dumps(to_csl(reference)))
    assert from_csl(item) == reference
    assert to_csl(from_csl(item)) == item


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2000", ((2000,),)),
        ("2000-3-7", ((2000, 3, 7),)),
        ("2000-03/2000-04", ((2000, 3), (2000, 4))),
        ("2000-03-07T10:00Z", ((2000, 3, 7),)),
        ("in press", ()),
    ],
)
def test_dates_from_text(text: str, parts: tuple[tuple[int, ...], ...]) -> None:
    """A calendar date becomes numbers, any other text is kept."""
    date = date_from_text("issued", text)
    assert date.parts == parts
    assert date.literal == (None if parts else text)


@pytest.mark.parametrize(
    "item", [[], "text", {"author": [1]}, {"issued": []  , "custom": {"mesh": [1]}}, {"custom": {"relations": [{"kind": "x"}]}}]
)  # fmt: skip
def test_what_is_no_csl_is_refused(item: Any) -> None:
    """ValueError, which readers turn into a refused entry."""
    with pytest.raises(ValueError, match=r"."):
        from_csl(item)


def test_unknown_things_are_kept() -> None:
    """Old names are taken, unknown variables and types go to extra."""
    read = from_csl(
        {"id": 7, "type": "nonsense", "journalAbbreviation": "J", "x-own": {"a": 1}, "volume": 3, "note": ""}
    )
    assert (read.key, read.type) == ("7", "document")
    assert dict(read.fields) == {"container-title-short": "J", "volume": "3"}
    assert dict(read.extra) == {"type": "nonsense", "x-own": {"a": 1}}


def test_canonical_json_knows_no_order() -> None:
    """The same value is the same text, whatever order its keys came in."""
    assert canonical({"b": 1, "a": "ä"}) == canonical({"a": "ä", "b": 1}) == '{"a":"ä","b":1}'
