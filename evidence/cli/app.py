"""The group `evidence`: which command lies where, and the options that every command takes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

from evidence.cli.session import Session, shared_options, take_shared
from evidence.errors import NotBuiltError

# name -> (module, line of help). The help stands here so that `evidence --help` imports none of them; a test holds
# the two together.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("files", "Make a library."),
    "import": ("files", "Read citations into the library, with a receipt that balances."),
    "export": ("files", "Write records out."),
    "search": ("search", "Show the studies that answer QUERY, best first."),
    "show": ("show", "Show one record whole."),
    "why": ("show", "Show each tag with the words that justify it."),
    "tag": ("tags", "Say which tags stand and which do not."),
    "retag": ("tags", "Tag everything anew from the vocabulary."),
    "vocabulary": ("tags", "Show the terms as a tree, with how many records carry each."),
    "check-vocabulary": ("tags", "Check a vocabulary folder."),
    "edit": ("records", "Change fields of a record."),
    "add": ("records", "Add a record by hand."),
    "remove": ("records", "Take a record out of the library."),
    "note": ("records", "Write a remark on a record."),
    "duplicates": ("duplicates", "Show the records that may be one work."),
    "merge": ("duplicates", "Make one record of several."),
    "distinct": ("duplicates", "Say that two records are two works."),
    "history": ("records", "Show what was changed, newest first."),
    "undo": ("records", "Take back a change."),
    "cite": ("citing", "Print a reference list in a journal's style."),
    "styles": ("citing", "List the citation styles, or those that match a word."),
    "question": ("questions", "Save searches, and see what is new since you last looked."),
    "reindex": ("indexing", "Make the full-text index anew."),
    "verify": ("upkeep", "Check every record's hash, and the index against the records."),
    "doctor": ("upkeep", "Say what is wrong or risky here, and the line that mends it."),
    "backup": ("upkeep", "Write the whole library into one verified file."),
    "restore": ("upkeep", "Make a library from a backup, in a new place."),
}
# Named in the contract, built later.
LATER = (
    "review", "refs", "resolve", "audit", "manuscript", "table", "purge", "list", "serve",
    "user",
)  # fmt: skip


class Lazy(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command; NotBuiltError for one that the contract names and nobody has built yet."""
        if cmd_name in LATER:
            raise NotBuiltError(f"`evidence {cmd_name}` is not built yet.", "`evidence --help` lists what there is.")
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"evidence.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names; a near name is offered for an unknown one."""
        name = args[0]
        if name in COMMANDS or name in LATER or name.startswith("-"):
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        close = get_close_matches(name, COMMANDS, 1)
        raise click.UsageError(
            f"There is no command {name!r}." + (f" Did you mean `{close[0]}`?" if close else ""), ctx
        )


@click.group(cls=Lazy, params=shared_options(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="evidence", message="evidence %(version)s")
@click.pass_context
def app(ctx: click.Context, /, **_options: object) -> None:
    """Search the evidence, see how good it is, and see the words behind every answer."""
    ctx.obj = Session()
    take_shared(ctx)
