"""The writing side of a library: every change is made under the store's lock, numbered and signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from evidence.core import changing, joining, undoing
from evidence.core.importing import BATCH, Importer, Job, retagged
from evidence.core.joining import Merged
from evidence.core.keys import free_key, made_key
from evidence.core.questions import LIST, Inquiry, News, Saved, inquiry_of
from evidence.core.receipts import FileReceipt
from evidence.core.tagging import Tagger
from evidence.core.unions import union
from evidence.errors import NeedsPersonError, UnknownKeyError, UsageError
from evidence.model.record import Axis, Note, Record
from evidence.model.vocabulary import Vocabulary
from evidence.ports import Format, Formats, Question, Store, Writing

if TYPE_CHECKING:
    from evidence.core.proposing import Proposals

_TWO = 2  # records that a merge needs


@dataclass(frozen=True, slots=True)
class Retagging:
    """How one record's standing tags change: `axis:term` words."""

    key: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


class Editor:
    """Changes a library. `who` and `now` (ISO 8601, UTC) sign each change. The methods are `Library`'s."""

    def __init__(
        self, store: Store, vocabulary: Vocabulary, formats: Formats, *, who: str, now: Callable[[], str]
    ) -> None:
        self._store = store
        self._formats = formats
        self._tagger = Tagger(vocabulary)
        self._who = who
        self._now = now
        self._dry: Importer | None = None

    def close(self) -> None:
        """Give back the connection."""
        self._store.close()

    def import_file(
        self,
        name: str,
        stream: BinaryIO,
        *,
        format: str | None,
        dry_run: bool,
        verbose: bool,
        progress: Callable[[int], None] | None,
    ) -> FileReceipt:
        """See `Library.import_file`."""
        with self._formats.unpacked(stream) as plain:
            head = plain.stream.read(4096)
            plain.stream.seek(0)
            chosen: Format = self._formats.by_name(format) if format else self._formats.detect(name, head)
            encoding = self._formats.encoding(plain.stream)
            plain.stream.seek(0)
            job = Job(name, plain.stream, chosen, encoding.name)
            receipt = self._importer(dry_run=dry_run).run(job, verbose=verbose, progress=progress)
        said = tuple(one for one in (plain.cut, encoding.doubt) if one)
        return replace(receipt, warnings=(*said, *receipt.warnings), whole=plain.cut is None)

    def _importer(self, *, dry_run: bool) -> Importer:
        """An importer; a dry run remembers over its files what it would have stored."""
        if not dry_run:
            return Importer(self._store, self._tagger, who=self._who, now=self._now)
        if self._dry is None:
            self._dry = Importer(self._store, self._tagger, who=self._who, now=self._now, dry_run=True)
        return self._dry

    def edit(self, key: str, assignments: Sequence[str]) -> int:
        """See `Library.edit`. The record is tagged anew."""

        def change(record: Record) -> Record:
            edited = changing.edited(record, assignments, who=self._who, when=self._now())
            return retagged(edited, self._tagger)

        return self._change(key, f"edit {key}: {', '.join(assignments)}", change)

    def tag(self, key: str, words: Sequence[changing.Word]) -> int:
        """See `Library.tag`."""
        said = ", ".join(f"{word.axis}:{word.term} {word.state}" for word in words)
        return self._change(
            key, f"tag {key}: {said}", lambda record: changing.spoken(record, words, who=self._who, when=self._now())
        )

    def note(self, key: str, text: str) -> int:
        """See `Library.note`."""
        note = Note(text, self._who, self._now())
        return self._change(key, f"note {key}", lambda record: replace(record, notes=(*record.notes, note)))

    def remove(self, key: str) -> int:
        """See `Library.remove`."""
        with self._store.writing() as writing:
            record = self._record(key)
            change = writing.change(f"remove {record.key}", self._who)
            writing.remove(change, [record.id or 0])
        return change

    def add(self, assignments: Sequence[str]) -> tuple[int, str]:
        """See `Library.add`."""
        reference = changing.written(assignments)
        with self._store.writing() as writing:
            if reference.key and self._store.taken([reference.key]):
                raise UsageError(f"The key {reference.key!r} is taken.", "Choose another one, or leave it out.")
            key = free_key(reference.key or made_key(reference), lambda one: bool(self._store.taken([one])))
            edits = changing.edits_of(assignments, who=self._who, when=self._now())
            record = retagged(Record(key, replace(reference, key=key), edits=edits), self._tagger)
            change = writing.change(f"add {key}", self._who)
            writing.save(change, [record])
        return change, key

    def merge(self, keys: Sequence[str]) -> Merged:
        """See `Library.merge`."""
        with self._store.writing() as writing:
            records = list({one.id: one for one in map(self._record, keys)}.values())
            if len(records) < _TWO:
                raise NeedsPersonError(
                    f"{' and '.join(dict.fromkeys(keys))}: that is one record.", "`evidence show KEY` shows it."
                )
            joining.refuse_distinct(self._store, records)
            change = writing.change(f"merge {' '.join(one.key for one in records)}", self._who)
            return self._merged(writing, change, records)

    def merge_same(self, found: Proposals) -> tuple[Merged, ...]:
        """See `Library.merge_same`."""
        from evidence.core.proposing import groups, still  # compares records: not loaded for every change

        with self._store.writing() as writing:
            wanted = [now for group in groups(found) if (now := still(self._store, group))]
            if not wanted:
                return ()
            change = writing.change(f"merge {len(wanted)} groups of the same work", self._who)
            return tuple(self._merged(writing, change, records) for records in wanted)

    def _merged(self, writing: Writing, change: int, records: Sequence[Record]) -> Merged:
        """The others go before the first takes what they held."""
        whole, differs = joining.join(records)
        writing.remove(change, [one.id or 0 for one in records[1:]])
        writing.save(change, [retagged(whole, self._tagger)])
        return Merged(change, whole.key, tuple(one.key for one in records[1:]), differs)

    def distinct(self, a: str, b: str) -> int:
        """See `Library.distinct`."""
        with self._store.writing() as writing:
            one, other = self._record(a), self._record(b)
            if one.id == other.id:
                raise NeedsPersonError(
                    f"{a} and {b} are one record.", f"`evidence history {one.key}` shows whether it was merged."
                )
            before = other.id in one.distinct and one.id in other.distinct
            if before and (n := joining.said_distinct(self._store, one, other)):
                return n
            change = writing.change(f"{joining.DISTINCT}{one.key} {other.key}", self._who)
            both = ((one, other.id or 0), (other, one.id or 0))
            writing.save(change, [replace(it, distinct=union(it.distinct, (of,))) for it, of in both])
        return change

    def undo(self, n: int | None) -> int:
        """See `Library.undo`."""
        return undoing.undo(self._store, n, who=self._who)

    def save_question(self, name: str, inquiry: Inquiry, seen: Sequence[tuple[int, int]]) -> Saved:
        """See `Library.save_question`."""
        question = Question(name, inquiry.written())
        with self._store.writing() as writing:
            old = next((one for one in self._store.questions() if one.folded == question.folded), None)
            if old and old.asked == question.asked:
                return Saved(old.name, None, len(seen), inquiry)
            change = writing.change(f"question save {name}", self._who)
            writing.ask(change, question, seen)
        return Saved(name, change, len(seen), inquiry_of(old) if old else None)

    def delete_question(self, question: Question) -> int:
        """See `Library.delete_question`."""
        with self._store.writing() as writing:
            if all(one.id != question.id for one in self._store.questions()):
                raise NeedsPersonError(f"There is no question {question.name!r} any more.", LIST)
            change = writing.change(f"question delete {question.name}", self._who)
            writing.turn(change, question.id or 0, asked=False)
        return change

    def looked(self, news: News) -> None:
        """See `Library.looked`."""
        with self._store.writing() as writing:
            writing.look(news.question.id or 0, self._now(), news.seen, news.unseen)

    def retag(self, *, dry_run: bool, progress: Callable[[int], None] | None) -> Iterator[Retagging]:
        """See `Library.retag`."""
        change: int | None = None
        for keys in _batches([record.key for record in self._store.all()]):
            with nullcontext() if dry_run else self._store.writing() as writing:
                pairs = [(old, retagged(old, self._tagger)) for old in self._store.get(keys)]
                new = [after for before, after in pairs if after != before]
                if new and writing:
                    change = change or writing.change("retag", self._who)
                    writing.save(change, new)
            yield from (found for before, after in pairs if (found := _difference(before, after)))
            if progress:
                progress(len(keys))

    def _change(self, key: str, what: str, make: Callable[[Record], Record]) -> int:
        with self._store.writing() as writing:
            old = self._record(key)
            new = make(old)
            if new.key != old.key and new.key not in old.aliases and self._store.taken([new.key]):
                raise UsageError(f"The key {new.key!r} is taken.", "Choose another one.")
            change = writing.change(what, self._who)
            writing.save(change, [new])
        return change

    def _record(self, key: str) -> Record:
        found = self._store.get([key])
        if not found:
            raise UnknownKeyError(f"No record has the key {key!r}.")
        return found[0]


def _batches(keys: list[str]) -> Iterator[list[str]]:
    return (keys[at : at + BATCH] for at in range(0, len(keys), BATCH))


def _difference(before: Record, after: Record) -> Retagging | None:
    old, new = ({f"{axis}:{term}" for axis in Axis for term in record.tags.on(axis)} for record in (before, after))
    return Retagging(after.key, tuple(sorted(new - old)), tuple(sorted(old - new))) if old != new else None
