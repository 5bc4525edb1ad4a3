"""Reports that were saved under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.store.reader import Reader


class SavedReport(NamedTuple):
    """A saved report: how it is asked, by the names of Asked's fields, and whose it is."""

    id: str
    number: int
    name: str
    report: str
    asked: Mapping[str, Any]
    owner: str | None


def saved_reports(reader: Reader) -> list[SavedReport]:
    """All of them, by name."""
    from json import loads

    sql = "SELECT v.uid, v.id, v.name, v.report, v.asked, v.owner_id FROM saved_report v WHERE v.deleted_at IS NULL ORDER BY v.name_key"
    return [
        SavedReport(uid, number, name, report, loads(asked), reader.user(owner))
        for uid, number, name, report, asked, owner in reader.rows(sql)
    ]
