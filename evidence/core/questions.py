"""Saved searches, and what is new in their answers since somebody last looked.

What was seen is kept as records in their versions, which never change: so whatever the reason (a new study, another
tag, an edit, another vocabulary, a retraction), the difference to what answers now is exact.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

from evidence.core.notices import Said, notices
from evidence.core.querying import narrowed, parse_query
from evidence.core.searching import Match
from evidence.errors import LibraryError, NeedsPersonError, UsageError
from evidence.model.query import ParsedQuery
from evidence.model.record import Record
from evidence.model.vocabulary import Vocabulary
from evidence.ports import Question, Seen, Sort, StoreReader

LIST = "`evidence question list` lists them."
_LONGEST_NAME = 200  # characters
_BATCH = 1000  # records that are held at once while they are compared with what they were


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A search as it is saved: the query as typed, and the options of `search` that choose, as typed."""

    text: str = ""
    condition: tuple[str, ...] = ()
    solution: tuple[str, ...] = ()
    comparator: tuple[str, ...] = ()
    design: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    level: str | None = None
    match: Match = "all"
    no_expand: tuple[str, ...] = ()
    sort: Sort = "relevance"

    @property
    def options(self) -> dict[str, Any]:
        """All but the query, as JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if name != "text"
        }

    def written(self) -> str:
        """As the store keeps it."""
        return json.dumps({"text": self.text} | self.options, sort_keys=True)

    def parsed(self, vocabulary: Vocabulary) -> ParsedQuery:
        """The query as today's vocabulary reads it. QuerySyntaxError, UnknownTermError, UsageError."""
        return narrowed(
            parse_query(self.text, vocabulary, no_expand=self.no_expand), condition=self.condition, solution=self.solution,
            comparator=self.comparator, design=self.design, since=self.since, until=self.until, level=self.level,
            vocabulary=vocabulary,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answering:
    """Which records answer now, by key in the order of the answer; `read_as` is how the query was read."""

    read_as: str
    keys: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving: the number of the `change` (None: it was saved just so already) and how many answer now.

    `before` is what the name asked until now, None for a new name.
    """

    name: str
    change: int | None
    total: int
    before: Inquiry | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A record that was seen before, and of which something else is said now: `new` notices, or `past` ones no more."""

    record: Record
    new: tuple[Said, ...]
    past: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that answered when last looked at: `removed` from the library, or otherwise tagged or worded now."""

    key: str
    removed: bool


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told of a question: of its `total` answers those that are new, changed notices, answers no more.

    `seen` (record id, number of its version) and `unseen` (record ids) are what `Library.looked` writes down.
    """

    question: Question
    inquiry: Inquiry
    read_as: str
    total: int
    new: tuple[Record, ...] = ()
    changed: tuple[Changed, ...] = ()
    gone: tuple[Gone, ...] = ()
    warnings: tuple[str, ...] = ()
    seen: tuple[tuple[int, int], ...] = ()
    unseen: tuple[int, ...] = ()


def inquiry_of(question: Question) -> Inquiry:
    """What a question asks. LibraryError: it is damaged, so that nothing is left to ask, or another program wrote it."""
    if not question.asked:
        raise LibraryError(
            f"The question {question.name} is damaged: its text is not what was stored.",
            f"Restore a backup with `evidence restore FILE`, or delete it: evidence question delete '{question.name}'",
        )
    try:
        parts: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in json.loads(question.asked).items()
        }
        return Inquiry(**parts)
    except (AttributeError, TypeError, ValueError) as error:
        raise LibraryError(f"The question {question.name!r} cannot be read: {error}") from error


def checked_name(name: str) -> str:
    """`name` on one line; UsageError when it can be none."""
    name = " ".join(name.split())
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise UsageError(
            f"{name[:50]!r} cannot be a question's name.", f"Give it 1 to {_LONGEST_NAME} letters that can be seen."
        )
    return name


def named(questions: Sequence[Question], name: str) -> Question:
    """The question called `name`. NeedsPersonError, with near names, when there is none."""
    folded = Question(name, "").folded
    for one in questions:
        if one.folded == folded:
            return one
    near = get_close_matches(folded, [one.folded for one in questions], 3)
    names = [one.name for one in questions if one.folded in near]
    raise NeedsPersonError(f"There is no question {name!r}.", f"Perhaps: {', '.join(names)}" if names else LIST)


def news(reader: StoreReader, question: Question, answering: Answering) -> News:
    """What is new since `question` was last looked at, given what answers it now."""
    damaged: list[str] = []
    now = reader.versions(answering.keys)
    answers = {of for of, _ in now.values()}
    before = {one.id: one for one in reader.seen(question.id or 0)}
    # A key without a version was another record's name until a moment ago: `get` knows where it leads.
    new = reader.get([key for key in answering.keys if key not in now or now[key][0] not in before], damaged)
    answers |= {record.id or 0 for record in new}
    new = [record for record in new if record.id not in before]
    looked_into = [one for one in before.values() if one.live and (one.version != one.number or one.id not in answers)]
    again = _again(reader, looked_into, damaged)
    unseen = [one for one in before.values() if one.id not in answers and (not one.live or one.id in again.versions)]
    kept = [(of, number) for of, number in again.versions.items() if of in answers]
    return News(
        question, inquiry_of(question), answering.read_as, len(answers), tuple(new), again.changed,
        gone=tuple(Gone(one.key, removed=not one.live) for one in unseen),
        warnings=(*answering.warnings, *_damaged(damaged)),
        seen=(*((record.id or 0, record.version) for record in new), *kept),
        unseen=tuple(one.id for one in unseen),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Again:
    """What came of reading seen records anew: the version of each sound one by its id, and what is said of them now."""

    versions: Mapping[int, int]
    changed: tuple[Changed, ...]


def _again(reader: StoreReader, seen: Sequence[Seen], damaged: list[str]) -> _Again:
    """Read seen records as they are and as they were, a batch at a time; those newly retracted come first."""
    versions: dict[int, int] = {}
    changed: list[Changed] = []
    for at in range(0, len(seen), _BATCH):
        part = seen[at : at + _BATCH]
        former = reader.former((one.id, one.number) for one in part)
        for record in reader.get([one.key for one in part], damaged):
            versions[record.id or 0] = record.version
            changed += _compared(former.get(record.id or 0), record)
    return _Again(versions, tuple(sorted(changed, key=lambda one: not any(said.grave for said in one.new))))


def _compared(before: Record | None, record: Record) -> Iterator[Changed]:
    """What is said of `record` now and was not `before`, and the other way round.

    A version that is damaged by now (None) said nothing: what is said today is told rather than kept back.
    """
    old, new = notices(before) if before else (), notices(record)
    added = tuple(said for said in new if said.same not in {past.same for past in old})
    past = tuple(said for said in old if said.same not in {still.same for still in new})
    if added or past:
        yield Changed(record, added, past)


def _damaged(keys: Sequence[str]) -> list[str]:
    return [f"Damaged and not shown: {', '.join(keys[:5])}; `evidence verify` names all that is wrong."] if keys else []
