"""Library: the one door to everything a library does. It hands on; the rules live in the modules beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from evidence.core.asking import Asked, Indexes, told
from evidence.core.documents import VERSION, document
from evidence.core.exporting import not_the_same, text
from evidence.core.following import Lag, Progress
from evidence.core.levels import level
from evidence.core.library_changes import Changes
from evidence.core.parts import Parts
from evidence.core.querying import parse_query
from evidence.core.searching import Answer, answer
from evidence.errors import BusyError, EvidenceError, LibraryError, UnknownKeyError, UsageError
from evidence.model.query import Document, Everything, ParsedQuery, Phrase
from evidence.model.record import Claim, Level, Record, effective
from evidence.model.reference import Reference
from evidence.model.vocabulary import Vocabulary
from evidence.model.words import words
from evidence.ports import (
    Change,
    Entry,
    Format,
    Found,
    Overview,
    Page,
    Question,
    Sort,
)

if TYPE_CHECKING:
    from evidence.core.citing import Order, ReferenceList
    from evidence.core.questions import Answering, Inquiry, News, Saved
    from evidence.core.verifying import Verified

_ALL = 2**31  # a page that holds every hit
_LOOKED_AT = 20_000  # keys that an unknown one is compared with, at most


class Library(Changes):
    """A library that is open. Use it as a context manager, or close() it.

    Every method raises EvidenceError with a hint: UnknownKeyError for a key that no record has, BusyError when
    another process writes, StorageError when the disk does not take it.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._indexes = Indexes(
            parts.reader, parts.index, parts.spare, self._document, f"{VERSION} {parts.made}", parts.indexing
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._editor and self._parts.index.kept:
                self.catch_up(wait=0)
        finally:
            self.close()

    def close(self) -> None:
        """Give back connections and files."""
        self._parts.index.close()
        self._parts.reader.close()
        if self._editor:
            self._editor.close()

    # --- reading ------------------------------------------------------------------------------------------------

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary that this library is tagged by."""
        return self._parts.vocabulary

    @property
    def not_searched(self) -> tuple[str, ...]:
        """What no answer of this library covers, as its settings say."""
        return self._parts.not_searched

    def overview(self) -> Overview:
        """How many records, updated when, from which sources."""
        return self._parts.reader.overview()

    def record(self, key: str) -> Record:
        """The record of `key`, or of a key it once had."""
        found = self._parts.reader.get([key])
        if not found:
            raise UnknownKeyError(f"No record has the key {key!r}.")
        return found[0]

    def records(self, keys: Iterable[str] | None = None, damaged: list[str] | None = None) -> Iterator[Record]:
        """The records of `keys` in that order, or all of them in the order of import.

        Of all: a damaged one raises LibraryError, or is left out and its key put into `damaged`.
        """
        if keys is None:
            return self._parts.reader.all(damaged)
        return (self.record(key) for key in keys)

    def level(self, record: Record) -> Level:
        """The level of evidence, with its reason."""
        return level(record, self.vocabulary)

    def why(self, key: str) -> tuple[Claim, ...]:
        """Each tag's claims with the words that justify it, in the state that a person's word leaves them in."""
        return effective(self.record(key).claims)

    def entries(self, key: str) -> list[Entry]:
        """Every source entry that the record was ever made from, with its own bytes."""
        return self._parts.reader.entries(self.record(key).key)

    def history(self, key: str | None = None) -> list[Change]:
        """The changes, newest first: of the library, or of one record."""
        if key is not None and not self._parts.reader.taken([key]):
            raise UnknownKeyError(f"No record has or had the key {key!r}.")
        return self._parts.reader.history(key)

    def content(self) -> str:
        """One number (SHA-256) for all that the live records say: equal before a change and after it was undone."""
        from evidence.core.contents import content

        return content(self._parts.reader.all())

    # --- searching ----------------------------------------------------------------------------------------------

    def parse(self, text: str, no_expand: Collection[str] = ()) -> ParsedQuery:
        """A query in the contract's language, read with this library's vocabulary."""
        return parse_query(text, self.vocabulary, no_expand=no_expand)

    def search(
        self, query: ParsedQuery | str, *, limit: int = 20, offset: int = 0, sort: Sort = "relevance",
        match: Literal["all", "any"] = "all",
    ) -> Answer:  # fmt: skip
        """The answer to `query`: the hits of one page, facets and totals over all."""
        parsed = self.parse(query) if isinstance(query, str) else query
        asked = self._indexes.asked()
        damaged: list[str] = []
        found = answer(
            asked.index,
            parsed,
            Page(limit, offset, sort),
            lambda keys: self._fetched(keys, damaged),
            self.vocabulary,
            match,
        )
        warnings = (*asked.said, *told(asked.damaged, damaged, found.missing), *found.warnings)
        return replace(found, warnings=warnings, partial=asked.partial or bool(asked.damaged))

    def _fetched(self, keys: Sequence[str], damaged: list[str]) -> dict[str, Record]:
        """The records of `keys`, by the key asked for, which may be one that a record once had."""
        records = self._parts.reader.get(keys, damaged)
        by_key = {key: record for record in records for key in (*record.aliases, record.key)}
        return {key: by_key[key] for key in keys if key in by_key}

    def counted(self) -> Found:
        """The facets of the whole library."""
        return self._indexes.asked().index.search(Everything(), Page(limit=0))

    def matching(self, query: ParsedQuery, damaged: list[str] | None = None) -> list[Record]:
        """Every record that answers `query`, in the order of import. BusyError while the index is being made.

        A damaged one raises LibraryError, or is left out and its key put into `damaged`.
        """
        asked = self._whole()
        hits = asked.index.search(query.query, Page(limit=_ALL)).hits
        if damaged is not None:
            damaged += asked.damaged
        elif asked.damaged:
            raise LibraryError(told(asked.damaged, (), ())[0])
        records = self._parts.reader.get([key for key, _ in hits], damaged)
        return sorted(records, key=lambda record: record.id or 0)

    def _whole(self) -> Asked:
        """The index to ask for all that answers. BusyError while it does not hold the whole library."""
        asked = self._indexes.asked()
        if asked.partial:
            raise BusyError(asked.said[0], "Try again when the index is made.")
        return asked

    # --- the index ----------------------------------------------------------------------------------------------

    def catch_up(self, wait: float = 5.0) -> EvidenceError | None:
        """Take into the index what was changed since; gives the error that was in the way, None when it is up to date.

        Nothing is lost by an error: every search tries again.
        """
        return self._indexes.catch_up(wait)

    def reindex(self) -> tuple[int, tuple[str, ...]]:
        """Make the index anew, beside the old one until it is whole.

        Gives how many records it holds, and the keys of those that it does not, because they are damaged.
        BusyError: another process is at it. StorageError: the disk does not take it.
        """
        return self._indexes.rebuild()

    def lag(self) -> Lag:
        """What the index lacks now."""
        return self._indexes.lag()

    def _document(self, record: Record) -> Document:
        return document(record, self.vocabulary, self.level(record))

    def verify(self, progress: Progress | None = None) -> Verified:
        """What is wrong with the records, their rows and history, and with the index as a copy of them.

        `progress` is told how many records of how many were compared with the index.
        """
        from evidence.core.verifying import Copied, verify

        parts = self._parts
        if not parts.index.kept:
            with suppress(EvidenceError):  # a damaged store cannot be indexed; what is damaged is told below
                self.catch_up()
        copied = Copied(self._document, self.vocabulary, f"{VERSION} {parts.made}")
        return verify(parts.reader, parts.index, copied, parts.reader.standing, progress)

    def export(
        self, records: Iterable[Record], format: str = "bibtex", *, bare: bool = False, raw: bool = False
    ) -> Iterator[str]:
        """The records' references in `format`, as text; `bare`: without remarks and provenance, for a manuscript.

        `raw`: cells of a table that a spreadsheet would run as formulas stay as they are.
        """
        references = (record.reference for record in records)
        return text(self._parts.formats.by_name(format), references, bare=bare, raw=raw)

    def not_the_same(
        self, data: bytes, records: Iterable[Record], format: str, *, bare: bool = False
    ) -> tuple[str, ...]:
        """The keys of the records that are not read back from `data`, a file that `export` wrote, as they are."""
        references = (record.reference for record in records)
        return not_the_same(self._parts.formats.by_name(format), data, references, bare=bare)

    def originals(self, records: Iterable[Record], format: str | None = None) -> Iterator[tuple[str, bytes]]:
        """Each record's own citations, byte for byte as they came, those that make it up now, with their format's name.

        No study facts; `format`: only what came in that format.
        """
        wanted = format and self._parts.formats.by_name(format).name
        for record in records:
            for entry in self._parts.reader.entries(record.key):
                name = entry.source.format if entry.source and entry.id in record.entries else "study-facts"
                if name != "study-facts" and wanted in {None, name}:
                    yield name, entry.raw

    def cited(
        self,
        keys: Sequence[str] = (),
        query: str | None = None,
        order: Order = "given",
        damaged: list[str] | None = None,
    ) -> list[Record]:
        """The records of `keys`, then those that answer `query`, each once, in `order` (see `core.citing.ordered`).

        UnknownKeyError names every key that no record has. Damaged ones that may answer `query`: as in `matching`.
        """
        from evidence.core.citing import ordered

        found = {key: self._parts.reader.get([key]) for key in keys}
        if unknown := [key for key, records in found.items() if not records]:
            raise UnknownKeyError(f"No record has the key {', '.join(map(repr, unknown[:20]))}.", self._near(unknown))
        named = [record for records in found.values() for record in records]
        also = self.matching(self.parse(query), damaged) if query is not None else []
        return ordered([*named, *also], order, self.level)

    def cite(self, records: Sequence[Record], style: str = "ama", *, pmid: bool = False) -> ReferenceList:
        """The reference list of `records` as `style` prints it, with what a person should look at.

        UsageError: there is no such style, or the engine that sets lists is not installed.
        """
        from evidence.core.citing import reference_list

        if self._parts.citer is None:
            raise UsageError("This library was opened without a citer.", "Open it with evidence.open_library.")
        return reference_list(records, self._parts.citer(), style, pmid=pmid, seen=self._of_journal)

    def _of_journal(self, name: str) -> list[Reference]:
        """The references whose journal has all the words of `name` side by side, twenty of them at most."""
        phrase = Phrase(tuple(words(name)), "journal")
        hits = self._indexes.asked().index.search(phrase, Page(limit=20)).hits
        return [record.reference for record in self._parts.reader.get([key for key, _ in hits], [])]

    def _near(self, unknown: Sequence[str]) -> str | None:
        """Which keys may have been meant."""
        from evidence.core.suggesting import closest

        known = [key for key, _ in islice(self._indexes.asked().index.digests(), _LOOKED_AT)]
        near = dict.fromkeys(one for key in unknown[:5] for one in closest(key, known))
        return f"Did you mean {', '.join(near)}?" if near else None

    def format(self, name: str) -> Format:
        """The format called `name`; UsageError when there is none."""
        return self._parts.formats.by_name(name)

    # --- questions ----------------------------------------------------------------------------------------------

    def questions(self) -> list[Question]:
        """The saved questions, in the order in which they were saved."""
        return self._parts.reader.questions()

    def save_question(self, name: str, inquiry: Inquiry) -> Saved:
        """Save a search under `name`, in place of one saved by it; what answers now is no news.

        Errors as `search`, for a query that cannot be read; BusyError while the index is being made.
        """
        from evidence.core import questions as asking

        name = asking.checked_name(name)
        keys = self._answering(inquiry).keys
        seen = list(self._parts.reader.versions(keys).values())
        return self._write().save_question(name, inquiry, seen)

    def news(self, name: str) -> News:
        """What is new in the answers of the question `name` since it was last looked at. Nothing is marked.

        NeedsPersonError: there is no such question; the other errors as `search`. BusyError while the index is being made.
        """
        from evidence.core import questions as asking

        question = asking.named(self.questions(), name)
        return asking.news(self._parts.reader, question, self._answering(asking.inquiry_of(question)))

    def looked(self, news: News) -> None:
        """Write down that somebody has seen `news`, and just these; no numbered change, and safe to repeat."""
        self._write().looked(news)

    def delete_question(self, name: str) -> int:
        """Have a question asked no more; gives the number of the change. NeedsPersonError: there is none by that name."""
        from evidence.core import questions as asking

        return self._write().delete_question(asking.named(self.questions(), name))

    def _answering(self, inquiry: Inquiry) -> Answering:
        """All that answers, by key alone: no record is read."""
        from evidence.core.questions import Answering

        parsed = inquiry.parsed(self.vocabulary)
        if inquiry.match == "any":
            parsed = self.search(parsed, limit=0, match="any").query
        asked = self._whole()
        hits = asked.index.search(parsed.query, Page(limit=_ALL, sort=inquiry.sort)).hits
        said = (*asked.said, *told(asked.damaged, (), ()), *parsed.warnings)
        return Answering(parsed.read_as, tuple(key for key, _ in hits), said)
