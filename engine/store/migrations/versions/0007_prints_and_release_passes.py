"""prints and release passes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("prints", sa.Integer(), server_default="0", nullable=False)
        )
    op.create_table(
        "record_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_record_print_by")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_record_print_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_print")),
        sa.UniqueConstraint("record_id", "n", name=op.f("uq_record_print_record_id_n")),
    )
    _release_passes()


def _release_passes() -> None:
    op.create_table(
        "release_pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("used_by", sa.Integer(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("checked", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_release_pass_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_release_pass_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_release_pass_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["used_by"], ["staff.id"], name=op.f("fk_release_pass_used_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_pass")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_release_pass_token_hash")),
    )
    for column in ("case_id", "record_id"):
        op.create_index(op.f(f"ix_release_pass_{column}"), "release_pass", [column])


def downgrade() -> None:
    op.drop_table("release_pass")
    op.drop_table("record_print")
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_column("prints")
