"""LaTeX in values to plain text and back. Linear in time, flat in depth: values are hostile until read.

The names of symbols are pylatexenc's; its decoder is not used, as it reads 144 entries a second and recurses.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

# `\'e`, `\v{s}`: the combining character of each accent. Source: LaTeX2e reference manual, 23.5.
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_OWN_SYMBOLS = {
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~", "lbrace": "{",
    "rbrace": "}", "textasciicircum": "^", "newline": "\n", "par": "\n", "space": " ", "quad": " ", "qquad": " ",
    "textendash": "–", "textemdash": "—", "textquotesingle": "'", "textquotedbl": '"', "textless": "<",
    "textgreater": ">", "textbar": "|", "textperiodcentered": "·", "textpm": "±", "textmu": "µ", "textbullet": "•",
    "textregistered": "®", "texttrademark": "™", "textdegree": "°", "degree": "°", "slash": "/", "ldots": "…",
    "dots": "…", "textellipsis": "…", "i": "ı", "j": "ȷ", "textunderscore": "_", "textdollar": "$",
    "guillemotleft": "«", "guillemotright": "»", "copyright": "©", "textquoteright": "’", "textquoteleft": "‘",
    "textquotedblleft": "“", "textquotedblright": "”", "textonehalf": "½", "texttimes": "×", "textpertenthousand": "‱",
}  # fmt: skip
_ESCAPED = {
    **{mark: mark for mark in "&%$#_{}"}, "\\": " ", " ": " ", "\n": " ", ",": " ", ";": " ", ":": " ", "!": "",
    "/": "", "-": "", "@": "", "(": "$", ")": "$", "[": "$", "]": "$",
}  # fmt: skip
# Commands that only dress their argument: the words stay.
_DRESS = frozenset(
    (
        "textit", "textbf", "textrm", "textsf", "texttt", "textsc", "textsl", "textup", "textmd", "textnormal",
        "text", "textsuperscript", "textsubscript", "emph", "underline", "uline", "mathrm", "mathbf", "mathit",
        "mathsf", "mathtt", "mathcal", "mathbb", "mathnormal", "boldsymbol", "ensuremath", "mbox", "hbox", "bf",
        "it", "rm", "sf", "tt", "sc", "sl", "em", "bfseries", "itshape", "rmfamily", "sffamily", "ttfamily",
        "scshape", "upshape", "normalfont", "protect", "relax", "url", "nolinkurl", "path", "enquote",
        "foreignlanguage", "uppercase", "lowercase", "MakeUppercase", "MakeLowercase", "nocase", "NoCaseChange",
        "small", "large", "footnotesize", "left", "right", "displaystyle", "textstyle", "natexlab", "bibinfo",
        "bibnamefont", "bibfnamefont", "ignorespaces", "unskip", "sb", "sp",
    )
)  # fmt: skip
_TOKEN = re.compile(r"\\([A-Za-z]+)\*?[ \t\r\n]*|\\(.)|([{}~$^_])|(---?|``|'')|[^\\{}~$^_`'\-]+|.", re.DOTALL)
_MATH = re.compile(r"(?<!\\)\$([^$]{1,400})(?<!\\)\$")
_SPECIAL = re.compile(r"[\\{}~$]|--|``|''")
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


def decode(text: str) -> Decoded:
    r"""`text` without LaTeX: `M{\"u}ller \& {DNA}` is `Müller & DNA`, `$\alpha$` is `α`, `--` is an en dash.

    An unknown command with an argument gives way to its argument; one without stays as it stands; both are named.
    Math that cannot be written in plain characters stays as it stands.
    """
    if not _SPECIAL.search(text):
        return Decoded(text)
    if "\\" not in text and "$" not in text:
        for mark in ("---", "--", "``", "''"):
            text = text.replace(mark, _LIGATURES[mark])
        return Decoded(text.replace("{", "").replace("}", "").replace("~", " "))
    walk = _Walk()
    for at, part in enumerate(_MATH.split(text)):
        if at % 2:
            walk.math(part)
        else:
            walk.over(part)
    return Decoded(unicodedata.normalize("NFC", "".join(walk.out)), tuple(dict.fromkeys(walk.unknown)))


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
    }
)  # fmt: skip
_LIGATES = re.compile(r"-(?=-)|`(?=`)|'(?=')")


def encode(text: str) -> str:
    """`text` so that LaTeX prints it as it stands and `decode` gives it back; letters stay UTF-8."""
    return _LIGATES.sub(r"\g<0>{}", text.translate(_SAFE))


def encode_name(text: str) -> str:
    """As `encode`, for a part of a name: there `decode_names` leaves dashes and quotes as they stand."""
    return text.translate(_SAFE)


_GUARDED = str.maketrans({ord(mark): _SAFE[ord(mark)] for mark in "\\{}~$\n"})


def guard(text: str) -> str:
    """`text` so that `decode` gives it back, and no more: for fields that nothing prints."""
    return _LIGATES.sub(r"\g<0>{}", text.translate(_GUARDED))


@lru_cache(maxsize=2000)
def symbol(name: str) -> str | None:
    r"""The character that `\name` prints by itself; None when it prints none or wants an argument."""
    if name in _OWN_SYMBOLS:
        return _OWN_SYMBOLS[name]
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
    out: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    _accents: list[str] = field(default_factory=list)
    _starts: list[tuple[int, bool]] = field(default_factory=list)

    def over(self, text: str) -> None:
        for found in _TOKEN.finditer(text):
            command, escaped, mark, ligature = found.groups()
            if command:
                self._command(command, found.group(), text[found.end() : found.end() + 1])
            elif escaped is not None:
                self._escape(escaped)
            elif mark:
                self._mark(mark, special=text[found.end() : found.end() + 1] == "\\")
            elif ligature and not self.groups:
                self._print(_LIGATURES[ligature])
            else:
                self._print(found.group())

    def math(self, text: str) -> None:
        """Decoded when every command in it is a character; kept with its dollars otherwise, and when it is money."""
        inner = _Walk()
        inner.over(_SCRIPT.sub(_script, text))
        if inner.unknown or "^" in (plain := "".join(inner.out)) or (" " in text and not _MATHS.search(text)):
            self._print(f"${text}$")
        else:
            self._print(plain)

    def _command(self, name: str, source: str, after: str) -> None:
        if name in _ACCENTS and len(self._accents) < 4:
            self._accents.append(_ACCENTS[name])
        elif (shows := symbol(name)) is not None:
            self._print(shows.translate(_HIDE) if self.groups else shows)
        elif name not in _DRESS:
            self.unknown.append("\\" + name)
            if after != "{":
                self._print(source)

    def _escape(self, mark: str) -> None:
        if mark in _ESCAPED:
            shows = _ESCAPED[mark]
            self._print(shows.translate(_HIDE) if self.groups else shows)
        elif mark in _ACCENTS and len(self._accents) < 4:
            self._accents.append(_ACCENTS[mark])
        else:
            self._print(mark)

    def _mark(self, mark: str, *, special: bool) -> None:
        if mark == "{":
            if self.groups:
                self._starts.append((len(self.out), special or bool(self._accents)))
        elif mark == "}":
            self._close()
        elif mark == "~":
            self._print("~" if self.groups else " ")
        else:
            self._print(mark)

    def _close(self) -> None:
        self._accents.clear()
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


def _script(found: re.Match[str]) -> str:
    """Raised digits as Unicode has them ("10⁻³"), lowered ones plain ("H2O"); a raised word keeps its `^`."""
    text = found.group(2) or found.group(3)
    if found.group(1) == "_":
        return text
    return text.translate(_RAISED) if all(ch in _RAISABLE for ch in text) else found.group()
