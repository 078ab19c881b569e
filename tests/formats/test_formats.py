"""Which format a file is in, and CSL-JSON and study facts where they are broken."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import assume, given, settings

from evidence.errors import InputError, NotBuiltError, UsageError
from evidence.formats import CSL_JSON, FORMATS, STUDY_FACTS, by_name, detect, encoding_of
from evidence.model.reference import Parsed, Reference, Section, Unread
from evidence.ports import ParsedFact
from tests.formats.references import looks_sound, rich_texts

ITEMS = b'[{"id":"a","title":"x \\" y"},\n {"id":"b","n":[1,{"q":2}]}, 5, "x", [1], {"id":"z"}]'


@pytest.mark.parametrize(
    ("name", "head", "found"),
    [
        ("a.bib", b"@article{a, title={x}}", "bibtex"),
        ("unnamed", b"\xef\xbb\xbf% header\n  @ARTICLE {a,", "bibtex"),
        ("wrong.json", b"@misc(a, title={x})", "bibtex"),
        ("a.txt", b'[{"id": "a"}]', "csl-json"),
        ("a", b'{"items": [{"id": "a"}]}', "csl-json"),
        ("a.jsonl", b'{"id": "a", "type": "book"}\n', "csl-json"),
        ("a.jsonl", b'{"key": "a", "fact": "arm", "value": 1}\n{', "study-facts"),
        ("long.bib", b"comment " * 512, "bibtex"),
    ],
)
def test_content_decides(name: str, head: bytes, found: str) -> None:
    """The beginning of a file says what it is, whatever it is called."""
    assert detect(name, head).name == found


@pytest.mark.parametrize(
    ("head", "says"),
    [(b"", "holds no entries"), (b"\n \n", "holds no entries"), (b"[]", "holds no entries"), (b"only words", "holds no entries"),
     (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\2\3", "not text")],
)  # fmt: skip
def test_files_without_entries(head: bytes, says: str) -> None:
    """An empty file, one with no entries and binary rubbish are input errors, in a plain sentence with a hint."""
    with pytest.raises(InputError, match=says) as caught:
        detect("a.bib", head)
    assert caught.value.hint


@pytest.mark.parametrize(("name", "head"), [("a.md", b"x"), ("a.pdf", b"%PDF-1.4"), ("a.html", b"<p>")])
def test_later_formats(name: str, head: bytes) -> None:
    """What the contract names and this version cannot read is said so."""
    with pytest.raises(NotBuiltError):
        detect(name, head)


def test_by_name() -> None:
    """Formats are found by name; later and unknown ones are told apart."""
    assert [by_name(one.name) for one in FORMATS] == list(FORMATS)
    with pytest.raises(NotBuiltError):
        by_name("docx")
    assert by_name("medline").name == "nbib"
    with pytest.raises(UsageError):
        by_name("foo")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [(b"plain", "utf-8"), ("é".encode(), "utf-8"), ("é".encode("latin-1"), "cp1252"), (b"\xef\xbb\xbfa", "utf-8-sig"),
     ("ab".encode("utf-16"), "utf-16"), ("abcd".encode("utf-16-be"), "utf-16-be"),
     ("% Encoding: windows-1254\n@x{ğ}".encode("cp1254"), "cp1254"), ("% Encoding: ISO-8859-1\né".encode("cp1252"), "cp1252"),
     (b"% Encoding: windows-9999\n\xe9", "cp1252"), ("% Encoding: windows-1254\nğ".encode(), "utf-8"),
     (("é" * 9).encode() + b"\xe9", "utf-8"), (b"", "utf-8")],
)  # fmt: skip
def test_encodings(data: bytes, encoding: str) -> None:
    """The mark decides, then what most of the file is; the stream is rewound."""
    stream = io.BytesIO(data)
    assert encoding_of(stream) == encoding
    assert stream.tell() == 0


def test_json_pieces_are_counted_and_slices() -> None:
    """Whatever is done to a file of items, what is counted is what is yielded, each a slice of the file."""
    chance = random.Random(1)
    for _ in range(1500):
        out = bytearray(ITEMS)
        for _ in range(chance.randint(0, 6)):
            at = chance.randrange(len(out) + 1)
            if chance.random() < 0.4:
                del out[at : at + chance.randint(1, 5)]
            else:
                out[at:at] = chance.choice(
                    [b'"', b"\\", b"{", b"}", b"[", b"]", b",", b"x", b"\n", b" ", b"\0", b"\xe9"]
                )
        data = bytes(out)
        pieces = list(CSL_JSON.read(io.BytesIO(data), "utf-8"))
        assert CSL_JSON.count(io.BytesIO(data), "utf-8") == len(pieces)
        assert all(piece.raw in data for piece in pieces)


@pytest.mark.parametrize("data", [b"[" * 100_000, b'[{"a":' * 100_000, b'[{"id": "' + b"a\\\\" * 100_000])
def test_hostile_json(data: bytes) -> None:
    """Depth and open strings are unread, and no recursion error."""
    pieces = list(CSL_JSON.read(io.BytesIO(data), "utf-8"))
    assert CSL_JSON.count(io.BytesIO(data), "utf-8") == len(pieces) == 1
    assert isinstance(pieces[0], Unread)


def test_no_references_are_an_empty_array() -> None:
    """An export of nothing is still JSON."""
    assert CSL_JSON.write is not None
    assert "".join(CSL_JSON.write([])) == "[]\n"


@settings(max_examples=60, deadline=None)
@given(rich_texts(), rich_texts(), rich_texts())
def test_csl_json_keeps_tags(title: str, journal: str, text: str) -> None:
    """Italics, bold, lowered and raised text travel as they are, in abstract sections too."""
    assert CSL_JSON.write is not None
    fields = {"abstract": text, "container-title": journal, "original-title": title, "title": title}
    reference = Reference("a", "article-journal", fields, sections=(Section("AIM", text),))
    data = "".join(CSL_JSON.write([reference])).encode()
    assume(looks_sound(data))
    (back,) = CSL_JSON.read(io.BytesIO(data), "utf-8")
    assert isinstance(back, Parsed)
    assert back.reference == reference


def test_study_facts() -> None:
    """A good line is a fact by a person; others are unread with their line and reason; blank lines are none."""
    lines = (
        b'{"key": "a", "fact": "participants", "value": 60, "unit": "people", "place": "abstract", "words": "60 patients", "read": "2026-11-21"}\n'
        b'\nnot json\n[1]\n{"fact": "arm", "value": 1}\n{"key": "a", "fact": "arm"}'
    )
    good, *bad = STUDY_FACTS.read(io.BytesIO(lines), "utf-8")
    assert STUDY_FACTS.count(io.BytesIO(lines), "utf-8") == 5
    assert isinstance(good, ParsedFact)
    assert (good.key, good.fact.name, good.fact.value, good.fact.field, good.fact.quote) == (
        "a", "participants", 60, "abstract", "60 patients",
    )  # fmt: skip
    assert [piece.line for piece in bad] == [3, 4, 5, 6]
    assert all(isinstance(piece, Unread) and piece.why for piece in bad)


def test_csl_json_keeps_what_it_read_before_a_fault() -> None:
    """A file that ends in the middle gives its whole items and one unread piece."""
    pieces = list(CSL_JSON.read(io.BytesIO(b'[{"id": "a", "title": "t"}, {"id": "b'), "utf-8"))
    assert [type(piece) for piece in pieces] == [Parsed, Unread]


def test_csl_json_texts_are_clean() -> None:
    """NUL, half surrogates and decomposed letters never reach a value, markup only as four tags; NaN is no JSON."""
    data = rb'[{"id": "a", "title": "N\u0000ul \ud800 <i>E</i>. coli &amp; n < 3 e\u0301"}, {"id": "b", "volume": NaN}]'
    good, bad = CSL_JSON.read(io.BytesIO(data), "utf-8")
    assert isinstance(good, Parsed)
    assert good.reference.title == "Nul ? <i>E</i>. coli & n < 3 é"
    assert isinstance(bad, Unread)
    assert "NaN" in bad.why
