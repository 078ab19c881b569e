"""Names in BibTeX and back: `von Last, Jr, First`, `First von Last`, `{A Group}`, biblatex's `family=…, given=…`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)

from evidence.formats.latex import decode_names, encode_name, shown
from evidence.model.reference import Name

_AND = re.compile(r"\sand\s", re.IGNORECASE)
_OTHERS = frozenset(("others", "et al", "et al.", "et.al."))
_PLAIN = re.compile(r"([^,{}\\~=]+),\s*([^,{}\\~=]+)")
_KEYED = re.compile(r"(family|given|prefix|dropping|suffix|literal)\s*=\s*(?:\{([^{}]*)\}|([^,{}]*))\s*(?:,\s*|$)")
_SIMPLE = re.compile(r"[^\W\d_a-z][\w'’.\-]*(?: [^\W\d_a-z][\w'’.\-]*)*")
_KEYS = {
    "family": "family", "given": "given", "prefix": "particle", "dropping": "dropping_particle", "suffix": "suffix",
    "literal": "literal",
}  # fmt: skip


def read_names(role: str, text: str, warnings: list[str]) -> tuple[tuple[Name, ...], bool]:
    """The names in `text` in order, and whether it says that there are others (`and others`)."""
    names: list[Name] = []
    others = False
    for one in _parted(" ".join(text.split()), warnings):
        if one.lower() in _OTHERS:
            others = True
        elif name := _name(role, one, warnings):
            names.append(name)
    return tuple(names), others


def write_names(names: Iterable[Name], *, others: bool = False) -> str:
    """`names` as one BibTeX value that `read_names` reads back the same."""
    written = [_written(name) for name in names]
    return " and ".join([*written, "others"] if others and written else written)


def _parted(text: str, warnings: list[str]) -> list[str]:
    if "{" not in text and "\\" not in text:
        if ";" in text and not _AND.search(text):
            warnings.append("names are parted by ; and not by `and`")
            return [one for part in text.split(";") if (one := part.strip())]
        return [one for part in _AND.split(text) if (one := part.strip())]
    decoded = decode_names(text)
    warnings.extend(f"the command {command} is not known" for command in decoded.unknown)
    return [one for part in split_multiple_persons_names(decoded.text) if (one := part.strip())]


def _name(role: str, text: str, warnings: list[str]) -> Name | None:
    found = _PLAIN.fullmatch(text)
    if found and not (" " in found[1].strip() and any(word[0].islower() for word in found[1].split())):
        return Name(role, family=found[1].strip(), given=found[2].strip())
    if text.startswith("{") and _one_group(text):
        whole = shown(text).strip()
        return Name(role, literal=whole) if whole else None
    if keyed := _keyed(role, text):
        return keyed
    try:
        parts = parse_single_name_into_parts(text)
    except InvalidNameError as error:
        warnings.append(f"the name {shown(text)[:60]!r} cannot be taken apart: {error.reason.lower()}")
        return Name(role, literal=shown(text))
    joined = (_joined(words) for words in (parts.last, parts.first, parts.von, parts.jr))
    family, given, particle, suffix = joined
    if not family:
        return Name(role, given=given) if given else None
    return Name(role, family=family, given=given, particle=particle, suffix=suffix)


def _joined(words: list[str]) -> str | None:
    return " ".join(shown(" ".join(words)).replace("~", " ").split()) or None


def _one_group(text: str) -> bool:
    depth = 0
    for at, mark in enumerate(text):
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if not depth:
            return at == len(text) - 1
    return False


def _keyed(role: str, text: str) -> Name | None:
    """A name in biblatex's extended format; None when `text` is none. Source: biblatex manual, 3.4."""
    parts: dict[str, str] = {}
    at = 0
    while at < len(text):
        found = _KEYED.match(text, at)
        if not found:
            return None
        value = shown(found[2] if found[2] is not None else found[3]).strip()
        if value:
            parts[_KEYS[found[1]]] = value
        at = found.end()
    return Name(role, **parts) if parts else None


def _written(name: Name) -> str:
    if name.literal is None and name.family and name.given and not (name.particle or name.suffix):
        simple = _SIMPLE.fullmatch(name.family) and _SIMPLE.fullmatch(name.given)
        if simple and not name.dropping_particle and not _AND.search(f" {name.family} {name.given} "):
            return f"{name.family}, {name.given}"
    for candidate in _candidates(name):
        if read_names(name.role, candidate, []) == ((name,), False):
            return candidate
    return _extended(name)


def _candidates(name: Name) -> Iterable[str]:
    if name.literal is not None:
        yield f"{{{encode_name(name.literal)}}}"
        return
    for braced in ("", "family", "family suffix given"):
        parts = [
            f"{{{encode_name(part)}}}" if label in braced and part else encode_name(part or "")
            for label, part in (("family", name.family), ("suffix", name.suffix), ("given", name.given))
        ]
        if name.particle:
            parts[0] = f"{encode_name(name.particle)} {parts[0]}"
        yield ", ".join(part for part in parts if part)


def _extended(name: Name) -> str:
    parts = ((label, getattr(name, part)) for label, part in _KEYS.items())
    return ", ".join(f"{label}={{{encode_name(value)}}}" for label, value in parts if value)
