"""Every library as a whole: how it is made and opened, and what is found wrong with it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from evidence.errors import LibraryError
from evidence.store.opening import create, open_reader, open_store
from evidence.store.schema import SCHEMA, Schema
from evidence.store.tables import metadata
from tests.contracts.store_records import SOURCE, entry, keys, save, work

if TYPE_CHECKING:  # at run time pytest loads it, as the plugin that its fixtures make it
    from tests.contracts.store_places import Place

pytest_plugins = ("tests.contracts.store_places",)


@pytest.mark.parametrize(
    ("statement", "where", "what"),
    [
        ("UPDATE name SET family = 'Reaves' WHERE family = 'Reeves'", "a", "rows in `name`"),
        ("DELETE FROM claim WHERE record = 1", "a", "rows in `claim`"),
        ("UPDATE identifier SET value = '10.1000/y'", "a", "rows in `identifier`"),
        ("UPDATE identifier SET holder = record", "doi:10.1000/x", "exactly one holder"),
        ("UPDATE known_key SET alias = 1", "a", "rows in `known_key`"),
        ("UPDATE record SET title = 'another'", "a", "key or title"),
        ("UPDATE record SET live = 0", "a", "current version"),
        ("UPDATE record SET version = 2", "a", "current version"),
        ("UPDATE version SET number = 2", "a", "missing from its history"),
        ("UPDATE version SET state = replace(state, 'trial', 'trail')", "a", "not what was stored"),
        ("UPDATE entry SET sha256 = 'f'", "a", "bytes kept from line 1"),
        ("UPDATE record_entry SET live = 0", "a", "rows in `record_entry`"),
    ],
)
def test_what_does_not_agree_is_a_fault(place: Place, statement: str, where: str, what: str) -> None:
    """Rows changed behind the store's back are named, with what to do."""
    with place.store.writing() as writing:
        ids = writing.entry(writing.keep(SOURCE), [entry("0")])
        record = replace(work("a", DOI="10.1000/x"), entries=tuple(ids))
        writing.save(writing.change("import", "tester"), [record])
    place.execute(statement)
    faults = list(place.reader.faults())
    assert any(fault.where == where and what in fault.what and fault.mend for fault in faults), faults


def test_a_changed_text_is_never_shown(place: Place) -> None:
    """Reading a record whose text is not what was stored is an error, not an answer."""
    save(place, work("a"))
    place.execute("UPDATE version SET state = replace(state, 'trial', 'trail')")
    with pytest.raises(LibraryError, match="record a is damaged"):
        place.reader.get(["a"])


def test_migrations_make_the_declared_schema(place: Place) -> None:
    """What the scripts make is what `tables` declares."""
    engine = place.engine()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def test_a_library_is_made_once(place: Place) -> None:
    """Making it again is refused and leaves it as it is."""
    save(place, work("a"))
    with pytest.raises(LibraryError, match="already"):
        create(place.target)
    assert keys(place.reader.get(["a"])) == ["a"]


def test_there_must_be_a_library(nothing: Path | str) -> None:
    """Opening nothing is an error, for reading and for writing."""
    for opened in (open_reader, open_store):
        with pytest.raises(LibraryError, match="no library"):
            opened(nothing)


def test_a_newer_library_is_refused(place: Place) -> None:
    """A schema that this version does not know is neither read nor written."""
    newer = (
        "PRAGMA user_version = 99"
        if isinstance(place.target, Path)
        else "UPDATE alembic_version SET version_num = '0099'"
    )
    place.execute(newer)
    for opened in (open_reader, open_store):
        with pytest.raises(LibraryError, match="newer version"):
            opened(place.target)


@pytest.mark.parametrize("revision", range(1, SCHEMA.revision))
def test_a_library_of_an_older_schema_is_upgraded(nothing: Path | str, revision: int) -> None:
    """When it is first opened, for reading or writing; its records, hashes and history are as they were."""
    older = Schema(SCHEMA.scripts, revision)
    create(nothing, schema=older)
    with closing(open_store(nothing, schema=older)) as store:
        with store.writing() as writing:
            saved = writing.save(writing.change("import", "tester"), [work("a"), work("b")])
        said = (store.id(), store.history(), store.log(), [store.mark(seq) for seq in range(3)])
    with closing(open_reader(nothing)) as reader:
        assert (reader.id(), reader.history(), reader.log(), [reader.mark(seq) for seq in range(3)]) == said
        assert list(reader.all()) == saved
        assert list(reader.faults()) == []
        assert reader.questions() == []
    with pytest.raises(LibraryError, match="newer version"):
        open_store(nothing, schema=older)
