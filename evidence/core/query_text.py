"""A query's text to tokens, each with its 0-based column: brackets, operators, phrases, words, field values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from evidence.errors import NotBuiltError, QuerySyntaxError
from evidence.model import identifiers
from evidence.model.words import spans

LONGEST = 20_000  # characters of a query: every step below is linear, and this bounds what the rest may cost
NAMES = (
    "title", "abstract", "author", "journal", "keyword", "year", "level", "condition", "solution", "comparator",
    "adjunct", "design", "key", "doi", "pmid", "pmcid",
)  # fmt: skip
OPERATORS = ("AND", "OR", "NOT")

_QUOTES = '"“”„«»'
_QUOTED = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")
# A chunk ends at a blank, a bracket or a quotation mark; "12.5 %" is one chunk, as it is one word.
_CHUNK = re.compile(rf"[^\s()\[\]{_QUOTES}]+(?:(?<=\d)\s%(?!\w))?")
_FIELD = re.compile(r"([^\W\d_]+):")
# "knee/elbow" and "knee;dextrose" are two words; "n/a", "w/o" and "1/2" are one.
_LIST = re.compile(r"(?<=[^\W\d_]{2})[/;,](?=[^\W\d_]{2})")
# A hyphen or an en dash that stands right before a word, and not after one.
_MINUS = re.compile(rf"(?<![^\s(])[-–](?=[^\W_]|[({_QUOTES}])")
_DOI = re.compile(rf"(?:doi:|https?://(?:dx\.)?doi\.org/)?10\.\d{{4,9}}/[^\s{_QUOTES}]+", re.IGNORECASE)
_LONGEST_DOI = 300
# PubMed's field tags, as its user guide lists them (short and long forms).
_PUBMED = re.compile(
    r"\[(?:ti|tiab|ab|tw|ot|au|1au|lastau|fau|ad|ta|dp|pdat|edat|crdt|mh|majr|mesh|sh|nm|pt|la|all|pmid|uid|doi|aid|ir|"
    r"title|abstract|title/abstract|text ?words?|author|affiliation|journal|publication ?(?:date|type)|language|filter|sb|"
    r"mesh ?(?:terms?|major ?topic|subheading)|all ?fields)(?::~?\w*)?\]",
    re.IGNORECASE,
)
# Control characters and half surrogates can stand in no answer; one blank or mark each keeps every column.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")

Kind = Literal["(", ")", "operator", "phrase", "word", "prefix", "everything"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: `text` as typed without what surrounds it, its folded `words`, `field` before a colon."""

    kind: Kind
    text: str
    column: int
    words: tuple[str, ...] = ()
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a query in order, and the pieces without a word that were left out ("&", "–")."""

    tokens: tuple[Token, ...]
    wordless: tuple[str, ...] = ()


def tokens(text: str) -> Tokens:
    """The tokens of `text`; QuerySyntaxError (or NotBuiltError for PubMed's tags) with the column of a fault."""
    if len(text) > LONGEST:
        raise QuerySyntaxError(
            f"The query has {len(text)} characters; {LONGEST} are the most that can be read.", LONGEST, "Ask in parts."
        )
    text = _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))
    found: list[Token] = []
    wordless: list[str] = []
    at = 0
    while at < len(text):
        # After an operator a list of words stays together: NOT knee/elbow.
        token, at = _next(text, at, whole=bool(found) and found[-1].kind == "operator")
        if isinstance(token, Token):
            found.append(token)
        elif token:
            wordless.append(token)
    return Tokens(tuple(found), tuple(wordless))


def _next(text: str, at: int, *, whole: bool) -> tuple[Token | str, int]:
    """The token at `at` (or the wordless piece, or "") and where the next one begins; `whole`: lists are not parted."""
    ch = text[at]
    if ch.isspace() or ch == "]":
        return "", at + 1
    if ch == "[":
        return _bracket(text, at)
    if ch == "(":
        return Token("(", ch, at), at + 1
    if ch == ")":
        return Token(")", ch, at), at + 1
    if ch in _QUOTES:
        return _phrase(text, at, None)
    if _MINUS.match(text, at):
        return Token("operator", "NOT", at), at + 1
    if found := _DOI.match(text, at):
        return _doi(found.group(), at)
    chunk = _CHUNK.match(text, at)
    assert chunk  # every other character begins a chunk
    return _chunk(text, chunk, whole=whole)


def _bracket(text: str, at: int) -> tuple[str, int]:
    if tag := _PUBMED.match(text, at):
        raise NotBuiltError(
            f"PubMed's tag {tag.group()} cannot be read yet.",
            "Write the field in front of the word: title:word, author:name, journal:name, year:2000-2010.",
            at,
        )
    return "", at + 1


def _phrase(text: str, at: int, field: str | None) -> tuple[Token, int]:
    found = _QUOTED.match(text, at)
    if not found:
        raise QuerySyntaxError("This quotation mark is never closed.", at)
    typed = " ".join(found.group(1).split())
    if "*" in typed:
        raise QuerySyntaxError(
            "A * within quotation marks cannot be searched.",
            text.index("*", at),
            "Write the shortened word outside the quotation marks.",
        )
    words = tuple(word.text for word in spans(typed))
    if not words and field != "key":
        raise QuerySyntaxError("There is no word between these quotation marks.", at)
    return Token("phrase", typed, at, words, field), found.end()


def _doi(typed: str, at: int) -> tuple[Token, int]:
    """A DOI keeps the brackets that were opened within it, and gives back the others."""
    depth = 0
    for place, ch in enumerate(typed):
        depth += (ch == "(") - (ch == ")")
        if depth < 0:
            typed = typed[:place]
            break
    value = identifiers.doi(typed) if len(typed) <= _LONGEST_DOI else None
    if not value:
        raise QuerySyntaxError(
            "This looks like a DOI and is none.", at, "Put it in quotation marks to search its words."
        )
    return Token("word", value, at, field="doi"), at + len(typed)


def _chunk(text: str, chunk: re.Match[str], *, whole: bool) -> tuple[Token | str, int]:
    typed, at = chunk.group(), chunk.start()
    if typed.strip(",;.") == "*":
        return Token("everything", "*", at), chunk.end()
    lead = re.match(r"[\W_]*", typed)
    start = lead.end() if lead else 0
    if "*" in typed[:start]:
        raise _star(at + typed.index("*"))
    found = _FIELD.match(typed, start)
    alone = found and found.end() == len(typed) and text[chunk.end() : chunk.end() + 1] not in tuple(_QUOTES)
    # "Knees: a review" is a title that somebody pasted, not a field.
    if found and not (alone and found.group(1).casefold() not in NAMES):
        return _value(text, chunk, at + start, at + found.end())
    if not whole and (parting := _LIST.search(typed, start)):
        typed = typed[: parting.start()]
    return _word(typed[start:], at + start, None) or typed, at + len(typed)


def _value(text: str, chunk: re.Match[str], at: int, begin: int) -> tuple[Token, int]:
    """The value after `field:` (which begins at `at`): a quoted text or the rest of the chunk, or the next one."""
    name = text[at : begin - 1].casefold()
    if name not in NAMES:
        raise _unknown(text[at : begin - 1], at)
    if begin == chunk.end():
        begin = _past_blank(text, begin)
        if name == "doi" and (found := _DOI.match(text, begin)):
            return _doi(found.group(), begin)
        chunk = _CHUNK.match(text, begin) or chunk
    if begin < len(text) and text[begin] in _QUOTES:
        return _phrase(text, begin, name)
    rest = text[begin : chunk.end()]
    plain = rest.rstrip(",;.") if name != "key" else rest
    if name in {"year", "level", "key", "doi", "pmid", "pmcid"} and plain:
        return Token("word", plain, begin, tuple(word.text for word in spans(plain)), name), chunk.end()
    token = _word(rest, begin, name)
    if not token:
        raise QuerySyntaxError(
            f"Nothing that can be searched stands right after {name}:", begin,
            f'Write {name}:word, or {name}:"several words", without a bracket after the colon.',
        )  # fmt: skip
    return token, chunk.end()


def _past_blank(text: str, begin: int) -> int:
    """Where the value stands when a blank follows the colon; `begin` when an operator, a bracket or a field does."""
    place = begin + len(text[begin:]) - len(text[begin:].lstrip())
    chunk = _CHUNK.match(text, place)
    other = _FIELD.match(text, place)
    none = chunk is None and text[place : place + 1] not in tuple(_QUOTES)
    if none or (chunk and chunk.group() in OPERATORS) or (other and other.group(1).casefold() in NAMES):
        return begin
    return place


def _word(typed: str, at: int, field: str | None) -> Token | None:
    """The word (or words joined by hyphens and the like) in `typed`; None when there is none."""
    found = spans(typed)
    if not found:
        if "*" in typed:
            raise _star(at + typed.index("*"))
        return None
    core, after = typed[found[0].start : found[-1].end], typed[found[-1].end :]
    if "*" in core or (field and "*" in typed[: found[0].start]):
        raise _star(at + typed.index("*"))
    column, words = at + found[0].start, tuple(word.text for word in found)
    if after.startswith("*"):
        if len(words[-1]) < 2:
            raise QuerySyntaxError("A shortened word needs at least two letters before its *.", column)
        return Token("prefix", core, column, words, field)
    if not field and core in OPERATORS:
        return Token("operator", core, column)
    return Token("word", core, column, words, field)


def _star(column: int) -> QuerySyntaxError:
    return QuerySyntaxError(
        "A * can stand only at the end of a word.", column, "Write the beginning of the word and then *: tend*"
    )


def _unknown(name: str, column: int) -> QuerySyntaxError:
    from evidence.core.suggesting import closest

    near = closest(name, NAMES)
    meant = f" Did you mean {near[0]}:?" if near else ""
    return QuerySyntaxError(
        f"There is no field {name}:{meant}", column,
        f"The fields are {', '.join(NAMES)}; put the words in quotation marks to search for them as they stand.",
    )  # fmt: skip
