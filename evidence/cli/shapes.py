"""Values as the contract's JSON, and as the words that a table shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from evidence.cli.tables import wrapped
from evidence.core.notices import Said, notices, warning
from evidence.core.studyfacts import Summary
from evidence.model.csl import to_csl
from evidence.model.record import Axis, Claim, Fact, Level, Record, Tags
from evidence.model.reference import Reference
from evidence.model.vocabulary import Vocabulary

DIRECTIONS = {
    "favours-solution": "favours the solution",
    "no-difference": "no difference",
    "favours-comparator": "favours the comparator",
    "within-group-only": "within group only",
    "differs-by-outcome": "differs by outcome",
    "unclear": "unclear",
}


def record_json(record: Record) -> dict[str, Any]:
    """The record as CSL-JSON."""
    return to_csl(record.reference)


def tags_json(tags: Tags) -> dict[str, list[str]]:
    """TAGS of the contract."""
    return {axis.value: list(tags.on(axis)) for axis in Axis}


def level_json(level: Level) -> dict[str, Any]:
    """LEVEL of the contract."""
    return {
        "value": level.value, "scheme": level.scheme, "question": level.question, "reason": level.reason,
        "adjusted": asdict(level.adjusted) if level.adjusted else None,
    }  # fmt: skip


def claim_json(claim: Claim) -> dict[str, Any]:
    """A claim as `why` shows it."""
    names = ("term", "by", "rule", "field", "quote", "start", "end", "certainty", "who", "when", "state")
    return {"axis": claim.axis.value} | {name: getattr(claim, name) for name in names}


def fact_json(fact: Fact) -> dict[str, Any]:
    """FACT of the contract."""
    names = ("name", "value", "unit", "of", "field", "quote", "start", "end", "source", "by", "state")
    return {name: getattr(fact, name) for name in names}


def summary_json(summary: Summary) -> dict[str, Any]:
    """The facts of a hit."""
    return {"participants": summary.participants, "direction": summary.direction}


def level_words(level: Level, vocabulary: Vocabulary) -> str:
    """`2`, `5 mechanism only` (as the vocabulary words it), or a dash where there is no level."""
    if level.adjusted:
        return f"{level.adjusted.value} (was {level.value if level.value is not None else 'none'})"
    said = dict(vocabulary.levels.words).get(level.value or 0)
    return "–" if level.value is None else f"{level.value} {said}" if said else str(level.value)


def graded_words(record: Record, level: Level, vocabulary: Vocabulary) -> str:
    """The level as in `level_words`; of a work that must not be relied on, with that word: `2 RETRACTED`."""
    return f"{level_words(level, vocabulary)} {warning(notices(record))}".rstrip()


def notices_json(record: Record) -> list[dict[str, Any]]:
    """The record's notices, gravest first, each with its sentence; those that its type or title tells are among them."""
    return [said_json(one) for one in notices(record)]


def said_json(said: Said) -> dict[str, Any]:
    """One notice with its sentence."""
    return {
        "kind": said.kind, "text": said.text, "ref": said.ref, "date": said.date, "source": said.source,
        "checked": said.checked,
    }  # fmt: skip


def notice_lines(record: Record, indent: str) -> list[str]:
    """The record's notices as lines, gravest first."""
    return [line for one in notices(record) for line in wrapped(said_words(one), f"{indent}  ", indent)]


def said_words(said: Said) -> str:
    """`RETRACTED: Retracted 2019-05 (seen in PubMed)`: the word stands before the sentence of what is grave."""
    return f"{said.word}: {said.text}" if said.grave else said.text


def labels(vocabulary: Vocabulary, tags: Tags, axis: Axis) -> str:
    """The labels of the tags on `axis`, in words."""
    return ", ".join(vocabulary.label(axis, term) for term in tags.on(axis))


def authors_words(reference: Reference) -> str:
    """`Reeves & Hassanein 2000`, `Bae et al. 2021`, `Hackett 1958`; "no author", "no year" where they are not stated."""
    people = reference.named("author") or reference.named("editor")
    names = [name.sort for name in people]
    more = "authors_rest" in reference.missing
    if not names:
        who = "no author"
    elif len(names) > 2 or more:
        who = f"{names[0]} et al."
    else:
        who = " & ".join(names)
    return f"{who} {reference.year if reference.year is not None else '(no year)'}"
