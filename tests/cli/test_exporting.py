"""export: each format out and in again, files replaced only by what says the same, formulas made harmless."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.core.library import Library
from evidence.wiring import init_library
from tests.conftest import Command


@pytest.mark.parametrize("name", ["bibtex", "ris", "nbib", "csv", "csl-json"])
def test_the_shipped_library_goes_out_and_comes_in_again(
    name: str, shipped: Path, tmp_path: Path, command: Command
) -> None:
    """190 records out, 190 in; the file that is then there is replaced by the same one."""
    file = tmp_path / f"out.{name}"
    assert command("-L", shipped, "export", "--format", name, "-o", file).code == 0
    data = file.read_bytes()
    assert command("-L", shipped, "export", "--format", name, "-o", file).code == 0
    assert file.read_bytes() == data
    told = command("-L", init_library(tmp_path / "new"), "import", "--json", file)
    assert (told.code, told.json["read"], told.json["added"]) == (0, 190, 190)
    assert command("-L", shipped, "import", "--json", file).json["added"] == 0  # the same keys and the same words


def test_a_file_is_not_replaced_by_one_that_says_less(
    shipped: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the new file does not read back the same, the old one stays and the records are named."""
    file = tmp_path / "old.ris"
    file.write_text("keep me", encoding="utf-8")
    monkeypatch.setattr(Library, "not_the_same", lambda *_args, **_more: ("hackett1958",))
    told = command("-L", shipped, "export", "--format", "ris", "-o", file)
    assert told.code == 1
    assert "hackett1958" in told.err
    assert file.read_text(encoding="utf-8") == "keep me"


def test_formulas_are_harmless_unless_raw(tmp_path: Path, command: Command) -> None:
    """A title that a spreadsheet would run gets an apostrophe, which an import takes off again."""
    folder = init_library(tmp_path / "library")
    assert command("-L", folder, "add", "id=a", "title==1+1").code == 0
    assert ",'=1+1," in command("-L", folder, "export", "--format", "csv").out
    assert ",=1+1," in command("-L", folder, "export", "--format", "csv", "--raw").out


def test_what_one_would_not_expect_of_the_file_is_said(tmp_path: Path, command: Command) -> None:
    """A name that another format has, and a file without a record, are said on standard error; the file is written."""
    folder = init_library(tmp_path / "library")
    assert command("-L", folder, "add", "id=a", "title=Sleep").code == 0
    told = command("-L", folder, "export", "-o", tmp_path / "a.ris")
    assert told.code == 0
    assert "written as bibtex; for ris: --format ris" in told.err
    assert not command("-L", folder, "export", "--format", "ris", "-o", tmp_path / "b.ris").err
    assert not command("-L", folder, "export", "-o", tmp_path / "b.txt").err
    assert "no record answers 'title:frogs'" in (
        command("-L", folder, "export", "--query", "title:frogs", "-o", tmp_path / "c.bib").err
    )


def test_originals_of_several_formats_are_told_and_parted(shipped: Path, tmp_path: Path, command: Command) -> None:
    """A file of several formats can be read by nobody: it is said, and --format gives those of one."""
    ris = tmp_path / "a.ris"
    ris.write_text("TY  - JOUR\nTI  - A new study of knots\nER  - \n", encoding="utf-8")
    assert command("-L", shipped, "import", ris).code == 0
    both = command("-L", shipped, "export", "--original")
    assert "190 of bibtex, 1 of ris" in both.err
    one = command("-L", shipped, "export", "--original", "--format", "ris")
    assert (one.out.split("\n")[0], one.err) == ("TY  - JOUR", "")


def test_a_folder_is_no_file(shipped: Path, tmp_path: Path, command: Command) -> None:
    """Wrong usage, not a full disk."""
    assert command("-L", shipped, "export", "-o", tmp_path).code == 2
    assert command("-L", shipped, "export", "-o", tmp_path / "none" / "a.bib").code == 2


def test_a_file_without_entries_needs_a_person(tmp_path: Path, command: Command) -> None:
    """Read as a format that it is not, a file gives nothing: that is no success."""
    ris = tmp_path / "a.ris"
    ris.write_text("TY  - JOUR\nTI  - A\nER  - \n", encoding="utf-8")
    told = command("-L", init_library(tmp_path / "library"), "import", "--format", "bibtex", ris)
    assert told.code == 1
    assert "no entries" in told.out + told.err
