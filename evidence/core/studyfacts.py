"""The two facts that a first look needs: how many people, and which way it came out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evidence.model.record import Fact

# What decides, the first kind that a record states.
_KINDS = (("favours-solution", "no-difference", "favours-comparator"), ("unclear",), ("within-group-only",))


@dataclass(frozen=True, slots=True)
class Summary:
    """`participants` counts people; `direction` is a value of the direction facts, or `differs-by-outcome`.

    `at` is the time that the direction holds for, where all that it rests on was measured at one time. None: not stated.
    """

    participants: int | None = None
    direction: str | None = None
    at: str | None = None


def summary(facts: Iterable[Fact]) -> Summary:
    """What `facts` say at a glance.

    Participants: the first number that is of the whole sample (not planned, no subgroup). Direction: what every
    comparison between groups agrees on; where they do not agree, that they differ. A comparison that the page leaves
    open goes before a change within a group.
    """
    standing = [fact for fact in facts if fact.state != "rejected"]
    people = [fact for fact in standing if fact.name == "participants" and isinstance(fact.value, int) and _whole(fact)]
    said = [fact for fact in standing if fact.name == "direction"]
    decided = next((found for kinds in _KINDS if (found := [one for one in said if one.value in kinds])), [])
    values = {str(one.value) for one in decided}
    direction = "differs-by-outcome" if len(values) > 1 else next(iter(values), None)
    times = {str(one.of["at"]) if isinstance(one.of, dict) and "at" in one.of else None for one in decided}
    number = people[0].value if people else None
    return Summary(number if isinstance(number, int) else None, direction, times.pop() if len(times) == 1 else None)


def _whole(fact: Fact) -> bool:
    unit = fact.unit or ""
    return "planned" not in unit and "subgroup" not in unit
