"""the registry of an estate: tenancies, vehicles, spaces, keys, meters, balances, imports"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _balance_sheet()
    _import_run()
    _balance()
    _house_key()
    _import_change()
    _meter()
    _parking_space()
    _vehicle()
    _key_move()
    _meter_reading()
    _space_lease()
    _tenancy()


def _balance_sheet() -> None:
    op.create_table(
        "balance_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_balance_sheet_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_sheet")),
    )
    op.create_index(
        op.f("ix_balance_sheet_site_id_as_of"), "balance_sheet", ["site_id", "as_of"]
    )


def _import_run() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_import_run_by")),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_import_run_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["staff.id"], name=op.f("fk_import_run_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(op.f("ix_import_run_site_id_at"), "import_run", ["site_id", "at"])


def _balance() -> None:
    op.create_table(
        "balance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("house_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("begins", sa.String(length=10), nullable=True),
        sa.Column("ends", sa.String(length=10), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["house_id"], ["house.id"], name=op.f("fk_balance_house_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["balance_sheet.id"], name=op.f("fk_balance_sheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance")),
    )
    op.create_index(op.f("ix_balance_house_id"), "balance", ["house_id"])
    op.create_index(
        op.f("ix_balance_sheet_id_house_id"), "balance", ["sheet_id", "house_id"]
    )


def _house_key() -> None:
    op.create_table(
        "house_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("house_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("vacant", sa.Boolean(), nullable=True),
        sa.Column("received_on", sa.String(length=10), nullable=True),
        sa.Column("place", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["house_id"], ["house.id"], name=op.f("fk_house_key_house_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_house_key_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_key")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_house_key_site_id_code")),
    )
    op.create_index(op.f("ix_house_key_house_id"), "house_key", ["house_id"])


def _import_change() -> None:
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("table", sa.String(length=20), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_change_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
    )
    op.create_index(op.f("ix_import_change_run_id"), "import_change", ["run_id"])


def _meter() -> None:
    op.create_table(
        "meter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("house_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["house_id"], ["house.id"], name=op.f("fk_meter_house_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_meter_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter")),
        sa.UniqueConstraint("site_id", "number", name=op.f("uq_meter_site_id_number")),
    )
    op.create_index(op.f("ix_meter_house_id"), "meter", ["house_id"])


def _parking_space() -> None:
    op.create_table(
        "parking_space",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=True),
        sa.Column("tenure", sa.String(length=12), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=True),
        sa.Column("house_id", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(length=100), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["house_id"], ["house.id"], name=op.f("fk_parking_space_house_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_parking_space_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parking_space")),
        sa.UniqueConstraint(
            "site_id", "code", name=op.f("uq_parking_space_site_id_code")
        ),
    )
    op.create_index(op.f("ix_parking_space_house_id"), "parking_space", ["house_id"])


def _vehicle() -> None:
    op.create_table(
        "vehicle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("plate", sa.String(length=20), nullable=False),
        sa.Column("house_id", sa.Integer(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("keeper", sa.String(length=100), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("relation", sa.String(length=12), nullable=True),
        sa.Column("brand", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("colour", sa.String(length=20), nullable=True),
        sa.Column("energy", sa.String(length=12), nullable=True),
        sa.Column("space_code", sa.String(length=20), nullable=True),
        sa.Column("since", sa.String(length=10), nullable=True),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["house_id"], ["house.id"], name=op.f("fk_vehicle_house_id")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_vehicle_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_vehicle_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
    )
    op.create_index(op.f("ix_vehicle_house_id"), "vehicle", ["house_id"])
    op.create_index(op.f("ix_vehicle_party_id"), "vehicle", ["party_id"])
    op.create_index(op.f("ix_vehicle_site_id_plate"), "vehicle", ["site_id", "plate"])


def _key_move() -> None:
    op.create_table(
        "key_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=100), nullable=True),
        sa.Column("company", sa.String(length=100), nullable=True),
        sa.Column("on", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=True),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_key_move_by")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_key_move_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["house_key.id"], name=op.f("fk_key_move_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_move")),
    )
    op.create_index(op.f("ix_key_move_case_id"), "key_move", ["case_id"])
    op.create_index(op.f("ix_key_move_key_id"), "key_move", ["key_id"])


def _meter_reading() -> None:
    op.create_table(
        "meter_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("read_on", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(length=60), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_meter_reading_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["meter_id"], ["meter.id"], name=op.f("fk_meter_reading_meter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_reading")),
        sa.UniqueConstraint(
            "meter_id", "read_on", name=op.f("uq_meter_reading_meter_id_read_on")
        ),
    )


def _space_lease() -> None:
    op.create_table(
        "space_lease",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("house_id", sa.Integer(), nullable=True),
        sa.Column("user", sa.String(length=100), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("plate", sa.String(length=20), nullable=True),
        sa.Column("since", sa.String(length=10), nullable=True),
        sa.Column("ends_on", sa.String(length=10), nullable=True),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.Column("monthly", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["house_id"], ["house.id"], name=op.f("fk_space_lease_house_id")
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["parking_space.id"], name=op.f("fk_space_lease_space_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_lease")),
    )
    op.create_index(op.f("ix_space_lease_house_id"), "space_lease", ["house_id"])
    op.create_index(op.f("ix_space_lease_space_id"), "space_lease", ["space_id"])


def _tenancy() -> None:
    op.create_table(
        "tenancy",
        sa.Column("house_party_id", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.String(length=10), nullable=True),
        sa.Column("has_agreement", sa.Boolean(), nullable=True),
        sa.Column("owner_consents", sa.Boolean(), nullable=True),
        sa.Column("purpose", sa.String(length=20), nullable=True),
        sa.Column("members", sa.String(length=200), nullable=True),
        sa.Column("member_count", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["house_party_id"],
            ["house_party.id"],
            name=op.f("fk_tenancy_house_party_id"),
        ),
        sa.PrimaryKeyConstraint("house_party_id", name=op.f("pk_tenancy")),
    )


def downgrade() -> None:
    op.drop_table("tenancy")
    op.drop_table("space_lease")
    op.drop_table("meter_reading")
    op.drop_table("key_move")
    op.drop_table("vehicle")
    op.drop_table("parking_space")
    op.drop_table("meter")
    op.drop_table("import_change")
    op.drop_table("house_key")
    op.drop_table("balance")
    op.drop_table("import_run")
    op.drop_table("balance_sheet")
