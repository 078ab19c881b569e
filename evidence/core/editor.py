"""The writing side of a library: every change is made under the store's lock, numbered and signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import BinaryIO

from evidence.core import changing, undoing
from evidence.core.importing import BATCH, Importer, Job, retagged
from evidence.core.keys import free_key, made_key
from evidence.core.questions import LIST, Inquiry, News, Saved, inquiry_of
from evidence.core.receipts import FileReceipt
from evidence.core.tagging import Tagger
from evidence.errors import NeedsPersonError, UnknownKeyError, UsageError
from evidence.model.record import Axis, Note, Record
from evidence.model.vocabulary import Vocabulary
from evidence.ports import Format, Formats, Question, Store


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
        head = stream.read(4096)
        stream.seek(0)
        chosen: Format = self._formats.by_name(format) if format else self._formats.detect(name, head)
        encoding = self._formats.encoding_of(stream)
        stream.seek(0)
        importer = self._importer(dry_run=dry_run)
        return importer.run(Job(name, stream, chosen, encoding), verbose=verbose, progress=progress)

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
