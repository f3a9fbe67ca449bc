"""version notes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    note = sa.Column("note", sa.String(length=500), server_default="", nullable=False)
    op.add_column("process_version", note)


def downgrade() -> None:
    op.drop_column("process_version", "note")
