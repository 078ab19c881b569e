"""The schema, declared once for every database. A test holds it against what the migrations make."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Numbers are given by the writer, who is alone: no two databases count in the same way.
_NUMBER: dict[str, Any] = {"primary_key": True, "autoincrement": False}
_SHA256 = String(64)


def _record(**more: Any) -> Column[Any]:
    return Column("record", Integer, ForeignKey("record.id"), nullable=False, autoincrement=False, **more)


def _texts(*names: str, needed: bool = False) -> list[Column[Any]]:
    return [Column(name, Text, nullable=not needed) for name in names]


def _derived(name: str, *columns: Column[Any]) -> Table:
    """A table of rows derived from a record's state, in its order. Its primary key is its order on SQLite's disk too."""
    position = Column("position", Integer, primary_key=True, autoincrement=False)
    return Table(name, metadata, _record(primary_key=True), position, *columns, sqlite_with_rowid=False)


# `id`: the library's own, given when it was made.
meta = Table("meta", metadata, Column("name", String(40), primary_key=True), *_texts("value", needed=True))

change = Table(
    "change",
    metadata,
    Column("n", Integer, **_NUMBER),
    *_texts("at", "who", "what", needed=True),
    Column("undone_by", Integer, ForeignKey("change.n")),
)

source = Table(
    "source",
    metadata,
    Column("id", Integer, **_NUMBER),
    *_texts("name", needed=True),
    Column("sha256", _SHA256, nullable=False, index=True),
    *_texts("format", "encoding", "at", needed=True),
)

entry = Table(
    "entry",
    metadata,
    Column("id", Integer, **_NUMBER),
    Column("source", Integer, ForeignKey("source.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    *_texts("key"),
    *_texts("outcome", needed=True),
    *_texts("reason"),
    Column("raw", LargeBinary, nullable=False),  # compressed by zlib
    Column("sha256", _SHA256, nullable=False, index=True),  # of the bytes as they stood in the file
)

# `key` and `title` are tokens (see rows.token). `version` is the number of the current version, `seq` its line in the
# log; a removed record (`live` 0) keeps its row, its key and its versions.
record = Table(
    "record",
    metadata,
    Column("id", Integer, **_NUMBER),
    Column("key", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("live", SmallInteger, nullable=False),
    Column("sha256", _SHA256, nullable=False),
    Column("title", Text, index=True),
)

# The log and the history: rows are added and never changed.
version = Table(
    "version",
    metadata,
    Column("seq", Integer, **_NUMBER),
    _record(),
    Column("number", Integer, nullable=False),
    Column("change", Integer, ForeignKey("change.n"), nullable=False, index=True),
    Column("removed", SmallInteger, nullable=False),
    *_texts("key", needed=True),
    Column("sha256", _SHA256, nullable=False),
    *_texts("state", needed=True),
    UniqueConstraint("record", "number"),
)

# Every key that a record has or had; `alias` 1: a live record answers to it beside its own.
known_key = Table(
    "known_key",
    metadata,
    Column("text", Text, primary_key=True),
    _record(primary_key=True, index=True),
    Column("alias", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

# `holder` is 0 for the record that holds the identifier and the record's id for one that also claims it.
identifier = Table(
    "identifier",
    metadata,
    Column("scheme", String(20), primary_key=True),
    Column("value", Text, primary_key=True),
    _record(primary_key=True, index=True),
    Column("holder", Integer, nullable=False),
    UniqueConstraint("scheme", "value", "holder"),
    sqlite_with_rowid=False,
)

# Every entry that ever made up a record; `live` 1: its current version does.
record_entry = Table(
    "record_entry",
    metadata,
    _record(primary_key=True),
    Column("entry", Integer, ForeignKey("entry.id"), primary_key=True, autoincrement=False, index=True),
    Column("live", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

name = _derived(
    "name",
    *_texts("role", needed=True),
    *_texts("family", "given", "literal", "particle", "dropping_particle", "suffix"),
)
claim = _derived(
    "claim",
    *_texts("axis", "term", "said_by", needed=True),
    *_texts("rule", "field", "quote"),
    Column("certainty", Double),
    *_texts("who", "at"),
    *_texts("state", needed=True),
)
fact = _derived(
    "fact",
    *_texts("name", needed=True),
    *_texts("value", "unit", "of_what", "field", "quote", "source"),
    *_texts("said_by", "state", needed=True),
    *_texts("seen"),
)
notice = _derived("notice", *_texts("kind", "ref", "date", "source", "checked"))
relation = _derived("relation", *_texts("kind", "key"))
note = _derived("note", *_texts("text", "who", "at"))

# A saved search as it was written down; a changed one is a new row. `folded` is the token of its name, `holder` 0 for
# the one that is asked by that name and its id for one that no longer is. `seal` is the SHA-256 of when it was looked at,
# of what was seen then, and of its turns (see questions.seal).
question = Table(
    "question",
    metadata,
    Column("id", Integer, **_NUMBER),
    Column("change", Integer, ForeignKey("change.n"), nullable=False),
    *_texts("folded", needed=True),
    Column("holder", Integer, nullable=False),
    *_texts("looked"),
    Column("seal", _SHA256, nullable=False),
    Column("sha256", _SHA256, nullable=False),
    *_texts("state", needed=True),
    UniqueConstraint("folded", "holder"),
)

# What each change did: from then on the question is asked (1) or not (0). Rows are added and never changed.
question_turn = Table(
    "question_turn",
    metadata,
    Column("change", Integer, ForeignKey("change.n"), primary_key=True, autoincrement=False),
    Column("question", Integer, ForeignKey("question.id"), primary_key=True, autoincrement=False, index=True),
    Column("asked", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What answered when a question was last looked at: a record in the version that it had.
question_seen = Table(
    "question_seen",
    metadata,
    Column("question", Integer, ForeignKey("question.id"), primary_key=True, autoincrement=False),
    _record(primary_key=True),
    Column("number", Integer, nullable=False),
    sqlite_with_rowid=False,
)
