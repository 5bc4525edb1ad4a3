"""Imports that store as they go and have not come to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.views import HalfImportView
from crmcli.store.queries.common import sure_moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.reader import Reader


def half_imports(reader: Reader, source: str | None = None) -> Iterator[HalfImportView]:
    """Those that there are, the oldest first; of one ``noun:source`` at most one."""
    only = "" if source is None else " WHERE source = ?"
    sql = f"SELECT source, fingerprint, rows_done, set_id, at FROM import_run{only} ORDER BY id"
    for whole, fingerprint, rows, number, at in reader.rows(sql, () if source is None else (source,)):
        noun, _, name = whole.partition(":")
        yield HalfImportView(noun, name, rows, number, sure_moment(at), fingerprint)


def imported(reader: Reader, noun: str, number: int) -> tuple[int, int]:
    """How many records of a noun a change set has made, and how many others it has changed."""
    made = reader.value(f"SELECT COUNT(*) FROM {noun} WHERE created_in = ?", (number,))
    changed = reader.value(
        f"SELECT COUNT(DISTINCT c.record_id) FROM change c JOIN {noun} r ON r.id = c.record_id"
        " WHERE c.set_id = ? AND c.noun = ? AND (r.created_in IS NULL OR r.created_in <> ?)",
        (number, noun, number),
    )
    return int(made or 0), int(changed or 0)
