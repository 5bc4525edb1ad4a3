"""The campaigns screen: the list with filter and order, what is done with a campaign by keys, and what opens from it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, Select

from crmcli.services.campaigns import Told
from crmcli.services.segments import Definition
from crmcli.tui.campaign_words import Order
from crmcli.tui.modals.campaign_form import CampaignForm
from crmcli.tui.modals.confirm import Confirm
from crmcli.tui.modals.conflict import ConflictDialog
from crmcli.tui.modals.failure import Failure
from crmcli.tui.modals.form import Form
from crmcli.tui.modals.picker import Picker
from crmcli.tui.widgets.campaign_list import CampaignList
from crmcli.tui.widgets.filter_bar import FilterBar
from tests.tui.boards import context_of, crm_app, place, press, settle
from tests.tui.campaigns import chosen, drawn, names, pane, plan, screen
from tests.tui.pages import told, type_text

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

SIZE = (130, 36)
BY_STATE = ["Spring 🌷 letter", "حملة الخريف", "Панаир Пловдив", "Old one"]


@pytest.fixture
def store(campaigns_store: str) -> str:
    """Four campaigns, one of them under way."""
    return campaigns_store


@pytest.fixture
def program(store: str) -> CrmApp:
    """The program on them."""
    return crm_app(store, start="campaigns")


async def go_to(pilot: Pilot[None], name: str) -> None:
    """Put the cursor on a campaign."""
    await settle(pilot)
    screen(pilot).campaigns.go_to(names(pilot).index(name))
    await settle(pilot)


async def save(pilot: Pilot[None], **typed: str) -> None:
    """Fill a form and store it."""
    form = pilot.app.screen
    assert isinstance(form, Form)
    for name, text in typed.items():
        control = form.query_one(f"#field-{name}")
        if isinstance(control, Input | Select):
            control.value = text
    await press(pilot, "ctrl+s")
    assert not isinstance(pilot.app.screen, Form), drawn(pilot)


# -- the list


async def test_state_money_and_people_at_a_glance(program: CrmApp) -> None:
    """By a word as well as a mark; the budget as a bar and in words; past it is said."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert BY_STATE == names(pilot)
        text = drawn(pilot)
        for said in ("► Spring 🌷 letter", "active", "‖", "paused", "✓ Old one", "completed", "◇", "35% of 1,000 EUR"):
            assert (said, True) == (said, said in text)
        assert "!over" in text
        assert "people/sent/responded" in text
        assert (chosen(pilot).view.members, *chosen(pilot).reach) == (5, 0, 1)
        assert "5/0/1" in text


async def test_sorted_reversed_and_remembered(program: CrmApp, store: str) -> None:
    """Chosen from a list, turned round by a key."""
    async with program.run_test(size=SIZE) as pilot:
        await press(pilot, "s")
        assert isinstance(pilot.app.screen, Picker)
        await press(pilot, *"budget", "enter")
        assert ["Панаир Пловдив", "Spring 🌷 letter"] == names(pilot)[:2]
        await press(pilot, "S")
        assert ["Spring 🌷 letter", "Панаир Пловдив"] == names(pilot)[:2]
        assert "by budget ↑" in drawn(pilot)
    async with crm_app(store, start="campaigns").run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert Order("budget", reverse=True) == screen(pilot).order


async def test_a_filter_narrows_and_escape_takes_it_off(program: CrmApp) -> None:
    """A mistake is shown where it is, and what was typed stays."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "slash")
        await type_text(pilot, "status = paused")
        await press(pilot, "enter")
        assert ["حملة الخريف"] == names(pilot)
        await press(pilot, "escape")
        assert BY_STATE == names(pilot)
        await press(pilot, "slash")
        await type_text(pilot, "colour = red")
        await press(pilot, "enter")
        assert screen(pilot).query_one(FilterBar).has_class("-wrong")
        await press(pilot, "escape", "escape")
        assert BY_STATE == names(pilot)


async def test_nothing_matches(program: CrmApp) -> None:
    """It says so, and no key does harm."""
    async with program.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "slash")
        await type_text(pilot, "name = nobody")
        await press(pilot, "enter")
        assert "no campaign matches the filter" in drawn(pilot)
        await press(
            pilot, "enter", "c", "dollar_sign", "R", "P", "F", "X", "T", "M", "a", "b", "y", "o", "tab", "delete"
        )
        assert "campaigns" == place(pilot).name
        assert [] == names(pilot)


async def test_none_yet(tmp_path: Path) -> None:
    """It says how one comes to be; the first one can be planned from there."""
    async with crm_app(str(tmp_path / "none.db"), start="campaigns").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "a", "v", "C", "S", "y", "j", "T")
        assert "No campaigns yet" in drawn(pilot)
        await press(pilot, "n")
        await save(pilot, name="First")
        assert ["First"] == names(pilot)
        assert "No campaigns yet" not in drawn(pilot)


async def test_a_click_chooses_and_a_double_click_goes_into_the_pane(program: CrmApp) -> None:
    """Two lines are one campaign."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.click(CampaignList, offset=(6, 3))
        await settle(pilot)
        assert BY_STATE[1] == chosen(pilot).view.name
        await pilot.double_click(CampaignList, offset=(6, 4))
        await settle(pilot)
        assert (BY_STATE[2], True) == (chosen(pilot).view.name, screen(pilot).is_inside)


async def test_it_follows_the_store(program: CrmApp, store: str) -> None:
    """A campaign of someone else appears; cursor, filter and pane stay."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "j", "m")
        context = context_of(store)
        context.members.start(context.campaigns.add("Autumn", Told()).id)
        pilot.app.post_message(pilot.app.StoreChanged())  # type: ignore[attr-defined]
        await settle(pilot)
        assert "Autumn" in names(pilot)
        assert (BY_STATE[1], "members") == (chosen(pilot).view.name, screen(pilot).pane)


async def test_a_search_hit_opens_this_campaign(program: CrmApp) -> None:
    """From any screen, also where a filter hides it."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "slash")
        await type_text(pilot, "status = paused")
        await press(pilot, "enter", "ctrl+pagedown", "ctrl+k")
        await type_text(pilot, "old one")
        await press(pilot, "enter")
        assert ("campaigns", "Old one") == (place(pilot).name, chosen(pilot).view.name)


# -- what is done with one


async def test_planned_in_a_form(program: CrmApp, store: str) -> None:
    """The cursor goes to it; undo takes it away."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "n")
        assert isinstance(pilot.app.screen, CampaignForm)
        await save(pilot, name="Winter", kind="webinar", start="2026-12-01", budget="1.5k", segments="all", goals="responses=9",
                   window="09:00-17:00 mon-fri")  # fmt: skip
        view = context_of(store).campaigns.get("Winter")
        assert ("webinar", "2026-12-01", "1500 EUR") == (view.kind, str(view.starts_on), f"{view.budget.plain} EUR")  # type: ignore[union-attr]
        assert (["all"], [9]) == ([each.name for each in view.segments], [goal.target for goal in view.goals])
        assert {"pace": {"window": "09:00-17:00 mon-fri"}} == view.settings
        assert "Winter" == chosen(pilot).view.name
        await press(pilot, "u")
        assert "Winter" not in names(pilot)


async def test_changed_in_a_form(program: CrmApp, store: str) -> None:
    """Only what was changed is stored; what is emptied is cleared, goals are set anew."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "c")
        await save(pilot, name="Spring", goals="deals=3", template="", budget="2000")
        view = context_of(store).campaigns.get("Spring")
        assert (None, [("deals", 3)], "2000") == (view.template, [goal[:2] for goal in view.goals], view.budget.plain)  # type: ignore[union-attr]
        assert ["all"] == [each.name for each in view.segments]
        await press(pilot, "u")
        assert "hello" == context_of(store).campaigns.get("Spring 🌷 letter").template.name  # type: ignore[union-attr]


async def test_what_others_changed_meanwhile_is_asked_about(program: CrmApp, store: str) -> None:
    """Both values stand side by side; what only one of the two changed stays as that one left it."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "c")
        form = pilot.app.screen
        typed = {
            "name": "Mine", "objective": "mine", "per_hour": "100", "segments": "", "exclude": "press", "budget": "2000",
            "end": "2026-12-24", "goals": "deals=3",
        }  # fmt: skip
        for name, text in typed.items():
            form.query_one(f"#field-{name}", Input).value = text
        theirs = {"objective": "theirs", "ends_on": "2026-12-06", "per_hour": "50", "per_minute": "7", "code": "K26"}
        other = context_of(store)
        for name in ("few", "press", "old"):
            other.segments.add(name, Definition(filter=f"tag = {name}"))
        other.campaigns.edit("#1", Told(theirs, ["all", "few"], ["old"], ["responses=9"]), name="Theirs")
        await press(pilot, "ctrl+s")
        dialog = pilot.app.screen
        assert isinstance(dialog, ConflictDialog)
        assert {
            ("name", "Spring 🌷 letter", "Theirs", "Mine"),
            ("objective", "bring back those who left", "theirs", "mine"),
            ("end", "2026-11-30", "2026-12-06", "2026-12-24"),
            ("per_hour", "", "50", "100"),
            ("segments", "all", "all, few", ""),
            ("exclude", "", "old", "press"),
            ("goals", "responses=4, revenue=5000", "revenue=5000, responses=9", "deals=3"),
        } == {(each.name, each.before, each.theirs, each.mine) for each in dialog._disputed}
        assert "changed #1 Theirs meanwhile" in drawn(pilot)
        assert "Theirs" == context_of(store).campaigns.get("#1").name
        for each in dialog._disputed:
            await press(pilot, "m" if each.name in ("name", "end") else "t")
        await press(pilot, "enter")
        view = context_of(store).campaigns.get("#1")
        assert ("Mine", "theirs", "2026-12-24", "2000", "K26") == (
            view.name, view.objective, str(view.ends_on), view.budget and view.budget.plain, view.code,
        )  # fmt: skip
        assert {"per_hour": "50", "per_minute": "7"} == view.settings["pace"]
        assert (["all", "few"], ["old"], [("revenue", 5000), ("responses", 9)]) == (
            [each.name for each in view.segments], [each.name for each in view.excluded], [goal[:2] for goal in view.goals],
        )  # fmt: skip


async def test_going_back_from_what_others_changed_stores_nothing(program: CrmApp, store: str) -> None:
    """The form is there again with what was typed."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "c")
        pilot.app.screen.query_one("#field-name", Input).value = "Mine"
        context_of(store).campaigns.edit("#1", Told(), name="Theirs")
        await press(pilot, "ctrl+s", "escape")
        assert isinstance(pilot.app.screen, CampaignForm)
        assert "Mine" == pilot.app.screen.query_one("#field-name", Input).value
        assert "Theirs" == context_of(store).campaigns.get("#1").name


async def test_what_is_wrong_stays_in_the_form(program: CrmApp) -> None:
    """With the field named."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "c")
        pilot.app.screen.query_one("#field-end", Input).value = "2026-01-01"
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, CampaignForm)
        assert "lies before the start" in drawn(pilot)


async def test_a_cost_is_added_and_changed(program: CrmApp, store: str) -> None:
    """Added by a key, changed by enter on its line; the budget follows."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "dollar_sign")
        await save(pilot, amount="300", note="stamps")
        assert "stamps" in pane(pilot)
        assert "65% of 1,000 EUR" in pane(pilot)
        await press(pilot, "right")
        entries = screen(pilot).entries
        entries.go_to(next(at for at, each in enumerate(entries.rows) if any("stamps" in p.text for p in each.pieces)))
        await press(pilot, "enter")
        await save(pilot, amount="310", state="planned")
        costs = {
            cost.note: (cost.amount.plain, cost.state) for cost in context_of(store).budgets.list("Spring 🌷 letter")
        }
        assert ("310", "planned") == costs["stamps"]
        await press(pilot, "u", "u")
        assert "stamps" not in pane(pilot)


async def test_a_response_is_noted_down(program: CrmApp, store: str) -> None:
    """Of people who are known and of a new address."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "R")
        await save(pilot, contacts="p1@people.example, new@x.example", status="converted", note="bought")
        assert {"converted": 2, "responded": 1, "targeted": 3} == dict(
            context_of(store).campaigns.show("Spring 🌷 letter").states
        )
        assert 3 == chosen(pilot).reach.responded


async def test_of_a_response_it_is_said_what_can_be_taken_back(program: CrmApp, store: str) -> None:
    """Who is known stays noted down, who is new goes with the contact; nobody noted down twice is nothing done."""
    async with program.run_test(size=SIZE) as pilot:
        await go_to(pilot, "Панаир Пловдив")
        await press(pilot, "R")
        await save(pilot, contacts="p1@people.example")
        assert [
            "response to Панаир Пловдив noted down",
            "u does not take that back, crm campaign respond 'Панаир Пловдив' WHO --take-back does",
        ] == told(pilot)[-2:]
        await press(pilot, "R")
        await save(pilot, contacts="p1@people.example")
        assert "nothing was changed" == told(pilot)[-1]
        await press(pilot, "R")
        await save(pilot, contacts="p2@people.example, new@x.example", status="converted")
        assert (
            "u takes back only who is new; of the others"
            " crm campaign respond 'Панаир Пловдив' WHO --status converted --take-back does"
        ) == told(pilot)[-1]
        await press(pilot, "u")
        assert told(pilot)[-1].endswith("campaign respond, Панаир Пловдив: 1 new contact")
        assert {"张伟": "responded", "Łukasz Żak": "converted"} == {
            each.contact.name: each.status for each in context_of(store).members.list("Панаир Пловдив")
        }


async def test_who_responded_from_nowhere_goes_with_the_contact(program: CrmApp, store: str) -> None:
    """Then there is nothing that an undo would leave, and nothing is said of it."""
    async with program.run_test(size=SIZE) as pilot:
        await go_to(pilot, "Панаир Пловдив")
        await press(pilot, "R")
        await save(pilot, contacts="new@x.example")
        assert not any("--take-back" in each for each in told(pilot))
        await press(pilot, "u")
        assert [] == list(context_of(store).members.list("Панаир Пловдив"))


async def test_logged_and_planned_with_the_campaign_set(program: CrmApp, store: str) -> None:
    """With the people named; what they turned to us with is a response."""
    async with program.run_test(size=SIZE) as pilot:
        await go_to(pilot, "Панаир Пловдив")
        await press(pilot, "l")
        await save(
            pilot, body="met at the stand", type="meeting", outcome="wants a visit", contacts="p2@people.example"
        )
        await press(pilot, "t")
        await save(pilot, subject="send the brochure")
        assert 3 == chosen(pilot).total.activities  # type: ignore[union-attr]
        assert {"responded": 1} == dict(context_of(store).campaigns.show("Панаир Пловдив").states)
        assert "send the brochure" in pane(pilot)


async def test_from_state_to_state(filled_store: Path, tmp_path: Path) -> None:
    """Started after a question, paused and gone on with at once, completed after a question; undo goes back."""
    store = str(shutil.copy(filled_store, tmp_path / "planned.db"))
    plan(store)
    async with crm_app(store, start="campaigns").run_test(size=SIZE) as pilot:
        await go_to(pilot, "Spring 🌷 letter")
        await press(pilot, "P")
        assert isinstance(pilot.app.screen, Confirm)
        assert "the people of all are taken in" in drawn(pilot)
        await press(pilot, "n")
        assert "draft" == chosen(pilot).view.status
        await press(pilot, "P", "y")
        assert ("active", 5) == (chosen(pilot).view.status, chosen(pilot).view.members)
        await press(pilot, "P")
        assert "paused" == chosen(pilot).view.status
        await press(pilot, "P")
        assert "active" == chosen(pilot).view.status
        await press(pilot, "F", "y")
        assert "completed" == chosen(pilot).view.status
        await press(pilot, "u")
        assert "active" == chosen(pilot).view.status
        await press(pilot, "X", "n")
        assert "active" == chosen(pilot).view.status
        await press(pilot, "X", "y")
        assert "canceled" == chosen(pilot).view.status


async def test_what_can_not_be_done_is_said(program: CrmApp) -> None:
    """What is over is neither started nor called off."""
    async with program.run_test(size=SIZE) as pilot:
        await go_to(pilot, "Old one")
        for key in ("P", "F", "X"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, Failure)
            assert "Old one is completed" in drawn(pilot)
            await press(pilot, "escape")


async def test_removed_and_brought_back(program: CrmApp) -> None:
    """By delete and by undo; the filter in force stays."""
    async with program.run_test(size=SIZE) as pilot:
        await go_to(pilot, "Old one")
        await press(pilot, "delete")
        assert "Old one" not in names(pilot)
        assert any("u brings it back" in each for each in told(pilot))
        await press(pilot, "u")
        assert "Old one" in names(pilot)


# -- what opens


async def test_down_to_deals_and_activities_and_back(program: CrmApp) -> None:
    """Of the campaign at the cursor."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        assert ("deals", 1) == (place(pilot).name, place(pilot).rows.count)  # type: ignore[union-attr]
        await press(pilot, "left_square_bracket")
        await go_to(pilot, "Панаир Пловдив")
        await press(pilot, "a")
        assert "activity" == place(pilot).name
        assert 1 == len(place(pilot).rows._numbers)  # type: ignore[union-attr]


async def test_a_campaign_is_yanked(program: CrmApp) -> None:
    """As CSV and as JSON."""
    async with program.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "y")
        assert "Spring 🌷 letter,newsletter,active,5,0,1" in pilot.app.clipboard
        await press(pilot, "Y", "o")
        assert '"responded": 1' in pilot.app.clipboard
        assert any("nothing outside" in each for each in told(pilot))


async def test_pictures(program: CrmApp, differing: Any) -> None:
    """With names in other scripts."""
    assert not await differing(program, settle)
