"""papers name whom was chosen, personal data is kept no longer than it may be"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.database import UtcDateTime

revision = "0016"
down_revision = "0015"
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
# chosen by id, written #21: of whatever house
_CHOSEN = (
    "SELECT NEW.id, p.id FROM {people} "
    "JOIN party p ON p.site_id = NEW.site_id AND named.key LIKE '#%' "
    "AND p.id = CAST(substr(named.key, 2) AS integer)"
)
_WRITE = "INSERT INTO record_party (record_id, party_id) "
# what of the history is never changed
_KEPT = "id case_id seq at actor_id actor kind element step name task_id".split()


def upgrade() -> None:
    # no batch: it would drop the triggers of the tables
    op.add_column("history", sa.Column("purged_at", UtcDateTime()))
    op.add_column("record", sa.Column("purged_at", UtcDateTime()))
    op.add_column("case", sa.Column("purged_at", UtcDateTime()))
    op.add_column("stored_file", sa.Column("destroyed_at", UtcDateTime()))
    _join_people(f"{_BELONGED} UNION {_CHOSEN}")
    _append_only()


def _join_people(found: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        found = found.format(people="json_each_text(NEW.people) AS named")
        op.execute(
            "CREATE OR REPLACE FUNCTION join_record_people() RETURNS trigger AS $$ "
            "BEGIN IF TG_OP = 'UPDATE' THEN "
            "DELETE FROM record_party WHERE record_id = NEW.id; END IF; "
            f"{_WRITE}{found}; RETURN NULL; END $$ LANGUAGE plpgsql"
        )
        return
    found = found.format(people="json_each(NEW.people) AS named")
    forget = "DELETE FROM record_party WHERE record_id = NEW.id; "
    for moment, first in (("INSERT", ""), ("UPDATE OF people", forget)):
        name = f"record_people_{moment.split()[0].lower()}"
        op.execute(f"DROP TRIGGER {name}")
        op.execute(
            f"CREATE TRIGGER {name} AFTER {moment} ON record "
            f"BEGIN {first}{_WRITE}{found}; END"
        )


def _append_only() -> None:
    """Of the history nothing may be changed, but what was answered may be taken out
    when its time is over: the row then says when."""
    if op.get_bind().dialect.name == "postgresql":
        same = [f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _KEPT]
        purged = " AND ".join(["NEW.purged_at IS NOT NULL", *same])
        refuse = "EXECUTE FUNCTION history_is_append_only()"
        op.execute("DROP TRIGGER history_is_append_only ON history")
        op.execute(
            "CREATE TRIGGER history_no_update BEFORE UPDATE ON history "
            f"FOR EACH ROW WHEN (NOT ({purged})) {refuse}"
        )
        op.execute(
            "CREATE TRIGGER history_no_delete BEFORE DELETE ON history "
            f"FOR EACH ROW {refuse}"
        )
        return
    same = [f"NEW.{name} IS OLD.{name}" for name in _KEPT]
    purged = " AND ".join(["NEW.purged_at IS NOT NULL", *same])
    op.execute("DROP TRIGGER history_no_update")
    op.execute(
        f"CREATE TRIGGER history_no_update BEFORE UPDATE ON history WHEN NOT ({purged}) "
        "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER history_no_update ON history")
        op.execute("DROP TRIGGER history_no_delete ON history")
        op.execute(
            "CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON history "
            "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
        )
    else:
        op.execute("DROP TRIGGER history_no_update")
        op.execute(
            "CREATE TRIGGER history_no_update BEFORE UPDATE ON history "
            "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )
    _join_people(_BELONGED)
    op.drop_column("stored_file", "destroyed_at")
    op.drop_column("case", "purged_at")
    op.drop_column("record", "purged_at")
    op.drop_column("history", "purged_at")
