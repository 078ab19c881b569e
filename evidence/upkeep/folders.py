"""The folder that a library lives in: on what disk, who may write, what was left there."""

from __future__ import annotations

import mmap
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from evidence import disk
from evidence.errors import EvidenceError
from evidence.upkeep import notes
from evidence.upkeep.finding import Finding, Noted, Patient, sized, told
from evidence.upkeep.workshop import SUFFIX

# Names of folders that a program copies to other machines behind our back, folded; and files that it leaves at their top.
_SYNCED = (
    ("dropbox", "Dropbox"), ("onedrive", "OneDrive"), ("mobile documents", "iCloud"), ("icloud drive", "iCloud"),
    ("google drive", "Google Drive"), ("googledrive", "Google Drive"), ("my drive", "Google Drive"),
    ("cloudstorage", "a cloud drive"), ("nextcloud", "Nextcloud"), ("owncloud", "ownCloud"), ("syncthing", "Syncthing"),
    ("box sync", "Box"), ("pclouddrive", "pCloud"), ("seafile", "Seafile"), ("seadrive", "Seafile"), ("megasync", "MEGA"),
    ("proton drive", "Proton Drive"), ("yandex.disk", "Yandex Disk"),
)  # fmt: skip
_MARKS = (
    (".dropbox", "Dropbox"), (".dropbox.cache", "Dropbox"), (".stfolder", "Syncthing"), (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"), (".tmp.drivedownload", "Google Drive"), (".seafile-data", "Seafile"),
    (".sync/ID", "Resilio Sync"),
)  # fmt: skip
_NETWORK = frozenset(
    (
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "9p", "afs", "ncpfs", "ceph", "glusterfs", "lustre", "davfs", "coda",
        "beegfs", "gpfs", "ocfs2", "gfs2", "vboxsf", "vmhgfs", "prl_fs", "drvfs",
    )
)  # fmt: skip
_NETWORK_FUSE = (
    "sshfs",
    "rclone",
    "s3fs",
    "gcsfuse",
    "davfs",
    "glusterfs",
    "ceph",
    "vmhgfs",
    "goofys",
    "onedrive",
    "google",
)
_MOVE = "Move it to a local disk: evidence backup FILE, then: evidence -L NEW restore FILE"
_LOW, _LOWEST = 200_000_000, 50_000_000  # bytes


def is_there(patient: Patient) -> Iterator[Finding | Noted]:
    """Whether there is a folder that can be read."""
    folder = patient.folder
    yield Noted("library", "folder", str(folder))
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "is not there"
        named = shlex.quote(str(folder))
        mend = f"Make a library: evidence init {named}; or from a backup: evidence -L {named} restore FILE"
        yield Finding(str(folder), f"the library's folder {what}", mend, grave=True)
    elif not os.access(folder, os.R_OK | os.X_OK):
        yield Finding(str(folder), "the folder may not be read", f"chmod u+rwx {folder}", grave=True)


def place(patient: Patient) -> Iterator[Finding | Noted]:
    """Whether the disk is one on which SQLite keeps its promises."""
    kind = file_system(patient.folder, patient.around.mounts)
    yield Noted("disk", "file system", kind)
    server = patient.place is not None and patient.file is None
    if kind and is_network(kind) and not server:
        what = f"it is on a network file system ({kind}), where SQLite's locks and its log are not to be relied on"
        yield Finding(str(patient.folder), what, f"{_MOVE}; or keep the library in PostgreSQL.", grave=True)
    if by := synced_by(patient.folder):
        what = (
            f"it is in a folder that {by} copies while it changes: a copy of the half of a change is a damaged library"
        )
        yield Finding(str(patient.folder), what, f"{_MOVE}. A backup file may lie in a synced folder.", grave=True)


def space(patient: Patient) -> Iterator[Finding | Noted]:
    """Whether the disk has room."""
    if not patient.folder.is_dir():
        return
    free = patient.around.free(patient.folder)
    size = sized(patient.file) if patient.file else 0
    yield Noted("disk", "free bytes", free)
    if free < _LOWEST:
        yield Finding(str(patient.folder), f"only {told(free)} are free on its disk", "Free some space.", grave=True)
    elif free < max(3 * size, _LOW):
        what = f"{told(free)} are free on its disk; an upgrade or a new index may need {told(max(3 * size, _LOW))}"
        yield Finding(str(patient.folder), what, "Free some space.")


def permissions(patient: Patient) -> Iterator[Finding | Noted]:
    """Who may write here: others could put an index there that runs their code, or change records."""
    if os.name == "nt" or not patient.folder.is_dir():
        return
    for path in (patient.folder, patient.folder / "index", patient.file):
        if path is None or not path.exists():
            continue
        found = path.stat()
        if found.st_mode & 0o022:
            yield Finding(str(path), "others may write to it", f"chmod -R go-w {path}", grave=True)
        elif found.st_mode & 0o044 and path == patient.folder:
            yield Finding(str(path), "others may read it", f"chmod go-rwx {path}")
        if found.st_uid not in {os.geteuid(), patient.folder.stat().st_uid}:
            what = "it belongs to another user than the library's folder"
            yield Finding(
                str(path), what, "Remove it if it is not yours, then: evidence reindex", grave=path.name == "index"
            )
    if patient.file and patient.file.exists() and not os.access(patient.file, os.W_OK):
        yield Finding(str(patient.file), "it can be read, and not written to", f"chmod u+w {patient.file}")


def self_test(patient: Patient) -> Iterator[Finding | Noted]:
    """Whether what we rely on works here: a file in memory, a lock, a rename, seeing bytes to the disk."""
    folder = patient.folder
    if not folder.is_dir():
        return
    if not os.access(folder, os.W_OK):
        yield Finding(
            str(folder), "the folder can be read, and not written to", f"To change the library: chmod u+w {folder}"
        )
        return
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".doctor-") as scratch:
            _tried(Path(scratch))
    except (OSError, ValueError, EvidenceError) as error:
        what = f"a trial of the disk failed: {getattr(error, 'message', error)}"
        yield Finding(str(folder), what, f"Look at the disk; else {_MOVE[0].lower()}{_MOVE[1:]}", grave=True)


def _tried(scratch: Path) -> None:
    one, other = scratch / "one", scratch / "other"
    with one.open("x+b") as file:
        file.write(b"evidence" * 512)
        file.flush()
        os.fsync(file.fileno())
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as seen:
            if seen[:8] != b"evidence":
                raise ValueError("a file in memory is not the file on the disk")
    with disk.held(scratch / "lock", "a trial", 0):
        one.replace(other)
        disk.sync(scratch)
    if one.exists() or other.read_bytes() != b"evidence" * 512:
        raise ValueError("a renamed file is not what it was")


def leftovers(patient: Patient) -> Iterator[Finding | Noted]:
    """What killed processes and upgrades left behind."""
    folder = patient.folder
    made = [folder, *([last.file] if (last := notes.noted(folder)) else [])]
    parts = [one.parent / f".{one.name}{SUFFIX}" for one in made]
    for one in (*(one for one in parts if os.path.lexists(one)), *_left(folder)):
        what = f"a killed process left it ({told(sized(one))}), unless one is at work just now"
        yield Finding(str(one), what, f"rm -r {shlex.quote(str(one))}")
    for one in sorted(folder.glob("*.before-*")):
        age = (patient.around.now - datetime.fromtimestamp(one.stat().st_mtime, UTC)).days
        what = f"the copy that was made before an upgrade, {age} days ago ({told(sized(one))})"
        mend = f"When the library is well (evidence verify) and backed up: rm {shlex.quote(str(one))}"
        yield Finding(str(one), what, mend)


def _left(folder: Path) -> Iterator[Path]:
    """What lies in a library's folder and its cache because a process was killed while it wrote it."""
    for one in sorted(folder.glob("*")) if folder.is_dir() else ():
        if re.search(r"\.part$|^\.(library|doctor-|index)|\.evidence-part$", one.name):
            yield one
    for pattern in (".backup.json.*", ".vocabulary-*"):
        yield from sorted((folder / "cache").glob(pattern))


def file_system(folder: Path, mounts: str) -> str | None:
    """The type of the file system that `folder` is on, by the text of /proc/self/mountinfo; None: not known."""
    if str(folder).startswith(("\\\\", "//")):
        return "smb3"  # a Windows share
    best, kind = "", None
    for line in mounts.splitlines():
        left, parted, right = line.partition(" - ")
        fields = left.split(" ")
        if not parted or len(fields) < 5 or not right:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found.group(1), 8)), fields[4])
        inside = str(folder) == point or str(folder).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):  # of two at one place the later one lies above
            best, kind = point, right.split(" ")[0]
    return kind


def is_network(kind: str) -> bool:
    """Whether a type of file system lies on another machine (or passes files on to another system)."""
    name, _, of = kind.partition(".")
    return name in _NETWORK or (name == "fuse" and any(word in of for word in _NETWORK_FUSE))


def synced_by(folder: Path) -> str | None:
    """The program that copies `folder` to other machines, by the names of folders and by its marks; None: none is known."""
    for part in folder.parts:
        folded = part.casefold()
        for word, by in _SYNCED:
            if folded == word or folded.startswith((f"{word} - ", f"{word}-", f"{word} (")):
                return by
    for above in (folder, *folder.parents):
        for mark, by in _MARKS:
            try:
                if (above / mark).exists() and not (mark == ".dropbox" and above == Path.home()):
                    return by
            except (OSError, RuntimeError):
                continue
    return None
