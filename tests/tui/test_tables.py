"""The tables: reading, moving, marking, sorting, filtering, and what is done with many records at once."""

from __future__ import annotations

import shutil
from array import array
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.render.cells import width
from crmcli.services.pipelines import StageDraft
from crmcli.services.records import Changes
from crmcli.tui.modals.confirm import Confirm
from crmcli.tui.modals.failure import Failure
from crmcli.tui.modals.form import Form
from crmcli.tui.modals.picker import Picker
from crmcli.tui.modals.record_form import RecordForm
from crmcli.tui.screens import records as records_module
from crmcli.tui.table_layout import GAP, GUTTER, arrange, most_skipped
from crmcli.tui.widgets.empty_table import EmptyTable
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.narrow_bar import NarrowBar
from crmcli.tui.windows import Look, places
from tests.tui.boards import context_of, crm_app, press, settle
from tests.tui.tables import MANY, PEOPLE, at_cursor, bar, headers, line, lines, marked, records, table

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

SIZE = (120, 36)
CONTACTS = len(PEOPLE) + 1 + MANY  # one more is in the deals' activities


@pytest.fixture
def store(people_store: Path, tmp_path: Path) -> str:
    """A store with people, to be changed."""
    path = tmp_path / "crm.db"
    shutil.copy(people_store, path)
    return str(path)


@pytest.fixture
def contacts(store: str) -> CrmApp:
    """The program on the table of contacts."""
    return crm_app(store, start="contacts")


async def write(pilot: Pilot[None], text: str) -> None:
    """Type a text where the keys are."""
    await press(pilot, *({" ": "space"}.get(c, c) for c in text))


# -- showing


async def test_it_opens_on_the_first_record_with_all_counted(contacts: CrmApp) -> None:
    """In the order in which they were added."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert at_cursor(pilot) == "Zoë Müller"
        assert bar(pilot) == f"{CONTACTS} contacts"
        assert headers(pilot)[:2] == ["#", "name"]
        assert contacts.focused is table(pilot)


@pytest.mark.parametrize(("start", "noun", "count"), [("companies", "companies", 5), ("deals", "deals", 9)])
async def test_every_noun_has_its_table(store: str, start: str, noun: str, count: int) -> None:
    """Companies and deals as well."""
    app = crm_app(store, start=start)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert bar(pilot) == f"{count} {noun}"
        assert len(table(pilot).order) == count


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_every_line_is_as_wide_as_the_table(contacts: CrmApp, size: tuple[int, int]) -> None:
    """Emoji, Chinese, Arabic and text that looks like markup included."""
    async with contacts.run_test(size=size) as pilot:
        await settle(pilot)
        shown = table(pilot)
        cells = shown.scrollable_content_region.width
        assert {width(line(pilot, y)) for y in range(shown.size.height)} == {cells}
        assert any("Łukasz Żak 👩" in text for text in lines(pilot))
        assert size[0] < 200 or any("[bold]Dyrektor" in text for text in lines(pilot))


async def test_a_state_is_told_by_a_sign_too(store: str) -> None:
    """What is overdue, won or lost has a mark or a word beside its colour."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=(160, 36)) as pilot:
        await settle(pilot)
        shown = "\n".join(lines(pilot))
        assert "Website ✓" in shown
        assert "Data cleaning ✗" in shown
        assert "2026-11-10 !" in shown


# -- moving

MOVES = (
    (("down",), 1),
    (("j", "j", "k"), 1),
    (("j", "up"), 0),
    (("3", "j"), 3),
    (("G",), CONTACTS - 1),
    (("end",), CONTACTS - 1),
    (("G", "g"), 0),
    (("G", "home"), 0),
    (("4", "2", "G"), 41),
    (("k",), 0),
)


@pytest.mark.parametrize(("keys", "at"), MOVES)
async def test_the_cursor_moves(contacts: CrmApp, keys: tuple[str, ...], at: int) -> None:
    """Arrow and vim keys, counts, both ends; never off the table."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
        await settle(pilot)
        assert table(pilot).cursor == at


async def test_pages(contacts: CrmApp) -> None:
    """A page is what fits; the row at the cursor is always seen."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = table(pilot)
        for key, at in (("pagedown", shown.page), ("ctrl+d", 2 * shown.page), ("pageup", shown.page), ("ctrl+u", 0)):
            await press(pilot, key)
            assert shown.cursor == at
            assert shown.is_seen(at)


async def test_rows_are_read_when_they_come_into_sight(contacts: CrmApp) -> None:
    """What was not read yet has a line with its number to be going on with."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = table(pilot)
        last = shown.order[-1]
        assert shown.view_of(last) is None
        shown.go_to(CONTACTS - 1)
        assert str(last) in line(pilot, shown.size.height - 1)
        assert "…" in line(pilot, shown.size.height - 1)
        await settle(pilot)
        assert at_cursor(pilot) == f"Person {MANY - 1:03}"
        assert "…" not in line(pilot, shown.size.height - 1)


async def test_only_so_many_records_are_kept(contacts: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those looked at longest ago go first."""
    monkeypatch.setattr("crmcli.tui.widgets.record_table._KEPT", 130)
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "G")
        shown = table(pilot)
        assert shown.view_of(shown.order[0]) is None
        await press(pilot, "g")
        assert at_cursor(pilot) == "Zoë Müller"


async def test_a_click_takes_a_row_and_two_open_it(contacts: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the pointer is."""
    opened: list[tuple[str, str]] = []
    monkeypatch.setattr(contacts, "open_record", lambda noun, uid: opened.append((noun, uid)))
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.click("RecordTable", offset=(10, 3))
        await settle(pilot)
        assert table(pilot).cursor == 2
        await pilot.click("RecordTable", offset=(10, 4), times=2)
        await settle(pilot)
        assert [noun for noun, _ in opened] == ["contact"]
        assert opened[0][1] == table(pilot).record.id


async def test_the_wheel_scrolls_and_the_cursor_stays(contacts: CrmApp) -> None:
    """Rows that come into sight are read."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = table(pilot)
        shown.scroll_to(y=100, animate=False)
        await settle(pilot)
        assert shown.cursor == 0
        assert shown.is_complete
        assert "Person" in line(pilot, 5)


async def test_enter_opens_the_record_at_the_cursor_whatever_is_marked(
    contacts: CrmApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marks are for verbs."""
    opened: list[str] = []
    monkeypatch.setattr(contacts, "open_record", lambda _, uid: opened.append(uid))
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "space", "j", "enter")
        assert opened == [table(pilot).record.id]
        assert table(pilot).cursor == 2


async def test_comfortable_is_two_lines_a_row(contacts: CrmApp) -> None:
    """The row at the top of the screen stays there."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "5", "0", "j")
        seen = table(pilot).cursor
        await press(pilot, "D")
        assert table(pilot).pitch == 2
        assert table(pilot).is_seen(seen)
        assert sum(not text for text in lines(pilot)) >= 10
        await press(pilot, "D")
        assert table(pilot).pitch == 1


# -- marks

MARKS = (
    (("space",), {1}),
    (("space", "space", "k", "space"), {1}),
    (("3", "space"), {1, 2, 3}),
    (("space", "j", "j", "V"), {1, 2, 3, 4}),
    (("asterisk",), set(range(1, CONTACTS + 1))),
    (("asterisk", "asterisk"), set()),
    (("space", "escape"), set()),
)


@pytest.mark.parametrize(("keys", "numbers"), MARKS)
async def test_marks(contacts: CrmApp, keys: tuple[str, ...], numbers: set[int]) -> None:
    """One, some, a range, all, none; the count is told."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        assert marked(pilot) == numbers
        assert (f"■ {len(numbers)} marked" in bar(pilot)) == bool(numbers)
        assert sum("■" in text[:2] for text in lines(pilot)) == min(len(numbers), table(pilot).page)


async def test_marks_by_mouse(contacts: CrmApp) -> None:
    """Ctrl marks a row, shift all up to it."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.click("RecordTable", offset=(10, 2), control=True)
        await pilot.click("RecordTable", offset=(10, 5), shift=True)
        await settle(pilot)
        assert marked(pilot) == {2, 3, 4, 5}
        await pilot.click("RecordTable", offset=(10, 3), control=True)
        await settle(pilot)
        assert marked(pilot) == {2, 4, 5}


async def test_marked_ones_that_a_filter_hides_are_told_and_still_meant(contacts: CrmApp) -> None:
    """Nothing is done to what nobody knows of."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "2", "space", "f")
        await write(pilot, "person")
        assert "2 marked, 2 of them not shown" in bar(pilot)
        assert [target.number for target in records(pilot).targets()] == [1, 2]


# -- sorting


async def test_sort_by_a_picked_field_and_the_other_way_round(contacts: CrmApp) -> None:
    """The cursor stays on its record; the header has a mark and the line above the words."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "s")
        assert isinstance(contacts.screen, Picker)
        await write(pilot, "name")
        await press(pilot, "enter")
        assert "by name, ascending" in bar(pilot)
        assert "name ▲" in line(pilot, 0)
        assert at_cursor(pilot) == "Zoë Müller"
        assert table(pilot).cursor > MANY
        await press(pilot, "S")
        assert "name ▼" in line(pilot, 0)
        assert "by name, descending" in bar(pilot)
        assert at_cursor(pilot) == "Zoë Müller"
        assert table(pilot).cursor < 10


async def test_a_click_on_a_header_sorts_and_another_turns_it(contacts: CrmApp) -> None:
    """As everywhere."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        x = line(pilot, 0).index("name") + 1
        for mark in ("▲", "▼", "▲"):
            await pilot.click("RecordTable", offset=(x, 0))
            await settle(pilot)
            assert f"name {mark}" in line(pilot, 0)


async def test_the_order_is_remembered(store: str) -> None:
    """From one sitting to the next."""
    first = crm_app(store, start="contacts")
    async with first.run_test(size=SIZE) as pilot:
        await settle(pilot)
        records(pilot).sort_by("owner", reverse=True)
        await settle(pilot)
    again = crm_app(store, start="contacts")
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "by owner, descending" in bar(pilot)


# -- filter and words


async def test_a_filter_narrows_and_escape_takes_it_away(contacts: CrmApp) -> None:
    """The count says how many of how many."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "j", "j", "slash")
        await write(pilot, "tags = vip")
        await press(pilot, "enter")
        assert bar(pilot).startswith(f"3 of {CONTACTS} contacts")
        assert at_cursor(pilot) == "张伟"
        assert contacts.focused is table(pilot)
        await press(pilot, "escape")
        assert bar(pilot) == f"{CONTACTS} contacts"
        assert at_cursor(pilot) == "张伟"


async def test_a_wrong_filter_is_marked_and_the_one_before_stays(contacts: CrmApp) -> None:
    """A caret stands under the place."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        contacts.screen.post_message(FilterBar.Submitted("owner = maria"))
        await settle(pilot)
        before = bar(pilot)
        contacts.screen.post_message(FilterBar.Submitted("ownr = maria"))
        await settle(pilot)
        assert contacts.screen.query_one(FilterBar).has_class("-wrong")
        assert bar(pilot) == before
        assert not isinstance(contacts.screen, Failure)


async def test_words_narrow_as_they_are_typed(contacts: CrmApp) -> None:
    """Letter by letter; enter goes on in the table, escape shows all again."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "f", "j")
        assert bar(pilot).startswith("3 of")
        await write(pilot, "ane doe")
        assert bar(pilot).startswith("2 of")
        assert at_cursor(pilot) == "Jane Doe"
        await press(pilot, "enter", "j")
        assert table(pilot).cursor == 1
        assert contacts.screen.query_one(NarrowBar).has_class("-shown")
        await press(pilot, "escape")
        assert bar(pilot) == f"{CONTACTS} contacts"
        assert table(pilot).number == 6


@pytest.mark.parametrize(("key", "cursor"), [("down", 1), ("tab", 1), ("enter", 0)])
async def test_leaving_the_words(contacts: CrmApp, key: str, cursor: int) -> None:
    """Down goes on to the next row."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "f")
        await write(pilot, "person")
        await press(pilot, key)
        assert contacts.focused is table(pilot)
        assert table(pilot).cursor == cursor


async def test_no_match_says_what_to_press(contacts: CrmApp) -> None:
    """And the keys work there."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "f")
        await write(pilot, "nobodyatall")
        empty = contacts.screen.query_one(EmptyTable)
        assert empty.display
        assert empty.said == "no match"
        assert not table(pilot).display
        assert records(pilot).targets() == []
        await press(pilot, "escape")
        assert not empty.display
        assert contacts.focused is table(pilot)


async def test_an_empty_store_says_what_to_press(tmp_path: Path) -> None:
    """n adds the first one."""
    app = crm_app(str(tmp_path / "new.db"), start="contacts")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.screen.query_one(EmptyTable).said == "nothing"
        for key in ("j", "enter", "E", "M", "T"):
            await press(pilot, key)
            if isinstance(app.screen, Failure):
                await press(pilot, "escape")
        await press(pilot, "n")
        assert isinstance(app.screen, RecordForm)


# -- what others do


async def test_the_cursor_stays_on_its_record_when_others_add_and_remove(contacts: CrmApp, store: str) -> None:
    """Filter, marks and scroll too."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "0", "j", "space")
        before, row, chosen = at_cursor(pilot), table(pilot).row, marked(pilot)
        other = context_of(store)
        other.contacts.remove("2")
        other.contacts.add(other.contacts.draft({"name": "New One"}))
        contacts.changed_here()
        await settle(pilot)
        assert (at_cursor(pilot), table(pilot).row, marked(pilot)) == (before, row, chosen)
        assert table(pilot).cursor == 40
        assert len(table(pilot).order) == CONTACTS


async def test_the_cursor_stays_at_its_place_when_its_record_is_removed(contacts: CrmApp, store: str) -> None:
    """On the next one."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "j")
        context_of(store).contacts.remove("2")
        contacts.changed_here()
        await settle(pilot)
        assert table(pilot).number == 3


# -- verbs on one and on many


def tags(store: str, tag: str) -> int:
    """How many contacts bear a tag."""
    return len(context_of(store).contacts.matching(f"tags = {tag}"))


async def test_marked_ones_are_tagged_in_one_step(contacts: CrmApp, store: str) -> None:
    """Undo takes all of it back."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "5", "space", "T")
        await write(pilot, "fair")
        await press(pilot, "ctrl+s")
        assert tags(store, "fair") == 5
        await press(pilot, "u")
        assert tags(store, "fair") == 0


async def test_marked_ones_get_another_owner(contacts: CrmApp, store: str) -> None:
    """And the dot does the same to what is marked next."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "2", "space", "a", "ctrl+a", "delete")
        form = contacts.screen
        assert isinstance(form, Form)
        form.rows["owner"].put("zoe")
        await press(pilot, "ctrl+s")
        assert len(context_of(store).contacts.matching("owner = zoe")) == 2
        await press(pilot, "escape", "3", "space", "full_stop")
        assert len(context_of(store).contacts.matching("owner = zoe")) == 5


async def test_a_field_of_many_is_changed(contacts: CrmApp, store: str) -> None:
    """A field is picked, then its value; nothing takes it away."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for value, left in (("Paris office", 3), ("", 0)):
            await press(pilot, "3", "space", "c")
            await write(pilot, "source")
            await press(pilot, "enter")
            form = contacts.screen
            assert isinstance(form, Form)
            form.rows["value"].put(value)
            await press(pilot, "ctrl+s", "escape", "g")
            assert len(context_of(store).contacts.matching('source = "Paris office"')) == left


@pytest.mark.parametrize("answer", ["y", "escape"])
@pytest.mark.parametrize("keys", [("space", "space", "c"), ("space", "space", "a"), ("a",)])
async def test_what_others_changed_meanwhile_is_asked_about(
    contacts: CrmApp, store: str, keys: tuple[str, ...], answer: str
) -> None:
    """One question with both values and whose it is; back in the form nothing is stored, and all is there."""
    name, theirs = ("title", "Their title") if "c" in keys else ("owner", "boris")
    others = context_of(store).contacts
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        numbers = list(table(pilot).order)[: 1 if keys == ("a",) else 2]
        await press(pilot, *keys)
        if "c" in keys:
            await write(pilot, "title")
            await press(pilot, "enter")
        form = contacts.screen
        assert isinstance(form, Form)
        others.edit_where(numbers[:1], others.edit_draft(Changes({name: theirs})))
        form.rows["value" if "c" in keys else "owner"].put("mine")
        await press(pilot, "ctrl+s")
        question = contacts.screen
        assert isinstance(question, Confirm)
        told = " ".join(str(each.render()) for each in question.query(".dialog-title, .dialog-text"))
        assert theirs in told
        assert f"changed meanwhile by maria: {name}" in told
        assert ("1 of 2 contacts was" in told) == (len(numbers) == 2)
        await press(pilot, answer)
        views = [others.get(str(number)) for number in numbers]
        if answer == "y":
            assert ["mine"] * len(numbers) == [getattr(view, name) for view in views]
            await press(pilot, "u")
            assert getattr(others.get(str(numbers[0])), name) == theirs
        else:
            assert (theirs, form) == (getattr(views[0], name), contacts.screen)
            assert "mine" not in [getattr(view, name) for view in views]


async def test_a_field_of_ones_own_is_changed_of_many(contacts: CrmApp, store: str) -> None:
    """Custom fields are among those to pick."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "3", "space", "c")
        await write(pilot, "region")
        await press(pilot, "enter")
        form = contacts.screen
        assert isinstance(form, Form)
        form.rows["value"].put("east")
        await press(pilot, "ctrl+s")
        assert len(context_of(store).contacts.matching("custom.region = east")) == 3


async def test_one_record_is_changed_in_its_own_form(contacts: CrmApp) -> None:
    """Not by a picked field."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "c")
        assert isinstance(contacts.screen, RecordForm)


async def test_marked_ones_are_removed_and_come_back(contacts: CrmApp) -> None:
    """Marks have served then."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "3", "space", "delete")
        assert len(table(pilot).order) == CONTACTS - 3
        assert marked(pilot) == set()
        await press(pilot, "u")
        assert len(table(pilot).order) == CONTACTS


async def test_one_activity_is_logged_on_several_contacts(contacts: CrmApp, store: str) -> None:
    """Linked to each of them."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "3", "space", "l")
        form = contacts.screen
        assert isinstance(form, Form)
        form.rows["body"].put("met at the fair")
        await press(pilot, "ctrl+s")
        (found,) = context_of(store).activities.list(records_module.Query('body = "met at the fair"'))
        assert len(found.contacts) == 3


async def test_an_activity_is_about_one_company_only(store: str) -> None:
    """It says so, and nothing is logged on the first alone."""
    app = crm_app(store, start="companies")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "2", "space", "l")
        assert isinstance(app.screen, Failure)


async def test_very_many_are_asked_about_first(contacts: CrmApp, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No leaves them, yes does it."""
    monkeypatch.setattr(records_module, "_MANY", 50)
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "asterisk", "delete")
        assert isinstance(contacts.screen, Confirm)
        await press(pilot, "n")
        assert len(table(pilot).order) == CONTACTS
        await press(pilot, "delete", "y")
        assert contacts.screen.query_one(EmptyTable).said == "nothing"
        assert list(context_of(store).contacts.matching("")) == []


async def test_deals_move_from_stage_to_stage(store: str) -> None:
    """One by keys, several by a form."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "L")
        assert context_of(store).deals.get("1").stage == "qualified"
        await press(pilot, "H")
        assert context_of(store).deals.get("1").stage == "lead"
        await press(pilot, "3", "space", "m")
        form = app.screen
        assert isinstance(form, Form)
        form.rows["stage"].put("proposal")
        await press(pilot, "ctrl+s")
        assert [context_of(store).deals.get(str(number)).stage for number in (1, 2, 3)] == ["proposal"] * 3


@pytest.mark.parametrize("screen", ["deals", "record"])
async def test_each_of_two_quick_steps_moves_the_deal(store: str, screen: str) -> None:
    """The second begins where the first one leads, not where the deal is shown; past the last stage it is said."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        if screen == "record":
            await press(pilot, "enter")
        await pilot.press("L", "L", "H", "L")
        await settle(pilot)
        assert context_of(store).deals.get("1").stage == "proposal"
        assert app.screen is app.place  # no dialog says that it is stale
        await press(pilot, "9", "H")
        assert "there is no stage there" in [each.message for each in app._notifications]


@pytest.mark.parametrize(
    ("keys", "wanted"), [(("m", "proposal"), "proposal"), (("X",), "lost"), (("W",), "won"), (("L",), "qualified")]
)
@pytest.mark.parametrize("screen", ["deals", "record"])
@pytest.mark.parametrize("is_moved", [True, False])
async def test_a_deal_that_others_moved_meanwhile_is_asked_about(
    store: str, keys: tuple[str, ...], wanted: str, screen: str, *, is_moved: bool
) -> None:
    """Where it was, is and is wanted; whether by a form or by a key."""
    deals = context_of(store).deals
    app = crm_app(store, start="deals")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        if screen == "record":
            await press(pilot, "enter")
        if len(keys) == 2 or keys == ("X",):
            await press(pilot, keys[0])
            form = app.screen
            assert isinstance(form, Form)
            form.rows["stage" if keys[0] == "m" else "note"].put(keys[-1])
            deals.move("1", "negotiation")
            await press(pilot, "ctrl+s")
        else:
            deals.move("1", "negotiation")
            await pilot.press(*keys)
            await settle(pilot)
        question = app.screen
        assert isinstance(question, Confirm)
        text = " ".join(str(part.render()) for part in question.query("Static"))
        assert all(stage in text for stage in ("lead", "negotiation"))
        await press(pilot, "y" if is_moved else "n")
    assert deals.get("1").stage == (wanted if is_moved else "negotiation")


@pytest.mark.parametrize("keys", [("L",), ("m",), ("W",)])
async def test_what_a_stage_requires_is_asked_for(store: str, keys: tuple[str, ...]) -> None:
    """Stored together with the move; whoever does not answer moves nothing."""
    context = context_of(store)
    context.pipelines.edit_stage(None, "qualified", StageDraft(required=("campaign",)))
    app = crm_app(store, start="deals")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for answer in ("escape", "ctrl+s"):
            await press(pilot, *keys)
            if keys == ("m",):
                app.screen.rows["stage"].put("qualified")  # type: ignore[attr-defined]
                await press(pilot, "ctrl+s")
            form = app.screen
            assert isinstance(form, Form)
            assert list(form.values()) == ["campaign"]
            form.rows["campaign"].put("Fair")
            await press(pilot, answer)
            if answer == "escape":
                assert context.deals.get("1").stage == "lead"
                await press(pilot, "escape")
        view = context.deals.get("1")
        assert (view.stage, view.campaign) == ("won" if keys == ("W",) else "qualified", "Fair")
        await press(pilot, "u")
        view = context.deals.get("1")
        assert (view.stage, view.campaign) == ("lead", None)


async def test_deals_moved_to_lost_by_a_form_are_asked_why(store: str) -> None:
    """Marked ones for one reason, in one step."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "2", "space", "m")
        app.screen.rows["stage"].put("lost")  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        form = app.screen
        assert isinstance(form, Form)
        form.rows["reason"].put("timing")
        await press(pilot, "ctrl+s")
        deals = context_of(store).deals
        assert [(deals.get(n).stage, deals.get(n).lost_reason) for n in ("1", "2")] == [("lost", "timing")] * 2
        await press(pilot, "u")
        assert [deals.get(n).stage for n in ("1", "2")] == ["lead", "lead"]


async def test_a_step_taken_back_can_be_taken_again(store: str) -> None:
    """What was taken back here is no move of others."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "L", "u", "L")
        assert app.screen is app.place
        assert context_of(store).deals.get("1").stage == "qualified"
        await pilot.press("L", "W")
        await settle(pilot)
        assert app.screen is app.place
        assert context_of(store).deals.get("1").stage == "won"


async def test_a_deal_moved_to_lost_is_asked_why(store: str) -> None:
    """As on the board."""
    app = crm_app(store, start="deals")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "5", "L")
        assert isinstance(app.screen, Form)
        assert "reason" in app.screen.rows


async def test_a_new_record_has_the_cursor(contacts: CrmApp) -> None:
    """Wherever it is in the table."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "n")
        form = contacts.screen
        assert isinstance(form, RecordForm)
        form.rows["name"].put("Brand New")
        await press(pilot, "ctrl+s")
        assert at_cursor(pilot) == "Brand New"
        assert table(pilot).is_seen(CONTACTS)


async def test_a_new_record_that_the_filter_hides_does_not_move_the_cursor(contacts: CrmApp) -> None:
    """Now or later."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        contacts.screen.post_message(FilterBar.Submitted("tags = vip"))
        await settle(pilot)
        await press(pilot, "j", "n")
        form = contacts.screen
        assert isinstance(form, RecordForm)
        form.rows["name"].put("Brand New")
        await press(pilot, "ctrl+s")
        assert at_cursor(pilot) == "张伟"
        context_of(str(contacts.session.desk.store.location.path)).contacts.remove("1")
        contacts.changed_here()
        await settle(pilot)
        assert at_cursor(pilot) == "张伟"


# -- two that are one


async def test_two_marked_ones_are_merged_into_the_one_that_is_picked(contacts: CrmApp, store: str) -> None:
    """And undo makes them two again."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "5", "G", "2", "space", "M")
        assert isinstance(contacts.screen, Picker)
        await write(pilot, "#6")
        await press(pilot, "enter")
        assert len(table(pilot).order) == CONTACTS - 1
        assert context_of(store).contacts.get("6").emails == ("jane.d@acme.example", "jane.doe@acme.example")
        await press(pilot, "u")
        assert len(table(pilot).order) == CONTACTS


async def test_a_likely_double_is_offered(contacts: CrmApp) -> None:
    """Where nothing is marked."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "5", "G", "M")
        picker = contacts.screen
        assert isinstance(picker, Picker)
        assert [each.value for each in picker._options] == ["6"]
        await press(pilot, "enter", "enter")
        assert len(table(pilot).order) == CONTACTS - 1


async def test_three_can_t_be_merged(contacts: CrmApp) -> None:
    """It says so."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "3", "space", "M")
        assert isinstance(contacts.screen, Failure)


# -- into a file


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
async def test_what_is_marked_goes_into_a_file(contacts: CrmApp, tmp_path: Path, ending: str) -> None:
    """In the order of the table, with the columns that are shown."""

    path = tmp_path / f"people.{ending}"
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        records(pilot).sort_by("name", reverse=True)
        await settle(pilot)
        await press(pilot, "g", "2", "space", "E")
        form = contacts.screen
        assert isinstance(form, Form)
        form.rows["file"].put(str(path))
        await press(pilot, "ctrl+s")
        assert path.exists()
        if ending == "csv":
            head, *rows = path.read_text().splitlines()
            assert head.startswith("number,name,")
            assert len(rows) == 2


async def test_all_that_is_shown_goes_into_a_file_that_is_not_overwritten(contacts: CrmApp, tmp_path: Path) -> None:
    """Unless one says so."""
    path = tmp_path / "people.csv"
    path.write_text("mine")
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "E")
        form = contacts.screen
        assert isinstance(form, Form)
        form.rows["file"].put(str(path))
        await press(pilot, "ctrl+s")
        assert path.read_text() == "mine"
        assert contacts.screen is form
        form.rows["replace"].put("yes")
        await press(pilot, "ctrl+s")
        assert len(path.read_text().splitlines()) == CONTACTS + 1


async def test_a_file_without_a_format_is_refused(contacts: CrmApp, tmp_path: Path) -> None:
    """The form stays open and says why."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "E")
        form = contacts.screen
        assert isinstance(form, Form)
        form.rows["file"].put(str(tmp_path / "people.doc"))
        await press(pilot, "ctrl+s")
        assert contacts.screen is form
        assert "does not say a format" in str(form.query_one(".dialog-error").render())


# -- the pane


async def test_the_pane_follows_the_cursor_where_there_is_room(contacts: CrmApp) -> None:
    """At 160 cells and more, unless it is put away."""
    async with contacts.run_test(size=(180, 40)) as pilot:
        await settle(pilot)
        preview = records(pilot).preview
        assert preview.display
        await pilot.press("j")
        await pilot.pause(0.5)
        await settle(pilot)
        assert preview.glance is not None
        assert preview.glance.record.name == "Иван Петров"
        await press(pilot, "p")
        assert not preview.display


async def test_the_pane_tells_of_a_likely_double(contacts: CrmApp) -> None:
    """And how to make the two one."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert not records(pilot).preview.display
        await press(pilot, "p", "5", "G")
        await pilot.pause(0.5)
        await settle(pilot)
        assert "#6 Jane Doe may be the same" in str(records(pilot).preview.query_one("#preview-text").render())


# -- trouble


async def test_a_store_that_can_t_be_read_is_told_of(contacts: CrmApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read before stays on the screen."""
    from crmcli.errors import StoreLocked

    def locked(*_: Any, **__: Any) -> Any:
        raise StoreLocked("the store is locked by another process")

    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        monkeypatch.setattr(type(contacts.session.tables), "order", locked)
        await press(pilot, "r")
        assert isinstance(contacts.screen, Failure)
        assert len(table(pilot).order) == CONTACTS


# -- places, purely

ORDER = array("q", range(100, 0, -1))


@pytest.mark.parametrize(
    ("look", "is_new", "expected"),
    [
        (Look(number=90, place=10, top_number=95, top=5, rows=20), False, (10, 5)),
        (Look(number=90, place=30, top_number=95, top=25, rows=20), True, (10, 5)),
        (Look(number=500, place=30, top_number=95, top=25, rows=20), False, (30, 25)),
        (Look(number=500, place=30, top_number=95, top=25, rows=20), True, (0, 0)),
        (Look(number=90, place=10, top_number=40, top=70, rows=20), False, (10, 60)),
        (Look(number=1, place=10, top_number=95, top=5, rows=20), True, (99, 80)),
        (Look(), False, (0, 0)),
    ],
)
def test_where_cursor_and_top_row_are_afterwards(look: Look, is_new: bool, expected: tuple[int, int]) -> None:
    """The cursor on its record and its line; a table scrolled away from it stays where it is."""
    assert places(ORDER, look, is_new=is_new) == expected


def test_columns_fill_the_width_and_never_more() -> None:
    """Tight ones get what is left."""
    widths, tight = [3, 30, 20, 10], [3, 12, 10, 10]
    for cells in range(10, 90):
        placed = arrange(widths, tight, 2, 0, cells)
        assert all(each.at + each.cells <= cells for each in placed)
        assert [each.place for each in placed] == list(range(len(placed)))
    assert [each.cells for each in arrange(widths, tight, 2, 0, 80)] == widths
    assert [each.place for each in arrange(widths, tight, 2, 1, 80)] == [0, 1, 3]


@pytest.mark.parametrize(
    ("cells", "skipped"), [(100, 0), (GUTTER + 3 + GAP + 12 + GAP + 10 + GAP + 10, 0), (34, 1), (10, 1)]
)
def test_columns_scroll_until_the_last_is_whole(cells: int, skipped: int) -> None:
    """And no further."""
    assert most_skipped([3, 12, 10, 10], 2, cells) == skipped
