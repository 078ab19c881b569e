"""The level of evidence of a record, by the rules that its vocabulary carries; no design is known here by name.

A design's grades are read in order; the first whose `when` holds decides. `when` is "" (always) or NAME=VALUE of a
study fact or, where no fact speaks of NAME, of a signal: a term of the scheme `signal` whose phrases stand in title or
abstract. NAME `comparison` is also known from what the record is tagged and stated to be compared with.
"""

from __future__ import annotations

from collections.abc import Iterator

from evidence.core.tagging_company import holds
from evidence.model.markup import plain
from evidence.model.record import Fact, Level, Record
from evidence.model.vocabulary import Grade, Term, Vocabulary
from evidence.model.words import words

COMPARISON = "comparison"
_MOST_CHARACTERS = 60_000
_NOBODY = frozenset({"none", "no", "0"})


def level(record: Record, vocabulary: Vocabulary) -> Level:
    """The level of `record`: of several designs the best that has a number, else the first design's reason."""
    scheme = vocabulary.levels
    answers = [answer for name in record.tags.design if (answer := _grade(record, vocabulary, name)) is not None]
    numbers = [answer for answer in answers if answer.value is not None]
    if numbers:
        best = min(numbers, key=lambda answer: answer.value or 0)
    elif answers:
        best = answers[0]
    else:
        best = Grade(None, scheme.undesigned)
    fact = _deciding(best, record)
    quote, place = (fact.quote, f"fact:{fact.name}") if fact and fact.quote else (None, None)
    return Level(best.value, best.reason, scheme.name, scheme.question, record.adjusted, quote, place)


def _deciding(grade: Grade, record: Record) -> Fact | None:
    """The study fact that a grade rests on; None when it rests on the design or on the text."""
    name, _, value = grade.when.partition("=")
    facts = (fact for fact in record.facts if fact.name == name and fact.state != "rejected")
    return next((fact for fact in facts if _plain(fact) == value), None)


def _grade(record: Record, vocabulary: Vocabulary, name: str) -> Grade | None:
    """The grade of one design; None when the vocabulary has no rule for it."""
    term = vocabulary.term("design", name)
    if term is None or term.qualifier:
        return None
    return next((grade for grade in term.grades if not grade.when or _holds(grade.when, record, vocabulary)), None)


def _holds(when: str, record: Record, vocabulary: Vocabulary) -> bool:
    """Whether the record states `when` (NAME=VALUE): a fact outranks the text."""
    name, _, value = when.partition("=")
    stated = {_plain(fact) for fact in record.facts if fact.name == name and fact.state != "rejected"}
    if name == COMPARISON and not stated:
        stated = set(_comparisons(record))
    if stated:
        return value in stated
    signal = vocabulary.term("signal", when)
    return signal is not None and _signals(signal, record)


def _plain(fact: Fact) -> str:
    if isinstance(fact.value, bool):
        return "yes" if fact.value else "no"
    return str(fact.value).strip().lower()


def _comparisons(record: Record) -> Iterator[str]:
    """Yes when something is named that the record compares with; no when a fact says that there is nothing."""
    facts = [_plain(fact) for fact in record.facts if fact.name == "comparator" and fact.state != "rejected"]
    if record.tags.comparator or any(value not in _NOBODY for value in facts):
        yield "yes"
    elif facts or any(fact.name == "arm" and _plain(fact) == "1" for fact in record.facts):
        yield "no"


def _signals(signal: Term, record: Record) -> bool:
    """Whether one of the signal's phrases stands in title or abstract, and none of its bars."""
    reference = record.reference
    text = plain(f"{reference.title} . {reference.fields.get('abstract', '')}")[:_MOST_CHARACTERS]
    folded = f" {' '.join(words(text))} "
    if any(holds(folded, _folded(phrase)) for phrase in signal.synonyms):
        return True
    return any(
        holds(folded, _folded(word.text)) and not any(holds(folded, _folded(bar)) for bar in word.bars)
        for word in signal.ambiguous
    )


def _folded(phrase: str) -> str:
    return " ".join(words(phrase))
