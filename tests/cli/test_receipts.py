"""import and show: what a person reads of an entry's way into the library, and of the record that it became."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.wiring import init_library
from tests.conftest import Command

RECORD = """PMID- 9
IS  - 1078-6791 (Print)
DP  - 2001 Mar
TI  - [Sleep in shift workers].
TT  - Le sommeil des ouvriers.
FAU - Li, Ann
PT  - Journal Article
JT  - Sleep medicine
MH  - *Sleep/physiology
MH  - Humans
{more}SO  - Sleep Med. 2001 Mar;1(1):1-2.
"""


@pytest.fixture
def folder(tmp_path: Path, command: Command) -> Path:
    """A library with one record from PubMed."""
    (tmp_path / "a.nbib").write_text("\n" + RECORD.format(more=""), encoding="utf-8")
    path = init_library(tmp_path / "library")
    assert command("-L", path, "import", tmp_path / "a.nbib").code == 0
    return path


def test_a_retraction_that_a_file_brings_stands_in_the_receipt(folder: Path, tmp_path: Path, command: Command) -> None:
    """The word in capitals, beneath the entry's line, also beyond the lines that are shown; what only PubMed has is counted."""
    others = [
        RECORD.format(more="").replace("PMID- 9", f"PMID- {at}").replace("Sleep in", f"{at} in") for at in range(50, 75)
    ]
    retracted = RECORD.format(more="RIN - Sleep Med. 2009 Jan;9(1):3\nGR  - 77/X\nJID - 12\n")
    (tmp_path / "b.nbib").write_text("\n" + "\n".join([*others, retracted]), encoding="utf-8")
    key = command("-L", folder, "search", "pmid:9", "--json").json["hits"][0]["key"]
    told = command("-L", folder, "import", tmp_path / "b.nbib")
    assert told.code == 0
    after = told.out.partition(f" merged into {key}: notices, ")[2].splitlines()
    assert after[0] == "2 fields of the source's own"
    assert after[1].startswith("    RETRACTED: ")
    assert "pubmed:GR" not in told.out


def test_an_entry_is_added_as_a_key_and_merged_into_one(folder: Path, tmp_path: Path, command: Command) -> None:
    """A new entry has its key from us: `added as`; one that brings nothing says `nothing new`."""
    less = RECORD.format(more="").replace("TT  - Le sommeil des ouvriers.\n", "")
    (tmp_path / "d.nbib").write_text(f"\n{less}", encoding="utf-8")
    told = command("-L", folder, "import", tmp_path / "d.nbib")
    assert ": nothing new" in told.out
    (tmp_path / "c.ris").write_text("TY  - JOUR\nTI  - Frogs\nAU  - Roe, R\nPY  - 1999\n", encoding="utf-8")
    assert "added as roe1999frogs" in command("-L", init_library(tmp_path / "new"), "import", tmp_path / "c.ris").out


def test_show_has_the_original_title_the_issn_and_the_headings(folder: Path, command: Command) -> None:
    """What an import speaks of can be seen: also the numbers, headings and types that PubMed gave."""
    key = command("-L", folder, "search", "pmid:9", "--json").json["hits"][0]["key"]
    lines = {" ".join(line.split()) for line in command("-L", folder, "show", key).out.splitlines()}
    assert {
        "Original: Le sommeil des ouvriers",
        "ISSN: 1078-6791",
        "MeSH: Sleep*/physiology; Humans",
        "Types: Journal Article",
    } <= lines
