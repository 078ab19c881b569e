"""Words that say that a work is ahead of print, taken from the styles' own hands: only a record may say so.

Styles print "Published online" or "in press" wherever a record lacks a volume, pages or a year. What is not known is no
statement, so here every such word hangs on a variable that only a record's own words set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from xml.etree.ElementTree import Element, SubElement

from evidence.model.reference import Date, Reference

ONLINE = "x-evidence-online"  # of no style and no record
IN_PRESS = "x-evidence-in-press"

_TERMS: Mapping[str, str] = {"advance-online-publication": ONLINE, "in press": IN_PRESS, "forthcoming": IN_PRESS}
_ONLINE = re.compile(
    r"\b(?:(?:e-?pub(?:lished)?|published on-?line|publication) ahead of print|(?:published )?on-?line first"
    r"|published on-?line|advance(?: access(?: published)?| on-?line publication)|ahead of print|epub)\b(?:[:;] *)?\s*",
    re.IGNORECASE,
)
_IN_PRESS = re.compile(r"\b(?:in press|forthcoming|under press)\b(?:[:;] *)?\s*", re.IGNORECASE)
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]")
_TEXTS = ("value", "prefix", "suffix")
_SERIALS = "article-journal article-magazine article-newspaper review review-book"
# What a record's CSL `status` says. Source: CSL 1.0.2, appendix "Variables": "in press", "forthcoming".
_SAYS_ONLINE = re.compile(r"\b(?:on-?line|e-?pub|ahead of print|advance)", re.IGNORECASE)
_SAYS_IN_PRESS = re.compile(r"\b(?:press|forthcoming|accepted|to appear)\b", re.IGNORECASE)
_PLACED = ("volume", "issue", "page", "number")


def says(reference: Reference) -> tuple[str, ...]:
    """Which of ONLINE and IN_PRESS `reference` says of itself.

    By its `status`; or by a date on which it was made available, if that is all that is known of when and where it came out.
    """
    status = reference.fields.get("status", "")[:200]
    if _SAYS_ONLINE.search(status):
        return (ONLINE,)
    if _SAYS_IN_PRESS.search(status):
        return (IN_PRESS,)
    return (ONLINE,) if only_available(reference) else ()


def only_available(reference: Reference) -> Date | None:
    """The date that a work not yet in any volume, issue or page was made available on; None when it is another year's."""
    if any(reference.fields.get(name, "").strip() for name in _PLACED):
        return None
    dates = {one.variable: one for one in reference.dates}
    available, issued = dates.get("available-date"), dates.get("issued")
    if available is None or available.year is None or (issued and issued.year not in {None, available.year}):
        return None
    return available


def gated(style: Element) -> None:
    """Make the style print such words only for records that say so; else the plain date where it has none beside."""
    terms = dict(_TERMS)
    for term in style.iterfind("locale/terms/term"):
        if _ONLINE.search("".join(term.itertext())):
            terms.setdefault(term.get("name", ""), ONLINE)
    above = {child: parent for parent in style.iter() for child in parent}
    found = [one for part in style if part.tag not in {"info", "locale"} for one in part.iter()]
    for element in found:
        if element in above and (flag := _flag(element, terms)):
            _gate(element, above, flag)


def _flag(element: Element, terms: Mapping[str, str]) -> str | None:
    if element.tag == "text" and element.get("term") in terms:
        return terms[element.get("term", "")]
    texts = [element.get(name, "") for name in _TEXTS]
    if any(map(_ONLINE.search, texts)):
        return ONLINE
    return IN_PRESS if any(map(_IN_PRESS.search, texts)) else None


def _gate(element: Element, above: Mapping[Element, Element], flag: str) -> None:
    """Put `element` where a choice is: itself, if the record says so, else what is left without the words."""
    parent = above[element]
    choose = Element("choose")
    SubElement(choose, "if", {"variable": flag}).append(element)
    otherwise = Element("else")
    otherwise.extend(_instead(element, parent, above.get(parent)))
    if len(otherwise):
        choose.append(otherwise)
    parent[list(parent).index(element)] = choose


def _instead(element: Element, branch: Element, choose: Element | None) -> list[Element]:
    """What is printed when the record does not say so."""
    alone = choose is not None and choose.tag == "choose" and len(branch) == 1
    if choose is not None and alone and _prints_date_only(element):
        dated = next((one for one in choose if one is not branch and _is_date(one)), None)
        if dated is not None and "issued" not in (dated.get("variable") or "").split():
            return [deepcopy(one) for one in dated]
        if dated is not None or any(one.get("term") == "no date" for one in choose.iter("text")):
            return [Element("text", {"term": "no date", "form": "short"})]
    bare = _without(deepcopy(element))
    if element.tag == "text" and (element.get("term") or not bare.get("value", "x").strip(" .,;:")):
        return []
    parts = {one.get("name") for one in element}
    if (
        element.tag == "date" and parts and "year" not in parts
    ):  # the year was printed before: "2020; published online Dec 17"
        return []
    if element.tag != "date" or alone:
        return [bare]
    only_serials = Element("choose")  # books and chapters have their year elsewhere
    SubElement(only_serials, "if", {"type": _SERIALS, "match": "any"}).append(bare)
    return [only_serials]


def _without(element: Element) -> Element:
    for name in _TEXTS:
        if (text := element.get(name)) is not None:
            text = _IN_PRESS.sub("", _ONLINE.sub("", text))
            element.set(name, _EMPTY.sub("", text))
    return element


def _prints_date_only(element: Element) -> bool:
    variables = {one.get("variable") for one in element.iter() if one.get("variable")}
    return variables <= {"issued"}


def _is_date(branch: Element) -> bool:
    """Whether a branch of a choice prints the date of issue and nothing else."""
    if len(branch) != 1:
        return False
    only = branch[0]
    if only.tag == "text":
        return "date" in (only.get("macro") or "") or "year" in (only.get("macro") or "")
    dates = [one for one in only.iter("date") if one.get("variable") == "issued"]
    return bool(dates) and _prints_date_only(only)
