"""Pieces of a query as it is read: a tree and its text with every bracket, joined without ever growing apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from evidence.model.query import And, Everything, Levels, Not, Or, Query, Years
from evidence.model.record import Axis

Joint = Literal["AND", "OR"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a query: its tree, and `text` that reads as that tree and can be read again.

    `joint` and `parts`: what it is joined from, if it is. `label` is what a person typed for it. `depth` counts trees
    within trees. `unit`: words that belong together without a bracket of their own.
    """

    query: Query
    text: str
    joint: Joint | None = None
    parts: tuple[Piece, ...] = ()
    label: str = ""
    depth: int = 1
    unit: bool = False

    @property
    def name(self) -> str:
        """What to call it to a person."""
        return self.label or self.text


EVERYTHING = Piece(Everything(), "*")


def joined(joint: Joint, pieces: Iterable[Piece], label: str = "") -> Piece:
    """`pieces` under one operator: those of the same operator are taken apart, doubles stand once."""
    flat: dict[Query, Piece] = {}
    for piece in pieces:
        for part in piece.parts if piece.joint == joint else (piece,):
            flat.setdefault(part.query, part)
    if joint == "AND" and len(flat) > 1:
        flat.pop(Everything(), None)
    parts = tuple(flat.values())
    if len(parts) == 1:
        return parts[0]
    tree = tuple(part.query for part in parts)
    text = f" {joint} ".join(_bracketed(part, joint) for part in parts)
    depth = 1 + max(part.depth for part in parts)
    return Piece(And(tree) if joint == "AND" else Or(tree), text, joint, parts, label, depth)


def without(piece: Piece) -> Piece:
    """Everything but `piece`; a double NOT is none."""
    if isinstance(piece.query, Not):
        return piece.parts[0]
    text = f"({piece.text})" if piece.joint or piece.unit else piece.text
    return Piece(Not(piece.query), f"NOT {text}", None, (piece,), depth=piece.depth + 1)


def _bracketed(piece: Piece, joint: Joint) -> str:
    # Words side by side are ANDed, so beside an OR they need brackets.
    if piece.joint or (piece.unit and joint == "OR"):
        return f"({piece.text})"
    return piece.text


def years(first: int | None, last: int | None) -> Piece:
    """Issued from `first` to `last`."""
    ends = str(first) if first == last else f"{'' if first is None else first}-{'' if last is None else last}"
    return Piece(Years(first, last), f"year:{ends}")


def levels(first: int, last: int) -> Piece:
    """A level of evidence from `first` to `last`."""
    return Piece(Levels(first, last), f"level:{first}" if first == last else f"level:{first}-{last}")


def quoted(value: str) -> str:
    """`value` as it can stand after a field's colon."""
    plain = bool(value) and not any(ch.isspace() or ch in '"“”„«»()[]' for ch in value)
    return value if plain else f'"{value}"'


def tag_text(axis: Axis, id: str) -> str:
    """A tag as a query says it: `condition:knee-osteoarthritis`."""
    return f"{axis.value}:{quoted(id)}"
