"""Campaigns beside each other, or taken together by kind, owner, status, time or whatever else they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.campaign_results import Figures, Outcome, as_one, figures
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.stretches import UNITS
from crmcli.reports.campaigns import figure_columns, model_words
from crmcli.reports.drill import numbered
from crmcli.reports.questions import CAMPAIGN_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.services.results import Results, began, read_model
from crmcli.store.queries.campaign_results import came_into, planned_campaigns
from crmcli.store.queries.groups import no_such_group

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.services.desk import Desk
    from crmcli.store.queries.campaign_results import Bounds, PlannedCampaign
    from crmcli.store.reader import Reader

_EACH = "campaign"
_FIELDS: dict[str, Callable[[PlannedCampaign], str | None]] = {
    "kind": lambda each: each.kind,
    "status": lambda each: each.status,
    "owner": lambda each: each.owner,
    "objective": lambda each: each.objective or None,
}
_FORMULA = "response rate = responded / sent; ROI = (revenue - cost) / cost"
_MOST_BARS = 40
# Whom a figure is about: the people of a state, else none.
_OF_RATE = {
    "response_rate": "sent", "open_rate": "delivered", "click_rate": "delivered", "click_to_open": "opened",
    "reply_rate": "delivered", "unsubscribe_rate": "delivered", "complaint_rate": "delivered",
}  # fmt: skip
_OF_WON = ("won", "won_revenue", "cost_per_win", "roi")
_OF_NOBODY = ("in_doubt", "cost")
_STATES = (
    "targeted", "sent", "delivered", "opened", "clicked", "replied", "responded", "converted", "bounced", "complained",
    "unsubscribed", "failed", "skipped", "leads",
)  # fmt: skip
People = dict[tuple[str, int], list[int]]


class _Line(NamedTuple):
    """A row: its label, the campaigns that it is about, and what came of them together."""

    label: str | None
    campaigns: tuple[PlannedCampaign, ...]
    outcome: Outcome
    figures: Figures


def campaigns_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Every campaign in its figures, in a period those of which anything came, the newest first, with the deals owed to each.

    By anything else campaigns are taken together.
    """
    desk, span = sources.desk, inquiry.span
    model = read_model(inquiry.options.get("attribution"))
    by = read_group(inquiry.by)
    with desk.reading() as reader:
        campaigns = planned_campaigns(reader, desk.condition(reader, "campaign", inquiry.filter))
        outcomes = Results(desk).of_all(reader, model, span.bounds)
        wanted = [each for each in campaigns if span.bounds is None or outcomes.get(each.number, Outcome()).is_anything]
        wanted.sort(key=lambda each: (str(began(each) or ""), each.number), reverse=True)
        people = _people(reader, span.bounds, outcomes) if inquiry.followed else {}
        names = {each.number: each.name for each in planned_campaigns(reader)} if by == "parent" else {}
    lines = _lines(desk, by, wanted, outcomes, names, is_tracked=sources.is_tracked)
    codes = {line.figures.currency for line in lines}
    only = codes.pop() if len(codes) == 1 else None
    whole = _line(desk, None, wanted, outcomes, is_tracked=sources.is_tracked)
    return Report(
        "campaigns", "campaigns" if by == _EACH else f"campaigns by {by.replace('-', ' ')}", _columns(by),
        tuple(_row(by, line) for line in lines), _row(by, whole) if by != _EACH and len(lines) > 1 else None, len(wanted),
        span.label, only, _FORMULA, model_words(model, is_tracked=sources.is_tracked), _chart(by, lines, only),
        tuple(numbered("deal", (part.deal for part in line.outcome.parts)) for line in lines),
        tuple(_cells(line, people) for line in lines), notes=_notes(by, lines),
    )  # fmt: skip


def read_group(text: str | None) -> str:
    """What campaigns are told apart by; raises UsageError listing what there is."""
    by = (text or _EACH).strip().lower().replace("_", "-")
    if by not in CAMPAIGN_GROUPS:
        raise no_such_group("campaigns", text or "", CAMPAIGN_GROUPS)
    return by


# -- rows


def _lines(
    desk: Desk, by: str, campaigns: Sequence[PlannedCampaign], outcomes: Mapping[int, Outcome], names: Mapping[int, str], *,
    is_tracked: bool,
) -> list[_Line]:  # fmt: skip
    if by == _EACH:
        return [_line(desk, each.name, [each], outcomes, is_tracked=is_tracked) for each in campaigns]
    groups: dict[str | None, list[PlannedCampaign]] = {}
    for each in sorted(campaigns, key=lambda one: str(began(one) or "~")):  # the calendar in its order
        groups.setdefault(_label(desk, by, each, names), []).append(each)
    found = [_line(desk, label, of_it, outcomes, is_tracked=is_tracked) for label, of_it in groups.items()]
    if by in UNITS:
        return found
    return sorted(found, key=lambda line: (-line.figures.won_revenue.number, -line.figures.targeted, line.label or ""))


def _label(desk: Desk, by: str, campaign: PlannedCampaign, names: Mapping[int, str]) -> str | None:
    if by in UNITS:
        from crmcli.domain.stretches import stretch_of

        day = began(campaign)
        return stretch_of(by, day, desk.fiscal_start).label if day else None
    if by == "parent":
        return names.get(campaign.parent) if campaign.parent else None
    return _FIELDS[by](campaign)


def _line(
    desk: Desk, label: str | None, campaigns: Sequence[PlannedCampaign], outcomes: Mapping[int, Outcome], *,
    is_tracked: bool,
) -> _Line:  # fmt: skip
    outcome = as_one([outcomes.get(each.number, Outcome()) for each in campaigns])
    usual = {each.currency or desk.currency for each in campaigns}
    told = figures(outcome, usual.pop() if len(usual) == 1 else desk.currency, is_tracked=is_tracked)
    return _Line(label, tuple(campaigns), outcome, told)


def _columns(by: str) -> tuple[ReportColumn, ...]:
    if by != _EACH:
        counted = ReportColumn("campaigns", "campaigns", "integer", 8, "campaigns that are taken together")
        return (ReportColumn(by, by.replace("-", " ")), counted, *figure_columns())
    return (
        ReportColumn(_EACH, _EACH), ReportColumn("kind", "kind", "text", 20), ReportColumn("status", "status", "text", 9),
        *figure_columns(), ReportColumn("id", "id", "text", 99),
    )  # fmt: skip


def _row(by: str, line: _Line) -> tuple[object, ...]:
    if by != _EACH:
        return (line.label, len(line.campaigns), *line.figures)
    (one,) = line.campaigns
    return (one.name, one.kind, one.status, *line.figures, one.id)


# -- the records behind them


def _people(reader: Reader, bounds: Bounds, outcomes: Mapping[int, Outcome]) -> People:
    """Who came into which state of which campaign."""
    found: People = {}
    for state, campaign, contact in came_into(reader, bounds):
        found.setdefault((state, campaign), []).append(contact)
    for campaign, outcome in outcomes.items():
        found["converted", campaign] = list(outcome.buyers)
        found["leads", campaign] = list(outcome.new)
    return found


def _cells(line: _Line, people: People) -> dict[str, Drill | None]:
    """Of its figures those that are not about the deals."""

    def who(state: str) -> Drill | None:
        return numbered("contact", (each for one in line.campaigns for each in people.get((state, one.number), ())))

    won = numbered("deal", (part.deal for part in line.outcome.won))
    return {
        "campaigns": numbered("campaign", (each.number for each in line.campaigns)),
        **{state: who(state) for state in _STATES},
        **{rate: who(state) for rate, state in _OF_RATE.items()},
        "cost_per_response": who("responded"),
        "cost_per_lead": who("leads"),
        **dict.fromkeys(_OF_WON, won),
        **dict.fromkeys(_OF_NOBODY),
    }


def _notes(by: str, lines: Sequence[_Line]) -> tuple[str, ...]:
    if by == _EACH or all(len(line.campaigns) == 1 for line in lines):
        return ()
    return ("people count in each of their campaigns, a deal once however many campaigns share it",)


def _chart(by: str, lines: Sequence[_Line], currency: str | None) -> Chart | None:
    """Won revenue where all of it is in one currency and there is any; else who responded, or was targeted."""
    if not lines:
        return None
    shown = lines if by in UNITS else lines[:_MOST_BARS]
    labels = tuple(line.label or "—" for line in shown)
    kind = "line" if by in UNITS and len(shown) > 1 else "bar"
    if currency is not None and any(line.figures.won_revenue.minor for line in shown):
        return Chart(
            kind, labels, tuple(float(line.figures.won_revenue.number) for line in shown), currency, "won revenue"
        )
    if any(line.figures.responded for line in shown):
        return Chart(kind, labels, tuple(float(line.figures.responded) for line in shown), title="people who responded")
    return Chart(kind, labels, tuple(float(line.figures.targeted) for line in shown), title="people targeted")
