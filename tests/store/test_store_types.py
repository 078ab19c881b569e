"""A damaged row may hold values of another type: one turned bit makes bytes, a number or nothing of a text."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence.errors import EvidenceError, LibraryError
from evidence.model.record import Note
from evidence.model.reference import Notice
from evidence.ports import Question, StoreReader
from evidence.store.opening import create, open_reader, open_store
from evidence.store.tables import metadata
from tests.contracts.store_records import SOURCE, entry, work

COLUMNS = [(table.name, column.name) for table in metadata.sorted_tables for column in table.columns]
KINDS = ("CAST({} AS BLOB)", "CAST({} AS TEXT)", "NULL", "7", "-1.5", "X'ff00'", "'no number'")
_BYTES = re.compile(r"(?<!['\w])b['\"]")  # as `repr` writes them


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with some of everything, in which no column is held to its type any more."""
    path = tmp_path_factory.mktemp("types") / "library.db"
    create(path)
    with closing(open_store(path)) as store, store.writing() as writing:
        ids = writing.entry(writing.keep(SOURCE), [entry("0"), replace(entry("1"), outcome="refused", reason="no")])
        reference = replace(work("a", DOI="10.1000/x").reference, notices=(Notice("erratum", "p. 7"),))
        record = replace(
            work("a"), reference=reference, entries=(ids[0],), aliases=("old",), notes=(Note("x", "y", "z"),)
        )
        n = writing.change("import", "tester")
        saved = writing.save(n, [record, work("b"), work("c", DOI="10.1000/x")])
        writing.save(writing.change("edit a", "tester"), [replace(saved[0], facts=())])
        writing.remove(writing.change("remove c", "tester"), [3])
        writing.undone(n, 2)
        writing.ask(writing.change("question save knee", "tester"), Question("knee", "{}"), [(1, 1), (2, 1)])
        writing.look(1, "2026-12-01T00:00:00Z", [(1, 2)], [])
        writing.ask(writing.change("question save hip", "tester"), Question("hip", "{}"), [(1, 2)])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA writable_schema = ON")
        # A column without a type keeps what it is given, as a damaged row does.
        for name in (
            "NOT NULL",
            "TEXT",
            "SMALLINT",
            "VARCHAR(64)",
            "VARCHAR(40)",
            "VARCHAR(20)",
            "BLOB",
            "FLOAT",
            "DOUBLE",
        ):
            connection.execute("UPDATE sqlite_schema SET sql = replace(sql, ?, '')", (f" {name}",))
        connection.commit()
    return path


def damaged(sound: Path, folder: Path, table: str, column: str, value: str) -> Path | None:
    """A copy with one column changed in every row of a table; None: the database does not keep such a value at all."""
    path = Path(shutil.copy(sound, folder / "library.db"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        try:
            connection.execute(f'UPDATE OR IGNORE "{table}" SET "{column}" = {value.format(column)}')
            connection.commit()
        except sqlite3.Error:
            return None
    return path


def asked(reader: StoreReader) -> list[Callable[[], Any]]:
    """Everything that a reader can be asked."""
    keys = ["a", "b", "c", "old"]
    return [
        lambda: reader.get(keys), lambda: reader.get(keys, []), reader.id, lambda: list(reader.all()),
        lambda: list(reader.all([])), lambda: reader.log(0, 99), lambda: [reader.mark(at) for at in range(6)], reader.overview,
        lambda: reader.holders([("doi", "10.1000/x")]), lambda: reader.taken(keys), lambda: reader.keys([1, 2, 3]),
        lambda: reader.removed(keys), lambda: reader.titled(["a trial", "a"]), lambda: reader.known([entry("0").sha256]),
        lambda: reader.refused([entry("1").sha256]), lambda: reader.origin([1, 2]), lambda: reader.entries("a"),
        reader.history, lambda: reader.history("a", 3), lambda: [reader.touched(n) for n in range(1, 7)],
        reader.questions, lambda: reader.questions([]), lambda: [reader.seen(at) for at in (1, 2)],
        lambda: reader.versions(keys), lambda: reader.former([(1, 1), (1, 2), (2, 1)]),
        lambda: [reader.turns(n) for n in range(1, 7)],
    ]  # fmt: skip


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=str)
def test_a_value_of_another_type_is_an_error_of_ours(sound: Path, tmp_path: Path, table: str, column: str) -> None:
    """Or it is read for what it says; every text and number that is given is one, and `faults` never fails."""
    for value in KINDS:
        path = damaged(sound, tmp_path, table, column, value)
        if path is None:
            continue
        with closing(open_reader(path)) as reader:
            for ask in asked(reader):
                try:
                    given = ask()
                except EvidenceError:
                    continue
                assert not _BYTES.search(repr(given).replace("raw=b", "")), (value, given)
            faults = list(reader.faults())
            assert all(isinstance(part, str) for one in faults for part in (one.where, one.what, one.mend))


@pytest.mark.parametrize(
    ("table", "column", "where"),
    [
        ("version", "state", "a"), ("version", "number", "a"), ("version", "sha256", "a"), ("entry", "raw", "a"),
        ("question", "state", "question knee"), ("question", "sha256", "question knee"), ("question", "holder", "question hip"),
        ("question", "folded", "question knee"), ("question", "seal", "question knee"), ("question", "looked", "question knee"),
        ("question", "change", "question knee"), ("question_turn", "asked", "question knee"),
        ("question_turn", "change", "question knee"), ("question_seen", "number", "question knee"),
    ],
)  # fmt: skip
def test_another_type_is_a_fault_by_name(sound: Path, tmp_path: Path, table: str, column: str, where: str) -> None:
    """Bytes that say the same are not what was stored either, nor is a text where bytes should be."""
    for value in ("CAST({} AS TEXT)" if column == "raw" else "CAST({} AS BLOB)", "X'00'"):
        path = damaged(sound, tmp_path, table, column, value)
        assert path
        with closing(open_reader(path)) as reader:
            assert where in {fault.where for fault in reader.faults()}


def test_a_text_that_is_bytes_is_damaged(sound: Path, tmp_path: Path) -> None:
    """The record's and the question's; the others are given."""
    path = damaged(sound, tmp_path, "version", "state", "CAST({} AS BLOB)")
    assert path
    with closing(open_reader(path)) as reader:
        with pytest.raises(LibraryError, match="record a is damaged"):
            reader.get(["a"])
        keys: list[str] = []
        assert (list(reader.all(keys)), keys) == ([], ["a", "b"])
        assert [one.name for one in reader.questions()] == ["knee", "hip"]
