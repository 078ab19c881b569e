"""show and why: one record, and the words behind its tags."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from evidence.cli.session import Command, Session
from evidence.cli.shapes import (
    authors_words,
    claim_json,
    fact_json,
    graded_words,
    level_json,
    notice_lines,
    notices_json,
    record_json,
    tags_json,
)
from evidence.cli.tables import wrapped
from evidence.core.library import Library
from evidence.core.notices import TIES
from evidence.model.markup import shown
from evidence.model.record import Axis, Claim, Fact, Record
from evidence.model.reference import Date, Name, Reference
from evidence.ports import Change, Entry

_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIELDS = {
    "original-title": "Original", "container-title": "In", "container-title-short": "Short", "volume": "Volume", "issue": "Issue", "page": "Pages",
    "publisher": "Publisher", "publisher-place": "Place", "edition": "Edition", "DOI": "DOI", "PMID": "PMID", "PMCID": "PMCID",
    "ISSN": "ISSN", "ISBN": "ISBN", "URL": "URL", "language": "Language", "genre": "Genre", "keyword": "Keywords", "note": "Note",
    "source": "Read on",
}  # fmt: skip


@click.command("show", cls=Command)
@click.argument("key")
@click.pass_obj
def show_command(session: Session, key: str) -> None:
    """Show one record whole."""
    with session.open() as library:
        record = library.record(key)
        entries, changes = library.entries(record.key), library.history(record.key)
        document = {
            "record": record_json(record),
            "tags": tags_json(record.tags),
            "level": level_json(library.level(record)),
            "notices": notices_json(record),
            "claims": [claim_json(one) for one in library.why(key)],
            "facts": [fact_json(one) for one in record.facts],
            "history": [change_json(one) for one in changes],
            "notes": [asdict(one) for one in record.notes],
            "sources": [_source_json(record, one) for one in entries],
        }
        session.print(document, lambda: "\n".join(_whole(library, record, entries, changes)))


@click.command("why", cls=Command)
@click.argument("key")
@click.pass_obj
def why_command(session: Session, key: str) -> None:
    """Show each tag with the words that justify it."""
    with session.open() as library:
        record, claims = library.record(key), library.why(key)
        level = level_json(library.level(record))
        document = {"key": record.key, "claims": [claim_json(one) for one in claims], "level": level}
        session.print(document, lambda: "\n".join(reasons(library, record, claims)))


def reasons(library: Library, record: Record, claims: tuple[Claim, ...]) -> list[str]:
    """The claims as text, by axis and term, and the level's reason."""
    lines = [f"{record.key}: {shown(record.reference.title)}"]
    for axis in Axis:
        for term in dict.fromkeys(one.term for one in claims if one.axis is axis):
            lines.append(f"  {axis}: {library.vocabulary.label(axis, term)} ({term})")
            lines += [line for one in claims if (one.axis, one.term) == (axis, term) for line in _claim(one)]
    if not claims:
        lines.append("  no tags: nothing in the record names a term of the vocabulary")
    level = library.level(record)
    said = f" by “{level.quote}” in {level.field}" if level.quote else ""
    return [
        *lines,
        *wrapped(
            f"{graded_words(record, level, library.vocabulary)}, {level.reason}{said} ({level.scheme}, {level.question})",
            "    ",
            "  level: ",
        ),
    ]


def change_json(change: Change) -> dict[str, Any]:
    """A change as `history` shows it."""
    return {
        "n": change.n, "when": change.when, "who": change.who, "what": change.what, "keys": list(change.keys),
        "undone_by": change.undone_by,
    }  # fmt: skip


def _claim(claim: Claim) -> list[str]:
    if claim.by == "person":
        return [f"      {claim.state} by {claim.who} on {(claim.when or '')[:10]}"]
    said = f"“{shown(claim.quote)}” in {claim.field}" if claim.quote else f"in {claim.field}"
    rejected = ", rejected by a person" if claim.state == "rejected" else ""
    return wrapped(
        f"{said} ({claim.rule or claim.by}, certainty {claim.certainty:.2f}{rejected})", "        ", "      "
    )


def _source_json(record: Record, entry: Entry) -> dict[str, Any]:
    source = entry.source
    return {
        "file": source.name if source else None,
        "format": source.format if source else None,
        "sha256": source.sha256 if source else None,
        "when": source.when if source else None,
        "line": entry.line,
        "key": entry.key,
        "current": entry.id in record.entries,
        "text": entry.raw.decode("utf-8", "replace"),
    }


def _whole(library: Library, record: Record, entries: list[Entry], changes: list[Change]) -> list[str]:
    reference = record.reference
    lines = [
        f"{record.key}   {authors_words(reference)}   ({reference.type})",
        *wrapped(shown(reference.title) or "(no title)", "  "),
        *notice_lines(record, "  "),
    ]
    for role in dict.fromkeys(name.role for name in reference.names):
        names = "; ".join(_name(name) for name in reference.named(role))
        more = "; others not listed" if role == "author" and "authors_rest" in reference.missing else ""
        lines += wrapped(names + more, " " * 14, f"  {role.capitalize() + ':':<12}")
    lines += [f"  {date.variable.capitalize() + ':':<12}{_date(date)}" for date in reference.dates]
    for name, label in _FIELDS.items():
        if value := reference.fields.get(name):
            lines += wrapped(shown(value), " " * 14, f"  {label + ':':<12}")
    for label, values in (("MeSH", _headings(reference)), ("Types", reference.publication_types)):
        lines += wrapped("; ".join(values), " " * 14, f"  {label + ':':<12}") if values else []
    lines += _state(record)
    if abstract := reference.fields.get("abstract"):
        lines += ["", *wrapped(shown(abstract), "  ")]
    lines += ["", *reasons(library, record, library.why(record.key))[1:]]
    lines += _facts(record.facts)
    lines += [
        line
        for note in record.notes
        for line in wrapped(f"{note.text} ({note.who}, {note.when[:10]})", "    ", "  note: ")
    ]
    lines += ["", "  From:", *dict.fromkeys(_origin(one) for one in entries if one.source and one.id in record.entries)]
    return [*lines, "  Changes:", *(f"    {one.n}  {one.when}  {one.who}  {one.what}" for one in changes)]


def _headings(reference: Reference) -> list[str]:
    """The MeSH headings as PubMed prints them: `Glucose*/administration & dosage`, the major ones with a star."""
    return [
        "/".join((shown(one.label) + ("*" if one.major else ""), *(shown(part) for part in one.qualifiers)))
        for one in reference.mesh
    ]


def _state(record: Record) -> list[str]:
    reference = record.reference
    lines = (
        [f"  Incomplete: {', '.join(reference.missing) or 'the source says so'}"]
        if reference.status == "incomplete"
        else []
    )
    if reference.as_cited:
        lines.append(f"  As cited (known from a citing page only): {', '.join(reference.as_cited)}")
    lines += [
        f"  {one.kind.replace('-', ' ').capitalize()}: {one.key}" for one in reference.relations if one.kind not in TIES
    ]
    if record.aliases:
        lines.append(f"  Also called: {', '.join(record.aliases)}")
    return [*lines, *(f"  Edited: {one.field}, by {one.who}, {one.when[:10]}" for one in record.edits)]


def _facts(facts: tuple[Fact, ...]) -> list[str]:
    lines = ["", "  Facts:"] if facts else []
    for fact in facts:
        unit = f" {fact.unit}" if fact.unit else ""
        of = (
            f" ({', '.join(f'{name} {value}' for name, value in fact.of.items())})" if isinstance(fact.of, dict) else ""
        )
        quote = f" “{fact.quote}”" if fact.quote else ""
        lines += wrapped(
            f"{fact.name}: {fact.value}{unit}{of}{quote}, {fact.field or 'page'}, {fact.source or ''}", "      ", "    "
        )
    return lines


def _origin(entry: Entry) -> str:
    source = entry.source
    return f"    {source.name} ({source.format}), read {source.when[:10]}" if source else ""


def _name(name: Name) -> str:
    particle = f"{name.particle} " if name.particle else ""
    return name.literal or ", ".join(part for part in (particle + (name.family or ""), name.given, name.suffix) if part)


def _date(date: Date) -> str:
    parts = [" ".join(_part(at, one) for at, one in enumerate(part)) for part in date.parts]
    return ("about " if date.circa else "") + (" to ".join(parts) or date.literal or "")


def _part(at: int, number: int) -> str:
    """A year, a month's name, a day; a number that is no month stays one."""
    return _MONTHS[number] if at == 1 and 0 < number < len(_MONTHS) else str(number)
