"""gzip unpacked in a stream, by limits; what a cut or damaged file still gives is kept, and the damage said."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import BinaryIO

from evidence.errors import InputError
from evidence.model.limits import RATIO, UNPACKED, UNPACKED_FREE
from evidence.ports import Unpacked

CHUNK = 1 << 16
_OUT = 1 << 20  # bytes unpacked at a time, however much one chunk holds
_GZIP = b"\x1f\x8b"
_WINDOW = 31  # zlib's word for "with gzip's head and checksum"


def is_packed(head: bytes) -> bool:
    """Whether a file that begins with `head` (two bytes or more) is gzip."""
    return head.startswith(_GZIP)


@contextmanager
def unpacked(stream: BinaryIO) -> Iterator[Unpacked]:
    """`stream` (seekable, read from its start) as it is, or unpacked into a file that is gone afterwards if it is gzip.

    Several members are one text. InputError when nothing can be unpacked, when it holds another gzip file, and when a
    limit of `evidence.model.limits` is passed.
    """
    stream.seek(0)
    head = stream.read(len(_GZIP))
    stream.seek(0)
    if not is_packed(head):
        yield Unpacked(stream)
        return
    with TemporaryFile() as plain:
        cut = _into(stream, plain)
        plain.seek(0)
        yield Unpacked(plain, cut)


def _into(packed: BinaryIO, plain: BinaryIO) -> str | None:
    """Unpack into `plain`; gives what was wrong with the file, or None."""
    unpacking = _Unpacking(plain)
    while not unpacking.fault and (chunk := packed.read(CHUNK)):
        unpacking.take(chunk)
    unpacking.end()
    if unpacking.fault and not unpacking.given:
        raise InputError(
            f"Nothing could be unpacked: {unpacking.fault}.", "Fetch the file again, or unpack it with another program."
        )
    plain.seek(0)
    if is_packed(plain.read(len(_GZIP))):
        raise InputError("It is a gzip file within a gzip file.", "Unpack it once (gunzip FILE), then import it.")
    if unpacking.fault and unpacking.lost:
        return (
            f"{unpacking.fault}: what could be unpacked before it was read ({unpacking.given} bytes), the rest is lost"
        )
    return unpacking.fault


@dataclass(slots=True)
class _Unpacking:
    """Chunks in, plain bytes out into `plain`. `fault`: what ended it before the end; `lost`: text was lost by it."""

    plain: BinaryIO
    taken: int = 0
    given: int = 0
    fault: str | None = None
    lost: bool = True
    _engine: zlib._Decompress = field(default_factory=lambda: zlib.decompressobj(_WINDOW))
    _between: bytes | None = None  # what came since the last member ended; None: in a member

    def take(self, chunk: bytes) -> None:
        """Unpack one more chunk of the file."""
        self.taken += len(chunk)
        while chunk and not self.fault:
            chunk = self._some(chunk) if self._between is None else self._next_member(self._between + chunk)

    def end(self) -> None:
        """Say what is missing when the file ends here."""
        if self.fault:
            return
        if self._between is None:
            self.fault = "the compressed file ends before its end"
        elif self._between:
            self._trailing()

    def _next_member(self, rest: bytes) -> bytes:
        """What to unpack of `rest`, which stands after a member: zeros may fill up a file (gzip's manual), nothing else."""
        rest = rest.lstrip(b"\0")
        self._between = rest if len(rest) < len(_GZIP) else None
        if self._between is not None:
            return b""
        if not is_packed(rest):
            self._trailing()
            return b""
        self._engine = zlib.decompressobj(_WINDOW)
        return rest

    def _trailing(self) -> None:
        self.fault, self.lost = (
            "something that is not compressed stands after the compressed text; it was left out",
            False,
        )

    def _some(self, chunk: bytes) -> bytes:
        """Unpack a bounded part of `chunk`; gives what is left of it."""
        before = self._engine.copy()
        try:
            out = self._engine.decompress(chunk, _OUT)
        except zlib.error as error:
            self._salvage(before, chunk)
            self.fault = f"the compressed file is damaged ({error})"
            return b""
        self._give(out)
        if len(out) == _OUT and not self._engine.unconsumed_tail:
            self._drain()
        if self._engine.eof:
            self._between = b""
            return self._engine.unused_data
        return self._engine.unconsumed_tail

    def _drain(self) -> None:
        """What the engine holds back when the output was full just as the input ended."""
        while out := self._engine.decompress(b"", _OUT):
            self._give(out)

    def _salvage(self, engine: zlib._Decompress, chunk: bytes) -> None:
        """Everything before the fault in `chunk`: zlib throws away what it unpacked in the call that finds one."""
        try:
            for at in range(len(chunk)):
                part = chunk[at : at + 1]
                while part:
                    self._give(engine.decompress(part, _OUT))
                    part = engine.unconsumed_tail
        except zlib.error:
            return

    def _give(self, out: bytes) -> None:
        self.given += len(out)
        if self.given > UNPACKED:
            raise InputError(
                f"It unpacks to more than {UNPACKED >> 30} GiB, the limit for one compressed file.",
                "Unpack it and import it in parts.",
            )
        if self.given > UNPACKED_FREE and self.given > RATIO * self.taken:
            raise InputError(
                f"It unpacks to more than {RATIO} times its size, the limit beyond {UNPACKED_FREE >> 20} MiB:"
                " no list of citations does.",
                "If it is one, unpack it with another program and import what comes out.",
            )
        self.plain.write(out)
