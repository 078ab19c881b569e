"""What an import did: a receipt that balances, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["added", "merged", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one piece of the file, which starts on the 1-based `line`.

    `into` is the record it went into, `renamed_from` its own key when another work has that key. `fields_added` are
    the fields whose content it brought; `fields_changed` those among them that had another content before.
    """

    line: int
    key: str | None
    outcome: Outcome
    into: str | None = None
    renamed_from: str | None = None
    fields_added: tuple[str, ...] = ()
    fields_changed: tuple[str, ...] = ()
    reason: str | None = None
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The line as the contract has it."""
        return {
            "line": self.line, "key": self.key, "outcome": self.outcome, "into": self.into,
            "renamed_from": self.renamed_from, "fields_added": list(self.fields_added),
            "fields_changed": list(self.fields_changed), "reason": self.reason, "warnings": list(self.warnings),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """One file's receipt. `read` is an independent count; `lines` are the merged, refused, renamed and warned ones.

    `whole` False: the file was cut or damaged, so that it may have held more.
    """

    file: str
    format: str
    encoding: str
    read: int
    added: int
    merged: int
    unchanged: int
    refused: int
    change: int | None = None
    warnings: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    whole: bool = True

    def as_json(self) -> dict[str, Any]:
        """The receipt as the contract has it."""
        counts = {name: getattr(self, name) for name in _COUNTS}
        return {
            "file": self.file, "format": self.format, "encoding": self.encoding, **counts,
            "warnings": list(self.warnings), "change": self.change, "entries": [line.as_json() for line in self.lines],
        }  # fmt: skip


_COUNTS = ("read", "added", "merged", "unchanged", "refused")


def as_json(files: Sequence[FileReceipt]) -> dict[str, Any]:
    """The receipts of several files, with their sums."""
    return {
        "files": [file.as_json() for file in files],
        **{name: sum(getattr(file, name) for file in files) for name in _COUNTS},
    }
