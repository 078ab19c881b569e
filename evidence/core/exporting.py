"""Records out, in a format that can write them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

from evidence.errors import NotBuiltError
from evidence.model.reference import Parsed, Reference
from evidence.ports import Format

# What a library knows of a work and no reference list shows; styles print `note`.
_REMARKS = frozenset(("note", "annote", "source", "abstract", "keyword"))


def text(format: Format, references: Iterable[Reference], *, bare: bool = False, raw: bool = False) -> Iterator[str]:
    """`references` as `format` writes them, piece by piece; `bare`: only what a citation needs.

    `raw`: cells that a spreadsheet would run as formulas stay as they are. NotBuiltError for a format that is only read.
    """
    write = (format.write_raw if raw else None) or format.write
    if write is None:
        raise NotBuiltError(
            f"{format.name} is read and not written.", "Written are bibtex, ris, csl-json, nbib and csv."
        )
    return write(stripped(one) if bare else one for one in references)


def not_the_same(
    format: Format, data: bytes, references: Iterable[Reference], *, bare: bool = False
) -> tuple[str, ...]:
    """The keys of those `references` that are not read back from `data`, a whole file of `format`, as they were written.

    More or fewer entries than references count for the last of them.
    """
    pieces = format.read(io.BytesIO(data), "utf-8")
    pairs = zip_longest((stripped(one) if bare else one for one in references), pieces)
    wrong = [one for one, piece in pairs if not isinstance(piece, Parsed) or piece.reference != one]
    return tuple((one.key or "(no key)") if one else "(one too many)" for one in wrong)


def stripped(reference: Reference) -> Reference:
    """`reference` without remarks, provenance and headings. That more authors exist than are listed stays said."""
    return replace(
        reference,
        fields={name: value for name, value in reference.fields.items() if name not in _REMARKS},
        mesh=(), publication_types=(), sections=(), notices=(), relations=(), status=None, as_cited=(), aliases=(),
        extra={}, missing=tuple(one for one in reference.missing if one == "authors_rest"),
    )  # fmt: skip
