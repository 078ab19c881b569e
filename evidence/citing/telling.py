"""Which references a style cannot tell apart by name and year, and so gives a letter after the year ("2009a").

Pandoc finds that out by setting every citation anew with more and more names: a thousand references take a minute, and names
that it added show in the list. Here each reference says what its citation would tell of it, and pandoc only compares.
Source: CSL 1.0.2, "Disambiguation".
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from evidence.model.markup import plain
from evidence.model.reference import Name, Reference

VARIABLE = "x-evidence-told"  # of no style and no record
_ROLES = ("author", "editor", "translator", "compiler", "director", "composer", "interviewer", "collection-editor")
_MANY = 10_000  # authors


@dataclass(frozen=True, slots=True)
class Telling:
    """What a style's citations tell works apart by: how many names, and how much of each.

    `shown` names of a list of `longest` or more; all of them where they are `added` to tell works apart. `given` is "" (never
    added), "initials" or "names", of the first author only where `first_only`.
    """

    longest: int = _MANY
    shown: int = _MANY
    added: bool = False
    given: str = ""
    first_only: bool = False


def simplified(style: Element) -> Telling | None:
    """Make the style's citations print only what `told` says of each reference; None: the style adds no letters."""
    citation = style.find("citation")
    if citation is None:  # the schema asks for one, and pandoc with it
        citation = SubElement(style, "citation")
    letters = citation.get("disambiguate-add-year-suffix") == "true"
    rule = citation.get("givenname-disambiguation-rule", "by-cite")
    given = citation.get("disambiguate-add-givenname") == "true"
    telling = Telling(
        longest=_number(citation.get("et-al-min") or style.get("et-al-min")),
        shown=_number(citation.get("et-al-use-first") or style.get("et-al-use-first")),
        added=citation.get("disambiguate-add-names") == "true",
        given="" if not given else "initials" if rule.endswith("-with-initials") else "names",
        first_only=rule.startswith("primary-name"),
    )
    citation.clear()
    SubElement(SubElement(citation, "layout"), "text", {"variable": VARIABLE})
    if not letters:
        return None
    citation.set("disambiguate-add-year-suffix", "true")
    return telling


def told(reference: Reference, telling: Telling) -> str:
    """What a citation of `reference` tells of it: the same text for works that are not told apart."""
    people = next((found for role in _ROLES if (found := reference.named(role))), ())
    more = "authors_rest" in reference.missing
    if not telling.added and len(people) + more >= telling.longest:
        people, more = people[: telling.shown], True
    names = [_name(one, telling, first=at == 0) for at, one in enumerate(people)] or [plain(reference.title)]
    date = next((one for one in reference.dates if one.variable == "issued"), None)
    year = str(date.year if date.year is not None else date.literal or "") if date else ""
    return "; ".join([*names, *(["et al."] if more else []), year]).casefold()


def _name(name: Name, telling: Telling, *, first: bool) -> str:
    if name.literal or not telling.given or (telling.first_only and not first):
        return name.literal or f"{name.particle or ''} {name.family or name.given or ''}"
    given = name.given or ""
    if telling.given == "initials":
        given = "".join(part[:1] for part in given.replace("-", " ").split())
    return f"{name.particle or ''} {name.family or ''}, {given}"  # "Jr." tells works apart in no citation


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else _MANY
