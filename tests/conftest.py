"""What every test may ask for: a library in a folder, and the command line in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evidence.__main__ import run
from evidence.core.library import Library
from evidence.wiring import init_library, open_library

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Told:
    """What a command did: its exit code, what it printed, what it said on standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)


Command = Callable[..., Told]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library, open for writing."""
    with open_library(init_library(tmp_path / "library"), write=True, who="tester") as opened:
        yield opened


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line, called in this process: `command("search", "knee")`; lines break as in a wide terminal."""
    monkeypatch.setenv("COLUMNS", "118")

    def call(*words: object) -> Told:
        code = run([str(word) for word in words])
        printed = capfd.readouterr()
        return Told(code, printed.out, printed.err)

    return call


@pytest.fixture(scope="session")
def shipped_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library made of data/, once for the whole run. Tests that change it take a copy."""
    folder = init_library(tmp_path_factory.mktemp("shipped") / "library")
    with open_library(folder, write=True, who="you") as opened:
        for name in ("citations.bib", "study-facts.jsonl"):
            with (ROOT / "data" / name).open("rb") as stream:
                opened.import_file(name, stream)
    return folder


@pytest.fixture
def shipped(shipped_folder: Path, tmp_path: Path) -> Path:
    """A copy of the shipped library, to be changed at will."""
    import shutil

    return Path(shutil.copytree(shipped_folder, tmp_path / "shipped"))
