"""Which few customers, or products, make most of the money."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from crmcli.domain.pareto import Ranked, ranked, top_share
from crmcli.reports.customers.buying import CURRENCY, CUSTOMER, IDENTITY, buying, read_by
from crmcli.reports.drill import equal, joined, path_of
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Drill, Report, ReportColumn
from crmcli.store.queries.purchases import customer_totals, product_totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources

_FORMULA = "class A: who it takes to come to 80 % of the money, B up to 95 %, C the rest; equal amounts share a class"
_STEPS = 20
_TOPS = (0.01, 0.05, 0.1, 0.2, 0.5)
_PRODUCT = ReportColumn("product", "product", "text", 0, "what was bought; none where it is not known")
_COLUMNS = (
    ReportColumn("value", "money", "money", 0, "Σ amount of the purchases in the period"),
    ReportColumn("share", "share", "percent", 0, "money / all money"),
    ReportColumn("cumulated", "up to here", "percent", 0, "money of this one and all above / all money"),
    ReportColumn("class", "class", "text", 0, "A, B or C"),
)


def pareto_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Customers or products by money, the greatest first, with their classes; raises BadValue for another group."""
    by = read_by(inquiry, CUSTOMER_GROUPS["pareto"])
    with buying(sources, inquiry, by_day=False) as found:
        whole, columns, rows, drill = (_products if by == "product" else _customers)(found)
        money = found.money(sum(max(each.value, 0) for each in whole))
        totals = (None, money, 1.0, None, None, found.currency, None)[: len(columns)] if len(rows) > 1 else None
        return Report(
            "pareto", f"{by}s by money", columns, rows, totals, len(whole), inquiry.span.label, found.currency, _FORMULA,
            chart=_chart(whole, by), drill=drill, notes=(*_tops([each.value for each in whole], by), *found.notes),
            whole=found.whole if whole else None,
        )  # fmt: skip


def _customers(
    found: Buying,
) -> tuple[list[Ranked], tuple[ReportColumn, ...], tuple[tuple[object, ...], ...], tuple[Drill | None, ...]]:
    asked = (found.reader, found.found.view, found.found.span, found.found.where)
    whole = ranked({each.customer.key: each.amount for each in customer_totals(*asked)})
    rows = tuple((found.label(each.key), *_figures(found, each), found.identity(each.key)) for each in whole)
    return whole, (CUSTOMER, *_COLUMNS, CURRENCY, IDENTITY), rows, tuple(found.drill([each.key]) for each in whole)


def _products(
    found: Buying,
) -> tuple[list[Ranked], tuple[ReportColumn, ...], tuple[tuple[object, ...], ...], tuple[Drill | None, ...]]:
    view = found.found.view
    sold = {name: amount for name, amount, _ in product_totals(found.reader, view, found.found.span, found.found.where)}
    whole = ranked({name or "": amount for name, amount in sold.items()})
    path = "product" if view.noun == "purchase" else path_of("deal", "product")
    rows = tuple((each.key or None, *_figures(found, each)) for each in whole)
    drill = tuple(Drill(view.noun, joined(equal(path, each.key or None), found.found.rest)) for each in whole)
    return whole, (_PRODUCT, *_COLUMNS, CURRENCY), rows, drill


def _figures(found: Buying, each: Ranked) -> tuple[object, ...]:
    return found.money(each.value), each.share, each.cumulated, each.kind, found.currency


def _tops(values: Sequence[int], by: str) -> tuple[str, ...]:
    """How much the best few make, in words."""
    shares = [(fraction, top_share(values, fraction)) for fraction in _TOPS if len(values) * fraction >= 1]
    known = [f"the top {fraction:.0%} {share:.1%}" for fraction, share in shares if share is not None]
    return (f"of the money the {by}s make: {', '.join(known)}",) if known else ()


def _chart(whole: Sequence[Ranked], by: str) -> Chart | None:
    """The share of the money that the best 5 %, 10 % … of them make."""
    if not whole or whole[0].cumulated is None:
        return None
    labels = tuple(f"{100 * step // _STEPS} %" for step in range(_STEPS + 1))
    places = (ceil(len(whole) * step / _STEPS) for step in range(_STEPS + 1))
    values = tuple(whole[place - 1].cumulated if place else 0.0 for place in places)
    return Chart("line", labels, values, "percent", f"share of the money that the best {by}s make")
