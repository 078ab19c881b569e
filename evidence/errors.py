"""Everything that can go wrong, as one small tree.

    EvidenceError                 70  our own fault when nothing below fits
    ├── UsageError                 2  the command, an option or a value is wrong
    │   ├── QuerySyntaxError       2  a query that cannot be read; knows its column
    │   ├── UnknownTermError       2  a term that the vocabulary does not have
    │   └── NotBuiltError          2  named in the contract, not built yet
    ├── NeedsPersonError           1  done as far as it goes; a person must decide
    │   └── UnknownKeyError        1  no record has that key
    ├── InputError                 3  an input that cannot be read at all
    ├── LibraryError               4  no library, a damaged or a newer one
    ├── BusyError                  5  another process is writing
    ├── StorageError               6  the disk is full or cannot be written
    └── StoppedError             130  a person pressed Ctrl-C

The number is what the command line exits with. Each error carries a `hint`:
the sentence that says what to do next.
"""


class EvidenceError(Exception):
    """Root of the tree. `kind` names the error for scripts, `hint` the next step for people.

    `column` is the 0-based column of a query's fault; None for what lies in no query.
    """

    kind = "internal"
    exit_code = 70
    column: int | None = None
    hint = "Please report this with the command you gave and the output of --debug."

    def __init__(self, message: str, hint: str | None = None, column: int | None = None) -> None:
        """Keep `message` (a plain sentence) and, when given, a `hint` better than the class's own."""
        super().__init__(message)
        self.message = message
        self.column = column
        if hint is not None:
            self.hint = hint


class UsageError(EvidenceError):
    """The command, an option or a value is wrong."""

    kind = "usage"
    exit_code = 2
    hint = "See the command's --help."


class QuerySyntaxError(UsageError):
    """A query that cannot be read; `column` is the 0-based column of the fault."""

    kind = "query"
    hint = "Close brackets and quotes, and write tags as condition:knee-osteoarthritis."

    def __init__(self, message: str, column: int, hint: str | None = None) -> None:
        """Keep the column beside the message."""
        super().__init__(message, hint, column)


class UnknownTermError(UsageError):
    """A term that the vocabulary does not have."""

    kind = "unknown-term"
    hint = "`evidence vocabulary` lists the terms."


class NotBuiltError(UsageError):
    """A part of the contract that is not built yet."""

    kind = "not-built"
    hint = "The README lists what this version can do."


class NeedsPersonError(EvidenceError):
    """Done as far as it goes; what is left needs a person."""

    kind = "needs-person"
    exit_code = 1
    hint = "Look at the items named."


class UnknownKeyError(NeedsPersonError):
    """No record has that key."""

    kind = "unknown-key"
    hint = "`evidence search` shows the keys there are."


class InputError(EvidenceError):
    """An input that cannot be read at all."""

    kind = "input"
    exit_code = 3
    hint = "Check the file's name and its contents."


class LibraryError(EvidenceError):
    """No library, a damaged one, or one written by a newer version."""

    kind = "library"
    exit_code = 4
    hint = "Make one with `evidence init PATH`, or name one with --library or EVIDENCE_LIBRARY."


class BusyError(EvidenceError):
    """Another process is writing to the library."""

    kind = "busy"
    exit_code = 5
    hint = "Wait until it is done, then repeat the command; nothing was changed."


class StorageError(EvidenceError):
    """The disk is full or cannot be written; nothing is left half done."""

    kind = "storage"
    exit_code = 6
    hint = "Free some space or check the folder's permissions, then repeat the command."


class StoppedError(EvidenceError):
    """A person pressed Ctrl-C."""

    kind = "stopped"
    exit_code = 130
    hint = "What was stored before stays; `evidence history` shows it."

    def __init__(self) -> None:
        """There is only one thing to say."""
        super().__init__("Stopped.")
