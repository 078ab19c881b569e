"""What a query means."""

from __future__ import annotations

import pytest

from evidence.model.query import (
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
    matches,
    within,
)
from evidence.model.record import Axis

ONE = Document(
    key="one",
    words={
        "title": ("knee", "injections"),
        "author": ("reeves", "kd", "", "hassanein", "k"),
        "journal": ("pain",),
        "fact": ("womac",),
        "name": ("one",),
    },
    tags=frozenset({(Axis.CONDITION, "knee-oa")}),
    reach=frozenset({(Axis.CONDITION, "knee-oa"), (Axis.CONDITION, "oa")}),
    level=2,
    year=2000,
    identifiers=frozenset({("key", "one"), ("doi", "10.1000/x")}),
)
BARE = Document(key="bare", identifiers=frozenset({("key", "bare")}))


@pytest.mark.parametrize(
    ("query", "one", "bare"),
    [
        (Everything(), True, True),
        (Word("injection"), True, False),
        (Word("injection", "title"), True, False),
        (Word("injection", "author"), False, False),
        (Word("pain"), False, False),
        (Prefix("pai"), False, False),
        (Word("pain", "journal"), True, False),
        (Word("womac"), True, False),
        (Word("one"), True, False),
        (Phrase(("knee", "injections")), True, False),
        (Phrase(("knee", "injection")), False, False),
        (Phrase(("kd", "hassanein")), False, False),
        (Phrase(()), False, False),
        (Prefix("inj"), True, False),
        (Prefix("inj", "author"), False, False),
        (Tagged(Axis.CONDITION, "oa"), True, False),
        (Tagged(Axis.SOLUTION, "oa"), False, False),
        (Years(2000, 2000), True, False),
        (Years(None, None), True, False),
        (Years(2001, None), False, False),
        (Levels(1, 2), True, False),
        (Levels(1, 1), False, False),
        (Identified("doi", "10.1000/x"), True, False),
        (Identified("key", "bare"), False, True),
        (And((Word("knee"), Years(2000, None))), True, False),
        (And(()), True, True),
        (Or((Word("elbow"), Levels(2, 2))), True, False),
        (Or(()), False, False),
        (Not(Word("knee")), False, True),
    ],
)
def test_each_node_has_one_meaning(query: Query, *, one: bool, bare: bool) -> None:
    """A full record and a bare one, each node of the tree."""
    assert (matches(query, ONE), matches(query, BARE)) == (one, bare)


def test_a_missing_value_lies_nowhere() -> None:
    """What is not stated is in no range, not even in one without ends."""
    assert within(5, 1, 5)
    assert within(5, None, None)
    assert not within(5, 6, None)
    assert not within(None, None, None)
