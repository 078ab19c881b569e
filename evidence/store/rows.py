"""The rows that are derived from a record's state: which tables, which columns, and the text in them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from evidence.model.csl import canonical
from evidence.model.markup import plain
from evidence.model.other_ids import every_identifier
from evidence.model.record import Record
from evidence.model.words import joined_words

T = TypeVar("T")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """A table whose rows say again what a live record's state says.

    Its columns are `record` (the id), `position` (counted from 0 in the record's order) and `columns`.
    """

    table: str
    columns: tuple[str, ...]
    values: Callable[[Record], Iterable[Row]]

    def rows(self, record: Record) -> Iterator[Row]:
        """The rows of a stored record."""
        return ((record.id, at, *row) for at, row in enumerate(self.values(record)))


def text(value: object) -> str | None:
    """What a column holds for `value`: a text without NUL and half surrogates, which databases refuse."""
    if value is None or (value.__class__ is str and value.isascii() and "\0" not in value):
        return value
    found = str(value) if isinstance(value, str) else canonical(value)
    return found.replace("\0", "\ufffd").encode(errors="surrogatepass").decode(errors="replace")


def texts(*values: object) -> Row:
    """A row of `values`, each as a column holds it."""
    # Most are None or plain ASCII, which is seen here at less than the price of a call.
    return tuple(
        [
            value
            if value is None or (value.__class__ is str and value.isascii() and "\0" not in value)
            else text(value)
            for value in values
        ]
    )


_TOKEN_BYTES = 400  # PostgreSQL indexes no more than 2,704 bytes; a key, DOI or folded title is nearly always shorter


def token(value: str) -> str:
    """`value` as it is looked up: itself, or for a very long or unstorable text its beginning and its SHA-256.

    A token's token is itself, and no two texts that anyone is likely to meet share one.
    """
    if len(value) <= _TOKEN_BYTES // 4 and value.isascii() and "\0" not in value:
        return value
    raw = value.encode(errors="surrogatepass")
    if len(raw) <= _TOKEN_BYTES and text(value) == value:
        return value
    return f"{text(value[:60])}#{hashlib.sha256(raw).hexdigest()}"


def title_token(record: Record) -> str | None:
    """The folded title, without markup, as `titled` looks it up; None for a record without one."""
    return token(joined_words(plain(record.reference.title))) or None


def identifier_rows(record: Record) -> list[tuple[str, str]]:
    """The (scheme, value) pairs that name the record's work, those that a merged record brought among them."""
    return [(scheme, token(value)) for scheme, value in every_identifier(record.reference)]


def batches(items: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """`items` in lists of at most `size`: a statement's parameters are limited."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def marks(items: Sequence[object]) -> str:
    """A parameter mark for each of `items`: `?,?,?`."""
    return ",".join("?" * len(items))


def _number(value: object) -> float | None:
    usable = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if usable else None  # type: ignore[arg-type]  # `usable` says that it is a number


def _names(record: Record) -> Iterator[Row]:
    for one in record.reference.names:
        yield texts(one.role, one.family, one.given, one.literal, one.particle, one.dropping_particle, one.suffix)


def _claims(record: Record) -> Iterator[Row]:
    for one in record.claims:
        said = texts(one.axis.value, one.term, one.by, one.rule, one.field, one.quote, one.who, one.when, one.state)
        yield (*said, _number(one.certainty))


def _facts(record: Record) -> Iterator[Row]:
    for one in record.facts:
        said = (one.name, one.value, one.unit, one.of, one.field, one.quote, one.source, one.by, one.state, one.read)
        yield texts(*said)


def _notices(record: Record) -> Iterator[Row]:
    return (texts(one.kind, one.ref, one.date, one.source, one.checked) for one in record.reference.notices)


def _relations(record: Record) -> Iterator[Row]:
    return (texts(one.kind, one.key) for one in record.reference.relations)


def _notes(record: Record) -> Iterator[Row]:
    return (texts(one.text, one.who, one.when) for one in record.notes)


DERIVED = (
    Derived("name", ("role", "family", "given", "literal", "particle", "dropping_particle", "suffix"), _names),
    Derived(
        "claim",
        ("axis", "term", "said_by", "rule", "field", "quote", "who", "at", "state", "certainty"),
        _claims,
    ),
    Derived(
        "fact",
        ("name", "value", "unit", "of_what", "field", "quote", "source", "said_by", "state", "seen"),
        _facts,
    ),
    Derived("notice", ("kind", "ref", "date", "source", "checked"), _notices),
    Derived("relation", ("kind", "key"), _relations),
    Derived("note", ("text", "who", "at"), _notes),
)
