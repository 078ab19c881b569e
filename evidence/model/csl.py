"""References as CSL-JSON 1.0.2 and back; what CSL lacks stands under `custom`, as the contract names it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from evidence.model.reference import Date, Heading, Json, Name, Notice, Reference, Relation, Section

NAMES = (
    "author", "chair", "collection-editor", "compiler", "composer", "container-author", "contributor", "curator",
    "director", "editor", "editorial-director", "executive-producer", "guest", "host", "illustrator", "interviewer",
    "narrator", "organizer", "original-author", "performer", "producer", "recipient", "reviewed-author",
    "script-writer", "series-creator", "translator",
)  # fmt: skip
DATES = ("issued", "accessed", "available-date", "event-date", "original-date", "submitted")
# Every text and number variable of CSL 1.0.2's schema (csl-data.json), with the names that older writers use.
FIELDS = (
    "abstract", "annote", "archive", "archive_collection", "archive_location", "archive-place", "authority",
    "call-number", "chapter-number", "citation-label", "citation-number", "collection-number", "collection-title",
    "container-title", "container-title-short", "dimensions", "division", "DOI", "edition", "event-place",
    "event-title", "first-reference-note-number", "genre", "ISBN", "ISSN", "issue", "jurisdiction", "keyword",
    "language", "license", "locator", "medium", "note", "number", "number-of-pages", "number-of-volumes",
    "original-publisher", "original-publisher-place", "original-title", "page", "page-first", "part", "part-title",
    "PMCID", "PMID", "printing", "publisher", "publisher-place", "references", "reviewed-genre", "reviewed-title",
    "scale", "section", "source", "status", "supplement", "title", "title-short", "URL", "version", "volume",
    "volume-title", "volume-title-short", "year-suffix",
)  # fmt: skip
TYPES = frozenset(
    [
        "article",
        "article-journal",
        "article-magazine",
        "article-newspaper",
        "bill",
        "book",
        "broadcast",
        "chapter",
        "classic",
        "collection",
        "dataset",
        "document",
        "entry",
        "entry-dictionary",
        "entry-encyclopedia",
        "event",
        "figure",
        "graphic",
        "hearing",
        "interview",
        "legal_case",
        "legislation",
        "manuscript",
        "map",
        "motion_picture",
        "musical_score",
        "pamphlet",
        "paper-conference",
        "patent",
        "performance",
        "periodical",
        "personal_communication",
        "post",
        "post-weblog",
        "regulation",
        "report",
        "review",
        "review-book",
        "software",
        "song",
        "speech",
        "standard",
        "thesis",
        "treaty",
        "webpage",
    ]
)
OLD_NAMES = {"journalAbbreviation": "container-title-short", "shortTitle": "title-short", "event": "event-title"}

_FIELD_ORDER = {name: at for at, name in enumerate(FIELDS)}
_NAME_SET = frozenset(NAMES)
_NAME_PARTS = {
    "family": "family", "given": "given", "literal": "literal", "particle": "non-dropping-particle",
    "dropping_particle": "dropping-particle", "suffix": "suffix",
}  # fmt: skip


def to_csl(reference: Reference) -> dict[str, Any]:
    """`reference` as one CSL-JSON item, keys in CSL's own order; nothing empty is written."""
    item: dict[str, Any] = {"id": reference.key or "", "type": reference.type}
    fields = reference.fields
    for name in sorted(_FIELD_ORDER.keys() & fields.keys(), key=_FIELD_ORDER.__getitem__):
        if fields[name]:
            item[name] = fields[name]
    people: dict[str, list[dict[str, str]]] = {}
    for person in reference.names:
        if person.role not in _NAME_SET:
            continue
        people.setdefault(person.role, []).append(_name_out(person))
    for role in sorted(people, key=NAMES.index) if len(people) > 1 else people:
        item[role] = people[role]
    for date in reference.dates:
        item[date.variable] = _date_out(date)
    custom = _custom_out(reference)
    if custom:
        item["custom"] = custom
    return item


def from_csl(item: Mapping[str, Any]) -> Reference:
    """The reference in one CSL-JSON item. Unknown variables go to `extra`; ValueError says what is no CSL."""
    if not isinstance(item, Mapping):
        raise ValueError("an item must be a JSON object")
    key: str | None = None
    kind = "document"
    custom: Mapping[str, Any] = {}
    fields: dict[str, str] = {}
    names: list[Name] = []
    dates: list[Date] = []
    extra: dict[str, Json] = {}
    for given, value in item.items():
        name = OLD_NAMES.get(given, given)
        if value is None or value in ("", [], {}):
            continue
        if name in _FIELD_ORDER and isinstance(value, str | int | float) and not isinstance(value, bool):
            fields[name] = value if isinstance(value, str) else str(value)
        elif name in _NAME_SET and isinstance(value, list):
            names.extend(_name_in(name, one) for one in value)
        elif name in DATES:
            dates.append(_date_in(name, value))
        elif name == "id":
            key = str(value)
        elif name == "type":
            kind = str(value)
        elif name == "custom":
            custom = value if isinstance(value, Mapping) else {"custom": value}
        else:
            extra[name] = value
    if kind not in TYPES:
        extra["type"], kind = kind, "document"
    return Reference(
        key=key,
        type=kind,
        fields=dict(sorted(fields.items(), key=_by_field)),
        names=tuple(sorted(names, key=_by_role)),
        dates=tuple(sorted(dates, key=_by_variable)),
        **_custom_in(custom, extra),
    )


def _by_field(pair: tuple[str, str]) -> int:
    return _FIELD_ORDER[pair[0]]


def _by_role(name: Name) -> int:
    return NAMES.index(name.role)


def _by_variable(date: Date) -> int:
    return DATES.index(date.variable)


# Without a look at whether something holds itself, which costs a tenth: that ends in a RecursionError as what is too deep.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def canonical(value: object) -> str:
    """`value` as JSON with sorted keys and no blanks: what hashes are taken of. RecursionError: too deep, or endless."""
    return _CANONICAL.encode(value)


def _name_out(name: Name) -> dict[str, str]:
    item: dict[str, str] = {}
    for part, label in _NAME_PARTS.items():
        if value := getattr(name, part):
            item[label] = value
    return item


def _name_in(role: str, value: object) -> Name:
    if isinstance(value, str):
        return Name(role=role, literal=value)
    if not isinstance(value, Mapping):
        raise ValueError(f"a name in {role} must be an object")
    get = value.get
    return Name(
        role, _text(get("family")), _text(get("given")), _text(get("literal")), _text(get("non-dropping-particle")),
        _text(get("dropping-particle")), _text(get("suffix")),
    )  # fmt: skip


def _text(value: object) -> str | None:
    return (value if isinstance(value, str) else str(value)) if value else None


def _date_out(date: Date) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if date.parts:
        out["date-parts"] = [list(part) for part in date.parts]
    if date.season is not None:
        out["season"] = date.season
    if date.circa:
        out["circa"] = True
    if date.literal:
        out["literal"] = date.literal
    return out


def _date_in(variable: str, value: object) -> Date:
    if isinstance(value, str | int):
        return date_from_text(variable, str(value))
    if not isinstance(value, Mapping):
        raise ValueError(f"{variable} must be a date object")
    try:
        parts = tuple(
            tuple(int(part) for part in one if part not in {None, ""}) for one in value.get("date-parts") or ()
        )
    except (TypeError, ValueError) as error:
        raise ValueError(f"the date-parts of {variable} are no lists of numbers") from error
    parts = tuple(one for one in parts if one)
    literal = value.get("literal") or (value.get("raw") if not parts else None)
    if not parts and literal:
        read = date_from_text(variable, str(literal))
        if read.parts:
            return read
    season = value.get("season")
    number = int(season) if isinstance(season, int | str) and str(season) in {"1", "2", "3", "4"} else None
    return Date(variable, parts, number, bool(value.get("circa")), str(literal) if literal else None)


def date_from_text(variable: str, text: str) -> Date:
    """`2000`, `2000-03`, `2000-03-07` or a range `2000-03/2000-04`; any other text is kept as `literal`."""
    parts = []
    sides = text.strip().split("/")
    if len(sides) > 2:  # 07/03/2000 is no range
        return Date(variable, literal=text.strip())
    for side in sides:
        found = re.fullmatch(
            r"(-?\d{1,4})(?:-(0?[1-9]|1[0-2])(?:-(0?[1-9]|[12]\d|3[01]))?)?(?:T.*)?", side.strip(), re.ASCII
        )
        if not found:
            return Date(variable, literal=text.strip())
        parts.append(tuple(int(part) for part in found.groups() if part))
    return Date(variable, tuple(parts))


def _custom_out(reference: Reference) -> dict[str, Any]:
    custom: dict[str, Any] = {}
    if reference.mesh:
        custom["mesh"] = [
            _some(id=one.id, label=one.label, major=one.major or None, qualifiers=list(one.qualifiers) or None)
            for one in reference.mesh
        ]
    if reference.publication_types:
        custom["publication-types"] = list(reference.publication_types)
    if reference.sections:
        custom["abstract-sections"] = [_some(label=one.label, text=one.text) for one in reference.sections]
    if reference.notices:
        custom["notices"] = [
            _some(kind=one.kind, ref=one.ref, date=one.date, source=one.source, checked=one.checked)
            for one in reference.notices
        ]
    if reference.relations:
        custom["relations"] = [{"kind": one.kind, "key": one.key} for one in reference.relations]
    if reference.status:
        custom["status"] = reference.status
    for name, values in (
        ("missing", reference.missing),
        ("as-cited", reference.as_cited),
        ("aliases", reference.aliases),
    ):
        if values:
            custom[name] = list(values)
    if reference.extra:
        custom["extra"] = dict(reference.extra)
    return custom


_CUSTOM = frozenset(
    (
        "mesh",
        "publication-types",
        "abstract-sections",
        "notices",
        "relations",
        "status",
        "missing",
        "as-cited",
        "aliases",
    )
)


def _custom_in(custom: Mapping[str, Any], extra: dict[str, Json]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    kept: dict[str, Json] = {}
    try:
        for name, value in custom.items():
            if name == "extra":
                kept = dict(value or {})
            elif name not in _CUSTOM:
                extra[name] = value
            elif value:
                read: Callable[[Any], Any] = _CUSTOM_READERS.get(name, _texts)
                found[name.replace("-", "_")] = read(value)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"`custom` is not as the contract has it: {error}") from error
    if "abstract_sections" in found:
        found["sections"] = found.pop("abstract_sections")
    return found | {"extra": kept | extra}


def _word(value: Any) -> str:
    return str(value)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in value)


def _headings(value: Any) -> tuple[Heading, ...]:
    return tuple(
        Heading(one["label"], one.get("id"), bool(one.get("major")), tuple(one.get("qualifiers") or ()))
        for one in value
    )


def _sections(value: Any) -> tuple[Section, ...]:
    return tuple(Section(one.get("label", ""), one.get("text", "")) for one in value)


def _notices(value: Any) -> tuple[Notice, ...]:
    return tuple(
        Notice(one["kind"], one.get("ref"), one.get("date"), one.get("source"), one.get("checked")) for one in value
    )


def _relations(value: Any) -> tuple[Relation, ...]:
    return tuple(Relation(one["kind"], one["key"]) for one in value)


_CUSTOM_READERS: Mapping[str, Callable[[Any], Any]] = {
    "mesh": _headings, "abstract-sections": _sections, "notices": _notices, "relations": _relations, "status": _word,
}  # fmt: skip


def _some(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}
