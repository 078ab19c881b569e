"""The reader of EndNote's XML."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.formats import encoding_of
from evidence.formats.endnote_xml import ENDNOTE_XML
from evidence.model.csl import to_csl
from evidence.model.reference import Date, Name, Parsed, Reference, Unread
from tests.formats.xml_inputs import GOLDEN, broken_files, damaged, pieces_of

FILES = sorted(path for path in (GOLDEN / "endnote-xml").iterdir() if path.suffix != ".json")


def told(data: bytes) -> list[dict[str, Any]]:
    """Every piece of `data`, as an expected file holds it."""
    encoding = encoding_of(io.BytesIO(data))
    out: list[dict[str, Any]] = []
    for piece in ENDNOTE_XML.read(io.BytesIO(data), encoding):
        if isinstance(piece, Parsed):
            out.append({"line": piece.line, "item": to_csl(piece.reference), "warnings": list(piece.warnings)})
        elif isinstance(piece, Unread):
            out.append({"line": piece.line, "key": piece.key, "why": piece.why})
    assert ENDNOTE_XML.count(io.BytesIO(data), encoding) == len(out)
    return out


def only(inner: str, kind: str = "Journal Article") -> Reference:
    """The reference in one record that holds `inner`."""
    text = f'<xml><records><record><ref-type name="{kind}"/><titles><title>T</title></titles>{inner}</record></records></xml>'
    (piece,) = pieces_of(ENDNOTE_XML, text.encode())
    assert isinstance(piece, Parsed)
    return piece.reference


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_golden(path: Path) -> None:
    """What is read is what the expected file says, and the beginning tells the format."""
    data = path.read_bytes()
    assert told(data) == json.loads(path.with_name(f"{path.name}.expected.json").read_text(encoding="utf-8"))
    assert ENDNOTE_XML.sniff(data[:4096])


@pytest.mark.parametrize(
    ("styles", "expected"),
    [
        ('<style face="italic">E. coli</style><style face="normal"> in </style>CO<style face="subscript">2</style>.',
         "<i>E. coli</i> in CO<sub>2</sub>."),
        ('<style face="bold italic">Both</style> <style face="underline">plain</style>', "<i><b>Both</b></i> plain"),
        ('<style face="normal">p &lt; 0.05 &amp; <style face="superscript">x</style></style>', "p < 0.05 & <sup>x</sup>"),
        ("one&#xD;two\n three", "one two three"),
    ],
)  # fmt: skip
def test_styles_become_tags(styles: str, expected: str) -> None:
    """Italic, bold, raised and lowered text is kept as such, any other style is left out."""
    assert only(f"<abstract>{styles}</abstract>").fields["abstract"] == expected


def test_a_name_and_a_year_are_a_key() -> None:
    """A label that looks like a citation key is the key; any other stays a label."""
    assert only("<label>hale2000knee</label>").key == "hale2000knee"
    kept = only("<label>to read</label>")
    assert (kept.key, kept.extra["endnote-xml:label"]) == (None, "to read")


def test_a_comma_at_the_end_makes_a_group() -> None:
    """EndNote's sign for a group is a comma behind its name."""
    people = "<contributors><authors><author>Cochrane,</author><author>Hale, R.</author></authors></contributors>"
    assert only(people).names == (Name("author", literal="Cochrane"), Name("author", "Hale", "R."))


def test_the_first_day_of_an_article() -> None:
    """The edition of an article is the day of its electronic publication; of a book it is the edition."""
    assert only("<edition>2013/04/22</edition>").dates == (Date("available-date", ((2013, 4, 22),)),)
    assert only("<edition>2nd</edition>", "Book").fields["edition"] == "2nd"


def test_text_without_an_element_of_its_own_is_kept() -> None:
    """Words that stand straight in a list are one entry of it."""
    found = only("<keywords>knee; hip</keywords><urls>https://example.org/a</urls>")
    assert (found.fields["keyword"], found.fields["URL"]) == ("knee; hip", "https://example.org/a")


def test_numbers_of_pubmed() -> None:
    """An accession number is PubMed's where the database is; else it is kept."""
    name = "<remote-database-name>{}</remote-database-name><accession-num>29990001</accession-num>"
    assert only(name.format("NLM")).fields["PMID"] == "29990001"
    assert only(name.format("Ropebase")).extra["endnote-xml:accession-num"] == "29990001"


@settings(max_examples=100)
@given(broken_files("record"), st.integers(3, 90))
def test_pieces_are_counted(data: bytes, size: int) -> None:
    """However tags are damaged and hidden, the count is that of the pieces, in portions of any size."""
    assert pieces_of(ENDNOTE_XML, data, size) == pieces_of(ENDNOTE_XML, data)


@settings(max_examples=40)
@given(st.data())
def test_damaged_files(data: st.DataObject) -> None:
    """A file that lost bytes, or has some twice, is read to its end: every piece is a record or has its reason."""
    path = data.draw(st.sampled_from([path for path in FILES if "utf16" not in path.name]))
    for piece in pieces_of(ENDNOTE_XML, data.draw(damaged(path))):
        assert isinstance(piece, Parsed) or (isinstance(piece, Unread) and piece.why)


@pytest.mark.parametrize("head", [b"<PubmedArticleSet>", b"<collection><record><leader>", b"[]", b"<html><records>"])
def test_other_formats_are_not_taken(head: bytes) -> None:
    """Other XML is not EndNote's, even with records of its own."""
    assert not ENDNOTE_XML.sniff(head)
