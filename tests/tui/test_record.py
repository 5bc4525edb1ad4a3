"""A record's page: what it shows, and every key of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.services.records import Query
from crmcli.tui.widgets.field_editor import FieldEditor
from crmcli.tui.widgets.quick_log import QuickLog
from tests.once import once
from tests.tui.boards import context_of, press, settle
from tests.tui.pages import NOTE, furnish, jane, lines, open_page, page_app, pilot_deal, seen, told, type_text, uid

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.tui.screens.record import RecordScreen

WIDE, ROOMY, NARROW = (200, 60), (120, 36), (80, 24)


@pytest.fixture
@once
def furnished(store: str) -> str:
    """A store with Jane in it."""
    furnish(store)
    return store


def go_to(page: RecordScreen, name: str) -> None:
    """Put the cursor on a field."""
    page.fields.go_to(page.fields.place_of(name))


def edit(store: str, noun: str, ref: str, **values: str) -> None:
    """Somebody else changes a record."""
    from crmcli.services.records import Changes

    context = context_of(store)
    records = context.deals if noun == "deal" else context.contacts
    records.edit(ref, records.edit_draft(Changes(values)))


# -- what it shows


async def test_it_shows_what_it_is_and_what_it_is_linked_to(furnished: str) -> None:
    """Head, fields, links, timeline and note, each from the store."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        head = page.query_one("RecordHead").render().plain.splitlines()  # type: ignore[attr-defined]
        assert head[0].startswith("Jane Doe, Buyer at Acme")
        assert head[0].endswith("contact #1")
        assert head[1].startswith("customer · last touched")
        assert head[2] == "next: send the offer · in 2 d"
        assert seen(page, "emails") == "jane@acme.example"
        linked = lines(page.links)
        assert linked[:4] == ["companies", "Acme", "deals", "● Acme pilot  12,500 EUR  lead"]
        assert linked[-2:] == ["attachments", "↗ https://shop.example/jane"]
        assert lines(page.timeline)[0] == "planned"
        assert page.note.note.text == NOTE.rstrip("\n")


async def test_a_conversation_is_one_line_until_its_messages_are_wanted(furnished: str) -> None:
    """``=`` shows each of the three messages, and one line again."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        assert sum("Offer" in line for line in lines(page.timeline)) == 1
        assert any("(3 messages)" in line for line in lines(page.timeline))
        await press(pilot, "equals_sign")
        assert sum("Offer" in line for line in lines(page.timeline)) == 3
        await press(pilot, "equals_sign")
        assert sum("Offer" in line for line in lines(page.timeline)) == 1


async def test_files_and_conversation_are_on_the_page_of_a_message(furnished: str) -> None:
    """Names of files are shown harmless; the timeline of a message is its conversation; enter says where the file is."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        message = next(view for view in page.timeline.views.values() if view.type == "email")
        page = await open_page(pilot, "activity", message.id)
        assert [entry.kind for entry in page.page.entries] == ["email"] * 3  # type: ignore[union-attr]
        assert "▤ terms ␛[31m.txt (1 kB)" in lines(page.links)
        await press(pilot, "tab")
        page.links.go_to(lines(page.links).index("▤ offer.pdf (12 kB)"))
        await press(pilot, "enter")
        assert "mailbox" in told(pilot)[-1]


@pytest.mark.parametrize(("noun", "name"), [("company", "Acme"), ("deal", "Data cleaning"), ("deal", "张伟的合同")])
async def test_every_noun_has_a_page(furnished: str, noun: str, name: str) -> None:
    """Also a lost deal's and one in another script."""
    async with page_app(furnished).run_test(size=NARROW) as pilot:
        page = await open_page(pilot, noun, uid(furnished, noun, name))
        assert page.page is not None
        assert page.page.is_live
        assert name in page.query_one("RecordHead").render().plain  # type: ignore[attr-defined]


async def test_there_is_a_screen_for_no_record(furnished: str) -> None:
    """A uid that never was says so, and esc goes back."""
    async with page_app(furnished).run_test(size=NARROW) as pilot:
        await jane(pilot, furnished)
        page = await open_page(pilot, "contact", "ct_00000000000000000000000000")
        assert "there is no such contact" in page.query_one("RecordHead").render().plain  # type: ignore[attr-defined]
        await press(pilot, "enter", "n", "minus", "y", "escape")
        assert page.here == ("contact", uid(furnished, "contact", "jane@acme.example"))


# -- editing in place


async def test_a_field_is_edited_where_it_stands(furnished: str) -> None:
    """Enter, another text, enter: it is stored, in one undo step."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        go_to(page, "next_step")
        await press(pilot, "enter")
        assert page.editor.is_open
        page.editor.input.put("")
        await type_text(pilot, "call ana")
        await press(pilot, "enter")
        assert not page.editor.is_open
        assert seen(page, "next_step") == "call ana"
        assert context_of(furnished).deals.get("Acme pilot").next_step == "call ana"
        await press(pilot, "u")
        assert seen(page, "next_step") == "send the offer"


async def test_esc_leaves_the_field_as_it_is(furnished: str) -> None:
    """What was typed is not stored."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "i", "x", "y", "escape")
        assert not page.editor.is_open
        assert page.focused is page.fields
        assert context_of(furnished).deals.find("Acme pilot").name == "Acme pilot"


async def test_a_date_is_previewed_and_what_is_wrong_is_said_while_it_is_typed(furnished: str) -> None:
    """``fri`` shows the day it means; nonsense shows why; enter on it stores nothing and keeps the text."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        go_to(page, "expected_close")
        await press(pilot, "enter")
        page.editor.input.put("")
        await type_text(pilot, "fri")
        await pilot.pause(0.2)
        said = page.query_one("#field-said").render().plain  # type: ignore[attr-defined]
        assert said == "→ Fri 27 Nov 2026, in 6 days"
        await type_text(pilot, "zz")
        await pilot.pause(0.2)
        assert page.editor.has_class("-wrong")
        await press(pilot, "enter")
        assert page.editor.is_open
        assert page.editor.input.value == "frizz"
        assert context_of(furnished).deals.get("Acme pilot").expected_close.isoformat() == "2026-12-04"


async def test_a_choice_is_offered_at_once(furnished: str) -> None:
    """A field with a list offers it; typing narrows it."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        go_to(page, "lifecycle")
        await press(pilot, "enter")
        assert "champion" in [item.text for item in page.editor.input.items]
        page.editor.input.put("")
        await type_text(pilot, "champ")
        await pilot.pause(0.2)
        await press(pilot, "down", "enter", "enter")
        assert context_of(furnished).contacts.get("jane@acme.example").lifecycle == "champion"


async def test_a_stage_that_is_none_is_wrong_as_it_is_typed(furnished: str) -> None:
    """Esc closes the list of suggestions first and keeps the text, then leaves the field."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        go_to(page, "stage")
        await press(pilot, "enter", "ctrl+u", *"pro")
        assert page.editor.input.is_open
        assert not page.editor.has_class("-wrong")
        await press(pilot, "escape")
        assert (True, False, "pro") == (page.editor.is_open, page.editor.input.is_open, page.editor.input.value)
        await press(pilot, "z")
        await pilot.pause(0.5)
        said = page.query_one("#field-said").render().plain  # type: ignore[attr-defined]
        assert "✗ there is no stage of that name" == said
        await press(pilot, "escape")
        assert not page.editor.is_open
        assert "lead" == context_of(furnished).deals.get("Acme pilot").stage


@pytest.mark.parametrize("size", [WIDE, ROOMY, NARROW])
async def test_all_that_is_wrong_with_a_field_can_be_read(furnished: str, size: tuple[int, int]) -> None:
    """However little room there is beside its name."""
    async with page_app(furnished).run_test(size=size) as pilot:
        page = await pilot_deal(pilot, furnished)
        go_to(page, "stage")
        await press(pilot, "enter", "ctrl+u", *"leadlost", "enter")
        await pilot.pause(0.3)
        said = page.query_one("#field-said")
        shown = [strip.text.strip() for strip in said.render_lines(said.size.region)]
        assert "✗ no stage 'leadlost' in pipeline sales (did you mean lost?)" == " ".join(shown)


async def test_what_no_choice_begins_with_is_wrong_as_it_is_typed(furnished: str) -> None:
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        go_to(page, "lifecycle")
        await press(pilot, "enter", "ctrl+u", *"zz")
        await pilot.pause(0.5)
        said = page.query_one("#field-said").render().plain  # type: ignore[attr-defined]
        assert said.startswith("✗ is none of ")


async def test_a_worked_out_field_is_not_typed(furnished: str) -> None:
    """It says so."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        go_to(page, "created_at")
        await press(pilot, "enter")
        assert not page.editor.is_open
        assert told(pilot)[-1] == "created is worked out, never typed"


async def test_a_stale_edit_shows_both_values_and_asks(furnished: str) -> None:
    """Mine goes over theirs only when chosen; theirs stays when that is chosen."""
    from crmcli.tui.modals.conflict import ConflictDialog

    for answer, kept in (("m", "mine m"), ("t", "theirs t")):
        async with page_app(furnished).run_test(size=ROOMY) as pilot:
            page = await pilot_deal(pilot, furnished)
            go_to(page, "next_step")
            await press(pilot, "enter")
            page.editor.input.put(f"mine {answer}")
            edit(furnished, "deal", "Acme pilot", next_step=f"theirs {answer}")
            await press(pilot, "enter")
            assert isinstance(pilot.app.screen, ConflictDialog)
            await press(pilot, answer, "enter")
            assert not page.editor.is_open
            assert context_of(furnished).deals.get("Acme pilot").next_step == kept
            assert seen(page, "next_step") == kept


async def test_going_back_from_the_question_keeps_what_was_typed(furnished: str) -> None:
    """Esc in the question goes back to the field with its text."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        go_to(page, "next_step")
        await press(pilot, "enter")
        page.editor.input.put("mine")
        edit(furnished, "deal", "Acme pilot", next_step="theirs")
        await press(pilot, "enter", "escape")
        assert page.editor.is_open
        assert page.editor.input.value == "mine"
        assert context_of(furnished).deals.get("Acme pilot").next_step == "theirs"


async def test_others_changes_arrive_and_leave_the_edit_alone(furnished: str) -> None:
    """The page is read again; cursor, edited field and its text stay; what it was stands beside the field."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        go_to(page, "source")
        await press(pilot, "enter")
        page.editor.input.put("half a wo")
        edit(furnished, "deal", "Acme pilot", value="13000")
        page.store_changed()
        await settle(pilot)
        assert seen(page, "value") == "13,000 EUR"
        assert next(row.was for row in page.fields.rows if row.name == "value") == "12500 EUR"
        assert page.editor.is_open
        assert page.editor.input.value == "half a wo"
        assert page.fields.line is not None
        assert page.fields.line.name == "source"


async def test_minus_empties_a_field(furnished: str) -> None:
    """And undo brings it back."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        go_to(page, "next_step")
        await press(pilot, "minus")
        assert seen(page, "next_step") == ""
        await press(pilot, "u")
        assert seen(page, "next_step") == "send the offer"


async def test_a_field_of_ones_own_is_added(furnished: str) -> None:
    """``n`` among the fields asks name and value."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "n")
        await type_text(pilot, "seats")
        await press(pilot, "tab")
        await type_text(pilot, "fifteen")
        await press(pilot, "ctrl+s")
        assert seen(page, "custom.seats") == "fifteen"


# -- links


async def test_enter_on_a_link_goes_there_and_back_comes_to_the_same_place(furnished: str) -> None:
    """Cursor and part of the page are as they were; forward goes there again."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        go_to(page, "lifecycle")
        await press(pilot, "tab")
        page.links.go_to(lines(page.links).index("● Acme pilot  12,500 EUR  lead"))
        place = page.links.cursor
        await press(pilot, "enter")
        assert page.here == ("deal", uid(furnished, "deal", "Acme pilot"))
        assert page.pane == "fields"
        await press(pilot, "left_square_bracket")
        assert page.here == ("contact", uid(furnished, "contact", "jane@acme.example"))
        assert (page.pane, page.links.cursor) == ("links", place)
        assert page.fields.line is not None
        assert page.fields.line.name == "lifecycle"
        await press(pilot, "right_square_bracket")
        assert page.here[0] == "deal"


async def test_links_are_made_and_taken_off(furnished: str) -> None:
    """``n`` asks who; ``-`` takes the link off, the record stays."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "tab")
        page.links.go_to(lines(page.links).index("people") + 1)
        await press(pilot, "n")
        await type_text(pilot, "bob@acme.example")
        await press(pilot, "enter", "ctrl+s")
        people = context_of(furnished).deals.get("Acme pilot").contacts
        assert [link.name for link in people] == ["Jane Doe", "bob"]
        page.links.go_to(next(place for place, line in enumerate(lines(page.links)) if line.startswith("Jane Doe")))
        await press(pilot, "minus")
        assert [link.name for link in context_of(furnished).deals.get("Acme pilot").contacts] == ["bob"]
        assert context_of(furnished).contacts.get("jane@acme.example").name == "Jane Doe"


@pytest.mark.parametrize(
    ("noun", "name", "relation", "ref", "expected"),
    [
        ("contact", "jane@acme.example", "companies", "Initech", "Initech"),
        ("contact", "jane@acme.example", "deals", "Website", "✓ Website  5,400 EUR  won"),
        ("company", "Acme", "deals", "Fleet tracking", "● Fleet tracking  64,000 EUR  negotiation"),
        ("company", "Acme", "people", "new@acme.example", None),
        ("company", "Acme", "belongs to", "Initech", "Initech"),
        ("company", "Acme", "daughters", "Initech", "Initech"),
        ("deal", "Acme pilot", "company", "Initech", "Initech"),
    ],
)
async def test_every_relation_can_be_made_and_undone(
    furnished: str, noun: str, name: str, relation: str, ref: str, expected: str | None
) -> None:
    """A link made from either side is on the page, and undo takes it off."""
    from crmcli.errors import NotFound
    from crmcli.services.pages import RELATIONS, Pages

    context = context_of(furnished)
    pages, chosen = Pages(context.desk), next(each for each in RELATIONS[noun] if each.name == relation)
    record = uid(furnished, noun, name)
    if expected is None:
        with pytest.raises(NotFound):
            pages.link(noun, record, chosen, ref)
        return
    pages.link(noun, record, chosen, ref)
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await open_page(pilot, noun, record)
        assert expected in lines(page.links)
    other = next(each for group in pages.page(noun, record).groups if group.relation == chosen for each in group.records
                 if each.name in expected)  # fmt: skip
    pages.unlink(noun, record, chosen, other.id)
    assert other.name not in [
        each.name for group in pages.page(noun, record).groups if group.relation == chosen for each in group.records
    ]


# -- the timeline


async def test_only_one_kind_is_shown_until_esc(furnished: str) -> None:
    """``f`` and the key of a kind; esc shows every kind again."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        await press(pilot, "f", "e")
        assert page.pane == "timeline"
        assert {row.entry.kind for row in page.timeline.rows if row.entry} == {"email"}
        await press(pilot, "escape")
        assert {row.entry.kind for row in page.timeline.rows if row.entry} == {"call", "email", "task"}


async def test_a_kind_is_chosen_before_the_page_is_read(furnished: str) -> None:
    """As when another record was opened meanwhile, or the server is slow."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        await press(pilot, "f")
        page.page = None
        await press(pilot, "e")
        assert ("timeline", "email") == (page.pane, page.timeline.kind)


async def test_verbs_work_on_the_entry_at_the_cursor(furnished: str) -> None:
    """The planned task is done; the record's own verbs go to the record from the other parts."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        assert [target.noun for target in page.targets()] == ["deal"]
        await press(pilot, "tab", "tab", "tab", "x")
        task = next(view for view in page.timeline.views.values() if view.type == "task")
        assert context_of(furnished).activities.get(task.id).status == "done"
        assert [target.noun for target in page.targets()] == ["activity"]


async def test_marked_entries_are_worked_on_together(furnished: str) -> None:
    """Space marks; delete takes all marked entries away in one step, and undo brings them back."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        count = len(page.page.entries)  # type: ignore[union-attr]
        await press(pilot, "tab", "tab", "tab", "asterisk")
        assert len(page.targets()) == count
        await press(pilot, "delete")
        assert page.page.entries == ()  # type: ignore[union-attr]
        await press(pilot, "u")
        assert len(page.page.entries) == count  # type: ignore[union-attr]


async def test_enter_opens_the_entry_and_a_click_moves_the_cursor(furnished: str) -> None:
    """A double click opens, too."""
    async with page_app(furnished).run_test(size=WIDE) as pilot:
        page = await pilot_deal(pilot, furnished)
        assert page.timeline.count > 3
        await pilot.click("Timeline", offset=(10, 3))
        await pilot.pause(0.2)
        await settle(pilot)
        assert (page.pane, page.timeline.cursor) == ("timeline", 3)
        assert page.note.note.noun == "activity"
        await press(pilot, "enter")
        assert page.here is not None
        assert page.here[0] == "activity"
        await press(pilot, "alt+left")
        assert (page.pane, page.timeline.cursor) == ("timeline", 3)
        await pilot.click("Timeline", offset=(10, 1), times=2)
        await settle(pilot)
        assert page.here[0] == "activity"


async def test_ten_thousand_entries_are_read_a_window_at_a_time(furnished: str) -> None:
    """All of the history can be reached; only what was looked at was read."""
    from datetime import timedelta

    from crmcli.domain.ids import new_uid
    from crmcli.store.models.activities import Activity

    context = context_of(furnished)
    deal = context.deals.find("Acme pilot").number
    with context.desk.writing("test") as uow:
        uow.insert_many(Activity, [
            {"id": uow.next_number(Activity), "uid": new_uid("ac"), "kind": "note", "subject": f"entry {place}",
             "at": uow.now - timedelta(hours=place + 1), "status": "done", "priority": "normal", "deal_id": deal, "custom": {},
             "created_at": uow.now, "created_by": uow.user_id, "updated_at": uow.now, "updated_by": uow.user_id, "version": 1,
             "created_in": uow.number}
            for place in range(10_000)
        ])  # fmt: skip
        uow.marked = 10_000
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        assert len(page.page.entries) == 10_003  # type: ignore[union-attr]
        assert len(page.timeline.views) < 500
        await press(pilot, "tab", "tab", "tab", "G")
        assert "entry 9999" in lines(page.timeline)[-1]
        assert len(page.timeline.views) < 1000
        cursor = page.timeline.entry
        context_of(furnished).activities.log({"type": "note", "body": "one more", "deal": "Acme pilot"})
        page.store_changed()
        await settle(pilot)
        assert page.timeline.entry == cursor


# -- logging


async def test_a_call_is_logged_on_one_line(furnished: str) -> None:
    """``l c``, the text with a time at its end, enter; the cursor goes to the new entry; ``.`` does it again."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "l", "c")
        await type_text(pilot, "talked about prices @ yesterday 15:00")
        assert page.query_one("#quick-said").render().plain == "→ at Fri 20 Nov 2026 15:00, yesterday"  # type: ignore[attr-defined]
        await press(pilot, "enter")
        view = page.timeline.view
        assert view is not None
        assert (view.type, view.body, view.at.isoformat()) == (
            "call",
            "talked about prices",
            "2026-11-20T15:00:00+00:00",
        )
        assert not page.quick_log.is_open
        assert [view.type for view in page.timeline.views.values()].count("call") == 2


async def test_what_stands_after_an_at_sign_and_is_no_time_is_text(furnished: str) -> None:
    """A place or a name after @ stays in the text."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "l", "m")
        await type_text(pilot, "met @ the fair")
        await press(pilot, "enter")
        assert page.timeline.view is not None
        assert (page.timeline.view.type, page.timeline.view.body) == ("meeting", "met @ the fair")


async def test_a_task_is_planned_on_one_line(furnished: str) -> None:
    """``l t`` with a day; without one it is due tomorrow."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        for text, due in (("send papers @ fri", "2026-11-27"), ("ring", "2026-11-22")):
            await press(pilot, "l", "t")
            await type_text(pilot, text)
            await press(pilot, "enter")
            assert page.timeline.view is not None
            assert page.timeline.view.due is not None
            assert page.timeline.view.due.on.isoformat() == due


async def test_a_line_that_is_left_is_there_again(furnished: str) -> None:
    """Esc keeps it as a draft, also for another sitting; once it is logged, it is gone."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "l", "n")
        await type_text(pilot, "half a thou")
        await press(pilot, "escape")
        assert page.focused is page.timeline
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "l", "n")
        assert page.quick_log.line.value == "half a thou"
        await press(pilot, "enter")
        await press(pilot, "l", "n")
        assert page.quick_log.line.value == ""


async def test_the_form_logs_with_everything(furnished: str) -> None:
    """``l .`` opens the form."""
    from crmcli.tui.modals.form import Form

    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        await pilot_deal(pilot, furnished)
        await press(pilot, "l", "full_stop")
        assert isinstance(pilot.app.screen, Form)


# -- the note


async def test_a_note_is_written_previewed_and_stored(furnished: str) -> None:
    """i writes, ctrl+o previews and goes on, ctrl+s stores."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        await press(pilot, "tab", "tab")
        assert page.pane == "note"
        await press(pilot, "i")
        page.note.area.load_text("## New\n\nbegin")
        await press(pilot, "ctrl+o")
        assert page.note.reader.display
        assert page.note.writing is not None
        await press(pilot, "ctrl+o", "ctrl+s")
        assert page.note.writing is None
        assert context_of(furnished).contacts.get("jane@acme.example").note == "## New\n\nbegin"


async def test_a_note_that_is_left_is_there_again_and_never_goes_over_others(furnished: str) -> None:
    """The draft comes back; what was stored meanwhile is shown beside it before anything is replaced."""
    from crmcli.tui.modals.conflict import ConflictDialog

    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        await press(pilot, "tab", "tab", "i")
        page.note.area.load_text("mine, not finished")
        await press(pilot, "escape")
        assert page.note.writing is None
    edit(furnished, "contact", "jane@acme.example", note="theirs")
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        await press(pilot, "tab", "tab", "i")
        assert page.note.area.text == "mine, not finished"
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, ConflictDialog)
        await press(pilot, "t", "enter")
        assert context_of(furnished).contacts.get("jane@acme.example").note == "theirs"


async def test_a_link_in_a_note_asks_first(furnished: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs by a click alone; no opens nothing, yes opens exactly the address shown."""
    from textual.widgets import Markdown

    from crmcli.tui.modals.confirm import Confirm

    opened: list[str] = []
    monkeypatch.setattr("crmcli.tui.outside.open_outside", lambda _app, address: opened.append(address))
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        for answer in ("n", "y"):
            markdown = page.query_one(Markdown)
            markdown.post_message(Markdown.LinkClicked(markdown, "https://shop.example/jane"))
            await settle(pilot)
            assert isinstance(pilot.app.screen, Confirm)
            await press(pilot, answer)
        assert opened == ["https://shop.example/jane"]


async def test_the_note_shows_the_text_of_the_entry_at_the_cursor(furnished: str) -> None:
    """And it can be written there."""
    async with page_app(furnished).run_test(size=WIDE) as pilot:
        page = await pilot_deal(pilot, furnished)
        page.timeline.go_to(page.timeline.count - 1)
        await press(pilot, "tab", "tab", "tab")
        assert page.note.note.text == "First visit, with a tour of the plant"
        await press(pilot, "i")
        page.note.area.load_text("First visit")
        await press(pilot, "ctrl+s")
        assert page.timeline.view is not None
        assert page.timeline.view.body == "First visit"


# -- changes


async def test_the_whole_history_of_the_record_is_there(furnished: str) -> None:
    """Each change with who, what before and after; the newest first."""
    edit(furnished, "deal", "Acme pilot", value="13000")
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "shift+tab")
        assert page.pane == "changes"
        shown = lines(page.changes)
        assert shown[0].startswith("2026-11-21 12:00 maria deal edit")
        assert shown[1].split() == ["value", "12,500", "EUR", "→", "13,000", "EUR"]


async def test_a_long_history_is_read_as_the_cursor_nears_its_end(
    furnished: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All changes can be reached."""
    monkeypatch.setattr("crmcli.tui.screens.record_reading._CHANGES_AT_ONCE", 5)
    for number in range(30):
        edit(furnished, "deal", "Acme pilot", next_step=f"step {number}")
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "shift+tab", *["G"] * 5)
        assert any("step 0" in line for line in lines(page.changes))
        assert "deal add" in "\n".join(lines(page.changes))


# -- what became of it


async def test_a_deleted_record_says_so_and_comes_back(furnished: str) -> None:
    """Removed by someone else while it is open: who did, and R brings it back."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        context_of(furnished).deals.remove("Acme pilot")
        page.store_changed()
        await settle(pilot)
        head = page.query_one("RecordHead").render().plain  # type: ignore[attr-defined]
        assert "✗ deleted by maria" in head
        assert "R brings it back" in head
        await press(pilot, "i", "l", "n", "x")
        assert not page.editor.is_open
        await press(pilot, "R")
        assert page.page is not None
        assert page.page.is_live


async def test_a_merged_record_leads_to_the_one_that_has_it_all(furnished: str) -> None:
    """Enter goes there."""
    lost = uid(furnished, "company", "Initech")
    context_of(furnished).companies.merge("Acme", "Initech")
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await open_page(pilot, "company", lost)
        assert "enter goes to" in page.query_one("RecordHead").render().plain  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert page.here == ("company", uid(furnished, "company", "Acme"))


# -- the rest


async def test_a_deal_moves_and_asks_why_it_is_lost(furnished: str) -> None:
    """L moves it a stage on, with a count further; onto lost it asks."""
    from crmcli.tui.modals.form import Form

    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "L")
        assert seen(page, "stage") == "qualified"
        await press(pilot, "H")
        assert seen(page, "stage") == "lead"
        await pilot.press("5", "L")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Form)


async def test_the_parts_are_reached_by_keys_and_by_mouse(furnished: str) -> None:
    """Tab goes round; a click on a name goes to the part."""
    async with page_app(furnished).run_test(size=NARROW) as pilot:
        page = await jane(pilot, furnished)
        seen_panes = [page.pane]
        for _ in range(5):
            await press(pilot, "tab")
            seen_panes.append(page.pane)
        assert seen_panes == ["fields", "links", "note", "timeline", "changes", "fields"]
        await pilot.click("PaneLine", offset=(12, 0))
        assert page.pane == "links"
        await pilot.press("2", "tab")
        await settle(pilot)
        assert page.pane == "timeline"


async def test_it_is_read_again_in_the_comfortable_density(furnished: str) -> None:
    """Rows have air between them, and the field that is edited lies on its own line."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await pilot_deal(pilot, furnished)
        await press(pilot, "D", "j", "enter")
        assert page.fields.pitch == 2
        assert page.editor.region.y == page.fields.region.y + 2


@pytest.mark.parametrize("scene", ["contact", "editing", "timeline", "deleted"])
async def test_it_looks_as_it_should(furnished: str, differing: Callable[..., Any], scene: str) -> None:
    """A person's page, a field being edited, the timeline of a deal, a deleted record."""
    from tests.tui.pages import play

    assert not await differing(page_app(furnished), play(furnished, scene))


@pytest.mark.parametrize("logged", [False, True])
async def test_what_was_entered_is_stored_for_its_record_wherever_the_page_is_by_then(
    furnished: str, *, logged: bool
) -> None:
    """Whoever goes on to a company while the enter of a field, or of a line to log, is still on its way."""
    async with page_app(furnished).run_test(size=ROOMY) as pilot:
        page = await jane(pilot, furnished)
        person, company = uid(furnished, "contact", "Jane Doe"), uid(furnished, "company", "Acme")
        entered: FieldEditor.Entered | QuickLog.Entered
        if logged:
            await press(pilot, "l", "c")
            entered = QuickLog.Entered("call", "asked for the price", page._record())
        else:
            go_to(page, "title")
            await press(pilot, "enter")
            entered = FieldEditor.Entered(page.editor.field, "Chief Buyer", "contact", page.editor.view)
        page.app.open_record("company", company)
        assert page.page is None
        page.post_message(entered)
        await settle(pilot)
        assert page.app.bug is None
    context = context_of(furnished)
    found = context.activities.list(Query("contact.name = 'Jane Doe'")) if logged else []
    assert logged == any(each.body == "asked for the price" for each in found)
    assert logged != (context.contacts.get(person).title == "Chief Buyer")
