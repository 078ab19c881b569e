"""edit, add, remove, note, history, undo."""

from __future__ import annotations

import sys

import click

from evidence.cli.session import Command, Session
from evidence.cli.show import change_json
from evidence.errors import UsageError
from evidence.ports import Change

_LONGEST = 200  # characters of a change that its line in the history shows


@click.command("edit", cls=Command)
@click.argument("key")
@click.argument("assignments", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.pass_obj
def edit_command(session: Session, key: str, assignments: tuple[str, ...]) -> None:
    """Change fields of a record.

    FIELD is CSL's name (title, author, issued, container-title, volume, page, DOI …); names are written
    "Family, Given; Family, Given"; an empty VALUE takes the field away; id=KEY renames. Later imports keep the change.
    """
    with session.open(write=True) as library:
        change = library.edit(key, assignments)
    session.print({"change": change}, lambda: _done(change))


@click.command("add", cls=Command)
@click.argument("assignments", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.pass_obj
def add_command(session: Session, assignments: tuple[str, ...]) -> None:
    """Add a record by hand: title=… author="Family, Given; …" issued=2000 container-title=… (see edit)."""
    with session.open(write=True) as library:
        change, key = library.add(assignments)
    session.print({"change": change, "key": key}, lambda: f"{key} added. {_done(change)}")


@click.command("remove", cls=Command)
@click.argument("key")
@click.pass_obj
def remove_command(session: Session, key: str) -> None:
    """Take a record out of the library; its history and its source's text stay."""
    with session.open(write=True) as library:
        change = library.remove(key)
    session.print({"change": change}, lambda: _done(change))


@click.command("note", cls=Command)
@click.argument("key")
@click.argument("text", nargs=-1, required=True)
@click.pass_obj
def note_command(session: Session, key: str, text: tuple[str, ...]) -> None:
    """Write a remark on a record; - reads it from standard input."""
    words = sys.stdin.read().strip() if text == ("-",) else " ".join(text)
    if not words:
        raise UsageError("The note is empty.", "Write the remark after the key.")
    with session.open(write=True) as library:
        change = library.note(key, words)
    session.print({"change": change}, lambda: _done(change))


@click.command("history", cls=Command)
@click.argument("key", required=False)
@click.pass_obj
def history_command(session: Session, key: str | None) -> None:
    """Show what was changed, newest first: in the whole library, or of one record."""
    with session.open() as library:
        changes = library.history(key)
    document = {"changes": [change_json(one) for one in changes]}
    session.print(document, lambda: "\n".join(_line(one) for one in changes) or "Nothing was changed yet.")


@click.command("undo", cls=Command)
@click.argument("number", required=False, type=click.IntRange(1, 2**31))
@click.pass_obj
def undo_command(session: Session, number: int | None) -> None:
    """Take back a change: NUMBER, or the newest one."""
    with session.open(write=True) as library:
        change = library.undo(number)
        what = next((one.what for one in library.history() if one.n == change), "")
    session.print({"change": change}, lambda: f"Change {change}: {what}")


def _done(change: int) -> str:
    return f"Change {change}; to take it back: evidence undo {change}"


def _line(change: Change) -> str:
    keys = ", ".join(change.keys[:3]) + (f" and {len(change.keys) - 3} more" if len(change.keys) > 3 else "")
    undone = f" (undone by {change.undone_by})" if change.undone_by else ""
    what = change.what if len(change.what) <= _LONGEST else f"{change.what[:_LONGEST]} …"
    return f"{change.n:>5}  {change.when}  {change.who}  {what}{': ' if keys else ''}{keys}{undone}"
