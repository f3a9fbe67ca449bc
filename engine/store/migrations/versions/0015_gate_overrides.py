"""gates that a manager let a case pass"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gate_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("house_code", sa.String(length=40), nullable=True),
        sa.Column("gate", sa.String(length=40), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_gate_override_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_gate_override_case_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_gate_override_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_override")),
    )
    op.create_index(
        op.f("ix_gate_override_site_id_at"), "gate_override", ["site_id", "at"]
    )
    op.create_index(op.f("ix_gate_override_case_id"), "gate_override", ["case_id"])
    _append_only()


def _append_only() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION gate_override_is_append_only() RETURNS trigger AS "
            "$$ BEGIN RAISE EXCEPTION 'gate_override is append-only'; END $$ "
            "LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER gate_override_is_append_only BEFORE UPDATE OR DELETE "
            "ON gate_override "
            "FOR EACH ROW EXECUTE FUNCTION gate_override_is_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER gate_override_no_{verb.lower()} BEFORE {verb} "
            "ON gate_override "
            "BEGIN SELECT RAISE(ABORT, 'gate_override is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table("gate_override")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION gate_override_is_append_only()")
