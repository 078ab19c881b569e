"""All engines have one meaning and one order: whatever is in them, however it came there."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.model.query import (
    FIELDS,
    And,
    Document,
    Everything,
    Identified,
    Levels,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Tagged,
    Word,
    Years,
    digest,
    matches,
)
from evidence.model.record import Axis
from evidence.ports import Page, SearchIndex, Standing
from evidence.search.memory import MemoryIndex
from evidence.search.whoosh_index import WhooshIndex

# Words of one stem, of one beginning, in other scripts, empty. Halves of characters stand in no word, but in keys.
ODD = ["", "\0", "a\0b", "日本", "é", "i" * 300, "\U0010ffff"]
WORDS = st.sampled_from(["inject", "injects", "injection", "dying", "die", "sky", "skies", "knee", "knees", "d", *ODD])
KEYS = st.sampled_from(["a", "b", "c", "d", "e", "Ä", "\ud800", "z\0", ""])
AXES = (Axis.CONDITION, Axis.SOLUTION, Axis.COMPARATOR)
TAGS = st.tuples(st.sampled_from(AXES), st.sampled_from(["x", "y", "z:", "\udfff"]))
FIELD = st.sampled_from([None, *FIELDS])
YEARS = st.none() | st.sampled_from([-44, 0, 1999, 2000, 10**12])


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any document."""
    fields = {
        name: tuple(draw(st.lists(WORDS, max_size=6)))
        for name in draw(st.lists(st.sampled_from([*FIELDS, "unknown"]), unique=True, max_size=3))
    }
    own, key = draw(st.frozensets(TAGS, max_size=3)), draw(KEYS)
    reach = own | draw(st.frozensets(TAGS, max_size=2))
    names = frozenset({("key", key)}) | draw(st.frozensets(st.tuples(st.just("doi"), WORDS), max_size=2))
    return Document(key, fields, own, reach, draw(st.none() | st.integers(1, 5)), draw(YEARS), names)


LEAVES: st.SearchStrategy[Query] = (
    st.just(Everything())
    | st.builds(Word, WORDS, FIELD)
    | st.builds(Phrase, st.lists(WORDS, max_size=4).map(tuple), FIELD)
    | st.builds(Prefix, WORDS.map(lambda word: word[:2]), FIELD)
    | TAGS.map(lambda pair: Tagged(*pair))
    | st.builds(Years, YEARS, YEARS)
    | st.builds(Levels, st.integers(1, 5), st.integers(1, 5))
    | st.builds(Identified, st.sampled_from(["key", "doi"]), WORDS | KEYS)
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=6,
)
BATCHES = st.lists(st.tuples(st.lists(documents(), max_size=4), st.lists(KEYS, max_size=2), st.booleans()), max_size=7)


@given(BATCHES, st.lists(QUERIES, min_size=1, max_size=4), st.integers(0, 3), st.integers(0, 9))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_engines_agree(
    batches: list[tuple[list[Document], list[str], bool]], queries: list[Query], offset: int, limit: int
) -> None:
    """After any updates, removals and reopenings: the same hits in the same order, scores, totals, facets, words."""
    memory, held = MemoryIndex(), dict[str, Document]()
    with TemporaryDirectory() as folder, patch.object(os, "fsync"):  # durability is tried elsewhere
        whoosh = WhooshIndex(Path(folder) / "index")
        for seq, (made, gone, reopened) in enumerate(batches):
            if reopened:
                whoosh = WhooshIndex(Path(folder) / "index")
            for index in (memory, whoosh):
                with index.writing("test") as writing:
                    writing.take(made, gone, Standing("library", "rules", seq, "mark"))
            held = {key: one for key, one in held.items() if key not in gone} | {one.key: one for one in made}
        for query in queries:
            agree(memory, whoosh, query, Page(limit, offset))
            assert {key for key, _ in whoosh.search(query, Page(100)).hits} == {
                one.key for one in held.values() if matches(query, one)
            }
        for start in ("", "inj", "\ud800", "日"):
            assert list(memory.words(start)) == list(whoosh.words(start))
        asked = ["injecting", "", "knee", "\0", "日本", "nothing"]
        assert memory.holds(asked) == whoosh.holds(asked)
        assert dict(whoosh.digests()) == {key: digest(one) for key, one in held.items()}
        assert memory.standing() == whoosh.standing()
        assert list(whoosh.faults()) == []


def agree(one: SearchIndex, other: SearchIndex, query: Query, part: Page) -> None:
    """The same answer in each order, whole and in part."""
    for sort in ("relevance", "evidence", "year"):
        for page in (Page(100, 0, sort), Page(part.limit, part.offset, sort)):
            assert one.search(query, page) == other.search(query, page)
