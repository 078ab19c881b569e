"""The plainest index there can be, for tests: documents in a dictionary, `matches` for each; it can fail on demand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from evidence.errors import BusyError
from evidence.model.query import ANYWHERE, Document, Query, digest, matches
from evidence.model.words import stem
from evidence.ports import Fault, Found, Page, Standing


class PlainIndex:
    """A `SearchIndex` that outlives what opens it. `takes` counts batches; `before` is called before each one."""

    kept = True

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.stands: Standing | None = None
        self.beside: tuple[dict[str, Document], Standing] | None = None  # an unfinished new copy
        self.busy = False
        self.before: Callable[[], None] = lambda: None
        self.takes = 0

    def standing(self) -> Standing | None:
        """Where the copy that is searched stands."""
        return self.stands or (self.beside[1] if self.beside else None)

    @contextmanager
    def writing(self, doing: str, wait: float = 5.0) -> Iterator[_Writing]:
        """The right to change it."""
        if self.busy:
            raise BusyError(f"Process 1 ({doing}) is writing for {wait} s.")
        yield _Writing(self)

    def search(self, query: Query, page: Page) -> Found:
        """What `matches` says."""
        asked = self.documents if self.stands or not self.beside else self.beside[0]
        keys = sorted(key for key, one in asked.items() if matches(query, one))
        return Found(len(keys), tuple((key, 1.0) for key in keys[page.offset : page.offset + page.limit]))

    def words(self, start: str) -> Iterable[str]:
        """The words that begin so."""
        return sorted(word for word in self._words() if word.startswith(start))

    def holds(self, words: Iterable[str]) -> set[str]:
        """Which words' stems are there."""
        stems = {stem(word) for word in self._words()}
        return {word for word in words if stem(word) in stems}

    def digests(self) -> Iterator[tuple[str, str]]:
        """Each key with its document's digest."""
        return ((key, digest(one)) for key, one in self.documents.items())

    def faults(self) -> Iterator[Fault]:
        """It has none."""
        return iter(())

    def close(self) -> None:
        """It stays as it is."""

    def _words(self) -> set[str]:
        return {
            word for one in self.documents.values() for name in ANYWHERE for word in one.words.get(name, ()) if word
        }


class _Writing:
    def __init__(self, index: PlainIndex) -> None:
        self._index = index
        self._beside = False

    def fresh(self, sound: Callable[[Standing], bool]) -> Standing | None:
        index, self._beside = self._index, True
        if index.beside and sound(index.beside[1]):
            return index.beside[1]
        index.beside = None
        return None

    def take(self, documents: Sequence[Document], gone: Collection[str], standing: Standing) -> None:
        index = self._index
        index.before()
        index.takes += 1
        old = index.documents if not self._beside else index.beside[0] if index.beside else {}
        new = {key: one for key, one in old.items() if key not in gone} | {one.key: one for one in documents}
        if self._beside:
            index.beside = new, standing
        else:
            index.documents, index.stands = new, standing

    def adopt(self) -> None:
        index, self._beside = self._index, False
        assert index.beside is not None
        assert index.beside[1].last is None
        index.documents, index.stands = index.beside
        index.beside = None
