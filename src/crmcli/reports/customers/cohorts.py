"""Of those who first bought in one month, how many come again in each month after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.cohorts import MONTHS_IN, cohorts, overall
from crmcli.domain.metrics import ratio
from crmcli.reports.bought import parted_drill
from crmcli.reports.customers.buying import buying, first_day
from crmcli.reports.customers.groups import NO_GROUP, grouped, own_way, themselves
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from crmcli.domain.cohorts import Cohort
    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.store.queries.purchases import Customer

_MONTH, _LOOKED_AT = "month", (1, 3, 6, 12)
_CUSTOMERS = ReportColumn("customers", "customers", "integer", 0, "customers who first bought in the period")
_REPEATERS = ReportColumn(
    "repeat_rate", "came again", "percent", 0, "customers who bought on more than one day / customers"
)
_GROUPED = (
    _CUSTOMERS,
    _REPEATERS,
    *(
        ReportColumn(
            f"month_{k}", f"+{k}", "percent", 0,
            f"customers who bought in month {k} after the first / customers for whom that month has begun",
        )
        for k in _LOOKED_AT
    ),
)  # fmt: skip
_MOST_LINES = 20


def cohorts_report(sources: Sources, inquiry: Inquiry) -> Report:
    """A row for each month (quarter, year) of first purchases within the period, a column for each month after.

    What was bought before the period tells who is new in it. Told apart otherwise there is a row for each group, with the
    share that came again after one, three, six and twelve months. Raises UsageError for what customers can't be told apart by.
    """
    unit = own_way(inquiry, CUSTOMER_GROUPS["cohorts"])
    with buying(sources, inquiry, is_from_start=True) as found:
        kept = _new_within(found)
        rows = cohorts(kept, found.last_day, unit or _MONTH)
        answer = _by_time(found, rows, unit) if unit else _by_group(found, kept)
        return answer._replace(
            n=len(kept), period=inquiry.span.label,
            formula=f"retention = customers who bought in that {unit or _MONTH} / customers of the {'cohort' if unit else 'group'}",
            notes=(*answer.notes, *found.notes, *_open(found, rows, unit or _MONTH)),
        )  # fmt: skip


def _by_time(found: Buying, rows: list[Cohort], unit: str) -> Report:
    shares, n = overall(rows), sum(each.size for each in rows)
    totals = (None, n, ratio(sum(len(each.repeaters) for each in rows), n), *shares) if len(rows) > 1 else None
    return Report(
        "cohorts", f"retention by {unit} of the first purchase", _columns(unit, len(shares)),
        tuple((each.name, each.size, each.repeat_rate, *each.retention) for each in rows), totals,
        chart=_chart(rows, unit), drill=tuple(found.drill(each.customers) for each in rows),
        cells=tuple(
            {"customers": themselves(found, each.customers), **_cells(found, [each], unit, range(len(shares)))} for each in rows
        ),
    )  # fmt: skip


def _by_group(found: Buying, kept: Mapping[str, Mapping[date, int | None]]) -> Report:
    """Of the customers of each group, those who came again."""
    answer, parts = grouped(
        found, "cohorts", "retention", _GROUPED, kept,
        lambda some: _grouped(cohorts(some, found.last_day, _MONTH)), len,
        lambda some: _cells(found, cohorts(some, found.last_day, _MONTH), _MONTH, _LOOKED_AT),
    )  # fmt: skip
    shown = [(label or NO_GROUP, cohorts(some, found.last_day, _MONTH)) for label, some in parts[:_MOST_LINES]]
    return answer._replace(chart=_groups_chart(shown))


def _cells(found: Buying, part: list[Cohort], unit: str, places: Iterable[int]) -> dict[str, Drill | None]:
    """What those bought who came again, and for each column what those of each cohort bought in that month."""
    again = [customer for each in part for customer in each.repeaters]
    return {"repeat_rate": found.drill(again), **{f"{unit}_{k}": _visits(found, part, k) for k in places}}


def _visits(found: Buying, part: list[Cohort], k: int) -> Drill | None:
    """What those of each cohort bought in its k-th month."""
    at = "closed_at" if found.found.view.noun == "deal" else "at"
    visits: list[tuple[list[Customer], str]] = []
    for each in part:
        if k < len(each.present) and (some := each.present[k]):
            first, last = each.stretch(k)
            visits.append(([found.names[one] for one in some], f"{at} between {first} and {min(last, found.last_day)}"))
    return parted_drill(found.found, visits)


def _grouped(part: list[Cohort]) -> tuple[object, ...]:
    """The figures of a group, of the cohorts that it is made of; no value where no month of that place has begun."""
    shares, n = overall(part), sum(each.size for each in part)
    after = (shares[k] if k < len(shares) else None for k in _LOOKED_AT)
    return n, ratio(sum(len(each.repeaters) for each in part), n), *after


def _groups_chart(parts: list[tuple[str, list[Cohort]]]) -> Chart | None:
    """The shares of each group, month by month after the first, for a year."""
    shares = [overall(part)[1 : _LOOKED_AT[-1] + 1] for _, part in parts]
    width = max(map(len, shares), default=0)
    if not width:
        return None
    grid = tuple((*each, *[None] * (width - len(each))) for each in shares)
    columns, labels = tuple(f"+{k}" for k in range(1, width + 1)), tuple(label for label, _ in parts)
    title = "share that came again, by month"
    return Chart("heat", labels, unit="percent", title=title, columns=columns, grid=grid)


def _new_within(found: Buying) -> dict[str, dict[date, int | None]]:
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
        _REPEATERS,
        *after,
    )


def _chart(rows: list[Cohort], unit: str) -> Chart | None:
    """The shares after the first month, which is always whole."""
    width = max((len(each.present) for each in rows), default=0)
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
