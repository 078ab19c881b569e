"""Order, what a reference lacks, and what was said of it since."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.core.citing import Lacking, lacking, missing, noticed, ordered, whole
from evidence.model.csl import from_csl
from evidence.model.record import Adjustment, Level, Record


def record(key: str = "a", **fields: Any) -> Record:
    """A whole article, but for what `fields` say otherwise (None: left out)."""
    item: dict[str, Any] = {
        "id": key, "type": "article-journal", "title": "T", "author": [{"family": "Li"}], "container-title": "J",
        "issued": {"date-parts": [[2001]]}, "volume": "3", "page": "1",
    }  # fmt: skip
    item |= {name.replace("_", "-"): value for name, value in fields.items()}
    return Record(key, from_csl(item))


@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        ({}, ()), ({"author": None}, ("authors",)), ({"author": [{"literal": "A group"}]}, ()), ({"volume": None}, ("volume",)),
        ({"volume": None, "page": None, "DOI": "10.1000/x"}, ()), ({"volume": None, "page": None}, ("volume", "pages")),
        ({"container_title": None}, ("journal",)), ({"container_title": None, "container_title_short": "J"}, ()),
        ({"issued": None}, ("year",)), ({"issued": {"literal": "in press"}}, ()), ({"title": " "}, ("title",)),
        ({"type": "book"}, ("publisher",)), ({"type": "book", "publisher": "P", "author": None, "editor": [{"family": "E"}]}, ()),
        ({"type": "chapter", "publisher": "P"}, ("editors",)), ({"type": "webpage"}, ("address",)), ({"type": "dataset"}, ()),
        ({"type": "thesis"}, ("publisher",)), ({"type": "report", "authority": "WHO"}, ()),
    ],
)  # fmt: skip
def test_each_type_needs_its_own_fields(fields: dict[str, Any], lacks: tuple[str, ...]) -> None:
    """One of the fields that serve is enough."""
    assert missing(record(**fields).reference) == lacks


def test_what_a_record_says_of_itself_counts() -> None:
    """Until the field is there: what a person has filled in is no longer missing."""
    said = {"status": "incomplete", "missing": ["authors_rest", "pages"]}
    assert missing(record(custom=said).reference) == ("authors_rest",)
    assert missing(record(custom=said, page=None).reference) == ("pages", "authors_rest")
    assert lacking([record(custom=said)])[0].words == "the other authors"


def test_incomplete_without_saying_why_is_incomplete() -> None:
    """A source's word needs no reason."""
    bare = record(custom={"status": "incomplete"})
    assert lacking([bare]) == (Lacking("a", ()),)
    assert "says that it is incomplete" in lacking([bare])[0].words
    filled = record(custom={"status": "incomplete", "missing": ["volume"]})
    assert whole(filled.reference)


def test_retractions_and_corrections_are_named() -> None:
    """Comments are no matter for a list; a retraction is grave, a correction is not."""
    notices = [{"kind": "comment"}, {"kind": "erratum", "ref": "J. 2002;4:1"}, {"kind": "retraction", "date": "2003"}]
    found = noticed(
        [record("a", custom={"notices": notices}), record("b"), record("c", custom={"notices": notices[:2]})]
    )
    assert [(one.key, [said.kind for said in one.said], one.grave) for one in found] == [
        ("a", ["retraction", "erratum"], True), ("c", ["erratum"], False),
    ]  # fmt: skip


LEVELS = {"a": Level(2, "", "", ""), "b": Level(None, "", "", ""), "c": Level(3, "", "", "", Adjustment(1, "x", "y"))}


def test_the_order_is_given_or_made() -> None:
    """By year the oldest first, by evidence the best first and then by year; what has none comes last; each once."""
    some = [record("b", issued=None), record("a"), record("c", issued={"date-parts": [[1999]]}), record("a")]

    def level(one: Record) -> Level:
        return LEVELS[one.key]

    assert [one.key for one in ordered(some, "given", level)] == ["b", "a", "c"]
    assert [one.key for one in ordered(some, "year", level)] == ["c", "a", "b"]
    assert [one.key for one in ordered(some, "evidence", level)] == ["c", "a", "b"]
