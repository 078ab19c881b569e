"""What the reading side asks of a database, and how what it gives is judged before anyone sees it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

from evidence.errors import LibraryError
from evidence.model.record import Record
from evidence.store.states import digest, from_text

Run: TypeAlias = Callable[..., Iterable[tuple[Any, ...]]]
"""Runs a statement with `?` marks and its parameters; gives its rows."""

DAMAGED = "`evidence verify` names everything that is damaged; `evidence restore FILE` brings a backup back."


class Database(Protocol):
    """What runs the statements. Safe to use from several threads."""

    def snapshot(self) -> AbstractContextManager[Run]:
        """One committed state, until the block ends."""

    def check(self, run: Run) -> Iterator[str]:
        """What the database's own check finds wrong, in plain words."""

    def close(self) -> None:
        """Give back the connections."""


def one(rows: Iterable[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """The first row, when all are read; None when there is none."""
    return next(iter(list(rows)), None)


def stored(key: str, id: int, number: int, sha256: str, state: str) -> Record:
    """The record in a version's row. LibraryError when the text is not what was stored."""
    if digest(state) != sha256:
        raise LibraryError(f"The record {key} is damaged: its text is not what was stored.", DAMAGED)
    try:
        return from_text(state, id, number)
    except ValueError as error:
        raise LibraryError(f"The record {key} cannot be read: {error}", DAMAGED) from error


def unpacked(raw: bytes, id: int) -> bytes:
    """An entry's own bytes. LibraryError when what is kept cannot be unpacked."""
    try:
        return zlib.decompress(raw)
    except zlib.error as error:
        raise LibraryError(f"The bytes of source entry {id} are damaged.", DAMAGED) from error
