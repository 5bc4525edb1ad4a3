"""The uids of the records that a condition selects, and nothing beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.dialects import Row
    from crmcli.store.queries.condition import Condition
    from crmcli.store.reader import Reader


def uids_where(reader: Reader, noun: str, where: Condition) -> Iterator[Row]:
    """Number and uid of the live records, by number, in constant memory."""
    sql = f"SELECT r.id, r.uid FROM {noun} r WHERE r.deleted_at IS NULL AND ({where.sql}) ORDER BY r.id"
    return reader.stream(sql, where.params)
