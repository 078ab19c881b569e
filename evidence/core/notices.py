"""What has been said of a work since it appeared, gravest first, each in a plain sentence.

A notice comes from the record's own notices, from the publication types that an indexer gives a retracted work, or
from a title into which a publisher has printed the word. Nothing is added to what these say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evidence.model.markup import plain
from evidence.model.record import Record
from evidence.model.reference import Json, Notice, Reference
from evidence.model.words import words

# The gravest first. What each is called in a line of text, and the beginning of its sentence.
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("retraction", "RETRACTED", "Retracted"),
    ("concern", "CONCERN", "Expression of concern"),
    ("erratum", "Corrected", "Corrected"),
    ("update", "Updated", "Updated"),
    ("comment", "Commented on", "Commented on"),
)
# Other names of the same things, letters only: "Retraction in", RetractionIn and retraction_in are one. Sources:
# Crossref, update types of the registry's metadata schema; NLM, RefType in MEDLINE's CommentsCorrections, and the tags of
# its display format (RIN, ECI …); NLM, MeSH publication types.
_ALSO = {
    "retracted": "retraction", "retractionin": "retraction", "rin": "retraction", "retractedpublication": "retraction",
    "retractedarticle": "retraction", "retractedpaper": "retraction", "retractedandrepublishedin": "retraction",
    "rri": "retraction", "partialretraction": "retraction", "partialretractionin": "retraction", "prin": "retraction",
    "partiallyretracted": "retraction", "withdrawal": "retraction", "withdrawn": "retraction", "removal": "retraction",
    "expressionofconcern": "concern", "expressionofconcernin": "concern", "eci": "concern",
    "correction": "erratum", "corrigendum": "erratum", "corrected": "erratum", "erratumin": "erratum", "ein": "erratum",
    "correctedandrepublishedin": "erratum", "cri": "erratum",
    "newversion": "update", "newedition": "update", "updatein": "update", "uin": "update",
    "republishedin": "update", "rpi": "update", "commentin": "comment", "cin": "comment",
}  # fmt: skip
# Kinds whose sentence says more than what they are the same as: the word of the line, and the beginning of the sentence.
_PARTLY, _WITHDRAWN = ("PARTLY RETRACTED", "Retracted in part"), ("WITHDRAWN", "Withdrawn")
_CLOSER = {
    "partialretraction": _PARTLY, "partialretractionin": _PARTLY, "prin": _PARTLY, "partiallyretracted": _PARTLY,
    "withdrawal": _WITHDRAWN, "withdrawn": _WITHDRAWN, "removal": _WITHDRAWN,
    "retractedandrepublishedin": ("RETRACTED", "Retracted and republished"), "rri": ("RETRACTED", "Retracted and republished"),
    "correctedandrepublishedin": ("Corrected", "Corrected and republished"), "cri": ("Corrected", "Corrected and republished"),
    "republishedin": ("Republished", "Republished"), "rpi": ("Republished", "Republished"),
}  # fmt: skip
# Kinds by which a work says what it is to another one: nothing is wrong with the work itself. Sources as above.
_RETRACTS = "This retracts another work"
_OF = {
    "retractionof": _RETRACTS, "rof": _RETRACTS, "retractionofpublication": _RETRACTS,
    "partialretractionof": "This retracts a part of another work", "prof": "This retracts a part of another work",
    "retractedandrepublishedfrom": "This replaces a retracted work", "rrf": "This replaces a retracted work",
    "expressionofconcernfor": "This is an expression of concern about another work",
    "ecf": "This is an expression of concern about another work",
    "erratumfor": "This is a correction of another work", "efr": "This is a correction of another work",
    "correctedandrepublishedfrom": "This is a corrected republication", "crf": "This is a corrected republication",
    "republishedfrom": "This is a republication", "rpf": "This is a republication",
    "updateof": "This is an update of another work", "uof": "This is an update of another work",
    "commenton": "This is a comment on another work", "con": "This is a comment on another work",
}  # fmt: skip
# What an unknown kind may mean that has these letters in it: it is shown as grave until somebody has looked.
_UNSURE = (("retract", "RETRACTED?"), ("withdr", "WITHDRAWN?"), ("concern", "CONCERN?"))
_GRAVE = {"RETRACTED", "WITHDRAWN", _PARTLY[0], "CONCERN", *(word for _, word in _UNSURE)}
# What an indexer files a work under that was taken back, and one that takes back another. Source: NLM, MeSH publication
# types D016441 and D016440, the latter also under a shorter name.
_RETRACTED_TYPE = "retracted publication"
_NOTICE_TYPES = frozenset(("retraction of publication", "retraction notice"))
# How publishers and indexers print it into a title: before it, in brackets of its own, or after its end. A bracket that
# only tells what the work is about ("(retracted papers excluded)") says nothing of the work.
_NAMED = r"\s(?:article|paper|publication)"
_TITLES = (
    re.compile(rf"[\W_]{{0,4}}(retracted|withdrawn)(?:{_NAMED})?\s?[:\])]", re.IGNORECASE),
    re.compile(r"[\W_]{0,4}(RETRACTED|WITHDRAWN)(?:\s(?:ARTICLE|PAPER|PUBLICATION))?\s?[.\u2013\u2014-]\s"),
)
_IN_TITLES = (
    # … (Retracted), where a small letter is a tendon's
    re.compile(r"[\[(](RETRACTED|Retracted|WITHDRAWN|Withdrawn)\s?[\])]\W*$"),
    # … (Retracted article. See vol. 5) and … [retracted article]
    re.compile(r"[\[(](R(?i:etracted)|W(?i:ithdrawn))(?i:\s(?:article|paper|publication))\s?(?:[.:;,\])]|(?i:see)\b)"),
    re.compile(rf"[\[(](retracted|withdrawn){_NAMED}\s?[\])]\W*$", re.IGNORECASE),
    re.compile(rf"[.;]\s?(retracted|withdrawn){_NAMED}\W*$", re.IGNORECASE),
)
_SHOUTED = re.compile(r"\b(RETRACTED|WITHDRAWN) (?:ARTICLE|PAPER|PUBLICATION)\W*$")  # in a title that has small letters
_LONGEST_TITLE = 2000  # characters of a title's beginning and end that are looked through
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Ties of the work to another record that say what it is; the words before that record's key.
TIES = {"erratum-for": "This is a correction of", "comment-on": "This is a comment on"}


@dataclass(frozen=True, slots=True)
class Said:
    """One notice in words: `kind` is a notice's (retraction, concern, erratum, update, comment), or as given.

    `word` begins its line and is in capitals when the work must not be relied on, with a question mark when that is not
    sure; "" when the notice tells what this work is to another one. `text` is the whole sentence. `ref`, `date`,
    `source` and `checked` are the notice's own, None where nobody says.
    """

    kind: str
    word: str
    text: str
    ref: str | None = None
    date: str | None = None
    source: str | None = None
    checked: str | None = None

    @property
    def grave(self) -> bool:
        """Whether the work must not be relied on before this is read: retracted, of concern, or perhaps one of these."""
        return self.word in _GRAVE

    @property
    def same(self) -> tuple[str, str | None, str | None]:
        """What two notices are compared by: who saw it, and when somebody looked again, make no new one.

        That a part was retracted is not the same as that all of it was.
        """
        kind = self.word if self.word == _PARTLY[0] else self.kind
        if self.ref or self.date:
            return kind, self.ref, self.date
        return kind, self.source, None


def notices(record: Record) -> tuple[Said, ...]:
    """What is said of the work, the gravest first, and of one kind in the record's order."""
    reference = record.reference
    found = list(dict.fromkeys(_said(one) for one in reference.notices))
    if not any(one.kind == "retraction" and one.word != _PARTLY[0] for one in found):
        found += list(_otherwise(reference))[:1]
    found += [Said(one.kind, "", f"{TIES[one.kind]} {one.key}.") for one in reference.relations if one.kind in TIES]
    return tuple(sorted(found, key=_rank))


def warning(said: tuple[Said, ...]) -> str:
    """The word that stands beside the level of a work that must not be relied on, in capitals; "" for others."""
    return next((one.word for one in said if one.grave), "")


def _rank(said: Said) -> tuple[int, bool]:
    """Where a notice stands among the others: what may be a retraction or a concern after those that are."""
    order = [kind for kind, _, _ in _KINDS]
    if said.kind in order:
        return order.index(said.kind), said.word == _PARTLY[0]
    return (order.index("concern"), True) if said.grave else (len(order), False)


def _said(notice: Notice) -> Said:
    given = _text(notice.kind) or "notice"
    kind, word, begin = _read(given)
    ref, date, source, checked = map(_text, (notice.ref, notice.date, notice.source, notice.checked))
    seen = [f"seen in {source}"] if source else []
    seen += [f"checked {checked}"] if checked else []
    comma = "," if word == "" or word.endswith("?") else ""
    text = f"{begin}{comma} {date}" if date else begin
    text += f": {ref}" if ref else ""
    text += f" ({', '.join(seen)})" if seen else ""
    return Said(kind, word, text, ref, date, source, checked)


def _read(given: str) -> tuple[str, str, str]:
    """Kind, word and the beginning of the sentence of a kind as it was given."""
    letters = "".join(words(given))
    if letters in _OF:
        return given, "", _OF[letters]
    known = _ALSO.get(letters, letters)
    for kind, word, begin in _KINDS:
        if kind == known:
            return kind, *_CLOSER.get(letters, (word, begin))
    for part, word in _UNSURE:
        if part in letters:
            return given, word, f"Not sure what this says: “{_CAMEL.sub(' ', given)}”"
    parted = _CAMEL.sub(" ", given)
    return given, parted[:1].upper() + parted[1:], parted[:1].upper() + parted[1:]


def _otherwise(reference: Reference) -> Iterator[Said]:
    """That a work was retracted, where only its publication type or its title says so."""
    types = [" ".join(words(_text(one) or "")) for one in reference.publication_types]
    for one, known in zip(reference.publication_types, types, strict=True):
        if known == _RETRACTED_TYPE:
            yield Said(
                "retraction", "RETRACTED", f"Retracted (its publication type is “{one}”)", source="publication-types"
            )
    # A notice may be printed under the title of the work that it takes back.
    retracts = any(_read(_text(one.kind) or "")[2] == _RETRACTS for one in reference.notices)
    if word := "" if retracts or _NOTICE_TYPES.intersection(types) else _in_title(plain(reference.title)):
        yield Said("retraction", word, f"{word.capitalize()} (its title says so)", source="title")


def _in_title(title: str) -> str:
    """RETRACTED or WITHDRAWN, when the title says that of its own work; else ""."""
    begin, end = title[:_LONGEST_TITLE], title[-_LONGEST_TITLE:]
    found = next((found for one in _TITLES if (found := one.match(begin))), None)
    found = found or next((found for one in _IN_TITLES if (found := one.search(end))), None)
    if not found and not title.isupper():
        found = _SHOUTED.search(end)
    return found.group(1).upper() if found else ""


def _text(value: Json) -> str | None:
    """A notice's part as text: what was read from a file need not be one."""
    return None if value in (None, "") else " ".join(str(value).split())
