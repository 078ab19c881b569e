"""Files that are written whole or not at all, and the lock that lets one process write at a time."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from evidence.errors import BusyError, StorageError

__all__ = ["held", "sync", "write_file"]


def write_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write `data` whole or not at all: a file beside, flushed to the disk, takes the place of `path`.

    When this returns, file and name are on the disk. A link is followed, and an old file's permissions are kept; what is
    no file (a pipe, a device) is written into. StorageError: it could not be done, and `path` is as it was.
    """
    name = ""
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        mode = path.stat().st_mode & 0o777 if path.exists() else mode
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
        sync(path.parent)
    except OSError as error:
        if name:
            with suppress(OSError):
                Path(name).unlink(missing_ok=True)
        hint = f"There is no folder {path.parent}." if isinstance(error, FileNotFoundError) else None
        raise StorageError(f"{path} cannot be written: {error.strerror or error}.", hint) from error


def sync(path: Path) -> None:
    """See that a file's bytes, or a folder's names, are on the disk. OSError when the disk says no."""
    if os.name == "nt" and path.is_dir():  # Windows gives no handle on a folder
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def held(path: Path, doing: str, wait: float, since: str | None = None) -> Iterator[None]:
    """The lock that goes with `path` (a file `PATH.lock` beside it), until the block ends; freed when its holder dies.

    `doing` and `since` (ISO 8601, UTC; now, when None) are what others are told who wait. BusyError after `wait` seconds.
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
        told = {"pid": os.getpid(), "doing": doing, "since": since or datetime.now(UTC).isoformat(timespec="seconds")}
        with suppress(OSError):  # what is told to others is not worth failing for
            holder.write_text(json.dumps(told), "utf-8")
        yield
    finally:
        lock.release()


def _holder(holder: Path) -> str:
    try:
        told = json.loads(holder.read_text("utf-8"))
        return f"Process {told['pid']} ({told['doing']}, since {told['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "Another process"
