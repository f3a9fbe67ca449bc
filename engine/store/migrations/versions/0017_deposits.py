"""money held for others"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deposit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("house_code", sa.String(length=40), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("payer", sa.String(length=100), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("deducted", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=True),
        sa.Column("receipt_kind", sa.String(length=20), nullable=True),
        sa.Column("once", sa.String(length=200), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "deducted >= 0 AND refunded >= 0",
            name=op.f("ck_deposit_no_less_than_none"),
        ),
        sa.CheckConstraint(
            "taken >= deducted + refunded", name=op.f("ck_deposit_no_more_than_held")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_deposit_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_deposit_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("once", name=op.f("uq_deposit_once")),
    )
    op.create_index(
        op.f("ix_deposit_site_id_house_code"), "deposit", ["site_id", "house_code"]
    )
    op.create_index(op.f("ix_deposit_case_id"), "deposit", ["case_id"])
    _entries()
    _append_only()


def _entries() -> None:
    op.create_table(
        "deposit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deposit_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=True),
        sa.Column("once", sa.String(length=200), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_entry_deposit_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_deposit_entry_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["deposit_entry.id"],
            name=op.f("fk_deposit_entry_reverses_id"),
        ),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_deposit_entry_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_entry")),
        sa.UniqueConstraint("once", name=op.f("uq_deposit_entry_once")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_deposit_entry_reverses_id")),
    )
    op.create_index(
        op.f("ix_deposit_entry_deposit_id"), "deposit_entry", ["deposit_id"]
    )
    op.create_index(op.f("ix_deposit_entry_at"), "deposit_entry", ["at"])


def _append_only() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION deposit_entry_is_append_only() RETURNS trigger AS "
            "$$ BEGIN RAISE EXCEPTION 'deposit_entry is append-only'; END $$ "
            "LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER deposit_entry_is_append_only BEFORE UPDATE OR DELETE "
            "ON deposit_entry "
            "FOR EACH ROW EXECUTE FUNCTION deposit_entry_is_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER deposit_entry_no_{verb.lower()} BEFORE {verb} "
            "ON deposit_entry "
            "BEGIN SELECT RAISE(ABORT, 'deposit_entry is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table("deposit_entry")
    op.drop_table("deposit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION deposit_entry_is_append_only()")
