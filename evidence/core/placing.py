"""Where each piece of a source belongs: a new record, a new version, a merge, a fact, or nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from evidence.core.identity import certain, judged
from evidence.core.keys import free_key, made_key
from evidence.core.merging import (
    changed_fields,
    contradictions,
    joined,
    plainly_other,
    restated,
    updated,
    with_edits,
)
from evidence.core.nearness import COMMON, Near, folded_title
from evidence.core.receipts import Line
from evidence.core.ties import KINDS, tied, ties, with_relations
from evidence.model.csl import canonical
from evidence.model.identifiers import identifiers, pmid
from evidence.model.other_ids import every_identifier, known_by
from evidence.model.record import Fact, Record
from evidence.model.reference import Parsed, Reference, Relation, Unread
from evidence.ports import ParsedFact, Piece, Source

_LOOKED_AT = 20  # candidates that are looked at for a likeness that is only told
_TELLING = 4  # fields that must agree, where an entry without a key is taken for a newer form of another
_PARTING = frozenset(("volume", "page", "edition", "number"))  # fields that part works of one title and year
_PLACE = frozenset(("volume", "issue", "page", "number"))
_MOST_TIES = 100_000  # works of one file that are named and not here, that are remembered

Placed = tuple[Line, str | None]
"""The piece's line for the receipt, and the key of the waiting record that its bytes belong to (None: nowhere)."""


@dataclass(slots=True)
class Waiting:
    """A record that a batch has made or changed and not yet stored: with the entries it gains and loses."""

    record: Record
    gains: list[int] = field(default_factory=list)  # positions in the batch's list of entries
    loses: set[int] = field(default_factory=set)  # entry ids that a new version of the same entry replaces
    changed: bool = False  # whether it says more or other than before, so that it is to be tagged


class Placing:
    """Decides piece by piece. What it has made or changed waits in `waiting`, by key, until it is stored."""

    def __init__(self) -> None:
        self.waiting: dict[str, Waiting] = {}
        self._by_id: dict[tuple[str, str], str] = {}
        self._by_title: dict[str, list[str]] = {}
        self._landed: dict[str, str] = {}  # entry hash -> key, in this file
        self._ours: set[str] = set()  # keys and aliases of the records that this file has made or changed
        self._aliased: dict[str, str] = {}  # alias -> key of the waiting record
        self._ties: dict[str, list[Relation]] = {}  # by PubMed number: from which records, works not here are tied

    def begin(self) -> None:
        """A new file begins."""
        self._landed.clear()
        self._ours.clear()
        self._ties.clear()

    def tied_to(self, pieces: Iterable[Piece]) -> list[str]:
        """The keys of earlier records of this file that are tied to a work among `pieces`."""
        if not self._ties:
            return []
        numbers = (pmid(one.reference.fields.get("PMID", "")) for one in pieces if isinstance(one, Parsed))
        return [tie.key for number in numbers for tie in self._ties.get(number or "", ())]

    def stored(self) -> None:
        """What was waiting is in the store."""
        self.waiting.clear()
        self._by_id.clear()
        self._by_title.clear()
        self._aliased.clear()

    def place(self, source: Source, piece: Piece, sha256: str, near: Near) -> Placed:
        """Decide one piece, whose bytes have the hash `sha256`."""
        if isinstance(piece, Unread):
            return Line(piece.line, piece.key, "refused", reason=piece.why), None
        if sha256 in self._landed:
            warning = "the same entry stands in the file twice"
            return Line(piece.line, key_of(piece), "unchanged", into=self._landed[sha256], warnings=(warning,)), None
        if sha256 in near.known:
            self._landed[sha256] = near.known[sha256]
            return Line(piece.line, key_of(piece), "unchanged", into=near.known[sha256]), None
        line, owner = (
            self._fact(source, piece, near) if isinstance(piece, ParsedFact) else self._work(source, piece, near)
        )
        if owner:
            self._landed[sha256] = owner
        return line, owner

    # --- facts --------------------------------------------------------------------------------------------------

    def _fact(self, source: Source, piece: ParsedFact, near: Near) -> Placed:
        record = self._record(piece.key, near)
        if record is None:
            reason = f"no record has the key {piece.key}; import its citation first"
            return Line(piece.line, piece.key, "refused", reason=reason), None
        fact = piece.fact
        for one in record.facts:
            if one.name == fact.name and one.value == fact.value and replace(one, read=fact.read) == fact:
                return Line(piece.line, piece.key, "unchanged", into=record.key), None
        if corrected := self._corrected(source, piece, record, near):
            old, entry = corrected
            facts = tuple(fact if one is old else one for one in record.facts)
            self._wait(replace(record, facts=facts), [entry])
            names = (f"fact:{fact.name}",)
            return Line(
                piece.line, piece.key, "merged", into=record.key, fields_added=names, fields_changed=names
            ), record.key
        self._wait(replace(record, facts=(*record.facts, fact)))
        return Line(piece.line, piece.key, "added", into=record.key), record.key

    def _corrected(self, source: Source, piece: ParsedFact, record: Record, near: Near) -> tuple[Fact, int] | None:
        """The fact that this line corrects, and its old line's entry: one that no longer stands in the same source.

        It speaks of the same thing from the same page; where several do, of the same unit; else there is none.
        """
        lost = self.waiting[record.key].loses if record.key in self.waiting else set()
        stale = [one for one in near.stale_facts(record, source) if one.id not in lost]
        if not stale:
            return None
        gone = [
            one for one in record.facts if _about(one) == _about(piece.fact) and not near.whole.has_fact(piece.key, one)
        ]
        same_unit = [one for one in gone if one.unit == piece.fact.unit]
        chosen = same_unit if len(same_unit) == 1 else gone
        nearest = min(stale, key=lambda one: abs(one.line - piece.line))
        return (chosen[0], nearest.id or 0) if len(chosen) == 1 else None

    # --- works --------------------------------------------------------------------------------------------------

    def _work(self, source: Source, piece: Parsed, near: Near) -> Placed:
        reference = piece.reference
        candidates = self._candidates(reference, near)
        same = [one for one in candidates if _is_same(one, reference)]
        was = [one for one in candidates if self._was(source, reference, one, near)]
        if was:
            return self._version(source, piece, next((one for one in was if one in same), was[0]), near)
        if len(same) > 1 and any(_apart(same[0], one) for one in same[1:]):
            keys = " and of ".join(one.key for one in same)
            return self._add(piece, near, (f"has the identifiers of {keys}, which are not one work: not merged",))
        if same:
            return self._merge(piece, same[0], near)
        return self._add(piece, near, tuple(self._doubts(reference, candidates, near)))

    def _was(self, source: Source, reference: Reference, record: Record, near: Near) -> bool:
        """Whether the record came from this very entry of this source, and is not now said to be another work."""
        if record.key in self._ours or not near.replaced(record, source, reference.key):
            return False
        if reference.key is None:  # only what it says tells which entry it is
            return _is_same(record, reference) or restated(record.reference, reference, _TELLING)
        return not plainly_other(record.reference, reference)

    def _version(self, source: Source, piece: Parsed, record: Record, near: Near) -> Placed:
        """A changed entry of the same source: a new version, a person's edits kept."""
        incoming = replace(piece.reference, key=record.key)
        loses = near.replaced(record, source, piece.reference.key)
        alone = len(loses) == len(near.citing(record))
        new = incoming if alone else updated(record.reference, incoming, near.former(record, loses))
        new = with_edits(new, record.edits)
        new = self._tie(new, record.key, near)
        fields = changed_fields(record.reference, new)
        before = changed_fields(record.reference, Reference(record.key))
        self._wait(replace(record, reference=new, aliases=self._aliases(record, piece, near)), loses)
        changed = tuple(name for name in fields if name in before)
        line = Line(
            piece.line, piece.reference.key, "merged", into=record.key, fields_added=fields, fields_changed=changed,
            warnings=piece.warnings,
        )  # fmt: skip
        return line, record.key

    def _merge(self, piece: Parsed, record: Record, near: Near) -> Placed:
        """The same work from elsewhere: what the record lacks is added, what differs is said and not taken."""
        reference, added, differ = joined(record.reference, piece.reference)
        edited = {edit.field for edit in record.edits}
        hint = f"to take it: evidence edit {record.key} {{}}=…"
        said = tuple(f"{name} differs from the record and was not taken ({hint.format(name)})" for name in differ)
        new = self._tie(with_edits(reference, record.edits), record.key, near)
        if new.relations != reference.relations and "relations" not in added:
            added = (*added, "relations")
        taken = tuple(name for name in added if name not in edited)
        merged = replace(record, reference=new, aliases=self._aliases(record, piece, near))
        self._wait(merged, changed=bool(taken))
        line = Line(
            piece.line, piece.reference.key, "merged", into=record.key, fields_added=taken,
            warnings=(*piece.warnings, *said),
        )  # fmt: skip
        return line, record.key

    def _add(self, piece: Parsed, near: Near, warnings: tuple[str, ...]) -> Placed:
        """A new record, or a removed one that comes back under its old key."""
        reference = piece.reference
        wanted = reference.key or made_key(reference)
        gone = near.gone.get(wanted) if wanted not in self._ours and near.record(wanted) is None else None
        if gone and not plainly_other(gone.reference, reference):
            record = Record(wanted, replace(reference, key=wanted), id=gone.id)
        else:
            key = free_key(wanted, lambda one: self._is_taken(one, near))
            record = Record(key, reference if reference.key == key else replace(reference, key=key))
        if aliases := self._aliases(record, piece, near):
            record = replace(record, aliases=aliases)
        if (tied := self._tie(record.reference, record.key, near)) is not record.reference:
            record = replace(record, reference=tied)
        self._wait(record)
        renamed = reference.key if reference.key and record.key != reference.key else None
        line = Line(
            piece.line, reference.key, "added", into=record.key, renamed_from=renamed,
            warnings=(*piece.warnings, *warnings),
        )  # fmt: skip
        return line, record.key

    def _doubts(self, reference: Reference, candidates: Sequence[Record], near: Near) -> Iterator[str]:
        """What is not certain enough to merge and still looks like this work."""
        told = set()
        for pair in identifiers(reference.fields).items():
            if holder := self._holder(pair, near):
                told.add(holder)
                yield f"{pair[0].upper()} {pair[1]} also stands on {holder}, which is not clearly the same work: not merged"
        near_ones = (one for one in candidates[:_LOOKED_AT] if one.key not in told)
        alike = [one.key for one in near_ones if _alike(one.reference, reference)]
        if alike:
            more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
            yield f"may be the same work as {alike[0]}{more}: `evidence duplicates` shows both"

    def _tie(self, reference: Reference, key: str, near: Near) -> Reference:
        """`reference` with its ties to works that are here, and theirs to it when they came earlier in this file."""
        if number := pmid(reference.fields.get("PMID", "")) if self._ties else None:
            for tie in self._ties.pop(number, ()):
                record = self._record(tie.key, near)
                if record and record.key != key:
                    related = with_relations(record.reference, (replace(tie, key=key),))
                    self._wait(replace(record, reference=related))
        if not any(kind in reference.extra for kind in KINDS):
            return reference
        for kind, number in ties(reference):
            if not self._holder(("pmid", number), near) and len(self._ties) < _MOST_TIES:
                self._ties.setdefault(number, []).append(Relation(kind, key))
        return tied(reference, key, lambda number: self._holder(("pmid", number), near))

    # --- what is there already ----------------------------------------------------------------------------------

    def _aliases(self, record: Record, piece: Parsed, near: Near) -> tuple[str, ...]:
        """The record's aliases with the other keys that the piece gives it, as far as they are free."""
        given = (one for one in (piece.reference.key, *piece.reference.aliases) if one and one != record.key)
        free = (one for one in given if one in record.aliases or not self._is_taken(one, near))
        return tuple(dict.fromkeys((*record.aliases, *free)))

    def _holder(self, pair: tuple[str, str], near: Near) -> str | None:
        return near.holder(pair) or self._by_id.get(pair)

    def _is_taken(self, key: str, near: Near) -> bool:
        return key in self._ours or key in self.waiting or near.taken(key)

    def _candidates(self, reference: Reference, near: Near) -> list[Record]:
        """The records that may be this work: by key, by identifier, by title; each once, in that order."""
        keys = list(near.keys_for(reference.key))
        for pair in every_identifier(reference):
            keys += [key for key in (near.holder(pair), self._by_id.get(pair)) if key]
        title = folded_title(reference)
        if title:
            here = self._by_title.get(title, ())
            keys += [*near.titled(title), *(here if len(here) <= COMMON else ())]
        found = (self._record(key, near) for key in keys)
        return list({record.key: record for record in found if record}.values())

    def _record(self, key: str, near: Near) -> Record | None:
        if key in self.waiting:
            return self.waiting[key].record
        stored = near.record(key)
        if stored is None and key in self._aliased:
            return self.waiting[self._aliased[key]].record
        return self.waiting[stored.key].record if stored and stored.key in self.waiting else stored

    def _wait(self, record: Record, loses: Iterable[int] = (), *, changed: bool = True) -> None:
        waiting = self.waiting.setdefault(record.key, Waiting(record))
        waiting.record = record
        waiting.changed |= changed
        waiting.loses.update(loses)
        self._ours.update((record.key, *record.aliases))
        self._aliased.update(dict.fromkeys(record.aliases, record.key))
        for pair in every_identifier(record.reference):
            self._by_id.setdefault(pair, record.key)
        same = self._by_title.setdefault(folded_title(record.reference), [])
        if len(same) <= COMMON and record.key not in same:
            same.append(record.key)


def key_of(piece: Piece) -> str | None:
    """The key that the piece itself gives."""
    return piece.reference.key if isinstance(piece, Parsed) else piece.key


def _is_same(record: Record, reference: Reference) -> bool:
    """Whether `reference` is certainly the record's work, or restates it under its key."""
    if reference.key in (record.key, *record.aliases) and restated(record.reference, reference):
        return True
    if not set(every_identifier(record.reference)).intersection(identifiers(reference.fields).items()):
        return False
    known = known_by(record.reference, reference)
    if certain(known, reference).verdict == "same":
        return True
    # What a person corrected, sources go on saying as before: that tells no other work.
    spoken = {edit.field for edit in record.edits} & _PLACE
    if not spoken:
        return False
    unsaid = replace(known, fields={name: text for name, text in known.fields.items() if name not in spoken})
    return certain(unsaid, reference).verdict == "same"


def _apart(one: Record, other: Record) -> bool:
    """Whether two records are known not to be one work."""
    if one.id in other.distinct or other.id in one.distinct:
        return True
    return judged(one.reference, other.reference).verdict == "different"


def _alike(one: Reference, other: Reference) -> bool:
    """Whether two references have one title and year, and nothing plainly parts them."""
    if one.year != other.year or folded_title(one) != folded_title(other):
        return False
    return not _PARTING.intersection(contradictions(one, other)) and judged(one, other).verdict != "different"


def _about(fact: Fact) -> tuple[str, str, str | None, str | None]:
    """What a fact speaks of, and from where."""
    return fact.name, canonical(fact.of), fact.source, fact.field
