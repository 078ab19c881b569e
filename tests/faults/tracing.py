"""A process under strace: its system calls counted, or one of them struck by a signal or an error."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tests.faults.calling import environment

# Every call by which a file or a name comes to be, changes or goes. The `?`: not every machine has each of them.
CALLS = (
    "write", "pwrite64", "writev", "copy_file_range", "sendfile", "fsync", "fdatasync", "rename", "renameat",
    "renameat2", "unlink", "unlinkat", "ftruncate", "link", "mkdir", "rmdir",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Strike:
    """What happens at the `at`-th `call` (from 1): a signal ("KILL", "TERM"), or an error ("EIO", "ENOSPC")."""

    call: str
    at: int
    signal: str = ""
    error: str = ""
    every: bool = False  # and at every later one too

    def words(self) -> list[str]:
        """The options of strace."""
        what = f"signal={self.signal}" if self.signal else f"error={self.error}"
        when = f"{self.at}+" if self.every else str(self.at)
        return ["-e", f"trace=?{self.call}", "-e", f"inject=?{self.call}:{what}:when={when}"]

    def __str__(self) -> str:
        return f"{self.signal or self.error} at {self.call} {self.at}"


@lru_cache(maxsize=1)
def missing() -> str:
    """Why nothing can be traced here; "" when it can."""
    if not sys.platform.startswith("linux"):
        return "strace is for Linux"
    if shutil.which("strace") is None:
        return "strace is not installed (on Debian or Ubuntu: sudo apt install strace)"
    strike = Strike("write", 1, signal="KILL")
    tried = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", *strike.words(), "/bin/echo", "x"],
        check=False,
        capture_output=True,
        env=environment(),
    )
    return "" if died(tried.returncode, "KILL") else "strace may not trace here: " + tried.stderr.decode()[:200]


@contextmanager
def attached(process: int, options: Sequence[str]) -> Iterator[None]:
    """Strace at work on a stopped process, until that ends. Without `options` there is none."""
    if not options:
        yield
        return
    out = () if "-o" in options else ("-o", "/dev/null")
    command = ["strace", "-f", *out, *options, "-p", str(process)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment()) as strace:
        assert strace.stderr
        if b"attached" not in (line := strace.stderr.readline()):
            raise AssertionError(f"strace cannot trace: {line.decode()}")
        yield


def to_count() -> list[str]:
    """The options by which strace logs `CALLS`."""
    return ["-e", "trace=" + ",".join(f"?{call}" for call in CALLS)]


def counts_in(log: Path) -> Counter[str]:
    """How often each call stands in strace's log."""
    return Counter(re.findall(r"(?m)^(?:\d+ +)?(\w+)\(", log.read_text("utf-8", "replace")))


def died(code: int, by: str) -> bool:
    """Whether an exit code is that of a process ended by the signal `by`."""
    number = signal.Signals[f"SIG{by}"].value
    return code in {-number, 128 + number}


def points(count: int, step: int, few: int = 20) -> list[int]:
    """Which of `count` calls are struck: every `step`-th and the last one; all of them where there are but few."""
    return list(range(1, count + 1)) if count <= few else sorted({*range(1, count + 1, step), count})


def spread(found: Sequence[Strike], limit: int | None) -> list[Strike]:
    """At most `limit` of the strikes, evenly over all."""
    if limit is None or len(found) <= limit:
        return list(found)
    return [found[at * len(found) // limit] for at in range(limit)]


def strikes(counts: Counter[str], step: int, signal: str = "KILL", calls: Iterable[str] = CALLS) -> list[Strike]:
    """The strikes of a sweep over an operation that makes `counts` calls."""
    return [Strike(call, at, signal=signal) for call in calls for at in points(counts[call], step)]
