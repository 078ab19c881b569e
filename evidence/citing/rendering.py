"""The engine's answer, pandoc's document as JSON, as text, Markdown and HTML. Whatever the records hold, it is text here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any, Literal

from evidence.citing.words import shown

Place = Literal["normal", "super", "sub"]

_SUPER = str.maketrans("0123456789+-=()nabcdeghijklmoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿᵃᵇᶜᵈᵉᵍʰⁱʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_SUB = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_FIXED_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2007": " "})
_LEADS = ("https://doi.org/", "http://doi.org/", "doi:", "doi: ", "DOI:", "DOI: ")
_BLANKS = re.compile(r" {2,}")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~^$@#]|&(?=#?\w{1,32};)|!(?=\[))")
# What a style leaves where a volume or pages are not known: "2007;" at the end, "2016; : 25247".
_LEFT_OVER = re.compile(r"[;:,]$")
_NOTHING = re.compile(r"([.;,]) [;:,] ")
_TWO_STOPS = re.compile(r"(?<=[\w)])\.\.(?= |$)")
_DEEPEST = 60  # levels of the engine's document that are followed


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is set in one way; `link` is an http(s) address or ""."""

    text: str
    italic: bool = False
    bold: bool = False
    small_caps: bool = False
    place: Place = "normal"
    link: str = ""


def entries(document: Any) -> Iterator[tuple[str, list[Piece]]]:
    """The id and the pieces of every reference, in the order printed. ValueError: it is no document of pandoc's."""
    try:
        lists = [block for block in document["blocks"] if block["t"] == "Div" and block["c"][0][0] == "refs"]
        for block in lists[-1]["c"][1] if lists else ():
            (name, classes, _), inside = block["c"]
            if "csl-entry" in classes:
                yield name.removeprefix("ref-"), _tidy(_walk(inside, Piece(""), 0))
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"not pandoc's JSON: {error!r}") from error


def linked(pieces: list[Piece], printed: str, link: str) -> list[Piece]:
    """`pieces` with `link` on the last place that prints `printed`, with the `doi:` or `https://doi.org/` before it."""
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        begin = piece.text.rfind(printed)
        if begin < 0:
            continue
        end = begin + len(printed)
        lead = next((one for one in _LEADS if piece.text[:begin].endswith(one)), "")
        cuts = (0, begin - len(lead), end, len(piece.text))
        parts = [replace(piece, text=piece.text[a:b]) for a, b in pairwise(cuts)]
        parts[1] = replace(parts[1], link=link)
        return [*pieces[:at], *(one for one in parts if one.text), *pieces[at + 1 :]]
    return pieces


def text(pieces: Iterable[Piece]) -> str:
    """Plain text on one line: raised and lowered digits as Unicode has them, plain blanks."""
    return _BLANKS.sub(" ", "".join(_raised(one) for one in pieces).translate(_FIXED_BLANKS))


def markdown(pieces: Iterable[Piece]) -> str:
    """CommonMark with raw `<sup>`, `<sub>` only; every character with a meaning in Markdown is escaped."""
    return "".join(_emphasized(list(run)) for _, run in groupby(pieces, key=_emphasis))


def as_html(pieces: Iterable[Piece]) -> str:
    """HTML with i, b, sup, sub, span (small capitals) and a; everything else is escaped."""
    return "".join(_as_html(one) for one in pieces)


def _walk(nodes: Any, form: Piece, depth: int) -> Iterator[Piece]:
    """The pieces of a list of blocks or inlines, set as `form` is and as each node says."""
    if depth > _DEEPEST:
        raise ValueError("too deep")
    for number, node in enumerate(nodes):
        kind, content = node["t"], node.get("c")
        if kind == "Str":
            yield replace(form, text=content)
        elif kind in {"Space", "SoftBreak", "LineBreak"}:
            yield replace(form, text=" ")
        elif kind in {"Para", "Plain"}:
            yield from ([replace(form, text=" ")] if number else [])
            yield from _walk(content, form, depth + 1)
        elif kind == "Quoted":
            yield from _quoted(content, form, depth)
        elif kind in {"Code", "Math", "RawInline"}:  # never made of what we give; if it were, it is text
            yield replace(form, text=str(content[-1]))
        else:
            inside, changed = _inside(kind, content, form)
            apart = kind == "Div" or (
                kind == "Span" and set(content[0][1]) & {"csl-block", "csl-left-margin", "csl-indent"}
            )
            yield from ([replace(form, text=" ")] if apart else [])
            yield from _walk(inside, changed, depth + 1)
            yield from ([replace(form, text=" ")] if apart else [])


def _inside(kind: str, content: Any, form: Piece) -> tuple[Any, Piece]:
    """A node's own nodes, and how they are set. An emphasis in an emphasis is upright again."""
    match kind:
        case "Emph":
            return content, replace(form, italic=not form.italic)
        case "Strong":
            return content, replace(form, bold=True)
        case "Superscript":
            return content, replace(form, place="super")
        case "Subscript":
            return content, replace(form, place="sub")
        case "SmallCaps":
            return content, replace(form, small_caps=True)
        case "Underline" | "Strikeout":
            return content, form
        case "Span" | "Div" | "Link":  # a link's address would be the engine's; ours are made of DOI and URL
            return content[1], form
        case _:
            raise ValueError(f"unknown node {kind[:40]}")


def _quoted(content: Any, form: Piece, depth: int) -> Iterator[Piece]:
    """Quotes that the engine left as a pair: it prints English ones so."""
    marks = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
    yield replace(form, text=marks[0])
    yield from _walk(content[1], form, depth + 1)
    yield replace(form, text=marks[1])


def _tidy(pieces: Iterable[Piece]) -> list[Piece]:
    """Runs that are set alike joined, one blank where there were several, none at the ends."""
    joined: list[list[str]] = []
    forms: list[Piece] = []
    for piece in pieces:
        plain = replace(piece, text="")
        if forms and (forms[-1] == plain):
            joined[-1].append(piece.text)
        else:
            forms.append(plain)
            joined.append([piece.text])
    tidy: list[Piece] = []
    ended = True
    for form, parts in zip(forms, joined, strict=True):
        text = _TWO_STOPS.sub(".", _NOTHING.sub(r"\1 ", _BLANKS.sub(" ", "".join(parts))))
        text = text.lstrip(" ") if ended else text
        if text:
            ended = text.endswith(" ")
            tidy.append(replace(form, text=text))
    if tidy:
        tidy[-1] = replace(tidy[-1], text=_LEFT_OVER.sub(".", tidy[-1].text.rstrip(" ")))
    return [replace(one, text=shown(one.text)) for one in tidy if one.text]


def _raised(piece: Piece) -> str:
    if piece.place == "normal":
        return piece.text
    table = _SUPER if piece.place == "super" else _SUB
    return piece.text.translate(table) if all(ord(ch) in table for ch in piece.text) else piece.text


def _emphasis(piece: Piece) -> tuple[bool, bool]:
    return piece.italic, piece.bold


def _emphasized(pieces: list[Piece]) -> str:
    """Pieces of one emphasis, with the marks round all of them; blanks stay outside, as CommonMark wants."""
    made = "".join(map(_as_markdown, pieces))
    marks = "*" * (pieces[0].italic + 2 * pieces[0].bold)
    inner = made.strip(" ")
    if not marks or not inner:
        return made
    before = len(made) - len(made.lstrip(" "))
    return f"{made[:before]}{marks}{inner}{marks}{made[before + len(inner) :]}"


def _as_markdown(piece: Piece) -> str:
    if piece.link and piece.text == piece.link and not re.search(r"[<>\s\\]", piece.text):
        return f"<{piece.text}>"
    escaped = _MARKDOWN.sub(r"\\\1", piece.text)
    if piece.place == "normal":
        return escaped
    tag = "sup" if piece.place == "super" else "sub"
    return f"<{tag}>{escaped}</{tag}>"


def _as_html(piece: Piece) -> str:
    made = html.escape(piece.text)
    if piece.link:
        made = f'<a href="{html.escape(piece.link)}">{made}</a>'
    if piece.place != "normal":
        tag = "sup" if piece.place == "super" else "sub"
        made = f"<{tag}>{made}</{tag}>"
    if piece.small_caps:
        made = f'<span style="font-variant: small-caps">{made}</span>'
    made = f"<b>{made}</b>" if piece.bold else made
    return f"<i>{made}</i>" if piece.italic else made
