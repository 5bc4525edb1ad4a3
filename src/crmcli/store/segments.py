"""Lists and snapshots of segments, written: a set at a time, beside the change log.

A hundred thousand lines that say who was in a group would drown what people did, and a snapshot can't be undone anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.store.models.audiences import SegmentSnapshot
from crmcli.store.queries.condition import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.store.session import UnitOfWork


def enlist(uow: UnitOfWork, segment: int, where: Condition) -> None:
    """Put everyone of whom the condition on contacts ``r`` is true on a static segment's list."""
    listed = "EXISTS (SELECT 1 FROM segment_member m WHERE m.segment_id = ? AND m.contact_id = r.id)"
    sql = (
        "INSERT INTO segment_member (segment_id, contact_id, at) SELECT ?, r.id, ? FROM contact r"
        f" WHERE r.deleted_at IS NULL AND ({where.sql}) AND NOT {listed}"
    )
    _run(uow, sql, (segment, _moment(uow), *where.params, segment))


def strike_off(uow: UnitOfWork, segment: int, where: Condition) -> None:
    """Take everyone of whom the condition on contacts ``r`` is true off a static segment's list."""
    chosen = f"SELECT r.id FROM contact r WHERE {where.sql}"
    _run(uow, f"DELETE FROM segment_member WHERE segment_id = ? AND contact_id IN ({chosen})", (segment, *where.params))


def among(uow: UnitOfWork, numbers: Sequence[int]) -> list[Condition]:
    """Conditions on contacts ``r`` that together choose these numbers, each short enough for one statement."""
    found = []
    for start in range(0, len(numbers), 500):
        sql, params = uow.store.dialect.among(numbers[start : start + 500])
        found.append(Condition(f"r.id {sql}", tuple(params)))
    return found


def take_snapshot(uow: UnitOfWork, segment: int, where: Condition, campaign: int | None = None) -> SegmentSnapshot:
    """Keep who is in a segment now, those of whom the condition on contacts ``r`` is true."""
    uow.keep_beside()
    taken = uow.add(SegmentSnapshot(segment_id=segment, at=uow.now, size=0, campaign_id=campaign))
    sql = (
        f"INSERT INTO segment_snapshot_member (snapshot_id, contact_id) SELECT ?, r.id FROM contact r WHERE {where.sql}"
    )
    taken.size = _run(uow, sql, (taken.id, *where.params)).rowcount
    uow.flush()
    return taken


def _run(uow: UnitOfWork, sql: str, params: Sequence[object]) -> Any:  # noqa: ANN401 - SQLAlchemy's result
    uow.keep_beside()
    uow.flush()
    return uow.session.connection().exec_driver_sql(uow.store.dialect.sql(sql), tuple(params))


def _moment(uow: UnitOfWork) -> object:
    return uow.now if uow.store.location.url else uow.now.strftime("%Y-%m-%dT%H:%M:%SZ")
