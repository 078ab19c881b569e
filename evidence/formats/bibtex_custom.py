"""What BibTeX has no field for, each as one line a person can read; as JSON where a line would not say it all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from evidence.formats.latex import decode, guard
from evidence.model.csl import from_csl, to_csl
from evidence.model.reference import Heading, Notice, Reference, Relation, Section

_T = TypeVar("_T")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NOTICE = re.compile(r"(kind|ref|date|source|checked)=(?:\{([^{}]*)\}|([^,{}]*))(?:, |$)")
_HEADING = re.compile(r"(\*?)([^\[\]/;*]+?)(?: \[([\w.-]+)\])?((?:/[^\[\]/;*]+)*)")


def json_out(value: object) -> str:
    """`value` as JSON whose braces are balanced whatever its strings hold, so that BibTeX can carry it."""
    text = json.dumps(value, ensure_ascii=False)
    return _STRING.sub(lambda found: found.group().replace("{", "\\u007b").replace("}", "\\u007d"), text)


def json_in(text: str) -> Any:
    """The JSON value in `text`; None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def write_list(items: Iterable[str], separator: str = ", ") -> str:
    """`items` with `separator` between them; one that holds it, or blanks at its ends, in braces."""
    mark = separator.strip()
    return separator.join(
        f"{{{guard(item)}}}" if mark in item or item != " ".join(item.split()) or not item else guard(item)
        for item in items
    )


def read_list(text: str, separator: str = ",") -> tuple[str, ...]:
    """The items of a list as `write_list` writes it, or as others do; empty ones left out."""
    items, depth, start = [], 0, 0
    for at, mark in enumerate(text):
        if mark in "{}":
            depth += 1 if mark == "{" else -1
        elif mark == separator and depth <= 0:
            items.append(text[start:at])
            start = at + 1
    found = (decode(item.strip()).text.strip() for item in (*items, text[start:]))
    return tuple(item for item in found if item)


def write_mesh(headings: tuple[Heading, ...]) -> str:
    """`*Books, Illustrated [D001877]/history; Humans`: `*` marks a major topic, `/` a qualifier."""
    lines = (
        f"{'*' * one.major}{one.label}{f' [{one.id}]' if one.id else ''}{''.join(f'/{word}' for word in one.qualifiers)}"
        for one in headings
    )
    return _readable("; ".join(lines), headings, read_mesh, "mesh")


def read_mesh(text: str) -> tuple[Heading, ...]:
    """The headings of a `mesh` field; words alone, parted by semicolons, are labels."""
    if (rest := _from_json("mesh", text)) is not None:
        return rest.mesh
    headings = []
    for part in text.split(";"):
        if not (label := part.strip()):
            continue
        found = _HEADING.fullmatch(label)
        if not found:
            headings.append(Heading(label))
            continue
        qualifiers = tuple(word for word in found[4].split("/") if word)
        headings.append(Heading(found[2], found[3], bool(found[1]), qualifiers))
    return tuple(headings)


def write_notices(notices: tuple[Notice, ...]) -> str:
    """`kind=erratum, ref={Ann Fam Med. 2013;11(5):480}, source={https://…}`, one notice after the other with `and`."""
    names = ("kind", "ref", "date", "source", "checked")
    lines = (
        ", ".join(
            f"{name}={{{value}}}" if name != "kind" else f"kind={value}"
            for name in names
            if (value := getattr(one, name))
        )
        for one in notices
    )
    return _readable(" and ".join(lines), notices, read_notices, "notices")


def read_notices(text: str) -> tuple[Notice, ...]:
    """The notices of a `notices` field; ValueError when it is none of ours."""
    if (rest := _from_json("notices", text)) is not None:
        return rest.notices
    notices = []
    for part in re.split(r" and (?=kind=)", text):
        parts, at = {}, 0
        while found := _NOTICE.match(part, at):
            parts[found[1]] = found[2] if found[2] is not None else found[3]
            at = found.end()
            if at == len(part):
                break
        if at < len(part) or not parts.get("kind"):
            raise ValueError("a notice begins with kind=")
        notices.append(Notice(**parts))
    return tuple(notices)


def write_relations(relations: tuple[Relation, ...]) -> str:
    """`edition-of: smith1956, comment-on: jones2001`."""
    return _readable(", ".join(f"{one.kind}: {one.key}" for one in relations), relations, read_relations, "relations")


def read_relations(text: str) -> tuple[Relation, ...]:
    """The relations of a `relations` field; ValueError when it is none of ours."""
    if (rest := _from_json("relations", text)) is not None:
        return rest.relations
    relations = []
    for part in text.split(","):
        kind, colon, key = (side.strip() for side in part.partition(":"))
        if not (kind and colon and key):
            raise ValueError("a relation is kind: key")
        relations.append(Relation(kind, key))
    return tuple(relations)


def write_sections(sections: tuple[Section, ...]) -> str:
    """Abstract sections as JSON: the abstract itself stands in `abstract`."""
    return json_out(_custom(sections=sections)["abstract-sections"])


def read_sections(text: str) -> tuple[Section, ...]:
    """The sections of an `abstract-sections` field; ValueError when it is none of ours."""
    rest = _from_json("abstract-sections", text)
    if rest is None:
        raise ValueError("abstract sections are JSON")
    return rest.sections


def _readable(line: str, value: Sequence[_T], read: Callable[[str], tuple[_T, ...]], name: str) -> str:
    """`line` when it reads back as `value` and BibTeX can carry it, else JSON."""
    try:
        same = read(line) == value
    except ValueError:
        same = False
    if same and "\\" not in line and line == " ".join(line.split()) and balanced(line):
        return line
    return json_out(_custom(**{name: value})[name])


def balanced(text: str) -> bool:
    """Whether BibTeX can carry `text` as it stands: its braces pair, and no backslash touches one."""
    depth = 0
    for mark in text:
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if depth < 0:
            return False
    return not depth and not re.search(r"\\[{}]|\\$", text)


def _custom(**parts: Any) -> dict[str, Any]:
    custom: dict[str, Any] = to_csl(Reference(None, **parts))["custom"]
    return custom


def _from_json(name: str, text: str) -> Reference | None:
    value = json_in(text) if text.startswith("[") else None
    return from_csl({"custom": {name: value}}) if isinstance(value, list) else None
