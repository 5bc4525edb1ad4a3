"""The list of the day: what needs the user, and each thing done where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.tui.modals.confirm import Confirm
from crmcli.tui.modals.form import Form
from crmcli.tui.widgets.aside import Aside
from crmcli.tui.widgets.head_line import HeadLine
from tests.once import once
from tests.tui.boards import context_of, crm_app, place, press, settle

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp
    from crmcli.tui.screens.today import TodayScreen

PLANNED = (
    {"type": "task", "subject": "write to the notary", "due": "2026-11-17", "priority": "high"},
    {"type": "task", "subject": "pack the samples", "due": "2026-11-21"},
    {"type": "meeting", "subject": "tour of the plant", "due": "2026-11-21 16:30", "location": "Łódź"},
    {"type": "meeting", "subject": "kick-off", "due": "2026-11-21 14:00"},
    {"type": "task", "subject": "order the sign", "due": "2026-11-24"},
)  # fmt: skip


@pytest.fixture
@once
def planned(store: str) -> str:
    """A store with something in every group of the day."""
    context = context_of(store)
    for raw in PLANNED:
        context.activities.add(context.activities.draft(raw))
    late = {"title": "Repair contract", "stage": "qualified", "owner": "maria", "expected_close": "2026-11-10"}
    context.deals.add(context.deals.draft(late))
    context.contacts.add(context.contacts.draft({"name": "Ева Нова", "birthday": "1990-11-23", "owner": "maria"}))
    return store


@pytest.fixture
def day(planned: str) -> CrmApp:
    """The program on the day's list."""
    return crm_app(planned, start="today")


def today(pilot: Pilot[None]) -> TodayScreen:
    """The screen."""
    return place(pilot)  # type: ignore[return-value]


def listed(pilot: Pilot[None], group: str) -> list[str]:
    """What is in a group, from the top."""
    return [item.what for item in today(pilot).agenda.items() if item.group == group]


def at_cursor(pilot: Pilot[None]) -> str | None:
    """What is at the cursor."""
    item = today(pilot).agenda.item
    return item.what if item else None


async def go(pilot: Pilot[None], what: str) -> None:
    """Put the cursor on an item."""
    await settle(pilot)
    agenda = today(pilot).agenda
    agenda.go_to(next(p for p in range(agenda.count) if (k := agenda.key_at(p)) and k[1] == item_of(pilot, what).id))
    await settle(pilot)


def item_of(pilot: Pilot[None], what: str) -> Any:
    """An item by what it says."""
    return next(item for item in today(pilot).agenda.items() if item.what == what)


def kept(store: str, what: str) -> Any:
    """The activity of that subject in the store."""
    return context_of(store).activities.get(context_of(store).activities.find(what).uid)


async def test_groups_are_in_order_with_their_counts_and_the_cursor_is_on_the_first_item(day: CrmApp) -> None:
    """The most urgent group stands first, meetings by their hour, the day and the counts above."""
    async with day.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        groups = list(dict.fromkeys(item.group for item in today(pilot).agenda.items()))
        assert groups == ["overdue", "today", "meetings", "past close", "no next step", "upcoming", "birthdays"]
        assert listed(pilot, "meetings") == ["kick-off", "tour of the plant"]
        assert at_cursor(pilot) == "write to the notary"
        parts = [text for text, _ in today(pilot).query_one(HeadLine).parts]
        assert parts[0] == "Saturday, 2026-11-21"
        assert "2 overdue" in parts


async def test_x_is_done_and_the_cursor_goes_on(day: CrmApp, store: str) -> None:
    """The item leaves, the next one is at the cursor, the hint says how to take it back, and u does."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "write to the notary")
        await press(pilot, "x")
        assert at_cursor(pilot) == "call the buyer"
        assert kept(store, "write to the notary").status == "done"
        assert "u takes it back" in today(pilot).query_one(HeadLine).hint
        await press(pilot, "u")
        assert "write to the notary" in listed(pilot, "overdue")
        assert kept(store, "write to the notary").status == "planned"
        assert today(pilot).query_one(HeadLine).hint.endswith("U does it again")


async def test_keys_pressed_at_once_each_work_on_the_next_item(day: CrmApp, store: str) -> None:
    """Two quick x make two items done, none twice."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "write to the notary")
        await pilot.press("x", "x")
        await settle(pilot)
        assert [kept(store, what).status for what in ("write to the notary", "call the buyer")] == ["done", "done"]
        assert len(pilot.app.screen_stack) == 2


async def test_a_meeting_that_is_done_is_asked_for_its_outcome(day: CrmApp, store: str) -> None:
    """x on a meeting opens a form with one line; what is typed there is kept."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "kick-off")
        await press(pilot, "x", "s", "i", "g", "n", "e", "d", "ctrl+s")
        view = kept(store, "kick-off")
        assert (view.status, view.outcome) == ("done", "signed")
        assert at_cursor(pilot) == "tour of the plant"


async def test_capital_o_asks_for_the_outcome_of_a_task(day: CrmApp, store: str) -> None:
    """Left empty, it is simply done."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "pack the samples")
        await press(pilot, "O", "ctrl+s")
        view = kept(store, "pack the samples")
        assert (view.status, view.outcome) == ("done", None)


async def test_z_puts_off_and_the_item_leaves_its_group(day: CrmApp, store: str) -> None:
    """It is among what is coming up, and the cursor stays where the day goes on."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "write to the notary")
        await press(pilot, "z", "ctrl+s")
        assert kept(store, "write to the notary").due.on.isoformat() == "2026-11-22"
        assert "write to the notary" in listed(pilot, "upcoming")
        assert at_cursor(pilot) == "call the buyer"


async def test_n_plans_the_next_step_of_a_deal_which_then_leaves(day: CrmApp, store: str) -> None:
    """A deal without a next step has one afterwards."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "Склад София")
        await press(pilot, "n", "a", "s", "k", "ctrl+s")
        assert "Склад София" not in listed(pilot, "no next step")
        assert kept(store, "ask").deal.name == "Склад София"


async def test_l_logs_and_t_plans_for_what_is_at_the_cursor(day: CrmApp, store: str) -> None:
    """Both open a form about the item's own record."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "Repair contract")
        await press(pilot, "l", "h", "i", "ctrl+s")
        assert kept(store, "hi").deal.name == "Repair contract"
        await go(pilot, "Repair contract")
        await press(pilot, "t", "g", "o", "ctrl+s")
        assert kept(store, "go").deal.name == "Repair contract"


@pytest.mark.parametrize(("key", "stage"), [("L", "proposal"), ("H", "lead")])
async def test_a_deal_moves_a_stage_on_or_back(day: CrmApp, store: str, key: str, stage: str) -> None:
    """As on the board."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "Repair contract")
        await press(pilot, key)
        view = context_of(store).deals.get("Repair contract")
        assert view.stage == stage


@pytest.mark.parametrize("others", [(), ("Склад София",)])
@pytest.mark.parametrize("answer", ["y", "n"])
async def test_deals_that_others_moved_while_the_form_was_open(
    day: CrmApp, store: str, others: tuple[str, ...], answer: str
) -> None:
    """One or several: they are asked about, and the form goes on with what it holds."""
    async with day.run_test(size=(120, 40)) as pilot:
        for name in others:
            await go(pilot, name)
            await press(pilot, "space")
        await go(pilot, "Repair contract")
        await press(pilot, *(["space"] if others else []), "m")
        form = day.screen
        assert isinstance(form, Form)
        form.rows["stage"].put("proposal")
        context_of(store).deals.move("Repair contract", "negotiation")
        await press(pilot, "ctrl+s")
        assert isinstance(day.screen, Confirm)
        await press(pilot, answer)
        assert (day.screen is form) == (answer == "n")
    stages = [context_of(store).deals.get(name).stage for name in ("Repair contract", *others)]
    assert stages == (["proposal"] * len(stages) if answer == "y" else ["negotiation", "lead"][: len(stages)])


async def test_a_task_does_not_move(day: CrmApp) -> None:
    """L on a task says so and opens nothing."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "pack the samples")
        await press(pilot, "L")
        assert len(pilot.app.screen_stack) == 2


async def test_marked_items_are_done_in_one_step(day: CrmApp, store: str) -> None:
    """Space marks; one u brings all of them back."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "write to the notary")
        await press(pilot, "space", "space", "x")
        done = ["write to the notary", "call the buyer"]
        assert [kept(store, what).status for what in done] == ["done", "done"]
        await press(pilot, "u")
        assert [kept(store, what).status for what in done] == ["planned", "planned"]


async def test_marked_items_are_put_off_in_one_step(day: CrmApp, store: str) -> None:
    """All that is marked goes to the same day, and one u brings it back."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "write to the notary")
        names = ["write to the notary", "call the buyer"]
        before = [kept(store, what).due for what in names]
        await press(pilot, "space", "space", "z", "ctrl+u", *"2026-11-30", "ctrl+s")
        assert [kept(store, what).due.on.isoformat() for what in names] == ["2026-11-30", "2026-11-30"]
        await press(pilot, "u")
        assert [kept(store, what).due for what in names] == before


async def test_dot_does_it_again_to_the_next_one(day: CrmApp, store: str) -> None:
    """The last verb, on what is at the cursor now."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "write to the notary")
        await press(pilot, "x", "full_stop")
        assert kept(store, "call the buyer").status == "done"


async def test_w_takes_in_what_belongs_to_others(day: CrmApp) -> None:
    """And the choice is said in the line above."""
    async with day.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        mine = len(today(pilot).agenda.items())
        await press(pilot, "w")
        assert len(today(pilot).agenda.items()) > mine
        assert "everyone" in [text for text, _ in today(pilot).query_one(HeadLine).parts]
        await press(pilot, "w")
        assert len(today(pilot).agenda.items()) == mine


async def test_other_days_and_back(day: CrmApp) -> None:
    """> shows what that day will ask for, < the day before, esc today."""
    async with day.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "3", "greater_than_sign")
        assert listed(pilot, "today") == ["order the sign"]
        assert today(pilot).query_one(HeadLine).parts[0][0] == "Tuesday, 2026-11-24 (in 3 d)"
        await press(pilot, "less_than_sign")
        assert today(pilot).query_one(HeadLine).parts[0][0] == "Monday, 2026-11-23 (in 2 d)"
        await press(pilot, "escape")
        assert today(pilot).query_one(HeadLine).parts[0][0] == "Saturday, 2026-11-21"


async def test_changes_of_others_leave_the_cursor_on_its_item(day: CrmApp, store: str) -> None:
    """Something more urgent arrives above; the cursor stays."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "pack the samples")
        context = context_of(store)
        context.activities.add(context.activities.draft({"type": "task", "subject": "burning", "due": "2026-11-01"}))
        day.changed_here()
        await settle(pilot)
        assert "burning" in listed(pilot, "overdue")
        assert at_cursor(pilot) == "pack the samples"


async def test_the_pane_beside_a_wide_list_shows_the_record(day: CrmApp) -> None:
    """A deal there is shown with its fields."""
    async with day.run_test(size=(200, 60)) as pilot:
        await go(pilot, "Repair contract")
        await pilot.pause(0.1)
        await settle(pilot)
        aside = today(pilot).query_one(Aside)
        assert aside.display
        assert "Repair contract" in str(aside.query_one("#aside-text").render())
        await go(pilot, "Ева Нова")
        await pilot.pause(0.1)
        await settle(pilot)
        assert "1990-11-23" in str(aside.query_one("#aside-text").render())


async def test_the_pane_scrolls_by_keys(day: CrmApp) -> None:
    """ctrl+↓ and ctrl+↑ move through what does not fit."""
    async with day.run_test(size=(170, 14)) as pilot:
        await go(pilot, "Repair contract")
        await pilot.pause(0.1)
        await settle(pilot)
        aside = today(pilot).query_one(Aside)
        await press(pilot, "3", "ctrl+down")
        assert aside.scroll_offset.y == 3
        await press(pilot, "ctrl+up")
        assert aside.scroll_offset.y == 2


async def test_the_mouse_takes_an_item_and_a_double_click_opens_it(day: CrmApp) -> None:
    """One click moves the cursor; two go to the record's page."""
    async with day.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        agenda = today(pilot).agenda
        row = next(
            p for p in range(agenda.count) if agenda.key_at(p) == ("today", item_of(pilot, "pack the samples").id)
        )
        await pilot.click(type(agenda), offset=(12, row))
        await settle(pilot)
        assert at_cursor(pilot) == "pack the samples"
        await pilot.click(type(agenda), offset=(12, row), times=2)
        await settle(pilot)
        assert place(pilot).name == "record"


async def test_enter_opens_the_record(day: CrmApp) -> None:
    """And back comes to the same item."""
    async with day.run_test(size=(120, 40)) as pilot:
        await go(pilot, "Repair contract")
        await press(pilot, "enter")
        assert place(pilot).name == "record"
        await press(pilot, "left_square_bracket")
        assert at_cursor(pilot) == "Repair contract"


async def test_nothing_needs_the_user(tmp_path: Any) -> None:
    """An empty store is calm, and says what there is to do instead."""
    async with crm_app(str(tmp_path / "empty.db"), start="today").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        calm = today(pilot).query_one("#calm")
        assert calm.display
        assert "nothing needs you now" in str(calm.render())
        await press(pilot, "x", "j", "enter")
        assert place(pilot).name == "today"


async def test_calm_says_what_comes_next(tmp_path: Any) -> None:
    """What is coming up is listed below."""
    store = str(tmp_path / "calm.db")
    context = context_of(store)
    context.activities.add(context.activities.draft(PLANNED[-1]))
    async with crm_app(store, start="today").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "next: order the sign, in 3 d" in str(today(pilot).query_one("#calm").render())
        assert listed(pilot, "upcoming") == ["order the sign"]


async def test_a_store_that_cant_be_read_is_told(day: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a dialog that any key closes."""
    from crmcli.errors import StoreError

    def broken(*_: object, **__: object) -> None:
        raise StoreError("the disk is gone")

    async with day.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        monkeypatch.setattr(day.session.agenda, "today", broken)
        today(pilot).reload()
        await pilot.pause(0.1)
        assert type(day.screen).__name__ == "Failure"
        monkeypatch.undo()
        await press(pilot, "escape")
        assert type(day.screen).__name__ == "TodayScreen"


async def test_looks(day: CrmApp, differing: Any) -> None:
    """A full day, two items marked."""

    async def mark(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, "space", "space")
        await pilot.pause(0.1)
        await settle(pilot)

    assert not await differing(day, mark)
