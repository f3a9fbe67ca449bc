"""due rules"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("due_rule", sa.JSON(none_as_null=True), nullable=True)
        )

    with op.batch_alter_table("wait", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("due_rule", sa.JSON(none_as_null=True), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("wait", schema=None) as batch_op:
        batch_op.drop_column("due_rule")

    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_column("due_rule")
