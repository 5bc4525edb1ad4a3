"""Who is likely to respond to a campaign, learned from all that were sent before."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.response import Person, Propensity, fit, propensities
from crmcli.reports.customers.buying import CURRENCY, buying, need_analytics
from crmcli.reports.drill import numbered
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.store.queries.campaign_views import campaign_named
from crmcli.store.queries.responding import addressed, buying_keys, kind_of, sends, waiting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.store.queries.responding import Addressee, Send

_FORMULA = (
    "logistic regression with a ridge of 1 on standardised ln(1 + days since purchase), ln(1 + purchases), ln(1 + spent), "
    "has bought, ln(1 + sent before), response rate before and channel, each as of the day of sending"
)
_COLUMNS = (
    ReportColumn("contact", "contact", "text", 0, "the person"),
    ReportColumn("propensity", "will respond", "percent", 0, "the chance of a response by the model"),
    ReportColumn("days_since", "days since", "days", 1, "days from the last purchase, the person's or their company's"),
    ReportColumn("purchases", "purchases", "integer", 1, "days on which they bought"),
    ReportColumn("spent", "spent", "money", 1, "Σ amount of what they bought"),
    ReportColumn("channel", "channel", "text", 2, "the kind of the campaign, or of the last one that was sent to them"),
    ReportColumn("sent_before", "sent", "integer", 2, "campaigns sent to them before"),
    ReportColumn("responded_before", "responded", "integer", 2, "of these, how many they responded to before"),
    CURRENCY,
    ReportColumn("id", "id", "text", 99, "the person's id"),
)


class _Past(NamedTuple):
    """What was sent to somebody so far, and when they responded."""

    sent: int
    responded: tuple[date, ...]
    kind: str


class _Bought(NamedTuple):
    """Purchase days in order, and the money spent up to each."""

    days: Sequence[date]
    spent: Sequence[int]


def response_report(sources: Sources, inquiry: Inquiry) -> Report:
    """The members that a campaign was not sent to yet, or whoever was ever written to, the likeliest to respond first.

    Raises UsageError where numpy and scipy are missing, NotFound for the campaign, Refused on too little to learn from.
    """
    need_analytics("report response")
    with buying(sources, inquiry._replace(filter=None)) as found:
        desk, reader = found.desk, found.reader
        where, named = desk.condition(reader, "contact", inquiry.filter), str(inquiry.options.get("campaign") or "")
        campaign = campaign_named(reader, named) if named else None
        bought = _Purchases(found, buying_keys(reader))
        examples, answers, past = _examples(sends(reader), bought, inquiry)
        if not examples:
            return Report(
                "response", "who will respond", _COLUMNS, (), formula=_FORMULA, notes=("nothing was sent yet",)
            )
        model = fit(examples, answers)
        kind = kind_of(reader, campaign.number) if campaign else None
        people = waiting(reader, campaign.number, where) if campaign else addressed(reader, where)
        today = inquiry.now.date()
        known = [
            _person(str(each.number), bought.of(each.number), past.get(each.number), kind, today) for each in people
        ]
        scored = _scored(people, known, propensities(model, known))
        notes = (_worth(model), *((f"nobody waits to be sent {campaign.name}",) if campaign and not people else ()))
        return Report(
            "response", f"who will respond to {campaign.name}" if campaign else "who will respond", _COLUMNS,
            tuple(_row(found, *each) for each in scored), None, len(people), None, found.currency, _FORMULA, _model(model),
            _chart(model), tuple(numbered("contact", [each.number]) for each, _, _ in scored), notes=(*notes, *found.found.notes),
        )  # fmt: skip


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
            self._known[key] = _Bought(list(days), list(accumulate(days.values())))
        return self._known[key]


def _examples(
    sent: Iterable[Send], bought: _Purchases, inquiry: Inquiry
) -> tuple[list[Person], list[bool], dict[int, _Past]]:
    """Each person as they stood when a campaign was sent to them, whether they responded, and what all of it left."""
    people, answers, past = list[Person](), list[bool](), dict[int, _Past]()
    for place, send in enumerate(sent):
        day = send.sent_at.astimezone(inquiry.now.tzinfo).date()
        so_far = past.get(send.contact)
        people.append(_person(f"{place:09}", bought.of(send.contact), so_far, send.kind, day))
        answers.append(send.responded_at is not None)
        responded = so_far.responded if so_far else ()
        if send.responded_at is not None:
            responded = (*responded, send.responded_at.astimezone(inquiry.now.tzinfo).date())
        past[send.contact] = _Past((so_far.sent if so_far else 0) + 1, responded, send.kind)
    return people, answers, past


def _person(key: str, bought: _Bought | None, past: _Past | None, kind: str | None, day: date) -> Person:
    """Somebody as they are known on a day, that day's own purchases and responses not yet."""
    place = bisect_left(bought.days, day) if bought else 0
    since = (day - bought.days[place - 1]).days if bought and place else None
    spent = bought.spent[place - 1] if bought and place else 0
    responded = sum(at < day for at in past.responded) if past else 0
    return Person(key, since, place, spent, kind or (past.kind if past else ""), past.sent if past else 0, responded)


def _scored(
    people: Sequence[Addressee], known: Sequence[Person], chances: Sequence[float]
) -> list[tuple[Addressee, Person, float]]:
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


def _chart(model: Propensity) -> Chart:
    """Whether those held out responded as often as they were expected to."""
    bins = model.calibration
    labels = tuple(f"fifth {place}" for place in range(1, len(bins) + 1))
    observed = ("observed", tuple(each.observed for each in bins))
    return Chart(
        "line", labels, tuple(each.expected for each in bins), "percent",
        "responses of those held out, from the least likely fifth to the likeliest: expected", (observed,),
    )  # fmt: skip
