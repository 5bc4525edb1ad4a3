"""Tags, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import FIELDS
from crmcli.domain.views import TagView

if TYPE_CHECKING:
    from crmcli.store.reader import Reader


def tags(reader: Reader) -> list[TagView]:
    """The tags that live records have, by name, with how many of each noun have them."""
    # One row per use by a live record; a noun's records are numbered on their own.
    live = " UNION ALL ".join(
        f"SELECT g.tag_id, g.noun FROM tagging g JOIN {noun} r ON r.id = g.record_id"
        f" WHERE g.noun = '{noun}' AND r.deleted_at IS NULL"
        for noun in FIELDS
    )
    counts = ", ".join(f"SUM(CASE u.noun WHEN '{noun}' THEN 1 ELSE 0 END)" for noun in FIELDS)
    sql = f"SELECT t.name, COUNT(*), {counts} FROM tag t JOIN ({live}) u ON u.tag_id = t.id GROUP BY t.id, t.name, t.key ORDER BY t.key"
    return [TagView(name, *map(int, counted)) for name, *counted in reader.rows(sql)]
