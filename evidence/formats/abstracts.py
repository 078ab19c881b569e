"""Structured abstracts in plain text: `METHODS: … RESULTS: …` as its parts."""

from __future__ import annotations

import re

from evidence.model.reference import Section

# A label stands in capitals before a colon, at the start or after a blank. Source: NLM, structured abstracts: labels
# are printed in capitals and followed by a colon and a blank.
_LABEL = re.compile(r"(?:^|\s)([A-Z](?:[A-Z/&,() '’-]*[A-Z)])?)$")
# A label is known by one of these words in it. They belong to reports of research in any field.
_KNOWN = frozenset(
    (
        "AIM", "AIMS", "ANALYSES", "ANALYSIS", "APPROACH", "BACKGROUND", "BASIS", "CHALLENGES", "COMMENT", "CONCLUSION",
        "CONCLUSIONS", "CONTEXT", "DATA", "DESCRIPTION", "DESIGN", "DISCUSSION", "EVIDENCE", "EXPERIMENTAL", "EXPOSURE",
        "EXPOSURES", "EXTRACTION", "FINDING", "FINDINGS", "FUNDING", "GOAL", "GOALS", "HYPOTHESIS", "IMPLICATIONS",
        "IMPORTANCE", "INTERPRETATION", "INTERVENTION", "INTERVENTIONS", "INTRODUCTION", "LEVEL", "LIMITATION", "LIMITATIONS",
        "LOCATION", "MATERIAL", "MATERIALS", "MEASURE", "MEASUREMENT", "MEASUREMENTS", "MEASURES", "METHOD", "METHODOLOGY",
        "METHODS", "OBJECT", "OBJECTIVE", "OBJECTIVES", "OBSERVATIONS", "ORIGINALITY", "OUTCOME", "OUTCOMES", "PARTICIPANTS",
        "PATIENT", "PATIENTS", "PERSPECTIVE", "POPULATION", "PRINCIPAL", "PROBLEM", "PROCEDURE", "PROCEDURES", "PROSPERO",
        "PURPOSE", "PURPOSES", "QUESTION", "QUESTIONS", "RATIONALE", "RECOMMENDATIONS", "REGISTRATION", "RELEVANCE", "REPORT",
        "RESEARCH", "RESULT", "RESULTS", "REVIEW", "SAMPLE", "SCOPE", "SEARCH", "SELECTION", "SETTING", "SETTINGS",
        "SIGNIFICANCE", "SOURCES", "STATEMENT", "STUDY", "SUBJECTS", "SUMMARY", "SYNTHESIS", "TRIAL", "UNLABELLED", "VALUE",
    )
)  # fmt: skip
_WIDE = 80  # characters: no label is longer
_WORD = re.compile(r"[A-Z]+")
_LONGEST = 1 << 20  # characters: nothing longer is an abstract


def sections(text: str, least: int = 2) -> tuple[Section, ...]:
    """The parts of the abstract `text`, whose blanks are joined, when at least `least` known labels stand in it.

    What stands before the first label is a part with the label "". () for an abstract without parts.
    """
    found: list[tuple[int, int, str]] = []
    before, at = 0, text.find(":", 2) if len(text) <= _LONGEST else -1
    while at > 0:
        if (text[at - 1].isupper() or text[at - 1] == ")") and (label := _label(text, max(before, at - _WIDE), at)):
            found.append((at - len(label), at + 1, label))
        before, at = at + 1, text.find(":", at + 1)
    if len(found) < least:
        return ()
    first = text[: found[0][0]].strip()
    stops = [start for start, _, _ in found[1:]] + [len(text)]
    parts = (Section(label, text[end:stop].strip()) for (_, end, label), stop in zip(found, stops, strict=True))
    return (Section("", first), *parts) if first else tuple(parts)


def _label(text: str, first: int, at: int) -> str | None:
    """The known label that begins at `first` or later and ends at the colon at `at`, which a blank or the end follows."""
    if not (text[at + 1 : at + 2].isspace() or at + 1 == len(text)):
        return None
    before = text[first:at]  # all that is looked at: a slice from the text's beginning would make it quadratic
    start = before.rfind(". ") + 2
    if (word := before[start:]) in _KNOWN and start > 1:  # most labels are one word behind a full stop
        return word
    found = _LABEL.search(before)
    return found[1] if found and not _KNOWN.isdisjoint(_WORD.findall(found[1])) else None
