"""Vocabularies as TOML with SKOS's words: a folder of files in, one `Vocabulary` out; and its compiled copy.

Each file names its `scheme` (condition, solution, design); every other table is a term, its name the term's id.
Reserved names at the top: `scheme`, `nothing`, `levels`, `signals`. A signal is kept as a term of the scheme
`signal`, its id NAME=VALUE: what a level depends on and the text may say. TOML takes long to read, so the reader of
a library keeps `to_json`'s copy beside it, under the `fingerprint` of the files.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from evidence.errors import InputError
from evidence.model.vocabulary import Grade, Guarded, HeadingMatch, Match, Scheme, Term, Vocabulary

MOST_BYTES = 8_000_000
TOP = frozenset({"scheme", "nothing", "levels", "signals"})
RELATIONS: tuple[Match, ...] = ("exactMatch", "narrowMatch", "broadMatch", "relatedMatch", "anatomy")
KEYS = frozenset(
    {
        "prefLabel", "altLabel", "hiddenLabel", "ambiguous", "abbreviation", "broader", "related", "partOf", "group", "region", "roles",
        "qualifier", "grades", "scopeNote", *RELATIONS,
    }
)  # fmt: skip
SIGNAL = "signal"
_COMPILED = 3  # the shape of the compiled copy; a change of it makes older copies unreadable, so they are made anew
_T = TypeVar("_T")
_HINT = "`evidence check-vocabulary FOLDER` lists every fault."


class FaultError(ValueError):
    """A value that is not what its key asks for; `table` and `key` say where it stands."""

    def __init__(self, table: str, key: str, what: str) -> None:
        """Keep the place beside the sentence."""
        super().__init__(what)
        self.table = table
        self.key = key


@dataclass(frozen=True)
class File:
    """One vocabulary file: its path, its text, what TOML says it holds."""

    path: Path
    text: str
    data: Mapping[str, Any]

    @cached_property
    def _places(self) -> Mapping[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        table = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$", line):
                table = header.group(1).replace('"', "").strip()
                found.setdefault((table, ""), number)
            elif key := re.match(r'\s*"?([\w-]+)"?\s*=', line):
                found.setdefault((table, key.group(1)), number)
        return found

    def line(self, table: str, key: str = "", word: str = "") -> int:
        """The 1-based line of `key` in `table` (of `word` at or after it, when given); the nearest known one."""
        start = self._places.get((table, key)) or self._places.get((table, "")) or 1
        if word:
            for number, line in enumerate(self.text.splitlines()[start - 1 : start + 60], start):
                if word in line:
                    return number
        return start

    def where(self, table: str, key: str = "", word: str = "") -> str:
        """The place as FILE:LINE."""
        return f"{self.path.name}:{self.line(table, key, word)}"

    @property
    def scheme(self) -> str:
        """The scheme that the file's terms belong to."""
        return _text(self.data, "", "scheme")

    @property
    def tables(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The terms: id and table, in file order."""
        for name, table in self.data.items():
            if name not in TOP:
                if not isinstance(table, Mapping):
                    raise FaultError("", name, f"{name} is no table: a term is a table with a prefLabel.")
                yield name, table


def shipped() -> Path:
    """The folder of the vocabulary that comes with the package."""
    return Path(__file__).parent.parent / "vocabularies"


def paths(folder: Path) -> list[Path]:
    """The vocabulary files of `folder`, by name. InputError: there is no such folder, or none in it."""
    found = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not found:
        raise InputError(f"There is no vocabulary in {folder}.", "A vocabulary is a folder of .toml files.")
    return found


def fingerprint(folder: Path) -> str:
    """SHA-256 over the names and bytes of the folder's files, in hex."""
    whole = hashlib.sha256()
    for path in paths(folder):
        data = _bytes(path)
        whole.update(f"{path.name}\0{len(data)}\0".encode())
        whole.update(data)
    return whole.hexdigest()


def open_file(path: Path) -> File:
    """One file, read. InputError names file and line when it is no TOML or no UTF-8."""
    try:
        text = _bytes(path).decode("utf-8-sig")
        return File(path, text, tomllib.loads(text))
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: byte {error.start} is no UTF-8.", "Save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise InputError(f"{path.name}:{line}: this is no TOML: {error}.", _HINT) from error
    except RecursionError as error:
        raise InputError(f"{path.name}: brackets are nested too deep.", _HINT) from error


def read(folder: Path) -> Vocabulary:
    """The vocabulary in `folder`. InputError names file and line of the first thing that cannot be read."""
    terms: list[Term] = []
    nothing: list[str] = []
    levels = Scheme()
    for path in paths(folder):
        file = open_file(path)
        try:
            terms += [term(file.scheme, name, table) for name, table in file.tables]
            terms += signals(file.data)
            nothing += texts(file.data, "", "nothing")
            levels = _levels(file.data) or levels
        except FaultError as error:
            raise InputError(f"{file.where(error.table, error.key)}: {error}", _HINT) from error
    return Vocabulary(tuple(terms), levels, tuple(nothing), fingerprint(folder))


def term(scheme: str, id: str, table: Mapping[str, Any]) -> Term:
    """The term in `table`. FaultError: a value is of the wrong kind, or the label is missing."""
    return Term(
        scheme=scheme,
        id=id,
        label=_text(table, id, "prefLabel"),
        synonyms=texts(table, id, "altLabel"),
        ambiguous=_guarded(table, id, "ambiguous"),
        abbreviations=_guarded(table, id, "abbreviation"),
        broader=texts(table, id, "broader"),
        related=texts(table, id, "related"),
        part_of=texts(table, id, "partOf"),
        mesh=tuple(one for relation in RELATIONS for one in _headings(table, id, relation)),
        group=_optional(table, id, "group"),
        region=_optional(table, id, "region"),
        roles=texts(table, id, "roles"),
        qualifier=bool(table.get("qualifier", False)),
        grades=_each(table, id, "grades", _grade),
        note=_optional(table, id, "scopeNote"),
        hidden=texts(table, id, "hiddenLabel"),
    )


def signals(data: Mapping[str, Any]) -> list[Term]:
    """The signals of a file, as terms of the scheme `signal`: phrases in `synonyms`, or `ambiguous` when barred."""
    found = []
    for name, table in _mapping(data, "", "signals").items():
        if not isinstance(table, Mapping):
            raise FaultError("signals", name, f"The signal {name} is no table.")
        place = f"signals.{name}"
        phrases, bars = texts(table, place, "phrases"), texts(table, place, "bars")
        guarded = tuple(Guarded(text, (), bars) for text in phrases) if bars else ()
        found.append(Term(SIGNAL, name, name, () if bars else phrases, guarded))
    return found


def texts(table: Mapping[str, Any], place: str, key: str) -> tuple[str, ...]:
    """A list of texts under `key`; () when it is absent."""
    return _each(table, place, key, lambda value: _string(value, place, key))


def to_json(vocabulary: Vocabulary) -> str:
    """The compiled copy of `vocabulary`, which `from_json` reads back equal."""
    levels = vocabulary.levels
    return json.dumps(
        [
            _COMPILED, vocabulary.version, [levels.name, levels.question, levels.undesigned, levels.words], vocabulary.nothing,
            [_packed(one) for one in vocabulary.terms],
        ],
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip


def from_json(text: str) -> Vocabulary:
    """The vocabulary in a compiled copy. ValueError: it is no copy, or one of another shape."""
    try:
        shape, version, levels, nothing, terms = json.loads(text)
        if shape != _COMPILED:
            raise ValueError("a compiled vocabulary of another shape")
        name, question, undesigned, said = levels
        scheme = Scheme(name, question, undesigned, tuple((int(value), str(word)) for value, word in said))
        return Vocabulary(tuple(_unpacked(one) for one in terms), scheme, tuple(nothing), version)
    except (TypeError, RecursionError) as error:
        raise ValueError("no compiled vocabulary") from error


def _packed(one: Term) -> list[Any]:
    return [
        one.scheme, one.id, one.label, one.synonyms,
        [[word.text, word.needs, word.bars] for word in one.ambiguous],
        [[word.text, word.needs, word.bars] for word in one.abbreviations],
        one.broader, one.related, one.part_of,
        [[heading.relation, heading.label, heading.id, heading.tree] for heading in one.mesh],
        one.group, one.region, one.roles, one.qualifier,
        [[grade.value, grade.reason, grade.when] for grade in one.grades], one.note, one.hidden,
    ]  # fmt: skip


def _unpacked(row: Sequence[Any]) -> Term:
    (scheme, name, label, synonyms, ambiguous, short, broader, related, part_of, mesh, group, region, roles, qualifier,
     grades, note, hidden) = row  # fmt: skip
    return Term(
        scheme, name, label, tuple(synonyms), tuple(_word(one) for one in ambiguous), tuple(_word(one) for one in short),
        tuple(broader), tuple(related), tuple(part_of), tuple(HeadingMatch(*one) for one in mesh), group, region,
        tuple(roles), qualifier, tuple(Grade(*one) for one in grades), note, tuple(hidden),
    )  # fmt: skip


def _word(row: Sequence[Any]) -> Guarded:
    text, needs, bars = row
    return Guarded(text, tuple(needs), tuple(bars))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name} is larger than {MOST_BYTES:,} bytes: that is no vocabulary.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def _levels(data: Mapping[str, Any]) -> Scheme | None:
    table = _mapping(data, "", "levels")
    if not table:
        return None
    undesigned = _optional(table, "levels", "undesigned") or Scheme().undesigned
    said = table.get("words", {})
    if not isinstance(said, Mapping) or not set(said) <= set("12345"):
        raise FaultError("levels", "words", "words must be a table: a level from 1 to 5, and the words beside it.")
    shown = tuple((int(value), _string(word, "levels", "words")) for value, word in said.items())
    return Scheme(_text(table, "levels", "name"), _text(table, "levels", "question"), undesigned, shown)


def _mapping(data: Mapping[str, Any], place: str, key: str) -> Mapping[str, Any]:
    table = data.get(key, {})
    if not isinstance(table, Mapping):
        raise FaultError(place, key, f"{key} is no table.")
    return table


def _string(value: object, place: str, key: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FaultError(place, key, f"{key} must be text that is not empty.")
    return value


def _text(table: Mapping[str, Any], place: str, key: str) -> str:
    if key not in table:
        raise FaultError(place, "", f"{key} is missing.")
    return _string(table[key], place, key)


def _optional(table: Mapping[str, Any], place: str, key: str) -> str | None:
    return _string(table[key], place, key) if key in table else None


def _each(table: Mapping[str, Any], place: str, key: str, make: Callable[[Any], _T]) -> tuple[_T, ...]:
    values = table.get(key, [])
    if not isinstance(values, list):
        raise FaultError(place, key, f"{key} must be a list.")
    try:
        return tuple(make(value) for value in values)
    except FaultError as error:
        raise FaultError(place, key, str(error)) from error


def _guarded(table: Mapping[str, Any], place: str, key: str) -> tuple[Guarded, ...]:
    def one(value: Any) -> Guarded:
        _shape(value, {"text", "needs", "bars"}, place, key)
        return Guarded(_text(value, place, "text"), texts(value, place, "needs"), texts(value, place, "bars"))

    return _each(table, place, key, one)


def _headings(table: Mapping[str, Any], place: str, relation: Match) -> tuple[HeadingMatch, ...]:
    def one(value: Any) -> HeadingMatch:
        _shape(value, {"id", "label", "tree"}, place, relation)
        label = _text(value, place, "label")
        return HeadingMatch(relation, label, _optional(value, place, "id"), _optional(value, place, "tree"))

    return _each(table, place, relation, one)


def _grade(value: Any) -> Grade:
    _shape(value, {"value", "reason", "when"}, "", "grades")
    number = value.get("value")
    if number is not None and (not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 5):
        raise FaultError("", "grades", "A grade's value is 1 to 5, or absent for no level.")
    return Grade(number, _text(value, "", "reason"), _optional(value, "", "when") or "")


def _shape(value: object, keys: set[str], place: str, key: str) -> None:
    if not isinstance(value, Mapping):
        raise FaultError(place, key, f"{key} holds something that is no table.")
    if unknown := set(value) - keys:
        raise FaultError(place, key, f"{key} does not know {', '.join(sorted(unknown))}.")
