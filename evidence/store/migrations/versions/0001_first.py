"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["undone_by"], ["change.n"], name=op.f("fk_change_undone_by")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_change")),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("live", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("key", name=op.f("uq_record_key")),
    )
    op.create_index(op.f("ix_record_title"), "record", ["title"], unique=False)
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_index(op.f("ix_source_sha256"), "source", ["sha256"], unique=False)
    op.create_table(
        "claim",
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("axis", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("certainty", sa.Double(), nullable=True),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("at", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_claim_record")),
        sa.PrimaryKeyConstraint("record", "position", name=op.f("pk_claim")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name=op.f("fk_entry_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    op.create_index(op.f("ix_entry_sha256"), "entry", ["sha256"], unique=False)
    op.create_index(op.f("ix_entry_source"), "entry", ["source"], unique=False)
    op.create_table(
        "fact",
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("of_what", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_fact_record")),
        sa.PrimaryKeyConstraint("record", "position", name=op.f("pk_fact")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identifier",
        sa.Column("scheme", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_identifier_record")),
        sa.PrimaryKeyConstraint("scheme", "value", "record", name=op.f("pk_identifier")),
        sa.UniqueConstraint("scheme", "value", "holder", name=op.f("uq_identifier_scheme_value_holder")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_identifier_record"), "identifier", ["record"], unique=False)
    op.create_table(
        "known_key",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("alias", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_known_key_record")),
        sa.PrimaryKeyConstraint("text", "record", name=op.f("pk_known_key")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_known_key_record"), "known_key", ["record"], unique=False)
    op.create_table(
        "name",
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=True),
        sa.Column("given", sa.Text(), nullable=True),
        sa.Column("literal", sa.Text(), nullable=True),
        sa.Column("particle", sa.Text(), nullable=True),
        sa.Column("dropping_particle", sa.Text(), nullable=True),
        sa.Column("suffix", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_name_record")),
        sa.PrimaryKeyConstraint("record", "position", name=op.f("pk_name")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "note",
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_note_record")),
        sa.PrimaryKeyConstraint("record", "position", name=op.f("pk_note")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notice",
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("checked", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_notice_record")),
        sa.PrimaryKeyConstraint("record", "position", name=op.f("pk_notice")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "relation",
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_relation_record")),
        sa.PrimaryKeyConstraint("record", "position", name=op.f("pk_relation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "version",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("removed", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["change"], ["change.n"], name=op.f("fk_version_change")),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_version_record")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_version")),
        sa.UniqueConstraint("record", "number", name=op.f("uq_version_record_number")),
    )
    op.create_index(op.f("ix_version_change"), "version", ["change"], unique=False)
    op.create_table(
        "record_entry",
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("live", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"], name=op.f("fk_record_entry_entry")),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_record_entry_record")),
        sa.PrimaryKeyConstraint("record", "entry", name=op.f("pk_record_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_record_entry_entry"), "record_entry", ["entry"], unique=False)
