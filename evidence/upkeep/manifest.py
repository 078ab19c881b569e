"""What a backup says of itself: `manifest.json`, its first member."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from evidence.errors import InputError, LibraryError
from evidence.ports import Fault
from evidence.upkeep.plain import plain

FORMAT = 1
NAME = "manifest.json"
SETTINGS = "library.toml"
DATABASE = "library.db"
VOCABULARY = "vocabulary/"
MOST_BYTES = 8 << 20  # of a manifest
MOST_MEMBERS = 1000
_WHAT = "evidence backup"
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_PLAIN = re.compile(r"[^/\\:*?\"<>|\x00-\x1f\x7f]{1,120}\.toml")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a backup: its name, size in bytes and SHA-256 (64 hexadecimal digits)."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup: `made` when (ISO 8601, UTC) by which `program`; `schema` is the database's revision.

    `library` is the library's own id, `seq` and `mark` the last line of its log and its fingerprint, `tables` how many rows
    each table holds. `server`: the library was kept on a database server. `faults` is what was wrong with it; ().
    """

    made: str
    program: str
    schema: int
    library: str
    records: int
    seq: int
    mark: str
    tables: tuple[tuple[str, int], ...]
    members: tuple[Member, ...]
    server: bool = False
    faults: tuple[Fault, ...] = ()

    def member(self, name: str) -> Member:
        """The member `name`. InputError when there is none."""
        found = next((one for one in self.members if one.name == name), None)
        if found is None:
            raise InputError(f"The backup holds no {name}.", UNSOUND)
        return found


UNSOUND = "Use an older backup; this file was damaged, or is none that `evidence backup` made."


def as_json(manifest: Manifest) -> bytes:
    """The manifest as a JSON document."""
    document = {"what": _WHAT, "format": FORMAT} | asdict(manifest)
    document["tables"] = dict(manifest.tables)
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def from_json(data: bytes) -> Manifest:
    """The manifest in `data`. InputError: it is none; LibraryError: a newer program wrote it."""
    try:
        found = json.loads(data)
        _refuse_strange(found)
        return _read(found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"The backup's {NAME} cannot be read: {plain(str(error))}.", UNSOUND) from error


def allowed(name: str) -> bool:
    """Whether a backup may hold a member `name`: nothing else is ever written to the disk."""
    if name in {NAME, SETTINGS, DATABASE}:
        return True
    plain = name.removeprefix(VOCABULARY)
    return plain != name and not plain.startswith((".", " ")) and bool(_PLAIN.fullmatch(plain))


def _refuse_strange(found: Any) -> None:
    number = found.get("format")
    if found.get("what") != _WHAT:
        raise ValueError(f"it does not call itself an {_WHAT}")
    if not isinstance(number, int) or number < 1:
        raise ValueError("its format has no number")
    if number > FORMAT:
        raise LibraryError(
            f"The backup was made by a newer version of the program (format {number}, known: {FORMAT}).",
            "Install that version or a newer one, then restore it.",
        )


def _read(found: Mapping[str, Any]) -> Manifest:
    members = tuple(Member(_text(one["name"]), _count(one["bytes"]), _hash(one["sha256"])) for one in found["members"])
    if len(members) > MOST_MEMBERS or len({one.name for one in members}) != len(members):
        raise ValueError("it names too many files, or one of them twice")
    return Manifest(
        made=_time(found["made"]),
        program=_text(found["program"]),
        schema=_count(found["schema"]),
        library=_text(found["library"]),
        records=_count(found["records"]),
        seq=_count(found["seq"]),
        mark=_text(found["mark"]),
        tables=tuple((_text(name), _count(number)) for name, number in found["tables"].items()),
        members=members,
        server=bool(found.get("server")),
        faults=tuple(
            Fault(_text(one["where"]), _text(one["what"]), _text(one["mend"])) for one in found.get("faults", ())
        ),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.60} is no text")
    return value


def _time(value: object) -> str:
    """A time as a backup writes it: `fromisoformat` alone takes any character between day and hour."""
    if not _TIME.fullmatch(_text(value)):
        raise ValueError(f"{value!r:.60} is no time")
    datetime.fromisoformat(_text(value))
    return _text(value)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r:.60} is no number")
    return value


def _hash(value: object) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", _text(value)):
        raise ValueError(f"{value!r:.80} is no SHA-256")
    return _text(value)
