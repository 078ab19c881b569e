"""Text of a file that anybody may have made, as it may be printed."""

from __future__ import annotations

MOST = 200  # characters
_MORE = "…"


def plain(text: str, most: int = MOST) -> str:
    """The first `most` characters of `text`, each one that a terminal might obey or that turns the line as U+FFFD."""
    cut = text[: most - 1] + _MORE if len(text) > most else text
    return "".join(one if one.isprintable() else "\ufffd" for one in cut)
