"""What of the store one batch of an import may touch, asked for in a handful of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evidence.model.identifiers import identifiers
from evidence.model.record import Record
from evidence.model.reference import Parsed
from evidence.model.words import words
from evidence.ports import Entry, ParsedFact, Piece, Source, StoreReader


class Near:
    """The stored records that share a key, an identifier, a title or the very bytes with a batch's pieces."""

    def __init__(self, store: StoreReader, pieces: list[Piece], hashes: list[str]) -> None:
        self._store = store
        self.known = store.known(hashes)
        self.refused = store.refused(hashes)
        fresh = [piece for piece, sha in zip(pieces, hashes, strict=True) if sha not in self.known]
        read = [piece.reference for piece in fresh if isinstance(piece, Parsed)]
        self._holders = store.holders({pair for one in read for pair in identifiers(one.fields).items()})
        self._titled = store.titled({" ".join(words(one.title)) for one in read} - {""})
        keys = {one.key for one in read if one.key} | {piece.key for piece in fresh if isinstance(piece, ParsedFact)}
        keys |= set(self._holders.values()) | {key for group in self._titled.values() for key in group}
        self._records: dict[str, Record] = {}
        self._taken: dict[str, bool] = {}
        self._origins: dict[int, Entry] = {}
        self._load(keys)

    def _load(self, keys: Iterable[str]) -> None:
        for record in self._store.get(sorted(keys)):
            for key in (record.key, *record.aliases):
                self._records[key] = record
        taken = self._store.taken(keys)
        self._taken |= {key: key in taken for key in keys}
        self._origins |= self._store.origin({one for record in self._records.values() for one in record.entries})

    def record(self, key: str) -> Record | None:
        """The live record of `key` or alias; None when there is none in the store."""
        return self._records.get(key)

    def holder(self, pair: tuple[str, str]) -> str | None:
        """The key of the record that holds an identifier."""
        return self._holders.get(pair)

    def titled(self, title: str) -> tuple[str, ...]:
        """The keys of the records with this folded title."""
        return self._titled.get(title, ())

    def taken(self, key: str) -> bool:
        """Whether a record has or had this key."""
        if key not in self._taken:
            self._taken[key] = bool(self._store.taken([key]))
        return self._taken[key]

    def citing(self, record: Record) -> list[int]:
        """The ids of the entries that are citations of the record, not study facts."""
        return [one for one, _ in self._entries(record)]

    def replaced(self, record: Record, source: Source, key: str | None) -> list[int]:
        """The ids of the record's entries that are older forms of this source's entry `key`."""
        return [
            one
            for one, entry in self._entries(record)
            if entry.source and entry.source.name == source.name and entry.key == key
        ]

    def _entries(self, record: Record) -> Iterator[tuple[int, Entry]]:
        for one in record.entries:
            entry = self._origins.get(one)
            if entry and entry.source and entry.source.format != "study-facts":
                yield one, entry
