"""The plan of a campaign as lines: what it is for, when, for whom; its goals, its money, its versions, its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.campaign_settings import PACE_FIELDS
from crmcli.render.cells import wrap
from crmcli.render.columns import is_past
from crmcli.render.safe import visible
from crmcli.tui.campaign_words import MARKS, TONES, day_word, days_word, kind_word, money_word
from crmcli.tui.widgets.entry_list import Entry, fact, heading
from crmcli.tui.widgets.line_list import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crmcli.domain.views import ActivityView, BudgetLine, CampaignView, CostView, GoalView, VariantView
    from crmcli.render.locale import Locale
    from crmcli.services.campaign_board import PlanPage

_ASIDE, _LEAST = 19, 20  # what stands before a fact; cells that a text gets at least
_BOXES = {"done": "✓", "canceled": "✗", "no_show": "✗"}


def plan_entries(page: PlanPage, locale: Locale, now: datetime, cells: int) -> list[Entry]:
    """All of it, part by part, in lines of so many cells; what is not planned is left out."""
    record = page.picture.record
    return [
        *_facts(record, locale, now, cells - _ASIDE),
        *_goals(record, locale),
        *_money(page, locale, now),
        *_variants(page.picture.variants, locale),
        *_tasks(page, locale, now),
    ]


def _facts(view: CampaignView, locale: Locale, now: datetime, cells: int) -> Iterator[Entry]:
    state = f"{MARKS[view.status]} {view.status}"
    at = view.ended_at or view.started_at
    since = f" since {day_word(locale.local(at).date(), now.date(), locale)}" if at is not None else ""
    yield heading("plan")
    yield fact("state", state + since, tone=TONES.get(view.status, "text"))
    yield fact("kind", kind_word(view.kind) + (f", code {visible(view.code)}" if view.code else ""))
    if view.objective:
        lines = wrap(visible(" ".join(view.objective.split())), max(_LEAST, cells))
        yield from (fact("" if place else "objective", line) for place, line in enumerate(lines))
    if days := days_word(view, now.date(), locale):
        yield fact("days", days + _left(view, now))
    if view.send_at is not None:
        yield fact("send at", locale.time(view.send_at))
    yield from _whom(view)
    if view.owner:
        yield fact("owner", visible(view.owner))
    yield from _expected(view, locale)
    pace = view.settings.get("pace")
    if isinstance(pace, dict):
        told = [f"{name.replace('_', ' ')} {pace[name]}" for name in PACE_FIELDS if pace.get(name)]
        yield fact("pace", visible(" · ".join(told)))


def _left(view: CampaignView, now: datetime) -> str:
    if view.ends_on is None or view.status in ("completed", "canceled"):
        return ""
    left = (view.ends_on - now.date()).days
    return f", over since {-left} d" if left < 0 else f", {left} d left"


def _whom(view: CampaignView) -> Iterator[Entry]:
    if view.segments or view.excluded:
        taken = " + ".join(visible(each.name) for each in view.segments)
        yield fact("people of", taken + "".join(f" - {visible(each.name)}" for each in view.excluded))  # fmt: skip
    if view.template is not None:
        yield fact("template", visible(view.template.name))
    if view.parent is not None:
        yield fact("part of", visible(view.parent.name), ("campaign", view.parent.id))


def _expected(view: CampaignView, locale: Locale) -> Iterator[Entry]:
    told = [
        f"{locale.money(view.expected_cost)} cost" if view.expected_cost else "",
        f"{locale.money(view.expected_revenue)} revenue" if view.expected_revenue else "",
        f"{locale.number(view.expected_response)}% respond" if view.expected_response else "",
    ]
    if any(told):
        yield fact("expected", " · ".join(filter(None, told)))


# -- goals and money


def _goals(view: CampaignView, locale: Locale) -> Iterator[Entry]:
    if view.goals:
        yield heading("goals")
    for goal in view.goals:
        yield goal_entry(goal, locale)


def goal_entry(goal: GoalView, locale: Locale) -> Entry:
    """A goal with what is reached of it; in words too."""
    target = goal_word(goal.metric, goal.target, locale)
    if goal.reached is None or goal.target <= 0:
        known = "not known yet" if goal.reached is None else goal_word(goal.metric, goal.reached, locale)
        return Entry((Piece(goal.metric),), f"{known} of {target}")
    share = goal.reached / goal.target
    sign, tone = ("✓ ", "good") if share >= 1 else ("", "muted")
    figure = f"{sign}{goal_word(goal.metric, goal.reached, locale)} of {target} · {int(share * 100)}%"
    return Entry((Piece(goal.metric),), figure, bar=(max(0.0, goal.reached), 0.0, goal.target), tone=tone)


def goal_word(metric: str, value: float, locale: Locale) -> str:
    """The figure of a goal."""
    return locale.percent(value) if metric == "roi" else locale.number(value)


def _money(page: PlanPage, locale: Locale, now: datetime) -> Iterator[Entry]:
    lines, costs = page.picture.costs, page.costs
    if lines or costs:
        yield heading("budget and costs")
    for line in lines:
        yield from _budget(line, locale)
    for cost in costs:
        yield _cost(cost, locale, now)


def _budget(line: BudgetLine, locale: Locale) -> Iterator[Entry]:
    if line.budget is not None:
        over = line.left is not None and line.left.minor < 0
        yield Entry((Piece("budget"),), money_word(line, locale), bar=_parts(line), tone="late" if over else "good")
    amounts = (("spent", line.spent), ("committed", line.committed), ("planned", line.planned), ("left", line.left))
    told = [f"{locale.number(float(money.number))} {name}" for name, money in amounts if money is not None]
    yield fact(line.currency, " · ".join(told), tone="muted")


def _parts(line: BudgetLine) -> tuple[float, float, float]:
    assert line.budget is not None
    return line.spent.minor, line.committed.minor + line.planned.minor, line.budget.minor


def _cost(cost: CostView, locale: Locale, now: datetime) -> Entry:
    what = visible(cost.note) if cost.note else "cost"
    pieces = (Piece(f"{day_word(cost.on, now.date(), locale):<12}  ", "muted"), Piece(what))
    return Entry(pieces, f"{cost.state} {locale.money(cost.amount):>12}", ("cost", str(cost.number)))


# -- versions and tasks


def _variants(variants: tuple[VariantView, ...], locale: Locale) -> Iterator[Entry]:
    if variants:
        yield heading("versions")
    for each in variants:
        about = " · ".join(visible(word) for word in (each.template, each.subject) if word)
        people = f"share {each.share} · {locale.number(each.members)} people"
        won = " · ✓ winner" if each.winner else ""
        yield Entry((Piece(visible(each.name), "title"), Piece(f"  {about}", "muted")), people + won)


def _tasks(page: PlanPage, locale: Locale, now: datetime) -> Iterator[Entry]:
    if page.picture.tasks:
        yield heading("tasks")
    for task in page.picture.tasks:
        yield task_entry(task, locale, now)


def task_entry(task: ActivityView, locale: Locale, now: datetime) -> Entry:
    """A task with its deadline and owner."""
    late = task.status == "planned" and is_past(task.due, now)
    due = locale.near_due(task.due, now) if task.due is not None else ""
    told = ("overdue " if late else "") + due
    figure = " · ".join(filter(None, (told, visible(task.owner or ""))))
    pieces = (Piece(f"{_BOXES.get(task.status, '□')} ", "good" if task.status == "done" else "muted"),
              Piece(visible(task.subject or "task"), "muted" if task.status != "planned" else "title"))  # fmt: skip
    return Entry(pieces, figure, ("activity", task.id), tone="late" if late else "muted", number=task.number)
