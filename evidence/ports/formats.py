"""Bibliographic formats: what is read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from evidence.model.record import Fact
from evidence.model.reference import Parsed, Reference, Unread


@dataclass(frozen=True, slots=True)
class ParsedFact:
    """A study fact read from its own format: the key of the record that it speaks of, its bytes and line."""

    key: str
    fact: Fact
    raw: bytes
    line: int


Piece = Parsed | ParsedFact | Unread
Reader = Callable[[BinaryIO, str], Iterator[Piece]]
Writer = Callable[[Iterable[Reference]], Iterator[str]]
Counter = Callable[[BinaryIO, str], int]


@dataclass(frozen=True, slots=True)
class Format:
    """A bibliographic format.

    `sniff` looks at the first 4 KiB. `read` takes the file's bytes and its encoding and yields every piece in the
    file's order, with flat memory; each piece carries its own bytes as they stood in the file. `count` counts the
    pieces by another way than `read` does, for the receipt. `write` yields text; None for what is only read.
    `write_raw` writes without what makes a file harmless to a spreadsheet; None where there is no difference.
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    read: Reader
    count: Counter
    write: Writer | None = None
    write_raw: Writer | None = None


@dataclass(frozen=True, slots=True)
class Encoding:
    """A file's encoding, as Python names it, and why it is only a guess; None when the bytes leave no doubt."""

    name: str
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file's own bytes (seekable, at its start) and, when it was compressed and not whole, a sentence that says so."""

    stream: BinaryIO
    cut: str | None = None


class Formats(Protocol):
    """The formats there are."""

    def by_name(self, name: str) -> Format:
        """The format called `name`; UsageError when there is none, NotBuiltError when it is not built yet."""

    def detect(self, name: str, head: bytes) -> Format:
        """The format of a file by its first 4 KiB, and then by its name; InputError when it is none of ours."""

    def encoding_of(self, stream: BinaryIO) -> str:
        """The encoding of a file's bytes, as Python names it."""

    def encoding(self, stream: BinaryIO) -> Encoding:
        """The same with the doubt that there is about it."""

    def unpacked(self, stream: BinaryIO) -> AbstractContextManager[Unpacked]:
        """The bytes of `stream` (seekable) as they are, or unpacked when they are gzip; InputError beyond a limit."""
