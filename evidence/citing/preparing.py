"""A reference as the engine must have it to print it rightly. The record itself is never changed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from evidence.citing import ahead, languages, numbers, words
from evidence.citing.forms import LAW
from evidence.citing.mending import Sheet
from evidence.citing.people import people
from evidence.citing.telling import VARIABLE, told
from evidence.model.csl import to_csl
from evidence.model.markup import plain, rich
from evidence.model.reference import Reference

# What a library knows and no list prints; what belongs to one citation or to the engine itself; PubMed's numbers and the
# address stand apart, below.
_DROPPED = frozenset(
    ("abstract", "annote", "call-number", "citation-label", "citation-number", "custom", "first-reference-note-number", "keyword",
     "locator", "note", "references", "source", "title-short", "year-suffix")
)  # fmt: skip
_SERIALS = frozenset(
    ("article-journal", "article-magazine", "article-newspaper", "periodical", "review", "review-book")
)
_RUNS = ("issue", "volume", "number", "chapter-number", "collection-number", "number-of-volumes", "part", "supplement")
_TITLES = frozenset(
    ("title", "container-title", "collection-title", "volume-title", "part-title", "original-title", "reviewed-title",
     "event-title")
)  # fmt: skip
_STOPPED = ("title", "container-title", "container-title-short", "collection-title", "original-title", "volume-title")
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)+", re.IGNORECASE)
_IS_DOI = re.compile(r"10\.\d{4,9}/\S+")
_ADDRESS = re.compile(r"https?://[^\s/]+(?:/\S*)?", re.IGNORECASE)
_LONGEST = 4000  # characters of a name, a number or an address; titles may be longer


def item(reference: Reference, id: str, sheet: Sheet, *, pmid: bool) -> dict[str, Any]:
    """`reference` as a CSL-JSON item called `id`, for the style of `sheet`."""
    fields = {name: words.plain(text) for name, text in reference.fields.items() if name not in _DROPPED}
    fields = {name: _few_tags(text) if name in _TITLES else text[:_LONGEST] for name, text in fields.items()}
    for name in _STOPPED:
        if name in fields:
            fields[name] = words.without_stop(fields[name])
    fields["language"] = languages.of(plain(fields.get("title", "")), fields.get("language"))
    _name_journal(reference.type, fields)
    _number(fields, sheet)
    _locate(fields, pmid=pmid)
    named = people(reference, sheet.initials if reference.type not in LAW else frozenset(), sheet.joint)
    kind = reference.type
    if kind == "chapter" and not fields.get("container-title") and not any(one.role == "editor" for one in named):
        kind = "book"  # styles would print "In:" with nothing after it
    available = ahead.only_available(reference)
    dates = [one for one in reference.dates if available is None or one.variable != "issued"]
    dates += [replace(available, variable="issued")] if available else []
    made = to_csl(replace(reference, type=kind, fields=fields, names=named, dates=tuple(dates)))
    made = {name: _guarded(name, value, sheet) for name, value in made.items() if name not in _DROPPED and value}
    if sheet.telling:
        made[VARIABLE] = words.hidden(told(replace(reference, names=named), sheet.telling))
    return made | dict.fromkeys(ahead.says(reference), "yes") | {"id": id}


def address(reference: Reference) -> tuple[str, str] | None:
    """What the list prints of where the work is on the web (a bare DOI or an address) and the http(s) link; None: nothing."""
    fields = reference.fields
    doi = bare_doi(words.plain(fields.get("DOI", "")))[:_LONGEST]
    if doi:
        return (doi, "https://doi.org/" + quote(doi, safe="/:;()._-~!$&*+,=@")) if _IS_DOI.fullmatch(doi) else None
    url = words.plain(fields.get("URL", ""))[:_LONGEST]
    return (url, quote(url, safe="/:;?#()[]._-~!$&*+,=@%")) if _ADDRESS.fullmatch(url) else None


def bare_doi(text: str) -> str:
    """A DOI without `https://doi.org/` or `doi:` before it, its letters as they are."""
    return _DOI.sub("", text.strip()).strip()


def _name_journal(type: str, fields: dict[str, str]) -> None:
    """Where one form of a journal's name is known it serves for both: no form is made up."""
    full, short = fields.get("container-title"), fields.get("container-title-short")
    if type in _SERIALS and (known := full or short):
        fields["container-title"], fields["container-title-short"] = known, short or known
        fields.pop("publisher", None)  # exports name it; no list prints a journal's, but some styles would
        fields.pop("publisher-place", None)


def _number(fields: dict[str, str], sheet: Sheet) -> None:
    if "page" in fields:
        fields["page"] = numbers.pages(fields["page"])
    for name in _RUNS:
        if name in fields:
            fields[name] = numbers.issue(fields[name], sheet.dash)
    if sheet.family == "ama":
        for name in ("issue", "volume"):
            if name in fields:
                fields[name] = numbers.supplement(fields[name], volume=name == "volume")
    if "edition" in fields:
        fields["edition"] = numbers.edition(fields["edition"])
        if sheet.family and fields["edition"] == "1":  # these styles name later editions only
            del fields["edition"]


def _locate(fields: dict[str, str], *, pmid: bool) -> None:
    """A DOI bare; an address only where there is no DOI; PubMed's numbers only when asked for."""
    if doi := bare_doi(fields.pop("DOI", "")):
        fields["DOI"] = doi
    if doi or not _ADDRESS.fullmatch(fields.get("URL", "")):
        fields.pop("URL", None)
    if not pmid:
        fields.pop("PMID", None)
        fields.pop("PMCID", None)


def _few_tags(title: str) -> str:
    """`title`, without its tags where they are in order and more than the engine is given."""
    return plain(title) if title.count("<") > words.MOST_TAGS and rich(title) == title else title


def _guarded(name: str, value: Any, sheet: Sheet) -> Any:
    if name == "title":
        return _title(value, sheet)
    if name in {"id", "type", "language"}:
        return value
    if isinstance(value, str):
        return words.hidden(value) if name in {"DOI", "URL"} else words.guarded(value)
    if isinstance(value, list):
        return [{part: words.guarded(text) for part, text in one.items()} for one in value]
    if "literal" in value:
        return value | {"literal": words.guarded(value["literal"][:_LONGEST])}
    return value


def _title(title: str, sheet: Sheet) -> str:
    if sheet.colon_capital:
        title = words.capital_after_colon(title)
    title = words.guarded(title)
    if sheet.title_case or sheet.sentence_case:
        return words.kept_capitals(title, all_words=sheet.sentence_case)
    return title


__all__ = ["address", "bare_doi", "item"]
