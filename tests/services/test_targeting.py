"""How people are made members: by shares, evenly, and the same each time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from crmcli.services.campaigns import Told

if TYPE_CHECKING:
    from crmcli.context import AppContext


def _people(app: AppContext, count: int) -> None:
    from crmcli.store.bulk import Bulk

    with app.desk.writing("people") as uow:
        bulk = Bulk(uow)
        for number in range(count):
            draft = app.contacts.draft({"name": f"P{number}", "emails": [f"p{number}@x.com"]})
            bulk.add("contact", draft.values, {}, {})
        bulk.flush()


def _campaign(app: AppContext, shares: dict[str, int], winner: str = "") -> None:
    from crmcli.services.segments import Definition, Segments
    from crmcli.store.models.campaigns import CampaignVariant

    Segments(app.desk).add("all", Definition(filter="name is not empty"))
    number = app.campaigns.add("Spring", Told({"kind": "email"}, ["all"])).number
    with app.desk.writing("variants") as uow:
        for name, share in shares.items():
            uow.add(
                CampaignVariant(
                    campaign_id=number, name=name, name_key=name.lower(), share=share, is_winner=int(name == winner)
                )
            )


@pytest.mark.parametrize(
    ("shares", "winner", "counts"),
    [
        ({"A": 1, "B": 1}, "", {"A": 12, "B": 12}),
        ({"A": 50, "B": 30, "C": 20}, "", {"A": 12, "B": 7, "C": 5}),
        ({"A": 3, "B": 0}, "", {"A": 24}),
        ({"A": 1, "B": 1}, "B", {"B": 24}),
        ({}, "", {None: 24}),
    ],
)
def test_variants_are_dealt_out_by_share(
    app: AppContext, shares: dict[str, int], winner: str, counts: dict[str | None, int]
) -> None:
    _people(app, 24)
    _campaign(app, shares, winner)
    app.members.start("Spring")
    assert counts == Counter(member.variant for member in app.members.list("Spring"))


def test_variants_are_spread_evenly_and_go_on_where_they_stopped(app: AppContext) -> None:
    """Any twelve in a row hold both in their shares, also across two rounds of targeting."""
    _people(app, 7)
    _campaign(app, {"A": 2, "B": 1})
    app.members.start("Spring")
    for number in range(5):
        app.contacts.add(app.contacts.draft({"name": f"Q{number}", "emails": [f"q{number}@x.com"]}))
    app.members.target("Spring")
    dealt = [member.variant for member in app.members.list("Spring")]
    assert Counter({"A": 8, "B": 4}) == Counter(dealt)
    assert all(Counter({"A": 2, "B": 1}) == Counter(dealt[place : place + 3]) for place in range(0, 12, 3))


def test_targeting_is_no_undo_step_of_its_own(app: AppContext) -> None:
    """Members stand beside the log: there is one step for the state, and none where only people came in."""
    _people(app, 2)
    _campaign(app, {})
    app.members.start("Spring")
    before = next(app.history.list()).number
    app.contacts.add(app.contacts.draft({"name": "Late"}))
    assert 1 == app.members.target("Spring").added
    assert before + 1 == next(app.history.list()).number


def test_a_thousand_and_one_come_in_at_once(app: AppContext) -> None:
    _people(app, 1001)
    _campaign(app, {"A": 1, "B": 1})
    done = app.members.start("Spring")
    assert (1001, 0, 1001) == (done.added, done.duplicates, done.campaign.members)
    with app.desk.reading() as reader:
        assert 1001 == reader.value("SELECT COUNT(*) FROM campaign_event WHERE status = 'targeted'")
