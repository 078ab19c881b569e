"""What the BibTeX writer writes, the reader reads back the same."""

from __future__ import annotations

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.formats import BIBTEX
from evidence.model.reference import Parsed, Reference
from tests.formats.references import references


def written(*given_references: Reference) -> bytes:
    """The references as a .bib file."""
    assert BIBTEX.write is not None
    return "".join(BIBTEX.write(given_references)).encode()


def read_back(data: bytes) -> list[Reference]:
    """The references of a .bib file in which every entry can be read."""
    pieces = list(BIBTEX.read(io.BytesIO(data), "utf-8"))
    assert all(isinstance(piece, Parsed) for piece in pieces), pieces
    return [piece.reference for piece in pieces if isinstance(piece, Parsed)]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(references())
def test_read_of_write_is_the_same(reference: Reference) -> None:
    """Every field, name, date and custom thing survives; an empty reference has no fields and is no entry."""
    if reference == Reference(reference.key, reference.type):
        return
    assert read_back(written(reference)) == [reference]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(references(), max_size=4))
def test_written_again_it_is_the_same_text(several: list[Reference]) -> None:
    """Reading and writing a file of ours changes no byte, and both ways of counting agree."""
    several = [one for one in several if one != Reference(one.key, one.type)]
    data = written(*several)
    assert written(*read_back(data)) == data
    assert BIBTEX.count(io.BytesIO(data), "utf-8") == len(several)
