"""The fields of one record of Ovid's to a reference, by their two letters or by their display names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from evidence.formats.draft import Draft
from evidence.formats.language_codes import language_code
from evidence.formats.ovid_source import place
from evidence.formats.tagged import (
    number,
    put_abstract,
    put_doi,
    put_journal,
    put_keywords,
    put_language,
    put_link,
    put_names,
    put_pages,
    put_pmid,
    put_serials,
    put_text,
    put_title,
)

Field = tuple[str, str, list[str]]  # two letters ("" for a name that is not known), the name as printed, lines
Texts = list[tuple[str, str]]  # the name as printed and the value, of every field with the same letters

# Display name -> two letters. Source: Ovid, database guides, "Fields".
NAMES: Mapping[str, str] = {
    "Abbreviated Source": "AS", "Abstract": "AB", "Accession Number": "AN", "Author": "AU", "Author Keywords": "KW",
    "Author NameID": "", "Authors": "AU", "Authors Full Name": "FA", "Author Full Name": "FA", "Book Title": "BT",
    "Conference Information": "", "Country of Publication": "", "Database": "DB", "Date of Publication": "DP", "Digital Object Identifier": "DO",
    "DOI": "DO", "DOI Number": "DO", "Editors": "ED", "Editor": "ED", "Embase Subject Headings": "MH", "ISBN": "IB",
    "ISSN": "IS", "ISSN Electronic": "IS", "ISSN Linking": "IS", "ISSN Online": "IS", "ISSN Print": "IS", "Institution": "",
    "Issue": "IP", "Journal": "JN", "Journal Name": "JN", "Keyword": "KW", "Keyword Heading": "KW", "Keywords": "KW",
    "Language": "LG", "Link to the External Link Resolver": "XL", "Link to the Ovid Full Text or citation": "XL",
    "MeSH Subject Headings": "MH", "NLM Journal Name": "NJ", "Original Title": "OT", "Page": "PG", "Pages": "PG", "PMID": "PM",
    "PubMed ID": "PM", "Publication Type": "PT", "Publication Date": "DP", "Publisher": "PB", "Record Owner": "RO", "References": "",
    "Source": "SO", "Status": "ST", "Subject Headings": "MH", "Title": "TI", "Unique Identifier": "UI", "Update Code": "",
    "URL": "UR", "Vernacular Title": "OT", "Volume": "VO", "Year": "YR", "Year of Publication": "YR",
}  # fmt: skip
_TYPES = (
    ("book chapter", "chapter"),
    ("chapter", "chapter"),
    ("dissertation", "thesis"),
    ("book", "book"),
    ("patent", "patent"),
)
_LISTS = frozenset(("MH", "KW", "DE", "CC", "RN", "GR", "CR", "IN"))
_MEDLINE = re.compile(r"medline|national library of medicine|pubmed", re.IGNORECASE)
_ROLE = re.compile(r"\s*\[[^\[\]]{0,120}\]|[\s,]+\d{1,3}(?:[,*+ ]+\d{1,3})*[*+]?(?=\.?$)")
_STOPPED = re.compile(r"(?<=[^\W\d_])\.,?\s+(?=[^\W\d_])")
_LONG_NAME = 300  # characters: no name is longer
_SINGLE = re.compile(r"[^\W\d_](?:[. -]{1,2}[^\W\d_])*")
_TAGGED_TITLE = re.compile(r"(\[.+\])\.?\s*\[([A-Za-z, ]{3,30})\]\.?")


def put_fields(fields: Iterable[Field], draft: Draft) -> None:
    """Add all `fields` to `draft`. Nothing is left out."""
    found: dict[str, Texts] = {}
    for tag, name, lines in fields:
        values = lines if tag in _LISTS or not tag else [" ".join(lines)]
        found.setdefault(tag or name, []).extend((name or tag, value) for value in values)
    _put_type(found, draft)
    _put_people(found, draft)
    _put_source(found, draft)
    _put_numbers(found, draft)
    keywords: list[str] = []
    for tag, texts in found.items():
        if tag in {"KW", "MH"}:
            keywords += [term for _, text in texts for term in _terms(text)]
        elif read := _BY_TAG.get(tag):
            for name, text in texts:
                read(draft, name, text)
        elif tag not in _DONE:
            for name, text in texts:
                draft.keep(name, text)
    put_keywords(draft, "KW", keywords)
    if draft.type == "document" and "container-title" in draft.fields:
        draft.type = "article-journal"


_DONE = frozenset(("AU", "FA", "SO", "AS", "UI", "AN", "PM", "IS", "IL", "IB", "YR", "DP", "BT", "JN"))


def _put_type(found: Mapping[str, Texts], draft: Draft) -> None:
    said = "; ".join(text for _, text in found.get("PT", ())).lower()
    draft.type = next((kind for word, kind in _TYPES if word in said), "document")


def _put_people(found: Mapping[str, Texts], draft: Draft) -> None:
    """FA has the names in full; of AU only groups are taken beside it, and all of it is kept where the lists differ."""
    short, long = (_people(found.get(tag, ())) for tag in ("AU", "FA"))
    put_names(draft, "FA" if long else "AU", long or short)
    if long and len(long) != len(short):
        for name, text in found.get("AU", ()):
            draft.keep(name, text)


def _people(texts: Iterable[tuple[str, str]]) -> list[str]:
    return [one for name, text in texts for one in _parted(name, text)]


def _parted(name: str, text: str) -> Iterator[str]:
    """The single names: parted by semicolons, or by the full stop behind each ("Hale R. van der Meer J.").

    The stop at the end of a field with a display name is the field's, unless all names have one ("Behn L.; Hall J.S.").
    """
    whole: list[str] = []
    for part in text.split(";") if ";" in text else _STOPPED.split(text):
        if whole and ";" not in text and len(whole[-1]) < _LONG_NAME and _SINGLE.fullmatch(part.strip(" .")):
            whole[-1] += f". {part}"  # "Robinson, J. K."
        elif bare := part.strip() if len(part) > _LONG_NAME else _ROLE.sub("", part.strip()).strip():
            whole.append(bare)
    if (
        len(name) > 2
        and whole
        and not any("." in one[:-1] or one.endswith(".") for one in (*whole[:-1], whole[-1][:-1]))
    ):
        whole[-1] = whole[-1].rstrip(".")
    yield from whole


def _put_source(found: Mapping[str, Texts], draft: Draft) -> None:
    journals = list(found.get("JN", ()))
    for name, text in found.get("SO", ()):
        here = place(text)
        if here is None:
            draft.keep(name, text)
            continue
        journals.append((name, here.journal))
        draft.put(name, "volume", here.volume)
        draft.put(name, "issue", number(here.issue))
        draft.put(name, "event-title", here.event)
        if here.page:
            put_pages(draft, name, here.page)
        if here.date:
            draft.date(name, here.date)
        if here.rest:
            draft.keep(name, text)
    books = list(found.get("BT", ()))
    if books and draft.type == "document":
        draft.type = "chapter"
    _put_names(found, draft, (*books, *journals) if draft.type != "book" else (*journals, *books))
    for tag in ("YR", "DP"):
        for name, text in found.get(tag, ()):
            draft.date(name, text)


def _put_names(found: Mapping[str, Texts], draft: Draft, full: Sequence[tuple[str, str]]) -> None:
    short = [(name, here.journal if (here := place(text)) else text) for name, text in found.get("AS", ())]
    put_journal(draft, full[0] if full else None, short[0] if short else None)
    for variable, pairs in (("container-title", full[1:]), ("container-title-short", short[1:])):
        for name, text in pairs:
            draft.put(name, variable, text)


def _put_numbers(found: Mapping[str, Texts], draft: Draft) -> None:
    """The unique identifier is PubMed's in MEDLINE; PM may hold it with its address."""
    source = " ".join(text for tag in ("DB", "RO", "ST") for _, text in found.get(tag, ()))
    medline = bool(_MEDLINE.search(source)) and "embase" not in source.lower()
    for name, text in found.get("PM", ()):
        if not put_pmid(draft, name, text.partition("[")[0].strip()):
            draft.keep(name, text)
    for tag in ("UI", "AN"):
        for name, text in found.get(tag, ()):
            if not (medline and put_pmid(draft, name, text)):
                draft.keep(name, text)
    for tags, is_book in ((("IS", "IL"), False), (("IB",), True)):
        texts = [pair for tag in tags for pair in found.get(tag, ())]
        if texts:
            put_serials(draft, texts[0][0], [text for _, text in texts], book=is_book)


def _terms(text: str) -> list[str]:
    """The terms of one line: parted by semicolons, as in the keywords of authors."""
    return [one for part in text.split(";") if (one := part.strip().rstrip("."))]


def _title(draft: Draft, name: str, text: str) -> None:
    """The title; of a translated one the language stands in brackets behind it ("[Knees]. [German]")."""
    found = _TAGGED_TITLE.fullmatch(text) if text[:1] == "[" else None
    if found and (code := language_code(found[2])) != found[2]:
        text = found[1]
        draft.put(name, "language", code)
    put_title(draft, name, text)


def _original_title(draft: Draft, name: str, text: str) -> None:
    put_title(draft, name, text, "original-title")


def _language(draft: Draft, name: str, text: str) -> None:
    put_language(draft, name, text.rstrip("."))


def _editors(draft: Draft, name: str, text: str) -> None:
    put_names(draft, name, _parted(name, text), "editor")


def _link(draft: Draft, _name: str, text: str) -> None:
    put_link(draft, text)


def _text(variable: str) -> Callable[[Draft, str, str], object]:
    def read(draft: Draft, name: str, text: str) -> None:
        put_text(draft, name, variable, number(text) if variable in {"volume", "issue"} else text)

    return read


_BY_TAG: Mapping[str, Callable[[Draft, str, str], object]] = {
    "TI": _title, "OT": _original_title, "AB": put_abstract, "DO": put_doi, "LG": _language, "ED": _editors, "UR": _link,
    "PB": _text("publisher"), "VO": _text("volume"), "VI": _text("volume"), "IP": _text("issue"), "PG": put_pages,
}  # fmt: skip
