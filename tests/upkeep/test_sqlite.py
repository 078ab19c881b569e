"""SQLite's own module: what a damaged file raises, and copies that are made while others write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from evidence.errors import LibraryError
from evidence.store import sqlite


def _noted(path: Path) -> None:
    """What another process writes."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO meta (name, value) VALUES (hex(randomblob(8)), 'x')")
        other.commit()


def test_a_copy_counts_the_source_as_it_was_copied(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though somebody writes before and after each counting of rows."""
    path = small / "library.db"
    counts: Callable[[sqlite3.Connection], dict[str, int]] = sqlite._counts

    def meanwhile(connection: sqlite3.Connection) -> dict[str, int]:
        _noted(path)
        found = counts(connection)
        _noted(path)
        return found

    monkeypatch.setattr(sqlite, "_counts", meanwhile)
    sqlite.copy(path, tmp_path / "copy.db")
    sqlite.Connections(tmp_path / "copy.db").close()


def _half_a_character(path: Path) -> None:
    """A schema of which SQLite complains with a name that is no text."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_schema SET name = CAST(x'6eff' AS TEXT), sql = 'CREATE noise' WHERE name = 'note'"
        )
        connection.commit()


@pytest.mark.parametrize("act", [sqlite.exists, sqlite.Connections, lambda path: sqlite.copy(path, path.parent / "to")])
def test_a_schema_that_is_no_text_is_told_as_damage(small: Path, act: Callable[[Path], object]) -> None:
    """Python cannot even read SQLite's message on it."""
    _half_a_character(small / "library.db")
    with pytest.raises(LibraryError, match="damaged"):
        act(small / "library.db")


@pytest.mark.parametrize("error", [MemoryError(), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "half")])
def test_what_python_makes_of_damage_is_told_as_damage(
    small: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Opening and reading: a length that no memory holds, a text that is none."""
    path = small / "library.db"
    database = sqlite.Connections(path)
    with pytest.raises(LibraryError, match="damaged"), database.snapshot():
        raise error
    database.close()

    def failing(*_: object) -> sqlite3.Connection:
        raise error

    monkeypatch.setattr(sqlite, "_reader", failing)
    with pytest.raises(LibraryError, match="damaged"):
        sqlite.Connections(path)
