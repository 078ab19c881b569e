"""Field values of a query to pieces: text fields, years, levels, identifiers. Terms are resolved by the caller."""

from __future__ import annotations

import re
from typing import cast

from evidence.core.query_text import Token
from evidence.core.reading import Piece, joined, levels, quoted, years
from evidence.errors import QuerySyntaxError, UsageError
from evidence.model import identifiers
from evidence.model.query import Field, Identified, Phrase, Prefix, Word
from evidence.model.words import spans

_IDENTIFIERS = {"doi": identifiers.doi, "pmid": identifiers.pmid, "pmcid": identifiers.pmcid}
_LONGEST = 300  # characters of an identifier


def fielded(token: Token) -> Piece:
    """The piece that `token` with its field says; QuerySyntaxError with the column of a value that is none."""
    name = token.field or ""
    if name == "key":
        return Piece(Identified("key", token.text), f"key:{quoted(token.text)}")
    if name in _IDENTIFIERS:
        return _identified(name, token)
    if name == "level":
        return levels(*level_range(token.text, token.column))
    if name == "year":
        return years(*_year_range(token))
    where = cast("Field", name)
    if token.kind == "prefix":
        return prefix(token, where)
    typed = f'"{token.text}"' if token.kind == "phrase" else token.text
    if token.kind == "phrase" or len(token.words) > 1:
        return Piece(Phrase(token.words, where), f"{name}:{typed}")
    return Piece(Word(token.words[0], where), f"{name}:{typed}")


def prefix(token: Token, where: Field = None) -> Piece:
    """A shortened word; of several joined by hyphens, only the last is short and all must be there."""
    lead = f"{where}:" if where else ""
    *before, last = [(token.text[word.start : word.end], word.text) for word in spans(token.text)]
    pieces = [Piece(Word(word, where), f"{lead}{typed}") for typed, word in before]
    return joined("AND", [*pieces, Piece(Prefix(last[1], where), f"{lead}{last[0]}*")], label=f"{lead}{token.text}*")


def level_range(text: str, column: int | None = None) -> tuple[int, int]:
    """`1` or `1-2` as the first and last level; UsageError (QuerySyntaxError with a `column`) when it is none."""
    found = re.fullmatch(r"([1-5])(?:[-–]([1-5]))?", text.strip(), re.ASCII)
    if found and found.group(1) <= (found.group(2) or found.group(1)):
        return int(found.group(1)), int(found.group(2) or found.group(1))
    said, hint = f"“{text[:40]}” is no level of evidence.", "Write 1 (best) to 5, or a range: 1-2."
    raise UsageError(said, hint) if column is None else QuerySyntaxError(said, column, hint)


def _identified(name: str, token: Token) -> Piece:
    value = _IDENTIFIERS[name](token.text) if len(token.text) <= _LONGEST else None
    if name == "pmcid" and value is None and token.text.isdecimal() and len(token.text) <= _LONGEST:
        value = identifiers.pmcid(f"PMC{token.text}")
    if value is None:
        raise QuerySyntaxError(
            f"This is no {name.upper()}.", token.column, "Write doi:10.1000/1, pmid:1 or pmcid:PMC1."
        )
    return Piece(Identified(name, value), f"{name}:{value}")


def _year_range(token: Token) -> tuple[int | None, int | None]:
    found = re.fullmatch(r"(\d{4})?(?:([-–])(\d{4})?)?", token.text, re.ASCII)
    if not found or not (found.group(1) or found.group(3)):
        raise QuerySyntaxError(
            "A year has four digits.", token.column, "Write year:2000, year:2000-2010, year:2015- or year:-2010."
        )
    first = int(found.group(1)) if found.group(1) else None
    last = int(found.group(3)) if found.group(3) else None if found.group(2) else first
    if first is not None and last is not None and first > last:
        raise QuerySyntaxError(
            f"The years run backwards: {first} to {last}.", token.column, f"Write year:{last}-{first}."
        )
    return first, last
