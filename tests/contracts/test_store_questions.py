"""Saved questions, as every store keeps them: what is asked, what changes did, what was seen."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.errors import EvidenceError, LibraryError, NeedsPersonError, UsageError
from evidence.ports import Question, Seen
from tests.contracts.store_records import TEXT, save, work

if TYPE_CHECKING:  # at run time pytest loads it, as the plugin that its fixtures make it
    from tests.contracts.store_places import Place

pytest_plugins = ("tests.contracts.store_places",)

MODEST = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ask(place: Place, name: str, asked: str = "knee", seen: Iterable[tuple[int, int]] = ()) -> tuple[int, Question]:
    """Save a question in a change of its own; its number and the question."""
    with place.store.writing() as writing:
        n = writing.change(f"question save {name}", "tester")
        return n, writing.ask(n, Question(name, asked), seen)


def turn(place: Place, question: Question, *, asked: bool) -> int:
    """Have a question asked, or asked no more, in a change of its own."""
    with place.store.writing() as writing:
        n = writing.change("turn", "tester")
        writing.turn(n, question.id or 0, asked=asked)
        return n


def named(place: Place) -> list[tuple[str, str]]:
    """Name and search of what is asked now."""
    return [(one.name, one.asked) for one in place.reader.questions()]


def test_a_question_is_kept(place: Place) -> None:
    """With who saved it and when, in the order of saving, stable over reopening."""
    n, _ = ask(place, "Knee pain", '{"text": "knee"}')
    ask(place, "elbow")
    change = next(one for one in place.reader.history() if one.n == n)
    first = place.reader.questions()[0]
    assert first == Question("Knee pain", '{"text": "knee"}', change.when, "tester", None, 1)
    assert change.keys == ()
    with closing(place.again()) as other:
        assert other.questions() == place.reader.questions()
    assert named(place) == [("Knee pain", '{"text": "knee"}'), ("elbow", "knee")]
    assert list(place.reader.faults()) == []


@given(st.lists(st.tuples(TEXT, TEXT), max_size=4))
@MODEST
def test_any_text_is_a_name(place: Place, pairs: list[tuple[str, str]]) -> None:
    """Names of any characters come back as they were; of those that are one when folded, the last one stands."""
    for name, asked in pairs:
        ask(place, name, asked)
    last = {Question(name, "").folded: (name, asked) for name, asked in pairs}
    kept = named(place)
    assert {pair for pair in kept if Question(pair[0], "").folded in last} == set(last.values())
    assert list(place.reader.faults()) == []


def test_a_name_asks_one_thing(place: Place) -> None:
    """Saved again under a name that is the same when folded, the new question takes the old one's place."""
    _, old = ask(place, "Müller  knee", "one")
    n, new = ask(place, "MULLER KNEE", "two")
    assert named(place) == [("MULLER KNEE", "two")]
    turns = place.reader.turns(n)
    assert [(one.question.id, one.asked, one.now, one.later) for one in turns] == [
        (old.id, False, new.id, ()),
        (new.id, True, new.id, ()),
    ]
    back = turn(place, old, asked=True)
    assert named(place) == [("Müller  knee", "one")]
    assert [(one.now, one.later) for one in place.reader.turns(n)] == [(old.id, (back,))] * 2
    gone = turn(place, old, asked=False)
    assert named(place) == []
    assert [(one.asked, one.now) for one in place.reader.turns(gone)] == [(False, None)]
    assert place.reader.turns(99) == []


def test_what_was_seen_is_kept_exactly(place: Place) -> None:
    """Records in their versions, beside what they are now; a removed one is said to be; reopening changes nothing."""
    first, second, third = save(place, work("a"), work("b"), work("c"))
    _, question = ask(place, "knee", seen=[(1, 1), (2, 1)])
    of = question.id or 0
    assert place.reader.seen(of) == [Seen(1, 1, "a", 1, live=True), Seen(2, 1, "b", 1, live=True)]
    save(place, replace(first, key="z"))
    with place.store.writing() as writing:
        writing.remove(writing.change("remove", "tester"), [second.id or 0])
    assert place.reader.seen(of) == [Seen(1, 1, "z", 2, live=True), Seen(2, 1, "b", 2, live=False)]
    with place.store.writing() as writing:
        writing.look(of, "2026-12-01T00:00:00Z", [(1, 2), (third.id or 0, 1)], [2, 77])
    with closing(place.again()) as other:
        assert other.seen(of) == [Seen(1, 2, "z", 2, live=True), Seen(3, 1, "c", 1, live=True)]
        assert other.questions()[0].looked == "2026-12-01T00:00:00Z"
    assert place.reader.history()[0].what == "remove"  # looking is no change
    assert list(place.reader.faults()) == []


def test_of_two_that_look_the_newer_version_counts(place: Place) -> None:
    """Who read the older one and marks it later takes nothing back."""
    (first,) = save(place, work("a"))
    _, question = ask(place, "knee")
    save(place, first)
    with place.store.writing() as writing:
        writing.look(question.id or 0, "2026-12-01T00:00:00Z", [(1, 2)], [])
        writing.look(question.id or 0, "2026-12-01T00:00:01Z", [(1, 1)], [])
    assert [one.number for one in place.reader.seen(question.id or 0)] == [2]


def test_looking_is_done_wholly_or_not_at_all(place: Place) -> None:
    """What comes to nothing in its middle leaves everything unseen, and no mark of a look."""
    save(place, work("a"), work("b"))
    _, question = ask(place, "knee", seen=[(1, 1)])
    for rows in ([(2, 1), (77, 1)], [(2, 1), (2, None)]):  # no such record; no number
        with pytest.raises(EvidenceError), place.store.writing() as writing:
            writing.look(question.id or 0, "2026-12-01T00:00:00Z", rows, [1])  # type: ignore[arg-type]  # None is the fault
    assert [one.id for one in place.reader.seen(question.id or 0)] == [1]
    assert place.reader.questions()[0].looked is None


def test_each_question_has_its_own_seen_set(place: Place) -> None:
    """One that comes back brings back what was seen of it."""
    save(place, work("a"), work("b"))
    _, old = ask(place, "knee", "one", [(1, 1)])
    _, new = ask(place, "knee", "two", [(2, 1)])
    turn(place, old, asked=True)
    assert [[one.id for one in place.reader.seen(of.id or 0)] for of in (old, new)] == [[1], [2]]


def test_many_answers_are_seen_at_once(place: Place) -> None:
    """More than one statement can name: seen, found by key, and forgotten."""
    saved = save(place, *(work(f"k{at}") for at in range(1300)))
    _, question = ask(place, "all", seen=((one.id or 0, one.version) for one in saved))
    of = question.id or 0
    assert len(place.reader.seen(of)) == 1300
    wanted = {one.key: (one.id, one.version) for one in saved}
    assert place.reader.versions([*wanted, "none"]) == wanted
    with place.store.writing() as writing:
        writing.look(of, "2026-12-01T00:00:00Z", [], [one.id or 0 for one in saved])
    assert place.reader.seen(of) == []


def test_former_versions_are_read(place: Place) -> None:
    """As they were; what is unknown, removed or damaged is left out."""
    first, second = save(place, work("a", "One"), work("b", "Two"))
    save(place, replace(work("a", "Three"), id=first.id), replace(work("b", "Four"), id=second.id))
    with place.store.writing() as writing:
        writing.remove(writing.change("remove", "tester"), [2])
    former = place.reader.former([(1, 1), (2, 2), (3, 1)])
    assert {of: (record.reference.title, record.version) for of, record in former.items()} == {
        1: ("One", 1),
        2: ("Four", 2),
    }
    assert place.reader.former([(2, 3)]) == {}
    place.execute("UPDATE version SET state = replace(state, 'One', 'Own')")
    assert set(place.reader.former([(1, 1), (2, 2)])) == {2}
    many = save(place, *(work(f"k{at}") for at in range(700)))
    assert len(place.reader.former((one.id or 0, 1) for one in many)) == 700


def test_versions_go_by_a_records_own_key(place: Place) -> None:
    """An alias is none; a very long key is found by itself."""
    long = "x" * 5000
    save(place, replace(work("a"), aliases=("old",)), work(long))
    assert place.reader.versions(["a", "old", long]) == {"a": (1, 1), long: (2, 1)}


def test_what_cannot_be_is_refused(place: Place) -> None:
    """A change that was never begun, a question that is not there; nothing is left of it."""
    _, question = ask(place, "knee")
    with pytest.raises(UsageError, match="no change 9"), place.store.writing() as writing:
        writing.ask(9, question, ())
    with pytest.raises(UsageError, match="no change 9"), place.store.writing() as writing:
        writing.turn(9, 1, asked=True)
    with pytest.raises(NeedsPersonError, match="number 9"):
        turn(place, replace(question, id=9), asked=False)
    assert len(place.reader.history()) == 1


def look(
    place: Place, question: Question, when: str, seen: Iterable[tuple[int, int]], gone: Iterable[int] = ()
) -> None:
    """Write down that a question was looked at."""
    with place.store.writing() as writing:
        writing.look(question.id or 0, when, seen, gone)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE question SET state = replace(state, 'knee', 'knoe') WHERE id = 1", "its text"),
        ("UPDATE question SET sha256 = 'f' WHERE id = 1", "its text"),
        ("UPDATE question SET folded = 'hip' WHERE id = 1", "its name"),
        ("UPDATE question SET change = 1 WHERE id = 1", "the change that it was saved by"),
        ("UPDATE question SET holder = 1 WHERE id = 1", "whether it is asked"),
        ("UPDATE question SET looked = '2027' WHERE id = 1", "what was seen of it"),
        ("UPDATE question SET looked = NULL WHERE id = 1", "what was seen of it"),
        ("UPDATE question SET seal = 'f' WHERE id = 1", "what was seen of it"),
        ("UPDATE question_turn SET asked = 0 WHERE question = 1", "whether it is asked"),
        ("UPDATE question_turn SET change = 1 WHERE question = 1", "the change that it was saved by"),
        ("DELETE FROM question_turn WHERE question = 1", "the change that it was saved by"),
        ("UPDATE question_seen SET number = 1 WHERE question = 1 AND record = 1", "what was seen of it"),
        ("UPDATE question_seen SET number = 7 WHERE question = 1 AND record = 2", "a version of record 2"),
        ("UPDATE question_seen SET record = 3 WHERE question = 1 AND record = 2", "what was seen of it"),
        ("DELETE FROM question_seen WHERE question = 1 AND record = 2", "what was seen of it"),
        ("INSERT INTO question_seen (question, record, number) VALUES (1, 3, 1)", "what was seen of it"),
    ],
)
def test_a_changed_question_is_a_fault(place: Place, statement: str, what: str) -> None:
    """Named: its text, its row against its turns, when it was looked at, and each row of what was seen of it."""
    first, _, _ = save(place, work("a"), work("b"), work("c"))
    _, knee = ask(place, "knee", seen=[(1, 1), (2, 1)])
    _, elbow = ask(place, "elbow", seen=[(1, 1)])
    save(place, replace(first, key="z"))
    look(place, knee, "2026-12-01T00:00:00Z", [(1, 2)])
    look(place, elbow, "2026-12-01T00:00:00Z", [(1, 2)])
    assert list(place.reader.faults()) == []
    place.execute(statement)
    found = [fault for fault in place.reader.faults() if fault.where != "database"]
    assert {fault.where for fault in found} == {"question knee"}
    assert any(what in fault.what for fault in found), found
    assert all("restore" in fault.mend for fault in found)


def test_a_changed_seen_set_is_never_taken_for_what_was_seen(place: Place) -> None:
    """Neither read nor looked past, so that nothing makes it look sound; turning its question keeps the fault."""
    save(place, work("a"), work("b"))
    _, question = ask(place, "knee", seen=[(1, 1), (2, 1)])
    _, other = ask(place, "hip", seen=[(1, 1)])
    place.execute("DELETE FROM question_seen WHERE question = 1 AND record = 2")
    with pytest.raises(LibraryError, match="What was seen of it is damaged"):
        place.reader.seen(question.id or 0)
    with pytest.raises(LibraryError, match="What was seen of it is damaged"):
        look(place, question, "2026-12-01T00:00:00Z", [(2, 1)])
    turn(place, question, asked=False)
    turn(place, question, asked=True)
    assert {fault.where for fault in place.reader.faults()} == {"question knee"}
    look(place, other, "2026-12-01T00:00:00Z", [(2, 1)])
    assert [one.id for one in place.reader.seen(other.id or 0)] == [1, 2]


def test_a_damaged_question_keeps_no_other_back(place: Place) -> None:
    """It is left out and named; without a list for its name it asks nothing, and can be deleted and brought back so."""
    _, knee = ask(place, "Knee")
    ask(place, "elbow")
    place.execute("UPDATE question SET state = replace(state, 'nee', 'noe') WHERE id = 1")
    damaged: list[str] = []
    assert [one.name for one in place.reader.questions(damaged)] == ["elbow"]
    assert damaged == ["knee"]
    assert named(place) == [("knee", ""), ("elbow", "knee")]
    ask(place, "hip")
    with pytest.raises(LibraryError, match="saved already is damaged") as caught:
        ask(place, "KNEE")
    assert "question delete" in caught.value.hint
    n = turn(place, knee, asked=False)
    assert [(one.question.name, one.asked) for one in place.reader.turns(n)] == [("knee", False)]
    ask(place, "KNEE", "anew")
    assert named(place) == [("elbow", "knee"), ("hip", "knee"), ("KNEE", "anew")]
    assert {fault.where for fault in place.reader.faults()} == {"question knee"}
