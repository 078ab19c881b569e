"""Markup in titles and abstracts: read from whatever dress the sources give it, kept as four tags, left out for reading.

A title, an abstract and a section may hold `<i>`, `<b>`, `<sub>`, `<sup>` and their ends, in lower case, in pairs, well
nested and without attributes. A "<" that begins none of these is a sign ("p < 0.05").
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from html import unescape
from html.entities import html5
from itertools import accumulate

# The CSL variables that may hold the tags; a section of an abstract may too.
FIELDS = frozenset(("title", "title-short", "original-title", "container-title", "collection-title", "abstract"))
# What each name of a tag is kept as. Sources: HTML; NLM, JATS 1.3 (<italic>, <bold>); Elsevier and Scopus (<inf>).
_KEPT = {
    "i": "i", "em": "i", "italic": "i", "b": "b", "strong": "b", "bold": "b", "sub": "sub", "inf": "sub", "subscript": "sub",
    "sup": "sup", "superscript": "sup",
}  # fmt: skip
# Tags between whose texts there is a gap; all others stand within words.
_BLOCKS = frozenset(
    ("abstract", "br", "break", "div", "h1", "h2", "h3", "h4", "h5", "h6", "label", "li", "list", "list-item", "ol", "p", "sec",
     "table", "tbody", "td", "th", "title", "tr", "ul")
)  # fmt: skip
_INLINE = (
    "a", "alternatives", "ext-link", "font", "inline-formula", "maction", "math", "menclose", "mfenced", "mfrac", "mi", "mn",
    "mo", "monospace", "mover", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtext", "munder",
    "named-content", "nobr", "overline", "roman", "sans-serif", "sc", "scp", "semantics", "small", "small-caps", "span",
    "strike", "styled-content", "tt", "u", "underline", "xref",
)  # fmt: skip
_WRITTEN_TWICE = frozenset(("annotation", "script", "style", "tex-math"))  # what they hold is no text, or stands beside
# One-letter names with words after them are no tags: "if a <b and c> d".
_LETTERS = frozenset("abipu")
_NAMES = "|".join(sorted({*_KEPT, *_BLOCKS, *_INLINE, *_WRITTEN_TWICE}, key=len, reverse=True))
_MARKUP = re.compile(
    rf"(<(?:(?: ?/? ?)(?:(?:jats|mml|m|xhtml|html):)?(?:{_NAMES})(?:[\s/][^<>]{{0,400}})?>"
    r"|/?(?:jats|mml):[a-z-]{1,40}(?:\s[^<>]{0,400})?>|!--[^<>]{0,2000}-->|\?[a-z][^<>]{0,200}\?>))",
    re.IGNORECASE,
)
_PARTS = re.compile(r"<( ?/? ?)(?:[a-z]+:)?([a-z][a-z0-9-]*)([^<>]*)>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp;)?(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d{0,2});")
_MOST_PASSES = 5  # what is left of "<<b></b>i>" is a tag again
_BLANKS = re.compile(" {2,}")
_TAG = re.compile(r"</?(?:i|b|su[bp])>")
_RAISED = re.compile(r"<(su[bp])>([^<>]{1,40})</\1>")
_SUPER = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_SUB = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


def rich(text: str) -> str:
    """`text` with no markup but the four tags, in order and in pairs; its entities as characters.

    HTML, JATS and MathML lose their tags and keep their words; `<em>` and `<jats:italic>` are `<i>`. What was escaped twice
    (`&amp;lt;`) is read twice. A tag without its other half goes; blanks stand outside of tags; empty pairs go.
    """
    if "&" in text:
        text = _ENTITY.sub(_character, text)
        text = text if text.isascii() else unicodedata.normalize("NFC", text)
    if "<" not in text:
        return text
    if "<![CDATA[" in text:
        text = text.replace("<![CDATA[", "").replace("]]>", "")
    for _ in range(_MOST_PASSES):
        parts = _MARKUP.split(text)
        made = _written(_runs(parts)) if len(parts) > 1 else text
        if made == text:
            return text
        text = made
    return text.replace("<", "< ")  # made to bring forth tag from tag


def plain(text: str) -> str:
    """`text` without its tags: what is compared, counted and searched."""
    return _TAG.sub("", text) if "<" in text else text


def shown(text: str) -> str:
    """`text` as a terminal shows it: raised and lowered figures as Unicode has them ("10⁻³", "H₂O"), no other tags."""
    return plain(_RAISED.sub(_figures, text)) if "<su" in text else plain(text)


def placed(text: str, ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Half-open ranges of `plain(text)`, none of them empty, as ranges of `text`.

    Tags at the ends are left out, but for those whose other half is within: "H<sub>2</sub>", not "H<sub>2".
    """
    tags = [found.span() for found in _TAG.finditer(text)] if "<" in text else []
    if not tags:
        return list(ranges)
    before = [0, *accumulate(end - start for start, end in tags)]
    cuts = [start - gone for (start, _), gone in zip(tags, before, strict=False)]  # where each tag was
    found = []
    for start, end in ranges:
        first, last = bisect_right(cuts, start), bisect_left(cuts, end)
        found.append(_whole(text, tags, (first, last), start + before[first], end + before[last]))
    return found


def split(text: str) -> list[str]:
    """`text` cut at its tags: words and tags by turns, words first and last ("" where there are none)."""
    parts: list[str] = []
    at = 0
    for found in _TAG.finditer(text):
        parts += [text[at : found.start()], found.group()]
        at = found.end()
    return [*parts, text[at:]]


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name[0] == "#" or f"{name};" in html5:
        return unescape(f"&{name};")
    return found.group()


def _whole(
    text: str, tags: Sequence[tuple[int, int]], inside: tuple[int, int], start: int, end: int
) -> tuple[int, int]:
    """The range `start` to `end`, with the tags that stand at it and are the other halves of those `inside` it."""
    first, last = inside
    opened: list[str] = []
    closed: list[str] = []
    for tag in (text[a:b] for a, b in tags[first:last]):
        if tag[1] != "/":
            opened.append(f"</{tag[1:]}")
        elif opened:
            opened.pop()
        else:
            closed.append(f"<{tag[2:]}")
    for wanted in closed:
        if not text.endswith(wanted, 0, start):
            break
        start -= len(wanted)
    for wanted in reversed(opened):
        if not text.startswith(wanted, end):
            break
        end += len(wanted)
    return start, end


def _runs(parts: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Text after text, each with the kept tags round it, the outermost first. `parts` are texts and tags by turns."""
    pairs = _pairs(parts)
    around: dict[str, int] = {}
    skipped_to = -1
    for at, part in enumerate(parts):
        if at < skipped_to:
            continue
        if not at % 2:
            yield part, tuple(around)
        elif at not in pairs:
            yield _left_of(part), tuple(around)
        elif pairs[at][0] in _WRITTEN_TWICE:
            skipped_to = pairs[at][1]
        else:
            name, other = pairs[at]
            around[name] = around.get(name, 0) + (1 if other > at else -1)
            if not around[name]:
                del around[name]


def _pairs(parts: Sequence[str]) -> dict[int, tuple[str, int]]:
    """Of each tag that has its other half, by its place: what it is kept as, and the other's place."""
    waiting: dict[str, list[int]] = {}
    pairs: dict[int, tuple[str, int]] = {}
    for at in range(1, len(parts), 2):
        slash, name, rest = _parted(parts[at])
        kept = name if name in _WRITTEN_TWICE else _KEPT.get(name, "")
        if not kept or rest.endswith("/"):
            continue
        starts = waiting.setdefault(kept, [])
        if not slash:
            if not (starts and kept in _WRITTEN_TWICE):
                starts.append(at)
        elif starts:
            start = starts.pop()
            pairs[start], pairs[at] = (kept, at), (kept, start)
    return pairs


def _parted(tag: str) -> tuple[bool, str, str]:
    """Whether a tag is an end, its name without prefix, and the rest of it; (False, "", "") for what is none."""
    found = _PARTS.fullmatch(tag)
    if not found or _no_tag(found):
        return False, "", ""
    return "/" in found[1], found[2].lower(), found[3].rstrip()


def _no_tag(found: re.Match[str]) -> bool:
    """Whether a letter between signs is no tag: words stand after it, or it is an `<a>` that leads nowhere."""
    if found[2].lower() not in _LETTERS or "=" in found[3]:
        return False
    return bool(found[3].strip(" /")) or (found[2] in "aA" and "/" not in found[1])


def _left_of(tag: str) -> str:
    """What is left of markup that is not kept: a blank between blocks, the signs where it was no tag, else nothing."""
    found = _PARTS.fullmatch(tag)
    if not found:
        return ""
    name = found[2].lower()
    if _no_tag(found) or (found[1] == " " and name in _LETTERS):  # "a < b > c"
        return tag
    return " " if name in _BLOCKS else ""


def _written(runs: Iterator[tuple[str, tuple[str, ...]]]) -> str:
    """The texts with their tags: as few as will do, the blanks at the ends of texts outside of them."""
    out: list[str] = []
    stack: list[str] = []
    blank = ""
    for text, wanted in runs:
        words = text.strip(" ")
        if not words:
            blank = " " if text and out else blank
            continue
        if text[0] == " " and out:
            blank = " "
        same = 0
        while same < min(len(stack), len(wanted)) and stack[same] == wanted[same]:
            same += 1
        out += [f"</{name}>" for name in reversed(stack[same:])]
        out.append(blank)
        out += [f"<{name}>" for name in wanted[same:]]
        out.append(_BLANKS.sub(" ", words))
        stack[same:] = wanted[same:]
        blank = " " if text[-1] == " " else ""
    return "".join([*out, *(f"</{name}>" for name in reversed(stack))])


def _figures(found: re.Match[str]) -> str:
    table = _SUPER if found[1] == "sup" else _SUB
    return found[2].translate(table) if all(ord(ch) in table for ch in found[2]) else found[2]
