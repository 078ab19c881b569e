"""Whether a library is what it was: its store by its own hashes and rows, its index against the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from evidence.errors import EvidenceError, LibraryError
from evidence.model.query import Document, Everything, digest
from evidence.model.record import Axis, Record
from evidence.model.vocabulary import Vocabulary
from evidence.ports import Fault, Found, Page, SearchIndex, Standing, StoreReader

Progress = Callable[[int, int], None]
Tagged = Iterable[tuple[int, frozenset[tuple[Axis, str]]]]
_REINDEX = "Run `evidence reindex`."
_LEFT_OUT = "the index left it out as damaged, and it can be read now"


@dataclass(frozen=True, slots=True)
class Verified:
    """How many records were `checked`, what is wrong, and `notes`: what was not compared, and why that is no fault."""

    checked: int
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copied:
    """How documents are made of records: the function, the vocabulary, and the fingerprint of both (`Standing.made`)."""

    document: Callable[[Record], Document]
    vocabulary: Vocabulary
    made: str


@dataclass(slots=True)
class _Counted:
    """What the store says that the index should count: live records, and how many of them carry each facet's value."""

    records: int = 0
    facets: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        self.facets.setdefault(name, Counter())[value] += 1


def verify(
    reader: StoreReader,
    index: SearchIndex,
    copied: Copied,
    tagged: Callable[[], Tagged],
    progress: Progress | None = None,
) -> Verified:
    """Everything that is wrong with the store, and with `index` as a copy of it.

    `tagged` gives each live record's id and the tags that stand on it, read from the store's claims without its texts.
    `progress` is told how many records of how many are compared with the index. A store that was written to meanwhile is
    no fault, nor is an index that is behind. Memory: some 200 bytes a record.
    """
    store = tuple(reader.faults())
    named = {one.where for one in store}
    notes: list[str] = []
    found: list[Fault] = []
    try:
        if not index.kept and index.standing() is None:
            notes.append("The index is made anew by each command.")
        elif not (found := list(index.faults())):
            told = _index(reader, index, copied, tagged if not store else None, notes, progress)
            found = [one for one in told if one.what != _LEFT_OUT or one.where not in named]
    except EvidenceError as error:
        if store:
            notes.append(f"The index was not compared to its end: {error.message}")
        else:
            found.append(Fault("index", error.message, _REINDEX))
    return Verified(_checked(reader), (*store, *found), tuple(notes))


def _checked(reader: StoreReader) -> int:
    try:
        return reader.overview().records
    except EvidenceError:  # what is damaged cannot be counted; its faults are told
        return 0


def _index(
    reader: StoreReader, index: SearchIndex, copied: Copied, tagged: Callable[[], Tagged] | None, notes: list[str],
    progress: Progress | None,
) -> Iterator[Fault]:  # fmt: skip
    """The index against the store, as far as it says that it goes. `tagged` None: the store's rows are not to be counted."""
    standing = index.standing()
    if standing is None:
        notes.append("There is no index that can be used; the next search makes one.")
        return
    if (standing.store, standing.mark) != (reader.id(), reader.mark(standing.seq)):
        yield Fault("index", "it is the copy of another library, or of another history of this one", _REINDEX)
        return
    if standing.made != copied.made:
        notes.append("The index was made by another version or vocabulary; the next search makes it anew.")
        return
    behind = bool(reader.log(standing.seq, 1))
    found = index.search(Everything(), Page(limit=0))
    counted = _Counted()
    suspects = list(_documents(reader, index, copied, standing, counted, progress))
    # What was read was read after `standing`: what somebody wrote since then is in the log behind its line.
    if not _goes_on(index.standing(), standing):
        notes.append("The index was made anew meanwhile, and was not compared. Run `evidence verify` again.")
        return
    ids, keys = _changed(reader, standing) if suspects or behind else (set(), set())
    differing = [one for one in suspects if one.where not in keys]
    yield from differing
    if standing.last is not None:
        notes.append(f"The index is being made: {found.total} of {counted.records} records are in it.")
    elif behind:
        notes.append(f"{len(ids)} changed records wait to be taken into the index; the next search does it.")
    elif tagged and not differing:  # of documents that differ the counts do too
        faults = list(_counts(found, counted, tagged, copied.vocabulary))
        if reader.log(standing.seq, 1):
            notes.append("Records were changed meanwhile; the index's counts were not compared.")
        else:
            yield from faults


def _goes_on(now: Standing | None, standing: Standing) -> bool:
    """Whether the index is still the copy that it was, maybe further on."""
    return now is not None and (now.store, now.made) == (standing.store, standing.made) and (
        now.last is None or (standing.last is not None and now.last >= standing.last)
    )  # fmt: skip


def _changed(reader: StoreReader, standing: Standing) -> tuple[set[int], set[str]]:
    """The ids of the records that the log names after the index's last line, and every key that they have or had."""
    ids: set[int] = set()
    keys: set[str] = set()
    seq = standing.seq
    while lines := reader.log(seq):
        if lines[-1].seq <= seq:
            raise LibraryError("The log is not in its order: the database is damaged.", "See the other faults.")
        seq = lines[-1].seq
        some = {line.id for line in lines}
        ids |= some
        keys |= {line.key for line in lines} | reader.keys(some)
    return ids, keys


def _documents(
    reader: StoreReader, index: SearchIndex, copied: Copied, standing: Standing, counted: _Counted,
    progress: Progress | None,
) -> Iterator[Fault]:  # fmt: skip
    """Every document that the index holds against the record that it was made of; some may have changed meanwhile."""
    held: dict[str, bytes] = {}
    for key, told in index.digests():
        if key in held:
            yield Fault(key, "the index holds it twice", _REINDEX)
        held[key] = bytes.fromhex(told)
    of = reader.overview().records
    damaged: list[str] = []
    for record in reader.all(damaged):
        document = copied.document(record)
        _count(counted, document)
        if progress:
            progress(counted.records, of)
        there = held.pop(record.key, None)
        if standing.last is not None and (record.id or 0) > standing.last:
            continue
        if there is None:
            left_out = record.key in standing.left_out
            yield Fault(record.key, _LEFT_OUT if left_out else "the index does not hold it", _REINDEX)
        elif there.hex() != digest(document):
            yield Fault(record.key, "the index holds it otherwise than the store", _REINDEX)
    for key in sorted(held.keys() - set(damaged)):  # what is damaged is the store's own fault, and told there
        yield Fault(key, "the index holds it, and no record has that key", _REINDEX)


def _count(counted: _Counted, document: Document) -> None:
    counted.records += 1
    for name, value in (("level", document.level), ("year", document.year)):
        if value is not None:
            counted.add(name, str(value))


def _counts(found: Found, counted: _Counted, tagged: Callable[[], Tagged], vocabulary: Vocabulary) -> Iterator[Fault]:
    """Total and facets of the index against counts from the store's rows.

    Only terms that stand on some record are listed, and a term counts what is narrower too (see `ports.Found`).
    """
    listed: set[tuple[str, str]] = set()
    above: dict[tuple[Axis, str], frozenset[str]] = {}
    for _, tags in tagged():
        reach: set[tuple[Axis, str]] = set()
        listed.update((axis.value, term) for axis, term in tags)
        for axis, term in tags:
            if (axis, term) not in above:
                above[axis, term] = vocabulary.broader(axis.scheme, term)
            reach |= {(axis, one) for one in above[axis, term]}
        for axis, term in reach:
            counted.add(axis.value, term)
    if found.total != counted.records:
        yield Fault("index", f"it holds {found.total} records, the store {counted.records}", _REINDEX)
    for name in sorted(found.facets.keys() | counted.facets.keys()):
        ours = counted.facets.get(name, Counter())
        shown = ours if name in {"level", "year"} else {one: ours[one] for one in ours if (name, one) in listed}
        yield from _differing(name, found.facets.get(name, {}), shown)


def _differing(name: str, told: Mapping[str, int], counted: Mapping[str, int]) -> Iterator[Fault]:
    for value in sorted(told.keys() | counted.keys()):
        one, other = told.get(value, 0), counted.get(value, 0)
        if one != other:
            yield Fault(f"{name}:{value}", f"the index counts {one} records, the store {other}", _REINDEX)
