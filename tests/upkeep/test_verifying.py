"""Verifying an index against its store: each kind of difference is told, and being behind is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from weakref import finalize

import pytest

from evidence.core.changing import Word
from evidence.core.documents import document
from evidence.core.following import Follower
from evidence.core.levels import level
from evidence.core.verifying import Copied, Verified, verify
from evidence.errors import LibraryError
from evidence.formats import vocabulary_toml
from evidence.model.query import Document, Query
from evidence.model.record import Axis, Record
from evidence.ports import Fault, Found, Page, Standing
from evidence.search.memory import MemoryIndex
from evidence.store import checking
from evidence.store.opening import open_reader
from evidence.store.reading import SqlReader
from evidence.wiring import open_library
from tests.upkeep.damage import ENTRIES
from tests.upkeep.test_backup import damage

VOCABULARY = vocabulary_toml.read(vocabulary_toml.shipped())


def made(record: Record) -> Document:
    """The record's document."""
    return document(record, VOCABULARY, level(record, VOCABULARY))


class Kept(MemoryIndex):
    """An index that outlives the process, with something wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: Mapping[str, str | None] = {}  # key -> another digest, or None: it is not there
        self.said: Standing | None = None
        self.facets: Callable[[Found], Found] = lambda found: found
        self.files: tuple[Fault, ...] = ()
        self.after: Callable[[], object] = lambda: None  # what somebody does when the digests were read

    kept = True

    def standing(self) -> Standing | None:
        """What it says of itself."""
        return self.said or super().standing()

    def digests(self) -> Iterator[tuple[str, str]]:
        """With what is wrong."""
        told = {**dict(super().digests()), **self.wrong}
        yield from ((key, one) for key, one in told.items() if one is not None)
        self.after()

    def search(self, query: Query, page: Page) -> Found:
        """With other counts."""
        return self.facets(super().search(query, page))

    def faults(self) -> Iterator[Fault]:
        """Of its files."""
        return iter(self.files)


class Case:
    """A library and its index."""

    def __init__(self, folder: Path) -> None:
        """Make the index of the library in `folder`."""
        reader = open_reader(folder / "library.db")
        assert isinstance(reader, SqlReader)
        self.reader = reader
        finalize(self, reader.close)
        self.index = Kept()
        Follower(reader, self.index, made, "today").follow()

    def verified(self, made_as: str = "today") -> Verified:
        """What is found."""
        copied = Copied(made, VOCABULARY, made_as)
        return verify(self.reader, self.index, copied, lambda: checking.standing(self.reader.database))

    def says(self) -> dict[str, str]:
        """What is found, by where."""
        return {one.where: one.what for one in self.verified().faults}


@pytest.fixture
def case(small: Path) -> Iterator[Case]:
    """The small library with its index."""
    one = Case(small)
    yield one
    one.reader.close()


def test_an_index_that_is_a_copy_has_no_fault(case: Case) -> None:
    """Every document is compared, every count by SQL too."""
    assert case.verified() == Verified(ENTRIES)


def test_each_document_that_differs_is_named(case: Case) -> None:
    """One is missing, one is too many, one is another."""
    case.index.wrong = {"reeves2000knee": None, "nobody1900": "0" * 32, "bae2021": "1" * 32}
    assert case.says() == {
        "reeves2000knee": "the index does not hold it",
        "nobody1900": "the index holds it, and no record has that key",
        "bae2021": "the index holds it otherwise than the store",
    }
    assert all("evidence reindex" in one.mend for one in case.verified().faults)


def test_counts_are_held_against_those_by_sql(case: Case) -> None:
    """A facet's value that is miscounted, one that nobody has, and the total."""

    def wrong(found: Found) -> Found:
        facets = {name: dict(counts) for name, counts in found.facets.items()}
        facets["condition"]["knee-osteoarthritis"] += 1
        facets["level"]["1"] = 0
        facets["design"]["opinion-poll"] = 2
        return replace(found, total=found.total - 1, facets=facets)

    case.index.facets = wrong
    assert set(case.says()) == {"condition:knee-osteoarthritis", "level:1", "design:opinion-poll", "index"}


def test_tags_by_sql_are_the_tags_of_the_records(case: Case, small: Path) -> None:
    """Rejected ones stand nowhere."""
    with open_library(small, write=True) as library:
        library.tag("reeves2000knee", [Word(Axis.CONDITION, "knee-osteoarthritis", "rejected")])
    told = dict(checking.standing(case.reader.database))
    for record in case.reader.all():
        tags = {(axis, term) for axis in Axis for term in record.tags.on(axis)}
        assert told.get(record.id or 0, frozenset()) == tags


def test_being_behind_is_no_fault(case: Case, small: Path) -> None:
    """Changed, renamed, removed and added records wait; nothing else hides behind them."""
    with open_library(small, write=True, who="other") as library:
        library.note("reeves2000knee", "later")
        library.edit("bae2021", ["id=bae2021new"])
        library.remove("sit2016")
        library.add(["title=A new one"])
    found = case.verified()
    assert found.faults == ()
    assert "wait" in found.notes[0]
    case.index.wrong = {"nobody1900": "0" * 32}
    assert set(case.says()) == {"nobody1900"}


@pytest.mark.parametrize(("field", "value"), [("store", "another"), ("mark", "0" * 64), ("seq", 9999)])
def test_a_copy_of_something_else_is_one_fault(case: Case, field: str, value: str | int) -> None:
    """Of another library, another history, or of a line that the log does not have."""
    standing = case.index.standing()
    assert standing is not None
    case.index.said = replace(standing, **{field: value})  # type: ignore[arg-type]  # a field's own kind
    assert list(case.says()) == ["index"]


def test_what_the_next_search_makes_is_a_note(case: Case) -> None:
    """No index yet, one made in an older way, one that is still being made."""
    standing = case.index.standing()
    assert standing is not None
    assert "another version" in case.verified("tomorrow").notes[0]
    case.index.said = replace(standing, last=30)
    case.index.wrong = {record.key: None for record in case.reader.all(after=30)}
    found = case.verified()
    assert found.faults == ()
    assert "being made" in found.notes[0]
    case.index = Kept()
    assert "no index" in case.verified().notes[0]


def test_an_indexs_own_faults_are_told_and_it_is_asked_nothing_more(case: Case) -> None:
    """Broken files, or an error when it is read."""
    case.index.files = (Fault("index/a", "its hash differs", "Run `evidence reindex`."),)
    assert case.says() == {"index/a": "its hash differs"}
    case.index.files = ()

    def failing(_: Found) -> Found:
        raise LibraryError("It cannot be read.")

    case.index.facets = failing
    assert case.says() == {"index": "It cannot be read."}


def test_a_damaged_store_is_told_before_its_index(small: Path) -> None:
    """Its records are named, and counts of rows that may be damaged are held against nothing."""
    case = Case(small)
    damage(small, "reeves2000knee")
    found = case.verified()
    assert {one.where for one in found.faults} == {"reeves2000knee"}
    case.reader.close()


def _writing(small: Path, case: Case, *, caught_up: bool) -> None:
    with open_library(small, write=True, who="other") as library:
        library.edit("bae2021", ["title=Quite another title", "year=1901"])
        library.edit("sit2016", ["id=sit2016new"])
        library.remove("reeves2000knee")
        library.add(["title=A new one", "year=1902"])
    if caught_up:
        Follower(case.reader, case.index, made, "today").follow()


@pytest.mark.parametrize("caught_up", [False, True])
def test_what_is_written_meanwhile_is_no_fault(case: Case, small: Path, caught_up: bool) -> None:
    """Edits, a new key, a removal and a new record between the two readings; what is wrong besides is told."""
    case.index.after = lambda: _writing(small, case, caught_up=caught_up)
    found = case.verified()
    assert found.faults == ()
    assert "meanwhile" in " ".join(found.notes) or "wait" in " ".join(found.notes)
    case.index.after = lambda: None
    case.index.wrong = {"nobody1900": "0" * 32}
    assert set(case.says()) == {"nobody1900"}


def test_counts_are_not_held_against_what_was_written_meanwhile(case: Case, small: Path) -> None:
    """A tag that is rejected while the rows are counted; the note says that they were not compared."""

    def tagged() -> Iterator[tuple[int, frozenset[tuple[Axis, str]]]]:
        with open_library(small, write=True) as library:
            library.tag("reeves2000knee", [Word(Axis.CONDITION, "knee-osteoarthritis", "rejected")])
        return checking.standing(case.reader.database)

    found = verify(case.reader, case.index, Copied(made, VOCABULARY, "today"), tagged)
    assert found.faults == ()
    assert "counts were not compared" in found.notes[0]


def test_an_index_that_is_made_anew_meanwhile_is_no_fault(case: Case) -> None:
    """Its digests were read in two states; a person is told to ask again."""

    def anew() -> None:
        standing = case.index.standing()
        assert standing is not None
        case.index.said = replace(standing, last=7)

    case.index.wrong = {"bae2021": None}
    case.index.after = anew
    found = case.verified()
    assert found.faults == ()
    assert "meanwhile" in found.notes[0]


def test_a_damaged_record_is_told_once(small: Path) -> None:
    """By the store's own check; that the index had to leave it out is no second fault, but being mended is one."""
    whole = (small / "library.db").read_bytes()
    damage(small, "reeves2000knee")
    case = Case(small)
    standing = case.index.standing()
    assert standing is not None
    assert standing.left_out == ("reeves2000knee",)
    assert case.verified().faults == tuple(case.reader.faults())
    case.reader.close()
    for left in small.glob("library.db-*"):
        left.unlink()
    (small / "library.db").write_bytes(whole)
    with closing(open_reader(small / "library.db")) as reader:
        assert isinstance(reader, SqlReader)
        case.reader = reader
        assert case.says() == {
            "reeves2000knee": "the index left it out as damaged, and it can be read now",
        }
