"""Zotero's own JSON (its API, and Better BibTeX's export) as references. CSL-JSON, which Zotero exports too, is csl_json's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evidence.formats.abstracts import sections
from evidence.formats.bibtex_people import is_group
from evidence.formats.draft import Draft
from evidence.formats.pages import pages
from evidence.model import identifiers
from evidence.model.markup import rich
from evidence.model.reference import Name, Reference

# Zotero's item types that have another name in CSL. Source: Zotero, typeMap-CSL.
_TYPES: Mapping[str, str] = {
    "journalArticle": "article-journal", "magazineArticle": "article-magazine", "newspaperArticle": "article-newspaper",
    "book": "book", "bookSection": "chapter", "conferencePaper": "paper-conference", "thesis": "thesis",
    "report": "report", "webpage": "webpage", "blogPost": "post-weblog", "preprint": "article", "dataset": "dataset",
    "manuscript": "manuscript", "patent": "patent", "presentation": "speech", "letter": "personal_communication",
    "encyclopediaArticle": "entry-encyclopedia", "dictionaryEntry": "entry-dictionary", "film": "motion_picture",
    "videoRecording": "motion_picture", "computerProgram": "software", "standard": "standard", "statute": "legislation",
    "interview": "interview", "map": "map", "artwork": "graphic", "podcast": "broadcast", "document": "document",
}  # fmt: skip
_FIELDS: Mapping[str, str] = {
    "publicationTitle": "container-title", "bookTitle": "container-title", "proceedingsTitle": "container-title",
    "websiteTitle": "container-title", "blogTitle": "container-title", "encyclopediaTitle": "container-title",
    "dictionaryTitle": "container-title", "journalAbbreviation": "container-title-short", "shortTitle": "title-short",
    "volume": "volume", "issue": "issue", "publisher": "publisher", "university": "publisher",
    "institution": "publisher", "place": "publisher-place", "edition": "edition", "series": "collection-title",
    "seriesTitle": "collection-title", "seriesNumber": "collection-number", "numPages": "number-of-pages",
    "numberOfVolumes": "number-of-volumes", "ISBN": "ISBN", "url": "URL", "archive": "archive",
    "archiveLocation": "archive_location", "callNumber": "call-number", "language": "language",
    "conferenceName": "event-title", "thesisType": "genre", "reportType": "genre", "reportNumber": "number",
    "versionNumber": "version", "rights": "license",
}  # fmt: skip
_ROLES: Mapping[str, str] = {
    "editor": "editor", "translator": "translator", "seriesEditor": "collection-editor", "bookAuthor": "container-author",
    "reviewedAuthor": "reviewed-author", "interviewer": "interviewer", "recipient": "recipient", "director": "director",
    "composer": "composer", "contributor": "contributor",
}  # fmt: skip
# What people write into `extra`, line by line: "PMID: 123". Source: Zotero, item fields, citing fields from Extra.
_EXTRA = re.compile(r"\s*(PMID|PMCID|DOI|ISBN|Citation Key)\s*:\s*(\S+)\s*", re.IGNORECASE)
_SILENT = frozenset(("itemType", "data", "meta", "library", "links", "version"))


def named_in(note: str, fields: dict[str, str]) -> str:
    """What is left of a note when the lines that name an identifier have filled what `fields` lacks."""
    rest = []
    for line in note.splitlines():
        found = _EXTRA.fullmatch(line)
        check = {"PMID": identifiers.pmid, "PMCID": identifiers.pmcid}.get(found[1].upper(), _none) if found else _none
        if found and found[1].upper() not in fields and (value := check(found[2])):
            fields[found[1].upper()] = value
        else:
            rest.append(line)
    return "\n".join(rest)


def is_item(value: object) -> bool:
    """Whether a JSON value is an item of Zotero's own."""
    return isinstance(value, dict) and isinstance(_data(value).get("itemType"), str)


def _data(item: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = item.get("data")
    return inner if isinstance(inner, dict) and "itemType" in inner else item


def reference(item: Mapping[str, Any], warnings: list[str]) -> Reference:
    """The reference in one item. ValueError: it is no work (a note, an attachment), or not as Zotero has it."""
    data = _data(item)
    kind = str(data["itemType"])
    if kind in {"note", "attachment", "annotation"}:
        raise ValueError(f"it is {'a note' if kind == 'note' else f'an {kind}'} kept with a work, and no work itself")
    draft = Draft("zotero", _TYPES.get(kind, "document"))
    if kind not in _TYPES:
        draft.keep("itemType", kind)
    for name, value in data.items():
        if name not in _SILENT and value not in ("", None, [], {}):
            _field(draft, name, value)
    warnings += draft.warnings
    return draft.reference()


def _field(draft: Draft, name: str, value: Any) -> None:
    if name == "creators" and isinstance(value, list):
        for creator in value:
            _creator(draft, creator)
    elif name == "tags" and isinstance(value, list):
        tags = [str(one.get("tag", "") if isinstance(one, dict) else one).strip() for one in value]
        draft.put(name, "keyword", "; ".join(tag for tag in tags if tag))
    elif not isinstance(value, str | int | float):
        draft.keep(name, value)
    else:
        _text(draft, name, str(value).strip())


def _text(draft: Draft, name: str, text: str) -> None:
    if name in ("title", "caseName", "nameOfAct", "subject"):
        title = rich(text)
        draft.put(name, "title", title[:-1] if title.endswith(".") and not title.endswith("..") else title)
    elif name in _FIELDS:
        draft.put(name, _FIELDS[name], rich(text) if _FIELDS[name].endswith("-title") else text)
    elif name == "abstractNote":
        draft.put(name, "abstract", rich(" ".join(text.split())))
        draft.sections += sections(draft.fields.get("abstract", ""))
    elif name == "pages":
        draft.put(name, "page", pages(text))
    elif name in ("date", "accessDate"):
        draft.date(name, text, "issued" if name == "date" else "accessed")
    elif name == "ISSN":
        draft.put(name, "ISSN", ", ".join(part for part in re.split(r"[\s,;]+", text) if part))
    elif name == "extra":
        _lines(draft, text)
    elif name in ("citationKey", "citation-key"):
        draft.key = text
    else:
        _number(draft, name, text)


def _number(draft: Draft, name: str, text: str) -> None:
    check = {"doi": _doi, "pmid": identifiers.pmid, "pmcid": identifiers.pmcid}.get(name.lower(), _none)
    if found := check(text):
        draft.put(name, name.upper(), found)
        return
    draft.keep(name, text)
    if check is not _none:
        draft.warnings.append(f"{text[:60]!r} is no {name.upper()}: kept apart")


def _none(_text: str) -> None:
    return None


def _doi(text: str) -> str | None:
    found = re.search(r"10\.\d{4,9}/\S+", text)
    return found.group()[: len(identifiers.doi(text) or "")] if found else None


def _lines(draft: Draft, text: str) -> None:
    """Lines of `extra` that name an identifier fill what the item itself lacks; the rest stays."""
    rest = []
    for line in text.splitlines():
        found = _EXTRA.fullmatch(line)
        if found and found[1].lower() == "citation key":
            draft.key = draft.key or found[2]
        elif found and found[1].upper() not in draft.fields:
            _number(draft, found[1], found[2])
        elif line.strip():
            rest.append(line.strip())
    draft.keep("extra", "\n".join(rest))


def _creator(draft: Draft, creator: Any) -> None:
    if not isinstance(creator, dict):
        raise ValueError("a creator must be an object")
    kind = str(creator.get("creatorType", "author"))
    role = _ROLES.get(kind, "author")
    if role == "author" and kind not in (
        "author",
        "inventor",
        "artist",
        "programmer",
        "presenter",
        "podcaster",
        "cartographer",
    ):
        draft.keep("creatorType", kind)
    family, given = (" ".join(str(creator.get(name) or "").split()) for name in ("lastName", "firstName"))
    if whole := " ".join(str(creator.get("name") or "").split()):
        draft.add(Name(role, literal=whole))
    elif family and given:
        draft.person(f"{family}, {given}", role)
    elif family or given:
        alone = family or given
        group = creator.get("fieldMode") == 1 or is_group(alone)
        draft.add(Name(role, literal=alone) if group else Name(role, family=alone))
