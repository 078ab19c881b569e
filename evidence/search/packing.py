"""Rows of numbers and texts as bytes: the same on every machine, and nothing that could be run."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Sequence

WIDTHS = "BHI"  # array's codes for 1, 2 and 4 bytes
_SWAPPED = sys.byteorder == "big"
_LONG = 256  # bytes that are worth being compressed
_PACKED = 4  # the bit that says so


def pack(numbers: Sequence[int]) -> tuple[int, bytes]:
    """`numbers` (0 to 2**32 - 1) as narrow as they are, and a number below 8 that says how: `unpack` reads them."""
    top = max(numbers, default=0)
    how, raw = 0, b""
    if top < 1 << 8:
        raw = bytes(numbers)
    else:
        how = 1 if top < 1 << 16 else 2
        row = array(WIDTHS[how], numbers)
        if _SWAPPED:
            row.byteswap()
        raw = row.tobytes()
    if len(raw) >= _LONG:
        small = zlib.compress(raw, 1)
        if len(small) < len(raw) * 7 // 8:
            return how | _PACKED, small
    return how, raw


def unpack(how: int, data: bytes, count: int) -> array[int]:
    """The `count` numbers that were packed. ValueError or zlib.error: these are no such bytes."""
    row = array(WIDTHS[how & 3])
    size = count * row.itemsize
    if how & _PACKED:
        data = zlib.decompressobj().decompress(data, size + 1)
    if len(data) != size:
        raise ValueError("a row of numbers has not the length it should have")
    row.frombytes(data)
    if _SWAPPED:
        row.byteswap()
    return row


def encoded(text: str) -> bytes:
    """`text` as bytes, whose order is that of the texts; what is half a character too."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """What was `encoded`. ValueError when it was not."""
    return data.decode("utf-8", "surrogatepass")
