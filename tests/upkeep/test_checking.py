"""What `faults` sees of a damaged database: everything that a reader would get otherwise, by the record's name."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from evidence.store import checking
from evidence.store.reaching import one_by_one
from evidence.store.sqlite import Connections
from tests.upkeep.damage import Rig


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Rig:
    """A sound library to be damaged."""
    return Rig(tmp_path_factory.mktemp("rig"), covered=True)


def test_a_turned_bit_that_changes_what_is_read_is_seen_and_named(rig: Rig) -> None:
    """Forty bits anywhere in the file; `scripts/flip_store` turns more."""
    outcomes = list(rig.flips(40, seed=11))
    assert [one for one in outcomes if one.bad] == []
    assert sum(one.kind == "seen and named" for one in outcomes) > 10


def test_a_file_that_was_cut_off_is_never_read_as_if_it_were_whole(rig: Rig) -> None:
    """Ten places."""
    outcomes = list(rig.cuts(10, seed=11))
    assert [one for one in outcomes if one.bad or one.kind == "nothing changed"] == []


def test_asked_one_by_one_nothing_is_wrong_with_a_sound_store(small_folder: Path, shipped_folder: Path) -> None:
    """What names the records of a damaged store names none of a sound one."""
    for folder in (small_folder, shipped_folder):
        with closing(Connections(folder / "library.db")) as database:
            assert list(one_by_one(database)) == []


def test_standing_tags_end_though_a_number_is_damaged(small: Path) -> None:
    """One that is too large by far costs nothing."""
    with closing(sqlite3.connect(small / "library.db")) as connection:
        connection.execute(
            "INSERT INTO record SELECT 1 << 60, key || 'x', 0, seq, version, sha256, title FROM record LIMIT 1"
        )
        connection.commit()
    with closing(Connections(small / "library.db")) as database:
        assert len(list(checking.standing(database))) > 10
