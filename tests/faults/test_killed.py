"""A sample of the kill sweep: SIGKILL at a few system calls of each operation. The sweep is `scripts/kill_sweep`."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.calling import call
from tests.faults.libraries import state
from tests.faults.operations import BACKUP, OPERATIONS, Operation, sha256
from tests.faults.stable import Stable
from tests.faults.sweep import Bench, blow
from tests.faults.tracing import Strike, missing

# Each early enough to fall in every run: a strike that never falls proves nothing.
SAMPLE = {
    "import": ("pwrite64 60", "fdatasync 3"),
    "import more": ("pwrite64 200", "fsync 1"),
    "undo": ("pwrite64 30", "fdatasync 1"),
    "reindex": ("write 2", "rename 1"),
    "backup": ("pwrite64 20", "fsync 1"),
    "restore": ("rename 1", "fsync 2"),
}


@pytest.mark.skipif(
    bool(missing()),
    reason=f"NOT TESTED: SIGKILL in the middle of {', '.join(SAMPLE)}, and all that must hold after it. {missing()}",
)
@pytest.mark.parametrize("name", SAMPLE)
def test_a_kill_does_no_harm(name: str, stable: Stable, tmp_path: Path) -> None:
    """What was acknowledged is there, nothing is half done, and the next command works and completes the work."""
    operation = next(one for one in OPERATIONS if one.name == name)
    place = tmp_path / "ready"
    place.mkdir()
    operation.prepare(place, None)
    bench = _bench(operation, place, tmp_path / "done")
    for words in SAMPLE[name]:
        call_name, number = words.split()
        found = blow(stable, bench, Strike(call_name, int(number), signal="KILL"), tmp_path)
        assert found.killed, f"{name} was not killed at {words}"
        assert found.complaints == ()


def _bench(operation: Operation, place: Path, done: Path) -> Bench:
    """The operation on a bench whose calls nobody counted: it is done in this process, on a copy."""
    before = state(place / "library") if (place / "library").exists() else None
    old = sha256(place / BACKUP) if (place / BACKUP).exists() else ""
    told = call(*operation.command(Path(shutil.copytree(place, done))))
    assert told.code == operation.code, str(told)
    return Bench(operation, place, before, state(done / "library"), old, Counter(), frozenset())
