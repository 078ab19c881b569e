"""The one file of a backup: a zip that any program opens, written once, and read as if an enemy had made it."""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from evidence.errors import InputError, StorageError
from evidence.upkeep import manifest as manifests
from evidence.upkeep.manifest import UNSOUND, Manifest, Member
from evidence.upkeep.plain import plain

Progress = Callable[[int, int], None]
_CHUNK = 1 << 20
_LEVEL = 6  # measured on 62 MB: 1.0 s and 27 % of the size, against 0.6 s and 30 % at level 1
_SMALL = 16 << 20  # bytes that a member may have whatever it was packed into
_RATIO = 200  # times that a larger one may be larger than what it was packed into; databases reach 3 to 40
_TEXT = 16 << 20  # bytes of settings or of a vocabulary file
_ENDS = 42  # bytes: the end of a zip's list of files, and what may stand before it
_LIST = 1 << 20  # bytes of that list
_ROOM = 50_000_000  # bytes that stay free on the disk, at most: an upgrade and an index are written beside
_TIMES = 2  # times its own size that a library needs for them
# What zipfile and zlib raise on a file that is no zip, or one packed in a way that they do not know (NotImplementedError).
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError, ValueError)


def sized(name: str, path: Path) -> Member:
    """The file at `path` as the member `name` of a backup."""
    with path.open("rb") as stream:
        whole = hashlib.file_digest(stream, "sha256").hexdigest()
        return Member(name, stream.tell(), whole)


def write(path: Path, manifest: Manifest, files: Sequence[Path], progress: Progress | None = None) -> None:
    """Write the backup `path`: the manifest and then its members, whose bytes are in `files`; see it to the disk.

    OSError when the disk does not take it.
    """
    of = sum(one.bytes for one in manifest.members)
    done = 0
    with path.open("xb") as out:
        path.chmod(0o600)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed:
            packed.writestr(_entry(manifests.NAME, manifest), manifests.as_json(manifest))
            for member, file in zip(manifest.members, files, strict=True):
                with (
                    file.open("rb") as stream,
                    packed.open(_entry(member.name, manifest), "w", force_zip64=True) as into,
                ):
                    while data := stream.read(_CHUNK):
                        into.write(data)
                        done += len(data)
                        _tell(progress, done, of)
        out.flush()
        os.fsync(out.fileno())
        if hasattr(os, "posix_fadvise"):  # what is read back is to come from the disk, not from memory
            os.posix_fadvise(out.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The backup at `path`, its manifest read and its list of members judged; nothing is unpacked yet.

    InputError: it is no backup, or a damaged one. LibraryError: a newer program made it.
    """
    try:
        with path.open("rb") as stream:
            if not stream.seekable() or not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise InputError(f"{path} is no file.", "Name a file that `evidence backup` made.")
            yield Archive(path, stream)
    except FileNotFoundError as error:
        if error.filename != str(path):
            raise
        raise InputError(f"There is no file {path}.", "Check the name and the folder you are in.") from error
    except (IsADirectoryError, PermissionError) as error:
        if error.filename != str(path):
            raise
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", "Name a file that `evidence backup` made."
        ) from error


class Archive:
    """An open backup: its `manifest`, and its members as far as they can be trusted."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        """Read the list of members of the zip in `stream`; `path` is what it is called. Errors as `opened`."""
        self.path = path
        try:
            self._most = max(_SMALL, _RATIO * _refuse_crowded(stream))
            self._zip = zipfile.ZipFile(stream)
            self._found = _listed(self._zip, stream.seek(0, os.SEEK_END))
            text = b"".join(_chunks(self._zip, self._found[manifests.NAME], manifests.MOST_BYTES))
        except KeyError as error:
            raise InputError(f"{path} is no backup: it has no {manifests.NAME}.", UNSOUND) from error
        except _BROKEN as error:
            raise InputError(f"{path} is no backup, or a damaged one: {plain(str(error))}.", UNSOUND) from error
        self.manifest = manifests.from_json(text)
        self._judge()

    def check(self, progress: Progress | None = None) -> None:
        """Read every member to its end. InputError: one is not what the manifest says."""
        self._read(lambda _: None, progress)

    def unpack(self, folder: Path, progress: Progress | None = None) -> None:
        """Write every member into `folder`, checked while it is written.

        InputError: one is not what the manifest says. StorageError: there is no room, or the disk does not take it.
        """
        needed = sum(one.bytes for one in self.manifest.members)
        room = min(_ROOM, _TIMES * needed)
        free = _free(folder)
        if needed + room > free:
            raise StorageError(
                f"{needed:,} bytes are to be unpacked and {room:,} more to be left for what is made of them; only "
                f"{free:,} are free.",
                f"Free {needed + room - free:,} bytes first.",
            )
        if any(one.name.startswith(manifests.VOCABULARY) for one in self.manifest.members):
            (folder / manifests.VOCABULARY).mkdir(mode=0o700)
        self._read(lambda name: folder / name, progress)

    def _judge(self) -> None:
        """Whether members and manifest speak of the same, plausible files."""
        for name in (manifests.SETTINGS, manifests.DATABASE):
            self.manifest.member(name)
        if {one.name for one in self.manifest.members} != self._found.keys() - {manifests.NAME}:
            raise InputError(f"{self.path}: its files are not those that its manifest names.", UNSOUND)
        if sum(one.bytes for one in self.manifest.members) > self._most:  # whatever the list says of what was packed
            raise InputError(f"{self.path}: it would unpack to far more than it can hold.", UNSOUND)
        for one in self.manifest.members:
            packed = self._found[one.name]
            if packed.file_size != one.bytes:
                raise InputError(f"{self.path}: {one.name} has not the size that the manifest gives.", UNSOUND)
            text = one.name != manifests.DATABASE
            if (text and one.bytes > _TEXT) or one.bytes > max(_SMALL, _RATIO * packed.compress_size):
                raise InputError(
                    f"{self.path}: {one.name} would unpack to {one.bytes:,} bytes, which is no library.", UNSOUND
                )

    def _read(self, place: Callable[[str], Path | None], progress: Progress | None) -> None:
        of = sum(one.bytes for one in self.manifest.members)
        done = 0
        for one in self.manifest.members:
            whole = hashlib.sha256()
            to = place(one.name)
            into = to.open("xb") if to else None
            try:
                for data in _chunks(self._zip, self._found[one.name], one.bytes):
                    whole.update(data)
                    done += len(data)
                    if into:
                        into.write(data)
                    _tell(progress, done, of)
                if into and to:
                    to.chmod(0o600)
                    into.flush()
                    os.fsync(into.fileno())
            except _BROKEN as error:
                raise InputError(f"{self.path}: {one.name} is damaged: {plain(str(error))}.", UNSOUND) from error
            finally:
                if into:
                    into.close()
            if whole.hexdigest() != one.sha256:
                raise InputError(f"{self.path}: {one.name} is not what was packed: its SHA-256 differs.", UNSOUND)


def _refuse_crowded(stream: BinaryIO) -> int:
    """The file's size. ValueError unless it ends as ours do, with a short list: a long one would be read into memory whole."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(size - _ENDS, 0))
    tail = stream.read()
    if len(tail) < _ENDS or tail[-22:-18] != b"PK\x05\x06":
        raise ValueError("it does not end as a backup does")
    _, _, _, count, length, _, comment = struct.unpack("<4H2LH", tail[-18:])
    large = tail[:4] == b"PK\x06\x07"  # what follows 4 GB has a second, longer end
    if comment or count > manifests.MOST_MEMBERS + 1 or length > _LIST or (large and size < 1 << 32):
        raise ValueError("its list of files is too long, or no backup's")
    return size


def _listed(packed: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """The members by name, of a file of `size` bytes. ValueError: one of them has no business in a backup."""
    found: dict[str, zipfile.ZipInfo] = {}
    seen = set()
    if len(packed.filelist) > manifests.MOST_MEMBERS + 1:
        raise ValueError("it holds too many files")
    if sum(one.compress_size for one in packed.filelist) > size:
        raise ValueError("its files are said to be packed into more than it is")
    for one in packed.filelist:
        name = one.orig_filename
        folded = unicodedata.normalize("NFKC", name).casefold()
        mode = one.external_attr >> 16
        if not manifests.allowed(name) or one.filename != name:
            raise ValueError(f"it holds {name!r:.100}")
        if folded in seen:
            raise ValueError(f"it holds {name!r:.100} twice")
        if stat.S_IFMT(mode) not in {0, stat.S_IFREG} or one.flag_bits & 0x1 or one.is_dir():
            raise ValueError(f"{name} is no plain file in it")
        if one.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ValueError(f"{name} is packed in a way that no backup is")
        seen.add(folded)
        found[name] = one
    return found


def _chunks(packed: zipfile.ZipFile, one: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """The bytes of a member; ValueError when there are more than `most`, whatever its size is said to be."""
    read = 0
    with packed.open(one) as stream:
        while data := stream.read(_CHUNK):
            read += len(data)
            if read > most:
                raise ValueError("it holds more than it says")
            yield data


def _entry(name: str, manifest: Manifest) -> zipfile.ZipInfo:
    made = datetime.fromisoformat(manifest.made)
    entry = zipfile.ZipInfo(name, (max(made.year, 1980), *made.timetuple()[1:6]))  # a zip knows no earlier year
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | 0o600) << 16
    return entry


def _free(folder: Path) -> int:
    import shutil

    return shutil.disk_usage(folder).free


def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress:
        progress(done, of)
