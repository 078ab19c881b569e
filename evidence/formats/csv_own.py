"""The table that we write ourselves, and read back the same: CSL's variables as columns, what is rarer in one cell of JSON.

A cell that a spreadsheet would run as a formula gets an apostrophe before it (OWASP ASVS 1.2.10, CWE-1236); reading takes
one off again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from evidence.formats.people import person
from evidence.model.csl import date_from_text, from_csl, to_csl
from evidence.model.reference import Name, Reference

_FIELDS = (
    "title", "container-title", "container-title-short", "volume", "issue", "page", "DOI", "PMID", "PMCID", "abstract",
    "keyword", "language", "publisher", "publisher-place", "URL", "note",
)  # fmt: skip
HEADER = ("id", "type", "author", "issued", *_FIELDS, "publication-types", "other")
_FORMULA = re.compile("'*[=+\\-@\t\r\0]")
_QUOTED = re.compile('[",\r\n]|^\\s|\\s$|^$')


def is_own(header: list[str]) -> bool:
    """Whether a table with this header is one that `write` made."""
    return tuple(header) == HEADER


def write(references: Iterable[Reference]) -> Iterator[str]:
    """The table, a row a piece, with CR LF as RFC 4180 has it; formulas made harmless."""
    yield from _rows(references, raw=False)


def write_raw(references: Iterable[Reference]) -> Iterator[str]:
    """The table with each cell as it is."""
    yield from _rows(references, raw=True)


def harmless(cell: str) -> str:
    """`cell` so that no spreadsheet runs it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def bare(cell: str) -> str:
    """`cell` without the apostrophe that makes it harmless."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def _rows(references: Iterable[Reference], *, raw: bool) -> Iterator[str]:
    yield ",".join(HEADER) + "\r\n"
    for reference in references:
        cells = _cells(reference)
        yield ",".join(_cell(cells.get(name, ""), raw=raw) for name in HEADER) + "\r\n"


def _cell(text: str, *, raw: bool) -> str:
    if not text:
        return ""
    text = text if raw else harmless(text)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _cells(reference: Reference) -> dict[str, str]:
    item: dict[str, Any] = to_csl(reference)
    custom = item.get("custom", {})
    cells = {name: item.pop(name) for name in ("id", "type", *_FIELDS) if name in item}
    authors = item.pop("author", None)
    if authors is not None:
        names = reference.named("author")
        plain = "; ".join(map(_plain, names))
        kept = _people(plain) == names and not plain.startswith("[")  # JSON begins so: "[Anonymous]"
        cells["author"] = plain if kept else _json(authors)
    issued = item.pop("issued", None)
    if issued is not None:
        plain = "/".join(
            "-".join([f"{part[0]:04}", *(f"{one:02}" for one in part[1:])]) for part in issued.get("date-parts", ())
        )
        same = plain and _date(plain) == issued
        cells["issued"] = plain if same else _json(issued)
    types = custom.pop("publication-types", None)
    if types is not None:
        plain = "; ".join(types)
        cells["publication-types"] = plain if plain.split("; ") == types and not plain.startswith("[") else _json(types)
    if not custom:
        item.pop("custom", None)
    if item:
        cells["other"] = _json(item)
    return cells


def read(cells: list[str]) -> Reference:
    """The reference in one row of our own table. ValueError says what is wrong with a cell of JSON."""
    row = {name: bare(cell) for name, cell in zip(HEADER, cells, strict=False) if cell}
    item: dict[str, Any] = json.loads(row.pop("other", "{}"))
    if not isinstance(item, dict):
        raise ValueError("the cell `other` is no JSON object")
    if text := row.pop("author", ""):
        item["author"] = json.loads(text) if text.startswith("[") else _people_out(_people(text))
    if text := row.pop("issued", ""):
        item["issued"] = json.loads(text) if text.startswith("{") else _date(text)
    if text := row.pop("publication-types", ""):
        types = json.loads(text) if text.startswith("[") else text.split("; ")
        item.setdefault("custom", {})["publication-types"] = types
    return from_csl({**row, **item})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(name: Name) -> str:
    if name.literal is not None or not name.family:
        return name.literal or name.given or ""
    family = " ".join(filter(None, (name.particle, name.family)))
    return ", ".join(filter(None, (family, name.given or "", name.suffix or "")))


def _people(text: str) -> tuple[Name, ...]:
    return tuple(name for part in text.split("; ") if (name := person(part)))


def _people_out(names: tuple[Name, ...]) -> Any:
    return to_csl(Reference(None, names=names)).get("author", [])


def _date(text: str) -> Any:
    return to_csl(Reference(None, dates=(date_from_text("issued", text),))).get("issued")
