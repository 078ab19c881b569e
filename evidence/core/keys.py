"""Citation keys for references that bring none, and for those whose key another work has."""

from __future__ import annotations

from collections.abc import Callable

from evidence.model.markup import plain
from evidence.model.reference import Reference
from evidence.model.words import words

# Words that open a title without naming its subject.
_SMALL = frozenset("a an and as at by de der die do does for from how in is of on or the to what with".split())  # noqa: SIM905  (a list of forty strings reads worse)


def made_key(reference: Reference) -> str:
    """Folded family name, year, first significant word of the title: `reeves2000randomized`; `anon` without a name."""
    people = reference.named("author") or reference.named("editor") or reference.names
    family = "".join(words(people[0].sort)) if people else ""
    title = next((word for word in words(plain(reference.title)) if word not in _SMALL), "")
    year = str(reference.year) if reference.year is not None else ""
    return (family or "anon")[:40] + year + title[:40]


def free_key(wanted: str, taken: Callable[[str], bool]) -> str:
    """`wanted` when it is free, else the first free one of `wanted-2`, `wanted-3` and so on."""
    if not taken(wanted):
        return wanted
    number = 2
    while taken(f"{wanted}-{number}"):
        number += 1
    return f"{wanted}-{number}"
