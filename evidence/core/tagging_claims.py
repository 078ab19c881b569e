"""Tags that may stand to claims: each with its words, its rule, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evidence.core.tagging_headings import Named
from evidence.core.tagging_reading import Finding
from evidence.model.record import Axis, By, Claim

MOST_CLAIMS = 3  # for one term on one axis and field
_SURE = {"title": 0.95, "keyword": 0.9, "fact": 0.9, "aim": 0.85, "methods": 0.85, "conclusion": 0.8, "results": 0.7}
_LESS = {"guarded": 0.1, "abbreviation": 0.05, "row": 0.05}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tag that may stand: the term on its axis, and the finding or heading that names it."""

    axis: Axis
    id: str
    source: Finding | Named
    rule: str


def claims_of(found: Iterable[Candidate]) -> Iterator[Claim]:
    """The claims of `found`, without repetition, the first three of each term, axis and field."""
    seen: set[tuple[Axis, str, str, int, int, str]] = set()
    count: dict[tuple[Axis, str, str], int] = {}
    for one in found:
        source = one.source
        field = source.passage.field if isinstance(source, Finding) else source.field
        group = (one.axis, one.id, field)
        if count.get(group, 0) >= MOST_CLAIMS:
            continue
        claim = _claim(one)
        place = (*group, claim.start or 0, claim.end or 0, claim.quote or "")
        if place not in seen:
            seen.add(place)
            count[group] = count.get(group, 0) + 1
            yield claim


def _claim(one: Candidate) -> Claim:
    source = one.source
    by: By = "rule"
    if isinstance(source, Named):
        by, field, quote, start, end, sure = "heading", source.field, source.text, 0, len(source.text), 1.0
        sure = 0.9 if source.rule == "mesh-without" else 1.0
    else:
        field = source.passage.field
        start, end = source.passage.place(source.first, source.last)
        at = source.passage.start
        quote = source.passage.text[start - at : end - at]
        sure = _SURE.get(source.passage.kind, 0.6) - _LESS.get(source.rule, 0.0)
    rule = one.rule if one.rule not in {"phrase", "guarded", "abbreviation", "row"} else f"{_where(field)}-{one.rule}"
    return Claim(one.axis, one.id, by, rule, field, quote, start, end, round(sure, 2))


def _where(field: str) -> str:
    return field.replace(":", "-")
