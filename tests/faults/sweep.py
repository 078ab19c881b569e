"""The kill sweep: an operation is run undisturbed and counted, then struck at call after call, each time on a new copy."""

from __future__ import annotations

import multiprocessing
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.libraries import State, state
from tests.faults.operations import BACKUP, Aftermath, Operation, sha256
from tests.faults.stable import Stable
from tests.faults.tracing import Strike, died, spread, strikes

_LARGE = 3 << 20  # bytes that the index of a hundred records never has, if what is old is thrown away


@dataclass(frozen=True, slots=True)
class Bench:
    """An operation with its place made ready, and the calls it makes there when nobody disturbs it."""

    operation: Operation
    place: Path
    before: State | None
    after: State
    old: str
    counts: Counter[str]
    names: frozenset[str]

    def strikes(self, step: int, signal: str = "KILL", limit: int | None = None) -> list[Strike]:
        """Where it is struck."""
        return spread(strikes(self.counts, step, signal), limit)


@dataclass(frozen=True, slots=True)
class Blow:
    """One run under a strike: whether the process died of it, the complaints, and files that nobody cleared away."""

    operation: str
    strike: Strike
    killed: bool
    complaints: tuple[str, ...] = ()
    litter: tuple[str, ...] = ()


@dataclass(slots=True)
class Row:
    """A line of the table: what the strikes at one call of one operation came to."""

    calls: int = 0
    kills: int = 0
    survived: int = 0
    undisturbed: int = 0
    litter: int = 0
    complaints: list[str] = field(default_factory=list)
    left: set[str] = field(default_factory=set)


def benched(stable: Stable, operation: Operation, folder: Path, index: str | None = None) -> Bench:
    """Make the operation's place ready in `folder`, run it once on a copy, and count its calls."""
    place = folder / "ready"
    place.mkdir(parents=True)
    operation.prepare(place, index)
    before = _seen(place)
    old = sha256(place / BACKUP) if (place / BACKUP).exists() else ""
    undisturbed = copied(place, folder / "undisturbed")
    told, counts = stable.counted(operation.command(undisturbed))
    if told.code != operation.code:
        raise AssertionError(f"{operation.name} fails undisturbed: {told}")
    bench = Bench(operation, place, before, state(undisturbed / "library"), old, counts, frozenset())
    complaints = list(operation.left(_aftermath(bench, undisturbed, told.out)))
    if complaints:
        raise AssertionError(f"{operation.name}, undisturbed: {'; '.join(complaints)}")
    names = frozenset(_names(undisturbed))
    shutil.rmtree(undisturbed)
    return Bench(operation, place, before, bench.after, old, counts, names)


def blow(stable: Stable, bench: Bench, strike: Strike, folder: Path) -> Blow:
    """Run the operation on a new copy of its place under `strike`, and look at what is left."""
    place = copied(bench.place, Path(tempfile.mkdtemp(dir=folder)) / "place")
    told = stable.run(bench.operation.command(place), strike)
    killed = died(told.code, strike.signal)
    complaints: list[str] = [] if killed or told.code == bench.operation.code else [f"it ended with {told}"]
    try:
        complaints += bench.operation.left(_aftermath(bench, place, told.out))
    except Exception as error:  # noqa: BLE001  (whatever the program raises here is what is looked for)
        complaints.append(f"{type(error).__name__}: {error}")
    litter = tuple(sorted(_names(place) - bench.names)) if not complaints else ()
    shutil.rmtree(place.parent)
    return Blow(bench.operation.name, strike, killed, tuple(complaints), litter)


def blows(benches: Sequence[Bench], todo: Iterable[tuple[int, Strike]], folder: Path, jobs: int) -> Iterator[Blow]:
    """Every strike of `todo` (with its bench's number), in `jobs` processes; in no order."""
    context = multiprocessing.get_context("fork")
    with context.Pool(jobs, _start, (benches, folder), maxtasksperchild=150) as pool:
        yield from pool.imap_unordered(_one, todo)


def tabled(rows: dict[tuple[str, str], Row], found: Blow, calls: int) -> None:
    """Count one blow into the table."""
    row = rows.setdefault((found.operation, f"{found.strike.call} {found.strike.signal}"), Row(calls))
    row.kills += found.killed
    row.undisturbed += not found.killed
    row.survived += found.killed and not found.complaints
    row.litter += bool(found.litter)
    row.left |= {f"{found.operation}: {re.sub(r'[.][a-z0-9_]{8}$', '.*', name)}" for name in found.litter}
    row.complaints += [f"{found.operation}, {found.strike}: {one}" for one in found.complaints]


def copied(place: Path, to: Path) -> Path:
    """A copy of a place."""
    return Path(shutil.copytree(place, to))


_shared: tuple[Stable, Sequence[Bench], Path] | None = None  # what every task of a process needs, given to it once


def _start(benches: Sequence[Bench], folder: Path) -> None:
    global _shared  # noqa: PLW0603  (the one way in which a pool gives its processes something)
    _shared = Stable(folder), benches, folder


def _one(task: tuple[int, Strike]) -> Blow:
    assert _shared
    stable, benches, folder = _shared
    return blow(stable, benches[task[0]], task[1], folder)


def _aftermath(bench: Bench, place: Path, said: str) -> Aftermath:
    return Aftermath(place, said, bench.before, bench.after, bench.old)


def _seen(place: Path) -> State | None:
    """The state of the library that is there; None when there is none. A copy is asked: a search may write an index."""
    if not (place / "library" / "library.toml").exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        return state(copied(place, Path(folder) / "copy") / "library")


def _names(place: Path) -> set[str]:
    """The names of all files and folders; of the index only the hidden ones, how many folders, and if it is far too large.

    How many segments there are hangs on where a batch ended.
    """
    inside = place / "library" / "index"
    names = {str(one.relative_to(place)) for one in place.rglob("*") if inside not in one.parents}
    found = list(inside.rglob("*"))
    names |= {f"index/{one.name.split('.')[1]}" for one in found if one.name.startswith(".")}
    names |= {f"index: folder {number}" for number, _ in enumerate(one for one in found if one.is_dir())}
    large = sum(one.stat().st_size for one in found if one.is_file()) > _LARGE
    return names | ({"index: too large"} if large else set())
