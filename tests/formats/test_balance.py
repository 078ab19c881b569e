"""Every fixture balances, whole and cut at fifty places: the pieces that are read are those that are counted."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from evidence.formats import by_name, encoding_of

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
CUTS = 50
NO_FORMAT = {"zotero": "csl-json"}
FILES = sorted(
    path for path in GOLDEN.glob("*/*") if path.is_file() and not path.name.endswith((".expected.json", ".facts.json"))
)


class Drop(io.BytesIO):
    """A stream that gives a few bytes at a time, so that every mark is cut through somewhere."""

    def read(self, size: int | None = -1, /) -> bytes:
        """At most 61 bytes, unless a few are asked for."""
        return super().read(61 if size is None or size < 0 or size > 4096 else size)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_balance(path: Path) -> None:
    """However a file is cut and however its bytes come in, both ways of counting agree and the bytes are the file's own."""
    data = path.read_bytes()
    found = by_name(NO_FORMAT.get(path.parent.name, path.parent.name))
    ends = {len(data) * at // CUTS for at in range(1, CUTS + 1)}
    for end in sorted(ends):
        part = data[:end]
        encoding = encoding_of(io.BytesIO(part))
        pieces = list(found.read(io.BytesIO(part), encoding))
        assert found.count(io.BytesIO(part), encoding) == len(pieces), f"cut at {end}"
        assert all(piece.raw in part for piece in pieces), f"cut at {end}"
        assert [piece.line for piece in pieces] == sorted(piece.line for piece in pieces), f"cut at {end}"
    encoding = encoding_of(io.BytesIO(data))
    whole = list(found.read(io.BytesIO(data), encoding))
    assert list(found.read(Drop(data), encoding)) == whole
    assert found.count(Drop(data), encoding) == len(whole)
