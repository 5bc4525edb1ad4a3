"""How long deals take from being made to being won, or closed at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import mean, median, percentile
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.report import Report, ReportColumn
from crmcli.reports.sales.grouping import asking, chart_of, group_cell, group_column, ordered, titled
from crmcli.reports.unrated import shared
from crmcli.store.queries.closings import closed_within, cycles_by_kind

if TYPE_CHECKING:
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.sales.grouping import Asking
    from crmcli.store.queries.condition import Condition

_TOOK = "days from made to closed, by the clock on the wall"
_FIGURES = (
    ReportColumn(
        "won", "won", "integer", meaning="deals won in the period, but for any that were closed before they were made"
    ),
    ReportColumn("mean", "mean", "days", meaning=f"mean {_TOOK}, of won deals"),
    ReportColumn("median", "median", "days", meaning=f"median {_TOOK}, of won deals"),
    ReportColumn(
        "p90", "90 %", "days", meaning=f"nine in ten were faster: 90th percentile of the {_TOOK}, of won deals"
    ),
    ReportColumn("closed", "closed", "integer", meaning="deals won or lost in the period, with the same exception"),
    ReportColumn("closed_mean", "mean", "days", 1, f"mean {_TOOK}, of won and lost deals"),
    ReportColumn("closed_median", "median", "days", 1, f"median {_TOOK}, of won and lost deals"),
    ReportColumn("closed_p90", "90 %", "days", 2, f"90th percentile of the {_TOOK}, of won and lost deals"),
)
_FORMULA = "cycle = closed - made, in days, over won deals; and over all that were closed"


class Cycles(NamedTuple):
    """The days that the deals of a group took, the shortest first; ``odd`` ones were closed before they were made."""

    won: list[float]
    lost: list[float]
    odd: int = 0

    @property
    def figures(self) -> tuple[object, ...]:
        """As they stand in the row."""
        closed = sorted(self.won + self.lost)
        return tuple(
            figure
            for days in (self.won, closed)
            for figure in (len(days), mean(days), median(days), percentile(days, 0.9))
        )


def cycle_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Mean, median and ninth decile, of won deals and of all that were closed in the period."""
    with asking(sources, inquiry) as asked:
        closed = closed_within(asked.where, inquiry.span.bounds)
        found = _cycles(asked, closed)
        whole = _whole(asked, closed, found)
        rows = ordered(asked.group, found, lambda each: len(each.won) + len(each.lost) / 1e9)
        drills = DealDrill(asked.desk, asked.reader, asked.group, found, asked.rest("closed_at"))
        return Report(
            "cycle", titled("sales cycle", asked.group), (*group_column(asked.group), *_FIGURES),
            tuple((*group_cell(asked.group, key), *each.figures) for key, each in rows),
            (None, *whole.figures) if asked.group.name and len(rows) > 1 else None, len(whole.won) + len(whole.lost),
            inquiry.span.label, None, _FORMULA,
            chart=chart_of(
                asked.group, [(key, mean(each.won)) for key, each in rows], "days", "mean cycle of won deals", of_nothing=None
            ),
            drill=tuple(drills.to(key, "stage_kind = won", len(each.won), asked.timed(each.odd)) for key, each in rows),
            cells=tuple(
                dict.fromkeys(
                    ("closed", "closed_mean", "closed_median", "closed_p90"),
                    drills.to(
                        key, "stage_kind in (won, lost)", len(each.won) + len(each.lost), asked.timed(each.odd)
                    ),
                )
                for key, each in rows
            ),
            notes=shared(asked.group),
        )  # fmt: skip


def _cycles(asked: Asking, closed: Condition) -> dict[object, Cycles]:
    found: dict[object, Cycles] = {} if asked.group.name else {None: Cycles([], [])}
    ended = cycles_by_kind(asked.reader, asked.desk.clock, asked.group, closed)
    return found | {key: Cycles(*each) for key, each in ended.items()}


def _whole(asked: Asking, closed: Condition, found: dict[object, Cycles]) -> Cycles:
    """All groups together, every deal once."""
    if asked.group.is_shared:
        return _cycles(asked.whole(), closed)[None]
    if len(found) == 1:
        return next(iter(found.values()))
    won = sorted(days for each in found.values() for days in each.won)
    return Cycles(won, sorted(days for each in found.values() for days in each.lost))
