"""Kill a writer at every n-th of its steps and see what is left: `python -m tests.search.killing FOLDER N`; a line a kill.

Every step that changes the disk is counted (write, fsync, rename, unlink, mkdir, rmdir); a child is ended right before or
after the n-th. Afterwards the index must answer as before the batch or as after it, and take the next batch.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evidence.search.whoosh_index import WhooshIndex
from tests.search.shelves import answers, documents, shelf, standing, take

STEPS = ("write", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir")


def main() -> None:
    """Every step of a batch with a merge, and of a copy made anew."""
    folder, every = Path(sys.argv[1]), int(sys.argv[2])
    for name, change in (("take", taken), ("anew", anew)):
        (folder / "before").mkdir()
        shelf(folder / "before")
        shutil.copytree(folder / "before", folder / "after")
        change(WhooshIndex(folder / "after" / "index"))
        allowed = [answers(WhooshIndex(folder / state / "index")) for state in ("before", "after")]
        for step in range(1, 1000, every):
            if not killed(folder, step, change):
                break
            index = WhooshIndex(folder / "tried" / "index")
            sound = answers(index) in allowed and not list(index.faults())
            take(index, documents(77), seq=50)
            sound = sound and index.search(named("own77"), page()).total == 1 and not list(index.faults())
            print(name, step, "good" if sound else "BAD")  # noqa: T201  what its parent reads
            shutil.rmtree(folder / "tried")
        shutil.rmtree(folder / "before")
        shutil.rmtree(folder / "after")


def taken(index: WhooshIndex) -> None:
    """A batch that fills a size, so that segments are put together."""
    take(index, documents(3, 4, 5, 6, 20, 21, version=1), ["key1"], seq=4)


def anew(index: WhooshIndex) -> None:
    """Another copy, in three batches."""
    with index.writing("test") as writing:
        writing.fresh(lambda _: False)
        writing.take(documents(1, 3), (), standing(9, last=3))
        writing.take(documents(30, 31), (), standing(9, last=31))
        writing.take((), (), standing(9))
        writing.adopt()


def killed(folder: Path, step: int, change: Callable[[WhooshIndex], None]) -> bool:
    """Whether the child was killed before it was done."""
    shutil.copytree(folder / "before", folder / "tried")
    child = os.fork()
    if not child:
        count_down(step)
        change(WhooshIndex(folder / "tried" / "index"))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        shutil.rmtree(folder / "tried")
    elif code != 9:
        sys.exit(f"the child ended with {code}")
    return code == 9


def count_down(step: int) -> None:
    """End this process at the `step`-th change of the disk: before it when `step` is odd, else after it."""
    left = [(step + 1) // 2]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0 and step % 2:
                os._exit(9)
            try:
                return real(*given, **named)
            finally:
                if left[0] == 0:
                    os._exit(9)

        return call

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))


def named(word: str) -> Any:
    """A query for one word."""
    from evidence.model.query import Word

    return Word(word)


def page() -> Any:
    """Any page."""
    from evidence.ports import Page

    return Page()


if __name__ == "__main__":
    main()
