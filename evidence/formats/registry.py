"""The formats that can be read and written: one value a format, in the order in which a file is tried for them."""

from __future__ import annotations

from evidence.errors import InputError, NotBuiltError, UsageError
from evidence.formats.bibtex import BIBTEX
from evidence.formats.csl_json import CSL_JSON
from evidence.formats.study_facts import STUDY_FACTS
from evidence.ports import Format

__all__ = ["BIBTEX", "CSL_JSON", "FORMATS", "STUDY_FACTS", "by_name", "detect"]

FORMATS: tuple[Format, ...] = (CSL_JSON, STUDY_FACTS, BIBTEX)  # strictest first

# Named in the contract and not built yet: what their files end on, and how they begin where that is plain.
_LATER: tuple[tuple[str, tuple[str, ...], tuple[bytes, ...]], ...] = (
    ("ris", (".ris",), (b"TY  - ",)),
    ("nbib", (".nbib", ".medline"), (b"PMID- ",)),
    ("pubmed-xml", (), (b"<!DOCTYPE PubmedArticleSet", b"<PubmedArticle")),
    ("endnote-xml", (".xml",), (b"<xml><records>",)),
    ("refer", (".enw", ".refer"), (b"%0 ",)),
    ("wos", (".wos", ".ciw"), (b"FN ", b"PT J")),
    ("ovid", (".ovd", ".ovid"), ()),
    ("csv", (".csv", ".tsv"), ()),
    ("markdown", (".md", ".markdown"), ()),
    ("html", (".html", ".htm", ".xhtml"), (b"<!DOCTYPE html", b"<html")),
    ("docx", (".docx",), ()),
    ("pdf", (".pdf",), (b"%PDF-",)),
    ("text", (".txt", ".text"), ()),
)
_HEAD = 4096
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")


def by_name(name: str) -> Format:
    """The format called `name`. NotBuiltError for one that the contract names, UsageError for any other."""
    wanted = name.strip().lower()
    for known in FORMATS:
        if known.name == wanted:
            return known
    if any(wanted == later for later, _, _ in _LATER):
        raise NotBuiltError(f"{wanted} cannot be read or written yet.", _can())
    raise UsageError(f"There is no format {name!r}.", _can())


def detect(name: str, head: bytes) -> Format:
    """The format of the file called `name` that begins with `head` (its first 4 KiB): the content decides.

    The name's end helps where the beginning does not tell. InputError when it holds no entries or is no text;
    NotBuiltError for a format of the contract that is not built yet.
    """
    bare = head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe")
    if bare in {b"", b"[]", b"{}"}:
        raise InputError(f"{name} is empty: it holds no entries.")
    for known in FORMATS:
        if known.sniff(head):
            return known
    ends = name.lower()
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for later, suffixes, marks in _LATER:
        if start.startswith(marks) or ends.endswith(suffixes):
            raise NotBuiltError(f"{name} looks like {later}, which cannot be read yet.", _can())
    if _is_binary(head):
        raise InputError(f"{name} is not text: it cannot be read.", f"{_can()} Another program may have written it.")
    named = next((known for known in FORMATS if ends.endswith(known.suffixes)), None)
    if named and len(head) >= _HEAD:
        return named
    if named:
        raise InputError(f"{name} holds no entries.", "A .bib entry begins with @article{key, and a CSL item with {.")
    raise InputError(f"{name} is in no format that is known.", f"Name it with --format. {_can()}")


def _can() -> str:
    return f"This version reads {', '.join(known.name for known in FORMATS)}."


def _is_binary(head: bytes) -> bool:
    """More than one control character in fifty, UTF-16's NULs aside."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    return controls * 50 > len(head)
