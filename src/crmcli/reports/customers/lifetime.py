"""What each customer is worth in the time to come: BG/NBD for how often, Gamma-Gamma for how much."""

from __future__ import annotations

import re
from math import isnan
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue, Refused
from crmcli.reports.customers.buying import CURRENCY, CUSTOMER, IDENTITY, MOST_BARS, buying, need_analytics
from crmcli.reports.customers.groups import own_way
from crmcli.reports.customers.lifetime_groups import in_groups
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.buy_till_you_die import BgNbd
    from crmcli.domain.purchasing import Buyer
    from crmcli.domain.spending import GammaGamma
    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources

_USUAL_HORIZON = "52w"
_LONGEST = 520  # weeks
_DAYS_IN = {"d": 1.0, "w": 7.0, "m": 365.25 / 12, "y": 365.25}
_CORRELATED = 0.3
_TITLE = "customer lifetime value"
_FORMULA = (
    "clv = expected purchases (BG/NBD: Fader, Hardie and Lee 2005, eq. 10) x expected value of one "
    "(Gamma-Gamma: Fader and Hardie 2013, eq. 5); weeks = days / 7, to two decimals, as the published data have them; "
    "purchases of one day are one; who has no known money has no value"
)
_COLUMNS = (
    ReportColumn(
        "frequency", "repeats", "integer", 1, "x: days on which the customer bought again, after the first", "none"
    ),
    ReportColumn("recency", "recency w", "number", 2, "t_x: weeks from the first purchase to the last"),
    ReportColumn("age", "age w", "number", 2, "T: weeks from the first purchase to the last day of the period"),
    ReportColumn("p_alive", "alive", "percent", 0, "the chance that the customer still is one (BG/NBD)"),
    ReportColumn("expected_purchases", "will buy", "number", 0, "purchases to be expected within the horizon (BG/NBD)"),
    ReportColumn(
        "expected_value", "for each", "money", 1, "what one purchase is expected to bring (Gamma-Gamma)", "none"
    ),
    ReportColumn(
        "clv", "value", "money", 0, "expected purchases x expected value, discounted where a rate is given", "none"
    ),
)


class Line(NamedTuple):
    """A customer's figures; the money is in minor units, None without a model of spending or where none is known."""

    buyer: Buyer
    p_alive: float
    purchases: float
    value: float | None
    clv: float | None


def clv_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Every customer's expected purchases and their worth within a horizon, or those of groups, the most valuable first.

    Raises UsageError where numpy and scipy are missing or customers can't be told apart so, Refused on too few customers,
    BadValue for horizon and discount.
    """
    need_analytics("report clv")
    is_by_customer = own_way(inquiry, CUSTOMER_GROUPS["clv"]) is not None
    weeks, horizon = read_horizon(str(inquiry.options.get("horizon") or _USUAL_HORIZON))
    discount = read_rate(str(inquiry.options.get("discount") or "0"))
    with buying(sources, inquiry) as found:
        people = buyers_of(found)
        if not people:
            return Report(
                "clv", _TITLE, (CUSTOMER, *_COLUMNS, CURRENCY, IDENTITY), (), formula=_FORMULA, notes=found.notes
            )
        model = fitted(people)
        spending, excuse = _spending(found, people)
        lines = _lines(found, people, model, spending, (weeks, discount))
        rows = tuple(_row(found, line) for line in lines)
        answer = Report(
            "clv", f"{_TITLE}, {horizon} ahead", (CUSTOMER, *_COLUMNS, CURRENCY, IDENTITY), rows,
            _totals(found, lines), len(people), inquiry.span.label, found.currency, _FORMULA, _model(model, spending),
            _chart(found, lines), tuple(found.drill([line.buyer.customer]) for line in lines),
            notes=(*found.notes, *warnings(model, spending), *excuse, *_discounted(discount)), whole=found.whole,
        )  # fmt: skip
        return answer if is_by_customer else in_groups(found, answer, lines)


def buyers_of(found: Buying) -> list[Buyer]:
    """Every customer as the models see one on the last day."""
    from datetime import timedelta

    from crmcli.domain.purchasing import buyer

    end = found.last_day + timedelta(days=1)
    return [buyer(key, days, end) for key, days in found.histories.items() if next(iter(days)) <= found.last_day]


def fitted(people: Sequence[Buyer]) -> BgNbd:
    """The model of buying of these customers; raises Refused on too few."""
    from crmcli.domain.buy_till_you_die import fit

    return fit(*sufficient(people))


def sufficient(people: Sequence[Buyer]) -> tuple[list[int], list[float], list[float]]:
    """All that BG/NBD has to know: frequency, recency and age of each."""
    return [each.frequency for each in people], [each.recency for each in people], [each.age for each in people]


def read_horizon(text: str) -> tuple[float, str]:
    """A time to look ahead, in weeks and in words: ``39w``, ``90d``, ``6m``, ``1y``; a bare number is weeks."""
    from crmcli.domain.dates import UNITS

    match = re.fullmatch(r"(\d{1,4}(?:\.\d{1,4})?)\s*([a-z]*)", text.strip().lower())
    unit = UNITS.get(match[2] or "w") if match else None
    if match is None or unit not in _DAYS_IN:
        raise BadValue("horizon", f"can't read {text[:40]!r} as a time to look ahead", hint="39w, 90d, 6m, 1y")
    weeks = float(match[1]) * _DAYS_IN[unit] / 7
    if not 0 < weeks <= _LONGEST:
        raise BadValue("horizon", f"must be above 0 and at most {_LONGEST} weeks")
    return weeks, f"{match[1]}{unit}"


def read_rate(text: str, field: str = "discount") -> float:
    """A rate from 0 to 1: ``10%``, ``0.1``; raises BadValue."""
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d{1,4})?)\s*(%?)", text.strip())
    rate = float(match[1].replace(",", ".")) / (100 if match[2] else 1) if match else -1.0
    if not 0 <= rate <= 1:
        raise BadValue(field, f"can't read {text[:40]!r} as a share", hint="10%, 0.1")
    return rate


def warnings(model: BgNbd, spending: GammaGamma | None = None) -> tuple[str, ...]:
    """What the models themselves say against being trusted."""
    found = []
    if model.edge:
        found.append(f"purchases like these tell nothing about {', '.join(model.edge)} of BG/NBD")
    if spending is not None and spending.edge:
        found.append(f"amounts like these tell nothing about {', '.join(spending.edge)} of Gamma-Gamma")
    if spending is not None and abs(spending.correlation or 0.0) > _CORRELATED:
        found.append(
            f"who buys more often spends {'more' if (spending.correlation or 0) > 0 else 'less'} at a time (correlation"
            f" {spending.correlation:.2f}), which Gamma-Gamma supposes not to be so"
        )
    return tuple(found)


def _spending(found: Buying, people: Sequence[Buyer]) -> tuple[GammaGamma | None, tuple[str, ...]]:
    from crmcli.domain.spending import fit

    again = [each for each in people if each.priced]
    try:
        model = fit([each.priced for each in again], [found.major(each.repeat_mean or 0) for each in again])
    except Refused as refusal:
        return None, (f"no value of a purchase: {refusal}",)
    return model, ()


def _lines(
    found: Buying, people: Sequence[Buyer], model: BgNbd, spending: GammaGamma | None, ahead: tuple[float, float]
) -> list[Line]:
    """The customers, the most valuable first, else who will buy most."""
    from crmcli.domain.buy_till_you_die import expected_purchases, p_alive
    from crmcli.domain.spending import expected_mean, lifetime_value

    weeks, discount = ahead
    known = sufficient(people)
    alive, purchases = p_alive(model, *known).tolist(), expected_purchases(model, weeks, *known).tolist()
    values: list[float | None] = [None] * len(people)
    worths = values
    if spending is not None:
        means = [found.major(each.repeat_mean or 0) for each in people]
        expected = expected_mean(spending, [each.priced for each in people], means)
        values, worths = expected.tolist(), lifetime_value(model, weeks, known, expected, discount).tolist()
    scale = 1 / found.major(1)
    lines = [
        Line(each, *figures, *(_minor(each, amount, scale) for amount in amounts))
        for each, figures, amounts in zip(
            people, zip(alive, purchases, strict=True), zip(values, worths, strict=True), strict=True
        )
    ]
    return sorted(lines, key=lambda line: (-(line.clv or 0), -line.purchases, found.label(line.buyer.customer)))


def _minor(each: Buyer, amount: float | None, scale: float) -> float | None:
    return None if each.spent is None or amount is None or isnan(amount) else amount * scale


def _row(found: Buying, line: Line) -> tuple[object, ...]:
    each = line.buyer
    return (
        found.label(each.customer), each.frequency, each.recency, each.age, line.p_alive, line.purchases,
        found.money(line.value), found.money(line.clv), found.currency, found.identity(each.customer),
    )  # fmt: skip


def _totals(found: Buying, lines: Sequence[Line]) -> tuple[object, ...]:
    """The repeats, the purchases to come and their worth, of all together."""
    known = [line.clv for line in lines if line.clv is not None]
    return (
        None, sum(line.buyer.frequency for line in lines), None, None, None, sum(line.purchases for line in lines), None,
        found.money(sum(known)) if known else None, found.currency, None,
    )  # fmt: skip


def _model(model: BgNbd, spending: GammaGamma | None) -> dict[str, object]:
    """The parameters by name: time in weeks, gamma in units of the currency."""
    money = (spending.p, spending.q, spending.gamma) if spending is not None else (None, None, None)
    return {
        **dict(zip(("r", "alpha", "a", "b", "ll"), model[:5], strict=True)),
        **dict(zip(("p", "q", "gamma"), money, strict=True)),
        "n": model.n, "repeat_buyers": spending.n if spending is not None else None,
    }  # fmt: skip


def _chart(found: Buying, lines: Sequence[Line]) -> Chart | None:
    """The most valuable, or without values those who will buy most."""
    shown = lines[:MOST_BARS]
    labels = tuple(found.label(line.buyer.customer) for line in shown)
    if any(line.clv is not None for line in shown):
        worths = tuple(None if line.clv is None else found.major(line.clv) for line in shown)
        return Chart("bar", labels, worths, found.currency, "the most valuable customers")
    return Chart("bar", labels, tuple(line.purchases for line in shown), "", "who will buy most")


def _discounted(rate: float) -> tuple[str, ...]:
    return (f"discounted by {100 * rate:g} % a year",) if rate else ()
