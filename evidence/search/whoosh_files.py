"""Files that Whoosh writes its tables into and reads them from: durable, checked whole, and without pickles.

Whoosh keeps a table's own numbers as a pickle, which runs what it is told to by whoever wrote the file. Here they are
JSON, so no code can come out of an index file.
"""

from __future__ import annotations

import hashlib
import io
import json
import mmap
import os
import stat
import struct
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # Whoosh 2.7.4 is older than what Python 3.12 warns of when it compiles it.
    warnings.simplefilter("ignore")
    from whoosh import versionstring
    from whoosh.filedb.filetables import OrderedHashReader, OrderedHashWriter
    from whoosh.filedb.structfile import StructFile

__all__ = ["ENGINE", "Damaged", "FileIn", "FileOut", "OrderedHashReader", "Table", "read_file", "read_text"]

ENGINE = f"Whoosh {versionstring()}"
_LENGTHS = struct.Struct("!ii")  # before an entry of Whoosh's tables: of its key and of its value
_POINTER = struct.Struct("!Iq")  # an entry's hash and its place
_EMPTY = bytes(_POINTER.size)
_CHUNK = 1 << 20  # bytes that are written at a time
_MAPPED = 1 << 20  # files above it are mapped, not read: each map holds a file open


class Damaged(Exception):  # noqa: N818  it is caught here, and never reaches a user
    """A file is not what its manifest says, or cannot be read as what it should be; `where` is its path in the index."""

    def __init__(self, where: str, what: str) -> None:
        """Keep both."""
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what


class FileOut(StructFile):  # type: ignore[misc]  # Whoosh has no types
    """A new file that Whoosh writes into. It holds nothing for sure before `finish` has come back."""

    def __init__(self, path: Path) -> None:
        """Make the file; OSError when there is one, or when it cannot be made."""
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        self._handle = os.open(path, flags, 0o600)
        self._path = path
        self._waiting = bytearray()
        self._written = 0
        self._hash = hashlib.sha256()
        self.is_real = False
        self.is_closed = False

    def write(self, data: bytes) -> None:
        """Put `data` at the end."""
        self._waiting += data
        if len(self._waiting) >= _CHUNK:
            self._flush()

    def tell(self) -> int:
        """How many bytes there are."""
        return self._written + len(self._waiting)

    def write_pickle(self, obj: Any, protocol: int = -1) -> None:  # noqa: ARG002  Whoosh's signature
        """Whoosh's own numbers on a table, as a line of JSON."""
        self.write(json.dumps(obj).encode() + b"\n")

    def close(self) -> None:
        """Nothing: Whoosh closes its file before it is on the disk."""

    def finish(self) -> tuple[int, str]:
        """See the file onto the disk; gives its size and SHA-256. OSError: it is not there."""
        self._flush()
        os.fsync(self._handle)
        handle, self._handle = self._handle, -1
        os.close(handle)
        return self._written, self._hash.hexdigest()

    def discard(self) -> None:
        """Take the file away again, whatever state it is in."""
        if self._handle >= 0:
            handle, self._handle = self._handle, -1
            with suppress(OSError):
                os.close(handle)
        with suppress(OSError):
            self._path.unlink()

    def _flush(self) -> None:
        data = memoryview(self._waiting)
        self._hash.update(data)
        self._waiting = bytearray()
        self._written += len(data)
        while data:
            data = data[os.write(self._handle, data) :]


class Table(OrderedHashWriter):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's writer of an ordered hash table, in a third of its time: the same bytes with fewer calls."""

    lastkey: bytes

    def add(self, key: bytes, value: bytes) -> None:
        """One entry more; keys rise."""
        if key <= self.lastkey:
            raise ValueError(f"keys must rise: {self.lastkey!r}, {key!r}")
        place = self.dbfile.tell()
        self.index.append(place)
        self.dbfile.write(_LENGTHS.pack(len(key), len(value)) + key + value)
        number = int.from_bytes(hashlib.md5(key, usedforsecurity=False).digest()[-4:], "big")
        self.buckets[number & 255].append((number, place))
        self.lastkey = key

    def _write_hashes(self) -> None:
        for entries in self.buckets:
            slots = 2 * len(entries)
            self.directory.append((self.dbfile.tell(), slots))
            table = [_EMPTY] * slots
            for number, place in entries:
                at = (number >> 8) % slots
                while table[at] is not _EMPTY:
                    at = (at + 1) % slots
                table[at] = _POINTER.pack(number, place)
            self.dbfile.write(b"".join(table))


class FileIn(StructFile):  # type: ignore[misc]  # Whoosh has no types
    """The bytes of a file that Whoosh reads."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """Read from `data`."""
        self.data = data
        self.file = data if isinstance(data, mmap.mmap) else io.BytesIO(data)
        self.is_real = False
        self.is_closed = False

    def get(self, position: int, length: int) -> bytes:
        """`length` bytes from `position`; fewer at the end."""
        return self.data[position : position + length]

    def read_pickle(self) -> Any:
        """What `write_pickle` wrote. ValueError: something else."""
        return json.loads(self.file.readline())


def read_file(path: Path, where: str, size: int, sha256: str) -> bytes | mmap.mmap:
    """The bytes of a file, known to be the ones that were written. FileNotFoundError; Damaged: it is something else."""
    handle = _open(path, where)
    try:
        found = os.fstat(handle).st_size
        if found != size:
            raise Damaged(where, f"has {found} bytes, not {size}")
        if size > _MAPPED:
            data: bytes | mmap.mmap = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
        else:
            with open(handle, "rb", closefd=False) as file:
                data = file.read()
    except (OSError, ValueError) as error:
        raise Damaged(where, f"cannot be read ({error})") from error
    finally:
        os.close(handle)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Damaged(where, "is not as it was written (its SHA-256 differs)")
    return data


def read_text(path: Path, where: str, most: int) -> bytes:
    """The bytes of a file of `most` bytes or fewer. FileNotFoundError; Damaged: it is larger, or cannot be read."""
    handle = _open(path, where)
    with open(handle, "rb") as file:  # noqa: PTH123  a handle has no path
        try:
            data = file.read(most + 1)
        except OSError as error:
            raise Damaged(where, f"cannot be read ({error})") from error
    if len(data) > most:
        raise Damaged(where, "is too large")
    return data


def _open(path: Path, where: str) -> int:
    """A handle on a plain file; what is a link, a folder or a pipe is none of ours."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        if path.is_symlink():
            raise Damaged(where, "is a link")
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Damaged(where, f"cannot be read ({error.strerror or error})") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Damaged(where, "is no file")
    return handle
