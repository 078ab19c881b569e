"""What MEDLINE's display format and PubMed's XML share: a record under MEDLINE's tags, and what becomes of each.

Source: NLM, MEDLINE/PubMed Data Element (Field) Descriptions; PubMed User Guide, "PubMed format".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from evidence.formats.draft import Draft
from evidence.formats.language_codes import language_code
from evidence.formats.medline_people import People
from evidence.formats.tagged import (
    bare_doi,
    put_abstract,
    put_keywords,
    put_pages,
    put_pmid,
    put_serials,
    put_text,
    put_title,
)
from evidence.model import identifiers
from evidence.model.limits import FIELD, VALUES
from evidence.model.reference import Heading, Json, Notice, Section

PREFIX = "pubmed"
SMALL = 6 * VALUES  # characters of a record in which no value can stand too often: each takes a tag too
# What was said about this work: the kind of notice, and how its text begins.
NOTICES = {
    "RIN": ("retraction", ""), "PRIN": ("retraction", "Partial retraction in: "),
    "RRI": ("retraction", "Retracted and republished in: "), "ECI": ("concern", ""), "EIN": ("erratum", ""),
    "CRI": ("erratum", ""), "UIN": ("update", ""), "RPI": ("update", ""), "CIN": ("comment", ""),
}  # fmt: skip
# What this work says about another one: the name in `extra`, and how its text begins.
TIES = {
    "ROF": ("retraction-of", ""), "PROF": ("retraction-of", "Partial retraction of: "), "ECF": ("concern-for", ""),
    "EFR": ("erratum-for", ""), "UOF": ("update-of", ""), "CON": ("comment-on", ""), "CRF": ("republished-from", ""),
    "RRF": ("republished-from", ""), "RPF": ("republished-from", ""),
}  # fmt: skip
_SAID = frozenset((*NOTICES, *TIES))
_SOURCE = "PubMed"
# Publication types that make a work something else than an article. Source: NLM, MeSH publication types.
_ALWAYS = {"preprint": "article", "newspaper article": "article-newspaper", "dataset": "dataset"}
_WITHOUT_JOURNAL = {
    "academic dissertation": "thesis", "technical report": "report", "congress": "paper-conference", "book": "book",
    "book chapter": "chapter", "legal case": "legal_case", "video-audio media": "motion_picture", "webcast": "webpage",
    "journal article": "article-journal",
}  # fmt: skip
_PRINT_FIRST = ("print", "electronic", "linking")
_ISSN = re.compile(r"\d{4}-\d{3}[\dX]", re.ASCII)
_NOT_AVAILABLE = "[Not Available]"


class Medline:
    """One record on its way, under MEDLINE's tags: `tags` holds the values of each in order, `people` who made it.

    `headings` and `sections` are for a source that has them apart; `abstract` then is their text.
    """

    __slots__ = ("headings", "people", "sections", "tags", "warnings")

    def __init__(self) -> None:
        self.tags: dict[str, list[str]] = {}
        self.people = People()
        self.headings: list[Heading] = []
        self.sections: list[Section] = []
        self.warnings: list[str] = []

    def add(self, tag: str, text: str) -> None:
        """One more value, its blanks joined; an empty one is none."""
        if text:
            have = self.tags.get(tag)
            if have is None:
                self.tags[tag] = [text]
            else:
                have.append(text)

    def bound(self) -> None:
        """Cut what is longer than the limits, and say so; in a record of SMALL characters nothing is."""
        for tag, texts in self.tags.items():
            if len(texts) > VALUES:
                self.warnings.append(
                    f"{tag} stands {len(texts)} times: what is beyond {VALUES} is left out; the entry's bytes hold it"
                )
                del texts[VALUES:]
            for at, text in enumerate(texts):
                if len(text) > FIELD:
                    texts[at] = text[:FIELD]
                    self.warnings.append(f"{tag} is longer than {FIELD >> 20} Mi characters: its end is left out")

    def fill(self, draft: Draft) -> None:
        """Put what the record says into `draft`; what has no place of its own there stays under its tag."""
        draft.warnings.extend(self.warnings)
        take = self.tags.pop
        is_book = "BTI" in self.tags
        _identifiers(draft, self.tags)
        _titles(draft, self.tags)
        self.people.fill(draft)
        for one in take("DP", ()):
            draft.date("DP", one)
        for one in take("DEP", ()):
            draft.date("DEP", one, "available-date")
        self._abstract(draft, take("AB", ()))
        self._short_title()
        for tag, variable in _PLAIN:
            for one in take(tag, ()):
                draft.put(tag, variable, one)
        if is_book:
            for one in take("PL", ()):
                draft.put("PL", "publisher-place", one)
        if languages := take("LA", ()):
            draft.put("LA", "language", ", ".join(dict.fromkeys(map(language_code, languages))))
        if keywords := take("OT", ()):
            put_keywords(draft, "OT", [one.lstrip("*") for one in keywords])
        draft.publication_types = list(dict.fromkeys(take("PT", ())))
        draft.headings = [*self.headings, *map(heading, take("MH", ()))][:VALUES]
        draft.type = _type(draft, is_book)
        self._said(draft)
        extra = draft.extra
        for tag, left in self.tags.items():
            name = f"{PREFIX}:{tag}"
            if name in extra:
                for one in left:
                    draft.keep(tag, one)
            else:
                extra[name] = left[0] if len(left) == 1 else [*left]

    def _short_title(self) -> None:
        """The ISO abbreviation of the journal, which XML has beside MEDLINE's own, where it says more than that."""
        standard = self.tags.pop("ISOAbbreviation", [])
        have = self.tags.setdefault("TA", standard) if standard else []
        if have and have is not standard and standard != have:
            self.tags["ISOAbbreviation"] = standard

    def _abstract(self, draft: Draft, texts: Iterable[str]) -> None:
        if self.sections:
            draft.sections.extend(self.sections)
            draft.put("AB", "abstract", " ".join(filter(None, map(_labelled, self.sections))))
        for text in texts:
            put_abstract(draft, "AB", text)

    def _said(self, draft: Draft) -> None:
        for tag in [tag for tag in self.tags if tag in _SAID]:
            texts = self.tags.pop(tag)
            if known := NOTICES.get(tag):
                kind, begin = known
                draft.notices += [Notice(kind, begin + text, source=_SOURCE) for text in texts]
            else:
                name, begin = TIES[tag]
                for text in texts:
                    have = draft.extra.setdefault(name, [])
                    if isinstance(have, list):
                        have.append(begin + text)


_PLAIN = (
    ("VI", "volume"), ("IP", "issue"), ("JT", "container-title"), ("TA", "container-title-short"), ("PB", "publisher"),
    ("EN", "edition"), ("CTI", "collection-title"), ("VTI", "volume-title"),
)  # fmt: skip


def _labelled(section: Section) -> str:
    return f"{section.label}: {section.text}" if section.label else section.text


def _identifiers(draft: Draft, tags: dict[str, list[str]]) -> None:
    for one in tags.pop("PMID", ()):
        if one.isdecimal() and one.isascii() and one[0] != "0" and len(one) < 9:
            draft.put("PMID", "PMID", one)
        elif not put_pmid(draft, "PMID", one):
            draft.keep("PMID", one)
            draft.warnings.append(f"{one[:40]!r} is no PubMed number")
    for one in tags.pop("PMC", ()):
        if found := identifiers.pmcid(one):
            draft.put("PMC", "PMCID", found)
        else:
            draft.keep("PMC", one)
            draft.warnings.append(f"{one[:40]!r} is no number of PubMed Central")
    for tag in ("LID", "AID"):
        _places(draft, tag, tags.pop(tag, ()))
    if serials := tags.pop("IS", ()):
        if plain := _plain_serials(tuple(serials)):
            draft.fields["ISSN"] = plain
        else:
            put_serials(draft, "IS", [_serial(one) for one in sorted(serials, key=_print_first)])
    if books := tags.pop("ISBN", ()):
        put_serials(draft, "ISBN", books, book=True)
    for one in tags.pop("PG", ()):
        put_pages(draft, "PG", one)
    if "page" not in draft.fields and (number := _article_number(draft.extra.get(f"{PREFIX}:LID"))):
        draft.fields["page"] = number


def _places(draft: Draft, tag: str, texts: Iterable[str]) -> None:
    """LID and AID: a DOI is the work's, other identifiers stay under their tag."""
    for text in texts:
        if not text.endswith("[doi]"):
            draft.keep(tag, text)
        elif found := bare_doi(text[:-5].strip()):
            have = draft.fields.setdefault("DOI", found)
            if have.lower() != found.lower():
                draft.keep(tag, text)
        else:
            draft.keep(tag, text)
            draft.warnings.append(f"{text[:60]!r} is no DOI: kept as {PREFIX}:{tag}")


def _article_number(value: Json) -> str:
    """The article number among what LID says ("e84205 [pii]"); "" when there is none. It stands for the pages."""
    for one in value if isinstance(value, list) else [value]:
        number = str(one).removesuffix("[pii]").strip()
        if number[:1] in {"e", "E"} and 1 < len(number) <= 10 and number[1:].isdecimal():
            return number
    return ""


@lru_cache(maxsize=4096)
def _plain_serials(texts: tuple[str, ...]) -> str:
    """The ISSNs as a field has them, print first; "" when one of them does not look like an ISSN."""
    found = [_serial(one) for one in sorted(texts, key=_print_first)]
    return ", ".join(dict.fromkeys(found)) if all(map(_ISSN.fullmatch, found)) else ""


def _print_first(text: str) -> int:
    kind = text.rpartition("(")[2].rstrip(")").lower() if text.endswith(")") else "print"
    return _PRINT_FIRST.index(kind) if kind in _PRINT_FIRST else 1


def _serial(text: str) -> str:
    return text.rpartition("(")[0].rstrip() if text.endswith(")") else text


def _titles(draft: Draft, tags: dict[str, list[str]]) -> None:
    titles, vernacular, books = tags.pop("TI", ()), tags.pop("TT", ()), tags.pop("BTI", ())
    for one in titles:
        if one.rstrip(".") == _NOT_AVAILABLE:
            draft.keep("TI", one)
            draft.warnings.append("PubMed has no title in English")
        else:
            put_title(draft, "TI", one)
    for one in vernacular:
        put_title(draft, "TT", one, "original-title" if "title" in draft.fields else "title")
    for one in books:
        if "title" in draft.fields:
            put_text(draft, "BTI", "container-title", one)
        else:
            put_title(draft, "BTI", one)


def _type(draft: Draft, is_book: bool) -> str:
    kinds = [one.lower() for one in draft.publication_types]
    for one in kinds:
        if one in _ALWAYS:
            return _ALWAYS[one]
    if is_book:
        return "chapter" if "container-title" in draft.fields else "book"
    if "container-title" in draft.fields or "container-title-short" in draft.fields:
        return "article-journal"
    return next((_WITHOUT_JOURNAL[one] for one in kinds if one in _WITHOUT_JOURNAL), "document")


@lru_cache(maxsize=8192)
def heading(text: str) -> Heading:
    """`Osteoarthritis, Knee/*drug therapy/therapy`: a star anywhere makes it a major topic."""
    label, *qualifiers = text.split("/")
    return Heading(label.strip("* "), None, "*" in text, tuple(one.strip("* ") for one in qualifiers))
