"""Which schema this version of the program reads and writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evidence.errors import LibraryError


@dataclass(frozen=True, slots=True)
class Schema:
    """A folder of Alembic scripts and the `revision` (1 for script 0001) that they lead to."""

    scripts: Path
    revision: int

    def refuse_newer(self, revision: int) -> None:
        """LibraryError when a library's `revision` is one that this program does not know."""
        if revision > self.revision:
            raise LibraryError(
                f"The library was written by a newer version of the program (schema {revision}, known: {self.revision}).",
                "Install that version or a newer one; this one would not understand all of it.",
            )


SCHEMA = Schema(Path(__file__).parent / "migrations", 2)
