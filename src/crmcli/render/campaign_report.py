"""The report of a campaign as a page: who came how far, what it cost and brought, goals, the campaign before, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.campaign_results import TRACKED
from crmcli.domain.money import Money
from crmcli.render.cells import wrap
from crmcli.render.charts import bar, chart_lines
from crmcli.render.reports import report_lines
from crmcli.render.safe import visible
from crmcli.render.table import NOTHING, Spec, lay_out
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.domain.campaign_results import GoalShare
    from crmcli.render.table import Screen
    from crmcli.reports.campaigns import CampaignPage

_BAR_CELLS = 20
_ASIDE = ("bounced", "unsubscribed", "complained", "failed", "skipped", "in_doubt")
_RATES = (
    "response_rate", "open_rate", "click_rate", "click_to_open", "reply_rate", "unsubscribe_rate", "complaint_rate",
)  # fmt: skip
_BROUGHT = (
    "leads", "deals", "won", "won_revenue", "cost", "cost_per_response", "cost_per_lead", "cost_per_win", "roi",
)  # fmt: skip
_LABELS = {"roi": "ROI", "won": "deals won"}


def campaign_page(page: CampaignPage, screen: Screen) -> Iterator[str]:
    """The lines of the page; with groups, the people and money of the whole are followed by those of each group."""
    yield paint(visible(page.title), "heading", color=screen.color)
    if page.report.period:
        yield _muted(f"in {visible(page.report.period)}", screen)
    yield from _section("people", screen)
    labels = tuple(f"{name} (unreliable)" if name in TRACKED else name for name in page.funnel.labels)
    yield from chart_lines(page.funnel._replace(labels=labels), screen.width, screen.locale, color=screen.color)
    yield from _aside(page, screen)
    rates = [name for name in _RATES if name not in TRACKED or _is_tracked(page)]
    if any(getattr(page.figures, name) is not None for name in rates):
        yield from _section("rates", screen)
        yield from _figures(page, rates, screen)
    yield from _section("what it brought", screen)
    yield from _figures(page, _BROUGHT, screen)
    if page.figures.other_currencies:
        yield f"and in other currencies: {visible(page.figures.other_currencies)}; so there is no ROI"
    if page.goals:
        yield from _section("goals", screen)
        yield from _goals(page.goals, page.figures.currency, screen)
    if page.days is not None:
        yield from _section("responses", screen)
        yield from chart_lines(page.days, screen.width, screen.locale, color=screen.color)
    if page.groups is not None:
        yield ""
        yield from report_lines(page.groups._replace(formula=None, model=None), screen)
    yield ""
    for sentence in (page.report.formula, page.report.model):
        for line in wrap(visible(str(sentence or "")), screen.width):
            yield _muted(line, screen)


def _is_tracked(page: CampaignPage) -> bool:
    return page.figures.opened is not None


def _muted(text: str, screen: Screen) -> str:
    return paint(text, "muted", color=screen.color)


def _section(title: str, screen: Screen) -> Iterator[str]:
    yield ""
    yield paint(title, "heading", color=screen.color)


def _aside(page: CampaignPage, screen: Screen) -> Iterator[str]:
    """What went wrong, in a line, where anything did."""
    told = [
        f"{screen.locale.number(count, 0)} {name.replace('_', ' ')}"
        for name in _ASIDE
        if (count := getattr(page.figures, name))
    ]
    if told:
        yield from wrap(", ".join(told), screen.width)


def _figures(page: CampaignPage, names: Sequence[str], screen: Screen) -> Iterator[str]:
    """A figure a line, with how far it is above or below that of the campaign before."""
    before = page.before
    rows = []
    for name in names:
        mark = " (unreliable)" if name in TRACKED else ""
        delta = before.delta.get(name) if before else None
        rows.append([
            (f"{_LABELS.get(name, name.replace('_', ' '))}{mark}", ""), (_shown(name, getattr(page.figures, name), screen), ""),
            ("" if delta is None else _above(name, delta, screen), "muted"),
        ])  # fmt: skip
    specs = (
        Spec("figure"),
        Spec("value", "right"),
        Spec(f"against {visible(before.name)}" if before else "", "right", 1),
    )
    yield from lay_out(specs, rows, screen, header=before is not None)


def _shown(name: str, value: object, screen: Screen) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, Money):
        return screen.locale.money(value)
    number = float(str(value))
    return screen.locale.percent(number) if name in _RATES or name == "roi" else screen.locale.number(number, 0)


def _above(name: str, delta: object, screen: Screen) -> str:
    minor = delta.minor if isinstance(delta, Money) else float(str(delta))
    if not minor:
        return "="
    size = Money(abs(delta.minor), delta.currency) if isinstance(delta, Money) else abs(minor)
    return f"{'+' if minor > 0 else '-'}{_shown(name, size, screen)}"


def _goals(goals: Sequence[GoalShare], currency: str, screen: Screen) -> Iterator[str]:
    rows = []
    for goal in goals:
        share = goal.reached
        rows.append([
            (goal.metric, ""), (_goal(goal.metric, goal.actual, currency, screen), ""),
            (f"of {_goal(goal.metric, goal.target, currency, screen)}", ""),
            (NOTHING if share is None else screen.locale.percent(share), ""),
            (bar(min(max(share or 0.0, 0.0), 1.0), 1.0, _BAR_CELLS), "bar"),
        ])  # fmt: skip
    specs = (Spec("goal"), Spec("actual", "right"), Spec("target"), Spec("share", "right"), Spec("", priority=2))
    yield from lay_out(specs, rows, screen, header=False)


def _goal(metric: str, number: float | None, currency: str, screen: Screen) -> str:
    if number is None:
        return NOTHING
    if metric == "roi":
        return screen.locale.percent(number)
    shown = screen.locale.number(number, 2 if metric == "revenue" and number != int(number) else 0)
    return f"{shown} {currency}" if metric == "revenue" else shown
