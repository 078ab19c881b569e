"""The company that words keep: what else stands in the record, for words that tag only beside others."""

from __future__ import annotations

import re
from collections.abc import Iterable

from evidence.core.phrases import Entry, Passage, Tokens, cased
from evidence.model.words import words

_WISH = re.compile(r"\b(?:needed|warranted|required|recommended|further|future)\b")
SHORT = 4  # a needed or barred word of so many letters is a whole word; a longer one may be a beginning


class Company:
    """The words of one record: `head` is what stands beside every passage, `body` the abstract."""

    def __init__(self, head: Iterable[str], body: str, tokens: Tokens) -> None:
        """Keep the texts; they are folded when they are first asked for."""
        self._tokens = tokens
        self._head_texts = tuple(head)
        self._body_text = body
        self._head: str | None = None
        self._body: str | None = None
        self._past: str | None = None
        self._near_kept: dict[int, str] = {}
        self._barred: dict[int, bool] = {}

    @property
    def head(self) -> str:
        """The folded words of the head, parted and enclosed by blanks; "|" parts the texts."""
        if self._head is None:
            self._head = "|".join(self._tokens.labels(self._head_texts))
        return self._head

    @property
    def body(self) -> str:
        """The folded words of the abstract, enclosed by blanks."""
        if self._body is None:
            self._body = self._tokens.folded(self._body_text)
        return self._body

    @property
    def past(self) -> str:
        """The body without the sentences that wish for what is still to be done: those bar nothing."""
        if self._past is None:
            wishes = _WISH.search(self._body_text)
            self._past = self._tokens.folded(_wishless(self._body_text)) if wishes else self.body
        return self._past

    def allows(self, entry: Entry, passage: Passage, first: int, last: int) -> bool:
        """Whether `entry` tags here: its needs and bars, and for an abbreviation its capitals and its definition.

        A need must stand in the head or in the same sentence: a long abstract holds almost any word. A bar counts
        anywhere; an abbreviation needs its words anywhere too.
        """
        if entry.rule == "phrase":
            return entry.exact is None or " ".join(words(passage.quote(first, last))) == entry.exact
        if entry.cased is not None:
            return self._abbreviates(entry, passage, first, last)
        if not entry.needs and not entry.bars:
            return False
        return self._kept_company(entry, passage)

    def _kept_company(self, entry: Entry, passage: Passage) -> bool:
        # An entry lives as long as the phrasebook, so its number names it; hashing it would cost more than the search.
        barred = self._barred.get(id(entry))
        if barred is None:
            barred = self._barred[id(entry)] = any(self._bars(bar) for bar in entry.bars)
        if barred:
            return False
        if not entry.needs:
            return True
        for need in entry.needs:
            if holds(self.head, need):
                return True
        if passage.field != "abstract":
            return False
        near = self._near(passage)
        return any(holds(near, need) for need in entry.needs)

    def _bars(self, bar: str) -> bool:
        return holds(self.head, bar) or (holds(self.body, bar) and holds(self.past, bar))

    def _near(self, passage: Passage) -> str:
        """The folded words of a sentence of the abstract."""
        near = self._near_kept.get(passage.start)
        if near is None:
            near = self._near_kept[passage.start] = self._tokens.folded(passage.text)
        return near

    def _abbreviates(self, entry: Entry, passage: Passage, first: int, last: int) -> bool:
        if not cased(entry.cased or "", passage.quote(first, last)):
            return False
        if not any(holds(self.head, need) or holds(self.body, need) for need in entry.needs):
            return False
        return not any(self._bars(bar) for bar in entry.bars) and not self._defined_otherwise(entry)

    def _defined_otherwise(self, entry: Entry) -> bool:
        """Whether the record itself defines the abbreviation by words that hold none of the entry's needs."""
        short = entry.cased or ""
        if not short.isalpha():
            return False
        for text in (*self._head_texts, self._body_text):
            at = text.find(f"({short})")
            if at < 0:
                continue
            before = words(text[max(0, at - 200) : at])[-len(short) - 2 :]
            long = f" {' '.join(before)} "
            if not any(holds(long, need) for need in entry.needs) and _spells(before, short.lower()):
                return True
        return False


def _spells(before: list[str], short: str) -> bool:
    """Whether the last words hold the letters of `short` in order, the first at a word's beginning (Schwartz, Hearst)."""
    left = len(short) - 1
    for word in reversed(before):
        for at in range(len(word) - 1, -1, -1):
            if word[at] == short[left] and (left or not at):
                left -= 1
                if left < 0:
                    return True
    return False


def _wishless(text: str) -> str:
    return ". ".join(sentence for sentence in text.split(". ") if not _WISH.search(sentence))


def holds(text: str, wanted: str) -> bool:
    """Whether folded `text` (enclosed by blanks) holds `wanted`: a short word whole, in either number; else a beginning."""
    if len(wanted) > SHORT:
        return f" {wanted}" in text
    return f" {wanted} " in text or f" {wanted}s " in text
