"""registers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TERM = sa.String(length=200).with_variant(
    sa.String(length=200, collation="C"), "postgresql"
)


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}")
    )


def upgrade() -> None:
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_record_number"), type_="unique")
        batch_op.add_column(sa.Column("terms", sa.JSON(none_as_null=True)))
        batch_op.add_column(sa.Column("voided_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("void_reason", sa.String(500), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_record_voided_by"), "staff", ["voided_by"], ["id"]
        )
        batch_op.create_foreign_key(
            op.f("fk_record_replaces_id"), "record", ["replaces_id"], ["id"]
        )
        batch_op.create_unique_constraint(
            op.f("uq_record_replaces_id"), ["replaces_id"]
        )
    op.create_table(
        "record_term",
        sa.Column("term", _TERM, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        _reference("record_term", "record_id", "record"),
        sa.PrimaryKeyConstraint("term", "record_id", name=op.f("pk_record_term")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_record_term_record_id_term"), "record_term", ["record_id", "term"]
    )
    _create_triggers()
    _create_export()
    _create_register_event()


def _create_triggers() -> None:
    """A record is listed in its register by the statement that writes it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION list_record_terms() RETURNS trigger AS $$ BEGIN "
            "IF TG_OP = 'UPDATE' THEN "
            "DELETE FROM record_term WHERE record_id = NEW.id; END IF; "
            "INSERT INTO record_term (term, record_id, amount) "
            "SELECT key, NEW.id, CAST(value #>> '{}' AS bigint) "
            "FROM json_each(NEW.terms); RETURN NULL; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER record_terms AFTER INSERT OR UPDATE OF terms ON record "
            "FOR EACH ROW EXECUTE FUNCTION list_record_terms()"
        )
        return
    forget = "DELETE FROM record_term WHERE record_id = NEW.id; "
    for moment, first in (("INSERT", ""), ("UPDATE OF terms", forget)):
        op.execute(
            f"CREATE TRIGGER record_terms_{moment.split()[0].lower()} AFTER {moment} "
            f"ON record BEGIN {first}INSERT INTO record_term (term, record_id, amount) "
            "SELECT key, NEW.id, value FROM json_each(NEW.terms); END"
        )


def _create_export() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("unmasked", sa.Boolean(), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        _reference("export", "site_id", "site"),
        _reference("export", "asked_by", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index(op.f("ix_export_state"), "export", ["state"])
    op.create_index(op.f("ix_export_asked_by"), "export", ["asked_by"])


def _create_register_event() -> None:
    op.create_table(
        "register_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("record_kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=False),
        _reference("register_event", "site_id", "site"),
        _reference("register_event", "record_id", "record"),
        _reference("register_event", "actor_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_event")),
    )
    op.create_index(
        op.f("ix_register_event_record_id"), "register_event", ["record_id"]
    )
    op.create_index(
        op.f("ix_register_event_site_id_at"), "register_event", ["site_id", "at"]
    )
    if op.get_bind().dialect.name == "postgresql":  # the function is of 0001
        op.execute(
            "CREATE TRIGGER register_event_is_append_only BEFORE UPDATE OR DELETE "
            "ON register_event FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER register_event_no_{verb.lower()} BEFORE {verb} ON "
            "register_event BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table("register_event")
    op.drop_table("export")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER record_terms ON record")
        op.execute("DROP FUNCTION list_record_terms()")
    op.drop_table("record_term")
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_record_replaces_id"), type_="unique")
        batch_op.drop_constraint(op.f("fk_record_replaces_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_record_voided_by"), type_="foreignkey")
        batch_op.drop_column("replaces_id")
        batch_op.create_unique_constraint(op.f("uq_record_number"), ["number"])
        batch_op.drop_column("void_reason")
        batch_op.drop_column("terms")
        batch_op.drop_column("voided_by")
