"""The formats that can be read and written. They are loaded when one is first asked for: a search needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from evidence.formats.registry import BIBTEX, CSL_JSON, FORMATS, STUDY_FACTS
    from evidence.ports import Encoding, Format, Unpacked

__all__ = ["BIBTEX", "CSL_JSON", "FORMATS", "STUDY_FACTS", "by_name", "detect", "encoding", "encoding_of", "unpacked"]


def by_name(name: str) -> Format:
    """The format called `name`. NotBuiltError for one that the contract names, UsageError for any other."""
    from evidence.formats import registry

    return registry.by_name(name)


def detect(name: str, head: bytes) -> Format:
    """The format of a file by its first 4 KiB, and then by its name; InputError when it is none of ours."""
    from evidence.formats import registry

    return registry.detect(name, head)


def encoding_of(stream: BinaryIO) -> str:
    """The encoding of a file's bytes, as Python names it."""
    from evidence.formats import encodings

    return encodings.encoding_of(stream)


def encoding(stream: BinaryIO) -> Encoding:
    """The encoding of a file's bytes, and the doubt that there is about it."""
    from evidence.formats import encodings

    return encodings.encoding(stream)


def unpacked(stream: BinaryIO) -> AbstractContextManager[Unpacked]:
    """The bytes of `stream` as they are, or unpacked when they are gzip; InputError beyond a limit."""
    from evidence.formats import unpacking

    return unpacking.unpacked(stream)


def __getattr__(name: str) -> Any:
    """FORMATS and the formats by their own names."""
    if name not in {"BIBTEX", "CSL_JSON", "FORMATS", "STUDY_FACTS"}:
        raise AttributeError(f"module 'evidence.formats' has no attribute {name!r}")
    from evidence.formats import registry

    return getattr(registry, name)
