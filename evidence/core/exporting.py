"""Records out, in a format that can write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evidence.errors import NotBuiltError
from evidence.model.reference import Reference
from evidence.ports import Format


def text(format: Format, references: Iterable[Reference]) -> Iterator[str]:
    """`references` as `format` writes them, piece by piece. NotBuiltError for a format that is only read."""
    if format.write is None:
        raise NotBuiltError(f"Writing {format.name} is not built yet.", "bibtex and csl-json are written.")
    return format.write(references)
