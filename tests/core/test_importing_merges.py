"""What an import merges without asking, what it only tells, and what a later export adds to the records there are."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from evidence.core.changing import Word
from evidence.core.library import Library
from evidence.core.receipts import FileReceipt
from evidence.model.csl import to_csl
from evidence.model.record import Axis, Record
from evidence.wiring import open_library

TITLE = "Dextrose injections for the painful knees of elderly miners"


def item(**fields: Any) -> dict[str, Any]:
    """A reference as CSL-JSON; a key only when one is given."""
    whole = {
        "type": "article-journal",
        "title": TITLE,
        "author": [{"family": "Reeves", "given": "KD"}],
        "issued": {"date-parts": [[2000]]},
        "container-title": "Spine",
        "volume": "6",
        "page": "68-80",
    }
    return {name: value for name, value in {**whole, **fields}.items() if value is not None}


def take(library: Library, *items: dict[str, Any], name: str = "a.json") -> FileReceipt:
    """Import `items` as the file `name`; the receipt must balance."""
    raw = json.dumps([{key.replace("_", "-"): value for key, value in one.items()} for one in items]).encode()
    receipt = library.import_file(name, io.BytesIO(raw), verbose=True)
    assert receipt.read == receipt.added + receipt.merged + receipt.unchanged + receipt.refused == len(items)
    return receipt


# --- certain, and not ---------------------------------------------------------------------------------------------


def test_one_pmid_and_title_is_merged_and_short_pages_are_no_difference(library: Library) -> None:
    """Fields are added, both entries stay, nothing is said to differ."""
    take(library, item(id="a", PMID="11", page="389-399"))
    receipt = take(library, item(PMID="11", page="389-99", DOI="10.1000/x"), name="b.json")
    (line,) = receipt.lines
    assert (line.outcome, line.into, line.fields_added, line.warnings) == ("merged", "a", ("DOI",), ())
    record = library.record("a")
    assert record.reference.fields["page"] == "389-399"
    assert len(record.entries) == 2


def test_without_an_identifier_nothing_is_merged_but_the_receipt_names_the_likeness(library: Library) -> None:
    """However alike: two records, and where to look."""
    take(library, item(id="a"))
    receipt = take(library, item(id="b"), name="b.json")
    (line,) = receipt.lines
    assert (line.outcome, line.into) == ("added", "b")
    assert line.warnings == ("may be the same work as a: `evidence duplicates` shows both",)
    assert [(pair.a, pair.b) for pair in library.duplicates().pairs] == [("a", "b")]


def test_one_title_in_another_volume_is_no_likeness(library: Library) -> None:
    """Two editorials of two years or volumes are not told of."""
    take(library, item(id="a"))
    receipt = take(library, item(id="b", volume="7"), item(id="c", issued={"date-parts": [[2004]]}), name="b.json")
    assert [line.warnings for line in receipt.lines] == [(), ()]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Sleep in shift workers at sea and what it costs"},
        {"issued": {"date-parts": [[2004]]}},
        {"volume": "9", "page": "1-2"},
    ],
)
def test_a_mistyped_identifier_merges_nothing(library: Library, fields: dict[str, Any]) -> None:
    """Another title, year or place under one PMID: two records and a warning."""
    take(library, item(id="a", PMID="11"))
    (line,) = take(library, item(id="b", PMID="11", **fields), name="b.json").lines
    assert line.outcome == "added"
    assert "PMID 11 also stands on a, which is not clearly the same work: not merged" in line.warnings


def test_what_is_two_works_at_once_is_none_of_them(library: Library) -> None:
    """The DOI of one and the PMID of another, which a person told apart."""
    take(library, item(id="a", DOI="10.1000/a"), item(id="b", PMID="11"))
    library.distinct("a", "b")
    (line,) = take(library, item(id="c", DOI="10.1000/a", PMID="11"), name="b.json").lines
    assert line.outcome == "added"
    assert line.warnings == ("has the identifiers of a and of b, which are not one work: not merged",)


def test_a_key_that_became_an_alias_in_this_file_is_given_to_no_other(library: Library) -> None:
    """The third entry of the key gets one of its own, as the second has it already."""
    other = "Sleep in shift workers at sea and what it costs"
    take(library, item(id="a", PMID="11"), item(id="c", PMID="11", issue="2"), item(id="c", title=other))
    assert [record.key for record in library.records()] == ["a", "c-2"]
    assert library.record("c").key == "a"


def test_an_entry_without_a_key_is_a_new_version_only_of_the_same_work(library: Library) -> None:
    """Exports are all called savedrecs: another editorial in the next one overwrites none."""
    poor = {"title": "Editorial", "author": None, "container-title": None, "page": None}
    take(library, item(**poor, volume="1"), item(volume="2"))
    receipt = take(library, item(**poor, volume="3"), item(volume="2", note="cited 5 times"))
    assert [line.outcome for line in receipt.lines] == ["added", "merged"]
    assert receipt.lines[1].fields_added == ("note",)
    assert {record.reference.fields.get("volume") for record in library.records()} == {"1", "2", "3"}


def test_an_identifier_that_a_merge_brought_finds_the_record(library: Library) -> None:
    """A person merged two DOIs: what comes later under the second is the same work."""
    take(library, item(id="a", DOI="10.1000/a"), item(id="b", DOI="10.1000/b"))
    library.merge(["a", "b"])
    (line,) = take(library, item(id="c", DOI="10.1000/b", issue="2"), name="b.json").lines
    assert (line.outcome, line.into, line.fields_added) == ("merged", "a", ("issue",))
    assert library.verify().faults == ()


# --- ties ---------------------------------------------------------------------------------------------------------

COMMENT = {
    "title": "Are dextrose injections for miners all that sweet?",
    "custom": {"comment-on": ["Spine. 2000;6:68-80. PMID: 11"]},
    "author": [{"family": "Li", "given": "A"}],
    "volume": "7",
    "page": "1",
    "PMID": "12",
}


def tied(library: Library, key: str) -> list[tuple[str, str]]:
    """What a record is tied to."""
    return [(one.kind, one.key) for one in library.record(key).reference.relations]


@pytest.mark.parametrize("first", ["work", "comment", "another file"])
def test_a_comment_is_tied_to_the_work_that_is_here(library: Library, first: str) -> None:
    """Before it or after it in the file, or in the library already; a second import changes nothing."""
    work, comment = item(id="work", PMID="11"), item(id="comment", **COMMENT)
    if first == "another file":
        take(library, work, name="b.json")
        take(library, comment)
    else:
        take(library, *((work, comment) if first == "work" else (comment, work)))
    assert tied(library, "comment") == [("comment-on", "work")]
    assert take(library, comment).unchanged == 1
    assert tied(library, "work") == []


def test_a_tie_reaches_over_batches(library: Library) -> None:
    """The comment was stored long before its work came."""
    between = [item(id=f"k{n}", title=f"A study of number {n}", PMID=str(1000 + n)) for n in range(600)]
    take(library, item(id="comment", **COMMENT), *between, item(id="work", PMID="11"))
    assert tied(library, "comment") == [("comment-on", "work")]
    assert library.verify().faults == ()


# --- a later export -----------------------------------------------------------------------------------------------


def as_exported(record: Record) -> dict[str, Any]:
    """What PubMed's own export says of a record: initials, short journal and pages, headings, types, an abstract."""
    csl, fields = to_csl(record.reference), record.reference.fields
    said: dict[str, Any] = {
        name: csl[name] for name in ("issued", "volume", "issue", "container-title-short") if name in csl
    }
    people = [
        {**one, "given": "".join(word[0] for word in re.split(r"[\s.-]+", one.get("given", "")) if word)}
        if "family" in one
        else one
        for one in csl.get("author", ())
    ]
    comment = ["Comment"] if "CORRInsights" in record.reference.title else []
    custom = {
        "mesh": [{"label": "Osteoarthritis, Knee", "id": "D020370", "major": True}],
        "publication-types": ["Journal Article", *comment],
        "notices": [{"kind": "erratum", "ref": "J Knee. 2009;3:4. PMID: 99", "source": "PubMed"}],
    }
    page = re.sub(r"^(\d+)(\d\d)-\1(\d\d)$", r"\1\2-\3", fields.get("page", ""))
    return {
        **said, "type": "article-journal", "PMID": fields["PMID"], "title": record.reference.title, "author": people,
        "page": page or None, "abstract": "Fifty adults with knee osteoarthritis got dextrose.", "custom": custom,
    }  # fmt: skip


def test_a_pubmed_export_completes_the_shipped_records_and_undoes_no_word(shipped: Path) -> None:
    """Abstracts, headings and notices by PMID, tagged anew; edits, tags and notes of a person stay."""
    with open_library(shipped, write=True, who="you") as library:
        held = [record for record in library.records() if "PMID" in record.reference.fields]
        bare = next(
            one for one in held if not one.reference.fields.get("abstract") and "osteo" not in one.reference.title
        )
        library.edit(bare.key, ["volume=99", "issue="])
        library.tag(
            bare.key,
            [Word(Axis.DESIGN, "case-series", "accepted"), Word(Axis.CONDITION, "knee-osteoarthritis", "rejected")],
        )
        library.note(bare.key, "Read it twice.")
        before = library.record(bare.key)
        items = [{name: value for name, value in as_exported(one).items() if value} for one in held]
        receipt = take(library, *items, name="pubmed.json")
        assert receipt.merged >= 0.98 * len(held)
        after = library.record(bare.key)
        assert after.reference.fields["abstract"].startswith("Fifty adults")
        assert after.reference.mesh[0].id == "D020370"
        assert [one.source for one in after.reference.notices if "99" in str(one.ref)] == ["PubMed"]
        assert (after.edits, after.notes, after.facts) == (before.edits, before.notes, before.facts)
        assert after.reference.fields["volume"] == "99"
        assert "issue" not in after.reference.fields
        assert [one for one in after.claims if one.by == "person"] == [
            one for one in before.claims if one.by == "person"
        ]
        assert any(one.by == "heading" and one.field == "mesh" for one in after.claims)
        assert "knee-osteoarthritis" not in after.tags.condition
        assert take(library, *items, name="pubmed.json").unchanged == len(held)
        assert library.verify().faults == ()


def test_what_a_later_export_calls_otherwise_overwrites_nothing(shipped: Path) -> None:
    """Every field that a shipped record stated says what it said."""
    with open_library(shipped, write=True, who="you") as library:
        held = {record.key: record for record in library.records() if "PMID" in record.reference.fields}
        items = [{**as_exported(one), "publisher": "Another", "language": "xx"} for one in held.values()]
        take(library, *({name: value for name, value in one.items() if value} for one in items), name="pubmed.json")
        for key, old in held.items():
            new = library.record(key).reference
            stated = [name for name in old.reference.fields if new.fields[name] != old.reference.fields[name]]
            assert (key, stated) == (key, [])
            assert set(old.reference.notices) <= set(new.notices)
