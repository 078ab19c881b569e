"""The half of `Library` that changes it. Each change is numbered, signed and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from evidence.core.parts import Parts

if TYPE_CHECKING:
    from evidence.core.changing import Word
    from evidence.core.editor import Editor, Retagging
    from evidence.core.joining import Merged
    from evidence.core.proposing import Proposals
    from evidence.core.receipts import FileReceipt


class Changes:
    """What changes a library of `parts`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._editor: Editor | None = None

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

    def duplicates(
        self, damaged: list[str] | None = None, progress: Callable[[int, int], None] | None = None
    ) -> Proposals:
        """The pairs of records that may be one work, with the fields that decide; none that a person called two.

        A damaged record raises LibraryError, or is left out and its key put into `damaged`. `progress` is told how many
        candidates are compared, and of how many. Nothing is changed.
        """
        from evidence.core.proposing import proposals

        return proposals(self._parts.reader, damaged, progress)

    def merge(self, keys: Sequence[str]) -> Merged:
        """Make one record of the records of `keys`. The first stays, the others' keys become its aliases.

        What it lacks is added, nothing of it is overwritten; what differs is told, and stays in the others' history.
        NeedsPersonError: a person called two of them different works, or there is only one.
        """
        return self._write().merge(keys)

    def merge_same(self, found: Proposals) -> tuple[Merged, ...]:
        """Merge all that `found` calls "same", in one change; () when there is nothing to merge.

        Records that were changed since they were compared are left as they are.
        """
        return self._write().merge_same(found)

    def distinct(self, a: str, b: str) -> int:
        """A person's word that two records are two works, however alike; gives the number of the change.

        Said again, it gives the number of the first time. NeedsPersonError: it is one record.
        """
        return self._write().distinct(a, b)

    def _write(self) -> Editor:
        """The writing side, loaded when it is first needed: a search must not wait for it."""
        if self._editor is None:
            from evidence.core.editor import Editor

            parts = self._parts
            self._editor = Editor(parts.store(), parts.vocabulary, parts.formats, who=parts.who, now=parts.now)
        return self._editor
