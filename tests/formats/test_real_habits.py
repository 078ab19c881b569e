"""Habits of real exports that a table of tags does not tell."""

from __future__ import annotations

import io

import pytest

from evidence.formats import by_name
from evidence.model.reference import Parsed


def read(name: str, text: str) -> Parsed:
    """The one record of a file."""
    (piece,) = by_name(name).read(io.BytesIO(text.encode()), "utf-8")
    assert isinstance(piece, Parsed)
    return piece


@pytest.mark.parametrize(
    "line",
    ["C5  - 30123456 (http://www.ncbi.nlm.nih.gov/pubmed/30123456)", "C3  - PUBMED 30123456,EMBASE 623456789",
     "C3  - EMBASE 623456789; PUBMED 30123456", "PM  - PUBMED 30123456", "XR  - PUBMED 30123456", "PM  - 30123456"],
)  # fmt: skip
def test_pubmed_numbers_of_other_databases(line: str) -> None:
    """Embase's and Cochrane's own ways of giving PubMed's number are read; nothing beside it is lost."""
    reference = read("ris", f"TY  - JOUR\nTI  - A title\n{line}\nER  - \n").reference
    assert reference.fields["PMID"] == "30123456"
    assert "EMBASE" not in line or "EMBASE 623456789" in str(reference.extra)


def test_an_address_that_is_not_pubmeds_gives_no_number() -> None:
    """Any other number with an address stays where it was."""
    assert (
        "PMID" not in read("ris", "TY  - JOUR\nTI  - A\nC5  - 301 (http://example.org/301)\nER  - \n").reference.fields
    )


def test_what_a_spreadsheet_made_is_told() -> None:
    """An issue "2-3" that became "02-Mar" is kept and told; a publisher's own phrase is no abstract."""
    piece = read(
        "csv", "Title,Year,Issue,Abstract\r\nA title,2001,Mar-02,[No abstract available] © 2001 The Authors\r\n"
    )
    assert piece.reference.fields["issue"] == "Mar-02"
    assert any("spreadsheet" in warning for warning in piece.warnings)
    assert "abstract" not in piece.reference.fields
