"""The list of changes: what each did, and taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.services.records import Changes
from crmcli.tui.widgets.head_line import HeadLine
from tests.tui.boards import context_of, crm_app, place, press, settle

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crmcli.context import AppContext
    from crmcli.tui.app import CrmApp
    from crmcli.tui.screens.history import HistoryScreen


def edit(context: AppContext, deal: str, **values: str) -> None:
    """Change a deal."""
    context.deals.edit(deal, context.deals.edit_draft(Changes(values)))


@pytest.fixture
def past(store: str, monkeypatch: pytest.MonkeyPatch) -> CrmApp:
    """The program on the history, after a change by someone else and one by the user."""
    monkeypatch.setenv("CRM_USER", "ana")
    edit(context_of(store), "Website", value="7000")
    monkeypatch.delenv("CRM_USER")
    edit(context_of(store), "Acme pilot", next_step="call again")
    return crm_app(store, start="history")


def screen(pilot: Pilot[None]) -> HistoryScreen:
    """The screen."""
    return place(pilot)  # type: ignore[return-value]


def listed(pilot: Pilot[None]) -> list[tuple[str, str]]:
    """Commands and summaries, from the top."""
    sets = screen(pilot).sets
    numbers = [sets.number_at(row) for row in range(sets.count)]
    return [(view.command, view.summary) for view in sets.views(number for number in numbers if number is not None)]


def shown(pilot: Pilot[None]) -> list[str]:
    """The lines of the pane."""
    changed = screen(pilot).changed
    return ["".join(piece.text for piece in changed.pieces(row, 80)).strip() for row in range(changed.count)]


async def rest(pilot: Pilot[None]) -> None:
    """Let the pane follow the cursor."""
    await pilot.pause(0.1)
    await settle(pilot)


async def test_newest_first_and_what_the_one_at_the_cursor_did(past: CrmApp) -> None:
    """Fields before and after; the pane follows the cursor."""
    async with past.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        assert listed(pilot)[:2] == [("deal edit", "Acme pilot"), ("deal edit", "Website")]
        assert shown(pilot) == ["deal Acme pilot  changed", "next step      send the offer → call again"]
        await press(pilot, "down")
        await rest(pilot)
        assert shown(pilot) == ["deal Website  changed", "value          5,400 EUR → 7,000 EUR"]


async def test_enter_goes_to_what_was_changed_and_on_to_the_record(past: CrmApp) -> None:
    """Left and esc come back to the list."""
    async with past.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        await press(pilot, "enter")
        assert past.focused is screen(pilot).changed
        await press(pilot, "escape")
        assert past.focused is screen(pilot).sets
        await press(pilot, "right", "left")
        assert past.focused is screen(pilot).sets
        await press(pilot, "enter", "down", "enter")
        assert place(pilot).name == "record"
        await press(pilot, "left_square_bracket")
        assert place(pilot).name == "history"


async def test_x_takes_back_this_very_change_after_a_question(past: CrmApp, store: str) -> None:
    """The question says what would come of it; u does it again."""
    async with past.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        await press(pilot, "down", "x")
        details = "\n".join(past.screen._details)  # type: ignore[attr-defined]
        assert "deal Website: value becomes 5,400 EUR again, now 7,000 EUR" in details
        await press(pilot, "y")
        assert str(context_of(store).deals.get("Website").value.plain) == "5400"
        assert context_of(store).deals.get("Acme pilot").next_step == "call again"
        assert [view.summary for view in screen(pilot).sets.views(range(1, 100)) if view.undone] == ["Website"]
        await press(pilot, "u")
        assert str(context_of(store).deals.get("Website").value.plain) == "7000"


async def test_no_leaves_it(past: CrmApp, store: str) -> None:
    """Nothing is changed."""
    async with past.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        await press(pilot, "delete", "n")
        assert context_of(store).deals.get("Acme pilot").next_step == "call again"


async def test_one_that_was_undone_is_marked_and_not_undone_twice(past: CrmApp) -> None:
    """x says so and asks nothing."""
    async with past.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        await press(pilot, "x", "y")
        sets = screen(pilot).sets
        sets.go_to(next(row for row in range(sets.count) if (n := sets.number_at(row)) and sets.views([n])[0].undone))
        await rest(pilot)
        row = "".join(piece.text for piece in sets.pieces(sets.cursor, 100))
        assert "✗" in row
        assert "undone:" in row
        await press(pilot, "x")
        assert len(past.screen_stack) == 2


async def test_a_conflict_is_told_before_anything_is_asked(store: str) -> None:
    """A field that was changed again since stands in the way, and is named."""
    edit(context_of(store), "Website", value="7000")
    edit(context_of(store), "Website", value="8000")
    app = crm_app(store, start="history")
    async with app.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        await press(pilot, "down", "x")
        assert type(app.screen).__name__ == "Failure"
        assert "value" in app.screen._error.message  # type: ignore[attr-defined]
        await press(pilot, "escape")
        assert str(context_of(store).deals.get("Website").value.plain) == "8000"


async def test_words_and_users_narrow_the_list(past: CrmApp) -> None:
    """As they are typed; esc shows everything again."""
    async with past.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        everything = len(listed(pilot))
        await press(pilot, "slash", *"website")
        await pilot.pause(0.2)
        await settle(pilot)
        assert {summary for _, summary in listed(pilot)} == {"Website"}
        await press(pilot, "escape")
        assert len(listed(pilot)) == everything
        await press(pilot, "slash", *"@ana")
        await pilot.pause(0.2)
        await press(pilot, "enter")
        assert len(listed(pilot)) == 1
        await press(pilot, "escape")
        assert len(listed(pilot)) == everything


async def test_w_shows_only_mine(past: CrmApp) -> None:
    """What ana did is left out."""
    async with past.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        everything = len(listed(pilot))
        await press(pilot, "w")
        assert len(listed(pilot)) == everything - 1
        assert "mine" in [text for text, _ in screen(pilot).query_one(HeadLine).parts]
        await press(pilot, "w")
        assert len(listed(pilot)) == everything


async def test_a_change_of_many_records_is_shown_in_part(crm: Any, tmp_path: Any) -> None:
    """An import's records are listed, as many as are worth reading, and the rest is counted."""
    rows = "\n".join(f"Person {number:04},p{number}@x.example" for number in range(800))
    file = tmp_path / "many.csv"
    file.write_text(f"name,email\n{rows}\n")
    assert crm("import", "contacts", str(file)).code == 0
    app = crm_app(str(tmp_path / "crm.db"), start="history")
    async with app.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        lines = shown(pilot)
        assert lines[0] == "contact Person 0000  added"
        assert len(lines) == 501
        assert lines[-1].startswith("… and more: crm history ch_")
        await press(pilot, "x")
        assert "… and 788 more" in app.screen._details  # type: ignore[attr-defined]
        await press(pilot, "y")
        assert crm("contact", "list", "--ids").lines == []


async def test_a_small_window_shows_one_of_the_two(past: CrmApp) -> None:
    """The list, and what was changed after enter."""
    async with past.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        pane = screen(pilot).query_one("#change-pane")
        assert not pane.display
        await press(pilot, "enter")
        assert pane.display
        assert not screen(pilot).sets.display
        await press(pilot, "escape")
        assert screen(pilot).sets.display


async def test_new_changes_of_others_leave_the_cursor_alone(past: CrmApp, store: str) -> None:
    """It stays on its change."""
    async with past.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        await press(pilot, "down")
        number = screen(pilot).sets.number
        edit(context_of(store), "Website", value="9000")
        past.changed_here()
        await settle(pilot)
        assert screen(pilot).sets.number == number


async def test_the_mouse_moves_the_cursor_and_opens(past: CrmApp) -> None:
    """A click shows what was done, a double click goes to it."""
    async with past.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        await pilot.click("#sets", offset=(10, 2))
        await rest(pilot)
        assert shown(pilot)[0].startswith("deal Website")
        await pilot.click("#sets", offset=(10, 2), times=2)
        await settle(pilot)
        assert past.focused is screen(pilot).changed


async def test_nothing_was_changed_yet(tmp_path: Any) -> None:
    """The empty list says so, and x does nothing."""
    app = crm_app(str(tmp_path / "empty.db"), start="history")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "nothing was changed yet" in screen(pilot).sets.nothing
        await press(pilot, "x", "enter", "o")
        assert place(pilot).name == "history"


async def test_looks(past: CrmApp, differing: Any) -> None:
    """The list with one change undone."""

    async def undo(pilot: Pilot[None]) -> None:
        await rest(pilot)
        await press(pilot, "x", "y")
        await rest(pilot)
        pilot.app.clear_notifications()
        await settle(pilot)

    assert not await differing(past, undo)


async def test_looks_asking(past: CrmApp, differing: Any) -> None:
    """The question before an undo."""

    async def ask(pilot: Pilot[None]) -> None:
        await rest(pilot)
        await press(pilot, "x")

    assert not await differing(past, ask)
