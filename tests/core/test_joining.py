"""merge and distinct: nothing is lost, nothing is overwritten, and undo gives back exactly what was."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from evidence.core.changing import Word
from evidence.core.joining import Merged
from evidence.core.library import Library
from evidence.core.questions import Inquiry
from evidence.errors import NeedsPersonError, UnknownKeyError
from evidence.model.other_ids import every_identifier
from evidence.model.record import Axis, Record
from evidence.wiring import init_library, open_library

FACT = (
    '{"key": "%s", "fact": "participants", "value": %s, "unit": "patients", "place": "abstract", "words": "w", '
    '"source": "https://example.org/", "read": "2026-11-21"}\n'
)


def work(key: str, title: str = "Dextrose injections for the painful knees of miners", **fields: Any) -> dict[str, Any]:
    """A reference as CSL-JSON."""
    whole = {
        "id": key,
        "type": "article-journal",
        "title": title,
        "author": [{"family": "Reeves", "given": "KD"}],
        "issued": {"date-parts": [[2000]]},
    }
    return {**whole, **fields}


def take(library: Library, *items: dict[str, Any], name: str = "a.json") -> Any:
    """Import `items` as the file `name`."""
    return library.import_file(name, io.BytesIO(json.dumps(items).encode()))


@pytest.fixture
def two(library: Library) -> Library:
    """A library with two records of one work, each with a person's words."""
    take(library, work("a", volume="6", DOI="10.1000/a"), work("b", volume="7", issue="2", PMID="5", DOI="10.1000/b"))
    library.import_file("facts.jsonl", io.BytesIO((FACT % ("a", 42) + FACT % ("b", 42) + FACT % ("b", 7)).encode()))
    library.note("a", "mine")
    library.note("b", "theirs")
    return library


# --- merge --------------------------------------------------------------------------------------------------------


def test_the_first_record_stays_and_gets_what_the_other_has_more(two: Library) -> None:
    """Fields, entries, facts once, notes, both identifiers; what differs is told; both keys answer."""
    merged = two.merge(["a", "b"])
    record = two.record("b")
    fields = record.reference.fields
    assert (merged.key, merged.absorbed) == ("a", ("b",))
    assert [(one.key, one.field, one.kept, one.other) for one in merged.differs] == [
        ("b", "DOI", "10.1000/a", "10.1000/b"),
        ("b", "volume", "6", "7"),
    ]
    assert (record.key, record.aliases) == ("a", ("b",))
    assert (fields["volume"], fields["issue"], fields["PMID"]) == ("6", "2", "5")
    assert set(every_identifier(record.reference)) == {("doi", "10.1000/a"), ("doi", "10.1000/b"), ("pmid", "5")}
    assert sorted(str(fact.value) for fact in record.facts) == ["42", "7"]
    assert [note.text for note in record.notes] == ["mine", "theirs"]
    assert len(record.entries) == 5
    assert [one.key for one in two.records()] == ["a"]
    assert two.verify().faults == ()


def test_undo_gives_back_both_exactly(two: Library) -> None:
    """The same content, the same versions of the same records, and again after undoing the undo."""
    before, records = two.content(), list(two.records())
    merged = two.merge(["b", "a"])
    after = two.content()
    assert after != before
    undone = two.undo()
    assert two.content() == before
    assert list(two.records()) == records
    assert [record.id for record in two.records()] == [record.id for record in records]
    two.undo(undone)
    assert two.content() == after
    assert two.record("a").key == merged.key == "b"
    assert two.verify().faults == ()


def test_what_comes_later_under_the_absorbed_key_finds_the_merged_record(two: Library) -> None:
    """A fact, the same bytes, and a corrected citation."""
    items = work("a", volume="6", DOI="10.1000/a"), work("b", volume="7", issue="2", PMID="5", DOI="10.1000/b")
    two.merge(["a", "b"])
    assert take(two, *items).unchanged == 2
    two.import_file("more.jsonl", io.BytesIO((FACT % ("b", 99)).encode()))
    assert 99 in [fact.value for fact in two.record("a").facts]
    receipt = take(two, items[0], {**items[1], "ISSN": "1234-5679"})
    assert (receipt.unchanged, receipt.merged) == (1, 1)
    assert two.record("a").reference.fields["ISSN"] == "1234-5679"
    assert [record.key for record in two.records()] == ["a"]


def test_another_work_under_the_absorbed_key_gets_its_own(two: Library) -> None:
    """It neither wakes the absorbed record nor goes into the merged one."""
    two.merge(["a", "b"])
    take(two, work("b", "Sleep in shift workers at sea and what it costs them", volume="1"), name="c.json")
    assert [record.key for record in two.records()] == ["a", "b-2"]
    assert two.record("b").key == "a"


def test_a_later_change_stands_in_the_way_of_undo_and_is_named(two: Library) -> None:
    """The merge is taken back when the later change was."""
    before = two.content()
    change = two.merge(["a", "b"]).change
    later = two.note("b", "after")
    with pytest.raises(NeedsPersonError, match=f"a: {later}"):
        two.undo(change)
    two.undo(later)
    two.undo(change)
    assert two.content() == before


def test_a_person_who_spoke_twice_meant_the_newer_word(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """On one term the later word counts; other words of both stay, and so do edits of what the first leaves open."""
    take(library, work("a", volume="6"), work("b", volume="7", page="1-2"))
    ticks = iter(f"2026-01-01T00:00:{second:02d}Z" for second in range(60))
    monkeypatch.setattr(library._write(), "_now", lambda: next(ticks))
    library.tag("a", [Word(Axis.DESIGN, "rct", "accepted"), Word(Axis.CONDITION, "knee-osteoarthritis", "rejected")])
    library.tag("b", [Word(Axis.DESIGN, "rct", "rejected"), Word(Axis.DESIGN, "case-series", "accepted")])
    library.edit("a", ["issue=3"])
    library.edit("b", ["issue=4", "volume=8", "publisher=Sweet"])
    library.merge(["a", "b"])
    record = library.record("a")
    words = {(one.axis, one.term): one.state for one in record.claims if one.by == "person"}
    assert words == {
        (Axis.DESIGN, "rct"): "rejected",
        (Axis.DESIGN, "case-series"): "accepted",
        (Axis.CONDITION, "knee-osteoarthritis"): "rejected",
    }
    assert {edit.field: edit.value for edit in record.edits} == {"issue": "3", "publisher": "Sweet"}
    fields = record.reference.fields
    assert (fields["volume"], fields["issue"], fields["publisher"], fields["page"]) == ("6", "3", "Sweet", "1-2")


def test_a_field_that_a_person_took_away_stays_away(library: Library) -> None:
    """The other's value is told of, not taken."""
    take(library, work("a", volume="6"), work("b", volume="7"))
    library.edit("a", ["volume="])
    merged = library.merge(["a", "b"])
    assert "volume" not in library.record("a").reference.fields
    assert [(one.field, one.kept, one.other) for one in merged.differs] == [("volume", None, "7")]


def test_ties_to_the_absorbed_record_lead_to_the_merged_one(library: Library) -> None:
    """Others keep the key that they name; a tie between the two is none any more."""
    custom = {"relations": [{"kind": "comment-on", "key": "b"}]}
    take(library, work("a", custom=custom), work("b", volume="1"), work("c", "A word on dextrose", custom=custom))
    library.merge(["a", "b"])
    (tie,) = library.record("c").reference.relations
    assert library.record(tie.key).key == "a"
    assert library.record("a").reference.relations == ()


def test_three_at_once_are_one_change(library: Library) -> None:
    """One undo gives back all three."""
    take(library, work("a"), work("b", volume="1"), work("c", issue="2"))
    before = library.content()
    merged = library.merge(["b", "c", "a"])
    assert merged.absorbed == ("c", "a")
    assert {library.record(key).key for key in "abc"} == {"b"}
    assert {"c", "a"} <= set(library.record("b").aliases)
    library.undo(merged.change)
    assert library.content() == before


def test_a_search_and_a_saved_question_follow_a_merge_and_its_undo(library: Library) -> None:
    """The absorbed record is no hit; the question tells that it is gone, and finds it again."""
    take(library, work("a", PMID="1"), work("b", volume="1"))
    library.save_question("knees", Inquiry("dextrose"))
    library.merge(["a", "b"])
    assert [hit.key for hit in library.search("dextrose").hits] == ["a"]
    assert [one.key for one in library.news("knees").gone] == ["b"]
    library.undo()
    assert sorted(hit.key for hit in library.search("dextrose").hits) == ["a", "b"]
    assert library.news("knees").gone == ()


def test_a_merge_of_what_is_one_or_none_changes_nothing(two: Library) -> None:
    """The same key twice, a merge said again, an unknown key."""
    with pytest.raises(NeedsPersonError, match="one record"):
        two.merge(["a", "a"])
    two.merge(["a", "b"])
    changes = len(two.history())
    with pytest.raises(NeedsPersonError, match="one record"):
        two.merge(["a", "b"])
    with pytest.raises(UnknownKeyError):
        two.merge(["a", "nobody"])
    assert len(two.history()) == changes


# --- distinct -----------------------------------------------------------------------------------------------------


def test_distinct_is_remembered_on_both_and_undone(two: Library) -> None:
    """No pair any more; said again it is the same change; undo takes it back."""
    before = two.content()
    assert two.duplicates().pairs
    change = two.distinct("b", "a")
    one, other = two.record("a"), two.record("b")
    assert (one.distinct, other.distinct) == ((other.id,), (one.id,))
    assert two.duplicates().pairs == ()
    assert two.distinct("a", "b") == change
    with pytest.raises(NeedsPersonError, match="one record"):
        two.distinct("a", "a")
    with pytest.raises(UnknownKeyError):
        two.distinct("a", "nobody")
    two.undo(change)
    assert two.content() == before


def test_what_was_called_distinct_is_not_merged_until_that_is_undone(two: Library) -> None:
    """The way out is named."""
    change = two.distinct("a", "b")
    with pytest.raises(NeedsPersonError) as refused:
        two.merge(["a", "b"])
    assert f"evidence undo {change}" in refused.value.hint
    two.undo(change)
    assert two.merge(["a", "b"]).absorbed == ("b",)


def test_a_word_on_an_absorbed_record_holds_for_the_merged_one(library: Library) -> None:
    """A is not b; b goes into c, a into d: c and d are two works too."""
    take(library, *(work(key, volume=str(at)) for at, key in enumerate("abcd")))
    library.distinct("a", "b")
    library.merge(["c", "b"])
    with pytest.raises(NeedsPersonError, match="different works"):
        library.merge(["a", "c"])
    library.merge(["d", "a"])
    with pytest.raises(NeedsPersonError, match="different works"):
        library.merge(["c", "d"])
    assert library.duplicates().pairs == ()


# --- all that is the same -----------------------------------------------------------------------------------------


def test_all_sure_pairs_are_merged_in_one_change(library: Library) -> None:
    """Three of one PMID into the oldest, a pair that a person told apart not at all; one undo."""
    place = {"volume": "6", "page": "1-9", "container-title": "Spine"}
    copies = [work(key, PMID="5", **place) for key in "abc"]
    take(library, copies[0])
    for copy in copies[1:]:  # a person wrote these by hand
        library.add(
            [f"id={copy['id']}", f"title={copy['title']}", "author=Reeves, KD", "issued=2000", "PMID=5", "volume=6"]
        )
    other = "Sleep in shift workers at sea and what it costs them"
    for key in "de":
        library.add([f"id={key}", f"title={other}", "author=Li, A", "issued=2001", "PMID=6"])
    library.distinct("d", "e")
    before = library.content()
    (merged,) = library.merge_same(library.duplicates())
    assert (merged.key, set(merged.absorbed)) == ("a", {"b", "c"})
    assert [record.key for record in library.records()] == ["a", "d", "e"]
    assert library.merge_same(library.duplicates()) == ()
    library.undo()
    assert library.content() == before


def test_what_changed_since_it_was_compared_is_not_merged(library: Library) -> None:
    """Somebody corrected a record while the pairs were being looked at."""
    for key in "ab":
        library.add(
            [f"id={key}", "title=Sleep in shift workers at sea and its cost", "issued=2001", "PMID=6", "author=Li, A"]
        )
    found = library.duplicates()
    assert [pair.verdict for pair in found.pairs] == ["same"]
    library.edit("b", ["PMID=7"])
    assert library.merge_same(found) == ()


# --- whatever happens ---------------------------------------------------------------------------------------------

KEYS = st.sampled_from("abcd")
AXIS_TERMS = st.sampled_from([(Axis.DESIGN, "rct"), (Axis.CONDITION, "knee-osteoarthritis")])
ITEMS = st.builds(
    lambda key, title, volume, doi, pmid: work(
        key,
        title,
        **({"volume": volume} if volume else {}),
        **({"DOI": doi} if doi else {}),
        **({"PMID": pmid} if pmid else {}),
    ),
    KEYS,
    st.sampled_from(
        ["Dextrose injections for the painful knees of miners", "Sleep in shift workers at sea and its cost"]
    ),
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["", "10.1000/a", "10.1000/b"]),
    st.sampled_from(["", "1", "2"]),
)


class Merging(RuleBasedStateMachine):
    """A small library to which everything happens. It remembers what the content was before each change."""

    @initialize()
    def begin(self) -> None:
        """An empty library."""
        self.folder = TemporaryDirectory()
        self.library = open_library(init_library(Path(self.folder.name) / "l"), write=True, who="tester")
        self.before: list[tuple[int, str]] = []  # changes in force, oldest first, with the content before each

    def teardown(self) -> None:
        """Close, and take everything away."""
        if hasattr(self, "library"):
            assert self.library.verify().faults == ()
            self.library.close()
            self.folder.cleanup()

    def did(self, act: Callable[[], int | None]) -> None:
        """Do what may be refused, and remember it."""
        before = self.library.content()
        try:
            change = act()
        except (NeedsPersonError, UnknownKeyError):
            assert self.library.content() == before
            return
        if change is not None and change not in [n for n, _ in self.before]:
            self.before.append((change, before))

    def alive(self) -> list[Record]:
        """The records there are."""
        return list(self.library.records())

    @rule(items=st.lists(ITEMS, min_size=1, max_size=3), name=st.sampled_from(["a.json", "b.json"]))
    def imports(self, items: list[dict[str, Any]], name: str) -> None:
        """A file comes, or a newer form of it; it balances, and again it changes nothing."""
        self.did(lambda: take(self.library, *items, name=name).change)
        again = take(self.library, *items, name=name)
        assert (again.unchanged, again.change) == (len(items), None)

    @rule(key=KEYS, value=st.sampled_from(["", "7", "8"]), field=st.sampled_from(["issue", "volume", "publisher"]))
    def edits(self, key: str, value: str, field: str) -> None:
        """A person corrects a field."""
        self.did(lambda: self.library.edit(key, [f"{field}={value}"]))

    @rule(key=KEYS, term=AXIS_TERMS, state=st.sampled_from(["accepted", "rejected"]))
    def tags(self, key: str, term: tuple[Axis, str], state: Any) -> None:
        """A person speaks on a tag."""
        self.did(lambda: self.library.tag(key, [Word(*term, state)]))

    @rule(key=KEYS, text=st.sampled_from(["one", "two", "three"]))
    def notes(self, key: str, text: str) -> None:
        """A person writes a remark."""
        self.did(lambda: self.library.note(key, text))

    @rule(key=KEYS, value=st.integers(1, 3))
    def facts(self, key: str, value: int) -> None:
        """A study fact comes."""
        raw = (FACT % (key, value)).encode()
        self.did(lambda: self.library.import_file(f"facts-{value}.jsonl", io.BytesIO(raw)).change)

    @rule(one=st.integers(0, 9), other=st.integers(0, 9))
    def distinct(self, one: int, other: int) -> None:
        """A person tells two records apart."""
        if records := self.alive():
            a, b = (records[at % len(records)].key for at in (one, other))
            self.did(lambda: self.library.distinct(a, b))

    @rule(places=st.lists(st.integers(0, 9), min_size=2, max_size=3))
    def merges(self, places: list[int]) -> None:
        """A person makes one record of several: nothing that any of them says is lost."""
        if not (records := self.alive()):
            return
        chosen = list({(one := records[at % len(records)]).id: one for at in places}.values())
        done: list[Merged] = []

        def act() -> int:
            done.append(self.library.merge([one.key for one in chosen]))
            return done[0].change

        self.did(act)
        if done:
            self.nothing_lost(chosen, self.library.record(chosen[-1].key), done[0])

    def nothing_lost(self, parts: list[Record], whole: Record, merged: Merged) -> None:
        """Keys, entries, identifiers, notes, facts, a person's words; fields are held, or told to differ."""
        assert whole.id == parts[0].id
        told = {(one.key, one.field) for one in merged.differs}
        for part in parts:
            assert {part.key, *part.aliases} <= {whole.key, *whole.aliases}
            assert set(part.entries) <= set(whole.entries)
            assert set(every_identifier(part.reference)) <= set(every_identifier(whole.reference))
            assert set(part.notes) <= set(whole.notes)
            assert {(one.name, str(one.value)) for one in part.facts} <= {
                (one.name, str(one.value)) for one in whole.facts
            }
            assert spoken(part) <= spoken(whole)
            lost = {name for name, text in part.reference.fields.items() if whole.reference.fields.get(name) != text}
            assert {(part.key, name) for name in lost} <= told
        for name, text in parts[0].reference.fields.items():
            assert whole.reference.fields[name] == text
        assert set(parts[0].edits) <= set(whole.edits)

    @precondition(lambda self: bool(self.before))
    @rule()
    def undoes(self) -> None:
        """The last change in force is taken back: the content is exactly what it was before."""
        change, before = self.before.pop()
        after = self.library.content()
        undone = self.library.undo(change)
        assert self.library.content() == before
        self.library.undo(undone)
        assert self.library.content() == after
        self.library.undo(change)
        assert self.library.content() == before

    @precondition(lambda self: bool(self.before))
    @rule(at=st.integers(0, 9))
    def undoes_an_older_one(self, at: int) -> None:
        """It is refused when later changes touch the same records; else it is a change like others."""
        change, _ = self.before[at % len(self.before)]
        content = self.library.content()
        try:
            undone = self.library.undo(change)
        except NeedsPersonError:
            assert self.library.content() == content
            return
        self.library.undo(undone)
        assert self.library.content() == content

    @invariant()
    def every_key_leads_to_one_record(self) -> None:
        """No two records answer to one key."""
        keys = [key for record in self.alive() for key in {record.key, *record.aliases}]
        assert len(keys) == len(set(keys))


def spoken(record: Record) -> set[tuple[str, str]]:
    """The terms that a person spoke on."""
    return {(str(one.axis), one.term) for one in record.claims if one.by == "person"}


TestMerging = Merging.TestCase
TestMerging.settings = settings(
    max_examples=int(os.environ.get("MERGING_EXAMPLES", "12")),
    stateful_step_count=int(os.environ.get("MERGING_STEPS", "20")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_the_content_is_what_is_said_and_nothing_else(library: Library, tmp_path: Path) -> None:
    """Two libraries with other numbers say the same; one word more and they do not."""
    take(library, work("a"), work("b", volume="1"))
    with open_library(init_library(tmp_path / "other"), write=True, who="tester") as other:
        take(other, work("b", volume="1"), work("a"))
        renumbered = [replace(record, entries=library.record(record.key).entries) for record in other.records()]
        from evidence.core.contents import content

        assert content(renumbered) == library.content()
        library.note("a", "a word")
        assert content(renumbered) != library.content()
