"""The note of the last backup, beside the other things that may be lost (`cache/`)."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from evidence.disk import write_file
from evidence.errors import StorageError
from evidence.upkeep.manifest import Manifest

NOTE = Path("cache") / "backup.json"


@dataclass(frozen=True, slots=True)
class Noted:
    """A backup that was made when (ISO 8601, UTC), in which `file`, up to which line of the log, with how many faults."""

    made: str
    file: Path
    seq: int
    faults: int = 0


def note(folder: Path, manifest: Manifest, file: Path) -> None:
    """Write down that the library in `folder` is in the backup `file`; a library that cannot be written to goes without."""
    document = {"made": manifest.made, "file": str(file), "seq": manifest.seq, "faults": len(manifest.faults)}
    with suppress(OSError, StorageError):
        (folder / NOTE.parent).mkdir(mode=0o700, exist_ok=True)
        for left in (folder / NOTE.parent).glob(f".{NOTE.name}.*"):  # by one that was killed
            left.unlink()
        write_file(folder / NOTE, json.dumps(document).encode())


def noted(folder: Path) -> Noted | None:
    """The last backup, as far as the library in `folder` knows; None: it knows of none. Anybody may have written it."""
    try:
        told = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        file = Path(str(told["file"]))
        if "\0" in str(file):
            return None
        return Noted(str(told["made"]), file, int(told["seq"]), int(told.get("faults", 0)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
