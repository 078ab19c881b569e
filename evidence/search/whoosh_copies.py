"""The copies in the index's folder: which is searched, whether it is whole and sound, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from evidence.ports import Fault
from evidence.search.whoosh_files import Damaged, read_file, read_text
from evidence.search.whoosh_lists import WhooshLists
from evidence.search.whoosh_manifest import CURRENT, GENERATION, MANIFEST, Listed, Manifest, read_manifest, unsigned
from evidence.search.whoosh_segment import Segment

_TRIES = 10  # times that a copy is opened anew because another process has just changed it
Stamp = tuple[object, ...]


@dataclass(frozen=True)
class Copy:
    """A copy whose every file is as it was written. `number` is its generation's."""

    number: int
    manifest: Manifest
    segments: Mapping[str, Segment]  # by SHA-256
    lists: WhooshLists

    @property
    def whole(self) -> bool:
        """Whether it holds all that it is to hold."""
        return self.manifest.standing.last is None


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found in the folder: the copy to be searched, if there is one, and what could not be trusted.

    `current` is the generation that is said to be searched, `stamp` what the folder looked like.
    """

    copy: Copy | None = None
    damages: tuple[Damaged, ...] = ()
    current: int | None = None
    stamp: Stamp = ()


def folder_of(folder: Path, number: int) -> Path:
    """The folder of a generation."""
    return folder / f"g{number:04}"


def generations(folder: Path) -> list[int]:
    """The numbers of the generations that have a folder, the newest first."""
    found = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = GENERATION.fullmatch(entry.name)
            if name and entry.is_dir(follow_symlinks=False) and folder_of(folder, int(name[1])).name == entry.name:
                found.append(int(name[1]))
    return sorted(found, reverse=True)


def begun(folder: Path) -> list[int]:
    """Those of the generations that hold a batch, the newest first."""
    return [number for number in generations(folder) if os.path.lexists(folder_of(folder, number) / MANIFEST)]


def stamp(folder: Path) -> Stamp:
    """What changes with every change of the index: cheap to look at."""
    paths = [folder / CURRENT, *(folder_of(folder, number) / MANIFEST for number in generations(folder))]
    return tuple(_stamp(path) for path in paths)


def _stamp(path: Path) -> Stamp:
    try:
        found = path.lstat()
    except OSError:
        return (path.parent.name, None)
    return (path.parent.name, found.st_ino, found.st_mtime_ns, found.st_size)


def read_current(folder: Path) -> int | None:
    """The generation that is searched; None: none was chosen. Damaged: the file that says so cannot be trusted."""
    try:
        text = unsigned(read_text(folder / CURRENT, CURRENT, 1000), CURRENT).decode("ascii", "replace")
    except FileNotFoundError:
        return None
    name = GENERATION.fullmatch(text)
    if not name:
        raise Damaged(CURRENT, "names no copy")
    return int(name[1])


def open_index(folder: Path, known: Copy | None = None) -> Opened:
    """What is in the folder, every file checked whole; nothing is changed. Segments of `known` are not read again."""
    segments = dict(known.segments) if known else {}
    for _ in range(_TRIES):
        now = stamp(folder)
        found = _open_index(folder, segments, now)
        # Another process may have thrown away what was just being read; what could be read is not read again.
        if not found.damages or stamp(folder) == now:
            break
    return found


def _open_index(folder: Path, known: dict[str, Segment], now: Stamp) -> Opened:
    """The copy that is said to be searched; without a sound one, the newest whole one, or else one in the making."""
    damages: list[Damaged] = []
    current = None
    try:
        current = read_current(folder)
    except Damaged as damage:
        damages.append(damage)
    chosen = None if current is None else _try(folder, current, known, damages)
    if chosen is None:
        others = [_try(folder, number, known, damages) for number in begun(folder) if number != current]
        chosen = next((copy for copy in others if copy and copy.whole), None) or next(filter(None, others), None)
    return Opened(chosen, tuple(damages), current, now)


def _try(folder: Path, number: int, known: dict[str, Segment], damages: list[Damaged]) -> Copy | None:
    try:
        return open_copy(folder, number, known)
    except Damaged as damage:
        damages.append(damage)
        return None


def open_copy(folder: Path, number: int, known: dict[str, Segment] | None = None) -> Copy:
    """A generation, every file checked whole. Damaged: what is wrong with the first that is not sound.

    Segments that are `known`, by SHA-256, are not read; those that are read are put there.
    """
    place = folder_of(folder, number)
    manifest = _manifest(place)
    known = {} if known is None else known
    for one in manifest.segments:
        if one.sha256 not in known:
            known[one.sha256] = open_segment(place, one)
    segments = {one.sha256: known[one.sha256] for one in manifest.segments}
    return Copy(number, manifest, segments, WhooshLists((segments[one.sha256], one.dead) for one in manifest.segments))


def open_segment(place: Path, one: Listed) -> Segment:
    """A segment of the generation in `place`. Damaged: its file is not the one that was written."""
    where = f"{place.name}/{one.name}"
    try:
        segment = Segment(where, read_file(place / one.name, where, one.size, one.sha256))
    except FileNotFoundError as error:
        raise Damaged(where, "is missing") from error
    if segment.documents != one.documents:
        raise Damaged(where, "does not hold what its manifest says")
    return segment


def _manifest(place: Path) -> Manifest:
    where = f"{place.name}/{MANIFEST}"
    if place.is_symlink():
        raise Damaged(place.name, "is a link")
    try:
        return read_manifest(place, where)
    except FileNotFoundError as error:
        raise Damaged(where, "is missing") from error


def faults_of(folder: Path) -> list[Fault]:
    """All that is wrong with the copy that is searched, file by file, each read whole."""
    for _ in range(_TRIES):
        now = stamp(folder)
        found = [_fault(damage) for damage in _damages(folder)]
        if not found or stamp(folder) == now:
            break
    return found


def _damages(folder: Path) -> Iterator[Damaged]:
    try:
        current = read_current(folder)
    except Damaged as damage:
        yield damage
        current = None
    for number in begun(folder) if current is None else [current]:
        place = folder_of(folder, number)
        try:
            manifest = _manifest(place)
        except Damaged as damage:
            yield damage
            continue
        for one in manifest.segments:
            try:
                open_segment(place, one)
            except Damaged as damage:
                yield damage


def _fault(damage: Damaged) -> Fault:
    return Fault(f"index/{damage.where}", damage.what, "Run `evidence reindex`.")
