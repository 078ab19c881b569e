"""What RIS and NBIB are written from, they are read back as, whatever it is; other programs see plain tags."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from evidence.formats import by_name
from evidence.formats.mojibake import mended
from evidence.model.reference import Date, Name, Notice, Parsed, Reference
from tests.formats.references import references

TAGGED = ("ris", "nbib")
ALL = ("bibtex", "csl-json", "csv", *TAGGED)


def written(name: str, *several: Reference) -> bytes:
    """The references as a file of the format `name`."""
    write = by_name(name).write
    assert write is not None
    return "".join(write(several)).encode()


def read_back(name: str, data: bytes) -> list[Reference]:
    """The references of a file in which every piece can be read."""
    pieces = list(by_name(name).read(io.BytesIO(data), "utf-8"))
    assert all(isinstance(piece, Parsed) for piece in pieces), pieces
    return [piece.reference for piece in pieces if isinstance(piece, Parsed)]


@pytest.mark.parametrize("name", TAGGED)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(several=st.lists(references(), min_size=1, max_size=3))
def test_read_of_write_is_the_same(name: str, several: list[Reference]) -> None:
    """Every field, name, date and custom thing survives, and both ways of counting agree."""
    data = written(name, *several)
    assume(mended(data.decode())[0] == data.decode())
    assert read_back(name, data) == several
    assert by_name(name).count(io.BytesIO(data), "utf-8") == len(several)


FULL = Reference(
    "reeves2000knee", "article-journal",
    {"abstract": "AIM: To see. RESULTS: p < 0.05.", "container-title": "Alternative therapies", "container-title-short": "Altern Ther",
     "DOI": "10.5555/x", "issue": "2", "keyword": "knee; pain", "language": "en", "page": "68-74", "PMID": "10710805",
     "title": "A study of <i>x</i> and H<sub>2</sub>O: is it?", "volume": "6"},
    (Name(family="Reeves", given="K Dean"), Name(family="Meer", given="Jan", particle="van der"), Name(literal="Knee Study Group")),
    (Date("issued", ((2000, 3, 7),)),), publication_types=("Randomized Controlled Trial",),
    notices=(Notice("erratum", "J X. 2001;1:2. PMID: 3", source="PubMed"),), extra={"comment-on": ["J Y. 1999;1:1. PMID: 4"]},
)  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_a_whole_record(name: str) -> None:
    """A record with all that a reader holds comes back, also after being written again."""
    data = written(name, FULL)
    assert read_back(name, data) == [FULL]
    assert written(name, *read_back(name, data)) == data


def test_ris_is_plain() -> None:
    """Other programs find the work's own words under RIS's tags."""
    lines = written("ris", FULL).decode().split("\r\n")
    assert {"TY  - JOUR", "AU  - Reeves, K Dean", "AU  - van der Meer, Jan", "T2  - Alternative therapies", "SP  - 68", "EP  - 74",
            "PY  - 2000", "DO  - 10.5555/x", "KW  - knee", "ER  - "} <= set(lines)  # fmt: skip


def test_nbib_is_plain() -> None:
    """PubMed's own tags, wrapped as PubMed wraps them; a common record needs no tag of ours."""
    plain = Reference(None, FULL.type, {**FULL.fields, "title": "A study of x"}, FULL.names, FULL.dates)
    text = written("nbib", plain).decode()
    for line in ("PMID- 10710805", "FAU - Reeves, K Dean", "AU  - Reeves KD", "CN  - Knee Study Group", "DP  - 2000 Mar 7",
                 "LID - 10.5555/x [doi]", "TA  - Altern Ther", "PG  - 68-74", "TI  - A study of x."):  # fmt: skip
        assert f"{line}\n" in text, text
    assert all(len(line) <= 90 for line in text.splitlines() if not line.startswith("XCSL"))


@pytest.mark.parametrize("name", ALL)
@given(st.text(max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_breaks_out(name: str, text: str) -> None:
    """A title that holds the format's own marks makes one record, and no second one."""
    for title in (f"a\r\nER  - \r\nTY  - BOOK{text}", f"a\n\nPMID- 3{text}", f'a",b\n@book{{x,}}{text}', f"}}]{text}"):
        clean = " ".join(unicodedata.normalize("NFC", title).split()).encode("utf-8", "replace").decode()
        data = written(name, Reference("k", "book", {"title": clean}))
        assert by_name(name).count(io.BytesIO(data), "utf-8") == 1
        assert len(list(by_name(name).read(io.BytesIO(data), "utf-8"))) == 1
