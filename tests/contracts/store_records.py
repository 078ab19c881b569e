"""Records to store: plain ones, and anything that can be one."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from evidence.model import csl
from evidence.model.record import Adjustment, Axis, Claim, Edit, Fact, Note, Record
from evidence.model.reference import Date, Heading, Name, Notice, Reference, Relation, Section
from evidence.ports import Entry, Source

if TYPE_CHECKING:
    from tests.contracts.store_places import Place


def work(key: str, title: str = "A trial", **fields: str) -> Record:
    """A plain record."""
    names = (Name(family="Reeves", given="K D"), Name(literal="The Group"))
    reference = Reference(key, "article-journal", {"title": title, **fields}, names, (Date("issued", ((2000, 3),)),))
    claim = Claim(Axis.CONDITION, "knee", "rule", rule="words", field="title", quote="knee", start=0, end=4)
    return Record(key, reference, claims=(claim,), aliases=())


def entry(text: str, line: int = 1, outcome: str = "added") -> Entry:
    """A piece of a source."""
    raw = text.encode()
    return Entry(raw, hashlib.sha256(raw).hexdigest(), line, "k", outcome, "why" if outcome == "refused" else None)


SOURCE = Source("a.bib", "0" * 64, "bibtex", "utf-8", "2026-11-21T12:00:00Z")


def save(place: Place, *records: Record, what: str = "import") -> list[Record]:
    """Save records in one change."""
    with place.store.writing() as writing:
        return writing.save(writing.change(what, "tester"), records)


def keys(records: list[Record]) -> list[str]:
    """Their keys."""
    return [record.key for record in records]


TEXT = st.text(max_size=8)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
MAYBE = st.none() | TEXT
YEARS = st.lists(st.integers(1, 2030), min_size=1, max_size=3).map(tuple)


def several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A tuple of up to three."""
    return st.lists(values, max_size=3).map(tuple)


def like(kind: type, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of a dataclass: the parts given, and text or None for each other one that may be left out."""
    missing = {one.name: TEXT if one.default is dataclasses.MISSING else MAYBE for one in dataclasses.fields(kind)}
    return st.builds(kind, **missing | parts)


CLAIMS = like(
    Claim, axis=st.sampled_from(Axis), by=st.sampled_from(("rule", "person")), state=st.just("stands"),
    start=st.none() | st.integers(0), end=st.none() | st.integers(0), certainty=st.floats(0, 1),
)  # fmt: skip
FACTS = like(Fact, value=JSON, of=JSON, by=st.just("person"), state=st.just("accepted"), start=st.none(), end=st.none())
REFERENCES = st.builds(
    Reference,
    key=MAYBE,
    type=st.sampled_from(sorted(csl.TYPES)) | TEXT,
    fields=st.dictionaries(st.sampled_from(csl.FIELDS) | TEXT, TEXT, max_size=4),
    names=several(like(Name, role=st.sampled_from(csl.NAMES) | TEXT)),
    dates=several(
        st.builds(
            Date, st.sampled_from(csl.DATES) | TEXT, several(YEARS), st.none() | st.integers(1, 4), st.booleans(), MAYBE
        )
    ),
    mesh=several(st.builds(Heading, TEXT, MAYBE, st.booleans(), several(TEXT))),
    publication_types=several(TEXT),
    sections=several(st.builds(Section, TEXT, TEXT)),
    notices=several(like(Notice)),
    relations=several(like(Relation)),
    status=MAYBE,
    missing=several(TEXT),
    as_cited=several(TEXT),
    aliases=several(TEXT),
    extra=st.dictionaries(TEXT, JSON, max_size=2),
)
RECORDS = st.builds(
    Record,
    key=TEXT,
    reference=REFERENCES,
    claims=several(CLAIMS),
    facts=several(FACTS),
    notes=several(like(Note)),
    edits=several(like(Edit, value=JSON)),
    adjusted=st.none() | st.builds(Adjustment, st.integers(1, 5), TEXT, TEXT),
    aliases=several(TEXT),
    distinct=several(st.integers(1)),
)
