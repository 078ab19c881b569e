"""What every store does alike when records become one, and when that is undone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evidence.core.contents import content
from evidence.core.joining import join, told_apart
from evidence.core.undoing import undo
from evidence.model.record import Record
from tests.contracts.store_records import SOURCE, entry, save, work

if TYPE_CHECKING:  # at run time pytest loads it, as the plugin that its fixtures make it
    from tests.contracts.store_places import Place

pytest_plugins = ("tests.contracts.store_places",)

ONE, TWO = entry("one"), entry("two")


def prepared(place: Place) -> tuple[Record, Record]:
    """Two stored records, each with an entry and an identifier of its own, and one that both claim."""
    with place.store.writing() as writing:
        first, second = writing.entry(writing.keep(SOURCE), [ONE, TWO])
        records = writing.save(
            writing.change("import", "tester"),
            [
                replace(work("a", DOI="10.1000/a", PMCID="PMC1"), entries=(first,)),
                replace(work("b", DOI="10.1000/b", PMCID="PMC1"), entries=(second,), aliases=("c",)),
            ],
        )
    return records[0], records[1]


def merge(place: Place, *records: Record) -> int:
    """One change: the others go, the first takes what they held."""
    whole, _ = join(records)
    with place.store.writing() as writing:
        n = writing.change("merge", "tester")
        writing.remove(n, [one.id or 0 for one in records[1:]])
        writing.save(n, [whole])
    return n


def test_a_merged_record_answers_to_all_that_its_parts_did(place: Place) -> None:
    """Keys, aliases, both identifiers, both entries; the rows agree with it."""
    merge(place, *prepared(place))
    reader = place.reader
    assert [one.key for one in reader.get(["b"])] == [one.key for one in reader.get(["c"])] == ["a"]
    wanted = [("doi", "10.1000/a"), ("doi", "10.1000/b"), ("pmcid", "PMC1")]
    assert reader.holders(wanted) == dict.fromkeys(wanted, "a")
    assert reader.known([ONE.sha256, TWO.sha256]) == {ONE.sha256: "a", TWO.sha256: "a"}
    assert reader.taken(["a", "b", "c"]) == {"a", "b", "c"}
    assert list(reader.faults()) == []


def test_undoing_a_merge_gives_back_every_state(place: Place) -> None:
    """The same content, the same holders, the same owners of the bytes."""
    parts = prepared(place)
    reader = place.reader
    wanted = [("doi", "10.1000/a"), ("doi", "10.1000/b"), ("pmcid", "PMC1")]
    before = content(reader.all()), reader.holders(wanted), reader.known([ONE.sha256, TWO.sha256])
    n = merge(place, *parts)
    assert content(reader.all()) != before[0]
    undo(place.store, n, who="tester")
    assert (content(reader.all()), reader.holders(wanted), reader.known([ONE.sha256, TWO.sha256])) == before
    assert reader.get(["c", "a"]) == [parts[1], parts[0]]
    assert list(reader.faults()) == []


def test_a_word_on_a_record_leads_to_the_one_that_took_it_in(place: Place) -> None:
    """Who was told apart from an absorbed record is told apart from the merged one, until the merge is undone."""
    one, other = prepared(place)
    (third,) = save(place, replace(work("d"), distinct=(other.id or 0,)))
    n = merge(place, one, other)
    (told,) = told_apart(place.reader, [third])
    assert set(told.distinct) == {one.id, other.id}
    undo(place.store, n, who="tester")
    assert told_apart(place.reader, [third]) == [third]
