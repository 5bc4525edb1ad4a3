"""The business on one page: key figures with their trend, then the reports that explain them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio, win_rate
from crmcli.domain.money import Money
from crmcli.errors import UsageError
from crmcli.reports.catalogue import answer
from crmcli.reports.compare import change
from crmcli.reports.drill import grouped, joined, quoted, within
from crmcli.reports.inquiry import Asked
from crmcli.reports.period import compared_with, of_days
from crmcli.reports.report import Drill, Report, ReportColumn
from crmcli.reports.sales.expecting import whole_days
from crmcli.reports.unrated import as_known, left_out
from crmcli.store.queries.advice import needy_deals
from crmcli.store.queries.closings import won_within
from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.dashboard import closed_in, made_in, standing
from crmcli.store.queries.groups import day_of_rate
from crmcli.store.queries.worth import worth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.period import Window
    from crmcli.services.desk import Desk
    from crmcli.store.queries.dashboard import Closed, Standing
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader

STRETCHES = 12  # of the period's length, the last being the period itself: what trends are drawn over
_TOP = 5
_ONLY_DEALS = "the filter is on deals: people, activities and risks are left out"
_CHANGE = "(now - before) / before; of a rate the difference of the two"
_COLUMNS = (
    ReportColumn("kpi", "figure"),
    ReportColumn("value", "value", "figure", meaning="in the period; what is open is as of now"),
    ReportColumn("before", "before", "figure", 1, "in the period before, or with --compare year a year earlier"),
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
    before: object = None  # what it is set beside


class _Asked(NamedTuple):
    """What the whole page is about: the period, the one beside it, and whose and which records."""

    span: Window
    then: Window
    owned: str
    deals: str

    @property
    def is_filtered(self) -> bool:
        """Whether only some deals are meant; what is no deal is left out then."""
        return self.owned != self.deals


def dashboard_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Key figures beside another period, the funnel, the forecast, what was done, the best deals and the risks."""
    desk, owner, page = sources.desk, inquiry.options.get("owner"), _asked(inquiry)
    figures = _figures(inquiry.currency, page, ())
    top: tuple[Report, ...] = ()
    notes: tuple[str, ...] = ()
    with desk.reading() as reader:
        if reader.connection is not None:
            day = day_of_rate(inquiry.now)
            money = worth(reader, inquiry.currency, desk.currency, day=day)
            deals = desk.condition(reader, "deal", page.deals or None)
            notes = left_out(desk, reader, money, both(_counted(page.span), deals), day)
            kpis = _kpis(desk, reader, inquiry, page, money, deals)
            figures = as_known(_figures(money.currency, page, kpis)._replace(notes=notes))
            top = _top_deals(reader, money, deals)
    asked = [
        Asked("funnel", filter=page.deals, period=_words(page.span)),
        Asked("forecast", filter=page.deals, currency=inquiry.currency),
    ]
    if not page.is_filtered:
        asked.append(Asked("activity", filter=page.owned, period=_words(page.span)))
    risks = () if page.is_filtered else (answer(sources, Asked("advice", currency=inquiry.currency)),)
    parts = (figures._replace(notes=()), *(answer(sources, each) for each in asked), *top, *risks)
    title = f"dashboard of {owner}" if owner else "dashboard"
    partial = (_ONLY_DEALS,) if page.is_filtered else ()
    return figures._replace(name="dashboard", title=title, parts=parts, notes=(*notes, *partial))


def _asked(inquiry: Inquiry) -> _Asked:
    owner = inquiry.options.get("owner")
    span = _span(inquiry)
    owned = f"owner = {owner if owner == 'me' else quoted(owner)}" if owner else ""
    then = compared_with(span, inquiry.compare or "previous", inquiry.now)
    return _Asked(span, then, owned, joined(owned, grouped(inquiry.filter)))


def _span(inquiry: Inquiry) -> Window:
    """The period of the page, in whole days, so that others of its length lie before it; raises UsageError."""
    from datetime import date, timedelta

    days = inquiry.span.days or whole_days(inquiry.span, inquiry.now)
    if days is None:
        return inquiry.usual
    if days.start == date.min:
        raise UsageError("report dashboard: --until needs a --since", hint="--since DAY, or --period 2026")
    if days.end == date.max:
        days = days._replace(end=max(days.start, inquiry.now.date()) + timedelta(days=1))
    return inquiry.span if inquiry.span.days else of_days(days, inquiry.now)


def _counted(span: Window) -> Condition:
    """The deals whose money is on the page: those open now, and those won in the period."""
    won = won_within(EVERYTHING, span.bounds)
    return Condition(f"r.closed_at IS NULL OR ({won.sql})", won.params)


def _words(span: Window) -> str:
    assert span.days is not None
    return span.days.label


def _figures(currency: str, page: _Asked, kpis: Sequence[_Kpi]) -> Report:
    rows = tuple(_row(kpi) for kpi in kpis)
    return Report(
        "figures", "key figures", _COLUMNS, rows, n=len(rows), period=page.span.label, currency=currency,
        formula=f"change = {_CHANGE}", compared=page.then.label, drill=tuple(kpi.drill for kpi in kpis),
    )  # fmt: skip


def _row(kpi: _Kpi) -> tuple[object, ...]:
    if len(kpi.values) == 1:
        return (kpi.name, kpi.values[0], None, None, None, kpi.unit, kpi.definition)
    value = kpi.values[-1]
    grown = change(value, kpi.before, is_rate=kpi.unit == "percent")
    trend = tuple(each.number if isinstance(each, Money) else each for each in kpi.values)
    return (kpi.name, value, kpi.before, grown, trend, kpi.unit, kpi.definition)


def _kpis(desk: Desk, reader: Reader, inquiry: Inquiry, page: _Asked, money: Worth, deals: Condition) -> list[_Kpi]:
    bounds, then = _bounds(page.span, inquiry), page.then.bounds or ("", "")
    closed = closed_in(reader, bounds, money, deals)
    is_next = bounds[-3:-1] == list(then)  # the period before is the last stretch but one
    earlier = closed[-2] if is_next else closed_in(reader, then, money, deals)[0]

    def of_closed(name: str, unit: str, about: str, figure: Callable[[Closed], object], also: str) -> _Kpi:
        drill = Drill("deal", joined(within("closed_at", page.span, inquiry.now), also, grouped(page.deals)))
        return _Kpi(name, unit, about, tuple(map(figure, closed)), drill, figure(earlier))

    def counted(name: str, about: str, noun: str, column: str, also: str = "") -> _Kpi:
        which = page.deals if noun == "deal" else page.owned
        where = desk.condition(reader, noun, which or None)
        drill = Drill(noun, joined(within(column, page.span, inquiry.now), also, grouped(which)))
        numbers = made_in(reader, noun, column, bounds, where)
        before = numbers[-2] if is_next else made_in(reader, noun, column, then, where)[0]
        return _Kpi(name, "integer", about, tuple(numbers), drill, before)

    won, ended = "stage_kind = won", "stage_kind != open"
    found = [
        of_closed("won_value", "money", "worth of the deals won", lambda c: _money(c.value, money), won),
        of_closed("won", "integer", "deals won", lambda c: c.won, won),
        of_closed("win_rate", "percent", "won / (won + lost)", lambda c: win_rate(c.won, c.lost), ended),
        of_closed("average_won", "money", "worth won / deals won", lambda c: _average(c, money), won),
        counted("new_deals", "deals made", "deal", "created_at"),
    ]
    if not page.is_filtered:
        found.append(counted("new_contacts", "people added", "contact", "created_at"))
        found.append(counted("activities", "activities done", "activity", "at", "status = done"))
    still = Drill("deal", joined("stage_kind = open", grouped(page.deals)))
    return [*found, *_open_now(standing(reader, money, deals), money, still)]


def _open_now(now: Standing, money: Worth, drill: Drill) -> list[_Kpi]:
    return [
        _Kpi("open_deals", "integer", "deals open now", (now.deals,), drill),
        _Kpi("open_value", "money", "what they are worth", (_money(now.value, money),), drill),
        _Kpi("weighted", "money", "Σ value · probability over them", (_money(now.weighted, money),), drill),
    ]


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


def _top_deals(reader: Reader, money: Worth, deals: Condition) -> tuple[Report, ...]:
    found = needy_deals(reader, money, deals, _TOP)
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
