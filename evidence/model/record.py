"""A record: a reference in a library, with what is claimed of it, by whom and on what words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from evidence.model.reference import Json, Reference


class Axis(StrEnum):
    """What a tag is about. Comparator and adjunct take their terms from the solution vocabulary."""

    CONDITION = "condition"
    SOLUTION = "solution"
    COMPARATOR = "comparator"
    ADJUNCT = "adjunct"
    DESIGN = "design"

    @property
    def scheme(self) -> str:
        """The vocabulary (SKOS concept scheme) that this axis takes its terms from."""
        return "solution" if self in (Axis.COMPARATOR, Axis.ADJUNCT) else self.value


By = Literal["heading", "rule", "model", "person"]
State = Literal["stands", "accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim that a record is about `term` on `axis`: who says so (`by`), on what words.

    `field` is a field of the record (title, abstract, keyword, mesh, publication-types, or `fact:NAME` for a study
    fact); `start` and `end` are character offsets of `quote` in that field's text, None where a person speaks
    without words. `certainty` is 0 to 1. `who` and `when` (ISO 8601, UTC) are set for a person's claims.
    """

    axis: Axis
    term: str
    by: By
    rule: str | None = None
    field: str | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    certainty: float = 1.0
    who: str | None = None
    when: str | None = None
    state: State = "stands"


@dataclass(frozen=True, slots=True)
class Fact:
    """A study fact: `value` with its `unit`; `of` says of which outcome, against what, at what time.

    `quote` are the page's own words, `source` the page, `field` the place on it (abstract, title, table …);
    `start` and `end` are offsets in a field of the record, None when the words stand only on the page.
    """

    name: str
    value: Json
    unit: str | None = None
    of: Json = None
    field: str | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    source: str | None = None
    by: By = "person"
    state: State = "stands"
    read: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A person's remark on a record."""

    text: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A person's word on one field: `value` is CSL-JSON (None: the field was taken away). It outlives new imports."""

    field: str
    value: Json
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Tags:
    """The terms that stand for a record, each axis sorted, without duplicates."""

    condition: tuple[str, ...] = ()
    solution: tuple[str, ...] = ()
    comparator: tuple[str, ...] = ()
    adjunct: tuple[str, ...] = ()
    design: tuple[str, ...] = ()

    def on(self, axis: Axis) -> tuple[str, ...]:
        """The terms on `axis`."""
        terms: tuple[str, ...] = getattr(self, axis.value)
        return terms


@dataclass(frozen=True, slots=True)
class Level:
    """A level of evidence by `scheme` for `question`: `value` 1 (best) to 5, None for none; always with its `reason`.

    It starts from the design alone; `adjusted` is a person's grading up or down, which stands beside it. Where a study
    fact decides, `quote` are its words and `field` its name (`fact:NAME`).
    """

    value: int | None
    reason: str
    scheme: str
    question: str
    adjusted: Adjustment | None = None
    quote: str | None = None
    field: str | None = None

    @property
    def counted(self) -> int | None:
        """The value to sort and filter by: the person's when there is one."""
        return self.adjusted.value if self.adjusted else self.value


@dataclass(frozen=True, slots=True)
class Record:
    """A reference as the library keeps it. `key` is unique and never remade; `reference.key` equals it.

    `entries` are the ids of the source entries that the reference comes from; `aliases` are keys it once had.
    `distinct` are the numbers (`id`) of the records that a person said are other works, whatever they look like.
    `id` is the store's own number, None before it is stored; `version` counts from 1, 0 before it is stored.
    """

    key: str
    reference: Reference
    claims: tuple[Claim, ...] = ()
    facts: tuple[Fact, ...] = ()
    notes: tuple[Note, ...] = ()
    edits: tuple[Edit, ...] = ()
    adjusted: Adjustment | None = None
    aliases: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    distinct: tuple[int, ...] = ()
    id: int | None = field(default=None, compare=False)
    version: int = field(default=0, compare=False)

    @property
    def tags(self) -> Tags:
        """The terms that stand: claimed by heading, rule or person, and not rejected by a person."""
        return standing(self.claims)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A person's level of evidence for one record, with the reason."""

    value: int
    by: str
    why: str


def standing(claims: Iterable[Claim]) -> Tags:
    """The terms that stand among `claims`: one rejected by a person stands nowhere on its axis."""
    claims = tuple(claims)
    rejected = {(claim.axis, claim.term) for claim in claims if claim.state == "rejected"}
    kept = {(claim.axis, claim.term) for claim in claims} - rejected
    return Tags(**{axis.value: tuple(sorted(term for on, term in kept if on is axis)) for axis in Axis})


def effective(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims with the state that they have after a person's word on the same term."""
    claims = tuple(claims)
    words = {(one.axis, one.term): one.state for one in claims if one.by == "person"}
    return tuple(
        one if one.by == "person" else replace(one, state=words.get((one.axis, one.term), one.state)) for one in claims
    )
