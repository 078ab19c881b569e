"""One record's bytes to an element: no entities but XML's and HTML's, no DTD, nothing from outside."""

from __future__ import annotations

import re
from functools import lru_cache
from html.entities import html5
from typing import TYPE_CHECKING
from unicodedata import normalize

from lxml import etree

from evidence.formats.encodings import text_of
from evidence.formats.mojibake import is_suspect
from evidence.model.limits import DEPTH, FIELD, VALUES
from evidence.model.markup import rich

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{0,31}));")
_XML_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))
_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PREFIX = re.compile(r"[<\s]/?([A-Za-z_][\w.-]{0,63}):[A-Za-z_]", re.ASCII)
_MOST_PREFIXES = 20
_ASCII = bytes(range(128))
_SHORT = 40  # characters: what is longer is not remembered
_NAME = re.compile(r"<[^\s/>]{1,100}")
_UNDEFINED = re.compile(r"Entity '([^']{1,80})' not defined")
_PLACE = re.compile(r", line \d+, column \d+.*$", re.DOTALL)
_REASONS = (
    ("tag mismatch", "a tag is not closed, or closed by another one"),
    ("Excessive depth", "it is nested too deeply"),
    ("xmlParseEntityRef: no name", "an & stands alone in it"),
    ("EntityRef: expecting ';'", "an & stands alone in it"),
    ("StartTag: invalid element name", "a < stands alone in it"),
)
# Elements that `rich` knows; what else stands within a title is no markup of its text.
_KNOWN = frozenset(
    ("i", "b", "u", "sup", "sub", "em", "strong", "italic", "bold", "sec", "p", "title", "annotation", "tex-math")
)


class Reader:
    """Bytes to elements. One parser serves a whole file; nothing of one record is left for the next."""

    def __init__(self, encoding: str) -> None:
        """`encoding` is the file's, as `text_of` wants it."""
        self._encoding = encoding
        self._is_utf8 = encoding in {"utf-8", "utf-8-sig"}
        self._parser = etree.XMLParser(
            encoding="utf-8",
            collect_ids=False,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )

    def element(self, raw: bytes) -> tuple[Element, str | None]:
        """The element in `raw`, and what is to be told about its bytes. ValueError says why it cannot be read."""
        if b"\x7f" not in raw and (raw.isascii() or (self._is_utf8 and _is_sound(raw))):
            try:
                return etree.fromstring(raw, self._parser), None
            except etree.XMLSyntaxError:
                pass  # it may be mended: HTML's entities, stray signs, prefixes from the root
        text, warning = text_of(raw, self._encoding)
        text = _ENTITY.sub(_character, text)
        if _NO_XML.search(text):
            text = _NO_XML.sub("", text)
            warning = warning or "control characters were taken out"
        try:
            return etree.fromstring(_prefixed(text).encode(), self._parser), warning
        except etree.XMLSyntaxError as error:
            raise ValueError(_reason(str(error))) from error


def _is_sound(raw: bytes) -> bool:
    """Whether the UTF-8 in `raw` holds no mojibake: by what is not ASCII in it, and where that seems to, by all of it."""
    return not is_suspect(raw.translate(None, _ASCII)) or not is_suspect(raw)


def _character(found: re.Match[str]) -> str:
    """An entity as its character; XML's own and unknown ones stay, and so does what would be a sign of XML."""
    decimal, hexadecimal, name = found.groups()
    if name:
        if name in _XML_OWN or f"{name};" not in html5:
            return found.group()
        signs = html5[f"{name};"]
    else:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        signs = chr(number) if number <= 0x10FFFF else "\ufffd"
    return "".join(_SIGNS.get(sign, sign) for sign in signs)


def _prefixed(text: str) -> str:
    """`text` with the prefixes declared that stand in it: their declarations stood on the file's root."""
    prefixes = sorted(set(_PREFIX.findall(text)) - {"xml", "xmlns"})
    missing = [one for one in prefixes[:_MOST_PREFIXES] if f"xmlns:{one}" not in text]
    name = _NAME.match(text)
    if not missing or not name:
        return text
    declared = "".join(f' xmlns:{one}="prefix:{one}"' for one in missing)
    return f"{name.group()}{declared}{text[name.end() :]}"


def _reason(message: str) -> str:
    if found := _UNDEFINED.search(message):
        return f"it uses the entity &{found[1]}; which is not XML's own: such are not read"
    for part, reason in _REASONS:
        if part in message:
            return f"it is not whole XML: {reason}" if "deep" not in reason else reason
    return f"it is not XML: {_PLACE.sub('', message)}"


def words(element: Element) -> str:
    """All text in `element`, blanks joined, in NFC."""
    text = "".join(map(str, element.itertext())) if len(element) else element.text
    if not text:
        return ""
    return _short_plain(text) if len(text) < _SHORT else plain(text)


def plain(text: str) -> str:
    """`text` with its blanks joined, in NFC."""
    if text.isascii() and "  " not in text and text.isprintable():  # nearly always
        return text.strip(" ")
    return " ".join((text if text.isascii() else normalize("NFC", text)).split())


_short_plain = lru_cache(maxsize=4096)(plain)  # names, numbers and headings come again and again


def dressed(element: Element) -> str:
    """The text of `element` with the four tags, blanks joined, in NFC; other markup goes, what it held stays.

    What is longer than FIELD, or has more than VALUES tags, loses them all. ValueError: it is nested too deeply.
    """
    if not len(element):
        text = element.text or ""
        return plain(rich(text)) if ("<" in text or "&" in text) and len(text) <= FIELD else words(element)
    depth = 0
    for tags, (event, one) in enumerate(etree.iterwalk(element, events=("start", "end"))):
        depth += 1 if event == "start" else -1
        if depth > DEPTH:
            raise ValueError("it is nested too deeply")
        if tags > 2 * VALUES:
            return words(element)
        if event == "end" and one is not element:
            name = str(one.tag).rpartition("}")[2].lower()
            one.tag = name if name in _KNOWN else "span"
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    text = text[text.index(">") + 1 : text.rindex("</")]
    return plain(rich(text)) if len(text) <= FIELD else words(element)
