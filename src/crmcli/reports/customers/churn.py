"""Which customers are falling silent, against their own rhythm and by the chance that they still are customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.churn import Silence, silences
from crmcli.domain.metrics import mean, ratio, total
from crmcli.errors import Refused, UsageError
from crmcli.reports.customers.buying import CURRENCY, CUSTOMER, IDENTITY, buying, need_analytics
from crmcli.reports.customers.groups import bars, grouped, own_way, themselves
from crmcli.reports.customers.lifetime import buyers_of, fitted, sufficient, warnings
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill

_STATES = ("active", "late", "silent", "unknown")
_FORMULA = (
    "silence = days since the last purchase / usual days between purchases (the median of the customer's own gaps, from "
    "three purchases on, else the median of these customers' medians); risk = mean of 1 - 2^-silence and 1 - P(alive)"
)
_COLUMNS = (
    ReportColumn("days_since", "silent", "days", 0, "days from the last purchase to the last day of the period"),
    ReportColumn("usual_gap", "usual gap", "days", 1, "median days between purchases: one's own from three on, else the median of such"),
    ReportColumn("silence", "gaps", "number", 1, "days since the last purchase / usual gap"),
    ReportColumn("state", "state", "text", 0, "active up to the usual gap, late up to three of them, silent beyond", "none"),
    ReportColumn("p_alive", "alive", "percent", 1, "the chance that the customer still is one (BG/NBD)"),
    ReportColumn("risk", "risk", "percent", 0, "mean of 1 - 2^-silence and, where it is known, 1 - P(alive)"),
    ReportColumn("spent", "spent", "money", 0, "Σ amount of the customer's purchases in the period"),
    ReportColumn("reasons", "why", "text", 3, "what the risk rests on", "none"),
)  # fmt: skip


_AT_RISK = 0.5
_GROUPED = (
    ReportColumn("customers", "customers", "integer", 0, "customers of the group"),
    ReportColumn("at_risk", "at risk", "integer", 0, "of them those whose risk of being gone is 50 % or more"),
    ReportColumn("share", "share", "percent", 0, "at risk / customers whose risk is known"),
    ReportColumn("risk", "risk", "percent", 1, "mean risk of those for whom it is known"),
    ReportColumn("silent", "silent", "integer", 2, "of them those silent for more than three usual gaps"),
    ReportColumn("spent", "spent", "money", 1, "Σ amount of what they bought in the period"),
    ReportColumn("value_at_risk", "of it at risk", "money", 0, "Σ amount of what those at risk bought in the period"),
)


def churn_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Every customer with the risk of being gone, the greatest first, or how many are at risk in each group.

    Raises UsageError for what customers can't be told apart by.
    """
    is_by_customer = own_way(inquiry, CUSTOMER_GROUPS["churn"]) is not None
    with buying(sources, inquiry) as found:
        alive, notes = _alive(found)
        listed = silences(found.histories, found.last_day, alive)
        answer = (_one_by_one if is_by_customer else _in_groups)(found, listed)
        return answer._replace(
            n=len(listed), period=inquiry.span.label, currency=found.currency, formula=_FORMULA,
            notes=(*answer.notes, *found.notes, *notes), whole=found.whole if listed else None,
        )  # fmt: skip


def _one_by_one(found: Buying, listed: Sequence[Silence]) -> Report:
    return Report(
        "churn", "customers falling silent", (CUSTOMER, *_COLUMNS, CURRENCY, IDENTITY),
        tuple(_row(found, each) for each in listed), chart=_chart(listed),
        drill=tuple(found.drill([each.customer]) for each in listed),
    )  # fmt: skip


def _in_groups(found: Buying, listed: Sequence[Silence]) -> Report:
    answer, parts = grouped(
        found, "churn", "customers falling silent,", (*_GROUPED, CURRENCY), {each.customer: each for each in listed},
        lambda some: (*_figures(found, list(some.values())), found.currency),
        lambda some: _value_at_risk(list(some.values())) or 0, lambda some: _cells(found, list(some.values())),
    )  # fmt: skip
    shares = [(label, _share(list(some.values()))) for label, some in parts]
    return answer._replace(chart=bars(shares, "percent", "share of the customers that is at risk"))


def _figures(found: Buying, some: Sequence[Silence]) -> tuple[object, ...]:
    return (
        len(some), len(_at_risk(some)), _share(some), mean([each.risk for each in some if each.risk is not None]),
        len(_silent(some)), found.money(total(each.spent for each in some)), found.money(_value_at_risk(some)),
    )  # fmt: skip


def _at_risk(some: Sequence[Silence]) -> list[Silence]:
    return [each for each in some if each.risk is not None and each.risk >= _AT_RISK]


def _silent(some: Sequence[Silence]) -> list[Silence]:
    return [each for each in some if each.state == "silent"]


def _share(some: Sequence[Silence]) -> float | None:
    return ratio(len(_at_risk(some)), sum(each.risk is not None for each in some))


def _value_at_risk(some: Sequence[Silence]) -> int | None:
    return total(each.spent for each in _at_risk(some))


def _cells(found: Buying, some: Sequence[Silence]) -> dict[str, Drill | None]:
    at_risk = [each.customer for each in _at_risk(some)]
    return {
        "at_risk": themselves(found, at_risk),
        "silent": themselves(found, [each.customer for each in _silent(some)]), "value_at_risk": found.drill(at_risk),
    }  # fmt: skip


def _alive(found: Buying) -> tuple[Mapping[str, float], tuple[str, ...]]:
    """P(alive) of each customer, or why there is none."""
    people = buyers_of(found)
    try:
        need_analytics("P(alive)")
        model = fitted(people)
    except (Refused, UsageError) as refusal:
        remedy = f" ({refusal.hint})" if isinstance(refusal, UsageError) else ""
        return {}, (f"without P(alive): {refusal}{remedy}",)
    if model.edge:
        return {}, (f"without P(alive): {warnings(model)[0]}",)
    from crmcli.domain.buy_till_you_die import p_alive

    chances = p_alive(model, *sufficient(people)).tolist()
    return {each.customer: chance for each, chance in zip(people, chances, strict=True)}, ()


def _row(found: Buying, each: Silence) -> tuple[object, ...]:
    return (
        found.label(each.customer), each.days_since, each.usual, each.times, each.state, each.p_alive, each.risk,
        found.money(each.spent), ", ".join(each.reasons), found.currency, found.identity(each.customer),
    )  # fmt: skip


def _chart(listed: Sequence[Silence]) -> Chart | None:
    counts = {state: sum(each.state == state for each in listed) for state in _STATES}
    known = {state: count for state, count in counts.items() if count}
    return Chart("bar", tuple(known), tuple(map(float, known.values())), title="customers by state") if known else None
