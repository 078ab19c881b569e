"""The short way for tidy entries gives what bibtexparser gives, and steps aside for whatever is not tidy."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest

from evidence.formats import bibtex_values
from evidence.formats.bibtex_blocks import blocks
from evidence.formats.bibtex_case import protect
from evidence.formats.bibtex_values import BrokenError, Macros, raw_entry
from evidence.formats.encodings import Narrow

ROOT = Path(__file__).resolve().parent.parent
MARKS = ("{", "}", '"', ",", "=", "\\", "%", "\n", "@", "#", " ", "a", "1", "(", ")", "\n%x\n", ",,", "jan", "{}", "\t", "=\n", "\\{", "\0", "\n@x{y,", "}\n", "\u2028")  # fmt: skip
TIDY = '@Article{k:1, title = {A {b {c}} d}, n = 12, month = jan, x={p}, Y = "q, = r",\n abstract = {two\nlines}\n}'


def entries() -> list[str]:
    """The text of every entry of the golden files."""
    files = sorted((ROOT / "golden" / "bibtex").glob("*.bib"))
    texts = [
        block.raw
        for path in files
        for block in blocks(Narrow(io.BytesIO(path.read_bytes()), "utf-8"))
        if block.is_entry
    ]
    return [TIDY] * 20 + [text.decode("utf-8", "replace") for text in texts]


def outcome(text: str) -> object:
    """What an entry is read as, blanks joined; or why it cannot be."""
    try:
        entry = raw_entry(text, Macros())
    except BrokenError as error:
        return str(error)
    fields = [(name, " ".join(value.split())) for name, value in entry.fields]
    return entry.word, entry.key, fields, entry.end, entry.warnings


def test_both_ways_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """On golden entries and on 3,000 broken ones, the entry is the same with the short way and without."""
    chance = random.Random(5)
    known = entries()
    texts = list(known)
    for _ in range(3000):
        text = list(chance.choice(known))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text) + 1)
            if chance.random() < 0.35:
                del text[at : at + chance.randint(1, 4)]
            else:
                text[at:at] = chance.choice(MARKS)
        texts.append("".join(text))
    short = [outcome(text) for text in texts]
    monkeypatch.setattr(bibtex_values, "_tidy", lambda *_: None)
    assert short == [outcome(text) for text in texts]


def test_a_tidy_entry_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Braces three deep, quotes, numbers and months are read without bibtexparser."""
    monkeypatch.delattr(bibtex_values, "_parsed")
    assert dict(raw_entry(TIDY, Macros()).fields) == {
        "title": "A {b {c}} d", "n": "12", "month": "jan", "x": "p", "y": "q, = r", "abstract": "two\nlines",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("title", "written"),
    [
        (
            "Effects of vitamin D in Parkinson's disease: A trial",
            "Effects of vitamin {D} in {Parkinson's} disease: A trial",
        ),
        ("<i>Escherichia coli</i> in Turkish water", r"\textit{Escherichia coli} in {Turkish} water"),
        ("Effect of <i>Staphylococcus aureus</i>", r"Effect of \textit{{Staphylococcus} aureus}"),
        ("Level of H<sub>2</sub>O", r"Level of {H}\textsubscript{2}{O}"),
        ("Effects of Vitamin D and Water on Sleep in Ankara", "Effects of Vitamin {D} and Water on Sleep in {Ankara}"),
        ("THE EFFECT OF WATER ON SLEEP", "THE EFFECT OF WATER ON SLEEP"),
        ("MRI OF KNEES", "{MRI} {OF} {KNEES}"),
    ],
)
def test_capitals_that_stay_are_braced(title: str, written: str) -> None:
    """Names and acronyms are in braces; in a title with capitals throughout, those that its abstract writes so."""
    assert (
        protect(title, "People in Ankara took vitamin D. Water helped, and sleep was better. Effects of water stayed.")
        == written
    )
