"""Files that hold no entries of ours, told by what they are: archives, office files, web pages, pictures."""

from __future__ import annotations

import re

from evidence.errors import EvidenceError, InputError, NotBuiltError

_EXPORT = "Export the records from there as RIS, BibTeX, NBIB or CSV, and import that file."
# The bytes a file begins with, what it is then, and what to do. Source: the formats' own descriptions.
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"BZh", "a bzip2 file", "Unpack it (bunzip2 FILE), then import it."),
    (b"\xfd7zXZ\0", "an xz file", "Unpack it (unxz FILE), then import it."),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "Unpack it (unzstd FILE), then import it."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-zip archive", "Unpack it, then import the files in it."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it, then import the files in it."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Excel file", "Save it as .csv or as plain text. " + _EXPORT),
    (b"SQLite format 3\0", "a database (Zotero's and Mendeley's look like that)", _EXPORT),
    (b"{\\rtf", "an RTF text", "Save it as plain text. " + _EXPORT),
    (b"\x89PNG", "a picture, not text", _EXPORT),
    (b"\xff\xd8\xff", "a picture, not text", _EXPORT),
    (b"GIF8", "a picture, not text", _EXPORT),
)
_PAGE = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|title|meta|script)\b", re.IGNORECASE | re.DOTALL
)
_ROOT = re.compile(
    rb"\A\s*(?:<\?.{0,500}?\?>\s*|<!--.{0,2000}?-->\s*|<!DOCTYPE[^>]{0,500}>\s*){0,9}<([A-Za-z_][\w:.-]{0,60})",
    re.DOTALL,
)
_LISTED = re.compile(rb"(?m)^[ \t]{0,8}(?:\[?\d{1,4}[\].):]*[ \t]{1,8})?[A-Z\x80-\xff][^\n]{15,600}\b(?:19|20)\d\d\b")
_LISTS = (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".docx", ".pdf")
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")
_LATER = "Reference lists are read in a later version. "


def packed(name: str, head: bytes, can: str) -> EvidenceError | None:
    """What to say of an archive, an office file or a picture that begins with `head`; None when it is none.

    `name` is the file's, `can` a sentence that names what is read.
    """
    if head.startswith(b"PK\x03\x04"):
        return _zipped(name, head, can)
    if head.startswith(b"%PDF-"):
        return NotBuiltError(f"{name} looks like pdf, which cannot be read yet.", _LATER + can)
    found = next(((what, hint) for mark, what, hint in _MAGIC if head.startswith(mark)), None)
    return InputError(f"{name} is {found[0]}: it cannot be read.", found[1]) if found else None


def _zipped(name: str, head: bytes, can: str) -> EvidenceError:
    ends = name.lower()
    if ends.endswith(".docx") or b"word/" in head:
        return NotBuiltError(f"{name} looks like docx, which cannot be read yet.", _LATER + can)
    if ends.endswith((".xlsx", ".xlsm", ".ods")) or b"xl/" in head:
        return InputError(
            f"{name} is an Excel workbook: it cannot be read.", "Save the sheet as .csv, and import that file."
        )
    return InputError(f"{name} is a zip file: it cannot be read as it is.", "Unpack it, then import the files in it.")


def unknown(name: str, head: bytes, can: str) -> EvidenceError | None:
    """What to say of a text that is none of our formats: a web page, other XML, a reference list; None when it is open.

    `head` is UTF-8 or of one byte a letter.
    """
    ends = name.lower()
    if _PAGE.match(head):
        if ends.endswith((".html", ".htm", ".xhtml")):
            return NotBuiltError(f"{name} looks like html, which cannot be read yet.", _LATER + can)
        return InputError(
            f"{name} is a web page (HTML), and no export.",
            "It may be an error or sign-in page that was saved in the export's place: open it in a browser, then export again.",
        )
    if (root := _ROOT.match(head)) and not ends.endswith(_LISTS):
        named = root[1].decode("ascii", "replace")
        if root:
            return InputError(
                f"{name} is XML of a kind that is not known (<{named}>).", f"Name it with --format. {can}"
            )
    if is_binary(head):
        return InputError(f"{name} is not text: it cannot be read.", f"{can} Another program may have written it.")
    listed = len(_LISTED.findall(head))
    if listed > 1 or ends.endswith(_LISTS):
        return NotBuiltError(
            f"{name} looks like a reference list in plain text, which cannot be read yet.", _LATER + can
        )
    return None


def is_binary(head: bytes) -> bool:
    """Whether more than one sign in fifty is a control character."""
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    return controls * 50 > len(head)
