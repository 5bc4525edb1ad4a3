"""Deals, people and messages as the tests of the sales reports need them, put into the store without the rules of a use case."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from crmcli.domain.ids import new_uid

if TYPE_CHECKING:
    from crmcli.store.session import UnitOfWork


def moment(text: str) -> datetime:
    """A moment in UTC; a day alone is its noon."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T12:00:00").replace(tzinfo=UTC)


def deal(
    uow: UnitOfWork,
    stage: str,
    value: int | None = 100,
    *,
    expected: str | None = None,
    made: str = "2026-11-01",
    closed: str | None = None,
    way: tuple[str, ...] = (),
    owner: str | None = None,
    code: str | None = "EUR",
    **fields: Any,
) -> int:
    """A deal worth so many major units, its stage history being the stages of ``way`` and then its own; its number."""
    from crmcli.store.models.deals import Deal, Stage, StageChange

    stages = {each.name: each for each in uow.find(Stage)}
    at, end = moment(made), moment(closed) if closed else None
    row = uow.add(
        Deal(
            uid=new_uid("dl"), title="D", title_key="d", value=None if value is None else value * 100, currency=code,
            pipeline_id=stages[stage].pipeline_id, stage_id=stages[stage].id or 0, stage_since=end or at, closed_at=end,
            expected_close=date.fromisoformat(expected) if expected else None, created_at=at, updated_at=at,
            owner_id=uow.user(owner) if owner else None, **fields,
        )
    )  # fmt: skip
    before = None
    for name in (*way, stage):
        here = stages[name].id or 0
        uow.add(StageChange(deal_id=row.id or 0, from_stage_id=before, to_stage_id=here, at=end or at))
        before = here
    return row.id or 0


def person(uow: UnitOfWork, made: str, **fields: Any) -> int:
    """A person added at a moment; its number."""
    from crmcli.store.models.people import Contact

    owner = fields.pop("owner", None)
    at = moment(made)
    return uow.add(
        Contact(
            uid=new_uid("ct"), name="P", name_key="p", created_at=at, updated_at=at,
            owner_id=uow.user(owner) if owner else None, **fields,
        )
    ).id or 0  # fmt: skip


def activity(uow: UnitOfWork, kind: str, at: str, *people: int, **fields: Any) -> int:
    """Something done with people; its number."""
    from crmcli.store.models.activities import Activity, ActivityContact

    owner = fields.pop("owner", None)
    row = uow.add(
        Activity(
            uid=new_uid("ac"), kind=kind, at=moment(at), created_at=moment(at), updated_at=moment(at),
            owner_id=uow.user(owner) if owner else None, **{"status": "done", **fields},
        )
    )  # fmt: skip
    for number in people:
        uow.add(ActivityContact(activity_id=row.id or 0, contact_id=number))
    return row.id or 0
