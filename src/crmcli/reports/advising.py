"""Advice about customers, from what they bought: who has fallen silent, and what somebody may want next."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from crmcli.domain.advice import Advice
from crmcli.domain.basket import FEWEST, next_best, rules
from crmcli.domain.churn import silences
from crmcli.domain.metrics import median
from crmcli.reports.customers.buying import buying
from crmcli.store.queries.purchases import baskets, usual_prices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.domain.churn import Silence
    from crmcli.domain.money import Money
    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.store.queries.purchases import Customer

_SURE_ENOUGH = 0.3  # confidence of a rule that is worth a call
_YEAR = 365.25


def silent_customers(sources: Sources, inquiry: Inquiry) -> Iterator[Advice]:
    """Customers of the better half by money who came three times or more and are silent for over three of their own usual gaps.

    The better half spent no less than the median customer, of those whose money is known.
    At stake is what they spent in a year, over the time that they have been customers, one year at least.
    """
    with buying(sources, inquiry._replace(options={})) as found:
        if found.last_day != inquiry.now.date():  # a closed record: that nobody bought since says nothing
            return
        listed = silences(found.histories, found.last_day)
        half = median(each.spent for each in listed if each.spent is not None)
        for each in listed:
            customer = found.names[each.customer]
            if _is_good(each, half) and each.is_own and each.state == "silent" and customer.noun is not None:
                yield _silent(found, customer, each)


def _is_good(each: Silence, half: float | None) -> bool:
    return half is not None and each.spent is not None and each.spent > 0 and each.spent >= half


def _silent(found: Buying, customer: Customer, each: Silence) -> Advice:
    assert each.spent is not None
    first = min(found.histories[each.customer])
    years = max(1.0, (found.last_day - first).days / _YEAR)
    command = f"crm task add call --{customer.noun} {customer.number} --due tomorrow"
    reason = ", ".join(each.reasons)
    return _about("silent-customer", customer, reason, command, found.money(each.spent / years))


def next_offers(sources: Sources, inquiry: Inquiry) -> Iterator[Advice]:
    """For each customer the product not yet bought that the surest rule speaks for.

    At stake is what may be expected of the offer: the rule's confidence times what a purchase of the product usually brings.
    """
    with buying(sources, inquiry._replace(options={})) as found:
        asked = (found.reader, found.found.view, found.found.span, found.found.where)
        held: dict[str, set[str]] = {}
        for key, product in baskets(*asked):
            held.setdefault(key, set()).add(product)
        prices = usual_prices(*asked)
        for offer in next_best(held, rules(held, FEWEST, _SURE_ENOUGH)):
            customer = found.names[offer.customer]
            if customer.noun is not None:
                rule = offer.rule
                reason = f"{rule.confidence:.0%} of those with {rule.product} have {offer.product} too"
                title = quote(f"{offer.product} for {customer.label}")
                command = f"crm deal add {title} --{customer.noun} {customer.number}"
                price = prices.get(offer.product)
                stake = None if price is None else found.money(rule.confidence * price)
                yield _about("cross-sell", customer, reason, command, stake)


def _about(rule: str, customer: Customer, reason: str, command: str, stake: Money | None) -> Advice:
    assert customer.noun is not None
    return Advice(rule, customer.noun, customer.number, customer.key, customer.label, reason, command, stake)
