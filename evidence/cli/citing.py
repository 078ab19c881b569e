"""cite and styles: reference lists in the style of a journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from evidence.cli.session import Command, Session
from evidence.errors import NeedsPersonError, NotBuiltError, UsageError

if TYPE_CHECKING:  # `styles` need not wait for it
    from evidence.core.citing import Lacking, Noted, Noticed, Order, ReferenceList
    from evidence.core.library import Library
    from evidence.model.record import Record
    from evidence.ports import Style

_SET = ("text", "markdown", "html")  # by the citer; the others are the records themselves
_WRITTEN = ("csl-json", "bibtex")
_LATER = ("rtf", "docx", "ris")
_WIDEST_ID = 60  # characters of the column of style ids


@dataclass(frozen=True, slots=True)
class _Made:
    """A list as it is given out: the text in its format, the JSON document, and what a person should look at.

    `numbers` are those of the references, by key; `style` is named to a person who did not name it surely.
    """

    text: str
    document: Any
    lacking: Sequence[Lacking]
    noticed: Sequence[Noticed]
    notes: Sequence[Noted] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    style: Style | None = None

    def lines(self) -> Iterator[str]:
        """What to look at, a line each; with the reference's number in a list that has them."""
        if self.style:
            yield f"The style is {self.style.title} ({self.style.id})."
        for lack in self.lacking:
            yield f"{self._name(lack.key)} is incomplete: {lack.words}"
        for note in self.notes:
            yield f"{self._name(note.key)}: {note.text}"
        for one in self.noticed:
            yield f"{self._name(one.key)}: {'; '.join(said.text for said in one.said)}"

    def _name(self, key: str) -> str:
        return f"{self.numbers[key]}. {key}" if key in self.numbers else key


@click.command("cite", cls=Command)
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--query", metavar="QUERY", help="The records that answer it, after the KEYs.")
@click.option(
    "--style",
    default="ama",
    show_default=True,
    metavar="STYLE",
    help="ama, vancouver, nlm, apa, bmj, jama, nejm, lancet …, any that `evidence styles` lists, or your own .csl file.",
)
@click.option(
    "--order",
    type=click.Choice(["given", "year", "evidence"]),
    default="given",
    show_default=True,
    help="As named; by year, oldest first; by level of evidence, best first, then by year. Styles that sort sort anew.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice([*_SET, *_WRITTEN, *_LATER]),
    default="text",
    show_default=True,
    metavar="NAME",
    help="text, markdown, html; csl-json or bibtex give the records instead.",
)
@click.option("--pmid", is_flag=True, help="Print PubMed's numbers, where the style has a place for them.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.pass_obj
def cite_command(session: Session, /, keys: tuple[str, ...], **options: Any) -> int:
    """Print a reference list in a journal's style.

    A record that lacks what its type needs, or was retracted, is cited all the same and named on standard error; the
    command then ends with 1. Styles are those of the Citation Style Language project, https://citationstyles.org/
    """
    format_name: str = options["format_name"]
    if format_name in _LATER:
        raise NotBuiltError(f"Reference lists as {format_name} are not built yet.", "Take text, markdown or html.")
    if not keys and options["query"] is None:
        raise UsageError(
            "Which records?", "Name their keys, or give --query: evidence cite KEY KEY, evidence cite --query QUERY"
        )
    damaged: list[str] = []
    with session.open() as library:
        records = library.cited(keys, options["query"], cast("Order", options["order"]), damaged)
        if not records:
            raise NeedsPersonError("No record answers the query.", "Try fewer words, or `evidence search` first.")
        if format_name in _WRITTEN:
            made = _written(library, records, format_name)
        else:
            made = _set(library, records, options["style"], format_name, pmid=options["pmid"])
    _print(session, made, options["output"], format_name)
    for line in made.lines():
        click.echo(f"evidence: {line}", err=True)
    if damaged:
        said = f"damaged and left out: {', '.join(damaged)}; `evidence verify` names all that is wrong."
        click.echo(f"evidence: {said}", err=True)
    return 1 if damaged or made.lacking or any(one.grave for one in made.noticed) else 0


@click.command("styles", cls=Command)
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.pass_obj
def styles_command(session: Session, words: tuple[str, ...]) -> None:
    """List the citation styles, or those that match a word.

    All WORDs must begin a word of the style's name or title. The titles are from the Citation Style Language project,
    https://citationstyles.org/ (CC BY-SA 3.0).
    """
    from evidence.citing import citer

    citing = citer()
    found = list(citing.styles(" ".join(words)))
    short = citing.short(" ".join(words))
    names = [f"{short} -> {one.id}" if short and not at else one.id for at, one in enumerate(found)]
    width = min(max(map(len, names), default=0), _WIDEST_ID)
    session.print(
        {"styles": [{"id": one.id, "title": one.title} for one in found]},
        lambda: (
            "\n".join(f"{name:<{width}}  {one.title}" for name, one in zip(names, found, strict=True))
            or f"No style has the words {' '.join(words)!r}. Try fewer, or the first letters only."
        ),
    )


def _set(library: Library, records: Sequence[Record], style: str, format_name: str, *, pmid: bool) -> _Made:
    made = library.cite(records, style, pmid=pmid)
    numbers = {one.key: one.number for one in made.references if one.number is not None}
    told = made.style if made.guessed else None
    return _Made(_text(made, format_name), _json(made), made.lacking, made.noticed, made.notes, numbers, told)


def _written(library: Library, records: Sequence[Record], format_name: str) -> _Made:
    """The records themselves, without remarks, for another program to cite."""
    from evidence.core.citing import lacking, noticed

    text = "".join(library.export(records, format_name, bare=True))
    return _Made(text.rstrip("\n"), {"format": format_name, "text": text}, lacking(records), noticed(records))


def _json(made: ReferenceList) -> dict[str, Any]:
    return {
        "style": made.style.id,
        "references": [
            {"key": one.key, "number": one.number, "text": one.text, "html": one.html} for one in made.references
        ],
        "missing": [{"key": one.key, "fields": list(one.missing)} for one in made.lacking],
        "notes": [{"key": one.key, "text": one.text} for one in made.notes],
        "notices": [
            {"key": one.key, "kind": said.kind, "text": said.text} for one in made.noticed for said in one.said
        ],
    }


def _text(made: ReferenceList, format_name: str) -> str:
    """The whole list. Lines are not wrapped: they are pasted into other programs."""
    if format_name == "html":
        return _html(made)
    numbered = all(one.number is not None for one in made.references)
    lines = [
        (f"{one.number}. " if numbered else "") + (one.text if format_name == "text" else one.markdown)
        for one in made.references
    ]
    return ("\n" if numbered or format_name == "text" else "\n\n").join(lines)


def _html(made: ReferenceList) -> str:
    """An ordered list; paragraphs in a style that does not number. Each has the id `ref-KEY`."""
    import html

    numbered = all(one.number is not None for one in made.references)
    item, around = ("li", "ol") if numbered else ("p", "div")
    names = [html.escape("-".join(one.key.split())) for one in made.references]
    lines = [f'<{item} id="ref-{name}">{one.html}</{item}>' for name, one in zip(names, made.references, strict=True)]
    return "\n".join([f'<{around} class="references">', *lines, f"</{around}>"])


def _print(session: Session, made: _Made, output: str | None, format_name: str) -> None:
    if output not in {None, "-"}:
        from evidence.disk import write_file

        data = f"{made.text}\n".encode("utf-8", "backslashreplace") if made.text else b""
        write_file(Path(str(output)), data, mode=0o644)
        session.print({"file": output, "bytes": len(data)}, lambda: f"{output}: {len(data)} bytes written")
    elif session.json and format_name != "csl-json":
        session.print(made.document, lambda: "")
    elif made.text:
        click.echo(made.text)
