"""What the readers of tagged lines share: a piece to text, the record's parts to their fields, the piece to a result."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from evidence.formats.abstracts import sections
from evidence.formats.draft import Draft
from evidence.formats.encodings import Narrow, text_of
from evidence.formats.journals import in_order, looks_full
from evidence.formats.language_codes import language_code
from evidence.formats.marks import BOM, Marks, Piece, pieces
from evidence.formats.markup import first_link
from evidence.formats.mojibake import is_suspect
from evidence.formats.pages import pages
from evidence.formats.people import are_several, is_others, read_person
from evidence.model import identifiers
from evidence.model.limits import FIELD, RECORD, VALUES
from evidence.model.markup import plain, rich
from evidence.model.reference import Name, Parsed, Unread

_CONTROLS = bytes((*range(9), *range(14, 32), 127))
_PLAIN = bytes((*range(9, 14), *range(32, 127)))  # what ASCII text is made of
_LOW = bytes(range(0x80, 0xCC))  # of these alone are letters up to U+02FF, which stand in NFC in whatever order
_UTF8 = frozenset(("utf-8", "utf-8-sig"))
_ISSN = re.compile(r"(\d{4})[-\u2010-\u2015 ]?(\d{3}[\dXx])", re.ASCII)
_DOI = re.compile(r"10\.\d{4,9}/\S+", re.ASCII)
_PLAIN_DOI = re.compile(r"10\.\d{4,9}/[\w./-]{1,200}(?<=[A-Za-z0-9])", re.ASCII)
_BRACKETED = re.compile(r"\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]\.?")
_TAGGED = re.compile(r"(?:^|\n)(?!ER)[A-Z][A-Z0-9]  - ?\S.*")
# "NCT01234567," stands for the authors in Cochrane's register of trials.
_NOBODY = re.compile(
    r"\[?(?:anon(?:\.|ymous)?|no authors?(?: name)?(?: (?:listed|given|available|indicated))?)\]?[.,]?|(?-i:[A-Z])[A-Za-z]{1,12}[-/ ]?[\dA-Z/-]{0,20}\d{4}[\d/-]{0,20},?",
    re.IGNORECASE,
)
_NUMBER_WORD = re.compile(r"(?:vol(?:ume)?|no|nr|num(?:ber)?|iss(?:ue)?|bd|heft)(?:\.\s*|\s+)(?=[\w(])", re.IGNORECASE)
_WIDE_BLANKS = (
    "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_SHORT_VALUE = (
    200  # characters: what is longer is not remembered, and is no name, number or journal that is to be mended
)
_LONG_VALUE = 4000  # characters: nothing longer holds a DOI
_MOST_TOLD = 20  # warnings of one record
_TOLD = 60  # characters of stray text that a warning shows
_NO_ABSTRACT = frozenset(("no abstract available", "no abstract", "abstract not available"))
_BLANK = b" \t\r\n\x1a"
_NO_PAGES = frozenset(
    (
        "no-specified",
        "no specified",
        "no pagination",
        "n/a",
        "na",
        "n.a.",
        "no page",
        "np",
        "no-pagination",
        "unpaginated",
        "-",
    )
)

# One piece's text to its draft; None and a reason when there is nothing to read.
Reading = Callable[[str, Draft], str | None]


def read_pieces(
    source: Narrow, marks: Marks, prefix: str, read: Reading, harmless: re.Pattern[str]
) -> Iterator[Parsed | Unread]:
    """Every piece of `source` by `read`. Text between records that is not `harmless` (a line of it) is told."""
    before: list[str] = []
    for piece in pieces(source, marks):
        if not piece.marked:
            text, _ = decoded(piece.raw, source.encoding)
            if stray := _stray(text, harmless):
                before = [f"text before the first record is not read: {stray}"]
            continue
        yield _piece(piece, source, Draft(prefix), read, (before, harmless, marks.closes))
        before = []


def _piece(
    piece: Piece, source: Narrow, draft: Draft, read: Reading, around: tuple[list[str], re.Pattern[str], bool]
) -> Parsed | Unread:
    if piece.cut:
        why = f"it is longer than {RECORD >> 20} MiB ({piece.cut} bytes more)"
        return Unread(source.own(piece.raw), piece.line, why)
    body, raw, after = _parted(piece)
    text, warning = decoded(body, source.encoding)
    told, harmless, closes = around
    if after:
        late, rest = _late(decoded(after, source.encoding)[0])
        text = f"{text}\n{late}" if late else text
        if stray := _stray(rest, harmless):
            told = [*told, f"text after the end of the record is not read: {stray}"]
        raw = _bare_end(piece.raw) if late or stray else raw
    elif piece.end is None and closes:
        told = [*told, "the record has no closing line: it was cut off, or the next one began"]
    raw = source.own(raw)
    if reason := read(text, draft):
        return Unread(raw, piece.line, reason, draft.key)
    if "title" not in draft.fields:
        draft.warnings.append("no title")
    reference = draft.reference()
    warnings = (*told, warning, *draft.warnings) if warning else (*told, *draft.warnings)
    return Parsed(reference, raw, piece.line, _told(warnings) if len(warnings) > 1 else warnings)


def _told(warnings: tuple[str, ...]) -> tuple[str, ...]:
    """Each warning once, and no more of them than a person reads."""
    each = tuple(dict.fromkeys(warnings))
    return each if len(each) <= _MOST_TOLD else (*each[:_MOST_TOLD], f"and {len(each) - _MOST_TOLD} more")


def _parted(piece: Piece) -> tuple[bytes, bytes, bytes]:
    """The piece's bytes up to its closing line; those with it; and what comes after, b"" when that is blank."""
    raw = piece.raw
    if piece.end is None:
        body = _bare_end(raw)
        return body, body, b""
    stop = len(raw)
    for sign in (b"\n", b"\r"):
        at = raw.find(sign, piece.end, stop)
        stop = at if at >= 0 else stop
    after = raw[stop:]
    return raw[: piece.end], raw[:stop], after if after.strip() else b""


def _bare_end(raw: bytes) -> bytes:
    """`raw` without blanks at its end, and without the byte order mark of a file that was joined to it."""
    return raw.rstrip(_BLANK).removesuffix(BOM).rstrip(_BLANK)


def _late(text: str) -> tuple[str, str]:
    """Tagged lines that stand behind a record's end, and the rest. Ovid prints the journal's short name there."""
    if not _TAGGED.search(text):
        return "", text
    return "\n".join(found.group().strip("\n") for found in _TAGGED.finditer(text)), _TAGGED.sub("\n", text)


def _stray(text: str, harmless: re.Pattern[str]) -> str:
    """What of `text` is neither blank nor harmless, for a person to see; "" when nothing is."""
    for line in text.split("\n"):
        bare = one_line(line).strip("\ufeff ")
        if bare and not harmless.fullmatch(bare):
            return repr(bare if len(bare) <= _TOLD else f"{bare[:_TOLD]}…")
    return ""


def decoded(raw: bytes, encoding: str) -> tuple[str, str | None]:
    """The text of one piece in NFC, its lines ended by LF alone, and what is to be told about its bytes."""
    warning = None
    odd = raw.translate(None, _PLAIN)
    if not odd:
        text = raw.decode("ascii")  # the same as the way below, and five times as fast
    elif (low := _low_text(raw, odd, encoding)) is not None:
        text = low
    else:
        text, warning = text_of(raw, encoding)
        if not text.isascii():
            text = unicodedata.normalize("NFC", text.replace("\ufeff", ""))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, warning


def _low_text(raw: bytes, odd: bytes, encoding: str) -> str | None:
    """The text of UTF-8 in which all that is not plain ASCII (`odd`) is letters up to U+02FF and no mojibake; else None.

    It is what `text_of` gives, with less to be looked at; letters that meet in `odd` alone make it look again.
    """
    if encoding not in _UTF8 or odd.translate(None, _LOW) or is_suspect(odd):
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def is_odd(text: str) -> bool:
    """Whether `text` holds blanks that are no plain ones: each value of it must then be looked at."""
    if "\t" in text or "\v" in text or "\f" in text:
        return True
    return not text.isascii() and any(blank in text for blank in _WIDE_BLANKS)


def one_line(text: str) -> str:
    """`text` with its blanks joined, line ends and Unicode's blanks among them."""
    return " ".join(text.split())


def put_title(draft: Draft, tag: str, text: str, variable: str = "title") -> None:
    """A title: no markup but the four tags, no stop at the end; brackets round a translated one are taken off and told."""
    if "<" in text or "&" in text:
        text = one_line(rich(text))
    if text[:1] == "[" and variable == "title" and (found := _BRACKETED.fullmatch(text)):
        text = found[1].strip()
        draft.extra["translated-title"] = True
    if text[-1:] == "." and text[-2:] != "..":
        text = text[:-1].rstrip()
    draft.put(tag, variable, text)


def put_text(draft: Draft, tag: str, variable: str, text: str) -> None:
    """A field of text, without markup."""
    draft.put(tag, variable, _undressed(text))


def _undressed(text: str) -> str:
    return one_line(plain(rich(text))) if "<" in text or "&" in text else text


def put_abstract(draft: Draft, tag: str, text: str) -> None:
    """The abstract, and its parts when it has labels; a phrase that says there is none is kept under its tag."""
    if len(text) < _SHORT_VALUE and text.strip("[]. ").lower() in _NO_ABSTRACT:
        draft.keep(tag, text)
        return
    if "<" in text or "&" in text:
        text = one_line(rich(text))
    if len(text) > FIELD:
        draft.warnings.append(f"the abstract is longer than {FIELD >> 20} MiB: read without its parts")
    elif "abstract" not in draft.fields:
        draft.sections.extend(sections(text))
    draft.put(tag, "abstract", text)


def put_doi(draft: Draft, tag: str, text: str) -> bool:
    """The DOI in `text` as printed; what holds none is kept under its tag and told. Whether there was one."""
    if found := text if _PLAIN_DOI.fullmatch(text) else bare_doi(text):
        draft.put(tag, "DOI", found)
        return True
    draft.keep(tag, text)
    draft.warnings.append(f"{_short(text)} is no DOI: kept as {draft.prefix}:{tag}")
    return False


def bare_doi(text: str) -> str | None:
    """The DOI in `text` in the case it is printed in, without address, word and closing stops; None when there is none."""
    if "10." not in text or len(text) > _LONG_VALUE:
        return None
    normal = identifiers.doi(text)
    found = _DOI.search(text.strip())
    return found.group()[: len(normal)] if normal and found else None


def put_names(draft: Draft, tag: str, texts: Iterable[str], role: str = "author") -> None:
    """People and groups, one in each text or several parted by semicolons.

    "Anonymous" and the number of a trial name nobody: they are kept apart.
    """
    for text in texts:
        if len(text) < _SHORT_VALUE and (name := _plain_name(text, role)):
            draft.add(name)
        elif len(text) < _SHORT_VALUE and _NOBODY.fullmatch(text):
            draft.keep(tag, text)
        else:
            for part in text.split(";"):
                for one in part.split(",") if are_several(part) else (part,):
                    draft.person(one, role)


@lru_cache(maxsize=16384)
def _plain_name(text: str, role: str) -> Name | None:
    """The one person or group in `text`; None when it may be several, or none."""
    if not text or ";" in text or is_others(text) or are_several(text):
        return None
    if (text[0] in "[AaNn" or text[-1] in "0123456789,") and _NOBODY.fullmatch(text):
        return None
    return read_person(text, role)


def number(text: str) -> str:
    """A volume or an issue without the word for it: "Vol. 12" is "12", "no. 3" is "3"."""
    found = _NUMBER_WORD.match(text)
    return text[found.end() :] if found else text


def put_pmid(draft: Draft, tag: str, text: str) -> bool:
    """The PubMed number in `text`, which may say "PMID:" or "[pmid]"; False when there is none, and nothing is done."""
    found = identifiers.pmid(text.removesuffix("[pmid]").strip())
    if found:
        draft.put(tag, "PMID", found)
    return bool(found)


def put_pages(draft: Draft, tag: str, text: str) -> None:
    """Pages in normal form; a word that says there are none is kept under its tag."""
    if text.lower() in _NO_PAGES:
        draft.keep(tag, text)
    else:
        draft.put(tag, "page", pages(text))


def put_language(draft: Draft, tag: str, text: str) -> None:
    """The language by its two letters; several are joined by a comma."""
    found = language_code(text)
    if found == text and (";" in text or "," in text):
        found = ", ".join(language_code(part.strip()) for part in re.split("[;,]", text) if part.strip())
    draft.put(tag, "language", found)


def put_serials(draft: Draft, tag: str, texts: Iterable[str], *, book: bool = False) -> None:
    """ISSNs and ISBNs: each by its form and check digit; what is neither is kept under its tag.

    `book`: where a check fails, it was to be an ISBN.
    """
    issn: list[str] = []
    isbn: list[str] = []
    for text in texts:
        if (plain := _ISSN.fullmatch(text)) and not book:  # by far the most frequent
            issn.append(f"{plain[1]}-{plain[2].upper()}")
            continue
        found, rest = _serials(text) if len(text) < _SHORT_VALUE else ((), True)
        issn += [number for kind, number in found if kind == "ISSN"]
        isbn += [number for kind, number in found if kind == "ISBN"]
        if rest:
            draft.keep(tag, text)
            draft.warnings.append(f"{_short(text)} is no {'ISBN' if book else 'ISSN'}: kept as {draft.prefix}:{tag}")
    for variable, numbers in (("ISSN", issn), ("ISBN", isbn)):
        if numbers:
            have = draft.fields[variable].split(", ") if variable in draft.fields else []
            draft.fields[variable] = ", ".join(dict.fromkeys((*have, *numbers)))


@lru_cache(maxsize=1024)
def _serials(text: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The numbers in `text`, each ISSN or ISBN, and whether there is text that is no number of either kind."""
    found: list[tuple[str, str]] = []
    for part in re.split(r"[;,\n]|\)\s|\s(?=\d{4}-?\d{3}[\dXx]\b)", text):
        bare = re.sub(r"\([^)]*\)?|[^\dXx-]+$|^[^\d]+", "", part.strip()).strip()
        digits = re.sub(r"[\s\u2010-\u2015-]", "", bare)
        issn = _ISSN.fullmatch(bare)
        if identifiers.isbn(digits):
            found.append(("ISBN", bare))
        elif issn:
            found.append(("ISSN", f"{issn[1]}-{issn[2].upper()}"))
        elif len(digits) in {10, 13} and digits[:-1].isdecimal():
            return (), True
    return tuple(found), not found


def put_link(draft: Draft, text: str) -> None:
    """The first web address is the work's; further ones stand in extra `url`."""
    link, others = first_link(text)
    for one in (link, *others):
        have = draft.fields.setdefault("URL", one)
        if have != one:
            draft.note("url", one)


def put_journal(draft: Draft, full: tuple[str, str] | None, short: tuple[str, str] | None) -> None:
    """The names of a journal or book that holds the work, each with its tag.

    Where they stand the wrong way round they change places; a short name that is plainly whole is the full one when
    there is no other.
    """
    full, short = (pair and (pair[0], _undressed(pair[1])) for pair in (full, short))
    if full and short:
        first, second = full[1], short[1]
        if len(first) < _SHORT_VALUE and len(second) < _SHORT_VALUE:
            first, second = in_order(first, second)
        draft.put(full[0], "container-title", first)
        if first.casefold() != second.casefold() or " " not in second:
            draft.put(short[0], "container-title-short", second)
    elif full:
        draft.put(*_named(full, "container-title"))
    elif short:
        draft.put(
            *_named(
                short,
                "container-title" if len(short[1]) < _SHORT_VALUE and looks_full(short[1]) else "container-title-short",
            )
        )


def _named(pair: tuple[str, str], variable: str) -> tuple[str, str, str]:
    return pair[0], variable, pair[1]


def put_keywords(draft: Draft, tag: str, terms: Iterable[str]) -> None:
    """The terms joined by "; ", none twice, in the source's order, up to a limit."""
    each = dict.fromkeys(terms)
    if len(each) > VALUES:
        draft.warnings.append(
            f"{len(each) - VALUES} keywords beyond the first {VALUES} are left out; the entry's bytes hold them"
        )
        each = dict.fromkeys(list(each)[:VALUES])
    if each:
        draft.put(tag, "keyword", "; ".join(each))


def _short(text: str) -> str:
    return repr(text if len(text) <= _TOLD else f"{text[:_TOLD]}…")
