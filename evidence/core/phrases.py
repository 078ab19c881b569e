"""Phrases of a vocabulary found in running text: word forms, passages as tokens, and the longest phrase that stands.

A token is a folded word in its singular, or one of the marks `, ; : ( ) &`. Time grows with the text's length times the
longest phrase, whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from functools import lru_cache
from itertools import chain, compress, count
from typing import NamedTuple, TypeVar

from evidence.model.vocabulary import Guarded, Term, Vocabulary
from evidence.model.words import fold, places, spans, words

MARKS = frozenset(",;:()&")
ARTICLES = frozenset({"the", "a", "an"})
_MARK = re.compile(r"[,;:()\[\]?&]")
_MARK_AS = {"[": "(", "]": ")", "?": ":"}
_OPENING = frozenset("(")
_LONGEST_CHUNK = 60
_T = TypeVar("_T")


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """A folded word in its singular: `studies` is `study`, `boxes` `box`, `trials` `trial`.

    The same rule reads vocabulary and text, so a form need not be English: it must only be the same on both sides.
    """
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith(("yses", "nosis", "noses")) and len(word) > 6:
        return word[:-2] + "is"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1]


def forms(text: str) -> tuple[str, ...]:
    """The words of `text` as a phrase is looked up: folded, singular, without articles inside."""
    found = [singular(word) for word in words(text)]
    return tuple(word for at, word in enumerate(found) if at == 0 or word not in ARTICLES)


class Kept(dict[str, _T]):
    """What `make` gives for a short text, kept for the next time; emptied when it holds `most` texts."""

    def __init__(self, make: Callable[[str], _T], most: int) -> None:
        """Keep nothing yet."""
        super().__init__()
        self._make = make
        self._most = most

    def __missing__(self, chunk: str) -> _T:
        made = self._make(chunk)
        if len(chunk) <= _LONGEST_CHUNK:
            if len(self) >= self._most:
                self.clear()
            self[chunk] = made
        return made


class Tokens:
    """Text to tokens; what each chunk gave is kept, so that text costs little more than its blanks."""

    def __init__(self, most: int = 60_000) -> None:
        """Keep at most `most` chunks."""
        self._kept = Kept(_tokens, most)
        self._folded = Kept(_folded, most)
        self._labels = Kept(self.folded, most // 3)

    def of(self, text: str) -> list[str]:
        """The tokens of `text`: each word that `spans` finds gives one, and each mark between them."""
        return list(chain.from_iterable(map(self._kept.__getitem__, _chunks(text))))

    def folded(self, text: str) -> str:
        """The folded words of `text` in their own number, parted and enclosed by blanks."""
        return f" {' '.join(filter(None, map(self._folded.__getitem__, _chunks(text))))} "

    def labels(self, texts: Iterable[str]) -> Iterator[str]:
        """`folded` of each of `texts`, among which some recur from record to record."""
        return map(self._labels.__getitem__, texts)


def _tokens(chunk: str) -> tuple[str, ...]:
    tokens: list[str] = []
    at = 0
    for word in spans(chunk):
        tokens += _marks(chunk[at : word.start])
        tokens.append(singular(word.text))
        at = word.end
    return (*tokens, *_marks(chunk[at:]))


def _folded(chunk: str) -> str:
    return " ".join(words(chunk))


def _chunks(text: str) -> list[str]:
    if "%" in text:
        text = re.sub(r"(?<=\d)\s%", "%", text)
    return text.split()


def _marks(text: str) -> list[str]:
    if text in {"", "-", "/"}:
        return []
    return [_MARK_AS.get(mark, mark) for mark in _MARK.findall(text)]


@dataclass(slots=True)
class Passage:
    """A stretch of one field: its text, where it starts in the field's text, and its tokens.

    `kind` is what the stretch is for: title, keyword, fact, aim, methods, results, conclusion, background.
    """

    field: str
    text: str
    start: int
    kind: str
    tokens: list[str]
    _places: list[tuple[int, int]] | None = made(default=None, repr=False, compare=False)

    def place(self, first: int, last: int) -> tuple[int, int]:
        """The character range, in the field's text, of the tokens `first` to before `last` (words at both ends)."""
        tokens = self.tokens
        before = first - sum(map(MARKS.__contains__, tokens[:first]))
        final = before + last - first - sum(map(MARKS.__contains__, tokens[first:last])) - 1
        found = self._places
        if found is None:
            found = self._places = places(self.text)
        return self.start + found[before][0], self.start + found[final][1]

    def quote(self, first: int, last: int) -> str:
        """The words of the tokens `first` to before `last`, as they stand in the text."""
        start, end = self.place(first, last)
        return self.text[start - self.start : end - self.start]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase says: the term `id` of `scheme`, under what conditions; `id` "" says that it is nothing.

    `rule` is phrase, guarded or abbreviation. `cased` is the abbreviation as it must be written; `exact` the folded
    words where the number counts, because the other number is held to a guard.
    """

    scheme: str
    id: str
    rule: str
    needs: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    cased: str | None = None
    exact: str | None = None


class Hit(NamedTuple):  # a tuple, because so many are made: a frozen dataclass takes thrice the time
    """A phrase at the tokens `first` to before `last`, with everything that it may say."""

    first: int
    last: int
    entries: tuple[Entry, ...]


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = made(default_factory=dict)
    after: set[str] = made(default_factory=lambda: {*ARTICLES, *_OPENING})  # what a phrase may go on with from here
    entries: tuple[Entry, ...] = ()


class Phrasebook:
    """Every phrase of the schemes `schemes`, as a tree of tokens."""

    def __init__(self, vocabulary: Vocabulary, schemes: frozenset[str]) -> None:
        """Take in the labels, synonyms, guarded words and abbreviations, and the phrases that are nothing."""
        self._root = _Node()
        for term in vocabulary.terms:
            if term.scheme in schemes and not term.qualifier:
                for text, entry in _entries(term):
                    self._add(forms(text), entry)
        for text in vocabulary.nothing:
            self._add(forms(text), Entry("", "", "nothing"))

    def _add(self, phrase: tuple[str, ...], entry: Entry) -> None:
        node = self._root
        for token in phrase:
            node.after.add(token)
            node = node.next.setdefault(token, _Node())
        if phrase and entry not in node.entries:
            node.entries = (*node.entries, entry)

    def find(self, tokens: Sequence[str]) -> list[Hit]:
        """Every phrase in `tokens`, the longest first and then from the left, overlapping ones too."""
        first = self._root.next
        found: list[Hit] = []
        last = len(tokens) - 1
        for at in compress(count(), map(first.__contains__, tokens)):
            node = first[tokens[at]]
            # Most words that begin a phrase are followed by none of its second words.
            if node.entries or (at < last and tokens[at + 1] in node.after):
                found += self._at(tokens, at)
        if len(found) > 1:  # they stand from the left already
            found.sort(key=lambda hit: hit.first - hit.last)
        return found

    def _at(self, tokens: Sequence[str], start: int) -> list[Hit]:
        """The phrases that begin at `start`. Articles inside are passed over, and a word in brackets: `A (X) of the B`."""
        found: list[Hit] = []
        node = self._root.next[tokens[start]]
        at = start + 1
        if node.entries:
            found.append(Hit(start, at, node.entries))
        while at < len(tokens) and tokens[at] in node.after:
            below = node.next.get(tokens[at])
            if below is not None:
                node = below
                at += 1
                if node.entries:
                    found.append(Hit(start, at, node.entries))
            elif tokens[at] in ARTICLES:
                at += 1
            elif self._is_short_form(tokens, at):
                at += 3
            else:
                break
        return found

    def _is_short_form(self, tokens: Sequence[str], at: int) -> bool:
        """Whether one word stands in brackets at `at` that is no term of its own but for an abbreviation."""
        if tokens[at] != "(" or at + 2 >= len(tokens) or tokens[at + 2] != ")":
            return False
        node = self._root.next.get(tokens[at + 1])
        return node is None or all(entry.cased for entry in node.entries)

    def exact(self, tokens: Iterable[str]) -> tuple[Entry, ...]:
        """What exactly these tokens say, articles inside left out; () when nothing."""
        node = self._root
        for at, token in enumerate(tokens):
            below = node.next.get(token)
            if below is None:
                if token in ARTICLES and at:
                    continue
                return ()
            node = below
        return node.entries


def _entries(term: Term) -> Iterator[tuple[str, Entry]]:
    """The texts that speak of `term`, with what each needs. Words held in `ambiguous` are not safe alone."""
    held = {forms(word.text) for word in term.ambiguous}
    guarded = {tuple(words(word.text)) for word in term.ambiguous}
    for text in (term.label, *term.synonyms):
        phrase = forms(text)
        if phrase in held:
            if tuple(words(text)) not in guarded:
                yield text, Entry(term.scheme, term.id, "phrase", exact=" ".join(words(text)))
        else:
            yield text, Entry(term.scheme, term.id, "phrase")
            for turned in _turned(phrase) if term.scheme == "condition" else ():
                yield turned, Entry(term.scheme, term.id, "phrase")
    for word in term.ambiguous:
        if not word.text.startswith(("mesh:", "type:")):
            yield word.text, Entry(term.scheme, term.id, "guarded", *_guard(word))
    for word in term.abbreviations:
        yield word.text, Entry(term.scheme, term.id, "abbreviation", *_guard(word), cased=word.text)


def _turned(phrase: tuple[str, ...]) -> Iterator[str]:
    """`bridge rust` as it is turned in running text: `rust of bridge`, `rust in bridge` (articles are skipped)."""
    if len(phrase) > 1 and not {"of", "in", "and"} & set(phrase):
        yield f"{phrase[-1]} of {' '.join(phrase[:-1])}"
        yield f"{phrase[-1]} in {' '.join(phrase[:-1])}"


def _guard(word: Guarded) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(" ".join(words(one)) for one in word.needs), tuple(" ".join(words(one)) for one in word.bars)


def cased(wanted: str, written: str) -> bool:
    """Whether the abbreviation `wanted` is `written` so: its capitals count, its small letters and a plural s do not."""
    fits = zip(_PARTS.findall(wanted), _PARTS.findall(written), strict=False)
    parts = len(_PARTS.findall(wanted)) == len(_PARTS.findall(written))
    return parts and all(_same(one, other) for one, other in fits)


_PARTS = re.compile(r"[^\W_]+")


def _same(wanted: str, written: str) -> bool:
    if wanted.islower():
        return fold(wanted) == fold(written)
    return written in {wanted, f"{wanted}s"}
