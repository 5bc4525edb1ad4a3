"""Threads of stored messages joined when a message shows that they are one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from crmcli.store.models.activities import Activity

if TYPE_CHECKING:
    from crmcli.store.session import UnitOfWork


def rename(uow: UnitOfWork, old: str, new: str) -> None:
    """Let every message of a thread be of another; what this very change set has made needs no line in the log."""
    table: Any = Activity.__table__  # type: ignore[attr-defined]
    mine = update(table).where(table.c.thread == old, table.c.created_in == uow.number).values(thread=new)
    uow.session.connection().execute(mine)
    for row in uow.find(Activity, thread=old):
        row.thread = new
    uow.flush()
