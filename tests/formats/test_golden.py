"""Golden pairs: a file, and what is to be read from it: items as CSL-JSON, warnings, and what could not be read."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from evidence.formats import detect, encoding_of
from evidence.model.csl import to_csl
from evidence.model.reference import Parsed, Unread

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
ENDING = ".expected.json"
FILES = sorted(path.with_name(path.name.removesuffix(ENDING)) for path in GOLDEN.glob(f"*/*{ENDING}"))


def told(path: Path) -> list[dict[str, Any]]:
    """Every piece of the file at `path`, as the expected file holds it."""
    data = path.read_bytes()
    found = detect(path.name, data[:4096])
    pieces = list(found.read(io.BytesIO(data), encoding_of(io.BytesIO(data))))
    assert found.count(io.BytesIO(data), encoding_of(io.BytesIO(data))) == len(pieces)
    out: list[dict[str, Any]] = []
    for piece in pieces:
        assert piece.raw in data
        if isinstance(piece, Parsed):
            out.append({"line": piece.line, "item": to_csl(piece.reference), "warnings": list(piece.warnings)})
        elif isinstance(piece, Unread):
            out.append({"line": piece.line, "key": piece.key, "why": piece.why})
    return out


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_golden(path: Path) -> None:
    """What is read is what the expected file says, and every piece carries bytes of the file."""
    expected = json.loads(path.with_name(f"{path.name}{ENDING}").read_text(encoding="utf-8"))
    assert told(path) == expected
