"""Which records may be one work, and which of them may be merged at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evidence.core.identity import judged
from evidence.core.joining import told_apart
from evidence.core.pairing import Pair, pairs
from evidence.model.record import Record
from evidence.ports import StoreReader

_LARGEST = 50  # records that are merged into one without asking


@dataclass(frozen=True, slots=True)
class Proposals:
    """The pairs, best first, and the records that they name, by key."""

    pairs: tuple[Pair, ...]
    records: Mapping[str, Record]


def proposals(
    reader: StoreReader, damaged: list[str] | None = None, progress: Callable[[int, int], None] | None = None
) -> Proposals:
    """The pairs of live records that may be one work; none that a person called two.

    A damaged record raises LibraryError, or is left out and its key put into `damaged`. `progress` is told how many
    candidates are compared, and of how many.
    """
    records = told_apart(reader, reader.all(damaged))
    found = tuple(pairs(records, progress))
    named = {key for pair in found for key in (pair.a, pair.b)}
    return Proposals(found, {record.key: record for record in records if record.key in named})


def groups(found: Proposals) -> list[list[Record]]:
    """The records that may be merged without asking, group by group, in each the oldest first.

    Two belong together when their pair is "same". Where one thing is another and that a third, all three do, unless the first
    and the third are told apart by what they say or by a person.
    """
    group_of: dict[str, list[str]] = {}
    for pair in (one for one in found.pairs if one.verdict == "same"):
        mine, theirs = (group_of.setdefault(key, [key]) for key in (pair.a, pair.b))
        if mine is theirs or len(mine) + len(theirs) > _LARGEST:
            continue
        cross = ((found.records[a], found.records[b]) for a in mine for b in theirs if {a, b} != {pair.a, pair.b})
        if any(_parted(one, other) for one, other in cross):
            continue
        mine += theirs
        group_of.update(dict.fromkeys(theirs, mine))
    once = {id(group): group for group in group_of.values() if len(group) > 1}.values()
    return [_oldest_first(found.records[key] for key in group) for group in once]


def _parted(one: Record, other: Record) -> bool:
    if one.id in other.distinct or other.id in one.distinct:
        return True
    return judged(one.reference, other.reference).verdict in {"different", "same-study"}


def _oldest_first(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record.id or 0)


def still(reader: StoreReader, group: Sequence[Record]) -> list[Record]:
    """The records of `group` as they are stored, or none when one of them is not as it was when it was compared."""
    now = reader.get([record.key for record in group])
    same = [(one.id, one.version) for one in now] == [(one.id, one.version) for one in group]
    return now if same else []
