"""How old the open deals are, stage by stage, and which of them rot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import joined, numbered
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.reports.sales.expecting import rate_of
from crmcli.reports.sales.grouping import NO_GROUP, Asking, asking, group_column, money, titled
from crmcli.reports.unrated import left_out, shared
from crmcli.store.queries.aging import Aged, aged, rotting, rotting_numbers
from crmcli.store.queries.condition import both
from crmcli.store.queries.forecasting import OPEN, open_stages
from crmcli.store.queries.groups import WHOLE
from crmcli.store.queries.stage_history import created_within

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.store.queries.groups import Group

_DAYS = (30, 60, 90, 180)  # the oldest that a band holds; the last band has no end
BANDS = ("0-30", "31-60", "61-90", "91-180", ">180")
_COLUMNS = (
    ReportColumn("age", "age", "text", 0, "days from the day a deal was made to today"),
    ReportColumn("deals", "open", "integer", 0, "open deals of that age", is_now=True),
    ReportColumn("value", "value", "money", 0, "Σ value of the open deals of that age", is_now=True),
    ReportColumn(
        "rotting", "rotting", "integer", 1,
        "those untouched (no activity done, no new stage) for longer than their stage allows", is_now=True,
    ),
    ReportColumn("rotting_value", "rotting value", "money", 2, "Σ value of those that rot", is_now=True),
    ReportColumn("currency", "currency", "text", 4, "the currency that the money is counted in"),
)  # fmt: skip
_FORMULA = "age = today - the day a deal was made; rotting = days since the last touch > what its stage allows"
Line = tuple[object, int]


def aging_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Open deals by stage (or anything else) and band of age: number, value, and what of it rots."""
    with asking(sources, inquiry, "created_at") as all_asked:
        asked = all_asked._replace(where=created_within(all_asked.where, inquiry.span.bounds))
        reader, group, worth = asked.reader, asked.group, asked.worth(rate_of(inquiry.now.date()))
        bounds, rots = _bounds(asked), rotting(reader, inquiry.now)
        found = aged(reader, group, worth, asked.where, bounds, rots)
        whole = aged(reader, WHOLE, worth, asked.where, bounds, rots) if group.is_shared else found
        keys, code = _in_order(asked, found), worth.currency
        lines = [(key, band) for key in keys for band in range(len(BANDS)) if (key, band) in found]
        rows = tuple(
            ((group.label(key),) if group.name else ()) + _figures(band, found[key, band], code) for key, band in lines
        )
        drill, cells = _said(asked, lines, found, bounds)
        return Report(
            "aging", titled("age of open deals", group), (*group_column(group), *_COLUMNS), rows,
            _totals(group, whole, code) if len(rows) > 1 else None, sum(each.deals for each in whole.values()),
            inquiry.span.label, code, _FORMULA, chart=_chart(group, keys, found), drill=drill, cells=cells,
            notes=(*shared(group), *left_out(asked.desk, reader, worth, both(OPEN, asked.where), rate_of(inquiry.now.date()))),
        )  # fmt: skip


def _first_days(today: date) -> list[date]:
    """The first day of each band but the last."""
    return [today - timedelta(days=days) for days in _DAYS]


def _bounds(asked: Asking) -> list[str]:
    from crmcli.domain.dates import midnight, zone_of
    from crmcli.domain.records import utc_text

    now = asked.inquiry.now
    return [utc_text(midnight(day, zone_of(now))) for day in _first_days(now.date())]


def _in_order(asked: Asking, found: Mapping[Line, Aged]) -> list[object]:
    """Stages as they follow each other, the calendar as it came, all others by the value of what is open."""
    values: dict[object, float] = {}
    for (key, _), each in found.items():
        values[key] = values.get(key, 0) + each.value
    if asked.group.name == "stage":
        names = list(dict.fromkeys(stage.name for stage in open_stages(asked.reader)))
        return sorted(values, key=lambda key: names.index(str(key)) if key in names else len(names))
    if asked.group.moment:
        return sorted(values, key=lambda key: int(str(key or 0)))
    return sorted(values, key=lambda key: (-values[key], asked.group.label(key) or ""))


def _figures(band: int, each: Aged, code: str) -> tuple[object, ...]:
    return BANDS[band], each.deals, money(each.value, code), each.rotting, money(each.rotting_value, code), code


def _totals(group: Group, whole: Mapping[Line, Aged], code: str) -> tuple[object, ...]:
    sums = Aged(*map(sum, zip(*whole.values(), strict=True)))
    return ((None,) if group.name else ()) + (None, *_figures(0, sums, code)[1:])


def _said(
    asked: Asking, lines: list[Line], found: Mapping[Line, Aged], bounds: list[str]
) -> tuple[tuple[Drill | None, ...], tuple[Mapping[str, Drill | None], ...]]:
    rest = ("stage_kind = open", *asked.rest("created_at"))
    drills = DealDrill(asked.desk, asked.reader, asked.group, {key for key, _ in lines}, rest)
    today = asked.inquiry.now.date()
    rots: dict[Line, list[int]] = {}
    if asked.inquiry.followed:
        rots = rotting_numbers(asked.reader, asked.group, asked.where, bounds, rotting(asked.reader, asked.inquiry.now))
    drill = tuple(drills.to(key, _of_age(band, today), found[key, band].deals) for key, band in lines)
    cells = tuple(dict.fromkeys(("rotting", "rotting_value"), numbered("deal", rots.get(line, []))) for line in lines)
    return drill, cells


def _of_age(band: int, today: date) -> str:
    days = _first_days(today)
    oldest = f"created_at >= {days[band]}" if band < len(days) else ""
    youngest = f"created_at < {days[band - 1]}" if band else ""
    return joined(oldest, youngest)


def _chart(group: Group, keys: list[object], found: Mapping[Line, Aged]) -> Chart | None:
    if not found:
        return None
    labels = tuple(group.label(key) or NO_GROUP for key in keys)
    grid = tuple(tuple(_count(found.get((key, band))) for band in range(len(BANDS))) for key in keys)
    return Chart("heat", labels, unit="", title="open deals by age in days", columns=BANDS, grid=grid)


def _count(each: Aged | None) -> float:
    return float(each.deals) if each else 0.0
