"""question: saved searches, and what is new in their answers."""

from __future__ import annotations

import sys
from typing import Any

import click

from evidence.cli.search import choosing
from evidence.cli.session import Command, Session, shared_options, take_shared
from evidence.cli.shapes import (
    authors_words,
    graded_words,
    level_json,
    notice_lines,
    notices_json,
    said_json,
    said_words,
)
from evidence.cli.tables import wrapped
from evidence.core.library import Library
from evidence.core.questions import Changed, Inquiry, News
from evidence.errors import EvidenceError, LibraryError, UsageError
from evidence.model.markup import shown
from evidence.model.record import Record
from evidence.ports import Question

Told = News | EvidenceError
"""What is to be told of a question, or why it cannot be asked."""


@click.group(
    "question", params=shared_options(), context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)  # fmt: skip
@click.pass_context
def question_command(ctx: click.Context, /, **_options: object) -> None:
    """Save searches, and see what is new since you last looked."""
    take_shared(ctx)
    if ctx.invoked_subcommand is None:
        raise UsageError("Say what to do: question save, new, list or delete.", "See `evidence question --help`.")


@question_command.command("save", cls=Command)
@click.argument("name")
@click.argument("query", nargs=-1)
@choosing
@click.pass_obj
def save_command(session: Session, /, name: str, query: tuple[str, ...], **options: Any) -> None:
    """Save the search QUERY, with its options, under NAME; what answers it now counts as seen.

    A name that is saved already asks the new search from now on; undo brings the old one back.
    """
    with session.open(write=True) as library:
        saved = library.save_question(name, Inquiry(" ".join(query), **options))
        document = {"questions": [_json(library, _news(library, saved.name))], "change": saved.change}
    if saved.change is None:
        said = [f"“{saved.name}” is saved already; nothing was changed."]
    else:
        noun = "record answers" if saved.total == 1 else "records answer"
        said = [f"“{saved.name}” saved: {saved.total} {noun} now, counted as seen."]
        if saved.before:
            said.append(f"It asked before: {_words(saved.before)}. What was seen starts anew.")
        said.append(f"Change {saved.change}; to take it back: evidence undo {saved.change}")
    session.print(document, lambda: "\n".join(said))


@question_command.command("new", cls=Command)
@click.argument("names", nargs=-1)
@click.option("--keep", is_flag=True, help="Leave it new: do not mark it as looked at.")
@click.pass_obj
def new_command(session: Session, /, names: tuple[str, ...], *, keep: bool) -> int:
    """Show what is new in the answers of each question (or of NAMES), and mark it as looked at."""
    with session.open(write=True) as library:
        told = _asked(library, names)
        _print(session, library, told, lambda one: _new_lines(library, one))
        sys.stdout.flush()  # what nobody could be shown is not marked
        failed = any(isinstance(one, EvidenceError) for _, one in told)
        if not keep:
            failed = not _marked(library, [one for _, one in told if isinstance(one, News)]) or failed
    return 1 if failed else 0


@question_command.command("list", cls=Command)
@click.pass_obj
def list_command(session: Session) -> int:
    """List the saved questions, with how many answers they have and how many are new."""
    with session.open() as library:
        told = _asked(library, ())
        _print(session, library, told, _listed)
    return 1 if any(isinstance(one, EvidenceError) for _, one in told) else 0


@question_command.command("delete", cls=Command)
@click.argument("name")
@click.pass_obj
def delete_command(session: Session, name: str) -> None:
    """Delete a saved question; undo brings it back as it was."""
    with session.open(write=True) as library:
        change = library.delete_question(name)
    document = {"questions": [], "change": change}
    session.print(document, lambda: f"Change {change}; to take it back: evidence undo {change}")


def _asked(library: Library, names: tuple[str, ...]) -> list[tuple[str, Told]]:
    """Each question by name, once, with its news; one that cannot be asked keeps no other back."""
    once: dict[str, str] = {}
    for name in names:
        once.setdefault(Question(name, "").folded, name)
    wanted = list(once.values()) or [one.name for one in library.questions()]
    return [(name, _news(library, name)) for name in wanted]


def _news(library: Library, name: str) -> Told:
    try:
        return library.news(name)
    except (UsageError, LibraryError) as error:  # its search is not understood any more, or it is damaged
        return error


def _marked(library: Library, told: list[News]) -> bool:
    """Whether all that is new could be marked as looked at; what could not be written down is said on standard error."""
    for at, one in enumerate(told):
        try:
            library.looked(one)
        except EvidenceError as error:
            new = any(one.new or one.changed or one.gone for one in told[at:])
            what = "It stays new, because it" if new else "That you looked"
            click.echo(
                f"evidence: {what} could not be {'marked as looked at' if new else 'written down'}: {error.message}",
                err=True,
            )
            return not new
    return True


def _print(session: Session, library: Library, told: list[tuple[str, Told]], lines: Any) -> None:
    document = {"questions": [_json(library, one, name) for name, one in told]}

    def text() -> str:
        blocks = [
            lines(one) if isinstance(one, News) else _unread(name, one)
            for name, one in told
            if not isinstance(one, LibraryError)
        ]
        return "\n".join(line for block in blocks for line in block).rstrip("\n") or ("" if told else _NONE)

    session.print(document, text)
    for name, one in told:
        if isinstance(one, LibraryError):
            click.echo(f"evidence: {name}: cannot be asked. {one.message}\nevidence: {one.hint}", err=True)


_NONE = "No question is saved yet; evidence question save NAME QUERY saves one."


# --- JSON ------------------------------------------------------------------------------------------------------------


def _json(library: Library, told: Told, name: str = "") -> dict[str, Any]:
    if isinstance(told, EvidenceError):
        return {"name": name, "error": {"kind": told.kind, "message": told.message, "hint": told.hint}}
    question = told.question
    return {
        "name": question.name, "query": told.inquiry.text, "read_as": told.read_as, "options": told.inquiry.options,
        "saved": question.saved, "by": question.by, "looked": question.looked, "total": told.total,
        "new": [_record_json(library, one) | {"notices": notices_json(one)} for one in told.new],
        "changed": [_changed_json(library, one) for one in told.changed],
        "gone": [one.key for one in told.gone],
        "removed": [one.key for one in told.gone if one.removed],
        "warnings": list(told.warnings),
    }  # fmt: skip


def _record_json(library: Library, record: Record) -> dict[str, Any]:
    reference = record.reference
    return {
        "key": record.key, "title": reference.title, "year": reference.year, "study": authors_words(reference),
        "level": level_json(library.level(record)),
    }  # fmt: skip


def _changed_json(library: Library, changed: Changed) -> dict[str, Any]:
    return _record_json(library, changed.record) | {
        "notices": [said_json(one) for one in changed.new],
        "past_notices": [said_json(one) for one in changed.past],
    }


# --- text ------------------------------------------------------------------------------------------------------------


def _new_lines(library: Library, news: News) -> list[str]:
    lines = [*_heading(news), *_noted(news)]
    for changed in news.changed:
        lines += _one_line(library, changed.record, "  ! ")
        lines += [line for one in changed.new for line in wrapped(said_words(one), "        ", "      ")]
        lines += [line for one in changed.past for line in wrapped(f"no longer: {one.text}", "        ", "      ")]
    for record in news.new:
        lines += [*_one_line(library, record, "  + "), *notice_lines(record, "      ")]
    lines += [
        f"  - {one.key}   {'removed from the library' if one.removed else 'answers no more'}" for one in news.gone
    ]
    return [*lines, ""]


def _listed(news: News) -> list[str]:
    return [*_heading(news), *_noted(news)]


def _heading(news: News) -> list[str]:
    """Its name and search, when it was looked at, how many answer and what is new among them."""
    question = news.question
    seen = (
        f"last looked at {_time(question.looked)}"
        if question.looked
        else f"not looked at since it was saved, {_time(question.saved)}"
    )
    counts = [f"{news.total} {'answer' if news.total == 1 else 'answers'}", f"{len(news.new)} new"]
    if news.changed:
        counts.append(f"{len(news.changed)} with changed notices")
    if news.gone:
        counts.append(f"{len(news.gone)} no more")
    return [
        *wrapped(f"{question.name}: {_words(news.inquiry)}", "    ", ""),
        *wrapped(f"{', '.join(counts)}; {seen}", "    ", "  "),
    ]


def _noted(news: News) -> list[str]:
    return [line for one in news.warnings for line in wrapped(one, "    ", "  Note: ")]


def _unread(name: str, error: EvidenceError) -> list[str]:
    return [*wrapped(f"{name}: cannot be asked. {error.message} {error.hint}", "    ", ""), ""]


def _one_line(library: Library, record: Record, start: str) -> list[str]:
    """Key, study, level and title, as a line of the answer."""
    level = graded_words(record, library.level(record), library.vocabulary)
    return wrapped(
        f"{record.key}   {authors_words(record.reference)}   level {level}   {shown(record.reference.title)}",
        "      ",
        start,
    )


def _words(inquiry: Inquiry) -> str:
    """The search as it would be typed."""
    options = [
        f"--{name.replace('_', '-')} {one}"
        for name, value in inquiry.options.items()
        if value not in (None, [], "all", "relevance")
        for one in (value if isinstance(value, list) else [value])
    ]
    return " ".join([inquiry.text or "everything" if not options else inquiry.text, *options]).strip()


def _time(when: str) -> str:
    return f"{when[:16].replace('T', ' ')} UTC"
