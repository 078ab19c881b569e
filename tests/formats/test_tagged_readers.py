"""RIS, refer, Web of Science and Ovid: every piece is found and counted, however broken, and nothing of it is lost."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.formats import marks, tagged
from evidence.formats.abstracts import sections
from evidence.formats.dates import date
from evidence.formats.journals import in_order, is_short_for, looks_full
from evidence.formats.language_codes import language_code
from evidence.formats.ovid import OVID
from evidence.formats.ovid_source import Place, place
from evidence.formats.refer import REFER
from evidence.formats.ris import RIS
from evidence.formats.wos import WOS
from evidence.model.csl import to_csl
from evidence.model.limits import NAMES
from evidence.model.reference import Date, Parsed, Reference, Section, Unread
from evidence.ports import Format, Piece

FORMATS = (RIS, REFER, WOS, OVID)
FRAGMENTS = {
    "ris": [
        "TY  - JOUR", "TY  - ", "TY - JOUR", "TY-JOUR", "ty  - book", "TY  - Journal Article", "TY  - two words", "TY -",
        "TY - foo", "TY  - " + "x" * 80, "TY  - " + "x" * 81, "TY  - J\vO", "TY  - \f", "\ufeff  TY  - JOUR", "ER  - ", "ER  -",
        "ER-", "ER", "er  -", "ER  - x", "ER  - \x00", "ER  -" + " " * 255, "ER  -" + " " * 256, "ER     -", "AU  - Smith, J",
        "AU - Smith", "au  - x", "AU  -", "AU  -" + " " * 64 + "x", "AU  -" + " " * 65 + "x", "AU  -\vx", "ZZ  - unknown",
        "NL  - x", "text", "OR - 2.4", "1.", "é", "X" * 3000,
    ],
    "refer": [
        "%0 Journal Article", "%0", "%0\t", "%0Book", "%A Smith", "%T x", "%K a", "b", "%X para", "", "", "%U u", "%q x", "% x", "%",
        "%%", "%é x", "%A", "%J", "50% of", "\ufeff%0 Book", "  %0 Book", " " * 64 + "%A", " " * 65 + "%A", "%\x7f x", "X" * 3000,
        " " * 64, " " * 65,
    ],
    "wos": [
        "PT J", "PT  J  ", "PT", "PT J K", "PT 1", "ER", "ER  ", "ER x", "ER\x00", "EF", "FN Clarivate", "FN ", "VR 1.0", "AU Smith, J",
        "   Li, X", "TI Title", "SO J", "ZZ x", "PY 2001", "AU", "   PT J", "  ER", "\ufeffPT J", "\ufeffER", "text", "AU \vx",
        "AU " + " " * 64 + "x", "AU " + " " * 65 + "x", "PT " + "a" * 20, "PT " + "a" * 21, "X" * 3000,
    ],
    "ovid": [
        "<1>", "<12. >", "<1 >", "<>", "<12345678>", "<1> ", " <1>", "<1>" + " " * 64, "<1>" + " " * 65, "VN  - Ovid", "VN - Ovid",
        "VN   - x", "VN  - ", "VN  - \vx", "Unique Identifier", "Unique Identifier x", "Accession Number", "Title", "  value",
        "AU  - x", "TI - y", "\ufeff<1>", "\ufeffVN  - O", "Source", "Database: x", "", "text", "X" * 3000,
    ],
}  # fmt: skip
LINE_ENDS = st.sampled_from([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r", "\n\n", "\r\r\n", "\n\r"]])


class Drop(io.BytesIO):
    """A stream that gives at most `most` bytes at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self.most = most

    def read(self, size: int | None = -1, /) -> bytes:
        """At most `most` bytes."""
        return super().read(self.most if size is None or size < 0 else min(size, self.most))


@st.composite
def soups(draw: st.DrawFn, name: str) -> bytes:
    """Lines of a format and what looks like them, in any order, cut anywhere."""
    ends = draw(LINE_ENDS)
    lines = draw(st.lists(st.tuples(st.sampled_from(FRAGMENTS[name]), st.sampled_from(ends)), max_size=16))
    data = "".join(line + end for line, end in lines).encode()
    return data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data


def pieces_of(used: Format, data: bytes, most: int = 1 << 20, encoding: str = "utf-8") -> list[Piece]:
    """Every piece of `data`, read `most` bytes at a time."""
    return list(used.read(Drop(data, most), encoding))


def items(used: Format, text: str) -> list[Reference]:
    """The references in `text`; all of it must be read."""
    found = pieces_of(used, text.encode())
    assert all(isinstance(piece, Parsed) for piece in found)
    return [piece.reference for piece in found if isinstance(piece, Parsed)]


def misplaced(data: bytes, found: list[Piece]) -> list[int]:
    """The lines of pieces whose bytes do not stand on their line, behind blanks, and behind the piece before."""
    starts = [0, *(end.end() for end in re.finditer(rb"\r\n?|\n", data))]
    wrong, at = [], 0
    for piece in found:
        start = starts[piece.line - 1]
        rest = (
            data[start:].replace(b"\xef\xbb\xbf", b"", 1)
            if data[start:].lstrip()[:3] == b"\xef\xbb\xbf"
            else data[start:]
        )
        if start < at or not piece.raw or not rest.lstrip(b" \t").startswith(piece.raw):
            wrong.append(piece.line)
        at = start + len(piece.raw)
    return wrong


@pytest.mark.parametrize("used", FORMATS, ids=lambda used: used.name)
@settings(max_examples=120, deadline=None)
@given(data=st.data(), most=st.sampled_from([1, 2, 7, 61, 1000, 1 << 20]))
def test_pieces_are_those_that_are_counted(used: Format, data: st.DataObject, most: int) -> None:
    """Whatever the lines, wherever the cut, however the bytes come in: both ways of counting agree, each byte in place."""
    soup = data.draw(soups(used.name))
    found = pieces_of(used, soup)
    assert used.count(Drop(soup, most), "utf-8") == len(found)
    assert pieces_of(used, soup, most) == found
    assert misplaced(soup, found) == []


@pytest.mark.parametrize("used", FORMATS, ids=lambda used: used.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data(), chunk=st.sampled_from([200, 700, 1500]))
def test_pieces_that_are_too_long_are_counted(used: Format, data: st.DataObject, chunk: int) -> None:
    """What goes beyond the limit is refused, and found and counted as any other piece."""
    soup = data.draw(soups(used.name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "RECORD", 2000)
        patch.setattr(marks, "CHUNK", chunk)
        found = pieces_of(used, soup)
        assert used.count(io.BytesIO(soup), "utf-8") == len(found)
        assert all(len(piece.raw) <= 2000 for piece in found)
    assert [piece.line for piece in found] == [piece.line for piece in pieces_of(used, soup)]


TAGS = {
    "ris": sorted({*(f"{a}{b}" for a in "ABCDIJLMNPSTUVXYZ" for b in "123ABDEFKLNOPRTUY"), "JO", "T3", "J2", "C7"} - {"ER", "TY"}),
    "refer": [chr(code) for code in range(33, 127) if chr(code) != "0"],
    "wos": ["AU", "BA", "BE", "CA", "GP", "TI", "SO", "SE", "DT", "DE", "ID", "AB", "C1", "OI", "RI", "CR", "PU", "PI", "SN", "EI",
            "BN", "J9", "JI", "PD", "PY", "EA", "CY", "VL", "IS", "SU", "BP", "EP", "AR", "DI", "PM", "UT", "QQ"],
    "ovid": ["DB", "UI", "PM", "ST", "TI", "SO", "AU", "IN", "PB", "MH", "KW", "AB", "IS", "IB", "DO", "LG", "PT", "YR", "DP", "XL",
             "BT", "ED", "OT", "AS", "AN", "JN", "ZZ"],
}  # fmt: skip
FIRST = {
    "ris": st.sampled_from(["JOUR", "BOOK", "CHAP", "CPAPER", "RPRT", "THES", "NEWS", "GEN", "XYZ"]).map(
        "TY  - {}\n".format
    ),
    "refer": st.sampled_from(["Journal Article", "Book", "Book Section", "Report", "Thesis", "Odd"]).map(
        "%0 {}\n".format
    ),
    "wos": st.sampled_from("JBSCP").map("PT {}\n".format),
    "ovid": st.just("<1>\nVN  - Ovid\n"),
}
LINE = {"ris": "{}  - {}\n", "refer": "%{} {}\n", "wos": "{} {}\n", "ovid": "{}  - {}\n"}
LAST = {"ris": "ER  - \n", "refer": "", "wos": "ER\n", "ovid": ""}


@pytest.mark.parametrize("used", FORMATS, ids=lambda used: used.name)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_nothing_is_lost(used: Format, data: st.DataObject) -> None:
    """Every word of every field of a record is somewhere in its reference, whatever the tags, types and repetitions."""
    tags = data.draw(st.lists(st.sampled_from(TAGS[used.name]), min_size=2, max_size=14))
    words = [f"Word{at}x" for at in range(len(tags))]
    body = "".join(LINE[used.name].format(tag, word) for tag, word in zip(tags, words, strict=True))
    found = pieces_of(used, (data.draw(FIRST[used.name]) + body + LAST[used.name]).encode())
    assert len(found) == 1
    assert isinstance(found[0], Parsed)
    held = json.dumps(to_csl(found[0].reference))
    assert [word for word in words if word not in held] == []


@pytest.mark.parametrize("used", FORMATS, ids=lambda used: used.name)
def test_ten_thousand_names_and_more(used: Format) -> None:
    """Of 12,000 authors the first 10,000 are kept and the rest are counted and said; nobody waits for it."""
    tag = "AU" if used.name in {"ris", "ovid"} else "A" if used.name == "refer" else None
    if tag:
        people = "".join(LINE[used.name].format(tag, f"Name{at}, A") for at in range(12_000))
    else:
        people = "AU " + "   ".join(f"Name{at}, A\n" for at in range(12_000))
    first = {"ris": "TY  - JOUR\n", "refer": "%0 Journal Article\n", "wos": "PT J\n", "ovid": "<1>\nVN  - Ovid\n"}[
        used.name
    ]
    (piece,) = pieces_of(used, (first + people + LAST[used.name]).encode())
    assert isinstance(piece, Parsed)
    assert len(piece.reference.names) == NAMES
    assert any(warning.startswith("2000 names beyond") for warning in piece.warnings)


HOSTILE = {
    "ris": [
        "TY  - JOUR\nAB  - " + "ER  - x\n" * 30_000 + "ER  - \n", "TY  - JOUR\nTI  - a\n" + "b\n" * 100_000 + "ER  - \n",
        "TY  - JOUR\n" + "".join(f"SN  - {at:05}\n" for at in range(20_000)) + "ER  - \n",
        "TY  - JOUR\nPY  - " + "/" * 300_000 + "\nER  - \n", "TY  - JOUR\nSP  - 1" + "-" * 300_000 + "\nER  - \n",
        "TY  - JOUR\nAU  - " + "A " * 150_000 + "\nER  - \n", "TY  - JOUR\nTI  - " + "[" * 300_000 + "\nER  - \n",
        "TY  - JOUR\nJF  - " + "a " * 150_000 + "\nJO  - " + "a " * 140_000 + "\nER  - \n",
        "TY  - JOUR\nAB  - " + "A: " * 100_000 + "\nER  - \n", "TY  - JOUR\nDO  - " + "10.1" * 70_000 + "\nER  - \n",
        "TY  - JOUR\nSN  - " + "1234 " * 60_000 + "\nER  - \n" + "AU" * 200_000, "TY  - " * 60_000, "\n" * 300_000,
        "TY  - JOUR\n" + "A1  - a\nAU  - b\n" * 20_000, "TY  - JOUR\nKW  - " + ";" * 300_000 + "\nER  - \n",
    ],
    "refer": ["%0 Book\n" + "%K a\n%Z b\n%@ c\n" * 20_000, "%" * 300_000, "%A\n\n" * 50_000, "%0 Book\n%X " + "\n" * 300_000],
    "wos": ["PT J\nC1 " + "[a; " * 60_000 + "\nER\n", "PT J\nAU " + "a;" * 100_000 + "\nER", "PT J\n" + "   x\n" * 60_000, "PT " * 90_000],
    "ovid": [
        "<1>\nAuthors\n  " + "A. " * 100_000, "<1>\nAuthors\n  " + "1 " * 100_000, "<1>\nSource\n  " + "a. " * 199,
        "<1>\nSource\n  " + "a. (" * 140, "<1>\nSource\n  " + "a. Conference: " * 39, "<1>\nSource\n  " + "a. 1(1):1, " * 50,
        "<1>\nTI  - x\nIS  - 1\n" + "IS  - 2\n" * 20_000, "<" * 300_000,
    ],
}  # fmt: skip


@pytest.mark.parametrize("used", FORMATS, ids=lambda used: used.name)
def test_hostile_records_end(used: Format) -> None:
    """What would keep a careless pattern busy for hours is read or refused, and counted."""
    for text in HOSTILE[used.name]:
        found = pieces_of(used, text.encode())
        assert used.count(io.BytesIO(text.encode()), "utf-8") == len(found)


def test_a_record_beyond_the_limit_spoils_no_other() -> None:
    """A record of nine MiB on one line is refused with its line; the one after it is read."""
    data = (
        b"TY  - JOUR\nTI  - a\nER  - \nTY  - JOUR\nAB  - "
        + b"x" * (9 << 20)
        + b"\nER  - \nTY  - JOUR\nTI  - b\nER  - \n"
    )
    first, second, third = pieces_of(RIS, data)
    assert isinstance(second, Unread)
    assert (first.line, second.line, third.line) == (1, 4, 7)
    assert second.why.startswith("it is longer than 8 MiB")
    assert isinstance(third, Parsed)
    assert third.reference.title == "b"
    assert RIS.count(io.BytesIO(data), "utf-8") == 3


def test_text_without_marks_is_not_held() -> None:
    """Thirty megabytes in which no record begins leave no piece, and no more than the limit in memory."""
    data = b"no record " * 3_000_000
    cutter = marks._Cutter(marks.Marks({"outside": b"(?P<begin_outside>TY)"}))
    most = 0
    for at in range(0, len(data), 1 << 18):
        assert not list(cutter.take(data[at : at + (1 << 18)]))
        most = max(most, len(cutter._buffer) + len(cutter._kept))
    assert most < (17 << 20)
    assert pieces_of(RIS, data) == []


def test_stray_text_is_told_and_numbers_are_not() -> None:
    """What stands between records is named in a warning, unless it is what programs print there."""
    text = "Record #1 of 2\n1.\nTY  - JOUR\nTI  - a\nER  - \n2.\nTY  - JOUR\nTI  - b\nER  - \nlost words\n"
    first, second = pieces_of(RIS, text.encode())
    assert isinstance(first, Parsed)
    assert isinstance(second, Parsed)
    assert first.warnings == ()
    assert second.warnings == ("text after the end of the record is not read: 'lost words'",)
    assert second.raw.endswith(b"lost words")
    assert first.raw == b"TY  - JOUR\nTI  - a\nER  - "


def test_a_text_may_look_like_an_end() -> None:
    """`ER  - positive` within an abstract ends nothing, and neither does `TY  - JOUR is a type`."""
    text = "TY  - JOUR\nAB  - Cells were\nER  - positive and\nTY  - JOUR is a type\nKW  - a\nER  - \n"
    (item,) = items(RIS, text)
    assert item.fields["abstract"] == "Cells were ER - positive and TY - JOUR is a type"


@pytest.mark.parametrize(
    ("database", "pmid"),
    [
        ("DB  - Ovid MEDLINE(R)", True),
        ("DP  - NLM", True),
        ("DP  - PubMed", True),
        ("DB  - Embase", False),
        ("DP  - 2024 Jan", False),
    ],
)
def test_an_accession_number_is_pubmeds_only_where_it_is_said(database: str, pmid: bool) -> None:
    """AN is a PMID beside MEDLINE, PubMed or NLM; beside another database it is kept as it is."""
    (item,) = items(RIS, f"TY  - JOUR\nTI  - a\nAN  - 29990001\n{database}\nER  - \n")
    assert item.fields.get("PMID") == ("29990001" if pmid else None)
    assert item.extra.get("ris:AN") == (None if pmid else "29990001")


@pytest.mark.parametrize(
    ("short", "full", "is_it"),
    [
        ("Ann Fam Med", "Annals of family medicine", True),
        ("J. Bone Joint Surg. Am.", "The Journal of bone and joint surgery. American volume", True),
        ("Annals of family medicine", "Ann Fam Med", False),
        ("Pain", "Pain", False),
        ("Clin Rehabil", "Annals of family medicine", False),
        ("Lancet", "Lancet (London, England)", False),
    ],
)
def test_short_names_of_journals(short: str, full: str, is_it: bool) -> None:
    """A short name is made of the beginnings of the full one's words, in order."""
    assert is_short_for(short, full) is is_it


def test_names_of_journals_change_places() -> None:
    """Only where the given full name is short for the given short one."""
    assert in_order("Ann Fam Med", "Annals of family medicine") == ("Annals of family medicine", "Ann Fam Med")
    assert in_order("Annals of family medicine", "Ann Fam Med") == ("Annals of family medicine", "Ann Fam Med")
    assert in_order("Pain", "Spine") == ("Pain", "Spine")


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("Annals of family medicine", True), ("Pain Medicine", True), ("Pain", True), ("Ann Fam Med", False), ("Clin. Rehabil.", False),
        ("Arthritis Rheum", False), ("Am J Sports Med", False), ("Osteoarthritis and Cartilage", True), ("", False),
    ],
)  # fmt: skip
def test_full_names_of_journals(name: str, full: bool) -> None:
    """A name is a full one when it has no stop and a little word, or whole words only."""
    assert looks_full(name) is full


def test_sections_of_an_abstract() -> None:
    """Two known labels in capitals make parts; what stands before is one too; one label alone, or small letters, do not."""
    text = "Seen late. METHODS: We saw (95% CI: 1 to 2). MAIN OUTCOME MEASURES: Pain. RESULTS: None."
    assert sections(text) == (
        Section("", "Seen late."),
        Section("METHODS", "We saw (95% CI: 1 to 2)."),
        Section("MAIN OUTCOME MEASURES", "Pain."),
        Section("RESULTS", "None."),
    )
    assert sections("METHODS: one. And RCT: no label.") == ()
    assert sections("Methods: one. Results: two.") == ()
    assert sections("METHODS: one.", least=1) == (Section("METHODS", "one."),)
    assert sections("PATIENTS AND METHODS: a RESULTS: b") == (
        Section("PATIENTS AND METHODS", "a"),
        Section("RESULTS", "b"),
    )


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="AMETHODS RESULT:. abc()", max_size=120))
def test_sections_hold_the_whole_text(text: str) -> None:
    """The parts, printed as MEDLINE does, are the text, blanks aside."""
    plain = " ".join(text.split())
    if found := sections(plain):
        printed = " ".join(f"{one.label}: {one.text}" if one.label else one.text for one in found)
        assert "".join(printed.split()) == "".join(plain.split())


@pytest.mark.parametrize(
    ("text", "parts", "season"),
    [
        ("2003 SUM", ((2003,),), 2), ("2016//", ((2016,),), None), ("20160307//", ((2016, 3, 7),), None),
        ("2019/10//undefined", ((2019, 10),), None), ("2020/05/05/12:00:00", ((2020, 5, 5),), None),
        ("2020-05-01 09:00:00", ((2020, 5, 1),), None), ("AUG 2019", ((2019, 8),), None), ("2013 MAR-APR", ((2013, 3), (2013, 4)), None),
        ("2000///Spring", ((2000,),), 1),
    ],
)  # fmt: skip
def test_dates_of_exports(text: str, parts: tuple[tuple[int, ...], ...], season: int | None) -> None:
    """What the databases print for a date."""
    found = date(text)
    assert found == Date("issued", parts, season)


def test_no_date() -> None:
    """Blanks and zeros are no date; what is none keeps its year and its words."""
    assert date("2000/13/07") == Date("issued", ((2000,),), literal="2000/13/07")
    assert date("in press") == Date("issued", literal="in press")
    assert date(" / ") is None
    assert date("0000") is None


def test_languages() -> None:
    """Names and codes of three letters are codes of two; what is not known stays."""
    assert [language_code(text) for text in ("eng", "English", "de", "ger", "Klingon")] == [
        "en",
        "en",
        "de",
        "de",
        "Klingon",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ann Med. 11(3):229-37, 2013 May-Jun.", Place("Ann Med", "11", "3", "229-37", "2013 May-Jun")),
        ("J Lig. American Volume. 3:15-9, 1956 Mar.", Place("J Lig. American Volume", "3", "", "15-9", "1956 Mar")),
        (
            "Ecology.   8(6):1048-64, September 2015.".replace("   ", " "),
            Place("Ecology", "8", "6", "1048-64", "September 2015"),
        ),
        ("Pain. 17 (9) (pp 1298-1305), 2013.", Place("Pain", "17", "9", "1298-1305", "2013")),
        ("Psych. Vol.12(3), 2013, pp. 123-134.", Place("Psych", "12", "3", "123-134", "2013")),
        ("Lancet. 381(9871), 2013 Mar 23.", Place("Lancet", "381", "9871", "", "2013 Mar 23")),
        ("It was somewhere in a journal", None),
    ],
)
def test_source_lines_of_ovid(text: str, found: Place | None) -> None:
    """Journal, volume, issue, pages and date from the one line in which Ovid prints them."""
    assert place(text) == found


def test_numbers_of_serials() -> None:
    """ISSN and ISBN are told by form and check digit, several are joined, words beside them go."""
    text = "TY  - JOUR\nTI  - a\nSN  - 2049-3630 (Print)\nSN  - 2434561X (Electronic)\nSN  - 9780306406157\nSN  - 12\nER  - \n"
    (piece,) = pieces_of(RIS, text.encode())
    assert isinstance(piece, Parsed)
    assert piece.reference.fields["ISSN"] == "2049-3630, 2434-561X"
    assert piece.reference.fields["ISBN"] == "9780306406157"
    assert piece.reference.extra["ris:SN"] == "12"
    assert piece.warnings == ("'12' is no ISSN: kept as ris:SN",)


def test_many_warnings_are_counted() -> None:
    """No more warnings of one record are told than a person reads."""
    text = "TY  - JOUR\nTI  - a\n" + "".join(f"DO  - none {at}\n" for at in range(50)) + "ER  - \n"
    (piece,) = pieces_of(RIS, text.encode())
    assert isinstance(piece, Parsed)
    assert len(piece.warnings) == tagged._MOST_TOLD + 1
    assert piece.warnings[-1] == "and 30 more"


@pytest.mark.parametrize("used", FORMATS, ids=lambda used: used.name)
def test_sniffing(used: Format) -> None:
    """Each format knows its own beginning, with a mark of order or in UTF-16 too, and no other format's."""
    begins = {
        "ris": "TY  - JOUR\nAU  - a\n", "refer": "%0 Book\n%A a\n", "wos": "FN Clarivate\nVR 1.0\nPT J\nAU a\n",
        "ovid": "<1>\nUnique Identifier\n  1\n",
    }  # fmt: skip
    for name, text in begins.items():
        for head in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("utf-16-be")):
            assert used.sniff(head) is (name == used.name)
    for other in (
        b"",
        b"@article{a,\n}",
        b"[{}]",
        b"PMID- 1\nTI  - a\n",
        b"<?xml version='1.0'?>\n<1>",
        b"Title,Authors\n",
    ):
        assert not used.sniff(other)
