"""Many deals at once, what stages ask for, what others did meanwhile: nothing is moved by half."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Select

from crmcli.services.pipelines import StageDraft
from crmcli.services.records import Changes, Query
from crmcli.tui.modals.confirm import Confirm
from crmcli.tui.modals.failure import Failure
from crmcli.tui.modals.form import Form
from crmcli.tui.modals.picker import Picker
from crmcli.tui.widgets.card_list import CardList
from crmcli.tui.widgets.top_bar import TopBar
from tests.tui.boards import board, board_app, context_of, current, press, settle, titles

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual.geometry import Region
    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

WIDE = (140, 40)


def stages(store: str, *names: str) -> list[str]:
    """The stages that deals are in."""
    deals = context_of(store).deals
    return [deals.get(name).stage for name in names]


def change_sets(store: str) -> int:
    """How many there are."""
    return sum(1 for _ in context_of(store).history.list())


def told(pilot: Pilot[None]) -> list[str]:
    """What was said in the corner."""
    return [str(note.message) for note in pilot.app._notifications]


async def mark_two(pilot: Pilot[None]) -> None:
    """Mark a deal in the first stage and one in the second."""
    await settle(pilot)
    await press(pilot, "space", "g", "w", "space")


async def test_marks_in_several_stages_are_moved_in_one_step(deals_board: CrmApp, store: str) -> None:
    """Each a stage on from where it is; u takes back all of it; the marks stay for another move."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await mark_two(pilot)
        assert "2 marked" in str(board(pilot).query_one(TopBar).render())
        before = change_sets(store)
        await press(pilot, "L")
        assert stages(store, "Acme pilot", "Annual licence") == ["qualified", "proposal"]
        assert change_sets(store) == before + 1
        await press(pilot, "u")
        assert stages(store, "Acme pilot", "Annual licence") == ["lead", "qualified"]
        await press(pilot, "escape")
        assert board(pilot).marked == set()


async def test_marks_are_taken_off_what_is_no_longer_shown(deals_board: CrmApp, store: str) -> None:
    """No verb works on what nobody sees."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await mark_two(pilot)
        context_of(store).deals.remove("Acme pilot")
        await press(pilot, "r")
        assert [card.title for card in board(pilot).chosen()] == ["Annual licence"]


async def test_m_moves_all_marked_to_a_chosen_stage(deals_board: CrmApp, store: str) -> None:
    """From a list that typing narrows."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await mark_two(pilot)
        await press(pilot, "m")
        assert isinstance(pilot.app.screen, Picker)
        await press(pilot, *"nego", "enter")
        assert {"Acme pilot", "Annual licence"} <= set(titles(pilot, "negotiation"))
    assert stages(store, "Acme pilot", "Annual licence") == ["negotiation", "negotiation"]


async def test_all_marked_are_won_in_one_step(deals_board: CrmApp, store: str) -> None:
    """W, and u."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await mark_two(pilot)
        await press(pilot, "W")
        assert stages(store, "Acme pilot", "Annual licence") == ["won", "won"]
        await press(pilot, "u")
    assert stages(store, "Acme pilot", "Annual licence") == ["lead", "qualified"]


async def test_all_marked_are_lost_for_one_reason(deals_board: CrmApp, store: str) -> None:
    """Asked once; one undo step; the dot does it again without asking."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await mark_two(pilot)
        await press(pilot, "X")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.query_one(Select).value = "timing"
        await press(pilot, "ctrl+s")
        assert stages(store, "Acme pilot", "Annual licence") == ["lost", "lost"]
        assert context_of(store).deals.get("Annual licence").lost_reason == "timing"
        await press(pilot, "u", "escape")
        assert stages(store, "Acme pilot", "Annual licence") == ["lead", "qualified"]
        board(pilot).lanes.go_to_stage(
            board(pilot).picture.lanes[3].stage.number, context_of(store).deals.get("Fleet tracking").id
        )
        await press(pilot, "full_stop")
        view = context_of(store).deals.get("Fleet tracking")
        assert (view.stage, view.lost_reason) == ("lost", "timing")


@pytest.mark.parametrize(
    ("keys", "expected"), [(("L",), "proposal"), (("2", "L"), "negotiation"), (("m", *"propo", "enter"), "proposal")]
)
async def test_the_dot_moves_the_next_one_alike(
    deals_board: CrmApp, store: str, keys: tuple[str, ...], expected: str
) -> None:
    """As far as the last one for H and L, to the same stage for m."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        screen = board(pilot)
        other = context_of(store).deals.get("Annual licence")
        screen.lanes.go_to_stage(screen.picture.lanes[1].stage.number, other.id)
        await press(pilot, "full_stop")
    assert stages(store, "Annual licence") == [expected]


async def test_a_loss_whose_reason_was_not_told_is_not_repeated(deals_board: CrmApp, store: str) -> None:
    """Elsewhere neither."""
    before = [view.stage for view in context_of(store).deals.list(Query())]
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "X", "escape", "5", "full_stop")
        assert "nothing to repeat yet" in told(pilot)
        assert "deals" == pilot.app.screen.name
    assert before == [view.stage for view in context_of(store).deals.list(Query())]


async def test_bulk_verbs_work_across_stages(deals_board: CrmApp, store: str) -> None:
    """A tag on all that is marked."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await mark_two(pilot)
        await press(pilot, "T")
        pilot.app.screen.query_one("#field-tags", Input).value = "vip"
        await press(pilot, "ctrl+s")
    deals = context_of(store).deals
    assert [deals.get(name).tags for name in ("Acme pilot", "Annual licence")] == [("vip",), ("vip",)]


# -- what a stage asks for


async def test_a_stage_asks_for_what_the_deal_lacks(deals_board: CrmApp, store: str) -> None:
    """Exactly these fields; filled and moved in one undo step."""
    context_of(store).pipelines.edit_stage(None, "qualified", StageDraft(required=("contacts", "source", "campaign")))
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "L")
        form = pilot.app.screen
        assert isinstance(form, Form)
        assert list(form.values()) == ["contacts", "campaign"]
        form.query_one("#field-contacts", Input).value = "jane@acme.example"
        form.query_one("#field-campaign", Input).value = "Fair"
        before = change_sets(store)
        await press(pilot, "ctrl+s")
        assert current(pilot) == "Acme pilot"
        view = context_of(store).deals.get("Acme pilot")
        assert (view.stage, view.campaign, len(view.contacts)) == ("qualified", "Fair", 1)
        assert change_sets(store) == before + 1
        await press(pilot, "u")
        view = context_of(store).deals.get("Acme pilot")
        assert (view.stage, view.campaign) == ("lead", None)


async def test_what_is_asked_of_many_fills_only_what_each_lacks(deals_board: CrmApp, store: str) -> None:
    """Who has it keeps it."""
    deals = context_of(store).deals
    from crmcli.services.records import Changes

    deals.edit("Acme pilot", deals.edit_draft(Changes(values={"type": "existing"})))
    context_of(store).pipelines.edit_stage(None, "proposal", StageDraft(required=("type",)))
    async with deals_board.run_test(size=WIDE) as pilot:
        await mark_two(pilot)
        await press(pilot, "m", *"propo", "enter")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.query_one(Select).value = "new"
        await press(pilot, "ctrl+s")
    deals = context_of(store).deals
    assert [(deals.get(n).stage, deals.get(n).type) for n in ("Acme pilot", "Annual licence")] == [
        ("proposal", "existing"), ("proposal", "new"),
    ]  # fmt: skip


async def test_not_answering_leaves_the_deal_where_it_is(deals_board: CrmApp, store: str) -> None:
    """Escape changes nothing."""
    context_of(store).pipelines.edit_stage(None, "qualified", StageDraft(required=("campaign",)))
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "L", "escape")
        assert titles(pilot, "lead")[0] == "Acme pilot"
    assert stages(store, "Acme pilot") == ["lead"]


async def test_a_full_stage_takes_more_but_says_so(deals_board: CrmApp, store: str) -> None:
    """By a sign and a word in its head, and once in the corner."""
    context_of(store).pipelines.edit_stage(None, "qualified", StageDraft(wip_limit=2))
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        assert "2/2" in str(screen.lanes.columns[1].head.render())
        await press(pilot, "L")
        assert "3/2 ! over" in str(screen.lanes.columns[1].head.render())
        assert "qualified holds 3 of 2: 1 over its limit" in told(pilot)
    assert stages(store, "Acme pilot") == ["qualified"]


@pytest.mark.parametrize(
    ("plain", "said"), [(False, "qualified 1 of 3/2 !"), (True, "qualified: 1 of 3 deals, limit 2, 1 over the limit")]
)
async def test_a_limit_is_about_all_deals_of_the_stage(store: str, *, plain: bool, said: str) -> None:
    """Also about those that the filter leaves out, and after it was read again."""
    context_of(store).pipelines.edit_stage(None, "qualified", StageDraft(wip_limit=2))
    app = board_app(store, filter_text="value = 12500", plain=plain)
    async with app.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        for key in ("L", "r"):
            await press(pilot, key)
            assert said in str(screen.lanes.columns[1].head.render())
        assert "qualified holds 3 of 2: 1 over its limit" in told(pilot)


# -- others


async def test_what_others_write_leaves_the_cursor_where_it_went_after_a_move(deals_board: CrmApp, store: str) -> None:
    """It goes with the card that was moved only until the store is read."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "L", "h", "g", "j")
        chosen = current(pilot)
        deals = context_of(store).deals
        deals.edit("Website", deals.edit_draft(Changes({"value": "77"})))
        deals_board.changed_here()
        await settle(pilot)
        assert chosen == current(pilot)


async def test_a_deal_that_others_moved_is_shown_both_ways(deals_board: CrmApp, store: str) -> None:
    """Leaving it leaves it; the board shows where it is."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        context_of(store).deals.move("Acme pilot", "negotiation")
        await pilot.press("L")
        await settle(pilot)
        question = pilot.app.screen
        assert isinstance(question, Confirm)
        text = " ".join(str(part.render()) for part in question.query("Static"))
        assert all(stage in text for stage in ("lead", "negotiation", "qualified"))
        await press(pilot, "escape")
        assert "Acme pilot" in titles(pilot, "negotiation")
    assert stages(store, "Acme pilot") == ["negotiation"]


async def test_a_deal_that_others_moved_can_be_moved_anyway(deals_board: CrmApp, store: str) -> None:
    """Having seen both."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        context_of(store).deals.move("Acme pilot", "negotiation")
        await pilot.press("L")
        await settle(pilot)
        await press(pilot, "y")
        assert current(pilot) == "Acme pilot"
    assert stages(store, "Acme pilot") == ["qualified"]


async def test_a_loss_that_is_repeated_anyway_keeps_its_reason(deals_board: CrmApp, store: str) -> None:
    """While it is asked, the cursor is on the card, wherever that is by now."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "X")
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.rows["reason"].put("timing")
        form.rows["note"].put("next year")
        await press(pilot, "ctrl+s", "g", "h", "h", "h", "h", "h")
        title = current(pilot)
        assert title == "Rollout for Łódź"
        context_of(store).deals.move(title, "negotiation")
        await pilot.press("full_stop")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Confirm)
        assert (current(pilot), title in titles(pilot, "negotiation")) == (title, True)
        await press(pilot, "y")
    view = context_of(store).deals.get(title)
    assert (view.stage, view.lost_reason, view.lost_note) == ("lost", "timing", "next year")


@pytest.mark.parametrize(("key", "field", "stage"), [("X", "note", "lost"), ("L", "campaign", "qualified")])
async def test_what_was_typed_is_stored_though_others_moved_the_deal(
    deals_board: CrmApp, store: str, key: str, field: str, stage: str
) -> None:
    """Both places are shown; no leads back to the form, yes goes on with what it holds."""
    if key == "L":
        context_of(store).pipelines.edit_stage(None, "qualified", StageDraft(required=("campaign",)))
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, key)
        form = pilot.app.screen
        assert isinstance(form, Form)
        form.rows[field].put("Fair")
        by_others = "proposal" if key == "X" else "lost"
        context_of(store).deals.move("Acme pilot", by_others)
        await press(pilot, "ctrl+s")
        question = pilot.app.screen
        assert isinstance(question, Confirm)
        text = " ".join(str(part.render()) for part in question.query("Static"))
        assert all(each in text for each in ("lead", by_others, stage))
        await press(pilot, "n")
        assert pilot.app.screen is form
        assert form.rows[field].text == "Fair"
        await press(pilot, "ctrl+s", "y")
        assert pilot.app.screen is board(pilot)
    view = context_of(store).deals.get("Acme pilot")
    assert (view.stage, view.lost_note if key == "X" else view.campaign) == (stage, "Fair")


async def test_a_move_that_fails_stops_those_behind_it(deals_board: CrmApp, store: str) -> None:
    """Keys pressed before the answer came do not pile up questions."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        context_of(store).deals.remove("Acme pilot")
        await pilot.press("L", "L")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Failure)
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, Failure)


async def test_an_own_move_does_not_read_everything_again(deals_board: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown is checked against the store's last change; only what others write is read."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        reads: list[object] = []
        whole = screen.session.board.picture
        monkeypatch.setattr(screen.session.board, "picture", lambda *given: reads.append(given) or whole(*given))
        shown = screen.picture
        await press(pilot, "L")
        assert reads == []
        assert screen.session.board.is_current(screen.picture)
        await press(pilot, "u")
        assert len(reads) == 1
        assert [lane.cards for lane in screen.picture.lanes] == [lane.cards for lane in shown.lanes]


async def test_what_is_shown_after_a_move_is_what_the_store_holds(deals_board: CrmApp) -> None:
    """Card for card, sum for sum."""
    async with deals_board.run_test(size=WIDE) as pilot:
        screen = await settle(pilot)
        await press(pilot, "L", "L", "H", "W", "H")
        fresh = screen.session.board.picture()
        assert [lane.cards for lane in screen.picture.lanes] == [lane.cards for lane in fresh.lanes]
        assert screen.picture == fresh


async def test_moves_of_many_on_both_engines(store_url: str) -> None:
    """One undo step on SQLite and PostgreSQL."""
    context = context_of(store_url)
    for title in ("One", "Two"):
        context.deals.add(context.deals.draft({"title": title}))
    async with board_app(store_url).run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "space", "space", "L")
        assert sorted(titles(pilot, "qualified")) == ["One", "Two"]
        await press(pilot, "S", "W")
        assert sorted(titles(pilot, "won")) == ["One", "Two"]
        await press(pilot, "u")
        assert sorted(titles(pilot, "qualified")) == ["One", "Two"]


async def test_a_move_is_stored_though_one_leaves_at_once(deals_board: CrmApp, store: str) -> None:
    """The program ends when the store has it."""
    async with deals_board.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("L", "q")
        await settle(pilot)
    assert stages(store, "Acme pilot") == ["qualified"]


@pytest.mark.parametrize("by", [(), ("S",), ("S", "S")])
async def test_every_line_that_a_move_changes_is_drawn_anew(
    deals_board: CrmApp, monkeypatch: pytest.MonkeyPatch, by: tuple[str, ...]
) -> None:
    """And only those: what is painted is what the lists would show if all of it were drawn."""
    painted: dict[tuple[int, int], str] = {}
    exchange = CardList._exchange_repaint_regions

    def paint(cards: CardList) -> Collection[Region]:
        regions = exchange(cards)
        for region in regions:
            painted.update({(cards.stage, y): cards.render_line(y).text for y in region.line_range})
        return regions

    async with deals_board.run_test(size=(140, 18)) as pilot:
        await settle(pilot)
        await press(pilot, *by)
        painted.update(drawn(pilot))
        monkeypatch.setattr(CardList, "_exchange_repaint_regions", paint)
        for key in ("L", "L", "H", "j", "L", "G", "H"):
            await press(pilot, key)
            assert drawn(pilot) == {place: painted[place] for place in drawn(pilot)}


def drawn(pilot: Pilot[None]) -> dict[tuple[int, int], str]:
    """Each line of each list on the screen, by stage and place."""
    lists = [column.list for column in board(pilot).lanes.columns if column.display]
    return {(cards.stage, y): cards.render_line(y).text for cards in lists for y in range(cards.size.height)}
