"""Which products go together."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain import basket
from crmcli.domain.basket import Rule, baskets, next_best, rules

if TYPE_CHECKING:
    from pathlib import Path

LINES = [
    ("1", "tea"), ("1", "cup"), ("2", "tea"), ("2", "cup"), ("3", "tea"), ("3", "cup"), ("3", "jam"), ("4", "tea"),
    ("5", "jam"), ("6", None),
]  # fmt: skip


def test_support_confidence_and_lift() -> None:
    """Of five baskets with anything in them four hold tea, three a cup and three both: lift 3 * 5 / (4 * 3)."""
    expected = [Rule("cup", "tea", 3, 0.6, 1.0, 1.25, 5), Rule("tea", "cup", 3, 0.6, 0.75, 1.25, 5)]
    assert expected == rules(baskets(LINES), fewest=2)


@pytest.mark.parametrize(
    ("fewest", "confidence", "lift", "count"), [(4, 0.0, 1.0, 0), (2, 0.8, 1.0, 1), (2, 0.0, 1.25, 0), (1, 0.0, 0.0, 6)]
)
def test_a_rule_must_be_borne_out(fewest: int, confidence: float, lift: float, count: int) -> None:
    assert count == len(rules(baskets(LINES), fewest, confidence, lift))


def test_each_customer_is_offered_what_the_surest_rule_says_and_they_do_not_have() -> None:
    held = baskets([*LINES, ("7", "cup"), ("8", "tea")])
    offers = next_best(held, rules(held, fewest=2))
    assert [("7", "tea"), ("4", "cup"), ("8", "cup")] == [(offer.customer, offer.product) for offer in offers]
    assert 0.75 == offers[0].rule.confidence


def test_without_products_there_are_no_rules() -> None:
    assert ([], []) == (rules({}), next_best(baskets([("1", None)]), []))


baskets_of_letters = st.dictionaries(st.integers(0, 60).map(str), st.sets(st.sampled_from("abcdefgh")), max_size=60)


@given(baskets_of_letters, st.integers(1, 4))
def test_rules_are_those_of_counting_every_pair(held: dict[str, set[str]], fewest: int) -> None:
    pairs = Counter(pair for products in held.values() for pair in combinations(sorted(products), 2))
    found = rules(held, fewest, lift=0.0)
    assert {pair: count for pair, count in pairs.items() if count >= fewest} == {
        (rule.product, rule.other): rule.both for rule in found if rule.product < rule.other
    }
    assert all(0 < rule.support <= rule.confidence <= 1 for rule in found)


@given(baskets_of_letters)
def test_overlaying_baskets_counts_the_same_pairs_as_going_through_them(held: dict[str, set[str]]) -> None:
    kept = list(held.values())
    often = {product for products in kept for product in products}
    assert dict(basket._overlaid(kept, often)) == dict(basket._gone_through(kept, often))


def test_the_rules_of_northwind_are_those_that_pandas_finds(shared: Path) -> None:
    """2,155 lines of 89 customers: which products were bought by the same ones."""
    folder = shared / "northwind"
    lines = pd.read_csv(folder / "order_details.csv").merge(pd.read_csv(folder / "orders.csv"), on="orderID")
    bought = pd.crosstab(lines.customerID, lines.productID).clip(upper=1)
    both, n = bought.T @ bought, len(bought)
    found = rules(baskets(zip(lines.customerID, lines.productID.map(str), strict=True)), fewest=5, lift=0.0)
    assert {(rule.product, rule.other): rule.both for rule in found} == {
        (str(one), str(other)): both.at[one, other]
        for one, other in permutations(both.index, 2)
        if both.at[one, other] >= 5
    }
    top = found[0]
    share = bought.mean()
    assert both.at[int(top.product), int(top.other)] / n / share[int(top.product)] / share[int(top.other)] == (
        pytest.approx(top.lift)
    )
