"""Whether the open pipeline is enough for the quota: what is wanted, what is won, and what may still come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import win_rate
from crmcli.domain.quotas import attainment, coverage, quota_within, required_coverage
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import grouped, joined, within
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.reports.sales.expecting import expected_within, has_ends, said, whole_days
from crmcli.reports.sales.grouping import NO_GROUP, Asking, asking, group_column, major, money, titled
from crmcli.reports.unrated import goals_left_out, left_out, shared
from crmcli.store.queries.closings import Closings, closed_within, closings
from crmcli.store.queries.condition import both
from crmcli.store.queries.forecasting import OPEN, expected, won_deals
from crmcli.store.queries.goals import quotas
from crmcli.store.queries.groups import WHOLE, day_of_rate
from crmcli.store.queries.sold import won_within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.domain.dates import Period
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.period import Window
    from crmcli.reports.report import Drill
    from crmcli.store.queries.goals import Quota, UnratedGoals
    from crmcli.store.queries.groups import Group

_RATE_MONTHS = 12
_RATE = f"won / (won + lost) of the deals closed in the {_RATE_MONTHS} months up to the end of the period, or today"
_COLUMNS = (
    ReportColumn("quota", "quota", "money", 0, "the goal of won_value for just this period, else Σ of those that lie wholly in it", "none"),
    ReportColumn("won", "won", "money", 0, "Σ value of the deals won in the period"),
    ReportColumn("share", "reached", "percent", 2, "won / quota"),
    ReportColumn("gap", "gap", "money", 1, "quota - won; below zero where more was won", "none"),
    ReportColumn(
        "expected", "by today", "money", 4,
        "what would be won by today if every day of the period brought the same of the quota", "none",
    ),
    ReportColumn("pace", "pace", "percent", 3, "won / what would be won by today: 100 % is on time"),
    ReportColumn("deals", "open", "integer", 3, "open deals expected to be decided in the period, the overdue ones of it too", is_now=True),
    ReportColumn("pipeline", "pipeline", "money", 0, "Σ value of these open deals", is_now=True),
    ReportColumn("coverage", "coverage", "number", 0, "pipeline / (quota - won); no value where the quota is reached", is_now=True),
    ReportColumn("win_rate", "win rate", "percent", 2, _RATE),
    ReportColumn("required", "required", "number", 0, "1 / win rate: the coverage that it takes"),
    ReportColumn("currency", "currency", "text", 5, "the currency that the money is counted in"),
)  # fmt: skip
_FORMULA = f"coverage = open pipeline / (quota - won); required = 1 / win rate of {_RATE_MONTHS} months"

Said = tuple[tuple["Drill | None", ...], tuple["Mapping[str, Drill | None]", ...]]


class _Line(NamedTuple):
    quota: float | None
    won: tuple[int, float]
    deals: int
    pipeline: float
    closed: Closings


def coverage_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Quota, won, pipeline and coverage of each owner (or other group), and of all together."""
    span = inquiry.period
    with asking(sources, inquiry._replace(span=span), "expected_close", is_bounded=False) as asked:
        return _Coverage(asked, span).report()


class _Coverage:
    """One question; it lives no longer than its reader."""

    def __init__(self, asked: Asking, span: Window) -> None:
        self.asked, self.span, self.now = asked, span, asked.inquiry.now
        self.today = self.now.date()
        self.days: Period | None = whole_days(span, self.now)
        self.rate_span = _before(self.days, asked)
        self.day = day_of_rate(self.now)
        self.money = asked.worth(self.day)
        self.code = self.money.currency
        self.open = both(asked.where, expected_within(self.days))
        self.won = won_within(asked.where, span.bounds)
        self.quotas, self.unrated = self._goals()

    def report(self) -> Report:
        """The rows, those first whose quota is largest."""
        group = self.asked.group
        found = self._lines(group)
        lines = sorted(found.items(), key=lambda item: _place(item[1], group.label(item[0])))
        whole = self._whole(found)
        label = group_column(group)
        rows = tuple((*([group.label(key)] if group.name else []), *self._figures(line)) for key, line in lines)
        totals = (None, *self._figures(whole)) if group.name and whole and rows else None
        drill, cells = self._said(group, lines)
        return Report(
            "coverage", titled("coverage", group), (*label, *_COLUMNS), rows, totals, whole.deals if whole else 0,
            self.span.label, self.code, _FORMULA, notes=self._notes(), chart=self._chart(lines),
            drill=drill, cells=cells,
        )  # fmt: skip

    def _whole(self, found: Mapping[object, _Line]) -> _Line | None:
        """All groups together, every deal once; the quota is the one of all, or else those of its people."""
        if self.asked.group.is_shared or not self.asked.group.name:
            return self._lines(WHOLE).get(None)
        lines = found.values()
        won = (sum(line.won[0] for line in lines), sum(line.won[1] for line in lines))
        closed = Closings(*map(sum, zip(Closings(), *(line.closed for line in lines), strict=True)))
        deals, pipeline = sum(line.deals for line in lines), sum(line.pipeline for line in lines)
        return _Line(self._wanted(WHOLE)[None], won, deals, pipeline, closed)

    def _goals(self) -> tuple[list[Quota], list[UnratedGoals]]:
        """The goals of the period, and those of it that can't be told in the currency."""
        if self.days is None:
            return [], []
        days = (str(self.days.start), str(self.days.end))
        return quotas(self.asked.reader, self.code, self.asked.desk.currency, days, str(self.today))

    def _lines(self, group: Group) -> dict[object, _Line]:
        reader, where = self.asked.reader, self.asked.where
        there = expected(reader, group, self.money, self.open, str(self.today))
        won = won_deals(reader, group, self.money, self.won)
        closed = closings(reader, group, self.money, closed_within(where, self.rate_span.bounds))
        wanted = self._wanted(group)
        keys = dict.fromkeys((*(key for key, quota in wanted.items() if quota is not None), *there, *won, *closed))
        return {
            key: _Line(
                wanted.get(key), won.get(key, (0, 0.0)), there[key].deals if key in there else 0,
                there[key].value if key in there else 0.0, closed.get(key, Closings()),
            )
            for key in keys
        }  # fmt: skip

    def _wanted(self, group: Group) -> dict[object, float | None]:
        """The quotas by the keys of the groups: only people have any, and all together."""
        owners = {quota.owner_id for quota in self.quotas if quota.owner_id is not None}
        if group.name == "owner":
            return {owner: self._quota(owner) for owner in owners}
        if group.name:
            return {}
        team = self._quota(None)
        of_each = [quota for owner in owners if (quota := self._quota(owner)) is not None]
        return {None: team if team is not None else sum(of_each) if of_each else None}

    def _quota(self, owner: int | None) -> float | None:
        from datetime import timedelta

        if self.days is None:
            return None
        goals = [(quota.starts_on, quota.ends_on, quota.amount) for quota in self.quotas if quota.owner_id == owner]
        return quota_within(goals, self.days.start, self.days.end - timedelta(days=1))

    def _figures(self, line: _Line) -> tuple[object, ...]:
        from datetime import timedelta

        rate = win_rate(line.closed.won, line.closed.lost)
        won, quota = line.won[1], line.quota
        stands: tuple[object, ...] = (None, None, None, None)
        if quota is not None and self.days is not None:
            held = attainment(quota, won, self.days.start, self.days.end - timedelta(days=1), self.today)
            # A period with an open end has no number of days that the quota could be spread over.
            paced = (money(held.expected, self.code), held.pace) if has_ends(self.days) else (None, None)
            stands = (held.share, money(held.gap, self.code), *paced)
        return (
            money(quota, self.code), money(won, self.code), *stands, line.deals, money(line.pipeline, self.code),
            coverage(line.pipeline, quota, won), rate, required_coverage(rate), self.code,
        )  # fmt: skip

    def _said(self, group: Group, lines: list[tuple[object, _Line]]) -> Said:
        drill = DealDrill(
            self.asked.desk, self.asked.reader, group, [key for key, _ in lines], (grouped(self.asked.inquiry.filter),)
        )
        here = joined("stage_kind = open", said(self.days))
        won = joined("stage_kind = won", within("closed_at", self.span, self.now))
        closed = joined("stage_kind in (won, lost)", within("closed_at", self.rate_span, self.now))
        cells = []
        for key, line in lines:
            of_won = drill.to(key, won, line.won[0])
            ended = drill.to(key, closed, line.closed.won + line.closed.lost)
            cells.append(
                {**dict.fromkeys(("won", "share", "gap", "pace"), of_won), "win_rate": ended, "required": ended}
            )
        return tuple(drill.to(key, here, line.deals) for key, line in lines), tuple(cells)

    def _chart(self, lines: list[tuple[object, _Line]]) -> Chart | None:
        """The coverage; where no quota leaves any to be covered, what is open."""
        covered = [(key, coverage(line.pipeline, line.quota, line.won[1])) for key, line in lines]
        known = [(key, value) for key, value in covered if value is not None]
        title, unit = "coverage", ""
        if not known:
            known = [(key, major(line.pipeline, self.code) or 0.0) for key, line in lines]
            title, unit = "open pipeline", self.code
        labels = tuple(self.asked.group.label(key) or NO_GROUP for key, _ in known)
        return Chart("bar", labels, tuple(value for _, value in known), unit, title) if len(lines) > 1 else None

    def _notes(self) -> tuple[str, ...]:
        notes = shared(self.asked.group)
        desk, reader = self.asked.desk, self.asked.reader
        today = str(self.today)
        notes += tuple(goals_left_out(reader, each, self.code, desk.currency, today) for each in self.unrated)
        notes += left_out(desk, reader, self.money, both(OPEN, self.open), self.day)
        return notes + left_out(desk, reader, self.money, self.won, self.day)


def _place(line: _Line, label: str | None) -> tuple[object, ...]:
    """The largest quota first, then the largest success; what has no name after its equals."""
    return -(line.quota or 0), -line.won[1], label is None, label or ""


def _before(days: Period | None, asked: Asking) -> Window:
    """The months over which the win rate is taken: up to the end of the period, at most up to today."""
    from datetime import timedelta

    from crmcli.domain.dates import Period, shift
    from crmcli.reports.period import of_days

    now = asked.inquiry.now
    tomorrow = now.date() + timedelta(days=1)
    end = min(days.end, tomorrow) if days else tomorrow
    return of_days(Period(shift(end, -_RATE_MONTHS, "m"), end), now)
