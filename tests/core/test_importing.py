"""Imports: the receipt balances, versions arrive, nothing is merged in doubt."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.core.library import Library
from evidence.core.receipts import FileReceipt, as_json
from evidence.errors import NeedsPersonError, UnknownKeyError
from evidence.wiring import init_library, open_library

ONE = """@article{reeves2000,
  author = {Reeves, KD and Hassanein, K},
  title = {Dextrose prolotherapy for knee osteoarthritis},
  journal = {Alternative Therapies},
  year = {2000},
  volume = {6},
  pages = {68--80},
}
"""


def take(library: Library, text: str, name: str = "a.bib", **options: Any) -> FileReceipt:
    """Import `text` as the file `name`; the receipt must balance."""
    receipt = library.import_file(name, io.BytesIO(text.encode()), **options)
    assert receipt.read == receipt.added + receipt.merged + receipt.unchanged + receipt.refused
    return receipt


def counts(receipt: FileReceipt) -> tuple[int, int, int, int, int]:
    """Read, added, merged, unchanged, refused."""
    return receipt.read, receipt.added, receipt.merged, receipt.unchanged, receipt.refused


def test_a_second_import_changes_nothing(library: Library) -> None:
    """All unchanged, and no new change in the history."""
    assert counts(take(library, ONE)) == (1, 1, 0, 0, 0)
    again = take(library, ONE)
    assert counts(again) == (1, 0, 0, 1, 0)
    assert again.change is None
    assert len(library.history()) == 1


def test_a_changed_entry_is_a_new_version_and_undo_takes_it_back(library: Library) -> None:
    """The same key from the same file: its changed fields are listed, the old version comes back."""
    take(library, ONE)
    receipt = take(library, ONE.replace("volume = {6}", "volume = {7},\n  number = {2}"))
    assert counts(receipt) == (1, 0, 1, 0, 0)
    assert set(receipt.lines[0].fields_added) == {"volume", "issue"}
    assert receipt.lines[0].fields_changed == ("volume",)
    assert library.record("reeves2000").reference.fields["volume"] == "7"
    library.undo()
    assert library.record("reeves2000").reference.fields["volume"] == "6"
    assert take(library, ONE).unchanged == 1


def test_a_field_that_the_source_drops_is_dropped(library: Library) -> None:
    """A new version says what its source says now."""
    take(library, ONE)
    take(library, ONE.replace("  volume = {6},\n", ""))
    assert "volume" not in library.record("reeves2000").reference.fields


def test_a_persons_edit_stays_over_a_new_version(library: Library) -> None:
    """The edited field stays, the others follow the source."""
    take(library, ONE)
    library.edit("reeves2000", ["volume=66"])
    take(library, ONE.replace("volume = {6}", "volume = {7}").replace("68--80", "68--81"))
    fields = library.record("reeves2000").reference.fields
    assert (fields["volume"], fields["page"]) == ("66", "68-81")


def test_a_key_that_another_work_has_gets_a_suffix(library: Library) -> None:
    """Both works stay; the receipt says how the second is called; a second import is all unchanged."""
    other = ONE.replace("Dextrose prolotherapy for knee osteoarthritis", "A wholly other matter of sleep").replace(
        "Reeves", "Li"
    )
    receipt = take(library, ONE + other)
    assert counts(receipt) == (2, 2, 0, 0, 0)
    assert (receipt.lines[0].into, receipt.lines[0].renamed_from) == ("reeves2000-2", "reeves2000")
    assert take(library, ONE + other).unchanged == 2


def test_the_same_work_under_another_key_is_merged_and_says_what_it_brought(library: Library) -> None:
    """From another file: missing fields are added, differing ones are not taken, the other key becomes an alias."""
    take(library, ONE.replace("year", "doi = {10.1000/x},\n  year"))
    more = (
        ONE.replace("reeves2000,", "kd2000,")
        .replace("year", "doi = {10.1000/X},\n  number = {2},\n  year")
        .replace("68--80", "68--79")
    )
    receipt = take(library, more, name="b.bib")
    line = receipt.lines[0]
    assert counts(receipt) == (1, 0, 1, 0, 0)
    assert (line.into, line.fields_added) == ("reeves2000", ("issue",))
    assert "page differs" in line.warnings[0]
    assert library.record("kd2000").key == "reeves2000"
    assert take(library, more, name="b.bib").unchanged == 1


def test_a_shared_doi_on_another_title_is_two_records_and_a_warning(library: Library) -> None:
    """In doubt they stay two, and the receipt says so."""
    take(library, ONE.replace("year", "doi = {10.1000/x},\n  year"))
    other = "@article{li2001, author={Li, A}, title={Sleep in shift workers at sea}, doi={10.1000/x}, year=2001}"
    receipt = take(library, other, name="b.bib")
    assert counts(receipt) == (1, 1, 0, 0, 0)
    assert "also stands on reeves2000" in receipt.lines[0].warnings[0]


def test_one_broken_entry_spoils_no_other(library: Library) -> None:
    """The broken one is refused by line and reason."""
    receipt = take(
        library,
        ONE
        + "@article{broken, title = {never closed\n\n"
        + ONE.replace("reeves2000", "z2001").replace("Dextrose", "Zinc"),
    )
    assert counts(receipt) == (3, 2, 0, 0, 1)
    assert receipt.lines[0].outcome == "refused"
    assert receipt.lines[0].line == ONE.count("\n") + 1
    assert receipt.lines[0].reason


def test_a_dry_run_says_the_same_and_stores_nothing(library: Library) -> None:
    """The receipt of a dry run is the receipt of the real one, without a change."""
    dry = take(library, ONE, dry_run=True)
    assert counts(dry) == (1, 1, 0, 0, 0)
    assert library.overview().records == 0
    assert counts(take(library, ONE)) == counts(dry)


def test_an_entry_without_a_key_gets_one_that_is_never_remade(library: Library) -> None:
    """Family name, year, first significant word; a corrected title does not change it."""
    text = ONE.replace("reeves2000,", ",")
    take(library, text)
    assert [record.key for record in library.records()] == ["reeves2000dextrose"]
    assert take(library, text).unchanged == 1


def test_study_facts_join_their_records(library: Library) -> None:
    """Facts are added to the record they name; an unknown key is refused with the way out; again: unchanged."""
    take(library, ONE)
    line = '{"key": "%s", "fact": "participants", "value": 68, "unit": "patients", "place": "abstract", "words": "68 knees", "source": "https://example.org/", "read": "2026-11-21"}\n'
    text = line % "reeves2000" + line % "nobody1999"
    receipt = take(library, text, name="facts.jsonl", format="study-facts")
    assert counts(receipt) == (2, 1, 0, 0, 1)
    assert "import its citation first" in (receipt.lines[0].reason or "")
    assert library.record("reeves2000").facts[0].value == 68
    assert counts(take(library, text, name="facts.jsonl", format="study-facts")) == (2, 0, 0, 1, 1)
    library.undo()
    assert library.record("reeves2000").facts == ()


def test_an_open_library_finds_a_renamed_record_once(library: Library) -> None:
    """The index follows edits, renames and removals while the library stays open."""
    take(library, ONE)
    assert library.search("dextrose").total == 1
    library.edit("reeves2000", ["id=reeves2000knee"])
    assert [hit.key for hit in library.search("dextrose").hits] == ["reeves2000knee"]
    library.remove("reeves2000knee")
    assert library.search("dextrose").total == 0


def test_undoing_an_import_empties_the_library_and_it_can_be_imported_again(library: Library) -> None:
    """Undo is whole, and leaves the way open."""
    take(library, ONE)
    library.undo()
    assert library.overview().records == 0
    with pytest.raises(UnknownKeyError):
        library.record("reeves2000")
    assert counts(take(library, ONE)) == (1, 1, 0, 0, 0)
    assert library.verify().faults == ()


def test_undo_of_what_later_changes_touch_lists_them(library: Library) -> None:
    """Nothing is undone, and the later change is named."""
    take(library, ONE)
    library.note("reeves2000", "read it")
    with pytest.raises(NeedsPersonError, match="reeves2000: 2"):
        library.undo(1)
    assert library.record("reeves2000").notes[0].text == "read it"


def test_originals_are_the_bytes_that_came(library: Library) -> None:
    """Each entry's own bytes, after an edit too."""
    take(library, ONE)
    library.edit("reeves2000", ["volume=9"])
    assert b"".join(raw for _, raw in library.originals(library.records())).strip() == ONE.strip().encode()


def test_the_sums_of_several_files(library: Library) -> None:
    """The JSON's totals are the sums of its files."""
    document = as_json([take(library, ONE), take(library, ONE)])
    assert (document["read"], document["added"], document["unchanged"]) == (2, 1, 1)


def entry(key: str, title: str, *, author: str = "Reeves, KD", **fields: str) -> str:
    """A BibTeX entry."""
    said = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@article{{{key},\n  author = {{{author}}},\n  title = {{{title}}},\n{said}}}\n"


KNEE = {"journal": "Knee", "year": "2000", "volume": "6", "pages": "1--9"}
HIP = {"journal": "Hip", "year": "2001", "volume": "7", "pages": "10--19"}
FACT = (
    '{"key": "%s", "fact": "participants", "value": %s, "unit": "patients", "place": "abstract", "words": "w", '
    '"source": "https://example.org/", "read": "2026-11-21"}\n'
)


def test_a_key_belongs_to_its_own_record_before_any_alias(library: Library) -> None:
    """Facts for `b` go to b, although another file calls a different work b."""
    take(library, entry("b", "Work one on knees", **KNEE) + entry("z", "Another work on hips", **HIP))
    take(library, entry("b", "Another work on hips", **HIP), name="other.bib")
    take(library, FACT % ("b", 42) + FACT % ("z", 7), name="facts.jsonl")
    assert [fact.value for fact in library.record("b").facts] == [42]
    assert [fact.value for fact in library.record("z").facts] == [7]
    library.remove("b")
    with pytest.raises(UnknownKeyError):
        library.remove("b")


def test_another_work_with_the_same_key_never_overwrites(library: Library) -> None:
    """Two folders have a refs.bib with one key for two works."""
    take(library, entry("smith2000", "Injection of dextrose for the knee", doi="10.1000/a", **KNEE), name="refs.bib")
    receipt = take(
        library, entry("smith2000", "Injection of dextrose for the hip", doi="10.1000/b", **HIP), name="refs.bib"
    )
    assert counts(receipt) == (1, 1, 0, 0, 0)
    assert library.record("smith2000").reference.fields["DOI"] == "10.1000/a"


def test_one_key_for_two_works_in_a_file_stays_apart_when_one_is_corrected(library: Library) -> None:
    """The correction reaches the renamed record, and the next import is all unchanged."""
    one = entry("k", "Work one on knees", doi="10.1000/a", **KNEE)
    two = entry("k", "Another work on hips", doi="10.1000/b", **HIP)
    take(library, one + two)
    corrected = two.replace("10--19", "10--20")
    assert counts(take(library, one + corrected)) == (2, 0, 1, 1, 0)
    assert library.record("k").reference.title == "Work one on knees"
    assert library.record("k-2").reference.fields["page"] == "10-20"
    assert take(library, one + corrected).unchanged == 2


def test_two_entries_of_one_work_settle(library: Library) -> None:
    """A corrected entry beside its double: one merge, then all unchanged, and nothing is lost."""
    one = entry("k", "Work one on knees", doi="10.1000/a", **KNEE)
    more = entry("k", "Work one on knees", doi="10.1000/a", abstract="What was done.", **KNEE)
    far = "".join(entry(f"f{n}", f"Filler number {n} of many", year="1990") for n in range(600))
    take(library, one + far + more)
    corrected = one.replace("1--9", "1--8") + far + more
    assert take(library, corrected).merged == 1
    again = take(library, corrected)
    assert (again.unchanged, again.merged) == (602, 0)
    fields = library.record("k").reference.fields
    assert (fields["page"], fields["abstract"]) == ("1-8", "What was done.")


def test_undo_goes_back_step_by_step(library: Library) -> None:
    """Two edits, two undos, then the import itself; and forward again."""
    take(library, ONE)
    library.edit("reeves2000", ["volume=9"])
    library.edit("reeves2000", ["volume=10"])
    library.undo()
    assert library.record("reeves2000").reference.fields["volume"] == "9"
    library.undo()
    assert library.record("reeves2000").reference.fields["volume"] == "6"
    last = library.undo()
    assert library.overview().records == 0
    library.undo(last)
    assert library.overview().records == 1
    library.undo()
    assert library.overview().records == 0


def test_what_comes_back_keeps_its_key(library: Library) -> None:
    """After an undone import, and after a removal, the same work has its old key again, and its facts find it."""
    take(library, ONE)
    library.undo()
    take(library, ONE)
    assert [record.key for record in library.records()] == ["reeves2000"]
    library.remove("reeves2000")
    take(library, ONE)
    assert take(library, FACT % ("reeves2000", 68), name="facts.jsonl").added == 1


def test_a_record_by_hand_keeps_what_the_person_wrote(library: Library) -> None:
    """A file's new version of the same work takes nothing of it away."""
    title = "Sugar injections for the painful knees of miners"
    library.add(["id=mine", f"title={title}", "issued=2000", "DOI=10.1000/a", "note=My own words"])
    one = entry("k", title, doi="10.1000/a", **KNEE)
    take(library, one)
    take(library, one.replace("1--9", "1--8"))
    record = library.record("mine")
    assert (record.reference.fields["note"], record.reference.fields["page"]) == ("My own words", "1-8")


def test_a_poor_citation_that_comes_again_in_another_format_is_the_same(library: Library) -> None:
    """The same key, title, author and year, and nothing against it: one record, although no journal is known."""
    take(library, entry("k", "A study without a journal", year="2000"))
    item = (
        '[{"id": "k", "type": "article-journal", "title": "A study without a journal", '
        '"author": [{"family": "Reeves", "given": "KD"}], "issued": {"date-parts": [[2000]]}}]'
    )
    assert counts(take(library, item, name="k.json")) == (1, 0, 1, 0, 0)
    assert counts(take(library, item.replace("2000", "2001"), name="l.json")) == (1, 1, 0, 0, 0)


def test_two_editorials_of_one_volume_are_two(library: Library) -> None:
    """The issue tells them apart."""
    same = {"journal": "Pain", "year": "2000", "volume": "6"}
    receipt = take(library, entry("a", "Editorial", number="1", **same) + entry("b", "Editorial", number="2", **same))
    assert receipt.added == 2


def test_a_corrected_fact_takes_the_place_of_the_old_one(library: Library) -> None:
    """A line changed in the same file is a new version of the fact; another file's fact stands beside it."""
    take(library, ONE)
    take(library, FACT % ("reeves2000", 42), name="facts.jsonl")
    receipt = take(library, FACT % ("reeves2000", 24), name="facts.jsonl")
    assert counts(receipt) == (1, 0, 1, 0, 0)
    assert [fact.value for fact in library.record("reeves2000").facts] == [24]
    take(library, FACT % ("reeves2000", 68), name="more.jsonl")
    assert [fact.value for fact in library.record("reeves2000").facts] == [24, 68]


def test_a_dry_run_of_two_files_knows_the_first(library: Library) -> None:
    """Facts find the record that the dry run of the citations would have made."""
    take(library, ONE, dry_run=True)
    assert take(library, FACT % ("reeves2000", 42), name="facts.jsonl", dry_run=True).added == 1
    assert library.overview().records == 0


def test_many_records_of_one_title_take_no_more_time_than_others(library: Library) -> None:
    """Two thousand editorials: each its own record."""
    text = "".join(entry(f"e{n}", "Editorial", year="2000", volume=str(n)) for n in range(2000))
    assert take(library, text).added == 2000


def test_sources_are_those_of_live_records(library: Library) -> None:
    """An undone import is no source of what is here."""
    take(library, ONE)
    assert library.overview().sources == ("a.bib",)
    library.undo()
    assert library.overview().sources == ()


ENTRY = st.builds(
    "@{}{{{}, title = {{{}}}, author = {{{}}}, year = {{{}}}, doi = {{{}}}}}\n".format,
    st.sampled_from(["article", "book"]),
    st.sampled_from(["a", "b", ""]),
    st.sampled_from(["Sleep in ships", "Dextrose for the knee joint", "Sleep in ships at night", ""]),
    st.sampled_from(["Li, A", "Reeves, KD", ""]),
    st.sampled_from(["2000", "2001", ""]),
    st.sampled_from(["10.1000/a", "10.1000/b", ""]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(ENTRY, min_size=1, max_size=6))
def test_whatever_comes_the_receipt_balances_and_a_second_import_is_unchanged(
    tmp_path_factory: pytest.TempPathFactory, entries: list[str]
) -> None:
    """Clashing keys, shared DOIs, repeated entries: balanced, idempotent, sound, and undone to nothing."""
    with open_library(init_library(tmp_path_factory.mktemp("x") / "l"), write=True, who="tester") as library:
        text = "".join(entries)
        first = take(library, text)
        assert first.read == len(entries)
        assert library.overview().records == first.added
        second = take(library, text)
        assert second.unchanged == len(entries)
        assert library.verify().faults == ()
        library.undo()
        assert library.overview().records == 0
