"""A reference as the passages that are read for tags: title, keywords, sentences of the abstract, study facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from evidence.core.phrases import Hit, Passage, Phrasebook, Tokens
from evidence.model.markup import placed, plain
from evidence.model.record import Claim, Fact
from evidence.model.reference import Reference

MOST_CHARACTERS = 60_000  # of an abstract that is read; more is no abstract, and its beginning says what it is about
MOST_KEYWORDS = 100
RICH = ("title", "abstract")  # the fields that are read and may hold tags
STRONG = frozenset({"title", "keyword", "fact", "aim", "methods", "conclusion"})

# A sentence ends at a mark followed by a blank and a capital, a digit or a bracket; a line break ends one as well.
# It begins with a set of characters, which a search looks for faster than for either of two patterns.
_END = re.compile(r"[.?!;\n](?:(?<=\n)\n*|(?<!\n)\s+(?=[A-Z0-9(\[]))")
_LABEL = re.compile(r"\W{0,3}([A-Za-z][A-Za-z ,/&-]{2,40}?)\s?(?::|\.?$|\s-\s)")
_LABELLED = 45  # characters that a label and its mark take at most
_SECTIONS = (
    ("background", ("background", "introduction", "context", "rationale", "importance")),
    ("aim", ("objective", "aim", "purpose", "goal", "hypothes", "question", "study question")),
    ("methods", ("method", "material", "design", "study design", "setting", "patient", "participant", "subject",
                 "intervention", "data source", "study selection", "search", "trial", "measure", "main outcome")),
    ("results", ("result", "finding", "outcome")),
    ("conclusion", ("conclusion", "discussion", "interpretation", "significance", "clinical relevance", "summary")),
)  # fmt: skip
# The three are looked for in text of small letters: twice as fast as without regard to case.
_AIM = re.compile(
    r"\b(?:aim(?:s|ed)?|objectives?|purpose|goal|hypothesi[sz]ed?|"
    r"to (?:evaluate|assess|compare|investigate|determine|examine|study|explore|review|analy[sz]e|describe|report|test|"
    r"establish|identify|summari[sz]e)|this (?:\w+ ){0,3}(?:study|trial|review|article|paper|report|case)|"
    r"we (?:report|present|describe|review|evaluated|compared|assessed|investigated|examined|conducted|performed))\b",
)
_METHODS = re.compile(
    r"\b(?:randomly|was (?:injected|given|administered)|were (?:randomi[sz]ed|assigned|allocated|divided|treated|injected|enrolled|included|recruited|"
    r"selected|given|searched)|(?:an?|this|our|in|phase \w+) (?:[\w-]+,? ){0,4}randomi[sz]ed|"
    r"(?:study|trial) (?:assessed|evaluated|compared|examined|investigated|included|tested)|received|underwent|was (?:conducted|performed|carried out|searched)|enrolled|recruited|"
    r"\d+ (?:[\w-]+ ){0,3}(?:patients|participants|adults|subjects|women|men|children|athletes|volunteers))\b",
)
_CONCLUSION = re.compile(
    r"\b(?:conclu\w+|in summary|our (?:results|findings|data|study)|these (?:results|findings|data)|"
    r"(?:results|findings|data) (?:suggest|indicate|show)\w*)\b",
)


def bare(reference: Reference) -> Reference:
    """`reference` with title and abstract as they are read, without tags; itself where there are none."""
    fields = reference.fields
    plainer = {name: plain(fields[name]) for name in RICH if "<" in fields.get(name, "")}
    return replace(reference, fields={**fields, **plainer}) if plainer else reference


def in_markup(claim: Claim, reference: Reference) -> Claim:
    """A claim on `bare(reference)`, with its quote and its place as `reference` has them."""
    if claim.field not in RICH or claim.start is None or claim.end is None:
        return claim
    text = reference.fields[claim.field]
    ((start, end),) = placed(text, [(claim.start, claim.end)])
    return replace(claim, quote=text[start:end], start=start, end=end)


def title(reference: Reference, tokens: Tokens) -> Passage | None:
    """The title; None when there is none."""
    text = reference.title[:MOST_CHARACTERS]
    return Passage("title", text, 0, "title", tokens.of(text)) if text else None


def keywords(reference: Reference, tokens: Tokens) -> list[Passage]:
    """The keywords, each a passage of the field `keyword`, parted by semicolons or, without any, by commas."""
    text = reference.fields.get("keyword", "")[:MOST_CHARACTERS]
    part = ";" if ";" in text else ","
    found = []
    at = 0
    for one in text.split(part, MOST_KEYWORDS)[:MOST_KEYWORDS]:
        if one.strip():
            found.append(Passage("keyword", one, at, "keyword", tokens.of(one)))
        at += len(one) + 1
    return found


def sentences(reference: Reference, tokens: Tokens, book: Phrasebook) -> Iterator[tuple[Passage, list[Hit]]]:
    """The sentences of the abstract that hold a phrase of `book`, with their phrases.

    A section's label gives the kind until the next one; without labels, each sentence's own words do (see `kind`).
    """
    text = reference.fields.get("abstract", "")[:MOST_CHARACTERS]
    section = ""
    for start, end in _ranges(text):
        one = text[start:end]
        if end - start < _LABELLED or ":" in one[:_LABELLED] or " - " in one[:_LABELLED]:
            section = _section(one) or section
        read = tokens.of(one)
        hits = book.find(read)
        if hits:
            yield Passage("abstract", one, start, section, read), hits


def kind(passage: Passage) -> str:
    """What a passage is for, as its section's label says or, where there is none, its own words."""
    if not passage.kind:
        text = passage.text.lower()
        if _AIM.search(text):
            passage.kind = "aim"
        elif _METHODS.search(text):
            passage.kind = "methods"
        elif _CONCLUSION.search(text):
            passage.kind = "conclusion"
        else:
            passage.kind = "background"
    return passage.kind


def facts(found: Sequence[Fact], tokens: Tokens) -> list[tuple[Fact, str, Passage]]:
    """The texts of study facts, as (fact, part, passage): `part` is value, quote or amount; the field is `fact:NAME`."""
    passages = []
    for fact in found:
        if fact.state == "rejected":
            continue
        for part, text in _parts(fact):
            passages.append((fact, part, Passage(f"fact:{fact.name}", text, 0, "fact", tokens.of(text))))
    return passages


def _parts(fact: Fact) -> Iterator[tuple[str, str]]:
    """The value when it is words, the page's words, and a number with its unit (`5 % salt`)."""
    if isinstance(fact.value, str) and fact.value:
        yield "value", fact.value[:MOST_CHARACTERS]
    if fact.quote:
        yield "quote", fact.quote[:MOST_CHARACTERS]
    if fact.unit and isinstance(fact.value, int | float):
        yield "amount", f"{fact.value} {fact.unit}"


def texts(reference: Reference, found: Sequence[Fact], field: str) -> tuple[str, ...]:
    """The texts that a claim's `field` names: its `start` and `end` count in one of them.

    One for title, abstract, keyword and type; for mesh and publication-types each label; for `fact:NAME` the value
    (when it is words), the quote, and value and unit with a blank between (when it is a number) of each fact so named.
    """
    if field == "mesh":
        return tuple(one.label for one in reference.mesh)
    if field == "publication-types":
        return reference.publication_types
    if field == "type":
        return (reference.type,)
    if field.startswith("fact:"):
        return tuple(text for fact in found if fact.name == field[5:] for _, text in _parts(fact))
    return (reference.fields.get(field, ""),)


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for end in _END.finditer(text):
        if end.start() > at:
            yield at, end.start()
        at = end.end()
    if at < len(text):
        yield at, len(text)


def _section(sentence: str) -> str:
    """The kind of section whose label `sentence` begins with; "" when it begins with none."""
    found = _LABEL.match(sentence)
    if not found:
        return ""
    label = found.group(1).lower()
    if label.endswith("s and methods"):
        return "methods"
    if found.end() == len(sentence):  # a label that stands alone is a bare word: "Methods.", not "Patients improved."
        return next((name for name, starts in _SECTIONS if label.removesuffix("s") in starts), "")
    return next((name for name, starts in _SECTIONS if label.startswith(starts)), "")
