"""A reference on its way: what each tag, column or element of a record adds, until it is whole."""

from __future__ import annotations

from evidence.formats.dates import date
from evidence.formats.people import is_others, person
from evidence.model.csl import DATES, FIELDS, NAMES
from evidence.model.limits import NAMES as MOST_NAMES
from evidence.model.reference import Date, Heading, Json, Name, Notice, Reference, Section

_FIELD_ORDER = {name: at for at, name in enumerate(FIELDS)}
_NAME_ORDER = {name: at for at, name in enumerate(NAMES)}
_DATE_ORDER = {name: at for at, name in enumerate(DATES)}


class Draft:
    """Collects one record. The first value of a field stands; a further one that differs is kept under its tag.

    `prefix` names the format in `extra` ("ris" gives `ris:U1`).
    """

    __slots__ = (
        "_dates",
        "extra",
        "fields",
        "headings",
        "issued",
        "key",
        "names",
        "notices",
        "others",
        "prefix",
        "publication_types",
        "sections",
        "spare",
        "type",
        "warnings",
    )  # fmt: skip

    def __init__(self, prefix: str, type: str = "document") -> None:
        self.prefix = prefix
        self.type = type
        self.key: str | None = None
        self.fields: dict[str, str] = {}
        self.names: list[Name] = []
        self.headings: list[Heading] = []
        self.notices: list[Notice] = []
        self.publication_types: list[str] = []
        self.sections: list[Section] = []
        self.extra: dict[str, Json] = {}
        self.warnings: list[str] = []
        self.others = False  # more authors exist than are named
        self.spare = 0  # names beyond the limit
        self._dates: dict[str, Date] = {}

    def put(self, tag: str, variable: str, text: str) -> None:
        """Set the CSL `variable`; another value that it already has stays, and this one is kept under `tag`."""
        if not text:
            return
        have = self.fields.setdefault(variable, text)
        if have != text:
            self.keep(tag, text)

    def keep(self, tag: str, value: Json) -> None:
        """Keep what has no place of its own under `prefix:tag`; several values become a list."""
        self.note(f"{self.prefix}:{tag}", value)

    def note(self, name: str, value: Json) -> None:
        """Keep `value` in `extra` under exactly `name`; several become a list."""
        if value in ("", None):
            return
        have = self.extra.get(name)
        if have is None:
            self.extra[name] = value
        elif isinstance(have, list):
            have.append(value)
        else:
            self.extra[name] = [have, value]

    def person(self, text: str, role: str = "author") -> None:
        """Add one person or group as the source prints it."""
        if is_others(text):
            self.others = self.others or role == "author"
        elif name := person(text, role):
            self.add(name)

    def add(self, name: Name) -> None:
        """Add a name, up to the limit; the rest are counted."""
        if len(self.names) < MOST_NAMES:
            self.names.append(name)
        else:
            self.spare += 1

    def date(self, tag: str, text: str, variable: str = "issued") -> None:
        """Set a date; a fuller one of the same year takes the place of one with fewer parts, any other is kept apart."""
        found = date(text, variable)
        if found is None:
            self.keep(tag, text)  # "0000"
            return
        have = self._dates.get(variable)
        if have is None or (_fits(have, found) and not found.literal):
            self._dates[variable] = found
        elif not _fits(found, have):
            self.keep(tag, text)

    def dated(self, variable: str) -> Date | None:
        """The date that `variable` has so far."""
        return self._dates.get(variable)

    def set_date(self, found: Date) -> None:
        """Set a date that is already read."""
        self._dates.setdefault(found.variable, found)

    def reference(self) -> Reference:
        """What was collected, in CSL's order."""
        if self.spare:
            self.warnings.append(
                f"{self.spare} names beyond the first {MOST_NAMES} are not kept apart; the entry's bytes hold them"
            )
        one_role = len({name.role for name in self.names}) < 2
        names = self.names if one_role else sorted(self.names, key=lambda name: _NAME_ORDER.get(name.role, 99))
        return Reference(
            self.key,
            self.type,
            {name: self.fields[name] for name in sorted(self.fields, key=_FIELD_ORDER.__getitem__)},
            tuple(names),
            tuple(self._dates[name] for name in sorted(self._dates, key=_DATE_ORDER.__getitem__)),
            tuple(self.headings),
            tuple(self.publication_types),
            tuple(self.sections),
            tuple(self.notices),
            status="incomplete" if self.others else None,
            missing=("authors_rest",) if self.others else (),
            extra=self.extra,
        )


def _fits(short: Date, full: Date) -> bool:
    """Whether `full` says what `short` says and more (or the same)."""
    if short.literal or not short.parts or not full.parts:
        return short == full
    return (
        len(short.parts) == 1
        and full.parts[0][: len(short.parts[0])] == short.parts[0]
        and short.season in (None, full.season)
    )
