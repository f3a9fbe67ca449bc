"""migrated cases"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "migrated_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.String(length=64), nullable=False),
        sa.Column("to_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("waits", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("released", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_migrated_case_by")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_migrated_case_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["process_version.id"], name=op.f("fk_migrated_case_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["process_version.id"], name=op.f("fk_migrated_case_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["staff.id"], name=op.f("fk_migrated_case_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migrated_case")),
    )
    with op.batch_alter_table("migrated_case", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_migrated_case_case_id"), ["case_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("migrated_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_migrated_case_case_id"))

    op.drop_table("migrated_case")
