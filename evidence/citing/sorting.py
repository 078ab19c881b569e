"""Sorting by authors as the styles mean it: "R." before "R. A.", whoever comes second.

Pandoc compares the words of all names in a row (Citeproc.Eval, `normalizeSortKey`), so that the second author's family name
is compared with the first one's second initial. A mark between names that stands before every letter ends each name.
Source: APA Publication Manual, 7th ed., ch. 9 ("nothing precedes something").
"""

from __future__ import annotations

from copy import deepcopy
from xml.etree.ElementTree import Element, SubElement

_MARK = " 0"  # before all letters; marks like "!" count for nothing in Unicode's collation
_PREFIX = "sort-"


def names_apart(style: Element, bibliography: Element) -> None:
    """Give the list's sort keys their own copies of the macros with names, with a mark between the names."""
    keys = [one for one in bibliography.iterfind("sort/key") if one.get("macro")]
    if not keys:
        return
    bodies = {one.get("name", ""): one for one in style.findall("macro")}
    holding = {name for name, body in bodies.items() if body.find(".//names") is not None}
    while more := {name for name, body in bodies.items() if name not in holding and holding & _called(body)}:
        holding |= more
    needed: set[str] = set()
    waiting = [one.get("macro", "") for one in keys]
    while waiting:
        name = waiting.pop()
        if name in holding and name not in needed:
            needed.add(name)
            waiting += _called(bodies[name])
    for name in needed:
        style.insert(list(style).index(bodies[name]), _copied(bodies[name], needed))
    for key in keys:
        if key.get("macro") in needed:
            key.set("macro", _PREFIX + key.get("macro", ""))


def _copied(body: Element, needed: set[str]) -> Element:
    copy = deepcopy(body)
    copy.set("name", _PREFIX + body.get("name", ""))
    for text in copy.iter("text"):
        if text.get("macro") in needed:
            text.set("macro", _PREFIX + text.get("macro", ""))
    within = {one for stand_in in copy.iter("substitute") for one in stand_in.iter("names")}  # they take the name above
    for names in copy.iter("names"):
        if names not in within and names.find("name") is None:
            names.insert(0, Element("name"))
    for name in copy.iter("name"):
        given = next((one for one in name.findall("name-part") if one.get("name") == "given"), None)
        if given is None:
            given = SubElement(name, "name-part", {"name": "given"})
        given.set("suffix", _MARK)
    return copy


def _called(part: Element) -> set[str]:
    return {called for one in part.iter("text") if (called := one.get("macro")) is not None}
