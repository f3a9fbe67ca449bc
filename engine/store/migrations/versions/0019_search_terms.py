"""people, plates and houses are found by what somebody types; imports by their rows"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ENDS = 30  # of a name or plate
_TERM = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
_INTO = "INSERT INTO search_term (kind, term, site_id, row_id) "
# which columns of a table make terms, and of which kinds
_WATCHED = {
    "party": (("name", "phone", "other_phone", "site_id"), ("name", "part", "tail")),
    "vehicle": (("plate", "site_id"), ("plate",)),
}


def upgrade() -> None:
    op.create_table(
        "search_term",
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("term", _TERM, nullable=False),
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "kind", "term", "site_id", "row_id", name=op.f("pk_search_term")
        ),
        sqlite_with_rowid=False,
    )
    for table in _WATCHED:
        op.execute(_INTO + _terms(table, f"{table}.", f"{table}, "))
    op.create_index(
        op.f("ix_search_term_row_id_kind"), "search_term", ["row_id", "kind"]
    )
    for table in _WATCHED:
        _keep_up(table)
    places = ["building", "unit", "room"]
    op.create_index(op.f("ix_house_building_unit_room"), "house", places)
    op.create_index(op.f("ix_house_room"), "house", ["room"])
    op.create_index(
        op.f("ix_import_change_table_row_id"), "import_change", ["table", "row_id"]
    )


def _terms(table: str, row: str, source: str) -> str:
    """The rows that a row of the table makes; ``source`` is where it stands."""
    if table == "vehicle":
        plate = f"""replace(upper({row}plate{_bytes()}), '·', '')"""
        return _ends("'plate'", plate, row, source)
    kind = "CASE n.value WHEN 1 THEN 'name' ELSE 'part' END"
    names = _ends(kind, f"lower({row}name{_bytes()})", row, source)
    phones = (_tail(f"{row}{name}", row, source) for name in ("phone", "other_phone"))
    return " UNION ".join((names, *phones))


def _ends(kind: str, text: str, row: str, source: str) -> str:
    return (
        f"SELECT DISTINCT {kind}, substr({text}, n.value, 40), {row}site_id, {row}id "
        f"FROM {source}{_numbers()} AS n WHERE n.value <= length({text})"
    )


def _tail(phone: str, row: str, source: str) -> str:
    last = f"right({phone}, 4)" if _postgres() else f"substr({phone}, -4)"
    there = source.removesuffix(", ")
    return (
        f"SELECT 'tail', {last}, {row}site_id, {row}id "
        f"{f'FROM {there} ' if there else ''}WHERE length({phone}) >= 4"
    )


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _bytes() -> str:
    """Only ASCII letters become small or large, as in SQLite."""
    return ' COLLATE "C"' if _postgres() else ""


def _numbers() -> str:
    if _postgres():
        return f"(SELECT generate_series(1, {_ENDS}) AS value)"
    return f"json_each('{json.dumps([*range(1, _ENDS + 1)])}')"


def _keep_up(table: str) -> None:
    columns, kinds = _WATCHED[table]
    named = ", ".join(f"'{kind}'" for kind in kinds)
    forget = f"DELETE FROM search_term WHERE row_id = OLD.id AND kind IN ({named}); "
    write = f"{_INTO}{_terms(table, 'NEW.', '')}; "
    changed = f"UPDATE OF {', '.join(columns)}"
    if _postgres():
        op.execute(
            f"CREATE FUNCTION list_{table}() RETURNS trigger AS $$ BEGIN "
            f"IF TG_OP <> 'INSERT' THEN {forget}END IF; "
            f"IF TG_OP <> 'DELETE' THEN {write}END IF; "
            "RETURN NULL; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            f"CREATE TRIGGER {table}_terms AFTER INSERT OR DELETE OR {changed} "
            f"ON {table} FOR EACH ROW EXECUTE FUNCTION list_{table}()"
        )
        return
    acts = {"INSERT": write, changed: forget + write, "DELETE": forget}
    for moment, act in acts.items():
        name = f"{table}_terms_{moment.split()[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} AFTER {moment} ON {table} BEGIN {act}END")


def downgrade() -> None:
    for table in _WATCHED:
        if _postgres():
            op.execute(f"DROP TRIGGER {table}_terms ON {table}")
            op.execute(f"DROP FUNCTION list_{table}()")
            continue
        for verb in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {table}_terms_{verb}")
    op.drop_index(op.f("ix_import_change_table_row_id"), "import_change")
    op.drop_index(op.f("ix_house_room"), "house")
    op.drop_index(op.f("ix_house_building_unit_room"), "house")
    op.drop_table("search_term")
