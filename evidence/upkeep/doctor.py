"""`evidence doctor`: what is wrong or risky with a library and what it stands on, and the line that mends it.

Nothing is changed: no upgrade, no index, no cache. Each check stands for itself, so that one which fails hides no other;
a missing, damaged or read-only library is looked at as far as it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from evidence.errors import EvidenceError
from evidence.upkeep import contents, folders, places, programs, servers
from evidence.upkeep.finding import Check, Finding, Noted, Patient, Surroundings
from evidence.upkeep.plain import plain

_LONG = 5000  # characters: a path may have 4096
CHECKS: tuple[Check, ...] = (
    folders.is_there, contents.settings, folders.place, folders.space, folders.permissions, folders.self_test,
    folders.leftovers, contents.database, servers.server, contents.index, contents.vocabulary, contents.last_backup,
    programs.versions, programs.extras, programs.limits, programs.sqlite_fault,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Health:
    """What was found: how many checks were made, the findings, the facts."""

    checked: int
    findings: tuple[Finding, ...]
    facts: tuple[Noted, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing needs a person."""
        return not any(one.grave for one in self.findings)


def doctor(folder: Path, around: Surroundings | None = None, progress: Callable[[str], None] | None = None) -> Health:
    """Look at the library in `folder`; never fails. `progress` is told the name of each check."""
    folder = _whole(folder)
    patient = Patient(folder, around or Surroundings.here(), _place(folder))
    found: list[Finding | Noted] = []
    for check in CHECKS:
        if progress:
            progress(check.__name__.replace("_", " "))
        found += map(_cleaned, _done(check, patient))
    findings = tuple(one for one in found if isinstance(one, Finding))
    return Health(len(CHECKS), findings, tuple(one for one in found if isinstance(one, Noted)))


def _done(check: Check, patient: Patient) -> Iterator[Finding | Noted]:
    try:
        yield from check(patient)
    except EvidenceError as error:
        yield Finding(check.__name__.replace("_", " "), error.message, error.hint, grave=True)
    except Exception as error:  # noqa: BLE001  (a doctor who falls ill helps nobody: what went wrong is a finding)
        what = f"this could not be looked at: {type(error).__name__}: {error}"
        yield Finding(
            check.__name__.replace("_", " "), what, "Check the folder's permissions; else report it.", grave=True
        )


def _cleaned(one: Finding | Noted) -> Finding | Noted:
    """Without what a terminal might obey: names and texts of files come from anywhere."""
    if isinstance(one, Finding):
        return replace(one, where=plain(one.where, _LONG), what=plain(one.what, _LONG), mend=plain(one.mend, _LONG))
    return replace(one, value=plain(one.value, _LONG)) if isinstance(one.value, str) else one


def _whole(folder: Path) -> Path:
    try:
        return folder.resolve()
    except (OSError, RuntimeError):  # links in a circle
        return folder.absolute()


def _place(folder: Path) -> places.Place | None:
    try:
        return places.place(folder)
    except (EvidenceError, OSError, ValueError):
        return None
