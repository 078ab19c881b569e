"""`evidence backup`: the whole library into one verified file.

Copied, checked, packed, seen to the disk and read back, all in a folder beside; only then does it take the place of an
older backup. Whatever goes wrong before, the older one is as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from evidence import disk
from evidence.errors import InputError, LibraryError, StorageError, UsageError
from evidence.ports import Fault, StoreReader
from evidence.store import copying, opening
from evidence.store.reading import SqlReader
from evidence.store.sqlite import Connections
from evidence.upkeep import archive, notes, places
from evidence.upkeep import manifest as manifests
from evidence.upkeep.archive import Progress
from evidence.upkeep.manifest import Manifest
from evidence.upkeep.workshop import SUFFIX, workshop


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made: the `file`, its size and SHA-256, and the manifest in it."""

    file: Path
    bytes: int
    sha256: str
    manifest: Manifest


def backup(folder: Path, file: Path, *, damaged: bool = False, progress: Progress | None = None) -> Backup:
    """Write the library in `folder` into `file`, in place of an older backup of it, which it holds wholly.

    `damaged`: also when the library is; then nothing is replaced, and the manifest tells the faults. `progress` is told
    what is done of each step, and of how much. UsageError: `file` is something else, or lies in the library. LibraryError:
    there is no library, or it is damaged. BusyError: another process writes `file`. StorageError: the disk does not take it.
    """
    where = places.place(folder)
    file = _named(file, folder)
    opening.open_reader(where.database).close()  # an older library is upgraded, or refused
    with workshop(file, "making a backup") as parts:
        _refuse_replacing(file, damaged=damaged)
        manifest, files = _gathered(where, parts, progress)
        if manifest.faults and not damaged:
            raise LibraryError(_told(manifest.faults), _FORCE)
        _refuse_losing(file, parts / manifests.DATABASE, manifest)
        packed = parts / "packed.zip"
        archive.write(packed, manifest, files, progress)
        _read_back(packed, manifest, progress)
        made = archive.sized(str(file), packed)
        packed.replace(file)
        disk.sync(file.parent)
    if not manifest.faults or notes.noted(folder) is None:  # a sound one stays the one to go back to
        notes.note(folder, manifest, file)
    return Backup(file, made.bytes, made.sha256, manifest)


def _named(file: Path, folder: Path) -> Path:
    """The file's whole path, links followed."""
    try:
        file, folder = file.resolve(), folder.resolve()
    except (OSError, RuntimeError) as error:
        raise UsageError(f"{file} cannot be a file's name: {error}.") from error
    if str(file.name) == "-":
        raise UsageError("A backup is written to a file, since it is read back.", "Name the file.")
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", f"Name a file in it: {file / 'library-backup.zip'}")
    if file.exists() and not file.is_file():
        raise UsageError(f"{file} is no file.", "Name a file; a backup is read back when it is written.")
    if file.is_relative_to(folder):
        raise UsageError(
            f"{file} lies in the library: what destroys the one destroys the other.",
            "Name a file elsewhere, best on another disk.",
        )
    return file


def _gathered(where: places.Place, parts: Path, progress: Progress | None) -> tuple[Manifest, list[Path]]:
    """The members as files in `parts`, checked, and the manifest that names them."""
    database = parts / manifests.DATABASE
    counts = copying.copy(where.database, database, progress)
    settings = parts / manifests.SETTINGS
    settings.write_bytes(places.portable((where.folder / manifests.SETTINGS).read_bytes()))
    members = {manifests.DATABASE: database, manifests.SETTINGS: settings}
    for term_file in places.vocabulary(where.folder):
        name = f"{manifests.VOCABULARY}{term_file.name}"
        if not manifests.allowed(name):
            raise UsageError(
                f"{term_file} cannot be in a backup: its name is one that not every system takes.", "Rename it."
            )
        members[name] = parts / f"{len(members)}.toml"
        members[name].write_bytes(term_file.read_bytes())
    connections = Connections(database)
    with closing(SqlReader(connections)) as reader:
        overview = reader.overview()
        manifest = Manifest(
            made=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            program=f"evidence {version('evidence')}",
            schema=connections.revision,
            library=reader.id(), records=overview.records, seq=overview.seq, mark=reader.mark(overview.seq) or "",
            tables=tuple(sorted(counts.items())),
            members=tuple(archive.sized(name, path) for name, path in members.items()),
            server=isinstance(where.database, str),
            faults=tuple(reader.faults()),
        )  # fmt: skip
    return manifest, list(members.values())


def _read_back(packed: Path, manifest: Manifest, progress: Progress | None) -> None:
    try:
        with archive.opened(packed) as back:
            back.check(progress)
            same = back.manifest == manifest
    except InputError as error:
        raise StorageError(f"The disk does not give back what was written: {error.message}", _LYING) from error
    if not same:
        raise StorageError("The disk does not give back the manifest that was written.", _LYING)


def _refuse_replacing(file: Path, *, damaged: bool) -> None:
    if damaged and file.exists():
        raise UsageError(f"{file} is there already, and a damaged library replaces no backup.", "Name a new file.")


def _refuse_losing(file: Path, database: Path, manifest: Manifest) -> None:
    """UsageError unless `file` is no more than an earlier backup of the library as it is in `database`."""
    if not file.exists() or not file.stat().st_size:
        return
    try:
        with archive.opened(file) as old:
            before = old.manifest
    except (InputError, LibraryError) as error:
        raise UsageError(f"{file} is there already, and no backup that can be read: {error.message}", _OTHER) from error
    if before.library != manifest.library:
        raise UsageError(f"{file} is a backup of another library.", _OTHER)
    with closing(SqlReader(Connections(database))) as reader:
        if not _holds(reader, before):
            raise UsageError(f"{file} holds changes (of {before.made}) that this library does not have.", _OTHER)


def _holds(reader: StoreReader, before: Manifest) -> bool:
    return reader.mark(before.seq) == before.mark


def _told(faults: Sequence[Fault]) -> str:
    said = "; ".join(f"{one.where}: {one.what}" for one in faults[:5])
    more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
    return f"The library is damaged, so no backup was made or replaced. {said}{more}."


_FORCE = (
    "`evidence verify` names every fault. To keep what there is, in a new file: evidence backup --damaged FILE. "
    "To go back to a good one: evidence -L NEW restore FILE"
)
_LYING = "An older backup is as it was. Check that disk, or name a file on another one."
_OTHER = "It is left as it is. Name another file, or move that one away."
__all__ = ["SUFFIX", "Backup", "backup"]
