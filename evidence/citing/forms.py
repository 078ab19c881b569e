"""What a style's list prints of a name and of a journal: initials or whole given names, the abbreviation or the full name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

Journal = Literal["short", "full", ""]
# Types of the law, for which some styles print whole names that are initials everywhere else.
LAW = frozenset(("bill", "hearing", "legal_case", "legislation", "regulation", "treaty"))
_MOST = 200_000  # elements that are looked at, macros written out; the largest style has far fewer in one list


@dataclass(slots=True)
class _Walk:
    """A walk over what the list prints, each macro once for each name that it inherits."""

    macros: Mapping[str, Element]
    seen: set[tuple[str, int]]
    left: int = _MOST


def initialled(style: Element, bibliography: Element) -> frozenset[str]:
    """The roles (author, editor …) whose given names the list prints as initials, for whatever is not of a type in LAW."""
    layout = bibliography.find("layout")
    if layout is None:
        return frozenset()
    general = Element("name", {**_name_options(style), **_name_options(bibliography)})
    walk = _Walk({one.get("name", ""): one for one in style.findall("macro")}, set())
    initials: dict[str, bool] = {}
    for roles, name in _names(layout, None, walk):
        shown = name if name is not None else Element("name")
        given = (shown.get("form") or general.get("form") or "long") == "long"
        whole = shown.get("initialize", general.get("initialize")) == "false"
        with_what = shown.get("initialize-with", general.get("initialize-with"))
        for role in roles:
            initials[role] = initials.get(role, True) and (not given or (with_what is not None and not whole))
    return frozenset(role for role, so in initials.items() if so)


def journal(style: Element, bibliography: Element) -> Journal:
    """Which form of a journal's name the list prints for an article; "" when it prints none, or it cannot be seen."""
    layout = bibliography.find("layout")
    if layout is None:
        return ""
    walk = _Walk({one.get("name", ""): one for one in style.findall("macro")}, set())
    found = list(_printed(layout, walk))
    short = any(
        one.get("variable") in {"container-title-short", "journalAbbreviation"}
        or (one.get("variable") == "container-title" and one.get("form") == "short")
        for one in found
    )
    full = any(one.get("variable") == "container-title" for one in found)
    return "short" if short else "full" if full else ""


def _name_options(element: Element) -> dict[str, str]:
    """Options of names that a style or its list sets for all of them. Source: CSL 1.0.2, "Inheritable Name Options"."""
    options = {name: element.get(name) for name in ("initialize", "initialize-with")}
    options["form"] = element.get("name-form")
    return {name: value for name, value in options.items() if value is not None}


def _names(at: Element, inherited: Element | None, walk: _Walk) -> Iterator[tuple[list[str], Element | None]]:
    """Every `<names>` that is printed: its roles, and its `<name>`; one that stands in for another takes that one's."""
    for child in at:
        walk.left -= 1
        if walk.left < 0:
            return
        types = set((child.get("type") or "").split())
        if types and types <= LAW and child.get("match") != "none":
            continue
        if child.tag == "names":
            name = child.find("name")
            name = name if name is not None else inherited
            yield (child.get("variable") or "").split(), name
            for stand_in in child.findall("substitute"):
                yield from _names(stand_in, name, walk)
        elif (macro := _macro(child, walk, inherited)) is not None:
            yield from _names(macro, inherited, walk)
        else:
            yield from _names(child, inherited, walk)


def _printed(at: Element, walk: _Walk) -> Iterator[Element]:
    """Every `<text>` that an article in a journal may come to."""
    children = list(_open(at)) if at.tag == "choose" else list(at)
    for child in children:
        walk.left -= 1
        if walk.left < 0:
            return
        macro = _macro(child, walk, None)
        if macro is not None:
            yield from _printed(macro, walk)
        elif child.tag == "text":
            yield child
        else:
            yield from _printed(child, walk)


def _open(choose: Element) -> Iterator[Element]:
    """The branches of a choice that an article in a journal can take, as far as its type decides."""
    for branch in choose:
        types = (branch.get("type") or "").split()
        if not types:
            yield branch
            continue
        match = branch.get("match", "all")
        among, others = "article-journal" in types, set(branch.keys()) - {"type", "match"}
        if match == "none":
            fits = not among
        elif match == "all":
            fits = among and len(types) == 1
        else:
            fits = among or bool(others)
        if fits:
            yield branch
        if fits and (not others or (match == "any" and among)):
            return


def _macro(element: Element, walk: _Walk, inherited: Element | None) -> Element | None:
    """The macro that `element` calls, once; an empty one the second time; None when it calls none."""
    name = element.get("macro") if element.tag == "text" else None
    if name is None:
        return None
    called = (name, id(inherited))
    if called in walk.seen:
        return Element("macro")
    walk.seen.add(called)
    return walk.macros.get(name, Element("macro"))
