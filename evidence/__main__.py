"""`evidence` and `python -m evidence`: run the command line; errors become sentences and exit codes."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

import click

from evidence.cli.app import app
from evidence.errors import EvidenceError, StoppedError, StorageError

_FULL = (errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code (see `evidence.errors`)."""
    sys.exit(run(sys.argv[1:] if argv is None else list(argv)))


def run(argv: list[str]) -> int:
    """Run the command line on `argv`; gives the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    own = sys.stdout  # click wraps it, and leaves with 1, when the pipe is closed
    try:
        code = app.main(argv, prog_name="evidence", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as error:
        if isinstance(error, SystemExit) and sys.stdout is own:
            raise
        _silence(sys.stdout)  # who reads us has enough
        return 0
    except (KeyboardInterrupt, click.Abort):
        return _failed(StoppedError(), argv)
    except Exception as error:  # noqa: BLE001  (the one place where every error ends: no traceback reaches a user)
        return _failed(error, argv)
    return code if isinstance(code, int) else 0


def _silence(*streams: TextIO | None) -> None:
    """Let what is still to be written go nowhere, so that Python does not complain at exit."""
    for stream in streams:
        if stream is not None:
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _failed(error: Exception, argv: list[str]) -> int:
    if "--debug" in argv:
        import traceback

        traceback.print_exception(error)
    kind, message, hint, code = _described(error)
    column = error.column if isinstance(error, EvidenceError) else None
    try:
        if "--json" in argv:
            document = {"error": {"kind": kind, "message": message, "hint": hint, "column": column}}
            click.echo(json.dumps(document, ensure_ascii=False))
        else:
            where = f" (column {column})" if column is not None else ""
            click.echo(f"evidence: {_seen(message)}{where}\n  {_seen(hint)}", err=True)
        sys.stdout.flush()
    except (OSError, AttributeError):  # there is nobody to tell it to: the exit code says it
        _silence(sys.stdout, sys.stderr)
    return code


def _seen(text: str) -> str:
    """`text` without what would steer the terminal: it may hold words of a file."""
    return "".join(ch if ch.isprintable() or ch == "\n" else "\ufffd" for ch in text)


def _described(error: Exception) -> tuple[str, str, str, int]:
    """Kind, message, hint and exit code."""
    if isinstance(error, EvidenceError):
        return error.kind, error.message, error.hint, error.exit_code
    if isinstance(error, click.ClickException):
        path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "evidence"
        return "usage", error.format_message(), f"See `{path} --help`.", 2
    if isinstance(error, OSError) and error.errno in _FULL:
        return (
            StorageError.kind,
            f"{error.filename or 'The disk'}: {error.strerror}.",
            StorageError.hint,
            StorageError.exit_code,
        )
    return "internal", f"{type(error).__name__}: {error}", EvidenceError.hint, 70


if __name__ == "__main__":
    main()
