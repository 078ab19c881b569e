"""A reference list: its order, what a reference lacks, and what has been said of the works in it. Styles are the Citer's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evidence.core.journals import FULL as _FULL
from evidence.core.journals import SHORT as _SHORT
from evidence.core.journals import Seen, joined
from evidence.core.notices import Said, notices
from evidence.model.record import Level, Record
from evidence.model.reference import Reference
from evidence.ports import Citer, Formatted, Style

Form = Literal["short", "full", ""]
Order = Literal["given", "year", "evidence"]

_AUTHORS, _EDITORS = ("authors", "author"), ("editors", "editor")
_TITLE, _YEAR = ("title", "title"), ("year", "issued")
_PUBLISHER = ("publisher", "publisher")
# What a reference of a type needs: what it is called, and the fields of which one must be there. Sources: ICMJE, Samples of
# Formatted References; NLM, Citing Medicine, 2nd ed., ch. 1, 2, 4, 5, 25 (parts marked "Required"); without the place
# of publication, which AMA (11th ed.) and APA (7th ed.) no longer print.
_JOURNAL = (
    _AUTHORS, _TITLE, ("journal", "container-title", "container-title-short"), _YEAR, ("volume", "volume", "issue", "DOI"),
    ("pages", "page", "number", "DOI"),
)  # fmt: skip
NEEDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "article-journal": _JOURNAL,
    "review": _JOURNAL,
    "article-magazine": (_TITLE, ("journal", "container-title", "container-title-short"), _YEAR),
    "article-newspaper": (_TITLE, ("journal", "container-title", "container-title-short"), _YEAR),
    "book": ((*_AUTHORS, "editor"), _TITLE, _PUBLISHER, _YEAR),
    "chapter": (_AUTHORS, _TITLE, ("book_title", "container-title"), _EDITORS, _PUBLISHER, _YEAR, ("pages", "page", "DOI", "chapter-number")),
    "paper-conference": (_AUTHORS, _TITLE, ("book_title", "container-title", "event-title", "event"), _YEAR),
    "report": (_AUTHORS, _TITLE, (*_PUBLISHER, "authority"), _YEAR),
    "thesis": (_AUTHORS, _TITLE, (*_PUBLISHER, "authority"), _YEAR),
    "webpage": (_TITLE, ("address", "URL", "DOI")),
    "post-weblog": (_TITLE, ("address", "URL", "DOI")),
}  # fmt: skip
_OTHERS = (_TITLE, _YEAR)  # what a reference of any other type needs
# What records say they lack (`missing`) -> words; and the fields that, when a person has filled them, end that.
_LACKS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "authors": ("authors", ("author",)), "authors_rest": ("the other authors", ()), "given_names": ("given names", ()),
    "title": ("title", ("title",)), "journal": ("journal", ("container-title",)),
    "journal_abbrev": ("the journal's abbreviation", ("container-title-short",)), "year": ("year", ("issued",)),
    "volume": ("volume", ("volume",)), "issue": ("issue", ("issue",)), "pages": ("pages", ("page",)),
    "last_page": ("last page", ()), "first_page": ("first page", ()), "publisher": ("publisher", ("publisher",)),
    "place": ("place of publication", ("publisher-place",)), "book_title": ("the book's title", ("container-title",)),
    "editors": ("editors", ("editor",)), "edition": ("edition", ("edition",)), "address": ("web address", ("URL",)),
}  # fmt: skip


_SERIALS = frozenset(("article-journal", "article-magazine", "article-newspaper", "review", "review-book"))


@dataclass(frozen=True, slots=True)
class Lacking:
    """A record that is cited though it lacks something.

    `missing` are names as records give them (`authors_rest`); none: its source only says that it is incomplete.
    """

    key: str
    missing: tuple[str, ...]

    @property
    def words(self) -> str:
        """What is missing, in words."""
        known = (_LACKS.get(one, (one.replace("_", " "), ()))[0] for one in self.missing)
        return ", ".join(known) or "its source says that it is incomplete"


@dataclass(frozen=True, slots=True)
class Noticed:
    """A record in the list of which something was said since: that it was retracted, corrected or updated."""

    key: str
    said: tuple[Said, ...]

    @property
    def grave(self) -> bool:
        """Whether it must not be relied on before that is read."""
        return any(one.grave for one in self.said)


@dataclass(frozen=True, slots=True)
class Noted:
    """What a person may want to know of a reference that is whole: that one form of its journal's name stands for the other."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """A list as a style prints it; `lacking`, `noticed` and `notes` name what a person should look at, in the list's order.

    `guessed`: the style was found through a title or a beginning, so a person should be told which one it is.
    """

    style: Style
    references: tuple[Formatted, ...]
    lacking: tuple[Lacking, ...] = ()
    noticed: tuple[Noticed, ...] = ()
    notes: tuple[Noted, ...] = ()
    guessed: bool = False

    @property
    def sound(self) -> bool:
        """Whether nothing in it needs a person: every reference is whole, and none was taken back."""
        return not self.lacking and not any(one.grave for one in self.noticed)


def reference_list(
    records: Sequence[Record], citer: Citer, style: str, *, pmid: bool = False, seen: Seen | None = None
) -> ReferenceList:
    """`records`, each once, as `style` prints them. UsageError: there is no such style, or no engine to set it.

    `seen` finds other references of a journal, for the form of its name that the style prints and a record lacks.
    """
    found = citer.style(style)
    form: Form = citer.journal(style)
    whose: dict[str, str] = {}
    if form and seen:
        records, whose = joined(records, _SHORT if form == "short" else _FULL, seen)
    printed = tuple(citer.format([one.reference for one in records], style, pmid=pmid))
    by_key = {one.key: one for one in records}
    in_order = [by_key[one.key] for one in printed if one.key in by_key]
    guessed = not citer.surely(style)
    taken = (
        Noted(one.key, f"its journal's name is as {whose[one.key]} has it") for one in in_order if one.key in whose
    )
    return ReferenceList(
        found, printed, lacking(in_order, form), noticed(in_order), (*_notes(in_order, form), *taken), guessed
    )


def ordered(records: Iterable[Record], order: Order, level: Callable[[Record], Level]) -> list[Record]:
    """`records`, each once: as given; by year, the oldest first; or by level of evidence, the best first, then by year.

    What has no level or no year comes last. Like ones stay as given.
    """
    once = list({record.key: record for record in records}.values())
    if order == "given":
        return once
    if order == "year":
        return sorted(once, key=_oldest)
    return sorted(once, key=lambda record: (*_best(level(record).counted), *_oldest(record)))


def lacking(records: Iterable[Record], form: Form = "") -> tuple[Lacking, ...]:
    """Those of `records` that lack something, by their type or by their own word, with what; `form`: see `missing`."""
    found = (Lacking(one.key, missing(one.reference, form)) for one in records if not whole(one.reference, form))
    return tuple(found)


def _notes(records: Iterable[Record], form: Form) -> Iterator[Noted]:
    """Where a style prints one form of a journal's name and only the other is known. Names of one word have one form."""
    wanted, other = (_SHORT, _FULL) if form == "short" else (_FULL, _SHORT)
    text = (
        "the journal's abbreviation is not known; its full name is printed"
        if form == "short"
        else "the journal's full name is not known; its abbreviation is printed"
    )
    for record in records:
        fields = record.reference.fields
        known = len(fields.get(other, "").split()) > 1 and not fields.get(wanted, "").strip()
        if form and known and record.reference.type in _SERIALS:
            yield Noted(record.key, text)


def noticed(records: Iterable[Record]) -> tuple[Noticed, ...]:
    """Those of `records` that were retracted, corrected or updated, or are of concern; comments are no matter here."""
    kinds = {"retraction", "concern", "erratum", "update"}
    found = (Noticed(one.key, tuple(said for said in notices(one) if said.kind in kinds)) for one in records)
    return tuple(one for one in found if one.said)


def whole(reference: Reference, form: Form = "") -> bool:
    """Whether nothing is missing: by its type's needs, and by what the record says of itself; `form`: see `missing`."""
    if missing(reference, form):
        return False
    return reference.status != "incomplete" or bool(reference.missing)  # what it named is there by now


def missing(reference: Reference, form: Form = "") -> tuple[str, ...]:
    """What `reference` lacks: what its type needs, and what it says itself, unless the field was filled since.

    `form` is the form of a journal's name that a style prints: then either form will do, and a journal that is not known at
    all is missing once. "": no style is meant, and every form that the record says it lacks is named.
    """
    needs = NEEDS.get(reference.type, _OTHERS)
    needed = [name for name, *fields in needs if not any(_has(reference, field) for field in fields)]
    said = [
        one for one in reference.missing if not any(_has(reference, field) for field in _LACKS.get(one, ("", ()))[1])
    ]
    if form and reference.type in _SERIALS:
        known = _has(reference, _FULL) or _has(reference, _SHORT)
        said = [one for one in said if one not in ({"journal", "journal_abbrev"} if known else {"journal_abbrev"})]
    return tuple(dict.fromkeys([*needed, *said]))


def _has(reference: Reference, field: str) -> bool:
    if field == "issued":
        return any(one.variable == "issued" and (one.parts or one.literal) for one in reference.dates)
    if field in {"author", "editor"}:
        return bool(reference.named(field))
    return bool(reference.fields.get(field, "").strip())


def _oldest(record: Record) -> tuple[bool, int]:
    year = record.reference.year
    return year is None, year or 0


def _best(value: int | None) -> tuple[bool, int]:
    return value is None, value or 0
