"""The formats that can be read and written: one value a format, in the order in which a file is tried for them."""

from __future__ import annotations

from evidence.errors import EvidenceError, InputError, NotBuiltError, UsageError
from evidence.formats import strangers
from evidence.formats.bibtex import BIBTEX
from evidence.formats.csl_json import CSL_JSON
from evidence.formats.csv_files import CSV
from evidence.formats.encodings import narrowed
from evidence.formats.endnote_xml import ENDNOTE_XML
from evidence.formats.nbib import NBIB
from evidence.formats.ovid import OVID
from evidence.formats.pubmed_xml import PUBMED_XML
from evidence.formats.refer import REFER
from evidence.formats.ris import RIS
from evidence.formats.study_facts import STUDY_FACTS
from evidence.formats.wos import WOS
from evidence.ports import Format

__all__ = ["BIBTEX", "CSL_JSON", "FORMATS", "STUDY_FACTS", "by_name", "detect"]

# Strictest first.
FORMATS: tuple[Format, ...] = (
    PUBMED_XML, ENDNOTE_XML, CSL_JSON, STUDY_FACTS, BIBTEX, NBIB, WOS, REFER, OVID, RIS, CSV,
)  # fmt: skip

# Other words for the formats: what programs, people and file names call them.
_SYNONYMS: dict[str, str] = {
    "bib": "bibtex", "biblatex": "bibtex", "medline": "nbib", "pubmed": "nbib", "enw": "refer", "endnote": "refer",
    "ciw": "wos", "isi": "wos", "json": "csl-json", "csl": "csl-json", "zotero": "csl-json", "tsv": "csv", "jsonl": "study-facts",
    "md": "markdown", "txt": "text", "htm": "html",
}  # fmt: skip
# Named in the contract: what their files end on, and how they begin where that is plain. Those in FORMATS are read.
_LATER: tuple[tuple[str, tuple[str, ...], tuple[bytes, ...]], ...] = (
    ("ris", (".ris",), (b"TY  - ",)),
    ("nbib", (".nbib", ".medline"), (b"PMID- ",)),
    ("pubmed-xml", (), (b"<!DOCTYPE PubmedArticleSet", b"<PubmedArticle")),
    ("endnote-xml", (".xml",), (b"<xml><records>",)),
    ("refer", (".enw", ".refer"), (b"%0 ",)),
    ("wos", (".wos", ".ciw"), (b"FN ", b"PT J")),
    ("ovid", (".ovd", ".ovid"), ()),
    ("csv", (".csv", ".tsv"), ()),
)
_LISTS = frozenset(("markdown", "html", "docx", "pdf", "text"))
# How an entry begins, for who wonders why a file was not taken for one of these.
_BEGINS: dict[str, str] = {
    "bibtex": "@article{key,", "csl-json": "[{", "study-facts": '{"key": …, "fact": …}', "ris": "TY  - JOUR", "nbib": "PMID- 123",
    "pubmed-xml": "<PubmedArticleSet>", "endnote-xml": "<xml><records>", "refer": "%0 Journal Article", "wos": "PT J",
    "ovid": "<1>", "csv": "a line of column names",
}  # fmt: skip
_HEAD = 4096


def by_name(name: str) -> Format:
    """The format called `name`, or by one of its other names. NotBuiltError for one of the contract's that is not built.

    UsageError for any other, and for `xml`, which two formats are.
    """
    wanted = name.strip().lower().removeprefix(".")
    if wanted == "xml":
        raise UsageError(
            "There are two formats in XML: pubmed-xml and endnote-xml.", "Name one of them, or leave --format out."
        )
    wanted = _SYNONYMS.get(wanted, wanted)
    for known in FORMATS:
        if known.name == wanted:
            return known
    if wanted in _LISTS or any(wanted == later for later, _, _ in _LATER):
        raise NotBuiltError(f"{wanted} cannot be read or written yet.", _can())
    raise UsageError(f"There is no format {name!r}.", _can())


def detect(name: str, head: bytes) -> Format:
    """The format of the file called `name` that begins with `head` (its first 4 KiB): the content decides.

    The name's end helps only where the beginning does not tell. InputError when it holds no entries, is no text, or is
    in no format that is known; NotBuiltError for a format of the contract that is not built yet.
    """
    plain = narrowed(head)
    if plain.strip(b" \t\r\n\0") in {b"", b"[]", b"{}"}:
        raise InputError(f"{name} is empty: it holds no entries.")
    bare = name.lower().removesuffix(".gz")
    if error := strangers.packed(bare, head, _can()):
        raise error
    for known in FORMATS:
        if known.sniff(plain):
            return known
    if error := _later(bare, plain) or strangers.unknown(bare, plain, _can()):
        raise error
    return _by_end(name, bare, whole=len(head) < _HEAD)


def _later(name: str, head: bytes) -> EvidenceError | None:
    read = {known.name for known in FORMATS}
    start = head.lstrip()
    for later, suffixes, marks in _LATER:
        if later not in read and (start.startswith(marks) or name.endswith(suffixes)):
            return NotBuiltError(f"{name} looks like {later}, which cannot be read yet.", _can())
    return None


def _by_end(name: str, bare: str, *, whole: bool) -> Format:
    """The format that the name's end says, for a file that begins with something long; else the error."""
    named = next((known for known in FORMATS if bare.endswith(known.suffixes)), None)
    if named and not whole:
        return named
    if named:
        begins = _BEGINS.get(named.name, "")
        raise InputError(
            f"{name} holds no entries.",
            f"An entry of {named.name} begins with {begins}. Another format: --format NAME.",
        )
    tried = ", ".join(f"{known.name} ({_BEGINS.get(known.name, 'its own head')})" for known in FORMATS)
    raise InputError(
        f"{name} is in no format that is known. Tried: {tried}.",
        f"If it is one of them all the same, name it: --format NAME. {_can()}",
    )


def _can() -> str:
    return f"This version reads {', '.join(known.name for known in FORMATS)}."
