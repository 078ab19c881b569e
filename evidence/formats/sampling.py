"""What a file holds beside ASCII: how much of it is UTF-8, and a bounded sample of what is not."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import BinaryIO

CHUNK = 1 << 20
_PIECES = 1024  # different pieces that are kept, from all over the file
LONGEST = 192  # bytes of one piece
_AROUND = 24  # bytes of ASCII kept on each side of what is not
_PLENTY = 20_000  # bytes that are no UTF-8, after which a file that has hardly any is not read on
_SPOT = re.compile(rb"[\x80-\xff]+(?:[\x00-\x7f]{1,16}[\x80-\xff]+){0,40}")
# What `surrogateescape` makes of a byte that is no UTF-8.
_ESCAPES = re.compile("[\udc80-\udcff]+")


@dataclass(slots=True)
class Sample:
    """A file's bytes beyond ASCII: `good` of them are UTF-8 (their continuations are counted), `bad` are not.

    `pieces` hold those that are not, each with what stands around it; at most 1,024 pieces of at most 192 bytes.
    `old_mac`: the lines end with CR alone, as no program but those of the old Macintosh wrote them.
    """

    good: int = 0
    bad: int = 0
    old_mac: bool = False
    _kept: dict[bytes, None] = field(default_factory=dict)
    _step: int = 1
    _met: int = 0

    @property
    def is_utf8(self) -> bool:
        """Whether the file is UTF-8, or nearer to it than to anything else."""
        return self.good >= self.bad

    @property
    def pieces(self) -> list[bytes]:
        """The sample, in the file's order."""
        return list(self._kept)

    def take(self, chunk: bytes) -> None:
        """Keep what is not UTF-8 in `chunk`, every so manyth piece when there are very many."""
        for found in _SPOT.finditer(chunk):
            if is_utf8(found[0], whole=True):
                continue
            self._met += 1
            if self._met % self._step == 0:
                end = min(found.end() + _AROUND, found.start() + LONGEST)
                self._kept[chunk[max(found.start() - _AROUND, 0) : end]] = None
                if len(self._kept) >= _PIECES:
                    self._kept = dict.fromkeys(list(self._kept)[::2])
                    self._step *= 2


def sampled(stream: BinaryIO) -> Sample:
    """What `stream` holds from where it stands, read once with flat memory."""
    sample, decoder = Sample(), codecs.getincrementaldecoder("utf-8")("surrogateescape")
    feeds, returns, last = 0, 0, b""
    while chunk := stream.read(CHUNK):
        feeds, returns = feeds + chunk.count(b"\n"), returns + chunk.count(b"\r")
        if not chunk.isascii() or decoder.getstate()[0]:
            _look(sample, last := chunk, decoder.decode(chunk))
        if sample.bad > _PLENTY and sample.bad > 4 * sample.good:
            break  # the rest cannot change what the file is
    if half := decoder.decode(b"", final=True):  # a letter that the file's end cuts in two
        sample.good -= len(half)
        sample.bad += len(half)
        sample.take(last[-LONGEST:])
    sample.old_mac = returns > 0 and feeds == 0
    return sample


def _look(sample: Sample, chunk: bytes, text: str) -> None:
    sample.good += len(chunk) - len(text)
    bad = _bad(text)
    sample.bad += bad
    if bad or sample.bad:
        sample.take(chunk)


def _bad(text: str) -> int:
    """How many bytes of a decoded chunk were no UTF-8; quick when there are none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return sum(len(run) for run in _ESCAPES.findall(text))
    return 0


def is_utf8(text: bytes, *, whole: bool = False) -> bool:
    """Whether `text` is UTF-8; unless it is `whole`, a letter may be cut in two at its end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text, whole)
    except UnicodeDecodeError:
        return False
    return True
