"""What came of one campaign, with its goals, the campaign before it and the groups of its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.campaign_results import (
    FORMULA,
    MODEL_WORDS,
    UNRELIABLE,
    Figures,
    Outcome,
    deltas,
    figures,
    goal_shares,
)
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.views import Link
from crmcli.errors import NotFound
from crmcli.reports.drill import numbered
from crmcli.reports.period import Window
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.services.results import Results, previous, read_group, read_model
from crmcli.store.queries.campaign_results import RESPONSES, Scope, goals_of, moments, planned_campaigns
from crmcli.store.queries.campaign_views import campaign_named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from crmcli.domain.campaign_results import GoalShare
    from crmcli.services.desk import Desk
    from crmcli.store.queries.campaign_results import PlannedCampaign
    from crmcli.store.reader import Reader

ALL_TIME = Window()
_MOST_BARS = 16
_FUNNEL = ("targeted", "sent", "delivered", "opened", "clicked", "replied", "responded", "converted")
_PERCENTS = (
    "response_rate", "open_rate", "click_rate", "click_to_open", "reply_rate", "unsubscribe_rate", "complaint_rate", "roi",
)  # fmt: skip
_MONEY = ("won_revenue", "cost", "cost_per_response", "cost_per_lead", "cost_per_win")
_HEADERS = {
    "won_revenue": "revenue", "cost_per_response": "a response", "cost_per_lead": "a lead", "cost_per_win": "a win",
    "roi": "ROI", "in_doubt": "in doubt", "other_currencies": "besides",
}  # fmt: skip
_MEANINGS = {
    "targeted": "people whom it was meant for", "sent": "people to whom it was sent", "delivered": "sent - bounced",
    "opened": "people who opened it, where that is tracked", "clicked": "people who followed a link, where that is tracked",
    "replied": "people who wrote back", "responded": "people who replied, or of whom a response or a purchase was noted",
    "converted": "people of whom a purchase was noted, or on a deal owed to it that was made after it reached them",
    "bounced": "people whose message came back", "complained": "people who called it spam",
    "unsubscribed": "people who want no more", "failed": "people whose message could not be sent",
    "skipped": "people who were left out: crm campaign why", "in_doubt": "messages that may have been sent, or not",
    "response_rate": "responded / sent", "open_rate": "opened / delivered", "click_rate": "clicked / delivered",
    "click_to_open": "clicked / opened", "reply_rate": "replied / delivered", "unsubscribe_rate": "unsubscribed / delivered",
    "complaint_rate": "complained / delivered",
    "leads": "people whose source it is, or who responded and are leads or came in since it started",
    "deals": "deals that are owed to it, in whole or in part", "won": "those of them that were won",
    "won_revenue": "Σ value of the won ones, as far as they are owed to it",
    "cost": "what was spent, once however many deals", "cost_per_response": "cost / responded", "cost_per_lead": "cost / leads",
    "cost_per_win": "cost / won", "roi": "(revenue - cost) / cost", "currency": "the currency that the money is counted in",
    "other_currencies": "money in other currencies, which is not added up",
}  # fmt: skip
# What a narrow screen leaves out last comes first.
_KEPT = (
    "responded", "won_revenue", "cost", "roi", "deals", "sent", "response_rate", "leads", "won", "converted", "currency",
    "cost_per_lead", "cost_per_win", "delivered", "clicked", "opened", "replied", "bounced", "unsubscribed", "targeted",
    "cost_per_response", "other_currencies", "click_rate", "open_rate", "reply_rate", "click_to_open", "unsubscribe_rate",
    "complaint_rate", "complained", "skipped", "failed", "in_doubt",
)  # fmt: skip


class Before(NamedTuple):
    """The campaign before, and how far each figure is above what it was there."""

    id: str
    name: str
    delta: Mapping[str, object]


class CampaignPage(NamedTuple):
    """A campaign's report as a person reads it: figures, goals, what was before, the funnel and the days."""

    report: Report
    title: str
    figures: Figures
    goals: tuple[GoalShare, ...]
    before: Before | None
    funnel: Chart
    days: Chart | None
    groups: Report | None


class Asked(NamedTuple):
    """How a campaign is to be reported: by which attribution, in which period, by which groups of its people."""

    attribution: str | None = None
    by: str | None = None
    span: Window = ALL_TIME


def campaign_page(desk: Desk, ref: str, asked: Asked = Asked(), *, is_tracked: bool = False) -> CampaignPage:  # noqa: B008
    """What came of one campaign; raises NotFound naming the nearest, BadValue for a model or group that there is not."""
    model, by = read_model(asked.attribution), read_group(asked.by)
    results, bounds = Results(desk), asked.span.bounds
    with desk.reading() as reader:
        number = campaign_named(reader, ref).number
        campaigns = planned_campaigns(reader)
        own = next((each for each in campaigns if each.number == number), None)
        if own is None:  # deleted since it was named
            raise NotFound(f"no campaign {ref}", hint="crm campaign list")
        if by:
            outcome, found = results.by_group(reader, number, by, model, bounds)
        else:
            outcome, found = results.of_one(reader, number, model, bounds), {}
        currency = own.currency or desk.currency
        told = figures(outcome, currency, is_tracked=is_tracked)
        goals = goal_shares(goals_of(reader, number), outcome, told, currency)
        before = _before(desk, reader, campaigns, own, told, model, is_tracked=is_tracked) if not bounds else None
        groups = None
        if by:
            groups = _grouped(own, found, by, asked.span, model, currency, is_tracked=is_tracked)
        days = _days(reader, Scope(number, bounds), desk.clock.local())
    report = groups or _single(own, outcome, told, goals, before, asked.span, model, is_tracked=is_tracked)
    title = f"{own.name}, {own.kind.replace('_', ' ')}, {own.status}"
    return CampaignPage(report, title, told, goals, before, _funnel(told), days, groups)


# -- one campaign


def _single(
    own: PlannedCampaign, outcome: Outcome, told: Figures, goals: tuple[GoalShare, ...], before: Before | None, span: Window,
    model: str, *, is_tracked: bool,
) -> Report:  # fmt: skip
    columns = (
        ReportColumn("campaign", "campaign"), *figure_columns(), ReportColumn("goals", "goals"),
        ReportColumn("previous", "previous"), ReportColumn("unreliable", "unreliable"),
    )  # fmt: skip
    unreliable = ("opened", "clicked") if is_tracked else ()
    row = (Link(own.id, own.name), *told, goals, before, unreliable)
    return Report(
        "campaign", own.name, columns, (row,), None, outcome.counts.reach, span.label, told.currency, FORMULA,
        model_words(model, is_tracked=is_tracked), None, (numbered("deal", (part.deal for part in outcome.parts)),),
    )  # fmt: skip


def _grouped(
    own: PlannedCampaign, found: Mapping[str | None, Outcome], by: str, span: Window, model: str, currency: str, *,
    is_tracked: bool,
) -> Report:  # fmt: skip
    """The groups of a campaign's people; without costs, which are those of the whole."""
    dropped = {"cost", "cost_per_response", "cost_per_lead", "cost_per_win", "roi"}
    kept = [place for place, name in enumerate(Figures._fields) if name not in dropped]
    columns = (ReportColumn(by, by), *(figure_columns()[place] for place in kept))
    ordered = sorted(found.items(), key=lambda item: (-item[1].counts.targeted, item[0] is None, item[0] or ""))
    rows, drill = [], []
    for group, outcome in ordered:
        told = figures(outcome, currency, is_tracked=is_tracked, has_cost=False)
        rows.append((group, *(told[place] for place in kept)))
        drill.append(numbered("deal", (part.deal for part in outcome.parts)))
    reached = sum(outcome.counts.reach for outcome in found.values())
    return Report(
        "campaign", f"{own.name} by {by}", columns, tuple(rows), None, reached, span.label, currency, FORMULA,
        model_words(model, is_tracked=is_tracked), None, tuple(drill),
    )  # fmt: skip


def _before(
    desk: Desk, reader: Reader, campaigns: list[PlannedCampaign], own: PlannedCampaign, told: Figures, model: str, *,
    is_tracked: bool,
) -> Before | None:  # fmt: skip
    last = previous(campaigns, own)
    if last is None:
        return None
    outcome = Results(desk).of_one(reader, last.number, model)
    then = figures(outcome, last.currency or desk.currency, is_tracked=is_tracked)
    return Before(last.id, last.name, deltas(told, then))


def _funnel(told: Figures) -> Chart:
    """How many people came how far; states that are not measured are left out."""
    known = [(name, float(count)) for name in _FUNNEL if (count := getattr(told, name)) is not None]
    return Chart("bar", tuple(name for name, _ in known), tuple(count for _, count in known))


def _days(reader: Reader, scope: Scope, now: datetime) -> Chart | None:
    """The responses of each day, or week or month where days would be too many; None while nobody responded."""
    counts: dict[date, int] = {}
    for at in moments(reader, scope, RESPONSES):
        day = at.astimezone(now.tzinfo).date()
        counts[day] = counts.get(day, 0) + 1
    return _by_time(counts) if counts else None


def _by_time(counts: Mapping[date, int]) -> Chart:
    from datetime import timedelta

    first, last = min(counts), max(counts)
    step = 1 if (last - first).days < _MOST_BARS else 7 if (last - first).days < 7 * _MOST_BARS else 0
    if not step:
        months: dict[str, int] = {}
        for day, number in sorted(counts.items()):
            months[f"{day:%Y-%m}"] = months.get(f"{day:%Y-%m}", 0) + number
        return Chart("bar", tuple(months), tuple(map(float, months.values())), "in the month")
    start = first if step == 1 else first - timedelta(days=first.weekday())
    labels, values = list[str](), list[float]()
    while start <= last:
        labels.append(start.isoformat())
        values.append(float(sum(number for day, number in counts.items() if 0 <= (day - start).days < step)))
        start += timedelta(days=step)
    return Chart("bar", tuple(labels), tuple(values), "" if step == 1 else "in the week")


# -- what both have


def figure_columns() -> tuple[ReportColumn, ...]:
    """A column for each figure."""
    return tuple(
        ReportColumn(
            name, _HEADERS.get(name, name.replace("_", " ")), _kind(name), 1 + _KEPT.index(name), _MEANINGS[name]
        )
        for name in Figures._fields
    )


def _kind(name: str) -> str:
    if name in _MONEY:
        return "money"
    if name in _PERCENTS:
        return "percent"
    return "text" if name in ("currency", "other_currencies") else "integer"


def model_words(model: str, *, is_tracked: bool) -> str:
    """How deals are attributed, and what is not to be relied on."""
    words = f"{model}: {MODEL_WORDS[model]}"
    return f"{words}; {UNRELIABLE}" if is_tracked else words
