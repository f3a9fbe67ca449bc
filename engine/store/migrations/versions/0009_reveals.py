"""who looked at masked personal data"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reveal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_reveal_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_reveal_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_reveal_record_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_reveal_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal")),
    )
    with op.batch_alter_table("reveal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reveal_site_id_at"), ["site_id", "at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_reveal_case_id"), ["case_id"], unique=False
        )
    _append_only()


def _append_only() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION reveal_is_append_only() RETURNS trigger AS "
            "$$ BEGIN RAISE EXCEPTION 'reveal is append-only'; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER reveal_is_append_only BEFORE UPDATE OR DELETE ON reveal "
            "FOR EACH ROW EXECUTE FUNCTION reveal_is_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER reveal_no_{verb.lower()} BEFORE {verb} ON reveal "
            "BEGIN SELECT RAISE(ABORT, 'reveal is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table("reveal")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION reveal_is_append_only()")
