"""Saved views of lists, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.views import SavedView

if TYPE_CHECKING:
    from crmcli.store.reader import Reader


def saved_views(reader: Reader, noun: str | None = None) -> list[SavedView]:
    """The saved views of a noun's list, or of all, by name."""
    sql = (
        "SELECT v.uid, v.id, v.name, v.noun, v.filter, v.sort, v.reverse, v.columns, v.owner_id FROM saved_view v"
        f" WHERE v.deleted_at IS NULL{' AND v.noun = ?' if noun else ''} ORDER BY v.name_key, v.id"
    )
    return [
        SavedView._make((*row[:6], bool(row[6]), _names(row[7]), reader.user(row[8])))
        for row in reader.rows(sql, (noun,) if noun else ())
    ]


def _names(text: str) -> tuple[str, ...]:
    if text == "[]":
        return ()
    import json

    return tuple(json.loads(text))
