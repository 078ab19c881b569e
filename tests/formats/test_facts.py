"""Facts: what must be read from a file, written from its format's published description before the reader was.

The form of a `.facts.json` is told in tests/golden/FACTS.md.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from evidence.errors import EvidenceError
from evidence.formats import by_name, detect, encoding_of
from evidence.model.csl import to_csl
from evidence.model.reference import Parsed, Unread
from evidence.ports import Piece

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
ENDING = ".facts.json"
FACTS = sorted(GOLDEN.glob(f"**/*{ENDING}"))
FORMAT_OF = {"zotero": "csl-json"}  # folders that are not called as their format is
WITHIN = ("custom", "extra")  # objects that are compared key by key


def differences(expected: Mapping[str, Any], got: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """A line for every stated key that `got` has otherwise; None states that the key is absent."""
    for key, value in expected.items():
        name, found = f"{where}{key}", got.get(key)
        if key in WITHIN and isinstance(value, dict):
            yield from differences(value, found if isinstance(found, dict) else {}, f"{name}.")
        elif found != value:
            yield f"{name}: expected {json.dumps(value, ensure_ascii=False)}, got {json.dumps(found, ensure_ascii=False)}"


def wrong_with(fact: Mapping[str, Any], piece: Piece) -> Iterator[str]:
    """A line for everything that the piece is not as the fact has it."""
    line = fact["line"]
    low, high = line if isinstance(line, list) else (line, line)
    if not low <= piece.line <= high:
        yield f"line: expected {line}, got {piece.line}"
    refused = fact["refused"]
    if isinstance(piece, Unread):
        if refused is False:
            yield f"refused, and should be read: {piece.why}"
        if not piece.why.strip():
            yield "refused without a reason"
    elif isinstance(piece, Parsed):
        if refused:
            yield f"read, and should be refused: {to_csl(piece.reference)}"
        if fact.get("warns") and not piece.warnings:
            yield "read without a warning, and something must be said"
        yield from differences(fact.get("item") or {}, to_csl(piece.reference))
    else:
        yield f"a {type(piece).__name__} instead of a reference"


def misplaced(pieces: list[Piece], data: bytes) -> Iterator[str]:
    """A line for every piece whose bytes do not stand in the file behind those of the one before."""
    at = 0
    for number, piece in enumerate(pieces, 1):
        found = data.find(piece.raw, at) if piece.raw else -1
        if found < 0:
            yield f"piece {number}: its raw bytes do not stand in the file after the piece before: {piece.raw[:80]!r}"
        else:
            at = found + len(piece.raw)


def detected(name: str, data: bytes) -> str:
    """The name of the format that is found by the file's beginning, or the sentence that says why none is."""
    try:
        return detect(name, data[:4096]).name
    except EvidenceError as error:
        return error.message


@pytest.mark.parametrize("path", FACTS, ids=lambda path: f"{path.parent.name}/{path.name.removesuffix(ENDING)}")
def test_facts(path: Path) -> None:
    """The file is known by its beginning, its pieces are counted, and each is what the facts say of it."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    source = path.with_name(path.name.removesuffix(ENDING))
    data = source.read_bytes()
    used = by_name(FORMAT_OF.get(path.parent.name, path.parent.name))
    encoding = encoding_of(io.BytesIO(data))
    pieces = list(used.read(io.BytesIO(data), encoding))
    counted = used.count(io.BytesIO(data), encoding)
    faults = list(misplaced(pieces, data))
    if (known := detected(source.name, data)) != used.name:
        faults.append(f"detect: expected {used.name}, got {known}")
    if counted != len(facts):
        faults.append(f"count: expected {len(facts)}, got {counted}")
    if len(pieces) != len(facts):
        faults.append(f"pieces: expected {len(facts)}, got {len(pieces)}, on lines {[piece.line for piece in pieces]}")
    for number, (fact, piece) in enumerate(zip(facts, pieces, strict=False), 1):
        faults += [f"piece {number} (line {piece.line}): {fault}" for fault in wrong_with(fact, piece)]
    assert not faults, f"{source.name} as {encoding}:\n" + "\n".join(faults)


def test_differences_are_told() -> None:
    """What is equal is silent; another value, a missing key and one that should be absent are told with both values."""
    got = {"title": "A", "volume": "1", "custom": {"extra": {"ris:ZZ": "x"}, "notices": []}}
    assert not list(
        differences({"title": "A", "issue": None, "custom": {"extra": {"ris:ZZ": "x", "ris:YY": None}}}, got)
    )
    told = list(differences({"title": "B", "volume": None, "page": "1", "custom": {"extra": {"ris:ZZ": "y"}}}, got))
    assert told == [
        'title: expected "B", got "A"',
        'volume: expected null, got "1"',
        'page: expected "1", got null',
        'custom.extra.ris:ZZ: expected "y", got "x"',
    ]
