"""A hidden folder beside what is to be made, where it is made: one process at a time, and nothing of it stays."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evidence import disk
from evidence.errors import BusyError, StorageError, UsageError

SUFFIX = ".evidence-part"


@contextmanager
def workshop(beside: Path, doing: str) -> Iterator[Path]:
    """An empty folder on the disk of `beside`, for as long as the block lasts; what a killed process left is removed.

    BusyError: another process makes the same. StorageError: no folder can be made there, or `OSError` in the block.
    """
    folder = beside.parent / f".{beside.name}{SUFFIX}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _own(folder)
        with disk.held(folder / "work", doing, 0):
            try:
                yield _emptied(folder / "parts")
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except FileNotFoundError as error:
        if not beside.parent.is_dir():
            raise UsageError(
                f"There is no folder {beside.parent}.", "Make the folder first, or name another."
            ) from error
        if not folder.exists():
            raise BusyError(f"Another process has just made {beside}.") from error
        raise StorageError(f"{error.filename or beside} is gone: {error.strerror}.") from error
    except OSError as error:
        raise StorageError(f"{error.filename or beside} cannot be written: {error.strerror or error}.") from error


def _emptied(folder: Path) -> Path:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    return folder


def _own(folder: Path) -> None:
    """Nobody else may have put a folder or a link there for us to write into."""
    found = folder.lstat()
    foreign = hasattr(os, "geteuid") and found.st_uid != os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or foreign:
        raise StorageError(f"{folder} is in the way.", "Remove it, or name another place.")
