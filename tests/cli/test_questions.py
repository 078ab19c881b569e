"""question, and how search and show tell of notices, as people and scripts meet them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from evidence.wiring import open_library
from tests.conftest import Command
from tests.store.test_store_sqlite import unprivileged

TRIAL = """@article{%(key)s, author = {Li, Ann}, title = {%(title)s}, journal = {Sleep}, year = {%(year)s}, doi = {10.1000/%(key)s}%(more)s}
"""


def bib(folder: Path, key: str, title: str, year: int = 2001, notice: str = "") -> Path:
    """A BibTeX file with one record."""
    path = folder / f"{key}.bib"
    more = f", notices = {{{notice}}}" if notice else ""
    path.write_text(TRIAL % {"key": key, "title": title, "year": year, "more": more}, "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path, command: Command) -> Path:
    """A library with two records on sleep."""
    command("init", tmp_path / "library", "--index", "memory")
    for key, title in (("li2001", "Sleep in shift workers"), ("li2002", "A randomized controlled trial of sleep")):
        assert command("-L", tmp_path / "library", "import", bib(tmp_path, key, title)).code == 0
    return tmp_path / "library"


def questions(command: Command, folder: Path, *words: object) -> list[dict[str, Any]]:
    """What `question …` says, as JSON."""
    told = command("question", *words, "-L", folder, "--json")
    assert told.code == 0, told.out
    found: list[dict[str, Any]] = told.json["questions"]
    return found


def test_a_question_is_saved_asked_and_deleted(folder: Path, tmp_path: Path, command: Command) -> None:
    """Saved with what answers now; what is new is told once; deleting is a change that undo takes back."""
    told = command("-L", folder, "question", "save", "Sleep", "sleep", "--since", "1999", "--sort", "year")
    assert told.code == 0
    assert "“Sleep” saved: 2 records answer now" in told.out
    assert command("-L", folder, "question", "new").out.startswith(
        "Sleep: sleep --since 1999 --sort year\n  2 answers, 0 new"
    )
    command("-L", folder, "import", bib(tmp_path, "li2003", "Sleep and more sleep", 2003))
    told = command("question", "new", "sleep", "-L", folder)
    assert "3 answers, 1 new" in told.out
    assert "  + li2003   Li 2003   level –   Sleep and more sleep\n" in told.out
    assert "0 new; last looked at 20" in command("question", "new", "-L", folder).out
    assert command("question", "delete", "SLEEP", "-L", folder).code == 0
    assert "No question is saved yet" in command("question", "list", "-L", folder).out
    assert command("undo", "-L", folder).code == 0
    assert questions(command, folder, "list")[0]["name"] == "Sleep"
    what = [one["what"] for one in command("history", "-L", folder, "--json").json["changes"]]
    assert what[:2] == ["undo 5 (question delete Sleep)", "question delete Sleep"]


def test_the_json_is_as_the_contract_has_it(folder: Path, tmp_path: Path, command: Command) -> None:
    """Of `save`, `list` and `new` alike; `--keep` marks nothing."""
    (saved,) = questions(command, folder, "save", "s", "sleep", "--design", "rct", "--no-expand", "sleep")
    assert saved | {"saved": "", "by": ""} == {
        "name": "s", "query": "sleep", "read_as": "sleep AND design:randomized-controlled-trial", "saved": "", "by": "",
        "looked": None, "total": 1, "new": [], "changed": [], "gone": [], "removed": [], "warnings": [],
        "options": {
            "condition": [], "solution": [], "comparator": [], "design": ["rct"], "since": None, "until": None,
            "level": None, "match": "all", "no_expand": ["sleep"], "sort": "relevance",
        },
    }  # fmt: skip
    assert questions(command, folder, "list") == [saved]
    command("-L", folder, "import", bib(tmp_path, "li2003", "A randomized controlled trial of sleep in pilots"))
    command(
        "-L",
        folder,
        "import",
        bib(tmp_path, "li2002", "A randomized controlled trial of sleep", 2001, "kind=retraction, date=2005"),
    )
    (new,) = questions(command, folder, "new", "--keep")
    assert [(one["key"], one["title"], one["year"], one["level"]["value"]) for one in new["new"]] == [
        ("li2003", "A randomized controlled trial of sleep in pilots", 2001, 2)
    ]
    assert [(one["key"], one["notices"][0]["text"]) for one in new["changed"]] == [("li2002", "Retracted 2005")]
    assert questions(command, folder, "new") == [new]
    command("-L", folder, "remove", "li2003")
    (gone,) = questions(command, folder, "new")
    assert (gone["new"], gone["changed"], gone["gone"], gone["removed"]) == ([], [], ["li2003"], ["li2003"])
    assert gone["looked"] is not None


def test_a_retraction_is_told_first(folder: Path, tmp_path: Path, command: Command) -> None:
    """Of a record that was seen before: with the word beside its level, and the sentence beneath."""
    command("-L", folder, "question", "save", "s", "sleep")
    command(
        "-L",
        folder,
        "import",
        bib(tmp_path, "li2002", "A randomized controlled trial of sleep", 2001, "kind=retraction, date=2005"),
    )
    command("-L", folder, "import", bib(tmp_path, "li2003", "Sleep"))
    lines = command("-L", folder, "question", "new").out.splitlines()
    assert lines[2].startswith("  ! li2002   Li 2001   level 2 RETRACTED   A randomized")
    assert lines[3] == "      RETRACTED: Retracted 2005"
    assert lines[4].startswith("  + li2003")
    command("-L", folder, "undo", "4")
    assert "      no longer: Retracted 2005" in command("-L", folder, "question", "new").out


def test_a_name_that_asks_something_else_says_so(folder: Path, command: Command) -> None:
    """What it asked before; the same once more changes nothing."""
    command("-L", folder, "question", "save", "s", "sleep")
    assert "nothing was changed" in command("-L", folder, "question", "save", "S", "sleep").out
    told = command("-L", folder, "question", "save", "S", "workers", "--until", "2010")
    assert "It asked before: sleep. What was seen starts anew." in told.out
    assert command("-L", folder, "question", "list").out.startswith("S: workers --until 2010\n  1 answer, 0 new")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("new", "none"), 1),
        (("delete", "none"), 1),
        (("save", " ", "sleep"), 2),
        (("save", "s", "(sleep"), 2),
        (("save", "s", "--condition", "nonsense"), 2),
        (("save",), 2),
        (("ask",), 2),
        ((), 2),
        (("save", "s", "sleep", "--limit", "7"), 2),
    ],
)
def test_mistakes_are_sentences(folder: Path, command: Command, words: tuple[str, ...], code: int) -> None:
    """With the contract's exit codes, and nothing is saved."""
    told = command("-L", folder, "question", *words)
    assert told.code == code
    assert told.err.startswith("evidence: ")
    assert questions(command, folder, "list") == []


def test_one_that_cannot_be_asked_keeps_no_other_back(folder: Path, command: Command) -> None:
    """A term that the vocabulary has lost: its question says so, the others are told and marked, exit 1."""
    command("-L", folder, "question", "save", "a", "--design", "rct")
    command("-L", folder, "question", "save", "b", "sleep")
    (folder / "vocabulary").mkdir()
    for name in ("conditions", "solutions", "designs"):
        text = f'[scheme]\nid = "{name}"\n'
        (folder / "vocabulary" / f"{name}.toml").write_text(text, "utf-8")
    told = command("-L", folder, "question", "new", "--json")
    assert told.code == 1
    first, second = told.json["questions"]
    assert (first["name"], first["error"]["kind"]) == ("a", "unknown-term")
    assert (second["name"], second["total"]) == ("b", 2)
    text = command("-L", folder, "question", "list").out
    assert "a: cannot be asked." in text
    assert "b: sleep\n  2 answers, 0 new; last looked at" in text


def damage(folder: Path, *statements: str) -> None:
    """Change rows behind the store's back."""
    with closing(sqlite3.connect(folder / "library.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE question SET state = CAST(state AS BLOB) WHERE id = 1",  # what one bit of a row's header does
        "UPDATE question SET state = replace(state, 'sleep', 'slaep') WHERE id = 1",
        "UPDATE question_seen SET number = 9 WHERE question = 1 AND record = 1",
        "UPDATE question SET looked = '2030-01-01T00:00:00Z' WHERE id = 1",
    ],
)
def test_a_damaged_question_keeps_no_other_back(folder: Path, tmp_path: Path, command: Command, statement: str) -> None:
    """It is named on standard error, exit 1; the others are told and marked, it can be deleted, and the rest goes on."""
    command("-L", folder, "question", "save", "First", "sleep")
    command("-L", folder, "question", "save", "b", "sleep")
    damage(folder, statement)
    command("-L", folder, "import", bib(tmp_path, "li2003", "Sleep"))
    for what in ("list", "new"):
        told = command("-L", folder, "question", what)
        assert told.code == 1
        assert "irst: cannot be asked. " in told.err
        assert "damaged" in told.err
        assert told.out.startswith("b: sleep\n  3 answers, 1 new")
    document = command("-L", folder, "question", "new", "--json")
    first, second = document.json["questions"]
    assert (first["name"].casefold(), first["error"]["kind"], len(second["new"])) == ("first", "library", 0)
    assert command("-L", folder, "question", "new", "b").code == 0
    assert command("-L", folder, "question", "new", "first").code == 1
    for words in (("search", "sleep"), ("show", "li2001"), ("history",), ("question", "save", "c", "sleep")):
        assert command("-L", folder, *words).code == 0, words
    told = command("-L", folder, "verify")
    assert told.code == 1
    assert "question first: " in told.out
    assert command("-L", folder, "backup", tmp_path / "b.zip").code == 4
    assert command("-L", folder, "backup", tmp_path / "b.zip", "--damaged").code == 1
    assert command("-L", folder, "question", "delete", "first").code == 0
    assert [one["name"] for one in questions(command, folder, "list")] == ["b", "c"]
    assert command("-L", folder, "question", "save", "first", "workers").code == 0
    assert [one["total"] for one in questions(command, folder, "list")] == [3, 3, 1]


def test_a_damaged_question_is_not_put_aside_unnoticed(folder: Path, command: Command) -> None:
    """Saving another one by its name says what is wrong, and how to go on; deleting it can be taken back."""
    command("-L", folder, "question", "save", "s", "sleep")
    damage(folder, "UPDATE question SET state = CAST(state AS BLOB)")
    told = command("-L", folder, "question", "save", "S", "workers")
    assert (told.code, "question delete 'S'" in told.err) == (4, True)
    assert command("-L", folder, "history", "--json").json["changes"][0]["what"] == "question save s"
    assert command("-L", folder, "question", "delete", "s").code == 0
    assert questions(command, folder, "list") == []
    assert command("-L", folder, "undo").code == 0
    assert command("-L", folder, "question", "list").code == 1


def test_a_name_is_told_once(folder: Path, command: Command) -> None:
    """However it is spelt, in the order given."""
    for name in ("Sleep", "work"):
        command("-L", folder, "question", "save", name, "sleep")
    asked = questions(command, folder, "new", "work", "Sleep", "SLEEP", "sleep", "Work")
    assert [one["name"] for one in asked] == ["work", "Sleep"]


def test_what_could_not_be_printed_stays_new(folder: Path, tmp_path: Path, command: Command) -> None:
    """A pipe that nobody reads any more, or a full disk behind it."""
    command("-L", folder, "question", "save", "s", "sleep")
    command("-L", folder, "import", bib(tmp_path, "li2003", "Sleep"))
    for target in (None, "/dev/full"):
        if target:
            with Path(target).open("w") as out:
                _run(folder, stdout=out)
        else:
            read, write = os.pipe()
            os.close(read)
            _run(folder, stdout=write)
            os.close(write)
        assert [one["key"] for one in questions(command, folder, "new", "--keep")[0]["new"]] == ["li2003"]


def _run(folder: Path, **how: Any) -> None:
    words = [sys.executable, "-m", "evidence", "-L", str(folder), "question", "new"]
    subprocess.run(words, check=False, stderr=subprocess.DEVNULL, **how)


def test_a_read_only_library_is_asked_and_not_marked(command: Command) -> None:
    """It is told, with a word that it stays new, and exit 1."""
    folder = Path(tempfile.mkdtemp()) / "library"  # pytest's own folders are closed to others
    try:
        folder.parent.chmod(0o755)
        command("init", folder, "--index", "memory")
        command("-L", folder, "import", bib(folder.parent, "li2001", "Sleep"))
        command("-L", folder, "question", "save", "s", "sleep")
        command("-L", folder, "import", bib(folder.parent, "li2002", "Sleep again"))
        for one in folder.iterdir():
            one.chmod(0o555 if one.is_dir() else 0o444)
        folder.chmod(0o555)
        with unprivileged():
            told = command("-L", folder, "question", "new")
        assert "+ li2002" in told.out
        assert "It stays new, because it could not be marked as looked at" in told.err
        assert told.code == 1
        for one in (folder, *folder.iterdir()):
            one.chmod(0o755)
        command("-L", folder, "question", "new")
        for one in (*folder.iterdir(), folder):
            one.chmod(0o555)
        with unprivileged():
            told = command("-L", folder, "question", "new")
        assert "1 new" not in told.out
        assert "That you looked could not be written down" in told.err
        assert told.code == 0
        with unprivileged():
            assert command("-L", folder, "question", "new", "--keep").code == 0
            assert command("-L", folder, "question", "list").code == 0
    finally:
        with suppress(OSError):
            folder.chmod(0o755)
            for one in folder.iterdir():
                one.chmod(0o755)


def test_a_retracted_study_never_looks_like_good_evidence(
    folder: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the table, in the blocks of a narrow terminal, and in `show`; its level stays as it is, and so do the facets."""
    before = command("-L", folder, "search", "sleep", "--json").json["facets"]
    command(
        "-L",
        folder,
        "import",
        bib(
            tmp_path,
            "li2002",
            "A randomized controlled trial of sleep",
            2001,
            "kind=retraction, date=2005, source={PubMed}",
        ),
    )
    for columns in ("150", "90"):
        monkeypatch.setenv("COLUMNS", columns)
        lines = command("-L", folder, "search", "key:li2002").out.splitlines()
        at = next(number for number, line in enumerate(lines) if "of sleep" in line)
        assert "RETRACTED" in "".join(lines[:at])
        assert lines[at + 1] == "    RETRACTED: Retracted 2005 (seen in PubMed)"
    found = command("-L", folder, "search", "sleep", "--json").json
    hit = next(one for one in found["hits"] if one["key"] == "li2002")
    assert hit["level"]["value"] == 2
    assert hit["notices"] == [
        {
            "kind": "retraction",
            "text": "Retracted 2005 (seen in PubMed)",
            "ref": None,
            "date": "2005",
            "source": "PubMed",
            "checked": None,
        }
    ]
    assert hit["record"]["custom"]["notices"] == [{"kind": "retraction", "date": "2005", "source": "PubMed"}]
    assert found["facets"] == before
    shown = command("-L", folder, "show", "li2002")
    assert shown.out.splitlines()[2] == "  RETRACTED: Retracted 2005 (seen in PubMed)"
    assert "level: 2 RETRACTED" in shown.out
    assert command("-L", folder, "show", "li2002", "--json").json["notices"] == hit["notices"]


def test_a_correction_is_shown_beside_its_study(folder: Path, tmp_path: Path, command: Command) -> None:
    """Beneath the title, and not beside the level."""
    command(
        "-L",
        folder,
        "import",
        bib(tmp_path, "li2002", "A randomized controlled trial of sleep", 2001, "kind=erratum, ref={p. 7}"),
    )
    out = command("-L", folder, "search", "key:li2002").out
    assert "    Corrected: p. 7\n" in out
    assert "RETRACTED" not in out


def test_two_may_look_at_once(folder: Path, tmp_path: Path) -> None:
    """Each marks what it has shown; together nothing is told twice, and nothing is lost."""
    with open_library(folder, write=True) as one, open_library(folder, write=True) as other:
        from evidence.core.questions import Inquiry

        one.save_question("s", Inquiry("sleep"))
        one.add(["id=x", "title=More sleep"])
        first = one.news("s")
        one.add(["id=y", "title=Most sleep"])
        second = other.news("s")
        other.looked(second)
        one.looked(first)
        assert [len(news.new) for news in (first, second, one.news("s"))] == [1, 2, 0]
    assert json.loads(first.question.asked)["text"] == "sleep"
