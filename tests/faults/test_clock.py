"""A clock that is ten years back: order is by sequence, never by time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.calling import call
from tests.faults.conftest import Base
from tests.faults.libraries import SECOND, differences, faults, state

PAST = "2011-02-28T12:00:00Z"


@pytest.fixture
def past(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock says a day ten years ago and more."""
    monkeypatch.setattr("evidence.wiring._now", lambda: PAST)
    monkeypatch.setattr("evidence.store.sql.utc_now", lambda: PAST)


def test_what_came_last_is_last(filled: Path, filled_base: Base, twice_base: Base, past: None) -> None:
    """The history, the index and undo go by the order in which things happened."""
    library = filled / "library"
    assert call("-L", library, "import", filled / SECOND).code == 0
    assert list(differences(state(library), twice_base.state)) == []
    changes = call("-L", library, "--json", "history").json["changes"]
    assert [one["n"] for one in changes] == [2, 1]
    assert changes[0]["when"] == PAST < changes[1]["when"]
    assert call("-L", library, "undo").code == 0
    assert list(differences(state(library), filled_base.state)) == []
    assert faults(library) == []


def test_what_is_new_is_new(filled: Path, filled_base: Base, twice_base: Base, past: None) -> None:
    """A question looked at before the clock went back shows what was imported after it."""
    library = filled / "library"
    assert call("-L", library, "question", "save", "mine", "pain").code == 0
    assert call("-L", library, "import", filled / SECOND).code == 0
    (told,) = call("-L", library, "--json", "question", "new").json["questions"]
    before, after = (
        next(set(one.keys) for one in base.state.answers if one.query == "pain") for base in (filled_base, twice_base)
    )
    assert {one["key"] for one in told["new"]} == after - before
    (again,) = call("-L", library, "--json", "question", "new").json["questions"]
    assert again["new"] == []
