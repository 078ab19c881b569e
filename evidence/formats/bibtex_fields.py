"""One table both ways: what each BibTeX field is in CSL, in the order in which fields are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from evidence.model.csl import DATES, FIELDS, NAMES

Kind = Literal["text", "title", "names", "pages", "doi", "url", "pmid", "pmcid", "date", "raw"]


@dataclass(frozen=True, slots=True)
class Row:
    """The BibTeX field `bib` holds the CSL variable `csl`; the names in `also` are read as the same."""

    bib: str
    csl: str
    kind: Kind = "text"
    also: tuple[str, ...] = ()


_STANDARD = (
    Row("author", "author", "names"),
    Row("editor", "editor", "names"),
    Row("translator", "translator", "names"),
    Row("bookauthor", "container-author", "names"),
    Row("title", "title", "title"),
    Row("shorttitle", "title-short", "title"),
    Row("origtitle", "original-title", "title"),
    Row("journal", "container-title", "title", ("journaltitle", "booktitle")),
    Row("shortjournal", "container-title-short", "text", ("abbrev_source_title", "journal-iso", "journalabbr")),
    Row("eventtitle", "event-title"),
    Row("venue", "event-place"),
    Row("series", "collection-title", "title"),
    Row("collection-number", "collection-number"),
    Row("edition", "edition"),
    Row("type", "genre"),
    Row("date", "issued", "date"),
    Row("origdate", "original-date", "date"),
    Row("eventdate", "event-date", "date"),
    Row("epubdate", "available-date", "date"),
    Row("pubstate", "status"),
    Row("volume", "volume"),
    Row("issue", "issue"),
    Row("csl-number", "number"),
    Row("chapter", "chapter-number"),
    Row("pages", "page", "pages"),
    Row("pagetotal", "number-of-pages"),
    Row("volumes", "number-of-volumes"),
    Row("publisher", "publisher", "text", ("institution", "school", "organization")),
    Row("address", "publisher-place", "text", ("location", "place", "city")),
    Row("origpublisher", "original-publisher"),
    Row("origlocation", "original-publisher-place"),
    Row("isbn", "ISBN", "text"),
    Row("issn", "ISSN", "text"),
    Row("doi", "DOI", "doi"),
    Row("pmid", "PMID", "pmid", ("pubmed", "pubmed_id", "pubmedid")),
    Row("pmcid", "PMCID", "pmcid", ("pmc",)),
    Row("url", "URL", "url"),
    Row("urldate", "accessed", "date"),
    Row("language", "language", "text", ("langid",)),
    Row("keywords", "keyword", "text", ("keyword",)),
    Row("abstract", "abstract", "title"),
    Row("note", "note"),
    Row("annote", "annote", "text", ("annotation",)),
    Row("source", "source", "url"),
)
_PLACED = {row.csl for row in _STANDARD}
_OTHER = (
    *(Row(role, role, "names") for role in NAMES if role not in _PLACED),
    *(Row(name.lower(), name) for name in FIELDS if name not in _PLACED),
    *(Row(name, name, "date") for name in DATES if name not in _PLACED),
)
ROWS: tuple[Row, ...] = (*_STANDARD, *_OTHER)
BY_BIB: Mapping[str, Row] = {name: row for row in ROWS for name in (row.bib, *row.also)}

# CSL type -> BibTeX or biblatex entry type; a type without a line is @misc with `csltype`.
ENTRY_TYPES: Mapping[str, str] = {
    "article-journal": "article", "book": "book", "chapter": "incollection",
    "dataset": "dataset", "document": "misc", "entry-encyclopedia": "inreference", "graphic": "artwork",
    "legal_case": "jurisdiction", "legislation": "legislation", "manuscript": "unpublished", "motion_picture": "video",
    "pamphlet": "booklet", "paper-conference": "inproceedings", "patent": "patent", "performance": "performance",
    "periodical": "periodical", "personal_communication": "letter", "report": "techreport", "review": "review",
    "software": "software", "song": "audio", "standard": "standard", "thesis": "thesis", "webpage": "online",
}  # fmt: skip
CSL_TYPES: Mapping[str, str] = {
    **{bib: csl for csl, bib in ENTRY_TYPES.items()},
    "collection": "book", "mvcollection": "book", "mvbook": "book", "proceedings": "book", "mvproceedings": "book",
    "manual": "book", "reference": "book", "mvreference": "book", "inbook": "chapter", "bookinbook": "chapter",
    "suppbook": "chapter", "suppcollection": "chapter", "suppperiodical": "article-journal",
    "conference": "paper-conference", "report": "report", "phdthesis": "thesis", "mastersthesis": "thesis",
    "electronic": "webpage", "www": "webpage", "webpage": "webpage", "web_page": "webpage", "image": "figure", "movie": "motion_picture",
    "music": "song", "commentary": "review", "legal": "legal_case",
}  # fmt: skip
# A thesis's entry type says its kind.
THESES: Mapping[str, str] = {"phdthesis": "PhD thesis", "mastersthesis": "Master's thesis"}
SUBTYPES: Mapping[str, str] = {"article-magazine": "magazine", "article-newspaper": "newspaper"}

_PERIODICAL = frozenset(
    ("article-journal", "article-magazine", "article-newspaper", "review", "review-book", "periodical")
)
_IN_SERIES = frozenset(("book", "chapter", "paper-conference", "thesis", "entry-encyclopedia"))
_IN_BOOK = frozenset(("chapter", "paper-conference", "entry", "entry-dictionary", "entry-encyclopedia"))

# Fields of our own, beside those of the table.
OWN = frozenset(
    (
        "abstract-sections", "ascited", "citekey", "csltype", "day", "eid", "entrysubtype", "extra", "ids", "mesh",
        "missing", "month", "notices", "number", "publication-types", "relations", "status", "year",
    )
)  # fmt: skip
# Numbers of articles that have no pages, by the names that publishers give them.
ARTICLE_NUMBERS = ("eid", "articleno", "art_number", "article-number", "articlenumber")
PUBMED = frozenset(("pubmed", "pmid", "medline"))  # what `eprinttype` says when `eprint` is a PubMed number
# Fields that are kept letter for letter: names of files and links of other programs.
RAW = frozenset(("file", "local-url", "bdsk-file-1", "bdsk-url-1", "bdsk-url-2"))


def number_means(type: str) -> str:
    """The CSL variable that `number` is for a work of `type`."""
    if type in _PERIODICAL:
        return "issue"
    return "collection-number" if type in _IN_SERIES else "number"


def bib_name(row: Row, type: str) -> str:
    """The field that `row` is written to for a work of CSL `type`."""
    if row.csl == number_means(type):
        return "number"
    if row.csl == "container-title" and type in _IN_BOOK:
        return "booktitle"
    if row.csl == "publisher":
        return {"thesis": "school", "report": "institution"}.get(type, "publisher")
    return row.bib
