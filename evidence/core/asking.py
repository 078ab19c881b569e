"""Which index a search asks: the library's own, as much up to date as can be, or one read anew; and what is said about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evidence.core.following import Follower, Lag, Progress
from evidence.errors import BusyError, EvidenceError, StorageError
from evidence.model.query import Document, Everything
from evidence.model.record import Record
from evidence.ports import Page, SearchIndex, StoreReader

_PATIENCE = 1.0  # seconds that a search waits for another process that is changing the index
_IN_MEMORY = 5000  # records that are read anew for one search, at most, rather than asking an index in the making


@dataclass(frozen=True, slots=True)
class Asked:
    """The index that a search asks, the keys it lacks because they are damaged, and what is to be said about it.

    `partial`: it does not hold all of the library, so nothing may be concluded from what it does not find.
    """

    index: SearchIndex
    damaged: Sequence[str] = ()
    said: tuple[str, ...] = ()
    partial: bool = False


class Indexes:
    """The library's own index, which follows the store, and one in memory for when it cannot be used."""

    def __init__(
        self, reader: StoreReader, own: SearchIndex, spare: Callable[[], SearchIndex],
        document: Callable[[Record], Document], made: str, progress: Progress | None,
    ) -> None:  # fmt: skip
        self._own = own
        self._following: Callable[[SearchIndex], Follower] = lambda index: Follower(reader, index, document, made)
        self._follower = self._following(own)
        self._new_spare = spare
        self._spare: tuple[SearchIndex, Follower] | None = None
        self._progress = progress

    def catch_up(self, wait: float) -> EvidenceError | None:
        """See `Library.catch_up`."""
        try:
            self._follower.follow(wait, self._progress)
        except (BusyError, StorageError) as error:
            return error
        return None

    def rebuild(self) -> tuple[int, tuple[str, ...]]:
        """See `Library.reindex`."""
        self._follower.rebuild(progress=self._progress)
        return self._own.search(Everything(), Page(limit=0)).total, self._follower.left_out

    def lag(self) -> Lag:
        """See `Library.lag`."""
        return self._follower.lag()

    def asked(self) -> Asked:
        """The index to ask now."""
        error = self.catch_up(_PATIENCE)
        own = Asked(self._own, self._follower.left_out)
        if error is None:
            return own
        lag = self._follower.lag()
        if lag == Lag():
            return own
        asked_all_the_same = lag.usable and (lag.of > _IN_MEMORY or (lag.whole and not lag.older))
        if isinstance(error, BusyError) and asked_all_the_same:
            return Asked(own.index, own.damaged, (f"{_lacking(lag)} {error.message}",), partial=True)
        return self._anew(error)

    def _anew(self, error: EvidenceError) -> Asked:
        """An index in memory, of everything."""
        if self._spare is None:
            index = self._new_spare()
            self._spare = index, self._following(index)
        index, follower = self._spare
        follower.follow()
        said = f"Answered without the index, slowly. {error.message} {error.hint or ''}".rstrip()
        return Asked(index, follower.left_out, (said,))


def _lacking(lag: Lag) -> str:
    """What an answer may lack, in a sentence."""
    if not lag.whole:
        return f"The index is being made: {lag.waiting} of {lag.of} records are not in it yet, and may be lacking here."
    if lag.older:
        return "The index is being made anew, for a newer vocabulary or program; this is the older one's answer."
    said = f"{lag.waiting} of {lag.of} changes are not in it yet, and may be lacking here."
    return f"The index is being brought up to date: {said}"


def told(left_out: Sequence[str], damaged: Sequence[str], missing: Sequence[str]) -> list[str]:
    """What is to be said of records that the index had to leave out, and of hits that could not be shown."""
    said = []
    if keys := [*left_out, *(key for key in damaged if key not in left_out)]:
        shown = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
        said.append(f"Damaged and not shown: {shown}; `evidence verify` names all that is wrong.")
    if gone := [key for key in missing if key not in keys]:
        said.append(f"Taken out of the library while it was searched: {', '.join(gone[:5])}.")
    return said
