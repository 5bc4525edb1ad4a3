"""The pane of the campaigns screen: plan, members by state, results, the calendar, and what a dry run says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.tui import campaign_people
from crmcli.tui.widgets.month_grid import MonthGrid
from crmcli.tui.widgets.pane_line import PaneLine
from tests.tui.boards import context_of, crm_app, place, press, settle
from tests.tui.campaigns import chosen, drawn, pane, screen
from tests.tui.pages import told

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

SIZE = (130, 36)


@pytest.fixture
def store(campaigns_store: str) -> str:
    """Four campaigns, one of them under way."""
    return campaigns_store


@pytest.fixture
def program(store: str) -> CrmApp:
    """The program on them."""
    return crm_app(store, start="campaigns")


@pytest.fixture
def sender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings name a sender and no server."""
    path = tmp_path / "crm.toml"
    path.write_text('[smtp]\nfrom = "Acme <news@acme.example>"\n', "utf-8")
    monkeypatch.setenv("CRM_CONFIG", str(path))


async def go_to_line(pilot: Pilot[None], text: str) -> None:
    """Put the cursor of the pane on the line with a text."""
    await press(pilot, "right")
    entries = screen(pilot).entries
    entries.go_to(next(at for at, line in enumerate(pane(pilot).splitlines()) if text in line))
    await settle(pilot)


async def test_the_plan_with_goals_and_costs(program: CrmApp) -> None:
    """What is known, part by part; goals with what is reached of them."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        text = pane(pilot)
        for said in ("► active", "bring back those who left", "2 Nov – 30 Nov, 9 d left", "hello", "1 of 4 · 25%",
                     "900 of 5,000 · 18%", "35% of 1,000 EUR", "250 spent · 100 committed · 0 planned · 650 left", "printing",
                     "committed"):  # fmt: skip
            assert (said, True) == (said, said in text)


async def test_a_task_opens_its_page(program: CrmApp) -> None:
    """An overdue one says so; back comes to the campaign."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "j", "j")
        assert "overdue yesterday" in pane(pilot)
        await go_to_line(pilot, "order the stand")
        assert [("activity", "order the stand")] == [(each.noun, each.name) for each in screen(pilot).targets()]
        await press(pilot, "enter")
        assert "record" == place(pilot).name
        await press(pilot, "left_square_bracket")
        assert ("campaigns", "Панаир Пловдив", True) == (
            place(pilot).name,
            chosen(pilot).view.name,
            screen(pilot).is_inside,
        )


async def test_the_panes_by_keys_and_mouse(program: CrmApp) -> None:
    """Each by its own key, one after the other by tab, and by a click."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        seen = []
        for key in ("m", "v", "C", "p", "tab", "shift+tab", "shift+tab"):
            await press(pilot, key)
            seen.append(screen(pilot).pane)
        assert ["members", "results", "calendar", "plan", "members", "plan", "calendar"] == seen
        await pilot.click(PaneLine, offset=(9, 0))
        await settle(pilot)
        assert "members" == screen(pilot).pane


async def test_members_by_state_and_down_to_a_person(program: CrmApp, store: str) -> None:
    """A bar and a figure for each state; enter lists the people, enter again opens the page; escape goes back."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        assert "5 people by state" in pane(pilot)
        assert "4 · 80.0%" in pane(pilot)
        await go_to_line(pilot, "✓ responded")
        await press(pilot, "enter")
        assert "responded: 1" in pane(pilot)
        assert "Jane Doe" in pane(pilot)
        jane = context_of(store).contacts.find("p0@people.example")
        assert [jane.number] == [each.number for each in screen(pilot).targets()]
        await press(pilot, "enter")
        assert ("record", f"contact:{jane.uid}") == (place(pilot).name, pilot.app.trail.here.ref)  # type: ignore[attr-defined]
        await press(pilot, "left_square_bracket", "escape")
        assert "5 people by state" in pane(pilot)
        assert ("state", "responded") == screen(pilot).entries.line.ref  # type: ignore[union-attr]
        await press(pilot, "escape")
        assert not screen(pilot).is_inside


async def test_more_people_come_at_the_end(program: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more than are listed at a time."""
    people = campaign_people.People
    monkeypatch.setattr("crmcli.tui.screens.campaigns.People", lambda *given: people(*given, *([2] if given else [])))
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        await go_to_line(pilot, "targeted")
        await press(pilot, "enter")
        assert 3 == screen(pilot).entries.count
        await press(pilot, "G")
        assert (5, 2) == (screen(pilot).entries.count, screen(pilot).entries.cursor)


async def test_results_and_the_deals_behind(program: CrmApp) -> None:
    """The funnel, money and goals; enter lists who came so far, or opens the deals."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "v")
        text = pane(pilot)
        for said in ("how far people came", "responded", "1, 1 won", "900 EUR", "250 EUR", "260.0%", "1 of 4 · 25%"):
            assert (said, True) == (said, said in text)
        await go_to_line(pilot, "✓ responded")
        await press(pilot, "enter")
        assert "were responded" in pane(pilot)
        assert "Jane Doe" in pane(pilot)
        await press(pilot, "escape")
        assert "results" == screen(pilot).pane
        await go_to_line(pilot, "deals  ")
        await press(pilot, "enter")
        assert ("deals", 1) == (place(pilot).name, place(pilot).rows.count)  # type: ignore[union-attr]


async def test_a_chart_of_responses_where_there_is_room(store: str) -> None:
    """Along time, with a title; not on a short screen."""
    context = context_of(store)
    context.members.respond("Spring 🌷 letter", ["p1@people.example"], at="2026-11-15 10:00")
    app = crm_app(store, start="campaigns")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "v")
        assert "responses of the day" in drawn(pilot)
        assert screen(pilot).chart.display
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        await press(pilot, "v")
        assert not screen(pilot).chart.display


async def test_the_calendar_by_month(program: CrmApp) -> None:
    """Bars, tasks on their day; keys go from month to month; enter goes to a campaign."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "C")
        text = drawn(pilot)
        assert "[21]" in text
        assert "20 □" in text
        assert "▐► Spring 🌷 letter ─" in text
        assert ["حملة الخريف", "Spring 🌷 letter", "order the stand", "Панаир Пловдив"] == [
            each.pieces[3].text for each in screen(pilot).entries.rows if not each.is_heading
        ]
        await go_to_line(pilot, "◇ 24 Nov")
        await press(pilot, "enter")
        assert "Панаир Пловдив" == chosen(pilot).view.name
        await press(pilot, "less_than_sign", "less_than_sign")
        assert "2026-09-01" == str(screen(pilot).query_one(MonthGrid).month.start)  # type: ignore[union-attr]
        assert "Old one" in pane(pilot)
        await press(pilot, "3", "greater_than_sign")
        assert "nothing in December 2026" in drawn(pilot)


async def test_a_dry_run_says_who_and_why_not(store: str, sender: None) -> None:
    """With the subject each would get; nothing is written."""
    async with crm_app(store, start="campaigns").run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "T")
        text = pane(pilot)
        assert "dry run: 4 would get it" in text
        assert "Hello 张伟" in text
        states = context_of(store).campaigns.show("Spring 🌷 letter").states
        assert {"targeted": 4, "responded": 1} == dict(states)


async def test_a_dry_run_of_what_is_not_mailed(program: CrmApp) -> None:
    """It says why it can't be."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "j", "j", "T")
        assert "is of kind exhibition, which is not mailed" in drawn(pilot)
        await press(pilot, "r", "escape")
        assert "nobody yet" in drawn(pilot)


async def test_a_person_of_the_pane_is_yanked(program: CrmApp) -> None:
    """And not the campaign."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        await go_to_line(pilot, "✓ responded")
        await press(pilot, "enter", "y")
        assert "p0@people.example" in pilot.app.clipboard
        await press(pilot, "k", "escape", "left", "right", "enter", "o")
        assert "campaigns" == place(pilot).name


async def test_a_line_without_anything_behind_says_so(program: CrmApp) -> None:
    """As the owner's."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "right", "enter")
        assert any("nothing more behind" in each for each in told(pilot))


async def test_what_is_odd_is_shown_as_it_is(store: str) -> None:
    """Markup, control characters and long texts; objectives are wrapped."""
    from crmcli.services.campaigns import Told

    context = context_of(store)
    context.campaigns.edit("Old one", Told({"objective": "[bold]x[/bold] " * 30}), name="[red]Old[/red] one")
    async with crm_app(store, start="campaigns").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "G")
        assert "[red]Old[/red] one" in drawn(pilot)
        assert 30 == pane(pilot).count("[bold]x[/bold]")


async def test_pictures_of_the_panes(program: CrmApp, differing: Any) -> None:
    """Each at another size."""

    async def results(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, "C")

    assert not await differing(program, results)
