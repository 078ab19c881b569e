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


def test_undoing_an_import_empties_the_library_and_it_can_be_imported_again(library: Library) -> None:
    """Undo is whole, and leaves the way open."""
    take(library, ONE)
    library.undo()
    assert library.overview().records == 0
    with pytest.raises(UnknownKeyError):
        library.record("reeves2000")
    assert counts(take(library, ONE)) == (1, 1, 0, 0, 0)
    assert library.verify()[1] == []


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
    assert b"".join(library.originals(library.records())).strip() == ONE.strip().encode()


def test_the_sums_of_several_files(library: Library) -> None:
    """The JSON's totals are the sums of its files."""
    document = as_json([take(library, ONE), take(library, ONE)])
    assert (document["read"], document["added"], document["unchanged"]) == (2, 1, 1)


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
        assert library.verify()[1] == []
        library.undo()
        assert library.overview().records == 0
