"""Whether CSL-JSON says all that a reference does: most are plainly so, and need not be read back to know it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from evidence.model.csl import DATES, FIELDS, NAMES, TYPES, from_csl
from evidence.model.reference import Date, Heading, Name, Notice, Reference, Relation, Section

_FIELDS = frozenset(FIELDS)
_ROLES = {role: at for at, role in enumerate(NAMES)}
_VARIABLES = {variable: at for at, variable in enumerate(DATES)}
_SEASONS = range(1, 5)


def holds(csl: dict[str, Any], reference: Reference) -> bool:
    """Whether `csl`, which is `to_csl(reference)`, gives back `reference`."""
    if plainly(reference):
        return True
    try:
        return from_csl(csl) == reference
    except ValueError:
        return False


def plainly(reference: Reference) -> bool:
    """Whether each part is of a kind that CSL-JSON is known to give back; False says nothing.

    What is empty is left out of CSL-JSON and comes back as None, what is no text as text, names and dates in CSL's
    order, a date without parts perhaps as one that has some: a reference with any of these is not plainly held.
    """
    return (
        (reference.key is None or _text(reference.key))
        and _text(reference.type)
        and reference.type in TYPES
        and (reference.status is None or _text(reference.status))
        and reference.fields.__class__ is dict
        and reference.extra.__class__ is dict
        and _FIELDS.issuperset(reference.fields)
        and all(map(_text, reference.fields.values()))
        and _names(reference.names)
        and _dates(reference.dates)
        and all(map(_texts, (reference.publication_types, reference.missing, reference.as_cited, reference.aliases)))
        and _custom(reference)
    )


def _text(value: object) -> bool:
    return value.__class__ is str and value != ""


def _texts(values: object) -> bool:
    return values.__class__ is tuple and all(one.__class__ is str for one in values)


def _names(names: Sequence[Name]) -> bool:
    """Names of known roles, in their order, of which each part is None or a text that is not empty."""
    if names.__class__ is not tuple:
        return False
    for one in names:
        if one.__class__ is not Name or one.role not in _ROLES:
            return False
        parts = (one.family, one.given, one.literal, one.particle, one.dropping_particle, one.suffix)
        if not all(part is None or (part.__class__ is str and part) for part in parts):
            return False
    return _ordered([_ROLES[one.role] for one in names])


def _ordered(places: list[int]) -> bool:
    return places == sorted(places)


def _dates(dates: Sequence[Date]) -> bool:
    """Dates of known variables, each once and in their order, with whole numbers for parts."""
    if dates.__class__ is not tuple or not all(map(_date, dates)):
        return False
    places = [_VARIABLES[one.variable] for one in dates]
    return len(set(places)) == len(places) and _ordered(places)


def _date(one: Date) -> bool:
    return (
        one.__class__ is Date
        and one.variable in _VARIABLES
        and one.parts.__class__ is tuple
        and bool(one.parts)
        and all(part.__class__ is tuple and part and all(n.__class__ is int for n in part) for part in one.parts)
        and (one.season is None or (one.season.__class__ is int and one.season in _SEASONS))
        and one.circa.__class__ is bool
        and (one.literal is None or _text(one.literal))
    )


def _custom(reference: Reference) -> bool:
    """Headings, sections, notices and relations come back as they are, when they are what they seem."""
    return (
        _all_of(Heading, reference.mesh)
        and all(_heading(one) for one in reference.mesh)
        and _all_of(Section, reference.sections)
        and all(one.label.__class__ is str and one.text.__class__ is str for one in reference.sections)
        and _all_of(Notice, reference.notices)
        and all(one.kind is not None for one in reference.notices)
        and _all_of(Relation, reference.relations)
    )


def _all_of(kind: type, values: Iterable[object]) -> bool:
    return values.__class__ is tuple and all(one.__class__ is kind for one in values)


def _heading(one: Heading) -> bool:
    return one.label.__class__ is str and one.major.__class__ is bool and one.qualifiers.__class__ is tuple
