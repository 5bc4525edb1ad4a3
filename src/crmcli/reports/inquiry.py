"""How a report is asked: in the user's words, and as what they mean just now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.reports.period import Window, window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crmcli.services.desk import Desk
    from crmcli.services.duplicates import Duplicates
    from crmcli.services.warehouse import Warehouse


class Asked(NamedTuple):
    """A report as it is wanted, in words; ``options`` are what only some reports can be asked, by their flags' names.

    ``compare`` is ``previous`` (the period before) or ``year`` (the same period a year earlier). ``followed``: the records
    behind the figures are asked for, too, those of which no filter tells which they are by their numbers.
    """

    name: str
    by: str = ""
    period: str = ""
    filter: str = ""
    since: str = ""
    until: str = ""
    compare: str = ""
    currency: str = ""
    options: Mapping[str, Any] = {}
    followed: bool = False


_NOT_KEPT = ("name", "options", "followed")


def kept_of(asked: Asked) -> dict[str, Any]:
    """How a report is asked, as it is kept under a name: ``Asked(report, **kept)`` asks it again."""
    kept = {key: value for key, value in asked._asdict().items() if value and key not in _NOT_KEPT}
    return kept | ({"options": dict(asked.options)} if asked.options else {})


class Sources(NamedTuple):
    """What reports are worked out from."""

    desk: Desk
    duplicates: Duplicates
    is_tracked: bool = False  # whether opens and clicks of mails are counted
    warehouse: Warehouse | None = None


class Inquiry(NamedTuple):
    """What is asked, understood: ``now`` is local, ``currency`` the one that money is counted in unless all is in another.

    ``span`` is the window that was named, ``usual`` the one that the report is about where none was.
    """

    by: str | None
    span: Window
    filter: str | None
    now: datetime
    currency: str
    options: Mapping[str, Any] = {}
    compare: str = ""  # for a report that sets periods beside each other by itself
    usual: Window = Window()
    followed: bool = False

    @property
    def period(self) -> Window:
        """The window that was named, or else the usual one."""
        return self.span if self.span.bounds else self.usual


def understood(desk: Desk, asked: Asked, usual: str = "") -> Inquiry:
    """The words as what they mean just now, ``usual`` those of the usual period; raises UsageError or BadValue."""
    from crmcli.domain.money import read_currency

    now = desk.clock.local()
    span = window(now, asked.period or None, asked.since or None, asked.until or None, fiscal=desk.fiscal_start)
    currency = read_currency(asked.currency) if asked.currency else desk.currency
    otherwise = window(now, usual or None, fiscal=desk.fiscal_start)
    return Inquiry(
        asked.by or None, span, asked.filter or None, now, currency, asked.options, asked.compare, otherwise, asked.followed
    )  # fmt: skip
