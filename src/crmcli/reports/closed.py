"""What was won and what was lost, and how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import mean, median, ratio, win_rate
from crmcli.domain.money import Money
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.report import Report, ReportColumn
from crmcli.reports.sales.grouping import asking, chart_of, group_cell, group_column, major, money, ordered, titled
from crmcli.reports.sales.win_rate import all_closed
from crmcli.reports.unrated import left_out, shared
from crmcli.store.queries.closings import Closings, closed_within, closings, lost_within, outcomes

if TYPE_CHECKING:
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.sales.grouping import Asking
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.worth import Worth

_WON = (
    ReportColumn(
        "won", "won", "integer", meaning="deals won: those that are in a won stage, by the day they were closed"
    ),
    ReportColumn("value", "value", "money", meaning="Σ value of the won deals"),
    ReportColumn("average", "average", "money", 2, meaning="won value / won deals", of_nothing="none"),
    ReportColumn("win_rate", "win rate", "percent", 1, meaning="won / (won + lost), among deals closed in the period"),
    ReportColumn("cycle_mean", "cycle", "days", 3, meaning="mean days from made to won, by the clock on the wall"),
    ReportColumn("cycle_median", "median", "days", 4, meaning="median days from made to won"),
    ReportColumn("currency", "currency", priority=5, meaning="the currency that the money is counted in"),
)
_LOST = (
    ReportColumn(
        "lost", "lost", "integer", meaning="deals lost: those that are in a lost stage, by the day they were closed"
    ),
    ReportColumn("value", "value", "money", meaning="Σ value of the lost deals"),
    ReportColumn("share", "share", "percent", 1, meaning="lost / all lost", of_nothing="share"),
    ReportColumn("currency", "currency", priority=3, meaning="the currency that the money is counted in"),
)
_WON_FORMULA = "win rate = won / (won + lost); average = won value / won; cycle = days from made to won"
_LOST_FORMULA = "share = lost / all lost"


class Tally(NamedTuple):
    """The closed deals of a group, and the days that the won ones took."""

    deals: Closings
    cycles: list[float]


def won_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Won deals per group, with the rate and the length of winning."""
    with asking(sources, inquiry) as asked:
        worth = asked.worth()
        closed = closed_within(asked.where, inquiry.span.bounds)
        tallies = _tallies(asked, worth, closed)
        if not asked.group.name and not tallies:  # the answer to "how much" is then: nothing
            tallies = {None: Tally(Closings(), [])}
        whole = _whole(asked, worth, closed, tallies)
        rows = ordered(asked.group, tallies, lambda tally: tally.deals.won_value)
        drills = DealDrill(asked.desk, asked.reader, asked.group, tallies, asked.rest("closed_at"))
        totals = (None, *_won(whole, worth.currency)) if asked.group.name and len(rows) > 1 else None
        values = [(key, major(tally.deals.won_value, worth.currency)) for key, tally in rows]
        return Report(
            "won", titled("won deals", asked.group), (*group_column(asked.group), *_WON),
            tuple((*group_cell(asked.group, key), *_won(tally, worth.currency)) for key, tally in rows),
            totals, whole.deals.won + whole.deals.lost, inquiry.span.label, worth.currency, _WON_FORMULA,
            chart=chart_of(asked.group, values, worth.currency, "won value"),
            drill=tuple(drills.to(key, "stage_kind = won", tally.deals.won) for key, tally in rows),
            cells=tuple(
                {
                    "win_rate": drills.to(key, "stage_kind in (won, lost)", tally.deals.won + tally.deals.lost),
                    **dict.fromkeys(
                        ("cycle_mean", "cycle_median"),
                        drills.to(
                            key, "stage_kind = won", len(tally.cycles), asked.timed(tally.deals.won - len(tally.cycles))
                        ),
                    ),
                }
                for key, tally in rows
            ),
            notes=(*shared(asked.group), *left_out(asked.desk, asked.reader, worth, closed)),
        )  # fmt: skip


def _tallies(asked: Asking, worth: Worth, closed: Condition) -> dict[object, Tally]:
    found = outcomes(asked.reader, asked.desk.clock, asked.group, worth, closed)
    return {key: Tally(*each) for key, each in found.items()}


def _whole(asked: Asking, worth: Worth, closed: Condition, tallies: dict[object, Tally]) -> Tally:
    """All groups together, every deal once."""
    if asked.group.is_shared:
        return _tallies(asked.whole(), worth, closed).get(None, Tally(Closings(), []))
    deals, days = Closings(), list[float]()
    for tally in tallies.values():
        deals = deals.and_(tally.deals)
        days += tally.cycles
    return Tally(deals, days)


def _won(tally: Tally, code: str) -> tuple[object, ...]:
    deals = tally.deals
    return (
        deals.won, money(deals.known_value, code), money(ratio(deals.won_value, deals.rated), code),
        win_rate(deals.won, deals.lost), mean(tally.cycles), median(tally.cycles), code,
    )  # fmt: skip


def lost_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Lost deals per group, and each one's share."""
    with asking(sources, inquiry) as asked:
        worth = asked.worth()
        closed = lost_within(asked.where, inquiry.span.bounds)
        found = closings(asked.reader, asked.group, worth, closed)
        whole = all_closed(asked, worth, closed, found)
        rows = ordered(asked.group, found, lambda deals: deals.lost)
        drills = DealDrill(asked.desk, asked.reader, asked.group, found, asked.rest("closed_at"))
        code = worth.currency
        totals = (None, *_lost(whole, whole.lost, code)) if asked.group.name and len(rows) > 1 else None
        return Report(
            "lost", titled("lost deals", asked.group), (*group_column(asked.group), *_LOST),
            tuple((*group_cell(asked.group, key), *_lost(deals, whole.lost, code)) for key, deals in rows),
            totals, whole.lost, inquiry.span.label, code, _LOST_FORMULA,
            chart=chart_of(asked.group, [(key, deals.lost) for key, deals in rows], "", "deals lost"),
            drill=tuple(drills.to(key, "stage_kind = lost") for key, _ in rows),
            notes=(*shared(asked.group), *left_out(asked.desk, asked.reader, worth, closed)),
        )  # fmt: skip


def _lost(deals: Closings, everything: int, code: str) -> tuple[object, ...]:
    return (deals.lost, Money(round(deals.lost_value), code), ratio(deals.lost, everything), code)
