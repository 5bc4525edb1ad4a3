"""The schema of a new SQLite store, made by its migrations once in a process and then again from what they made.

They are most of the work of a small test. The tests of the store itself run them each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmcli.store import upgrade

if TYPE_CHECKING:
    from sqlalchemy import Connection

by_migrations = upgrade.make_schema
# Views and triggers may name any table; what a virtual table keeps beside itself it makes itself.
_MADE = """
SELECT s.sql FROM sqlite_schema s LEFT JOIN pragma_table_list t ON t.name = s.name AND t.schema = 'main'
WHERE s.sql IS NOT NULL AND coalesce(t.type, '') <> 'shadow' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY instr('table index view trigger', s.type), s.rowid
"""
_TABLES = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


class _Made(NamedTuple):
    """What the migrations leave in an empty store: statements, and rows by the statement that puts them in."""

    statements: list[str]
    rows: list[tuple[str, list[tuple[object, ...]]]]


_known: list[_Made] = []


def from_memory(connection: Connection) -> bool:
    """Stands in for `make_schema`: the same tables, and the same answer where they are there already."""
    if connection.dialect.name != "sqlite":
        return by_migrations(connection)
    if connection.dialect.has_table(connection, "alembic_version"):
        return False
    if not _known:
        by_migrations(connection)
        _known.append(_made(connection))
        return True
    engine: Any = connection.connection.driver_connection
    for statement in _known[0].statements:
        engine.execute(statement)
    for statement, rows in _known[0].rows:
        engine.executemany(statement, rows)
    return True


def _made(connection: Connection) -> _Made:
    statements = [str(sql) for (sql,) in connection.exec_driver_sql(_MADE)]
    rows = []
    for (table,) in connection.exec_driver_sql(_TABLES).fetchall():
        if found := [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')]:
            rows.append((f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(found[0]))})', found))
    return _Made(statements, rows)
