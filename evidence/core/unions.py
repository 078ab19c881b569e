"""What two accounts of one work say together: notices, headings, types, loose fields. Nothing that either says is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from evidence.model.reference import Heading, Json, Notice
from evidence.model.words import fold, words

T = TypeVar("T")

_MANY = 500  # notices of one work: of more than these, only those that are alike to the letter are told once

_NUMBER = re.compile(r"\bPMID:?\s?0*([1-9]\d{0,8})\b", re.IGNORECASE)
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
# A word of a "citation" that is only a date: "published 4 November 2015".
_DATED = re.compile(r"\d+|published|online|in|on|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*")


def union(one: Sequence[T], other: Sequence[T]) -> tuple[T, ...]:
    """What stands in either, once, the first's first."""
    # By their text: parts of a hostile file's items may be of a kind that cannot be hashed.
    return tuple({repr(item): item for item in reversed((*one, *other))}.values())[::-1] if other else tuple(one)


def pubmed_number(ref: str) -> str | None:
    """The PubMed number that a citation ends on ("… PMID: 11150089"), the last one of several; None without one."""
    found = _NUMBER.findall(ref)
    return found[-1] if found else None


# --- notices ----------------------------------------------------------------------------------------------------


def all_notices(one: Sequence[Notice], other: Sequence[Notice]) -> tuple[Notice, ...]:
    """The notices of both, each event once: those of the first in their order, then what is new.

    It makes no difference to what is said which of the two comes first. Of one event that both tell, the fuller account
    stays, with what it lacks from the other; who saw it, and the later day on which it was looked up.
    """
    if not other or not one or one == other:
        return tuple(one or other)
    if len(one) + len(other) > _MANY:
        return union(one, other)
    events: list[Notice] = []
    for notice in sorted((*one, *other), key=_fullest):
        at = next((at for at, event in enumerate(events) if same_event(event, notice)), None)
        if at is None:
            events.append(notice)
        else:
            events[at] = _together(events[at], notice)
    order = [_Event.of(notice) for notice in (*one, *other)]
    return tuple(sorted(events, key=lambda event: _place(order, _Event.of(event))))


def _place(order: Sequence[_Event], event: _Event) -> int:
    return next((at for at, one in enumerate(order) if one.same(event)), len(order))


def same_event(one: Notice, other: Notice) -> bool:
    """Whether two notices tell of one event.

    They are of one kind, and of one citation, by its PubMed number or by its words, of which one may say more than the
    other. Where one has no citation, its date is in the other's year, or it has none either.
    """
    return _Event.of(one).same(_Event.of(other))


@dataclass(frozen=True, slots=True)
class _Event:
    """What a notice is told from others by. `cited` are the words of its citation, without dates that are all there is."""

    kind: str
    number: str | None
    cited: tuple[str, ...]
    date: str
    years: frozenset[str]

    @classmethod
    def of(cls, notice: Notice) -> _Event:
        """What is told by a notice."""
        ref, date = (str(part or "") for part in (notice.ref, notice.date))  # a file's need not be texts
        cited = tuple(words(_NUMBER.sub("", ref)))
        kind = "".join(words(str(notice.kind))) + ("partial" if cited[:1] == ("partial",) else "")
        years = frozenset(word for word in cited if _YEAR.fullmatch(word))
        if all(map(_DATED.fullmatch, cited)):
            return cls(kind, pubmed_number(ref), (), date or min(years, default=""), frozenset())
        return cls(kind, pubmed_number(ref), cited, date, years)

    def same(self, other: _Event) -> bool:
        """See `same_event`."""
        if self.kind != other.kind:
            return False
        if self.number and other.number:
            return self.number == other.number
        if self.cited and other.cited:
            short, long = sorted((self.cited, other.cited), key=len)
            return long[: len(short)] == short
        if self.cited or other.cited:
            full, bare = (self, other) if self.cited else (other, self)
            if bare.number:
                return False
            return not bare.date or bare.date[:4] in full.years or _one_date(full.date, bare.date)
        return _one_date(self.date, other.date) or not self.date or not other.date


def _one_date(one: str, other: str) -> bool:
    """Whether both are dates and one is the other, or the other to its year or month."""
    return bool(one and other) and (one.startswith(other) or other.startswith(one))


def _fullest(notice: Notice) -> tuple[bool, int, int, str]:
    """The notice that says most comes first, whoever gives it."""
    event = _Event.of(notice)
    return event.number is None, -len(event.cited), -len(event.date), repr(notice)


def _together(one: Notice, other: Notice) -> Notice:
    """One event of which two notices tell, `one` more fully."""
    dates = [str(date) for date in (one.date, other.date) if date]
    date = max(dates, key=len) if len(dates) > 1 and _one_date(*dates) else next(iter(dates), None)
    sources = sorted({*_parted(one.source), *_parted(other.source)})
    checked = max(str(one.checked or ""), str(other.checked or "")) or None
    return replace(one, ref=one.ref or other.ref, date=date, source="; ".join(sources) or None, checked=checked)


def _parted(sources: str | None) -> tuple[str, ...]:
    return tuple(str(sources).split("; ")) if sources else ()


# --- headings and loose fields ----------------------------------------------------------------------------------


def all_headings(one: Sequence[Heading], other: Sequence[Heading]) -> tuple[Heading, ...]:
    """The headings of both, each label once, with its number, its qualifiers and its star if either has them."""
    if not other or one == other:
        return tuple(one)
    found: dict[str, Heading] = {}
    for heading in (*one, *other):
        label = fold(str(heading.label))
        held = found.setdefault(label, heading)
        if held != heading:
            qualifiers = union(held.qualifiers, heading.qualifiers)
            found[label] = replace(
                held, id=held.id or heading.id, major=held.major or heading.major, qualifiers=qualifiers
            )
    return tuple(found.values())


def all_extra(one: Mapping[str, Json], other: Mapping[str, Json]) -> dict[str, Json]:
    """The loose fields of both; of a field that both have the first's, or all of its texts where both are lists."""
    if not other:
        return dict(one)
    return {**other, **one, **{name: _listed(one[name], other[name]) for name in one.keys() & other.keys()}}


def _listed(one: Json, other: Json) -> Json:
    if isinstance(one, list) and isinstance(other, list) and _texts((*one, *other)):
        return list(union(one, other))
    return one


def _texts(values: Iterable[Json]) -> bool:
    return all(isinstance(value, str) for value in values)
