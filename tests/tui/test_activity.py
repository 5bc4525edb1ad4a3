"""The stream of activities: what is shown of it, and what is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.tui.widgets.aside import Aside
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.head_line import HeadLine
from tests.once import once
from tests.tui.boards import context_of, crm_app, place, press, settle

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp
    from crmcli.tui.screens.activity import ActivityScreen

_NOTE = "# What we agreed\n\n- **delivery** by May\n- [terms](https://acme.example)"
LOGGED = (
    {"type": "note", "body": _NOTE, "subject": "Agreement", "deal": "Acme pilot", "at": "2026-11-20 09:00"},
    {"type": "email", "subject": "Оферта за складове", "at": "2026-11-20 08:15", "owner": "boris"},
    {"type": "visit", "subject": "Tour", "company": "Initech", "at": "2026-11-02 11:00", "duration": "1h30m"},
)  # fmt: skip


@pytest.fixture
@once
def logged(store: str) -> str:
    """A store with some more activities."""
    context = context_of(store)
    for raw in LOGGED:
        context.activities.log(raw)
    return store


@pytest.fixture
def stream(logged: str) -> CrmApp:
    """The program on the stream of activities."""
    return crm_app(logged, start="activity")


@pytest.fixture
def long_store(tmp_path: Any) -> str:
    """A store with some thousand notes, a few a day."""
    from datetime import timedelta

    from crmcli.domain.ids import new_uid
    from crmcli.store.models.activities import Activity

    store = str(tmp_path / "long.db")
    context = context_of(store)
    context.store.create()
    with context.desk.writing("test") as uow:
        rows = [
            {"id": place + 1, "uid": new_uid("ac"), "kind": "note", "subject": f"note {place:05}", "status": "done",
             "at": uow.now - timedelta(hours=5 * place), "done_at": uow.now, "created_at": uow.now, "created_by": uow.user_id,
             "updated_at": uow.now, "updated_by": uow.user_id, "version": 1, "custom": {}, "created_in": uow.number,
             "priority": "normal"}
            for place in range(1500)
        ]  # fmt: skip
        uow.insert_many(Activity, rows)
        uow.marked = len(rows)
    return store


def screen(pilot: Pilot[None]) -> ActivityScreen:
    """The screen."""
    return place(pilot)  # type: ignore[return-value]


def listed(pilot: Pilot[None]) -> list[str]:
    """The subjects as far as they were read, from the top."""
    rows = screen(pilot).rows
    numbers = [rows.number_at(row) for row in range(rows.count)]
    return [view.subject or view.type for view in rows.views(number for number in numbers if number is not None)]


def at_cursor(pilot: Pilot[None]) -> str | None:
    """What is at the cursor."""
    view = screen(pilot).rows.view
    return view.subject if view else None


async def rest(pilot: Pilot[None]) -> None:
    """Let the pane follow the cursor."""
    await pilot.pause(0.1)
    await settle(pilot)


EVERYTHING = [
    "send the offer", "Agreement", "Оферта за складове", "Discussed pricing", "call the buyer", "First visit, with a tour of the plant",
    "Tour",
]  # fmt: skip


async def test_newest_first_under_the_headings_of_their_days(stream: CrmApp) -> None:
    """The cursor begins at what is not ahead."""
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert listed(pilot) == EVERYTHING
        rows = screen(pilot).rows
        assert [row for row in range(rows.count) if rows.is_heading(row)] == [0, 2, 5, 7, 9, 11]
        assert at_cursor(pilot) == "Agreement"
        assert screen(pilot).query_one(HeadLine).parts[1] == ("7", "")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("C", ["Discussed pricing"]),
        ("M", ["First visit, with a tour of the plant", "Tour"]),
        ("E", ["Оферта за складове"]),
        ("N", ["Agreement"]),
        ("K", ["send the offer", "call the buyer"]),
    ],
)
async def test_one_kind_by_its_key_and_all_again(stream: CrmApp, key: str, expected: list[str]) -> None:
    """The same key again, A or esc show all kinds."""
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, key)
        assert listed(pilot) == expected
        await press(pilot, key)
        assert listed(pilot) == EVERYTHING
        await press(pilot, key, "A")
        assert listed(pilot) == EVERYTHING
        await press(pilot, key, "escape")
        assert listed(pilot) == EVERYTHING


async def test_f_chooses_among_all_kinds(stream: CrmApp) -> None:
    """A list that typing narrows."""
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "f", *"visit", "enter")
        assert listed(pilot) == ["Tour"]


async def test_p_shows_what_is_planned_then_what_is_past_then_everything(stream: CrmApp) -> None:
    """What is planned is listed from the soonest on."""
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "p")
        assert listed(pilot) == ["call the buyer", "send the offer"]
        assert at_cursor(pilot) == "call the buyer"
        await press(pilot, "p")
        assert listed(pilot) == ["Agreement", "Оферта за складове", *EVERYTHING[3:4], *EVERYTHING[5:]]
        await press(pilot, "p")
        assert listed(pilot) == EVERYTHING


async def test_w_shows_only_mine(stream: CrmApp) -> None:
    """What somebody else owns, or nobody, is left out."""
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "w")
        assert "Оферта за складове" not in listed(pilot)
        assert "mine" in [text for text, _ in screen(pilot).query_one(HeadLine).parts]
        await press(pilot, "w")
        assert listed(pilot) == EVERYTHING


async def test_a_filter_and_a_wrong_one(stream: CrmApp) -> None:
    """The wrong one is marked where it is typed, and the one before stays in force."""
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "slash")
        screen(pilot).query_one(FilterBar).line.put("at > -3d AND status = done")
        await press(pilot, "enter")
        assert listed(pilot) == ["Agreement", "Оферта за складове", "Discussed pricing"]
        await press(pilot, "slash")
        screen(pilot).query_one(FilterBar).line.put("colour = red")
        await press(pilot, "enter")
        assert screen(pilot).query_one(FilterBar).has_class("-wrong")
        assert listed(pilot) == ["Agreement", "Оферта за складове", "Discussed pricing"]
        await press(pilot, "escape")
        assert listed(pilot) == EVERYTHING


async def test_the_pane_shows_the_whole_of_a_note_in_markdown(stream: CrmApp) -> None:
    """Headings and lists of a note are drawn; other activities are plain text."""
    from textual.widgets import Markdown

    async with stream.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        aside = screen(pilot).query_one(Aside)
        assert "Agreement" in str(aside.query_one("#aside-text").render())
        assert aside.query_one(Markdown).source == _NOTE
        await press(pilot, "down")
        await rest(pilot)
        assert "Оферта за складове" in str(aside.query_one("#aside-text").render())
        assert not aside.query_one(Markdown).display


async def test_the_pane_scrolls_by_keys(stream: CrmApp) -> None:
    """Below the stream of a small window it has a few lines, which ctrl+↓ and ctrl+↑ move through."""
    async with stream.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        aside = screen(pilot).query_one(Aside)
        await press(pilot, "2", "ctrl+down")
        assert aside.scroll_offset.y == 2
        await press(pilot, "ctrl+up")
        assert aside.scroll_offset.y == 1


async def test_verbs_work_from_here(stream: CrmApp, store: str) -> None:
    """x, z, l and t on what is at the cursor; u takes it back."""
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "g", "z", "ctrl+s")
        find = context_of(store).activities.get
        assert find("send the offer").due.on.isoformat() == "2026-11-22"
        await press(pilot, "g", "x")
        assert find("send the offer").status == "done"
        await press(pilot, "u")
        assert find("send the offer").status == "planned"
        await press(pilot, "l", *"hello", "ctrl+s")
        assert find("hello").deal.name == "Acme pilot"
        await press(pilot, "t", *"again", "ctrl+s")
        assert find("again").type == "task"


async def test_marked_ones_are_put_off_and_changed_together(stream: CrmApp, store: str) -> None:
    """z asks once for all of them, c for one field of them; each is one step."""
    activities = context_of(store).activities
    for name in ("one", "two"):
        activities.add(activities.draft({"type": "task", "subject": name, "due": "2026-12-01"}))
    dues = lambda: [activities.get(name).due.on.isoformat() for name in ("one", "two")]  # noqa: E731
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "g", "space", "space", "z", "ctrl+u", *"2026-12-24", "ctrl+s")
        assert ["2026-12-24"] * 2 == dues()
        await press(pilot, "u")
        assert ["2026-12-01"] * 2 == dues()
        await press(pilot, "c", *"priority", "enter")
        stream.screen.rows["value"].put("high")  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        assert ["high"] * 2 == [activities.get(name).priority for name in ("one", "two")]


async def test_n_adds_one(stream: CrmApp, store: str) -> None:
    """The form of a new activity."""
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "n")
        form = stream.screen
        form.rows["subject"].put("from here")  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        assert context_of(store).activities.get("from here").type == "call"
        assert "from here" in listed(pilot)


async def test_enter_and_a_double_click_open_the_page(stream: CrmApp) -> None:
    """The activity's own page."""
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert place(pilot).name == "record"
        await press(pilot, "left_square_bracket")
        assert at_cursor(pilot) == "Agreement"
        await pilot.click("#stream", offset=(20, 3), times=2)
        await settle(pilot)
        assert place(pilot).name == "record"


async def test_what_others_add_leaves_the_cursor_alone(stream: CrmApp, store: str) -> None:
    """Something newer arrives above."""
    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "down")
        before = screen(pilot).rows.row
        context_of(store).activities.log({"type": "sms", "subject": "new one", "at": "2026-11-21 10:00"})
        stream.changed_here()
        await settle(pilot)
        assert "new one" in listed(pilot)
        assert at_cursor(pilot) == "Оферта за складове"
        assert screen(pilot).rows.row >= before


async def test_a_long_stream_is_read_where_it_is_looked_at(long_store: str) -> None:
    """The end is there at once, and only what is near is kept."""
    async with crm_app(long_store, start="activity").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        rows = screen(pilot).rows
        assert rows.size_of_stream == 1500
        assert len(listed(pilot)) < 400
        await press(pilot, "G")
        assert at_cursor(pilot) == "note 01499"
        await press(pilot, "g")
        assert at_cursor(pilot) == "note 00000"
        await press(pilot, "5", "pagedown")
        assert at_cursor(pilot) is not None


async def test_all_that_is_marked_is_worked_on_also_where_it_was_never_looked_at(long_store: str) -> None:
    """* marks all of them; a tag goes on each, in one step."""
    async with crm_app(long_store, start="activity").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "asterisk")
        assert len(screen(pilot).targets()) == 1500
        await press(pilot, "T", *"old", "ctrl+s")
        assert context_of(long_store).activities.get("note 01499").tags == ("old",)


async def test_another_screen_can_ask_for_a_filter(stream: CrmApp) -> None:
    """As a report does for the records behind a bar."""
    from crmcli.tui.trail import Spot

    async with stream.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "N")
        stream.visit(Spot("activity", "type = call"))
        await settle(pilot)
        assert listed(pilot) == ["Discussed pricing"]


async def test_looks(stream: CrmApp, differing: Any) -> None:
    """Some of everything, the note at the cursor, one marked."""

    async def mark(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, "space", "up")
        await rest(pilot)

    assert not await differing(stream, mark)
