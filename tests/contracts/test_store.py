"""What every store does alike: SQLite read by the standard library, SQLite and PostgreSQL through SQLAlchemy."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.errors import BusyError, EvidenceError, NeedsPersonError, UnknownKeyError, UsageError
from evidence.model.record import Fact, Record
from evidence.ports import Logged, Overview, Writing
from tests.contracts.store_records import RECORDS, SOURCE, entry, keys, save, work

if TYPE_CHECKING:  # at run time pytest loads it, as the plugin that its fixtures make it
    from tests.contracts.store_places import Place

pytest_plugins = ("tests.contracts.store_places",)


MODEST = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


_numbers = itertools.count()


@given(batch=st.lists(RECORDS, min_size=1, max_size=3))
@MODEST
def test_what_is_saved_comes_back_equal(place: Place, batch: list[Record]) -> None:
    """Records of any content are given back as they were, every row agrees with them, and a new version is too."""
    batch = [replace(record, key=f"{next(_numbers)} {record.key}") for record in batch]
    saved = save(place, *batch)
    assert saved == batch
    assert place.reader.get(keys(batch)) == batch
    again = [replace(record, reference=batch[0].reference) for record in saved]
    save(place, *again)
    found = place.reader.get(keys(batch))
    assert found == again
    assert [(record.id, record.version) for record in found] == [(record.id, 2) for record in saved]
    assert list(place.reader.faults()) == []


CHANGES = st.lists(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(("one", "two", None))), max_size=4), min_size=1, max_size=4
)


@given(CHANGES)
@MODEST
def test_a_change_knows_what_it_did(place: Place, changes: list[list[tuple[int, str | None]]]) -> None:
    """For each record that a change touched: the state before it, the state after it, and whether it is the latest."""
    start = next(_numbers)
    known = save(place, *(work(f"{start}-{at}") for at in range(3)))
    state: list[Record | None] = list(known)
    expected: list[dict[int, tuple[Record | None, Record | None]]] = []
    ns = []
    for change in changes:
        did: dict[int, tuple[Record | None, Record | None]] = {}
        with place.store.writing() as writing:
            ns.append(writing.change("change", "tester"))
        for at, title in change:
            if title is None and state[at] is None:
                continue
            after = None if title is None else replace(work(f"{start}-{at}", title), id=known[at].id)
            with place.store.writing() as writing:  # each step in a transaction of its own
                if after:
                    writing.save(ns[-1], [after])
                else:
                    writing.remove(ns[-1], [known[at].id or 0])
            did[at] = (did[at][0] if at in did else state[at], after)
            state[at] = after
        expected.append(did)
    for place_in, (n, did) in enumerate(zip(ns, expected, strict=True)):
        later = {at for more in expected[place_in + 1 :] for at in more}
        found = {touch.id: (touch.before, touch.after, touch.latest) for touch in place.reader.touched(n)}
        assert found == {known[at].id: (*states, at not in later) for at, states in did.items()}


def test_records_are_found_in_the_order_asked(place: Place) -> None:
    """Each is given once, by key; unknown keys are left out."""
    save(place, work("a"), work("b"), work("c"))
    assert keys(place.reader.get(["c", "none", "a", "c"])) == ["c", "a"]
    assert keys(list(place.reader.all())) == ["a", "b", "c"]


def test_many_records_in_one_call(place: Place) -> None:
    """More records than one statement can name are saved, found and removed."""
    saved = save(place, *(work(f"k{at}", DOI=f"10.1000/{at}") for at in range(1300)))
    wanted = [record.key for record in reversed(saved)]
    assert keys(place.reader.get(wanted)) == wanted
    assert len(place.reader.holders(("doi", f"10.1000/{at}") for at in range(1300))) == 1300
    with place.store.writing() as writing:
        writing.remove(writing.change("remove", "tester"), [record.id or 0 for record in saved])
    assert list(place.reader.all()) == []
    assert place.reader.taken(wanted) == set(wanted)


def test_the_log_tells_every_version(place: Place) -> None:
    """A line a stored version, in order, with the key of that time and whether it is a removal."""
    (first,) = save(place, work("a"))
    save(place, replace(first, key="b", aliases=("a",)))
    with place.store.writing() as writing:
        writing.remove(writing.change("remove", "tester"), [1])
    log = place.reader.log()
    assert log == [Logged(1, 1, "a", removed=False), Logged(2, 1, "b", removed=False), Logged(3, 1, "b", removed=True)]
    assert place.reader.log(after=1, limit=1) == log[1:2]
    assert place.reader.overview().seq == 3


def test_a_removed_record_keeps_its_past(place: Place) -> None:
    """It is not found any more; its key stays taken, its history and entries stay, and saving it brings it back."""
    with place.store.writing() as writing:
        n = writing.change("import", "tester")
        ids = writing.entry(writing.keep(SOURCE), [entry("raw")])
        (record,) = writing.save(n, [replace(work("a", DOI="10.1000/x"), entries=tuple(ids))])
    with place.store.writing() as writing:
        writing.remove(writing.change("remove", "tester"), [1])
        writing.remove(writing.change("remove again", "tester"), [1])
    assert place.reader.get(["a"]) == []
    assert place.reader.taken(["a", "b"]) == {"a"}
    assert place.reader.titled(["a trial"]) == {}
    assert place.reader.holders([("doi", "10.1000/x")]) == {}
    assert place.reader.known([entry("raw").sha256]) == {}
    assert [one.raw for one in place.reader.entries("a")] == [b"raw"]
    assert [change.what for change in place.reader.history("a")] == ["remove", "import"]
    (back,) = save(place, record)
    assert (back.id, back.version) == (1, 3)
    assert place.reader.get(["a"]) == [record]
    assert place.reader.holders([("doi", "10.1000/x")]) == {("doi", "10.1000/x"): "a"}
    assert list(place.reader.faults()) == []


def test_a_renamed_record_answers_to_its_old_key(place: Place) -> None:
    """The alias finds it, a record's own key goes before an alias, and no key once used is free."""
    (record,) = save(place, work("old"))
    save(place, replace(record, key="new", aliases=("old",)))
    assert keys(place.reader.get(["old", "new"])) == ["new"]
    assert place.reader.taken(["old", "new"]) == {"old", "new"}
    assert [change.n for change in place.reader.history("old")] == [2, 1]
    save(place, work("old"))
    assert keys(place.reader.get(["old"])) == ["old"]
    assert list(place.reader.faults()) == []


def test_two_records_swap_their_keys(place: Place) -> None:
    """In one batch, each key has one record at the end."""
    first, second = save(place, work("a", "First"), work("b", "Second"))
    save(place, replace(first, key="b"), replace(second, key="a"))
    assert [record.reference.title for record in place.reader.get(["a", "b"])] == ["Second", "First"]


@pytest.mark.parametrize("batch", [[work("c"), work("a")], [work("c"), work("c")]], ids=["stored", "within the batch"])
def test_a_key_belongs_to_one_record(place: Place, batch: list[Record]) -> None:
    """A second record with it is refused, and nothing of that transaction is left."""
    save(place, work("a"))
    with pytest.raises(NeedsPersonError, match="belongs to another record"):
        save(place, *batch)
    assert keys(list(place.reader.all())) == ["a"]
    assert len(place.reader.history()) == 1


def test_an_identifier_has_one_holder(place: Place) -> None:
    """A second record with the same DOI is kept as disputing it, and follows when the holder lets go."""
    doi = ("doi", "10.1000/x")
    first, second, third = save(place, *(work(key, DOI="10.1000/X") for key in "abc"))
    assert place.reader.holders([doi, ("pmid", "1")]) == {doi: "a"}
    save(place, replace(second, facts=(Fact("n", 1),)))  # a disputing record written anew stays behind
    save(place, replace(first, facts=(Fact("n", 1),)))  # and the holder keeps what it has
    assert place.reader.holders([doi]) == {doi: "a"}
    save(place, replace(work("a"), id=first.id))
    assert place.reader.holders([doi]) == {doi: "b"}
    with place.store.writing() as writing:
        writing.remove(writing.change("remove", "tester"), [second.id or 0])
    assert place.reader.holders([doi]) == {doi: "c"}
    save(place, replace(work("c"), id=third.id), work("d", DOI="10.1000/x"))
    assert place.reader.holders([doi]) == {doi: "d"}
    assert list(place.reader.faults()) == []


def test_titles_find_their_records(place: Place) -> None:
    """By the folded title, however long; records without one are not found by it."""
    long = "very long title " * 200
    save(place, work("a", "The Knee: a Trial"), work("b", "the knee -- a trial"), work("c", long), work("d", ""))
    found = place.reader.titled(["the knee a trial", long.strip(), "", "none"])
    assert found == {"the knee a trial": ("a", "b"), long.strip(): ("c",)}


def test_entries_are_kept_for_ever(place: Place) -> None:
    """An entry is known while a live record is made of it; a newer one takes its place and the old bytes stay."""
    old, new, bad = entry("old", 3), entry("new", 7), entry("bad", 9, "refused")
    with place.store.writing() as writing:
        n = writing.change("import", "tester")
        source = writing.keep(SOURCE)
        one, two, _ = writing.entry(source, [old, new, bad])
        (record,) = writing.save(n, [replace(work("a"), entries=(one,))])
    hashes = [old.sha256, new.sha256, bad.sha256, "f" * 64]
    assert place.reader.known(hashes) == {old.sha256: "a"}
    assert place.reader.refused(hashes) == {bad.sha256}
    save(place, replace(record, entries=(two,)))
    assert place.reader.known(hashes) == {new.sha256: "a"}
    stored = [replace(old, id=one, source=source), replace(new, id=two, source=source)]
    assert place.reader.entries("a") == stored
    assert place.reader.origin([two, one, 99]) == {kept.id: replace(kept, raw=b"") for kept in stored}
    assert place.reader.entries("none") == []


def test_a_source_is_kept_once(place: Place) -> None:
    """The same name and bytes are the same source; another name or other bytes are another one."""
    with place.store.writing() as writing:
        first = writing.keep(SOURCE)
        assert writing.keep(replace(SOURCE, when="2027-01-01T00:00:00Z")) == first
        others = [writing.keep(replace(SOURCE, name="b.bib")), writing.keep(replace(SOURCE, sha256="1" * 64))]
    assert [source.id for source in (first, *others)] == [1, 2, 3]
    assert place.reader.overview().sources == ()  # nothing of them makes up a record


def test_a_removed_record_comes_back_with_its_id(place: Place) -> None:
    """`removed` gives the last state; saving it under its id makes it live again, with a new version."""
    (record,) = save(place, work("a"))
    with place.store.writing() as writing:
        n = writing.change("remove", "tester")
        writing.remove(n, [record.id or 0])
        writing.undone(n, n)
        writing.undone(n, None)
    gone = place.reader.removed(["a", "b"])
    assert gone == {"a": record}
    assert gone["a"].id == record.id
    assert place.reader.history()[0].undone_by is None
    save(place, gone["a"])
    assert place.reader.removed(["a"]) == {}
    assert place.reader.get(["a"]) == [record]


def test_history_is_newest_first(place: Place) -> None:
    """Each change with who, what, when, its keys, and the change that undid it."""
    saved = save(place, work("a"), work("b"), what="first")
    save(place, saved[1], what="second")
    with place.store.writing() as writing:
        writing.undone(2, writing.change("undo", "other"))
    history = place.reader.history()
    assert [(one.n, one.who, one.what, one.keys, one.undone_by) for one in history] == [
        (3, "other", "undo", (), None),
        (2, "tester", "second", ("b",), 3),
        (1, "tester", "first", ("a", "b"), None),
    ]
    assert [one.when for one in history] == sorted((one.when for one in history), reverse=True)
    assert place.reader.history(limit=1) == history[:1]
    assert place.reader.history("b", limit=5) == history[1:]
    assert place.reader.history("none") == []
    assert place.reader.overview().updated == history[0].when


def test_an_empty_library(place: Place) -> None:
    """Nothing is found, nothing is wrong, and every question has an answer."""
    assert place.reader.overview() == Overview(0, None, (), 0)
    answers = (place.reader.touched(1), place.reader.log(), place.reader.history(), list(place.reader.faults()))
    assert answers == ([], [], [], [])


def test_an_exception_undoes_the_transaction(place: Place) -> None:
    """Nothing of the block is left, and the next one works."""

    def half(writing: Writing) -> None:
        writing.save(writing.change("import", "tester"), [work("a")])
        raise KeyError("stop")

    with pytest.raises(KeyError), place.store.writing() as writing:
        half(writing)
    assert (list(place.reader.all()), place.reader.history(), place.reader.log()) == ([], [], [])
    assert save(place, work("a"))[0].id == 1


def test_readers_see_committed_states_only(place: Place) -> None:
    """While a write is open they read on, unblocked, what was there before; a walk over all keeps its state."""
    save(place, work("a"), work("b"))
    walk = place.reader.all()
    assert next(walk).key == "a"
    with place.store.writing() as writing:
        n = writing.change("import", "tester")
        writing.remove(n, [2])
        writing.save(n, [work("c")])
        assert keys(place.reader.get("abc")) == ["a", "b"]
    assert keys(place.reader.get("abc")) == ["a", "c"]
    assert keys(list(walk)) == ["b"]


def test_a_second_writer_is_told_who_writes(place: Place) -> None:
    """BusyError after the wait names process, doing and since; afterwards it can write."""
    other = place.again(wait=0.05)
    save(place, work("a"), what="import of a.bib")
    with (
        place.store.writing(),
        pytest.raises(BusyError, match=r"^Process \d+ .*\(.*import of a.bib, since 2026-"),
        other.writing(),
    ):
        pytest.fail("two writers at once")
    with other.writing() as writing:
        assert writing.change("mine", "tester") == 2
    other.close()


def test_unknown_numbers_are_errors(place: Place) -> None:
    """A change that was never begun and a record that was never stored."""
    with pytest.raises(UsageError, match="no change 7"), place.store.writing() as writing:
        writing.save(7, [work("a")])
    with pytest.raises(UnknownKeyError, match="number 9"), place.store.writing() as writing:
        writing.remove(writing.change("remove", "tester"), [9])
    with pytest.raises(UsageError, match="kept before"), place.store.writing() as writing:
        writing.entry(SOURCE, [])


@pytest.mark.parametrize(
    "key", ["x" * 5000, "a\0b", "half \ud800 pair", "naïve ключ", "'; DROP TABLE record; --", "%s ?"]
)
def test_any_text_is_a_key(place: Place, key: str) -> None:
    """Very long ones and ones that no database takes are stored, found and reserved as well."""
    record = work(key, key, DOI=f"10.1000/{key.split(maxsplit=1)[0]}")
    save(place, record)
    assert place.reader.get([key]) == [record]
    assert place.reader.taken([key]) == {key}
    assert len(place.reader.history(key)) == 1
    assert list(place.reader.faults()) == []


def test_a_record_made_of_nothing_kept_is_refused(place: Place) -> None:
    """An entry that was never kept is our own fault, and undoes the transaction."""
    with pytest.raises(EvidenceError, match="to be stored that cannot be"):
        save(place, replace(work("a"), entries=(7,)))
    assert list(place.reader.all()) == []
