"""Which few customers, or products, make most of the money."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from crmcli.domain.metrics import total
from crmcli.domain.pareto import Ranked, ranked, top_share
from crmcli.reports.customers.buying import CURRENCY, CUSTOMER, IDENTITY, buying
from crmcli.reports.customers.groups import Paid, bars, groups_of, own_way, themselves
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.store.queries.purchases import customer_totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.customers.groups import Groups
    from crmcli.reports.inquiry import Inquiry, Sources

_FORMULA = (
    "class A: who it takes to come to 80 % of the money, B up to 95 %, C the rest; equal amounts share a class; "
    "who has no known money is in none"
)
_STEPS = 20
_TOPS = (0.01, 0.05, 0.1, 0.2, 0.5)
_BUYERS = ReportColumn("customers", "customers", "integer", 1, "customers who bought something of it")
_COLUMNS = (
    ReportColumn("value", "money", "money", 0, "Σ amount of the purchases in the period"),
    ReportColumn("share", "share", "percent", 0, "money / all money", "share"),
    ReportColumn("cumulated", "up to here", "percent", 0, "money of this one and all above / all money"),
    ReportColumn("class", "class", "text", 0, "A, B or C", "none"),
)


def pareto_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Customers, products or whatever they are told apart by, the most money first, with their classes.

    Raises UsageError for what customers can't be told apart by.
    """
    is_by_customer = own_way(inquiry, CUSTOMER_GROUPS["pareto"]) is not None
    with buying(sources, inquiry, by_day=False) as found:
        whole, answer = (_customers if is_by_customer else _groups)(found)
        what = "customers" if is_by_customer else "groups"
        return answer._replace(
            n=len(whole), period=inquiry.span.label, currency=found.currency, formula=_FORMULA,
            notes=(*_tops([each.value for each in whole if each.value is not None], what), *answer.notes, *found.notes),
            whole=found.whole if whole else None,
        )  # fmt: skip


def _customers(found: Buying) -> tuple[list[Ranked], Report]:
    asked = (found.reader, found.found.view, found.found.span, found.found.where)
    whole = ranked({each.customer.key: each.amount for each in customer_totals(*asked)})
    return whole, Report(
        "pareto", "customers by money", (CUSTOMER, *_COLUMNS, CURRENCY, IDENTITY),
        tuple((found.label(each.key), *_figures(found, each), found.identity(each.key)) for each in whole),
        (None, *_totals(found, whole), None) if len(whole) > 1 else None,
        chart=_chart(whole), drill=tuple(found.drill([each.key]) for each in whole),
    )  # fmt: skip


def _groups(found: Buying) -> tuple[list[Ranked], Report]:
    """The purchases of each group: those of its customers, or where they say nothing themselves, those that are of it."""
    groups = groups_of(found, CUSTOMER_GROUPS["pareto"])
    paid = Paid(found, groups)
    amounts: dict[str, list[int | None]] = {}
    buyers: dict[str, list[str]] = {}
    for customer in groups.amounts:
        for label, amount in groups.paid(customer).items():
            amounts.setdefault(label or "", []).append(amount)
            buyers.setdefault(label or "", []).append(customer)
    whole = ranked({label: total(paid_for) for label, paid_for in amounts.items()})
    rows = tuple((each.key or None, len(buyers[each.key]), *_figures(found, each)) for each in whole)
    columns = (groups.column(_BUYERS, *_COLUMNS), _BUYERS, *_COLUMNS, CURRENCY)
    totals = (None, len(groups.amounts), *_totals(found, whole)) if len(rows) > 1 else None
    figures = [(each.key or None, None if each.value is None else found.major(each.value)) for each in whole]
    return whole, Report(
        "pareto", f"money by {groups.name}", columns, rows, totals, chart=bars(figures, found.currency, "money"),
        drill=tuple(paid.of(each.key or None) for each in whole),
        cells=tuple({"customers": themselves(found, buyers[each.key])} for each in whole), notes=_shared(groups),
    )  # fmt: skip


def _totals(found: Buying, whole: Sequence[Ranked]) -> tuple[object, ...]:
    value = total(None if each.value is None else max(each.value, 0) for each in whole)
    return found.money(value), None if value is None else 1.0, None, None, found.currency


def _shared(groups: Groups) -> tuple[str, ...]:
    """The note that what a customer bought counts in several groups."""
    if all(len(groups.own.get(key, ())) < 2 for key in groups.amounts):
        return ()
    return (
        "what customers bought counts in each group that they are in; shares and totals are of all groups added up",
    )


def _figures(found: Buying, each: Ranked) -> tuple[object, ...]:
    return found.money(each.value), each.share, each.cumulated, each.kind, found.currency


def _tops(values: Sequence[int], what: str) -> tuple[str, ...]:
    """How much the best few make, in words."""
    shares = [(fraction, top_share(values, fraction)) for fraction in _TOPS if len(values) * fraction >= 1]
    known = [f"the top {fraction:.0%} {share:.1%}" for fraction, share in shares if share is not None]
    return (f"of the money the {what} make: {', '.join(known)}",) if known else ()


def _chart(whole: Sequence[Ranked]) -> Chart | None:
    """The share of the money that the best 5 %, 10 % … of the customers make."""
    known = [each for each in whole if each.value is not None]
    if not known or known[0].cumulated is None:
        return None
    labels = tuple(f"{100 * step // _STEPS} %" for step in range(_STEPS + 1))
    places = (ceil(len(known) * step / _STEPS) for step in range(_STEPS + 1))
    values = tuple(known[place - 1].cumulated if place else 0.0 for place in places)
    return Chart("line", labels, values, "percent", "share of the money that the best customers make")
