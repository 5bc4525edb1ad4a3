"""Which customers are falling silent, against their own rhythm and by the chance that they still are customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.churn import Silence, silences
from crmcli.errors import Refused, UsageError
from crmcli.reports.customers.buying import CURRENCY, CUSTOMER, IDENTITY, buying, need_analytics
from crmcli.reports.customers.lifetime import buyers_of, fitted, sufficient, warnings
from crmcli.reports.report import Chart, Report, ReportColumn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources

_STATES = ("active", "late", "silent", "unknown")
_FORMULA = (
    "silence = days since the last purchase / usual days between purchases (the customer's median, from three purchases "
    "on, else that of all); risk = mean of 1 - 2^-silence and 1 - P(alive)"
)
_COLUMNS = (
    ReportColumn("days_since", "silent", "days", 0, "days from the last purchase to the last day of the period"),
    ReportColumn("usual_gap", "usual gap", "days", 1, "median days between purchases: the customer's own from three on, else that of all"),
    ReportColumn("silence", "gaps", "number", 1, "days since the last purchase / usual gap"),
    ReportColumn("state", "state", "text", 0, "active up to the usual gap, late up to three of them, silent beyond"),
    ReportColumn("p_alive", "alive", "percent", 1, "the chance that the customer still is one (BG/NBD)"),
    ReportColumn("risk", "risk", "percent", 0, "mean of 1 - 2^-silence and, where it is known, 1 - P(alive)"),
    ReportColumn("spent", "spent", "money", 0, "Σ amount of the customer's purchases in the period"),
    ReportColumn("reasons", "why", "text", 3, "what the risk rests on"),
)  # fmt: skip


def churn_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Every customer with the risk of being gone, the greatest first."""
    with buying(sources, inquiry) as found:
        alive, notes = _alive(found)
        listed = silences(found.histories, found.last_day, alive)
        return Report(
            "churn", "customers falling silent", (CUSTOMER, *_COLUMNS, CURRENCY, IDENTITY),
            tuple(_row(found, each) for each in listed), None, len(listed), inquiry.span.label, found.currency, _FORMULA,
            chart=_chart(listed), drill=tuple(found.drill([each.customer]) for each in listed),
            notes=(*found.notes, *notes), whole=found.whole if listed else None,
        )  # fmt: skip


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
