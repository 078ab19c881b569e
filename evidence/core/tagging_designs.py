"""Which design is the record's own: words about other studies, and about studies still to be made, are not.

Two marks of the vocabulary rule here, as `roles` of a design. `alone`: nothing else stands beside it (a protocol is
not yet the trial, a letter repeats the title of the study). `over-studies`: what is said of other designs is said of
the studies that it looks at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from evidence.core.phrases import Passage
from evidence.core.tagging_reading import Finding
from evidence.core.tagging_text import kind
from evidence.model.record import Fact
from evidence.model.vocabulary import Term
from evidence.model.words import words

TermOf = Callable[[str], Term]
OWN_KINDS = frozenset({"aim", "methods"})
_SAYING = frozenset({"this", "a", "an", "our", "present", "the"})

# Studies that are wished for, lacking, or counted are not the record's own.
_OTHERS = (
    r"\b(?:further|future|needed|warranted|required|lack of|lacking|recommended|more (?:large|well|high|rigorous)|"
    r"previous(?:ly)?|prior|published|literature|among|identified|according to|in accordance|adherence|"
    r"met the (?:inclusion )?criteria|(?:taken|derived|extracted|obtained) from|"
    r"(?:one|two|three|four|five|six|several|few|some|many|most|recent|earlier) (?:[\w-]+ ){0,3}(?:trial|stud(?:y|ies)))s?\b"
)
# In small letters, ASCII is looked through several times as fast; other letters have more than two cases.
_OTHERS_SMALL = re.compile(_OTHERS)
_OTHERS_ANY = re.compile(_OTHERS, re.IGNORECASE)
# In a long text these nouns, in the plural, speak of the studies of others.
_NOUNS = frozenset({"trial", "study", "review", "report", "analysis", "guideline", "meta", "metaanalysis", "statement"})

# Study facts whose words speak of the study itself; counts of included studies do not.
OF_THE_STUDY = frozenset(
    {"blinding", "arm", "comparator", "population", "participants", "setting", "solution", "follow-up", "sessions"}
)


def in_abstract(findings: Sequence[Finding], term: TermOf, bare: Callable[[Finding], bool]) -> list[Finding]:
    """The findings of one sentence of an abstract that speak of the record's own design.

    Words that tag by the mere absence of others (`bare`) are trusted in a title, not in a long text.
    """
    if not findings or kind(findings[0].passage) not in OWN_KINDS:
        return []
    single = [one for one in findings if not bare(one) and not _plural(one)]
    over = [one for one in single if "over-studies" in term(one.id).roles]
    return over or ([] if of_others(findings[0].passage) else single)


def weighed(found: Sequence[Finding], term: TermOf) -> list[Finding]:
    """The designs of a whole abstract, without one over other studies that is only mentioned once in passing."""
    return [one for one in found if "over-studies" not in term(one.id).roles or _weighs(one, found)]


def _weighs(one: Finding, found: Sequence[Finding]) -> bool:
    before = one.passage.tokens[max(0, one.first - 3) : one.first]
    said = not _SAYING.isdisjoint(before) and one.passage.tokens[one.last - 1] in _NOUNS
    return said or sum(other.id == one.id for other in found) > 1


def _plural(one: Finding) -> bool:
    """Whether the finding ends in a noun for studies, in the plural."""
    if one.passage.tokens[one.last - 1] not in _NOUNS:
        return False
    word = words(one.passage.quote(one.last - 1, one.last))[-1]
    return word != one.passage.tokens[one.last - 1]


def of_the_study(fact: Fact, part: str) -> bool:
    """Whether a part of a study fact speaks of the study's own design; an amount does only of its participants."""
    return fact.name in OF_THE_STUDY and (part != "amount" or fact.name == "participants")


def of_others(passage: Passage) -> bool:
    """Whether a sentence speaks of studies that others made, or that are still wished for."""
    text = passage.text
    found = _OTHERS_SMALL.search(text.lower()) if text.isascii() else _OTHERS_ANY.search(text)
    return found is not None


def advises(term: Term) -> bool:
    """Whether the design looks at studies to say what should be done, not what they found: it has the mark `advises`."""
    return "advises" in term.roles


def own(ids: Iterable[str], term: TermOf) -> frozenset[str]:
    """Of the designs that a record names, those that are its own."""
    named = frozenset(ids)
    alone = frozenset(one for one in named if "alone" in term(one).roles)
    if alone:
        return alone
    over = frozenset(one for one in named if "over-studies" in term(one).roles)
    if over:
        return frozenset(one for one in named if one in over or not term(one).grades or not _graded(term(one)))
    return named


def _graded(term: Term) -> bool:
    """Whether the design ever gives a level by itself: then, beside a review, it is that of the reviewed studies."""
    return any(grade.value is not None for grade in term.grades) or any(grade.when for grade in term.grades)
