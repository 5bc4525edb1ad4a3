"""Purchases by the thousand, written: marked with their change set, whose number is all that undo needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from crmcli.domain.ids import new_uids
from crmcli.store.models.analysis import Purchase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.store.session import UnitOfWork

_TABLE: Any = Purchase.__table__  # type: ignore[attr-defined]


def add_purchases(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> range:
    """Write new purchases that are told by their columns; their numbers."""
    numbers = uow.next_numbers(Purchase, len(rows)) if rows else range(0)
    for row, number, uid in zip(rows, numbers, new_uids("pu", len(rows)), strict=True):
        row.update(id=number, uid=uid)
    uow.insert_many(Purchase, rows, created_in=uow.number)
    uow.marked += len(rows)
    return numbers


def remove_purchases(uow: UnitOfWork, numbers: Sequence[int]) -> None:
    """Delete some hundred purchases."""
    dead = {"deleted_at": uow.now, "deleted_in": uow.number}
    connection = uow.session.connection()
    connection.execute(update(_TABLE).where(_TABLE.c.id.in_(numbers), _TABLE.c.deleted_at.is_(None)).values(**dead))
    uow.marked += len(numbers)
    uow.touched("purchase", numbers)


def reverse_purchases(uow: UnitOfWork, first: int, number: int) -> None:
    """What ``first`` made in bulk is deleted, what ``number`` deleted comes back, what it brought back goes again."""
    dead = {"deleted_at": uow.now, "deleted_in": uow.number}
    back = {"deleted_at": None, "deleted_in": uow.number}
    alive, gone = _TABLE.c.deleted_at.is_(None), _TABLE.c.deleted_at.is_not(None)
    for which, values in (
        (alive & (_TABLE.c.created_in == first), dead),
        (alive & (_TABLE.c.deleted_in == number), dead),
        (gone & (_TABLE.c.deleted_in == number), back),
    ):
        connection = uow.session.connection()
        count = connection.execute(select(func.count()).select_from(_TABLE).where(which)).scalar_one()
        if count:
            connection.execute(update(_TABLE).where(which).values(**values))
            uow.touched("purchase", ())
            uow.marked += count
