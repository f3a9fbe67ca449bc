"""items of a task"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("house_code", sa.String(length=40), nullable=True),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("draft_by", sa.Integer(), nullable=True),
        sa.Column("draft_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_task_item_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["done_by"], ["staff.id"], name=op.f("fk_task_item_done_by")
        ),
        sa.ForeignKeyConstraint(
            ["draft_by"], ["staff.id"], name=op.f("fk_task_item_draft_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_item")),
        sa.UniqueConstraint("task_id", "key", name=op.f("uq_task_item_task_id_key")),
    )
    with op.batch_alter_table("task_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_item_task_id_state_place"),
            ["task_id", "state", "place"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_task_item_task_id_place"),
            ["task_id", "place"],
            unique=False,
        )


def downgrade() -> None:
    op.drop_table("task_item")
