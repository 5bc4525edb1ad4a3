"""What was won and what was lost, and how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import mean, median, ratio, win_rate
from crmcli.domain.money import Money
from crmcli.reports.drill import Groups, grouped, in_currency, within
from crmcli.reports.period import month_of
from crmcli.reports.report import Report, ReportColumn
from crmcli.store.queries.reports import MONTH, Group, closed_deals, deal_group

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.period import Window
    from crmcli.reports.report import Drill
    from crmcli.services.desk import Desk

_WON = (
    ReportColumn("won", "won", "integer"),
    ReportColumn("value", "value", "money"),
    ReportColumn("average", "average", "money"),
    ReportColumn("win_rate", "win rate", "percent"),
    ReportColumn("cycle_mean", "cycle", "days"),
    ReportColumn("cycle_median", "median", "days"),
    ReportColumn("currency", "currency"),
)
_LOST = (
    ReportColumn("lost", "lost", "integer"),
    ReportColumn("value", "value", "money"),
    ReportColumn("share", "share", "percent"),
    ReportColumn("currency", "currency"),
)
_WON_FORMULA = "win rate = won / (won + lost); average = won value / won; cycle = days from made to won"
_LOST_FORMULA = "share = lost / all lost"


class Tally:
    """Closed deals of one group and currency."""

    def __init__(self) -> None:
        self.won = self.lost = self.won_minor = self.lost_minor = 0
        self.cycles: list[float] = []  # of won deals, days; one closed before it was made has none
        self.numbers: dict[str, list[int]] = {"won": [], "lost": []}

    def add(self, kind: str, minor: int, days: float, number: int) -> None:
        """Count a deal."""
        self.numbers[kind].append(number)
        if kind == "lost":
            self.lost += 1
            self.lost_minor += minor
            return
        self.won += 1
        self.won_minor += minor
        if days >= 0:
            self.cycles.append(days)

    def merge(self, other: Tally) -> None:
        """Count another tally's deals as well."""
        self.won, self.lost = self.won + other.won, self.lost + other.lost
        self.won_minor, self.lost_minor = self.won_minor + other.won_minor, self.lost_minor + other.lost_minor
        self.cycles += other.cycles


Tallies = dict[tuple[str | None, str], Tally]


def won_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Won deals per group and currency, with the rate and the length of winning."""
    desk, by, span, filter_text = sources.desk, inquiry.by, inquiry.span, inquiry.filter
    group, tallies = _tallied(desk, by, span, filter_text)

    def figures(tally: Tally, code: str) -> tuple[object, ...]:
        average = Money(round(tally.won_minor / tally.won), code) if tally.won else None
        rate = win_rate(tally.won, tally.lost)
        return (tally.won, Money(tally.won_minor, code), average, rate, mean(tally.cycles), median(tally.cycles), code)

    if not group.name and not tallies:  # the answer to "how much" is then: nothing
        tallies = {(None, desk.currency): Tally()}
    report = _report("won", _WON, group, tallies, figures, _won_value, span, _WON_FORMULA)
    return report._replace(drill=_drills(desk, "won", group, _in_order(group, tallies, _won_value), span, filter_text))


def lost_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Lost deals per group and currency, and each one's share."""
    desk, by, span, filter_text = sources.desk, inquiry.by, inquiry.span, inquiry.filter
    group, tallies = _tallied(desk, by, span, filter_text)
    kept = {key: tally for key, tally in tallies.items() if tally.lost}
    everything = sum(tally.lost for tally in kept.values())

    def figures(tally: Tally, code: str) -> tuple[object, ...]:
        return (tally.lost, Money(tally.lost_minor, code), ratio(tally.lost, everything), code)

    report = _report("lost", _LOST, group, kept, figures, _lost_deals, span, _LOST_FORMULA)
    return report._replace(drill=_drills(desk, "lost", group, _in_order(group, kept, _lost_deals), span, filter_text))


def _tallied(desk: Desk, by: str | None, span: Window, filter_text: str | None) -> tuple[Group, Tallies]:
    from crmcli.store.queries.common import sure_moment

    now = desk.clock.local()
    tallies: Tallies = {}
    with desk.reading() as reader:
        group = deal_group(reader, by)
        where = desk.condition(reader, "deal", filter_text)
        for key, kind, value, currency, made, closed, number in closed_deals(reader, group, where, span.bounds):
            label = month_of(key, now) if group.name == MONTH else key
            tally = tallies.setdefault((label, currency or desk.currency), Tally())
            # By the clock on the wall: a deal made and closed on two dates took whole days, summer time or not.
            took = sure_moment(closed).astimezone(now.tzinfo) - sure_moment(made).astimezone(now.tzinfo)
            tally.add(kind, value or 0, took.total_seconds() / 86_400, number)
    return group, tallies


def _report(
    name: str,
    columns: tuple[ReportColumn, ...],
    group: Group,
    tallies: Tallies,
    figures: Callable[[Tally, str], tuple[object, ...]],
    weight: Callable[[Tally], int],
    span: Window,
    formula: str,
) -> Report:
    rows = tuple((label, *figures(tally, code)) for (label, code), tally in _in_order(group, tallies, weight))
    currencies = {code for _, code in tallies}
    only = next(iter(currencies)) if len(currencies) == 1 else None
    total = _sum(tallies) if only and len(rows) > 1 else None
    totals = (None, *figures(total, only)) if total is not None and only else None
    if not group.name:
        columns_shown, rows, totals = columns, tuple(row[1:] for row in rows), None
    else:
        columns_shown = (ReportColumn(group.name, group.name), *columns)
    title = f"{name} deals" + (f" by {group.name}" if group.name else "")
    n = sum(tally.won + tally.lost if name == "won" else tally.lost for tally in tallies.values())
    return Report(name, title, columns_shown, rows, totals, n, span.label, only, formula)


def _in_order(
    group: Group, tallies: Tallies, weight: Callable[[Tally], int]
) -> list[tuple[tuple[str | None, str], Tally]]:
    """Months as they came, everything else by its weight."""
    if group.name == MONTH:
        return sorted(tallies.items(), key=lambda item: (item[0][0] or "", item[0][1]))
    return sorted(tallies.items(), key=lambda item: (-weight(item[1]), item[0][0] or "", item[0][1]))


def _won_value(tally: Tally) -> int:
    return tally.won_minor


def _lost_deals(tally: Tally) -> int:
    return tally.lost


def _drills(
    desk: Desk,
    kind: str,
    group: Group,
    ordered: list[tuple[tuple[str | None, str], Tally]],
    span: Window,
    filter_text: str | None,
) -> tuple[Drill | None, ...]:
    """The deals won, or lost, of each row."""
    labels = {label for (label, _), _ in ordered}
    closed = within("closed_at", span, desk.clock.local())
    groups = Groups("deal", group.name, labels, (f"stage_kind = {kind}", closed, grouped(filter_text)))
    several = len({code for (_, code), _ in ordered}) > 1
    return tuple(
        groups.drill(label, in_currency(code, desk.currency) if several else "", tally.numbers[kind])
        for (label, code), tally in ordered
    )


def _sum(tallies: Tallies) -> Tally:
    total = Tally()
    for tally in tallies.values():
        total.merge(tally)
    return total
