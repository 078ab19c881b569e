"""Where the words of a query stand in a record's title and abstract, as character offsets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from evidence.core.documents import abstract
from evidence.model.markup import placed, plain
from evidence.model.query import (
    And,
    Everything,
    Identified,
    Levels,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Tagged,
    Word,
    Years,
)
from evidence.model.record import Record
from evidence.model.vocabulary import Vocabulary
from evidence.model.words import Word as Place
from evidence.model.words import spans, stem

Span = tuple[int, int]
Leaf = Word | Phrase | Prefix | Tagged


def highlights(query: Query, record: Record, vocabulary: Vocabulary) -> Mapping[str, tuple[Span, ...]]:
    """The half-open ranges of title and abstract that `query` found: its words, phrases, and the quotes of its tags.

    They count in the text as the record has it, with its tags. Sorted, without overlaps; fields where nothing stands are left out. What stands after NOT marks nothing.
    """
    wanted = list(dict.fromkeys(leaves(query)))
    texts = {"title": record.reference.title, "abstract": abstract(record.reference)}
    found: dict[str, tuple[Span, ...]] = {}
    for name, text in texts.items():
        places = spans(plain(text))
        read = [span for leaf in wanted if not isinstance(leaf, Tagged) for span in _places(leaf, name, places)]
        tagged = [
            span
            for leaf in wanted
            if isinstance(leaf, Tagged)
            for span in _quotes(leaf, record, name, vocabulary, len(text))
        ]
        if read or tagged:
            found[name] = merged([*placed(text, merged(read)), *tagged])
    return found


def leaves(query: Query) -> Iterator[Leaf]:
    """The words, phrases, beginnings and tags that `query` asks for, not those that it excludes."""
    match query:
        case Word() | Phrase() | Prefix() | Tagged():
            yield query
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Everything() | Years() | Levels() | Identified() | Not():
            return
        case _:
            assert_never(query)


def merged(found: Iterable[Span]) -> tuple[Span, ...]:
    """The ranges in order, those that touch or overlap as one."""
    joined: list[Span] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _places(leaf: Word | Phrase | Prefix, name: str, places: Sequence[Place]) -> Iterator[Span]:
    if leaf.field not in {None, name}:
        return
    match leaf:
        case Word(text):
            wanted = stem(text)
            yield from ((place.start, place.end) for place in places if stem(place.text) == wanted)
        case Prefix(text):
            yield from ((place.start, place.end) for place in places if place.text.startswith(text))
        case Phrase(run):
            size = len(run)
            for at in range(len(places) - size + 1 if size else 0):
                if all(places[at + step].text == word for step, word in enumerate(run)):
                    yield places[at].start, places[at + size - 1].end
        case _:
            assert_never(leaf)


def _quotes(leaf: Tagged, record: Record, name: str, vocabulary: Vocabulary, length: int) -> Iterator[Span]:
    terms = vocabulary.narrower(leaf.axis.scheme, leaf.term)
    for claim in record.claims:
        known = claim.field == name and claim.start is not None and claim.end is not None
        if known and claim.axis is leaf.axis and claim.term in terms and claim.state != "rejected":
            start, end = claim.start or 0, claim.end or 0
            if 0 <= start < end <= length:  # the text may have changed since it was tagged
                yield start, end
