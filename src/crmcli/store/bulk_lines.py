"""Purchases and exchange rates by the thousand, written: marked with their change set, whose number is all that undo needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import func, select, update

from crmcli.domain.ids import new_uids
from crmcli.store.models.analysis import ExchangeRate, Purchase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.store.session import UnitOfWork

Lines: TypeAlias = type[Purchase] | type[ExchangeRate]
LINES: tuple[Lines, ...] = (Purchase, ExchangeRate)
"""What is kept line by line, beside the records."""


def add_purchases(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Write new purchases that are told by their columns."""
    for row, uid in zip(rows, new_uids("pu", len(rows)), strict=True):
        row["uid"] = uid
    _add(uow, Purchase, rows)


def add_rates(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Write new exchange rates that are told by their columns."""
    _add(uow, ExchangeRate, rows)


def remove_lines(uow: UnitOfWork, model: Lines, numbers: Sequence[int]) -> None:
    """Delete some hundred lines."""
    table = _table(model)
    dead = {"deleted_at": uow.now, "deleted_in": uow.number}
    which = table.c.id.in_(numbers) & table.c.deleted_at.is_(None)
    uow.session.connection().execute(update(table).where(which).values(**dead))
    _count(uow, model, len(numbers))


def reverse_lines(uow: UnitOfWork, model: Lines, first: int, same: Sequence[int]) -> None:
    """What ``first`` made in bulk is deleted, what the ``same`` deleted comes back, what they brought back goes again."""
    table = _table(model)
    dead = {"deleted_at": uow.now, "deleted_in": uow.number}
    back = {"deleted_at": None, "deleted_in": uow.number}
    alive, gone = table.c.deleted_at.is_(None), table.c.deleted_at.is_not(None)
    connection = uow.session.connection()
    for which, values in (
        (alive & (table.c.created_in == first), dead),
        (alive & table.c.deleted_in.in_(same), dead),
        (gone & table.c.deleted_in.in_(same), back),
    ):
        count = connection.execute(select(func.count()).select_from(table).where(which)).scalar_one()
        if count:
            connection.execute(update(table).where(which).values(**values))
            _count(uow, model, count)


def _table(model: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's
    return model.__table__


def _add(uow: UnitOfWork, model: Lines, rows: Sequence[dict[str, Any]]) -> None:
    for row, number in zip(rows, uow.next_numbers(model, len(rows)) if rows else (), strict=True):
        row["id"] = number
    uow.insert_many(model, rows, created_in=uow.number)
    uow.marked += len(rows)


def _count(uow: UnitOfWork, model: Lines, count: int) -> None:
    """Have it known that something was changed, and how much."""
    uow.touched(str(model.__tablename__), ())
    uow.marked += count
