"""One table: what the columns of exports hold, by their headers. A header that is not here is kept under its own name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from evidence.model.csl import DATES, FIELDS, NAMES

Kind = Literal[
    "text", "title", "names", "groups", "pages", "first-page", "last-page", "date", "month", "day", "doctype", "doi", "pmid", "pmcid",
    "abstract", "keyword", "type", "key", "url", "issn", "isbn", "language", "citation", "id", "source", "own",
]  # fmt: skip
Column = tuple[Kind, str]
"""How a cell is read, and the CSL variable (or name role) it is for."""

# Our own writer's columns that are no CSL variable: each holds JSON, as `custom` has it.
OWN = (
    "mesh",
    "publication-types",
    "abstract-sections",
    "notices",
    "relations",
    "status",
    "missing",
    "as-cited",
    "aliases",
    "extra",
)

_GROUPS: tuple[tuple[Kind, str, str], ...] = (
    ("title", "title", "title|article title|document title|primary title|ti|t1|publication title (article)|titles"),
    ("names", "author", ("author|authors|author(s)|author names|author name|au|af|author full names|authors full names"
     "|author full name|full author names|authors (full)|creators|primary authors")),
    ("groups", "author", "group authors|corporate authors|book group authors|corporate author|ca|gp"),
    ("names", "editor", "editor|editors|editor(s)|book editors|editor names|be|ed"),
    ("names", "translator", "translator|translators"),
    ("names", "collection-editor", "series editor"),
    ("names", "container-author", "book author|book authors|ba"),
    ("text", "container-title", ("source title|journal|journal title|journal name|publication title|journal full title"
     "|full journal title|publication name|so|jf|secondary title|periodical|book title|conference title|journal/source")),
    ("text", "container-title-short", ("journal/book|journal abbreviation|abbreviated source title|journal abbrev"
     "|journal iso abbreviation|iso abbreviation|ji|j9|abbreviated journal|alternate title (journal)|journal short title")),
    ("source", "container-title", "source"),
    ("text", "volume", "volume|vol|vol.|vl|journal volume"),
    ("text", "issue", "issue|issue number|no.|is|journal issue|issue no|number (issue)"),
    ("pages", "page", "pages|page|page range|pp|start/end page|page(s)|pg|page numbers"),
    ("first-page", "page", "page start|start page|first page|beginning page|bp|sp|starting page"),
    ("last-page", "page", "page end|end page|last page|ending page|ep|endpage"),
    ("first-page", "number", "art. no.|article number|article no|art no|ar"),
    ("date", "issued", ("year|publication year|date|publication date|issued|py|date of publication|pub. year|pub date"
     "|year of publication|published|published year|date published|publication_year|cover date")),
    ("month", "issued", "month|pd|publication month|pub. date|published month"),
    ("date", "available-date", "early access date|epub date|date of electronic publication|electronic publication date|ea|online date"),
    ("date", "accessed", "access date|date accessed"),
    ("doi", "DOI", "doi|digital object identifier|di|doi number|doi link"),
    ("pmid", "PMID", "pmid|pubmed id|pubmed|pm|pubmed identifier|medline pmid|pubmedid|pubmed_id|medline accession number"),
    ("pmcid", "PMCID", "pmcid|pmc|pmc id|pubmed central id"),
    ("abstract", "abstract", "abstract|abstract note|ab|abstract text|abstracts|n2"),
    ("keyword", "keyword", "keywords|keyword|author keywords|manual tags|de|tags|author keyword|kw|index terms (author)"),
    ("language", "language", "language|languages|language of original document|la|article language|language of article"),
    ("issn", "ISSN", "issn|eissn|print issn|online issn|electronic issn|sn|ei|issn (print)|issn (online)"),
    ("isbn", "ISBN", "isbn|bn"),
    ("url", "URL", "url|link|links|urls|full text url|full text link|web link|full-text link|source link|ul"),
    ("type", "type", "item type|type of reference|reference type|pt|source type|ref type"),
    ("text", "publisher", "publisher|publisher name|pu|institution|university"),
    ("text", "publisher-place", "place|place published|publisher city|publisher address (city)|city|pi|publication place"),
    ("text", "edition", "edition"),
    ("text", "collection-title", "series|series title|book series|book series title|se"),
    ("text", "number-of-pages", "num pages|number of pages|page count|pages (total)"),
    ("text", "note", "notes|note"),
    ("text", "title-short", "short title|shorttitle"),
    ("text", "original-title", "original title|title (original)|original non-english title|vernacular title"),
    ("text", "event-title", "conference name|meeting name"),
    ("text", "event-place", "conference location|meeting place"),
    ("text", "archive", "archive"),
    ("text", "call-number", "call number"),
    ("citation", "volume", "citation"),
    ("day", "issued", "day|publication day"),
    ("doctype", "type", "document type"),
    ("key", "id", "citation key|citekey|bibtex key|cite key"),
    ("id", "id", "id"),
)  # fmt: skip

COLUMNS: Mapping[str, Column] = {
    **{name: ("own", name) for name in OWN},
    **{name.lower(): ("text", name) for name in FIELDS},
    **{name: ("names", name) for name in NAMES},
    **{name: ("date", name) for name in DATES},
    **{header: (kind, variable) for kind, variable, headers in _GROUPS for header in headers.split("|")},
    "csl-type": ("type", "type"),
}
# Headers that are two letters long are Web of Science's field tags, and tell nothing in a table of other headers.
TAGS = frozenset(header for header in COLUMNS if len(header) == 2)


def normal(header: str) -> str:
    """`header` as the table has it: small letters, blanks joined, no quotation marks or byte order mark."""
    return " ".join(header.replace("\ufeff", "").replace("_", " ").strip(" \"'*\t").lower().split())


def known(headers: list[str]) -> int:
    """How many of `headers` the table has."""
    names = {normal(header) for header in headers}
    few = len(names & TAGS) < 3
    return sum(1 for name in names if name in COLUMNS and not (few and name in TAGS))
