"""The vocabulary: terms with SKOS's words, read from TOML, known to no line of code by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from evidence.model.record import Axis
from evidence.model.words import words

Match = Literal["exactMatch", "narrowMatch", "broadMatch", "relatedMatch", "anatomy"]


@dataclass(frozen=True, slots=True)
class Guarded:
    """Words that tag only in company: one of `needs` (beginnings of words) in the record, none of `bars`.

    Both empty: the words never tag by themselves.
    """

    text: str
    needs: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadingMatch:
    """A MeSH heading and what it may do: only exactMatch and narrowMatch tag alone, anatomy never."""

    relation: Match
    label: str
    id: str | None = None
    tree: str | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """One line of a term's level rule: `value` (None: no level) with its `reason`, when the record states `when`.

    `when` is "" (always), or NAME=VALUE of a study fact or of a signal that the tagger reads from the text.
    """

    value: int | None
    reason: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A concept of the scheme `scheme` (condition, solution, design). `id` is what is stored; `label` may be reworded.

    `hidden` are SKOS's hidden labels: words that a question may use for the term, and that never tag a record.
    """

    scheme: str
    id: str
    label: str
    synonyms: tuple[str, ...] = ()
    ambiguous: tuple[Guarded, ...] = ()
    abbreviations: tuple[Guarded, ...] = ()
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    mesh: tuple[HeadingMatch, ...] = ()
    group: str | None = None
    region: str | None = None
    roles: tuple[str, ...] = ()
    qualifier: bool = False  # stands beside a design and is none: never sets a level
    grades: tuple[Grade, ...] = ()
    note: str | None = None
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """A level scheme as its vocabulary names it: `name` ("OCEBM 2011") and the `question` it answers.

    `undesigned` is the reason where there is no design; `words` are shown beside a level's number, always.
    """

    name: str = ""
    question: str = ""
    undesigned: str = "design not stated"
    words: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """Every term of every scheme, in file order. `version` is a hash of the files that it was read from."""

    terms: tuple[Term, ...] = ()
    levels: Scheme = field(default_factory=Scheme)
    nothing: tuple[str, ...] = ()  # phrases that look like a term and are none ("Arthritis Foundation")
    version: str = ""

    @cached_property
    def _by_id(self) -> Mapping[tuple[str, str], Term]:
        return {(term.scheme, term.id): term for term in self.terms}

    @cached_property
    def _narrower(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], list[str]] = {}
        for term in self.terms:
            for parent in term.broader:
                found.setdefault((term.scheme, parent), []).append(term.id)
        return {key: tuple(ids) for key, ids in found.items()}

    @cached_property
    def _by_words(self) -> Mapping[tuple[str, tuple[str, ...]], tuple[Term, ...]]:
        found: dict[tuple[str, tuple[str, ...]], list[Term]] = {}
        for term in self.terms:
            for text in (term.id, term.label, *term.synonyms, *(short.text for short in term.abbreviations)):
                same = found.setdefault((term.scheme, tuple(words(text))), [])
                if term not in same:
                    same.append(term)
        return {key: tuple(terms) for key, terms in found.items()}

    def term(self, scheme: str, id: str) -> Term | None:
        """The term `id` of `scheme`; None when there is none."""
        return self._by_id.get((scheme, id))

    def label(self, axis: Axis, id: str) -> str:
        """The label of a tag's term; its id when the vocabulary no longer has it."""
        term = self.term(axis.scheme, id)
        return term.label if term else id

    def named(self, scheme: str, text: str) -> tuple[Term, ...]:
        """The terms of `scheme` that `text` names by id, label, synonym or abbreviation; () when none."""
        return self._by_words.get((scheme, tuple(words(text))), ())

    def of(self, scheme: str) -> Iterator[Term]:
        """The terms of one scheme, in file order."""
        return (term for term in self.terms if term.scheme == scheme)

    def narrower(self, scheme: str, id: str) -> frozenset[str]:
        """`id` and every term below it."""
        return self._reach(id, lambda at: self._narrower.get((scheme, at), ()))

    def broader(self, scheme: str, id: str) -> frozenset[str]:
        """`id` and every term above it."""
        return self._reach(id, lambda at: self._parents(scheme, at))

    def _parents(self, scheme: str, id: str) -> tuple[str, ...]:
        term = self.term(scheme, id)
        return term.broader if term else ()

    @staticmethod
    def _reach(start: str, step: Callable[[str], tuple[str, ...]]) -> frozenset[str]:
        seen = {start}
        todo = [start]
        while todo:
            for next_id in step(todo.pop()):
                if next_id not in seen:
                    seen.add(next_id)
                    todo.append(next_id)
        return frozenset(seen)
