"""The data that ship with the project are in the form that our own writer writes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from evidence.formats import BIBTEX, CSL_JSON, STUDY_FACTS
from evidence.model.csl import to_csl
from evidence.model.identifiers import doi, isbn, pmcid, pmid
from evidence.model.reference import Date, Notice, Parsed, Reference, Relation
from evidence.ports import ParsedFact

DATA = Path(__file__).resolve().parent.parent.parent / "data"
CITATIONS = (DATA / "citations.bib").read_bytes()
FACTS = (DATA / "study-facts.jsonl").read_bytes()


@pytest.fixture(scope="module")
def works() -> dict[str, Reference]:
    """Every work of citations.bib by its key."""
    pieces = list(BIBTEX.read(io.BytesIO(CITATIONS), "utf-8"))
    assert all(isinstance(piece, Parsed) and not piece.warnings for piece in pieces)
    return {piece.reference.key or "": piece.reference for piece in pieces if isinstance(piece, Parsed)}


def test_citations_are_written_byte_for_byte(works: dict[str, Reference]) -> None:
    """Read and written again, the file does not change; all 190 works have keys of their own."""
    assert BIBTEX.write is not None
    assert "".join(BIBTEX.write(works.values())).encode() == CITATIONS
    assert len(works) == BIBTEX.count(io.BytesIO(CITATIONS), "utf-8") == 190


def test_citations_pieces_are_slices_of_the_file() -> None:
    """The pieces, with a line end and an empty line between, are the file."""
    raw = [piece.raw for piece in BIBTEX.read(io.BytesIO(CITATIONS), "utf-8")]
    assert b"\n\n".join(raw) + b"\n" == CITATIONS


def test_citations_survive_csl_json(works: dict[str, Reference]) -> None:
    """Out as CSL-JSON and in again, every work is the same."""
    assert CSL_JSON.write is not None
    text = "".join(CSL_JSON.write(works.values()))
    assert json.loads(text) == [to_csl(work) for work in works.values()]
    back = [piece.reference for piece in CSL_JSON.read(io.BytesIO(text.encode()), "utf-8") if isinstance(piece, Parsed)]
    assert back == list(works.values())


def test_identifiers_pass_their_checks(works: dict[str, Reference]) -> None:
    """Every DOI, PMID, PMCID and ISBN is in normal form, but for case and hyphens."""
    for work in works.values():
        for name, check in (("DOI", doi), ("PMID", pmid), ("PMCID", pmcid)):
            if value := work.fields.get(name):
                assert (check(value) or "").lower() == value.lower(), work.key
        assert "ISBN" not in work.fields or isbn(work.fields["ISBN"]), work.key


def test_ties_lead_to_works(works: dict[str, Reference]) -> None:
    """Every relation names a work of the file."""
    assert {tie.key for work in works.values() for tie in work.relations} <= set(works)


def test_what_a_librarian_looks_for(works: dict[str, Reference]) -> None:
    """Two runs of pages, a range of months, an edition, a notice, a former key and an online date stand as they shall."""
    assert works["reeves2000knee"].fields["page"] == "68-74, 77-80"
    assert b"pages = {68--74, 77--80}" in CITATIONS
    assert works["reeves2003acl"].dates == (Date(parts=((2003, 5), (2003, 6))),)
    assert works["hackett1958"].fields["edition"] == "3rd"
    assert works["hackett1958"].relations == (Relation("edition-of", "hackett1956"),)
    assert works["hackett1958"].extra["title-printed"] == "Ligament and Tendon Relaxation Treated by Prolotherapy"
    assert works["rabago2013knee"].notices == (
        Notice("erratum", "Ann Fam Med. 2013 Sep-Oct;11(5):480", source="https://www.ncbi.nlm.nih.gov/pubmed/23690322"),
    )
    assert works["jamin2015abs"].aliases == ("topol2015abs",)
    assert Date("available-date", ((2008, 4, 9),)) in works["cusi2008"].dates
    assert "The citing page (004 ref 7) has:" in works["reeves2000knee"].fields["note"]
    assert [(name.particle, name.family) for name in works["rabago2016qual"].names if name.particle] == [
        ("van", "Leuven")
    ]


@pytest.mark.parametrize(
    "braced",
    ["with or without {ACL} laxity", "traumatized {Achilles} tendons", "{Osgood-Schlatter} disease", "{Hackett-Hemwall}",
     "{Ehlers-Danlos}", "({TGF}-beta 1)", "of {TMD}", "doctor {Moon}", "rural {Illinois}", "{USG}-guided", "({O2-O3})"],
)  # fmt: skip
def test_names_and_acronyms_are_braced(braced: str) -> None:
    """Styles must not lower the capitals of names and acronyms in titles."""
    titles = [line for line in CITATIONS.decode().splitlines() if line.startswith("  title = ")]
    assert any(braced in title for title in titles)


def test_facts_speak_of_works_that_are_there(works: dict[str, Reference]) -> None:
    """Every line of study-facts.jsonl is a fact on a work of citations.bib, with its source."""
    pieces = list(STUDY_FACTS.read(io.BytesIO(FACTS), "utf-8"))
    facts = [piece for piece in pieces if isinstance(piece, ParsedFact)]
    assert len(facts) == len(pieces) == STUDY_FACTS.count(io.BytesIO(FACTS), "utf-8") == 1356
    assert {fact.key for fact in facts} <= set(works)
    assert all(fact.fact.source and fact.fact.quote for fact in facts)
