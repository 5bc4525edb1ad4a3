"""Make a store, or bring an older one forward after a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.migrations import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from crmcli.store.store import Store


def create(store: Store) -> bool:
    """Make an empty store with its default pipeline; False when another process has made it meanwhile."""
    from crmcli.store.engine import transaction

    with transaction(store) as connection:
        if not make_schema(connection):
            return False
        seed(store, connection)
    return True


def make_schema(connection: Connection) -> bool:
    """Make every table, with nothing in it; False when they are there already."""
    from crmcli.store.migrations.steps import upgrade as run_steps

    if connection.dialect.has_table(connection, "alembic_version"):
        return False
    run_steps(connection)
    return True


def upgrade(store: Store, version: str) -> Path | None:
    """Bring the schema from ``version`` to the newest; the backup's path, None when someone else has just done it."""
    from crmcli.store.backup import automatic_backup
    from crmcli.store.engine import transaction
    from crmcli.store.migrations.steps import upgrade as run_steps
    from crmcli.store.search import rebuild

    with transaction(store) as connection:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if found == HEAD:
            return None
        # Taken while the write lock is held, so that nothing written meanwhile is missing from it.
        backup = automatic_backup(store, f"schema-{version}")
        run_steps(connection)
        rebuild(store.dialect, connection.connection.driver_connection, store.location.label)
    store.announce(f"upgraded {store.location.label} from schema {version} to {HEAD}; the old one is kept in {backup}")
    return backup


def seed(store: Store, connection: Connection) -> None:
    """The default pipeline of a new store."""
    from crmcli.domain.text import fold
    from crmcli.store.store import FIRST_PIPELINE

    insert = (
        f"INSERT INTO pipeline (id, name, name_key, position) VALUES (1, '{FIRST_PIPELINE}', '{FIRST_PIPELINE}', 0)"
    )
    connection.exec_driver_sql(insert)
    columns = "pipeline_id, name, name_key, position, kind, probability, rot_days, forecast_category, required"
    sql = store.dialect.sql(f"INSERT INTO stage ({columns}) VALUES (1, ?, ?, ?, ?, ?, ?, ?, '')")
    for position, seed in enumerate(store.seeds):
        values = (
            seed.name,
            fold(seed.name),
            position,
            seed.kind,
            seed.probability,
            seed.rot_days,
            seed.forecast_category,
        )
        connection.exec_driver_sql(sql, values)
    if store.location.url:
        connection.exec_driver_sql("SELECT setval(pg_get_serial_sequence('pipeline', 'id'), 1)")
