"""What people's programs leave in fields: entities, several links in one, dashes of many kinds."""

from __future__ import annotations

import re

ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
_LINKS = re.compile(r"(?<!\s)\s+(?=https?://)")
_PAGE_DASH = re.compile(r"(?<=\d)\s*(?:-+|[–—])\s*(?=\d)|---?|[–—]")
_BLANKS = re.compile(" {2,}")


def first_link(text: str) -> tuple[str, tuple[str, ...]]:
    """The first web address of several that stand in one field, as EndNote leaves them, and the others."""
    if "://" not in text or not any(map(str.isspace, text)):
        return text, ()
    parts = _LINKS.split(text.strip())
    first = next((part for part in parts if part.startswith("http")), parts[0])
    others = list(parts)
    others.remove(first)
    return first, tuple(others)


def page_range(text: str) -> str:
    """`text` with plain hyphens in its ranges: `12 -- 19`, `12–19` and `12---19` are `12-19`."""
    return _PAGE_DASH.sub("-", text)


def plain_blanks(text: str) -> str:
    """`text` without blanks at its ends and with one where there were several; lines stay."""
    return _BLANKS.sub(" ", text).strip(" ")
