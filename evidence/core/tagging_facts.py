"""What study facts say of solutions: a fact is short, read by a person, and says itself which role it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evidence.core.roles import Role, TermOf, studied_by_default, usual
from evidence.core.tagging_reading import Finding
from evidence.model.record import Axis, Fact

_WITH = frozenset({"with", "in", "plus", "together"})
_CUT = frozenset({"after", "then", "against", "outside"})
NOBODY = frozenset({"none", "no", "0"})


def virtual(facts: Iterable[Fact]) -> str:
    """What facts say of a comparison, in the words that a vocabulary's needs may ask for; "" when nothing."""
    said = set()
    for fact in facts:
        value = str(fact.value).strip().lower()
        if fact.name == "comparator":
            said.add("no comparison" if value in NOBODY else "compared")
        elif fact.name == "arm" and value == "1":
            said.add("no comparison")
    return " | ".join(sorted(said)) if len(said) == 1 else ""


def studied(findings: Sequence[Finding], term: TermOf) -> list[Role]:
    """The roles in a fact that names what is studied: what stands after `with` is mixed in where it may be."""
    found = _plain(findings)
    mains = [one for one in found if studied_by_default(term(one.id))]
    roles = []
    for one in found:
        known = term(one.id).roles
        mixed = "adjunct" in known and (_follows(one) or (usual(term(one.id)) == "adjunct" and mains))
        roles.append(Role(one, Axis.ADJUNCT if mixed else Axis.SOLUTION, "fact-solution"))
    return roles


def compared(
    findings: Sequence[Finding], term: TermOf, studied_ids: frozenset[str], mixed: frozenset[str], *, first: bool = True
) -> list[Role]:
    """The roles in a fact that names the comparator. `first`: no other word on the comparison is known.

    What is mixed into the studied syringe too is no comparator unless it stands alone here; neither is what is studied
    itself, unless no comparator at all is named (two doses of one solution compare with each other). What is mixed into
    the comparator's syringe has no role, unless both syringes hold it ("the same").
    """
    found = _plain(findings)
    left = [one for one in found if one.id not in mixed] or found
    left = [one for one in left if one.id not in studied_ids] or (left if first else [])
    mains = [one for one in left if usual(term(one.id)) != "adjunct"]
    roles = []
    for one in left:
        beside = bool(mains) or one is not left[0]
        if "adjunct" in term(one.id).roles and _same(one):
            roles.append(Role(one, Axis.ADJUNCT, "fact-comparator"))
        elif not (usual(term(one.id)) == "adjunct" and beside):
            roles.append(Role(one, Axis.COMPARATOR, "fact-comparator"))
    return roles


def mixed_in(findings: Sequence[Finding], term: TermOf, known: frozenset[str]) -> list[Role]:
    """The roles in a fact that gives a concentration, of what has no role yet (`known` have one)."""
    return [
        Role(one, Axis.SOLUTION if studied_by_default(term(one.id)) else Axis.ADJUNCT, "fact-concentration")
        for one in findings
        if one.id not in known and (studied_by_default(term(one.id)) or usual(term(one.id)) == "adjunct")
    ]


def _plain(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that stand outside brackets and before `after`, `then`, `against`."""
    return list(_outside(findings))


def _outside(findings: Sequence[Finding]) -> Iterator[Finding]:
    for one in findings:
        before = one.passage.tokens[: one.first]
        if before.count("(") <= before.count(")") and _CUT.isdisjoint(before):
            yield one


def _follows(one: Finding) -> bool:
    return not _WITH.isdisjoint(one.passage.tokens[: one.first])


def _same(one: Finding) -> bool:
    return "same" in one.passage.tokens[max(0, one.first - 2) : one.first]
