"""Of those who first bought in one month, how many come again in each month after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.cohorts import MONTHS_IN, cohorts, overall
from crmcli.domain.metrics import ratio
from crmcli.reports.customers.buying import buying, first_day, read_by
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn

if TYPE_CHECKING:
    from datetime import date

    from crmcli.domain.cohorts import Cohort
    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources


def cohorts_report(sources: Sources, inquiry: Inquiry) -> Report:
    """A row for each month (quarter, year) of first purchases within the period, a column for each month after.

    What was bought before the period tells who is new in it. Raises BadValue for another unit.
    """
    unit = read_by(inquiry, CUSTOMER_GROUPS["cohorts"])
    with buying(sources, inquiry, is_from_start=True) as found:
        kept = _new_within(found)
        rows = cohorts(kept, found.last_day, unit)
        shares = overall(rows)
        n = sum(each.size for each in rows)
        totals = (None, n, ratio(sum(each.repeaters for each in rows), n), *shares) if len(rows) > 1 else None
        return Report(
            "cohorts", f"retention by {unit} of the first purchase", _columns(unit, len(shares)),
            tuple((each.name, each.size, each.repeat_rate, *each.retention) for each in rows), totals, n,
            inquiry.span.label, None, f"retention = customers who bought in that {unit} / customers of the cohort",
            chart=_chart(rows, unit), drill=tuple(found.drill(each.customers) for each in rows),
            notes=(*found.notes, *_open(found, rows, unit)),
        )  # fmt: skip


def _new_within(found: Buying) -> dict[str, dict[date, int]]:
    """The customers whose first purchase lies in the period."""
    start = first_day(found.inquiry)
    return {
        key: days
        for key, days in found.histories.items()
        if (start is None or next(iter(days)) >= start) and next(iter(days)) <= found.last_day
    }


def _columns(unit: str, width: int) -> tuple[ReportColumn, ...]:
    after = (
        ReportColumn(
            f"{unit}_{k}", f"+{k}", "percent", 0 if k < 4 else 1 + k // 6,
            f"customers who bought {k} {unit}s after the first / customers" if k else "all of them: 1",
        )
        for k in range(width)
    )  # fmt: skip
    return (
        ReportColumn("cohort", unit, "text", 0, f"the {unit} of the first purchase ever"),
        ReportColumn("customers", "customers", "integer", 0, f"customers who first bought in that {unit}"),
        ReportColumn(
            "repeat_rate", "came again", "percent", 0, "customers who bought on more than one day / customers"
        ),
        *after,
    )


def _chart(rows: list[Cohort], unit: str) -> Chart | None:
    """The shares after the first month, which is always whole."""
    width = max((len(each.active) for each in rows), default=0)
    if width < 2:
        return None
    columns = tuple(f"+{k}" for k in range(1, width))
    grid = tuple(each.retention[1:] for each in rows)
    return Chart(
        "heat", tuple(each.name for each in rows), unit="percent", title=f"share that came again, by {unit}",
        columns=columns, grid=grid,
    )  # fmt: skip


def _open(found: Buying, rows: list[Cohort], unit: str) -> tuple[str, ...]:
    """The note that the last month is not over."""
    from datetime import timedelta

    day, after = found.last_day, found.last_day + timedelta(days=1)
    months = MONTHS_IN[unit]
    is_over = (day.year * 12 + day.month - 1) // months != (after.year * 12 + after.month - 1) // months
    return () if is_over or not rows else (f"the last {unit} is counted up to {day}: it is not over",)
