"""Which products go together, and what each customer may want next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.basket import FEWEST, MOST, Offer, Rule, next_best, rules
from crmcli.errors import BadValue
from crmcli.reports.customers.buying import CUSTOMER, IDENTITY, MOST_BARS, buying, read_by
from crmcli.reports.customers.lifetime import read_rate
from crmcli.reports.drill import equal, path_of
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.store.queries.purchases import baskets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill

_MOST_PAIRS = 500
_FORMULA = (
    "support = customers with both / n, confidence = customers with both / customers with the product, "
    "lift = confidence / (customers with the other / n)"
)
_FIGURES = (
    ReportColumn("customers", "with both", "integer", 1, "customers who bought both"),
    ReportColumn("support", "support", "percent", 2, "customers who bought both / customers who bought anything known"),
    ReportColumn(
        "confidence", "confidence", "percent", 0, "customers who bought both / customers who bought the product"
    ),
    ReportColumn(
        "lift", "lift", "number", 0, "confidence / share of all customers who bought the other: above 1 they attract"
    ),
)


def cross_sell_report(sources: Sources, inquiry: Inquiry) -> Report:
    """The rules between products, or the next product for each customer; raises BadValue for another group."""
    by = read_by(inquiry, CUSTOMER_GROUPS["cross-sell"])
    fewest, confidence = _fewest(inquiry), read_rate(str(inquiry.options.get("confidence") or "0"), "confidence")
    with buying(sources, inquiry, by_day=False) as found:
        held: dict[str, set[str]] = {}
        for key, product in baskets(found.reader, found.found.view, found.found.span, found.found.where):
            held.setdefault(key, set()).add(product)
        known = rules(held, fewest, confidence, most=_MOST_PAIRS if by == "product" else MOST)
        answer = _rules(found, held, known) if by == "product" else _offers(found, next_best(held, known))
        return answer._replace(
            n=len(held), period=inquiry.span.label, formula=_FORMULA,
            notes=(_told(by, fewest, known), *found.notes),
        )  # fmt: skip


def _rules(found: Buying, held: Mapping[str, set[str]], known: Sequence[Rule]) -> Report:
    columns = (
        ReportColumn("product", "who bought", "text", 0, "a product"),
        ReportColumn("other", "also bought", "text", 0, "another product"),
    )
    rows = tuple((rule.product, rule.other, *_figures(rule)) for rule in known)
    pairs = [rule for rule in known if rule.product < rule.other] or known
    labels = tuple(f"{rule.product} + {rule.other}" for rule in pairs[:MOST_BARS])
    chart = Chart("bar", labels, tuple(rule.lift for rule in pairs[:MOST_BARS]), "", "lift of products bought together")
    holders = _holders(held, known)
    drill = tuple(_both(found, holders, rule) for rule in known)
    return Report(
        "cross-sell",
        "products that go together",
        (*columns, *_FIGURES),
        rows,
        chart=chart if rows else None,
        drill=drill,
    )


def _holders(held: Mapping[str, set[str]], known: Sequence[Rule]) -> dict[str, dict[str, None]]:
    """The customers who bought each product that the rules are about."""
    found: dict[str, dict[str, None]] = {rule.product: {} for rule in known}
    for key, products in held.items():
        for product in products & found.keys():
            found[product][key] = None
    return found


def _both(found: Buying, holders: Mapping[str, Mapping[str, None]], rule: Rule) -> Drill | None:
    """What those who bought both bought of the two."""
    path = "product" if found.found.view.noun == "purchase" else path_of("deal", "product")
    keys = [key for key in holders[rule.product] if key in holders[rule.other]]
    return found.drill(keys, f"({equal(path, rule.product)} OR {equal(path, rule.other)})")


def _offers(found: Buying, offers: Sequence[Offer]) -> Report:
    columns = (
        CUSTOMER,
        ReportColumn("offer", "offer", "text", 0, "the product not yet bought that the surest rule speaks for"),
        ReportColumn("because", "for having", "text", 0, "the product that the rule is about"),
    )
    rows = tuple(
        (found.label(offer.customer), offer.product, offer.rule.product, *_figures(offer.rule), found.identity(offer.customer))
        for offer in offers
    )  # fmt: skip
    counts: dict[str, int] = {}
    for offer in offers:
        counts[offer.product] = counts.get(offer.product, 0) + 1
    best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_BARS]
    labels, values = tuple(name for name, _ in best), tuple(float(count) for _, count in best)
    chart = Chart("bar", labels, values, "", "customers to offer a product to") if best else None
    drill = tuple(found.drill([offer.customer]) for offer in offers)
    return Report(
        "cross-sell",
        "the next product for each customer",
        (*columns, *_FIGURES, IDENTITY),
        rows,
        chart=chart,
        drill=drill,
    )


def _figures(rule: Rule) -> tuple[object, ...]:
    return rule.both, rule.support, rule.confidence, rule.lift


def _fewest(inquiry: Inquiry) -> int:
    fewest = inquiry.options.get("fewest")
    if fewest is None:
        return FEWEST
    if int(fewest) < 1:
        raise BadValue("min-customers", "must be at least 1")
    return int(fewest)


def _told(by: str, fewest: int, known: Sequence[Rule]) -> str:
    """Which pairs of products are looked at, and which of them are shown."""
    looked_at = f"pairs that {fewest} customers or more bought" if fewest > 1 else "all pairs that anybody bought"
    if by == "product" and len({frozenset((rule.product, rule.other)) for rule in known}) == _MOST_PAIRS:
        return f"of {looked_at}, the {_MOST_PAIRS} of the greatest lift"
    return f"of {looked_at}, those that attract each other (lift above 1)"
