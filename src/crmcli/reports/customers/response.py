"""Who is likely to respond to a campaign, learned from all that were sent before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import mean, ratio
from crmcli.domain.response import Person, Propensity, fit, propensities
from crmcli.reports.customers.buying import CURRENCY, buying, need_analytics
from crmcli.reports.customers.groups import own_way
from crmcli.reports.drill import numbered
from crmcli.reports.period import Window
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.reports.sales.grouping import chart_of, group_cell, group_column, ordered, titled
from crmcli.reports.unrated import shared
from crmcli.store.queries.campaign_views import campaign_named
from crmcli.store.queries.condition import Condition
from crmcli.store.queries.groups import group_values
from crmcli.store.queries.lead_groups import lead_groups
from crmcli.store.queries.newcomers import newcomers
from crmcli.store.queries.responding import addressed, buying_keys, kind_of, sends, waiting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.services.desk import Desk
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.responding import Addressee, Send
    from crmcli.store.reader import Reader

    _Rated = tuple[Addressee, Person, float]

_FORMULA = (
    "logistic regression with a ridge of 1 on standardised ln(1 + days since purchase), ln(1 + purchases), ln(1 + spent), "
    "has bought, ln(1 + sent before), response rate before and channel, each as of the sending"
)
_COLUMNS = (
    ReportColumn("contact", "contact", "text", 0, "the person"),
    ReportColumn("propensity", "will respond", "percent", 0, "the chance of a response by the model"),
    ReportColumn("days_since", "days since", "days", 1, "days from the last purchase, the person's or their company's"),
    ReportColumn("purchases", "purchases", "integer", 1, "days on which they bought", "none"),
    ReportColumn("spent", "spent", "money", 1, "Σ amount of what they bought", "none"),
    ReportColumn("channel", "channel", "text", 2, "the kind of the campaign, or of the last one that was sent to them"),
    ReportColumn("sent_before", "sent", "integer", 2, "campaigns sent to them before", "none"),
    ReportColumn(
        "responded_before", "responded", "integer", 2, "of these, how many they responded to up to now", "none"
    ),
    CURRENCY,
    ReportColumn("id", "id", "text", 99, "the person's id"),
)

_GROUPED = (
    ReportColumn("people", "people", "integer", 0, "people who are rated"),
    ReportColumn("propensity", "will respond", "percent", 0, "mean chance of a response by the model"),
    ReportColumn(
        "expected", "expected", "number", 0, "Σ chance of a response: how many responses to expect of one sending"
    ),
    ReportColumn("sent_before", "sent", "integer", 2, "Σ campaigns sent to them before"),
    ReportColumn(
        "responded_before", "responded", "percent", 1, "campaigns they responded to before / campaigns sent to them"
    ),
)
_NOTHING = "nothing was sent in the period"
_TENTHS = 10


class _Past(NamedTuple):
    """When something was sent to somebody so far, and when they responded to it, the earliest first."""

    sent: tuple[datetime, ...]
    responded: tuple[datetime, ...]
    kind: str


_NOTHING_YET = _Past((), (), "")


class _Bought(NamedTuple):
    """Purchase days in order, and the money spent up to each."""

    days: Sequence[date]
    spent: Sequence[int]


def response_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Those that a campaign is still to be sent to, started or not, or whoever was ever written to, the likeliest to respond first.

    It is learned from what was sent in the period; told apart there is a row for each group. Raises UsageError where numpy and
    scipy are missing or people can't be told apart so, NotFound for the campaign, Refused on too little to learn from.
    """
    need_analytics("report response")
    is_by_person = own_way(inquiry, CUSTOMER_GROUPS["response"]) is not None
    # What was bought before the period, and since, is known of people all the same.
    with buying(sources, inquiry._replace(filter=None, span=Window())) as found:
        desk, reader = found.desk, found.reader
        where, named = desk.condition(reader, "contact", inquiry.filter), str(inquiry.options.get("campaign") or "")
        campaign = campaign_named(reader, named) if named else None
        group = None if is_by_person else lead_groups(reader, desk, inquiry.by or "")
        bought = _Purchases(found, buying_keys(reader))
        examples, answers, past = _examples(sends(reader), bought, inquiry)
        if not examples:
            return Report(
                "response", "who will respond", _COLUMNS if group is None else (*group_column(group), *_GROUPED), (),
                period=inquiry.span.label, formula=_FORMULA, notes=(_NOTHING if past else "nothing was sent yet",),
            )  # fmt: skip
        model = fit(examples, answers)
        kind = kind_of(reader, campaign.number) if campaign else None
        people = _waiting(desk, reader, campaign.number, where) if campaign else addressed(reader, where)
        known = [_today(bought.of(each.number), past.get(each.number), kind, inquiry, each.number) for each in people]
        scored = _scored(people, known, propensities(model, known))
        notes = (_worth(model), *((f"nobody waits to be sent {campaign.name}",) if campaign and not people else ()))
        answer = _one_by_one(found, scored) if group is None else _in_groups(found, group, scored)
        title = f"who will respond to {campaign.name}" if campaign else "who will respond"
        return answer._replace(
            title=titled(title, group) if group else title, n=len(people), period=inquiry.span.label,
            formula=_FORMULA, model=_model(model), notes=(*notes, *answer.notes, *found.found.notes),
        )  # fmt: skip


def _waiting(desk: Desk, reader: Reader, campaign: int, where: Condition) -> list[Addressee]:
    """Whom a campaign is still to be sent to: its members, and those whom starting it would make members."""
    return sorted((*waiting(reader, campaign, where), *newcomers(reader, desk, campaign, where)))


def _one_by_one(found: Buying, scored: Sequence[_Rated]) -> Report:
    return Report(
        "response", "", _COLUMNS, tuple(_row(found, *each) for each in scored), currency=found.currency,
        chart=_chart([chance for _, _, chance in scored]),
        drill=tuple(numbered("contact", [each.number]) for each, _, _ in scored),
    )  # fmt: skip


def _in_groups(found: Buying, group: Group, scored: Sequence[_Rated]) -> Report:
    """The likeliest group first; a person who is in several counts in each."""
    known = {each[0].number: each for each in scored}
    divided: dict[object, list[_Rated]] = {}
    for key, number in group_values(found.reader, group, [Condition("r.id")]):
        if number in known:
            divided.setdefault(None if key == "" else key, []).append(known[number])
    lines = ordered(group, divided, lambda some: _mean(some) or 0)
    shown = [(key, _mean(some)) for key, some in lines]
    return Report(
        "response", "", (*group_column(group), *_GROUPED),
        tuple((*group_cell(group, key), *_figures(some)) for key, some in lines),
        (None, *_figures(scored)) if len(lines) > 1 else None,
        chart=chart_of(group, shown, "percent", "mean chance of a response", of_nothing=None),
        drill=tuple(numbered("contact", [each.number for each, _, _ in some]) for _, some in lines), notes=shared(group),
    )  # fmt: skip


def _figures(some: Sequence[_Rated]) -> tuple[object, ...]:
    sent, responded = (
        sum(getattr(person, name) for _, person, _ in some) for name in ("sent_before", "responded_before")
    )
    return len(some), _mean(some), sum(chance for _, _, chance in some), sent, ratio(responded, sent)


def _mean(some: Sequence[_Rated]) -> float | None:
    return mean([chance for _, _, chance in some])


class _Purchases:
    """What people, or their companies, bought up to some day."""

    def __init__(self, found: Buying, keys: Mapping[int, Sequence[str]]) -> None:
        self._keys = keys
        self._histories = found.histories
        self._known: dict[str, _Bought] = {}

    def of(self, contact: int) -> _Bought | None:
        """All that is known of a person's purchases, or else of their company's."""
        key = next((key for key in self._keys.get(contact, ()) if key in self._histories), None)
        if key is None:
            return None
        if key not in self._known:
            days = self._histories[key]
            self._known[key] = _Bought(list(days), list(accumulate(amount or 0 for amount in days.values())))
        return self._known[key]


def _examples(
    sent: Iterable[Send], bought: _Purchases, inquiry: Inquiry
) -> tuple[list[Person], list[bool], dict[int, _Past]]:
    """Each person as they stood when a campaign was sent to them in the period, whether they responded, and what all sends left."""
    people, answers, past = list[Person](), list[bool](), dict[int, _Past]()
    for place, send in enumerate(sent):
        at, so_far = send.sent_at, past.get(send.contact, _NOTHING_YET)
        if _is_within(inquiry, send):
            day = at.astimezone(inquiry.now.tzinfo).date()
            counts = bisect_left(so_far.sent, at), bisect_left(so_far.responded, at)
            people.append(_person(f"{place:09}", bought.of(send.contact), day, send.kind, counts))
            answers.append(send.responded_at is not None)
        answered = (send.responded_at,) if send.responded_at is not None else ()
        past[send.contact] = _Past((*so_far.sent, at), tuple(sorted((*so_far.responded, *answered))), send.kind)
    return people, answers, past


def _is_within(inquiry: Inquiry, send: Send) -> bool:
    """Whether something was sent in the period."""
    from crmcli.domain.records import utc_text

    bounds = inquiry.span.bounds
    return bounds is None or bounds[0] <= utc_text(send.sent_at) < bounds[1]


def _today(bought: _Bought | None, past: _Past | None, kind: str | None, inquiry: Inquiry, contact: int) -> Person:
    """Somebody as they are known now, with all that was noted up to this moment."""
    from datetime import timedelta

    past = past or _NOTHING_YET
    counts = bisect_right(past.sent, inquiry.now), bisect_right(past.responded, inquiry.now)
    tomorrow = inquiry.now.date() + timedelta(days=1)
    person = _person(str(contact), bought, tomorrow, kind or past.kind, counts)
    return person if person.days_since is None else person._replace(days_since=person.days_since - 1)


def _person(key: str, bought: _Bought | None, before: date, kind: str, counts: tuple[int, int]) -> Person:
    """Somebody with what they bought before a day, and to how many of how many sends they responded until then."""
    place = bisect_left(bought.days, before) if bought else 0
    since = (before - bought.days[place - 1]).days if bought and place else None
    spent = bought.spent[place - 1] if bought and place else 0
    return Person(key, since, place, spent, kind, *counts)


def _scored(people: Sequence[Addressee], known: Sequence[Person], chances: Sequence[float]) -> list[_Rated]:
    return sorted(zip(people, known, chances, strict=True), key=lambda each: (-each[2], each[0].number))


def _row(found: Buying, each: Addressee, person: Person, chance: float) -> tuple[object, ...]:
    return (
        each.name, chance, person.days_since, person.purchases, found.money(person.spent), person.channel,
        person.sent_before, person.responded_before, found.currency, each.id,
    )  # fmt: skip


def _worth(model: Propensity) -> str:
    return (
        f"held-out AUC {model.auc:.3f} (0.5 is chance, 1 is certain) on {model.held_out} of {model.n} sends, seed"
        f" {model.seed}; {model.responders} responded"
    )


def _model(model: Propensity) -> dict[str, object]:
    return {
        "auc": model.auc, "n": model.n, "responders": model.responders, "held_out": model.held_out, "seed": model.seed,
        "weights": dict(zip(model.names, model.weights, strict=True)),
        "calibration": [each._asdict() for each in model.calibration],
    }  # fmt: skip


def _chart(chances: Sequence[float]) -> Chart | None:
    """How many people are how likely to respond."""
    if not chances:
        return None
    counts = [0] * _TENTHS
    for chance in chances:
        counts[min(int(chance * _TENTHS), _TENTHS - 1)] += 1
    labels = tuple(f"{100 * place // _TENTHS} to {100 * (place + 1) // _TENTHS} %" for place in range(_TENTHS))
    return Chart("bar", labels, tuple(map(float, counts)), title="people by the chance that they respond")
