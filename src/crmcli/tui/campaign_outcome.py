"""What came of a campaign as lines: the funnel of its people, deals and money, goals, and the campaign before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.money import Money
from crmcli.render.safe import visible
from crmcli.tui.campaign_plan import goal_entry
from crmcli.tui.campaign_words import MEMBER_MARKS, MEMBER_TONES
from crmcli.tui.charting import Bar, Drawing
from crmcli.tui.widgets.entry_list import Entry, fact, heading
from crmcli.tui.widgets.line_list import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.domain.views import CampaignTotal
    from crmcli.render.locale import Locale
    from crmcli.reports.campaigns import CampaignPage

_ENDS = ("bounced", "complained", "unsubscribed", "failed", "skipped")
_RATES = (
    ("response rate", "response_rate"), ("reply rate", "reply_rate"), ("open rate", "open_rate"),
    ("click rate", "click_rate"), ("unsubscribed", "unsubscribe_rate"),
)  # fmt: skip
_MONEY = (
    ("cost", "cost"),
    ("per response", "cost_per_response"),
    ("per lead", "cost_per_lead"),
    ("per win", "cost_per_win"),
)
_COMPARED = ("sent", "responded", "deals", "won", "won_revenue", "cost", "roi")


def outcome_entries(page: CampaignPage, total: CampaignTotal | None, locale: Locale) -> list[Entry]:
    """All of it, part by part."""
    return [*_people(page, locale), *_money(page, total, locale), *_goals(page, locale), *_before(page, locale)]


def outcome_chart(page: CampaignPage, locale: Locale) -> Drawing | None:
    """The responses along time."""
    days = page.days
    if days is None or len(days.labels) < 2:
        return None
    bars = tuple(
        Bar(label, value or 0.0, locale.number(value or 0.0), place)
        for place, (label, value) in enumerate(zip(days.labels, days.values, strict=True))
    )
    return Drawing("columns", f"responses {days.unit or 'of the day'}", bars)


def _people(page: CampaignPage, locale: Locale) -> Iterator[Entry]:
    figures = page.figures
    counts = [count or 0.0 for count in page.funnel.values]
    largest = max(counts, default=0.0)
    if not largest:
        yield heading("people")
        yield Entry((Piece("nobody was reached yet", "muted"),))
        return
    yield heading("how far people came")
    for state, count in zip(page.funnel.labels, counts, strict=True):
        share = locale.percent(count / largest)
        yield Entry(
            (Piece(f"{MEMBER_MARKS.get(state, '»')} {state}"),), f"{locale.number(count)} · {share}", ("reached", state),
            bar=(count, 0, largest), tone=MEMBER_TONES.get(state, "muted"),
        )  # fmt: skip
    for state in _ENDS:
        if count := getattr(figures, state):
            pieces = (Piece(f"{MEMBER_MARKS[state]} {state}"),)
            yield Entry(pieces, locale.number(count), ("reached", state), tone=MEMBER_TONES.get(state, "muted"))
    rates = [
        f"{name} {locale.percent(rate)}" for name, field in _RATES if (rate := getattr(figures, field)) is not None
    ]
    if rates:
        yield Entry((Piece(" · ".join(rates), "muted"),))


def _money(page: CampaignPage, total: CampaignTotal | None, locale: Locale) -> Iterator[Entry]:
    figures = page.figures
    drill = page.report.drill[0] if page.report.drill else None
    yield heading("deals and money")
    ref = ("deals", drill.filter) if drill is not None and figures.deals else ("", "")
    yield _counted("deals", f"{locale.number(figures.deals)}, {locale.number(figures.won)} won", ref)
    if total is not None:
        yield _counted(
            "activities", locale.number(total.activities), ("activities", "") if total.activities else ("", "")
        )
    yield _counted("leads", locale.number(figures.leads))
    yield _counted("won revenue", locale.money(figures.won_revenue))
    for name, field in _MONEY:
        money: Money | None = getattr(figures, field)
        if money is not None and (money.minor or name == "cost"):
            yield _counted(name, locale.money(money))
    yield _counted(
        "ROI", "no cost, so none" if figures.roi is None else locale.percent(figures.roi), tone=_sign(figures.roi)
    )
    if figures.other_currencies:
        yield fact("besides", visible(figures.other_currencies))


def _sign(roi: float | None) -> str:
    return "muted" if roi is None else "late" if roi < 0 else "good"


def _counted(name: str, figure: str, ref: tuple[str, str] = ("", ""), tone: str = "text") -> Entry:
    return fact(name, figure + (" ⏎" if any(ref) else ""), ref, tone)


def _goals(page: CampaignPage, locale: Locale) -> Iterator[Entry]:
    from crmcli.domain.views import GoalView

    if page.goals:
        yield heading("goals")
    for goal in page.goals:
        yield goal_entry(GoalView(goal.metric, goal.target, goal.actual), locale)


def _before(page: CampaignPage, locale: Locale) -> Iterator[Entry]:
    before = page.before
    if before is None:
        return
    yield heading(f"against {visible(before.name)}")
    for name in _COMPARED:
        told = _delta(name, before.delta.get(name), locale)
        if told:
            yield fact("ROI" if name == "roi" else name.replace("_", " "), told)


def _delta(name: str, value: object, locale: Locale) -> str:
    """How much more, or less, with its sign."""
    if isinstance(value, Money):
        return f"{'+' if value.minor >= 0 else ''}{locale.money(value)}"
    if isinstance(value, int | float):
        return f"{'+' if value >= 0 else ''}{locale.percent(value) if name == 'roi' else locale.number(value)}"
    return ""
