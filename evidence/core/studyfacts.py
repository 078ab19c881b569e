"""The two facts that a first look needs: how many people, and which way it came out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evidence.model.record import Fact

_BETWEEN = ("favours-solution", "no-difference", "favours-comparator")


@dataclass(frozen=True, slots=True)
class Summary:
    """`participants` counts people; `direction` is a value of the direction facts, or `differs-by-outcome`.

    None: not stated.
    """

    participants: int | None = None
    direction: str | None = None


def summary(facts: Iterable[Fact]) -> Summary:
    """What `facts` say at a glance.

    Participants: the first number that is of the whole sample (not planned, no subgroup). Direction: what every
    comparison between groups agrees on; where they do not agree, that they differ; without a comparison, what is said.
    """
    standing = [fact for fact in facts if fact.state != "rejected"]
    people = [fact for fact in standing if fact.name == "participants" and isinstance(fact.value, int) and _whole(fact)]
    said = [str(fact.value) for fact in standing if fact.name == "direction"]
    between = list(dict.fromkeys(one for one in said if one in _BETWEEN))
    others = list(dict.fromkeys(one for one in said if one not in _BETWEEN))
    number = people[0].value if people else None
    return Summary(number if isinstance(number, int) else None, _direction(between, others))


def _direction(between: list[str], others: list[str]) -> str | None:
    if len(between) > 1:
        return "differs-by-outcome"
    if between:
        return between[0]
    return others[0] if others else None


def _whole(fact: Fact) -> bool:
    unit = fact.unit or ""
    return "planned" not in unit and "subgroup" not in unit
