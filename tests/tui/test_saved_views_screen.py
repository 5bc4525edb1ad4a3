"""Tables kept under a name: kept, opened, replaced, deleted."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from crmcli.tui.modals.form import Form
from crmcli.tui.modals.picker import Picker
from crmcli.tui.widgets.filter_bar import FilterBar
from tests.tui.boards import crm_app, press, settle
from tests.tui.tables import bar, records, table

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.app import CrmApp

SIZE = (120, 36)


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


async def keep(pilot: Pilot[None], name: str) -> None:
    """Keep the table under a name."""
    await press(pilot, "ctrl+s")
    form = pilot.app.screen
    assert isinstance(form, Form)
    form.rows["name"].put(name)
    await press(pilot, "ctrl+s")


async def pick(pilot: Pilot[None], words: str) -> None:
    """Pick what holds these words."""
    assert isinstance(pilot.app.screen, Picker)
    await press(pilot, *({" ": "space"}.get(c, c) for c in words), "enter")


async def test_a_table_is_kept_and_opened_again(contacts: CrmApp) -> None:
    """Filter, order and columns."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        contacts.screen.post_message(FilterBar.Submitted("tags = vip"))
        await settle(pilot)
        records(pilot).show_columns(["number", "name", "tags"])
        records(pilot).sort_by("name", reverse=True)
        await settle(pilot)
        await keep(pilot, "Best people")
        assert "view Best people" in bar(pilot)
        (kept,) = contacts.session.views.list("contact")
        assert (kept.filter, kept.sort, kept.reverse) == ("tags = vip", "name", True)
        assert list(kept.columns) == ["number", "name", "tags"]
        await press(pilot, "v")
        await pick(pilot, "usual table")
        assert len(table(pilot).order) > 100
        assert "view" not in bar(pilot)
        assert records(pilot).column_names == records(pilot).usual_columns
        await press(pilot, "v")
        await pick(pilot, "best")
        assert len(table(pilot).order) == 3
        assert "view Best people · by name, descending" in bar(pilot)
        assert records(pilot).column_names == ["number", "name", "tags"]


async def test_others_see_it_too(contacts: CrmApp, store: str) -> None:
    """Views are in the store."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await keep(pilot, "Everyone")
    again = crm_app(store, start="contacts")
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "v")
        await pick(pilot, "everyone")
        assert "view Everyone" in bar(pilot)


async def test_from_the_list_too(contacts: CrmApp) -> None:
    """Keeping and deleting are among what v offers; undo brings a deleted one back."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "v")
        await pick(pilot, "keep this")
        form = contacts.screen
        assert isinstance(form, Form)
        form.rows["name"].put("Mine")
        await press(pilot, "ctrl+s")
        await press(pilot, "v")
        await pick(pilot, "delete a view")
        await pick(pilot, "mine")
        assert contacts.session.views.list("contact") == []
        assert "view" not in bar(pilot)
        await press(pilot, "u")
        assert [view.name for view in contacts.session.views.list("contact")] == ["Mine"]


async def test_a_name_is_needed(contacts: CrmApp) -> None:
    """The form stays open."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await keep(pilot, "  ")
        assert isinstance(contacts.screen, Form)


async def test_another_order_is_no_longer_the_view(contacts: CrmApp) -> None:
    """The name goes when what it stands for is changed."""
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await keep(pilot, "Mine")
        assert "view Mine" in bar(pilot)
        await press(pilot, "S")
        assert "view" not in bar(pilot)


async def test_a_view_whose_filter_is_wrong_by_now_says_so(contacts: CrmApp) -> None:
    """The table stays as it was, and the filter can be put right."""
    contacts.session.views.save("contact", "Odd", filter="custom.region = north")
    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        count = len(table(pilot).order)
        view = contacts.session.views.list("contact")[0]._replace(filter="nosuch = 1")
        records(pilot).open_view(view)
        await settle(pilot)
        assert contacts.screen.query_one(FilterBar).has_class("-wrong")
        assert len(table(pilot).order) == count
        assert "view" not in bar(pilot)


async def test_the_name_of_a_view_goes_with_the_view(contacts: CrmApp, store: str) -> None:
    """Whether it was taken back here or deleted elsewhere; filter and order stay."""
    from tests.tui.boards import context_of

    async with contacts.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "S")
        await keep(pilot, "latest")
        assert "view latest" in bar(pilot)
        await press(pilot, "u")
        assert (False, True) == ("view latest" in bar(pilot), records(pilot).asked.reverse)
        await keep(pilot, "again")
        await press(pilot, "r")
        assert "view again" in bar(pilot)
        context_of(store).saved_views.remove("contact", "again")
        await press(pilot, "r")
        assert "view again" not in bar(pilot)
