"""Which products go together, and what each customer may want next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crmcli.domain.basket import FEWEST, MOST, Offer, Rule, next_best, rules
from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue
from crmcli.reports.customers.buying import CUSTOMER, IDENTITY, MOST_BARS, buying
from crmcli.reports.customers.groups import NO_GROUP, by_weight, groups_of, own_way, themselves
from crmcli.reports.customers.lifetime import read_rate
from crmcli.reports.drill import equal, path_of
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.store.queries.purchases import baskets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill

    Held = Mapping[str, set[str]]

_MOST_PAIRS = 500
_FORMULA = (
    "support = customers with both / n, confidence = customers with both / customers with the product, "
    "lift = confidence / (customers with the other / n)"
)
_PAIR = (
    ReportColumn("product", "who bought", "text", 0, "a product"),
    ReportColumn("other", "also bought", "text", 0, "another product"),
)
_FIGURES = (
    ReportColumn("customers", "with both", "integer", 1, "customers who bought both", "none"),
    ReportColumn("support", "support", "percent", 2, "customers who bought both / customers who bought anything known"),
    ReportColumn(
        "confidence", "confidence", "percent", 0, "customers who bought both / customers who bought the product"
    ),
    ReportColumn(
        "lift", "lift", "number", 0, "confidence / share of all customers who bought the other: above 1 they attract"
    ),
)


def cross_sell_report(sources: Sources, inquiry: Inquiry) -> Report:
    """The rules between products, of all customers or within each group of them, or the next product for each customer.

    Raises BadValue for options, UsageError for what customers can't be told apart by.
    """
    by = own_way(inquiry, CUSTOMER_GROUPS["cross-sell"])
    fewest, confidence = _fewest(inquiry), read_rate(str(inquiry.options.get("confidence") or "0"), "confidence")
    with buying(sources, inquiry, by_day=False) as found:
        held: dict[str, set[str]] = {}
        for key, product in baskets(found.reader, found.found.view, found.found.span, found.found.where):
            held.setdefault(key, set()).add(product)
        rules_of = partial(rules, fewest=fewest, confidence=confidence, most=MOST if by == "customer" else _MOST_PAIRS)
        if by == "customer":
            answer, is_full = _offers(found, next_best(held, rules_of(held))), False
        else:
            answer, is_full = _of_all(found, held, rules_of) if by else _in_groups(found, held, rules_of)
        return answer._replace(
            n=len(held), period=inquiry.span.label, formula=_FORMULA,
            notes=(_told(fewest, is_full=is_full), *answer.notes, *found.notes),
        )  # fmt: skip


class _Found(NamedTuple):
    """A rule with the group that it was found in, and the customers that hold each product."""

    group: tuple[object, ...]
    rule: Rule
    holders: Mapping[str, Mapping[str, None]]


def _of_all(found: Buying, held: Held, rules_of: Callable[[Held], list[Rule]]) -> tuple[Report, bool]:
    known = rules_of(held)
    holders = _holders(held, known)
    lines = [_Found((), rule, holders) for rule in known]
    return _rules(found, (), lines, "products that go together"), _is_full(known)


def _in_groups(found: Buying, held: Held, rules_of: Callable[[Held], list[Rule]]) -> tuple[Report, bool]:
    """The rules within each group, n being its customers; the greatest group first."""
    groups, lines, is_full = groups_of(found, CUSTOMER_GROUPS["cross-sell"]), list[_Found](), False
    for label, some in by_weight(groups.divided(held), len):
        within = {key: held[key] for key in some}
        known = rules_of(within)
        holders = _holders(within, known)
        lines += [_Found((label,), rule, holders) for rule in known]
        is_full = is_full or _is_full(known)
    column = (groups.column(*_PAIR, *_FIGURES),)
    answer = _rules(found, column, lines, f"products that go together, by {groups.name}")
    return answer._replace(notes=groups.notes(held)), is_full


def _rules(found: Buying, column: tuple[ReportColumn, ...], lines: Sequence[_Found], title: str) -> Report:
    rows = tuple((*line.group, line.rule.product, line.rule.other, *_figures(line.rule)) for line in lines)
    pairs = ([line for line in lines if line.rule.product < line.rule.other] or lines)[:MOST_BARS]
    chart = Chart(
        "bar", tuple(map(_pair, pairs)), tuple(line.rule.lift for line in pairs), "", "lift of products bought together"
    )
    return Report(
        "cross-sell", title, (*column, *_PAIR, *_FIGURES), rows,
        chart=chart if rows else None, drill=tuple(_both(found, line) for line in lines),
        cells=tuple({"customers": themselves(found, _holding(line))} for line in lines),
    )  # fmt: skip


def _pair(line: _Found) -> str:
    group = f"{line.group[0] or NO_GROUP}: " if line.group else ""
    return f"{group}{line.rule.product} + {line.rule.other}"


def _holders(held: Mapping[str, set[str]], known: Sequence[Rule]) -> dict[str, dict[str, None]]:
    """The customers who bought each product that the rules are about."""
    found: dict[str, dict[str, None]] = {rule.product: {} for rule in known}
    for key, products in held.items():
        for product in products & found.keys():
            found[product][key] = None
    return found


def _holding(line: _Found) -> list[str]:
    """The customers who bought both products."""
    return [key for key in line.holders[line.rule.product] if key in line.holders[line.rule.other]]


def _both(found: Buying, line: _Found) -> Drill | None:
    """What those who bought both bought of the two."""
    path = "product" if found.found.view.noun == "purchase" else path_of("deal", "product")
    either = f"({equal(path, line.rule.product)} OR {equal(path, line.rule.other)})"
    return found.drill(_holding(line), either)


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


def _is_full(known: Sequence[Rule]) -> bool:
    """Whether pairs may have been left out, so many there are."""
    return len({frozenset((rule.product, rule.other)) for rule in known}) == _MOST_PAIRS


def _told(fewest: int, *, is_full: bool) -> str:
    """Which pairs of products are looked at, and which of them are shown."""
    looked_at = f"pairs that {fewest} customers or more bought" if fewest > 1 else "all pairs that anybody bought"
    if is_full:
        return f"of {looked_at}, the {_MOST_PAIRS} of the greatest lift"
    return f"of {looked_at}, those that attract each other (lift above 1)"
