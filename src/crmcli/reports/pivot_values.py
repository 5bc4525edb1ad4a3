"""What a pivot can count: each value with its definition, worked out by the same queries as the reports."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmcli.domain.dates import zone_of
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio, win_rate
from crmcli.errors import UsageError
from crmcli.reports.bought import ToCome, to_come, unrated_notes
from crmcli.reports.drill import joined
from crmcli.reports.sales.grouping import money
from crmcli.reports.unrated import left_out
from crmcli.store.queries.activity_groups import ACTIVITIES, activity_groups
from crmcli.store.queries.closings import closed_within, closings
from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.groups import COUNT, EMPTY, WHOLE, Group, calendar, day_of_rate, deal_groups, group_rows
from crmcli.store.queries.lengths import wall_seconds
from crmcli.store.queries.reports import activity_figures
from crmcli.store.queries.stage_history import standing
from crmcli.store.queries.worth import RateDay, worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crmcli.reports.inquiry import Inquiry
    from crmcli.services.desk import Desk
    from crmcli.store.queries.purchases import PurchaseView
    from crmcli.store.queries.worth import Day, Worth
    from crmcli.store.reader import Reader

Figures = dict[str, object]


class Value(NamedTuple):
    """A value: how it is shown, the family that it is counted with, what it means, and whether its sums are the total's."""

    name: str
    kind: str
    family: str
    meaning: str
    adds_up: bool = True
    said: str = ""  # the records that it counts, in the filter's words


_WON, _LOST, _BOTH = "stage_kind = won", "stage_kind = lost", "stage_kind in (won, lost)"
VALUES = {
    value.name: value
    for value in (
        Value("deals", "integer", "made", "deals, by the day they were made"),
        Value("won", "integer", "closed", "deals won, by the day they were closed", said=_WON),
        Value("lost", "integer", "closed", "deals lost, by the day they were closed", said=_LOST),
        Value("won_value", "money", "closed", "Σ value of the won deals", said=_WON),
        Value("lost_value", "money", "closed", "Σ value of the lost deals", said=_LOST),
        Value("average_won", "money", "closed", "won value / won deals", adds_up=False, said=_WON),
        Value("win_rate", "percent", "closed", "won / (won + lost), by number", adds_up=False, said=_BOTH),
        Value("win_rate_value", "percent", "closed", "won / (won + lost), by value", adds_up=False, said=_BOTH),
        Value("cycle_mean", "days", "closed", "mean days from made to won", adds_up=False, said=_WON),
        Value("cycle_median", "days", "closed", "median days from made to won", adds_up=False, said=_WON),
        Value("open", "integer", "open", "deals open now, by the day they are expected to close"),
        Value("open_value", "money", "open", "Σ value of the open deals"),
        Value("weighted", "money", "open", "Σ value · probability of the open deals"),
        Value("activities", "integer", "done", "activities done, by when they took place"),
        Value("purchases", "integer", "bought", "imported purchases, or where there are none, won deals; up to today"),
        Value("purchase_value", "money", "bought", "Σ value of the purchases"),
        Value("customers", "integer", "bought", "different customers who bought", adds_up=False),
    )
}


class Counted(NamedTuple):
    """The figures of each group by its key, or by its labels, and what the money leaves out."""

    figures: Mapping[Any, Figures]
    currency: str | None = None
    notes: tuple[str, ...] = ()


class Family:
    """Values that are counted over the same records; ``moment`` is the field that the calendar and the period are about."""

    noun = "deal"
    moment = "closed_at"
    said = ""

    def __init__(self, desk: Desk, reader: Reader, inquiry: Inquiry) -> None:
        self.desk, self.reader, self.inquiry = desk, reader, inquiry

    @cached_property
    def where(self) -> Condition:
        """The user's filter."""
        return self.desk.condition(self.reader, self.noun, self.inquiry.filter)

    def group(self, by: str) -> Group:
        """What one dimension tells apart; raises UsageError for one that these records don't have."""
        bounds = None if self.moment == "expected_close" else self.inquiry.span.bounds
        return deal_groups(self.reader, self.desk, by, self.moment, bounds)

    @property
    def whole(self) -> Group:
        """All the records as one group."""
        return WHOLE

    def worth(self, day: Day | None = None) -> Worth:
        """What a record is worth, by the rate of a day; of that of closing unless told otherwise."""
        day = day or RateDay(zone_of(self.inquiry.now))
        return worth(self.reader, self.inquiry.currency, self.desk.currency, day=day)

    def count(self, group: Group, values: Sequence[Value]) -> Counted:
        """The figures of each group, by its key."""
        raise NotImplementedError

    def inside(self, value: Value) -> Condition:
        """The records that a value counts."""
        raise NotImplementedError


class Made(Family):
    """All deals, by when they were made."""

    moment = "created_at"

    def count(self, group: Group, values: Sequence[Value]) -> Counted:
        """How many."""
        rows = group_rows(self.reader, group, (COUNT,), self.inside(values[0]))
        return Counted({key: {"deals": n} for key, n in rows})

    def inside(self, value: Value) -> Condition:  # noqa: ARG002
        """Those made in the period."""
        bounds = self.inquiry.span.bounds
        return both(self.where, Condition("r.created_at >= ? AND r.created_at < ?", bounds) if bounds else EVERYTHING)


class Closed(Family):
    """Deals that were won or lost, by when they were."""

    def count(self, group: Group, values: Sequence[Value]) -> Counted:
        """As ``crm report won`` and ``crm report lost`` count them."""
        money_of, closed = self.worth(), closed_within(self.where, self.inquiry.span.bounds)
        code, found = money_of.currency, dict[object, Figures]()
        for key, deals in closings(self.reader, group, money_of, closed).items():
            found[key] = {
                "won": deals.won,
                "lost": deals.lost,
                "won_value": money(deals.known_value, code),
                "lost_value": money(deals.lost_value, code),
                "average_won": money(ratio(deals.won_value, deals.rated), code),
                "win_rate": win_rate(deals.won, deals.lost),
                "win_rate_value": win_rate(deals.won_value, deals.lost_value),
            }
        if any(value.name.startswith("cycle") for value in values):
            for key, mean, median in self._cycles(group, closed):
                found[key] |= {"cycle_mean": mean, "cycle_median": median}
        notes = left_out(self.desk, self.reader, money_of, closed) if _ask_money(values) else ()
        return Counted(found, code, notes)

    def inside(self, value: Value) -> Condition:
        """Those won, lost or both, in the period."""
        kind = {_WON: "s.kind = 'won'", _LOST: "s.kind = 'lost'"}.get(value.said)
        return both(closed_within(self.where, self.inquiry.span.bounds), Condition(kind) if kind else EVERYTHING)

    def _cycles(self, group: Group, closed: Condition) -> Iterable[tuple[object, float | None, float | None]]:
        took = wall_seconds(self.reader, self.desk.clock, "r.created_at", "r.closed_at")
        days = f"CASE WHEN {took.sql} >= 0 THEN {took.sql} / 86400.0 END"
        params = (*took.params, *took.params)
        measures = [Condition(f"{name}({days})", params) for name in ("AVG", "MEDIAN")]
        won = both(closed, Condition("s.kind = 'won'"))
        return ((key, mean, median) for key, mean, median in group_rows(self.reader, group, measures, won))


class Open(Family):
    """Deals that are open now, by when they are expected to close."""

    moment = "expected_close"
    said = "stage_kind = open"

    def count(self, group: Group, values: Sequence[Value]) -> Counted:
        """As ``crm report pipeline`` counts them."""
        day = day_of_rate(self.inquiry.now)
        money_of, still = self.worth(day), self.inside(values[0])
        sums: dict[object, list[float]] = {}
        for key, _, count, value, weighted in standing(self.reader, group, money_of, still):
            so_far = sums.setdefault(key, [0, 0.0, 0.0])
            for place, figure in enumerate((count, value, weighted)):
                so_far[place] += figure
        code = money_of.currency
        found: dict[object, Figures] = {
            key: {"open": int(n), "open_value": money(value, code), "weighted": money(weighted, code)}
            for key, (n, value, weighted) in sums.items()
        }
        notes = left_out(self.desk, self.reader, money_of, still, day) if _ask_money(values) else ()
        return Counted(found, code, notes)

    def inside(self, value: Value) -> Condition:  # noqa: ARG002
        """Those open now."""
        return both(self.where, Condition("s.kind = 'open'"), self._expected())

    def _expected(self) -> Condition:
        """Expected within the period, which is then one of local days."""
        span = self.inquiry.span
        if span.bounds is None:
            return Condition("1 = 1")
        if span.days is None:
            raise UsageError("open deals are expected on days, not within them", hint="--period with whole days")
        return Condition(
            "r.expected_close >= ? AND r.expected_close < ?", (span.days.start.isoformat(), span.days.end.isoformat())
        )


class Done(Family):
    """Activities that were done."""

    noun, moment, said = "activity", "at", "status = done"

    def group(self, by: str) -> Group:
        """What activities are told apart by."""
        return activity_groups(self.reader, self.desk, by, self.inquiry.span.bounds)

    @property
    def whole(self) -> Group:
        """All activities."""
        return Group("", noun=self.noun, source=ACTIVITIES)

    def count(self, group: Group, values: Sequence[Value]) -> Counted:  # noqa: ARG002
        """As ``crm report activity`` counts them."""
        figures = activity_figures(self.reader, group, self.where, self.inquiry.span.bounds)
        return Counted({key: {"activities": done} for key, (done, _, _) in figures.items() if done})

    def inside(self, value: Value) -> Condition:  # noqa: ARG002
        """Those done in the period."""
        bounds = self.inquiry.span.bounds
        period = Condition("r.at >= ? AND r.at < ?", bounds) if bounds else EVERYTHING
        return both(self.where, Condition("r.status = 'done'"), period)


class Bought(Family):
    """What customers bought: imported purchases, or where there are none, won deals."""

    def __init__(self, desk: Desk, reader: Reader, inquiry: Inquiry) -> None:
        from crmcli.store.queries.purchases import purchase_view

        self.view: PurchaseView = purchase_view(reader, None, inquiry.currency, desk.currency, inquiry.now)
        self.noun = self.view.noun
        self.moment = "at" if self.noun == "purchase" else "closed_at"
        super().__init__(desk, reader, inquiry)

    @cached_property
    def coming(self) -> ToCome:
        """What keeps out those of days to come, as in the reports about customers."""
        return to_come(self.reader, self.view, self.inquiry.span.bounds, self.where, self.inquiry.now)

    def group(self, by: str) -> Group:
        """What purchases are told apart by: as deals where they are deals."""
        if self.noun == "deal":
            return super().group(by)
        from crmcli.domain.stretches import UNITS
        from crmcli.store.queries.purchases_by import log_groups

        wanted = by.strip().lower().replace("_", "-")
        if wanted in UNITS:
            bounds = self.inquiry.span.bounds
            return calendar(self.reader, self.desk, wanted, "at", bounds, "purchase")._replace(source=_PURCHASES)
        if wanted in _BUYERS:
            return Group(wanted, _BUYERS[wanted], noun="purchase", source=_PURCHASES)
        found = log_groups(self.reader, self.desk, self.view, by, (*_BUYERS, *UNITS))
        return found._replace(source=_PURCHASES)

    @property
    def whole(self) -> Group:
        """All purchases."""
        return WHOLE if self.noun == "deal" else Group("", noun="purchase", source=_PURCHASES)

    def count(self, group: Group, values: Sequence[Value]) -> Counted:
        """How many, for how much, and by how many."""
        view, bounds, where = self.view, self.inquiry.span.bounds, both(self.where, self.coming.where)
        self.said = joined("" if self.noun == "purchase" else _WON, self.coming.said)
        measures = (
            COUNT,
            Condition(f"SUM(CAST({view.worth.sql} AS DOUBLE PRECISION))", view.worth.params),
            Condition(f"COUNT(DISTINCT {view.key})"),
        )
        rows = group_rows(self.reader, group, measures, self.inside(values[0]))
        found: dict[object, Figures] = {
            key: {"purchases": n, "purchase_value": money(value, view.currency), "customers": customers}
            for key, n, value, customers in rows
        }
        notes = unrated_notes(self.desk, self.reader, view, bounds, where) if _ask_money(values) else ()
        return Counted(found, view.currency, (*notes, *self.coming.notes))

    def inside(self, value: Value) -> Condition:  # noqa: ARG002
        """What was bought in the period, but for what is dated in days to come."""
        at, bounds = self.view.at, self.inquiry.span.bounds
        period = Condition(f"{at} >= ? AND {at} < ?", bounds) if bounds else Condition(f"{at} IS NOT NULL")
        won = Condition("s.kind = 'won'") if self.noun == "deal" else EVERYTHING
        return both(self.where, self.coming.where, won, period)


_PURCHASES = (
    # Companies last: they are left out where nothing is asked of them.
    " FROM purchase r LEFT JOIN contact k ON k.id = r.contact_id AND k.deleted_at IS NULL"
    " LEFT JOIN company o ON o.id = r.company_id AND o.deleted_at IS NULL"
)
_BUYERS = {"customer": "COALESCE(o.name, k.name, r.customer)", "contact": "k.name"}
FAMILIES: dict[str, Callable[[Desk, Reader, Inquiry], Family]] = {
    "made": Made, "closed": Closed, "open": Open, "done": Done, "bought": Bought,
}  # fmt: skip


class Crossed(NamedTuple):
    """Several groupings at once: ``key`` is the grouping by all of them, ``groups`` are they themselves."""

    key: Group
    groups: tuple[Group, ...]

    def labels(self, key: object) -> tuple[str | None, ...]:
        """The labels of a group, one for each grouping."""
        parts: Sequence[object] = key if len(self.groups) > 1 else (key,)  # type: ignore[assignment]
        return tuple(group.label(part) for group, part in zip(self.groups, parts, strict=True))


def crossed(groups: Sequence[Group], whole: Group) -> Crossed:
    """Groupings as one, or the ``whole`` where there are none; raises UsageError for two of which a record can have several each."""
    if not groups:
        return Crossed(whole, ())
    shared = [group.name for group in groups if group.is_shared]
    if len(shared) > 1:
        raise UsageError(f"{' and '.join(shared)} can't be crossed", hint="one of them as --filter")
    first = groups[0]
    joined = tuple(dict.fromkeys(group.joins for group in groups if group.joins != EMPTY))
    joins = Condition("".join(each.sql for each in joined), tuple(param for each in joined for param in each.params))
    sql = first.sql if len(groups) == 1 else f"row({', '.join(group.sql for group in groups)})"
    params = tuple(param for group in groups for param in group.params)
    key = Group("crossed", sql, params, joins, noun=first.noun, source=first.source)
    return Crossed(key, tuple(groups))


def _ask_money(values: Sequence[Value]) -> bool:
    """Whether any of the values is money, or of money."""
    return any(value.kind == "money" or value.name == "win_rate_value" for value in values)
