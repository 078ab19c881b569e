"""Vocabularies: read from TOML, compiled, checked by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.core.phrases import forms
from evidence.core.tagging import Tagger
from evidence.errors import InputError
from evidence.formats.vocabulary_check import faults
from evidence.formats.vocabulary_toml import fingerprint, from_json, read, shipped, to_json
from evidence.model.record import Axis, standing
from evidence.model.reference import Reference

OTHER = """\
scheme = "condition"
nothing = ["rust never sleeps"]

[rust]
prefLabel = "rust"
altLabel = ["corrosion"]

[bridge-rust]
prefLabel = "bridge rust"
broader = ["rust"]
"""


def folder(tmp_path: Path, text: str | bytes) -> Path:
    """A vocabulary folder with one file."""
    (tmp_path / "own.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path


def test_shipped_vocabulary_has_no_fault() -> None:
    """`check-vocabulary` finds nothing in what is shipped."""
    assert list(faults(shipped())) == []


def test_shipped_vocabulary_is_whole() -> None:
    """Every term of the facts is there: conditions, solutions, designs and qualifiers."""
    vocabulary = read(shipped())
    assert len(list(vocabulary.of("condition"))) == 93
    assert len(list(vocabulary.of("solution"))) == 50
    assert len([term for term in vocabulary.of("design") if not term.qualifier]) == 30
    assert len([term for term in vocabulary.of("design") if term.qualifier]) == 12
    assert vocabulary.levels.name == "OCEBM 2011"
    assert all(term.grades for term in vocabulary.of("design") if not term.qualifier)


def test_compiled_copy_is_the_same() -> None:
    """What is read back from the compiled copy equals what was read from TOML."""
    vocabulary = read(shipped())
    assert from_json(to_json(vocabulary)) == vocabulary


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1]", '[0,"",["","",""],[],[]]', '[1,"",["","",""],[],[1]]', "[" * 100_000]
)
def test_a_broken_copy_is_a_value_error(text: str) -> None:
    """A compiled copy that is none is refused, so that the files are read again."""
    with pytest.raises(ValueError, match=r"."):
        from_json(text)


def test_fingerprint_follows_the_bytes(tmp_path: Path) -> None:
    """Another byte, another fingerprint; the same bytes, the same one."""
    first = fingerprint(folder(tmp_path, OTHER))
    assert fingerprint(tmp_path) == first
    assert fingerprint(folder(tmp_path, OTHER + "\n")) != first


def test_another_field_needs_no_code(tmp_path: Path) -> None:
    """A vocabulary of another field tags as the shipped one does."""
    tagger = Tagger(read(folder(tmp_path, OTHER)))
    claims = tagger.claims(
        Reference("x", fields={"title": "Rust never sleeps: corrosion, and rust on the bridge rust"})
    )
    assert standing(claims).on(Axis.CONDITION) == ("bridge-rust",)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ('scheme = "condition"\n[a]\nprefLabel = ', "own.toml:3", "no TOML"),
        (b'scheme = "condition"\n[a]\nprefLabel = "\xff"', "own.toml", "UTF-8"),
        ('scheme = "condition"\n[a]\naltLabel = ["b"]', "own.toml:2", "prefLabel is missing"),
        ('scheme = "condition"\n[a]\nprefLabel = "a"\naltLabel = [""]', "own.toml:4", "not empty"),
        ('scheme = "condition"\n[a]\nprefLabel = 3', "own.toml:3", "must be text"),
        ('[a]\nprefLabel = "a"', "own.toml:1", "scheme is missing"),
        ('scheme = "condition"\na = 3', "own.toml", "no table"),
        ('scheme = "design"\n[a]\nprefLabel = "a"\ngrades = [{value = 9, reason = "r"}]', "own.toml:4", "1 to 5"),
    ],
)
def test_what_cannot_be_read_names_its_line(tmp_path: Path, text: str | bytes, where: str, what: str) -> None:
    """`read` raises with file and line, and `faults` says the same."""
    with pytest.raises(InputError) as caught:
        read(folder(tmp_path, text))
    assert caught.value.message.startswith(where)
    assert what in caught.value.message
    assert any(one.where.startswith(where) and what in one.what for one in faults(tmp_path))


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ('[a]\nprefLabel = "a"\nprefLable = "b"', "own.toml:4", "unknown key prefLable"),
        ('[a]\nprefLabel = "a"\nbroader = ["z"]', "own.toml:4", "names z as broader"),
        ('[a]\nprefLabel = "a"\nrelated = ["z"]', "own.toml:4", "names z as related"),
        (
            '[a]\nprefLabel = "a"\nbroader = ["b"]\n[b]\nprefLabel = "b"\nbroader = ["a"]',
            "own.toml:4",
            "broader than itself",
        ),
        ('[a]\nprefLabel = "a"\n[b]\nprefLabel = "b"\naltLabel = ["A"]', "own.toml:6", "synonym of b and of a"),
        ('[a]\nprefLabel = "a"\nexactMatch = [{label = "A", id = "X1"}]', "own.toml:4", "no MeSH id"),
        ('[a]\nprefLabel = "a"\ngrades = [{value = 2, reason = "r", when = "now"}]', "own.toml:4", "reads 'now'"),
        ('[a]\nprefLabel = "a"\n\n[a]\nprefLabel = "b"', "own.toml:5", "stands twice, first on line 2"),
        ('[A_b]\nprefLabel = "a"', "own.toml:2", "is no id"),
    ],
)
def test_faults_by_file_and_line(tmp_path: Path, text: str, where: str, what: str) -> None:
    """What a reader would not notice is found by the check."""
    found = list(faults(folder(tmp_path, 'scheme = "condition"\n' + text)))
    assert any(one.where == where and what in one.what for one in found), found


def test_the_same_id_in_two_files(tmp_path: Path) -> None:
    """A term that stands in two files of one scheme is a fault."""
    folder(tmp_path, OTHER)
    (tmp_path / "second.toml").write_text('scheme = "condition"\n[rust]\nprefLabel = "iron oxide"\n', encoding="utf-8")
    assert any(one.where == "second.toml:2" and "own.toml too" in one.what for one in faults(tmp_path))


def test_an_unknown_scheme_is_a_fault(tmp_path: Path) -> None:
    """A scheme that no axis takes its terms from is named."""
    assert any("no scheme colour" in one.what for one in faults(folder(tmp_path, 'scheme = "colour"\n')))


@pytest.mark.parametrize("make", [lambda path: path / "none", lambda path: path])
def test_no_vocabulary_at_all(tmp_path: Path, make: object) -> None:
    """A missing or empty folder is an input error, not an empty vocabulary."""
    assert callable(make)
    with pytest.raises(InputError):
        read(make(tmp_path))


def test_forms_are_the_same_for_both_numbers() -> None:
    """Singular and plural, hyphen and blank, with and without article, are one form."""
    assert forms("Ligament-injuries of the knees") == forms("ligament injury of knee")
    assert forms("tendinopathies") == forms("tendinopathy")
    assert forms("meta-analyses") == forms("meta analysis")
