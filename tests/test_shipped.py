"""The shipped library, as the issue's purpose has it: what a physician finds on the first day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT, Command


def test_every_citation_is_read_and_a_second_import_changes_nothing(tmp_path: Path, command: Command) -> None:
    """All read, all added, none refused; then all unchanged; export gives the file byte for byte."""
    bib = ROOT / "data" / "citations.bib"
    command("init", tmp_path / "l")
    first = command("-L", tmp_path / "l", "import", bib, "--json")
    assert first.code == 0
    assert (first.json["read"], first.json["added"], first.json["refused"]) == (190, 190, 0)
    again = command("-L", tmp_path / "l", "import", bib, "--json").json
    assert (again["read"], again["unchanged"]) == (190, 190)
    command("-L", tmp_path / "l", "export", "-o", tmp_path / "out.bib")
    assert (tmp_path / "out.bib").read_bytes() == bib.read_bytes()


def test_a_changed_entry_arrives_and_undo_takes_it_back(shipped: Path, tmp_path: Path, command: Command) -> None:
    """One field changed in the file: one merged, its field listed; undone, the export is the shipped file again."""
    text = (ROOT / "data" / "citations.bib").read_text(encoding="utf-8")
    assert "pages = {68--74, 77--80}" in text
    changed = tmp_path / "citations.bib"
    changed.write_text(text.replace("pages = {68--74, 77--80}", "pages = {68--80}"), encoding="utf-8")
    told = command("-L", shipped, "import", changed, "--json").json
    assert (told["merged"], told["unchanged"], told["added"]) == (1, 189, 0)
    assert told["files"][0]["entries"][0]["fields_added"] == ["page"]
    assert command("-L", shipped, "undo").code == 0
    assert command("-L", shipped, "export").out == text


def test_every_study_fact_finds_its_record(shipped: Path, command: Command) -> None:
    """A second import of the facts: all unchanged, none refused."""
    told = command("-L", shipped, "import", ROOT / "data" / "study-facts.jsonl", "--json").json
    assert (told["read"], told["unchanged"], told["refused"]) == (1356, 1356, 0)


def test_the_example_question(shipped: Path, command: Command) -> None:
    """Reeves 2000 is among the randomised trials of dextrose for knee osteoarthritis."""
    told = command(
        "-L", shipped, "search", "knee osteoarthritis dextrose", "--design", "randomized-controlled-trial", "--json"
    ).json
    keys = [hit["key"] for hit in told["hits"] if hit["match"] == "all"]
    assert "reeves2000knee" in keys
    hit = told["hits"][keys.index("reeves2000knee")]
    assert hit["level"]["value"] == 2
    assert "knee-osteoarthritis" in hit["tags"]["condition"]
    assert hit["tags"]["solution"] == ["dextrose"]
    assert told["coverage"]["records"] == 190


def test_a_broad_term_includes_its_narrower_ones(shipped: Path, command: Command) -> None:
    """condition:osteoarthritis finds knee, hip, hand or finger, and thumb."""
    told = command("-L", shipped, "search", "condition:osteoarthritis", "--limit", "190", "--json").json
    seen = {term for hit in told["hits"] for term in hit["tags"]["condition"]}
    assert {"knee-osteoarthritis", "hip-osteoarthritis", "thumb-osteoarthritis"} <= seen
    assert seen & {"hand-osteoarthritis", "finger-osteoarthritis"}
    counted = {one["id"]: one["count"] for one in told["facets"]["condition"]}
    for term in ("knee-osteoarthritis", "thumb-osteoarthritis"):
        narrow = command("-L", shipped, "search", f"condition:osteoarthritis condition:{term}", "--json").json
        assert narrow["total"] == counted[term]


def test_why_shows_the_words(shipped: Path, command: Command) -> None:
    """Every quote stands where the claim says, in the record's own text or the fact's."""
    told = command("-L", shipped, "why", "reeves2000knee", "--json").json
    terms = {(one["axis"], one["term"]) for one in told["claims"]}
    assert {
        ("condition", "knee-osteoarthritis"),
        ("solution", "dextrose"),
        ("design", "randomized-controlled-trial"),
    } <= terms
    title = command("-L", shipped, "show", "reeves2000knee", "--json").json["record"]["title"]
    for claim in told["claims"]:
        assert claim["quote"]
        if claim["field"] == "title":
            assert title[claim["start"] : claim["end"]] == claim["quote"]


def test_what_is_not_there_is_not_there(shipped: Path, command: Command) -> None:
    """Avascular necrosis: known to the vocabulary, in no study; osteoarthritis is no answer to it."""
    told = command("-L", shipped, "search", "avascular necrosis", "--json").json
    assert (told["total"], told["hits"]) == (0, [])
    assert "condition:osteonecrosis" in told["expansions"][0]["as"]
    assert "There is no study here" in command("-L", shipped, "search", "avascular necrosis").out


@pytest.mark.parametrize(
    ("key", "level"), [("reeves2000knee", 2), ("bae2021", 1), ("hackett1958", None), ("liu1983", 5)]
)
def test_levels_follow_the_vocabularys_rules(shipped: Path, command: Command, key: str, level: int | None) -> None:
    """A trial 2, a meta-analysis of randomised trials 1, a book none, a study in rabbits 5, each with its reason."""
    told = command("-L", shipped, "show", key, "--json").json["level"]
    assert told["value"] == level
    assert told["reason"]
    assert told["scheme"] == "OCEBM 2011"


def test_every_record_is_whole(shipped: Path, command: Command) -> None:
    """Verify finds nothing."""
    assert command("-L", shipped, "verify", "--json").json == {"ok": True, "checked": 190, "faults": []}
