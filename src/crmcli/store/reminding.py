"""That somebody was reminded, written beside the change log: it can't be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.records import utc_text

if TYPE_CHECKING:
    from crmcli.store.session import UnitOfWork


def reminded(uow: UnitOfWork, activity: int) -> None:
    """Put down that the owner of an activity was reminded of it now."""
    moment = "CAST(? AS TIMESTAMPTZ)" if uow.store.location.url else "?"
    sql = uow.store.dialect.sql(f"UPDATE activity SET reminded_at = {moment} WHERE id = ?")
    uow.keep_beside()
    uow.session.connection().exec_driver_sql(sql, (utc_text(uow.now), activity))
