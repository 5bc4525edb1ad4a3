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
from crmcli.store.queries.groups import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.sales.grouping import Asking
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth

_FIGURES = (
    ReportColumn("open", "open", "integer", 1, meaning="deals that are open now, whatever the period", is_now=True),
    ReportColumn("average", "average", "money", 4, meaning="won value / won deals, of the period", of_nothing="none"),
    ReportColumn("win_rate", "win rate", "percent", 2, meaning="won / (won + lost), of the period"),
    ReportColumn("cycle", "cycle", "days", 3, meaning="mean days from made to won, of the deals won in the period"),
    ReportColumn(
        "velocity", "a day", "money", meaning="open deals · average · win rate / cycle: money a day", of_nothing="none",
        is_now=True,
    ),
    ReportColumn("currency", "currency", priority=5, meaning="the currency that the money is counted in"),
)  # fmt: skip
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
    """Open deals now, and size, win rate and cycle of the period, as money a day.

    A stretch of the calendar is that in which deals were closed; what is open now belongs to none, so each has all of it.
    """
    with asking(sources, inquiry) as asked:
        worth = asked.worth()
        closed = closed_within(asked.where, inquiry.span.bounds)
        found = _paces(asked, worth, closed)
        is_once = asked.group.is_shared or bool(asked.group.moment)
        whole = _together(_paces(asked.whole(), worth, closed) if is_once else found)
        rows = ordered(asked.group, found, lambda pace: pace.minor or 0)
        own = (grouped(inquiry.filter),)
        drills = DealDrill(asked.desk, asked.reader, asked.group, found, own)
        open_deals = DealDrill(asked.desk, asked.reader, WHOLE, [None], own) if asked.group.moment else drills
        code = worth.currency
        values = [(key, major(pace.minor, code)) for key, pace in rows]
        ended = within("closed_at", inquiry.span, inquiry.now)
        return Report(
            "velocity", titled("velocity", asked.group), (*group_column(asked.group), *_columns(asked.group)),
            tuple((*group_cell(asked.group, key), *pace.figures(code)) for key, pace in rows),
            (None, *whole.figures(code)) if asked.group.name and len(rows) > 1 else None,
            whole.still_open + whole.deals.won + whole.deals.lost, inquiry.span.label, code, _FORMULA,
            chart=chart_of(asked.group, values, code, "money a day", of_nothing=None),
            drill=tuple(open_deals.to(_of_open(asked, key), "stage_kind = open", pace.still_open) for key, pace in rows),
            cells=tuple(
                {
                    "average": drills.to(key, joined("stage_kind = won", ended), pace.deals.won),
                    "cycle": drills.to(
                        key, joined("stage_kind = won", ended), len(pace.cycles),
                        asked.timed(pace.deals.won - len(pace.cycles)),
                    ),
                    "win_rate": drills.to(
                        key, joined("stage_kind in (won, lost)", ended), pace.deals.won + pace.deals.lost
                    ),
                }
                for key, pace in rows
            ),
            notes=(*shared(asked.group), *left_out(asked.desk, asked.reader, worth, closed)),
        )  # fmt: skip


def _columns(group: Group) -> tuple[ReportColumn, ...]:
    if not group.moment:
        return _FIGURES
    stretch = group.name.replace("-", " ")
    still_open = _FIGURES[0]._replace(meaning=f"deals that are open now: of no {stretch}, so all of them in each row")
    closed = [c._replace(meaning=c.meaning.replace("the period", f"the {stretch}")) for c in _FIGURES[1:]]
    return (still_open, *closed)


def _of_open(asked: Asking, key: object) -> object:
    """The key of the open deals of a row: those of a stretch of the calendar are all there are."""
    return None if asked.group.moment else key


def _together(found: Mapping[object, Pace]) -> Pace:
    deals = Closings()
    for pace in found.values():
        deals = deals.and_(pace.deals)
    took = [days for pace in found.values() for days in pace.cycles]
    return Pace(sum(pace.still_open for pace in found.values()), deals, took)


def _paces(asked: Asking, worth: Worth, closed: Condition) -> dict[object, Pace]:
    is_calendar = bool(asked.group.moment)
    still_open = open_counts(asked.reader, WHOLE if is_calendar else asked.group, asked.where)
    ended = outcomes(asked.reader, asked.desk.clock, asked.group, worth, closed)
    keys = dict.fromkeys(ended if is_calendar else (*still_open, *ended)) if asked.group.name else {None: None}
    return {key: Pace(still_open.get(_of_open(asked, key), 0), *ended.get(key, (Closings(), []))) for key in keys}
