"""The elements of one EndNote record as texts under their names; styles become the four tags in titles and abstract."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING
from unicodedata import normalize

from evidence.model.limits import DEPTH, FIELD, VALUES
from evidence.model.markup import rich

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_FACES = {"italic": "i", "bold": "b", "superscript": "sup", "subscript": "sub"}
_DRESSED = frozenset(("title", "secondary-title", "tertiary-title", "short-title", "full-title", "abstract"))
# Elements that only hold others, by what the texts in them are called.
_HOLDERS = frozenset(
    ("contributors", "titles", "periodical", "dates", "urls", "keywords", "authors", "secondary-authors", "tertiary-authors",
     "subsidiary-authors", "translated-authors", "web-urls", "related-urls", "pdf-urls", "text-urls", "image-urls", "pub-dates",
     "copyright-dates")
)  # fmt: skip
# Within these, what a text is called depends on what holds it.
_NAMED_BY_HOLDER = frozenset(
    ("authors", "secondary-authors", "tertiary-authors", "subsidiary-authors", "translated-authors", "web-urls", "related-urls",
     "pdf-urls", "text-urls", "image-urls", "pub-dates", "copyright-dates")
)  # fmt: skip
_SAME = {"keywords": "keyword", "urls": "related-urls"}
_ENDS = re.compile(r"\s*[\r\n\v\x85\u2028\u2029]+\s*")


def fields_of(record: Element, warnings: list[str]) -> dict[str, list[str]]:
    """The texts in `record` by name, in order; lines within one are parted by LF. ValueError: nested too deeply.

    A text in `<authors>` is called `authors`, one in `<alt-periodical>` `alt-periodical/…`, any other as its own element.
    """
    fields: dict[str, list[str]] = {}
    _collect(record, "", fields, 0)
    for name, texts in fields.items():
        if len(texts) > VALUES and name not in _NAMED_BY_HOLDER:
            warnings.append(
                f"{name} stands {len(texts)} times: {len(texts) - VALUES} are left out; the entry's bytes hold them"
            )
            del texts[VALUES:]
        if any(len(text) > FIELD for text in texts):
            warnings.append(f"{name} is longer than {FIELD >> 20} Mi characters: its end is left out")
            fields[name] = [text[:FIELD] for text in texts]
    return fields


def _collect(element: Element, holder: str, fields: dict[str, list[str]], depth: int) -> None:
    if depth > DEPTH:
        raise ValueError("it is nested too deeply")
    for child in element:
        name = str(child.tag)
        if name in _HOLDERS or name == "alt-periodical":
            inside = f"{name}/" if name == "alt-periodical" else name if name in _NAMED_BY_HOLDER else ""
            _collect(child, inside, fields, depth + 1)
            if text := _lines(_own_text(child)):  # no element of its own
                fields.setdefault(_SAME.get(name, name), []).append(text)
            continue
        called = holder + name if holder.endswith("/") else holder or name
        if name == "ref-type" and (kind := child.get("name")):
            fields["ref-type/name"] = [_lines(kind)]
        if text := _text(child, dressed=name in _DRESSED):
            fields.setdefault(called, []).append(text)


def _own_text(element: Element) -> str:
    return "\n".join((element.text or "", *(child.tail or "" for child in element)))


def _text(element: Element, *, dressed: bool) -> str:
    if len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip():
        style = element[0]  # nearly always: one style round the whole text
        if not len(style) and style.get("face", "normal") == "normal":
            return _lines(_bare(style.text or "", dressed=dressed))
    if not len(element):
        return _lines(_bare(element.text or "", dressed=dressed))
    if dressed and len(text := _styled(element, 0)) <= FIELD:
        return _lines(rich(text))
    return _lines("".join(map(str, element.itertext())))


def _bare(text: str, *, dressed: bool) -> str:
    return rich(text) if dressed and ("<" in text or "&" in text) and len(text) <= FIELD else text


def _styled(element: Element, depth: int) -> str:
    if depth > DEPTH:
        raise ValueError("it is nested too deeply")
    parts = [escape(element.text or "", quote=False)]
    for child in element:
        text = _styled(child, depth + 1)
        for face in child.get("face", "").split():
            if tag := _FACES.get(face):
                text = f"<{tag}>{text}</{tag}>"
        parts += [text, escape(child.tail or "", quote=False)]
    return "".join(parts)


def _lines(text: str) -> str:
    """`text` in NFC, its blanks joined, its lines parted by LF."""
    if not text.isascii():
        text = normalize("NFC", text)
    if "\n" not in text and "\r" not in text:
        return " ".join(text.split())
    return "\n".join(filter(None, (" ".join(line.split()) for line in _ENDS.split(text))))
