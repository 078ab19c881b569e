"""A list, set: the style's file made ready, references to the engine and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from evidence.citing import engine, preparing, rendering, sheets
from evidence.citing.catalogue import Catalogue, Entry
from evidence.citing.installed import INSTALL
from evidence.citing.lists import own_file
from evidence.citing.mending import Sheet, sheet
from evidence.errors import EvidenceError, UsageError
from evidence.model.reference import Reference
from evidence.ports import Formatted

_MOST_PARENTS = 3  # one is the rule; more only where the installed styles are newer than the table


class Shelf(Protocol):
    """Where styles are looked up."""

    @property
    def catalogue(self) -> Catalogue:
        """The table."""

    def entry(self, name: str) -> Entry:
        """The entry of a style; UsageError when there is none."""

    def file(self, style: str) -> Path | None:
        """The file of the style with that id; None when it is not installed."""


def sheet_of(shelf: Shelf, name: str) -> Sheet:
    """The style `name` ready for the engine; a dependent one is its parent's in its own locale. UsageError: it cannot be."""
    if own_file(name):
        root = sheets.read(sheets.read_file(Path(name)), name)
        above = sheets.parent(root)
        if above is None:
            return sheet(root, Path(name).stem)
        style, locale = above, root.get("default-locale", "")
    else:
        entry = shelf.entry(name)
        style, locale = entry.parent or entry.id, entry.locale
    for _ in range(_MOST_PARENTS):
        listed = shelf.catalogue.find(style)
        style = listed.id if listed else style
        file = shelf.file(style)
        if file is None:
            raise UsageError(f"The style {style[:80]!r}, which sets {name[:80]!r}, is not installed.", INSTALL)
        root = sheets.read(sheets.read_file(file), style)
        above = sheets.parent(root)
        if above is None:
            return sheet(root, style, locale)
        style, locale = above, locale or root.get("default-locale", "")
    raise UsageError(f"The style {name[:80]!r} depends on itself.", "Take another style: `evidence styles WORD`.")


def printed(
    pandoc: Path, ready: Sheet, references: Sequence[Reference], style: str, *, pmid: bool, seconds: float | None
) -> list[Formatted]:
    """`references` as the style prints them, in its order. UsageError (a style of one's own) or EvidenceError: it failed."""
    items = [preparing.item(one, f"r{at}", ready, pmid=pmid) for at, one in enumerate(references)]
    try:
        document = engine.run(pandoc, ready.xml, items, seconds)
        made = [(references[int(name[1:])], pieces) for name, pieces in rendering.entries(document)]
    except (engine.EngineError, ValueError, IndexError, RecursionError) as error:
        raise _failed(style, len(references), error) from error
    if len(made) != len(references):
        raise _failed(style, len(references), ValueError(f"it gave {len(made)} references"))
    return [
        _formatted(reference, at if ready.numbered else None, pieces)
        for at, (reference, pieces) in enumerate(made, start=1)
    ]


def _formatted(reference: Reference, number: int | None, pieces: list[rendering.Piece]) -> Formatted:
    where = preparing.address(reference)
    pieces = rendering.linked(pieces, *where) if where else pieces
    return Formatted(
        reference.key or "", number, rendering.text(pieces), rendering.markdown(pieces), rendering.as_html(pieces)
    )


def _failed(style: str, count: int, error: Exception) -> EvidenceError:
    """What to say when the engine does not do it: the style is at fault when it is the user's own."""
    said = error.message if isinstance(error, EvidenceError) else str(error)
    noun = "one reference" if count == 1 else f"{count} references"
    message = f"pandoc could not set {noun} in the style {style!r}: {said}."
    if own_file(style):
        return UsageError(message, "Check the style's file, or take another style.")
    return EvidenceError(
        message, "Try another style, or fewer references at once; if that fails too, please report it."
    )
