"""Where each piece of a source belongs: a new record, a new version, a merge, a fact, or nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from evidence.core.keys import free_key, made_key
from evidence.core.merging import changed_fields, compare, joined, plainly_other, restated, updated, with_edits
from evidence.core.nearness import COMMON, Near
from evidence.core.receipts import Line
from evidence.model.csl import canonical
from evidence.model.identifiers import identifiers
from evidence.model.record import Fact, Record
from evidence.model.reference import Parsed, Reference, Unread
from evidence.model.words import joined_words
from evidence.ports import ParsedFact, Piece, Source

Placed = tuple[Line, str | None]
"""The piece's line for the receipt, and the key of the waiting record that its bytes belong to (None: nowhere)."""


@dataclass(slots=True)
class Waiting:
    """A record that a batch has made or changed and not yet stored: with the entries it gains and loses."""

    record: Record
    gains: list[int] = field(default_factory=list)  # positions in the batch's list of entries
    loses: set[int] = field(default_factory=set)  # entry ids that a new version of the same entry replaces


class Placing:
    """Decides piece by piece. What it has made or changed waits in `waiting`, by key, until it is stored."""

    def __init__(self) -> None:
        self.waiting: dict[str, Waiting] = {}
        self._by_id: dict[tuple[str, str], str] = {}
        self._by_title: dict[str, list[str]] = {}
        self._landed: dict[str, str] = {}  # entry hash -> key, in this file
        self._ours: set[str] = set()  # keys of the records that this file has made or changed

    def begin(self) -> None:
        """A new file begins."""
        self._landed.clear()
        self._ours.clear()

    def stored(self) -> None:
        """What was waiting is in the store."""
        self.waiting.clear()
        self._by_id.clear()
        self._by_title.clear()

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
        candidates = self._candidates(piece.reference, near)
        was = [one for one in candidates if self._was(source, piece.reference, one, near)]
        if was:
            best = min(was, key=lambda one: compare(one.reference, piece.reference).verdict != "same")
            return self._version(source, piece, best, near)
        for record in candidates:
            same_key = piece.reference.key in (record.key, *record.aliases)
            if compare(record.reference, piece.reference).verdict == "same" or (
                same_key and restated(record.reference, piece.reference)
            ):
                return self._merge(piece, record, near)
        return self._add(piece, near)

    def _was(self, source: Source, reference: Reference, record: Record, near: Near) -> bool:
        """Whether the record came from this very entry of this source, and is not now said to be another work."""
        if reference.key is None or record.key in self._ours or not near.replaced(record, source, reference.key):
            return False
        return not plainly_other(record.reference, reference)

    def _version(self, source: Source, piece: Parsed, record: Record, near: Near) -> Placed:
        """A changed entry of the same source: a new version, a person's edits kept."""
        incoming = replace(piece.reference, key=record.key)
        loses = near.replaced(record, source, piece.reference.key)
        alone = len(loses) == len(near.citing(record))
        new = with_edits(incoming if alone else updated(record.reference, incoming), record.edits)
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
        new = with_edits(reference, record.edits)
        self._wait(replace(record, reference=new, aliases=self._aliases(record, piece, near)))
        taken = tuple(name for name in added if name not in edited)
        line = Line(
            piece.line, piece.reference.key, "merged", into=record.key, fields_added=taken,
            warnings=(*piece.warnings, *said),
        )  # fmt: skip
        return line, record.key

    def _add(self, piece: Parsed, near: Near) -> Placed:
        """A new record, or a removed one that comes back under its old key."""
        reference = piece.reference
        wanted = reference.key or made_key(reference)
        gone = near.gone.get(wanted) if wanted not in self._ours else None
        if gone and not plainly_other(gone.reference, reference):
            record = Record(wanted, replace(reference, key=wanted), id=gone.id)
        else:
            key = free_key(wanted, lambda one: self._is_taken(one, near))
            record = Record(key, reference if reference.key == key else replace(reference, key=key))
        if aliases := self._aliases(record, piece, near):
            record = replace(record, aliases=aliases)
        self._wait(record)
        renamed = reference.key if reference.key and record.key != reference.key else None
        line = Line(
            piece.line, reference.key, "added", into=record.key, renamed_from=renamed,
            warnings=(*piece.warnings, *self._disputed(record.key, reference, near)),
        )  # fmt: skip
        return line, record.key

    def _disputed(self, key: str, reference: Reference, near: Near) -> Iterator[str]:
        for pair in identifiers(reference.fields).items():
            holder = near.holder(pair) or self._by_id.get(pair)
            if holder and holder != key:
                yield f"{pair[0].upper()} {pair[1]} also stands on {holder}, which is not clearly the same work: not merged"

    # --- what is there already ----------------------------------------------------------------------------------

    def _aliases(self, record: Record, piece: Parsed, near: Near) -> tuple[str, ...]:
        """The record's aliases with the other keys that the piece gives it, as far as they are free."""
        given = (one for one in (piece.reference.key, *piece.reference.aliases) if one and one != record.key)
        free = (one for one in given if one in record.aliases or not self._is_taken(one, near))
        return tuple(dict.fromkeys((*record.aliases, *free)))

    def _is_taken(self, key: str, near: Near) -> bool:
        return key in self._ours or key in self.waiting or near.taken(key)

    def _candidates(self, reference: Reference, near: Near) -> list[Record]:
        """The records that may be this work: by key, by identifier, by title; each once, in that order."""
        keys = list(near.keys_for(reference.key))
        for pair in identifiers(reference.fields).items():
            keys += [key for key in (near.holder(pair), self._by_id.get(pair)) if key]
        title = joined_words(reference.title)
        if title:
            here = self._by_title.get(title, ())
            keys += [*near.titled(title), *(here if len(here) <= COMMON else ())]
        found = (self._record(key, near) for key in keys)
        return list({record.key: record for record in found if record}.values())

    def _record(self, key: str, near: Near) -> Record | None:
        if key in self.waiting:
            return self.waiting[key].record
        stored = near.record(key)
        return self.waiting[stored.key].record if stored and stored.key in self.waiting else stored

    def _wait(self, record: Record, loses: Iterable[int] = ()) -> None:
        waiting = self.waiting.setdefault(record.key, Waiting(record))
        waiting.record = record
        waiting.loses.update(loses)
        self._ours.add(record.key)
        for pair in identifiers(record.reference.fields).items():
            self._by_id.setdefault(pair, record.key)
        same = self._by_title.setdefault(joined_words(record.reference.title), [])
        if len(same) <= COMMON and record.key not in same:
            same.append(record.key)


def key_of(piece: Piece) -> str | None:
    """The key that the piece itself gives."""
    return piece.reference.key if isinstance(piece, Parsed) else piece.key


def _about(fact: Fact) -> tuple[str, str, str | None, str | None]:
    """What a fact speaks of, and from where."""
    return fact.name, canonical(fact.of), fact.source, fact.field
