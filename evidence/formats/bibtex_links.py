"""Links and DOIs in BibTeX values: LaTeX's escapes taken back and nothing else, as `~`, `%` and `--` belong to them."""

from __future__ import annotations

import re
from urllib.parse import unquote

from evidence.formats.latex import symbol
from evidence.formats.markup import ENTITY, first_link
from evidence.model import identifiers

_DOI_START = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/+|doi:?\s*(?=10\.)", re.IGNORECASE)
_URL_COMMAND = re.compile(r"\\(?:url|nolinkurl|path|detokenize)\s*\{([^{}]*)\}")
_ESCAPE = re.compile(
    r"\$\\sim\$|\{?\\(?:~|string~)(?:\{\})?\}?|\{\\([A-Za-z]+)\}|\\([A-Za-z]+)(?:\{\}|\s|(?![A-Za-z]))|\{?\\([_%&#$-])(?:\{\})?\}?"
    r"|\$([<>_])\$|\{([_%&#~])\}"
)


def is_link(text: str) -> bool:
    """Whether `text` is a link or a DOI, and no prose."""
    return "://" in text or text.startswith("10.")


def unescaped(value: str) -> str | None:
    r"""The link in `value`: `{\_}` is `_`, `\textless` is `<`, `$\sim$` and `\~{}` are `~`; None when it is prose."""
    value = value.strip()
    if value.startswith("{") and value.endswith("}") and "\\" not in value:
        value = value.strip("{}")
    if "\\" not in value and not (is_link(value) and ("{" in value or "$" in value)):
        return value
    value = _URL_COMMAND.sub(r"\1", value)
    return _ESCAPE.sub(_sign, value) if is_link(value) else None


def _sign(found: re.Match[str]) -> str:
    name = found[1] or found[2]
    if name:
        return symbol(name) or found.group()
    return found[3] or found[4] or found[5] or "~"


def doi(text: str) -> str:
    """The bare DOI when `text` is one in whatever dress; else `text` as it stands."""
    if "&" in text and ENTITY.search(text):
        text = ENTITY.sub(
            lambda found: {"&lt;": "<", "&gt;": ">", "&amp;": "&"}.get(found.group(), found.group()), text
        )
    start = _DOI_START.match(text)
    if not start:
        return text
    bare = unquote(text[start.end() :]) if "%" in text else text[start.end() :]
    return bare if identifiers.doi(bare) == bare.lower() else text


__all__ = ["doi", "first_link", "is_link", "unescaped"]
