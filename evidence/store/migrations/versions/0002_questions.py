"""Saved questions, what changes did to them, and what was seen of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("holder", sa.Integer(), nullable=False),
        sa.Column("looked", sa.Text(), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["change"], ["change.n"], name=op.f("fk_question_change")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("folded", "holder", name=op.f("uq_question_folded_holder")),
    )
    op.create_table(
        "question_turn",
        sa.Column("change", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["change"], ["change.n"], name=op.f("fk_question_turn_change")),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name=op.f("fk_question_turn_question")),
        sa.PrimaryKeyConstraint("change", "question", name=op.f("pk_question_turn")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_question_turn_question"), "question_turn", ["question"], unique=False)
    op.create_table(
        "question_seen",
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name=op.f("fk_question_seen_question")),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name=op.f("fk_question_seen_record")),
        sa.PrimaryKeyConstraint("question", "record", name=op.f("pk_question_seen")),
        sqlite_with_rowid=False,
    )
