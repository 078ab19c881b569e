"""The command line, or a row of imports, in batches of twenty, which says what is committed as soon as it is.

Run as a process of its own by the rigs, which kill it. `stored NAME N`: the first N entries of a file are committed.
`indexed N`: the index holds all of the first N files. Written past every buffer, so that what is read was really said.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from evidence.__main__ import run
from evidence.core import following, importing
from evidence.core.library import Library
from evidence.wiring import open_library

BATCH = 20
CONTROL = "FAULTS_CONTROL"  # "store" or "index": do without its flushes, to show that the rig sees what is lost


def main(words: list[str]) -> int:
    """`feed LIBRARY FILE…` imports file after file, the index after each; all else is the command line."""
    vars(importing)["BATCH"] = vars(following)["BATCH"] = BATCH
    control(os.environ.get(CONTROL, ""))
    if words[:1] == ["feed"]:
        return feed(Path(words[1]), [Path(one) for one in words[2:]])
    vars_of_library: Any = Library
    vars_of_library.import_file = acknowledged(Library.import_file)
    return run(words)


def feed(folder: Path, files: list[Path]) -> int:
    """Import every file, one by one, with the index after each."""
    tell = acknowledged(Library.import_file)
    with open_library(folder, write=True, who="tester") as library:
        for number, file in enumerate(files, 1):
            tell(library, file.name, BytesIO(file.read_bytes()))
            if (error := library.catch_up()) is not None:
                raise error
            said(f"indexed {number}")
    return 0


def acknowledged(method: Callable[..., Any]) -> Callable[..., Any]:
    """`Library.import_file` that says after each commit how many entries are in."""

    def import_file(library: Library, name: str, stream: Any, **options: Any) -> Any:
        done = 0

        def stored(pieces: int) -> None:
            nonlocal done
            done += pieces
            said(f"stored {name} {done}")

        return method(library, name, stream, **options | {"progress": stored})

    return import_file


def said(line: str) -> None:
    """One line to whoever listens, at once."""
    os.write(1, f"{line}\n".encode())


def control(what: str) -> None:
    """Take away the flushes of the store or of the index."""
    if what == "store":
        from evidence.store import sqlite

        pragmas = tuple(one.replace("FULL", "OFF") for one in sqlite._WRITE)
        vars(sqlite)["_WRITE"] = pragmas
    elif what == "index":
        vars(os)["fsync"] = vars(os)["fdatasync"] = lambda _: None  # SQLite does not go by way of Python's


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
