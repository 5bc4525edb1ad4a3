"""``crm tui SCREEN --filter``: a screen opened on some of its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import CrmError, FilterError, UsageError
from crmcli.tui.start import Wish, start
from crmcli.tui.tabs import FILTERED, TABS
from crmcli.tui.trail import Spot
from tests.tui.boards import context_of, crm_app, settle

if TYPE_CHECKING:
    from crmcli.tui.widgets.filter_bar import FilterBar


@pytest.mark.parametrize(
    ("screen", "filter_text", "count"),
    [
        ("contacts", "email = jane@acme.example", 1),
        ("companies", "name in (Acme, Initech)", 2),
        ("deals", "company.name = Acme", 3),
        ("activity", "type = call", 1),
    ],
)
async def test_a_list_opens_filtered(store: str, screen: str, filter_text: str, count: int) -> None:
    """Its filter line says by what, and the way back leads nowhere else."""
    app = crm_app(store, start=screen, filter_text=filter_text)
    async with app.run_test(size=(120, 36)) as pilot:
        place = await settle(pilot)
        bar: FilterBar = place.query_one("FilterBar")
        table, rows = place.query("RecordTable"), place.rows
        shown = len(table.first().order) if table else sum(not rows.is_heading(n) for n in range(rows.count))
        assert (screen, filter_text, count) == (place.name, bar.line.value, shown)


async def test_the_board_stays_as_it_is(store: str) -> None:
    """A filter is for the screen it was given with."""
    app = crm_app(store, start="contacts", filter_text="email = jane@acme.example")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        app.visit(Spot("board"))
        board = await settle(pilot)
        assert ("board", "") == (board.name, board.filter_text)


@pytest.mark.parametrize("screen", [tab.name for tab in TABS if tab.name not in FILTERED])
def test_a_screen_without_a_list_takes_no_filter(store: str, screen: str) -> None:
    """It says which do."""
    with pytest.raises(UsageError, match="takes no filter"):
        start(context_of(store), Wish(screen, filter="owner = me"))


@pytest.mark.parametrize("screen", FILTERED)
def test_a_wrong_filter_is_told_before_the_screen_is_taken_over(
    store: str, screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On stderr, with what would be right."""
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.headless_driver:HeadlessDriver")
    with pytest.raises(CrmError) as caught:
        start(context_of(store), Wish(screen, filter="nonsuch = 3"))
    assert isinstance(caught.value, FilterError)
