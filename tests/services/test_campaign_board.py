"""What the screen of campaigns is told, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import FilterError, NotFound
from crmcli.services.campaign_board import CampaignBoard
from crmcli.services.campaigns import Told
from crmcli.services.segments import Definition
from crmcli.store.queries.campaign_board import Reach, Sending

if TYPE_CHECKING:
    from crmcli.context import AppContext


@pytest.fixture
def board(app: AppContext) -> CampaignBoard:
    """Two campaigns: one that is mailed to three people, of whom one responded; one that nothing is known of."""
    for number in range(3):
        app.contacts.add(app.contacts.draft({"name": f"P{number}", "emails": [f"p{number}@x.example"]}))
    app.segments.add("all", Definition(filter="email is not empty"))
    app.campaigns.add("Spring", Told({"kind": "newsletter", "budget": "100"}, ["all"]))
    app.campaigns.add("Later", Told({"kind": "other"}))
    app.budgets.add("Spring", "30", note="stamps")
    app.members.start("Spring")
    app.members.respond("Spring", ["p0@x.example"])
    return CampaignBoard(app.desk)


def test_rows_with_money_and_people(board: CampaignBoard) -> None:
    """By name; what is not known is none."""
    later, spring = board.rows()
    assert ("Later", None, Reach(), None) == (later.view.name, later.budget, later.reach, later.sending)
    assert ("Spring", 3, Reach(0, 1)) == (spring.view.name, spring.view.members, spring.reach)
    assert ("30", "70") == (spring.budget.spent.plain, spring.budget.left.plain)  # type: ignore[union-attr]
    assert Sending(left=2) == spring.sending
    assert {spring.view.number: Sending(left=2)} == board.sendings()


def test_only_what_a_filter_selects(board: CampaignBoard) -> None:
    """With all that belongs to it; a filter that can't be read is refused."""
    assert ["Spring"] == [row.view.name for row in board.rows("status = active AND kind = newsletter")]
    assert [] == board.rows('name = "nobody"')
    with pytest.raises(FilterError):
        board.rows("colour = red")


def test_one_with_its_costs(board: CampaignBoard) -> None:
    """Every line of them; raises NotFound for one that there is not."""
    page = board.page("Spring")
    assert (["stamps"], {"targeted": 2, "responded": 1}) == (
        [cost.note for cost in page.costs],
        dict(page.picture.states),
    )
    with pytest.raises(NotFound):
        board.page("Autumn")


def test_how_far_a_sending_is() -> None:
    """All there is to be, and whether anything is left."""
    assert (10, False) == (Sending(5, 1, 1, 1, 2).whole, Sending(5, 1, 1, 1, 2).is_over)
    assert Sending(5, 1, 1).is_over
    assert not Sending(5, retry=1).is_over
