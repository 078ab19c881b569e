"""The people of a MEDLINE record: full names beside short ones, and with each who they are and where they work."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from evidence.formats.draft import Draft
from evidence.formats.people import is_others, person
from evidence.model.limits import NAMES, VALUES
from evidence.model.reference import Json, Name

_ORCID = re.compile(
    r"(?:ORCID:?\s*)?(?:https?://)?(?:www\.)?(?:orcid\.org/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])",
    re.ASCII | re.IGNORECASE,
)
# NLM prints these behind the given names, without a comma; `person` knows those up to 3rd.
_PLAIN_FAMILY = re.compile(r"[^\W\d_a-z][^\W\d_]+(?:[-'’][^\W\d_]+)*")
_PLAIN_GIVEN = re.compile(r"(?:[^\W\d_]{2,}|[^\W\d_a-z])(?:[ -](?:[^\W\d_][a-zà-ÿ]{2,}|[A-HJ-UW-Z]))*")
_LATE_SUFFIX = re.compile(r"(?:[4-9]th|V|VI{1,3})")


class Person:
    """One name on its way: `full` (FAU), `short` (AU), or `group` (CN), with what stands behind it."""

    __slots__ = ("affiliations", "full", "group", "ids", "orcid", "role", "short")

    def __init__(self, role: str, full: str = "", short: str = "", group: str = "") -> None:
        self.role, self.full, self.short, self.group = role, full, short, group
        self.orcid = ""
        self.ids: list[str] = []
        self.affiliations: list[Json] = []


class People:
    """The names of a record in order. A short name beside its full one is the same person."""

    __slots__ = ("_early", "_last", "_unpaired", "is_complete", "list")

    def __init__(self) -> None:
        self.list: list[Person] = []
        self.is_complete = True  # False: the source says that there are others
        self._last: Person | None = None
        self._early: list[str] = []  # affiliations before any name
        self._unpaired: dict[tuple[str, str], list[Person]] | None = None

    def take(self, head: str, text: str) -> bool:
        """What a line of MEDLINE that begins with `head` says of a person; False when it is said of nobody here.

        AU stands behind the same person's FAU; AD and AUID behind either.
        """
        if head == "FAU - ":
            self.full(text)
        elif head == "AU  - ":
            self.short(text)
        elif head == "AD  - ":
            return self.affiliation(text)
        elif head == "AUID- ":
            return self.identifier(text)
        elif head == "CN  - ":
            self.group(text)
        elif head == "FED - ":
            self.full(text, "editor")
        elif head == "ED  - ":
            self.short(text, "editor")
        else:
            if head in {"FIR - ", "IR  - "}:
                self._last = None  # what comes next is said of the investigator
            return False
        return True

    def lines(self, said: list[str]) -> list[tuple[str, str]]:
        """Take lines of MEDLINE, their blanks joined, as `take` does; the tags and values that are said of nobody here."""
        others: list[tuple[str, str]] = []
        for line in said:
            head, text, last = line[:6], line[6:], self._last
            if last is None or not text:
                pass
            elif head == "AD  - ":
                if len(last.affiliations) < VALUES:
                    last.affiliations.append(text)
                continue
            elif head == "AU  - " and last.role == "author" and last.full and not last.short:
                family, comma, _ = last.full.partition(",")
                if comma and text.startswith(family):  # the person's own short name, as nearly always
                    last.short = text
                    continue
            if text and not self.take(head, text):
                others.append((head[:4].rstrip(), text))
        return others

    def full(self, text: str, role: str = "author") -> None:
        """A full name, which a short one may follow."""
        one = self._last = Person(role, full=text)
        self.list.append(one)
        if self._unpaired is not None:
            self._unpaired.setdefault((role, _family(text)), []).append(one)

    def short(self, text: str, role: str = "author") -> None:
        """A short name: with the full one before it, or with an earlier one of the same family, or by itself."""
        last = self._last
        if last and last.role == role and last.full and not last.short:
            family, comma, _ = last.full.partition(",")
            if (comma and text.startswith(family)) or not self._waiting(text, role):
                last.short = text
                return
        for one in self._waiting(text, role):
            if not one.short:
                one.short = text
                return
        self._add(Person(role, short=text))

    def group(self, text: str, role: str = "author") -> None:
        """A group among the people."""
        self._add(Person(role, group=text))

    def affiliation(self, text: str) -> bool:
        """Where the last one works; before any name it is the first author, as NLM had it until 2013."""
        if self._last:
            if len(self._last.affiliations) < VALUES:
                self._last.affiliations.append(text)
        elif not self.list:
            self._early.append(text)
        else:
            return False
        return True

    def identifier(self, text: str) -> bool:
        """The ORCID of the last one; False when it is none, or nobody's."""
        found = _ORCID.fullmatch(text.strip())
        if not self._last or not found or self._last.orcid:
            return False
        self._last.orcid = "-".join(found.groups()).upper()
        return True

    def _waiting(self, text: str, role: str) -> list[Person]:
        """The full names of the family that the short name `text` has, from the first without a short one on."""
        if self._unpaired is None:
            self._unpaired = {}
            for one in self.list:
                if one.full:
                    self._unpaired.setdefault((one.role, _family(one.full)), []).append(one)
        waiting = self._unpaired.get((role, _family(text)), [])
        while waiting and waiting[0].short:
            waiting.pop(0)
        return waiting

    def _add(self, one: Person) -> Person:
        self.list.append(one)
        self._last = one
        return one

    def fill(self, draft: Draft) -> None:
        """The names into `draft`, and what is known of the authors beside them."""
        details: list[Json] = []
        number, add = 0, draft.add
        if self._early and (first := next((one for one in self.list if one.role == "author"), None)):
            first.affiliations[:0] = self._early
            self._early = []
        for text in self._early:
            draft.keep("AD", text)
        draft.others = draft.others or not self.is_complete
        for one in self.list:
            role = one.role
            name, printed = (Name(role, literal=one.group), one.group) if one.group else _read(_text(one), role)
            if name is None:
                draft.others = draft.others or role == "author"
                continue
            add(name)
            if role != "author":
                for place in one.affiliations:
                    draft.keep("AD", place)
                continue
            number += 1
            if (one.orcid or one.affiliations) and number <= NAMES:
                detail: dict[str, Json] = {"n": number, "name": printed}
                if one.orcid:
                    detail["orcid"] = one.orcid
                if one.affiliations:
                    detail["affiliations"] = one.affiliations
                details.append(detail)
        if details:
            draft.extra["author-details"] = details


def _text(one: Person) -> str:
    """The full name; the short one when there is no other, or when the full one is a family name alone."""
    return one.full if one.full and (not one.short or "," in one.full or " " in one.full) else one.short


@lru_cache(maxsize=16384)
def _read(text: str, role: str) -> tuple[Name | None, str]:
    """The name in `text`, and how it is printed, family name first; no name for "et al.", which says that there are others."""
    family, comma, given = text.partition(", ")
    if comma and _PLAIN_FAMILY.fullmatch(family) and _PLAIN_GIVEN.fullmatch(given):  # by far the most frequent
        return Name(role, family, given), text
    name = None if is_others(text) else _awkward(text, role)
    if name is None or name.literal is not None:
        return name, text
    family = " ".join(part for part in (name.particle, name.family) if part)
    return name, ", ".join(part for part in (family, name.given) if part)


def _awkward(text: str, role: str) -> Name | None:
    head, blank, last = text.rpartition(" ")
    if blank and "," in head and _LATE_SUFFIX.fullmatch(last.strip(".")) and not head.endswith(","):
        name = person(head, role)
        return replace(name, suffix=last) if name and name.family and not name.suffix else person(text, role)
    found = person(text, role)
    return found if found is None or found.literal is None or "," in text else _as_person(text, role, found)


def _as_person(text: str, role: str, group: Name) -> Name:
    """A name among persons that reads as a group's: NLM keeps groups apart, so initials at its end make it a person's."""
    family, _, given = text.rpartition(" ")
    return Name(role, family, given) if family and given.isupper() and len(given) <= 3 else group


@lru_cache(maxsize=8192)
def _family(text: str) -> str:
    """The family name, with its particle, to compare a full name with a short one by."""
    name = person(text, "author")
    return " ".join(part for part in (name.particle, name.family) if part).casefold() if name else ""
