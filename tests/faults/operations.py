"""What is struck: how its place is made ready, and what must be true of whatever a kill leaves behind.

A place is a folder with a library in `library`, the files to import, and what else the operation needs. Each `left`
yields a sentence for everything that is not as it was promised, and leaves the operation done.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evidence.store.schema import SCHEMA
from tests.faults.calling import ROOT, Told, call
from tests.faults.libraries import FIRST, SECOND, State, differences, faults, keys_of, new_library, state, write_files

BACKUP = "kept.backup"
OLDEST = ROOT / "tests" / "fixtures" / "library-0001.db"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """A place after a kill: what the process had said, and what a library shows that nobody disturbed.

    `before` and `after` are its states without and with the operation, `old` the SHA-256 of the backup that was there.
    """

    place: Path
    said: str
    before: State | None
    after: State
    old: str = ""

    @property
    def library(self) -> Path:
        """The library's folder."""
        return self.place / "library"

    def call(self, *words: object) -> Told:
        """A command on the library, in this process."""
        return call("-L", self.library, *words)

    def shows(self, wanted: State, when: str) -> Iterator[str]:
        """What is not as in `wanted`, records, answers and `verify`."""
        for wrong in (*faults(self.library), *differences(state(self.library), wanted)):
            yield f"{when}: {wrong}"


@dataclass(frozen=True, slots=True)
class Operation:
    """A command that is struck. `words` are its own, `{}` for the place; `library` is where it leaves one."""

    name: str
    words: tuple[str, ...]
    prepare: Callable[[Path, str | None], None]
    left: Callable[[Aftermath], Iterator[str]]
    code: int = 0

    def command(self, place: Path) -> list[str]:
        """The words for the library of `place`."""
        return ["-L", str(place / "library"), *(word.replace("{}", str(place)) for word in self.words)]


# --- import ----------------------------------------------------------------------------------------------------


def _empty(place: Path, index: str | None) -> None:
    write_files(place)
    new_library(place, index=index)


def _filled(place: Path, index: str | None) -> None:
    write_files(place)
    new_library(place, FIRST, index=index)


def _imported(aftermath: Aftermath, file: str) -> Iterator[str]:
    yield from faults(aftermath.library)
    done = max((int(line.split()[2]) for line in aftermath.said.splitlines() if line.startswith("stored ")), default=0)
    receipt = Told(0, aftermath.said).json
    keys = keys_of(aftermath.place / file)
    now, wanted = state(aftermath.library), aftermath.after.records
    for key in keys if receipt and receipt.get("files") else keys[:done]:
        if now.records.get(key) != wanted[key]:
            yield f"{key} was acknowledged and is {'changed' if key in now.records else 'not there'}"
    again = aftermath.call("--json", "import", aftermath.place / file)
    yield from _balanced(again, len(keys), "the next import")
    yield from aftermath.shows(aftermath.after, "after the next import")
    third = aftermath.call("--json", "import", aftermath.place / file)
    yield from _balanced(third, len(keys), "the third import", unchanged=True)


def _balanced(told: Told, read: int, which: str, *, unchanged: bool = False) -> Iterator[str]:
    receipt = told.json or {}
    if told.code or receipt.get("read") != read or receipt["refused"]:
        yield f"{which}: {told}"
    elif unchanged and receipt["unchanged"] != read:
        yield f"{which} changes {read - receipt['unchanged']} records"


# --- init, undo, edit ------------------------------------------------------------------------------------------


def _nothing(place: Path, index: str | None) -> None:
    write_files(place)


def _begun(aftermath: Aftermath) -> Iterator[str]:
    told = aftermath.call("init")
    made = (aftermath.library / "library.toml").exists()
    if told.code and not (told.code == 2 and made and "is a library already" in told.err):
        yield f"the next init: {told}"
    yield from aftermath.shows(aftermath.after, "after the next init")


def _twice_filled(place: Path, index: str | None) -> None:
    write_files(place)
    new_library(place, FIRST, SECOND, index=index)


def _whole_or_not(aftermath: Aftermath, words: tuple[str, ...]) -> Iterator[str]:
    """Either state is right, and only these two; the command, given again where it was not done, does it."""
    assert aftermath.before
    now = state(aftermath.library)
    done = now.records == aftermath.after.records
    yield from aftermath.shows(aftermath.after if done else aftermath.before, "after the kill")
    if not done:
        told = aftermath.call(*words)
        if told.code:
            yield f"{words[0]} again: {told}"
    yield from aftermath.shows(aftermath.after, f"after {words[0]}")


def _undone(aftermath: Aftermath) -> Iterator[str]:
    yield from _whole_or_not(aftermath, ("undo", "2"))
    undone = [one["n"] for one in (aftermath.call("--json", "history").json or {}).get("changes", ())]
    if undone != [3, 2, 1]:
        yield f"the history has the changes {undone}"


# --- reindex ---------------------------------------------------------------------------------------------------


def _without_index(place: Path, index: str | None) -> None:
    _twice_filled(place, index)
    shutil.rmtree(place / "library" / "index", ignore_errors=True)


def _reindexed(aftermath: Aftermath) -> Iterator[str]:
    yield from aftermath.shows(aftermath.after, "the next search")
    told = aftermath.call("--json", "reindex")
    if told.code or (told.json or {}).get("checked") != len(aftermath.after.records):
        yield f"the next reindex: {told}"
    yield from aftermath.shows(aftermath.after, "after the next reindex")


# --- backup and restore ----------------------------------------------------------------------------------------


def _backed_up(place: Path, index: str | None) -> None:
    _filled(place, index)
    _told(call("-L", place / "library", "backup", place / BACKUP))
    _told(call("-L", place / "library", "import", place / SECOND))


def _kept(aftermath: Aftermath) -> Iterator[str]:
    yield from aftermath.shows(aftermath.after, "the library")
    if sha256(aftermath.place / BACKUP) != aftermath.old:
        yield from _restorable(aftermath, "the new backup")
    told = aftermath.call("backup", aftermath.place / BACKUP)
    if told.code:
        yield f"the next backup: {told}"
    yield from _restorable(aftermath, "the next backup")
    yield from aftermath.shows(aftermath.after, "the library afterwards")


def _restorable(aftermath: Aftermath, which: str) -> Iterator[str]:
    elsewhere = aftermath.place / "elsewhere"
    told = call("-L", elsewhere, "restore", aftermath.place / BACKUP)
    if told.code:
        yield f"{which} cannot be restored: {told}"
    else:
        for wrong in (*faults(elsewhere), *differences(state(elsewhere), aftermath.after)):
            yield f"{which}, restored: {wrong}"
    shutil.rmtree(elsewhere, ignore_errors=True)


def _to_be_restored(place: Path, index: str | None) -> None:
    _twice_filled(place, index)
    _told(call("-L", place / "library", "backup", place / BACKUP))
    shutil.rmtree(place / "library")


def _restored(aftermath: Aftermath) -> Iterator[str]:
    if sha256(aftermath.place / BACKUP) != aftermath.old:
        yield "the backup was changed"
    told = aftermath.call("search")
    if told.code == 0:
        yield from aftermath.shows(aftermath.after, "the restored library")
        return
    if told.code != 4:
        yield f"a search in what the kill left: {told}"
    told = aftermath.call("restore", aftermath.place / BACKUP)
    if told.code:
        yield f"the next restore: {told}"
    else:
        yield from aftermath.shows(aftermath.after, "after the next restore")


# --- upgrade ---------------------------------------------------------------------------------------------------


def _oldest(place: Path, index: str | None) -> None:
    write_files(place)
    folder = new_library(place, index=index)
    shutil.rmtree(folder / "index", ignore_errors=True)
    for old in folder.glob("library.db*"):
        old.unlink()
    shutil.copyfile(OLDEST, folder / "library.db")


def _upgraded(aftermath: Aftermath) -> Iterator[str]:
    yield from aftermath.shows(aftermath.after, "after the kill")
    copies = list(aftermath.library.glob("library.db.before-*"))
    if len([one for one in copies if one.suffix != ".part"]) != 1:
        yield f"the copy made before: {[one.name for one in copies]}"


# --- questions -------------------------------------------------------------------------------------------------

_NAME = "pain now"


def _asked(place: Path, index: str | None) -> None:
    _filled(place, index)
    _told(call("-L", place / "library", "question", "save", _NAME, "pain"))
    _told(call("-L", place / "library", "import", place / SECOND))


def _saved(aftermath: Aftermath) -> Iterator[str]:
    yield from aftermath.shows(aftermath.after, "after the kill")
    for _ in range(2):
        told = aftermath.call("--json", "question", "list")
        found = [one["name"] for one in (told.json or {}).get("questions", ())]
        if told.code or found not in ([], [_NAME]):
            yield f"the questions are {found}: {told}"
        if found == [_NAME]:
            return
        if (told := aftermath.call("question", "save", _NAME, "pain")).code:
            yield f"saving again: {told}"
    yield "the question is not there after saving it again"


def _looked(aftermath: Aftermath) -> Iterator[str]:
    """Looking is done or not; what nobody was shown is still new, and what was seen is new no more."""
    yield from aftermath.shows(aftermath.after, "after the kill")
    known = set(keys_of(aftermath.place / FIRST))
    pain = next(one.keys for one in aftermath.after.answers if one.query == "pain")
    fresh = {key for key in pain if key not in known}
    shown = Told(0, aftermath.said).json is not None
    first, second = ({one["key"] for one in _news(aftermath)} for _ in range(2))
    if first not in ([fresh, set()] if shown else [fresh]):
        yield f"{len(first)} of {len(fresh)} are new, and {'they were' if shown else 'nothing was'} shown before"
    if second:
        yield f"{len(second)} are new again"


def _news(aftermath: Aftermath) -> list[dict[str, str]]:
    told = aftermath.call("--json", "question", "new", _NAME)
    found: list[dict[str, str]] = (told.json or {}).get("questions", [{}])[0].get("new", [])
    return [{"key": str(told)}] if told.code else found


OPERATIONS = (
    Operation("init", ("init",), _nothing, _begun),
    Operation("import", ("import", f"{{}}/{FIRST}", "--json"), _empty, lambda left: _imported(left, FIRST)),
    Operation("import more", ("import", f"{{}}/{SECOND}", "--json"), _filled, lambda left: _imported(left, SECOND)),
    Operation("undo", ("undo", "2"), _twice_filled, _undone),
    Operation("reindex", ("reindex",), _twice_filled, _reindexed),
    Operation("reindex from nothing", ("reindex",), _without_index, _reindexed),
    Operation("search from nothing", ("search", "pain"), _without_index, _reindexed),
    Operation("backup", ("backup", f"{{}}/{BACKUP}"), _backed_up, _kept),
    Operation("restore", ("restore", f"{{}}/{BACKUP}"), _to_be_restored, _restored),
    Operation("question save", ("question", "save", _NAME, "pain"), _filled, _saved),
    Operation("question new", ("question", "new", _NAME, "--json"), _asked, _looked),
    *([Operation("upgrade", ("history",), _oldest, _upgraded)] if SCHEMA.revision > 1 else []),
)  # fmt: skip


def _told(told: Told) -> None:
    if told.code:
        raise AssertionError(f"the place cannot be made ready: {told}")


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
