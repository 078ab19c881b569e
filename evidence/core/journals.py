"""A journal's other name, taken from a record of the library that states both. None is ever made up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from evidence.model.markup import plain
from evidence.model.record import Record
from evidence.model.reference import Reference
from evidence.model.words import joined_words

FULL, SHORT = "container-title", "container-title-short"
_ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]", re.ASCII)
Seen = Callable[[str], Iterable[Reference]]
"""The references of the library whose journal may have this name."""


def joined(records: Iterable[Record], wanted: str, seen: Seen) -> tuple[list[Record], dict[str, str]]:
    """`records`, with the name `wanted` (FULL or SHORT) of each journal that another record states; whose it is, by key.

    The other record has the same ISSN, or the very name that this one has. Where two of them disagree, none is taken.
    """
    out: list[Record] = []
    whose: dict[str, str] = {}
    known: dict[tuple[str, str], tuple[str, str] | None] = {}
    for record in records:
        fields = record.reference.fields
        name = plain(fields.get(FULL if wanted == SHORT else SHORT, ""))
        if not name or fields.get(wanted):
            out.append(record)
            continue
        about = (joined_words(name), fields.get("ISSN", ""))
        if about not in known:
            known[about] = _name(record.reference, name, wanted, seen)
        out.append(_with(record, wanted, known[about], whose))
    return out, whose


def _with(record: Record, wanted: str, found: tuple[str, str] | None, whose: dict[str, str]) -> Record:
    if found is None:
        return record
    text, whose[record.key] = found
    fields = {**record.reference.fields, wanted: text}
    return replace(record, reference=replace(record.reference, fields=fields))


def _name(reference: Reference, name: str, wanted: str, seen: Seen) -> tuple[str, str] | None:
    """The name that all others who state it agree on, and the key of the first of them."""
    others = [one for one in seen(name) if one.fields.get(wanted) and _one_journal(reference, name, wanted, one)]
    if not others or len({joined_words(plain(one.fields[wanted])) for one in others}) > 1:
        return None
    return others[0].fields[wanted], others[0].key or ""


def _one_journal(reference: Reference, name: str, wanted: str, other: Reference) -> bool:
    mine, theirs = (set(_ISSN.findall(one.fields.get("ISSN", ""))) for one in (reference, other))
    if mine and theirs:
        return bool({one.replace("-", "").upper() for one in mine} & {one.replace("-", "").upper() for one in theirs})
    held = other.fields.get(FULL if wanted == SHORT else SHORT, "")
    return joined_words(plain(held)) == joined_words(name)
