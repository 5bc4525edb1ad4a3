"""How much money a day the open deals can be expected to bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import mean, ratio, velocity, win_rate
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import grouped, joined, within
from crmcli.reports.report import Report, ReportColumn
from crmcli.reports.sales.grouping import asking, chart_of, group_cell, group_column, major, money, ordered, titled
from crmcli.reports.unrated import left_out, shared
from crmcli.store.queries.closings import Closings, closed_within, open_counts, outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.sales.grouping import Asking
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.worth import Worth

_FIGURES = (
    ReportColumn("open", "open", "integer", meaning="deals that are open now"),
    ReportColumn("average", "average", "money", meaning="won value / won deals, of the period"),
    ReportColumn("win_rate", "win rate", "percent", meaning="won / (won + lost), of the period"),
    ReportColumn("cycle", "cycle", "days", meaning="mean days from made to won, of the deals won in the period"),
    ReportColumn("velocity", "a day", "money", meaning="open deals · average · win rate / cycle: money a day"),
    ReportColumn("currency", "currency", priority=3, meaning="the currency that the money is counted in"),
)
_FORMULA = "velocity = open deals · average size · win rate / average cycle days = money a day"


class Pace(NamedTuple):
    """What the velocity of a group is made of."""

    still_open: int
    deals: Closings
    cycles: list[float]

    @property
    def size(self) -> float | None:
        """The average won deal, in minor units."""
        return ratio(self.deals.won_value, self.deals.rated)

    @property
    def minor(self) -> float | None:
        """Money a day, in minor units."""
        return velocity(self.still_open, self.size, win_rate(self.deals.won, self.deals.lost), mean(self.cycles))

    def figures(self, code: str) -> tuple[object, ...]:
        """As they stand in the row."""
        rate = win_rate(self.deals.won, self.deals.lost)
        return (self.still_open, money(self.size, code), rate, mean(self.cycles), money(self.minor, code), code)


def velocity_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Open deals now, and size, win rate and cycle of the period, as money a day; groups of the calendar are of being made."""
    with asking(sources, inquiry, "created_at", is_bounded=False) as asked:
        worth = asked.worth()
        closed = closed_within(asked.where, inquiry.span.bounds)
        found = _paces(asked, worth, closed)
        whole = _together(_paces(asked.whole(), worth, closed) if asked.group.is_shared else found)
        rows = ordered(asked.group, found, lambda pace: pace.minor or 0)
        drills = DealDrill(asked.desk, asked.reader, asked.group, found, (grouped(inquiry.filter),))
        code = worth.currency
        values = [(key, major(pace.minor, code)) for key, pace in rows]
        ended = within("closed_at", inquiry.span, inquiry.now)
        return Report(
            "velocity", titled("velocity", asked.group), (*group_column(asked.group), *_FIGURES),
            tuple((*group_cell(asked.group, key), *pace.figures(code)) for key, pace in rows),
            (None, *whole.figures(code)) if asked.group.name and len(rows) > 1 else None,
            whole.still_open + whole.deals.won + whole.deals.lost, inquiry.span.label, code, _FORMULA,
            chart=chart_of(asked.group, values, code, "money a day"),
            drill=tuple(drills.to(key, "stage_kind = open", pace.still_open) for key, pace in rows),
            cells=tuple(
                {
                    **dict.fromkeys(("average", "cycle"), drills.to(key, joined("stage_kind = won", ended), pace.deals.won)),
                    "win_rate": drills.to(
                        key, joined("stage_kind in (won, lost)", ended), pace.deals.won + pace.deals.lost
                    ),
                }
                for key, pace in rows
            ),
            notes=(*shared(asked.group), *left_out(asked.desk, asked.reader, worth, closed)),
        )  # fmt: skip


def _together(found: Mapping[object, Pace]) -> Pace:
    deals = Closings()
    for pace in found.values():
        deals = deals.and_(pace.deals)
    took = [days for pace in found.values() for days in pace.cycles]
    return Pace(sum(pace.still_open for pace in found.values()), deals, took)


def _paces(asked: Asking, worth: Worth, closed: Condition) -> dict[object, Pace]:
    still_open = open_counts(asked.reader, asked.group, asked.where)
    ended = outcomes(asked.reader, asked.desk.clock, asked.group, worth, closed)
    keys = dict.fromkeys((*still_open, *ended)) if asked.group.name else {None: None}
    return {key: Pace(still_open.get(key, 0), *ended.get(key, (Closings(), []))) for key in keys}
