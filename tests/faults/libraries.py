"""Small libraries to be struck, and what can be seen of one from outside."""

from __future__ import annotations

import hashlib
import runpy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evidence.core.library import Library
from evidence.model.csl import canonical, to_csl
from evidence.wiring import init_library, open_library
from tests.faults.calling import ROOT, call

FIRST, SECOND = "first.bib", "second.bib"
SIZE, SHARED = 60, 20  # entries of each file, and how many of the first stand changed in the second

# Words, phrases, beginnings, fields, tags and years: what an index that lacks or doubles a record answers otherwise.
QUERIES = (
    "", "pain", "dextrose", "knee osteoarthritis", '"randomized controlled trial"', "vitamin D", "pain NOT saline",
    "inject*", "title:exercise OR title:leaflet", "author:Kim", "year:1990-2005", "journal:invented", "level:1-3",
    "exampel", "publisher",
)  # fmt: skip


_PAGE = 8  # hits whose order is looked at; more would be marked word by word, which takes most of the time


@dataclass(frozen=True, slots=True)
class Answer:
    """What one query gave: the total, every key, the first in order, the facets' counts, and what was said about it."""

    query: str
    total: int
    keys: frozenset[str]
    first: tuple[str, ...]
    facets: tuple[tuple[str, str, int], ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """All that a library shows: a digest of each record by key, and the answers to `QUERIES`."""

    records: Mapping[str, str]
    answers: tuple[Answer, ...]


def state(folder: Path, engine: str | None = None) -> State:
    """What the library in `folder` shows now; by another index than its own when `engine` names one."""
    with open_library(folder, engine=engine) as library:
        records = {one.key: _digest(canonical(to_csl(one.reference)), one.tags) for one in library.records()}
        return State(records, tuple(answer(library, query) for query in QUERIES))


def answer(library: Library, query: str) -> Answer:
    """What `library` answers to one query."""
    parsed = library.parse(query)
    found = library.search(parsed, limit=_PAGE)
    facets = tuple((name, one.id, one.count) for name, facet in found.facets.items() for one in facet)
    said = (*found.warnings, *(["partial"] if found.partial else []))
    first = tuple(hit.record.key for hit in found.hits)
    keys = frozenset(first if found.partial else (one.key for one in library.matching(parsed)))
    return Answer(query, found.total, keys, first, facets, said)


def differences(now: State, wanted: State) -> Iterator[str]:
    """How a library differs from the one that was never disturbed; a sentence each."""
    lacking, extra = wanted.records.keys() - now.records.keys(), now.records.keys() - wanted.records.keys()
    if lacking or extra:
        yield f"{len(lacking)} records lacking, {len(extra)} too many: {', '.join(sorted(lacking | extra)[:3])}"
    if changed := [
        key for key in now.records.keys() & wanted.records.keys() if now.records[key] != wanted.records[key]
    ]:
        yield f"{len(changed)} records are not as they should be: {', '.join(sorted(changed)[:3])}"
    for found, right in zip(now.answers, wanted.answers, strict=True):
        if found != right:
            yield f"the answer to {found.query!r} is wrong: {_difference(found, right)}"


def faults(folder: Path) -> list[str]:
    """What `evidence verify` finds wrong."""
    told = call("-L", folder, "--json", "verify")
    document = told.json or {}
    if told.code == 0 and document.get("ok") and not document.get("faults"):
        return []
    wrong = [f"{one['where']}: {one['what']}" for one in document.get("faults", ())]
    return [f"verify finds {'; '.join(wrong) or told}"]


def entries(count: int, seed: int = 1) -> list[str]:
    """Made-up BibTeX entries, no two alike."""
    made = runpy.run_path(str(ROOT / "scripts" / "make_bib"))
    return list(made["entries"](count, seed, list(made["SUBJECTS"])))


def write_files(place: Path) -> None:
    """`FIRST`, and `SECOND`, which has some of the first's entries changed."""
    made = entries(2 * SIZE - SHARED)
    changed = [one.replace("  year =", "  publisher = {Example House},\n  year =", 1) for one in made[SIZE - SHARED :]]
    (place / FIRST).write_text("\n".join(made[:SIZE]), "utf-8")
    (place / SECOND).write_text("\n".join(changed[:SHARED] + made[SIZE:]), "utf-8")


def keys_of(file: Path) -> list[str]:
    """The keys of a file's entries, in order."""
    return [line.split("{")[1].rstrip(",") for line in file.read_text("utf-8").splitlines() if line.startswith("@")]


def new_library(place: Path, *names: str, index: str | None = None) -> Path:
    """A library in `place` with the files `names` of that folder imported, and its index made."""
    folder = init_library(place / "library", index=index)
    with open_library(folder, write=True, who="tester") as library:
        for name in names:
            with (place / name).open("rb") as stream:
                library.import_file(name, stream)
    return folder


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode(errors="surrogateescape")).hexdigest()


def _difference(found: Answer, right: Answer) -> str:
    if found.said != right.said:
        return f"it says {'; '.join(found.said) or 'nothing'}"
    if found.keys != right.keys or found.total != right.total:
        lacking, extra = right.keys - found.keys, found.keys - right.keys
        return f"{found.total} for {right.total}; lacking {sorted(lacking)[:3]}, too many {sorted(extra)[:3]}"
    return "the order" if found.first != right.first else "the facets"
