"""tag, retag, vocabulary, check-vocabulary."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from evidence.cli.session import Command, Session, stderr_is_terminal
from evidence.cli.shapes import claim_json
from evidence.cli.show import reasons
from evidence.core.changing import Word, term_of
from evidence.core.library import Library
from evidence.errors import InputError, UsageError
from evidence.model.record import Axis, State
from evidence.model.vocabulary import Term, Vocabulary


@click.command("tag", cls=Command)
@click.argument("key")
@click.option("--add", multiple=True, metavar="AXIS:TERM", help="It is about this.")
@click.option("--remove", multiple=True, metavar="AXIS:TERM", help="It is not about this.")
@click.option("--accept", multiple=True, metavar="AXIS:TERM", help="The tag that a rule gave is right.")
@click.option("--reject", multiple=True, metavar="AXIS:TERM", help="The tag that a rule gave is wrong.")
@click.pass_obj
def tag_command(
    session: Session,
    key: str,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    accept: tuple[str, ...],
    reject: tuple[str, ...],
) -> None:
    """Say which tags stand and which do not.

    A person's word stays, whatever a later re-tagging finds. Without options the tags are shown.
    """
    with session.open(write=True) as library:
        record = library.record(key)
        both = set(accept + add) & set(reject + remove)
        if both:
            raise UsageError(f"{both.pop()} cannot stand and not stand.", "Say one of the two.")
        words = [_word(library, one, "accepted") for one in (*add, *accept)]
        words += [_word(library, one, "rejected") for one in (*remove, *reject)]
        claimed = {(one.axis, one.term) for one in record.claims}
        for option, given in (("accept", accept), ("reject", reject)):
            for one in given:
                if term_of(one, library.vocabulary) not in claimed:
                    raise UsageError(
                        f"{record.key} has no tag {one} to {option}.", "`evidence why` shows its tags; --add adds one."
                    )
        if words:
            library.tag(record.key, words)
        record, claims = library.record(key), library.why(key)
        document = {"key": record.key, "claims": [claim_json(one) for one in claims]}
        session.print(document, lambda: "\n".join(reasons(library, record, claims)))


def _word(library: Library, text: str, state: State) -> Word:
    axis, term = term_of(text, library.vocabulary)
    return Word(axis, term, state)


@click.command("retag", cls=Command)
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@click.pass_obj
def retag_command(session: Session, dry_run: bool) -> None:
    """Tag everything anew from the vocabulary, and print exactly what changes."""
    with session.open(write=True) as library:
        if stderr_is_terminal() and library.overview().records > 1000:
            with click.progressbar(length=library.overview().records, label="Tagging", file=sys.stderr) as bar:
                changed = list(library.retag(dry_run=dry_run, progress=bar.update))
        else:
            changed = list(library.retag(dry_run=dry_run))
    document = {
        "changed": [{"key": one.key, "added": list(one.added), "removed": list(one.removed)} for one in changed]
    }
    lines = [
        " ".join((one.key, *(f"+{tag}" for tag in one.added), *(f"-{tag}" for tag in one.removed))) for one in changed
    ]
    told = f"{len(changed)} records {'would change' if dry_run else 'changed'}."
    session.print(document, lambda: "\n".join([*lines, told]))


@click.command("vocabulary", cls=Command)
@click.argument("axis", required=False, type=click.Choice([axis.value for axis in Axis]))
@click.pass_obj
def vocabulary_command(session: Session, axis: str | None) -> None:
    """Show the terms as a tree, with how many records carry each.

    A record that carries a narrower term counts for the broader one too.
    """
    axes = [Axis(axis)] if axis else [Axis.CONDITION, Axis.SOLUTION, Axis.DESIGN]
    with session.open() as library:
        facets = library.counted().facets
        counts = {(one, term): count for one in axes for term, count in facets.get(one.value, {}).items()}
        vocabulary = library.vocabulary
        terms = [(one, term) for one in axes for term in vocabulary.of(one.scheme) if not term.qualifier]
        document = {"terms": [_term_json(one, term, counts.get((one, term.id), 0)) for one, term in terms]}
        session.print(document, lambda: "\n".join(_tree(vocabulary, axes, counts)))


def _term_json(axis: Axis, term: Term, count: int) -> dict[str, Any]:
    return {
        "axis": axis.value, "id": term.id, "label": term.label, "synonyms": list(term.synonyms),
        "broader": list(term.broader),
        "mesh": [{"id": one.id, "label": one.label, "relation": one.relation} for one in term.mesh], "count": count,
    }  # fmt: skip


def _tree(vocabulary: Vocabulary, axes: list[Axis], counts: dict[tuple[Axis, str], int]) -> list[str]:
    lines: list[str] = []
    for axis in axes:
        terms = [term for term in vocabulary.of(axis.scheme) if not term.qualifier]
        lines += [f"{axis}:"]
        todo = [(term, 1) for term in reversed(terms) if not term.broader]
        while todo:
            term, depth = todo.pop()
            count = counts.get((axis, term.id), 0)
            lines.append(f"{'  ' * depth}{term.label} ({term.id}){f'  {count}' if count else ''}")
            todo += [(one, depth + 1) for one in reversed(terms) if term.id in one.broader and depth < 20]
    return lines


@click.command("check-vocabulary", cls=Command)
@click.argument("folder", required=False)
@click.pass_obj
def check_vocabulary_command(session: Session, folder: str | None) -> int:
    """Check a vocabulary folder: the library's own, the shipped one, or FOLDER."""
    from evidence.formats import vocabulary_check, vocabulary_toml
    from evidence.wiring import library_path

    own = library_path(session.path) / "vocabulary"
    path = Path(folder) if folder else own if own.is_dir() else vocabulary_toml.shipped()
    if not path.is_dir():
        raise InputError(f"There is no folder {path}.")
    faults = list(vocabulary_check.faults(path))
    checked = len(list(path.glob("*.toml")))
    document = {
        "ok": not faults, "checked": checked,
        "faults": [{"where": one.where, "what": one.what, "mend": one.mend} for one in faults],
    }  # fmt: skip
    lines = [f"{one.where}: {one.what}{f' {one.mend}' if one.mend else ''}" for one in faults]
    session.print(document, lambda: "\n".join([*lines, f"{checked} files checked, {len(faults)} faults."]))
    return 1 if faults else 0
