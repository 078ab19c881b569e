"""Bytes to text: which encoding a file is in, and each of its pieces by itself."""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from typing import Any, BinaryIO

CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
# What JabRef writes at the top, for encodings of one byte a character, in which no byte of ASCII means another sign.
_DECLARED = re.compile(rb"%[ \t]*Encoding:[ \t]*((?:iso[-_]?8859|windows|cp|mac|koi8)[\w-]{0,12})", re.IGNORECASE)
# What `surrogateescape` makes of bytes that are no UTF-8.
_ESCAPED = re.compile("[\udc80-\udcff]+")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def encoding_of(stream: BinaryIO) -> str:
    """The encoding of the bytes in `stream`, as Python names it; the stream is read once, with flat memory, and rewound.

    A byte order mark decides (`utf-8-sig`, `utf-16`, `utf-32`); else `utf-8` when most of what is not ASCII is
    UTF-8, else what a line `% Encoding:` declares, else `cp1252` (Windows' Latin-1). Single pieces in another encoding are `text_of`'s to mend.
    """
    head = stream.read(4096)
    found = next((name for mark, name in _BOMS if head.startswith(mark)), None) or _without_mark(head)
    if not found:
        stream.seek(0)
        found = _eight_bit(stream)
        if found == "cp1252" and (declared := _DECLARED.search(head)):
            found = _known(declared[1].decode()) or found
    stream.seek(0)
    return found


def _known(name: str) -> str | None:
    """The encoding `name` as Python names it; None when Python does not know it, or when it is what is guessed anyway."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return None
    return None if found == "iso8859-1" else found


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without its mark: in Western text every other byte is NUL."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) * 0.3:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _eight_bit(stream: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    while chunk := stream.read(CHUNK):
        if chunk.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(chunk)
        spoilt = sum(len(run) for run in _ESCAPED.findall(text))
        bad += spoilt
        good += len(text) - spoilt - sum(map(str.isascii, text))
    bad += len(decoder.decode(b"", final=True))
    return "utf-8" if good >= bad else "cp1252"


def text_of(raw: bytes, encoding: str) -> tuple[str, str | None]:
    """The text of one piece, and a warning when it is not in the file's `encoding` or holds control characters.

    UTF-8 is tried first (other text is hardly ever UTF-8 by accident), then `encoding`, then Windows-1252, then
    Latin-1, which reads every byte. NUL and its like are taken out; `raw` keeps them.
    """
    warning = None
    try:
        text = raw.decode()
        if encoding not in {"utf-8", "utf-8-sig"} and not raw.isascii():
            warning = f"read as UTF-8 in a file of {encoding}"
    except UnicodeDecodeError:
        used, text = _fallback(raw, encoding)
        warning = f"not valid {encoding}: read as {used}" if used != encoding else None
    if _CONTROLS.search(text):
        text = _CONTROLS.sub("", text)
        warning = "; ".join(filter(None, (warning, "control characters were taken out")))
    return text, warning


def clean(value: Any) -> Any:
    """A JSON value whose texts hold no control characters and no half of a surrogate pair, and stand in NFC."""
    if isinstance(value, str):
        if value.isascii():
            return _CONTROLS.sub("", value)
        whole = value.encode("utf-8", "replace").decode()
        return unicodedata.normalize("NFC", _CONTROLS.sub("", whole))
    if isinstance(value, list):
        return [clean(one) for one in value]
    if isinstance(value, dict):
        return {clean(name): clean(one) for name, one in value.items()}
    return value


def parse_json(text: str) -> Any:
    """The JSON value in `text`, clean. ValueError when it is none, NaN and infinity included; RecursionError if deep."""
    value = json.loads(text, parse_constant=_no_number)
    return value if text.isascii() and "\\u" not in text else clean(value)


def _no_number(name: str) -> None:
    raise ValueError(f"it is not JSON: {name} is no number")


def _fallback(raw: bytes, encoding: str) -> tuple[str, str]:
    for name in (encoding, "cp1252"):
        try:
            return name, raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return "latin-1", raw.decode("latin-1")


class Narrow:
    """A stream seen as UTF-8, whatever its encoding; `own` gives a slice of it back as the file's own bytes.

    Eight-bit encodings pass through untouched (but for a mark at the start), UTF-16 and UTF-32 are rewritten.
    """

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        """Begin at the start of `source`."""
        self._source = source
        self.encoding = "utf-8" if encoding.startswith(("utf-16", "utf-32")) else encoding  # of what `read` gives
        self._codec: str | None = None
        self._head = b""
        if encoding.startswith(("utf-16", "utf-32")):
            self._open_wide(encoding)
        else:
            self._head = source.read(3).removeprefix(codecs.BOM_UTF8)

    def _open_wide(self, encoding: str) -> None:
        start = self._source.read(4)
        mark = next((mark for mark in _WIDE if start.startswith(mark) and _WIDE[mark].startswith(encoding[:6])), b"")
        self._codec = _WIDE.get(mark, encoding if encoding.endswith(("le", "be")) else f"{encoding}-le")
        self._decoder = codecs.getincrementaldecoder(self._codec)("surrogatepass")
        self._head = self._narrow(start[len(mark) :])

    def _narrow(self, chunk: bytes) -> bytes:
        return self._decoder.decode(chunk).encode("utf-8", "surrogatepass")

    def read(self, size: int = CHUNK) -> bytes:
        """About `size` bytes of UTF-8; b"" at the end."""
        head, self._head = self._head, b""
        while chunk := self._source.read(size):
            if out := head + (self._narrow(chunk) if self._codec else chunk):
                return out
        return head

    def own(self, part: bytes) -> bytes:
        """The file's own bytes for `part`, a slice of what was read."""
        return part.decode("utf-8", "surrogatepass").encode(self._codec, "surrogatepass") if self._codec else part
