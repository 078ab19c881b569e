"""Rows of numbers are packed and unpacked, and what is no such row is refused."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.search.packing import decoded, encoded, pack, unpack
from evidence.search.whoosh_files import FileOut, Table
from evidence.search.whoosh_segment import pair, row, rows

NUMBERS = st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 255), max_size=400)


@given(NUMBERS, st.integers(1, 300))
def test_what_is_packed_is_unpacked(numbers: list[int], times: int) -> None:
    """Any numbers, few or many, alike or not."""
    for one in (numbers, numbers[:3] * times):
        how, data = pack(one)
        assert how < 8
        assert unpack(how, data, len(one)).tolist() == one


def test_a_row_that_unpacks_to_more_is_refused() -> None:
    """Neither a cut row nor one that would swell is read."""
    how, data = pack([1] * 100_000)
    assert len(data) < 1000
    for wrong in (99_999, 100_001):
        with pytest.raises(ValueError, match="length"):
            unpack(how, data, wrong)
    with pytest.raises(zlib.error):
        unpack(how, b"no such thing", 10)


@given(st.lists(st.tuples(st.integers(0, 7), NUMBERS.filter(bool), st.booleans()), max_size=4))
def test_terms_keep_their_rows(made: list[tuple[int, list[int], bool]]) -> None:
    """Field, documents and positions come back; a cut value is refused."""
    value = b"".join(row(field, numbers, numbers[::-1] if placed else ()) for field, numbers, placed in made)
    found = [(one.field, one.documents().tolist(), bool(one.packed_positions)) for one in rows(value)]
    assert found == made
    assert all(
        one.positions().tolist() == one.documents().tolist()[::-1] for one in rows(value) if one.packed_positions
    )
    if value:
        with pytest.raises((ValueError, IndexError)):
            rows(value[:-1])


@given(st.text(), st.text(), st.text(), st.text())
def test_pairs_are_never_taken_for_others(a: str, b: str, c: str, d: str) -> None:
    """Two texts make one term, and it is theirs alone; texts keep their order as bytes."""
    assert (pair(b"t", a, b) == pair(b"t", c, d)) == ((a, b) == (c, d))
    assert (encoded(a) < encoded(b)) == (a < b)
    assert decoded(encoded(a)) == a


def test_our_tables_are_whooshs_own(tmp_path: Path) -> None:
    """The quicker writer makes the same bytes as Whoosh's."""
    from whoosh.filedb.filetables import OrderedHashWriter

    made = []
    for kind in (Table, OrderedHashWriter):
        out = FileOut(tmp_path / kind.__name__)
        table = kind(out)
        table.add_all((b"%06d" % at, b"v" * (at % 7)) for at in range(3000))
        table.close()
        out.finish()
        made.append((tmp_path / kind.__name__).read_bytes())
    assert made[0] == made[1]
    table = Table(FileOut(tmp_path / "third"))
    with pytest.raises(ValueError, match="rise"):
        table.add_all([(b"b", b""), (b"a", b"")])
