"""Records that are one work become one record. Nothing is stored here; what the first record says is not overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evidence.core.comparing import says_same
from evidence.core.merging import joined, with_edits
from evidence.core.unions import union
from evidence.errors import NeedsPersonError
from evidence.model.csl import to_csl
from evidence.model.other_ids import OTHERS
from evidence.model.record import Axis, Claim, Edit, Fact, Record
from evidence.model.reference import Json
from evidence.ports import StoreReader


@dataclass(frozen=True, slots=True)
class Difference:
    """What the record `key` said of `field` and what was not taken: its value, `other`; `kept` stands (None: nothing)."""

    key: str
    field: str
    kept: Json
    other: Json


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge: the number of the change, the key that stays, those that are its aliases now, what differs."""

    change: int
    key: str
    absorbed: tuple[str, ...]
    differs: tuple[Difference, ...]


def join(records: Sequence[Record]) -> tuple[Record, tuple[Difference, ...]]:
    """The first of `records`, with what the others add, and what differs. Its claims are to be made anew."""
    first, *others = records
    whole = first
    for other in others:
        whole = _pair(whole, other)
    keys = {key for record in records for key in (record.key, *record.aliases)}
    ids = {record.id for record in records}
    relations = tuple(one for one in whole.reference.relations if one.key not in keys)
    whole = replace(
        whole,
        reference=replace(whole.reference, relations=relations),
        distinct=tuple(one for one in whole.distinct if one not in ids),
    )
    return whole, tuple(one for other in others for one in _differences(whole, other))


def _pair(first: Record, other: Record) -> Record:
    edits = _edits(first, other)
    reference, _, _ = joined(first.reference, other.reference)
    aliases = union(first.aliases, (other.key, *other.aliases))
    return replace(
        first,
        reference=with_edits(reference, edits),
        claims=_claims(first.claims, other.claims),
        facts=_facts(first.facts, other.facts),
        notes=tuple(sorted(union(first.notes, other.notes), key=lambda note: note.when)),
        edits=edits,
        adjusted=first.adjusted or other.adjusted,
        aliases=tuple(alias for alias in aliases if alias != first.key),
        entries=union(first.entries, other.entries),
        distinct=union(first.distinct, other.distinct),
    )


def _edits(first: Record, other: Record) -> tuple[Edit, ...]:
    """The first's edits, and the other's of fields that the first neither edited nor states."""
    held = {edit.field for edit in first.edits} | to_csl(first.reference).keys()
    return (*first.edits, *(edit for edit in other.edits if edit.field not in held))


def _claims(first: Iterable[Claim], other: Iterable[Claim]) -> tuple[Claim, ...]:
    """All claims; where a person spoke on one term in both, the newer word."""
    machine: list[Claim] = []
    spoken: dict[tuple[Axis, str], Claim] = {}
    for claim in (*first, *other):
        if claim.by != "person":
            machine.append(claim)
            continue
        held = spoken.get((claim.axis, claim.term))
        if held is None or (claim.when or "") > (held.when or ""):
            spoken[claim.axis, claim.term] = claim
    return (*machine, *spoken.values())


def _facts(first: Sequence[Fact], other: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts of both, each once, whenever its page was read."""
    said = {repr(replace(fact, read=None)) for fact in first}
    return (*first, *(fact for fact in other if repr(replace(fact, read=None)) not in said))


def _differences(whole: Record, other: Record) -> Iterable[Difference]:
    """What `other` says that `whole` does not."""
    kept, told = to_csl(whole.reference), to_csl(other.reference)
    for field in (name for name in told if name not in {"id", "custom"}):
        if field not in kept or not says_same(field, kept[field], told[field]):
            yield Difference(other.key, field, kept.get(field), told[field])
    loose: Mapping[str, Any] = whole.reference.extra
    for field, value in other.reference.extra.items():
        if field != OTHERS and not _holds(loose.get(field), value):
            yield Difference(other.key, field, loose.get(field), value)


def _holds(kept: Json, value: Json) -> bool:
    if isinstance(kept, list) and isinstance(value, list):
        return all(one in kept for one in value)
    return kept == value


# --- what a person called two works -----------------------------------------------------------------------------


def told_apart(reader: StoreReader, records: Iterable[Record]) -> list[Record]:
    """`records`, each with the ids of the live records that it is told apart from.

    A record that another one took in since is that other one now.
    """
    found = list(records)
    live = {record.id for record in found}
    now = {of: _now(reader, of) for of in {of for record in found for of in record.distinct} - live}
    return [
        replace(record, distinct=union(record.distinct, [one for of in record.distinct for one in now.get(of, ())]))
        if record.distinct
        else record
        for record in found
    ]


def _now(reader: StoreReader, id: int) -> list[int]:
    return [record.id for record in reader.get(reader.keys([id])) if record.id is not None]


def refuse_distinct(reader: StoreReader, records: Sequence[Record]) -> None:
    """NeedsPersonError when a person called two of `records` different works."""
    known = told_apart(reader, records)
    for at, one in enumerate(known):
        for other in known[at + 1 :]:
            if one.id in other.distinct or other.id in one.distinct:
                n = said_distinct(reader, one, other)
                raise NeedsPersonError(
                    f"{one.key} and {other.key} were called different works. Nothing was merged.",
                    "If they are one work after all: "
                    + (f"evidence undo {n}" if n else "undo that; `evidence history` shows it")
                    + ", then merge them.",
                )


def said_distinct(reader: StoreReader, one: Record, other: Record) -> int | None:
    """The number of the change in which a person called two records different works; None when it is not found."""
    ours = {change.n for change in reader.history(other.key)}
    told = (change for change in reader.history(one.key) if change.n in ours and change.undone_by is None)
    return next((change.n for change in told if change.what.startswith(DISTINCT)), None)


DISTINCT = "distinct "  # how the change is called in the history, before the keys
