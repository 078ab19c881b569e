"""Titles as databases print them, taken apart to be compared (`likeness_wording`).

Case, accents, punctuation, markup, Greek letters, spelling (British, American), numbers in words and Roman figures,
languages and remarks in brackets ("[Russian]", "(author's transl)") are no difference. A number always is one.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from evidence.model.words import words

Kind = Literal["", "comment", "correction", "retraction", "protocol"]
Difference = Literal["none", "typed", "slip", "opposite", "word", "other"]
Relation = Literal["equal", "typed", "slips", "subtitle", "cut", "inside", "close", "other", "none"]


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart.

    `words` are its folded words, `squashed` their letters in one spelling, `weight` the number of words that carry
    meaning; `heads` the numbers of words at which a subtitle may begin; `numbers` all figures in it. `kind` is what
    its wording says the item is. `others` are squashed forms of the title in another language that stands with it.
    """

    words: tuple[str, ...]
    squashed: str
    weight: int
    heads: frozenset[int]
    numbers: tuple[str, ...]
    kind: Kind
    english: bool
    lost: bool  # a character was lost ("?")
    abstract: bool  # it calls itself an abstract
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """How two titles stand to each other: `ratio` 0 to 1, and `against`: what keeps them apart, or "".

    number: another number; opposite: hyper- for hypo-; kind: a comment and what it is on; sequel: a part or follow-up;
    word: another word in a word's place. `figures`: one has a number that the other lacks, wherever it stands.

    equal: the same; typed: but for letters lost, doubled or swapped; slips: but for another letter; subtitle: one lacks the subtitle; cut: one ends early;
    inside: one stands in the other, after a label ("Insights: …"); close and other: by `ratio`; none: one has no title.
    """

    relation: Relation
    ratio: float
    against: Literal["", "number", "opposite", "kind", "sequel", "word"] = ""
    figures: bool = False


_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψωςϐϕµ",
        words(
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi"
            " chi psi omega sigma beta phi mu"
        ),
        strict=True,
    )
)
_GREEK |= {letter.upper(): f"{name}" for letter, name in _GREEK.items() if len(letter.upper()) == 1}
_SPELL = str.maketrans({letter: f" {name} " for letter, name in _GREEK.items()})
_HAS_GREEK = re.compile("[\u00b5\u0370-\u03ff]")
GREEK = frozenset(_GREEK.values())

_LANGUAGES = words(
    "english french german spanish italian portuguese russian chinese japanese korean polish czech dutch hungarian "
    "turkish ukrainian norwegian danish swedish finnish serbian croatian slovak slovene romanian bulgarian greek hebrew "
    "persian arabic"
)
_REMARK = (
    rf"(?:(?:in )?(?:{'|'.join(_LANGUAGES)})(?: abstract)?|(?:meeting |conference )?abstract(?: (?:no|number)?[.:]? ?\S{{1,12}})?"
    r"|(?:literature |systematic )?review|\d+ refs?|see comments?|comments?|letter|editorial|author'?s'? transl\.?|authors? translation"
    r"|(?:published )?erratum (?:appears )?in .{1,80}|corrected|retracted|in process citation|electronic resource|proceedings|clinical conference)"
)
# A remark at the end, in brackets of either kind, or after a full stop.
_END = re.compile(rf"(?:\s*[\[(]\s*{_REMARK}\s*[\])]|\.\s+\[?(?:{'|'.join(_LANGUAGES)})\]?)[\s.]*$", re.IGNORECASE)
_LABEL = re.compile(
    r"^\W*(?:retracted(?: article)?|withdrawn|proceedings|reprint(?: of)?|original (?:article|research|paper)|review(?: article)?"
    r"|research(?: article)?|case report|clinical trial)\s*[:.]\s+(?=\S+\s+\S+)",
    re.IGNORECASE,
)
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "retraction",
        re.compile(
            r"^\W*(?:(?:notice|statement|note) of |editor\w*'?s?'? |interim |publisher'?s? )*(?:retraction|expression of concern)\b"
            r"|^\W*(?:withdrawal|removal)(?: notice)?\s*(?::|to\b)|^\W*(?:notice of )?withdrawal notice\b"
            r"|\((?:retraction|withdrawal) of vol\b|(?:[\])(\[:.\u2013\u2014]|\s-)\s*(?:retraction|expression of concern)\W*$",
            re.IGNORECASE,
        ),
    ),
    (
        "correction",
        re.compile(
            r"^\W*(?:(?:author'?s?'? |publisher'?s? )?correction|erratum|errata|corrigend\w+|addendum)\b|\(vol\.? \d+, p(?:g|p?)\.? \w+"
            r"|[:.(\[\u2013\u2014-]\s*(?:erratum|errata|corrigend\w+|(?:author |publisher )?correction)\W*$",
            re.IGNORECASE,
        ),
    ),
    (
        "comment",
        re.compile(
            r"^\W*(?:(?:authors?'?s?|editors?'?s?)\W+)?(?:in )?(?:repl(?:y|ies)|response (?:to|from|by)|response\W*$|re ?:|re - "
            r"|comment(?:s|ary|aries)?\b(?=\s*(?:on\b|to\b|:|\.|$))|invited comment|editorial comment|letters? to the editor|discussion\s*(?:of|:|\.?\s*$))"
            r"|[:.(\[]\s*(?:(?:the )?authors?'?s?'? )?(?:reply|repl(?:y|ies) to|response from|comment(?:ary|s)? (?:on|to)|a comment|a reply|a response)[^:]{0,60}$",
            re.IGNORECASE,
        ),
    ),
    (
        "protocol",
        re.compile(
            r"\b(?:protocol (?:for|of)|study protocol|trial protocol|rationale and design)\b|[:(]\s*protocol\b",
            re.IGNORECASE,
        ),
    ),
)
# The number of an abstract before its title: "P-123: …", "(OP12) …", "45. …".
_CODE = re.compile(r"^\s*[(\[]?(?:abstract\s*)?[A-Z]{0,4}[-. ]?\d{1,4}[A-Za-z]?\s*[.):\]]\s+(?=\w)", re.IGNORECASE)
_PARTS = re.compile(r"[:?!;=(]|\.\s|\s[-\u2013\u2014]+\s|[\u2013\u2014]|--")
_SMALL = frozenset(
    words(
        "a an the of in on for and or to by with from at as is are was were be does do its their vs versus v el la le les der die das und "
        "de del di du des et y e i en au il lo percent per"
    )
)
ARTICLES = frozenset(("a", "an", "the"))
_ENGLISH = frozenset(words("of the and with for by from an to"))
_NUMBERS = {
    name: str(value)
    for value, name in enumerate(words("zero one two three four five six seven eight nine ten eleven twelve"))
} | {"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "hundred": "100"}
_ROMAN = {
    name: str(value)
    for value, name in enumerate(
        words("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi"), start=1
    ) if name not in {"v", "x"}
}  # fmt: skip
_FIGURES = re.compile(r"\d+(?:\.\d+)?")
_LENGTH = 1500  # characters of a title that are compared: a longer one is an abstract in the wrong field


@lru_cache(maxsize=512)
def title(text: str, *others: str) -> Title:
    """The parts of the title `text`; `others` are the same work's titles in other languages."""
    plain = _plain(text[:_LENGTH])
    kind: Kind = next((name for name, pattern in _KINDS if pattern.search(plain)), "")
    bare, abstract = _bare(plain)
    found, heads = _words(bare)
    return Title(
        words=found,
        squashed=squashed("".join(found[1:] if found and found[0] in ARTICLES else found)),
        weight=sum(word not in _SMALL for word in found),
        heads=heads,
        numbers=_figures(found),
        kind=kind,
        english=not _ENGLISH.isdisjoint(found),
        lost="?" in bare[:-1] or "\ufffd" in bare,
        abstract=abstract,
        others=tuple(dict.fromkeys(one for one in (*_inner(plain), *map(_squashed_text, others)) if len(one) > 12)),
    )


def squashed(text: str) -> str:
    """`text` without blanks, in one spelling: oedema and edema, tumour and tumor, randomised and randomized are one."""
    for one, other in (
        ("ae", "e"),
        ("oe", "e"),
        ("ue", "u"),
        ("our", "or"),
        ("tre", "ter"),
        ("ys", "yz"),
        ("is", "iz"),
        ("ph", "f"),
        ("ll", "l"),
    ):
        text = text.replace(one, other)
    return text


def _plain(text: str) -> str:
    text = " ".join(text.split())
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    if text.startswith("[") and text.rstrip(" .").endswith("]") and text.count("[") == 1:
        text = text[1:].rstrip(" .")[:-1]  # a translated title
    return text.translate(_SPELL) if _HAS_GREEK.search(text) else text


def _bare(text: str) -> tuple[str, bool]:
    """`text` without remarks at its ends; and whether one of them calls it an abstract."""
    abstract = False
    for _ in range(4):
        found = _END.search(text[-140:])
        if not found or found.start() + len(text) - len(text[-140:]) < 3:
            break
        abstract = (
            abstract
            or "abstract" in found.group().lower().split(" abstract")[0]
            or "[abstract" in found.group().lower()
        )
        text = text[: len(text) - len(text[-140:]) + found.start()]
    return _LABEL.sub("", text), abstract


def _words(text: str) -> tuple[tuple[str, ...], frozenset[int]]:
    found: list[str] = []
    heads: set[int] = set()
    for part in _PARTS.split(text):
        found.extend(_one_form(word) for word in words(part))
        heads.add(len(found))
    return tuple(found), frozenset(heads)


def _one_form(word: str) -> str:
    if word[0].isdigit():
        return re.sub(r",(?=\d{3}(?:\D|$))", "", word).replace(",", ".").rstrip("% ")
    return _NUMBERS.get(word) or _ROMAN.get(word) or word


def _figures(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(figure.lstrip("0") or "0" for word in found for figure in _FIGURES.findall(word)))


def _squashed_text(text: str) -> str:
    return squashed("".join(_words(_bare(_plain(text[:_LENGTH]))[0])[0]))


def _inner(text: str) -> list[str]:
    """The forms of a title that stand in one: "English title [Titre français]", "Título / Title"."""
    found = re.fullmatch(r"\s*\[([^\[\]]{15,})\]\W*(\w.{14,})", text) or re.fullmatch(
        r"(.{15,}?)\s*\[([^\[\]]{15,})\]\W*", text
    )
    parts = list(found.groups()) if found else []
    if code := _CODE.match(text):
        parts.append(text[code.end() :])
    if not parts and " / " in text:
        halves = text.split(" / ")
        parts = halves if len(halves) == 2 else []
    if not parts and " = " in text:
        parts = text.split(" = ")
    return [_squashed_text(part) for part in parts if len(part) > 15]
