"""A query to its answer: the page of hits, partial matches after them, facets, and what to try when nothing was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

from evidence.core.documents import document
from evidence.core.highlighting import Span, highlights, leaves
from evidence.core.querying import narrowed
from evidence.core.suggesting import closest
from evidence.model.query import (
    And,
    Everything,
    Expansion,
    Identified,
    Levels,
    Not,
    Or,
    ParsedQuery,
    Part,
    Query,
    Tagged,
    Word,
    Years,
    matches,
)
from evidence.model.record import Axis, Record
from evidence.model.vocabulary import Term, Vocabulary
from evidence.model.words import spans, stem, words
from evidence.ports import Found, Page, SearchIndex

__all__ = ["Answer", "Count", "Hit", "Match", "answer", "narrowed"]

Match = Literal["all", "any"]
Fetch = Callable[[Sequence[str]], Mapping[str, Record]]
_COMBINATIONS = 100  # ways of leaving parts out that are tried, at most
_LOOKED_UP, _MISSPELLED = 50, 5  # words of a query that are looked up, and unknown ones looked after, at most


@dataclass(frozen=True, slots=True)
class Count:
    """A line of a facet: the term (or level, or year), its label, and how many full matches have it."""

    id: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that answers. `match` partial: it lacks the parts named in `lacks`. `highlights` are character ranges."""

    key: str
    score: float
    match: Literal["all", "partial"]
    record: Record
    lacks: tuple[str, ...] = ()
    highlights: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found. `total` and `facets` are over all full matches; `hits` are one page's, partial ones last.

    `facets` are by name (an axis, "level", "year"), the commonest first, years and levels in their order.
    `undated_not_shown` counts records that only the year limit shuts out, because they have no year.
    `did_you_mean` is a query to try, None when there is nothing to propose. `unknown` are folded words of the query that
    stand nowhere in the library and in no name of the vocabulary. `partial`: the index that was asked does not hold all
    of the library, as a warning says; nothing may be concluded from what is not found.
    """

    query: ParsedQuery
    total: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[Count, ...]] = field(default_factory=dict)
    did_you_mean: str | None = None
    undated_not_shown: int = 0
    warnings: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    partial: bool = False
    missing: tuple[str, ...] = ()

    @property
    def read_as(self) -> str:
        """The reading with every bracket."""
        return self.query.read_as

    @property
    def expansions(self) -> tuple[Expansion, ...]:
        """The words that were widened to tags."""
        return self.query.expansions


def answer(
    index: SearchIndex,
    parsed: ParsedQuery,
    page: Page,
    fetch: Fetch,
    vocabulary: Vocabulary,
    match: Match = "all",
) -> Answer:
    """The answer to `parsed` from `index`; `fetch` gives the records of keys, by key, as far as there are any.

    With `match` "any" a record need hold only one of the parts that may be lacking. With "all", and fewer full matches
    than the page takes, partial matches follow: they hold at least half of those parts, and a condition when the query
    names one (else a term when it names one). Filters, fields and NOT are never lacking.
    """
    asked = _any_part(parsed) if match == "any" else parsed
    found = index.search(asked.query, page)
    ranked = [(key, score) for key, score in found.hits]
    if match == "all" and found.total < page.limit:
        ranked += _partial(index, parsed, page, found)
    records = fetch([key for key, _ in ranked])
    unknown = _unknown(index, parsed, vocabulary)
    hits = tuple(_hit(records[key], score, parsed, vocabulary) for key, score in ranked if key in records)
    return Answer(
        query=asked,
        total=found.total,
        hits=hits,
        facets={name: _counts(name, counts, vocabulary) for name, counts in found.facets.items()},
        did_you_mean=_did_you_mean(index, parsed, unknown, vocabulary),
        undated_not_shown=_undated(index, asked),
        warnings=parsed.warnings,
        unknown=unknown,
        missing=tuple(key for key, _ in ranked if key not in records),
    )


def _hit(record: Record, score: float, parsed: ParsedQuery, vocabulary: Vocabulary) -> Hit:
    lacks: tuple[str, ...] = ()
    if may_lack := _optional(parsed):
        # Those parts ask for words and tags only, so the level is of no matter here.
        shown = document(record, vocabulary)
        lacks = tuple(part.text for part in may_lack if not matches(part.query, shown))
    marked = highlights(parsed.query, record, vocabulary)
    return Hit(record.key, score, "partial" if lacks else "all", record, lacks, marked)


# --- partial matches -------------------------------------------------------------------------------------------------


def _optional(parsed: ParsedQuery) -> list[Part]:
    """The parts that a partial match may lack, when there are two or more: words and what they were widened to."""
    parts = [part for part in parsed.parts if _wordy(part.query)]
    return parts if len(parts) > 1 else []


def _wordy(query: Query) -> bool:
    """Whether a part is of plain words: no filter, no field, no NOT in it, and not a tag alone."""
    if _choosing(query):
        return False
    found = list(leaves(query))
    fields = [leaf.field for leaf in found if not isinstance(leaf, Tagged)]
    return bool(fields) and not any(fields)


def _choosing(query: Query) -> bool:
    if isinstance(query, And | Or):
        return any(_choosing(part) for part in query.parts)
    return isinstance(query, Years | Levels | Identified | Not | Everything)


def _any_part(parsed: ParsedQuery) -> ParsedQuery:
    may_lack = _optional(parsed)
    if not may_lack:
        return parsed
    must = [part for part in parsed.parts if part not in may_lack]
    some = Or(tuple(dict.fromkeys(one for part in may_lack for one in _alternatives(part.query))))
    said = " OR ".join(f"({part.read_as})" if isinstance(part.query, And) else part.read_as for part in may_lack)
    if not must:
        return replace(parsed, query=some, read_as=said)
    texts = [f"({part.read_as})" if isinstance(part.query, And | Or) else part.read_as for part in must]
    return replace(
        parsed, query=And((*(part.query for part in must), some)), read_as=" AND ".join([*texts, f"({said})"])
    )


def _alternatives(query: Query) -> tuple[Query, ...]:
    return query.parts if isinstance(query, Or) else (query,)


def _partial(index: SearchIndex, parsed: ParsedQuery, page: Page, found: Found) -> Iterator[tuple[str, float]]:
    """Partial matches for what is left of the page: those that lack one part, then two …, each in the page's order."""
    may_lack = _optional(parsed)
    must = [part.query for part in parsed.parts if part not in may_lack]
    skip = max(page.offset - found.total, 0)
    wanted = page.limit - len(found.hits)
    fuller: Query = parsed.query
    for lacking in range(1, len(may_lack) // 2 + 1):
        held = _held(may_lack, len(may_lack) - lacking)
        if wanted <= 0 or not held:
            return
        more = index.search(And((*must, Or(held), Not(fuller))), replace(page, limit=wanted, offset=skip))
        yield from more.hits
        wanted -= len(more.hits)
        skip = max(skip - more.total, 0)
        fuller = And((*must, Or(held)))


def _held(parts: Sequence[Part], count: int) -> tuple[Query, ...]:
    """Every way to hold `count` of `parts`, an anchor among them; () when they are too many to try."""
    anchors = _anchors(parts)
    ways: list[Query] = []
    for chosen in combinations(range(len(parts)), count):
        if not anchors or anchors.intersection(chosen):
            ways.append(And(tuple(parts[at].query for at in chosen)))
        if len(ways) > _COMBINATIONS:
            return ()
    return tuple(ways)


def _anchors(parts: Sequence[Part]) -> set[int]:
    """The parts of which a partial match must hold one: what is treated tells more than what it is treated with.

    So a question about a condition that no record is about has no partial answer, and says so.
    """
    terms = [{leaf.axis for leaf in leaves(part.query) if isinstance(leaf, Tagged)} for part in parts]
    conditions = {at for at, axes in enumerate(terms) if Axis.CONDITION in axes}
    return conditions or {at for at, axes in enumerate(terms) if axes}


# --- facets ----------------------------------------------------------------------------------------------------------


def _counts(name: str, counts: Mapping[str, int], vocabulary: Vocabulary) -> tuple[Count, ...]:
    """A facet's lines: levels from the best, years from the newest, terms from the commonest."""
    if name in {"level", "year"}:
        values = sorted(counts, key=int, reverse=name == "year")
        said = {str(value): f"{value} {word}" for value, word in vocabulary.levels.words} if name == "level" else {}
        return tuple(Count(value, said.get(value, value), counts[value]) for value in values)
    axis = Axis(name)
    lines = [Count(term, vocabulary.label(axis, term), count) for term, count in counts.items()]
    return tuple(sorted(lines, key=lambda line: (-line.count, line.label.casefold(), line.id)))


# --- what else -------------------------------------------------------------------------------------------------------


def _undated(index: SearchIndex, parsed: ParsedQuery) -> int:
    """How many records answer all but the year limit, and have no year at all."""
    parts = parsed.query.parts if isinstance(parsed.query, And) else (parsed.query,)
    rest = tuple(part for part in parts if not isinstance(part, Years))
    if len(rest) == len(parts):
        return 0
    return index.search(And((*rest, Not(Years(None, None)))), Page(limit=0)).total


def _unknown(index: SearchIndex, parsed: ParsedQuery, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The words of the query that no record has and that no term names, as far as they are looked up."""
    # A journal's words are searched only when asked for, and the index does not offer them.
    asked = [leaf.text for leaf in leaves(parsed.query) if isinstance(leaf, Word) and leaf.field != "journal"]
    widened = {word for one in parsed.expansions for word in words(one.word)}
    asked = [word for word in dict.fromkeys(asked) if word not in widened][:_LOOKED_UP]
    held = index.holds(asked)
    missing = [word for word in asked if word not in held]
    if not missing:
        return ()
    named = {stem(word) for word in _named(vocabulary)}
    return tuple(word for word in missing if stem(word) not in named)


def _did_you_mean(
    index: SearchIndex, parsed: ParsedQuery, unknown: Sequence[str], vocabulary: Vocabulary
) -> str | None:
    """The query with its unknown words put right, by the index's words and the vocabulary's; None if none can be."""
    proposed = parsed.text
    for word in [word for word in unknown if word.isalpha() and len(word) > 2][:_MISSPELLED]:
        for better in closest(word, [*index.words(word[0]), *_named(vocabulary)], 1, cutoff=0.75):
            proposed = _put_right(proposed, word, better)
    return proposed if proposed != parsed.text else None


def _named(vocabulary: Vocabulary) -> list[str]:
    """The words of every name in the vocabulary, in alphabetical order."""
    return sorted({word for term in vocabulary.terms for name in _names(term) for word in words(name)})


def _names(term: Term) -> Iterator[str]:
    yield from (term.label, *term.synonyms, *(short.text for short in term.abbreviations))


def _put_right(text: str, wrong: str, better: str) -> str:
    for place in reversed(spans(text)):
        if place.text == wrong:
            text = text[: place.start] + better + text[place.end :]
    return text
