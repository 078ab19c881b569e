"""What the BibTeX writer writes, the reader reads back the same."""

from __future__ import annotations

import io
import re

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from evidence.formats import BIBTEX
from evidence.model.reference import Date, Parsed, Reference
from tests.formats.references import looks_sound, references, rich_texts


def written(*given_references: Reference) -> bytes:
    """The references as a .bib file."""
    assert BIBTEX.write is not None
    return "".join(BIBTEX.write(given_references)).encode()


def read_back(data: bytes) -> list[Reference]:
    """The references of a .bib file in which every entry can be read."""
    pieces = list(BIBTEX.read(io.BytesIO(data), "utf-8"))
    assert all(isinstance(piece, Parsed) for piece in pieces), pieces
    return [piece.reference for piece in pieces if isinstance(piece, Parsed)]


def test_a_date_in_words_that_looks_like_json_stays() -> None:
    """Braces and quotes at the beginning of a date's words are words."""
    reference = Reference("k", "book", {"title": "T"}, dates=(Date("accessed", literal='{"'),))
    assert read_back(written(reference)) == [reference]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(references())
def test_read_of_write_is_the_same(reference: Reference) -> None:
    """Every field, name, date and custom thing survives; an empty reference has no fields and is no entry."""
    if reference == Reference(reference.key, reference.type):
        return
    data = written(reference)
    assume(looks_sound(data))
    assert read_back(data) == [reference]


@settings(max_examples=100, deadline=None)
@given(rich_texts(), rich_texts(), rich_texts())
def test_tags_in_titles_and_abstracts_survive(title: str, series: str, abstract: str) -> None:
    """Italics, bold, lowered and raised text are LaTeX's commands in the file, and the same tags when it is read."""
    reference = Reference("k", "book", {"abstract": abstract, "collection-title": series, "title": title})
    data = written(reference)
    assume(looks_sound(data))
    assert read_back(data) == [reference]
    assert not re.search(rb"</?(?:i|b|su[bp])>", data)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(references(), max_size=4))
def test_written_again_it_is_the_same_text(several: list[Reference]) -> None:
    """Reading and writing a file of ours changes no byte, and both ways of counting agree."""
    several = [one for one in several if one != Reference(one.key, one.type)]
    data = written(*several)
    assume(looks_sound(data))
    assert written(*read_back(data)) == data
    assert BIBTEX.count(io.BytesIO(data), "utf-8") == len(several)
