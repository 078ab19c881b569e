"""Text in columns, wrapped to the terminal. Widths count characters as a terminal shows them."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and how many characters wide it is."""

    heading: str
    width: int


def terminal_width() -> int:
    """The terminal's width, between 80 and 160 characters; 120 when there is no terminal."""
    return max(80, min(160, shutil.get_terminal_size((120, 40)).columns))


def width(text: str) -> int:
    """How many columns `text` takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(ch) in ("W", "F") for ch in text)
    return len(text) + wide - sum(unicodedata.combining(ch) > 0 for ch in text)


def row(columns: Sequence[Column], cells: Sequence[str]) -> list[str]:
    """One row as lines; a cell that is too long goes on beneath itself."""
    wrapped = [textwrap.wrap(cell, column.width) or [""] for column, cell in zip(columns, cells, strict=True)]
    height = max(len(lines) for lines in wrapped)
    lines = []
    for at in range(height):
        parts = [
            _padded(one[at] if at < len(one) else "", column.width)
            for one, column in zip(wrapped, columns, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return lines


def heading(columns: Sequence[Column]) -> list[str]:
    """The headings and a line beneath them."""
    return [*row(columns, [column.heading for column in columns]), "  ".join("─" * column.width for column in columns)]


def wrapped(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """`text` as lines no longer than the terminal, each after `indent` (the first after `first` when given).

    An address that is longer than a line stays whole, so that it can be copied.
    """
    start = indent if first is None else first
    lines = textwrap.wrap(
        text,
        terminal_width(),
        initial_indent=start,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [start.rstrip()]


def _padded(text: str, to: int) -> str:
    return text + " " * (to - width(text))
