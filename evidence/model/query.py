"""The query tree, and `matches`: its plain meaning, which judges every engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, assert_never

from evidence.model.record import Axis
from evidence.model.words import stem

# The text fields of a document that words are looked up in. `fact` holds the words of study facts, `name` the record's
# keys and numbers.
FIELDS: tuple[str, ...] = ("title", "abstract", "author", "journal", "keyword", "year", "fact", "name")
Field: TypeAlias = Literal["title", "abstract", "author", "journal", "keyword", "year", "fact", "name"] | None
# What is searched when no field is named. A journal's name says nothing of the study: "knee" is in many.
ANYWHERE: tuple[str, ...] = tuple(name for name in FIELDS if name != "journal")


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches every record."""


@dataclass(frozen=True, slots=True)
class Word:
    """One folded word, by its stem: `injections` finds `injection`. `field` None: in one of `ANYWHERE`."""

    text: str
    field: Field = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded words side by side in one field, exactly as written (no stems)."""

    words: tuple[str, ...]
    field: Field = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """A folded beginning of a word: `trunc*`."""

    text: str
    field: Field = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag, or one of its narrower terms."""

    axis: Axis
    term: str


@dataclass(frozen=True, slots=True)
class Years:
    """Issued from `first` to `last`, both included; None is open. A record without a year never matches."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Levels:
    """A level of evidence from `first` to `last`, both included. A record without a level never matches."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Identified:
    """A record by `scheme` (key, doi, pmid, pmcid) and normalised value."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class And:
    """All of `parts`."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of `parts` or more."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but `part`."""

    part: Query


Query: TypeAlias = Everything | Word | Phrase | Prefix | Tagged | Years | Levels | Identified | And | Or | Not


@dataclass(frozen=True, slots=True)
class Document:
    """What of a record can be asked for. `words` are the folded words of each field, in order, by `FIELDS`.

    Several values of one field (authors, keywords) are parted by "" so that no phrase runs across them.
    `tags` are the record's own; `reach` holds them with every broader term. `level` and `year` None: not stated.
    `identifiers` are pairs of scheme and value, the key among them.
    """

    key: str
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: frozenset[tuple[Axis, str]] = frozenset()
    reach: frozenset[tuple[Axis, str]] = frozenset()
    level: int | None = None
    year: int | None = None
    identifiers: frozenset[tuple[str, str]] = frozenset()


def digest(document: Document) -> str:
    """A fingerprint of all that can be asked of `document`: 32 hex digits, the same in every process."""
    whole = (
        document.key, sorted(document.words.items()), sorted(document.tags), sorted(document.reach), document.level,
        document.year, sorted(document.identifiers),
    )  # fmt: skip
    return hashlib.blake2b(json.dumps(whole).encode(), digest_size=16).hexdigest()


def matches(query: Query, document: Document) -> bool:
    """Whether `document` answers `query`: the meaning that every engine is held to."""
    match query:
        case Everything():
            return True
        case Word(text, name):
            wanted = stem(text)
            return any(stem(word) == wanted for word in _words(document, name))
        case Phrase(run, name):
            return any(_holds(document.words.get(one, ()), run) for one in _fields(name))
        case Prefix(text, name):
            return any(word.startswith(text) for word in _words(document, name))
        case Tagged(axis, term):
            return (axis, term) in document.reach
        case Years(first, last):
            return within(document.year, first, last)
        case Levels(first, last):
            return within(document.level, first, last)
        case Identified(scheme, value):
            return (scheme, value) in document.identifiers
        case And(parts):
            return all(matches(part, document) for part in parts)
        case Or(parts):
            return any(matches(part, document) for part in parts)
        case Not(part):
            return not matches(part, document)
        case _:
            assert_never(query)


def within(value: int | None, first: int | None, last: int | None) -> bool:
    """Whether `value` lies in the closed range; None lies nowhere, an open end is None."""
    return value is not None and (first is None or value >= first) and (last is None or value <= last)


def _fields(name: Field) -> Iterable[str]:
    return ANYWHERE if name is None else (name,)


def _words(document: Document, name: Field) -> Iterable[str]:
    return (word for one in _fields(name) for word in document.words.get(one, ()))


def _holds(words: tuple[str, ...], run: tuple[str, ...]) -> bool:
    return any(words[at : at + len(run)] == run for at in range(len(words) - len(run) + 1)) if run else False


@dataclass(frozen=True, slots=True)
class Expansion:
    """Words of a query that the vocabulary knows, and the tags that they were widened to (`condition:ID`)."""

    word: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things asked for together: its words as typed and its tree. What a partial match may lack.

    `read_as` is its reading, which can be read again; "" when nobody wrote one.
    """

    text: str
    query: Query
    read_as: str = ""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as it was read: the tree, and the reading in words with every bracket (`read_as`).

    `parts` are what was ANDed at the top, in order; `warnings` are sentences for the person.
    """

    text: str
    query: Query
    read_as: str
    parts: tuple[Part, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    warnings: tuple[str, ...] = ()
