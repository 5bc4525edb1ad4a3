"""Which products go together: association rules of one product with another, and what each customer may want next.

A basket is a set of products, of one customer or of one purchase. For products A and B among n baskets: support = baskets
with both / n, confidence of A → B = baskets with both / baskets with A, lift = confidence / (baskets with B / n)
(Agrawal, Imieliński and Swami 1993; lift: Brin, Motwani, Ullman and Tsur 1997).
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FEWEST = 5
MOST = 100_000


class Rule(NamedTuple):
    """Who bought one product also bought another: ``both`` baskets hold both, of ``n`` baskets in all."""

    product: str
    other: str
    both: int
    support: float
    confidence: float
    lift: float
    n: int


class Offer(NamedTuple):
    """A product that a customer doesn't have, with the rule that speaks for it."""

    customer: str
    rule: Rule

    @property
    def product(self) -> str:
        """What to offer."""
        return self.rule.other


def baskets(lines: Iterable[tuple[str, str | None]]) -> dict[str, set[str]]:
    """The products of each customer (or purchase); a line without a product makes an empty basket at least."""
    found: dict[str, set[str]] = {}
    for key, product in lines:
        basket = found.setdefault(key, set())
        if product is not None:
            basket.add(product)
    return found


def rules(
    held: Mapping[str, set[str]], fewest: int = FEWEST, confidence: float = 0.0, lift: float = 1.0, most: int = MOST
) -> list[Rule]:
    """The rules that ``fewest`` baskets or more bear out, from this confidence on and above this lift.

    The greatest lift comes first, of equal ones the one with more baskets, then by name; pairs of products beyond ``most``
    of them are left out. Empty baskets don't count.
    """
    from heapq import nsmallest

    filled = [basket for basket in held.values() if basket]
    counts = Counter(product for basket in filled for product in basket)
    often = {product for product, count in counts.items() if count >= fewest}
    pairs = (
        (-strength, -both, min(one, other), max(one, other))
        for one, others in _together(filled, often)
        for other, both in others.items()
        if both >= fewest and (strength := both * len(filled) / (counts[one] * counts[other])) > lift
    )
    return [
        Rule(product, other, -both, -both / len(filled), -both / counts[product], -strength, len(filled))
        for strength, both, first, second in nsmallest(most, pairs)
        for product, other in ((first, second), (second, first))
        if -both >= confidence * counts[product]
    ]


def next_best(held: Mapping[str, set[str]], found: Iterable[Rule]) -> list[Offer]:
    """For each customer the product not yet bought that the surest rule speaks for; who has none is left out.

    The surest is the rule of the greatest confidence, then lift, among those whose product the customer has. The surest
    offers come first, of equal ones in the order of the customers.
    """
    from_product: dict[str, list[Rule]] = {}
    for rule in sorted(found, key=_sureness):
        from_product.setdefault(rule.product, []).append(rule)
    offers = []
    for customer, basket in held.items():
        firsts = (
            next((rule for rule in from_product.get(product, ()) if rule.other not in basket), None)
            for product in basket
        )
        best = min((rule for rule in firsts if rule is not None), key=_sureness, default=None)
        if best is not None:
            offers.append(Offer(customer, best))
    return sorted(offers, key=lambda offer: (-offer.rule.confidence, -offer.rule.lift))


def _sureness(rule: Rule) -> tuple[float, float, str, str]:
    return (-rule.confidence, -rule.lift, rule.product, rule.other)


def _together(filled: list[set[str]], often: set[str]) -> Iterator[tuple[str, Mapping[str, int]]]:
    """For each product how many baskets hold it together with each other one; every pair comes once.

    Two ways lead there, and the cheaper one is taken: to go through the baskets of each product, or, where few baskets
    hold many products each, to lay the baskets of two products over each other as bits.
    """
    kept = [basket & often for basket in filled]
    steps = sum(len(basket) ** 2 for basket in kept)
    overlays = len(often) ** 2 * (3 + len(filled) // 600)  # what one costs in steps of the other way
    return _gone_through(kept, often) if steps <= overlays else _overlaid(kept, often)


def _gone_through(kept: list[set[str]], often: set[str]) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Products as numbers, from the last down, each taken off its baskets before what is left in them is counted."""
    names = sorted(often)
    places = {product: place for place, product in enumerate(names)}
    holding: list[list[list[int]]] = [[] for _ in names]
    for basket in kept:
        numbers = sorted(map(places.__getitem__, basket))
        for place in numbers:
            holding[place].append(numbers)
    for place in reversed(range(len(names))):
        for numbers in holding[place]:
            numbers.pop()
        counted = Counter(chain.from_iterable(holding[place]))
        yield names[place], {names[other]: both for other, both in counted.items()}


def _overlaid(kept: list[set[str]], often: set[str]) -> Iterator[tuple[str, Mapping[str, int]]]:
    bits = {product: bytearray(len(kept) // 8 + 1) for product in sorted(often)}
    for place, basket in enumerate(kept):
        for product in basket:
            bits[product][place >> 3] |= 1 << (place & 7)
    masks = {product: int.from_bytes(found, "little") for product, found in bits.items()}
    while masks:
        product, mask = masks.popitem()
        yield product, {other: both for other, held in masks.items() if (both := (mask & held).bit_count())}
