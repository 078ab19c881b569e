"""Which format a file is in, what is said of files that are none of ours, and files made to break a reader."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from evidence.errors import EvidenceError, InputError, NotBuiltError, UsageError
from evidence.formats import BIBTEX, CSL_JSON, FORMATS, STUDY_FACTS, by_name, detect
from evidence.formats.registry import FORMATS as ALL
from evidence.ports import Format
from tests.conftest import Command

BIB = "@article{a, title = {Ü}}\n"


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "gb18030"]
)
@pytest.mark.parametrize("name", ["a.bib", "a.ris", "a.csv", "a.json", "a", "a.txt", "a.bib.gz"])
def test_content_decides_whatever_the_name(name: str, codec: str) -> None:
    """A wrong end of the name, or none, never decides against the content, in any encoding."""
    assert detect(name, BIB.encode(codec)) is BIBTEX
    assert detect(name, '[{"id": "a"}]'.encode(codec)) is CSL_JSON
    assert detect(name, '{"key": "a", "fact": "arm", "value": 1}\n'.encode(codec)) is STUDY_FACTS


@pytest.mark.parametrize(
    ("name", "head", "kind", "says"),
    [
        ("a.ris", b"PK\x03\x04\x14\0\0\0", InputError, "zip file"),
        ("a.zip", b"PK\x03\x04\x14\0\0\0", InputError, "zip file"),
        ("a.docx", b"PK\x03\x04\x14\0[Content_Types].xml", NotBuiltError, "docx"),
        ("a.xlsx", b"PK\x03\x04\x14\0xl/workbook.xml", InputError, "Excel"),
        ("a.pdf", b"%PDF-1.7", NotBuiltError, "pdf"),
        ("a.bib", b"BZh91AY", InputError, "bzip2"),
        ("a.ris", b"\xfd7zXZ\0\0", InputError, "xz"),
        ("z.sqlite", b"SQLite format 3\0\x10", InputError, "database"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", InputError, "Word or Excel"),
        ("a.rtf", b"{\\rtf1\\ansi", InputError, "RTF"),
        ("a.json", b"<!DOCTYPE html>\n<html><head><title>Sign in</title>", InputError, "web page"),
        ("a", b"\n <HTML lang=en>", InputError, "web page"),
        ("a.html", b"<!doctype html><html>", NotBuiltError, "html"),
        ("a", b'<?xml version="1.0"?>\n<!-- x -->\n<feed xmlns="atom"><entry/>', InputError, "<feed>"),
        ("a", b"\x01\x02\x03\x04" * 9, InputError, "not text"),
        ("a", b"words and nothing but words\n", InputError, "no format that is known"),
        (
            "a",
            b"1. Li A. Sleep in adults. J Sleep. 2001;3:4.\n2. Yu B. Naps at noon. J Sleep. 2002;3:9.\n",
            NotBuiltError,
            "list",
        ),
        ("a.txt", b"only words\n", NotBuiltError, "list"),
        ("a.md", b"# References\n", NotBuiltError, "list"),
    ],
)
def test_files_that_are_none_of_ours(name: str, head: bytes, kind: type[EvidenceError], says: str) -> None:
    """Each is told by what it is, with a hint that says what to do."""
    with pytest.raises(kind, match=says) as caught:
        detect(name, head)
    assert caught.value.hint
    assert name in caught.value.message


def test_a_format_nobody_knows() -> None:
    """The error says what was tried, how each of these begins, and how to name the format; it is exit 3."""
    with pytest.raises(InputError) as caught:
        detect("mystery.dat", b"%%mystery 1.0\nfoo: bar\n")
    assert caught.value.exit_code == 3
    assert all(known.name in caught.value.message for known in FORMATS)
    assert "--format" in caught.value.hint


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("bib", "bibtex"),
        ("BibLaTeX", "bibtex"),
        (".bib", "bibtex"),
        ("json", "csl-json"),
        ("zotero", "csl-json"),
        (" bibtex ", "bibtex"),
    ],
)
def test_other_names_of_formats(word: str, name: str) -> None:
    """Programs and people have several names for a format."""
    assert by_name(word).name == name


def test_xml_is_two_formats() -> None:
    """`xml` alone says too little: both formats are named."""
    with pytest.raises(UsageError, match=r"pubmed-xml and endnote-xml"):
        by_name("xml")


@pytest.mark.parametrize("word", ["medline", "pubmed", "enw", "endnote", "ciw", "isi", "tsv", "ris", "html"])
def test_synonyms_lead_to_the_contract(word: str) -> None:
    """Each of the contract's formats is read, or said to be not built yet; never unknown."""
    try:
        found = by_name(word).name
    except NotBuiltError as error:
        found = error.message.split()[0]
    assert found in {"nbib", "refer", "wos", "csv", "ris", "html"}


def test_a_format_by_force(tmp_path: object, command: Command, tmp_path_factory: pytest.TempPathFactory) -> None:
    """--format is obeyed against the content, and the receipt says when it found nothing; an unknown file ends with 3."""
    folder = tmp_path_factory.mktemp("forced")
    (folder / "a.bib").write_text(BIB, "utf-8")
    (folder / "what.dat").write_text("foo: bar\n", "utf-8")
    assert command("init", folder / "library").code == 0
    receipt = command("-L", folder / "library", "import", folder / "a.bib", "--format", "study-facts", "--json").json
    assert (receipt["read"], receipt["added"]) == (1, 0)
    told = command("-L", folder / "library", "import", folder / "what.dat", "--format", "bib", "--json")
    assert told.json["files"][0]["warnings"] == ["no entries were found in this file"]
    assert command("-L", folder / "library", "import", folder / "what.dat").code == 3


@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
def test_one_endless_line(known: Format) -> None:
    """20 MB on one line without a mark are read and counted in bounded memory, and end in pieces that are said."""
    stream = io.BytesIO(b"word" * (5 << 20))
    tracemalloc.start()
    pieces = [(type(piece).__name__, len(piece.raw)) for piece in known.read(stream, "utf-8")]
    stream.seek(0)
    counted = known.count(stream, "utf-8")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counted == len(pieces)
    assert peak < 100 << 20


@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
@pytest.mark.parametrize(
    "data", [b"\0" * 5000, b"\x01\x1b\x7f" * 999, b"\xff" * 999, b"\r" * 999, b"\xed\xa0\x80" * 99, b"<" * 9999]
)
def test_rubbish_spoils_no_reader(known: Format, data: bytes) -> None:
    """NULs, controls, bad UTF-8 and lone marks give pieces that are counted alike, and no exception but ours."""
    pieces = list(known.read(io.BytesIO(data), "utf-8"))
    assert known.count(io.BytesIO(data), "utf-8") == len(pieces)
