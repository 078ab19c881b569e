"""The power cut: a program at work on a file system of its own, and a picture of what its disk holds at some moment.

The file system is ext4 in a file, which writes its journal back only when it is told to; the file's copy holds what a
disk would hold whose power goes, and what only the page cache held is not in it. The copy is mounted and looked at.
It models lost caches on ext4, not torn sectors. Needs root.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evidence.wiring import open_library
from tests.faults.calling import ROOT, driver, environment
from tests.faults.driver import CONTROL
from tests.faults.libraries import State, differences, entries, faults, new_library, state

FILES, EACH = 30, 20  # files that are imported one after the other, and the entries of each
_SIZE = 96 << 20  # bytes of the file system
_TOOLS = ("mkfs.ext4", "mount", "umount", "cp", "sync")


@dataclass(frozen=True, slots=True)
class Feed:
    """What is imported: a library to begin with, the files, and what a library shows that has them all."""

    library: Path
    files: tuple[Path, ...]
    whole: State


@dataclass(frozen=True, slots=True)
class Cut:
    """What one cut left: records acknowledged, records found, how many the index was said to hold and lacked, and faults.

    `usable` says whether the index on the disk could be gone on with; else it was made anew.
    """

    lines: int
    acknowledged: int
    found: int
    indexed: int
    waiting: int
    usable: bool
    complaints: tuple[str, ...]


def missing() -> str:
    """Why no power can be cut here; "" when it can."""
    if not sys.platform.startswith("linux"):
        return "loop devices and ext4 are for Linux"
    if os.geteuid():
        return "only root may mount a file system"
    if lacking := [tool for tool in _TOOLS if shutil.which(tool, path=_path()) is None]:
        return f"{lacking[0]} is not installed"
    with tempfile.TemporaryDirectory() as folder:
        try:
            with disk(Path(folder) / "tried.img", Path(folder) / "tried"):
                return ""
        except subprocess.CalledProcessError as error:
            return f"a file system in a file cannot be mounted here: {error.stderr.decode(errors='replace').strip()}"


def prepared(folder: Path, index: str | None = None) -> Feed:
    """The library and files of every cut."""
    made = entries(FILES * EACH)
    files = []
    for number in range(FILES):
        file = folder / f"{number:02}.bib"
        file.write_text("\n".join(made[number * EACH : (number + 1) * EACH]), "utf-8")
        files.append(file)
    library = new_library(folder, files[0].name, index=index)
    whole = Path(shutil.copytree(folder, folder.with_name("whole")))
    with open_library(whole / "library", write=True, who="tester") as opened:
        for file in files:
            with file.open("rb") as stream:
                opened.import_file(file.name, stream)
    return Feed(library, tuple(files[1:]), state(whole / "library"))


def cut(feed: Feed, folder: Path, lines: int, wait: float, control: str = "") -> Cut:
    """Feed the library, and cut the power `wait` seconds after the `lines`-th thing that was said."""
    picture = folder / "picture.img"
    with disk(folder / "disk.img", folder / "disk") as place:
        library = Path(shutil.copytree(feed.library, place / "library"))
        subprocess.run(["sync", "-f", str(place)], check=True)
        command = driver("feed", library, *feed.files)
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, cwd=ROOT, env=environment(**{CONTROL: control})
        ) as process:
            try:
                said = _stopped(process, lines, wait)
                subprocess.run(["cp", "--sparse=always", str(folder / "disk.img"), str(picture)], check=True)
            finally:
                process.kill()
    with mounted(picture, folder / "after") as place:
        return _looked_at(place / "library", feed, said)


def _stopped(process: subprocess.Popen[bytes], lines: int, wait: float) -> list[str]:
    """What the process had said when it was stopped."""
    assert process.stdout
    pipe = process.stdout.fileno()
    said = b""
    while said.count(b"\n") < lines and (more := os.read(pipe, 4096)):
        said += more
    time.sleep(wait)
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    os.set_blocking(pipe, False)
    try:
        while more := os.read(pipe, 4096):
            said += more
    except BlockingIOError:
        pass
    return said.decode().splitlines()


def _looked_at(library: Path, feed: Feed, said: list[str]) -> Cut:
    done = [line.split() for line in said]
    acknowledged = EACH + sum(int(words[2]) for words in done if words[0] == "stored")
    indexed = EACH * (1 + sum(words[0] == "indexed" for words in done))
    try:
        with open_library(library) as opened:
            lag = opened.lag()
            found = opened.overview().records
        complaints = [*faults(library), *_wrong(library, feed, acknowledged)]
    except Exception as error:  # noqa: BLE001  (whatever the program raises here is what is looked for)
        return Cut(
            len(said), acknowledged, 0, indexed, 0, usable=False, complaints=(f"{type(error).__name__}: {error}",)
        )
    if lag.usable and found - lag.waiting < indexed:
        complaints.append(f"the index was said to hold {indexed} and lacks {lag.waiting} of {found}")
    return Cut(len(said), acknowledged, found, indexed, lag.waiting, lag.usable, tuple(complaints))


def _wrong(library: Path, feed: Feed, acknowledged: int) -> Iterator[str]:
    now = state(library)
    if len(now.records) < acknowledged:
        yield f"{acknowledged - len(now.records)} acknowledged records are lost"
    if len(now.records) % EACH:
        yield f"{len(now.records)} records are no whole number of batches"
    if changed := [key for key, digest in now.records.items() if feed.whole.records.get(key) != digest]:
        yield f"{len(changed)} records are not as they were stored: {', '.join(changed[:3])}"
    for wrong in differences(now, state(library, engine="memory")):
        yield f"against an index in memory: {wrong}"
    yield from faults(library)


@contextmanager
def disk(image: Path, at: Path) -> Iterator[Path]:
    """A new ext4 in the file `image`, mounted at `at` until the block ends; it writes back only what it is told to."""
    with image.open("wb") as file:
        file.truncate(_SIZE)
    _run("mkfs.ext4", "-q", "-F", str(image))
    with mounted(image, at, "commit=300") as place:
        yield place


@contextmanager
def mounted(image: Path, at: Path, *options: str) -> Iterator[Path]:
    """The file system in `image` at the folder `at`, until the block ends, whatever happens in it."""
    at.mkdir(exist_ok=True)
    _run("mount", "-o", ",".join(("loop", *options)), str(image), str(at))
    try:
        yield at
    finally:
        gc.collect()  # a connection that nobody closed would keep the place busy
        if subprocess.run(["umount", str(at)], check=False, capture_output=True, env={"PATH": _path()}).returncode:
            _run("umount", "-l", str(at))


def apart(argv: Sequence[str]) -> None:
    """Go on in a name space of its own, whose mounts go when it ends, however it ends."""
    if "FAULTS_APART" not in os.environ and shutil.which("unshare"):
        os.environ["FAULTS_APART"] = "1"
        words = ["unshare", "--mount", "--propagation", "private", sys.executable, *argv]
        os.execvp("unshare", words)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, env={"PATH": _path()})


def _path() -> str:
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
