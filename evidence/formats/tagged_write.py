"""What the writers of tagged formats share: names, dates and texts on one line, and the check that nothing is lost."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from evidence.formats.overlay import difference
from evidence.model.reference import Date, Name, Parsed, Reference
from evidence.ports import Reader

Tagged = tuple[str, str]
"""A tag and its value on one line."""


def one_line(text: str) -> str:
    """`text` with every line end and run of blanks as one blank: no value can begin a line of its own."""
    return " ".join(text.split())


def family_first(name: Name, suffix_mark: str = ", ") -> str:
    """`Family, Given, Suffix` with the particles where they belong; a group by its whole name."""
    if name.literal is not None or not name.family:
        return one_line(name.literal or name.given or "")
    family = " ".join(part for part in (name.particle, name.family) if part)
    given = " ".join(part for part in (name.given, name.dropping_particle) if part)
    text = f"{family}, {given}" if given or name.suffix else family
    return one_line(f"{text}{suffix_mark}{name.suffix}" if name.suffix else text)


def left_out(reference: Reference, record: str, read: Reader) -> str | None:
    """What `record` does not say of `reference` when it is read back, as a field of ours; None: nothing.

    `record` must hold a field of ours with NOTHING in it, so that it is read even when it says nothing else.
    """
    piece = next(iter(read(io.BytesIO(record.encode()), "utf-8")), None)
    return difference(reference, piece.reference if isinstance(piece, Parsed) else Reference(None))


def kept(reference: Reference, prefix: str) -> Iterator[Tagged]:
    """The unknown fields that came from this format: each under its own tag again."""
    for name, value in reference.extra.items():
        tag = name.removeprefix(f"{prefix}:")
        if tag != name:
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str) and one_line(one):
                    yield tag, one_line(one)


def dated(reference: Reference, variable: str = "issued") -> Date | None:
    """The date of `variable`; None when there is none."""
    return next((one for one in reference.dates if one.variable == variable), None)


def terms(text: str) -> Iterable[str]:
    """The keywords of a field, which are parted by semicolons."""
    return [one for one in (one_line(part) for part in text.split(";")) if one]
