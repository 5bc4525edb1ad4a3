"""What was sold: in which month with the running total, or by whom, of what, to whom, ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import ratio
from crmcli.domain.money import exponent
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.report import Report, ReportColumn
from crmcli.reports.sales.grouping import asking, chart_of, group_column, major, money, ordered, titled
from crmcli.reports.unrated import left_out, shared
from crmcli.store.queries.groups import WHOLE
from crmcli.store.queries.sold import Sold, sold, together, won_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.money import Money
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.store.queries.groups import Group

_RANK = ReportColumn("rank", "rank", "integer", 2, "its place by value; those of equal value share one", "rank")
_DEALS = ReportColumn("deals", "won", "integer", 1, "deals won, by the day they were closed")
_VALUE = ReportColumn("value", "value", "money", 0, "Σ value of the won deals")
_RUNNING = ReportColumn(
    "running", "running", "money", 1, "Σ value from the first stretch shown up to this one", "running"
)
_SHARE = ReportColumn("share", "share", "percent", 1, "value / value of all won deals", "share")
_CUMULATED = ReportColumn("cumulated", "cumulated", "percent", 3, "the shares added up from the first place on")
_REST = (
    ReportColumn("average", "average", "money", 2, "value / won deals", "none"),
    ReportColumn("new", "new", "money", 3, "Σ value of the won deals of type new; none where no deal has a type"),
    ReportColumn(
        "existing", "existing", "money", 3, "Σ value of the won deals of type existing; none where no deal has a type"
    ),
    ReportColumn("currency", "currency", "text", 4, "the currency that the money is counted in"),
)
_FORMULA = "value = Σ value of won deals; average = value / won; share = value / all value"


def sales_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Won deals per group: their number, value, average and share, new and existing business."""
    with asking(sources, inquiry) as asked:
        group, worth = asked.group, asked.worth()
        won = won_within(asked.where, inquiry.span.bounds)
        found = sold(asked.reader, group, worth, won)
        whole = sold(asked.reader, WHOLE, worth, won).get(None, Sold()) if group.is_shared else together(found.values())
        lines = ordered(group, found, lambda each: each.value)
        drills = DealDrill(asked.desk, asked.reader, group, found, asked.rest("closed_at"))
        rows = (
            _calendar(lines, group, whole, worth.currency)
            if group.moment
            else _ranked(lines, group, whole, worth.currency)
        )
        values = [(key, major(each.value, worth.currency)) for key, each in lines]
        return Report(
            "sales", titled("sales", group), _columns(group), tuple(rows), _totals(group, rows, whole, worth.currency),
            whole.deals, inquiry.span.label, worth.currency, _FORMULA,
            chart=chart_of(group, values, worth.currency, "won value"),
            drill=tuple(drills.to(key, "stage_kind = won") for key, _ in lines),
            cells=tuple(
                {
                    "new": drills.to(key, "stage_kind = won AND type = new", each.new_deals),
                    "existing": drills.to(key, "stage_kind = won AND type = existing", each.existing_deals),
                }
                for key, each in lines
            ),
            notes=(*shared(group), *_untold(whole, worth.currency), *left_out(asked.desk, asked.reader, worth, won)),
        )  # fmt: skip


def _columns(group: Group) -> tuple[ReportColumn, ...]:
    if group.moment:
        return (*group_column(group), _DEALS, _VALUE, _RUNNING, _SHARE, *_REST)
    together = () if group.is_shared else (_CUMULATED,)
    return (*group_column(group), _RANK, _DEALS, _VALUE, _SHARE, *together, *_REST)


def _calendar(lines: Sequence[tuple[object, Sold]], group: Group, whole: Sold, code: str) -> list[tuple[object, ...]]:
    rows, running = [], 0.0
    for key, each in lines:
        running += each.value
        before = (group.label(key), each.deals, _value(each, code), money(running, code))
        rows.append((*before, ratio(each.value, whole.value), *_rest(each, code)))
    return rows


def _ranked(lines: Sequence[tuple[object, Sold]], group: Group, whole: Sold, code: str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    rank, reached, last = 0, 0.0, None
    for place, (key, each) in enumerate(lines, start=1):
        reached += each.value
        rank, last = (rank, last) if each.value == last else (place, each.value)
        together = () if group.is_shared else (ratio(reached, whole.value),)
        label = (group.label(key),) if group.name else ()
        figures = (each.deals, _value(each, code), ratio(each.value, whole.value), *together)
        rows.append((*label, rank, *figures, *_rest(each, code)))
    return rows


def _value(each: Sold, code: str) -> Money | None:
    """The value of a group; none where nothing of it has a rate."""
    return money(each.value, code) if each.rated or not each.deals else None


def _rest(each: Sold, code: str) -> tuple[object, ...]:
    average = ratio(each.value, each.rated)
    if each.deals and not each.rated:
        return None, None, None, code
    if each.deals and not each.told:
        return money(average, code), None, None, code
    return money(average, code), money(each.new, code), money(each.existing, code), code


def _untold(whole: Sold, code: str) -> tuple[str, ...]:
    """A note on the deals of which nobody said whether they are new business."""
    count = whole.deals - whole.told
    if not count:
        return ()
    places = exponent(code)
    amount = f"{(whole.value - whole.new - whole.existing) / 10**places:,.{places}f} {code}"
    what = "1 won deal" if count == 1 else f"{count:,} won deals"
    says = "says" if count == 1 else "say"
    return (f"{what} worth {amount} {says} neither new nor existing (crm deal edit DEAL --type new)",)


def _totals(group: Group, rows: Sequence[object], whole: Sold, code: str) -> tuple[object, ...] | None:
    if len(rows) < 2:
        return None
    share, value = ratio(whole.value, whole.value), money(whole.value, code)
    if group.moment:
        return (None, whole.deals, value, None, share, *_rest(whole, code))
    together = () if group.is_shared else (None,)
    return (None, None, whole.deals, value, share, *together, *_rest(whole, code))
