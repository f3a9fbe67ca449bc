"""calendar days"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "site",
        sa.Column("calendar_version", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_table(
        "calendar_day",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=100), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_by"], ["staff.id"], name=op.f("fk_calendar_day_set_by")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_calendar_day_site_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "date", name=op.f("pk_calendar_day")),
    )


def downgrade() -> None:
    op.drop_table("calendar_day")
    op.drop_column("site", "calendar_version")
