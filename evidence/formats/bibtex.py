"""BibTeX and biblatex: the format as one value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from evidence.formats.bibtex_blocks import count, starts_with_entry
from evidence.model.reference import Parsed, Reference, Unread
from evidence.ports import Format


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every entry of `source` in order; see `bibtex_read`. bibtexparser is loaded here, so that a search need not wait."""
    from evidence.formats import bibtex_read

    return bibtex_read.read(source, encoding)


def write(references: Iterable[Reference]) -> Iterator[str]:
    """`references` as a BibTeX file, entry by entry; see `bibtex_write`."""
    from evidence.formats import bibtex_write

    return bibtex_write.write(references)


BIBTEX = Format(
    name="bibtex", suffixes=(".bib", ".bibtex"), sniff=starts_with_entry, read=read, count=count, write=write
)
