"""Where a library's parts are, and its settings as a backup carries them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from evidence import wiring
from evidence.errors import LibraryError

_PLAIN = f'database = "{wiring.DATABASE}"'


@dataclass(frozen=True, slots=True)
class Place:
    """A library: its `folder`, its `settings`, and its database: a file's path, or a server's address."""

    folder: Path
    settings: wiring.Settings
    database: Path | str


def place(folder: Path) -> Place:
    """The library in `folder`, by its settings. LibraryError: there is none, or its settings cannot be read."""
    settings = wiring._settings(folder)  # noqa: SLF001  (wished for as a public name of wiring)
    return Place(folder, settings, wiring._target(folder, settings))  # noqa: SLF001


def vocabulary(folder: Path) -> list[Path]:
    """The files of the library's own vocabulary; [] when it uses the shipped one."""
    own = folder / "vocabulary"
    return sorted(one for one in own.glob("*.toml") if one.is_file()) if own.is_dir() else []


def portable(settings: bytes) -> bytes:
    """`library.toml` with the database as the file beside it, whatever it names; the other lines stay.

    LibraryError: it cannot be read, or not be changed by changing one line.
    """
    try:
        text = settings.decode("utf-8")
        if tomllib.loads(text).get("database", wiring.DATABASE) == wiring.DATABASE:
            return settings
        new = re.sub(r"(?m)^[ \t]*database[ \t]*=.*$", _PLAIN, text, count=1)
        if tomllib.loads(new).get("database") == wiring.DATABASE:
            return new.encode()
    except ValueError as error:
        raise LibraryError(f"The settings cannot be read: {error}.", f"Mend {wiring.SETTINGS}.") from error
    raise LibraryError(f"The line `database` in {wiring.SETTINGS} cannot be changed.", f"Write it as: {_PLAIN}")
