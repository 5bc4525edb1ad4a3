"""The columns of every noun, defined once for the shell's tables, the data formats and the board."""

from __future__ import annotations

from functools import cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import VIEWS, noun_of, picture_fields, record_fields
from crmcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from crmcli.domain.records import View
    from crmcli.domain.views import Due

    Tone = Callable[[Any, datetime], str]

_RIGHT = frozenset({"integer", "number", "money", "percent", "chance", "minutes", "days"})


class Column(NamedTuple):
    """One column of a noun.

    ``get`` takes a view to its value; ``kind`` says how a person is shown it; ``tone`` is its meaning (won, lost,
    overdue, rotting …) at a moment in the user's zone. On a narrow screen the column with the highest ``priority``
    goes first, and before that no text is cut below ``min_width``; a ``min_width`` of 0 means that it is never cut.
    """

    name: str
    header: str
    get: Callable[[Any], object]
    kind: str = "text"
    priority: int = 5
    min_width: int = 8
    tone: Tone | None = None

    @property
    def align(self) -> str:
        """``right`` for numbers, else ``left``."""
        return "right" if self.kind in _RIGHT else "left"


def is_past(due: Due | None, now: datetime) -> bool:
    """Whether the deadline has gone by at ``now``, a moment in the user's zone."""
    if due is None:
        return False
    return due.at < now if due.at is not None else due.on < now.date()


def deal_tone(deal: View, _now: datetime) -> str:
    """How a deal stands: won, lost or rotting."""
    if deal.stage_kind != "open":
        return str(deal.stage_kind)
    return "rotting" if deal.rotting else ""


def _close_tone(deal: View, now: datetime) -> str:
    late = deal.stage_kind == "open" and deal.expected_close is not None and deal.expected_close < now.date()
    return "overdue" if late else ""


def _next_task_tone(view: View, now: datetime) -> str:
    return "overdue" if is_past(view.next_task, now) else ""


def _due_tone(view: View, now: datetime) -> str:
    planned = getattr(view, "status", "planned") == "planned"
    return "overdue" if planned and is_past(view.due, now) else ""


def _priority_tone(view: View, _now: datetime) -> str:
    return view.priority if view.priority in ("high", "urgent") else "muted" if view.priority == "low" else ""


def _stage_kind_tone(view: View, _now: datetime) -> str:
    return view.kind if view.kind in ("won", "lost") else ""


def _undone_tone(view: View, _now: datetime) -> str:
    return "muted" if view.undone else ""


def _campaign_tone(view: View, _now: datetime) -> str:
    return {"active": "won", "paused": "rotting", "canceled": "lost", "completed": "muted"}.get(view.status, "")


def _left_tone(view: View, _now: datetime) -> str:
    return "overdue" if view.left is not None and view.left.minor < 0 else ""


def _member_tone(view: View, _now: datetime) -> str:
    gone = ("bounced", "complained", "unsubscribed", "failed")
    return "overdue" if view.status in gone else "muted" if view.status == "skipped" else ""


_HEADERS = {
    "step_count": "steps",
    "number": "#",
    "emails": "e-mail",
    "phones": "phone",
    "websites": "website",
    "companies": "company",
    "expected_close": "close",
    "probability": "chance",
    "last_activity": "last",
    "next_task": "next",
    "noun": "type",
    "forecast_category": "forecast",
    "rot_days": "rots after",
    "starts_on": "start",
    "ends_on": "end",
    "wip_limit": "limit",
    "a_number": "#",
    "b_number": "#",
}
_KINDS = {
    "number": "integer",
    "a_number": "integer",
    "b_number": "integer",
    "score": "number",
    "lead_score": "integer",
    "count": "integer",
    "records": "integer",
    "position": "integer",
    "wip_limit": "integer",
    "phones": "phone",
    "value": "money",
    "weighted": "money",
    "budget": "money",
    "expected_cost": "money",
    "expected_revenue": "money",
    "amount": "money",
    "planned": "money",
    "committed": "money",
    "spent": "money",
    "left": "money",
    "target": "money",
    "reached": "money",
    "gap": "money",
    "expected": "money",
    "share": "percent",
    "pace": "percent",
    "members": "integer",
    "came": "integer",
    "went": "integer",
    "annual_revenue": "money",
    "quantity": "number",
    "rate": "number",
    "probability": "chance",
    "duration": "minutes",
    "remind_before": "minutes",
    "rot_days": "days",
    "last_activity": "near",
    "next_task": "near",
    "due": "near",
}
_TONES: dict[tuple[str, str], Tone] = {
    ("deal", "title"): deal_tone,
    ("deal", "stage"): deal_tone,
    ("deal", "expected_close"): _close_tone,
    ("deal", "next_task"): _next_task_tone,
    ("contact", "next_task"): _next_task_tone,
    ("company", "next_task"): _next_task_tone,
    ("activity", "due"): _due_tone,
    ("activity", "priority"): _priority_tone,
    ("task", "due"): _due_tone,
    ("task", "priority"): _priority_tone,
    ("today", "due"): _due_tone,
    ("today", "priority"): _priority_tone,
    ("pipeline", "stage"): _stage_kind_tone,
    ("stage", "stage"): _stage_kind_tone,
    ("history", "summary"): _undone_tone,
    ("campaign", "status"): _campaign_tone,
    ("member", "status"): _member_tone,
    ("budget", "left"): _left_tone,
}
# What a table shows: name, priority (0 stays longest), least width (0: never cut).
_SHOWN: dict[str, tuple[tuple[str, int, int], ...]] = {
    "contact": (
        ("number", 0, 0), ("name", 0, 14), ("title", 6, 10), ("companies", 2, 12), ("emails", 1, 18), ("phones", 3, 0),
        ("tags", 5, 8), ("lifecycle", 7, 0), ("owner", 8, 6), ("last_activity", 4, 0),
    ),
    "company": (
        ("number", 0, 0), ("name", 0, 14), ("websites", 1, 14), ("phones", 3, 0), ("industry", 4, 10),
        ("country", 5, 7), ("tags", 6, 8), ("owner", 7, 6), ("last_activity", 2, 0),
    ),
    "deal": (
        ("number", 0, 0), ("title", 0, 16), ("company", 3, 12), ("value", 1, 0), ("stage", 0, 0), ("probability", 6, 0),
        ("expected_close", 2, 0), ("next_task", 5, 0), ("owner", 4, 6),
    ),
    "activity": (
        ("number", 0, 0), ("at", 0, 0), ("type", 1, 0), ("subject", 0, 16), ("contacts", 2, 12), ("company", 6, 10),
        ("deal", 4, 12), ("status", 5, 0), ("outcome", 3, 10), ("owner", 7, 6),
    ),
    "task": (
        ("number", 0, 0), ("subject", 0, 16), ("due", 0, 0), ("priority", 1, 0), ("contacts", 2, 12),
        ("company", 6, 10), ("deal", 3, 12), ("status", 4, 0), ("owner", 5, 6),
    ),
    "stage": (
        ("pipeline", 1, 8), ("position", 5, 0), ("stage", 0, 10), ("kind", 2, 0), ("probability", 0, 0),
        ("rot_days", 3, 0), ("forecast_category", 6, 0), ("required", 4, 10),
        ("wip_limit", 7, 0),
    ),
    "view": (
        ("name", 0, 12), ("noun", 1, 0), ("filter", 0, 16), ("sort", 2, 0), ("reverse", 4, 0), ("columns", 3, 12),
        ("owner", 5, 6),
    ),
    "pipeline": (("stage", 0, 10), ("count", 0, 0), ("value", 0, 0), ("weighted", 1, 0)),
    "tag": (
        ("tag", 0, 10), ("count", 0, 0), ("contacts", 1, 0), ("companies", 1, 0), ("deals", 1, 0), ("activities", 1, 0),
    ),
    "search": (("number", 0, 0), ("noun", 0, 0), ("name", 0, 16), ("excerpt", 1, 20)),
    "dupes": (("score", 0, 0), ("type", 3, 0), ("a_number", 0, 0), ("a", 0, 16), ("b_number", 0, 0), ("b", 0, 16), ("reasons", 1, 16)),
    "today": (
        ("number", 0, 0), ("noun", 3, 0), ("what", 0, 16), ("who", 1, 10), ("due", 0, 0),
        ("priority", 4, 0), ("why", 2, 14),
    ),
    "history": (
        ("number", 0, 0), ("at", 0, 0), ("user", 1, 6), ("summary", 0, 18), ("records", 3, 0),
        ("command", 4, 14), ("undone", 2, 0),
    ),
    "change": (
        ("noun", 3, 0), ("name", 0, 12), ("action", 1, 0), ("field", 0, 0), ("before", 0, 10), ("after", 0, 10),
    ),
    "setting": (("name", 0, 0), ("value", 0, 12), ("origin", 1, 12), ("about", 2, 8)),
    "campaign": (
        ("number", 0, 0), ("name", 0, 14), ("kind", 2, 0), ("status", 0, 0), ("starts_on", 1, 0), ("ends_on", 3, 0),
        ("members", 4, 0), ("budget", 5, 0), ("code", 8, 0), ("owner", 6, 6), ("objective", 7, 12),
    ),
    "cost": (
        ("number", 0, 0), ("campaign", 1, 12), ("on", 0, 0), ("state", 0, 0), ("amount", 0, 0), ("note", 1, 12),
        ("by", 2, 6),
    ),
    "budget": (
        ("name", 0, 14), ("currency", 3, 0), ("budget", 1, 0), ("planned", 2, 0), ("committed", 2, 0), ("spent", 0, 0),
        ("left", 0, 0),
    ),
    "member": (
        ("number", 1, 0), ("contact", 0, 14), ("email", 0, 18), ("status", 0, 0), ("reason", 1, 8), ("at", 2, 0),
        ("variant", 3, 0), ("segment", 4, 8),
    ),
    "member_event": (("at", 0, 0), ("status", 0, 0), ("reason", 0, 8), ("detail", 1, 16), ("source", 1, 0)),
    "calendar": (
        ("starts_on", 0, 0), ("ends_on", 1, 0), ("at", 3, 0), ("kind", 0, 0), ("campaign", 0, 12), ("name", 0, 14),
        ("status", 2, 0), ("owner", 4, 6),
    ),
    "sequence": (
        ("number", 3, 0), ("name", 0, 14), ("status", 0, 0), ("segment", 2, 10), ("stage", 2, 8), ("step_count", 1, 0),
        ("active", 0, 0), ("finished", 1, 0), ("stopped", 1, 0), ("owner", 4, 6),
    ),
    "step": (("number", 0, 0), ("step", 0, 24), ("people", 1, 0)),
    "enrolment": (
        ("contact", 0, 14), ("email", 3, 16), ("status", 0, 0), ("step", 1, 0), ("next", 1, 14), ("due_at", 0, 0),
        ("reason", 1, 10), ("deal", 3, 10), ("started_at", 4, 0), ("ended_at", 3, 0),
    ),
    "segment": (
        ("number", 3, 0), ("name", 0, 14), ("kind", 1, 0), ("size", 0, 0), ("filter", 2, 16), ("formula", 2, 10),
        ("note", 4, 10), ("owner", 5, 6), ("problem", 1, 16),
    ),
    "snapshot": (
        ("number", 0, 0), ("at", 0, 0), ("size", 0, 0), ("came", 1, 0), ("went", 1, 0), ("campaign", 2, 12),
    ),
    "consent": (
        ("contact", 2, 12), ("channel", 0, 0), ("status", 0, 0), ("counts", 1, 0), ("basis", 1, 0), ("source", 0, 10),
        ("at", 0, 0), ("by", 3, 6), ("note", 2, 10),
    ),
    "suppression": (
        ("number", 3, 0), ("kind", 2, 0), ("value", 0, 18), ("channel", 1, 0), ("reason", 0, 0), ("contact", 4, 10),
        ("campaign", 3, 10), ("at", 1, 0), ("by", 4, 6), ("note", 2, 10),
    ),
    "objection": (
        ("kind", 0, 0), ("value", 0, 18), ("channel", 0, 0), ("reason", 0, 0), ("at", 1, 0), ("note", 2, 10),
    ),
    "goal": (
        ("number", 3, 0), ("metric", 0, 0), ("owner", 0, 6), ("period", 0, 0), ("target", 0, 0), ("reached", 0, 0),
        ("share", 0, 0), ("gap", 2, 0), ("expected", 4, 0), ("pace", 1, 0), ("note", 5, 10),
    ),
    "purchase": (
        ("number", 3, 0), ("at", 0, 0), ("customer", 0, 14), ("contact", 2, 12), ("company", 2, 12), ("product", 1, 12),
        ("quantity", 1, 0), ("value", 0, 0), ("source", 4, 8),
    ),
    "rate": (("currency", 0, 0), ("base", 0, 0), ("day", 0, 0), ("rate", 0, 0), ("note", 1, 10)),
    "finding": (("check", 1, 0), ("record", 0, 0), ("problem", 0, 20), ("remedy", 0, 16)),
    "fact": (("name", 0, 0), ("value", 0, 20)),
    "template": (
        ("number", 0, 0), ("name", 0, 12), ("locale", 1, 0), ("subject", 0, 16), ("used_by", 2, 10), ("updated_at", 3, 0),
    ),
    "advice": (("severity", 0, 0), ("where", 0, 0), ("finding", 0, 20), ("remedy", 1, 16)),
}  # fmt: skip


@cache
def all_columns(noun: str) -> dict[str, Column]:
    """Every column of the noun by its JSON key, in the order of the record."""
    view = VIEWS[noun]
    shown = {name: (priority, width) for name, priority, width in _SHOWN[noun]}
    columns = {}
    for name in record_fields(noun):
        # Views are named tuples, and taking a value by its place is the fastest there is.
        get = itemgetter(view._fields.index(name)) if name in view._fields else _CURRENCY[name]
        priority, width = shown.get(name, (9, 8))
        header = name if noun == "tag" else _HEADERS.get(name, name.replace("_", " "))
        columns[name] = Column(name, header, get, _kind(noun, name), priority, width, _TONES.get((noun, name)))
    return columns


_COUNTS = frozenset(
    {("segment", "size"), ("snapshot", "size"), ("sequence", "step_count"), ("sequence", "active"), ("sequence", "finished"),
     ("sequence", "stopped"), ("step", "people"), ("enrolment", "step")}
)  # fmt: skip


# Nouns whose value is whatever it is, and no amount.
_TEXT_VALUES = frozenset({"setting", "fact", "suppression", "objection"})


def _kind(noun: str, name: str) -> str:
    if noun in _TEXT_VALUES and name == "value":
        return "text"
    if (noun, name) in _COUNTS:
        return "integer"
    return "integer" if noun == "tag" and name != "tag" else _KINDS.get(name, "text")


def _revenue_currency(company: View) -> str | None:
    return company.annual_revenue.currency if company.annual_revenue is not None else None


_CURRENCY: dict[str, Callable[[Any], object]] = {
    "annual_revenue_currency": _revenue_currency,
    "currency": lambda total: total.value.currency,
}


def shown_columns(noun: str) -> tuple[Column, ...]:
    """The columns a table of the noun has unless others are asked for."""
    known = all_columns(noun)
    return tuple(known[name] for name, _, _ in _SHOWN[noun])


def choose(noun: str, fields: Sequence[str], custom_keys: Collection[str] = ()) -> tuple[Column, ...]:
    """The columns asked for, in that order; a custom field goes by ``custom.KEY``, or its bare key when it is known.

    Raises:
        UsageError: there is no such field; names the nearest, and lists those there are.
    """
    wanted = [name for field in fields for name in map(str.strip, field.split(",")) if name]
    if not wanted:
        raise UsageError("--fields: names no field", hint=", ".join(all_columns(noun)))
    return tuple(_column(noun, name, custom_keys) for name in wanted)


def choose_picture(view: View, fields: Sequence[str], custom_keys: Collection[str] = ()) -> tuple[Column, ...]:
    """The columns asked for of a whole picture: the record's, and what stands around it."""
    noun = noun_of(view)
    extra = dict(zip(picture_fields(noun), view._fields[1:], strict=True))
    chosen = []
    for name in (name.strip() for field in fields for name in field.split(",")):
        if name in extra:
            chosen.append(Column(name, name.replace("_", " "), attrgetter(extra[name])))
        else:
            chosen += [of_picture(column) for column in choose(noun, [name], custom_keys)]
    return tuple(chosen)


def of_picture(column: Column) -> Column:
    """The record's column, taken from a picture of it."""
    get, tone = column.get, column.tone
    return column._replace(
        get=lambda picture: get(picture.record),
        tone=None if tone is None else lambda picture, now: tone(picture.record, now),
    )


def _column(noun: str, name: str, custom_keys: Collection[str]) -> Column:
    known = all_columns(noun)
    if name in known:
        return known[name]
    custom = "custom_fields" in known
    if custom and name.startswith("custom."):
        return _custom(name, custom_keys)
    if custom and name in custom_keys:
        return _custom(name, custom_keys)
    spelled = _by_flag(noun, name)
    if spelled in known:
        return known[spelled]
    if custom and _key(name, custom_keys):
        return _custom(name, custom_keys)
    raise _unknown(noun, name, [*known, *sorted(custom_keys)])


def _key(name: str, custom_keys: Collection[str]) -> str | None:
    """The custom field of that name, known as a filter knows it."""
    from crmcli.domain.filter_paths import match_key

    return match_key(custom_keys, name)


def _custom(name: str, custom_keys: Collection[str]) -> Column:
    bare = name.removeprefix("custom.")
    key = _key(bare, custom_keys) or bare

    def get(view: View) -> object:
        return view.custom_fields.get(key)

    return Column(name, key, get)


def _by_flag(noun: str, name: str) -> str:
    """The name of the field whose flag was given: ``emails`` for ``email``."""
    from crmcli.domain.fields import FIELDS, find_field

    field = find_field({"task": "activity"}.get(noun, noun), name) if noun in (*FIELDS, "task") else None
    return field.name if field is not None else name.lower().replace("-", "_")


def _unknown(noun: str, name: str, known: list[str]) -> UsageError:
    from crmcli.domain.text import nearest

    near = nearest(name.lower(), known)
    listed = ", ".join(known)
    hint = f"did you mean {near}? there are {listed}" if near else listed
    return UsageError(f"--fields: no field {name} in {noun}", hint=hint)
