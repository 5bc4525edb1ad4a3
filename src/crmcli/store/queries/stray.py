"""Deals that are in a stage which was removed: no board and no report would show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from crmcli.store.reader import Reader


class StrayDeal(NamedTuple):
    """The deal, the number and name of its stage, and the change set by which that, or its pipeline, was removed."""

    number: int
    title: str
    stage_number: int
    stage: str
    removed_in: int | None


def stray_deals(reader: Reader) -> list[StrayDeal]:
    """The live deals in removed stages, by number; there should be none."""
    sql = (
        "SELECT r.id, r.title, s.id, s.name, COALESCE(s.deleted_in, w.deleted_in)"
        " FROM stage s JOIN pipeline w ON w.id = s.pipeline_id JOIN deal r ON r.stage_id = s.id"
        " WHERE (s.deleted_at IS NOT NULL OR w.deleted_at IS NOT NULL) AND r.deleted_at IS NULL ORDER BY r.id"
    )
    return [StrayDeal(*row) for row in reader.rows(sql)]


def removed_stages(reader: Reader) -> set[int]:
    """The numbers of the stages that were removed, or whose pipeline was."""
    sql = (
        "SELECT s.id FROM stage s JOIN pipeline w ON w.id = s.pipeline_id"
        " WHERE s.deleted_at IS NOT NULL OR w.deleted_at IS NOT NULL"
    )
    return {number for (number,) in reader.rows(sql)}
