"""The README tells the truth: every command in it is run here, and prints what it shows."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Command

README = (ROOT / "README.md").read_text(encoding="utf-8")


def shown() -> Iterator[tuple[str, str]]:
    """Each command of the README's console blocks, with the output shown for it ("" when none is)."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, output = part.partition("\n")
            yield line.strip(), output.rstrip("\n")


def settled(text: str) -> str:
    """Text without what differs from day to day and from one machine to the next, blanks at line ends."""
    text = re.sub(r"\d{4}-\d\d-\d\d(T[\d:]+Z| \d\d:\d\d UTC)?", "DATE", text)
    text = re.sub(r'"took_ms": [\d.]+', '"took_ms": 1', text)
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def test_the_tour_prints_what_the_readme_shows(
    shipped: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of the tour, in order, on one copy of the shipped library; `…` stands for what is left out."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVIDENCE_LIBRARY", str(shipped))
    monkeypatch.setenv("COLUMNS", "118")
    monkeypatch.setenv("LOGNAME", "you")
    ran = 0
    for line, output in shown():
        if not line.startswith("evidence "):
            continue
        told = command(*shlex.split(line)[1:])
        assert told.code == 0, f"{line}: {told.err}"
        ran += 1
        pattern = ".*".join(re.escape(part) for part in settled(output).split("…\n"))
        pattern = pattern.removesuffix(re.escape("…")) + (".*" if output.endswith("…") else "")
        if output:
            assert re.fullmatch(pattern, settled(told.out), re.DOTALL), f"{line} printed:\n{told.out}"
    assert ran > 8


def test_the_two_commands_stand_in_the_readme_and_start_works() -> None:
    """`scripts/start` builds or keeps the library in this clone and answers; scripts/test is what runs this."""
    commands = [line for line, _ in shown()]
    assert "python3 scripts/start" in commands
    assert "python3 scripts/test" in commands
    if not (ROOT / ".venv" / "installed-cite-test").exists():
        pytest.skip("scripts/start was NOT run: these tests were not started by scripts/test, which makes .venv first")
    done = subprocess.run([sys.executable, "scripts/start"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "reeves2000knee" in done.stdout
    assert "EVIDENCE_LIBRARY" in done.stderr


def test_the_example_from_python(
    shipped: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The README's Python block runs as it stands."""
    monkeypatch.setenv("EVIDENCE_LIBRARY", str(shipped))
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})
    assert "reeves2000knee" in capfd.readouterr().out
