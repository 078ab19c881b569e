"""A process that has the program loaded and forks one child for each command, which may then be struck.

A kill would cost a second of importing otherwise, and the calls of a start, which write nothing, would all be traced.
A child stops before it does anything, until strace has been attached to it.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.faults.calling import ROOT, Told, call, environment
from tests.faults.driver import main, said
from tests.faults.libraries import FIRST, new_library, write_files
from tests.faults.tracing import Strike, attached, counts_in, to_count

_PATIENCE = 120.0  # seconds after which a process is taken to hang


class Stable:
    """The process, for as long as the block lasts. Its commands are those of `driver`."""

    def __init__(self, folder: Path | None = None) -> None:
        """Start it, with its files in a new folder in `folder`; the first command waits until it is ready."""
        self._folder = tempfile.TemporaryDirectory(dir=folder)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.stable", self._folder.name], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, cwd=ROOT, env=environment(),
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
        self._folder.cleanup()

    def run(self, words: Sequence[str], strike: Strike | None = None, most: int = 0) -> Told:
        """Run a command; `strike` falls on it, and no file of it may have more than `most` bytes (0: any)."""
        return self._ran(words, strike.words() if strike else [], most)

    def counted(self, words: Sequence[str]) -> tuple[Told, Counter[str]]:
        """Run a command undisturbed; how often it made each of `tracing.CALLS`."""
        log = Path(self._folder.name) / "log"
        told = self._ran(words, ["-o", str(log), *to_count()], 0)
        return told, counts_in(log)

    def _ran(self, words: Sequence[str], tracing: Sequence[str], most: int) -> Told:
        child = self._asked({"words": list(words), "most": most})
        with attached(child, tracing):
            os.kill(child, signal.SIGCONT)
            code = self._told(child)
        out, err = (Path(self._folder.name) / name for name in ("out", "err"))
        return Told(code, *(path.read_bytes().decode(errors="replace") for path in (out, err)))

    def _asked(self, request: object) -> int:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        return self._told(0)

    def _told(self, child: int) -> int:
        """The next number that it says. A `child` that does not end is ended."""
        assert self._process.stdout
        if child and not select.select([self._process.stdout], [], [], _PATIENCE)[0]:
            os.kill(child, signal.SIGABRT)
        if not (line := self._process.stdout.readline()):
            raise AssertionError(f"The program cannot be loaded: {self._process.wait()}")
        return int(line)


def serve(folder: Path) -> None:
    """Answer each line of the input with a stopped child's number, and with its exit code when it has ended."""
    _load(folder / "warm")
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            sys.exit(_child(folder, request["words"], request["most"]))
        os.waitpid(child, os.WUNTRACED)
        said(str(child))
        _, status = os.waitpid(child, 0)
        said(str(os.waitstatus_to_exitcode(status)))


def _child(folder: Path, words: list[str], most: int) -> int:
    for number, name in ((1, "out"), (2, "err")):
        handle = os.open(folder / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(handle, number)
        os.close(handle)
    if most:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    os.kill(os.getpid(), signal.SIGSTOP)
    return main(words)


def _load(place: Path) -> None:
    """Do all that is struck later once, so that everything is loaded that is loaded late."""
    place.mkdir()
    write_files(place)
    library = new_library(place, FIRST)
    again = place / "again"
    for words in (
        ("init", place / "other"), ("import", place / FIRST), ("question", "save", "a", "pain"), ("question", "new"),
        ("reindex",), ("verify",), ("backup", place / "backup"), ("-L", again, "restore", place / "backup"),
        ("search", "pain"), ("export",), ("undo",),
    ):  # fmt: skip
        with suppress(Exception):  # what fails here is seen where it is looked at
            call("-L", library, *words)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
