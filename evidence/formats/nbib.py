"""MEDLINE/NBIB: PubMed's display format, one `TAG - value` a line, continued in lines that begin with blanks.

Source: NLM, MEDLINE/PubMed Data Element (Field) Descriptions; PubMed User Guide, "PubMed format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from evidence.formats.draft import Draft
from evidence.formats.encodings import Narrow
from evidence.formats.marks import BOM, Marks, heads
from evidence.formats.medline import PREFIX, SMALL, Medline
from evidence.formats.nbib_write import OVERLAY, writer
from evidence.formats.overlay import put_right
from evidence.formats.tagged import read_pieces
from evidence.model.limits import VALUES
from evidence.model.reference import Parsed, Unread
from evidence.ports import Format

# A tag of two to four signs fills four columns, then a hyphen and a blank. It begins its line: behind blanks, the line
# before goes on.
_TAG = rb"(?!PMID)(?:[A-Z][A-Z0-9](?:  |[A-Z0-9] |[A-Z0-9]{2}))- "
_PMID = rb"PMID {0,2}-"
_OWNER = b"OWN - "
_BLANK = rb"[ \t]{0,64}(?:\r\n?|\n)(?:\xef\xbb\xbf)?"
# Before the first PMID a record begins with the first tag, and after each blank line; then with PMID, or with its owner
# after a blank line: records of NLM's other databases have no PMID.
_RECORDS = rb"(?P<begin_records>" + _PMID + rb")|" + _BLANK + rb"(?P<begin_owned>" + _OWNER + rb")"
_STATES = {
    "start": rb"(?P<begin_records>" + _PMID + rb")|(?P<begin_others>" + _TAG + rb")",
    "others": rb"(?P<begin_records>" + _PMID + rb")|" + _BLANK + rb"(?P<begin_others>" + _TAG + rb")",
    "records": _RECORDS,
    "owned": _RECORDS,
}
_MARKS = Marks(_STATES, indented=False)
_TAG_HEAD = re.compile(rb"([A-Z][A-Z0-9]{1,3} *)- ")
_LONGEST_BLANK = 64  # signs of a line that holds nothing
_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,3}-(?: +|(?=\d)|$)(.*)")
_ODD_BLANKS = "\t\v\f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_NOTHING = re.compile(r"(?!)")
_OURS = OVERLAY
_OURS_KEPT = f"{PREFIX}:{_OURS}"
_LAST_TAG = "SO"
_SNIFFED = re.compile(rb"(?:^|[\r\n])(?:PMID {0,2}-|(?:FAU|OWN|STAT|DCOM|EDAT|CRDT|PHST)(?: - |- )\S)")
_RIS = re.compile(rb"(?:^|[\r\n])TY  ?- ")


# The tags of the description, as a line begins with each.
_KNOWN = frozenset((
    "AB", "AD", "AID", "AU", "AUID", "BTI", "CI", "CIN", "CN", "COI", "COIS", "CON", "CP", "CRDT", "CRF", "CRI",
    "CTDT", "CTI", "DA", "DCOM", "DDIN", "DEP", "DP", "DRDT", "DRIN", "ECF", "ECI", "ED", "EDAT", "EFR", "EIN", "EN",
    "FAU", "FED", "FIR", "FPS", "GN", "GR", "GS", "IP", "IR", "IRAD", "IS", "ISBN", "JID", "JT", "LA", "LID", "LR",
    "MH", "MHDA", "MID", "NM", "OAB", "OABL", "OCI", "OID", "ORI", "OT", "OTO", "OWN", "PB", "PG", "PHST", "PL",
    "PMC", "PMCR", "PMID", "PRIN", "PROF", "PS", "PST", "PT", "PUBM", "RF", "RIN", "RN", "ROF", "RPF", "RPI", "RRF",
    "RRI", "SB", "SFM", "SI", "SO", "SPIN", "STAT", "TA", "TI", "TT", "UIN", "UOF", "USR", "VI", "VTI",
))  # fmt: skip
_HEADS = {f"{tag:<4}- ": tag for tag in _KNOWN}
_OF_PEOPLE = frozenset(("FAU - ", "AU  - ", "AD  - ", "AUID- ", "CN  - ", "FED - ", "ED  - ", "FIR - ", "IR  - "))


def sniff(head: bytes) -> bool:
    """Whether a line of the beginning has a tag that no other format has."""
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return bool(_SNIFFED.search(text)) and not _RIS.search(text)


def read(source: BinaryIO, encoding: str) -> Iterator[Parsed | Unread]:
    """Every record in order, with flat memory and its own bytes."""
    before: Parsed | Unread | None = None
    for piece in read_pieces(Narrow(source, encoding), _MARKS, PREFIX, _read, _NOTHING):
        if before is not None:
            yield before
        ours = isinstance(piece, Parsed) and _OURS_KEPT in piece.reference.extra
        before = put_right(piece, _OURS_KEPT) if ours and isinstance(piece, Parsed) else piece
    if before is not None:
        yield _last(before)


def _last(piece: Parsed | Unread) -> Parsed | Unread:
    """The file's last record, with a warning when PubMed's own last tag is missing: the file may have been cut."""
    if not isinstance(piece, Parsed):
        return piece
    extra = piece.reference.extra
    if f"{PREFIX}:OWN" not in extra or f"{PREFIX}:{_LAST_TAG}" in extra:
        return piece
    warning = f"the file ends before this record's last line ({_LAST_TAG}): it may have been cut"
    return replace(piece, warnings=(*piece.warnings, warning))


def count(source: BinaryIO, encoding: str) -> int:
    """The records, counted line by line; nothing is cut out or read."""
    total, has_pmid, after_blank = 0, False, False
    for head in heads(Narrow(source, encoding)):
        line = head.removeprefix(BOM)
        if line.startswith(b"PMID") and line[4:7].lstrip(b" ").startswith(b"-"):
            total, has_pmid = total + 1, True
        elif has_pmid:
            total += after_blank and line.startswith(_OWNER)
        elif (after_blank or not total) and (tag := _TAG_HEAD.match(line)):
            total += len(tag[1]) == 4
        after_blank = len(line) <= _LONGEST_BLANK and not line.strip(b" \t")
    return total


def _read(text: str, draft: Draft) -> str | None:
    record = Medline()
    if not _quickly(text, record):
        record = Medline()
        for tag, value in _lines(text, record):
            _take(record, tag, value)
    if not record.tags and not record.people.list:
        return "it holds no field"
    if len(text) > SMALL:
        record.bound()
    record.fill(draft)
    return None


def _quickly(text: str, record: Medline) -> bool:
    """Take a record in which every line has a known tag or goes on behind six blanks; False for any other."""
    for blank in [one for one in _ODD_BLANKS if one in text]:
        text = text.replace(blank, " ")
    text = _unfolded(text)
    lines = text.split("\n")
    if len(lines) > VALUES:
        return False
    values: dict[str, list[str]] = {}
    said: list[str] = []  # of people: there the order of lines matters
    for line in lines:
        head = line[:6]
        if head in _OF_PEOPLE:
            said.append(line)
        elif head in values:
            values[head].append(line[6:])
        else:
            values[head] = [line[6:]]
    if not values.keys() <= _HEADS.keys():
        return False
    padded = sum([len(texts) for head, texts in values.items() if head[2] == " "])
    padded += len([1 for line in said if line[2] == " "])
    # Whether there are no blanks to be joined or taken off; a blank before a value makes two with its head's.
    is_clean = text.count("  ") == padded and " \n" not in text and text[-1] != " "
    tags = record.tags
    for head, texts in values.items():
        if is_clean and "" not in texts:
            tags[_HEADS[head]] = texts
        elif kept := list(filter(None, (" ".join(one.split()) for one in texts))):
            tags[_HEADS[head]] = kept
    if not is_clean:
        said = [f"{one[:6]}{' '.join(one[6:].split())}" for one in said]
    for tag, value in record.people.lines(said):
        record.add(tag, value)
    return True


def _unfolded(text: str) -> str:
    """`text` with lines that begin with six blanks put behind the one before; a blank at that one's end is theirs."""
    parts = text.split("\n      ")
    last = parts.pop()
    return "".join([part if part[-1:] == " " else f"{part} " for part in parts]) + last


def _lines(text: str, record: Medline) -> Iterator[tuple[str, str]]:
    """Each tag with its value, continued lines joined, blanks too."""
    tag, value, after_blank = "", [""], False
    for line in text.split("\n"):
        begin = _begins(line)
        if begin:
            if tag:
                yield tag, _joined(tag, value)
            tag, value = begin[0], [begin[1]]
        elif not line.strip():
            after_blank = True
            continue
        elif after_blank and line[0] not in " \t":
            record.add("text", " ".join(line.split()))
            record.warnings.append("a line without a tag is kept apart")
        else:
            value.append(line)
        after_blank = False
    if tag:
        yield tag, _joined(tag, value)


def _begins(line: str) -> tuple[str, str] | None:
    """Tag and value of a line that begins a field."""
    if tag := _HEADS.get(line[:6]):
        return tag, line[6:]
    found = _LINE.fullmatch(line)
    if found and (line[4:6] == "- " or found[1] in _KNOWN):
        return found[1], found[2]
    return None


def _joined(tag: str, value: list[str]) -> str:
    return value[0].strip() if tag == _OURS else " ".join(" ".join(value).split())


def _take(record: Medline, tag: str, value: str) -> None:
    if value and not record.people.take(f"{tag:<4}- ", value):
        record.add(tag, value)


NBIB = Format(name="nbib", suffixes=(".nbib", ".medline"), sniff=sniff, read=read, count=count, write=writer(read))
