"""Purchases folded into what the models start from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from crmcli.domain.purchasing import Buyer, Purchase, buyer, buyers, histories
from tests.domain import cdnow

if TYPE_CHECKING:
    from pathlib import Path

LOG = [
    Purchase("b", date(2026, 1, 20), 500),
    Purchase("a", date(2026, 1, 15), 300),
    Purchase("a", date(2026, 1, 1), 1000),
    Purchase("a", date(2026, 1, 15), 401),
    Purchase("a", date(2026, 1, 29), 200),
    Purchase("a", date(2026, 2, 1), 9000),
]


def test_purchases_of_one_day_are_one_and_days_are_in_order() -> None:
    days = histories(LOG, None, date(2026, 2, 1))["a"]
    assert [(date(2026, 1, 1), 1000), (date(2026, 1, 15), 701), (date(2026, 1, 29), 200)] == list(days.items())


def test_a_buyer_is_counted_in_weeks_up_to_the_last_day_and_the_repeat_mean_leaves_the_first_day_out() -> None:
    """Ages run to 31 January; (701 + 200) / 2 is 450.5, a half up; 11 and 30 days are 1.57 and 4.29 weeks."""
    first, last = date(2026, 1, 1), date(2026, 1, 29)
    expected = [
        Buyer("b", 0, 0.0, 1.57, None, 500, date(2026, 1, 20), date(2026, 1, 20), 0),
        Buyer("a", 2, 4.0, 4.29, 451, 1901, first, last, 2),
    ]
    assert expected == buyers(LOG, date(2026, 1, 1), date(2026, 2, 1))


def test_days_whose_amount_is_not_known_are_days_and_no_money() -> None:
    """(100 + 301) / 2 is 200.5, a half up; who has no amount at all has spent nothing that is known."""
    days = {date(2026, 1, day): amount for day, amount in ((1, 50), (2, 100), (3, None), (4, 301))}
    one = buyer("a", days, date(2026, 2, 1))
    assert (3, 2, 201, 451) == (one.frequency, one.priced, one.repeat_mean, one.spent)
    none = buyer("a", dict.fromkeys(days), date(2026, 2, 1))
    assert (3, 0, None, None) == (none.frequency, none.priced, none.repeat_mean, none.spent)


@pytest.mark.parametrize(("start", "names"), [(date(2026, 1, 16), ["b", "a"]), (date(2026, 2, 2), [])])
def test_only_the_period_is_seen(start: date, names: list[str]) -> None:
    assert names == list(histories(LOG, start, date(2026, 3, 1)))


def test_a_leap_day_is_a_day() -> None:
    days = {date(2024, 2, 28): 100, date(2024, 3, 1): 100}
    assert 0.29 == buyer("a", days, date(2024, 3, 2)).recency


def test_cdnow_comes_to_the_published_summary(shared: Path) -> None:
    """The first, the second and the sixth customer of the published table, and how many came again."""
    found = buyers(cdnow.read(shared), cdnow.START, cdnow.END)
    written = [(each.frequency, f"{each.recency:.2f}", f"{each.age:.2f}", each.repeat_mean) for each in found]
    assert [(2, "30.43", "38.86", 2235), (1, "1.71", "38.86", 1177), (7, "29.43", "38.86", 7374)] == [
        written[place] for place in (0, 1, 5)
    ]
    assert (2357, 946) == (len(found), sum(each.frequency > 0 for each in found))


def test_cdnow_is_folded_as_pandas_folds_it(shared: Path) -> None:
    log = cdnow.read(shared)
    table = pd.DataFrame(log, columns=["customer", "day", "amount", "product", "quantity"])
    table = table[(table.day >= cdnow.START) & (table.day < cdnow.END)]
    days = table.groupby(["customer", "day"]).amount.sum().reset_index().groupby("customer")
    expected = pd.DataFrame({"frequency": days.size() - 1, "spent": days.amount.sum(), "first": days.day.min()})
    found = {each.customer: (each.frequency, each.spent, each.first) for each in buyers(log, cdnow.START, cdnow.END)}
    assert {row.Index: (row.frequency, row.spent, row.first) for row in expected.itertuples()} == found
