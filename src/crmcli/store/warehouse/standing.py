"""What stands where the warehouse should: only what is one may be replaced or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.errors import CrmError, Refused
from crmcli.store.warehouse.engine import is_of_engine, reading
from crmcli.store.warehouse.layout import ROWS

if TYPE_CHECKING:
    from pathlib import Path


def is_warehouse(path: Path) -> bool:
    """Whether a warehouse lies there, of whatever layout and however broken."""
    return path.is_file() and is_of_engine(path) and _is_not_foreign(path)


def refuse_other(path: Path) -> None:
    """Raise Refused where something else lies, as the store itself or somebody's own file."""
    if path.exists() and not is_warehouse(path):
        raise Refused(
            f"{path} is not a warehouse and was left alone",
            hint="crm config set warehouse.path FILE, or move it away",
        )


def _is_not_foreign(path: Path) -> bool:
    """False for a database of the same engine that has other tables than ours."""
    if not path.stat().st_size:
        return True
    try:
        connection = reading(path)
    except CrmError:  # broken, of another release, or there is no engine to look with
        return True
    try:
        found = connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
    finally:
        connection.close()
    return not found or (ROWS, "state") in found
