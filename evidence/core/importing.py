"""Files to records and a receipt that balances: each piece is added, merged, unchanged or refused."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from evidence.core.nearness import Near, Whole, hash_of
from evidence.core.placing import Placing, key_of
from evidence.core.receipts import FileReceipt, Line
from evidence.core.tagging import Tagger
from evidence.model.record import Record
from evidence.model.reference import Unread
from evidence.ports import Entry, Format, Piece, Source, Store, Writing

BATCH = 500  # pieces a transaction: long enough to be fast, short enough that another writer does not wait long
_KEPT_LINES = 100_000  # receipts of longer files keep their counts and the first so many lines


@dataclass(frozen=True, slots=True)
class Job:
    """One file to import: its name, bytes (seekable), format and encoding."""

    name: str
    stream: BinaryIO
    format: Format
    encoding: str


class Importer:
    """Imports files into `store`, tagging as it goes. `who` and `now` (ISO 8601, UTC) sign the changes.

    A dry run decides as a real one does and stores nothing; it remembers what it would have stored, file after file.
    """

    def __init__(
        self, store: Store, tagger: Tagger, *, who: str, now: Callable[[], str], dry_run: bool = False
    ) -> None:
        self._store = store
        self._tagger = tagger
        self._who = who
        self._now = now
        self._dry = dry_run
        self._placing = Placing()
        self._change: int | None = None
        self._counts: Counter[str] = Counter()
        self._lines: list[Line] = []

    def run(self, job: Job, *, verbose: bool = False, progress: Callable[[int], None] | None = None) -> FileReceipt:
        """Import the whole file; a batch that is stored stays stored whatever comes after it."""
        self._begin()
        read = job.format.count(job.stream, job.encoding)
        job.stream.seek(0)
        source = Source(job.name, _digest(job.stream), job.format.name, job.encoding, self._now())
        job.stream.seek(0)
        whole = Whole(job.stream, job.encoding, job.format.read)
        pieces = job.format.read(job.stream, job.encoding)
        seen = 0
        while batch := list(islice(pieces, BATCH)):
            self._batch(source, batch, whole, verbose=verbose)
            seen += len(batch)
            if progress:
                progress(len(batch))
        return self._receipt(job, read, seen)

    def _begin(self) -> None:
        self._placing.begin()
        self._change = None
        self._counts.clear()
        self._lines = []

    def _batch(self, source: Source, pieces: list[Piece], whole: Whole, *, verbose: bool) -> None:
        hashes = [hash_of(piece) for piece in pieces]
        known = self._store.known(hashes)
        also = self._placing.tied_to(pieces)
        if self._dry or len(known) == len(set(hashes)):  # nothing new: no lock
            self._place(pieces, hashes, Near(self._store, pieces, hashes, whole, known, also), source, verbose=verbose)
            return
        with self._store.writing() as writing:
            near = Near(self._store, pieces, hashes, whole, self._store.known(hashes) if known else known, also)
            self._save(writing, source, self._place(pieces, hashes, near, source, verbose=verbose))

    def _place(
        self, pieces: list[Piece], hashes: list[str], near: Near, source: Source, *, verbose: bool
    ) -> list[Entry]:
        """Decide every piece; gives the entries whose bytes are new."""
        entries: list[Entry] = []
        for piece, sha in zip(pieces, hashes, strict=True):
            line, owner = self._placing.place(source, piece, sha, near)
            self._note(line, verbose=verbose)
            if owner is not None:
                self._placing.waiting[owner].gains.append(len(entries))
            elif not isinstance(piece, Unread) or sha in near.refused:
                continue
            entries.append(Entry(piece.raw, sha, piece.line, key_of(piece), line.outcome, line.reason))
        return entries

    def _save(self, writing: Writing, source: Source, entries: list[Entry]) -> None:
        waiting = self._placing.waiting
        if entries:
            ids = writing.entry(writing.keep(source), entries)
            records = []
            for one in waiting.values():
                stays = tuple(entry for entry in one.record.entries if entry not in one.loses)
                gained = tuple(ids[at] for at in one.gains)
                record = retagged(one.record, self._tagger) if one.changed else one.record
                records.append(replace(record, entries=stays + gained))
            if records:
                if self._change is None:
                    self._change = writing.change(f"import {source.name}", self._who)
                writing.save(self._change, records)
        self._placing.stored()

    def _note(self, line: Line, *, verbose: bool) -> None:
        self._counts[line.outcome] += 1
        if verbose or line.outcome in {"merged", "refused"} or line.renamed_from or line.warnings:
            self._counts["lines"] += 1
            if len(self._lines) < _KEPT_LINES:
                self._lines.append(line)

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
        counts = self._counts
        return FileReceipt(
            job.name, job.format.name, job.encoding, max(read, seen), counts["added"], counts["merged"], counts["unchanged"],
            counts["refused"], self._change, tuple(warnings), tuple(self._lines),
        )  # fmt: skip


def retagged(record: Record, tagger: Tagger) -> Record:
    """`record` with the claims that `tagger` now makes; a person's word stays and decides."""
    spoken = tuple(claim for claim in record.claims if claim.by == "person")
    return replace(record, claims=tagger.claims(record.reference, record.facts) + spoken)


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()
