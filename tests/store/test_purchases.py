"""The view of purchases: imported ones where there are any, or else won deals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from crmcli.store.queries.condition import Condition
from crmcli.store.queries.purchases import (
    baskets,
    customer_days,
    customer_totals,
    of_nobody,
    of_second_contacts,
    offsets,
    purchase_view,
    purchases,
    unrated,
)

if TYPE_CHECKING:
    from crmcli.context import AppContext

WARSAW = datetime(2026, 11, 21, 13, tzinfo=ZoneInfo("Europe/Warsaw"))


def _keep(app: AppContext, *lines: tuple[Any, ...]) -> None:
    """Purchases: customer, at, value, currency, product, and perhaps what else."""
    from crmcli.domain.ids import new_uid
    from crmcli.store.models.analysis import Purchase

    with app.desk.writing("test") as uow:
        for customer, at, value, currency, product, *also in lines:
            more = also[0] if also else {}
            row = {"uid": new_uid("pu"), "customer": customer, "customer_key": customer.lower(), "at": at}
            uow.add(Purchase(**row | {"value": value, "currency": currency, "product": product} | more))


def _rate(app: AppContext, currency: str, base: str, rate: float, day: str = "") -> None:
    from crmcli.store.models.analysis import ExchangeRate

    with app.desk.writing("test") as uow:
        uow.add(ExchangeRate(currency=currency, base=base, rate=rate, day=day))


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_purchases_of_one_local_day_are_one_day_of_a_customer(app: AppContext) -> None:
    """23:30 in UTC is the next day in Warsaw, in summer and in winter, and a day is counted once."""
    _keep(
        app,
        ("Ann", at("2026-01-31T23:30:00"), 1000, "EUR", "tea"),
        ("ann", at("2026-02-01T10:00:00"), 500, "EUR", "cup"),
        ("Ann", at("2026-07-01T21:59:59"), 200, "EUR", "tea"),
        ("Ann", at("2026-07-01T22:00:00"), 300, "EUR", None),
        ("Bob", at("2026-07-01T12:00:00"), None, None, "tea"),
    )
    with app.desk.reading() as reader:
        view = purchase_view(reader, None, "EUR", "EUR", WARSAW)
        found = list(customer_totals(reader, view))
        days = list(customer_days(reader, view))
        pairs = list(baskets(reader, view))
        since_july = list(customer_totals(reader, view, ("2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z")))
        of_tea = list(purchases(reader, view, None, Condition("r.product = ?", ("tea",))))
    assert view.noun == "purchase"
    assert [(row.customer.label, *row[1:]) for row in found] == [
        ("Ann", 3, "2026-02-01", "2026-07-02", 2000, 1500, 4),
        ("Bob", 1, "2026-07-01", "2026-07-01", None, None, 1),
    ]
    assert days == [
        ("ann", "2026-02-01", 1500, 2), ("ann", "2026-07-01", 200, 1), ("ann", "2026-07-02", 300, 1),
        ("bob", "2026-07-01", None, 1),
    ]  # fmt: skip
    assert pairs == [("ann", "cup"), ("ann", "tea"), ("bob", "tea")]
    assert [(row.customer.key, row.days, row.n) for row in since_july] == [("ann", 2, 2), ("bob", 1, 1)]
    assert [(row.customer.key, row.at, row.amount) for row in of_tea] == [
        ("ann", "2026-01-31T23:30:00Z", 1000), ("bob", "2026-07-01T12:00:00Z", None), ("ann", "2026-07-01T21:59:59Z", 200),
    ]  # fmt: skip


def test_won_deals_are_purchases_of_their_company_or_first_contact(crm_on: Any, app: AppContext) -> None:
    """Where nothing was imported; a deal of nobody is counted apart, and an open one is none."""
    lines = (
        ("company", "add", "Acme"), ("contact", "add", "Zoë"), ("contact", "add", "Bob"),
        ("deal", "add", "A", "--value", "100", "--company", "Acme", "--contact", "Bob", "--set", "product=tea"),
        ("deal", "add", "B", "--value", "50", "--contact", "Zoë", "--contact", "Bob"),
        ("deal", "add", "C", "--value", "25", "--contact", "Bob"),
        ("deal", "add", "D", "--value", "1"),
        ("deal", "add", "Open", "--value", "7", "--company", "Acme"),
        *(("deal", "win", name) for name in "ABCD"),
    )  # fmt: skip
    for words in lines:
        result = crm_on(*words)
        assert result.code == 0, result.stderr
    with app.desk.reading() as reader:
        view = purchase_view(reader, None, "EUR", "EUR", WARSAW)
        found = {row.customer.label: row for row in customer_totals(reader, view)}
        pairs = list(baskets(reader, view))
        nobody, second = of_nobody(reader, view), of_second_contacts(reader, view)
    assert view.noun == "deal"
    assert {(label, row.customer.noun, row.amount, row.n) for label, row in found.items()} == {
        ("Acme", "company", 10000, 1), ("Zoë", "contact", 5000, 1), ("Bob", "contact", 2500, 1),
    }  # fmt: skip
    assert pairs == [(found["Acme"].customer.key, "tea")]
    assert nobody == 1
    assert {key: len(numbers) for key, numbers in second.items()} == {
        found["Bob"].customer.key: 1,
        found["Zoë"].customer.key: 1,
    }


@pytest.mark.parametrize(
    ("rates", "wanted", "amount", "missing"),
    [
        ((), "EUR", 1000, [("JPY", 1, 5000), ("USD", 2, 3000)]),
        ((("USD", "EUR", 0.5, ""), ("JPY", "EUR", 0.01, "")), "EUR", 1000 + 1500 + 5000, []),
        ((("USD", "EUR", 0.5, ""), ("USD", "EUR", 0.8, "2026-03-01")), "EUR", 1000 + 500 + 1600, [("JPY", 1, 5000)]),
        ((("EUR", "USD", 2.0, ""), ("EUR", "JPY", 100.0, "")), "EUR", 1000 + 1500 + 5000, []),
        ((("EUR", "USD", 2.0, ""), ("EUR", "JPY", 100.0, "")), "USD", 2000 + 3000 + 10000, []),
        ((("EUR", "CHF", 2.0, ""), ("USD", "CHF", 1.0, ""), ("JPY", "CHF", 0.01, "")), "USD", 2000 + 3000 + 5000, []),
        ((("USD", "EUR", 0.5, "2026-03-01"),), "EUR", 1000 + 1000, [("JPY", 1, 5000), ("USD", 1, 1000)]),
    ],
)
def test_money_is_counted_in_one_currency(
    app: AppContext, rates: tuple[Any, ...], wanted: str, amount: int, missing: list[Any]
) -> None:
    """By the rate of the day, in either direction or by way of a third currency; what has no rate is named."""
    _keep(
        app,
        ("A", at("2026-01-01T12:00:00"), 1000, None, None),
        ("A", at("2026-01-02T12:00:00"), 1000, "USD", None),
        ("A", at("2026-03-01T12:00:00"), 2000, "USD", None),
        ("A", at("2026-03-02T12:00:00"), 5000, "JPY", None),
    )
    for rate in rates:
        _rate(app, *rate)
    with app.desk.reading() as reader:
        view = purchase_view(reader, "purchases", wanted, "EUR", WARSAW)
        (total,) = customer_totals(reader, view)
        assert (total.amount, [row[:3] for row in unrated(reader, view)]) == (amount, missing)


def test_changes_of_the_clock_are_found_to_the_second() -> None:
    """Warsaw's two changes of 2026, and Morocco's pause in Ramadan."""
    year = (at("2026-01-01T00:00:00"), at("2026-12-31T00:00:00"))
    assert offsets(ZoneInfo("Europe/Warsaw"), *year) == [
        ("2026-01-01T00:00:00Z", 3600), ("2026-03-29T01:00:00Z", 7200), ("2026-10-25T01:00:00Z", 3600),
    ]  # fmt: skip
    assert [offset for _, offset in offsets(ZoneInfo("Africa/Casablanca"), *year)] == [3600, 0, 3600]
    assert offsets(ZoneInfo("UTC"), *year) == [("2026-01-01T00:00:00Z", 0)]
