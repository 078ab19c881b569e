"""The people of a PubMed XML record: authors, editors, investigators, and those it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.formats.medline import Medline
from evidence.formats.xml_reading import words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


_NAME_PARTS = frozenset(("LastName", "ForeName", "Initials", "Suffix", "CollectiveName"))


def authors(found: Medline, element: Element) -> None:
    """AuthorList: `Type` says whether they are editors, `CompleteYN` whether these are all."""
    role = "editor" if element.get("Type") == "editors" else "author"
    people = found.people
    if element.get("CompleteYN") == "N" and role == "author":
        people.is_complete = False
    equal: list[str] = []
    for author in element:
        affiliations, others, names = _parts(author)
        group, full = names.get("CollectiveName"), _full(names)
        if not group and not full:
            found.add(str(author.tag), words(author))
            continue
        if group:
            people.group(group, role)
        else:
            people.full(full, role)
        if author.get("EqualContrib") == "Y":
            equal.append(str(len(people.list)))
        for text in affiliations:
            people.affiliation(text)
        for kind, text in others:
            if kind != "ORCID" or not people.identifier(text):
                found.add("AUID", f"{kind}: {text}" if kind else text)
    if equal:
        found.add("EqualContrib", ", ".join(equal))


def investigators(found: Medline, element: Element) -> None:
    """InvestigatorList, as MEDLINE's FIR, IR and IRAD."""
    for one in element:
        affiliations, others, names = _parts(one)
        found.add("FIR", _full(names))
        found.add("IR", _short(names))
        for text in affiliations:
            found.add("IRAD", text)
        for kind, text in others:
            found.add("AUID", f"{kind}: {text}" if kind else text)


def subjects(found: Medline, element: Element) -> None:
    """PersonalNameSubjectList, as MEDLINE's FPS and PS."""
    for one in element:
        _, _, names = _parts(one)
        found.add("FPS", _full(names))
        found.add("PS", _short(names))


def _parts(person: Element) -> tuple[list[str], list[tuple[str, str]], dict[str, str]]:
    """Affiliations, identifiers with their kinds, and the parts of the name by their elements' names."""
    affiliations: list[str] = []
    others: list[tuple[str, str]] = []
    names: dict[str, str] = {}
    for part in person:
        name = part.tag
        if name in _NAME_PARTS:
            names[name] = words(part)
        elif name == "AffiliationInfo":
            for one in part:
                if one.tag != "Affiliation":
                    others.append((f"affiliation's {one.get('Source', '')}", words(one)))
                elif text := words(one):
                    affiliations.append(text)
        elif name == "Identifier":
            others.append((part.get("Source", ""), words(part)))
        elif name == "Affiliation":  # before 2015
            affiliations.append(words(part))
        else:
            names[name] = words(part)
    return affiliations, others, names


def _full(names: dict[str, str]) -> str:
    """`Family, Given Jr`, as FAU prints it."""
    get = names.get
    family, given = get("LastName", ""), get("ForeName") or get("FirstName") or get("Initials", "")
    if suffix := get("Suffix"):
        given = f"{given} {suffix}" if given else f", {suffix}"
    return f"{family}, {given}" if family and given else family or given


def _short(names: dict[str, str]) -> str:
    """`Family AB Jr`, as AU prints it."""
    return " ".join(filter(None, (names.get("LastName", ""), names.get("Initials", ""), names.get("Suffix", ""))))
