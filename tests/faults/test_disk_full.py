"""A full disk: it is said plainly, nothing is half done, reading goes on, and it works again when there is room."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.calling import Told, call
from tests.faults.conftest import Base, SmallDisk
from tests.faults.libraries import FIRST, SECOND, differences, faults, state

ROOM = (0, 24 << 10, 72 << 10)  # bytes left: nothing, less than a log needs, less than an index or a copy needs


def refused(told: Told) -> None:
    """It says that there is no room, in one sentence and with what to do, and leaves with 6."""
    assert told.code == 6, str(told)
    assert told.json["error"]["kind"] == "storage"
    assert "raceback" not in told.err
    assert told.json["error"]["message"]
    assert told.json["error"]["hint"]


@pytest.fixture
def place(small_disk: SmallDisk, filled_base: Base) -> Path:
    """A place on the small disk, its library with the first file."""
    return Path(shutil.copytree(filled_base.place, small_disk.path / "place"))


@pytest.mark.parametrize("room", ROOM)
def test_an_import_needs_room(
    place: Path, small_disk: SmallDisk, room: int, filled_base: Base, twice_base: Base
) -> None:
    """Nothing of the file is there afterwards, everything before it is; the next import brings all of it."""
    small_disk.fill(room)
    refused(call("-L", place / "library", "--json", "import", place / SECOND))
    assert list(differences(state(place / "library"), filled_base.state)) == []
    small_disk.empty()
    assert call("-L", place / "library", "import", place / SECOND).code == 0
    assert faults(place / "library") == []
    assert list(differences(state(place / "library"), twice_base.state)) == []


@pytest.mark.parametrize("room", ROOM)
def test_an_index_needs_room(place: Path, small_disk: SmallDisk, room: int, filled_base: Base) -> None:
    """The index that there is goes on answering; the new one is made when there is room."""
    small_disk.fill(room)
    refused(call("-L", place / "library", "--json", "reindex"))
    assert list(differences(state(place / "library"), filled_base.state)) == []
    small_disk.empty()
    assert call("-L", place / "library", "reindex").code == 0
    assert faults(place / "library") == []
    assert list(differences(state(place / "library"), filled_base.state)) == []


@pytest.mark.parametrize("room", ROOM)
def test_a_search_needs_no_room(place: Path, small_disk: SmallDisk, room: int, filled_base: Base) -> None:
    """Without an index and without room for one the answers are the right ones, and it is said that they are slow."""
    shutil.rmtree(place / "library" / "index")
    small_disk.fill(room)
    found = state(place / "library")
    assert found.records == filled_base.state.records
    for now, right in zip(found.answers, filled_base.state.answers, strict=True):
        assert (now.total, now.keys, now.first, now.facets) == (right.total, right.keys, right.first, right.facets)
        assert any("without the index" in one for one in now.said)


@pytest.mark.parametrize("room", ROOM)
def test_a_backup_needs_room(place: Path, small_disk: SmallDisk, room: int, filled_base: Base, tmp_path: Path) -> None:
    """The older backup stays as it was to the last byte; a new one is made when there is room."""
    file = place / "kept.backup"
    assert call("-L", place / "library", "backup", file).code == 0
    old = file.read_bytes()
    names = {one.name for one in place.iterdir()}
    small_disk.fill(room)
    refused(call("-L", place / "library", "--json", "backup", file))
    assert file.read_bytes() == old
    assert {one.name for one in place.iterdir()} == names
    small_disk.empty()
    assert call("-L", place / "library", "backup", file).code == 0
    assert call("-L", tmp_path / "again", "restore", file).code == 0
    assert list(differences(state(tmp_path / "again"), filled_base.state)) == []


@pytest.mark.parametrize("room", [0, 24 << 10, 560 << 10, 800 << 10])
def test_a_restore_needs_room(
    place: Path, small_disk: SmallDisk, room: int, filled_base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no library there afterwards, and one when there is room; the disk may also be found full on the way."""
    monkeypatch.setattr("evidence.upkeep.archive._ROOM", 0)  # what is to stay free is more than this disk has
    file = place / "kept.backup"
    assert call("-L", place / "library", "backup", file).code == 0
    names = {one.name for one in place.iterdir()}
    small_disk.fill(room)
    refused(call("-L", place / "again", "--json", "restore", file))
    assert {one.name for one in place.iterdir()} == names
    assert call("-L", place / "again", "search").code == 4
    small_disk.empty()
    assert call("-L", place / "again", "restore", file).code == 0
    assert faults(place / "again") == []
    assert list(differences(state(place / "again"), filled_base.state)) == []


def test_an_export_needs_room(place: Path, small_disk: SmallDisk) -> None:
    """The older file stays as it was, with nothing left beside it."""
    file = place / "out.bib"
    file.write_text("mine\n", "utf-8")
    names = {one.name for one in place.iterdir()}
    small_disk.fill(16 << 10)
    refused(call("-L", place / "library", "--json", "export", "-o", file))
    assert file.read_text("utf-8") == "mine\n"
    assert {one.name for one in place.iterdir()} == names
    small_disk.empty()
    assert call("-L", place / "library", "export", "-o", file).code == 0
    assert file.read_text("utf-8").count("@article") == len((place / FIRST).read_text("utf-8").split("@article")) - 1


def test_reading_needs_no_room(place: Path, small_disk: SmallDisk, filled_base: Base) -> None:
    """Every command that only reads works on a disk without a free byte."""
    small_disk.fill(0)
    key = next(iter(filled_base.state.records))
    for words in (["search", "pain"], ["show", key], ["why", key], ["history"], ["export"], ["verify"]):
        told = call("-L", place / "library", *words)
        assert told.code == 0, (words, str(told))
        assert told.out
