"""DOI, PMID, PMCID, ISBN and ISSN: one normal form each, and a check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

# CSL variable -> scheme name in the store and in queries.
SCHEMES: Mapping[str, str] = {"DOI": "doi", "PMID": "pmid", "PMCID": "pmcid"}

_DOI = re.compile(r"10\.\d{4,9}/\S+", re.IGNORECASE)
_DOI_ENDS = ".,;:\"'"


def doi(text: str) -> str | None:
    """The DOI in `text` ("https://doi.org/10.1/X." is `10.1/x`), in lower case; None when there is none.

    DOIs do not know case. Source: DOI Handbook, 2.4. A closing bracket belongs to it only when it was opened in it.
    """
    found = _DOI.search(text.strip())
    if not found:
        return None
    value = found.group().rstrip(_DOI_ENDS)
    while value.endswith((")", "]", ">")) and value.count(value[-1]) > value.count(_OPENING[value[-1]]):
        value = value[:-1].rstrip(_DOI_ENDS)
    return value.lower()


_OPENING = {")": "(", "]": "[", ">": "<"}


def pmid(text: str) -> str | None:
    """The PubMed number in `text` ("PMID: 10710805", Cochrane's "PUBMED 10710805"), without leading zeros; None when there is none."""
    found = re.fullmatch(r"(?:(?:pmid|pubmed):?\s*)?0*([1-9]\d{0,8})", text.strip(), re.IGNORECASE | re.ASCII)
    return found.group(1) if found else None


def pmcid(text: str) -> str | None:
    """The PubMed Central number in `text`, as `PMC123`; a version (`.1`) is dropped; None when there is none."""
    found = re.fullmatch(r"(?:pmcid:?\s*)?(?:PMC)\s*0*([1-9]\d{0,9})(?:\.\d+)?", text.strip(), re.IGNORECASE | re.ASCII)
    return f"PMC{found.group(1)}" if found else None


def isbn(text: str) -> str | None:
    """The ISBN in `text` as thirteen digits; None when its check digit is wrong. Source: ISO 2108."""
    digits = re.sub(r"[\s-]|^ISBN[:\s-]*", "", text.strip().upper(), flags=re.IGNORECASE)
    if re.fullmatch(r"\d{9}[\dX]", digits, re.ASCII):
        total = sum((10 - at) * (10 if ch == "X" else int(ch)) for at, ch in enumerate(digits))
        return None if total % 11 else _thirteen("978" + digits[:9])
    if re.fullmatch(r"\d{13}", digits, re.ASCII) and _thirteen(digits[:12]) == digits:
        return digits
    return None


def _thirteen(twelve: str) -> str:
    total = sum(int(ch) * (3 if at % 2 else 1) for at, ch in enumerate(twelve))
    return twelve + str(-total % 10)


def identifiers(fields: Mapping[str, str]) -> dict[str, str]:
    """The identifiers that name one work, by scheme, normalised; what fails its check is left out.

    An ISBN names a book and stands on its chapters too, so it is none of these.
    """
    get = fields.get
    return dict(_checked(get("DOI"), get("PMID"), get("PMCID")))


@lru_cache(maxsize=4096)
def _checked(a_doi: str | None, a_pmid: str | None, a_pmcid: str | None) -> tuple[tuple[str, str], ...]:
    found = (("doi", a_doi and doi(a_doi)), ("pmid", a_pmid and pmid(a_pmid)), ("pmcid", a_pmcid and pmcid(a_pmcid)))
    return tuple((scheme, value) for scheme, value in found if value)
