"""Library: the one door to everything a library does. It hands on; the rules live in the modules beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Literal, Self

from evidence.core.documents import document
from evidence.core.exporting import text
from evidence.core.levels import level
from evidence.core.querying import parse_query
from evidence.core.searching import Answer, answer
from evidence.errors import UnknownKeyError
from evidence.model.query import Document, Everything, ParsedQuery
from evidence.model.record import Claim, Level, Record, effective
from evidence.model.vocabulary import Vocabulary
from evidence.ports import (
    Change,
    Entry,
    Fault,
    Format,
    Formats,
    Found,
    Overview,
    Page,
    SearchIndex,
    Sort,
    Store,
    StoreReader,
)

if TYPE_CHECKING:
    from evidence.core.changing import Word
    from evidence.core.editor import Editor, Retagging
    from evidence.core.receipts import FileReceipt

_ALL = 2**31  # a page that holds every hit


@dataclass(frozen=True, slots=True)
class Parts:
    """What a library is made of. `store` opens for writing when first needed; `who` and `now` sign each change."""

    reader: StoreReader
    store: Callable[[], Store]
    index: SearchIndex
    vocabulary: Vocabulary
    formats: Formats
    who: str
    now: Callable[[], str]
    not_searched: tuple[str, ...] = ()


class Library:
    """A library that is open. Use it as a context manager, or close() it.

    Every method raises EvidenceError with a hint: UnknownKeyError for a key that no record has, BusyError when
    another process writes, StorageError when the disk does not take it.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._editor: Editor | None = None
        self._damaged: list[str] = []  # keys of records that cannot be shown; the others can
        self._seen = -1  # the log number that the index has caught up with; -1: it holds nothing yet

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connections."""
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

    def records(self, keys: Iterable[str] | None = None) -> Iterator[Record]:
        """The records of `keys` in that order, or all of them in the order of import."""
        if keys is None:
            return self._parts.reader.all()
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
        self._catch_up()
        found = answer(
            self._parts.index, parsed, Page(limit, offset, sort), self._parts.reader.get, self.vocabulary, match
        )
        if self._damaged:
            said = f"Damaged and not shown: {', '.join(self._damaged[:5])}; `evidence verify` names all that is wrong."
            return replace(found, warnings=(*found.warnings, said))
        return found

    def counted(self) -> Found:
        """The facets of the whole library."""
        self._catch_up()
        return self._parts.index.search(Everything(), Page(limit=0))

    def matching(self, query: ParsedQuery) -> list[Record]:
        """Every record that answers `query`, in the order of import."""
        self._catch_up()
        hits = self._parts.index.search(query.query, Page(limit=_ALL)).hits
        return sorted(self._parts.reader.get([key for key, _ in hits]), key=lambda record: record.id or 0)

    def _catch_up(self) -> None:
        """Show the index what the store has changed; the first time, everything."""
        reader, index = self._parts.reader, self._parts.index
        if self._seen < 0:
            self._seen = reader.overview().seq
            index.update(self._document(record) for record in reader.all(self._damaged))
        while lines := reader.log(self._seen):
            self._seen = lines[-1].seq
            records = reader.get({line.key for line in lines})
            once = {line.key for line in lines} | {alias for record in records for alias in record.aliases}
            gone = once - {record.key for record in reader.get(once)}  # removed, or renamed since
            index.update([self._document(record) for record in records], gone)

    def _document(self, record: Record) -> Document:
        return document(record, self.vocabulary, self.level(record))

    def verify(self) -> tuple[int, list[Fault]]:
        """How many records were checked, and what is wrong with them, their rows and (if they are sound) the index."""
        records = self.overview().records
        faults = list(self._parts.reader.faults())
        if not faults and (total := self.counted().total) != records:
            faults.append(Fault("index", f"it holds {total} records, the store {records}", "Run `evidence reindex`."))
        return records, faults

    def export(self, records: Iterable[Record], format: str = "bibtex", *, bare: bool = False) -> Iterator[str]:
        """The records' references in `format`, as text; `bare`: without remarks and provenance, for a manuscript."""
        return text(self._parts.formats.by_name(format), (record.reference for record in records), bare=bare)

    def originals(self, records: Iterable[Record]) -> Iterator[bytes]:
        """Each record's own citations, byte for byte as they came, those that make it up now; no study facts."""
        for record in records:
            for entry in self._parts.reader.entries(record.key):
                if entry.id in record.entries and entry.source and entry.source.format != "study-facts":
                    yield entry.raw

    def format(self, name: str) -> Format:
        """The format called `name`; UsageError when there is none."""
        return self._parts.formats.by_name(name)

    # --- writing ------------------------------------------------------------------------------------------------

    def import_file(
        self,
        name: str,
        stream: BinaryIO,
        *,
        format: str | None = None,
        dry_run: bool = False,
        verbose: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> FileReceipt:
        """Import the file `name` from `stream` (seekable); `progress` is called with the pieces of each batch.

        InputError when it is no file of ours; what can be read of it is read, the rest is refused by line and reason.
        """
        return self._write().import_file(
            name, stream, format=format, dry_run=dry_run, verbose=verbose, progress=progress
        )

    def edit(self, key: str, assignments: Sequence[str]) -> int:
        """A person's change of fields (FIELD=VALUE); gives the number of the change."""
        return self._write().edit(key, assignments)

    def tag(self, key: str, words: Sequence[Word]) -> int:
        """A person's word on tags, which no re-tagging undoes; gives the number of the change."""
        return self._write().tag(key, words)

    def note(self, key: str, text: str) -> int:
        """A person's remark; gives the number of the change."""
        return self._write().note(key, text)

    def remove(self, key: str) -> int:
        """Take a record out; its versions and its source's bytes stay. Gives the number of the change."""
        return self._write().remove(key)

    def add(self, assignments: Sequence[str]) -> tuple[int, str]:
        """A new record from FIELD=VALUE words; gives the number of the change and the record's key."""
        return self._write().add(assignments)

    def undo(self, n: int | None = None) -> int:
        """Take back change `n`, or the newest one; gives the number of the change that does it."""
        return self._write().undo(n)

    def retag(self, *, dry_run: bool = False, progress: Callable[[int], None] | None = None) -> Iterator[Retagging]:
        """Tag everything anew from the vocabulary; yields exactly what changes, record by record."""
        return self._write().retag(dry_run=dry_run, progress=progress)

    def _write(self) -> Editor:
        """The writing side, loaded when it is first needed: a search must not wait for it."""
        if self._editor is None:
            from evidence.core.editor import Editor

            parts = self._parts
            self._editor = Editor(parts.store(), self.vocabulary, parts.formats, who=parts.who, now=parts.now)
        return self._editor
