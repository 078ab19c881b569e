"""What a style says of its lists, and its file as the engine reads it rightly. Files stay as they are: this is in memory."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element, tostring

from evidence.citing import forms
from evidence.citing.ahead import gated
from evidence.citing.sorting import names_apart
from evidence.citing.telling import Telling, simplified
from evidence.errors import UsageError

_NUMBER = "citation-number"
# Styles of which a rule is known that no CSL style can hold, by the first words of their ids.
# APA: Publication Manual, 7th ed., 6.17: the first word after a colon in a title has a capital.
# AMA: Manual of Style, 11th ed., ch. 3: "suppl" in small letters. Neither names a first edition, only later ones.
Family = Literal["ama", "apa", ""]
_FAMILIES: tuple[tuple[str, Family], ...] = (("american-medical-association", "ama"), ("apa", "apa"))
_NEVER = "9999"  # authors: so many that no list is shortened


@dataclass(frozen=True, slots=True)
class Sheet:
    """A style, ready for the engine: its mended file, and what the references must be prepared for.

    `numbered`: its list is numbered (the numbers are left out of `xml`); `dash` is what it puts between the ends of a
    range; `colon_capital`: a capital after a colon; `title_case`, `sentence_case`: it changes titles to these. `telling`:
    what its letters after the year ("2009a") go by; None: it has none. `initials`: the roles whose given names it prints as
    initials, those of a double name with `joint` between; `journal`: which form of a journal's name it prints; `family`: whose rules beyond CSL it follows.
    """

    xml: bytes
    numbered: bool
    dash: str = "–"
    colon_capital: bool = False
    title_case: bool = False
    sentence_case: bool = False
    telling: Telling | None = None
    initials: frozenset[str] = frozenset()
    joint: str = "-"
    journal: forms.Journal = ""
    family: Family = ""


def sheet(style: Element, id: str, locale: str = "") -> Sheet:
    """The style whose file is `style` (changed by this), set in `locale` when one is given. UsageError: it makes no list.

    `id` is that of the style itself, not of one that depends on it.
    """
    bibliography = style.find("bibliography")
    if bibliography is None or bibliography.find("layout") is None:
        raise UsageError(
            f"The style {id} has no reference list; it sets notes only.", "Choose another: `evidence styles WORD`."
        )
    if locale:
        style.set("default-locale", locale)
    _forget_links(style)
    _give_names(style)
    _part_et_al(style, bibliography)
    initials, journal = forms.initialled(style, bibliography), forms.journal(style, bibliography)
    if "author" in initials:
        names_apart(style, bibliography)
    gated(style)
    family: Family = next((kin for lead, kin in _FAMILIES if id == lead or id.startswith(f"{lead}-")), "")
    cases = {one.get("text-case") for one in style.iter()}
    numbered, telling = _unnumber(style, bibliography), simplified(style)
    return Sheet(
        xml=tostring(style, encoding="utf-8", xml_declaration=True), numbered=numbered, dash=_dash(style),
        colon_capital=family == "apa", title_case="title" in cases, sentence_case="sentence" in cases, telling=telling,
        initials=initials, joint=" " if style.get("initialize-with-hyphen") == "false" else "-", journal=journal,
        family=family,
    )  # fmt: skip


def _forget_links(style: Element) -> None:
    """Nothing in the file names an address: pandoc would fetch a parent from the network."""
    info = style.find("info")
    if info is not None:
        for link in info.findall("link"):
            info.remove(link)


def _give_names(style: Element) -> None:
    """`<names><label/></names>` gets an empty `<name/>` first.

    Without it pandoc prints the label before the names ("In, eds.Li A"): `namesLabelBeforeName` in jgm/citeproc,
    src/Citeproc/Style.hs. 26 styles are written so, AMA and NLM among them.
    """
    for names in style.iter("names"):
        if names.find("label") is not None and names.find("name") is None:
            names.insert(0, Element("name"))


def _part_et_al(style: Element, bibliography: Element) -> None:
    """A record of which only the first authors are known ends with "et al.", whatever the style does with long lists.

    The engine prints it only where the style shortens lists at all; CSL's default leaves out the comma after one name,
    which styles that show two and more never come to ("Li A, et al.", as "Li A, Bo B, et al.").
    """
    if not (bibliography.get("et-al-min") or style.get("et-al-min")):  # a name's own stands above it
        bibliography.set("et-al-min", _NEVER)
        bibliography.set("et-al-use-first", _NEVER)
    first = bibliography.get("et-al-use-first") or style.get("et-al-use-first") or ""
    if first.isdecimal() and int(first) > 1 and not any(one.get("delimiter-precedes-et-al") for one in style.iter()):
        bibliography.set("delimiter-precedes-et-al", "always")


def _dash(style: Element) -> str:
    """What the style's own locale puts in ranges; an en dash when it says nothing, as CSL's locales have it."""
    for locale in style.findall("locale"):
        for term in locale.findall("terms/term"):
            if term.get("name") == "page-range-delimiter" and (text := "".join(term.itertext()).strip()):
                return text[:3]
    return "–"


def _unnumber(style: Element, bibliography: Element) -> bool:
    """Take the number out of the list's lines, whichever macro prints it; whether there was one."""
    layout = bibliography.find("layout")
    if layout is None:
        return False
    _copy_macros(style, layout, "list-")
    reached = [layout, *(macro for macro in style.findall("macro") if macro.get("name", "").startswith("list-"))]
    numbers = [(above, one) for part in reached for above in part.iter() for one in above if _is_number(one)]
    for above, one in numbers:
        above.remove(one)
    if numbers:
        bibliography.attrib.pop("second-field-align", None)
    return bool(numbers)


def _is_number(element: Element) -> bool:
    return element.tag in {"text", "number"} and element.get("variable") == _NUMBER


def _copy_macros(style: Element, layout: Element, prefix: str) -> None:
    """Give the list its own copies of the macros that print its number, so that sorting by it and notes stay as they are."""
    bodies = {macro.get("name", ""): macro for macro in style.findall("macro")}
    holding = {name for name, macro in bodies.items() if any(_is_number(one) for one in macro.iter())}
    while more := {n for n, macro in bodies.items() if n not in holding and holding & set(_called(macro))}:
        holding |= more
    for name in holding:
        copy = deepcopy(bodies[name])
        copy.set("name", prefix + name)
        style.insert(list(style).index(bodies[name]), copy)
        _rename(copy, holding, prefix)
    _rename(layout, holding, prefix)


def _rename(part: Element, names: set[str], prefix: str) -> None:
    for one in part.iter("text"):
        if (called := one.get("macro")) in names:
            one.set("macro", f"{prefix}{called}")


def _called(part: Element) -> Iterator[str]:
    return (called for one in part.iter() if (called := one.get("macro")) is not None)


__all__ = ["Sheet", "sheet"]
