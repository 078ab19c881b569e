"""Two writers: the second one waits, and is told who holds the lock when the wait is over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from evidence.disk import held
from evidence.store import opening
from tests.faults.calling import ROOT, call, environment
from tests.faults.conftest import Base
from tests.faults.libraries import SECOND, differences, faults, state

# Takes the lock that goes with a file, says so, and holds it until its input ends.
HOLDER = """
import sys
from pathlib import Path
from evidence.disk import held

with held(Path(sys.argv[1]), "a long import", 0):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock of `path`, until it is told to end or the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env=environment(),
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer of the store or of the index waits for a moment, not for five seconds."""
    monkeypatch.setattr("evidence.search.whoosh_index.held", lambda path, doing, _: held(path, doing, 0.05))
    monkeypatch.setattr("evidence.wiring.opening.open_store", partial(opening.open_store, wait=0.05))


@pytest.mark.parametrize("words", [("import", SECOND), ("undo",), ("edit", "KEY", "volume=3"), ("note", "KEY", "mine")])
def test_the_second_writer_is_told(
    filled: Path, filled_base: Base, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Exit 5, with the process, what it is doing and since when; nothing was changed, and reading goes on."""
    hasty(monkeypatch)
    key = next(iter(filled_base.state.records))
    given = [word.replace("KEY", key).replace(SECOND, str(filled / SECOND)) for word in words]
    with holder(filled / "library" / "library.db") as process:
        told = call("-L", filled / "library", "--json", *given)
        assert told.code == 5, str(told)
        assert told.json["error"]["kind"] == "busy"
        assert f"Process {process.pid} (a long import, since 20" in told.json["error"]["message"]
        assert list(differences(state(filled / "library"), filled_base.state)) == []


def test_the_second_writer_waits(filled: Path, twice_base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is given back while it waits: then it does its work, and all of it."""
    import filelock._api

    with holder(filled / "library" / "library.db") as process:
        waited: list[float] = []

        def sleep(seconds: float) -> None:
            assert process.stdin
            waited.append(seconds)
            process.stdin.close()  # the first writer ends
            process.wait()

        _replace_sleep(monkeypatch, filelock._api, sleep)
        assert call("-L", filled / "library", "import", filled / SECOND).code == 0
        monkeypatch.undo()
    assert waited
    assert faults(filled / "library") == []
    assert list(differences(state(filled / "library"), twice_base.state)) == []


def _replace_sleep(monkeypatch: pytest.MonkeyPatch, module: Any, sleep: Any) -> None:
    monkeypatch.setattr(module.time, "sleep", sleep)


def test_a_holder_that_dies_is_not_waited_for(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it wrote down about itself deceives nobody."""
    hasty(monkeypatch)
    with holder(filled / "library" / "library.db") as process:
        process.kill()
        process.wait()
        assert call("-L", filled / "library", "import", filled / SECOND).code == 0


def test_this_process_is_named(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two writers in one process are told of each other as well, and neither waits for ever."""
    hasty(monkeypatch)
    with held(filled / "library" / "library.db", "mine", 0):
        told = call("-L", filled / "library", "--json", "undo")
    assert told.code == 5, str(told)
    assert f"Process {os.getpid()} (mine, since" in told.json["error"]["message"]


def test_the_second_indexer_is_told(filled: Path, filled_base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reindex leaves with 5 and names who is at it; the index that there is goes on answering."""
    hasty(monkeypatch)
    with holder(filled / "library" / "index") as process:
        told = call("-L", filled / "library", "--json", "reindex")
        assert told.code == 5, str(told)
        assert f"Process {process.pid} (a long import, since 20" in told.json["error"]["message"]
        assert list(differences(state(filled / "library"), filled_base.state)) == []


def test_an_import_does_not_wait_for_the_index(
    filled: Path, filled_base: Base, twice_base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is done; a search meanwhile says what it may lack, and exports nothing by half; afterwards nothing lacks."""
    hasty(monkeypatch)
    library = filled / "library"
    with holder(library / "index"):
        assert call("-L", library, "import", filled / SECOND).code == 0
        found = call("-L", library, "--json", "search", "pain", "--limit", "0").json
        right = next(one for one in twice_base.state.answers if one.query == "pain")
        assert found["partial"] is (found["total"] != right.total)
        assert found["warnings"]
        assert call("-L", library, "export", "--query", "pain").code in ({5} if found["partial"] else {0})
    assert list(differences(state(library), twice_base.state)) == []
