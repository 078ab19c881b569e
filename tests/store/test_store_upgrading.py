"""An older library becomes a newer one, wholly or not at all, with a verified copy beside it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from evidence.errors import LibraryError
from evidence.model.record import Record
from evidence.model.reference import Reference
from evidence.store.opening import create, open_reader, open_store
from evidence.store.rows import DERIVED
from evidence.store.schema import SCHEMA, Schema
from evidence.store.sql import sqlite_engine
from evidence.store.sqlite import Connections
from evidence.store.tables import metadata

SCRIPT = '''"""A later schema."""

import sqlalchemy as sa
from alembic import op

revision = "{revision:04d}"
down_revision = "{down:04d}"


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("record") as table:
        table.add_column(sa.Column("more", sa.Text()))
    {last}
'''


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A library of today's schema with a record."""
    create(tmp_path / "library.db")
    with closing(open_store(tmp_path / "library.db")) as store, store.writing() as writing:
        writing.save(writing.change("import", "tester"), [Record("a", Reference("a"))])
    return tmp_path / "library.db"


def later(folder: Path, last: str = "") -> Schema:
    """A schema one revision on, whose script ends with `last`."""
    scripts = Path(shutil.copytree(SCHEMA.scripts, folder / "scripts", ignore=shutil.ignore_patterns("__pycache__")))
    script = SCRIPT.format(last=last, revision=SCHEMA.revision + 1, down=SCHEMA.revision)
    (scripts / "versions" / f"{SCHEMA.revision + 1:04d}_later.py").write_text(script, "utf-8")
    return Schema(scripts, SCHEMA.revision + 1)


def columns(path: Path, table: str) -> set[str]:
    """The columns that a table has."""
    with closing(Connections(path)) as database, database.snapshot() as run:
        return {name for _, name, *_ in run(f"PRAGMA table_info({table})")}


@pytest.mark.parametrize("opened", [open_reader, open_store])
def test_an_older_library_is_upgraded_at_first_open(opened: type, path: Path, tmp_path: Path) -> None:
    """Its records are there, the schema is the newer one, and a copy of the older library stands beside it."""
    schema = later(tmp_path)
    with closing(opened(path, schema=schema)) as reader:
        assert [record.key for record in reader.all()] == ["a"]
        assert list(reader.faults()) == []
    assert "more" in columns(path, "record")
    copy = tmp_path / f"library.db.before-{schema.revision:04d}"
    assert "more" not in columns(copy, "record")
    with closing(open_store(copy)) as older:
        assert [record.key for record in older.all()] == ["a"]
    with pytest.raises(LibraryError, match="newer version"):
        open_reader(path)


def test_a_failing_upgrade_leaves_the_library_as_it_was(path: Path, tmp_path: Path) -> None:
    """In the middle of the scripts: the error says so, and this version goes on with the library."""
    schema = later(tmp_path, "raise ValueError('the script is wrong')")
    with pytest.raises(LibraryError, match="is as it was: the script is wrong"):
        open_store(path, schema=schema)
    assert columns(path, "later") == set()
    assert "more" not in columns(path, "record")
    with closing(open_store(path)) as store:
        assert [record.key for record in store.all()] == ["a"]
        assert list(store.faults()) == []


def test_an_upgrade_that_would_break_a_tie_is_undone(path: Path, tmp_path: Path) -> None:
    """Rows that point to nothing after the scripts are an error, not a result."""
    schema = later(tmp_path, "op.execute('DELETE FROM change')")
    with pytest.raises(LibraryError, match="row of version points to a row of change"):
        open_store(path, schema=schema)
    with closing(open_reader(path)) as reader:
        assert len(reader.history()) == 1


def test_a_new_library_is_made_by_the_scripts(tmp_path: Path) -> None:
    """All of them, up to the newest, which is the one that this version names."""
    create(tmp_path / "new.db", schema=later(tmp_path))
    assert columns(tmp_path / "new.db", "later") == {"id"}
    config = Config()
    config.set_main_option("script_location", str(SCHEMA.scripts))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == f"{SCHEMA.revision:04d}"


def test_derived_rows_have_the_declared_columns() -> None:
    """`rows`, which needs no SQLAlchemy, and `tables` name the same ones."""
    declared = {one.table: {column.name for column in metadata.tables[one.table].columns} for one in DERIVED}
    assert declared == {one.table: {"record", "position", *one.columns} for one in DERIVED}


def test_a_writers_connection_begins_immediately(path: Path) -> None:
    """A transaction holds the write lock from its start, so that a read in it never grows stale before its write."""
    engine = sqlite_engine(path)
    with engine.begin() as connection:
        assert connection.connection.dbapi_connection.in_transaction  # type: ignore[union-attr]  # it is connected
    engine.dispose()
