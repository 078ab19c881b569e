"""A passage read: which terms its words name, words in a row read out, what is denied left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from evidence.core.phrases import ARTICLES, MARKS, Entry, Hit, Passage, Phrasebook
from evidence.core.tagging_company import Company
from evidence.model.record import Axis

SEPARATORS = frozenset({",", ";", "&", "and", "or"})
_BESIDE = SEPARATORS | ARTICLES | {"other", "(", ")"}
_DENIALS = frozenset({"no", "not", "without", "excluding", "except", "absent", "lacking", "non", "less"})
_BETWEEN = ARTICLES | {"any", "known", "prior", "previous", "concomitant", "clinical", "significant", "history", "of",
                       "other", "evidence", "with", "active"}  # fmt: skip
# Without one of these in a passage, nothing in it is denied.
_DENYING = _DENIALS | {"absence", "free", "excluded", "excluding"}
_PLACE = attrgetter("first", "last")
_STOPS = MARKS | SEPARATORS | {"for", "with", "versus", "vs", "than", "of", "in", "on", "to", "by"}
MOST_HITS = 300  # phrases looked at in one passage; more is no sentence
_ITEM = 3  # a thing in a row has at most so many words
_ROW = 8  # and a row at most so many things


class Finding(NamedTuple):  # a tuple, because so many are made
    """A term named by the tokens `first` to before `last` of a passage, by `rule`."""

    scheme: str
    id: str
    passage: Passage
    first: int
    last: int
    rule: str


class Reader:
    """Finds the terms that a passage names."""

    def __init__(self, book: Phrasebook) -> None:
        """Read with `book`."""
        self._book = book

    def read(self, passage: Passage, company: Company, hits: Sequence[Hit] | None = None) -> list[Finding]:
        """The findings of `passage`, from left to right; `hits` are its phrases where they are known already.

        The longest phrase wins over all schemes; a phrase whose company is missing counts as not there.
        """
        found: list[Finding] = []
        if hits is None:
            hits = self._book.find(passage.tokens)
        if not hits:
            return found
        tokens = passage.tokens
        denying = not _DENYING.isdisjoint(tokens)
        taken = bytearray(len(tokens))
        for hit in hits[:MOST_HITS]:
            first, last, entries = hit
            if taken.find(1, first, last) >= 0:
                continue
            said = _said(entries, passage, first, last, company)
            if said is None:
                continue
            taken[first:last] = b"\1" * (last - first)
            if not denying or not _denied(tokens, hit):
                found += [Finding(one.scheme, one.id, passage, first, last, one.rule) for one in said]
                if last - first > 1 and _listed(tokens, first, last):
                    found += self._row(passage, hit, said, company)
        if len(found) > 1:
            found.sort(key=_PLACE)
        return found

    def _row(self, passage: Passage, hit: Hit, said: Sequence[Entry], company: Company) -> Iterator[Finding]:
        """`bridge and rail rust`, `rust of the bridge, rail and roof`: the other things in the row."""
        if not said or said[0].rule == "abbreviation" or said[0].scheme == Axis.DESIGN:
            return
        for entries, first, last in (*self._leftwards(passage.tokens, hit), *self._rightwards(passage.tokens, hit)):
            for entry in _said(entries, passage, first, last, company) or ():
                if entry.scheme == said[0].scheme and entry.id != said[0].id:
                    yield Finding(entry.scheme, entry.id, passage, first, last, "row")

    def _leftwards(self, tokens: Sequence[str], hit: Hit) -> Iterator[tuple[tuple[Entry, ...], int, int]]:
        """Things before the phrase that share its end: each as (what it says, first, last)."""
        end = hit.first
        for _ in range(_ROW):
            at = end
            while at > 0 and tokens[at - 1] in SEPARATORS:
                at -= 1
            if at == end:
                return
            found = self._item_before(tokens, hit, at)
            if found is None:
                return
            entries, end = found
            yield entries, end, hit.last

    def _item_before(self, tokens: Sequence[str], hit: Hit, at: int) -> tuple[tuple[Entry, ...], int] | None:
        for length in range(min(_ITEM, at), 0, -1):
            item = tokens[at - length : at]
            if _STOPS.isdisjoint(item):
                for cut in range(hit.first + 1, hit.last):
                    entries = self._book.exact([*item, *tokens[cut : hit.last]])
                    if entries:
                        return entries, at - length
        return None

    def _rightwards(self, tokens: Sequence[str], hit: Hit) -> Iterator[tuple[tuple[Entry, ...], int, int]]:
        """Things after the phrase that share its beginning, where that beginning is a thing of its own or ends in of."""
        end = hit.last
        for _ in range(_ROW):
            at = end
            while at < len(tokens) and tokens[at] in SEPARATORS:
                at += 1
            if at == end:
                return
            found = self._item_after(tokens, hit, at)
            if found is None:
                return
            entries, end = found
            yield entries, hit.first, end

    def _item_after(self, tokens: Sequence[str], hit: Hit, at: int) -> tuple[tuple[Entry, ...], int] | None:
        while at < len(tokens) and tokens[at] in ARTICLES:
            at += 1
        for length in range(min(_ITEM, len(tokens) - at), 0, -1):
            item = tokens[at : at + length]
            if _STOPS.isdisjoint(item):
                for cut in range(hit.last - 1, hit.first, -1):
                    front = [token for token in tokens[hit.first : cut] if token not in ARTICLES]
                    if front[-1] in {"of", "in"} or self._book.exact(front):
                        entries = self._book.exact([*front, *item])
                        if entries:
                            return entries, at + length
        return None


def beside(one: Finding, other: Finding) -> bool:
    """Whether two findings of one passage are listed side by side, parted by nothing but commas, and, or, other."""
    if one.passage is not other.passage:
        return False
    left, right = (one, other) if one.first <= other.first else (other, one)
    between = one.passage.tokens[left.last : right.first]
    return bool(between) and _BESIDE.issuperset(between) and not SEPARATORS.isdisjoint(between)


def _said(
    entries: tuple[Entry, ...], passage: Passage, first: int, last: int, company: Company
) -> tuple[Entry, ...] | None:
    """The entries that their company allows; None when there is none (a phrase that is nothing gives an empty one)."""
    if len(entries) == 1 and entries[0].rule == "phrase" and entries[0].exact is None:
        return entries
    if any(entry.rule == "nothing" for entry in entries):
        return ()
    said = tuple(entry for entry in entries if company.allows(entry, passage, first, last))
    return said or None


def _listed(tokens: Sequence[str], first: int, last: int) -> bool:
    """Whether the phrase at these tokens stands beside a comma, and, or."""
    return (first > 0 and tokens[first - 1] in SEPARATORS) or (last < len(tokens) and tokens[last] in SEPARATORS)


def _denied(tokens: Sequence[str], hit: Hit) -> bool:
    """`no X`, `without any X`, `X were excluded`; `with or without X` denies nothing."""
    at = hit.first - 1
    while at >= max(0, hit.first - 3) and tokens[at] in _BETWEEN and tokens[at] != "with":
        at -= 1
    if at >= 0 and tokens[at] in _DENIALS:
        return not (
            at >= 2 and tokens[at] == "without" and tokens[at - 1] == "or" and tokens[at - 2] in {"with", "and"}
        )
    if at >= 1 and tokens[at] in {"of", "with"} and tokens[at - 1] in {"absence", "free"}:
        return True
    return "excluded" in tokens[hit.last :] or "excluding" in tokens[: hit.first]
