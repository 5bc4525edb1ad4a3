"""How often deals are won, by their number and by their value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import win_rate
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.report import Report, ReportColumn
from crmcli.reports.sales.grouping import asking, chart_of, group_cell, group_column, money, ordered, titled
from crmcli.reports.unrated import left_out, shared
from crmcli.store.queries.closings import Closings, closed_within, closings

if TYPE_CHECKING:
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.sales.grouping import Asking
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.worth import Worth

_FIGURES = (
    ReportColumn("won", "won", "integer", meaning="deals won in the period"),
    ReportColumn("lost", "lost", "integer", meaning="deals lost in the period"),
    ReportColumn("win_rate", "win rate", "percent", meaning="won / (won + lost)"),
    ReportColumn("won_value", "won value", "money", 1, "Σ value of the won deals"),
    ReportColumn("lost_value", "lost value", "money", 1, "Σ value of the lost deals"),
    ReportColumn("win_rate_by_value", "by value", "percent", meaning="won value / (won value + lost value)"),
    ReportColumn("currency", "currency", priority=3, meaning="the currency that the money is counted in"),
)
_FORMULA = "win rate = won / (won + lost), among deals closed in the period; by value: the same of their values"


def win_rate_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Won, lost and the share of the won, by number and by value, among the deals closed in the period."""
    with asking(sources, inquiry) as asked:
        worth = asked.worth()
        closed = closed_within(asked.where, inquiry.span.bounds)
        found = closings(asked.reader, asked.group, worth, closed)
        if not asked.group.name and not found:
            found = {None: Closings()}
        whole = all_closed(asked, worth, closed, found)
        rows = ordered(asked.group, found, lambda deals: deals.won + deals.lost)
        drills = DealDrill(asked.desk, asked.reader, asked.group, found, asked.rest("closed_at"))
        code = worth.currency
        rates = [(key, win_rate(deals.won, deals.lost)) for key, deals in rows]
        return Report(
            "win-rate", titled("win rate", asked.group), (*group_column(asked.group), *_FIGURES),
            tuple((*group_cell(asked.group, key), *_figures(deals, code)) for key, deals in rows),
            (None, *_figures(whole, code)) if asked.group.name and len(rows) > 1 else None, whole.won + whole.lost,
            inquiry.span.label, code, _FORMULA, chart=chart_of(asked.group, rates, "percent", "win rate", of_nothing=None),
            drill=tuple(
                drills.to(key, "stage_kind in (won, lost)", deals.won + deals.lost) for key, deals in rows
            ),
            cells=tuple(
                {
                    **dict.fromkeys(("won", "won_value"), drills.to(key, "stage_kind = won", deals.won)),
                    **dict.fromkeys(("lost", "lost_value"), drills.to(key, "stage_kind = lost", deals.lost)),
                }
                for key, deals in rows
            ),
            notes=(*shared(asked.group), *_for_nothing(whole), *left_out(asked.desk, asked.reader, worth, closed)),
        )  # fmt: skip


def _for_nothing(whole: Closings) -> tuple[str, ...]:
    """The note that the rate by value is too high, since what was lost is worth nothing; where nothing is won it is not."""
    nothing = whole.lost_for_nothing
    if not nothing or not whole.won_value:
        return ()
    have = "deal has" if nothing == 1 else "deals have"
    return (f"by value is too high: {nothing} lost {have} no value",)


def all_closed(asked: Asking, worth: Worth, closed: Condition, found: dict[object, Closings]) -> Closings:
    """All groups together, every deal once."""
    if asked.group.is_shared:
        return closings(asked.reader, asked.whole().group, worth, closed).get(None, Closings())
    whole = Closings()
    for deals in found.values():
        whole = whole.and_(deals)
    return whole


def _figures(deals: Closings, code: str) -> tuple[object, ...]:
    return (
        deals.won, deals.lost, win_rate(deals.won, deals.lost), money(deals.won_value, code),
        money(deals.lost_value, code), win_rate(deals.won_value, deals.lost_value), code,
    )  # fmt: skip
