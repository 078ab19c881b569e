"""Places for the fault tests: small libraries, made once and copied; a disk of its own that can be filled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.libraries import FIRST, SECOND, State, new_library, state, write_files
from tests.faults.stable import Stable


@dataclass(frozen=True, slots=True)
class Base:
    """A folder with both files and a library in `library`, and what the library shows."""

    place: Path
    state: State


@pytest.fixture(scope="session")
def stable() -> Iterator[Stable]:
    """Runs commands that are struck."""
    with Stable() as running:
        yield running


@pytest.fixture(scope="session")
def filled_base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """A library with the first file. Never changed: tests take copies."""
    return _base(tmp_path_factory.mktemp("filled"), FIRST)


@pytest.fixture(scope="session")
def twice_base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """A library with both files. Never changed: tests take copies."""
    return _base(tmp_path_factory.mktemp("twice"), FIRST, SECOND)


@pytest.fixture
def filled(filled_base: Base, tmp_path: Path) -> Path:
    """A place whose library has the first file, to be changed at will."""
    return Path(shutil.copytree(filled_base.place, tmp_path / "filled"))


@pytest.fixture
def twice(twice_base: Base, tmp_path: Path) -> Path:
    """A place whose library has both files, to be changed at will."""
    return Path(shutil.copytree(twice_base.place, tmp_path / "twice"))


def _base(place: Path, *files: str) -> Base:
    write_files(place)
    return Base(place, state(new_library(place, *files)))


class SmallDisk:
    """A file system of a few megabytes in memory, at `path`, that can be filled and emptied."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self, left: int) -> None:
        """Leave only `left` bytes of it (in whole pages of 4 KiB)."""
        self.empty()
        room = os.statvfs(self.path)
        with self._ballast.open("wb") as out:
            os.posix_fallocate(out.fileno(), 0, max(room.f_bavail * room.f_frsize - left, 1))

    def empty(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)

    def lock(self) -> None:
        """From now on nothing can be written there, not even by root."""
        _mount("-o", "remount,ro", str(self.path))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 8 MB in memory. Skips where root may not mount one: what is then not tested is in the message."""
    path = tmp_path / "disk"
    path.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid():
        pytest.skip("NOT TESTED: a full and a write-protected disk. Only root on Linux may mount one.")
    try:
        _mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", str(path))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"NOT TESTED: a full and a write-protected disk. None can be mounted here: {error}")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=False)


@pytest.fixture
def as_nobody() -> Callable[[Path], None]:
    """Gives a folder and all in it to be read by everybody and written by nobody but root."""

    def protect(folder: Path) -> None:
        for one in (folder, *folder.rglob("*")):
            one.chmod(0o555 if one.is_dir() else 0o444)

    return protect


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)
