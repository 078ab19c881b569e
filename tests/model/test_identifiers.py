"""Identifiers: one normal form each, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.model.identifiers import doi, identifiers, isbn, pmcid, pmid


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1000/ABC", "10.1000/abc"),
        ("https://doi.org/10.1000/abc.", "10.1000/abc"),
        ("doi: 10.1016/S0140-6736(00)12345-6", "10.1016/s0140-6736(00)12345-6"),
        ("(10.1000/abc)", "10.1000/abc"),
        ("10.1000/a(b)c)", "10.1000/a(b)c"),
        ("11.1000/abc", None),
        ("", None),
    ],
)
def test_a_doi(text: str, expected: str | None) -> None:
    """Lower case, without what surrounds it; brackets only when they were opened in it."""
    assert doi(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10710805", "10710805"),
        ("PMID: 00123", "123"),
        (" 7 ", "7"),
        ("0", None),
        ("PMC123", None),
        ("1234567890", None),
    ],
)
def test_a_pmid(text: str, expected: str | None) -> None:
    """Digits without leading zeros."""
    assert pmid(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("pmc0123", "PMC123"), ("PMCID: PMC7.2", "PMC7"), ("PMC 9", "PMC9"), ("123", None), ("", None)],
)
def test_a_pmcid(text: str, expected: str | None) -> None:
    """PMC and digits, without a version."""
    assert pmcid(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0-306-40615-2", "9780306406157"),
        ("978-0-306-40615-7", "9780306406157"),
        ("080442957X", "9780804429573"),
        ("0-306-40615-3", None),
        ("978-0-306-40615-8", None),
        ("123", None),
    ],
)
def test_an_isbn(text: str, expected: str | None) -> None:
    """Thirteen digits with the right check digit."""
    assert isbn(text) == expected


def test_identifiers_of_a_work() -> None:
    """Those that name one work, by scheme; an ISBN and a faulty one are left out."""
    fields = {"DOI": "10.1000/X", "PMID": "none", "PMCID": "PMC1", "ISBN": "0-306-40615-2", "title": "x"}
    assert identifiers(fields) == {"doi": "10.1000/x", "pmcid": "PMC1"}


@given(st.text())
def test_a_normal_form_is_its_own(text: str) -> None:
    """Whatever the text, what is made of it does not change when it is read again."""
    for check in (doi, pmid, pmcid, isbn):
        value = check(text)
        assert value is None or check(value) == value
