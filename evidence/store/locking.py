"""One writer at a time: a lock file beside the database, which the system frees when its holder dies."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from evidence.errors import BusyError, StorageError


@contextmanager
def held(path: Path, doing: str, since: str, wait: float) -> Iterator[None]:
    """The write lock of the library at `path`, until the block ends.

    `doing` and `since` (ISO 8601, UTC) are what others are told who wait. BusyError after `wait` seconds.
    """
    from filelock import FileLock, Timeout  # takes 56 ms to import: only who writes pays for it

    holder = path.with_name(f"{path.name}.lock-holder")
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        lock.acquire(timeout=max(wait, 0))
    except Timeout as error:
        raise BusyError(f"{_holder(holder)} is writing to {path}.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}.") from error
    try:
        with suppress(OSError):  # what is told to others is not worth failing for
            holder.write_text(json.dumps({"pid": os.getpid(), "doing": doing, "since": since}), "utf-8")
        yield
    finally:
        lock.release()


def _holder(holder: Path) -> str:
    try:
        told = json.loads(holder.read_text("utf-8"))
        return f"Process {told['pid']} ({told['doing']}, since {told['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "Another process"
