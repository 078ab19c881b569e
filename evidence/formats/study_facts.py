"""Study facts: one JSON object a line, each a fact on a record with the page and the words that it was read from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from evidence.formats.encodings import CHUNK, Narrow, parse_json, text_of
from evidence.model.record import Fact
from evidence.model.reference import Unread
from evidence.ports import Format, ParsedFact

LIMIT = 1 << 20  # bytes of one line that are kept; a longer one is refused


def sniff(head: bytes) -> bool:
    """Whether the first line is an object with a key and a fact."""
    first = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    return first.startswith(b"{") and b'"key"' in first and b'"fact"' in first


def read(source: BinaryIO, encoding: str) -> Iterator[ParsedFact | Unread]:
    """Every line in order; one that is no fact is unread, with the reason."""
    narrow = Narrow(source, encoding)
    for number, line, cut in _lines(narrow):
        if raw := line.strip():
            yield (
                _fact(raw, narrow, number)
                if not cut
                else Unread(narrow.own(raw), number, f"the line is longer than {LIMIT >> 20} MiB")
            )


def count(source: BinaryIO, encoding: str) -> int:
    """The lines that hold anything."""
    narrow, total, filled = Narrow(source, encoding), 0, False
    while chunk := narrow.read(CHUNK):
        *ended, last = chunk.split(b"\n")
        for part in ended:
            total += filled or bool(part.strip())
            filled = False
        filled = filled or bool(last.strip())
    return total + filled


def _lines(source: Narrow) -> Iterator[tuple[int, bytes, bool]]:
    number, rest, size = 1, b"", 0
    while chunk := source.read(CHUNK):
        *ended, last = chunk.split(b"\n")
        for part in ended:
            yield number, rest + part[: LIMIT - len(rest)], size + len(part) > LIMIT
            number, rest, size = number + 1, b"", 0
        size += len(last)
        rest += last[: LIMIT - len(rest)]
    yield number, rest, size > LIMIT


def _fact(line: bytes, narrow: Narrow, number: int) -> ParsedFact | Unread:
    raw = narrow.own(line)
    text, _ = text_of(line, narrow.encoding)
    try:
        stated = parse_json(text)
    except (ValueError, RecursionError) as error:
        return Unread(raw, number, f"it is not JSON: {error}")
    if not isinstance(stated, dict):
        return Unread(raw, number, "it is no JSON object")
    key, name = stated.get("key"), stated.get("fact")
    if not (isinstance(key, str) and key.strip()):
        return Unread(raw, number, "it names no record: `key` is missing")
    if not (isinstance(name, str) and name.strip()) or "value" not in stated:
        return Unread(raw, number, "it states nothing: `fact` or `value` is missing", key)
    fact = Fact(
        name=name,
        value=stated["value"],
        unit=_text(stated, "unit"),
        of=stated.get("of"),
        field=_text(stated, "place"),
        quote=_text(stated, "words"),
        source=_text(stated, "source"),
        by="person",
        read=_text(stated, "read"),
    )
    return ParsedFact(key, fact, raw, number)


def _text(stated: dict[str, Any], name: str) -> str | None:
    value = stated.get(name)
    return None if value in (None, "") else str(value)


STUDY_FACTS = Format(name="study-facts", suffixes=(".jsonl",), sniff=sniff, read=read, count=count)
