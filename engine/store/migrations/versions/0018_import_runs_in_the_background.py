"""import runs in the background: their lease and end; rows that an import took away"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("import_run") as batch:
        batch.add_column(sa.Column("leased_until", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("finished_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("import_change") as batch:
        batch.alter_column(
            "after", existing_type=sa.JSON(none_as_null=True), nullable=True
        )
