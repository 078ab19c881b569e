"""Citation styles and the reference lists made by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from evidence.model.reference import Reference


@dataclass(frozen=True, slots=True)
class Style:
    """A citation style: its CSL id ("american-medical-association") and its title as its file gives it."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Formatted:
    """One reference as a style prints it. `text`, `markdown` and `html` are without the list's number.

    `number` is its place in the list from 1; None in a style that does not number.
    """

    key: str
    number: int | None
    text: str
    markdown: str
    html: str


class Citer(Protocol):
    """Reference lists in any style of the Citation Style Language (CSL)."""

    def styles(self, word: str = "") -> Iterable[Style]:
        """The styles whose id or title has the words of `word`, best first; all of them for ""."""

    def style(self, name: str) -> Style:
        """The style of an id, a former id, a short name (ama, vancouver), a title or its only beginning, or a `.csl` file's path.

        UsageError when there is none, or more than one, with near ones in the hint.
        """

    def surely(self, name: str) -> bool:
        """Whether `name` is a style's own name; not when it was found through a title."""

    def journal(self, style: str) -> Literal["short", "full", ""]:
        """The form of a journal's name that `style` prints: "short" (abbreviated) or "full"; "": none, or not known."""

    def format(self, references: Sequence[Reference], style: str, *, pmid: bool = False) -> list[Formatted]:
        """The reference list in the order that the style prints: as given, or sorted where the style sorts.

        `references` carry their keys. `pmid` lets a style print PubMed's numbers. UsageError with the line to type when the
        engine is not installed.
        """
