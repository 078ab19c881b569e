"""A copy that is changed: a batch becomes a segment, and small segments become larger ones.

Always in this order: new files are seen onto the disk, then the manifest that names them, then older files are thrown
away. Whatever stops it, the manifest on the disk names files that are whole.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path

from evidence.disk import sync, write_file
from evidence.errors import StorageError
from evidence.model.query import Document
from evidence.ports import Standing
from evidence.search.packing import encoded
from evidence.search.whoosh_building import write_documents, write_merged
from evidence.search.whoosh_copies import Copy, folder_of, open_segment
from evidence.search.whoosh_files import Damaged
from evidence.search.whoosh_manifest import LEFT_OVER, MANIFEST, SEGMENT, Listed, Manifest, manifest_bytes
from evidence.search.whoosh_segment import KEY, Segment

_WORDS = 400_000  # words of one segment that is built in memory, so that memory stays bounded
_ALIKE = 4  # so many segments of about the same size are put together
_MANY = 24  # more segments than these are put together, however long it takes
_AT_ONCE, _TIMES = 500, 20  # documents that a batch writes anew for it: so many, or so many times its own


class Generation:
    """The copy with `number`. After an error, or when it is not `tidy`, it is of no use: the disk is to be asked."""

    def __init__(self, folder: Path, number: int, copy: Copy | None) -> None:
        self.number = number
        self.tidy = True
        self.manifest = copy.manifest if copy else None
        self._place = folder_of(folder, number)
        self._segments = dict(copy.segments) if copy else {}  # by SHA-256
        sweep(self._place, [one.name for one in self.manifest.segments] if self.manifest else ())

    def take(self, documents: Sequence[Document], gone: Collection[str], standing: Standing) -> None:
        """One batch, wholly or not at all. StorageError: not at all."""
        self.tidy = False
        old = self.manifest or Manifest(standing)
        newest = {document.key: document for document in documents}
        dead = self._dead(chain(gone, newest))
        added = []
        try:
            for number, part in enumerate(_parts(newest.values()), old.next):
                added.append(self._written(number, part))
        except OSError as error:
            raise StorageError(f"{self._place} cannot be written: {error.strerror or error}.") from error
        left = [replace(one, dead=one.dead | dead[one.name]) if one.name in dead else one for one in old.segments]
        self._commit(Manifest(standing, _ordered([*left, *added]), old.next + len(added)))
        with suppress(StorageError, OSError, Damaged):  # the batch is in, and the next one tries again
            self._merge(max(_AT_ONCE, _TIMES * len(newest)))
            self.tidy = True

    def _written(self, number: int, documents: Sequence[Document]) -> Listed:
        name = f"s{number:06}"
        size, sha256 = write_documents(self._place / name, documents)
        return Listed(name, len(documents), size, sha256)

    def _dead(self, keys: Iterable[str]) -> dict[str, set[int]]:
        """The documents that have one of `keys` now, by segment."""
        terms = [KEY + encoded(key) for key in keys]
        dead: defaultdict[str, set[int]] = defaultdict(set)
        try:
            for one in self.manifest.segments if self.manifest else ():
                segment = self._segment(one)
                for row in chain.from_iterable(map(segment.rows, terms)):
                    dead[one.name].update(segment.unpacked(row))
        except Damaged as error:
            raise StorageError(f"The index cannot be read: {error}.") from error
        return dead

    # --- the disk ------------------------------------------------------------------------------------------------

    def _segment(self, one: Listed) -> Segment:
        """A segment of this copy; what was just written is read back, and so checked."""
        if one.sha256 not in self._segments:
            self._segments[one.sha256] = open_segment(self._place, one)
        return self._segments[one.sha256]

    def _commit(self, manifest: Manifest) -> None:
        """Let `manifest` count, and throw away what it does not name. StorageError: the older one still counts."""
        path, data = self._place / MANIFEST, manifest_bytes(manifest)
        before = manifest_bytes(self.manifest) if self.manifest else None
        try:
            sync(self._place)
            write_file(path, data)
        except (StorageError, OSError) as error:
            _restore(path, data, before)
            if isinstance(error, StorageError):
                raise
            raise StorageError(f"{path} cannot be written: {error.strerror or error}.") from error
        older = self.manifest.segments if self.manifest else ()
        self.manifest = manifest
        names = {one.name for one in manifest.segments}
        for one in older:
            if one.name not in names:
                self._segments.pop(one.sha256, None)
                with suppress(OSError):  # Windows, while another process reads it: swept later
                    (self._place / one.name).unlink()

    def _merge(self, most: int) -> None:
        """Put small segments together, until there are few of each size; see `to_merge`."""
        while self.manifest and (chosen := to_merge(self.manifest.segments, most)):
            old = self.manifest
            name = f"s{old.next:06}"
            parts = [(self._segment(one), one.dead) for one in chosen]
            size, sha256 = write_merged(self._place / name, parts)
            new = Listed(name, sum(one.live for one in chosen), size, sha256)
            left = [one for one in old.segments if one not in chosen]
            self._commit(Manifest(old.standing, _ordered([*left, new]), old.next + 1))


def to_merge(segments: Sequence[Listed], most: int) -> list[Listed]:
    """Those that are to become one: four of a size with all smaller ones, or what is dead to a third; [] for none.

    So a document is written anew as often as its library quadruples, and there are some 3 log4 N segments of N
    documents. More than `most` documents are written only when there are many segments, or two thirds of one are dead:
    who changes one record must not wait for a library.
    """
    for one in segments:
        if len(one.dead) * 3 > one.documents * (1 if one.live <= most else 2):
            return [one]
    chosen: list[Listed] = []
    for size in sorted({_size(one.live) for one in segments}):
        smaller = [one for one in segments if _size(one.live) <= size]
        becomes = _size(sum(one.live for one in chosen))
        if chosen and becomes < size:
            break
        alike = sum(_size(one.live) == size for one in smaller) + (1 if chosen and becomes == size else 0)
        few = sum(one.live for one in smaller) <= most
        if alike >= _ALIKE and (few or (len(segments) > _MANY and not chosen)):
            chosen = smaller
    return chosen


def _size(documents: int) -> int:
    """Like numbers for from 1, 2 to 7, 8 to 31, 32 to 127 … documents."""
    return documents.bit_length() // 2


def _ordered(segments: Iterable[Listed]) -> tuple[Listed, ...]:
    """Those that hold anything, the largest first: its documents' numbers need no moving."""
    return tuple(sorted((one for one in segments if one.live), key=lambda one: -one.documents))


def _parts(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """`documents` in runs of bounded size."""
    part: list[Document] = []
    words = 0
    for document in documents:
        part.append(document)
        words += sum(map(len, document.words.values()))
        if words > _WORDS:
            yield part
            part, words = [], 0
    if part:
        yield part


def _restore(path: Path, data: bytes, before: bytes | None) -> None:
    """Put the older manifest back, should the newer one have come to stand although not all went well."""
    with suppress(OSError, StorageError):
        if path.read_bytes() == data:
            if before is None:
                path.unlink()
            else:
                write_file(path, before)


def sweep(folder: Path, names: Collection[str]) -> None:
    """Take away files that were being written when a process was killed: ours that are not among `names`."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            ours = SEGMENT.fullmatch(entry.name) or LEFT_OVER.fullmatch(entry.name)
            if ours and entry.name not in names and not entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    Path(entry.path).unlink()
