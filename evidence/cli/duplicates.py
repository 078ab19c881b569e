"""duplicates, merge, distinct: which records are one work."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from evidence.cli.session import Command, Session, stderr_is_terminal
from evidence.cli.tables import Column, row, terminal_width
from evidence.errors import UsageError
from evidence.model.csl import canonical, to_csl
from evidence.model.record import Record
from evidence.model.reference import Json

if TYPE_CHECKING:  # loaded by the command that needs them: `--help` need not wait
    from evidence.core.joining import Difference, Merged
    from evidence.core.pairing import Pair
    from evidence.core.proposing import Proposals

_CLASSES = ("same", "same-study", "unsure")
_MEANS = {
    "same": "one work, as far as can be told",
    "same-study": "another report of one study: each stays a record of its own",
    "unsure": "looks like one work; a person must say",
}
# What tells two works apart, in the order in which a person compares. Titles and authors are always shown.
_SHOWN = (
    "title", "author", "issued", "container-title", "container-title-short", "volume", "issue", "page", "edition", "version",
    "type", "publisher", "language", "DOI", "PMID", "PMCID",
)  # fmt: skip
_ALWAYS = ("title", "author")
_TWO = 2  # records that a merge needs
_LABEL = 15  # columns of a field's name
_LONGEST = 300  # characters of a value that are shown
_PEOPLE = 6  # authors of a list that are shown
_NAMED = 20  # merged groups that a person is shown
_SOON = 1.0  # seconds of comparing that nobody is told of


@click.command("duplicates", cls=Command)
@click.option("--class", "kind", type=click.Choice(_CLASSES), help="Only the pairs of this class.")
@click.option("--limit", type=click.IntRange(0), metavar="N", help="Only the first N pairs.")
@click.option("--merge-same", is_flag=True, help="Merge all pairs of the class same, in one change.")
@click.pass_obj
def duplicates_command(session: Session, kind: str | None, limit: int | None, merge_same: bool) -> int:
    """Show the records that may be one work, side by side, with the fields that decide.

    Nothing is merged unless you say so: `evidence merge KEY KEY`, or `evidence distinct KEY KEY` when they are two works.
    """
    if merge_same and (kind or limit is not None):
        raise UsageError("--merge-same merges all pairs of the class same.", "Leave out --class and --limit.")
    damaged: list[str] = []
    with session.open(write=merge_same) as library:
        found = library.duplicates(damaged, _bar() if stderr_is_terminal() else None)
        if merge_same:
            merged = library.merge_same(found)
            session.print(_merged_json(merged), lambda: _all_merged(merged, found))
        else:
            chosen = [pair for pair in found.pairs if kind in (None, pair.verdict)][:limit]
            session.print(_pairs_json(chosen), lambda: "\n".join(_told(chosen, found, kind)))
    if damaged:
        click.echo(
            f"evidence: damaged and not compared: {', '.join(damaged[:_NAMED])}\n  `evidence verify` names all that is wrong.",
            err=True,
        )
    return 1 if damaged else 0


@click.command("merge", cls=Command)
@click.argument("keys", nargs=-1, required=True, metavar="KEY KEY...")
@click.pass_obj
def merge_command(session: Session, keys: tuple[str, ...]) -> None:
    """Make one record of several. The first stays; it gets what the others have more, and answers to their keys.

    Nothing of the first is overwritten. Tags, notes and edits of all stay. `evidence undo` gives back every record as it was.
    """
    if len(keys) < _TWO:
        raise UsageError("Name two records at least.", "evidence merge KEY KEY")
    with session.open(write=True) as library:
        merged = library.merge(keys)
    for line in _differing(merged.differs):
        click.echo(line, err=True)
    into = f"{', '.join(merged.absorbed)} merged into {merged.key}."
    document = {"change": merged.change} | _one_json(merged)
    session.print(document, lambda: f"{into} {_undo(merged.change)}")


@click.command("distinct", cls=Command)
@click.argument("a", metavar="KEY")
@click.argument("b", metavar="KEY")
@click.pass_obj
def distinct_command(session: Session, a: str, b: str) -> None:
    """Say that two records are two works. `duplicates` shows them no more, and `merge` refuses them."""
    with session.open(write=True) as library:
        change = library.distinct(a, b)
    session.print({"change": change}, lambda: f"{a} and {b} are two works. {_undo(change)}")


# --- pairs --------------------------------------------------------------------------------------------------------


def _pairs_json(pairs: Sequence[Pair]) -> dict[str, Any]:
    return {
        "pairs": [
            {"a": one.a, "b": one.b, "verdict": one.verdict, "score": one.score, "because": list(one.because)}
            for one in pairs
        ]
    }


def _told(pairs: Sequence[Pair], found: Proposals, kind: str | None) -> Iterator[str]:
    if not any(pair.verdict == (kind or pair.verdict) for pair in found.pairs):
        yield f"No two records are of the class {kind}." if kind else "No two records look like one work."
        return
    for number, pair in enumerate(pairs, 1):
        yield from _pair(number, pair, found.records)
    counts: Counter[str] = Counter(pair.verdict for pair in found.pairs)
    yield f"{len(pairs)} of {len(found.pairs)} pairs: " + ", ".join(f"{counts[one]} {one}" for one in _CLASSES)
    if counts["same"]:
        yield f"To merge the {counts['same']} of the class same at once: evidence duplicates --merge-same"


def _pair(number: int, pair: Pair, records: Mapping[str, Record]) -> Iterator[str]:
    """One pair: why, what is alike once and what differs side by side, and what to do next."""
    one, other = records[pair.a], records[pair.b]
    yield f"{number}. {pair.verdict} ({pair.score:.2f}): {_MEANS[pair.verdict]}"
    yield from _side_by_side(one, other)
    yield f"   because: {', '.join(pair.because)}"
    keys = f"{shlex.quote(pair.a)} {shlex.quote(pair.b)}"
    yield f"   one work:  evidence merge {keys}"
    yield f"   two works: evidence distinct {keys}"
    yield ""


def _side_by_side(one: Record, other: Record) -> Iterator[str]:
    from evidence.core.comparing import says_same

    mine, theirs = to_csl(one.reference), to_csl(other.reference)
    width = (terminal_width() - _LABEL - 7) // 2
    both, each = _columns(2 * width + 2), _columns(width, width)
    yield from _row(each, "", one.key, other.key)
    for field in _SHOWN:
        left, right = mine.get(field), theirs.get(field)
        if left is None and right is None:
            continue
        if left is not None and right is not None and says_same(field, left, right):
            if field in _ALWAYS:
                yield from _row(both, field, _words(left))
        else:
            yield from _row(each, field, _words(left), _words(right))


def _columns(*widths: int) -> list[Column]:
    return [Column("", _LABEL), *(Column("", width) for width in widths)]


def _row(columns: Sequence[Column], label: str, *cells: str) -> Iterator[str]:
    return (f"   {line}" for line in row(columns, [label, *cells]))


def _words(value: Json) -> str:
    """A CSL-JSON value in words; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, list):
        names = [_name(one) for one in value[:_PEOPLE]]
        return ", ".join(names) + (f" and {len(value) - _PEOPLE} more" if len(value) > _PEOPLE else "")
    if isinstance(value, dict):
        return _date(value)
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _name(value: Json) -> str:
    if not isinstance(value, dict):
        return str(value)
    parts = (value.get(part) for part in ("non-dropping-particle", "family", "literal", "given"))
    return " ".join(str(part) for part in parts if part) or canonical(value)


def _date(value: Mapping[str, Any]) -> str:
    parts = ["-".join(f"{number:02d}" for number in part) for part in value.get("date-parts", ())]
    return "/".join(parts) or str(value.get("literal") or canonical(value))


# --- merges -------------------------------------------------------------------------------------------------------


def _one_json(merged: Merged) -> dict[str, Any]:
    differs = [{"key": one.key, "field": one.field, "kept": one.kept, "other": one.other} for one in merged.differs]
    return {"key": merged.key, "absorbed": list(merged.absorbed), "differs": differs}


def _merged_json(merged: Sequence[Merged]) -> dict[str, Any]:
    return {"change": merged[0].change if merged else None, "merged": [_one_json(one) for one in merged]}


def _all_merged(merged: Sequence[Merged], found: Proposals) -> str:
    if not merged:
        return "No two records are surely one work; nothing was merged."
    lines = [f"  {', '.join(one.absorbed)} merged into {one.key}" for one in merged[:_NAMED]]
    if len(merged) > _NAMED:
        lines.append(f"  … and {len(merged) - _NAMED} more (--json lists them)")
    gone = sum(len(one.absorbed) for one in merged)
    left = sum(pair.verdict == "unsure" for pair in found.pairs)
    lines.append(f"{gone} records merged into {len(merged)}. {_undo(merged[0].change)}")
    if left:
        lines.append(f"{left} pairs are not sure and were left: evidence duplicates --class unsure")
    return "\n".join(lines)


def _differing(differs: Sequence[Difference]) -> Iterator[str]:
    """What was not taken over, a line for each field."""
    for one in differs:
        kept = f"{_words(one.kept)} stays" if one.kept is not None else "it stays taken away"
        yield f"{one.field} differs: {kept}; {one.key} had {_words(one.other)}"
    if differs:
        yield "To take one of these: evidence edit KEY FIELD=VALUE"


def _bar() -> Callable[[int, int], None]:
    """A line on standard error that says how far the comparing is; nothing for what takes no time."""
    begun = perf_counter()

    def told(done: int, of: int) -> None:
        if perf_counter() - begun > _SOON:
            end = "\n" if done >= of else ""
            click.echo(f"\rComparing: {done:,} of {of:,}{end}", nl=False, err=True)

    return told


def _undo(change: int) -> str:
    return f"Change {change}; to take it back: evidence undo {change}"
