"""Records as the text that is stored and hashed, and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from evidence.errors import InputError
from evidence.model.record import Fact, Record
from evidence.model.reference import Name, Reference
from evidence.store.states import digest, from_text, to_text
from tests.contracts.store_records import RECORDS, work


@given(RECORDS)
@settings(max_examples=60, deadline=None)
def test_a_record_comes_back_from_its_text(record: Record) -> None:
    """No value of any field is lost or changed on the way to the stored text and back."""
    text = to_text(record)
    assert from_text(text) == record
    assert to_text(from_text(text)) == text


def test_half_a_surrogate_pair_is_kept() -> None:
    """What no database takes as text is escaped in the JSON, and comes back."""
    record = work("a", "half \ud800 of a pair")
    assert to_text(record).isascii()
    assert from_text(to_text(record)) == record


def test_what_csl_lacks_is_kept_beside_it() -> None:
    """Only where CSL's own reading would lose something."""
    odd = replace(work("a"), reference=Reference("a", names=(Name(role="witness", family="Reeves"),)))
    assert '"reference"' in to_text(odd)
    assert '"reference"' not in to_text(work("a"))


def _deep() -> list[object]:
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    return nested


@pytest.mark.parametrize("value", [10**5000, _deep(), object()], ids=["a vast number", "deep", "no JSON"])
def test_what_is_no_json_is_refused(value: object) -> None:
    """With a sentence that names the record, not with a traceback."""
    with pytest.raises(InputError, match="record 'a' holds a value that cannot be stored"):
        to_text(replace(work("a"), facts=(Fact("n", value),)))  # type: ignore[arg-type]  # what a careless caller does


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"key": 1}', '{"key": "a", "csl": 3}', '{"key": "a", "csl": {}, "claims": [1]}']
)
def test_a_foreign_text_is_no_record(text: str) -> None:
    """ValueError, whatever it is."""
    with pytest.raises(ValueError, match="no stored record"):
        from_text(text)


def test_the_hash_is_of_the_exact_text() -> None:
    """SHA-256 of its UTF-8. Source of the value: FIPS 180-2's example "abc"."""
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
