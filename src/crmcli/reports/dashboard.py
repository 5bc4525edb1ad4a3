"""The business on one page: key figures with their trend, then the reports that explain them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio, win_rate
from crmcli.domain.money import Money
from crmcli.reports.catalogue import answer
from crmcli.reports.compare import change
from crmcli.reports.drill import grouped, joined, quoted, within
from crmcli.reports.inquiry import Asked
from crmcli.reports.period import of_days, window
from crmcli.reports.report import Drill, Report, ReportColumn
from crmcli.reports.unrated import left_out
from crmcli.store.queries.advice import LATEST, needy_deals
from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.dashboard import closed_in, made_in, standing
from crmcli.store.queries.worth import worth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.period import Window
    from crmcli.services.desk import Desk
    from crmcli.store.queries.dashboard import Closed, Standing
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader

USUAL = "this month"
STRETCHES = 12  # of the period's length, the last being the period itself: what trends are drawn over
_TOP = 5
_CHANGE = "(now - before) / before; of a rate the difference of the two"
_COLUMNS = (
    ReportColumn("kpi", "figure"),
    ReportColumn("value", "value", "figure", meaning="in the period; what is open is as of now"),
    ReportColumn("before", "before", "figure", 1, "in the period before"),
    ReportColumn("change", "change", "percent", meaning=_CHANGE),
    ReportColumn("trend", "trend", "trend", 2, f"the last {STRETCHES} periods of this length, the earliest first"),
    ReportColumn("unit", "unit", "unit", meaning="what kind of figure it is"),
    ReportColumn("definition", "definition", "definition"),
)
_DEALS = (
    ReportColumn("number", "#", "integer"),
    ReportColumn("title", "title"),
    ReportColumn("company", "company", priority=1),
    ReportColumn("stage", "stage"),
    ReportColumn("owner", "owner", priority=3),
    ReportColumn("weighted", "weighted", "money", meaning="value · probability"),
    ReportColumn("expected_close", "closes", "date", 2),
    ReportColumn("id", "id", priority=4),
)


class _Kpi(NamedTuple):
    """A key figure over the stretches, the last of which is the period; one that is as of now has just that."""

    name: str
    unit: str
    definition: str
    values: tuple[object, ...]
    drill: Drill | None = None


def dashboard_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Key figures beside the period before, the funnel, the forecast, what was done, the best deals and the risks."""
    desk, owner = sources.desk, inquiry.options.get("owner")
    span = inquiry.span if inquiry.span.days is not None else window(inquiry.now, USUAL)
    whose = f"owner = {owner if owner == 'me' else quoted(owner)}" if owner else ""
    top: tuple[Report, ...] = ()
    notes: tuple[str, ...] = ()
    figures = _figures(inquiry, span, ())
    with desk.reading() as reader:
        if reader.connection is not None:
            figures = _figures(inquiry, span, _kpis(desk, reader, inquiry, span, whose))
            top = _top_deals(desk, reader, inquiry, whose)
            latest = worth(reader, inquiry.currency, desk.currency, day=LATEST)
            notes = left_out(desk, reader, latest, Condition("r.closed_at IS NULL"), LATEST)
    asked = [
        Asked("funnel", filter=whose, currency=inquiry.currency),
        Asked("forecast", filter=whose, currency=inquiry.currency),
        Asked("activity", filter=whose, period=_words(span)),
    ]
    parts = [figures, *(answer(sources, each) for each in asked), *top, answer(sources, Asked("advice"))]
    title = f"dashboard of {owner}" if owner else "dashboard"
    return figures._replace(name="dashboard", title=title, parts=tuple(parts), notes=notes)


def _words(span: Window) -> str:
    assert span.days is not None
    return span.days.label


def _figures(inquiry: Inquiry, span: Window, kpis: Sequence[_Kpi]) -> Report:
    from crmcli.reports.period import compared_with

    rows = tuple(_row(kpi) for kpi in kpis)
    before = compared_with(span, "previous", inquiry.now).label
    return Report(
        "figures", "key figures", _COLUMNS, rows, n=len(rows), period=span.label, currency=inquiry.currency,
        formula=f"change = {_CHANGE}", compared=before, drill=tuple(kpi.drill for kpi in kpis),
    )  # fmt: skip


def _row(kpi: _Kpi) -> tuple[object, ...]:
    if len(kpi.values) == 1:
        return (kpi.name, kpi.values[0], None, None, None, kpi.unit, kpi.definition)
    value, before = kpi.values[-1], kpi.values[-2]
    grown = change(value, before, is_rate=kpi.unit == "percent")
    trend = tuple(each.number if isinstance(each, Money) else each for each in kpi.values)
    return (kpi.name, value, before, grown, trend, kpi.unit, kpi.definition)


def _kpis(desk: Desk, reader: Reader, inquiry: Inquiry, span: Window, whose: str) -> list[_Kpi]:
    bounds = _bounds(span, inquiry)
    money = worth(reader, inquiry.currency, desk.currency)
    latest = worth(reader, inquiry.currency, desk.currency, day=LATEST)
    deals = desk.condition(reader, "deal", whose or None)
    closed = closed_in(reader, bounds, money, deals)
    now = standing(reader, latest, deals)

    def counted(noun: str, column: str) -> tuple[int, ...]:
        where = desk.condition(reader, noun, whose or None)
        return tuple(made_in(reader, noun, column, bounds, where))

    def behind(noun: str, field: str, also: str = "") -> Drill:
        return Drill(noun, joined(within(field, span, inquiry.now), also, grouped(whose)))

    won, ended = behind("deal", "closed_at", "stage_kind = won"), behind("deal", "closed_at", "stage_kind != open")
    still = Drill("deal", joined("stage_kind = open", grouped(whose)))
    return [
        _Kpi("won_value", "money", "worth of the deals won", _each(closed, lambda c: _money(c.value, money)), won),
        _Kpi("won", "integer", "deals won", _each(closed, lambda c: c.won), won),
        _Kpi("win_rate", "percent", "won / (won + lost)", _each(closed, lambda c: win_rate(c.won, c.lost)), ended),
        _Kpi("average_won", "money", "worth won / deals won", _each(closed, lambda c: _average(c, money)), won),
        _Kpi("new_deals", "integer", "deals made", counted("deal", "created_at"), behind("deal", "created_at")),
        _Kpi(
            "new_contacts", "integer", "people added", counted("contact", "created_at"), behind("contact", "created_at")
        ),
        _Kpi(
            "activities",
            "integer",
            "activities done",
            counted("activity", "at"),
            behind("activity", "at", "status = done"),
        ),
        *_open_now(now, latest, still),
    ]


def _open_now(now: Standing, money: Worth, drill: Drill) -> list[_Kpi]:
    return [
        _Kpi("open_deals", "integer", "deals open now", (now.deals,), drill),
        _Kpi("open_value", "money", "what they are worth", (_money(now.value, money),), drill),
        _Kpi("weighted", "money", "Σ value · probability over them", (_money(now.weighted, money),), drill),
    ]


def _each(closed: Sequence[Closed], figure: Callable[[Closed], object]) -> tuple[object, ...]:
    return tuple(figure(each) for each in closed)


def _money(minor: float, money: Worth) -> Money:
    return Money(round(minor), money.currency)


def _average(closed: Closed, money: Worth) -> Money | None:
    average = ratio(closed.value, closed.won)
    return None if average is None else _money(average, money)


def _bounds(span: Window, inquiry: Inquiry) -> list[str]:
    """The moments between which the stretches lie: those before the period first, its own end last."""
    from crmcli.domain.periods import before

    days = span.days
    assert days is not None
    stretches = [days]
    while len(stretches) < STRETCHES:
        stretches.insert(0, before(stretches[0], "previous"))
    windows = [of_days(each, inquiry.now).bounds for each in stretches]
    return [*(each[0] for each in windows if each), *(each[1] for each in windows[-1:] if each)]


def _top_deals(desk: Desk, reader: Reader, inquiry: Inquiry, whose: str) -> tuple[Report, ...]:
    money = worth(reader, inquiry.currency, desk.currency, day=LATEST)
    where = both(EVERYTHING, desk.condition(reader, "deal", whose or None))
    found = needy_deals(reader, money, where, _TOP)
    rows = tuple(
        (d.number, d.title, d.company, d.stage, d.owner, None if d.stake is None else _money(d.stake, money),
         d.expected_close, d.uid)
        for d in found
    )  # fmt: skip
    drill = tuple(Drill("deal", f"number = {deal.number}") for deal in found)
    return (
        Report(
            "top-deals", "top open deals", _DEALS, rows, n=len(rows), currency=money.currency,
            formula="weighted = value · probability", drill=drill,
        ),
    )  # fmt: skip
