"""One entry's text to its fields, by bibtexparser, and its values to text: braces, quotes, macros, `#`."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bibtexparser.model import DuplicateFieldKeyBlock, Entry, ParsingFailedBlock, String
from bibtexparser.splitter import Splitter

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MACRO_LIMIT = 1 << 16  # characters that one macro may hold: macros made of macros grow without end
VALUE_LIMIT = 1 << 23
MACROS = 100_000
TOLD = 20  # warnings that one entry may carry

# What bibtexparser finds wrong is told in our own results; without a handler Python would print it.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())

_HEAD = re.compile(r"@\s*([\w.+-]+)\s*([{(])")
_FIELDS_LEFT = re.compile(r"\s*(?:,\s*)?[A-Za-z][\w-]*\s*=")
_FIELD = re.compile(r"\s*([A-Za-z][\w:.+-]*)\s*=\s*")
_PIECE = re.compile(r"(?:(\d+)|([^\s\d\"#%'(),={}][^\s\"#%'(),={}]*))")
_GROUP = re.compile(r"(?<!\\)\{[^{}\\\0]*\}")
_LIFTED = re.compile("\0(\\d+)\0")
_BRACE = re.compile(r"(?<!\\)[{}]")
_QUOTE = re.compile(r'(?<!\\)[{}"]')


# What needs no parser: braces three deep that pair, quotes without braces or backslashes, numbers, macros by their names.
_TIDY_KEY = re.compile(r"\s*+([^\s,={}()\"#%'@\\]++)\s*+,")
_TIDY_FIELD = re.compile(
    r"\s*+([A-Za-z][\w+.-]*+)\s*+=\s*+"
    r"(?:\{([^{}]*+(?:\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}[^{}]*+)*+)\}"
    r'|"([^"{}\\]*+)"|(\d++)(?=[\s,}])|([A-Za-z][\w-]*+))\s*+(?:(,)|(?=\}))'
)
_TIDY_END = re.compile(r"\s*+\}")
_NO_KEY = re.compile(r"\s*[A-Za-z][\w-]*\s*=\s*[{\"\w]")
_KEY_WITHOUT_COMMA = re.compile(r"\s*[^\s,={}()\"#%']+(\s)\s*[A-Za-z][\w-]*\s*=\s*[{\"\w]")
_UNTIDY = re.compile(r",\s*[,%]|\n[ \t]*%")
_MARK = re.compile(r"\\.|[{}\"%]|,(?=(\s*),)", re.DOTALL)
_LINE = re.compile(r"[^\n]*")


class BrokenError(ValueError):
    """An entry that cannot be read; the message is the reason, a plain phrase."""


_Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry as it stands: `fields` are (name in lower case, text still in LaTeX), in order, names repeated as found.

    `end` is the length of the entry's text up to its closing delimiter.
    """

    word: str
    key: str
    fields: tuple[tuple[str, str], ...]
    end: int
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Macros:
    """The @string macros seen so far, by name in lower case; the months are known from the start."""

    values: dict[str, str] = field(default_factory=lambda: {month: month for month in MONTHS})

    def define(self, text: str) -> str | None:
        """Take the @string block `text` in; a sentence when it cannot be."""
        found = [block for block in Splitter(text).split().blocks if isinstance(block, String)]
        if len(found) != 1 or not found[0].key:
            return "an @string could not be read"
        warnings: list[str] = []
        try:
            value = "".join(_evaluated(found[0].value, self.values, warnings, MACRO_LIMIT))
        except BrokenError as error:
            return f"the @string {found[0].key} could not be read: {error}"
        if len(self.values) >= MACROS:
            return f"more than {MACROS} @string macros"
        self.values[found[0].key.lower()] = value
        return warnings[0] if warnings else None


def raw_entry(text: str, macros: Macros) -> RawEntry:
    """The entry at the start of `text`. BrokenError says why it cannot be read."""
    head = _HEAD.match(text)
    if head is None:
        raise BrokenError("it does not begin like an entry")
    if tidy := _tidy(text, head, macros):
        return tidy
    warnings: list[str] = []
    body = _body(text[head.end() :], warnings, depth=int(head.group(2) == "{"))
    start = f"@x{head.group(2)}"
    if _NO_KEY.match(body):
        start += ","
        warnings.append("it has no key")
    key, fields, length = _parsed(start, body, macros, warnings)
    end = head.end() + length - len(start)
    if _FIELDS_LEFT.match(text, end):
        warnings.append("a brace closes the entry early: what follows was read as its fields")
        fields += _left(text[end:], macros, warnings)
        end = len(text.rstrip())
    if not fields:
        raise BrokenError("it has no fields")
    return RawEntry(head.group(1).lower(), key, fields, end, tuple(warnings))


def _tidy(text: str, head: re.Match[str], macros: Macros) -> RawEntry | None:
    """The entry as `raw_entry` has it, where nothing in it is out of the ordinary; None where anything is.

    Most entries of most files are of this kind, and bibtexparser takes three times as long for them.
    """
    key = _TIDY_KEY.match(text, head.end())
    if not key or head.group(2) == "(" or "\\{" in text or "\\}" in text or "\0" in text:
        return None
    fields: list[tuple[str, str]] = []
    at = key.end()
    while found := _TIDY_FIELD.match(text, at):
        name, braced, quoted, number, macro, comma = found.groups()
        at = found.end()
        value = braced if braced is not None else quoted if quoted is not None else number
        if value is None and (value := macros.values.get(macro.lower())) is None:
            return None
        fields.append((name.lower(), value))
        if not comma:
            break
    end = _TIDY_END.match(text, at)
    if not end or not fields or _FIELDS_LEFT.match(text, end.end()):
        return None
    return RawEntry(head.group(1).lower(), key.group(1), tuple(fields), end.end())


def _body(text: str, warnings: list[str], *, depth: int) -> str:
    """`text`, as long as before, with a comma after its key and blanks for lines behind `%` and for doubled commas."""
    if found := _KEY_WITHOUT_COMMA.match(text):
        warnings.append("no comma after the key")
        text = f"{text[: found.start(1)]},{text[found.end(1) :]}"
    if not _UNTIDY.search(text):
        return text
    out: list[str] = []
    at, base, quoted = 0, depth, False
    for mark in _MARK.finditer(text):
        sign = mark.group()
        if mark.start() < at or sign.startswith("\\"):
            continue
        if sign in "{}":
            depth += 1 if sign == "{" else -1
        elif depth == base and sign == '"':
            quoted = not quoted
        elif depth == base and not quoted:
            end = _LINE.match(text, mark.start()).end() if sign == "%" else mark.end()  # type: ignore[union-attr]  # it always matches
            out += [text[at : mark.start()], " " * (end - mark.start())]
            at = end
            warnings.append("a line behind % was left out" if sign == "%" else "a comma stands twice")
        if depth < base:
            break
    return "".join([*out, text[at:]])


def _left(text: str, macros: Macros, warnings: list[str]) -> _Fields:
    try:
        return _parsed("@x{", f"x, {text.lstrip().removeprefix(',')}", macros, warnings)[1]
    except BrokenError as error:
        warnings.append(f"it could not be read: {error}")
        return ()


def _parsed(start: str, body: str, macros: Macros, warnings: list[str]) -> tuple[str, _Fields, int]:
    """Key and fields of the entry `start` + `body`, and its length up to its closing delimiter.

    bibtexparser stops at every comma, brace and line: plain groups are lifted out of its way, which saves a third of
    its time. Lines are joined, as a line of a value that begins with @ is no new entry: blocks are cut already.
    """
    lifted: list[str] = []

    def lift(found: re.Match[str]) -> str:
        lifted.append(found.group())
        return f"\0{len(lifted) - 1}\0"

    block = _block(start + _GROUP.sub(lift, body).replace("\n", " "))
    fields = tuple(_fields(block, lifted, macros.values, warnings))
    return _lowered(block.key, lifted), fields, len(_lowered(block.raw or "", lifted))


def _block(text: str) -> Entry:
    first: object = None
    reason = "it is not closed"
    for candidate in (text, text.replace("\\}", " }")):  # BibTeX itself counts a brace behind a backslash
        blocks = Splitter(candidate).split().blocks
        first = blocks[0] if blocks else None
        if isinstance(first, DuplicateFieldKeyBlock):
            first = first.ignore_error_block
        if isinstance(first, Entry):
            return first
        if isinstance(first, ParsingFailedBlock) and candidate is text:
            reason = _plain(str(getattr(first.error, "abort_reason", first.error)))
        if "\\}" not in text:
            break
    raise BrokenError(reason)


def _plain(reason: str) -> str:
    if reason.startswith("Expected a `=` after entry key"):
        return "a field has no = after its name"
    if "end of file" in reason:
        return "it is not closed: a brace or a quote is missing"
    return " ".join(reason.split()).rstrip(". ")


def _lowered(text: str, lifted: list[str]) -> str:
    return _LIFTED.sub(lambda found: lifted[int(found[1])], text) if lifted and "\0" in text else text


def _fields(
    block: Entry, lifted: list[str], macros: Mapping[str, str], warnings: list[str]
) -> Iterator[tuple[str, str]]:
    for one in block.fields:
        name, value = one.key.lower(), _lowered(one.value, lifted)
        if value[:1] == "{" and "}" not in value[1:-1] and value[-1:] == "}":
            yield name, value[1:-1]
            continue
        while True:
            parts, rest = _expression(value, macros, warnings, VALUE_LIMIT)
            yield name, "".join(parts)
            if not rest:
                break
            follows = _FIELD.match(rest)
            if not follows:
                raise BrokenError(f"after the value of {name} stands {rest[:20]!r}")
            warnings.append(f"no comma after {name}")
            name, value = follows.group(1).lower(), rest[follows.end() :]


def _evaluated(text: str, macros: Mapping[str, str], warnings: list[str], limit: int) -> list[str]:
    parts, rest = _expression(text, macros, warnings, limit)
    if rest:
        raise BrokenError(f"after its value stands {rest[:20]!r}")
    return parts


def _expression(text: str, macros: Mapping[str, str], warnings: list[str], limit: int) -> tuple[list[str], str]:
    """The parts of a value joined by `#`, and what stands after it."""
    parts: list[str] = []
    size, at = 0, _blanks(text, 0)
    while True:
        part, at = _part(text, at, macros, warnings)
        parts.append(part)
        size += len(part)
        if size > limit:
            raise BrokenError(f"a value of more than {limit} characters")
        at = _blanks(text, at)
        if text[at : at + 1] != "#":
            return parts, text[at:]
        at = _blanks(text, at + 1)


def _blanks(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _part(text: str, at: int, macros: Mapping[str, str], warnings: list[str]) -> tuple[str, int]:
    mark = text[at : at + 1]
    if mark == "{":
        end = _closing(text, at)
        return text[at + 1 : end], end + 1
    if mark == '"':
        end = _end_quote(text, at + 1)
        return text[at + 1 : end], end + 1
    found = _PIECE.match(text, at)
    if not found:
        return "", at
    number, name = found.groups()
    if number:
        return number, found.end()
    if name.lower() in macros:
        return macros[name.lower()], found.end()
    if len(warnings) < TOLD:
        warnings.append(f"the macro {name} is not defined: its name stands for it")
    return name, found.end()


def _closing(text: str, at: int) -> int:
    depth = 0
    for found in _BRACE.finditer(text, at):
        depth += 1 if found.group() == "{" else -1
        if not depth:
            return found.start()
    raise BrokenError("a brace is not closed")


def _end_quote(text: str, at: int) -> int:
    depth = 0
    for found in _QUOTE.finditer(text, at):
        if found.group() == '"' and depth <= 0:
            return found.start()
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
    last = text.rfind('"')
    if last >= at:
        return last
    raise BrokenError("a quote is not closed")
