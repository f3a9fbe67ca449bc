"""what is only ever added to may be deleted with a demo site, and only with one"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OF_CASE = (
    'SELECT 1 FROM "case" c JOIN site s ON s.id = c.site_id '
    "WHERE c.id = OLD.case_id AND s.demo"
)
_OF_SITE = "SELECT 1 FROM site s WHERE s.id = OLD.site_id AND s.demo"
# how the rows of each table are told to be of a demo site
TABLES = {
    "history": _OF_CASE,
    "register_event": _OF_SITE,
    "gate_override": _OF_SITE,
    "deposit_entry": _OF_CASE,
}
# whose refusal of UPDATE and of DELETE was one trigger
_TOGETHER = [name for name in TABLES if name != "history"]


def _refusing(table: str) -> str:
    """The function of PostgreSQL, and the words of both."""
    return "history" if table == "register_event" else table


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _on_postgresql()
        return
    for table, of_demo in TABLES.items():
        op.execute(f"DROP TRIGGER {table}_no_delete")
        op.execute(_no_delete(table, f"WHEN NOT EXISTS ({of_demo}) "))


def _no_delete(table: str, unless: str) -> str:
    said = f"{_refusing(table)} is append-only"
    return (
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {unless}"
        f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
    )


def _on_postgresql() -> None:
    # a condition of a trigger may not look into tables there: the function does
    for table, of_demo in TABLES.items():
        function = f"{table}_goes_with_demo"
        said = f"{_refusing(table)} is append-only"
        op.execute(
            f"CREATE FUNCTION {function}() RETURNS trigger AS $$ BEGIN "
            f"IF EXISTS ({of_demo}) THEN RETURN OLD; END IF; "
            f"RAISE EXCEPTION '{said}'; END $$ LANGUAGE plpgsql"
        )
        if table == "history":
            op.execute("DROP TRIGGER history_no_delete ON history")
        else:
            op.execute(f"DROP TRIGGER {table}_is_append_only ON {table}")
            op.execute(_refuse(table, "no_update", "UPDATE"))
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )


def _refuse(table: str, name: str, verbs: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{name} BEFORE {verbs} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {_refusing(table)}_is_append_only()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        for table in TABLES:
            op.execute(f"DROP TRIGGER {table}_no_delete")
            op.execute(_no_delete(table, ""))
        return
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_no_delete ON {table}")
        op.execute(f"DROP FUNCTION {table}_goes_with_demo()")
    op.execute(_refuse("history", "no_delete", "DELETE"))
    for table in _TOGETHER:
        op.execute(f"DROP TRIGGER {table}_no_update ON {table}")
        op.execute(_refuse(table, "is_append_only", "UPDATE OR DELETE"))
