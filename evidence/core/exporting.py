"""Records out, in a format that can write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from evidence.errors import NotBuiltError
from evidence.model.reference import Reference
from evidence.ports import Format

# What a library knows of a work and no reference list shows; styles print `note`.
_REMARKS = frozenset(("note", "annote", "source", "abstract", "keyword"))


def text(format: Format, references: Iterable[Reference], *, bare: bool = False) -> Iterator[str]:
    """`references` as `format` writes them, piece by piece; `bare`: only what a citation needs.

    NotBuiltError for a format that is only read.
    """
    if format.write is None:
        raise NotBuiltError(f"Writing {format.name} is not built yet.", "bibtex and csl-json are written.")
    return format.write(stripped(one) if bare else one for one in references)


def stripped(reference: Reference) -> Reference:
    """`reference` without remarks, provenance and headings. That more authors exist than are listed stays said."""
    return replace(
        reference,
        fields={name: value for name, value in reference.fields.items() if name not in _REMARKS},
        mesh=(), publication_types=(), sections=(), notices=(), relations=(), status=None, as_cited=(), aliases=(),
        extra={}, missing=tuple(one for one in reference.missing if one == "authors_rest"),
    )  # fmt: skip
