"""search: the answer table."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, Literal, cast

import click

from evidence.cli.session import Command, Session
from evidence.cli.shapes import (
    DIRECTIONS,
    authors_words,
    graded_words,
    labels,
    level_json,
    notice_lines,
    notices_json,
    record_json,
    summary_json,
    tags_json,
)
from evidence.cli.tables import Column, heading, row, terminal_width, wrapped
from evidence.core.library import Library
from evidence.core.searching import Answer, Hit, narrowed
from evidence.core.studyfacts import Summary, summary
from evidence.errors import NotBuiltError
from evidence.model.markup import shown
from evidence.model.record import Axis
from evidence.ports import Sort

_SOLUTIONS = (Axis.SOLUTION, Axis.COMPARATOR, Axis.ADJUNCT)
_NARROW = 110  # characters; a narrower terminal shows blocks instead of a table
_FACETS = 8  # the most frequent values that a person is shown of each facet


def choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a search that say which records answer, and in what order."""
    options = (
        click.option("--condition", multiple=True, metavar="TERM", help="Only this condition (id, label or synonym)."),
        click.option("--solution", multiple=True, metavar="TERM", help="Only this solution."),
        click.option("--comparator", multiple=True, metavar="TERM", help="Only against this."),
        click.option("--design", multiple=True, metavar="TERM", help="Only this study design."),
        click.option("--since", type=int, metavar="YEAR", help="From this year on."),
        click.option("--until", type=int, metavar="YEAR", help="Up to this year."),
        click.option("--level", metavar="N|N-M", help="Only these levels of evidence, 1 (best) to 5."),
        click.option("--match", type=click.Choice(["all", "any"]), default="all", help="All the words, or any."),
        click.option("--no-expand", multiple=True, metavar="WORD", help="Do not widen WORD by the vocabulary."),
        click.option("--sort", type=click.Choice(["relevance", "evidence", "year"]), default="relevance"),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("search", cls=Command)
@click.argument("query", nargs=-1)
@choosing
@click.option("--strategy", metavar="FILE", help="A pasted search strategy (built later).")
@click.option("--limit", type=click.IntRange(0, 10_000), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@click.option("--explain", is_flag=True, help="Show why each record is there.")
@click.pass_obj
def search_command(session: Session, /, query: tuple[str, ...], **options: Any) -> None:
    """Show the studies that answer QUERY, best first.

    Words are ANDed, "a phrase" is exact, AND OR NOT are read from left to right, brackets override. Fields:
    title: author: journal: year:2010-2020 condition: solution: comparator: design: level:1-2 key: doi: pmid:
    """
    if options["strategy"]:
        raise NotBuiltError("Pasted strategies are not built yet.", "Give the query as words.")
    with session.open() as library:
        parsed = narrowed(
            library.parse(" ".join(query), options["no_expand"]), condition=options["condition"], solution=options["solution"],
            comparator=options["comparator"], design=options["design"], since=options["since"], until=options["until"],
            level=options["level"], vocabulary=library.vocabulary,
        )  # fmt: skip
        begun = perf_counter()
        found = library.search(
            parsed, limit=options["limit"], offset=options["offset"], sort=cast("Sort", options["sort"]),
            match=cast("Literal['all', 'any']", options["match"]),
        )  # fmt: skip
        took = (perf_counter() - begun) * 1000
        session.print(_json(library, found, took), lambda: _text(library, found, explain=options["explain"]))


def _json(library: Library, found: Answer, took_ms: float) -> dict[str, Any]:
    overview = library.overview()
    return {
        "query": found.query.text,
        "read_as": found.query.read_as,
        "expansions": [{"word": one.word, "as": list(one.tags)} for one in found.query.expansions],
        "total": found.total,
        "took_ms": round(took_ms, 1),
        "partial": found.partial,
        "did_you_mean": found.did_you_mean,
        "warnings": list(found.warnings),
        "undated_not_shown": found.undated_not_shown,
        "coverage": {
            "records": overview.records,
            "updated": overview.updated[:10] if overview.updated else None,
            "sources": list(overview.sources),
            "not_searched": list(library.not_searched),
        },
        "facets": {
            name: [{"id": one.id, "label": one.label, "count": one.count} for one in facet]
            for name, facet in found.facets.items()
        },
        "hits": [_hit_json(library, hit) for hit in found.hits],
    }


def _hit_json(library: Library, hit: Hit) -> dict[str, Any]:
    return {
        "key": hit.record.key,
        "score": round(hit.score, 3),
        "match": hit.match,
        "lacks": list(hit.lacks),
        "level": level_json(library.level(hit.record)),
        "tags": tags_json(hit.record.tags),
        "facts": summary_json(summary(hit.record.facts)),
        "record": record_json(hit.record),
        "notices": notices_json(hit.record),
        "highlights": {name: [list(pair) for pair in pairs] for name, pairs in hit.highlights.items()},
    }


def _text(library: Library, found: Answer, *, explain: bool) -> str:
    full = [hit for hit in found.hits if hit.match == "all"]
    lines = [*_shown(library, full, explain=explain), "", *_count(library, found, len(full)), *_facets(found)]
    if partial := [hit for hit in found.hits if hit.match == "partial"]:
        noun = "record has" if len(partial) == 1 else "records have"
        lines += ["", f"{len(partial)} more {noun} only a part of what was asked for:", ""]
        lines += _shown(library, partial, explain=explain)
    lines += ["", *_reading(found), *_coverage(library)]
    return "\n".join(lines).lstrip("\n")


def _shown(library: Library, hits: list[Hit], *, explain: bool) -> list[str]:
    """A table, or blocks where the terminal is too narrow for one."""
    shape = _table if terminal_width() >= _NARROW else _blocks
    return shape(library, hits, explain=explain)


def _blocks(library: Library, hits: list[Hit], *, explain: bool) -> list[str]:
    lines: list[str] = []
    for hit in hits:
        key, study, design, level, people, condition, solution, direction = _cells(library, hit)
        number = "people not stated" if people == "–" else f"{people} people"
        lines += wrapped(f"{key}   {study}", "    ", "")
        lines += wrapped(f"{design} · level {level} · {number} · {direction}", "    ")
        lines += wrapped(f"{condition} · {solution}", "    ")
        lines += _below(library, hit, explain=explain)
        lines.append("")
    return lines[:-1]


def _table(library: Library, hits: list[Hit], *, explain: bool) -> list[str]:
    if not hits:
        return []
    columns = _columns(max(len(hit.key) for hit in hits))
    lines = heading(columns)
    for hit in hits:
        lines += row(columns, _cells(library, hit))
        lines += _below(library, hit, explain=explain)
        lines.append("")
    return lines[:-1]


def _cells(library: Library, hit: Hit) -> list[str]:
    """Key, study, design, level, people, condition, solution against comparator, direction."""
    record, tags = hit.record, hit.record.tags
    facts = summary(record.facts)
    return [
        record.key,
        authors_words(record.reference),
        labels(library.vocabulary, tags, Axis.DESIGN) or "not stated",
        graded_words(record, library.level(record), library.vocabulary),
        "–" if facts.participants is None else str(facts.participants),
        labels(library.vocabulary, tags, Axis.CONDITION) or "–",
        _against(library, hit),
        _direction(facts),
    ]


def _below(library: Library, hit: Hit, *, explain: bool) -> list[str]:
    """The title with the found words marked, what was said of it since, what the record lacks, and why it is there."""
    lines = wrapped(_marked(hit), "    ") + notice_lines(hit.record, "    ")
    if hit.lacks:
        lines += wrapped(f"lacks: {', '.join(hit.lacks)}", "    ")
    return lines + (_explained(library, hit) if explain else [])


def _columns(longest_key: int) -> list[Column]:
    """The table's columns, sharing out what the terminal has; a key stays whole, so that it can be copied."""
    key = min(max(longest_key, 10), 24)
    more = max(0, terminal_width() - (key + 15 + 14 + 9 + 6 + 15 + 17 + 12 + 7 * 2)) // 4
    less = max(0, (key + 15 + 14 + 9 + 6 + 15 + 17 + 12 + 7 * 2) - terminal_width() + 3) // 4
    names = [("Key", key), ("Study", 15 + more - less), ("Design", 14 + more - less), ("Level", 9), ("People", 6)]
    names += [("Condition", 15 + more - less), ("Solution against", 17 + more - less), ("Direction", 12)]
    return [Column(name, size) for name, size in names]


def _against(library: Library, hit: Hit) -> str:
    """`dextrose vs saline; mixed in: lidocaine`. What is studied and compared with each other stands on both sides once."""
    vocabulary, tags = library.vocabulary, hit.record.tags
    names = {axis: [vocabulary.label(axis, term) for term in tags.on(axis)] for axis in _SOLUTIONS}
    against = names[Axis.COMPARATOR]
    studied = [name for name in names[Axis.SOLUTION] if name not in against]
    if not studied and len(names[Axis.SOLUTION]) > 1 and sorted(names[Axis.SOLUTION]) == sorted(against):
        text = " vs ".join(against)
    else:
        text = ", ".join(studied or names[Axis.SOLUTION]) or "–"
        text += f" vs {', '.join(against)}" if against else ""
    mixed = names[Axis.ADJUNCT]
    return f"{text}; mixed in: {', '.join(mixed)}" if mixed else text


def _direction(facts: Summary) -> str:
    said = DIRECTIONS.get(facts.direction or "", facts.direction or "not stated")
    return f"{said} ({facts.at})" if facts.at and facts.at != "not seen" else said


def _marked(hit: Hit) -> str:
    """The title with the found words marked."""
    title = hit.record.reference.title or "(no title)"
    parts, at = [], 0
    for start, end in sorted(hit.highlights.get("title", ())):
        parts += [title[at:start], "*", title[start:end], "*"]
        at = end
    return shown("".join([*parts, title[at:]]))


def _explained(library: Library, hit: Hit) -> list[str]:
    level = library.level(hit.record)
    because = "; ".join(
        f"{claim.axis}:{claim.term} by “{shown(claim.quote)}” in {claim.field}"
        for claim in hit.record.claims
        if claim.quote
    )
    return [
        *wrapped(f"score {hit.score:.2f}; level: {level.reason} ({level.scheme})", "      ", "    because: "),
        *(wrapped(because, "      ", "    tags: ") if because else []),
    ]


def _count(library: Library, found: Answer, shown: int) -> list[str]:
    if found.partial:  # nothing may be concluded from what is not there
        return [
            f"{found.total} found, {shown} shown, in a part of the library: see the note below."
            if found.total
            else "Nothing was found in a part of the library; whether there is something in the rest is not known."
        ]
    if found.total:
        return [f"{found.total} found, {shown} shown."]
    if not library.overview().records:
        return ["This library is empty. Read citations into it with: evidence import FILE"]
    lines = ["There is no study here that answers this."]
    if found.unknown:
        lines.append(f"No record has: {', '.join(found.unknown)}")
    if found.did_you_mean:
        lines.append(f"Did you mean: {found.did_you_mean}")
    return lines


def _facets(found: Answer) -> list[str]:
    lines = []
    for name, facet in found.facets.items():
        if facet:
            shown = " · ".join(f"{one.label} ({one.count})" for one in facet[:_FACETS])
            rest = f" · … {len(facet) - _FACETS} more" if len(facet) > _FACETS else ""
            lines += wrapped(shown + rest, " " * 12, f"{name + ':':<12}")
    return lines


def _reading(found: Answer) -> list[str]:
    lines = wrapped(found.query.read_as, "         ", "Read as: ")
    lines += [f"Widened: {one.word} → {', '.join(one.tags)}" for one in found.query.expansions]
    lines += [line for one in found.warnings for line in wrapped(one, "         ", "Note:    ")]
    if found.undated_not_shown:
        lines.append(f"Not shown: {found.undated_not_shown} without a year.")
    return lines


def _coverage(library: Library) -> list[str]:
    overview = library.overview()
    sources = ", ".join(overview.sources[:5]) + (" …" if len(overview.sources) > 5 else "")
    updated = overview.updated[:10] if overview.updated else "never"
    noun = "record" if overview.records == 1 else "records"
    text = f"{overview.records} {noun} in this library, from {sources or 'nothing yet'}, updated {updated}."
    if library.not_searched:
        text += f" Not searched: {', '.join(library.not_searched)}."
    return wrapped(text, "         ", "Covers:  ")
