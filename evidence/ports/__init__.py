"""What the core asks of the world: formats, a store, an index, a citer. Shapes only, no inheritance."""

from evidence.ports.citing import Citer, Formatted, Style
from evidence.ports.formats import Encoding, Format, Formats, ParsedFact, Piece, Reader, Unpacked, Writer
from evidence.ports.search import Found, IndexWriting, Page, SearchIndex, Sort, Standing
from evidence.ports.store import (
    Change,
    Entry,
    Fault,
    Logged,
    Overview,
    Question,
    Seen,
    Source,
    Store,
    StoreReader,
    Touch,
    Turn,
    Writing,
)

__all__ = [
    "Change", "Citer", "Encoding", "Entry", "Fault", "Format", "Formats", "Formatted", "Found", "IndexWriting", "Logged",
    "Overview", "Page", "ParsedFact", "Piece", "Question", "Reader", "SearchIndex", "Seen", "Sort", "Source", "Standing", "Store",
    "StoreReader", "Style", "Touch", "Turn", "Unpacked", "Writer", "Writing",
]  # fmt: skip
