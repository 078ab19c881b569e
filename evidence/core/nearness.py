"""What of the store one batch of an import may touch, asked for in a handful of queries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from itertools import islice
from typing import BinaryIO

from evidence.core.ties import ties
from evidence.errors import EvidenceError
from evidence.model.markup import plain
from evidence.model.other_ids import every_identifier
from evidence.model.record import Fact, Record
from evidence.model.reference import Parsed, Reference
from evidence.model.words import joined_words
from evidence.ports import Entry, ParsedFact, Piece, Reader, Source, StoreReader

COMMON = 50  # a title that more records than this have names no work ("Editorial")
_FACTS = "study-facts"


def folded_title(reference: Reference) -> str:
    """The title as titles are looked up: its folded words, without markup; "" when there is none."""
    return joined_words(plain(reference.title))


def hash_of(piece: Piece) -> str:
    """The SHA-256 of a piece's own bytes."""
    return hashlib.sha256(piece.raw).hexdigest()


class Whole:
    """The whole file that is being imported: asked only when an entry of it seems to have changed."""

    def __init__(self, stream: BinaryIO, encoding: str, read: Reader) -> None:
        self._stream = stream
        self._encoding = encoding
        self._read = read

    def has_fact(self, key: str, fact: Fact) -> bool:
        """Whether a line of the file says just this of the record `key`."""
        return (key, _said(fact)) in self._scanned[1]

    def said(self, raw: bytes) -> Reference | None:
        """What a piece says of which only the bytes are left; None when they are not one piece without the file."""
        try:
            found = list(islice(self._read(BytesIO(raw), self._encoding), 2))
        except EvidenceError:
            return None
        return found[0].reference if len(found) == 1 and isinstance(found[0], Parsed) else None

    @property
    def hashes(self) -> set[str]:
        """The hashes of all its pieces."""
        return self._scanned[0]

    @cached_property
    def _scanned(self) -> tuple[set[str], set[tuple[str, str]]]:
        """A second look at the file while it is being read; the reading goes on where it was."""
        at = self._stream.tell()
        self._stream.seek(0)
        hashes: set[str] = set()
        facts: set[tuple[str, str]] = set()
        for piece in self._read(self._stream, self._encoding):
            hashes.add(hash_of(piece))
            if isinstance(piece, ParsedFact):
                facts.add((piece.key, _said(piece.fact)))
        self._stream.seek(at)
        return hashes, facts


class Near:
    """The stored records that share a key, an identifier, a title or the very bytes with a batch's pieces.

    `known` gives the key of the live record that a piece's bytes make up, by hash; `refused` the hashes of pieces kept
    as refused; `gone` the last state of removed records, by key. `also` are keys of records to be had beside these.
    """

    def __init__(
        self,
        store: StoreReader,
        pieces: list[Piece],
        hashes: list[str],
        whole: Whole,
        known: Mapping[str, str],
        also: Iterable[str] = (),
    ) -> None:
        self._store = store
        self.whole = whole
        self.known = known
        self.refused = store.refused(hashes)
        fresh = [piece for piece, sha in zip(pieces, hashes, strict=True) if sha not in self.known]
        read = [piece.reference for piece in fresh if isinstance(piece, Parsed)]
        named = {pair for one in read for pair in every_identifier(one)}
        self._holders = store.holders(named)
        self._tied = store.holders({("pmid", number) for one in read for _, number in ties(one)} - named)
        titled = store.titled({folded_title(one) for one in read} - {""})
        self._titled = {title: group for title, group in titled.items() if len(group) <= COMMON}
        keys = {key for one in read for key in self.keys_for(one.key)}
        keys |= {piece.key for piece in fresh if isinstance(piece, ParsedFact)}
        keys |= set(also) | set(self._holders.values()) | {key for group in self._titled.values() for key in group}
        taken = store.taken(keys)
        self._taken = {key: key in taken for key in keys}
        self._records: dict[str, Record] = {}
        for record in store.get(sorted(taken)):
            self._records[record.key] = record
            for alias in record.aliases:
                self._records.setdefault(alias, record)
        for record in list(self._records.values()):
            self._records[record.key] = record  # a record's own key goes before another's alias
        self.gone = store.removed(taken)
        self._origins = store.origin({one for record in self._records.values() for one in record.entries})

    @staticmethod
    def keys_for(key: str | None) -> tuple[str, ...]:
        """The keys under which an entry that calls itself `key` may be: its own, and the first two renamed ones."""
        return (key, f"{key}-2", f"{key}-3") if key else ()

    def record(self, key: str) -> Record | None:
        """The live record of `key` or alias; None when there is none in the store."""
        return self._records.get(key)

    def holder(self, pair: tuple[str, str]) -> str | None:
        """The key of the record that holds an identifier of a piece, or the PubMed number of a work it is tied to."""
        return self._holders.get(pair) or self._tied.get(pair)

    def titled(self, title: str) -> tuple[str, ...]:
        """The keys of the records with this folded title; () for one that too many have."""
        return self._titled.get(title, ())

    def taken(self, key: str) -> bool:
        """Whether a record has or had this key."""
        if key not in self._taken:
            self._taken[key] = bool(self._store.taken([key]))
        return self._taken[key]

    def citing(self, record: Record) -> list[int]:
        """The ids of the entries that are citations of the record, not study facts."""
        return [one for one, entry in self._entries(record) if entry.source and entry.source.format != _FACTS]

    def replaced(self, record: Record, source: Source, key: str | None) -> list[int]:
        """The ids of the record's entries that are older forms of this source's entry `key`: no longer in the file."""
        older = [
            (one, entry)
            for one, entry in self._entries(record)
            if entry.source and entry.source.name == source.name and entry.key == key and entry.source.format != _FACTS
        ]
        return [one for one, entry in older if entry.sha256 not in self.whole.hashes]

    def former(self, record: Record, ids: Iterable[int]) -> Reference | None:
        """What the newest of the record's entries `ids` says; None when its bytes alone do not tell (a row of a table)."""
        newest = max(ids, default=None)
        raw = next((one.raw for one in self._store.entries(record.key) if one.id == newest), b"")
        return self.whole.said(raw) if raw else None

    def stale_facts(self, record: Record, source: Source) -> list[Entry]:
        """The record's lines of this source of study facts that are no longer in the file."""
        lines = [
            entry
            for _, entry in self._entries(record)
            if entry.source and entry.source.name == source.name and entry.source.format == _FACTS
        ]
        return [entry for entry in lines if entry.sha256 not in self.whole.hashes]

    def _entries(self, record: Record) -> Iterator[tuple[int, Entry]]:
        return ((one, self._origins[one]) for one in record.entries if one in self._origins)


def _said(fact: Fact) -> str:
    return repr(replace(fact, read=None))
