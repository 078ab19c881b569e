"""A person's changes to one record: values in, a changed record out. Nothing is stored here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from evidence.core.expanding import resolve
from evidence.core.merging import with_edits
from evidence.errors import UnknownTermError, UsageError
from evidence.model.csl import DATES, FIELDS, NAMES, TYPES, date_from_text, to_csl
from evidence.model.markup import FIELDS as DRESSED
from evidence.model.markup import rich
from evidence.model.record import Axis, Claim, Edit, Record, State
from evidence.model.reference import Date, Json, Name, Reference
from evidence.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word on one tag: `state` accepted (it stands) or rejected (it does not, whatever a rule says)."""

    axis: Axis
    term: str
    state: State


def edited(record: Record, assignments: Sequence[str], *, who: str, when: str) -> Record:
    """`record` with each FIELD=VALUE; an empty VALUE takes the field away; `id=KEY` renames and leaves an alias.

    UsageError names a field that CSL does not have, or a value that the field cannot hold.
    """
    for assignment in assignments:
        name, value = _parted(assignment)
        if name == "id":
            record = _renamed(record, value)
        else:
            edit = Edit(name, edit_value(name, value), who, when)
            edits = (*(one for one in record.edits if one.field != name), edit)
            record = replace(record, edits=edits, reference=with_edits(record.reference, [edit]))
    return record


def edits_of(assignments: Sequence[str], *, who: str, when: str) -> tuple[Edit, ...]:
    """The FIELD=VALUE words of a new record as a person's edits, so that no import takes them away."""
    parts = dict(_parted(one) for one in assignments)
    return tuple(
        Edit(name, edit_value(name, value), who, when) for name, value in parts.items() if name != "id" and value
    )


def written(assignments: Sequence[str], key: str | None = None) -> Reference:
    """A new reference from FIELD=VALUE words; `id=KEY` gives its key."""
    parts = dict(_parted(one) for one in assignments)
    wanted = checked_key(parts.pop("id")) if "id" in parts else key
    edits = [Edit(name, edit_value(name, value), "", "") for name, value in parts.items() if value]
    if not parts.get("title"):
        raise UsageError("A record needs a title at least.", 'Write it as title="…".')
    return with_edits(Reference(wanted, type="article-journal"), edits)


def edit_value(field: str, text: str) -> Json:
    """`text` as the CSL-JSON value of `field`; None for an empty one.

    Names are parted by semicolons and written "Family, Given"; a name without a comma is a group. Dates: 2000-03-07.
    """
    if not text.strip():
        return None
    if field in NAMES:
        return [_name(part) for part in text.split(";") if part.strip()]
    if field in DATES:
        date = date_from_text(field, text)
        if date.literal and re.fullmatch(r"[\d/.\s-]+", text):
            raise UsageError(f"{text!r} is no date.", "Write 2000, 2000-03, 2000-03-07 or 2000-03/2000-04.")
        return to_csl_date(date)
    if field == "type" and text not in TYPES:
        raise UsageError(f"CSL has no type {text!r}.", _near(text, TYPES))
    if field not in FIELDS and field != "type":
        raise UsageError(f"CSL has no field {field!r}.", _near(field, (*FIELDS, *NAMES, *DATES, "type", "id")))
    return rich(text) if field in DRESSED else text


def to_csl_date(date: Date) -> Json:
    """A date as CSL-JSON."""
    item: Json = to_csl(Reference(None, dates=(date,)))[date.variable]
    return item


def spoken(record: Record, words: Iterable[Word], *, who: str, when: str) -> Record:
    """`record` with a person's words on its tags; a newer word takes the place of an older one on the same term."""
    claims = record.claims
    for word in words:
        claims = tuple(
            one for one in claims if not (one.by == "person" and (one.axis, one.term) == (word.axis, word.term))
        )
        claims = (*claims, Claim(word.axis, word.term, "person", who=who, when=when, state=word.state))
    return replace(record, claims=claims)


def term_of(text: str, vocabulary: Vocabulary) -> tuple[Axis, str]:
    """The axis and term id in AXIS:TERM, the term by id, label or synonym. UnknownTermError, UsageError."""
    axis_name, _, name = text.partition(":")
    if axis_name not in {axis.value for axis in Axis} or not name:
        raise UsageError(f"{text!r} is no tag.", f"Write AXIS:TERM; the axes are {', '.join(Axis)}.")
    axis = Axis(axis_name)
    found = resolve(vocabulary, axis, name)
    if len(found) > 1:
        raise UnknownTermError(f"{name!r} names several terms.", f"Choose one: {', '.join(found)}")
    return axis, found[0]


# What BibTeX, RIS and people call CSL's variables.
_OTHER_NAMES = {
    "year": "issued", "date": "issued", "journal": "container-title", "pages": "page", "address": "publisher-place",
    "place": "publisher-place", "authors": "author", "editors": "editor", "keywords": "keyword", "key": "id",
}  # fmt: skip


def _parted(assignment: str) -> tuple[str, str]:
    name, equals, value = assignment.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"{assignment!r} is no FIELD=VALUE.", "Write for example volume=6.")
    known = {one.lower(): one for one in (*FIELDS, *NAMES, *DATES, "type", "id")} | _OTHER_NAMES
    return known.get(name.strip().lower(), name.strip()), value.strip()


def _renamed(record: Record, key: str) -> Record:
    checked_key(key)
    if key == record.key:
        return record
    aliases = tuple(dict.fromkeys((*(one for one in record.aliases if one != key), record.key)))
    return replace(record, key=key, aliases=aliases, reference=replace(record.reference, key=key))


def checked_key(key: str) -> str:
    """`key` when it can be one; UsageError when it cannot."""
    if not key or any(ch.isspace() or ch in '{}(),"#%~\\' for ch in key):
        raise UsageError(f"{key!r} cannot be a key.", "A key has no blanks, commas, braces or quotes.")
    return key


def _name(text: str) -> Json:
    family, comma, given = (part.strip() for part in text.partition(","))
    name = Name(family=family, given=given or None) if comma else Name(literal=family)
    item: Json = to_csl(Reference(None, names=(name,)))["author"][0]
    return item


def _near(text: str, known: Iterable[str]) -> str:
    close = get_close_matches(text, list(known), 3)
    return (
        f"Perhaps: {', '.join(close)}"
        if close
        else "The names are CSL's: title, author, issued, container-title, volume, issue, page, DOI …"
    )
