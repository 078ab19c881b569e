"""Processes that write at the same time, and processes that are killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from evidence.errors import BusyError
from evidence.model.record import Record
from evidence.model.reference import Reference
from evidence.store.opening import create, open_store

BATCH = 20

# Writes batches without end, a line on its output after each; after a number of SQLite's steps it kills itself, in
# the middle of a statement. Every second batch writes the records of the one before anew.
WRITER = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from sqlalchemy import event
from evidence.model.record import Axis, Claim, Record
from evidence.model.reference import Name, Reference
from evidence.store.opening import open_store

path, steps, first = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store = open_store(path)
if steps:
    @event.listens_for(store._engine, "connect")
    def connected(connection, _):
        connection.set_progress_handler(lambda: os.kill(os.getpid(), signal.SIGKILL), steps)
names = tuple(Name(family=f"Family {at}") for at in range(5))
claims = tuple(Claim(Axis.CONDITION, f"term {at}", "rule") for at in range(5))
with store.writing() as writing:
    n = writing.change("import", "tester")
print("begun", flush=True)
while True:
    keys = [f"k{first + at}" for at in range(20)]
    first += 20
    fields = {"title": "A trial " * 30, "abstract": "Pain fell. " * 50}
    records = [Record(key, Reference(key, fields={**fields, "DOI": f"10.1000/{key}"}, names=names)) for key in keys]
    with store.writing() as writing:
        records = writing.save(n, records)
    print(first, flush=True)
    with store.writing() as writing:
        writing.save(n, [replace(record, claims=claims) for record in records])
    print(first, flush=True)
"""

# Takes the lock, says so, and holds it until its input ends.
HOLDER = """
import sys
from pathlib import Path
from evidence.store.opening import open_store

with open_store(Path(sys.argv[1])).writing() as writing:
    writing.change("a long import", "other")
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def process(code: str, *words: object) -> Iterator[subprocess.Popen[str]]:
    """A Python process of its own that runs `code`; killed at the end of the block if it still runs."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code, *map(str, words)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as running:
        yield running
        running.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty library."""
    create(tmp_path / "library.db")
    return tmp_path / "library.db"


def test_a_second_process_waits_or_is_told(path: Path) -> None:
    """It is told who writes when the wait is over, reads meanwhile, and writes when the first one is done."""
    with (
        process(HOLDER, path) as holder,
        closing(open_store(path, wait=0.05)) as hasty,
        closing(open_store(path, wait=60)) as patient,
    ):
        assert holder.stdout
        assert holder.stdin
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=rf"Process {holder.pid} \("), hasty.writing():
            pytest.fail("two writers at once")
        assert hasty.history() == []
        holder.stdin.close()
        with patient.writing() as writing:
            assert writing.change("mine", "tester") == 2
        assert [change.what for change in hasty.history()] == ["mine", "a long import"]


def test_a_killed_holder_frees_the_lock(path: Path) -> None:
    """At once, and what it had not committed is gone."""
    with process(HOLDER, path) as holder, closing(open_store(path, wait=0)) as store:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.wait()
        with store.writing() as writing:
            assert writing.change("mine", "tester") == 1


def test_a_kill_leaves_no_record_half_stored(path: Path) -> None:
    """Eight times at a random moment: whole batches, every acknowledged one, no fault, and the next write works."""
    chance = random.Random(2)
    acknowledged = 0
    for time in range(8):
        steps = chance.randrange(2_000, 60_000) if time % 2 else 0
        with process(WRITER, path, steps, acknowledged) as writer:
            assert writer.stdout
            lines = []
            for line in writer.stdout:
                lines.append(line)
                if not steps and len(lines) > chance.randrange(2, 12):
                    writer.kill()  # while it goes on with the next batch
            assert writer.wait() == -9
        acknowledged = max([acknowledged, *(int(line) for line in lines if line.strip().isdigit())])
        with closing(open_store(path)) as store:
            assert list(store.faults()) == []
            live = store.overview().records
            assert live % BATCH == 0
            assert acknowledged <= live <= acknowledged + BATCH
            with store.writing() as writing:
                extra = writing.save(
                    writing.change("after", "tester"), [Record("x", Reference("x"))] if not time else []
                )
                writing.remove(writing.change("out", "tester"), [record.id or 0 for record in extra])
        acknowledged = live
    assert acknowledged > 0
