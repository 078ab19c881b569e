"""cite and styles, as people and scripts meet them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence.citing import installed
from tests.citing.lists import HERE, needs_extra
from tests.conftest import Command

KEYS = ("reeves2000knee", "hackett1958", "bae2021")


@needs_extra
def test_a_list_looks_as_an_editor_wants_it(shipped_folder: Path, command: Command) -> None:
    """Numbered lines, nothing else, nothing on standard error, exit 0."""
    told = command("-L", shipped_folder, "cite", *KEYS, "--style", "ama")
    expected = (HERE / "shipped.ama.txt").read_text("utf-8").splitlines()
    assert told.out.splitlines() == [f"{at}. {line}" for at, line in enumerate(expected, start=1)]
    assert (told.code, told.err) == (0, "")


@needs_extra
def test_json_has_the_contracts_shape(shipped_folder: Path, command: Command) -> None:
    """Style, references in order with key, number, text without the number, html."""
    told = command("-L", shipped_folder, "cite", *KEYS, "--style", "vancouver", "--json").json
    assert told["style"] == "nlm-citation-sequence"
    assert [(one["key"], one["number"]) for one in told["references"]] == list(zip(KEYS, (1, 2, 3), strict=True))
    assert all(set(one) == {"key", "number", "text", "html"} for one in told["references"])
    assert told["references"][0]["text"].startswith("Reeves KD, ")


@needs_extra
def test_markdown_and_html_are_lists(shipped_folder: Path, command: Command) -> None:
    """A numbered list, or paragraphs in a style that sorts by author."""
    base = ("-L", shipped_folder, "cite", *KEYS)
    assert command(*base, "--format", "markdown").out.splitlines()[1].startswith("2. Hackett GS. *Ligament")
    assert "\n\nHackett" in command(*base, "--format", "markdown", "--style", "apa").out
    html = command(*base, "--format", "html").out
    assert html.startswith('<ol class="references">\n<li id="ref-reeves2000knee">Reeves KD')
    assert html.endswith("</ol>\n")
    assert command(*base, "--format", "html", "--style", "apa").out.startswith(
        '<div class="references">\n<p id="ref-bae2021">'
    )


@needs_extra
def test_an_incomplete_record_is_cited_and_named(shipped_folder: Path, command: Command) -> None:
    """Printed all the same; what it lacks on standard error; exit 1."""
    told = command("-L", shipped_folder, "cite", "schmidt1995", "hackett1958")
    assert told.code == 1
    assert told.out.startswith("1. Schmidt CC, Georgescu HI, Kwoh CK, et al. Effect of growth factors")
    assert told.err == "evidence: 1. schmidt1995 is incomplete: the other authors\n"
    told = command("-L", shipped_folder, "cite", "schmidt1995", "--style", "apa")
    assert told.err == "evidence: schmidt1995 is incomplete: the other authors\n"
    told = command("-L", shipped_folder, "cite", "schmidt1995", "--json")
    assert told.json["missing"] == [{"key": "schmidt1995", "fields": ["authors_rest"]}]


@needs_extra
def test_a_retracted_work_is_named_and_a_corrected_one_too(tmp_path: Path, command: Command) -> None:
    """A retraction ends with 1, a correction with 0."""
    whole = {
        "type": "article-journal",
        "title": "T",
        "author": [{"family": "Li"}],
        "container-title": "J",
        "volume": "1",
        "page": "2",
    }
    items = [
        whole
        | {"id": key, "issued": {"date-parts": [[year]]}, "custom": {"notices": [{"kind": kind, "ref": "J. 2005;9:9"}]}}
        for key, year, kind in (("gone", 2001, "retraction"), ("mended", 2002, "erratum"))
    ]
    (tmp_path / "a.json").write_text(json.dumps(items))
    command("init", tmp_path / "l")
    command("-L", tmp_path / "l", "import", tmp_path / "a.json")
    told = command("-L", tmp_path / "l", "cite", "gone")
    assert (told.code, told.out) == (1, "1. Li. T. J. 2001;1:2.\n")
    assert "gone: Retracted: J. 2005;9:9" in told.err
    told = command("-L", tmp_path / "l", "cite", "mended")
    assert told.code == 0
    assert "mended: Corrected: J. 2005;9:9" in told.err


@needs_extra
def test_a_form_of_a_journals_name_that_stands_for_the_other_is_noted(shipped_folder: Path, command: Command) -> None:
    """It makes no list unsound; where the style does not need the form that is missing, nothing is said."""
    told = command("-L", shipped_folder, "cite", "hackett1958", "ali2025")
    said = "the journal's abbreviation is not known; its full name is printed"
    assert (told.code, told.err) == (0, f"evidence: 2. ali2025: {said}\n")
    assert command("-L", shipped_folder, "cite", "ali2025", "--json").json["notes"] == [
        {"key": "ali2025", "text": said}
    ]
    assert command("-L", shipped_folder, "cite", "ali2025", "--style", "apa").err == ""
    told = command("-L", shipped_folder, "cite", "klein1989")
    assert (told.code, told.err) == (0, "")
    assert "full name is not known" in command("-L", shipped_folder, "cite", "klein1989", "--style", "apa").err


@needs_extra
def test_a_style_that_was_guessed_is_named(shipped_folder: Path, command: Command) -> None:
    """By its title; one that was named by its own name is not."""
    told = command("-L", shipped_folder, "cite", "hackett1958", "--style", "new england j")
    assert (
        told.err
        == "evidence: The style is The New England Journal of Medicine (the-new-england-journal-of-medicine).\n"
    )
    assert command("-L", shipped_folder, "cite", "hackett1958", "--style", "nejm").err == ""
    told = command("-L", shipped_folder, "cite", "hackett1958", "--style", "annals")
    assert (told.code, told.out) == (2, "")


@pytest.mark.parametrize("format_name", ["text", "csl-json"])
def test_nothing_to_cite_writes_nothing(
    shipped_folder: Path, tmp_path: Path, command: Command, format_name: str
) -> None:
    """A query that no record answers: said, exit 1, and the old file stays as it is."""
    old = tmp_path / "list.txt"
    old.write_text("old")
    for file in (old, tmp_path / "new.txt"):
        told = command("-L", shipped_folder, "cite", "--query", "zzyzx", "--format", format_name, "-o", file)
        assert (told.code, told.out) == (1, "")
        assert "No record answers the query." in told.err
    assert old.read_text() == "old"
    assert not (tmp_path / "new.txt").exists()


def test_an_unknown_key_prints_nothing(shipped_folder: Path, command: Command) -> None:
    """Every unknown key is named, with near ones; exit 1."""
    told = command("-L", shipped_folder, "cite", "hackett1958", "reeves2000kne", "zzz")
    assert (told.code, told.out) == (1, "")
    assert "'reeves2000kne', 'zzz'" in told.err
    assert "reeves2000knee" in told.err


@needs_extra
def test_a_query_and_an_order_make_a_list(shipped_folder: Path, command: Command) -> None:
    """The keys first, each record once; ordered by year or by evidence when asked for."""
    base = ("-L", shipped_folder, "cite", "--json", "hackett1958", "--query", "author:hackett")
    given = [one["key"] for one in command(*base).json["references"]]
    assert given[0] == "hackett1958"
    assert len(given) == len(set(given)) > 2
    years = [one["text"] for one in command(*base, "--order", "year").json["references"]]
    assert "1955" in years[0]
    assert [one["key"] for one in command(*base, "--order", "evidence").json["references"]] != given
    assert sorted(one["key"] for one in command(*base, "--order", "evidence").json["references"]) == sorted(given)


def test_records_are_given_without_the_engine(
    shipped_folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """csl-json and bibtex need neither pandoc nor styles, and carry no remarks."""
    monkeypatch.setattr(installed, "pandoc", lambda: None)
    items = command("-L", shipped_folder, "cite", *KEYS, "--format", "csl-json").json
    assert [one["id"] for one in items] == list(KEYS)
    assert all("note" not in one for one in items)
    told = command("-L", shipped_folder, "cite", "hackett1958", "--format", "bibtex")
    assert told.out.startswith("@book{hackett1958,")
    assert "note" not in told.out


def test_without_the_extra_cite_says_what_to_type(
    shipped_folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2, nothing printed, and the line that installs it; `styles` works."""
    monkeypatch.setattr(installed, "pandoc", lambda: None)
    told = command("-L", shipped_folder, "cite", *KEYS)
    assert (told.code, told.out) == (2, "")
    assert 'pip install "evidence[cite]"' in told.err
    assert command("styles", "lancet").code == 0


@needs_extra
def test_a_list_is_written_to_a_file(shipped_folder: Path, tmp_path: Path, command: Command) -> None:
    """Whole, as UTF-8; what to look at is still said."""
    file = tmp_path / "list.md"
    told = command(
        "-L", shipped_folder, "cite", "schmidt1995", "--style", "nlm", "--format", "markdown", "-o", file, "--json"
    )
    assert told.json == {"file": str(file), "bytes": file.stat().st_size}
    assert file.read_text("utf-8").endswith("1995;13(2):184–90.\n")
    assert told.code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cite",), "Which records?"), (("cite", "hackett1958", "--format", "rtf"), "not built yet"), (("cite", "hackett1958", "--format", "docx"), "not built yet"),
        (("cite", "hackett1958", "--format", "ris"), "not built yet"), (("cite", "hackett1958", "--style", "vancuver"), "no citation style"),
        (("cite", "hackett1958", "--style", "no.csl"), "is not there"), (("cite", "--query", "("), ""),
    ],
)  # fmt: skip
def test_wrong_usage_is_told(shipped_folder: Path, command: Command, words: tuple[str, ...], said: str) -> None:
    """Exit 2, nothing printed."""
    told = command("-L", shipped_folder, *words)
    assert (told.code, told.out) == (2, "")
    assert said in told.err


def test_styles_are_listed(command: Command) -> None:
    """The best first, as a table and as JSON; words that no style has are no fault."""
    assert command("styles", "pain").out.splitlines()[0].split() == ["pain", "PAIN"]
    assert command("styles", "pain", "med", "--json").json["styles"][0] == {
        "id": "pain-medicine",
        "title": "Pain Medicine",
    }
    assert command("styles", "zzyzx", "--json").json == {"styles": []}
    assert "No style" in command("styles", "zzyzx").out
    assert command("styles", "zzyzx").code == 0
    assert command("styles", "vancouver").out.startswith("vancouver -> nlm-citation-sequence  ")
    assert command("styles", "vancouver", "--json").json["styles"][0]["id"] == "nlm-citation-sequence"
    assert command("styles", "apa").out.startswith("apa  ")
