"""What a library is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evidence.core.following import Progress
from evidence.model.vocabulary import Vocabulary
from evidence.ports import Citer, Formats, SearchIndex, Store, StoreReader


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
    spare: Callable[[], SearchIndex]  # an empty index in memory, for when the library's own cannot be used
    made: str = ""  # what the index's documents depend on beside the records: vocabulary and stemmer
    citer: Callable[[], Citer] | None = None  # None: this library makes no reference lists
    not_searched: tuple[str, ...] = ()
    indexing: Progress | None = None  # is told how far the index is, when it is brought up to date
