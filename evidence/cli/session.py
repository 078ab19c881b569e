"""What every command takes and needs: which library, JSON or not, and how to print."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from evidence.errors import UsageError

if TYPE_CHECKING:  # loaded by the command that opens it: `--help` need not wait
    from evidence.core.library import Library


_SOON = 1.0  # seconds of indexing that nobody is told of


@dataclass(slots=True)
class Session:
    """The options that stand before or after the command's name."""

    path: str | None = None
    json: bool = False
    debug: bool = False

    def open(self, *, write: bool = False, engine: str | None = None) -> Library:
        """The library that the options name; `engine`: with this index instead of its own."""
        from evidence.wiring import open_library

        return open_library(self.path, write=write, engine=engine, indexing=_bar() if stderr_is_terminal() else None)

    def print(self, document: Any, text: Callable[[], str]) -> None:
        """`document` as one JSON document, or else the text."""
        click.echo(json.dumps(document, ensure_ascii=False, indent=2) if self.json else text())


def shared_options() -> list[click.Parameter]:
    """New `-L`, `--json` and `--debug` options."""
    return [
        click.Option(["-L", "--library", "path"], metavar="PATH", help="The library's folder."),
        click.Option(["--json", "json"], is_flag=True, help="Print one JSON document."),
        click.Option(["--debug", "debug"], is_flag=True, help="Show the traceback of an error."),
    ]


def take_shared(ctx: click.Context) -> None:
    """Move the shared options of `ctx` into its Session; what stands after the command's name decides."""
    session: Session = ctx.find_object(Session) or Session()
    session.path = ctx.params.pop("path", None) or session.path
    session.json = bool(ctx.params.pop("json", False)) or session.json
    session.debug = bool(ctx.params.pop("debug", False)) or session.debug


class Command(click.Command):
    """A command that takes the shared options too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *shared_options()]
        self.context_settings = {"help_option_names": ["-h", "--help"], **self.context_settings}

    def invoke(self, ctx: click.Context) -> Any:
        """Take the shared options out before the function is called."""
        take_shared(ctx)
        for value in ctx.params.values():
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str) and any("\ud800" <= ch <= "\udfff" for ch in text):
                    raise UsageError(f"{text!r} is no readable text.", "Give it in the terminal's encoding, UTF-8.")
        return super().invoke(ctx)


def _bar() -> Callable[[int, int], None]:
    """A line on standard error that says how far the index is; nothing for what takes no time."""
    begun = perf_counter()

    def told(done: int, of: int) -> None:
        if perf_counter() - begun > _SOON:
            end = "\n" if done >= of else ""
            click.echo(f"\rIndexing: {done:,} of {of:,}{end}", nl=False, err=True)

    return told


def stderr_is_terminal() -> bool:
    """Whether progress bars and hints are seen by a person."""
    return sys.stderr.isatty()
