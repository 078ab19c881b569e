"""Small indexes to try things on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from evidence.model.query import Document, Everything, Query, Word
from evidence.model.record import Axis
from evidence.ports import Found, Page, SearchIndex, Standing
from evidence.search.whoosh_index import WhooshIndex

ALL = Page(limit=1000)


def document(number: int, title: str = "knee pain", version: int = 0) -> Document:
    """A document with words of its own."""
    key = f"key{number}"
    tags = frozenset({(Axis.CONDITION, f"c{number % 3}"), (Axis.DESIGN, "rct")})
    words = {"title": (*title.split(), f"own{number}"), "abstract": ("version", f"v{version}", "of", "the", "text") * 9}
    return Document(key, words, tags, tags, number % 5 + 1, 2000 + number % 7, frozenset({("key", key)}))


def documents(*numbers: int, version: int = 0) -> list[Document]:
    """The documents of `numbers`."""
    return [document(number, version=version) for number in numbers]


def standing(seq: int = 1, last: int | None = None) -> Standing:
    """A standing of one library."""
    return Standing("library", "rules", seq, f"mark {seq}", last)


def take(index: SearchIndex, made: Iterable[Document], gone: Collection[str] = (), seq: int = 1) -> None:
    """Take one batch in."""
    with index.writing("test") as writing:
        writing.take(list(made), gone, standing(seq))


def keys(index: SearchIndex, query: Query | None = None) -> list[str]:
    """The keys that answer, in the order of the alphabet."""
    return sorted(key for key, _ in index.search(query or Everything(), ALL).hits)


def answers(index: SearchIndex) -> list[Found]:
    """What an index says to a few questions."""
    asked: Sequence[Query] = (Everything(), Word("knee"), Word("own3"), Word("v1"))
    return [index.search(query, ALL) for query in asked]


def shelf(folder: Path, batches: int = 3) -> WhooshIndex:
    """An index with a few segments, some of whose documents count no more."""
    index = WhooshIndex(folder / "index")
    for batch in range(batches):
        take(index, documents(*range(batch * 4, batch * 4 + 6), version=batch), [f"key{batch}"], seq=batch + 1)
    return index


def files(folder: Path) -> list[Path]:
    """Every file of an index."""
    return sorted(path for path in (folder / "index").rglob("*") if path.is_file())
