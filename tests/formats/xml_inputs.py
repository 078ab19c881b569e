"""Files for the XML readers: whole records, broken ones, and what hides tags."""

from __future__ import annotations

import io
from pathlib import Path

from hypothesis import strategies as st

from evidence.ports import Format, Piece

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
HIDING = (b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x", b"?>", b"<!DOCTYPE a [", b"]>", b"<!DOCTYPE a>", b"--")


class Dripping(io.BytesIO):
    """A stream that gives few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read(self, size: int | None = -1) -> bytes:
        """At most as many bytes as it was made for."""
        return super().read(self._size if size is None or size < 0 else min(size, self._size))


def broken_files(name: str) -> st.SearchStrategy[bytes]:
    """Tags called `name`, whole and damaged, among text and what hides tags; cut off anywhere."""
    tag = name.encode()
    words = (
        b"<" + tag + b">", b"</" + tag + b">", b"<" + tag + b" a='1'>", b"</" + tag + b" \n>", b"<" + tag, b"</" + tag,
        b"<" + tag + b"Set>", b"</" + tag + b"s>", b"<" + tag + b"/>", b"<", b">", b" ", b"\n", b"\r\n", b"\r", b"text",
        b" " * 17, b"\xff", *HIDING,
    )  # fmt: skip
    parts = st.lists(st.sampled_from(words), max_size=40).map(b"".join)
    return st.tuples(parts, st.integers(0, 400)).map(lambda pair: pair[0][: pair[1]])


def damaged(path: Path) -> st.SearchStrategy[bytes]:
    """The file at `path`, some of its bytes taken out or put twice, and cut off anywhere."""
    data = path.read_bytes()
    place = st.integers(0, len(data))
    spans = st.lists(st.tuples(place, st.integers(0, 60), st.booleans()), max_size=4)

    def spoil(spans: list[tuple[int, int, bool]], stop: int) -> bytes:
        found = data
        for at, length, doubled in spans:
            part = found[at : at + length] * 2 if doubled else b""
            found = found[:at] + part + found[at + length :]
        return found[:stop]

    return st.builds(spoil, spans, place)


def pieces_of(used: Format, data: bytes, size: int = 1 << 20) -> list[Piece]:
    """Every piece of `data`, read in portions of `size` bytes; as many as are counted, each with bytes of its own."""
    found = list(used.read(Dripping(data, size), "utf-8"))
    assert used.count(Dripping(data, size), "utf-8") == len(found)
    at = 0
    for piece in found:
        place = data.find(piece.raw, at)
        assert piece.raw
        assert place >= 0
        at = place + len(piece.raw)
    return found
