"""Order, what a reference lacks, and what was said of it since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from evidence.core.citing import Lacking, lacking, missing, noticed, ordered, reference_list, whole
from evidence.model.csl import from_csl
from evidence.model.record import Adjustment, Level, Record
from evidence.model.reference import Reference
from evidence.ports import Formatted, Style


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


SAID = {"status": "incomplete", "missing": ["journal_abbrev"]}


@pytest.mark.parametrize(
    ("fields", "form", "lacks", "noted"),
    [
        ({"container_title": "J Of", "custom": SAID}, "short", (), ["the journal's abbreviation is not known; its full name is printed"]),
        ({"container_title": "J Of", "custom": SAID}, "full", (), []), ({"container_title": "J Of", "custom": SAID}, "", ("journal_abbrev",), []),
        ({"container_title": "Spine"}, "short", (), []), ({"container_title": "J Of", "container_title_short": "J O"}, "short", (), []),
        ({"container_title": None, "container_title_short": "J O", "custom": {"missing": ["journal"], "status": "incomplete"}}, "short", (), []),
        ({"container_title": None, "container_title_short": "J O", "custom": {"missing": ["journal"]}}, "full", (),
         ["the journal's full name is not known; its abbreviation is printed"]),
        ({"container_title": None, "custom": SAID}, "short", ("journal",), []), ({"container_title": "J Of"}, "", (), []),
    ],
)  # fmt: skip
def test_a_style_needs_its_own_form_of_a_journals_name(
    fields: dict[str, Any], form: Any, lacks: tuple[str, ...], noted: list[str]
) -> None:
    """The other one serves, and is noted; a journal that is not known at all is missing, once."""
    made = reference_list([record(**fields)], Setter(form), "any")
    assert [one.missing for one in made.lacking] == ([lacks] if lacks else [])
    assert [one.text for one in made.notes] == noted
    assert made.guessed


@dataclass(frozen=True)
class Setter:
    """A citer that prints keys."""

    form: Literal["short", "full", ""]

    def styles(self, word: str = "") -> list[Style]:
        """None but its own."""
        return [self.style(word)]

    def style(self, name: str) -> Style:
        """Any."""
        return Style(name, name)

    def journal(self, _style: str) -> Literal["short", "full", ""]:
        """The form that it was made with."""
        return self.form

    def surely(self, _name: str) -> bool:
        """Never."""
        return False

    def format(self, references: Sequence[Reference], style: str, *, pmid: bool = False) -> list[Formatted]:
        """Their keys, numbered."""
        assert style
        assert not pmid
        keys = [one.key or "" for one in references]
        return [Formatted(key, at, key, key, key) for at, key in enumerate(keys, start=1)]


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
