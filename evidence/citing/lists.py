"""The citer: finds styles by name, and has lists set. What sets them is loaded when a list is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from evidence.citing.catalogue import Catalogue, Entry
from evidence.citing.installed import INSTALL, Place
from evidence.errors import UsageError
from evidence.model.reference import Reference
from evidence.ports import Formatted, Style

_HINT = "`evidence styles WORD` lists the styles; a .csl file of your own is named by its path."
_FEW = 5  # styles that are named when one is to be chosen
_LONGEST_ID = 200  # characters; the longest id has 120


@dataclass(frozen=True)
class PandocCiter:
    """Reference lists by pandoc; `pandoc` and `files` say where it and the styles are, when a list is made.

    `seconds` is how long pandoc may take for a list; None: a minute and more for long ones.
    """

    pandoc: Place
    files: Place
    seconds: float | None = None
    catalogue: Catalogue = field(default_factory=Catalogue)

    def styles(self, word: str = "") -> Iterable[Style]:
        """The styles whose id or title has words beginning with the words of `word`, best first; all by id for ""."""
        return self.catalogue.matching(word)

    def style(self, name: str) -> Style:
        """The style of an id, a former id, a short name, a title or its beginning, or a `.csl` file's path.

        UsageError when there is none, or several are meant.
        """
        if not own_file(name):
            return self.entry(name).style
        from evidence.citing import sheets

        path = Path(name)
        return Style(name, sheets.title(sheets.read(sheets.read_file(path), name)) or path.stem)

    def surely(self, name: str) -> bool:
        """Whether `name` names a style itself: a path, an id, a former id or a short name; not a title or its beginning."""
        return own_file(name) or self.catalogue.named(name) is not None or self.file(name) is not None

    def journal(self, style: str) -> Literal["short", "full", ""]:
        """Which form of a journal's name `style` prints; "" for none, or where it cannot be told."""
        from evidence.citing import setting

        return setting.sheet_of(self, style).journal if self.files() else ""

    def short(self, text: str) -> str | None:
        """`text` as the short name or former id of a style that it is; None when it is none."""
        return self.catalogue.short(text)

    def format(self, references: Sequence[Reference], style: str, *, pmid: bool = False) -> list[Formatted]:
        """The list as the style prints it, by one run of pandoc. UsageError: no such style, or the engine is not installed."""
        from evidence.citing import setting

        pandoc = self.pandoc()
        if pandoc is None or self.files() is None:
            what = "pandoc is" if pandoc is None else "The citation styles are"
            raise UsageError(f"{what} not installed here, so no reference list can be set.", INSTALL)
        ready = setting.sheet_of(self, style)
        return setting.printed(pandoc, ready, references, style, pmid=pmid, seconds=self.seconds) if references else []

    def entry(self, name: str) -> Entry:
        """The entry of the style `name`, in the table or newer than it; a title's beginning is enough if no other has it.

        UsageError, with near names, when there is none; with up to five when it may be any of several.
        """
        entry = self.catalogue.find(name)
        if entry is None and self.file(name):
            return Entry(name, name)
        begun = self.catalogue.begun(name) if entry is None else []
        if len(begun) > 1:
            few = ", ".join(one.id for one in begun[:_FEW]) + (", …" if len(begun) > _FEW else "")
            raise UsageError(f"{name[:80]!r} may be any of {len(begun)} citation styles.", f"Name one: {few}. {_HINT}")
        entry = entry or next(iter(begun), None)
        if entry is None:
            near = self.catalogue.near(name)
            hint = f"Did you mean {' or '.join(near)}? " if near else ""
            raise UsageError(f"There is no citation style {name[:80]!r}.", hint + _HINT)
        return entry

    def file(self, style: str) -> Path | None:
        """The file of the style with the id `style` among those installed; None when it is not there."""
        folder = self.files()
        if folder is None or len(style) > _LONGEST_ID or not style.replace("-", "").isalnum():
            return None
        files = (folder / f"{style}.csl", folder / "dependent" / f"{style}.csl")
        return next((one for one in files if one.is_file()), None)


def own_file(name: str) -> bool:
    """Whether `name` is meant as the path of a style file."""
    return name.lower().endswith((".csl", ".xml")) or "/" in name or "\\" in name
