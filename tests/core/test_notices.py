"""What was said of a work since it appeared: gravest first, in plain sentences, and only what is known."""

from __future__ import annotations

import io
import json
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings

from evidence.core.library import Library
from evidence.core.notices import Said, notices, warning
from evidence.model.record import Record
from evidence.model.reference import Notice, Reference, Relation
from tests.contracts.store_records import RECORDS
from tests.core.test_questions import opened


def record(
    *said: Notice, title: str = "A trial", types: tuple[str, ...] = (), ties: tuple[Relation, ...] = ()
) -> Record:
    """A record with notices."""
    reference = Reference("a", fields={"title": title}, notices=said, publication_types=types, relations=ties)
    return Record("a", reference)


@pytest.mark.parametrize(
    ("notice", "kind", "word", "text"),
    [
        (Notice("retraction"), "retraction", "RETRACTED", "Retracted"),
        (Notice("retraction", date="2019-05", source="PubMed"), "retraction", "RETRACTED", "Retracted 2019-05 (seen in PubMed)"),
        (
            Notice("erratum", "Ann Fam Med. 2013;11(5):480", None, "PubMed", "2026-01-01"),
            "erratum", "Corrected", "Corrected: Ann Fam Med. 2013;11(5):480 (seen in PubMed, checked 2026-01-01)",
        ),
        (Notice("concern", "p. 9", "2020"), "concern", "CONCERN", "Expression of concern 2020: p. 9"),
        (Notice("update", checked="2020"), "update", "Updated", "Updated (checked 2020)"),
        (Notice("comment"), "comment", "Commented on", "Commented on"),
        (Notice("Partial_Retraction"), "retraction", "PARTLY RETRACTED", "Retracted in part"),
        (Notice("Retraction in", "J. 2001"), "retraction", "RETRACTED", "Retracted: J. 2001"),
        (Notice("withdrawal", date="2001"), "retraction", "WITHDRAWN", "Withdrawn 2001"),
        (Notice("expression_of_concern"), "concern", "CONCERN", "Expression of concern"),
        (Notice("corrigendum"), "erratum", "Corrected", "Corrected"),
        (Notice("addendum", "p. 3"), "addendum", "Addendum", "Addendum: p. 3"),
        (Notice(""), "notice", "Notice", "Notice"),
    ],
)  # fmt: skip
def test_a_notice_is_a_sentence(notice: Notice, kind: str, word: str, text: str) -> None:
    """With what is known and nothing else; other names of the same thing are read, an unknown kind stays as given."""
    (said,) = notices(record(notice))
    assert (said.kind, said.word, said.text) == (kind, word, text)


def test_the_gravest_comes_first() -> None:
    """And its word is the one that stands beside the level."""
    kinds = ("comment", "addendum", "update", "erratum", "concern", "retraction")
    said = notices(record(*(Notice(kind, "p. 1") for kind in kinds)))
    assert [one.kind for one in said] == ["retraction", "concern", "erratum", "update", "comment", "addendum"]
    assert warning(said) == "RETRACTED"
    assert warning(notices(record(Notice("concern")))) == "CONCERN"
    assert warning(notices(record(Notice("erratum"), Notice("update")))) == ""
    assert notices(record()) == ()


# What a title says of its own work, and titles that only tell of such works.
TITLES = {
    "RETRACTED": (
        "RETRACTED: The knee", "Retracted: The knee", "retracted: The knee", "[Retracted] The knee",
        "[Retracted article] The knee", "RETRACTED ARTICLE: The knee", "Retracted article: The knee",
        "“Retracted article: The knee”", "(Retracted) The knee", "RETRACTED. The knee", "RETRACTED – The knee",
        "Gamma trial [Retracted]", "Gamma trial (Retracted)", "Gamma trial (RETRACTED).", "THE KNEE (RETRACTED)",
        "The knee (Retracted article. See vol. 5, 2010)", "The knee (Retracted Article)", "The knee [retracted article]",
        "The knee (Retracted article see vol. 5, 2010)", "The knee. (Retracted paper: see vol. 5)",
        "Gamma trial. RETRACTED ARTICLE", "Gamma trial RETRACTED ARTICLE.", "THE KNEE. RETRACTED ARTICLE",
        "The knee. Retracted publication.",
    ),
    "WITHDRAWN": (
        "WITHDRAWN: The knee", "Withdrawn: The knee", "The knee (Withdrawn)", "The knee (Withdrawn Paper. 2004, art. no. 7)",
    ),
    "": (
        "Dextrose injections in shoulder pain (retracted papers excluded): a review",
        "Citations of [retracted articles] after retraction", "Retracted tendons: a trial",
        "Repair of rotator cuff tears (retracted)", "Repair of cuff tears (retracted or massive)", "Retraction: The knee",
        "Treatment withdrawn: a trial", "Why papers are retracted", "The life of a retracted article",
        "THE LIFE OF A RETRACTED ARTICLE", "RETRACTED ROTATOR CUFF TEARS: A TRIAL", "Who cites (retracted article lists) still",
        "Studies (Retracted Articles Aside) of the knee", "Retraction notice to “The knee” [J. 5 (2001) 7]", "",
        "Withdrawn consent in trials (Withdrawn participants)", "How often is a paper retracted?",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("title", "word"), [(title, word) for word, titles in TITLES.items() for title in titles])
def test_a_title_may_say_it(title: str, word: str) -> None:
    """As publishers print it; a tendon that is retracted is no retraction, nor is a study of retractions."""
    said = notices(record(title=title))
    assert warning(said) == word
    assert len(said) == bool(word)


def test_a_title_is_read_in_linear_time() -> None:
    """However long, and whatever it is made of."""
    begun = perf_counter()
    for piece in (
        "[Retracted",
        "(Retracted)",
        "retracted article ",
        "RETRACTED ARTICLE",
        "((((",
        ". ",
        "[Retracted]]]]",
    ):
        notices(record(title=piece * 100_000))
    assert perf_counter() - begun < 2


def test_a_notice_under_the_title_of_what_it_takes_back_is_not_retracted() -> None:
    """Its kind or its publication type says that it is the notice; the publisher printed the old title over it."""
    own = Notice("RetractionOf", "J. 2001")
    assert warning(notices(record(own, title="Retracted: The knee"))) == ""
    for said in ("Retraction of Publication", "Retraction Notice"):
        assert notices(record(types=(said,), title="Retracted: The knee")) == ()
    assert warning(notices(record(own, types=("Retracted Publication",)))) == "RETRACTED"


def test_a_part_hides_no_whole() -> None:
    """A retraction of all of it goes before that of a part, whoever tells it, and is another notice."""
    part, whole = Notice("partial retraction", date="2016"), Notice("retraction", date="2018")
    for both in ((part, whole), (whole, part)):
        said = notices(record(*both))
        assert [one.word for one in said] == ["RETRACTED", "PARTLY RETRACTED"]
        assert [one.kind for one in said] == ["retraction"] * 2
        assert warning(said) == "RETRACTED"
    said = notices(record(part, types=("Retracted Publication",)))
    assert [one.word for one in said] == ["RETRACTED", "PARTLY RETRACTED"]
    assert warning(notices(record(part, title="RETRACTED: The knee"))) == "RETRACTED"
    assert warning(notices(record(Notice("concern"), part))) == "PARTLY RETRACTED"
    same = [_same("PartialRetractionIn"), _same("retraction"), _same("withdrawal")]
    assert same[0] != same[1] == same[2]


def _same(kind: str) -> object:
    return notices(record(Notice(kind, "p. 7", "2018")))[0].same


@pytest.mark.parametrize(
    ("kinds", "word", "text"),
    [
        (("RetractionIn", "Retraction in", "RETRACTION_IN", "RIN"), "RETRACTED", "Retracted 2001: J. 5"),
        (("Retracted Publication",), "RETRACTED", "Retracted 2001: J. 5"),
        (("RetractedandRepublishedIn", "RRI"), "RETRACTED", "Retracted and republished 2001: J. 5"),
        (("PartialRetractionIn", "PRIN"), "PARTLY RETRACTED", "Retracted in part 2001: J. 5"),
        (("ExpressionOfConcernIn", "Expression of concern in", "ECI"), "CONCERN", "Expression of concern 2001: J. 5"),
        (("ErratumIn", "Erratum in", "EIN"), "", "Corrected 2001: J. 5"),
        (("CorrectedandRepublishedIn",), "", "Corrected and republished 2001: J. 5"),
        (("UpdateIn", "UIN"), "", "Updated 2001: J. 5"),
        (("CommentIn", "CIN"), "", "Commented on 2001: J. 5"),
        (("RepublishedIn", "RPI"), "", "Republished 2001: J. 5"),
        (("RetractionOf", "Retraction of", "ROF", "Retraction of Publication"), "", "This retracts another work, 2001: J. 5"),
        (("PartialRetractionOf",), "", "This retracts a part of another work, 2001: J. 5"),
        (("RetractedandRepublishedFrom",), "", "This replaces a retracted work, 2001: J. 5"),
        (("ExpressionOfConcernFor",), "", "This is an expression of concern about another work, 2001: J. 5"),
        (("ErratumFor",), "", "This is a correction of another work, 2001: J. 5"),
        (("UpdateOf",), "", "This is an update of another work, 2001: J. 5"),
        (("CommentOn",), "", "This is a comment on another work, 2001: J. 5"),
        (("AssociatedDataset",), "", "Associated Dataset 2001: J. 5"),
        (("retraction pending",), "RETRACTED?", "Not sure what this says: “retraction pending”, 2001: J. 5"),
        (("TemporarilyWithdrawn",), "WITHDRAWN?", "Not sure what this says: “Temporarily Withdrawn”, 2001: J. 5"),
        (("Editorial concern",), "CONCERN?", "Not sure what this says: “Editorial concern”, 2001: J. 5"),
    ],
)  # fmt: skip
def test_an_indexers_own_kinds_are_read(kinds: tuple[str, ...], word: str, text: str) -> None:
    """MEDLINE's, however they are spelt; which of two works it is that was retracted; and what may be grave is so."""
    for kind in kinds:
        (said,) = notices(record(Notice(kind, "J. 5", "2001")))
        assert (warning((said,)), said.text, said.grave) == (word, text, bool(word)), kind


def test_what_is_not_sure_stands_after_what_is() -> None:
    """And before what is not grave; a type that says it plainly is told beside it."""
    said = notices(record(Notice("update"), Notice("retraction pending"), Notice("concern"), Notice("RetractionOf")))
    assert [one.word for one in said] == ["CONCERN", "RETRACTED?", "Updated", ""]
    assert warning(notices(record(Notice("retraction pending"), types=("Retracted Publication",)))) == "RETRACTED"


def test_a_publication_type_may_say_it() -> None:
    """And nothing is said twice: a notice of its own goes before."""
    (said,) = notices(record(types=("Journal Article", "Retracted Publication"), title="RETRACTED: x"))
    assert (said.kind, said.text) == ("retraction", "Retracted (its publication type is “Retracted Publication”)")
    own = Notice("retraction", "J. 2001")
    (said,) = notices(record(own, types=("Retracted Publication",), title="RETRACTED: x"))
    assert said.text == "Retracted: J. 2001"
    assert notices(record(types=("Retraction of Publication",))) == ()


def test_ties_are_said_too() -> None:
    """Of a correction or a comment, and of no other tie."""
    ties = (Relation("comment-on", "b"), Relation("erratum-for", "c"), Relation("same-work", "d"))
    assert [one.text for one in notices(record(ties=ties))] == ["This is a comment on b.", "This is a correction of c."]


def test_who_saw_it_makes_no_other_notice() -> None:
    """Nor when somebody looked again; another text or day does. Without either, its source tells it apart."""
    same = {Said("erratum", "", "", ref="p. 7", source=source, checked=source).same for source in ("a", "b", None)}
    assert len(same) == 1
    other = {
        Said("erratum", "", "", ref=ref, date=date).same
        for ref, date in (("p. 7", "2001"), ("p. 7", None), (None, "2001"))
    }
    assert len(other) == 3
    assert Said("update", "", "", source="a").same != Said("update", "", "", source="b").same


@given(RECORDS)
@settings(max_examples=50, deadline=None)
def test_any_record_can_be_told_of(record: Record) -> None:
    """Whatever its notices hold, on one line each."""
    for one in notices(record):
        assert one.text
        assert "\n" not in one.text


BIBTEX = """@article{a2001, author = {Li, Ann}, title = {A trial}, year = {2001}, doi = {10.1000/a},
  notices = {kind=retraction, ref={J. 2003;4:5}, date=2003-04, source={PubMed}, checked=2026-01-01 and kind=erratum, ref={p. 7}}}
"""
CSL = [
    {
        "id": "b2001", "type": "article-journal", "title": "Another trial", "DOI": "10.1000/b",
        "custom": {"notices": [{"kind": "concern", "date": "2004"}], "publication-types": ["Retracted Publication"]},
    }
]  # fmt: skip


def test_notices_come_in_and_go_out(tmp_path: Path) -> None:
    """From BibTeX and CSL-JSON and back through both: not a part is lost."""
    with opened(tmp_path / "library.db") as library:
        library.import_file("a.bib", io.BytesIO(BIBTEX.encode()))
        library.import_file("b.json", io.BytesIO(json.dumps(CSL).encode()))
        assert [one.text for one in notices(library.record("a2001"))] == [
            "Retracted 2003-04: J. 2003;4:5 (seen in PubMed, checked 2026-01-01)",
            "Corrected: p. 7",
        ]
        assert [one.kind for one in notices(library.record("b2001"))] == ["retraction", "concern"]
        for name in ("bibtex", "csl-json"):
            assert _again(library, tmp_path / f"{name}.db", name) == [
                one.reference.notices for one in library.records()
            ]


def _again(library: Library, path: Path, format: str) -> list[tuple[Notice, ...]]:
    """The notices of a library made of this one's records, written in `format`."""
    written = "".join(library.export(library.records(), format)).encode()
    with opened(path) as other:
        receipt = other.import_file("again", io.BytesIO(written), format=format)
        assert receipt.added == 2
        return [one.reference.notices for one in other.records()]


def test_a_later_import_adds_a_notice(tmp_path: Path) -> None:
    """A record that is there already takes the notice in, and keeps the ones it has."""
    with opened(tmp_path / "library.db") as library:
        library.import_file("a.bib", io.BytesIO(BIBTEX.replace("notices", "note").encode()))
        assert notices(library.record("a2001")) == ()
        library.import_file("b.bib", io.BytesIO(BIBTEX.encode()))
        library.import_file("c.bib", io.BytesIO(BIBTEX.replace("erratum, ref={p. 7}", "update").encode()))
        assert [one.kind for one in notices(library.record("a2001"))] == ["retraction", "erratum", "update"]
