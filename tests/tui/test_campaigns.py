"""The campaigns screen: what each has brought, in any order, and the way to its deals and activities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.domain.money import Money
from crmcli.domain.views import CampaignTotal
from crmcli.tui.campaign_figures import SORTS, Order, in_order, main_currency, picture
from crmcli.tui.modals.picker import Picker
from crmcli.tui.widgets.figures import FigureRows
from crmcli.tui.widgets.report_chart import Gutter
from tests.tui.boards import context_of, crm_app, place, press, settle

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp
    from crmcli.tui.screens.campaigns import CampaignsScreen

DEALS = (
    ("Pilot", "1000 EUR", "Spring", "won"), ("Rollout", "9000 EUR", "Spring", "lead"), ("Другая", "300 EUR", "Панаир", "won"),
    ("Booth", "50 USD", "Панаир", "lead"), ("Letter", "5000 EUR", 'The "big" one', "won"),
    ("Lost one", "70 EUR", 'The "big" one', "lost"),
)  # fmt: skip


@pytest.fixture
def program(store: str) -> CrmApp:
    """The program on three campaigns."""
    context = context_of(store)
    for title, value, campaign, stage in DEALS:
        raw = {"title": title, "value": value, "campaign": campaign, "stage": "lead" if stage == "lost" else stage}
        deal = context.deals.add(context.deals.draft(raw))
        if stage == "lost":
            context.deals.lose(deal.id, "price")
    for body in ("letter", "letter again"):
        context.activities.log(
            {
                "type": "email",
                "body": body,
                "campaign": 'The "big" one',
                "at": "2026-11-19 10:00",
                "contacts": ("jane@acme.example",),
            }
        )
    return crm_app(store, start="campaigns")


def screen(pilot: Pilot[None]) -> CampaignsScreen:
    """The screen."""
    return place(pilot)  # type: ignore[return-value]


def names(pilot: Pilot[None]) -> list[str]:
    """The campaigns from the top."""
    return [each.name for each in screen(pilot).totals]


def drawn(pilot: Pilot[None]) -> str:
    """What the screen shows, as text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


async def test_what_came_of_each(program: CrmApp) -> None:
    """The one that won most first, with a bar each in the currency of most, and amounts of every currency beside."""
    async with program.run_test(size=(140, 36)) as pilot:
        await settle(pilot)
        assert ['The "big" one', "Spring", "Панаир"] == names(pilot)
        assert [(5000, 5000), (10000, 1000), (300, 300)] == [(bar.value, bar.part) for bar in screen(pilot).chart.bars]
        text = drawn(pilot)
        assert "░" in text
        assert "█ won  ░ open" in text
        assert "50 USD" in text
        assert '❯ The "big" one' in text


async def test_sorted_by_another_column(program: CrmApp, store: str) -> None:
    """Chosen from a list, turned round by a key, and remembered."""
    async with program.run_test(size=(140, 36)) as pilot:
        await press(pilot, "s")
        assert isinstance(pilot.app.screen, Picker)
        await press(pilot, *"campaign", "enter")
        assert ["Spring", 'The "big" one', "Панаир"] == names(pilot)
        assert "campaign↑" in drawn(pilot)
        await press(pilot, "S")
        assert ["Панаир", 'The "big" one', "Spring"] == names(pilot)
        await press(pilot, "s", "escape")
        assert "name" == screen(pilot).order.by
    async with crm_app(store, start="campaigns").run_test(size=(140, 36)) as pilot:
        await settle(pilot)
        assert Order("name", reverse=True) == screen(pilot).order


async def test_a_heading_is_clicked(program: CrmApp) -> None:
    """It sorts by its column, a second click the other way round; the cursor stays on its campaign."""
    async with program.run_test(size=(140, 36)) as pilot:
        await settle(pilot)
        heading = screen(pilot).query_one("#figures-heading")
        at = drawn(pilot).splitlines()[heading.region.y].index("activities") + 1
        await pilot.click("#figures-heading", offset=(at, 0))
        await settle(pilot)
        assert ("activities", False) == screen(pilot).order
        await pilot.click("#figures-heading", offset=(at, 0))
        await settle(pilot)
        assert ("activities", True) == screen(pilot).order
        assert screen(pilot).total is not None
        assert 'The "big" one' == screen(pilot).total.name  # type: ignore[union-attr]


async def test_down_to_the_deals_and_back(program: CrmApp) -> None:
    """By enter and by a double click on the row or the bar."""
    async with program.run_test(size=(140, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "enter")
        assert ("deals", 2) == (place(pilot).name, place(pilot).rows.count)  # type: ignore[union-attr]
        await press(pilot, "left_square_bracket")
        assert ("campaigns", "Spring") == (place(pilot).name, screen(pilot).total.name)  # type: ignore[union-attr]
        await pilot.double_click(FigureRows, offset=(6, 0))
        await settle(pilot)
        assert ("deals", 2) == (place(pilot).name, place(pilot).rows.count)  # type: ignore[union-attr]
        await press(pilot, "left_square_bracket")
        await pilot.double_click(Gutter, offset=(4, 2 * screen(pilot).chart.pitch))
        await settle(pilot)
        assert ("deals", 2) == (place(pilot).name, place(pilot).rows.count)  # type: ignore[union-attr]


async def test_down_to_the_activities(program: CrmApp) -> None:
    """Of the campaign at the cursor; quotes in its name do no harm."""
    async with program.run_test(size=(140, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        assert "activity" == place(pilot).name
        assert 2 == len(place(pilot).rows._numbers)  # type: ignore[union-attr]


async def test_other_figures_and_no_chart(program: CrmApp) -> None:
    """Both currencies, deals, activities, and round; the chart can be put away."""
    async with program.run_test(size=(140, 36)) as pilot:
        await settle(pilot)
        seen = []
        for _ in range(5):
            seen.append(drawn(pilot).partition("chart: ")[2].partition("  ")[0].strip())
            await press(pilot, "v")
        assert ["value, EUR", "value, USD", "deals", "activities", "value, EUR"] == [
            each.splitlines()[0] for each in seen
        ]
        await press(pilot, "c")
        assert not screen(pilot).chart.display
        await press(pilot, "c")
        assert screen(pilot).chart.display


async def test_it_follows_the_store(program: CrmApp, store: str) -> None:
    """A campaign of someone else appears; the cursor stays on its campaign."""
    async with program.run_test(size=(140, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "j")
        other = context_of(store)
        deal = other.deals.add(other.deals.draft({"title": "New", "value": "1200000", "campaign": "Huge"}))
        other.deals.win(deal.id)
        pilot.app.post_message(pilot.app.StoreChanged())  # type: ignore[attr-defined]
        await settle(pilot)
        assert "Huge" == names(pilot)[0]
        assert "Spring" == screen(pilot).total.name  # type: ignore[union-attr]


async def test_a_campaign_is_yanked(program: CrmApp) -> None:
    """As CSV and as JSON, with its uid."""
    async with program.run_test(size=(140, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "y")
        assert "Spring,2,1,9000 EUR,1,1000 EUR" in pilot.app.clipboard
        await press(pilot, "Y")
        assert '"name": "Spring"' in pilot.app.clipboard


async def test_none_yet(tmp_path: Path) -> None:
    """It says how a campaign comes to be, and no key does harm."""
    async with crm_app(str(tmp_path / "none.db"), start="campaigns").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "a", "v", "c", "S", "y", "j")
        assert "No campaigns yet" in drawn(pilot)
        assert '--campaign "Spring mailing"' in drawn(pilot)
        assert "campaigns" == place(pilot).name


def total(name: str, won: int | None = None, code: str = "EUR", activities: int = 0) -> CampaignTotal:
    """A campaign with one deal won, or none."""
    amounts = (Money(won, code),) if won is not None else ()
    return CampaignTotal("cp_1", 1, name, 1, 0, (), 1, amounts, 0, activities, 0, None)


@pytest.mark.parametrize("by", SORTS)
@pytest.mark.parametrize("reverse", [False, True])
def test_every_column_can_be_sorted_by(by: str, reverse: bool) -> None:
    """None is lost, and what has no value comes last either way."""
    totals = [total("b", 100), total("a"), total("ä", 50, "USD"), total("c", 7, activities=3)]
    assert sorted(map(str, totals)) == sorted(map(str, in_order(totals, Order(by, reverse))))


def test_amounts_of_the_usual_currency_count_first() -> None:
    """A thousand yen are no more than one euro because they are a thousand."""
    totals = [total("yen", 100_000, "JPY"), total("euro", 100), total("more", 200)]
    assert "EUR" == main_currency(totals)
    assert ["more", "euro", "yen"] == [each.name for each in in_order(totals, Order())]
    assert main_currency([]) is None
    assert picture([], 0, None) is None  # type: ignore[arg-type]


async def test_pictures(program: CrmApp, differing: Any) -> None:
    """With names in other scripts."""

    async def act(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, "j")

    assert not await differing(program, act)
