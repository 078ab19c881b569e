"""What an index follows a store by: the library's id, a fingerprint of each line of the log, and walks that go on."""

from __future__ import annotations

import itertools
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence.errors import LibraryError
from evidence.store import sqlite
from evidence.store.opening import create, open_reader, open_store
from evidence.store.sql import server_engine
from tests.contracts.store_records import keys, save, work

if TYPE_CHECKING:  # at run time pytest loads it, as the plugin that its fixtures make it
    from tests.contracts.store_places import Place

pytest_plugins = ("tests.contracts.store_places",)


def test_a_library_keeps_its_id(place: Place) -> None:
    """Whoever opens it, and whatever is done with it."""
    first = place.reader.id()
    save(place, work("a"))
    with closing(place.again()) as other:
        assert other.id() == place.store.id() == place.reader.id() == first


def test_another_library_has_another_id(nothing: Path | str, place: Place) -> None:
    """Also when both are empty."""
    create(nothing)
    with closing(open_reader(nothing)) as other:
        assert len(other.id()) == 32
        assert other.id() != place.reader.id()


def test_every_line_of_the_log_has_a_mark(place: Place) -> None:
    """Its own one, the same whoever opens the library later; a line that is not there has none."""
    (first,) = save(place, work("a"))
    save(place, first, work("naïve \0 ключ " * 40))
    marks = [place.reader.mark(seq) for seq in range(4)]
    assert None not in marks
    assert len(set(marks)) == 4
    assert place.reader.mark(4) is None
    assert place.reader.mark(-1) is None
    with closing(place.again()) as other:
        assert [other.mark(seq) for seq in range(4)] == marks
    save(place, work("c"))
    assert [place.reader.mark(seq) for seq in range(4)] == marks


@pytest.fixture
def twin(place: Place, tmp_path: Path) -> Path | str:
    """Where a copy of the library, made by `copied`, is to be found."""
    if isinstance(place.target, Path):
        return tmp_path / "twin.db"
    return place.target.replace("search_path%3Dlibrary", "search_path%3Dtwin")


def copied(place: Place, twin: Path | str) -> None:
    """Copy the library as it stands, behind the store's back."""
    if isinstance(twin, Path):
        assert isinstance(place.target, Path)
        sqlite.copy(place.target, twin)
        return
    engine = server_engine(twin)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS twin CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA twin")
        names = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'library'").scalars()
        for name in names.all():
            connection.exec_driver_sql(
                f"CREATE TABLE twin.{name} (LIKE library.{name} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)"
            )
            connection.exec_driver_sql(f"INSERT INTO twin.{name} SELECT * FROM library.{name}")
    engine.dispose()


@pytest.mark.parametrize("same", [True, False], ids=["the same words", "other words"])
def test_marks_tell_apart_histories_that_parted(place: Place, twin: Path | str, *, same: bool) -> None:
    """After a copy, lines from before it have one mark; the lines that each library adds for itself have two."""
    save(place, work("a"))
    copied(place, twin)
    later = itertools.count()
    with closing(open_store(twin, now=lambda: f"2027-01-01T00:00:{next(later):02}Z")) as other:
        with other.writing() as writing:
            writing.save(writing.change("import", "tester"), [work("b", "A trial" if same else "Another trial")])
        save(place, work("b"))
        assert other.id() == place.reader.id()
        assert other.mark(1) == place.reader.mark(1)
        assert other.mark(2) != place.reader.mark(2)


def test_a_walk_goes_on_after_a_record(place: Place) -> None:
    """By id, without what was before; a damaged record is named and left out, or is an error."""
    saved = save(place, *(work(f"k{at}") for at in range(4)))
    save(place, replace(saved[0], key="z"))
    assert keys(list(place.reader.all(after=saved[1].id or 0))) == ["k2", "k3"]
    assert list(place.reader.all(after=99)) == []
    place.execute("UPDATE version SET state = replace(state, 'trial', 'trail') WHERE record = 3")
    damaged: list[str] = []
    assert keys(list(place.reader.all(damaged, after=1))) == ["k1", "k3"]
    assert damaged == ["k2"]
    assert (keys(place.reader.get(["k2", "k3"], damaged)), damaged) == (["k3"], ["k2"])
    with pytest.raises(LibraryError, match="k2 is damaged"):
        list(place.reader.all(after=1))
    assert keys(list(place.reader.all(after=3))) == ["k3"]
