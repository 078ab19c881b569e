"""A record as the index sees it: the words of each field, tags with what is above them, level, year, identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from evidence.model.identifiers import identifiers
from evidence.model.markup import plain
from evidence.model.query import Document
from evidence.model.record import Axis, Fact, Level, Record
from evidence.model.reference import Name, Reference
from evidence.model.vocabulary import Vocabulary
from evidence.model.words import words

# Raised when a record is made into a document in another way (here, in `levels`, or in `words`): every index is made anew
# then. A test holds it to the documents of the shipped library.
VERSION = 1
_PARTED = re.compile(r"[;,\n]")  # keywords in one CSL string
# Study facts whose words are not on what was studied: what it was held against ("without X"), and who paid.
_FOREIGN = frozenset(("comparator", "funding-or-interest"))
# Study facts whose value is a code, or figures of one group beside another's.
_CODED = frozenset(("direction", "all-trials-randomised", "effect"))


def document(record: Record, vocabulary: Vocabulary, level: Level | None = None) -> Document:
    """`record` as a document; `level` is what the record's level was worked out to be (None: it has none).

    Names stand with the given names as printed and as initials, so that `author:"Reeves KD"` finds Reeves, K. Dean.
    """
    reference = record.reference
    standing = record.tags
    tags = frozenset((axis, term) for axis in Axis for term in standing.on(axis))
    fields = {
        "title": tuple(words(plain(reference.title))),
        "abstract": _run([plain(abstract(reference))]),
        "author": _run(form for name in reference.names for form in _forms(name)),
        "journal": _run(plain(reference.fields.get(name, "")) for name in ("container-title", "container-title-short")),
        "keyword": _run([*_PARTED.split(reference.fields.get("keyword", "")), *(one.label for one in reference.mesh)]),
        "year": (str(reference.year),) if reference.year is not None else (),
        "fact": _run(text for fact in record.facts for text in _told(fact)),
        "name": _run(_called(record)),
    }
    return Document(
        key=record.key,
        words={name: found for name, found in fields.items() if found},
        tags=tags,
        reach=frozenset((axis, above) for axis, term in tags for above in vocabulary.broader(axis.scheme, term)),
        level=level.counted if level else None,
        year=reference.year,
        identifiers=frozenset(_identifiers(record)),
    )


def abstract(reference: Reference) -> str:
    """The abstract's text, with its tags; where only its labelled sections are kept, those, one a line; "" when there is none."""
    return reference.fields.get("abstract") or "\n".join(section.text for section in reference.sections)


def _run(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of several texts, parted by "" so that no phrase runs across them."""
    found: list[str] = []
    for text in dict.fromkeys(texts):
        if said := words(text):
            found += ["", *said] if found else said
    return tuple(found)


def _forms(name: Name) -> Iterator[str]:
    """How a name is typed: with its given names, and with its initials alone."""
    family = " ".join(filter(None, (name.particle, name.family)))
    yield " ".join(filter(None, (name.literal, family, name.given)))
    if family and name.given:
        # Upper-case letters that stand alone ("KD") are initials already.
        initials = "".join(part if part.isupper() else part[0] for part in re.findall(r"\w+", name.given))
        yield f"{family} {initials}"


def _told(fact: Fact) -> Iterator[str]:
    """The text of a study fact that stands, the outcome that it is of, and the page's words for it."""
    if fact.state == "rejected" or fact.name in _FOREIGN:
        return
    if isinstance(fact.value, str) and fact.name not in _CODED:
        yield fact.value
    outcome = fact.of.get("outcome") if isinstance(fact.of, dict) else None
    if isinstance(outcome, str):
        yield outcome
    yield fact.quote or ""


def _called(record: Record) -> Iterator[str]:
    """What a person may type for a record as it stands. A DOI is known by its form, and its words may be a journal's."""
    yield record.key
    yield from record.aliases
    for scheme, value in identifiers(record.reference.fields).items():
        if scheme != "doi":
            yield value


def _identifiers(record: Record) -> Iterator[tuple[str, str]]:
    yield "key", record.key
    yield from (("key", alias) for alias in record.aliases)
    yield from identifiers(record.reference.fields).items()
