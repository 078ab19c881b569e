"""What a format cannot say in its own words, in one line of JSON: the difference between a reference and what is read back.

A writer writes a record in the format's tags, reads it back, and puts what is not the same into a field of its own. So
every reference survives, whatever the format lacks, and most records need no such field.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from evidence.model.csl import from_csl, to_csl
from evidence.model.reference import Parsed, Reference

MARK = "csl-json:"
NOTHING = f"{MARK}{{}}"  # the difference between equal references
_PARTS = ("custom", "extra")


def difference(whole: Reference, read: Reference) -> str | None:
    """The field that makes `whole` of `read`, as one line that begins with MARK; None when they are equal.

    A JSON object of CSL's variables: those to `set`, and the names of those to `drop`; `custom`, and `extra` in it, are
    such objects again.
    """
    if whole == read:
        return None
    return MARK + json.dumps(_changed(to_csl(whole), to_csl(read), 0), ensure_ascii=True, separators=(",", ":"))


def applied(read: Reference, text: str) -> Reference:
    """`read` with the difference in `text`, which begins with MARK. ValueError: it is none of ours."""
    try:
        return from_csl(_put(to_csl(read), json.loads(text.removeprefix(MARK)), 0))
    except (TypeError, AttributeError, KeyError, RecursionError) as error:
        raise ValueError(str(error)) from error


def put_right(piece: Parsed, name: str) -> Parsed:
    """`piece` with the difference that stands in its unknown field `name` put in its place.

    What somebody else wrote there stays; one that cannot be read is told and kept.
    """
    held = piece.reference.extra.get(name)
    values = held if isinstance(held, list) else [held]
    ours = next((one for one in reversed(values) if isinstance(one, str) and one.startswith(MARK)), None)
    if ours is None:
        return piece
    others = [one for one in values if one is not ours]
    extra = {key: value for key, value in piece.reference.extra.items() if key != name}
    if others:
        extra[name] = others if len(others) > 1 else others[0]
    try:
        reference = applied(replace(piece.reference, extra=extra), ours)
    except ValueError:
        return replace(piece, warnings=(*piece.warnings, f"{name} is no difference of ours: kept as it is"))
    warnings = tuple(one for one in piece.warnings if one != "no title" or not reference.title)
    return replace(piece, reference=reference, warnings=warnings)


def _changed(whole: dict[str, Any], read: dict[str, Any], depth: int) -> dict[str, Any]:
    part = _PARTS[depth] if depth < len(_PARTS) else None
    change: dict[str, Any] = {}
    if part in whole and part in read and whole[part] != read[part]:
        change[str(part)] = _changed(whole[part], read[part], depth + 1)
    new = {name: value for name, value in whole.items() if name not in read or (value != read[name] and name != part)}
    gone = [name for name in read if name not in whole]
    return change | ({"set": new} if new else {}) | ({"drop": gone} if gone else {})


def _put(item: dict[str, Any], change: dict[str, Any], depth: int) -> dict[str, Any]:
    part = _PARTS[depth] if depth < len(_PARTS) else None
    if part in change:
        item[str(part)] = _put(dict(item.get(str(part), {})), change[str(part)], depth + 1)
    for name in change.get("drop", ()):
        item.pop(name, None)
    return {**item, **change.get("set", {})}
