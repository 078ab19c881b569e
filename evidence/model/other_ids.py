"""The identifiers that a merged record brought and that differ from the record's own: kept beside them, and found."""

from __future__ import annotations

from dataclasses import replace

from evidence.model.identifiers import SCHEMES, identifiers
from evidence.model.reference import Json, Reference

# The field of `extra` that holds them, as "doi:10.1000/x".
OTHERS = "other-identifiers"

_FIELDS = {scheme: field for field, scheme in SCHEMES.items()}
Pair = tuple[str, str]


def other_identifiers(reference: Reference) -> tuple[Pair, ...]:
    """The (scheme, value) pairs beside the record's own, checked and in their normal form."""
    if OTHERS not in reference.extra:
        return ()
    listed = reference.extra[OTHERS]
    parted = [one.partition(":") for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    found = (identifiers({_FIELDS[scheme]: value}) for scheme, _, value in parted if scheme in _FIELDS)
    own = identifiers(reference.fields).items()
    return tuple(dict.fromkeys(pair for one in found for pair in one.items() if pair not in own))


def every_identifier(reference: Reference) -> tuple[Pair, ...]:
    """All (scheme, value) pairs that name the work, its own first."""
    own = tuple(identifiers(reference.fields).items())
    return own + other_identifiers(reference) if OTHERS in reference.extra else own


def known_by(reference: Reference, other: Reference) -> Reference:
    """`reference` under those of its other identifiers by which `other` goes: so the two can be compared."""
    if OTHERS not in reference.extra:
        return reference
    known, theirs = set(other_identifiers(reference)), identifiers(other.fields)
    named = {field: theirs[scheme] for scheme, field in _FIELDS.items() if (scheme, theirs.get(scheme)) in known}
    return replace(reference, fields={**reference.fields, **named}) if named else reference


def with_others(extra: dict[str, Json], old: Reference, new: Reference) -> dict[str, Json]:
    """`extra` of the two joined, with every identifier of either that differs from what `old` states."""
    mine, theirs = identifiers(old.fields), identifiers(new.fields)
    clash = [(scheme, value) for scheme, value in theirs.items() if mine.get(scheme, value) != value]
    own = {**theirs, **mine}.items()
    others = dict.fromkeys((*other_identifiers(old), *other_identifiers(new), *clash))
    listed: list[Json] = [f"{scheme}:{value}" for scheme, value in others if (scheme, value) not in own]
    return {**extra, OTHERS: listed} if listed else {name: value for name, value in extra.items() if name != OTHERS}
