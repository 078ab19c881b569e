"""Names in BibTeX and back: `von Last, Jr, First`, `First von Last`, `{A Group}`, biblatex's `family=…, given=…`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

from evidence.formats.bibtex_people import is_group, is_suffix, people
from evidence.formats.latex import encode_name, shown
from evidence.model.reference import Name

_AND = re.compile(r"\sand\s", re.IGNORECASE)
_PLAIN = re.compile(r"([^,{}\\~=]+),\s*([^,{}\\~=]+)")
_KEYED = re.compile(r"(family|given|prefix|dropping|suffix|literal)\s*=\s*(?:\{([^{}]*)\}|([^,{}]*))\s*(?:,\s*|$)")
_SIMPLE = re.compile(r"[^\W\d_a-z][\w'’.\-]*(?: [^\W\d_a-z][\w'’.\-]*)*")
_MARKED = re.compile(r"\b(?:jr|sr|2nd|3rd|i{2,3}|iv)\b", re.IGNORECASE)
_IN_BRACES = re.compile(r"\{([^{},]+), ([^{},]+)\}")
_KEYS = {
    "family": "family", "given": "given", "prefix": "particle", "dropping": "dropping_particle", "suffix": "suffix",
    "literal": "literal",
}  # fmt: skip


def read_names(role: str, text: str, warnings: list[str]) -> tuple[tuple[Name, ...], bool]:
    """The names in `text` in order, and whether it says that there are others (`and others`)."""
    found, others = people(text, warnings)
    return tuple(name for one in found if (name := _name(role, one, warnings))), others


def write_names(names: Iterable[Name], *, others: bool = False) -> str:
    """`names` as one BibTeX value that `read_names` reads back the same."""
    written = [_written(name) for name in names]
    return " and ".join([*written, "others"] if others and written else written)


def _name(role: str, text: str, warnings: list[str]) -> Name | None:
    found = _PLAIN.fullmatch(text)
    if found and " " not in found[1] and not is_suffix(found[2].rsplit(" ", 1)[-1]):
        return Name(role, family=found[1], given=found[2].strip())
    marked = _MARKED.search(text)
    if found and not marked and not (" " in found[1].strip() and any(word[0].islower() for word in found[1].split())):
        return Name(role, family=found[1].strip(), given=found[2].strip())
    if text.startswith("{") and _one_group(text):
        whole = " ".join(shown(text).split())
        return Name(role, literal=whole) if whole else None
    if keyed := _keyed(role, text):
        return keyed
    if "," not in text and "{" not in text and is_group(text):
        return Name(role, literal=" ".join(text.replace("~", " ").split()))
    try:
        family, given, particle, suffix = _parts(text, marked=bool(marked))
    except InvalidNameError as error:
        warnings.append(f"the name {shown(text)[:60]!r} cannot be taken apart: {error.reason.lower()}")
        return Name(role, literal=shown(text))
    if not family:
        return Name(role, given=given) if given else None
    return Name(role, family=family, given=given, particle=particle, suffix=suffix)


def _parts(text: str, *, marked: bool) -> tuple[str | None, ...]:
    """Family name, given names, particle and suffix; a suffix is found wherever it stands outside of braces."""
    parts = parse_single_name_into_parts(text)
    last, first, suffix = parts.last, parts.first, parts.jr
    if marked:
        if len(last) == 1 and is_suffix(last[0]) and len(first) > 1 and not suffix:  # Martin Luther King Jr.
            *first, family = first
            last, suffix = [family], last
        elif len(first) == 1 and is_suffix(first[0]) and suffix:  # King, Martin Luther, Jr.
            first, suffix = suffix, first
        elif not suffix and len(last) > 1 and is_suffix(last[-1]):  # King Jr, Martin Luther
            *last, end = last
            suffix = [end]
        elif not suffix and len(first) > 1 and is_suffix(first[-1]):  # King, Martin Luther Jr.
            *first, end = first
            suffix = [end]
        elif not suffix and (found := _IN_BRACES.fullmatch(" ".join(last))) and is_suffix(found[2]):  # M. {King, Jr.}
            last, suffix = [found[1]], [found[2]]
    return tuple(_joined(words) for words in (last, first, parts.von, suffix))


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
        text = f"{name.family}, {name.given}"
        simple = " " not in name.family and _SIMPLE.fullmatch(name.family) and _SIMPLE.fullmatch(name.given)
        if simple and not name.dropping_particle and not _AND.search(f" {text} ") and not _MARKED.search(text):
            return text
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
