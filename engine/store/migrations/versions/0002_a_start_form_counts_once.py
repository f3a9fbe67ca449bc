"""a start form counts once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case", sa.Column("once", sa.String(length=64), nullable=True))
    op.create_index("ix_case_once", "case", ["once"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_case_once", "case")
    op.drop_column("case", "once")
