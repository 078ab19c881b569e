"""Settings to a Library: the only file that names engines, databases and folders."""

from __future__ import annotations

import getpass
import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import Stemmer

import evidence.formats
from evidence.citing import citer
from evidence.core.library import Library
from evidence.core.parts import Parts
from evidence.disk import write_file
from evidence.errors import InputError, LibraryError, NotBuiltError, StorageError, UsageError
from evidence.formats import vocabulary_toml
from evidence.model.vocabulary import Vocabulary
from evidence.ports import SearchIndex, Store
from evidence.search.memory import MemoryIndex
from evidence.store import opening

SETTINGS = "library.toml"
DATABASE = "library.db"
INDEX = "index"
ENGINE = "whoosh"
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
    engine = index or ENGINE
    _engine(engine, path)
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
    if not opening.exists(database):
        return False
    reader = opening.open_reader(database)
    try:
        if not reader.overview().seq:
            return True
    finally:
        reader.close()
    raise UsageError(*_without_settings(database.parent))


def _without_settings(folder: Path) -> tuple[str, str]:
    """What is wrong with a folder that holds a database and no settings, and what mends it."""
    return (
        f"{folder / DATABASE} is there, but {SETTINGS} is missing beside it.",
        f'To use it again, write a file {folder / SETTINGS} with the line: database = "{DATABASE}"',
    )


def open_library(
    path: str | os.PathLike[str] | None = None, *, write: bool = False, who: str | None = None,
    indexing: Callable[[int, int], None] | None = None, engine: str | None = None,
) -> Library:  # fmt: skip
    """Open the library in the folder `path` (see `library_path`); read-only unless `write`.

    `who` signs changes, the login name when None. `indexing` is told what is done, and of how much, while the index is
    brought up to date. `engine`: instead of the one that the settings name. LibraryError: there is none, it is damaged or too new.
    """
    folder = library_path(path)
    settings = _settings(folder)
    target = _target(folder, settings)
    vocabulary = load_vocabulary(folder)
    parts = Parts(
        reader=opening.open_reader(target), store=_opener(target, write=write), index=_engine(engine or settings.index, folder),
        vocabulary=vocabulary, formats=evidence.formats, who=who or _login(), now=_now, spare=MemoryIndex, citer=citer,
        made=f"{vocabulary.version} {Stemmer.version()}", not_searched=settings.not_searched, indexing=indexing,
    )  # fmt: skip
    return Library(parts)


def use_engine(folder: Path, name: str) -> None:
    """Write into the library's settings that its index is made by the engine `name`; the other lines stay."""
    path = folder / SETTINGS
    line = f"index = {_toml(name)}"
    try:
        old = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error}.", "Check the folder's permissions.") from error
    new, found = re.subn(r"(?m)^[ \t]*index[ \t]*=.*$", lambda _: line, old, count=1)
    text = new if found else f"{line}\n{old}"
    try:
        written = tomllib.loads(text).get("index")
    except tomllib.TOMLDecodeError:
        written = None
    if written != name:
        raise LibraryError(f"{path} says in a way of its own which index to use.", f"Write there: {line}")
    write_file(path, text.encode())


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


def _settings(folder: Path) -> Settings:
    try:
        text = (folder / SETTINGS).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError) as error:
        if (folder / DATABASE).is_file() and (folder / DATABASE).stat().st_size:
            raise LibraryError(*_without_settings(folder)) from error
        hint = f"Make one with: evidence init {folder}; or from a backup: evidence -L {folder} restore FILE"
        raise LibraryError(f"There is no library in {folder}.", hint) from error
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


def _engine(name: str, folder: Path) -> SearchIndex:
    """The index `name` of the library in `folder`."""
    if name == "memory":
        return MemoryIndex()
    if name == "whoosh":
        from evidence.search.whoosh_index import WhooshIndex

        return WhooshIndex(folder / INDEX)
    later = name == "tantivy" or name.startswith("opensearch+")
    if later:
        raise NotBuiltError(f"The index engine {name!r} is not built yet.", "There are `whoosh` and `memory`.")
    raise UsageError(f"There is no index engine {name!r}.", "There are `whoosh` and `memory`.")


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no login name on this machine, as in some containers
        return "unknown"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
