"""What an entry takes from the one that its `crossref` names: the book of a chapter, the proceedings of a paper.

Parents stand after their children, so a file that holds the word is gone over twice more, block by block, before it is
read; only parents are kept. Source: biblatex manual, 2.4.1 and appendix B.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from evidence.formats.bibtex_blocks import CHUNK, blocks
from evidence.formats.bibtex_fields import BY_BIB
from evidence.formats.bibtex_values import BrokenError, Macros, RawEntry, raw_entry
from evidence.formats.encodings import Narrow, text_of

PARENTS = 20_000  # of one file; more are not followed
SPACE = 16 << 20  # bytes of all of them that are kept
_NAMED = re.compile(rb"\bcrossref\s{0,20}=\s{0,20}[{\"]\s{0,20}([^\s{}\",]{1,200})", re.IGNORECASE)
_KEY = re.compile(rb"@[^{(]{0,80}[{(]\s{0,20}([^\s{}\",]{1,200})")
_SAME = (
    "booktitle", "editor", "publisher", "organization", "institution", "address", "location", "series", "volume", "number",
    "edition", "isbn", "issn", "eventtitle", "eventdate", "venue", "journal", "journaltitle", "language", "langid",
)  # fmt: skip
_WHEN = ("date", "year", "month")
_IN_BOOK = frozenset(
    ("inproceedings", "conference", "incollection", "inbook", "inreference", "bookinbook", "suppbook", "suppcollection")
)
_IN_JOURNAL = frozenset(("article", "suppperiodical"))


@dataclass(slots=True)
class Parents:
    """The entries that others name, by their keys in lower case, as bytes until one is asked for."""

    raw: dict[str, bytes] = field(default_factory=dict)
    _read: dict[str, RawEntry | None] = field(default_factory=dict)
    encoding: str = "utf-8"

    def complete(self, entry: RawEntry, macros: Macros) -> RawEntry:
        """`entry` with what it lacks and the entry that its `crossref` names has; a warning says what was taken."""
        named = next((value.strip().lower() for name, value in entry.fields if name == "crossref"), "")
        if named not in self.raw or named == entry.key.lower():
            return entry
        if named not in self._read:
            self._read[named] = self._parsed(named, macros)
        parent = self._read[named]
        taken = _taken(entry, parent) if parent else ()
        if not taken:
            return entry
        told = f"{', '.join(name for name, _ in taken)}: taken from {named}"
        return replace(entry, fields=(*entry.fields, *taken), warnings=(*entry.warnings, told))

    def _parsed(self, key: str, macros: Macros) -> RawEntry | None:
        try:
            return raw_entry(text_of(self.raw[key], self.encoding)[0], macros)
        except BrokenError:
            return None


def parents(source: BinaryIO, encoding: str) -> Parents:
    """The parents in the rest of `source`, which is left where it was; none when it cannot be gone over twice."""
    if not source.seekable():
        return Parents()
    start = source.tell()
    named: set[bytes] = set()
    if _holds(Narrow(source, encoding)):
        source.seek(start)
        for block in blocks(Narrow(source, encoding)):
            if len(named) < PARENTS:
                named.update(found.lower() for found in _NAMED.findall(block.raw))
    kept: dict[str, bytes] = {}
    space = SPACE
    if named:
        source.seek(start)
        for block in blocks(Narrow(source, encoding)):
            key = _KEY.match(block.raw)
            if key and key[1].lower() in named and block.is_entry and (space := space - len(block.raw)) > 0:
                kept.setdefault(text_of(key[1], encoding)[0].lower(), block.raw)
    source.seek(start)
    return Parents(kept, encoding="utf-8" if encoding.startswith(("utf-16", "utf-32")) else encoding)


def _holds(narrow: Narrow) -> bool:
    end = b""
    while chunk := narrow.read(CHUNK):
        if b"crossref" in (end + chunk).lower():
            return True
        end = chunk[-8:]
    return False


def _taken(entry: RawEntry, parent: RawEntry) -> tuple[tuple[str, str], ...]:
    """The fields of `parent` that `entry` lacks by any of their names; a date as a whole or not at all."""
    has = {_meaning(name) for name, value in entry.fields if value.strip()}
    given = {name: value for name, value in reversed(parent.fields) if value.strip()}
    offered = {name: given[name] for name in _SAME if name in given}
    book = "booktitle" if entry.word in _IN_BOOK else "journaltitle" if entry.word in _IN_JOURNAL else ""
    if book and "title" in given and "booktitle" not in offered and "journaltitle" not in offered:
        offered[book] = given["title"]
        if "subtitle" in given:
            offered[book.replace("title", "subtitle")] = given["subtitle"]
    if "container-title" in has:
        offered = {name: value for name, value in offered.items() if not name.endswith("subtitle")}
    if has.isdisjoint((*_WHEN, "issued")):
        offered |= {name: given[name] for name in _WHEN if name in given}
    return tuple((name, value) for name, value in offered.items() if _meaning(name) not in has)


def _meaning(name: str) -> str:
    row = BY_BIB.get(name)
    return row.csl if row else name
