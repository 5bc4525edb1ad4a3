"""How far an import has come that stores as it goes: kept in the transaction that stores its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.models.exchange import ImportRun

if TYPE_CHECKING:
    from crmcli.store.session import UnitOfWork


def reach(uow: UnitOfWork, source: str, fingerprint: str, rows: int) -> None:
    """So many rows of the source are in the store, as part of this change set."""
    found = uow.find(ImportRun, source=source)
    run = found[0] if found else ImportRun(source=source, fingerprint=fingerprint, set_id=uow.number, at=uow.now)
    run.rows_done, run.at = rows, uow.now
    uow.session.add(run)
    uow.flush()
    uow.keep_beside()


def finish(uow: UnitOfWork, source: str) -> None:
    """Nothing of the source is half done any more."""
    for run in uow.find(ImportRun, source=source):
        uow.delete(run)
        uow.keep_beside()


def give_up(uow: UnitOfWork, number: int) -> None:
    """What this change set has stored is taken back, so nothing goes on from there."""
    for run in uow.find(ImportRun, set_id=number):
        uow.delete(run)
