"""HTML in titles and abstracts, as publishers and reference managers leave it, to plain text."""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|span|sc|scp|small|p|br|italic|bold|title|sec|jats:[a-z-]+)\b[^<>]{0,200}>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
_BLANKS = re.compile(" {2,}")


def without_markup(text: str) -> str:
    """`text` without the tags that dress it, its entities as characters: "p &lt; 0.05" and "n < 3" keep their signs."""
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    if "<" in text:
        text = _BLANKS.sub(" ", _TAG.sub("", text)).strip()
    return text
