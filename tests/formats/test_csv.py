"""Tables: what we write we read back the same; rows are counted twice; formulas are harmless."""

from __future__ import annotations

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.formats.csv_files import CSV
from evidence.formats.csv_own import bare, harmless
from evidence.formats.csv_rows import Row, count, rows
from evidence.formats.encodings import Narrow
from evidence.model.reference import Parsed, Reference, Unread
from tests.formats.references import references

_SOUP = st.lists(
    st.sampled_from(['"', '""', ",", "a", "b c", "\n", "\r\n", "\r", " ", '",', '\n"', "1,2,3\n", "é"]), max_size=40
)


def written(*several: Reference) -> bytes:
    """The references as a table."""
    assert CSV.write is not None
    return "".join(CSV.write(several)).encode()


def pieces(data: bytes) -> list[Parsed | Unread]:
    """Every piece of a table."""
    return [one for one in CSV.read(io.BytesIO(data), "utf-8") if isinstance(one, Parsed | Unread)]


class Slow(io.BytesIO):
    """A stream that gives seven bytes at a time."""

    def read(self, _size: int | None = -1, /) -> bytes:
        """At most seven bytes."""
        return super().read(7)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(references(), min_size=1, max_size=3))
def test_read_of_write_is_the_same(several: list[Reference]) -> None:
    """Every field, name, date and custom thing survives."""
    data = written(*several)
    back = pieces(data)
    assert [one.reference for one in back if isinstance(one, Parsed)] == several
    assert CSV.count(io.BytesIO(data), "utf-8") == len(several)


@settings(max_examples=400, deadline=None)
@given(_SOUP, st.sampled_from([b",", b";", b"\t"]))
def test_rows_are_counted_alike(soup: list[str], delimiter: bytes) -> None:
    """The reader's rows are as many as the machine counts, whatever stands in the file and however it is read."""
    data = "".join(soup).encode()
    found = list(rows(Narrow(io.BytesIO(data), "utf-8"), delimiter))
    assert len(found) == count(Narrow(Slow(data), "utf-8"), delimiter)
    assert all(row.raw in data for row in found)


def test_unclosed_quote_spoils_one_row() -> None:
    """A row whose quotation is not closed is refused: its cells cannot be told apart. The rows after it are read."""
    data = b'Title,Authors,Year\r\n"Lost,Smith J,2000\r\n"Good, with a comma","Doe B",2001\r\n'
    first, second = pieces(data)
    assert isinstance(first, Unread)
    assert first.line == 2
    assert isinstance(second, Parsed)
    assert second.reference.title == "Good, with a comma"
    assert list(rows(Narrow(io.BytesIO(data), "utf-8"), b","))[1] == Row(b'"Lost,Smith J,2000', 2, whole=False)


@given(st.text(alphabet="'=+-@\t\r\0ab", max_size=6))
def test_formulas_are_harmless(text: str) -> None:
    """No cell that we write begins as a formula does, and each is read back as it was."""
    cell = harmless(text)
    assert cell[:1] not in set("=+-@\t\r\0")
    assert bare(cell) == text


def test_formula_in_a_table() -> None:
    """A title that is a formula gets an apostrophe, which --raw leaves out."""
    reference = Reference("k", "book", {"title": "=HYPERLINK(1)"})
    assert b"'=HYPERLINK(1)" in written(reference)
    assert CSV.write_raw is not None
    assert ",=HYPERLINK(1)," in "".join(CSV.write_raw([reference]))
