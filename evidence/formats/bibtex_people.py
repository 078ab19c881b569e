"""Lists of names parted into single ones: by `and` as BibTeX has it, and by what people put instead of it.

What comes out is a name as BibTeX wants it, so that `Smith JA, Doe B` gives `Smith, JA` and `Doe, B`. Every rule looks
at one name only, or at all names that have no comma: so a name that is read back alone is read back in any list.
"""

from __future__ import annotations

import html
import re

from bibtexparser.middlewares.names import split_multiple_persons_names

from evidence.formats.latex import decode_names

_AND = re.compile(r"\sand(?=\s)", re.IGNORECASE)
_EASY = re.compile(r"[^\s,;&{}()=]+, [^,;&{}()=]+(?<!al)(?<!al\.)")  # one family name and given names: nothing to part
_LAST_AND = re.compile(r"(?:^|\s)and$", re.IGNORECASE)
_OTHERS = re.compile(r"(?:(?:and )?others|et\.? ?al\.?)", re.IGNORECASE)
_ET_AL = re.compile(r"[,\s]+et\.? ?al\.?$")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_ROLE = re.compile(r"\s*\((?:eds?|editors?|hrsg|hg)\.?\)$", re.IGNORECASE)
_SUFFIXES = frozenset(("jr", "sr", "2nd", "3rd", "ii", "iii", "iv"))
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[ -]?){1,4}")
# "Smith JA", "van der Meer J-W", "Jacobs DR Jr": a family name, initials without full stops, and a suffix.
_VANCOUVER = re.compile(
    r"((?:[a-z'’]+ )*(?=[^ ]*[a-zà-ÿ])[^\W\d_a-z][\w'’-]+(?: (?=[^ ]*[a-zà-ÿ])[^\W\d_a-z][\w'’-]+)*)"
    r" ([A-Z](?:-?[A-Z]){0,2})(?: (Jr|Sr|2nd|3rd|II|III|IV)\.?)?"
)
# Words that make a name without a comma that of a group: no person is called so.
_GROUP_WORDS = frozenset(
    (
        "academy", "agency", "association", "associations", "board", "bureau", "center", "centre", "centers", "centres",
        "collaboration", "collaborators", "college", "commission", "committee", "consortium", "corporation", "council",
        "department", "federation", "force", "foundation", "gmbh", "group", "inc", "institute", "institutes", "laboratory",
        "ministry", "network", "office", "organisation", "organization", "panel", "programme", "project", "registry",
        "service", "services", "societies", "society", "team", "trial", "trust", "union", "university",
        "akademie", "bundesamt", "fachgesellschaft", "gesellschaft", "institut", "ministerium", "universität", "verein",
        "académie", "agence", "fondation", "groupe", "ministère", "société", "université",
        "asociación", "fundación", "grupo", "instituto", "ministerio", "sociedad", "universidad", "associazione",
        "istituto", "ministero", "società", "università", "derneği", "enstitüsü", "üniversitesi", "of", "for", "the", "&",
    )
)  # fmt: skip


def is_suffix(word: str) -> bool:
    """Whether `word` is what stands after a name: Jr., Sr., II, III, IV."""
    return word.rstrip(".").lower() in _SUFFIXES


def is_group(name: str) -> bool:
    """Whether `name`, which has neither comma nor braces, is that of a group of people."""
    words = name.lower().split()
    return len(words) > 1 and not _GROUP_WORDS.isdisjoint(word.strip("().") for word in words)


def people(text: str, warnings: list[str]) -> tuple[list[str], bool]:
    """The single names of a list, blanks joined, and whether it says that there are others."""
    parts = _by_and(" ".join(text.split()), warnings)
    if len(parts) == 1 and "," not in parts[0] and ";" not in parts[0] and " " not in parts[0]:
        return [one for one in parts if not _OTHERS.fullmatch(one)], bool(_OTHERS.fullmatch(parts[0]))
    names: list[str] = []
    others = False
    for one in [single for part in parts for single in _apart(part, warnings)]:
        if _EASY.fullmatch(one):
            names.append(one)
            continue
        name, more = _without_others(one)
        others = others or more
        if name:
            names += _by_commas(name, warnings) if "," in name else [name]
    return _from_vancouver(names), others


def is_with_initials(name: str) -> bool:
    """Whether `name` is a family name with initials behind it: `Smith JA`, `van der Berg J Jr`."""
    return bool(_VANCOUVER.fullmatch(name))


def _without_others(name: str) -> tuple[str, bool]:
    """`name` without `et al.` and without what says that it edited; whether it said that there are others."""
    if _OTHERS.fullmatch(name):
        return "", True
    rest = _ET_AL.sub("", name) if name.endswith(("al", "al.")) else name
    return (_ROLE.sub("", rest) if rest.endswith(")") else rest), rest != name


def _by_and(text: str, warnings: list[str]) -> list[str]:
    if "&" in text and ";" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    if "{" not in text and "\\" not in text:
        parts = _AND.split(f" {text} ")
    else:
        decoded = decode_names(text)
        warnings.extend(f"the command {command} is not known" for command in decoded.unknown)
        parts = [_LAST_AND.sub("", one) for one in split_multiple_persons_names(decoded.text)]
    return [one for part in parts if (one := part.strip(" ,;"))]


def _apart(part: str, warnings: list[str]) -> list[str]:
    """`part`, which holds no `and`, at its semicolons, and at `&` between names that have commas."""
    if ";" not in part and "&" not in part:
        return [part]
    found = [part]
    if ";" in part and "{" not in part:
        warnings.append("names are parted by ; and not by `and`")
        found = part.split(";")
    names: list[str] = []
    for name in found:
        sides = name.split(" & ")
        if len(sides) > 1 and all("," in side or _VANCOUVER.fullmatch(side.strip()) for side in sides):
            warnings.append("names are parted by & and not by `and`")
            names += sides
        else:
            names.append(name)
    return [one for name in names if (one := name.strip(" ,"))]


def _by_commas(text: str, warnings: list[str]) -> list[str]:
    """Several names where the commas of `text` part names; `text` alone where it is one name."""
    if "{" in text or "=" in text:
        return [text]
    parts = [part.strip() for part in text.split(",")]
    if len(parts) < 2 or any(is_suffix(part) for part in parts[1:]) or not all(parts):
        return [text]
    found: list[str] = []
    if all(_VANCOUVER.fullmatch(part) for part in parts):
        found = parts
    elif len(parts) > 3 and not len(parts) % 2 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        found = [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    elif len(parts) > 2 and all(" " in part and not is_group(part) for part in parts):
        found = parts
    if found:
        warnings.append("names are parted by commas and not by `and`")
    return found or [text]


def _from_vancouver(names: list[str]) -> list[str]:
    """`Smith JA` as `Smith, JA` when all names without a comma are of that kind: one `Wei LI` among them is not."""
    bare = [one for one in names if "," not in one and "{" not in one and "=" not in one]
    if not bare or not all((found := _VANCOUVER.fullmatch(one)) and not is_suffix(found[2]) for one in bare):
        return names
    return [_turned(one) for one in names]


def _turned(name: str) -> str:
    found = _VANCOUVER.fullmatch(name)
    if not found:
        return name
    return ", ".join(part for part in (found[1], found[3], found[2]) if part)
