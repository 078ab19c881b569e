"""An index after its store: what it lacks is taken in batch by batch, and every batch is kept.

A whole copy follows the log; what is no copy of this store (missing, damaged, another library's, of another history or
vocabulary) is made anew beside it. Stopped anywhere, the next one goes on where the last batch ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from evidence.model.query import Document, Everything
from evidence.model.record import Record
from evidence.ports import IndexWriting, Page, SearchIndex, Standing, StoreReader

BATCH = 1000  # records of one batch: what a kill can cost, and what is held in memory
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Lag:
    """What an index lacks: `waiting` of `of` records or changes; `whole` False: it is still being made.

    `usable` says whether it is a copy of this store at all, `older` whether it was made by other rules or an older
    vocabulary, and is to be made anew.
    """

    waiting: int = 0
    of: int = 0
    whole: bool = True
    usable: bool = True
    older: bool = False


class Follower:
    """Keeps `index` a copy of what `reader` reads, through `document`; `made` is the fingerprint of how."""

    def __init__(
        self, reader: StoreReader, index: SearchIndex, document: Callable[[Record], Document], made: str
    ) -> None:
        self._reader = reader
        self._index = index
        self._document = document
        self._made = made

    @property
    def left_out(self) -> tuple[str, ...]:
        """The keys of the records that the index lacks because their text is damaged."""
        standing = self._index.standing()
        return standing.left_out if standing else ()

    def lag(self) -> Lag:
        """What the index lacks now."""
        standing = self._index.standing()
        if standing is None or not self._of_this_store(standing):
            records = self._reader.overview().records
            return Lag(records, records, whole=False, usable=False)
        older = standing.made != self._made
        if standing.last is not None:
            records = self._reader.overview().records
            held = self._index.search(Everything(), Page(limit=0)).total
            return Lag(max(records - held, 0), records, whole=False, older=older)
        if older:
            records = self._reader.overview().records
            return Lag(records, records, older=True)
        if not self._reader.log(standing.seq, 1):
            return Lag()
        last = self._reader.overview().seq
        return Lag(last - standing.seq, last)

    def follow(self, wait: float = 5.0, progress: Progress | None = None) -> None:
        """Take in what is lacking; nothing is locked when nothing lacks. `progress` is told what is done, and of how much.

        BusyError: another process is at it. StorageError: the index cannot be written; what was taken in is kept.
        """
        if self._current():
            return
        with self._index.writing("bringing the index up to date", wait) as writing:
            standing = self._index.standing()
            if standing is None or standing.last is not None or not self._ours(standing):
                standing = self._anew(writing, progress)
            self._replay(writing, standing, progress)

    def rebuild(self, wait: float = 5.0, progress: Progress | None = None) -> None:
        """Make the index anew, whatever there is; an interrupted making is gone on with. Errors as `follow`."""
        with self._index.writing("making the index anew", wait) as writing:
            self._replay(writing, self._anew(writing, progress), progress)

    def _current(self) -> bool:
        standing = self._index.standing()
        return (
            standing is not None
            and standing.last is None
            and self._ours(standing)
            and not self._reader.log(standing.seq, 1)
        )

    def _ours(self, standing: Standing) -> bool:
        """Whether it is a copy of this store and its history, made in today's way."""
        return standing.made == self._made and self._of_this_store(standing)

    def _of_this_store(self, standing: Standing) -> bool:
        return (standing.store, standing.mark) == (self._reader.id(), self._reader.mark(standing.seq))

    def _anew(self, writing: IndexWriting, progress: Progress | None) -> Standing:
        """Every record into a new copy, which then takes the place of the old one."""
        standing = writing.fresh(lambda found: found.last is not None and self._ours(found))
        overview = self._reader.overview()
        if standing is None:
            standing = Standing(self._reader.id(), self._made, overview.seq, self._reader.mark(overview.seq) or "", 0)
        done = min(standing.last or 0, overview.records)  # ids are given one by one, so this is near enough for a bar
        damaged = list(standing.left_out)
        for batch in _batches(self._reader.all(damaged, after=standing.last or 0)):
            standing = replace(standing, last=batch[-1].id, left_out=tuple(damaged))
            writing.take([self._document(record) for record in batch], (), standing)
            done += len(batch)
            _tell(progress, done, overview.records)
        standing = replace(standing, last=None, left_out=tuple(damaged))
        writing.take((), (), standing)
        writing.adopt()
        return standing

    def _replay(self, writing: IndexWriting, standing: Standing, progress: Progress | None) -> None:
        """The log after `standing`, a batch at a time; each record as it is now, so that repeating does no harm."""
        first, last = standing.seq, 0
        while lines := self._reader.log(standing.seq, BATCH):
            seq = lines[-1].seq
            damaged: list[str] = []
            records = self._reader.get({line.key for line in lines}, damaged)
            once = self._reader.keys({line.id for line in lines})  # also what an undone change had called them
            live = {record.key for record in self._reader.get(once, damaged)}
            left_out = tuple(dict.fromkeys([*(key for key in standing.left_out if key not in once), *damaged]))
            standing = replace(standing, seq=seq, mark=self._reader.mark(seq) or "", left_out=left_out)
            writing.take([self._document(record) for record in records], once - live, standing)
            last = max(last, self._reader.overview().seq)
            _tell(progress, seq - first, last - first)


def _batches(records: Iterable[Record]) -> Iterator[Sequence[Record]]:
    rest = iter(records)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress:
        progress(done, of)
