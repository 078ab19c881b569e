"""The command line, called in this process or as one that may be killed. Shared by the rigs and their scripts."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.__main__ import run

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Told:
    """What a command did: its exit code, what it printed, what it said on standard error."""

    code: int
    out: str
    err: str = ""

    @property
    def json(self) -> Any:
        """The JSON document at the end of its output; None when there is none, or not all of one."""
        at = self.out.find("{")
        try:
            return json.loads(self.out[at:]) if at >= 0 else None
        except ValueError:
            return None

    def __str__(self) -> str:
        said = (self.err or self.out).strip().splitlines()
        return f"exit {self.code}: {said[-2 if len(said) > 1 else 0] if said else 'nothing said'}"


def call(*words: object) -> Told:
    """The command line in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = run([str(word) for word in words])
    return Told(code, *(_text(stream) for stream in (out, err)))


def _text(stream: io.TextIOWrapper) -> str:
    whole = stream.buffer
    assert isinstance(whole, io.BytesIO)
    return whole.getvalue().decode(errors="replace")


def driver(*words: object) -> list[str]:
    """The command of a process that runs the command line with small batches; see `driver`."""
    return [sys.executable, "-m", "tests.faults.driver", *map(str, words)]


def environment(**more: str) -> dict[str, str]:
    """The environment of such a process: nothing of the user's library, and the same system calls in every run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EVIDENCE_")}
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return kept | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"} | more
