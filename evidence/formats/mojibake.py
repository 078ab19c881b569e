"""Text that was decoded by the wrong encoding ("MÃ¼ller" for "Müller"), put right where that is certain.

Certain means three things at once: the letters are the exact misreading of UTF-8 as Windows-1252, Latin-1 or MacRoman;
what they stand for is a letter or sign that literature uses; and ftfy, which knows what real text looks like, finds
them bad where they stand. All else stays as it is: `SÃO PAULO`, `“CAFÉ”`, `« voilà »` are no mojibake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ROUNDS = 6  # text that was spoilt twice is mended twice
_TOLD = 5  # repairs that one warning names
_AROUND = 12  # characters of the word on each side by which ftfy judges
_BLANKED = bytes([32] * 128) + bytes(range(128, 256))  # ASCII as blanks
# In UTF-8, the lead of a spoilt letter and one of the signs that bytes 80-BF are in Windows-1252 or Latin-1; or C1
# controls; or MacRoman's signs for C2-CF and E2 before another sign. Looked for in what is left without ASCII.
_SUSPECT = re.compile(
    rb"\xc3[\x82-\xb4](?:\xc2|[\xc5\xcb]|\xc6\x92|\xe2[\x80\x82\x84])|\xc2[\x80-\x9f]"
    rb"|(?:\xc2\xac|\xe2\x88\x9a|\xe2\x89\x88|\xc6\x92|\xc5[\x92\x93]|\xe2\x80\x9a\xc3)[\x80-\xe2]"
)


def _table(encoding: str) -> dict[str, int]:
    """The byte of each sign of an encoding from 80 to FF; where it has none, the C1 control that Latin-1 has there."""
    signs = {bytes([byte]).decode(encoding, "replace"): byte for byte in range(0x80, 0x100)}
    return {chr(byte): byte for byte in range(0x80, 0x100)} | signs if encoding == "cp1252" else signs


_WINDOWS = _table("cp1252")
_WINDOWS.pop("\ufffd", None)
_MAC = _table("mac_roman")
_BYTES: tuple[dict[str, int], ...] = (_WINDOWS, _MAC)
# C1 controls are Windows-1252 that was read as Latin-1; five of them have no sign there either.
_C1 = {byte: bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)}
_C1_RUN = re.compile(f"[{''.join(chr(byte) for byte, sign in _C1.items() if sign)}]")
_CLOSING = frozenset("’”“‘–—…»™›")
_POWERS = frozenset("±²³°¹·")
_WEAK = frozenset("§¶¤¦¨¯´¸")  # signs that a lone `Â` before them does not prove


def _class(table: dict[str, int], first: int, last: int, without: str = "") -> str:
    return (
        "["
        + "".join(re.escape(sign) for sign, byte in table.items() if first <= byte <= last and sign not in without)
        + "]"
    )


def _runs(table: dict[str, int], leads: str | None = None) -> re.Pattern[str]:
    more = _class(table, 0x80, 0xBF)
    two = leads or _class(table, 0xC2, 0xDF)
    three = f"[{''.join(sign for sign, byte in table.items() if byte == 0xE2)}]" if leads else _class(table, 0xE0, 0xEF)
    four = "" if leads else f"|{_class(table, 0xF0, 0xF4)}{more}{{3}}"
    return re.compile(f"(?:{two}{more}|{three}{more}{more}{four})+")


# In MacRoman only leads that begin no real word: √ ¬ ƒ ≈ (Latin letters), Œ œ (Greek), ‚ (quotes, dashes, signs).
_PATTERNS = (_runs(_WINDOWS), _runs(_MAC, "[¬√ƒ≈Œœ]"))


def is_suspect(raw: bytes) -> bool:
    """Whether the UTF-8 in `raw` may hold mojibake: a cheap look, which clears nearly every piece of a real file."""
    return _SUSPECT.search(b" ".join(raw.translate(_BLANKED).split())) is not None


def mended(text: str) -> tuple[str, str | None]:
    """`text` with every certain mojibake put right, and a sentence that names the repairs; None when there was none."""
    if text.isascii() or not is_suspect(text.encode("utf-8", "replace")):
        return text, None
    repairs: dict[str, str] = {}
    for _ in range(_ROUNDS):
        before = text
        for pattern, table in zip(_PATTERNS, _BYTES, strict=True):
            text = _round(text, pattern, table, repairs)
        if text == before:
            text = _C1_RUN.sub(lambda sign: _noted(sign[0], _C1[ord(sign[0])], repairs), text)
        if text == before:
            break
    return text, _said(repairs)


def _round(text: str, pattern: re.Pattern[str], table: dict[str, int], repairs: dict[str, str]) -> str:
    runs = [(run, good) for run in pattern.finditer(text) if (good := _exact(text, run, table)) is not None]
    certain = [(run, good) for run, good in runs if _is_bad(text, run)]
    proven = bool(repairs) or any(set(good) - _WEAK for _, good in certain)
    if not proven:
        return text
    alone = not any(sign.isalpha() and not sign.isascii() for sign in pattern.sub("", text))
    return "".join(_pieces(text, runs if alone else certain, repairs))


def _pieces(text: str, found: list[tuple[re.Match[str], str]], repairs: dict[str, str]) -> Iterator[str]:
    at = 0
    for run, good in found:
        yield text[at : run.start()]
        yield _noted(run[0], good, repairs)
        at = run.end()
    yield text[at:]


def _noted(bad: str, good: str, repairs: dict[str, str]) -> str:
    repairs.setdefault(bad, good)
    return good


def _said(repairs: dict[str, str]) -> str | None:
    if not repairs:
        return None
    told = ", ".join(f"{_visible(bad)} -> {good}" for bad, good in list(repairs.items())[:_TOLD])
    more = f" and {len(repairs) - _TOLD} more" if len(repairs) > _TOLD else ""
    return f"mojibake repaired: {told}{more}"


def _visible(text: str) -> str:
    """`text` with its invisible signs by their numbers, and not longer than a person reads."""
    shown = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)
    return shown if len(shown) <= 30 else f"{shown[:30]}…"


def _exact(text: str, run: re.Match[str], table: dict[str, int]) -> str | None:
    """What `run` stands for; None when it is not exactly UTF-8, or may be what a person wrote."""
    try:
        good = bytes(table[sign] for sign in run[0]).decode()
    except (UnicodeDecodeError, KeyError):
        return None
    return None if _stands(text, run, good) or not all(map(_plausible, good)) else good


def _is_bad(text: str, run: re.Match[str]) -> bool:
    """Whether ftfy finds `run` bad, by itself or within its word."""
    from ftfy.badness import is_bad

    before = text[max(run.start() - _AROUND, 0) : run.start()]
    after = text[run.end() : run.end() + _AROUND]
    word = (before.split() or [""])[-1] * (not before[-1:].isspace()) + run[0]
    word += (after.split() or [""])[0] * (not after[:1].isspace())
    return bool(is_bad(run[0]) or is_bad(word))


def _stands(text: str, run: re.Match[str], good: str) -> bool:
    """Whether `run` may be what a person wrote, though it can be read as `good`.

    That is: an accented capital at a word's end before a closing sign (`“CAFÉ”`), an ångström with a sign (`5 Å²`), a
    mathematical sign by itself (`x ¬≥ y`), an accented letter before two signs (`é”–`, which reads as an ideograph).
    """
    if len(good) > 1:
        return False
    before, after = text[max(run.start() - 1, 0) : run.start()], text[run.end() : run.end() + 1]
    first, last = run[0][0], run[0][-1]
    if last in _CLOSING and not after.isalpha() and len(run[0]) == 2:
        return before.isupper() or first not in "ÃÂÎÏ"
    if (first == "Å" and last in _POWERS) or first in "¬≈ƒœ":
        return not (before.isalpha() or after.isalpha() or (first == "¬" and before.isdigit()))
    return 0x2E80 <= ord(good) < 0xFB00


def _plausible(sign: str) -> bool:
    """Whether literature uses this sign: Latin, Greek and Cyrillic letters, punctuation, symbols, CJK."""
    code = ord(sign)
    return (
        0x80 <= code < 0x250  # C1 controls among them: one more round reads them
        or 0x2B0 <= code < 0x3E2
        or 0x400 <= code < 0x460
        or 0x1E00 <= code < 0x2400
        or 0x25A0 <= code < 0x2700
        or 0x3000 <= code < 0x3100
        or 0x4E00 <= code < 0xA000
        or 0xAC00 <= code < 0xD7A4
        or 0xFB00 <= code < 0xFB07
        or 0xFF00 <= code < 0xFFF0
        or code in {0xFEFF, 0xFFFD}
    )
