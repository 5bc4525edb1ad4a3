"""Reports over very many deals, answered from the warehouse where it is fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.warehouse.engine import NotInWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.reports.inquiry import Sources
    from crmcli.reports.report import Report


def answered(sources: Sources, ask: Callable[[Sources], Report]) -> Report:
    """The report from the warehouse, saying so, where that is fresh and the store very large; else from the store.

    What only the store knows is asked there all the same.
    """
    desk = sources.warehouse.fresh_desk() if sources.warehouse is not None else None
    if desk is None:
        return ask(sources)
    try:
        report = ask(sources._replace(desk=desk))
    except NotInWarehouse:
        return ask(sources)
    return report._replace(notes=(*report.notes, "from the warehouse, which is fresh"))
