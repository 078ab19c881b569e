"""Who is who: which of the solutions that a passage names is studied, compared with, or mixed in.

The grammar is plain English (versus, compared with, added to); the usual role of each solution is the vocabulary's:
its `roles`, the most usual first. `control`: never studied by default. `unnamed`: it gives way to a comparator whose
content is named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evidence.core.phrases import ARTICLES, MARKS
from evidence.core.tagging_reading import SEPARATORS, Finding
from evidence.model.record import Axis
from evidence.model.vocabulary import Term

TermOf = Callable[[str], Term]

_VERSUS = frozenset({"versus", "vs", "against"})
_THAN = frozenset({"over", "than"})
_MEASURED = frozenset({"compared", "relative", "superior", "inferior", "superiority"})
_WITH = frozenset({"with"})
_ENDS = frozenset({":", ";", "for", "during"})
_ADDED = frozenset({"with", "plus", "adding", "containing", "including"})
_COMPARING = frozenset({"comparing", "comparison", "compare", "compared", "comparative"})
_TOGETHER = frozenset({"combination", "combined", "synergistic", "adjunct", "adjunctive", "additional", "adjuvant"})
_APART = frozenset({"singly", "alone", "only"})
_LATER = frozenset({"after", "following"})


@dataclass(frozen=True, slots=True)
class Role:
    """A finding and the axis that it stands on, by the rule `rule`."""

    finding: Finding
    axis: Axis
    rule: str


def usual(term: Term) -> str:
    """The most usual role of a solution; studied when the vocabulary does not say."""
    return term.roles[0] if term.roles else "studied"


def studied_by_default(term: Term) -> bool:
    """Whether a solution that stands beside another is one of those studied, when no word says otherwise."""
    return not term.roles or "studied" in term.roles[:2]


def roles(findings: Sequence[Finding], term: TermOf, *, others: bool = False) -> list[Role]:
    """The role of each of a title's or sentence's solutions, in order of the words.

    `others` says that something that is studied by default stands elsewhere in the record.
    """
    if not findings:
        return []
    tokens = findings[0].passage.tokens
    starts = _comparisons(tokens, findings)
    lead = others or any(studied_by_default(term(one.id)) for one in findings)
    found: list[Role] = []
    for finding in findings:
        if role := _role(finding, found, tokens, starts, term(finding.id), lead=lead):
            found.append(role)
    return found


def _role(
    finding: Finding, before: list[Role], tokens: Sequence[str], starts: Sequence[int], term: Term, *, lead: bool
) -> Role | None:
    """The role of one finding, those before it known; None when its words give it none (a treatment given earlier)."""
    if _added(finding, before, tokens, term, lead=lead):
        return Role(finding, Axis.ADJUNCT, "role-added")
    if _compared(finding, before, tokens, starts):
        return Role(finding, Axis.COMPARATOR, "role-versus")
    if before and _LATER & set(tokens[max(0, finding.first - 3) : finding.first]):
        return None
    if "control" in term.roles:
        return Role(finding, Axis.COMPARATOR, "role-control")
    if studied_by_default(term) or not lead:
        return Role(finding, Axis.SOLUTION, "role-studied")
    if "adjunct" in term.roles and not _TOGETHER.isdisjoint(tokens) and _APART.isdisjoint(tokens):
        return Role(finding, Axis.ADJUNCT, "role-together")
    return Role(finding, Axis(usual(term)), "role-usual")


def _comparisons(tokens: Sequence[str], findings: Sequence[Finding]) -> list[int]:
    """Where words begin that name what something is compared with."""
    found = []
    comparing = False
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        near = any(at < one.first <= at + 4 for one in findings)
        against = comparing and near and any(one.last <= at for one in findings)
        measured = token in _MEASURED and after in {"with", "to"}
        if token in _VERSUS or measured or (token in _THAN and near) or (against and token in _WITH):
            found.append(at)
        comparing = comparing or (token in _COMPARING and after not in {"with", "to"})
    return found


def _compared(finding: Finding, before: Sequence[Role], tokens: Sequence[str], starts: Sequence[int]) -> bool:
    """Whether a word of comparison stands before `finding`, in the same clause, with something compared before it."""
    at = max((start for start in starts if start < finding.first), default=-1)
    if at < 0 or not any(one.finding.last <= at for one in before):
        return False
    return not any(token in _ENDS for token in tokens[at + 1 : finding.first])


def _added(finding: Finding, before: Sequence[Role], tokens: Sequence[str], term: Term, *, lead: bool) -> bool:
    """Whether `finding` is mixed in or given to all alike: `with 0.5% X`, `A and X` where X is usually mixed in."""
    if "adjunct" not in term.roles:
        return False
    last = before[-1] if before else None
    gap = _gap(tokens, last.finding.last if last else 0, finding.first)
    if gap and gap[-1] in _ADDED | {"to"} and _joins(tokens, finding.first, last):
        return lead
    if last and (not gap or _MORE.issuperset(gap)):
        listed = last.axis is Axis.ADJUNCT
        return listed or (usual(term) == "adjunct" and last.axis is Axis.SOLUTION)
    return False


def _joins(tokens: Sequence[str], first: int, last: Role | None) -> bool:
    """Whether the `with` before `first` mixes (`A with X`) and does not compare (`comparing A with X`)."""
    head = tokens[:first]
    if last is None:
        return _COMPARING.isdisjoint(head)
    if "compared" in head[-4:] or "comparable" in head[-4:]:
        return False
    return usual_joins(head)


def usual_joins(head: Sequence[str]) -> bool:
    """Whether no open `comparison of` stands in `head`: one that a `compared to` has not closed."""
    return not any(token in _COMPARING - {"compared"} for token in head)


def _gap(tokens: Sequence[str], first: int, last: int) -> list[str]:
    """The tokens between two findings, without amounts, articles and brackets."""
    return [
        token
        for token in tokens[first:last]
        if token not in ARTICLES and token not in MARKS - SEPARATORS and not token[0].isdigit() and token not in _UNITS
    ]


_MORE = SEPARATORS - {"or"}  # `with A and B` mixes both in; `with A or B` sets B against the rest
_UNITS = frozenset({"mg", "ml", "cc", "percent", "injection", "solution", "same", "local"})
