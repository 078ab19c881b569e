"""Files to records and a receipt that balances: each piece is added, merged, unchanged or refused."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO

from evidence.core.keys import free_key, made_key
from evidence.core.merging import changed_fields, compare, joined, plainly_other, updated, with_edits
from evidence.core.nearness import Near
from evidence.core.receipts import FileReceipt, Line
from evidence.core.tagging import Tagger
from evidence.model.identifiers import identifiers
from evidence.model.record import Record
from evidence.model.reference import Parsed, Reference, Unread
from evidence.model.words import words
from evidence.ports import Entry, Format, ParsedFact, Piece, Source, Store, Writing

BATCH = 500  # pieces a transaction: long enough to be fast, short enough that another writer does not wait long
_KEPT_LINES = 100_000  # receipts of longer files keep their counts and the first so many lines


@dataclass(frozen=True, slots=True)
class Job:
    """One file to import: its name, bytes (seekable), format and encoding."""

    name: str
    stream: BinaryIO
    format: Format
    encoding: str


@dataclass(slots=True)
class _Waiting:
    """A record that the batch has made or changed and not yet stored: with the entries it gains and loses."""

    record: Record
    gains: list[int] = field(default_factory=list)  # positions in the batch's list of entries
    loses: set[int] = field(default_factory=set)  # entry ids that a new version of the same entry replaces


class Importer:
    """Imports one file into `store`, tagging as it goes. `who` and `now` (ISO 8601, UTC) sign the change."""

    def __init__(
        self, store: Store, tagger: Tagger, *, who: str, now: Callable[[], str], dry_run: bool = False
    ) -> None:
        self._store = store
        self._tagger = tagger
        self._who = who
        self._now = now
        self._dry = dry_run
        self._change: int | None = None
        self._counts: Counter[str] = Counter()
        self._lines: list[Line] = []
        self._waiting: dict[str, _Waiting] = {}
        self._by_id: dict[tuple[str, str], str] = {}
        self._by_title: dict[str, list[str]] = {}
        self._landed: dict[str, str] = {}  # entry hash -> key, in this run
        self._ours: set[str] = set()  # keys of the records that this run has made or changed

    def run(self, job: Job, *, verbose: bool = False, progress: Callable[[int], None] | None = None) -> FileReceipt:
        """Import the whole file; a batch that is stored stays stored whatever comes after it."""
        read = job.format.count(job.stream, job.encoding)
        job.stream.seek(0)
        source = Source(job.name, _hash_of(job.stream), job.format.name, job.encoding, self._now())
        job.stream.seek(0)
        pieces = job.format.read(job.stream, job.encoding)
        seen = 0
        while batch := list(islice(pieces, BATCH)):
            self._batch(source, batch, verbose=verbose)
            seen += len(batch)
            if progress:
                progress(len(batch))
        return self._receipt(job, read, seen)

    def _receipt(self, job: Job, read: int, seen: int) -> FileReceipt:
        warnings = []
        if read > seen:
            self._counts["refused"] += read - seen
            reason = f"{read - seen} entries that the count of the file found could not be told apart by the reader"
            self._lines.append(Line(0, None, "refused", reason=reason))
        elif seen > read:
            warnings.append(f"an independent count found {read} entries, the reader {seen}")
        if self._counts["lines"] > _KEPT_LINES:
            warnings.append(f"only the first {_KEPT_LINES} entries are listed")
        if not max(read, seen):
            warnings.append("no entries were found in this file")
        counts = {name: self._counts[name] for name in ("added", "merged", "unchanged", "refused")}
        return FileReceipt(
            job.name, job.format.name, job.encoding, max(read, seen), **counts, change=self._change,
            warnings=tuple(warnings), lines=tuple(self._lines),
        )  # fmt: skip

    def _batch(self, source: Source, pieces: list[Piece], *, verbose: bool) -> None:
        hashes = [hashlib.sha256(piece.raw).hexdigest() for piece in pieces]
        if self._dry:
            self._place(source, pieces, hashes, verbose=verbose)
            return
        known = self._store.known(hashes)
        if all(sha in known and not isinstance(piece, Unread) for sha, piece in zip(hashes, pieces, strict=True)):
            for piece, sha in zip(pieces, hashes, strict=True):
                self._note(Line(piece.line, _key_of(piece), "unchanged", into=known[sha]), verbose=verbose)
            return
        with self._store.writing() as writing:
            entries = self._place(source, pieces, hashes, verbose=verbose)
            self._save(writing, source, entries)

    def _save(self, writing: Writing, source: Source, entries: list[Entry]) -> None:
        if not entries and not self._waiting:
            return
        kept = writing.keep(source)
        ids = writing.entry(kept, entries)
        records = []
        for waiting in self._waiting.values():
            gained = tuple(ids[at] for at in waiting.gains)
            stays = tuple(one for one in waiting.record.entries if one not in waiting.loses)
            records.append(replace(waiting.record, entries=stays + gained))
        if records:
            if self._change is None:
                self._change = writing.change(f"import {source.name}", self._who)
            writing.save(self._change, records)
        self._waiting.clear()
        self._by_id.clear()
        self._by_title.clear()

    # --- one batch: where each piece belongs -------------------------------------------------------------------

    def _place(self, source: Source, pieces: list[Piece], hashes: list[str], *, verbose: bool) -> list[Entry]:
        """Decide every piece; fill `_waiting`; give the entries whose bytes are new."""
        near = Near(self._store, pieces, hashes)
        entries: list[Entry] = []
        for piece, sha in zip(pieces, hashes, strict=True):
            line, owner = self._decide(source, piece, sha, near)
            self._note(line, verbose=verbose)
            if line.outcome == "unchanged" or (line.outcome == "refused" and sha in near.refused):
                continue
            if owner is not None:
                self._waiting[owner].gains.append(len(entries))
                self._landed[sha] = owner
            entries.append(Entry(piece.raw, sha, piece.line, _key_of(piece), line.outcome, line.reason))
        return entries

    def _decide(self, source: Source, piece: Piece, sha: str, near: Near) -> tuple[Line, str | None]:
        """The piece's line for the receipt, and the key in `_waiting` that its bytes belong to (None: nowhere)."""
        if isinstance(piece, Unread):
            return Line(piece.line, piece.key, "refused", reason=piece.why), None
        if sha in self._landed:
            return self._again(piece, self._landed[sha])
        if sha in near.known:
            return Line(piece.line, _key_of(piece), "unchanged", into=near.known[sha]), None
        if isinstance(piece, ParsedFact):
            return self._fact(piece, near)
        return self._reference(source, piece, near)

    def _again(self, piece: Parsed | ParsedFact, into: str) -> tuple[Line, str | None]:
        """The very bytes of an earlier entry of this file: kept, and said."""
        if into not in self._waiting:
            (record,) = self._store.get([into])
            self._wait(record)
        warning = "the same entry stands in the file twice"
        return Line(piece.line, _key_of(piece), "merged", into=into, warnings=(warning,)), into

    def _fact(self, piece: ParsedFact, near: Near) -> tuple[Line, str | None]:
        record = self._record(piece.key, near)
        if record is None:
            reason = f"no record has the key {piece.key}; import its citation first"
            return Line(piece.line, piece.key, "refused", reason=reason), None
        if any(replace(fact, read=None) == replace(piece.fact, read=None) for fact in record.facts):
            return Line(piece.line, piece.key, "unchanged", into=record.key), None
        self._wait(self._tagged(replace(record, facts=(*record.facts, piece.fact))))
        return Line(piece.line, piece.key, "added", into=record.key), record.key

    def _reference(self, source: Source, piece: Parsed, near: Near) -> tuple[Line, str | None]:
        reference = piece.reference
        candidates = self._candidates(reference, near)
        same_key = [record for record in candidates if reference.key in (record.key, *record.aliases)]
        for record in same_key:
            if record.key not in self._ours and self._was(source, reference, record, near):
                return self._version(source, piece, record, near)
        for record in candidates:
            if compare(record.reference, reference).verdict == "same":
                return self._merge(piece, record)
        return self._add(piece, near)

    def _was(self, source: Source, reference: Reference, record: Record, near: Near) -> bool:
        """Whether the record came from this very entry of this source, and is not now said to be another work."""
        mine = near.replaced(record, source, reference.key)
        return bool(mine) and not plainly_other(record.reference, reference)

    def _version(self, source: Source, piece: Parsed, record: Record, near: Near) -> tuple[Line, str | None]:
        """A changed entry of the same source: a new version, a person's edits kept."""
        incoming = replace(piece.reference, key=record.key)
        loses = near.replaced(record, source, piece.reference.key)
        alone = len(loses) == len(near.citing(record))
        new = with_edits(incoming if alone else updated(record.reference, incoming), record.edits)
        fields = changed_fields(record.reference, new)
        before = changed_fields(record.reference, Reference(record.key))
        self._wait(self._tagged(replace(record, reference=new)), loses)
        changed = tuple(name for name in fields if name in before)
        line = Line(piece.line, piece.reference.key, "merged", into=record.key, fields_added=fields, fields_changed=changed,
                    warnings=piece.warnings)  # fmt: skip
        return line, record.key

    def _merge(self, piece: Parsed, record: Record) -> tuple[Line, str | None]:
        """The same work from elsewhere: what the record lacks is added, what differs is said and not taken."""
        reference, added, differ = joined(record.reference, piece.reference)
        said = tuple(f"{name} differs from the record and was not taken" for name in differ)
        key = piece.reference.key
        aliases = record.aliases
        if key and key != record.key and key not in aliases:
            aliases = (*aliases, key)
        self._wait(self._tagged(replace(record, reference=with_edits(reference, record.edits), aliases=aliases)))
        line = Line(piece.line, key, "merged", into=record.key, fields_added=added, warnings=(*piece.warnings, *said))
        return line, record.key

    def _add(self, piece: Parsed, near: Near) -> tuple[Line, str | None]:
        wanted = piece.reference.key or made_key(piece.reference)
        key = free_key(wanted, lambda one: one in self._ours or near.taken(one))
        aliases = tuple(one for one in piece.reference.aliases if not near.taken(one) and one not in self._ours)
        record = Record(key, replace(piece.reference, key=key), aliases=aliases)
        self._wait(self._tagged(record))
        renamed = piece.reference.key if piece.reference.key and key != piece.reference.key else None
        warnings = (*piece.warnings, *self._disputed(key, piece.reference, near))
        line = Line(piece.line, piece.reference.key, "added", into=key, renamed_from=renamed, warnings=warnings)
        return line, key

    def _disputed(self, key: str, reference: Reference, near: Near) -> Iterator[str]:
        for pair in identifiers(reference.fields).items():
            holder = near.holder(pair) or self._by_id.get(pair)
            if holder and holder != key:
                yield f"{pair[0].upper()} {pair[1]} also stands on {holder}, which is not clearly the same work: not merged"

    # --- the batch's own records --------------------------------------------------------------------------------

    def _candidates(self, reference: Reference, near: Near) -> list[Record]:
        """The records that may be this work: by key, by identifier, by title; each once, in that order."""
        keys: list[str] = [reference.key] if reference.key else []
        for pair in identifiers(reference.fields).items():
            keys += [key for key in (near.holder(pair), self._by_id.get(pair)) if key]
        title = " ".join(words(reference.title))
        if title:
            keys += [*near.titled(title), *self._by_title.get(title, ())]
        found = {}
        for key in keys:
            record = self._record(key, near)
            if record:
                found[record.key] = record
        return list(found.values())

    def _record(self, key: str, near: Near) -> Record | None:
        if key in self._waiting:
            return self._waiting[key].record
        stored = near.record(key)
        return self._waiting[stored.key].record if stored and stored.key in self._waiting else stored

    def _wait(self, record: Record, loses: Iterable[int] = ()) -> None:
        waiting = self._waiting.setdefault(record.key, _Waiting(record))
        waiting.record = record
        waiting.loses.update(loses)
        self._ours.add(record.key)
        for pair in identifiers(record.reference.fields).items():
            self._by_id.setdefault(pair, record.key)
        same = self._by_title.setdefault(" ".join(words(record.reference.title)), [])
        if record.key not in same:
            same.append(record.key)

    def _tagged(self, record: Record) -> Record:
        return retagged(record, self._tagger)

    def _note(self, line: Line, *, verbose: bool) -> None:
        self._counts[line.outcome] += 1
        if verbose or line.outcome in ("merged", "refused") or line.renamed_from or line.warnings:
            self._counts["lines"] += 1
            if len(self._lines) < _KEPT_LINES:
                self._lines.append(line)


def _key_of(piece: Piece) -> str | None:
    return piece.reference.key if isinstance(piece, Parsed) else piece.key


def _hash_of(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def retagged(record: Record, tagger: Tagger) -> Record:
    """`record` with the claims that `tagger` now makes; a person's word stays and decides."""
    spoken = tuple(claim for claim in record.claims if claim.by == "person")
    return replace(record, claims=tagger.claims(record.reference, record.facts) + spoken)
