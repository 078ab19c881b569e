"""BibTeX out: fixed order, one field a line, UTF-8; what is written is read back the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from evidence.formats import bibtex_custom as custom
from evidence.formats.bibtex_case import protect
from evidence.formats.bibtex_dates import write_date, write_issued
from evidence.formats.bibtex_fields import (
    ARTICLE_NUMBERS,
    BY_BIB,
    CSL_TYPES,
    ENTRY_TYPES,
    OWN,
    PUBMED,
    RAW,
    ROWS,
    SUBTYPES,
    THESES,
    Row,
    bib_name,
)
from evidence.formats.bibtex_names import write_names
from evidence.formats.latex import encode, encode_rich, guard
from evidence.model.reference import Json, Reference

_KEY = re.compile(r"[^\s,={}()\"#%~\\'@]+")
_PAGES = re.compile(r"(?<=\w)-(?=\w)")
_UNKNOWN = re.compile(r"[a-z][a-z0-9_.+-]*")
_NO_LINK = re.compile(r"[{}\\$]")
_LINK_SIGNS = str.maketrans(
    {"\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "$": r"\$"}
)
# Read into another field: they travel in the `extra` field.
_JOINED = frozenset(("subtitle", "booksubtitle", "journalsubtitle", "type", *ARTICLE_NUMBERS))
# Fields that biblatex's styles print and that CSL has no variable for.
_PRINTED = frozenset(
    (
        "addendum", "booktitleaddon", "eventtitleaddon", "holder", "howpublished", "introduction", "issuetitle",
        "journaltitleaddon", "maintitle", "maintitleaddon", "nameaddon", "origlanguage", "titleaddon", "version",
    )
)  # fmt: skip
_EDTF = re.compile(r"-?\d[-\d/~]*")


def write(references: Iterable[Reference]) -> Iterator[str]:
    """Each reference as one entry, with an empty line between two."""
    for at, reference in enumerate(references):
        yield ("\n" if at else "") + entry(reference)


def entry(reference: Reference) -> str:
    """`reference` as a BibTeX entry, its fields in the order of the table."""
    word, said = _entry_type(reference)
    key = reference.key or ""
    fits = not key or _KEY.fullmatch(key)
    lines = [f"@{word}{{{key if fits else _safe_key(key)},"]
    if not fits:
        lines.append(_line("citekey", encode(key)))
    lines += [_line(name, value, bare=bare) for name, value, bare in _fields(reference, said)]
    return "\n".join([*lines, "}", ""])


def _line(name: str, value: str, *, bare: bool = False) -> str:
    return f"  {name} = {value}," if bare else f"  {name} = {{{value}}},"


def _safe_key(key: str) -> str:
    return re.sub(r"[^\w:.+/-]+", "", key)[:80] or "entry"


def _entry_type(reference: Reference) -> tuple[str, str | None]:
    """The entry type, and the field or the name under `extra` that it already says."""
    kind = reference.type
    if kind == "thesis":
        genre = reference.fields.get("genre")
        return next(((word, "genre") for word, name in THESES.items() if name == genre), ("thesis", None))
    if kind in SUBTYPES:
        return "article", None
    stated = reference.extra.get("type")
    if kind == "document" and isinstance(stated, str) and _fits_type(stated):
        return stated, "type"
    return ENTRY_TYPES.get(kind, "misc"), None


def _fits_type(word: str) -> bool:
    known = word in CSL_TYPES or word in {"article", "string", "comment", "preamble"}
    return not known and bool(re.fullmatch(r"[a-z][a-z0-9_+-]{0,40}", word))


def _fields(reference: Reference, said: str | None) -> Iterator[tuple[str, str, bool]]:
    for row in ROWS:
        if row.csl == "abstract":
            yield from _subjects(reference)
        if row.csl != said:
            yield from _row(reference, row)
        if row.csl == "abstract" and reference.sections:
            yield "abstract-sections", custom.write_sections(reference.sections), False
        if row.csl == "source":
            yield from _standing(reference)
    if reference.type in SUBTYPES:
        yield "entrysubtype", SUBTYPES[reference.type], False
    elif reference.type not in ENTRY_TYPES:
        yield "csltype", reference.type, False
    yield from _extra(reference, said)


def _row(reference: Reference, row: Row) -> Iterator[tuple[str, str, bool]]:
    if row.kind == "names":
        if names := reference.named(row.csl):
            yield row.bib, write_names(names, others=f"{row.csl}s_rest" in reference.missing), False
    elif row.kind == "date":
        date = next((one for one in reference.dates if one.variable == row.csl), None)
        if date and row.csl == "issued":
            for name, text, bare in write_issued(date):
                yield name, text if bare else _date(text) if name == "date" else encode(text), bare
        elif date:
            yield row.bib, _date(write_date(date)), False
    elif value := reference.fields.get(row.csl):
        yield bib_name(row, reference.type), _value(reference, row, value), False


def _value(reference: Reference, row: Row, value: str) -> str:
    if row.csl == "title":
        return protect(value, reference.fields.get("abstract", ""))
    if row.kind == "title":
        return encode_rich(value)
    if row.kind == "pages":
        return _PAGES.sub("--", encode(value))
    if row.kind in {"url", "doi"}:
        if not _NO_LINK.search(value):
            return value
        return value.translate(_LINK_SIGNS) if "://" in value or value.startswith("10.") else encode(value)
    return encode(value)


def _date(text: str) -> str:
    is_json = text.startswith('{"') and isinstance(custom.json_in(text), dict)
    return text if is_json or _EDTF.fullmatch(text) else encode(text)


def _subjects(reference: Reference) -> Iterator[tuple[str, str, bool]]:
    if reference.mesh:
        yield "mesh", custom.write_mesh(reference.mesh), False
    if reference.publication_types:
        yield "publication-types", custom.write_list(reference.publication_types, "; "), False


def _standing(reference: Reference) -> Iterator[tuple[str, str, bool]]:
    """How the record stands: its ties, notices, other keys, and what is missing."""
    if reference.relations:
        yield "relations", custom.write_relations(reference.relations), False
    if reference.notices:
        yield "notices", custom.write_notices(reference.notices), False
    lists = (("ids", reference.aliases), ("missing", reference.missing), ("ascited", reference.as_cited))
    if reference.status:
        yield "status", encode(reference.status), False
    for name, items in lists:
        if items:
            yield name, custom.write_list(items), False


def _extra(reference: Reference, said: str | None) -> Iterator[tuple[str, str, bool]]:
    others: dict[str, Json] = {}
    for name in sorted(reference.extra):
        value = reference.extra[name]
        if said == "type" == name:
            continue
        if isinstance(value, str) and _fits(reference, name, value):
            yield name, value if name in RAW else encode(value) if name in _PRINTED else guard(value), False
        else:
            others[name] = value
    if others:
        yield "extra", custom.json_out(others), False


def _fits(reference: Reference, name: str, value: str) -> bool:
    """Whether `name` can be a field of its own that is read back as it stands."""
    if name in BY_BIB or name in OWN or name in _JOINED or not _UNKNOWN.fullmatch(name):
        return False
    if name == "howpublished" and value.startswith("http"):
        return False
    if name in {"eprint", "eprinttype", "archiveprefix"} and any(
        kind in str(reference.extra).lower() for kind in PUBMED
    ):
        return False
    if name in RAW and not custom.balanced(value):
        return False
    return bool(value) and value == " ".join(value.split())
