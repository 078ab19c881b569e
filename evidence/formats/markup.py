"""HTML in titles and abstracts, as publishers and reference managers leave it, to plain text."""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|span|sc|scp|small|p|br|italic|bold|title|sec|(?:jats|mml):[a-z-]+)\b[^<>]{0,200}>"
    r"|< ?/? ?(?:i|b|u|em|sub|sup) ?>",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
_LINKS = re.compile(r"(?<!\s)\s+(?=https?://)")
_PAGE_DASH = re.compile(r"(?<=\d)\s*(?:-+|[–—])\s*(?=\d)|---?|[–—]")
_BLANKS = re.compile(" {2,}")


def without_markup(text: str) -> str:
    """`text` without the tags that dress it, its entities as characters: "p &lt; 0.05" and "n < 3" keep their signs."""
    if "&" in text:
        text = ENTITY.sub(lambda found: html.unescape(found.group()), text)
    if "<" in text:
        text = _BLANKS.sub(" ", _TAG.sub("", text)).strip()
    return text


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
