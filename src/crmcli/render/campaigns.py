"""A campaign, and a member of one, as a person wants to see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.campaign_drafts import show_goal
from crmcli.domain.campaign_settings import pace_texts
from crmcli.domain.durations import show_duration
from crmcli.domain.views import CampaignPicture
from crmcli.render.cells import pad, width, wrap
from crmcli.render.charts import bar
from crmcli.render.columns import is_past, shown_columns
from crmcli.render.safe import visible
from crmcli.render.table import NOTHING, Spec, lay_out, table
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmcli.domain.views import CampaignView, MemberPicture, TrialView, VariantView
    from crmcli.render.table import Screen

_BAR_CELLS = 20
_LEAST_TEXT = 20


def drawn(picture: CampaignPicture | MemberPicture, screen: Screen) -> Iterator[str]:
    """The lines of either."""
    return (
        campaign_picture(picture, screen) if isinstance(picture, CampaignPicture) else member_picture(picture, screen)
    )


def campaign_picture(picture: CampaignPicture, screen: Screen) -> Iterator[str]:
    """The plan, then what it costs, its goals, its members by state, its variants and tasks."""
    view = picture.record
    head = paint(visible(view.name), "heading", color=screen.color)
    yield f"{head}, {view.kind.replace('_', ' ')}, {view.status}  {_muted(f'#{view.number}  {view.id}', screen)}"
    yield from _fields(_told(view, screen), screen)
    if picture.costs:
        yield from _section("budget", screen)
        yield from table(shown_columns("budget")[1:], picture.costs, screen)
    if view.goals:
        yield from _section("goals", screen)
        yield from _goals(view, screen)
    if picture.states:
        yield from _section(f"members ({view.members})", screen)
        yield from _states(picture.states, screen)
    if picture.variants:
        yield from _section("variants", screen)
        yield from _variants(picture.variants, picture.test, screen)
    if picture.tasks:
        yield from _section("tasks", screen)
        yield from _tasks(picture, screen)


def _muted(text: str, screen: Screen) -> str:
    return paint(text, "muted", color=screen.color)


def _section(title: str, screen: Screen) -> Iterator[str]:
    yield ""
    yield paint(title, "heading", color=screen.color)


def _told(view: CampaignView, screen: Screen) -> list[tuple[str, str]]:
    """What is known of the plan, each beside its label."""
    locale = screen.locale
    days = " to ".join(locale.date(day) for day in (view.starts_on, view.ends_on) if day)
    money = [
        (name.replace("_", " "), locale.money(amount))
        for name in ("expected_cost", "expected_revenue")
        if (amount := getattr(view, name)) is not None
    ]
    names = {
        "segments": ", ".join(link.name for link in view.segments),
        "left out": ", ".join(link.name for link in view.excluded),
    }
    moments = [
        (label, locale.time(at))
        for label, at in (("sends at", view.send_at), ("started", view.started_at), ("ended", view.ended_at))
        if at is not None
    ]
    told = [
        ("objective", view.objective or ""), ("code", view.code or ""), ("days", days),
        ("part of", view.parent.name if view.parent else ""), *names.items(),
        ("template", view.template.name if view.template else ""), *moments, *money,
        ("expected response", f"{view.expected_response:g} %" if view.expected_response is not None else ""),
        ("sending", _pace(view.settings)), ("owner", view.owner or ""),
    ]  # fmt: skip
    return [(label, visible(text, keep_newlines=True)) for label, text in told if text]


def _pace(settings: Mapping[str, object]) -> str:
    import json

    from crmcli.domain.campaign_settings import pace_of

    texts = pace_texts(pace_of(json.dumps({"pace": settings.get("pace", {})})))
    return ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in texts.items() if text)


def _fields(told: Sequence[tuple[str, str]], screen: Screen) -> Iterator[str]:
    label_width = max((width(label) for label, _ in told), default=0)
    for label, text in told:
        for place, line in enumerate(wrap(text, max(_LEAST_TEXT, screen.width - label_width - 2))):
            yield f"{_muted(pad('' if place else label, label_width), screen)}  {line}".rstrip()


def _goals(view: CampaignView, screen: Screen) -> Iterator[str]:
    rows = []
    for goal in view.goals:
        share = goal.reached / goal.target if goal.reached is not None and goal.target else None
        reached = NOTHING if goal.reached is None else _figure(goal.metric, goal.reached, view, screen)
        rows.append([
            (goal.metric, ""), (reached, ""), (f"of {_figure(goal.metric, goal.target, view, screen)}", ""),
            (NOTHING if share is None else screen.locale.percent(share), ""),
            (bar(min(max(share or 0.0, 0.0), 1.0), 1.0, _BAR_CELLS), "bar"),
        ])  # fmt: skip
    specs = (Spec("goal"), Spec("reached", "right"), Spec("target"), Spec("share", "right"), Spec("", priority=2))
    yield from lay_out(specs, rows, screen, header=False)


def _figure(metric: str, number: float, view: CampaignView, screen: Screen) -> str:
    if metric == "roi":
        return show_goal(metric, number).partition("=")[2]
    shown = screen.locale.number(number, 2 if metric == "revenue" and number != int(number) else 0)
    return f"{shown} {view.currency}" if metric == "revenue" and view.currency else shown


def _states(states: Mapping[str, object], screen: Screen) -> Iterator[str]:
    counts = {state: int(str(count)) for state, count in states.items()}
    largest = float(max(counts.values()))
    rows = [
        [(state, ""), (screen.locale.number(count, 0), ""), (bar(count, largest, _BAR_CELLS), "bar")]
        for state, count in counts.items()
    ]
    yield from lay_out((Spec("state"), Spec("n", "right"), Spec("", priority=2)), rows, screen, header=False)


def _variants(variants: Sequence[VariantView], test: TrialView | None, screen: Screen) -> Iterator[str]:
    rows = [
        [
            (visible(each.name), ""), (f"share {each.share}", ""), (f"{screen.locale.number(each.members, 0)} members", ""),
            (_done(each, test, screen), ""), (visible(each.subject or each.template or ""), ""),
            ("winner" if each.winner else "", "won"),
        ]
        for each in variants
    ]  # fmt: skip
    specs = (
        Spec("name", min_width=4),
        Spec("share"),
        Spec("members", "right"),
        Spec("rate", "right"),
        Spec("what", min_width=10, priority=1),
        Spec("winner"),
    )
    yield from lay_out(specs, rows, screen, header=False)
    if test is not None:
        yield from _compared(test, screen)


def _done(variant: VariantView, test: TrialView | None, screen: Screen) -> str:
    """How many of those it reached did what is measured: ``12 of 250 clicked, 4.8 %``."""
    count, of = (screen.locale.number(each, 0) for each in (variant.hits, variant.n))
    rate = NOTHING if variant.rate is None else screen.locale.percent(variant.rate)
    return f"{count} of {of} {test.metric if test else ''}".rstrip() + f", {rate}"


def _compared(test: TrialView, screen: Screen) -> Iterator[str]:
    """The leader against each other version with the interval of the difference, and what that means."""
    for each in test.comparisons:
        if each.difference is None or each.low is None or each.high is None or each.p is None:
            continue
        difference, low, high = (f"{100 * value:+.1f}" for value in (each.difference, each.low, each.high))
        line = f"{visible(each.name)} - {visible(each.other)}: {difference} points, {low} to {high}; p = {each.p:.3f}"
        yield from wrap(line, screen.width)
    yield paint(visible(test.verdict), "heading", color=screen.color)
    yield from (_muted(line, screen) for line in wrap(visible(test.rule), screen.width))


def _tasks(picture: CampaignPicture, screen: Screen) -> Iterator[str]:
    glyphs = {"planned": "○", "done": "●"}
    rows = []
    for task in picture.tasks:
        late = task.status == "planned" and is_past(task.due, screen.now)
        length = f" ({show_duration(task.duration)})" if task.duration else ""
        rows.append([
            (f"#{task.number}", "muted"), (screen.locale.due(task.due) if task.due else "", "overdue" if late else ""),
            (f"{glyphs.get(task.status, '✗')} {visible(task.subject or '')}{length}", "overdue" if late else ""),
            (visible(task.owner or ""), "muted"),
        ])  # fmt: skip
    specs = (Spec("number", "right"), Spec("due"), Spec("what", min_width=16), Spec("owner", min_width=6))
    yield from lay_out(specs, rows, screen, header=False)


def member_picture(picture: MemberPicture, screen: Screen) -> Iterator[str]:
    """Where somebody stands in a campaign and why, then every state with its time, reason and source."""
    view = picture.record
    head = paint(visible(view.contact.name), "heading", color=screen.color)
    reason = f": {visible(view.reason)}" if view.reason else ""
    yield f"{head} in {visible(picture.campaign.name)}: {view.status}{reason}  {_muted(view.contact.id, screen)}"
    told = [("email", view.email or ""), ("segment", view.segment or ""), ("variant", view.variant or "")]
    yield from _fields([(label, visible(text)) for label, text in told if text], screen)
    yield ""
    yield from table(shown_columns("member_event"), picture.events, screen)
