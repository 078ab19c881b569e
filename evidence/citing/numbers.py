"""Pages, issues, volumes and editions as the engine must have them."""

from __future__ import annotations

import re

_LONG = 200  # characters: what is longer is no number, and stays as it is
_DASHES = re.compile(r"\s*(?:--+|[‐‑‒–—−])\s*|(?<=\d)\s*-\s*(?=\d)")
_RUN = re.compile(r"([A-Za-z]{0,3})(\d{1,9})-([A-Za-z]{0,3})(\d{1,9})")
_ENDS = re.compile(r"([A-Za-z]{0,5}\d{1,7}[A-Za-z]?)[-‐‑‒–—−/]+([A-Za-z]{0,5}\d{1,7}[A-Za-z]?)")
_ORDINAL = re.compile(r"(\d{1,3})(?:st|nd|rd|th|\.)?(?:\s+ed(?:ition|n)?)?\.?", re.IGNORECASE)
_ORDINAL_WORDS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
)  # fmt: skip
_OF_ISSUE = re.compile(r"(\d{1,5})_suppl(?:ement)?", re.IGNORECASE)
_OF_VOLUME = re.compile(r"(\d{1,5})[ _]suppl(?:ement)?\b\.?[ _]?(\w{0,5})", re.IGNORECASE)
_SUPPLEMENT = re.compile(r"\bsuppl(?:ement)?\b\.?([ _](?=\w)|(?=\d))?", re.IGNORECASE)
_EDITION = re.compile(r"\s+ed(?:ition|n)?\.?$", re.IGNORECASE)


def pages(text: str) -> str:
    """`text` with hyphens in its ranges, each in full: `40–6` is `40-46`, `68--74; discussion 75` is `68-74; discussion 75`.

    What is no range (an e-locator, `25247`) stays. Source: NLM, Citing Medicine, on shortened ranges.
    """
    if len(text) > _LONG:
        return text
    text = _DASHES.sub("-", text.strip()).removeprefix("pp.").removeprefix("p.").strip()
    return "".join(_in_full(run) for run in re.split(r"(\s*[,;]\s*)", text))


def _in_full(run: str) -> str:
    found = _RUN.fullmatch(run)
    if not found:
        return run
    lead, first, other, last = found.groups()
    if other not in {"", lead} or len(last) > len(first):
        return run
    if len(last) < len(first):
        full = first[: len(first) - len(last)] + last
        if int(full) < int(first):
            return run
        last = full
    return f"{lead}{first}-{lead}{last}"


def issue(text: str, dash: str) -> str:
    """An issue or volume; two of them (`1-2`) with the dash that the style puts in ranges."""
    found = _ENDS.fullmatch(text.strip()) if len(text) <= _LONG else None
    return f"{found.group(1)}{dash}{found.group(2)}" if found and "/" not in text else text


def supplement(text: str, *, volume: bool = False) -> str:
    """`Suppl 1` and `2_suppl` as `suppl 1` and `suppl 2`; in a volume, `55 Suppl 1` as `55(suppl 1)`: AMA's form."""
    text = text.strip()
    if len(text) > _LONG or "suppl" not in text.lower():
        return text
    if found := _OF_ISSUE.fullmatch(text):
        return f"suppl {found.group(1)}"
    if found := _OF_VOLUME.fullmatch(text) if volume else None:
        return f"{found.group(1)}(suppl{f' {found.group(2)}' if found.group(2) else ''})"
    return _SUPPLEMENT.sub(lambda one: f"suppl{' ' if one.group(1) else ''}", text).strip()


def edition(text: str) -> str:
    """`3rd`, `Third edition` and `3. ed` as `3`, which styles make ordinal; other words without "edition"."""
    text = text.strip()
    if found := _ORDINAL.fullmatch(text):
        return str(int(found.group(1)))
    words = _EDITION.sub("", text)
    return str(_ORDINAL_WORDS.index(words.lower()) + 1) if words.lower() in _ORDINAL_WORDS else words
