"""What a doctor looks at, and what he says."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from evidence.upkeep.places import Place


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong or risky: `where`, `what`, and `mend`, the line that mends it ("" when there is nothing to do).

    `grave`: a person must see to it. What is not grave is shown, and is no reason to leave with 1.
    """

    where: str
    what: str
    mend: str = ""
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """A fact that is neither good nor bad: under `group`, `name` is `value`; None: not known."""

    group: str
    name: str
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the machine says: `mounts` as /proc/self/mountinfo has it ("" elsewhere), free bytes at a path, SQLite's version."""

    mounts: str
    free: Callable[[Path], int]
    sqlite: tuple[int, ...]
    now: datetime

    @classmethod
    def here(cls) -> Self:
        """The machine that we are on, now."""
        try:
            mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            mounts = ""
        return cls(mounts, lambda path: shutil.disk_usage(path).free, sqlite3.sqlite_version_info, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Patient:
    """The library in `folder` (links followed); `place` None: there is none, or its settings cannot be read."""

    folder: Path
    around: Surroundings
    place: Place | None = None

    @property
    def file(self) -> Path | None:
        """The database, when it is a file."""
        return self.place.database if self.place and isinstance(self.place.database, Path) else None


Check = Callable[[Patient], Iterator[Finding | Noted]]


def sized(path: Path) -> int:
    """The bytes of a file, or of all files in a folder; what cannot be read counts nothing."""
    total = 0
    for folder, _, names in os.walk(path) if path.is_dir() else [(str(path.parent), [], [path.name])]:
        for name in names:
            try:
                total += (Path(folder) / name).lstat().st_size
            except OSError:
                continue
    return total


def told(size: int) -> str:
    """A size in words: `62.5 MB`."""
    for unit, one in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= one:
            return f"{size / one:.1f} {unit}"
    return f"{size} bytes"
