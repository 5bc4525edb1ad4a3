"""Values that begin with what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.text import fold

if TYPE_CHECKING:
    from crmcli.store.reader import Reader

# Table to (shown column, folded column, further condition).
_COLUMNS = {
    "contact_email": ("value", "key", "deleted_at IS NULL"),
    "contact": ("name", "name_key", "deleted_at IS NULL"),
    "company": ("name", "name_key", "deleted_at IS NULL"),
    "deal": ("title", "title_key", "deleted_at IS NULL AND closed_at IS NULL"),
    "stage": ("name", "name_key", "deleted_at IS NULL"),
    "pipeline": ("name", "name_key", "deleted_at IS NULL"),
    "app_user": ("login", "login_key", "1 = 1"),
    "tag": ("name", "key", "1 = 1"),
}


def beginning(reader: Reader, table: str, typed: str, limit: int) -> list[str]:
    """The live values of a table that begin with what was typed, whatever its case and accents."""
    shown, key, alive = _COLUMNS[table]
    start = fold(typed)
    sql = f"SELECT DISTINCT {shown} FROM {table} WHERE {alive} AND {key} >= ? AND {key} < ? ORDER BY {shown} LIMIT ?"
    return [name for (name,) in reader.rows(sql, (start, f"{start}\U0010ffff", limit))]


def stages_of_deal(reader: Reader, deal: int, typed: str) -> list[str]:
    """The stages of a deal's pipeline that begin with what was typed, in their order."""
    sql = (
        "SELECT s.name, s.name_key FROM stage s JOIN deal d ON d.pipeline_id = s.pipeline_id"
        " WHERE d.id = ? AND s.deleted_at IS NULL ORDER BY s.position, s.id"
    )
    return [name for name, key in reader.rows(sql, (deal,)) if key.startswith(fold(typed))]
