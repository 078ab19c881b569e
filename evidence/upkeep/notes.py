"""The note of the last backup, beside the other things that may be lost (`cache/`)."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from evidence.disk import write_file
from evidence.errors import StorageError

NOTE = Path("cache") / "backup.json"


def note(folder: Path, made: str, file: Path, seq: int) -> None:
    """Write down that the library in `folder` was backed up into `file`; a library that cannot be written to goes without."""
    with suppress(OSError, StorageError):
        (folder / NOTE.parent).mkdir(mode=0o700, exist_ok=True)
        write_file(folder / NOTE, json.dumps({"made": made, "file": str(file), "seq": seq}).encode())
