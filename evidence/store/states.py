"""A record as the text that is stored and hashed, and back, without loss."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from evidence.errors import InputError
from evidence.model.csl import canonical, from_csl, to_csl
from evidence.model.record import Adjustment, Axis, Claim, Edit, Fact, Note, Record
from evidence.model.reference import Date, Heading, Name, Notice, Reference, Relation, Section
from evidence.store.holding import holds


def to_text(record: Record) -> str:
    """`record` as canonical JSON; its id and version stand beside the text in the store, not in it.

    The reference is CSL-JSON. One that CSL's reading would change (an unknown name role, a date spelt as a literal)
    stands field by field under `reference` as well, and that is what is read back. InputError: no JSON at all.
    """
    csl = to_csl(record.reference)
    state = {"key": record.key, "csl": csl} | _said(record)
    try:
        if not holds(csl, record.reference):
            state["reference"] = _exact(record.reference)
        text = canonical(state)
        if not text.isascii():
            text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, as a damaged source may hold: written by its number
        return json.dumps(state, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"The record {record.key!r} holds a value that cannot be stored: {error}") from error
    return text


def from_text(text: str, id: int | None = None, version: int = 0) -> Record:
    """The record in a stored text. ValueError says what is wrong with a text that `to_text` did not write."""
    try:
        state = json.loads(text)
        exact = state.get("reference")
        adjusted = state.get("adjusted")
        return Record(
            key=state["key"],
            reference=_reference(exact) if exact is not None else from_csl(state["csl"]),
            claims=tuple(Claim(**one | {"axis": Axis(one["axis"])}) for one in state.get("claims", ())),
            facts=tuple(Fact(**one) for one in state.get("facts", ())),
            notes=tuple(Note(**one) for one in state.get("notes", ())),
            edits=tuple(Edit(**one) for one in state.get("edits", ())),
            adjusted=Adjustment(**adjusted) if adjusted else None,
            aliases=tuple(state.get("aliases", ())),
            entries=tuple(state.get("entries", ())),
            distinct=tuple(state.get("distinct", ())),
            id=id,
            version=version,
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"no stored record: {error}") from error


def digest(text: str) -> str:
    """The SHA-256 of `text` in UTF-8, as 64 hexadecimal digits; of damaged bytes, which were read as half surrogates, too."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


@dataclass(frozen=True, slots=True)
class _Shape:
    """How values of one dataclass become JSON objects: what is at its default is left out."""

    names: tuple[str, ...]
    defaults: tuple[Any, ...]  # MISSING where there is none: it equals nothing, so the field is always written
    values: Callable[[Any], tuple[Any, ...]]

    def plain(self, value: Any) -> dict[str, Any]:
        """`value`, whose fields hold JSON or tuples of it."""
        found = zip(self.names, self.values(value), self.defaults, strict=True)
        return {name: part for name, part, default in found if part != default}


def _shape(kind: type) -> _Shape:
    names = tuple(one.name for one in fields(kind))
    return _Shape(names, tuple(one.default for one in fields(kind)), attrgetter(*names))


_SHAPES = {
    kind: _shape(kind) for kind in (Adjustment, Claim, Date, Edit, Fact, Heading, Name, Note, Notice, Relation, Section)
}
_REFERENCE = _shape(Reference)


def _all(values: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [_SHAPES[value.__class__].plain(value) for value in values]


def _said(record: Record) -> dict[str, Any]:
    """What is said of the reference, without what is empty."""
    parts = {
        "claims": _all(record.claims),
        "facts": _all(record.facts),
        "notes": _all(record.notes),
        "edits": _all(record.edits),
        "adjusted": record.adjusted and _SHAPES[Adjustment].plain(record.adjusted),
        "aliases": record.aliases,
        "entries": record.entries,
        "distinct": record.distinct,
    }
    return {name: part for name, part in parts.items() if part}


def _exact(reference: Reference) -> dict[str, Any]:
    lists = ("names", "dates", "mesh", "sections", "notices", "relations")
    whole = _REFERENCE.plain(reference) | {name: _all(getattr(reference, name)) for name in lists}
    return whole | {"fields": dict(reference.fields), "extra": dict(reference.extra)}


def _reference(exact: dict[str, Any]) -> Reference:
    lists = ("publication_types", "missing", "as_cited", "aliases")
    return Reference(
        **exact
        | {name: tuple(exact.get(name, ())) for name in lists}
        | {
            "names": tuple(Name(**one) for one in exact.get("names", ())),
            "dates": tuple(
                Date(**one | {"parts": tuple(tuple(part) for part in one.get("parts", ()))})
                for one in exact.get("dates", ())
            ),
            "mesh": tuple(
                Heading(**one | {"qualifiers": tuple(one.get("qualifiers", ()))}) for one in exact.get("mesh", ())
            ),
            "sections": tuple(Section(**one) for one in exact.get("sections", ())),
            "notices": tuple(Notice(**one) for one in exact.get("notices", ())),
            "relations": tuple(Relation(**one) for one in exact.get("relations", ())),
        }
    )
