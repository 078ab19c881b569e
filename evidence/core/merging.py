"""How a reference joins another one of the same work, and what a new version of an entry changes.

Whether two references are one work is decided by `core/identity.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from evidence.core.comparing import same_people, says_same
from evidence.core.unions import all_extra, all_headings, all_notices, union
from evidence.model.csl import DATES, FIELDS, NAMES, from_csl, to_csl
from evidence.model.identifiers import identifiers
from evidence.model.markup import plain
from evidence.model.other_ids import with_others
from evidence.model.record import Edit
from evidence.model.reference import Reference, Section
from evidence.model.words import joined_words, words

_FULL, _SHORT = "container-title", "container-title-short"
_CUT = 40  # characters: what is shorter is the beginning of many a text

_ANY = "document"  # the type of what nobody says more of
_REST = "authors_rest"  # what a source's list of missing fields calls the authors after "et al."

# What a source's own list of missing fields calls a CSL variable; filled in, it is missing no more.
_MISSING_NAMES: Mapping[str, str] = {
    "page": "pages", "container-title": "journal", "container-title-short": "journal_abbrev", "issued": "year",
    "author": "authors", "publisher-place": "place",
}  # fmt: skip


def restated(one: Reference, other: Reference, least: int = 2) -> bool:
    """Whether two references say the same: one kind, the very title, and none of at least `least` fields differs.

    Where both have one key, the title and one more field are enough, or that they are equal in every field.
    """
    if not _title(one) or _title(one) != _title(other) or one.type != other.type:
        return False
    mine, theirs = to_csl(one), to_csl(other)
    both = (mine.keys() & theirs.keys()) - _NOT_COMPARED
    if one.key is not None and all(mine.get(name) == theirs.get(name) for name in {*mine, *theirs} - {"custom"}):
        return True
    return len(both) >= least and all(says_same(name, mine[name], theirs[name]) for name in both)


def plainly_other(one: Reference, other: Reference) -> bool:
    """Whether an entry that kept its key in its source nevertheless now names another work.

    Titles with less than half their words in common, and no identifier, or two fields against it; or another identifier
    and two fields. A corrected title, volume or DOI alone is a new version of the same entry.
    """
    ids, other_ids = identifiers(one.fields), identifiers(other.fields)
    both = ids.keys() & other_ids.keys()
    shared = any(ids[name] == other_ids[name] for name in both)
    clash = len(contradictions(one, other)) > 1
    if both and clash and not shared:
        return True
    mine, theirs = set(_title(one)), set(_title(other))
    return (clash or not shared) and len(mine & theirs) * 2 < min(len(mine), len(theirs))


def contradictions(one: Reference, other: Reference) -> list[str]:
    """The fields among year, first author, volume, first page, issue, edition and journal that both state, differently."""
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


def joined(old: Reference, new: Reference) -> tuple[Reference, tuple[str, ...], tuple[str, ...]]:
    """`old` with what only `new` has; the fields added; and the fields that differ (the old value stays)."""
    before, after = to_csl(old), to_csl(new)
    added = {name: value for name, value in after.items() if name not in before and name not in ("id", "custom")}
    rest = _rest_of_names(old, new, before, after)
    if old.type == _ANY and "type" not in old.extra and new.type != _ANY:
        rest["type"] = new.type
    rest |= _whole_texts(old, new)
    said = _NOT_COMPARED | (_JOURNAL if _journals(old) & _journals(new) else frozenset())
    compared = (name for name in after if name in before and name not in said and name not in rest)
    differ = tuple(name for name in compared if not says_same(name, before[name], after[name]))
    reference = replace(
        from_csl(before | added | rest) if added or rest else old,
        mesh=all_headings(old.mesh, new.mesh),
        publication_types=union(old.publication_types, new.publication_types),
        notices=all_notices(old.notices, new.notices),
        relations=union(old.relations, new.relations),
        sections=_sections(old, new, "abstract" in rest),
        as_cited=union(old.as_cited, tuple(one for one in new.as_cited if _csl_name(one) in added)),
        extra=with_others(all_extra(old.extra, new.extra), old, new),
    )
    gained = [name for name, part in _PARTS.items() if getattr(reference, part) != getattr(old, part)]
    gained += [name for name in reference.extra if reference.extra[name] != old.extra.get(name)]
    filled = (*added, *([_REST] if "author" in rest else []))
    return completed(reference, filled), (*added, *rest, *gained), differ


def _whole_texts(old: Reference, new: Reference) -> dict[str, Any]:
    """What `new` has whole where `old` has a part: an abstract that was cut, a journal by its short name in place of the full."""
    found: dict[str, Any] = {}
    held, other = (plain(one.fields.get("abstract", "")).rstrip(" .…") for one in (old, new))
    if len(held) >= _CUT and len(other) > len(held) and other.startswith(held):
        found["abstract"] = new.fields["abstract"]
    full, short = new.fields.get(_FULL, ""), new.fields.get(_SHORT, "")
    mine = old.fields.get(_FULL, "")
    if mine and full and short and words(mine) == words(short) != words(full):
        found |= {_FULL: full} | ({} if _SHORT in old.fields else {_SHORT: mine})
    return found


def _sections(old: Reference, new: Reference, renewed: bool) -> tuple[Section, ...]:
    if renewed:
        return new.sections
    return old.sections or (new.sections if new.sections and _one_abstract(old, new) else ())


def _rest_of_names(old: Reference, new: Reference, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The authors of a list that `old` breaks off ("et al."), when `new` has them and goes on where it ends."""
    mine, theirs = before.get("author", []), after.get("author", [])
    if _REST not in old.missing or _REST in new.missing or len(theirs) <= len(mine):
        return {}
    return {"author": [*mine, *theirs[len(mine) :]]} if same_people(mine, theirs[: len(mine)]) else {}


def _one_abstract(old: Reference, new: Reference) -> bool:
    """Whether the sections of `new` are of the abstract that `old` has or now gets."""
    mine, theirs = old.fields.get("abstract"), new.fields.get("abstract", "")
    return mine is None or mine == theirs or joined_words(mine) == joined_words(theirs)


def _csl_name(word: str) -> str:
    return next((field for field, name in _MISSING_NAMES.items() if name == word), word)


def updated(old: Reference, new: Reference, was: Reference | None = None) -> Reference:
    """`new` on top of `old`: each field that its source changed is taken from it, the others stay; so do notices and ties.

    `was`: what the source said before. What it says as before, `old` has from another source in another, perhaps fuller
    form, and keeps. None: that is not known; then a field is taken when it says something else.
    """
    new = replace(
        new,
        notices=all_notices(new.notices, old.notices),
        relations=union(new.relations, old.relations),
        publication_types=union(new.publication_types, old.publication_types),
    )
    before, after = to_csl(old), to_csl(new)
    former = before if was is None else to_csl(was)
    kept = {
        name: before[name]
        for name in before.keys() & after.keys() & former.keys() - {"id", "custom"}
        if former[name] == after[name]
        or ((was is None or before[name] != former[name]) and says_same(name, former[name], after[name]))
    }
    said = dict(after.get("custom", {}))
    if "abstract" in kept and old.sections:
        said.pop("abstract-sections", None)  # its parts are of the abstract that stays
    custom = before.get("custom", {}) | said
    for name in ("status", "missing", "as-cited"):  # what a source says of its own gaps, it says anew each time
        custom[name] = said.get(name)
    custom["extra"] = {**old.extra, **new.extra}
    return from_csl(before | after | kept | {"id": old.key, "custom": custom})


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


# The parts of a reference that stand beside CSL's fields, by the names under which a receipt tells of them.
_PARTS: Mapping[str, str] = {
    "mesh": "mesh", "publication-types": "publication_types", "notices": "notices", "relations": "relations",
    "abstract-sections": "sections",
}  # fmt: skip
_CUSTOM = frozenset(("mesh", "publication-types", "notices", "relations", "status", "missing", "as-cited"))
_JOURNAL = frozenset(("container-title", "container-title-short"))
_NOT_COMPARED = frozenset(("id", "custom", "type", "source", "note", "keyword", "abstract", "language"))


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    custom = dict(item.pop("custom", {}))
    extra = custom.pop("extra", {})
    return {**item, **custom, **extra}


def _journals(reference: Reference) -> set[str]:
    names = (reference.fields.get("container-title", ""), reference.fields.get("container-title-short", ""))
    return {" ".join(word for word in words(name) if word not in ("the", "of", "and")) for name in names if name}


def _title(reference: Reference) -> list[str]:
    return words(plain(reference.title))


def _first(reference: Reference) -> str:
    people = reference.named("author") or reference.named("editor")
    return " ".join(words(people[0].sort)) if people else ""


def _first_page(reference: Reference) -> str:
    found = words(reference.fields.get("page", ""))
    return found[0] if found else ""
