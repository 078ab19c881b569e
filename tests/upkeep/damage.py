"""A rig: one bit of a library's database turned, or its end cut off; what a reader gets then, and what `faults` says.

`scripts/flip_store` runs it at length, a test in short.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evidence.core.library import Library
from evidence.core.questions import Inquiry
from evidence.errors import EvidenceError
from evidence.ports import Overview, StoreReader
from evidence.store.opening import open_reader
from evidence.store.states import to_text
from evidence.wiring import init_library, open_library

ROOT = Path(__file__).resolve().parent.parent.parent
ENTRIES = 36  # works of the library that tests damage
WHOLE = ""  # the name under which stands what belongs to no one record


@dataclass(frozen=True)
class Outcome:
    """What one damage did: its `kind`, the byte (and bit) hit, and the keys that changed and were not named."""

    kind: str
    at: int
    bit: int | None
    unnamed: tuple[str, ...] = ()

    @property
    def bad(self) -> bool:
        """Whether something was changed and not seen, or not named, or ended in an error that is not ours."""
        return any(letter.isupper() for letter in self.kind)


def small_library(folder: Path, entries: int = ENTRIES) -> Path:
    """A library of `entries` works with edits, tags, notes, questions, a removal and an undone change; gives its folder."""
    init_library(folder, index="memory")
    with open_library(folder, write=True, who="tester") as library:
        file = folder.parent / "few.bib"
        whole = (ROOT / "data" / "citations.bib").read_bytes()
        file.write_bytes(b"\n@".join(whole.split(b"\n@")[: entries + 1]) + b"\n@article{broken, title = {No end\n")
        with file.open("rb") as stream:
            library.import_file(file.name, stream)
        with (ROOT / "data" / "study-facts.jsonl").open("rb") as stream:
            library.import_file("study-facts.jsonl", stream)
        _changed(library)
    return folder


def _changed(library: Library) -> None:
    keys = [record.key for record in library.records()]
    for key in keys[:12]:
        library.note(key, f"A remark on {key}.")
    for key in keys[12:20]:
        library.edit(key, [f"volume={len(key)}"])
    library.edit(keys[20], ["id=renamed2000"])
    library.remove(keys[21])
    library.remove(keys[22])
    library.undo()
    for name in ("all", "gone", "knee"):
        library.save_question(name, Inquiry(name if name == "knee" else ""))
    library.delete_question("gone")
    library.note(keys[0], "One more.")
    library.looked(library.news("all"))


def told(reader: StoreReader, keys: list[str], *, covered: bool = False) -> dict[str, tuple[Any, ...]]:
    """All that `reader` gives, by key; under `WHOLE` what belongs to no one record. Errors are told as such.

    `covered`: without the columns that no hash and no second copy vouches for (see docs/decisions/0010-backups.md).
    """
    found: dict[str, tuple[Any, ...]] = {}
    for key in keys:
        entries = _said(reader.entries, key)
        if covered and isinstance(entries, list):
            entries = [(one.id, one.raw, one.sha256, one.outcome, one.source.sha256) for one in entries]
        found[key] = (_said(_states, reader, key), entries)
    changes, overview = _said(reader.history), _said(reader.overview)
    numbers = [one.n for one in changes] if isinstance(changes, list) else []
    if covered:
        changes = [(one.n, one.keys) for one in changes] if isinstance(changes, list) else changes
        overview = (overview.records, overview.seq) if isinstance(overview, Overview) else overview
    found[WHOLE] = (
        changes, overview, covered or _said(reader.id), _said(reader.log, 0, 100_000), _said(_keys, reader),
        [_said(reader.touched, n) for n in numbers],
    )  # fmt: skip
    return found | _asked(reader, numbers, covered=covered)


def _asked(reader: StoreReader, numbers: list[int], *, covered: bool) -> dict[str, tuple[Any, ...]]:
    """What `reader` gives of each question, under the name that `faults` gives it."""
    names: dict[int | None, str] = {}
    parts: dict[str, list[Any]] = {}
    for n in numbers:
        turns = _said(reader.turns, n)
        for turn in turns if isinstance(turns, list) else ():
            names.setdefault(turn.question.id, f"question {turn.question.folded}")
            parts.setdefault(names[turn.question.id], []).append((n, turn.asked, turn.now, turn.later))
    given = _said(reader.questions)
    for one in given if isinstance(given, list) else ():
        told = replace(one, saved="", by="") if covered else one
        seen = _said(reader.seen, one.id or 0)
        if covered and isinstance(seen, list):  # what the record is now, is told of the record
            seen = [(line.id, line.number) for line in seen]
        parts.setdefault(names.get(one.id, f"question {one.folded}"), []).append((told, seen))
    return {name: tuple(told) for name, told in parts.items()}


def _states(reader: StoreReader, key: str) -> list[tuple[Any, ...]]:
    gone = reader.removed([key]).values()
    return [(to_text(one), one.version, one.id) for one in (*reader.get([key]), *gone)]


def _keys(reader: StoreReader) -> list[str]:
    return [record.key for record in reader.all([])]


def _said(ask: Callable[..., Any], *of: Any) -> Any:
    try:
        return ask(*of)
    except EvidenceError as error:
        return f"{type(error).__name__}: {error.message}"


class Rig:
    """A sound library, and what becomes of copies of it that are damaged."""

    def __init__(
        self, folder: Path, more: tuple[str, ...] = (), entries: int = ENTRIES, *, covered: bool = False
    ) -> None:
        """`entries` works; `covered` as in `told`; `more` are statements that are run on the database first."""
        library = small_library(folder / "library", entries)
        self.path = folder / "whole.db"
        self.copy = folder / "damaged.db"
        connection = sqlite3.connect(library / "library.db")
        for statement in more:
            connection.execute(statement)
        connection.commit()
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.close()
        shutil.copy(library / "library.db", self.path)
        self.bytes = self.path.read_bytes()
        reader = open_reader(self.path)
        once = {alias for record in reader.all() for alias in record.aliases}
        self.keys = sorted({line.key for line in reader.log(0, 100_000)} - once)
        self.covered = covered
        self.whole = told(reader, self.keys, covered=covered)
        assert not list(reader.faults())
        reader.close()

    def flips(self, number: int, seed: int) -> Iterator[Outcome]:
        """`number` bits, one at a time, anywhere in the file."""
        chance = random.Random(seed)
        for _ in range(number):
            at, bit = chance.randrange(len(self.bytes)), chance.randrange(8)
            yield self._tried(bytes((self.bytes[at] ^ 1 << bit,)), at, bit)

    def cuts(self, number: int, seed: int) -> Iterator[Outcome]:
        """The file cut off at `number` places, one at a time."""
        chance = random.Random(seed)
        for _ in range(number):
            yield self._tried(None, chance.randrange(len(self.bytes)), None)

    def _tried(self, new: bytes | None, at: int, bit: int | None) -> Outcome:
        damaged = bytearray(self.bytes)
        if new is None:
            del damaged[at:]
        else:
            damaged[at : at + 1] = new
        for leftover in self.copy.parent.glob("damaged.db*"):
            leftover.unlink()
        self.copy.write_bytes(damaged)
        try:
            reader = open_reader(self.copy)
        except EvidenceError:
            return Outcome("refused when opened", at, bit)
        except Exception as error:  # noqa: BLE001  (any other error is what this rig looks for)
            return Outcome("NO ERROR OF OURS", at, bit, (repr(error),))
        try:
            now = told(reader, self.keys, covered=self.covered)
            named = {fault.where for fault in reader.faults()}
        except Exception as error:  # noqa: BLE001  (any other error is what this rig looks for)
            return Outcome("NO ERROR OF OURS", at, bit, (repr(error),))
        finally:
            reader.close()
        changed = {key for key in now | self.whole if now.get(key) != self.whole.get(key)}
        if not changed:
            return Outcome("seen, and no reader gets anything else" if named else "nothing changed", at, bit)
        if not named:
            return Outcome("CHANGED AND NOT SEEN", at, bit, tuple(sorted(changed)))
        missed = tuple(sorted(changed - named - {WHOLE}))
        return Outcome("seen, AND NOT NAMED" if missed else "seen and named", at, bit, missed)


def table(outcomes: list[Outcome]) -> str:
    """How often each kind came, as lines of text."""
    counted = Counter(one.kind for one in outcomes)
    return "\n".join(f"{number:6}  {kind}" for kind, number in counted.most_common())


def say(text: str) -> None:
    """A line of the report."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Many bits turned and ends cut off; a table, and each one that was not seen or not named."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--flips", type=int, default=300)
    parser.add_argument("--cuts", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder), entries=60)
        say(f"A library of {len(rig.keys)} records, {len(rig.bytes)} bytes, seed {options.seed}")
        outcomes = []
        for name, tried in (
            ("bits turned", rig.flips(options.flips, options.seed)),
            ("ends cut off", rig.cuts(options.cuts, options.seed)),
        ):
            part = list(tried)
            outcomes += part
            say(f"{len(part)} {name}\n{table(part)}")
    bad = [one for one in outcomes if one.bad]
    for one in bad:
        say(f"{one.kind}: byte {one.at}, bit {one.bit}: {', '.join(one.unnamed[:5])}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
