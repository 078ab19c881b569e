"""LaTeX in values to plain text and back. Linear in time, flat in depth: values are hostile until read.

The names of symbols are pylatexenc's; its decoder is not used, as it reads 144 entries a second and recurses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from evidence.formats.latex_words import ACCENTS, DECLARED, DRESS, ESCAPED, QUOTES, SYMBOLS, TAGGED, UNPRINTED
from evidence.model.markup import split

_TOKEN = re.compile(r"\\([A-Za-z]+)\*?[ \t\r\n]*|\\(.)|([{}~$^_])|(---?|``|'')|[^\\{}~$^_`'\-]+|.", re.DOTALL)
_MATH = re.compile(r"(?<!\\)\$([^$]{1,400})(?<!\\)\$")
_SPECIAL = ("\\", "{", "}", "~", "$", "`", "--", "''")
_SINGLE = re.compile(r"(?<![\w`\\])`([^`']{1,200})'(?![\w'])")  # `so', and not \`a nor an apostrophe
_RAISED_WORD = re.compile(  # 12^{th}, 4^{\textrm{ème}}
    r"\^\{?(?:\\(?:mathrm|textrm|text|rm)\s*\{?([^\W\d_]{1,6})|(st|nd|rd|th|er|e?me|ème|ère))\}{0,2}(?![a-z])"
)
_UPRIGHT = re.compile(r"([\^_])\{\\(?:mathrm|textrm|text|rm)\s*\{?([^{}\\]{1,20})\}?\}")  # _{\textrm{2}}
_DEGREE = re.compile(r"\^(?:\\circ(?![a-z])|\{\\circ\})|\{\}\^\{?o\}?(?![a-z])")
_BLANKS = re.compile(r"[ \t\r\n\f\v]{2,}|[\t\r\n\f\v]")
_MATHS = re.compile(r"[\\^_<>=]")
_SCRIPT = re.compile(r"(?<!\\)([\^_])(?:\{([^{}\\]{1,20})\}|([^\s{}\\]))")
_RAISABLE = "0123456789+-=()ni"
_RAISED = str.maketrans(_RAISABLE, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LIGATURES = {"--": "–", "---": "—", "``": "“", "''": "”"}
_DEEP = 100  # braced groups deeper than this lose their braces: no name needs them
# In names, characters that were escaped must not part or group: they travel under these.
_HIDE = str.maketrans("{}\\~,", "\ue000\ue001\ue002\ue003\ue004")
_SHOW = str.maketrans("\ue000\ue001\ue002\ue003\ue004", "{}\\~,")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Plain text, and the commands in it that are not known."""

    text: str
    unknown: tuple[str, ...] = ()


def decode(text: str, *, tags: bool = False) -> Decoded:
    r"""`text` without LaTeX: `M{\"u}ller \& {DNA}` is `Müller & DNA`, `$\alpha$` is `α`, `--` is an en dash.

    An unknown command with an argument gives way to its argument; one without stays as it stands; both are named.
    Math that cannot be written in plain characters stays as it stands. With `tags`, italics, bold, lowered and raised text
    stay as `<i>`, `<b>`, `<sub>`, `<sup>`, to be put in order by `rich`; raised figures are Unicode's either way.
    """
    if not any(map(text.__contains__, _SPECIAL)):
        return Decoded(text)
    if "`" in text:
        text = _SINGLE.sub(r"‘\1’", text.replace("!`", "¡").replace("?`", "¿"))
    if "\\" not in text and "$" not in text:
        for mark in ("---", "--", "``", "''"):
            text = text.replace(mark, _LIGATURES[mark])
        return Decoded(text.replace("{", "").replace("}", "").replace("~", " "))
    walk = _Walk(tags=tags)
    for at, part in enumerate(_MATH.split(text)):
        if at % 2:
            walk.math(part)
        else:
            walk.over(part)
    return Decoded(unicodedata.normalize("NFC", walk.printed()), tuple(dict.fromkeys(walk.unknown)))


def one_line(text: str) -> str:
    """`text` with its lines and blanks joined; blanks that mean something (no-break, ideographic) stay."""
    if "  " not in text and text.isprintable():  # most texts: no other blank is printable
        return text.strip(" ")
    return " ".join(text.split()) if text.isascii() else _BLANKS.sub(" ", text).strip(" ")


def decode_names(text: str) -> Decoded:
    r"""As `decode`, but braces stay (not `{\"u}`'s, which make one letter), and `~` and dashes too: for splitting names.

    Escaped braces, backslashes and tildes are hidden until `shown`.
    """
    if "\\" not in text:
        return Decoded(text)
    walk = _Walk(groups=True)
    walk.over(text)
    return Decoded(unicodedata.normalize("NFC", "".join(walk.out)), tuple(dict.fromkeys(walk.unknown)))


def shown(name: str) -> str:
    """A part of a name without its braces, with what `decode_names` hid."""
    if "{" in name or "}" in name:
        name = name.replace("{", "").replace("}", "")
    return name if name.isascii() else name.translate(_SHOW)


_SAFE = str.maketrans(
    {
        "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "\n": r"{\newline}",
        "`": r"{\textasciigrave}",
    }
)  # fmt: skip
_LIGATES = re.compile(r"-(?=-)|'(?=')")
_DRESSED = {
    "<i>": r"\textit{", "<b>": r"\textbf{", "<sub>": r"\textsubscript{", "<sup>": r"\textsuperscript{",
    "</i>": "}", "</b>": "}", "</sub>": "}", "</sup>": "}",
}  # fmt: skip


def encode(text: str) -> str:
    """`text` so that LaTeX prints it as it stands and `decode` gives it back; letters stay UTF-8."""
    return _LIGATES.sub(r"\g<0>{}", text.translate(_SAFE))


def encode_rich(text: str, words: Callable[[str], str] = encode) -> str:
    r"""As `encode`, for a text with tags: `<i>` is `\textit{…}`. `words` encodes what stands between them."""
    if "<" not in text:
        return words(text)
    parts = split(text)
    if not _in_pairs(parts[1::2]):
        return words(text)  # a brace without its other half would swallow the rest of the file
    return "".join(_DRESSED[part] if at % 2 else words(part) for at, part in enumerate(parts))


def _in_pairs(tags: list[str]) -> bool:
    """Whether every tag has its other half, each pair within the other."""
    waiting: list[str] = []
    for tag in tags:
        if tag[1] != "/":
            waiting.append(tag)
        elif not waiting or waiting.pop()[1:] != tag[2:]:
            return False
    return not waiting


def encode_name(text: str) -> str:
    """As `encode`, for a part of a name: there `decode_names` leaves dashes and quotes as they stand."""
    return text.translate(_SAFE)


_GUARDED = str.maketrans({ord(mark): _SAFE[ord(mark)] for mark in "\\{}~$`\n"})


def guard(text: str) -> str:
    """`text` so that `decode` gives it back, and no more: for fields that nothing prints."""
    return _LIGATES.sub(r"\g<0>{}", text.translate(_GUARDED))


@lru_cache(maxsize=2000)
def symbol(name: str) -> str | None:
    r"""The character that `\name` prints by itself; None when it prints none or wants an argument."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    shows = getattr(_specs().get_macro_spec(name), "simplify_repl", None)
    return shows if isinstance(shows, str) and shows and "%" not in shows else None


@lru_cache(maxsize=1)
def _specs() -> Any:
    from pylatexenc.latex2text import get_default_latex_context_db

    return get_default_latex_context_db()


@dataclass(slots=True)
class _Walk:
    """One pass over the tokens of a value: what was printed so far, and the accents that wait for their letter."""

    groups: bool = False
    tags: bool = False
    out: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    in_math: bool = False
    ends: list[str] = field(default_factory=lambda: [""])  # what the open groups print last; at first, outside of them
    _accents: list[str] = field(default_factory=list)
    _starts: list[tuple[int, bool]] = field(default_factory=list)
    _next: tuple[str, str] = ("", "")  # what the group that comes next prints before and after it
    _unprinted: int = 0  # 1: the next group is not printed; more: it is open, so many levels deep and one

    def over(self, text: str) -> None:
        for found in _TOKEN.finditer(text):
            command, escaped, mark, ligature = found.groups()
            if self._unprinted and self._left_out(mark, found.group()):
                continue
            if command:
                self._command(command, found.group(), text[found.end() : found.end() + 1])
            elif escaped is not None:
                self._escape(escaped)
            elif mark:
                self._mark(mark, text[found.end() : found.end() + 1])
            elif ligature and not self.groups:
                self._print(_LIGATURES[ligature])
            else:
                self._print(found.group())

    def math(self, text: str) -> None:
        """Decoded when every command in it is a character; kept with its dollars otherwise, and when it is money."""
        inner = _Walk(tags=self.tags, in_math=self.tags)
        if "^" in text or "_" in text:
            inner.over(_SCRIPT.sub(_tagged_script if self.tags else _script, _upright(text)))
        else:
            inner.over(text)
        plain = inner.printed()
        if inner.unknown or "^" in plain or (" " in text and not _MATHS.search(text)):
            self._print(f"${text}$")
        else:
            self._print(plain)

    def printed(self) -> str:
        """What was printed, with the ends of what stands open."""
        return "".join([*self.out, *reversed(self.ends)])

    def _command(self, name: str, source: str, after: str) -> None:
        if name in ACCENTS and len(self._accents) < 4:
            self._accents.append(ACCENTS[name])
        elif (shows := symbol(name)) is not None:
            self._print(shows.translate(_HIDE) if self.groups else shows)
        elif name in UNPRINTED:
            self._unprinted = 1 if after == "{" else 0
        elif name in QUOTES and not self.groups:
            self._next = (("‘", "’") if "*" in source else ("“", "”")) if after == "{" else ("", "")
        elif self.tags and name in TAGGED:
            self._next = (f"<{TAGGED[name]}>", f"</{TAGGED[name]}>") if after == "{" else ("", "")
        elif self.tags and name in DECLARED:
            self._declare(DECLARED[name])
        elif name not in DRESS:
            self.unknown.append("\\" + name)
            if after != "{":
                self._print(source)

    def _declare(self, name: str) -> None:
        """Set the rest of the open group in `name`, once."""
        if (end := f"</{name}>") not in self.ends[-1]:
            self.out.append(f"<{name}>")
            self.ends[-1] = end + self.ends[-1]

    def _left_out(self, mark: str | None, source: str) -> bool:
        """Whether what stands here belongs to an argument that is not printed."""
        if self._unprinted == 1 and mark != "{":
            self._unprinted = 0 if source.strip() else 1
            return False
        self._unprinted += {"{": 1, "}": -1}.get(mark or "", 0)
        if self._unprinted == 1:
            self._unprinted = 0
        return True

    def _escape(self, mark: str) -> None:
        if mark in ESCAPED:
            shows = ESCAPED[mark]
            self._print(shows.translate(_HIDE) if self.groups else shows)
        elif mark in ACCENTS and len(self._accents) < 4:
            self._accents.append(ACCENTS[mark])
        else:
            self._print(mark)

    def _mark(self, mark: str, after: str) -> None:
        if mark == "{":
            if self.groups:
                self._starts.append((len(self.out), after == "\\" or bool(self._accents)))
            else:
                self.out.append(self._next[0])
                self.ends.append(self._next[1])
                self._next = ("", "")
        elif mark == "}":
            self._close()
        elif mark == "~":
            self._print("~" if self.groups else " ")
        elif self.in_math and mark in "^_" and after == "{":
            self._next = ("<sup>", "</sup>") if mark == "^" else ("<sub>", "</sub>")
        else:
            self._print(mark)

    def _close(self) -> None:
        self._accents.clear()
        if len(self.ends) > 1:
            self.out.append(self.ends.pop())
        if not self.groups or not self._starts:
            return
        start, special = self._starts.pop()
        if len(self._starts) < _DEEP:
            inner = "".join(self.out[start:])
            self.out[start:] = [inner if special and len(inner) < 2 else f"{{{inner}}}"]

    def _print(self, text: str) -> None:
        if self._accents and text:
            base = {"ı": "i", "ȷ": "j"}.get(text[0], text[0])
            text = unicodedata.normalize("NFC", base + "".join(reversed(self._accents))) + text[1:]
            self._accents.clear()
        self.out.append(text)


def _upright(text: str) -> str:
    r"""Degrees, ordinals and upright words in the math `text` as they stand in prose: `45^\circ`, `12^{th}`."""
    return _UPRIGHT.sub(r"\1{\2}", _RAISED_WORD.sub(r"\1\2", _DEGREE.sub("°", text)))


def _script(found: re.Match[str]) -> str:
    """Raised digits as Unicode has them ("10⁻³"), lowered ones plain ("H2O"); a raised word keeps its `^`."""
    text = found.group(2) or found.group(3)
    if found.group(1) == "_":
        return text
    return text.translate(_RAISED) if all(ch in _RAISABLE for ch in text) else found.group()


def _tagged_script(found: re.Match[str]) -> str:
    """Raised figures as Unicode has them, lowered and other raised text between tags."""
    text = found.group(2) or found.group(3)
    if found.group(1) == "_":
        return f"<sub>{text}</sub>"
    return text.translate(_RAISED) if all(ch in _RAISABLE for ch in text) else f"<sup>{text}</sup>"
