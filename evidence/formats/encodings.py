"""Bytes to text: which encoding a file is in, and each of its pieces by itself."""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from io import BytesIO
from typing import Any, BinaryIO

from evidence.errors import InputError
from evidence.formats.mojibake import is_suspect, mended
from evidence.formats.sampling import is_utf8, sampled
from evidence.ports import Encoding

CHUNK = 1 << 20
_RESAVE = "Save it as UTF-8 and import it again."
_HEAD = 4096
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
# Encodings of two bytes a letter, in which the second byte may look like `@`, `{` or a backslash: `Narrow` rewrites them.
_PAIRED = frozenset((
    "gb18030", "gbk", "gb2312", "big5", "big5hkscs", "cp950", "cp932", "shift_jis", "shift_jis_2004", "cp949", "euc_kr",
    "johab", "euc_jp", "euc_jis_2004",
))  # fmt: skip
_BY_CHANCE = 6  # a few letters of two bytes each may look like UTF-8, more do not
# What JabRef writes at the top, and XML's own declaration.
_DECLARED = re.compile(
    rb"%[ \t]*Encoding:[ \t]*([A-Za-z][\w.:-]{1,24})|\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,24})",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_NO_SIGNS = re.compile("[\x81\x8d\x8f\x90\x9d]")  # C1 controls that Windows-1252 has no sign for
_CONTROL_BYTES = bytes((*range(9), *range(14, 32), 127))
_TAKEN_OUT = "control characters were taken out"
# What `surrogateescape` makes of a byte that is no UTF-8, as Windows-1252 reads it.
_ESCAPED = {
    0xDC00 + byte: bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte)) for byte in range(0x80, 0x100)
}
_UTF8 = frozenset(("utf-8", "utf-8-sig"))
_WINDOWS = {code - 0xDC00: sign for code, sign in _ESCAPED.items()}
_HALVES = re.compile("[\ud800-\udfff]")
_ESCAPES = re.compile("[\udc80-\udcff]")


def encoding_of(stream: BinaryIO) -> str:
    """The encoding of the bytes in `stream`, as Python names it: `encoding` without its doubt."""
    return encoding(stream).name


def encoding(stream: BinaryIO) -> Encoding:
    """The encoding of the bytes in `stream`; the stream is read once, with flat memory, and rewound.

    A byte order mark decides (`utf-8-sig`, `utf-16`, `utf-32`), then the NULs of UTF-16 without one; else `utf-8` when
    most of what is not ASCII is UTF-8, else what the file declares (`% Encoding:`, `<?xml encoding=`), else what the
    text is likeliest in, `cp1252` (Windows' Latin-1) where that is open. Single pieces in another encoding are
    `text_of`'s to mend.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    found = next((name for mark, name in _BOMS if head.startswith(mark)), None) or _without_mark(head)
    if found:
        stream.seek(0)
        return Encoding(found)
    stream.seek(0)
    sample = sampled(stream)
    stream.seek(0)
    declared = _DECLARED.search(head)
    name = _known((declared[1] or declared[2]).decode()) if declared else None
    if sample.is_utf8 and not (name in _PAIRED and 0 < sample.good < _BY_CHANCE):
        return Encoding("utf-8")
    if name:
        return Encoding(name)
    from evidence.formats.guessing import guess

    return guess(sample.pieces, old_mac=sample.old_mac)


def narrowed(head: bytes) -> bytes:
    """The beginning of a file as UTF-8 where it is UTF-16 or UTF-32, without its mark; other bytes as they are."""
    found = next((name for mark, name in _BOMS if head.startswith(mark)), None) or _without_mark(head)
    if found and found.startswith(("utf-16", "utf-32")):
        return Narrow(BytesIO(head), found).read(len(head))
    return head.removeprefix(codecs.BOM_UTF8)


def _known(name: str) -> str | None:
    """The encoding `name` as Python names it; None when Python has no such one, or it cannot be that of these bytes."""
    try:
        found = codecs.lookup(name).name
        "".encode(found)  # no encoding of text otherwise
    except LookupError:
        return None
    if found in {"iso8859-1", "ascii"}:
        return "cp1252"  # as every browser reads it: the same letters, and signs where Latin-1 has none
    return "gb18030" if found in {"gbk", "gb2312"} else None if found.startswith("utf") else found


def _without_mark(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: the ASCII in it, which every export has, is every other byte a NUL."""
    nuls = [head[at::4].count(0) for at in range(4)]
    even, odd = nuls[0] + nuls[2], nuls[1] + nuls[3]
    whole = max(len(head), 1)
    if min(even, odd) > 0.2 * whole:
        return "utf-32-be" if nuls[0] > nuls[3] else "utf-32-le"
    if max(even, odd) > 0.3 * whole:
        return "utf-16-le" if odd > even else "utf-16-be"
    if max(even, odd) < max(3, 0.005 * whole) or min(even, odd) * 10 > max(even, odd):
        return None
    return _wide_text(head, "utf-16-le" if odd > even else "utf-16-be")


def _wide_text(head: bytes, name: str) -> str | None:
    """`name` when `head` is text in it, and not UTF-8 with some NULs: Chinese or Russian, with little ASCII."""
    rest = head.replace(b"\0", b"")
    if len(rest.translate(None, _CONTROL_BYTES)) > 0.98 * len(rest) and is_utf8(rest):
        return None
    try:
        text = codecs.getincrementaldecoder(name)().decode(head[: len(head) // 2 * 2])
    except UnicodeDecodeError:
        return None
    return name if not _CONTROLS.search(text) else None


def text_of(raw: bytes, encoding: str) -> tuple[str, str | None]:
    """The text of one piece, and a warning when it is not in the file's `encoding`, or was mended.

    UTF-8 is tried first (other text is hardly ever UTF-8 by accident), then `encoding`, then Windows-1252; single bytes
    that are no UTF-8 among much that is are read as Windows-1252. NUL and its like are taken out, certain mojibake is
    repaired; `raw` keeps what stood there.
    """
    if raw.isascii():
        plain = raw.translate(None, _CONTROL_BYTES)
        return plain.decode("ascii"), None if len(plain) == len(raw) else _TAKEN_OUT
    text, warning = _decoded(raw, encoding)
    told = [warning]
    if not text.isascii() and (warning or encoding not in _UTF8 or is_suspect(raw)):
        text, repaired = mended(text)
        told.append(repaired)
        if _NO_SIGNS.search(text):
            text = _NO_SIGNS.sub("", text)
            told.append(_TAKEN_OUT)
    if len(raw.translate(None, _CONTROL_BYTES)) != len(raw):
        text = _CONTROLS.sub("", text)
        told.append(_TAKEN_OUT)
    return text, "; ".join(dict.fromkeys(filter(None, told))) or None


def _decoded(raw: bytes, encoding: str) -> tuple[str, str | None]:
    if encoding not in _PAIRED:
        try:
            return raw.decode(), None if encoding in _UTF8 else f"read as UTF-8 in a file of {encoding}"
        except UnicodeDecodeError:
            pass
    if encoding not in _UTF8:
        try:
            return raw.decode(encoding), None
        except (UnicodeDecodeError, LookupError):
            pass
    return _fallback(raw, encoding)


def _fallback(raw: bytes, encoding: str) -> tuple[str, str]:
    """`raw` as far as it is UTF-8, and what is not as Windows-1252; all of it as Windows-1252 when that is most."""
    if b"\xed" in raw and (halved := _with_halves(raw)):
        return halved, f"not valid {encoding}: what could not be read was replaced"
    text = raw.decode("utf-8", "surrogateescape")
    bad = len(_ESCAPES.findall(text))
    if len(raw) - len(text) > bad:
        signs = "one byte that is no UTF-8 was" if bad == 1 else f"{bad} bytes that are no UTF-8 were"
        return text.translate(_ESCAPED), f"{signs} read as cp1252"
    why = (
        f"not valid {encoding}: read as cp1252" if encoding != "cp1252" else "it holds bytes that are no sign in cp1252"
    )
    return raw.decode("latin-1").translate(_WINDOWS), why


def _with_halves(raw: bytes) -> str | None:
    """`raw` when it is UTF-8 but for halves of surrogate pairs, which is what `Narrow` makes of broken UTF-16."""
    try:
        text = raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    return _HALVES.sub("\ufffd", text.translate(_ESCAPED))


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
    return json_of(text)[0]


def json_of(text: str) -> tuple[Any, str | None]:
    """The JSON value in `text`, clean, and what was mended in texts with escaped letters. Errors as `parse_json`."""
    value = json.loads(text, parse_constant=_no_number)
    if "\\u" not in text:
        return value if text.isascii() else clean(value), None
    told: dict[str, None] = {}
    value = _mended(clean(value), told)
    return value, "; ".join(told) or None


def _mended(value: Any, told: dict[str, None]) -> Any:
    if isinstance(value, str):
        text, repaired = mended(value)
        if repaired:
            told[repaired] = None
        return text
    if isinstance(value, list):
        return [_mended(one, told) for one in value]
    if isinstance(value, dict):
        return {name: _mended(one, told) for name, one in value.items()}
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"it is not JSON: {name} is no number")


class Narrow:
    """A stream seen as UTF-8, whatever its encoding; `own` gives a slice of it back as the file's own bytes.

    Eight-bit encodings pass through untouched (but for a mark at the start): their ASCII is ASCII. UTF-16, UTF-32 and
    the encodings of two bytes a letter are rewritten; a byte that cannot be read comes through as half a surrogate pair.
    (Shift-JIS and Big5 have some letters twice: of these `own` gives the usual bytes.)
    """

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        """Begin at the start of `source`."""
        self._source = source
        self._codec: str | None = None
        self._errors = "surrogatepass"
        self._head = b""
        if encoding.startswith(("utf-16", "utf-32")):
            self._open_wide(encoding)
        elif encoding in _PAIRED:
            self._open_paired(encoding)
        else:
            self._head = source.read(3).removeprefix(codecs.BOM_UTF8)
        self.encoding = "utf-8" if self._codec else encoding  # of what `read` gives

    def _open_wide(self, encoding: str) -> None:
        start = self._source.read(4)
        mark = next((mark for mark in _WIDE if start.startswith(mark) and _WIDE[mark].startswith(encoding[:6])), b"")
        self._codec = _WIDE.get(mark, encoding if encoding.endswith(("le", "be")) else f"{encoding}-le")
        self._decoder = codecs.getincrementaldecoder(self._codec)("surrogatepass")
        self._head = self._narrow(start[len(mark) :])

    def _open_paired(self, encoding: str) -> None:
        self._codec, self._errors = encoding, "surrogateescape"
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
        self._head = self._narrow(self._source.read(4)).removeprefix(codecs.BOM_UTF8)

    def _narrow(self, chunk: bytes, *, final: bool = False) -> bytes:
        try:
            return self._decoder.decode(chunk, final).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise InputError(f"It begins as {self._codec} and is not: {error.reason}.", _RESAVE) from error

    def read(self, size: int = CHUNK) -> bytes:
        """About `size` bytes of UTF-8; b"" at the end."""
        head, self._head = self._head, b""
        while chunk := self._source.read(size):
            if out := head + (self._narrow(chunk) if self._codec else chunk):
                return out
        return head or (self._rest() if self._codec else b"")

    def _rest(self) -> bytes:
        """What the decoder still holds at the end: half a pair, or bytes that are no whole letter, which are left out."""
        held, _ = self._decoder.getstate()
        self._decoder.reset()
        try:
            return held.decode(self._codec or "utf-8", self._errors).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return b""

    def first(self, size: int) -> bytes:
        """At least `size` bytes of UTF-8 where there are so many, however few a read gives."""
        parts = [part := self.read(size)]
        while part and sum(map(len, parts)) < size:
            parts.append(part := self.read(size))
        return b"".join(parts)

    def own(self, part: bytes) -> bytes:
        """The file's own bytes for `part`, a slice of what was read."""
        return part.decode("utf-8", "surrogatepass").encode(self._codec, self._errors) if self._codec else part
