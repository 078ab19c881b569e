"""`evidence restore`: a library out of a backup, in a new place, wholly or not at all.

A backup may come from anywhere: nothing of it is trusted before it was checked, and nothing is put anywhere but into a
hidden folder beside the new place, which is renamed when all is well.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from evidence import disk
from evidence.errors import EvidenceError, InputError, LibraryError, StorageError, UsageError
from evidence.ports import Fault
from evidence.store import copying, opening
from evidence.store.reading import SqlReader
from evidence.store.schema import SCHEMA
from evidence.store.sqlite import Connections
from evidence.upkeep import archive, notes, places
from evidence.upkeep import manifest as manifests
from evidence.upkeep.archive import Progress
from evidence.upkeep.manifest import UNSOUND, Manifest
from evidence.upkeep.plain import plain
from evidence.upkeep.workshop import workshop

Reindex = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class Restored:
    """A library that was made out of a backup: its `folder`, the backup's `manifest`, and what a person is to be told."""

    folder: Path
    manifest: Manifest
    said: tuple[str, ...] = ()


def restore(
    file: Path, folder: Path, *, damaged: bool = False, progress: Progress | None = None, reindex: Reindex | None = None
) -> Restored:
    """Make a library in `folder` out of the backup `file`, with the ids, keys, history and settings that it had.

    `damaged`: also out of a backup of a damaged library, with the faults that its manifest tells and no others. `reindex`
    is called with the folder when it is whole; what it fails with is said and harms nothing. UsageError: there is
    something in `folder` already. InputError: `file` is no backup, or a damaged one. LibraryError: a newer one.
    StorageError: the disk does not take it. In each case there is no library in `folder`.
    """
    folder = _free(folder)
    with archive.opened(file) as packed:
        manifest = packed.manifest
        SCHEMA.refuse_newer(manifest.schema)
        if manifest.faults and not damaged:
            raise InputError(_faulty(manifest), f"To restore it all the same: evidence restore --damaged {file} FOLDER")
        _parent(folder)
        with workshop(folder, "restoring a library") as parts:
            library = parts / "library"
            library.mkdir(mode=0o700)
            packed.unpack(library, progress)
            said = _judged(library, manifest, parts)
            notes.note(library, manifest, file.resolve())
            _settled(library)
            folder = _free(folder)
            _put(library, folder)
    if reindex:
        try:
            reindex(folder)
        except EvidenceError as error:
            said.append(f"The index could not be made: {error.message} The next search tries again.")
    return Restored(folder, manifest, tuple(said))


def _free(folder: Path) -> Path:
    """The folder's whole path. UsageError: something is there."""
    try:
        folder = folder.resolve()
        if not folder.exists():
            return folder
        if not folder.is_dir():
            raise UsageError(f"{folder} is a file, no folder.", "Choose another folder.")
        if (folder / manifests.SETTINGS).exists():
            raise UsageError(f"{folder} is a library already.", "Name another folder: evidence -L NEW restore FILE")
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty.", "Name a new folder: evidence -L NEW restore FILE")
    except (OSError, RuntimeError) as error:
        raise UsageError(f"{folder} cannot be used: {error}.", "Choose another folder.") from error
    return folder


def _parent(folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise UsageError(f"{folder} cannot be a folder: a part of it is a file.", "Choose another folder.") from error
    except OSError as error:
        raise StorageError(f"{folder.parent} cannot be made: {error.strerror}.") from error


def _judged(library: Path, manifest: Manifest, parts: Path) -> list[str]:
    """Whether what was unpacked is the library that the manifest tells of; gives what a person is to be told."""
    database = library / manifests.DATABASE
    try:
        if odd := copying.strange(database, parts):
            raise InputError(f"The backup's database is not as ours are: {', '.join(map(plain, odd[:3]))}.", UNSOUND)
        if tuple(sorted(copying.counted(database).items())) != manifest.tables:
            raise InputError("The backup's database has not as many rows as its manifest says.", UNSOUND)
        _known(database, manifest)
        if manifest.schema < SCHEMA.revision:
            opening.open_reader(database).close()
            for copy in library.glob(f"{manifests.DATABASE}.before-*"):  # the backup itself is that copy
                copy.unlink()
        _known(database, manifest)
        _sound(database, manifest)
        settings = library / manifests.SETTINGS
        given = settings.read_bytes()
        settings.write_bytes(places.portable(given))
        places.place(library)
    except LibraryError as error:
        said = error.message.replace(f"{library}{os.sep}", "")  # where it was unpacked is gone by then
        raise InputError(f"What the backup holds is no library that can be used: {plain(said)}", UNSOUND) from error
    told = [f"It was restored with {len(manifest.faults)} faults: see `evidence verify`."] if manifest.faults else []
    if manifest.server or settings.read_bytes() != given:
        told.append(f"The library was kept in another database; it is now in {manifests.DATABASE} in its own folder.")
    return told


def _known(database: Path, manifest: Manifest) -> None:
    with closing(SqlReader(Connections(database))) as reader:
        overview = reader.overview()
        found = (reader.id(), overview.records, overview.seq, reader.mark(overview.seq) or "")
    if found != (manifest.library, manifest.records, manifest.seq, manifest.mark):
        raise InputError("The backup's database is not the one that its manifest tells of.", UNSOUND)


def _sound(database: Path, manifest: Manifest) -> None:
    """InputError at the first fault that the manifest does not tell."""
    with closing(SqlReader(Connections(database))) as reader:
        for one in reader.faults():
            if one not in manifest.faults:
                raise InputError(f"The backup's database is damaged: {_words(one)}.", UNSOUND)


def _settled(library: Path) -> None:
    """Everything on the disk, with the permissions of a new library."""
    copying.settle(library / manifests.DATABASE)
    for path in (*library.rglob("*"), library):
        with suppress(IsADirectoryError, PermissionError):
            disk.sync(path)


def _put(library: Path, folder: Path) -> None:
    if os.name == "nt" and folder.is_dir():  # only elsewhere does a folder take the place of an empty one
        folder.rmdir()
    library.rename(folder)
    disk.sync(folder.parent)


def _faulty(manifest: Manifest) -> str:
    return (
        f"The library was damaged when this backup was made ({len(manifest.faults)} faults, "
        f"the first in {_words(manifest.faults[0])})."
    )


def _words(fault: Fault) -> str:
    return f"{plain(fault.where)}: {plain(fault.what)}"
