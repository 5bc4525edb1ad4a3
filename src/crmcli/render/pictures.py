"""Whole pictures for a terminal: a record with everything around it, the day's list, the pipeline, the history."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from crmcli.domain.durations import show_duration
from crmcli.domain.money import Money
from crmcli.domain.records import PICTURES, noun_of
from crmcli.domain.views import (
    CampaignPicture,
    CompanyPicture,
    ContactPicture,
    DealPicture,
    MemberPicture,
    SegmentPicture,
    SequencePicture,
)
from crmcli.render.cells import pad, width, wrap
from crmcli.render.charts import bar
from crmcli.render.columns import all_columns, is_past, shown_columns
from crmcli.render.safe import visible
from crmcli.render.table import Spec, lay_out, shown, table, view_cells
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmcli.domain.records import Value, View
    from crmcli.domain.views import ActivityView, ChangeSetView, DealView, MailView, StageTotal, StageVisit, TodayItem
    from crmcli.render.table import Cells, Screen

_BAR_CELLS = 20
_PAST_SHOWN = 20
_LEAST_TEXT = 20
# In the heading already, or of no interest to a person.
_UNSHOWN = frozenset(
    {"id", "number", "name", "currency", "annual_revenue_currency", "stage_kind", "probability_source", "rotting",
     "updated_by", "created_by", "custom_fields"}
)  # fmt: skip
_DEAL_COLUMNS = ("number", "title", "value", "stage", "probability", "expected_close", "next_task")
_CONTACT_COLUMNS = ("number", "name", "title", "emails", "phones")


def picture(view: View, screen: Screen) -> Iterator[str]:
    """A record as a person wants to see it: heading and fields, then what stands around it."""
    if isinstance(view, (CampaignPicture, MemberPicture)):
        from crmcli.render.campaigns import drawn

        yield from drawn(view, screen)
        return
    record = view.record if type(view) in PICTURES else view
    noun = noun_of(view)
    if isinstance(view, SegmentPicture):
        from crmcli.render.segment_picture import segment_picture

        yield from segment_picture(view, screen)
        return
    if isinstance(view, SequencePicture):
        from crmcli.render.sequence_picture import sequence_picture

        yield from sequence_picture(view, screen)
        return
    yield from _heading(noun, record, screen)
    yield from _fields(noun, record, screen)
    if isinstance(view, CompanyPicture) and view.contacts:
        yield from _section("contacts", screen)
        known = all_columns("contact")
        yield from table([known[name] for name in _CONTACT_COLUMNS], view.contacts, screen)
    if isinstance(view, (ContactPicture, CompanyPicture)):
        yield from _deals(view.deals, screen)
    if isinstance(view, DealPicture):
        yield from _stages(view.stage_history, screen)
    if type(view) in PICTURES:
        yield from _next_step(view.next_step, record.id, screen)
        # Shown just above, it need not be read again among the planned.
        others = [activity for activity in view.timeline if activity != view.next_step]
        yield from _timeline(others, record.id, screen)
    if isinstance(view, ContactPicture):
        yield from _mails(view.mails, screen)


def _heading(noun: str, record: View, screen: Screen) -> Iterator[str]:
    name = record.type + (f": {record.subject}" if record.subject else "") if noun == "activity" else _name(record)
    aside = ""
    if noun == "contact":
        company = record.companies[0].name if record.companies else ""
        aside = " at ".join(part for part in (record.title, company) if part)
    head = paint(visible(name), "heading", color=screen.color)
    tail = paint(f"#{record.number}  {record.id}", "muted", color=screen.color)
    yield f"{head}{', ' + visible(aside) if aside else ''}  {tail}"


def _name(record: View) -> str:
    return str(record.name if hasattr(record, "name") else record.title)


def _fields(noun: str, record: View, screen: Screen) -> Iterator[str]:
    """Only the fields that hold something, each beside its label; a long text goes on below itself."""
    unshown = _UNSHOWN | ({"title"} if noun == "deal" else {"subject", "type"} if noun == "activity" else set())
    filled = []
    for column in all_columns(noun).values():
        value = column.get(record)
        if column.name not in unshown and value not in (None, (), "") and value is not False:
            tone = column.tone(record, screen.now) if column.tone else ""
            filled.append((column.name.replace("_", " "), _text(value, column.kind, screen), tone))
    filled += [(visible(key), _text(value, "text", screen), "") for key, value in record.custom_fields.items()]
    label_width = min(max((width(label) for label, _, _ in filled), default=0), screen.width // 3)
    for label, text, tone in filled:
        lines = wrap(text, max(_LEAST_TEXT, screen.width - label_width - 2))
        for place, line in enumerate(lines):
            before = paint(pad("" if place else label, label_width), "muted", color=screen.color)
            yield f"{before}  {paint(line, tone, color=screen.color)}".rstrip()


def _text(value: Value, kind: str, screen: Screen) -> str:
    return visible(value, keep_newlines=True) if isinstance(value, str) else shown(value, kind, screen)


def _section(title: str, screen: Screen) -> Iterator[str]:
    yield ""
    yield paint(title, "heading", color=screen.color)


def _deals(deals: Sequence[DealView], screen: Screen) -> Iterator[str]:
    known = all_columns("deal")
    columns = [known[name] for name in _DEAL_COLUMNS]
    for title, chosen in (
        ("open deals", [deal for deal in deals if deal.stage_kind == "open"]),
        ("closed deals", [deal for deal in deals if deal.stage_kind != "open"]),
    ):
        if chosen:
            yield from _section(title, screen)
            yield from table(columns, chosen, screen)


def _stages(visits: Sequence[StageVisit], screen: Screen) -> Iterator[str]:
    if not visits:
        return
    yield from _section("stages", screen)
    rows = [
        [
            (visible(visit.stage), ""),
            (screen.locale.time(visit.at), ""),
            (f"{screen.locale.number(visit.days, 1)} d", ""),
            (visible(visit.by or ""), "muted"),
            (visible(visit.note or ""), ""),
        ]
        for visit in visits
    ]
    specs = (
        Spec("stage"),
        Spec("entered"),
        Spec("stayed", "right"),
        Spec("by", min_width=6),
        Spec("note", min_width=10),
    )
    yield from lay_out(specs, rows, screen)


def _next_step(activity: ActivityView | None, shown_of: str, screen: Screen) -> Iterator[str]:
    if activity is not None:
        yield from _section("next step", screen)
        yield from lay_out(_LINE, [_activity_cells(activity, shown_of, screen)], screen, header=False)


def _timeline(activities: Sequence[ActivityView], shown_of: str, screen: Screen) -> Iterator[str]:
    planned = [activity for activity in activities if activity.status == "planned"]
    past = [activity for activity in activities if activity.status != "planned"]
    for title, chosen in (("planned", planned), ("past", past)):
        if chosen:
            yield from _section(title, screen)
            rows = [_activity_cells(activity, shown_of, screen) for activity in chosen[:_PAST_SHOWN]]
            yield from lay_out(_LINE, rows, screen, header=False)
        if len(chosen) > _PAST_SHOWN:
            yield paint(f"… and {len(chosen) - _PAST_SHOWN} more (see: crm activity list)", "muted", color=screen.color)


def _mails(mails: Sequence[MailView], screen: Screen) -> Iterator[str]:
    """What campaigns and sequences sent."""
    if not mails:
        return
    yield from _section("mails of campaigns", screen)
    rows = [
        [
            (screen.locale.time(mail.at), ""),
            (visible(mail.campaign.name), ""),
            (visible(mail.template or ""), ""),
            (visible(mail.address), "muted"),
            ("in doubt" if mail.status == "in_doubt" else mail.reached, ""),
        ]
        for mail in mails[:_PAST_SHOWN]
    ]
    yield from lay_out(_MAIL, rows, screen, header=False)
    if len(mails) > _PAST_SHOWN:
        yield paint(f"… and {len(mails) - _PAST_SHOWN} more", "muted", color=screen.color)


_MAIL = (
    Spec("at"), Spec("campaign", min_width=12), Spec("template", priority=2, min_width=8),
    Spec("address", priority=3, min_width=12), Spec("reached"),
)  # fmt: skip
_LINE = (
    Spec("number", "right"),
    Spec("at"),
    Spec("type"),
    Spec("what", min_width=16),
    Spec("who", priority=1, min_width=10),
)
_GLYPHS = {"planned": "○", "done": "●", "canceled": "✗", "no_show": "✗"}


def _activity_cells(activity: ActivityView, shown_of: str, screen: Screen) -> Cells:
    """When, what and with whom, but for the record that is shown itself."""
    planned = activity.status == "planned"
    late = planned and is_past(activity.due, screen.now)
    when = screen.locale.due(activity.due) if planned and activity.due else screen.locale.time(activity.at)
    length = show_duration(activity.duration) if activity.duration else None
    told = (activity.subject or activity.body, _decided(activity), activity.outcome, length)
    what = " — ".join(part for part in told if part)
    tone = "overdue" if late else "" if planned or activity.status == "done" else "muted"
    return [
        (f"#{activity.number}", "muted"),
        (when, tone),
        (f"{_GLYPHS.get(activity.status, '·')} {activity.type}", tone),
        (visible(what), tone),
        (visible("; ".join(link.name for link in activity.contacts if link.id != shown_of)), "muted"),
    ]


def _decided(activity: ActivityView) -> str | None:
    """What was chosen, from what, and why."""
    if activity.type != "decision":
        return None
    kept = activity.custom_fields
    options, chosen, why = kept.get("options"), kept.get("chosen"), kept.get("why")
    among = f"of {', '.join(map(str, options))}" if isinstance(options, list) else ""
    parts = (f"chose {chosen}" if chosen else "", among, f"because {why}" if why else "")
    return " ".join(part for part in parts if part)


_TODAY = (
    Spec("#", "right"),
    Spec("what", min_width=26),
    Spec("who", priority=1, min_width=14),
    Spec("priority", priority=2),
    Spec("why", min_width=26),
)
_SAYS_THE_DAY = frozenset({"overdue", "today", "meetings", "past close", "upcoming"})


def today(items: Iterable[TodayItem], screen: Screen) -> Iterator[str]:
    """What needs the user now, under a heading for each urgency."""
    listed = list(items)
    indented = screen._replace(width=screen.width - 2)
    lines = lay_out(_TODAY, [_today_cells(item, screen) for item in listed], indented, header=False)
    for place, (group, members) in enumerate(groupby(listed, key=lambda item: item.group)):
        count = len(list(members))
        if place:
            yield ""
        heading = paint(visible(group), "overdue" if group == "overdue" else "heading", color=screen.color)
        yield f"{heading} ({count})"
        for _ in range(count):
            yield "  " + next(lines)


def _today_cells(item: TodayItem, screen: Screen) -> Cells:
    """No noun, for heading and reason say it, and no priority that is as usual."""
    known = all_columns("today")
    columns = [known[name] for name in ("number", "what", "who", "priority")]
    seen = item._replace(priority=None) if item.priority == "normal" else item
    tone = "overdue" if is_past(item.due, screen.now) else ""
    return [*view_cells(columns, seen, screen), (visible(_why(item, screen)), tone)]


def _why(item: TodayItem, screen: Screen) -> str:
    """The reason with its hour, and with its day where neither the reason nor the heading says it."""
    if item.due is None:
        return item.why
    if item.group in _SAYS_THE_DAY:
        return item.why if item.due.at is None else f"{screen.locale.clock(item.due.at)}, {item.why}"
    day = screen.locale.near_due(item.due, screen.now)
    if item.noun == "deal":
        return f"{item.why}, closes {day}"
    return item.why if item.why.endswith(day) else f"{item.why} {day}"


def pipeline(totals: Iterable[StageTotal], screen: Screen) -> Iterator[str]:
    """The stages with what lies in them, a bar for the value, and the sum of what is open."""
    stages = list(totals)
    largest = max((float(stage.value.number) for stage in stages), default=0.0)
    columns = shown_columns("pipeline")
    specs = [
        Spec(column.header, column.align, column.priority, column.min_width, column.align == "right")
        for column in columns
    ]
    rows: list[Cells] = [
        [*view_cells(columns, stage, screen), (bar(float(stage.value.number), largest, _BAR_CELLS), "bar")]
        for stage in stages
    ]
    open_stages = [stage for stage in stages if stage.kind == "open"]
    filled = [stage for stage in open_stages if stage.count] or open_stages[:1]
    if len({stage.value.currency for stage in filled}) == 1:
        rows.append(_open_total(filled, screen))
    yield from lay_out([*specs, Spec("", priority=2)], rows, screen)


def _open_total(stages: Sequence[StageTotal], screen: Screen) -> Cells:
    count = str(sum(stage.count for stage in stages))
    currency = stages[0].value.currency
    value = Money(sum(stage.value.minor for stage in stages), currency)
    weighted = Money(sum(stage.weighted.minor for stage in stages), currency)
    texts = ("open", count, screen.locale.money(value), screen.locale.money(weighted), "")
    return [(text, "heading") for text in texts]


def history(change_sets: Iterable[ChangeSetView], screen: Screen) -> Iterator[str]:
    """Who changed what, when, by which command; below each the fields it changed, when they were asked for."""
    listed = list(change_sets)
    lines = table(shown_columns("history"), listed, screen)
    yield next(lines)
    for change_set in listed:
        yield next(lines)
        for change in change_set.changes:
            yield from _change(change, screen)


def _change(change: View, screen: Screen) -> Iterator[str]:
    before, after = (shown(value, "text", screen) or "∅" for value in (change.before, change.after))
    tone = {"add": "added", "remove": "removed"}.get(change.action, "")
    what = f"{change.noun} {change.name}"
    text = f"{what}: {change.field}: {before} → {after}" if change.field else f"{change.action} {what}"
    for place, line in enumerate(wrap(visible(text), max(_LEAST_TEXT, screen.width - 4))):
        yield ("      " if place else "    ") + paint(line, tone, color=screen.color)


# Lists that a person reads otherwise than as a plain table.
LISTS: dict[str, Callable[[Iterable[Any], Screen], Iterator[str]]] = {
    "today": today,
    "pipeline": pipeline,
    "history": history,
}
