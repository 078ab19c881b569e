"""A field's text as the engine must have it: no markup but its own, quotes in pairs, capitals that stay."""

from __future__ import annotations

import html
import re

# The engine reads markup and quotes in every text; what must come out as it is goes through as a noncharacter, which no
# text may hold (Unicode 23.7), and is put back when the answer is read.
_STANDS_FOR = {"\ufdd0": "<", "\ufdd1": '"', "\ufdd2": "“", "\ufdd3": "‘", "\ufdd4": "”", "\ufdd5": "’"}
_HIDDEN = {plain: code for code, plain in _STANDS_FOR.items()}
# Stops in a row ("A. : B"), which a style leaves too where it has nothing to print, and which are tidied away there.
_STOPS = {".": "\ufdd6", ";": "\ufdd7", ",": "\ufdd8", ":": "\ufdd9"}
_STOPS_AWAY = str.maketrans(_STOPS)
_RUN = re.compile(r"[.;,] [;:,](?= )|(?<=[\w)])\.\.(?!\.)")
_BACK = str.maketrans(_STANDS_FOR | {code: plain for plain, code in _STOPS.items()})
_ALL_AWAY = str.maketrans(_HIDDEN)
_QUOTES_AWAY = str.maketrans({plain: _HIDDEN[plain] for plain in '"“‘”’'})

# Control characters, those that turn the direction of what follows, halves of characters, noncharacters.
_UNPRINTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_HALF = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BLANKS = re.compile(r"\s+")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
# CSL-JSON's own markup in text. Source: CSL 1.0.2, "rich text".
_TAG = re.compile(r'<(/?)(i|b|sup|sub|sc|span)((?: class="nocase")?)>')
MOST_TAGS, _DEEPEST = 60, 5
_DOUBLE = re.compile(r'(?<![\w"])"([^"]{1,400}?)"(?![\w"])')
_SINGLE = re.compile(r"(?<![\w'’])'([^'\"]{1,400}?)'(?![\w'])")
_MOST_QUOTES = 40
_WORD = re.compile(r"[^\W_]+(?:['’./-][^\W_]+)*")
_AFTER_COLON = re.compile(r"([:?!] (?:<(?:i|b|su[bp])>){0,4}[\"'“‘(\[]?(?:<(?:i|b|su[bp])>){0,4})([^\W\d_])([\w'’-]*)")
_LONG = 2000  # characters: longer ones are no titles, and their words are not looked at


def plain(text: str) -> str:
    """`text` on one line, without what no printer prints; a half or forbidden character is U+FFFD."""
    if not text.isascii() or not text.isprintable():
        text = _HALF.sub("\ufffd", _UNPRINTED.sub("", text))
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    text = _BLANKS.sub(" ", text).strip()
    return text if text.isprintable() else _HALF.sub("\ufffd", _UNPRINTED.sub("", text))


def guarded(text: str) -> str:
    """`plain(text)` for the engine: CSL's own markup where it is in order, quotes in pairs, all else as characters."""
    text = _RUN.sub(lambda found: found.group().translate(_STOPS_AWAY), plain(text))
    if "<" in text:
        kept = _in_order(text)
        text = "".join(part if part in kept else part.replace("<", _HIDDEN["<"]) for part in _split_tags(text))
    return _quoted(text) if any(ch in text for ch in "\"'“‘”’") else text


def hidden(text: str) -> str:
    """`plain(text)` with nothing in it for the engine to read: for addresses and identifiers."""
    return plain(text).translate(_ALL_AWAY)


def shown(text: str) -> str:
    """The engine's text with what `guarded` hid."""
    return text.translate(_BACK)


def without_stop(title: str) -> str:
    """`title` without the full stop that PubMed ends it with; an ellipsis, and a closing bracket's stop, go by sense."""
    title = title.rstrip()
    if title.endswith(".]"):
        return title[:-2] + "]"
    return title[:-1].rstrip() if title.endswith(".") and not title.endswith("..") else title


def capital_after_colon(title: str) -> str:
    """`title` with a capital on the first word after a colon, as APA has it; words with capitals of their own stay."""

    def capital(found: re.Match[str]) -> str:
        lead, first, rest = found.groups()
        whole = first + rest
        return lead + first.upper() + rest if whole.islower() else found.group()

    return _AFTER_COLON.sub(capital, title)


def kept_capitals(title: str, *, all_words: bool) -> str:
    """`title` with the words marked that a style must not change the case of.

    Words with a capital inside (pH, mRNA), those in italics within a title (names of species and genes, words of other
    languages) and the abbreviation "vs."; where a style sets titles in sentence case (`all_words`), every word with a
    capital but the first one. To be called with what `guarded` gives.
    """
    if len(title) > _LONG:
        return title
    parts = _split_tags(title)
    named = not (title.startswith("<i>") and title.endswith("</i>") and parts.count("<i>") == 1)
    first, italic = True, False
    for at, part in enumerate(parts):
        if at % 2:
            italic = part == "<i>" or (italic and part != "</i>")
        else:
            parts[at] = _kept_words(part, first=first, all_words=all_words, every=italic and named)
            first = first and not part
    return "".join(parts)


def _kept_words(text: str, *, first: bool, all_words: bool, every: bool) -> str:
    """`text` with words marked as `kept_capitals` says: every one of them; `first`: it begins the title."""
    marked: list[str] = []
    at = 0
    for found in _WORD.finditer(text):
        word = found.group()
        begins = first and found.start() == 0
        inner = any(map(str.isupper, word[1:])) and (all_words or not word[0].isupper())
        small = word in {"vs", "versus"} and not begins
        if every or inner or small or (all_words and not begins and word[0].isupper()):
            marked += [text[at : found.start()], f'<span class="nocase">{word}</span>']
            at = found.end()
    return "".join([*marked, text[at:]])


def _split_tags(text: str) -> list[str]:
    parts: list[str] = []
    at = 0
    for found in _TAG.finditer(text):
        parts += [text[at : found.start()], found.group()]
        at = found.end()
    return [*parts, text[at:]]


def _in_order(text: str) -> frozenset[str]:
    """The tags of `text` when all of them are closed in order and are few; none of them otherwise."""
    stack: list[str] = []
    seen: set[str] = set()
    for count, found in enumerate(_TAG.finditer(text)):
        closing, name, attribute = found.groups()
        seen.add(found.group())
        if closing:
            if not stack or attribute or stack.pop() != name:
                return frozenset()
        elif (name == "span") != bool(attribute) or len(stack) >= _DEEPEST:
            return frozenset()
        else:
            stack.append(name)
        if count >= MOST_TAGS:
            return frozenset()
    return frozenset() if stack else frozenset(seen)


def _quoted(text: str) -> str:
    """Straight quotes as curly ones; all of them hidden from the engine unless they are few and in pairs."""
    parts = _split_tags(text)  # every other one is a tag, whose quotes are no text
    parts[::2] = map(_curly, parts[::2])
    if not _paired("".join(parts[::2])):
        parts[::2] = (part.translate(_QUOTES_AWAY) for part in parts[::2])
    return "".join(parts)


def _curly(text: str) -> str:
    text = _DOUBLE.sub(r"“\1”", text) if text.count('"') <= _MOST_QUOTES else text
    text = _SINGLE.sub(r"‘\1’", text) if text.count("'") <= _MOST_QUOTES else text
    return text.replace("'", "’").replace('"', _HIDDEN['"'])


def _paired(text: str) -> bool:
    """Whether every “ has its ”, every ‘ a ’ after it, at most two deep and few."""
    if text.count("“") + text.count("‘") > _MOST_QUOTES:
        return False
    stack: list[str] = []
    for ch in text:
        if ch in "“‘":
            stack.append(ch)
        elif ch == "”" and (not stack or stack.pop() != "“"):
            return False
        elif ch == "’" and stack and stack[-1] == "‘":
            stack.pop()
        if len(stack) > 2:
            return False
    return not stack
