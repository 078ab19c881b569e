"""What the reading side asks of a database, and how what it gives is judged before anyone sees it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

from evidence.errors import LibraryError
from evidence.model.record import Record
from evidence.store.states import digest, from_text

Run: TypeAlias = Callable[..., Iterable[tuple[Any, ...]]]
"""Runs a statement with `?` marks and its parameters; gives its rows."""

DAMAGED = (
    "`evidence verify` names what is damaged; `evidence export` writes out what is not. A backup comes back into a new "
    "folder: evidence -L FOLDER restore FILE"
)


class Database(Protocol):
    """What runs the statements. Safe to use from several threads."""

    def snapshot(self) -> AbstractContextManager[Run]:
        """One committed state, until the block ends."""

    def check(self, run: Run) -> Iterator[str]:
        """What the database's own check finds wrong, in plain words."""

    def close(self) -> None:
        """Give back the connections."""


class Transaction(Protocol):
    """An open transaction that is alone in writing."""

    def run(self, statement: str, parameters: Sequence[object] = ()) -> Iterable[tuple[Any, ...]]:
        """The rows of one statement with `?` marks."""

    def many(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """The statement once for each row."""


def one(rows: Iterable[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """The first row, when all are read; None when there is none."""
    return next(iter(list(rows)), None)


def shown(value: object) -> str:
    """What a text column holds that no hash vouches for. Damage may have made bytes of it, which say the same, or a number."""
    if isinstance(value, str):
        return value
    return value.decode(errors="surrogateescape") if isinstance(value, bytes) else str("" if value is None else value)


def shown_or_none(value: object) -> str | None:
    """The same of a column that may be empty."""
    return None if value is None else shown(value)


def numbered(value: object, of: str) -> int:
    """What a column of numbers holds. LibraryError when damage has made something else of it; `of` is what it belongs to."""
    if isinstance(value, int):
        return value
    raise LibraryError(f"{of} is damaged: a number of it is none any more.", DAMAGED)


def stored(key: object, id: object, number: object, sha256: object, state: object) -> Record:
    """The record in a version's row, whose columns may be damaged. LibraryError when the text is not what was stored."""
    if not isinstance(state, str) or digest(state) != sha256:
        raise LibraryError(f"The record {shown(key)} is damaged: its text is not what was stored.", DAMAGED)
    of = f"The record {shown(key)}"
    try:
        return from_text(state, numbered(id, of), numbered(number, of))
    except ValueError as error:
        raise LibraryError(f"{of} cannot be read: {error}", DAMAGED) from error


def unpacked(raw: object, id: int) -> bytes:
    """An entry's own bytes. LibraryError when what is kept cannot be unpacked."""
    try:
        return zlib.decompress(raw)  # type: ignore[arg-type]  # no bytes: TypeError
    except (TypeError, zlib.error) as error:
        raise LibraryError(f"The bytes of source entry {id} are damaged.", DAMAGED) from error
