"""An index follows its store: whatever is done and wherever it is stopped, it ends as a copy of what is there."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import evidence.formats
from evidence.core import asking, following
from evidence.core.documents import VERSION, document
from evidence.core.library import Library
from evidence.core.parts import Parts
from evidence.errors import BusyError, EvidenceError, LibraryError, StorageError
from evidence.model.query import digest
from evidence.model.vocabulary import Vocabulary
from evidence.store import opening
from evidence.wiring import open_library
from tests.core.plain_index import PlainIndex


def library_at(
    path: Path, index: PlainIndex, *, made: str = "1", indexing: following.Progress | None = None
) -> Library:
    """The library in the file `path`, made when it is not there, with `index`."""
    if not path.exists():
        opening.create(path)
    return Library(
        Parts(
            reader=opening.open_reader(path), store=lambda: opening.open_store(path), index=index, vocabulary=Vocabulary(),
            formats=evidence.formats, who="tester", now=lambda: "2026-01-01T00:00:00Z", spare=PlainIndex, made=made,
            indexing=indexing,
        )
    )  # fmt: skip


def filled(path: Path, index: PlainIndex, count: int) -> None:
    """`count` records into the library, not into the index."""
    library = library_at(path, index)
    for at in range(count):
        library.add([f"id=r{at}", f"title=The {at}th study of knees"])
    library.close()


def is_copy(library: Library, index: PlainIndex) -> bool:
    """Whether the index holds just the documents of the library's records."""
    wanted = {
        record.key: digest(document(record, library.vocabulary, library.level(record))) for record in library.records()
    }
    return dict(index.digests()) == wanted


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "BATCH", 3)


def stop_at(count: int, error: BaseException) -> Callable[[], None]:
    """Something that raises `error` when it is called for the `count`th time."""
    calls = iter(range(1, 1000))

    def called() -> None:
        if next(calls) == count:
            raise error

    return called


def test_the_first_search_makes_the_index_and_the_next_one_takes_nothing(tmp_path: Path) -> None:
    """Everything is taken in, in batches; what is up to date is left alone, and nothing is locked."""
    index, told = PlainIndex(), []
    filled(tmp_path / "a.db", index, 10)
    with library_at(tmp_path / "a.db", index, indexing=lambda done, of: told.append((done, of))) as library:
        assert library.search("knee").total == 10
        assert is_copy(library, index)
        assert (index.takes, told) == (5, [(3, 10), (6, 10), (9, 10), (10, 10)])
        index.busy = True
        assert library.search("knee").total == 10
        assert not library.search("knee").partial


@pytest.mark.parametrize("batch", [1, 2, 4, 5])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), StorageError("full")])
def test_a_stopped_making_goes_on_where_it_was(tmp_path: Path, batch: int, error: BaseException) -> None:
    """What was taken in before is not taken in again."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 10)
    with library_at(tmp_path / "a.db", index) as library:
        index.before = stop_at(batch, error)
        with pytest.raises(type(error)):
            library.reindex()
        index.before = lambda: None
        done = index.takes
        library.add(["id=late", "title=Knees again"])
        assert library.search("knee").total == 11
        assert is_copy(library, index)
        rest = -(-(11 - min(3 * (batch - 1), 10)) // 3)  # batches of three, the late record among them
        assert index.takes - done == rest + 1 + (
            batch > 1
        )  # the end; and the late one from the log, if it began before


def test_twenty_changes_waiting_are_taken_in_by_batches(tmp_path: Path) -> None:
    """A copy that is behind follows the log, stopped or not; removed and renamed records are forgotten."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 4)
    with library_at(tmp_path / "a.db", index) as library:
        library.reindex()
        for at in range(12):
            library.edit("r1", [f"title=Knee {at}"])
        library.remove("r2")
        library.edit("r3", ["id=renamed"])
        library.undo()
        library.edit("r0", ["id=other"])
        assert library.lag() == following.Lag(16, 20)
        index.before = stop_at(3, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            library.search("knee")
        index.before = lambda: None
        assert library.lag() == following.Lag(10, 20)
        assert library.search("knee").total == 3
        assert is_copy(library, index)
        assert set(index.documents) == {"other", "r1", "r3"}


def test_an_index_of_another_library_is_made_anew(tmp_path: Path) -> None:
    """However alike the two are."""
    index, other = PlainIndex(), PlainIndex()
    filled(tmp_path / "a.db", index, 3)
    filled(tmp_path / "b.db", other, 3)
    with library_at(tmp_path / "a.db", index) as library:
        library.reindex()
    with library_at(tmp_path / "b.db", index) as library:
        library.edit("r1", ["title=Elbows"])
        assert library.search("elbow").total == 1
        assert is_copy(library, index)


def test_an_index_of_another_history_is_made_anew(tmp_path: Path) -> None:
    """The store was put back to an older state and went on another way, past the index's number."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 3)
    shutil.copy(tmp_path / "a.db", tmp_path / "older.db")
    with library_at(tmp_path / "a.db", index) as library:
        library.edit("r1", ["title=Elbows"])
        library.reindex()
    with library_at(tmp_path / "older.db", index) as library:
        for title in ("Shoulders", "Hips", "Wrists"):
            library.edit("r2", [f"title={title}"])
        assert [hit.key for hit in library.search("knee").hits] == ["r0", "r1"]
        assert library.search("elbow").total == 0
        assert is_copy(library, index)


def test_an_older_copy_put_back_follows_the_log(tmp_path: Path) -> None:
    """It is a copy of an earlier state, and what came after is taken in."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 3)
    with library_at(tmp_path / "a.db", index) as library:
        library.reindex()
        older, stands = dict(index.documents), index.stands
        library.edit("r1", ["title=Elbows"])
        assert library.search("elbow").total == 1
        index.documents, index.stands = older, stands
        assert library.search("elbow").total == 1
        assert is_copy(library, index)


def test_another_vocabulary_makes_another_index(tmp_path: Path) -> None:
    """What the documents depend on is part of what the index says of itself."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 2)
    with library_at(tmp_path / "a.db", index, made="1") as library:
        library.reindex()
    with library_at(tmp_path / "a.db", index, made="2") as library:
        assert library.lag().older
        library.search("knee")
        assert index.stands is not None
        assert index.stands.made == f"{VERSION} 2"


def test_while_another_process_writes_the_answer_says_what_is_lacking(tmp_path: Path) -> None:
    """The older copy answers, and says that it is older; nothing else is concluded from it."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 3)
    with library_at(tmp_path / "a.db", index) as library:
        library.reindex()
        library.add(["id=new", "title=New knees"])
        index.busy = True
        found = library.search("knee")
        assert (found.total, found.partial) == (3, True)
        assert "1 of 4 changes are not in it yet" in found.warnings[0]
        with pytest.raises(BusyError):
            library.matching(library.parse("knee"))


def test_a_small_library_is_read_anew_when_there_is_no_index_to_ask(tmp_path: Path) -> None:
    """The answer is whole, and says that it came without the index."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 3)
    with library_at(tmp_path / "a.db", index) as library:
        index.before = stop_at(1, StorageError("The disk is full."))
        found = library.search("knee")
        assert (found.total, found.partial) == (3, False)
        assert "The disk is full." in found.warnings[0]
        library.add(["id=new", "title=New knees"])
        index.busy = True
        assert library.search("knee").total == 4


def test_closing_takes_in_what_was_changed(tmp_path: Path) -> None:
    """So the next search need not wait; a fault of the index is no fault of the change."""
    index = PlainIndex()
    with library_at(tmp_path / "a.db", index) as library:
        library.add(["id=a", "title=Knees"])
    assert set(index.documents) == {"a"}
    index.busy = True
    with library_at(tmp_path / "a.db", index) as library:
        library.add(["id=b", "title=Knees"])
    assert set(index.documents) == {"a"}


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "edit", "rename", "remove", "undo", "follow", "stop", "tag"]), st.integers(0, 3)),
    max_size=14,
)


@given(STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_the_index_is_a_copy(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    """Adding, editing, renaming, removing, undoing and stopping in any order."""
    index = PlainIndex()
    with library_at(tmp_path_factory.mktemp("any") / "a.db", index) as library:
        for at, (step, which) in enumerate(steps):
            if step == "stop":
                index.before = stop_at(1, KeyboardInterrupt())
                with pytest.raises(KeyboardInterrupt):
                    library.reindex()
                index.before = lambda: None
            else:
                one_step(library, step, f"r{which}", at)
        library.catch_up()
        assert is_copy(library, index)


def one_step(library: Library, step: str, key: str, at: int) -> None:
    """One change, or none when it cannot be made."""
    actions: dict[str, Callable[[], object]] = {
        "add": lambda: library.add([f"id={key}", f"title=Study {at}"]),
        "edit": lambda: library.edit(key, [f"title=Other {at}"]),
        "rename": lambda: library.edit(key, [f"id={key}x{at}"]),
        "remove": lambda: library.remove(key),
        "undo": library.undo,
        "tag": lambda: library.note(key, "A remark"),
        "follow": library.catch_up,
    }
    try:
        actions[step]()
    except EvidenceError:
        return


def test_a_damaged_record_is_left_out_and_named(tmp_path: Path) -> None:
    """The others are found; the answer names it."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 3)
    damage(tmp_path / "a.db", "r1")
    with library_at(tmp_path / "a.db", index) as library:
        found = library.search("knee")
        assert [hit.key for hit in found.hits] == ["r0", "r2"]
        assert "r1" in found.warnings[0]


def test_a_damaged_record_is_told_by_every_search(tmp_path: Path) -> None:
    """Also by those that come after the one that met it, by lists of all that answers, and by a new index."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 3)
    damage(tmp_path / "a.db", "r1")
    with library_at(tmp_path / "a.db", index) as library:
        library.search("knee")
    with library_at(tmp_path / "a.db", index) as library:
        assert "r1" in library.search("nothing").warnings[0]
        left_out: list[str] = []
        assert len(library.matching(library.parse("knee"), left_out)) == 2
        assert left_out == ["r1"]
        with pytest.raises(LibraryError):
            library.matching(library.parse("knee"))
        assert library.reindex() == (2, ("r1",))
        library.remove("r0")
        assert "r1" in library.search("knee").warnings[0]


def test_a_record_that_is_damaged_later_is_named_and_nothing_else_is_said(tmp_path: Path) -> None:
    """It was found, and cannot be shown."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 3)
    with library_at(tmp_path / "a.db", index) as library:
        library.reindex()
        damage(tmp_path / "a.db", "r1")
        found = library.search("knee")
        assert (found.total, [hit.key for hit in found.hits]) == (3, ["r0", "r2"])
        assert found.warnings == ("Damaged and not shown: r1; `evidence verify` names all that is wrong.",)


def damage(path: Path, key: str) -> None:
    """Change the text of a record in the file, behind the store's back."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE version SET state = replace(state, 'study', 'stady') WHERE key = ?", (key,))
        connection.commit()


def test_a_hit_that_was_renamed_meanwhile_is_shown(tmp_path: Path) -> None:
    """The index knows it by its older key."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 2)
    with library_at(tmp_path / "a.db", index) as library:
        library.reindex()
        library.edit("r1", ["id=other"])
        library.remove("r0")
        index.busy = True
        found = library.search("knee")
        assert [hit.key for hit in found.hits] == ["other"]
        assert found.warnings[1] == "Taken out of the library while it was searched: r0."


@pytest.mark.parametrize(("most", "partial"), [(1, True), (5000, False)])
def test_a_large_library_with_an_older_vocabulary_is_asked_by_its_older_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, partial: bool
) -> None:
    """While another process makes it anew; a small one is read."""
    monkeypatch.setattr(asking, "_IN_MEMORY", most)
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 3)
    with library_at(tmp_path / "a.db", index) as library:
        library.reindex()
    with library_at(tmp_path / "a.db", index, made="2") as library:
        index.busy = True
        found = library.search("knee")
        assert (found.total, found.partial) == (3, partial)
        assert ("older one's answer" in found.warnings[0]) is partial


def test_two_histories_that_end_alike_are_two(tmp_path: Path) -> None:
    """The fingerprint is of more than the last line."""
    index = PlainIndex()
    filled(tmp_path / "a.db", index, 3)
    shutil.copy(tmp_path / "a.db", tmp_path / "b.db")
    for name, word in (("a", "Elbows"), ("b", "Zanzibar")):
        with library_at(tmp_path / f"{name}.db", PlainIndex()) as library:
            library.edit("r0", [f"title={word}"])
            library.edit("r1", ["title=The same"])
    with library_at(tmp_path / "a.db", index) as library:
        library.reindex()
    with library_at(tmp_path / "b.db", index) as library:
        assert library.search("zanzibar").total == 1
        assert is_copy(library, index)


def test_the_documents_are_those_of_this_version(shipped: Path) -> None:
    """Who makes records into documents in another way raises `documents.VERSION`, or older indexes would go on."""
    with open_library(shipped) as library:
        documents = [document(record, library.vocabulary) for record in library.records()]
    bare = [
        replace(one, tags=frozenset(), reach=frozenset()) for one in documents
    ]  # the vocabulary has its own version
    all_of_them = sorted(digest(one) for one in bare)
    made = hashlib.sha256(" ".join(all_of_them).encode()).hexdigest()[:16]
    assert (VERSION, made) == (1, "814b963af9335773")
