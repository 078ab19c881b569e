"""BibTeX in: every entry of a file as a reference, with its own bytes and line, or as unread with the reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from evidence.formats import bibtex_custom as custom
from evidence.formats.bibtex_blocks import LIMIT, Block, blocks
from evidence.formats.bibtex_dates import read_date, read_issued
from evidence.formats.bibtex_fields import (
    ARTICLE_NUMBERS,
    BY_BIB,
    CSL_TYPES,
    OWN,
    PUBMED,
    RAW,
    SUBTYPES,
    THESES,
    Row,
    number_means,
)
from evidence.formats.bibtex_links import doi, first_link, unescaped
from evidence.formats.bibtex_names import read_names
from evidence.formats.bibtex_parents import Parents, parents
from evidence.formats.bibtex_values import TOLD, BrokenError, Macros, RawEntry, raw_entry
from evidence.formats.encodings import Narrow, text_of
from evidence.formats.latex import decode, one_line
from evidence.formats.markup import page_range
from evidence.formats.pages import pages
from evidence.model import identifiers
from evidence.model.csl import DATES, FIELDS, NAMES, TYPES
from evidence.model.markup import rich
from evidence.model.reference import Date, Json, Name, Parsed, Reference, Unread

_SUBTITLES = {"subtitle": "title", "booksubtitle": "container-title", "journalsubtitle": "container-title"}
_KEY = re.compile(r"[{(]\s*([^\s,={}()\"]+)\s*[,})]")
_BLANKS = re.compile(" {2,}")
_NAME_ORDER = {role: at for at, role in enumerate(NAMES)}
_DATE_ORDER = {name: at for at, name in enumerate(DATES)}


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every entry of the .bib file in `source`, in order, with flat memory; @string macros hold over the whole file."""
    family = parents(source, encoding)
    narrow, macros = Narrow(source, encoding), Macros()
    waiting: list[str] = []
    for block in blocks(narrow):
        if block.is_entry:
            yield _piece(block, narrow, macros, family, waiting)
            waiting = []
        elif block.word == "string":
            text, _ = text_of(block.raw, narrow.encoding)
            if (why := macros.define(" ".join(text.split()))) and len(waiting) < TOLD:
                waiting.append(f"line {block.line}: {why}")


def _piece(block: Block, narrow: Narrow, macros: Macros, family: Parents, waiting: list[str]) -> Parsed | Unread:
    text, warning = text_of(block.raw, narrow.encoding)
    warnings = [*waiting, *([warning] if warning else [])]
    if block.cut:
        why = f"it is longer than {LIMIT >> 20} MiB ({block.cut} bytes more)"
        return Unread(narrow.own(block.raw), block.line, why, _key(text))
    try:
        entry = raw_entry(text, macros)
        if family.raw:
            entry = family.complete(entry, macros)
        reference = _reference(entry, warnings)
    except BrokenError as error:
        return Unread(narrow.own(block.raw.rstrip()), block.line, str(error), _key(text))
    raw = block.raw if entry.end >= len(text) else _up_to(block.raw, text, entry.end)
    return Parsed(reference, narrow.own(raw), block.line, _told(warnings))


def _key(text: str) -> str | None:
    found = _KEY.search(text[:300])
    return found.group(1) if found else None


def _told(warnings: list[str]) -> tuple[str, ...]:
    """Each warning once, and no more of them than a person reads."""
    each = tuple(dict.fromkeys(warnings))
    return each if len(each) <= TOLD else (*each[:TOLD], f"and {len(each) - TOLD} more")


def _up_to(raw: bytes, text: str, end: int) -> bytes:
    """`raw` without what stands after the first `end` characters of the text it was decoded to, where that is plain."""
    tail = text[end:].encode()
    return raw[: -len(tail)] if tail.isascii() and raw.endswith(tail) else raw


@dataclass(slots=True)
class _Draft:
    """A reference on its way: what each field of the entry added so far."""

    type: str
    warnings: list[str]
    fields: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[Name, ...]] = field(default_factory=dict)
    dates: dict[str, Date] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    issued: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)  # roles that name others
    extra: dict[str, Json] = field(default_factory=dict)
    kept: dict[str, Json] = field(default_factory=dict)  # what our own `extra` field holds: already as it shall be

    def title(self, raw: str) -> str:
        """As `text`, with what titles and abstracts keep of markup, LaTeX's or HTML's."""
        return rich(self.text(raw, tags=True))

    def text(self, raw: str, *, tags: bool = False) -> str:
        """`raw` as plain text, blanks joined, in NFC; unknown commands are told."""
        decoded = decode(one_line(raw), tags=tags)
        if decoded.unknown:
            self.warnings.extend(f"the command {command} is not known" for command in decoded.unknown)
        text = decoded.text.strip(" ")
        if "  " in text:
            text = _BLANKS.sub(" ", text)
        return text if text.isascii() else unicodedata.normalize("NFC", text)

    def keep(self, name: str, value: Json) -> None:
        """Put what has no other place under `extra`; a second value beside the first."""
        first = self.extra.setdefault(name, value)
        if first is value or first == value:
            return
        if isinstance(first, list):
            first.append(value)
        else:
            self.extra[name] = [first, value]

    def put(self, bib: str, csl: str, value: str) -> None:
        """A CSL field, once: another value for it is kept under `extra`."""
        if not value:
            return
        if self.fields.setdefault(csl, value) != value:
            self.keep(bib, value)
            self.warnings.append(f"{bib} stands beside another {csl}: kept apart")


def _reference(entry: RawEntry, warnings: list[str]) -> Reference:
    warnings.extend(entry.warnings)
    fields: dict[str, str] = {}
    doubled: list[tuple[str, str]] = []
    draft = _Draft("document", warnings)
    for name, value in entry.fields:
        if not value.strip():
            continue
        if fields.setdefault(name, value) is not value and fields[name] != value:
            warnings.append(f"{name} is given twice: the first counts")
            doubled.append((name, value))
    draft.type = _type(entry.word, fields, draft)
    for name, value in fields.items():
        row = BY_BIB.get(name)
        if row:
            _table(draft, name, row, value)
        elif name in OWN:
            _own(draft, name, value)
        else:
            draft.keep(name, _unknown(draft, name, value))
    for name, value in doubled:
        draft.keep(name, draft.text(value))
    _finish(draft)
    if "title" not in draft.fields:
        warnings.append("no title")
    key = draft.own.pop("key", None) or entry.key or None
    return _built(draft, key)


def _built(draft: _Draft, key: str | None) -> Reference:
    roles = sorted(draft.names, key=_NAME_ORDER.__getitem__) if len(draft.names) > 1 else draft.names
    return Reference(
        key=key,
        type=draft.type,
        fields={name: draft.fields[name] for name in FIELDS if name in draft.fields},
        names=tuple(name for role in roles for name in draft.names[role]),
        dates=tuple(draft.dates[name] for name in sorted(draft.dates, key=_DATE_ORDER.__getitem__)),
        extra=draft.extra,
        **draft.own,
    )


def _type(word: str, fields: dict[str, str], draft: _Draft) -> str:
    stated = fields.pop("csltype", "").strip()
    if stated in TYPES:
        return stated
    subtype = fields.get("entrysubtype", "").strip().lower()
    if word == "article":
        found = next((csl for csl, name in SUBTYPES.items() if name == subtype), "article-journal")
        if found != "article-journal":
            del fields["entrysubtype"]
        return found
    if word in THESES:
        fields.setdefault("type", THESES[word])
    if word not in CSL_TYPES:
        draft.extra["type"] = word
    return CSL_TYPES.get(word, "document")


def _table(draft: _Draft, name: str, row: Row, value: str) -> None:
    if row.kind == "names":
        names, others = read_names(row.csl, value, draft.warnings)
        draft.names[row.csl] = names
        if others:
            draft.rest.append(f"{row.csl}s_rest")
    elif row.kind == "date":
        if row.csl == "issued":
            draft.issued["date"] = _date_text(draft, value)
        else:
            draft.dates[row.csl] = read_date(row.csl, _date_text(draft, value))
    else:
        draft.put(name, row.csl, _value(draft, row, value))


def _unknown(draft: _Draft, name: str, value: str) -> str:
    if name in RAW:
        return " ".join(value.split())
    return draft.title(value) if name in _SUBTITLES else draft.text(value)


def _date_text(draft: _Draft, value: str) -> str:
    value = value.strip()
    return draft.text(value) if not value.startswith('{"') and ("\\" in value or "{" in value) else value


def _value(draft: _Draft, row: Row, value: str) -> str:
    if row.kind == "title":
        return draft.title(value)
    if row.kind == "pages":
        return pages(draft.text(page_range(value)))
    if row.kind == "doi":
        return doi(_link(draft, value))
    if row.kind == "url":
        return _link(draft, value) if row.csl != "URL" else _address(draft, _link(draft, value))
    text = draft.text(value)
    if row.kind == "pmid":
        return identifiers.pmid(text) or text
    if row.kind == "pmcid":
        return identifiers.pmcid(text) or text
    return text


def _link(draft: _Draft, value: str) -> str:
    """A link, a DOI or a source; prose with commands is read as prose."""
    value = one_line(value)
    link = unescaped(value)
    return draft.text(value) if link is None else link


def _address(draft: _Draft, text: str) -> str:
    link, others = first_link(text)
    for other in others:
        draft.keep("url", other)
    return link


def _own(draft: _Draft, name: str, value: str) -> None:
    """The fields that the table does not hold; one that is not as we write it is kept as an unknown one."""
    plain = " ".join(value.split())
    lists = {
        "ids": ("aliases", ","),
        "missing": ("missing", ","),
        "ascited": ("as_cited", ","),
        "publication-types": ("publication_types", ";"),
    }
    structured = {
        "relations": custom.read_relations,
        "notices": custom.read_notices,
        "abstract-sections": custom.read_sections,
    }
    try:
        if name in {"year", "month", "day"}:
            draft.issued[name] = draft.text(value)
        elif name == "number":
            draft.put(name, number_means(draft.type), draft.text(value))
        elif name == "status" and plain in {"complete", "incomplete"}:
            draft.own["status"] = plain
        elif name == "citekey":
            draft.own["key"] = draft.text(value)
        elif name in lists:
            draft.own[lists[name][0]] = custom.read_list(plain, lists[name][1])
        elif name == "mesh":
            draft.own["mesh"] = custom.read_mesh(plain)
        elif name in structured:
            label = "sections" if name == "abstract-sections" else name
            draft.own[label] = structured[name](plain)
        elif name == "extra" and isinstance(known := custom.json_in(plain), dict):
            draft.kept = known
        else:
            draft.keep(name, draft.text(value))
    except ValueError:
        draft.keep(name, draft.text(value))


def _finish(draft: _Draft) -> None:
    """What depends on several fields: the date of issue, article numbers, other numbers, subtitles, the rest of names."""
    _issued(draft)
    for name in ARTICLE_NUMBERS:
        if isinstance(draft.extra.get(name), str) and "page" not in draft.fields:
            draft.fields["page"] = str(draft.extra.pop(name))
    kind = str(draft.extra.get("eprinttype", draft.extra.get("archiveprefix", ""))).lower()
    number = draft.extra.get("eprint")
    if kind in PUBMED and isinstance(number, str) and identifiers.pmid(number) and "PMID" not in draft.fields:
        draft.fields["PMID"] = identifiers.pmid(number) or number
        for name in ("eprint", "eprinttype", "archiveprefix"):
            draft.extra.pop(name, None)
    for name, csl in _SUBTITLES.items():
        part = draft.extra.get(name)
        if isinstance(part, str) and csl in draft.fields:
            draft.fields[csl] = f"{draft.fields[csl].rstrip(':')}: {part}"
            del draft.extra[name]
    link = draft.extra.get("howpublished")
    if isinstance(link, str) and link.startswith(("http://", "https://")) and "URL" not in draft.fields:
        draft.fields["URL"] = str(draft.extra.pop("howpublished"))
    if draft.rest and not set(draft.rest) & set(draft.own.get("missing", ())):
        draft.own["missing"] = (*draft.own.get("missing", ()), *draft.rest)
        draft.own["status"] = "incomplete"
    for label, one in draft.kept.items():
        draft.keep(label, one)


def _issued(draft: _Draft) -> None:
    stated = draft.issued
    if not stated:
        return
    year, month, day = (stated.get(name, "") for name in ("year", "month", "day"))
    date = read_date("issued", stated["date"]) if "date" in stated else None
    if date and (date.parts or not year):
        draft.dates["issued"] = date
        left = {"year": year, "month": month, "day": day}
        if date.year is not None and str(date.year) == year:
            left = {}
    elif year:
        draft.dates["issued"], whole = read_issued(year, month, day)
        left = {} if whole else {"month": month, "day": day}
    else:
        left = {"month": month, "day": day}
    for name, value in left.items():
        if value:
            draft.keep(name, value)
            draft.warnings.append(f"{name} {value[:40]!r} could not be made part of the date: kept apart")
