"""Every record of an XML file by one format's own filling: cut out, parsed alone, told or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from evidence.formats.draft import Draft
from evidence.formats.encodings import Narrow
from evidence.formats.xml_pieces import WHOLE, WHY, Piece, pieces
from evidence.formats.xml_reading import Reader
from evidence.model.limits import RECORD
from evidence.model.reference import Parsed, Unread

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Fill = Callable[["Element", Draft, int], bool]
"""Adds an element, whose bytes are so many, to a draft; False: it holds no field. ValueError says why it cannot be read."""


def read_records(
    source: BinaryIO, encoding: str, names: tuple[str, ...], prefix: str, fill: Fill
) -> Iterator[Parsed | Unread]:
    """Every element called one of `names`, in order, with flat memory and its own bytes; `prefix` as in `Draft`."""
    narrow = Narrow(source, encoding)
    reader = Reader(narrow.encoding)
    for piece in pieces(narrow, names):
        yield _piece(piece, narrow.own(piece.raw), reader, Draft(prefix), fill)


def _piece(piece: Piece, raw: bytes, reader: Reader, draft: Draft, fill: Fill) -> Parsed | Unread:
    if piece.cut:
        return Unread(raw, piece.line, f"it is longer than {RECORD >> 20} MiB ({piece.cut} bytes more)")
    if piece.state != WHOLE:
        return Unread(raw, piece.line, WHY[piece.state])
    try:
        element, warning = reader.element(piece.raw)
        held = fill(element, draft, len(raw))
    except ValueError as error:
        return Unread(raw, piece.line, str(error))
    if not held:
        return Unread(raw, piece.line, "it holds no field")
    if "title" not in draft.fields:
        draft.warnings.append("no title")
    reference = draft.reference()
    warnings = (warning, *draft.warnings) if warning else tuple(draft.warnings)
    return Parsed(reference, raw, piece.line, warnings)
