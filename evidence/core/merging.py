"""When two references are one work, and how the second joins the first. In doubt they stay two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from evidence.model.csl import DATES, FIELDS, NAMES, from_csl, to_csl
from evidence.model.identifiers import identifiers
from evidence.model.record import Edit
from evidence.model.reference import Reference
from evidence.model.words import words

_T = TypeVar("_T")

# What a source's own list of missing fields calls a CSL variable; filled in, it is missing no more.
_MISSING_NAMES: Mapping[str, str] = {
    "page": "pages", "container-title": "journal", "container-title-short": "journal_abbrev", "issued": "year",
    "author": "authors", "publisher-place": "place",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two references are the same work, and the fields that decide."""

    verdict: Literal["same", "different", "unsure"]
    because: tuple[str, ...] = ()


def compare(one: Reference, other: Reference) -> Verdict:
    """Whether `one` and `other` are the same work.

    Same: an identifier in common and no contradiction; or, with no identifier in common, the same title, year, first
    author and kind, and no difference in journal, volume or pages where both state them, and at least two of these
    three stated alike. Everything else is not the same: two studies must never become one.
    """
    mine, theirs = identifiers(one.fields), identifiers(other.fields)
    shared = [name for name in mine if mine[name] == theirs.get(name)]
    against = [name for name in mine if name in theirs and mine[name] != theirs[name]]
    if against:
        return Verdict("unsure" if shared else "different", (*shared, *against))
    alike = _alike(one.title, other.title)
    clash = _contradictions(one, other)
    if shared:
        # The very title leaves room for one wrong field; a part of it (a chapter under its book's DOI) does not.
        room = 1 if words(one.title) and words(one.title) == words(other.title) else 0
        sure = alike and len(clash) <= room
        return Verdict("same", (*shared, "title")) if sure else Verdict("unsure", (*shared, *clash))
    if not alike or not words(one.title) or clash or one.type != other.type:
        return Verdict("different", tuple(clash) or ("title",))
    agreed = [name for name in ("container-title", "volume", "page") if one.fields.get(name) and other.fields.get(name)]
    same_origin = one.year is not None and one.year == other.year and _first(one) != "" and _first(one) == _first(other)
    return (
        Verdict("same", ("title", "author", "issued", *agreed))
        if same_origin and len(agreed) > 1
        else Verdict("unsure", ("title",))
    )


def restated(one: Reference, other: Reference) -> bool:
    """Whether two references with one key say the same: the very title, and nothing that both state differs."""
    if not words(one.title) or words(one.title) != words(other.title) or one.type != other.type:
        return False
    mine, theirs = to_csl(one), to_csl(other)
    both = (mine.keys() & theirs.keys()) - _NOT_COMPARED
    return len(both) > 1 and all(_says_same(mine[name], theirs[name]) for name in both)


def plainly_other(one: Reference, other: Reference) -> bool:
    """Whether an entry that kept its key in its source nevertheless now names another work.

    Titles with less than half their words in common, and another first author, year or identifier. A corrected title,
    volume or DOI alone is a new version of the same entry.
    """
    ids, other_ids = identifiers(one.fields), identifiers(other.fields)
    against = [name for name in ids.keys() & other_ids.keys() if ids[name] != other_ids[name]]
    clash = _contradictions(one, other)
    if against and len(clash) > 1 and not any(ids[name] == other_ids[name] for name in ids.keys() & other_ids.keys()):
        return True
    mine, theirs = set(words(one.title)), set(words(other.title))
    if not mine or not theirs or len(mine & theirs) * 2 >= min(len(mine), len(theirs)):
        return False
    return bool({"issued", "author"} & set(clash)) or bool(against)


def joined(old: Reference, new: Reference) -> tuple[Reference, tuple[str, ...], tuple[str, ...]]:
    """`old` with what only `new` has; the fields added; and the fields that differ (the old value stays)."""
    before, after = to_csl(old), to_csl(new)
    added = {name: value for name, value in after.items() if name not in before and name not in ("id", "custom")}
    differ = [
        name
        for name in after
        if name in before and name not in _NOT_COMPARED and not _says_same(before[name], after[name])
    ]
    reference = from_csl(before | added)
    reference = replace(
        reference,
        mesh=_union(old.mesh, new.mesh),
        publication_types=_union(old.publication_types, new.publication_types),
        notices=_union(old.notices, new.notices),
        relations=_union(old.relations, new.relations),
        sections=old.sections or (new.sections if _one_abstract(old, new) else ()),
        as_cited=_union(old.as_cited, tuple(one for one in new.as_cited if _csl_name(one) in added)),
        extra={**new.extra, **old.extra},
    )
    lists = ("mesh", "publication_types", "notices", "relations")
    gained = [name.replace("_", "-") for name in lists if getattr(reference, name) != getattr(old, name)]
    gained += [name for name in new.extra if name not in old.extra]
    return completed(reference, added), (*added, *gained), tuple(differ)


def _one_abstract(old: Reference, new: Reference) -> bool:
    """Whether the sections of `new` are of the abstract that `old` has or now gets."""
    return old.fields.get("abstract", new.fields.get("abstract")) == new.fields.get("abstract")


def _csl_name(word: str) -> str:
    return next((field for field, name in _MISSING_NAMES.items() if name == word), word)


def _union(one: tuple[_T, ...], other: tuple[_T, ...]) -> tuple[_T, ...]:
    return (*one, *(item for item in other if item not in one))


def updated(old: Reference, new: Reference) -> Reference:
    """`new` on top of `old`: each field that `new` states is taken from it, the others stay."""
    before, after = to_csl(old), to_csl(new)
    said = after.get("custom", {})
    custom = before.get("custom", {}) | said
    for name in ("status", "missing", "as-cited"):  # what a source says of its own gaps, it says anew each time
        custom[name] = said.get(name)
    custom["extra"] = {**old.extra, **new.extra}
    return from_csl(before | after | {"id": old.key, "custom": custom})


def completed(reference: Reference, added: Iterable[str]) -> Reference:
    """`reference` without the fields `added` in its own list of what is missing."""
    names = {word for field in added for word in (field, _MISSING_NAMES.get(field, field))}
    missing = tuple(one for one in reference.missing if one not in names)
    if missing == reference.missing:
        return reference
    return replace(reference, missing=missing, status="incomplete" if missing else "complete")


def changed_fields(old: Reference, new: Reference) -> tuple[str, ...]:
    """The CSL variables (and parts of `custom`) in which two versions differ, added and lost ones among them."""
    before, after = _flat(to_csl(old)), _flat(to_csl(new))
    return tuple(
        name for name in dict.fromkeys((*after, *before)) if before.get(name) != after.get(name) and name != "id"
    )


def with_edits(reference: Reference, edits: Iterable[Edit]) -> Reference:
    """`reference` with a person's words on its fields, the newest last."""
    item: dict[str, Any] = to_csl(reference)
    edits = tuple(edits)
    if not edits:
        return reference
    for edit in edits:
        target = (
            item if edit.field in FIELDS or edit.field in NAMES or edit.field in DATES or edit.field == "type" else None
        )
        if target is None:
            target = item.setdefault("custom", {})
            if edit.field not in _CUSTOM:
                target = target.setdefault("extra", {})
        if edit.value is None:
            target.pop(edit.field, None)
        else:
            target[edit.field] = edit.value
    done = from_csl(item)
    return completed(done, [edit.field for edit in edits if edit.value is not None])


_CUSTOM = frozenset(("mesh", "publication-types", "notices", "relations", "status", "missing", "as-cited"))
_NOT_COMPARED = frozenset(("id", "custom", "type", "source", "note", "keyword", "abstract", "language"))


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    custom = dict(item.pop("custom", {}))
    extra = custom.pop("extra", {})
    return {**item, **custom, **extra}


def _alike(one: str, other: str) -> bool:
    """Whether two titles are the same words, or one is the other with a subtitle (or one of them is absent)."""
    mine, theirs = words(one), words(other)
    if not mine or not theirs:
        return True
    short, long = sorted((mine, theirs), key=len)
    return short == long or (len(short) >= 4 and long[: len(short)] == short)


def _contradictions(one: Reference, other: Reference) -> list[str]:
    """The fields among year, first author, volume, first page and journal that both state, differently."""
    pairs = {
        "issued": (str(one.year or ""), str(other.year or "")),
        "author": (_first(one), _first(other)),
        "volume": (one.fields.get("volume", ""), other.fields.get("volume", "")),
        "page": (_first_page(one), _first_page(other)),
        "edition": (one.fields.get("edition", ""), other.fields.get("edition", "")),
        "issue": (one.fields.get("issue", ""), other.fields.get("issue", "")),
        "number": (one.fields.get("number", ""), other.fields.get("number", "")),
    }
    found = [name for name, (mine, theirs) in pairs.items() if mine and theirs and mine != theirs]
    if not _journals(one) or not _journals(other) or _journals(one) & _journals(other):
        return found
    return [*found, "container-title"]


def _journals(reference: Reference) -> set[str]:
    names = (reference.fields.get("container-title", ""), reference.fields.get("container-title-short", ""))
    return {" ".join(word for word in words(name) if word not in ("the", "of", "and")) for name in names if name}


def _first(reference: Reference) -> str:
    people = reference.named("author") or reference.named("editor")
    return " ".join(words(people[0].sort)) if people else ""


def _first_page(reference: Reference) -> str:
    found = words(reference.fields.get("page", ""))
    return found[0] if found else ""


def _says_same(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return words(one) == words(other)
    return one == other
