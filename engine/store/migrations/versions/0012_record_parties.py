"""papers name people"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BELONGED = (
    "SELECT DISTINCT NEW.id, hp.party_id FROM {people} "
    "JOIN house h ON h.site_id = NEW.site_id AND h.code = NEW.house_code "
    "JOIN house_party hp ON hp.house_id = h.id "
    "JOIN party p ON p.id = hp.party_id AND p.name = named.key "
    "WHERE (hp.since IS NULL OR hp.since <= named.value) "
    "AND (hp.until IS NULL OR hp.until >= named.value)"
)


def upgrade() -> None:
    # no batch: it would drop the triggers of 0010
    op.add_column("record", sa.Column("people", sa.JSON(none_as_null=True)))
    op.create_table(
        "record_party",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_record_party_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_record_party_party_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "party_id", name=op.f("pk_record_party")),
    )
    op.create_index(
        op.f("ix_record_party_party_id_record_id"),
        "record_party",
        ["party_id", "record_id"],
    )
    _create_triggers()


def _create_triggers() -> None:
    """A record is joined to its people by the statement that writes it."""
    write = "INSERT INTO record_party (record_id, party_id) "
    if op.get_bind().dialect.name == "postgresql":
        found = _BELONGED.format(people="json_each_text(NEW.people) AS named")
        op.execute(
            "CREATE FUNCTION join_record_people() RETURNS trigger AS $$ BEGIN "
            "IF TG_OP = 'UPDATE' THEN "
            "DELETE FROM record_party WHERE record_id = NEW.id; END IF; "
            f"{write}{found}; RETURN NULL; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER record_people AFTER INSERT OR UPDATE OF people ON record "
            "FOR EACH ROW EXECUTE FUNCTION join_record_people()"
        )
        return
    found = _BELONGED.format(people="json_each(NEW.people) AS named")
    forget = "DELETE FROM record_party WHERE record_id = NEW.id; "
    for moment, first in (("INSERT", ""), ("UPDATE OF people", forget)):
        op.execute(
            f"CREATE TRIGGER record_people_{moment.split()[0].lower()} AFTER {moment} "
            f"ON record BEGIN {first}{write}{found}; END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER record_people ON record")
        op.execute("DROP FUNCTION join_record_people()")
    else:
        op.execute("DROP TRIGGER record_people_insert")
        op.execute("DROP TRIGGER record_people_update")
    op.drop_table("record_party")
    op.drop_column("record", "people")
