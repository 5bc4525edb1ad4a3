"""What reports about customers read, and the way from a customer to the records."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from crmcli.errors import UsageError
from crmcli.reports.bought import bought, customer_drill
from crmcli.reports.inquiry import Inquiry
from crmcli.reports.period import window
from crmcli.store.queries.purchases import customer_totals

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.context import AppContext

NOW = datetime(2026, 11, 21, 13, tzinfo=ZoneInfo("Europe/Warsaw"))
_DEALS = (
    ("company", "add", "Acme"), ("company", "add", "acme"), ("contact", "add", "Zoë"), ("contact", "add", "Bob"),
    ("deal", "add", "A", "--value", "100", "--company", "1", "--contact", "Bob"),
    ("deal", "add", "B", "--value", "50", "--contact", "Zoë", "--contact", "Bob"),
    ("deal", "add", "C", "--value", "25", "--contact", "Bob"),
    ("deal", "add", "D", "--value", "10", "--company", "2"),
    ("deal", "add", "E", "--value", "10 JPY"),
    ("deal", "add", "F", "--value", "30 USD", "--contact", "Bob"),
    ("deal", "add", "Open", "--value", "7", "--company", "1"),
    *(("deal", "win", name) for name in "ABCDEF"),
)  # fmt: skip
_LOGGED = (
    ("purchases", "add", "--company", "1", "--amount", "5", "--date", "2026-01-05"),
    ("purchases", "add", "--contact", "Bob", "--amount", "6", "--date", "2026-01-05"),
    ("purchases", "add", 'Some "Body"', "--amount", "7", "--date", "2026-01-06"),
    ("purchases", "add", "some  \"body\"", "--amount", "8", "--date", "2025-12-31"),
)  # fmt: skip


def _asked(words: str | None, period: str | None = None, source_of: str | None = None) -> Inquiry:
    return Inquiry(None, window(NOW, period), words, NOW, "EUR", {"source_of": source_of})


@pytest.mark.parametrize(
    ("source_of", "period", "words", "figures"),
    [
        ("deals", None, None, {("Acme", 1), ("acme", 1), ("Zoë", 1), ("Bob", 2)}),
        ("deals", "2026", "value > 20 EUR", {("Acme", 1), ("Zoë", 1), ("Bob", 1)}),
        (None, None, None, {("Acme", 1), ("Bob", 1), ('Some "Body"', 2)}),
        ("purchases", "2026", "amount > 5", {("Bob", 1), ('Some "Body"', 1)}),
    ],
)
def test_every_customer_leads_to_exactly_what_was_bought(
    crm_after: Callable[..., Any], source_of: str | None, period: str | None, words: str | None, figures: set[Any]
) -> None:
    """Whoever it is: a company, a person who comes first in a deal or second, or a name in a log."""
    from crmcli.context import AppContext

    crm = crm_after(*_DEALS, *_LOGGED)
    desk = AppContext(origin="test").desk
    with desk.reading() as reader:
        found = bought(desk, reader, _asked(words, period, source_of))
        totals = list(customer_totals(reader, found.view, found.span, found.where))
        drills = [customer_drill(found, row.customer) for row in totals]
    assert {(row.customer.label, row.n) for row in totals} == figures
    noun = "deal" if source_of == "deals" else "purchases"
    counts = [
        len(crm(noun, "list", "--filter", drill.filter, "--limit", "0", "--format", "ids").lines)
        for drill in drills
        if drill
    ]
    assert counts == [row.n for row in totals]


def test_what_is_left_out_is_named(crm_after: Callable[..., Any]) -> None:
    """Money without a rate, and deals of nobody; once there is a rate, nothing of it is said."""
    from crmcli.context import AppContext

    crm_after(*_DEALS, *_LOGGED)
    desk = AppContext(origin="test").desk
    with desk.reading() as reader:
        notes = bought(desk, reader, _asked(None, source_of="deals")).notes
    assert notes == (
        "1 deal worth 10 JPY is left out of the money: no rate for JPY up to 2026-11-21 (crm rate set JPY RATE)",
        "1 deal worth 30.00 USD is left out of the money: no rate for USD up to 2026-11-21 (crm rate set USD RATE)",
        "1 won deal has neither a company nor a contact and so no customer: left out",
    )


def test_where_purchases_come_from_is_one_of_two(app: AppContext) -> None:
    """Anything else is refused."""
    with app.desk.reading() as reader, pytest.raises(UsageError, match="'invoices' is neither purchases nor deals"):
        bought(app.desk, reader, _asked(None, source_of="invoices"))
