"""verify, doctor, backup, restore: what keeps a library for years."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evidence.cli.session import Command, Session, stderr_is_terminal
from evidence.errors import LibraryError, UsageError
from evidence.upkeep.plain import MOST, plain

if TYPE_CHECKING:
    from evidence.ports import Fault
    from evidence.upkeep.doctor import Health
    from evidence.upkeep.finding import Finding

_LINE = 2000  # characters of what is said of one fault


@click.command("verify", cls=Command)
@click.pass_obj
def verify_command(session: Session) -> int:
    """Check every record's hash, and the index against the records.

    Also rows against records, bytes of sources, and the index's counts against counts by SQL. Leaves with 1 when something is wrong. An index that is only behind is not wrong: the next search catches up.
    """
    try:
        opened = session.open()
    except LibraryError as error:
        if "evidence verify" in error.hint:  # that is here, and cannot be done
            raise LibraryError(error.message, "Go back to a backup: evidence -L NEW restore FILE") from error
        raise
    with opened as library, _bar() as moved:
        found = library.verify(moved)
    document: dict[str, Any] = {"ok": not found.faults, "checked": found.checked, "faults": _faults(found.faults)}
    if found.notes:
        document["notes"] = list(found.notes)
    lines = [plain(f"{one.where}: {one.what.rstrip('.')}. {one.mend}".rstrip(), _LINE) for one in found.faults]
    lines += [plain(f"Note: {one}", _LINE) for one in found.notes]
    session.print(
        document, lambda: "\n".join([*lines, f"{found.checked} records checked, {len(found.faults)} faults."])
    )
    return 1 if found.faults else 0


@click.command("doctor", cls=Command)
@click.option("--verbose", is_flag=True, help="Show every fact that was looked at.")
@click.pass_obj
def doctor_command(session: Session, verbose: bool) -> int:
    """Say what is wrong or risky here, and the line that mends it.

    Leaves with 1 when something needs you; what you can only know of is shown and leaves with 0. Nothing is changed.
    """
    from evidence.upkeep.doctor import doctor
    from evidence.wiring import library_path

    health = doctor(library_path(session.path))
    session.print(_health_json(health), lambda: "\n".join(_health_lines(health, verbose=verbose)))
    return 0 if health.ok else 1


@click.command("backup", cls=Command)
@click.argument("file")
@click.option("--damaged", is_flag=True, help="Also when the library is damaged, into a new file.")
@click.pass_obj
def backup_command(session: Session, file: str, damaged: bool) -> int:
    """Write the whole library into one verified file.

    FILE is a zip. Others may read and write meanwhile. An older backup of this library at FILE is replaced when the new one is whole, read back and checked.
    """
    from evidence.upkeep.backup import backup
    from evidence.wiring import library_path

    if file == "-":
        raise UsageError("A backup is written to a file, since it is read back and checked.", "Name the file.")
    with _bar() as moved:
        made = backup(library_path(session.path), Path(file), damaged=damaged, progress=moved)
    manifest = made.manifest
    document = {
        "ok": not manifest.faults, "checked": manifest.records, "faults": _faults(manifest.faults), "file": str(made.file),
        "bytes": made.bytes, "sha256": made.sha256, "records": manifest.records,
    }  # fmt: skip
    session.print(document, lambda: _backup_told(document))
    return 1 if manifest.faults else 0


@click.command("restore", cls=Command)
@click.argument("file")
@click.argument("folder", required=False)
@click.option("--damaged", is_flag=True, help="Also from a backup of a damaged library.")
@click.pass_obj
def restore_command(session: Session, file: str, folder: str | None, damaged: bool) -> int:
    """Make a library from a backup, in a new place.

    FILE is a backup; FOLDER (or what -L names) is the new library's folder, which must be new or empty.
    """
    from evidence.upkeep.restore import restore
    from evidence.wiring import library_path, open_library

    if file == "-":
        raise UsageError("A backup is read from a file.", "Name the file.")
    if folder and session.path and Path(folder).absolute() != Path(session.path).absolute():
        raise UsageError("Two folders are named for the new library.", "Name it once: with -L, or after the file.")

    def reindex(place: Path) -> None:
        with open_library(place) as library:
            library.reindex()

    with _bar() as moved:
        made = restore(
            Path(file), library_path(folder or session.path), damaged=damaged, progress=moved, reindex=reindex
        )
    for line in made.said:
        click.echo(f"evidence: {line}", err=True)
    manifest = made.manifest
    document = {
        "ok": not manifest.faults, "checked": manifest.records, "faults": _faults(manifest.faults, MOST),
        "library": str(made.folder), "records": manifest.records, "made": manifest.made,
    }  # fmt: skip
    sound = "" if manifest.faults else ", verified"
    session.print(document, lambda: f"{manifest.records} records of {manifest.made} are in {made.folder}{sound}.")
    return 1 if manifest.faults else 0


def _faults(faults: tuple[Fault, ...], most: int = _LINE) -> list[dict[str, Any]]:
    """As JSON, each text cut and without what a terminal might obey."""
    return [
        {"where": plain(one.where, most), "what": plain(one.what, most), "mend": plain(one.mend, most)}
        for one in faults
    ]


def _backup_told(made: dict[str, Any]) -> str:
    lines = [f"  {one['where']}: {one['what']}" for one in made["faults"][:20]]
    head = (
        [f"The library is damaged; the backup holds what there is, with {len(made['faults'])} faults:"] if lines else []
    )
    return "\n".join([
        *head, *lines,
        f"{made['file']}: {made['records']} records, {made['bytes']:,} bytes, read back and checked.",
        f"SHA-256 {made['sha256']}",
    ])  # fmt: skip


def _health_json(health: Health) -> dict[str, Any]:
    facts: dict[str, dict[str, Any]] = {}
    for one in health.facts:
        facts.setdefault(one.group, {})[one.name] = one.value
    found = [{"where": one.where, "what": one.what, "mend": one.mend, "grave": one.grave} for one in health.findings]
    return {"ok": health.ok, "checked": health.checked, "faults": found, "facts": facts}


def _health_lines(health: Health, *, verbose: bool) -> Iterator[str]:
    facts = {(one.group, one.name): one.value for one in health.facts}
    yield f"Library   {facts.get(('library', 'folder'))}"
    if ("library", "records") in facts:
        yield f"Holds     {facts['library', 'records']} records, updated {facts['library', 'updated'] or 'never'}"
    said = ("Python", "evidence", "SQLite")
    yield "Programs  " + ", ".join(f"{name} {facts.get(('programs', name))}" for name in said)
    if verbose:
        yield from (f"  {group}: {name}: {'–' if value is None else value}" for (group, name), value in facts.items())
    for title, grave in (("To mend", True), ("To know", False)):
        some = [one for one in health.findings if one.grave is grave]
        if some:
            yield f"\n{title}"
            for one in some:
                yield from _finding(one)
    number = sum(one.grave for one in health.findings)
    yield f"\n{health.checked} checks: " + (f"{number} to mend." if number else "nothing to mend.")


def _finding(one: Finding) -> Iterator[str]:
    yield f"  {one.where}: {one.what.rstrip('.')}."
    if one.mend:
        yield f"      {one.mend}"


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None] | None]:
    """Progress on standard error, for a person only: a line that is written over."""
    if not stderr_is_terminal():
        yield None
        return
    shown = -1

    def moved(done: int, of: int) -> None:
        nonlocal shown
        now = 100 * done // of if of else 100
        if now != shown:
            shown = now
            click.echo(f"\r{now:3} %", nl=False, err=True)

    try:
        yield moved
    finally:
        if shown >= 0:
            click.echo("\r     \r", nl=False, err=True)
        sys.stderr.flush()
