"""Columns of a table: which there are, in what order, how they scroll, and that they are remembered."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from crmcli.render.columns import shown_columns
from crmcli.tui.modals.column_chooser import ColumnChooser
from tests.tui.boards import crm_app, press, settle
from tests.tui.tables import headers, line, lines, records, table

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.tui.app import CrmApp

SIZE = (120, 36)
WIDE = (220, 36)


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


def chooser(app: CrmApp) -> ColumnChooser:
    """The list of columns."""
    assert isinstance(app.screen, ColumnChooser)
    return app.screen


async def test_the_usual_columns_are_those_of_the_shell(contacts: CrmApp) -> None:
    """Defined once for both."""
    async with contacts.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "p")
        assert headers(pilot) == [column.header for column in shown_columns("contact")]


async def test_a_column_is_put_away_and_brought_back(contacts: CrmApp) -> None:
    """With the keys."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "C")
        names = chooser(contacts).listed.names
        chooser(contacts).listed.go_to(names.index("title"))
        await press(pilot, "space", "enter")
        assert "title" not in headers(pilot)
        assert "title" not in records(pilot).column_names
        await press(pilot, "C", "u", "enter")
        assert "title" in headers(pilot)


async def test_a_column_is_moved(contacts: CrmApp) -> None:
    """To the left with K, to the right with J."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "C")
        listed = chooser(contacts).listed
        listed.go_to(listed.names.index("emails"))
        await press(pilot, "K", "K", "enter")
        assert headers(pilot).index("e-mail") < headers(pilot).index("title")
        await press(pilot, "C", "j", "j", "J", "enter")
        assert headers(pilot).index("title") < headers(pilot).index("e-mail")


async def test_the_name_is_always_shown(contacts: CrmApp) -> None:
    """And before all others, whatever is chosen."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "C")
        listed = chooser(contacts).listed
        listed.go_to(listed.names.index("name"))
        await press(pilot, "space")
        assert "name" in listed.ticked
        listed.go_to(listed.names.index("owner"))
        await press(pilot, *["K"] * 12, "enter")
        assert headers(pilot)[:3] == ["#", "name", "owner"]


async def test_fields_of_ones_own_can_be_shown(contacts: CrmApp) -> None:
    """They stand below the others."""
    async with contacts.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "C")
        listed = chooser(contacts).listed
        assert listed.names[-1] == "custom.region"
        await press(pilot, "G", "space", "enter")
        await press(pilot, "p")
        assert headers(pilot)[-1] == "region"
        assert lines(pilot)[1].endswith("north")


async def test_escape_leaves_them_as_they_are(contacts: CrmApp) -> None:
    """Whatever was ticked."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        before = list(records(pilot).column_names)
        await press(pilot, "C", "j", "j", "space", "escape")
        assert records(pilot).column_names == before


async def test_with_the_mouse(contacts: CrmApp) -> None:
    """A click on the box ticks; the buttons take, reset and cancel."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "C")
        listed = chooser(contacts).listed
        at = listed.names.index("title")
        await pilot.click(listed, offset=(4, at))
        await settle(pilot)
        assert "title" not in listed.ticked
        await pilot.click("#usual")
        await settle(pilot)
        assert "title" in listed.ticked
        await pilot.click(listed, offset=(4, at))
        await pilot.click("#take")
        await settle(pilot)
        assert "title" not in headers(pilot)
        await press(pilot, "C")
        await pilot.click("#cancel")
        await settle(pilot)
        assert contacts.screen is records(pilot)


async def test_they_are_remembered(store: str) -> None:
    """For each noun by itself."""
    first = crm_app(store, start="contacts")
    async with first.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "C", "j", "j", "space", "enter")
        chosen = list(records(pilot).column_names)
    again = crm_app(store, start="contacts")
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert records(pilot).column_names == chosen
    other = crm_app(store, start="companies")
    async with other.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert records(pilot).column_names == records(pilot).usual_columns


@pytest.mark.parametrize(
    "kept", [{"columns": ["nosuch", 3]}, {"columns": "name"}, {"sort": "nosuch", "reverse": 5}, [], "x"]
)
async def test_what_can_t_be_remembered_is_done_without(store: str, kept: object) -> None:
    """A file that someone else wrote can't keep the table from opening."""
    app = crm_app(store, start="contacts")
    app.session.memory.put("table.contact", kept)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert records(pilot).column_names == records(pilot).usual_columns
        assert records(pilot).asked.sort == ""


@pytest.mark.parametrize(("right", "left"), [("right", "left"), ("w", "h")])
async def test_columns_scroll_and_the_name_stays(contacts: CrmApp, right: str, left: str) -> None:
    """Signs in the header say that there are more."""
    async with contacts.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first = headers(pilot)
        assert line(pilot, 0).rstrip().endswith("›")
        await press(pilot, right)
        assert headers(pilot)[:3] == ["‹", "#", "name"]
        assert first[2] not in headers(pilot)
        await press(pilot, *[right] * 20)
        assert "last" in headers(pilot)
        assert "›" not in headers(pilot)
        await press(pilot, "2", "0", left)
        assert headers(pilot) == first


async def test_columns_scroll_with_the_wheel(contacts: CrmApp) -> None:
    """Held with shift, or a wheel that goes sideways."""
    from textual.events import MouseScrollDown, MouseScrollLeft, MouseScrollRight

    def wheel(kind: type[MouseScrollDown], *, shift: bool = False) -> MouseScrollDown:
        return kind(table(pilot), 20, 5, 0, 0, 0, shift, False, False)

    async with contacts.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first = headers(pilot)
        for event, moved in (
            (wheel(MouseScrollRight), True), (wheel(MouseScrollLeft), False), (wheel(MouseScrollDown, shift=True), True),
        ):  # fmt: skip
            table(pilot).post_message(event)
            await settle(pilot)
            assert (headers(pilot) != first) is moved
        assert table(pilot).scroll_offset.y == 0
