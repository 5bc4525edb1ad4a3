"""What came of campaigns, and the filters that lead to their records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crmcli.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.context import AppContext


def _deal(app: AppContext, title: str, value: str, stage: str, campaign: str) -> str:
    view = app.deals.add(app.deals.draft({"title": title, "value": value, "campaign": campaign}))
    if stage == "won":
        app.deals.win(title)
    if stage == "lost":
        app.deals.lose(title, "price")
    return str(view.id)


def test_totals_are_by_stage_kind_and_currency(app: AppContext) -> None:
    """Deleted deals and people don't count, and what is only planned has reached nobody."""
    spring = 'Spring "26" \\ fair'
    for title, value, stage in (
        ("A", "1000 EUR", "lead"), ("B", "20 USD", "lead"), ("C", "500 EUR", "won"), ("D", "7 EUR", "lost"), ("E", "9 EUR", "lead"),
    ):  # fmt: skip
        _deal(app, title, value, stage, spring)
    app.deals.remove("E")
    _deal(app, "F", "3 EUR", "lead", "Łódź")
    for person in ("Jane", "Ewa", "Gone", "Otto"):
        app.contacts.add(app.contacts.draft({"name": person}))
    for person, at in (("Jane", "2026-11-03"), ("Jane", "2026-11-01"), ("Ewa", "2026-11-02"), ("Gone", "2026-11-02")):
        app.activities.log({"type": "call", "subject": "hi", "contacts": [person], "campaign": spring, "at": at})
    app.contacts.remove("Gone")
    app.tasks.add(
        app.tasks.draft(
            {
                "subject": "later",
                "contacts": ["Otto"],
                "campaign": spring,
                "due": "2026-12-24",
                "type": "task",
                "status": "planned",
            }
        )
    )
    lodz, total = app.campaigns.list()
    assert ("Łódź", 1, 1, (Money(300, "EUR"),), 0, None) == (
        lodz.name, lodz.deals, lodz.open_deals, lodz.open_value, lodz.activities, lodz.last_activity,
    )  # fmt: skip
    assert (spring, 4, 2, (Money(100_000, "EUR"), Money(2000, "USD")), 1, (Money(50_000, "EUR"),), 1) == total[2:9]
    live = len(app.tables.order("activity", app.campaigns.records_of(spring)))
    assert (live, 2, datetime(2026, 11, 3, 0, tzinfo=UTC).date()) == (
        total.activities, total.contacts, total.last_activity and total.last_activity.date(),
    )  # fmt: skip
    assert 4 == live
    assert ["A", "B", "C", "D"] == sorted(
        view.title
        for view in app.tables.page("deal", app.tables.order("deal", app.campaigns.records_of(spring))).values()
    )


def test_no_store_no_campaigns(crm: Callable[..., object]) -> None:
    from crmcli.context import AppContext, Flags

    assert [] == AppContext(Flags(quiet=True)).campaigns.list()
