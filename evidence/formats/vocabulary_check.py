"""Faults of a vocabulary folder, by file and line: what a reader would stumble over, and what it would not notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from evidence.errors import InputError
from evidence.formats.vocabulary_toml import KEYS, SIGNAL, FaultError, File, open_file, paths, signals, term, texts
from evidence.model.record import Axis
from evidence.model.vocabulary import Term
from evidence.model.words import words
from evidence.ports import Fault

_MESH = re.compile(r"D\d{6,9}")
_WHEN = re.compile(r"[\w-]+=[\w-]+")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TABLE = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")

Read = tuple[File, Term]


def faults(folder: Path) -> Iterator[Fault]:
    """Every fault found in the folder's files. InputError: there is no vocabulary there at all."""
    found: list[Read] = []
    for path in paths(folder):
        try:
            file = open_file(path)
        except InputError as error:
            yield from _repeated(path)
            where, _, what = error.message.partition(": ")
            yield Fault(where, what, error.hint)
            continue
        yield from _shape(file, found)
    schemes: dict[str, list[Read]] = {}
    for file, one in found:
        schemes.setdefault(one.scheme, []).append((file, one))
    for scheme, read in schemes.items():
        yield from _ids(read)
        yield from _ties(read)
        yield from _cycles(read)
        if scheme != SIGNAL:
            yield from _synonyms(read)
        for file, one in read:
            yield from _details(file, one)


def _shape(file: File, found: list[Read]) -> Iterator[Fault]:
    """Unknown keys and values of the wrong kind; the terms that can be read are added to `found`."""
    try:
        scheme = file.scheme
        tables = list(file.tables)
        texts(file.data, "", "nothing")
        found += [(file, one) for one in signals(file.data)]
    except FaultError as error:
        yield Fault(file.where(error.table, error.key), str(error))
        return
    if scheme not in {axis.scheme for axis in Axis}:
        schemes = ", ".join(sorted({axis.scheme for axis in Axis}))
        yield Fault(file.where("", "scheme"), f"There is no scheme {scheme}.", f"It is one of {schemes}.")
    for name, table in tables:
        for key in sorted(set(table) - KEYS):
            yield Fault(file.where(name, key), f"{name} has the unknown key {key}.", "Is it misspelt?")
        try:
            found.append((file, term(scheme, name, table)))
        except FaultError as error:
            yield Fault(file.where(name, error.key), f"{name}: {error}")


def _repeated(path: Path) -> Iterator[Fault]:
    """Tables that stand twice in one file, which TOML refuses without saying where the first one is."""
    first: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if header := _TABLE.match(line):
            name = header.group(1).strip()
            if name in first:
                what = f"{name} stands twice, first on line {first[name]}."
                yield Fault(f"{path.name}:{number}", what, "Join the two.")
            first.setdefault(name, number)


def _ids(read: list[Read]) -> Iterator[Fault]:
    first: dict[str, File] = {}
    for file, one in read:
        if one.id in first:
            yield Fault(file.where(one.id), f"{one.id} stands in {first[one.id].path.name} too.", "Join the two.")
        first.setdefault(one.id, file)
        if one.scheme != SIGNAL and not _ID.fullmatch(one.id):
            yield Fault(file.where(one.id), f"{one.id} is no id.", "Lower-case letters, digits and single hyphens.")


def _ties(read: list[Read]) -> Iterator[Fault]:
    ids = {one.id for _, one in read}
    for file, one in read:
        for key, named in (("broader", one.broader), ("related", one.related), ("partOf", one.part_of)):
            for other in named:
                if other not in ids:
                    what = f"{one.id} names {other} as {key}, which is no term here."
                    yield Fault(file.where(one.id, key, other), what)


def _cycles(read: list[Read]) -> Iterator[Fault]:
    parents = {one.id: one.broader for _, one in read}
    for file, one in read:
        seen: set[str] = set()
        todo = list(one.broader)
        while todo:
            at = todo.pop()
            if at == one.id:
                yield Fault(file.where(one.id, "broader"), f"{one.id} is broader than itself.", "Break the loop.")
                break
            if at not in seen:
                seen.add(at)
                todo += parents.get(at, ())


def _synonyms(read: list[Read]) -> Iterator[Fault]:
    """The same safe words in two terms: a text with them would always be tagged with both."""
    first: dict[tuple[str, ...], str] = {}
    for file, one in read:
        held = {tuple(words(word.text)) for word in one.ambiguous}
        for text in (one.label, *one.synonyms):
            key = tuple(words(text))
            if not key:
                yield Fault(file.where(one.id, "altLabel", text), f"{one.id}: {text!r} holds no word.")
            elif key not in held and first.setdefault(key, one.id) != one.id:
                where = file.where(one.id, "altLabel", text)
                yield Fault(where, f"{text!r} is a synonym of {one.id} and of {first[key]}.", "Make one `ambiguous`.")


def _details(file: File, one: Term) -> Iterator[Fault]:
    for heading in one.mesh:
        if heading.id is not None and not _MESH.fullmatch(heading.id):
            where = file.where(one.id, heading.relation, heading.id)
            yield Fault(where, f"{one.id}: {heading.id} is no MeSH id.", "D and six or nine digits.")
    for grade in one.grades:
        if grade.when and not _WHEN.fullmatch(grade.when):
            where = file.where(one.id, "grades", grade.when)
            yield Fault(where, f"{one.id}: a grade's `when` reads {grade.when!r}.", "Write NAME=VALUE.")
    for word in (*one.ambiguous, *one.abbreviations):
        if not words(word.text):
            yield Fault(file.where(one.id, "ambiguous", word.text), f"{one.id}: {word.text!r} holds no word.")
