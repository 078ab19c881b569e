"""Libraries of every released schema are upgraded without losing a word, whatever comes in between."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from evidence.errors import LibraryError, StorageError
from evidence.model.csl import to_csl
from evidence.model.record import Axis, Record
from evidence.ports import Question, StoreReader
from evidence.store.opening import create, open_reader, open_store
from evidence.store.schema import SCHEMA, Schema
from evidence.store.sqlite import Connections
from tests.conftest import ROOT
from tests.store.test_store_sqlite import unprivileged

FIXTURES = ROOT / "tests" / "fixtures"
RELEASED = range(1, SCHEMA.revision)


@pytest.fixture(params=RELEASED, ids=lambda revision: f"{revision:04d}")
def released(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Any]:
    """A copy of a released library, and what it must read as."""
    name = f"library-{request.param:04d}"
    said = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))
    return Path(shutil.copy(FIXTURES / f"{name}.db", tmp_path / "library.db")), said


def said_of(record: Record) -> dict[str, Any]:
    """A record as the JSON beside a released library has it."""
    return {
        "key": record.key, "id": record.id, "version": record.version, "csl": to_csl(record.reference),
        "tags": {axis.value: list(record.tags.on(axis)) for axis in Axis if record.tags.on(axis)},
        "claims": len(record.claims), "facts": [fact.name for fact in record.facts],
        "notes": [asdict(one) for one in record.notes], "edits": [asdict(one) for one in record.edits],
        "aliases": list(record.aliases), "entries": list(record.entries),
    }  # fmt: skip


def said_by(reader: StoreReader, names: list[str]) -> dict[str, Any]:
    """All that a reader says of a library, as the JSON has it; `names` are keys to be asked for."""
    overview = reader.overview()
    return {
        "id": reader.id(),
        "records": [said_of(record) for record in reader.all()],
        "history": [[one.n, one.when, one.who, one.what, list(one.keys), one.undone_by] for one in reader.history()],
        "removed": sorted(reader.removed(names)),
        "taken": sorted(reader.taken([*names, "nobody"])),
        "updated": overview.updated,
        "sources": list(overview.sources),
    }


def rows(path: Path) -> dict[str, Any]:
    """The texts' and the bytes' hashes, as they stand in the tables."""
    with closing(Connections(path)) as database, database.snapshot() as run:
        return {
            "versions": [list(row) for row in run("SELECT seq, record, number, change, removed, key, sha256 FROM version")],
            "entries": [list(row) for row in run("SELECT id, source, line, key, outcome, reason, sha256 FROM entry")],
        }  # fmt: skip


def revision(path: Path) -> int:
    """The schema that a file has."""
    with closing(Connections(path)) as database:
        return int(database.revision)


def is_whole(path: Path, said: dict[str, Any]) -> None:
    """The library in `path`, opened by today's program, says all that was said of it, and nothing is wrong in it."""
    with closing(open_reader(path)) as reader:
        assert said_by(reader, said["taken"]) | rows(path) == said
        assert list(reader.faults()) == []
        assert reader.questions() == []


@pytest.mark.parametrize("opened", [open_reader, open_store])
def test_a_released_library_is_upgraded_whole(opened: Any, released: tuple[Path, Any]) -> None:
    """Every record, hash, entry and change is there as it was; so it is in the verified copy beside, still the old one."""
    path, said = released
    before = revision(path)
    with closing(opened(path)) as reader:
        assert said_by(reader, said["taken"]) == {
            name: said[name] for name in said if name not in {"versions", "entries"}
        }
    assert revision(path) == SCHEMA.revision
    is_whole(path, said)
    kept = path.with_name(f"library.db.before-{SCHEMA.revision:04d}")
    assert revision(kept) == before
    assert stat.S_IMODE(kept.stat().st_mode) == stat.S_IMODE(path.stat().st_mode)
    assert rows(kept) == {name: said[name] for name in ("versions", "entries")}
    kept.rename(path)
    is_whole(path, said)  # the copy can take its place, and be upgraded again


def test_an_upgraded_library_has_todays_schema(released: tuple[Path, Any], tmp_path: Path) -> None:
    """Table by table, column by column and index by index that of a new one."""
    path, _ = released
    open_reader(path).close()
    create(tmp_path / "new.db")
    schemas = []
    for one in (path, tmp_path / "new.db"):
        with closing(sqlite3.connect(one)) as connection:
            found = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            schemas.append([(name, " ".join(sql.split())) for name, sql in found])
    assert schemas[0] == schemas[1]


def test_an_upgraded_library_goes_on(released: tuple[Path, Any]) -> None:
    """Numbers are counted on, old changes can be read record by record, and what is new can be used."""
    path, said = released
    last = max(one[0] for one in said["history"])
    with closing(open_store(path)) as store:
        for n, *_ in said["history"]:
            assert store.touched(n)
        with store.writing() as writing:
            n = writing.change("question save knee", "tester")
            writing.ask(n, Question("knee", "{}"), [(1, 1)])
        assert n == last + 1
        assert [one.key for one in store.seen(1)] == [said["records"][0]["key"]]
        assert list(store.faults()) == []


# Opens a library, and kills itself as the so-manieth statement begins in the connections that write, or one that
# begins with a word.
UPGRADE = """
import itertools, os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from evidence.store.opening import open_reader

count = itertools.count(1)

def traced(statement):
    if str(next(count)) == sys.argv[2] or statement.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

@event.listens_for(Engine, "connect")
def connected(connection, _):
    connection.set_trace_callback(traced)

open_reader(Path(sys.argv[1])).close()
print("done")
"""


@pytest.mark.parametrize("at", ["1", "10", "15", "20", "PRAGMA user_version", "COMMIT", "never"])
def test_a_killed_upgrade_leaves_the_old_library(released: tuple[Path, Any], at: str) -> None:
    """Or the new one: never something between. The verified copy stands beside it, and the next opening ends it."""
    path, said = released
    before = revision(path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    run = subprocess.run([sys.executable, "-c", UPGRADE, path, at], capture_output=True, check=False, env=environment)
    assert run.returncode == (0 if at == "never" else -signal.SIGKILL), run.stderr
    assert revision(path) == (SCHEMA.revision if at == "never" else before)
    kept = path.with_name(f"library.db.before-{SCHEMA.revision:04d}")
    assert rows(kept) == rows(path) == {name: said[name] for name in ("versions", "entries")}
    is_whole(path, said)


def test_an_upgrade_that_fails_leaves_the_old_library(released: tuple[Path, Any], tmp_path: Path) -> None:
    """After all its tables are made: the error says so, and the library opens as before."""
    path, said = released
    before = path.read_bytes()
    scripts = Path(shutil.copytree(SCHEMA.scripts, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__")))
    last = max((scripts / "versions").glob("0*.py"))
    last.write_text(last.read_text("utf-8") + "    raise ValueError('in the middle')\n", "utf-8")
    with pytest.raises(LibraryError, match="is as it was: in the middle"):
        open_store(path, schema=Schema(scripts, SCHEMA.revision))
    assert path.read_bytes() == before
    is_whole(path, said)


@pytest.mark.parametrize("opened", [open_reader, open_store])
def test_an_older_library_that_may_not_be_written_says_so(opened: Any, released: tuple[Path, Any]) -> None:
    """A sentence with the way out, and nothing is touched."""
    path, said = released
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    place = Path(shutil.copy(path, folder / "library.db"))
    try:
        place.chmod(0o444)
        folder.chmod(0o555)
        with unprivileged(), pytest.raises(StorageError, match="older version and must be upgraded") as caught:
            opened(place)
        assert "copy the folder" in caught.value.hint
        folder.chmod(0o755)
        assert place.read_bytes() == path.read_bytes()
        assert [one.name for one in folder.iterdir()] == ["library.db"]
        is_whole(place, said)
    finally:
        with suppress(OSError):
            folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes cannot be limited there")
def test_an_upgrade_on_a_full_disk_leaves_the_old_library(released: tuple[Path, Any]) -> None:
    """No room for the copy, or none for the change: StorageError, the library as it was, no half a copy."""
    import resource

    path, said = released
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    whole = path.read_bytes()
    for room in (len(whole) // 2, 1):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            with pytest.raises(StorageError):
                open_reader(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == whole
    assert not list(path.parent.glob("*.part"))
    is_whole(path, said)
