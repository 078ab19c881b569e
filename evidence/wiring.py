"""Settings to a Library: the only file that names engines, databases and folders."""

from __future__ import annotations

import getpass
import os
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import evidence.formats
from evidence.core.library import Library, Parts
from evidence.errors import InputError, LibraryError, NotBuiltError, StorageError, UsageError
from evidence.formats import vocabulary_toml
from evidence.model.vocabulary import Vocabulary
from evidence.ports import SearchIndex, Store
from evidence.search.memory import MemoryIndex
from evidence.store import opening

SETTINGS = "library.toml"
DATABASE = "library.db"
# Nothing is fetched: no answer covers these until their exports are imported.
NOT_SEARCHED = ("PubMed/MEDLINE", "Embase", "CENTRAL", "CINAHL", "trial registries")


@dataclass(frozen=True, slots=True)
class Settings:
    """`library.toml`: the database (a file beside it, or an SQLAlchemy URL), the index engine, what is not covered."""

    database: str = DATABASE
    index: str = "memory"
    not_searched: tuple[str, ...] = NOT_SEARCHED


def library_path(given: str | os.PathLike[str] | None = None) -> Path:
    """Where the library is: `given`, else EVIDENCE_LIBRARY, else the platform's folder for a user's data."""
    chosen = given or os.environ.get("EVIDENCE_LIBRARY")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_data_dir("evidence", appauthor=False))


def init_library(path: Path, *, database: str | None = None, index: str | None = None) -> Path:
    """Make an empty library in the folder `path`; gives the folder. UsageError when there is one already."""
    if (path / SETTINGS).exists():
        raise UsageError(f"{path} is a library already.", "Choose another folder, or use this one with --library.")
    engine = index or "memory"
    _engine(engine)
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not any(path.iterdir()):  # a folder that holds other things already stays as it is
            path.chmod(0o700)
    except NotADirectoryError as error:
        raise UsageError(f"{path} cannot be a folder: a part of it is a file.", "Choose another folder.") from error
    except FileExistsError as error:
        raise UsageError(f"{path} is a file, no folder.", "Choose another folder.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be made: {error.strerror}.") from error
    if database or not _left_over(path / DATABASE):
        opening.create(database or path / DATABASE)
    lines = [
        "# An evidence library: see `evidence --help`.",
        f"database = {_toml(database or DATABASE)}",
        f"index = {_toml(engine)}",
        "# What was not searched for this library; every answer says so.",
        f"not_searched = [{', '.join(_toml(one) for one in NOT_SEARCHED)}]",
    ]
    write_file(path / SETTINGS, ("\n".join(lines) + "\n").encode())
    return path


def _left_over(database: Path) -> bool:
    """Whether an earlier `init` was stopped after it had made the database; UsageError when the database is in use."""
    if not database.exists():
        return False
    if database.stat().st_size == 0:
        database.unlink()
        return False
    reader = opening.open_reader(database)
    try:
        if not reader.overview().seq:
            return True
    finally:
        reader.close()
    raise UsageError(
        f"{database} holds records, but {SETTINGS} is missing beside it.",
        f'To use it again, write a file {SETTINGS} with the line: database = "{DATABASE}"',
    )


def open_library(path: str | os.PathLike[str] | None = None, *, write: bool = False, who: str | None = None) -> Library:
    """Open the library in the folder `path` (see `library_path`); read-only unless `write`.

    `who` signs changes, the login name when None. LibraryError: there is none, it is damaged or too new.
    """
    folder = library_path(path)
    settings = _settings(folder)
    target = _target(folder, settings)
    vocabulary = load_vocabulary(folder)
    parts = Parts(
        reader=opening.open_reader(target), store=_opener(target, write=write), index=_engine(settings.index)(),
        vocabulary=vocabulary, formats=evidence.formats, who=who or _login(), now=_now, not_searched=settings.not_searched,
    )  # fmt: skip
    return Library(parts)


def load_vocabulary(folder: Path) -> Vocabulary:
    """The library's own vocabulary when it has the folder, else the shipped one; from its compiled copy if that is new."""
    own = folder / "vocabulary"
    source = own if own.is_dir() else vocabulary_toml.shipped()
    compiled = folder / "cache" / f"vocabulary-{vocabulary_toml.fingerprint(source)[:16]}.json"
    try:
        return vocabulary_toml.from_json(compiled.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        vocabulary = _read_vocabulary(source)
    try:
        compiled.parent.mkdir(mode=0o700, exist_ok=True)
        for old in compiled.parent.glob("vocabulary-*.json"):
            old.unlink()
        write_file(compiled, vocabulary_toml.to_json(vocabulary).encode())
    except (OSError, StorageError):
        return vocabulary  # a library on a read-only disk is read without the copy
    return vocabulary


def _read_vocabulary(folder: Path) -> Vocabulary:
    try:
        return vocabulary_toml.read(folder)
    except InputError as error:
        hint = f"`evidence check-vocabulary {folder}` lists every fault."
        raise LibraryError(f"The library's vocabulary cannot be read: {error.message}", hint) from error


def write_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write `data` whole or not at all: a file beside, flushed to the disk, takes the place of `path`.

    A link is followed, and an old file's permissions are kept; what is no file (a pipe, a device) is written into.
    """
    name = ""
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        mode = path.stat().st_mode & 0o777 if path.exists() else mode
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from error


def _settings(folder: Path) -> Settings:
    try:
        text = (folder / SETTINGS).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LibraryError(f"There is no library in {folder}.", f"Make one with: evidence init {folder}") from error
    except (OSError, ValueError) as error:
        raise LibraryError(
            f"The library in {folder} cannot be read: {error}.", "Check the folder's permissions."
        ) from error
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LibraryError(f"{folder / SETTINGS} cannot be read: {error}.", "Mend that line.") from error
    covered = read.get("not_searched", list(NOT_SEARCHED))
    if not isinstance(covered, list):
        raise LibraryError(f"`not_searched` in {folder / SETTINGS} is no list.", 'Write not_searched = ["Embase"].')
    return Settings(
        str(read.get("database", DATABASE)), str(read.get("index", "memory")), tuple(str(one) for one in covered)
    )


def _target(folder: Path, settings: Settings) -> Path | str:
    return settings.database if "://" in settings.database else folder / settings.database


def _opener(target: Path | str, *, write: bool) -> Callable[[], Store]:
    def open_store() -> Store:
        if not write:
            raise UsageError("This library was opened for reading.", "Open it with open_library(path, write=True).")
        return opening.open_store(target)

    return open_store


def _engine(name: str) -> Callable[[], SearchIndex]:
    if name == "memory":
        return MemoryIndex
    raise NotBuiltError(f"The index engine {name!r} is not built yet.", "This version has the engine `memory`.")


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no login name on this machine, as in some containers
        return "unknown"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
