"""Views as documented JSON records: keys and types depend on the noun, never on what a record holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from crmcli.domain.money import Money
from crmcli.domain.views import (
    ActivityView,
    BudgetLine,
    CalendarItem,
    CampaignPicture,
    CampaignView,
    ChangeSetView,
    ChangeView,
    CompanyPicture,
    CompanyView,
    ConsentLine,
    ContactPicture,
    ContactView,
    CostView,
    DealPicture,
    DealView,
    Due,
    DuplicatePair,
    EnrolmentView,
    FactView,
    FindingView,
    MemberEvent,
    MemberPicture,
    MemberView,
    Objection,
    PurchaseLine,
    QuotaView,
    RateView,
    SavedView,
    SearchHit,
    SegmentPicture,
    SegmentView,
    SequencePicture,
    SequenceView,
    SettingView,
    SnapshotView,
    StageTotal,
    StageView,
    StageVisit,
    StepView,
    SuppressionView,
    TagView,
    TemplateFinding,
    TemplateView,
    TodayItem,
)

if TYPE_CHECKING:
    from collections.abc import Callable


# Any of the named tuples of domain.views, and anything that one of them holds.
View: TypeAlias = Any
Value: TypeAlias = Any

VIEWS: dict[str, View] = {
    "contact": ContactView,
    "company": CompanyView,
    "deal": DealView,
    "activity": ActivityView,
    "task": ActivityView,
    "stage": StageView,
    "pipeline": StageTotal,
    "tag": TagView,
    "view": SavedView,
    "search": SearchHit,
    "dupes": DuplicatePair,
    "today": TodayItem,
    "history": ChangeSetView,
    "change": ChangeView,
    "setting": SettingView,
    "finding": FindingView,
    "fact": FactView,
    "template": TemplateView,
    "advice": TemplateFinding,
    "segment": SegmentView,
    "snapshot": SnapshotView,
    "campaign": CampaignView,
    "cost": CostView,
    "budget": BudgetLine,
    "member": MemberView,
    "member_event": MemberEvent,
    "calendar": CalendarItem,
    "sequence": SequenceView,
    "step": StepView,
    "enrolment": EnrolmentView,
    "consent": ConsentLine,
    "suppression": SuppressionView,
    "objection": Objection,
    "goal": QuotaView,
    "purchase": PurchaseLine,
    "rate": RateView,
}
PICTURES: dict[View, str] = {
    ContactPicture: "contact", CompanyPicture: "company", DealPicture: "deal", CampaignPicture: "campaign",
    MemberPicture: "member", SegmentPicture: "segment", SequencePicture: "sequence",
}  # fmt: skip

_STAGE_TOTAL = ("stage", "count", "value", "weighted", "currency", "kind")
_AS_IS = frozenset({str, int, bool, type(None)})


def noun_of(view: View) -> str:
    """The noun that the view, or the picture, shows."""
    shape = type(view)
    return PICTURES.get(shape) or next(noun for noun, of in VIEWS.items() if of is shape)


def record_fields(noun: str) -> tuple[str, ...]:
    """The JSON keys of a noun's records, in their documented order."""
    view = VIEWS[noun]
    fields: tuple[str, ...] = view._fields
    if view is StageTotal:
        return _STAGE_TOTAL
    if view is CompanyView:
        place = fields.index("annual_revenue") + 1
        return (*fields[:place], "annual_revenue_currency", *fields[place:])
    return fields


def picture_fields(noun: str) -> tuple[str, ...]:
    """The JSON keys that ``show`` adds to a noun's record."""
    around = next((picture._fields[1:] for picture, of in PICTURES.items() if of == noun), ())
    return tuple("next_activity" if name == "next_step" else name for name in around)


def as_record(view: View) -> dict[str, object]:
    """The view as its documented JSON object."""
    shape = _SHAPES.get(view.__class__)
    if shape is not None:
        return shape(view)
    return {
        key: value if value is None or value.__class__ is str else plain(value)
        for key, value in zip(view._fields, view, strict=True)
    }


def plain(value: Value) -> object:
    """The value as JSON has it: times in UTC, money a number, a linked record an object, several values a list."""
    shape = value.__class__
    if shape in _AS_IS:
        return value
    convert = _PLAIN.get(shape)
    if convert is not None:
        return convert(value)
    if hasattr(value, "_fields"):
        return as_record(value)
    if hasattr(value, "items"):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list, set, frozenset)):
        return [plain(inner) for inner in value]
    return str(value)


def utc_text(moment: datetime) -> str:
    """The moment in UTC to the second: ``2026-11-21T20:19:00Z``."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat()[:19] + "Z"


def due_text(due: Due) -> str:
    """A deadline as a date, or as a moment in UTC when an hour was given."""
    return due.on.isoformat() if due.at is None else utc_text(due.at)


def _number(value: float) -> float | None:
    # NaN and the infinities are no JSON.
    return value if value - value == 0 else None


_PLAIN: dict[type, Callable[[Any], object]] = {
    datetime: utc_text,
    date: date.isoformat,
    Due: due_text,
    Money: lambda money: money.number,
    float: _number,
}


def _company(view: View) -> dict[str, object]:
    record: dict[str, object] = {}
    for key, value in zip(view._fields, view, strict=True):
        record[key] = plain(value)
        if key == "annual_revenue":
            record["annual_revenue_currency"] = value and value.currency
    return record


def _stage_total(view: View) -> dict[str, object]:
    return {
        "stage": view.stage,
        "count": view.count,
        "value": view.value.number,
        "weighted": view.weighted.number,
        "currency": view.value.currency,
        "kind": view.kind,
    }


def _stage_visit(view: View) -> dict[str, object]:
    return {"stage": view.stage, "at": utc_text(view.at), "by": view.by, "days": round(view.days, 2)}


def _picture(view: View) -> dict[str, object]:
    record = as_record(view.record)
    for key, value in zip(view._fields[1:], view[1:], strict=True):
        record["next_activity" if key == "next_step" else key] = plain(value)
    return record


_SHAPES: dict[type, Callable[[Any], dict[str, object]]] = {
    CompanyView: _company,
    StageTotal: _stage_total,
    StageVisit: _stage_visit,
    ContactPicture: _picture,
    CompanyPicture: _picture,
    DealPicture: _picture,
    CampaignPicture: _picture,
    MemberPicture: _picture,
    SegmentPicture: _picture,
    SequencePicture: _picture,
}
