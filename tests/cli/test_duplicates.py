"""duplicates, merge and distinct on the command line, on the shipped library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence.wiring import init_library
from tests.conftest import Command

TITLE = "Dextrose injections for the painful knees of miners"


@pytest.fixture
def twins(tmp_path: Path, command: Command) -> Path:
    """A library with two records of one PMID, written by hand, and a third that only looks like them."""
    folder = init_library(tmp_path / "twins")
    for key, more in (
        ("a", ("PMID=5", "volume=6", "page=389-399")),
        ("b", ("PMID=5", "volume=6", "page=389-99", "issue=2")),
    ):
        told = command("-L", folder, "add", f"id={key}", f"title={TITLE}", "author=Reeves, KD", "issued=2000", *more)
        assert told.code == 0
    assert command("-L", folder, "add", "id=c", f"title={TITLE}").code == 0
    return folder


def test_pairs_as_json_have_the_contracts_shape(shipped: Path, command: Command) -> None:
    """The traps of the shipped library are none of them the same; each names what decides."""
    told = command("-L", shipped, "duplicates", "--json")
    pairs = {frozenset((one["a"], one["b"])): one for one in told.json["pairs"]}
    assert told.code == 0
    assert {"a", "b", "verdict", "score", "because"} == set(next(iter(pairs.values())))
    for trap in ({"hackett1956", "hackett1958"}, {"kolasinski2020acr", "kolasinski2020ar"}):
        assert pairs[frozenset(trap)]["verdict"] == "same-study"
    assert all(one["verdict"] != "same" for one in pairs.values())


def test_a_pair_is_shown_side_by_side_with_what_to_do(twins: Path, command: Command) -> None:
    """What is alike once, what differs twice, why, and the very next commands."""
    told = command("-L", twins, "duplicates", "--class", "same")
    assert told.code == 0
    assert told.out.count(TITLE) == 1
    assert "389" not in told.out
    assert "issue" in told.out
    assert "because: PMID, title" in told.out
    assert "evidence merge a b" in told.out
    assert "evidence distinct a b" in told.out


def test_a_class_and_a_limit_choose(twins: Path, command: Command) -> None:
    """Only the pairs asked for, and as many; the sums are of all."""
    assert {
        one["verdict"] for one in command("-L", twins, "duplicates", "--class", "same", "--json").json["pairs"]
    } == {"same"}
    assert len(command("-L", twins, "duplicates", "--limit", "1", "--json").json["pairs"]) == 1
    assert command("-L", twins, "duplicates", "--limit", "1").out.count("because:") == 1
    assert "No two records" in command("-L", twins, "duplicates", "--class", "same-study").out
    assert "0 of 3 pairs" in command("-L", twins, "duplicates", "--limit", "0").out


def test_all_that_is_the_same_is_merged_in_one_change(twins: Path, command: Command) -> None:
    """One number to take back; the unsure ones are left and named; then there is nothing to merge."""
    told = command("-L", twins, "duplicates", "--merge-same")
    assert told.code == 0
    assert "b merged into a" in told.out
    assert "--class unsure" in told.out
    number = told.out.split("Change ")[1].split(";")[0]
    again = command("-L", twins, "duplicates", "--merge-same", "--json")
    assert again.json == {"change": None, "merged": []}
    assert command("-L", twins, "undo", number).code == 0
    assert len(command("-L", twins, "export", "--format", "csl-json", "--json").json) == 3
    assert command("-L", twins, "duplicates", "--merge-same", "--limit", "1").code == 2


def test_merge_prints_its_change_and_says_what_differs(shipped: Path, command: Command) -> None:
    """The change as JSON, the differences beside it, and undo."""
    told = command("-L", shipped, "merge", "hackett1958", "hackett1956", "--json")
    assert (told.code, told.json["key"], told.json["absorbed"]) == (0, "hackett1958", ["hackett1956"])
    assert {"key": "hackett1956", "field": "edition", "kept": "3rd", "other": "1st"} in told.json["differs"]
    assert "edition differs: 3rd stays; hackett1956 had 1st" in told.err
    assert json.loads(command("-L", shipped, "show", "hackett1956", "--json").out)["record"]["id"] == "hackett1958"
    assert command("-L", shipped, "undo", told.json["change"]).code == 0
    assert json.loads(command("-L", shipped, "show", "hackett1956", "--json").out)["record"]["id"] == "hackett1956"
    assert command("-L", shipped, "verify").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("merge", "hackett1958"), 2, "two records"),
        (("merge", "hackett1958", "nobody"), 1, "nobody"),
        (("merge", "hackett1958", "hackett1958"), 1, "one record"),
        (("distinct", "hackett1958", "hackett1958"), 1, "one record"),
        (("distinct", "hackett1958", "nobody"), 1, "nobody"),
        (("distinct", "hackett1958"), 2, "KEY"),
        (("duplicates", "--class", "other"), 2, "same-study"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(
    shipped: Path, command: Command, words: tuple[str, ...], code: int, said: str
) -> None:
    """A sentence, a hint and the contract's exit code."""
    told = command("-L", shipped, *words)
    assert (told.code, said in told.err) == (code, True)


def test_distinct_is_remembered_and_merge_refuses(shipped: Path, command: Command) -> None:
    """No pair any more, the same change when said again, and the way back is named."""
    first = command("-L", shipped, "distinct", "kolasinski2020acr", "kolasinski2020ar", "--json").json
    assert command("-L", shipped, "distinct", "kolasinski2020ar", "kolasinski2020acr", "--json").json == first
    pairs = command("-L", shipped, "duplicates", "--json").json["pairs"]
    assert not any("kolasinski2020acr" in (one["a"], one["b"]) for one in pairs)
    told = command("-L", shipped, "merge", "kolasinski2020acr", "kolasinski2020ar")
    assert told.code == 1
    assert f"evidence undo {first['change']}" in told.err
