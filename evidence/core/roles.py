"""Who is who: which of the solutions that a passage names is studied, compared with, or mixed in.

The grammar is plain English (versus, compared with, added to); the usual role of each solution is the vocabulary's:
its `roles`, the most usual first. `control`: never studied by default. `unnamed`: it gives way to a comparator whose
content is named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidence.core.phrases import ARTICLES, MARKS
from evidence.core.tagging_reading import SEPARATORS, Finding
from evidence.model.record import Axis
from evidence.model.vocabulary import Term

TermOf = Callable[[str], Term]

_VERSUS = frozenset({"versus", "vs", "against"})
_THAN = frozenset({"over", "than"})
_MEASURED = frozenset({"comparison", "compared", "relative", "superior", "inferior", "superiority"})
_WITH = frozenset({"with"})
_ENDS = frozenset({":", ";", "for", "during"})
_ADDED = frozenset({"with", "plus", "adding", "containing", "including"})
_COMPARING = frozenset({"comparing", "comparison", "compare", "compared", "comparative"})
_TELLING = _VERSUS | _THAN | _MEASURED | _WITH | _COMPARING
_TOGETHER = frozenset({"combination", "combined", "synergistic", "adjunct", "adjunctive", "additional", "adjuvant"})
_APART = frozenset({"singly", "alone", "only"})
_LATER = frozenset({"after", "following", "followed"})
# What came before the study: "had failed X", "refractory to X", "did not respond to X".
_FAILED = frozenset({"failed", "failing", "failure", "despite"})
_AGAINST = frozenset({"refractory", "resistant", "unresponsive", "respond", "responded", "responding", "recalcitrant"})
_BEFORE = frozenset({"previous", "prior", "previously"})
_BY = frozenset({"with", "for", "using", "by", ";", ":", "("})
_NOW = frozenset({"received", "receive", "receiving", "assigned", "randomized", "randomised", "allocated", "injected",
                  "injection", "treated", "compared", "versus", "offered", "underwent"})  # fmt: skip
_ASSIGNED = frozenset({"assigned", "randomized", "randomised", "allocated"})
_RECEIVED = frozenset({"received", "receive", "receiving", "given"})
_MIXED = frozenset({"mixed", "added", "diluted"})
_CONTROL = frozenset({"control", "comparator", "placebo"})
# What may stand between the control and its content: "the control group received 5 mL of X", "control (X)".
_HOLDS = frozenset({"group", "arm", "received", "receiving", "was", "were", "wa", "given", "got", "injected", "injection",
                    "with", "of", "an", "a", "the", "(", ":", "which", "that", "held", "contained", "containing",
                    "consisting", "consisted", "single", "ml", "mg", "cc", "patient", "participant", "knee",
                    "treated", "either", "only", "same", "volume"})  # fmt: skip
_EACH = frozenset({"both", "all", "each", "every"})
_PEOPLE = frozenset({"group", "patient", "participant", "subject", "were", "arm", "received"})
_TAKE = frozenset({"received", "receive", "given", "performed", "perform", "had", "underwent", "follow", "followed",
                   "continue", "continued", "did", "completed"})  # fmt: skip
_MOST_BACK = 10


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
    if _former(finding, tokens):
        return None
    if _holds_control(finding, tokens) or (lead and _by_itself(finding, tokens, term)):
        return Role(finding, Axis.COMPARATOR, "role-control-group")
    if lead and _other_arm(finding, before, tokens, term):
        return Role(finding, Axis.COMPARATOR, "role-versus")
    if _added(finding, before, tokens, term, lead=lead):
        # What is mixed into the comparator alone has no role: beside the solution it read as if mixed into that.
        return None if before and before[-1].axis is Axis.COMPARATOR else Role(finding, Axis.ADJUNCT, "role-added")
    if before and not lead and tokens[before[-1].finding.last : finding.first] == ["plus"]:
        return None  # "the usual plus X" is no control, and whether X is studied must stand elsewhere
    if _compared(finding, before, tokens, starts) or (not before and _with_unknown(finding, tokens, starts, term)):
        return Role(finding, Axis.COMPARATOR, "role-versus")
    if before and _LATER & set(tokens[max(before[-1].finding.last, finding.first - 4) : finding.first]):
        return None
    if "control" in term.roles:
        return Role(finding, Axis.COMPARATOR, "role-control")
    if studied_by_default(term) or not lead:
        return Role(finding, Axis.SOLUTION, "role-studied")
    if "adjunct" in term.roles and _to_all(finding, tokens):
        return Role(finding, Axis.ADJUNCT, "role-all")
    if before and "comparator" in term.roles and "or" in tokens[before[-1].finding.last : finding.first]:
        return Role(finding, Axis.COMPARATOR, "role-or")
    if "adjunct" in term.roles and not _TOGETHER.isdisjoint(tokens) and _APART.isdisjoint(tokens):
        return Role(finding, Axis.ADJUNCT, "role-together")
    return Role(finding, Axis(usual(term)), "role-usual")


def _former(finding: Finding, tokens: Sequence[str]) -> bool:
    """Whether `finding` was tried before the study: `failed X`, `refractory to A, B and X`, `X had failed`."""
    for at in range(finding.first - 1, max(-1, finding.first - _MOST_BACK - 5), -1):
        token = tokens[at]
        after = tokens[at + 1]
        if token in _FAILED:
            return after != "back"
        if token in _AGAINST and after == "to":
            return True
        if token in _BEFORE and finding.first - at <= 2:
            return True
        if token in _NOW or (token in _BY and tokens[at - 1] not in {"treatment", "therapy"}):
            break
    return "failed" in tokens[finding.last : finding.last + 2]


def _holds_control(finding: Finding, tokens: Sequence[str]) -> bool:
    """Whether the control's content is named: `the control group received 5 ml of X`, `placebo (X)`, `X as control`."""
    after = [token for token in tokens[finding.last : finding.last + 4] if token not in ARTICLES | {"(", "injection"}]
    if after[:1] == ["as"] and after[1:2] and after[1] in _CONTROL:
        return True
    for at in range(finding.first - 1, max(-1, finding.first - _MOST_BACK), -1):
        token = tokens[at]
        if token in _CONTROL:
            return at + 1 < finding.first and "no" not in tokens[max(0, at - 2) : at]
        if token not in _HOLDS and not token[0].isdigit():
            return False
    return False


def _by_itself(finding: Finding, tokens: Sequence[str], term: Term) -> bool:
    """Whether `X alone`, `X-only injections` sets X against the rest."""
    after = tokens[finding.last : finding.last + 1]
    return "comparator" in term.roles and bool(after) and after[0] in {"alone", "only"}


def _other_arm(finding: Finding, before: Sequence[Role], tokens: Sequence[str], term: Term) -> bool:
    """Whether `finding` is another arm: `were assigned to A with B, or to X`, `received A or X`."""
    if "comparator" not in term.roles or not before or before[-1].axis is Axis.COMPARATOR:
        return False
    gap = tokens[before[-1].finding.last : finding.first]
    head = tokens[: before[0].finding.first]
    if "or" not in gap:
        return False
    # Who merely "received A or B" was in no trial of the two, unless amounts are told.
    dosed = any(token[0].isdigit() for token in gap)
    return not _ASSIGNED.isdisjoint(head) or (dosed and not _RECEIVED.isdisjoint(head))


def _to_all(finding: Finding, tokens: Sequence[str]) -> bool:
    """Whether all alike were given it: `both groups received X`, `all were given X`."""
    head = tokens[: finding.first]
    return any(token in _EACH and after in _PEOPLE for token, after in pairwise(head)) and (not _TAKE.isdisjoint(head))


def _comparisons(tokens: Sequence[str], findings: Sequence[Finding]) -> list[int]:
    """Where words begin that name what something is compared with."""
    found = []
    comparing = False
    for at, token in enumerate(tokens):
        if token not in _TELLING:
            continue
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        measured = token in _MEASURED and after in {"with", "to"}
        against = comparing and token in _WITH and any(one.last <= at for one in findings)
        near = (token in _THAN or against) and any(at < one.first <= at + 4 for one in findings)
        if token in _VERSUS or measured or near:
            found.append(at)
        comparing = comparing or (token in _COMPARING and after not in {"with", "to"})
    return found


def _compared(finding: Finding, before: Sequence[Role], tokens: Sequence[str], starts: Sequence[int]) -> bool:
    """Whether a word of comparison stands before `finding`, in the same clause, with something compared before it."""
    at = max((start for start in starts if start < finding.first), default=-1)
    if at < 0 or any(token in _ENDS for token in tokens[at + 1 : finding.first]):
        return False
    return any(one.finding.last <= at for one in before)


def _with_unknown(finding: Finding, tokens: Sequence[str], starts: Sequence[int], term: Term) -> bool:
    """Whether something unknown is compared with what may be a control: `new steel versus X`."""
    at = max((start for start in starts if start < finding.first), default=0)
    near = at > 0 and tokens[at] in _VERSUS | _MEASURED and finding.first <= at + 3
    return near and "comparator" in term.roles and not any(token in _ENDS for token in tokens[at + 1 : finding.first])


def _added(finding: Finding, before: Sequence[Role], tokens: Sequence[str], term: Term, *, lead: bool) -> bool:
    """Whether `finding` is mixed in or given to all alike: `with 0.5% X`, `A and X` where X is usually mixed in."""
    if "adjunct" not in term.roles:
        return False
    last = before[-1] if before else None
    gap = _gap(tokens, last.finding.last if last else 0, finding.first)
    after = tokens[finding.last : finding.last + 4]
    if lead and not _MIXED.isdisjoint(after) and not {"was", "were"}.isdisjoint(after):
        return True
    if gap == ["in"] and last and last.axis is Axis.SOLUTION and tokens[finding.first - 1][0].isdigit():
        return lead
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
    """The tokens between two findings, without amounts (`5 ml of`), articles and brackets."""
    return [tokens[at] for at in range(first, last) if not _passed_over(tokens, at)]


def _passed_over(tokens: Sequence[str], at: int) -> bool:
    word = tokens[at]
    if word == "of":
        return at > 0 and (tokens[at - 1] in _UNITS or tokens[at - 1][0].isdigit())
    return word in ARTICLES or word in MARKS - SEPARATORS or word[0].isdigit() or word in _UNITS


_MORE = SEPARATORS - {"or"}  # `with A and B` mixes both in; `with A or B` sets B against the rest
_UNITS = frozenset({"mg", "ml", "cc", "percent", "injection", "solution", "same", "local"})
