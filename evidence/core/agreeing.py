"""What two references say of each other, field by field, and the verdict that is given on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evidence.core.likeness import (
    Agreement,
    View,
    ids_agree,
    numbers_agree,
    pages_agree,
    volumes_agree,
    without_version,
    years_apart,
)
from evidence.core.likeness_journals import Agreement as JournalAgreement
from evidence.core.likeness_journals import Journals
from evidence.core.likeness_journals import agree as journals_agree
from evidence.core.likeness_people import overlap, same_first
from evidence.core.likeness_titles import TitleMatch
from evidence.core.likeness_wording import compare as compare_titles

Likeness = Literal["same", "same-study", "unsure", "different"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two references are one work.

    `score` is between 0 and 1, as a probability. `because` names the fields that decided, as CSL does ("PMID", "title",
    "issued"); what speaks against it reads "volume differs".
    """

    verdict: Likeness
    score: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreements:
    """What two references say of each other, field by field.

    `years` is the distance in years, None where one gives none. `people` is the part of the shorter list of authors
    that is in the longer one, None where one names none; `first`: whether their first authors are one.
    """

    one: View
    other: View
    title: TitleMatch
    shared: tuple[str, ...]
    against: tuple[str, ...]
    years: int | None
    people: float | None
    first: bool
    journal: JournalAgreement
    volume: Agreement
    issue: Agreement
    pages: Agreement

    @property
    def weight(self) -> int:
        """The words that carry meaning in the shorter title."""
        return min(self.one.title.weight, self.other.title.weight)

    @property
    def strangers(self) -> bool:
        """Whether both name people, and nobody is on both lists."""
        groups = self.one.people.group or self.other.people.group
        return self.people is not None and not self.first and self.people < 0.34 and not groups


def agreements(one: View, other: View, known: Journals | None = None) -> Agreements:
    """What `one` and `other` say of each other; `known` joins journals' names."""
    shared, against = ids_agree(one, other)
    both = bool(one.people) and bool(other.people)
    first = both and same_first(one.people, other.people)
    return Agreements(
        one, other, compare_titles(one.title, other.title), shared, against, years_apart(one, other),
        overlap(one.people, other.people) if both else None, first,
        journals_agree(one.journals, other.journals, known), volumes_agree(one, other),
        numbers_agree(one.issue, other.issue), pages_agree(one.pages, other.pages),
    )  # fmt: skip


def agreed(found: Agreements) -> list[str]:
    """The fields that agree, in the order in which they count."""
    names = ["title"] * (
        found.title.relation in {"equal", "typed", "slips", "subtitle", "cut"} and not found.title.against
    )
    names += ["author"] * found.first
    names += ["issued"] * (found.years is not None and found.years <= 1)
    names += ["container-title"] * (found.journal == "same")
    names += ["volume"] * (found.volume == "same")
    names += ["issue"] * (found.issue == "same")
    return names + ["page"] * (found.pages == "same")


def versions_clash(one: View, other: View) -> bool:
    """Whether two are different versions of one article, by what they or their DOIs say."""
    if one.version and other.version:
        return one.version != other.version
    mine, theirs = one.ids.get("doi", ""), other.ids.get("doi", "")
    return bool(mine and theirs) and mine != theirs and without_version(mine) == without_version(theirs)


def another_update(found: Agreements) -> bool:
    """Whether two are updates of one article that keeps its number ("CD004059"): of other issues or years."""
    one, other = found.one.pages, found.other.pages
    if not one.letters == other.letters == "cd" or one.first != other.first:
        return False
    return found.issue == "clash" or (found.years or 0) > (0 if found.issue == "unknown" else 1)


def kinds_clash(found: Agreements) -> bool:
    """Whether one is a notice or a comment and the other the work that it is on, or another.

    A title's own words part them always. What only a source's types or ties say parts them where the other's source
    would have said it too (both give PubMed's types or numbers), or where nothing shows that they stand on one page.
    """
    one, other = found.one, found.other
    if one.kind == other.kind or "protocol" in {one.kind, other.kind}:
        return False
    notice = not {one.kind, other.kind}.isdisjoint(("retraction", "correction"))
    if one.title.kind != other.title.kind and (notice or found.pages != "same"):
        return True
    if one.reference.publication_types and other.reference.publication_types:
        return "PMID" not in found.shared  # what PubMed says of one record changes with time
    if "PMID" in found.against:
        return True
    return notice and not (found.pages == "same" and found.volume == "same")


def two_of_pubmed(found: Agreements) -> bool:
    """Whether PubMed itself has both, under two numbers: its own records show its publication types."""
    types = found.one.reference.publication_types and found.other.reference.publication_types
    return "PMID" in found.against and bool(types)


_BOOKS = frozenset(("book", "collection", "classic"))
_PARTS = frozenset(("chapter", "entry", "entry-dictionary", "entry-encyclopedia"))


def types_clash(one: View, other: View) -> bool:
    """Whether one is a whole and the other a part of it, or one a preprint and the other an article in a journal."""
    mine, theirs = one.reference.type, other.reference.type
    for this, that in ((mine, theirs), (theirs, mine)):
        if this in _BOOKS and that in _PARTS | {"article-journal"}:
            return True
        if this == "thesis" and that in _BOOKS | _PARTS | {"article-journal"}:
            return True
        if this == "review-book" and that != "review-book":
            return True
        if this == "dataset" and that == "article-journal":
            return True
    return one.preprint != other.preprint and bool((other if one.preprint else one).journals)
