"""The full-text index on the disk, with the tables of Whoosh. See docs/decisions/0007-whoosh.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from evidence.disk import held
from evidence.errors import LibraryError, StorageError
from evidence.model.query import Query
from evidence.ports import Fault, Found, IndexWriting, Page, Standing
from evidence.search import ranking

if TYPE_CHECKING:
    from evidence.search.whoosh_copies import Opened
    from evidence.search.whoosh_lists import WhooshLists

_Answer = TypeVar("_Answer")


class WhooshIndex:
    """A SearchIndex in `folder`, which need not be there. Reading never changes it; one process writes at a time."""

    kept = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: Opened | None = None

    def standing(self) -> Standing | None:
        """Of the copy that is searched, which may be one that is still being made; None: there is none to be trusted."""
        copy = self._open().copy
        return copy.manifest.standing if copy else None

    @contextmanager
    def writing(self, doing: str, wait: float = 5.0) -> Iterator[IndexWriting]:
        """The right to change it. BusyError after `wait` seconds; StorageError: the place may not be written to."""
        from evidence.search.whoosh_writing import WhooshWriting

        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{self._folder} cannot be made: {error.strerror or error}.") from error
        with held(self._folder, doing, wait):
            yield WhooshWriting(self._folder, self._open)

    def search(self, query: Query, page: Page) -> Found:
        """The documents that `matches` says answer `query`, best first, ties by key.

        LibraryError: there is a copy, but none to be trusted.
        """
        return self._ask(lambda lists: ranking.find(lists, query, page))

    def words(self, start: str) -> Iterable[str]:
        """The folded words that begin with `start` in what is searched when no field is named, in alphabetical order."""
        return self._ask(lambda lists: [word for word in lists.words(start) if word])

    def holds(self, words: Iterable[str]) -> set[str]:
        """Those of the folded `words` whose stem stands in what is searched when no field is named."""
        asked = set(words)
        return self._ask(lambda lists: {word for word in asked if lists.holds(word)})

    def digests(self) -> Iterator[tuple[str, str]]:
        """The key of every document, and its digest when it was taken in."""
        return iter(self._ask(lambda lists: [(lists.key(at), lists.digest(at)) for at in sorted(lists.live)]))

    def faults(self) -> Iterator[Fault]:
        """What is wrong with its files, each read whole."""
        from evidence.search.whoosh_copies import faults_of

        return iter(faults_of(self._folder))

    def close(self) -> None:
        """Give back its files; who asks again opens them anew."""
        self._opened = None

    def _open(self) -> Opened:
        """What is in the folder now; read anew only when another process, or this one, has changed it."""
        from evidence.search.whoosh_copies import open_index, stamp

        opened = self._opened
        if opened is None or opened.stamp != stamp(self._folder):
            opened = open_index(self._folder, opened.copy if opened else None)
            self._opened = opened
        return opened

    def _ask(self, question: Callable[[WhooshLists], _Answer]) -> _Answer:
        """The answer of the copy that is searched; of no documents, when nothing was ever taken in."""
        from evidence.search.whoosh_files import Damaged
        from evidence.search.whoosh_lists import WhooshLists

        opened = self._open()
        if opened.copy is None:
            if opened.damages:
                raise _untrusted(opened.damages[0])
            return question(WhooshLists(()))
        try:
            return question(opened.copy.lists)
        except Damaged as damage:  # what was whole when it was opened is not any more
            self._opened = replace(opened, copy=None, damages=(damage,))
            raise _untrusted(damage) from damage


def _untrusted(damage: Exception) -> LibraryError:
    return LibraryError(f"The index cannot be trusted: {damage}.", "Run `evidence reindex`.")
