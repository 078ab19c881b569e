"""A work as its source gives it: CSL 1.0.2's variables, typed.

Every text keeps its source's spelling, in NFC and without markup; titles, abstracts and their sections may hold the four tags
of `model/markup.py` (`i`, `b`, `sub`, `sup`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True, slots=True)
class Name:
    """A person (`family`, `given`) or a group (`literal`) in a CSL name `role` such as author or editor.

    `given` holds given names or initials as the source prints them; None: not known.
    """

    role: str = "author"
    family: str | None = None
    given: str | None = None
    literal: str | None = None
    particle: str | None = None  # CSL non-dropping-particle: "van der" in "van der Meer"
    dropping_particle: str | None = None
    suffix: str | None = None

    @property
    def sort(self) -> str:
        """What the name is sorted and keyed by: the family name, or the group's whole name."""
        return self.literal or self.family or self.given or ""


@dataclass(frozen=True, slots=True)
class Date:
    """A CSL date variable: one or two (`parts`, a range) of (year[, month 1-12[, day]]).

    `season` is CSL's 1-4; `literal` a date that is no calendar date ("in press").
    """

    variable: str = "issued"
    parts: tuple[tuple[int, ...], ...] = ()
    season: int | None = None
    circa: bool = False
    literal: str | None = None

    @property
    def year(self) -> int | None:
        """The (first) year; None when there is none."""
        return self.parts[0][0] if self.parts and self.parts[0] else None


@dataclass(frozen=True, slots=True)
class Heading:
    """A MeSH heading on a record: `id` (D003920; None when the source gives words only), `label`, `major` topic."""

    label: str
    id: str | None = None
    major: bool = False
    qualifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A labelled part of an abstract: `label` as printed ("METHODS"), or "" for an unlabelled one."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about the work: `kind` is retraction, concern, erratum, update or comment.

    `ref` is what the notice's own citation says, `source` where it was seen, `checked` when (ISO date).
    """

    kind: str
    ref: str | None = None
    date: str | None = None
    source: str | None = None
    checked: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A tie to another record: edition-of, protocol-of, report-of, comment-on, preprint-of, same-work, erratum-for."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A work: CSL `type`, `fields` (every text and number variable by its CSL name), names, dates and what CSL lacks.

    `key` None: the source gives none. `status` None: the source does not say; `missing` and `as_cited` name fields.
    `extra` holds the source's unknown fields untouched.
    """

    key: str | None
    type: str = "document"
    fields: Mapping[str, str] = field(default_factory=dict)
    names: tuple[Name, ...] = ()
    dates: tuple[Date, ...] = ()
    mesh: tuple[Heading, ...] = ()
    publication_types: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    notices: tuple[Notice, ...] = ()
    relations: tuple[Relation, ...] = ()
    status: str | None = None
    missing: tuple[str, ...] = ()
    as_cited: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()  # other keys that the source gives for this work
    extra: Mapping[str, Json] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The title, or "" when there is none."""
        return self.fields.get("title", "")

    @property
    def year(self) -> int | None:
        """The year of issue; None when it is not stated."""
        return next((date.year for date in self.dates if date.variable == "issued"), None)

    def named(self, role: str) -> tuple[Name, ...]:
        """The names in `role`, in the source's order."""
        return tuple(name for name in self.names if name.role == role)


@dataclass(frozen=True, slots=True)
class Unread:
    """A piece of a source that could not be read: its bytes, the 1-based line it starts on, and why."""

    raw: bytes
    line: int
    why: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A piece of a source that was read: the reference (or study fact's line), its own bytes, and warnings."""

    reference: Reference
    raw: bytes
    line: int
    warnings: tuple[str, ...] = ()
