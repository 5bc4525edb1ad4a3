"""Which records a table shows: a filter, and words that narrow it as they are typed."""

from __future__ import annotations

from crmcli.tui.screens.table_place import TablePlace
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.narrow_bar import NarrowBar


class TableFiltering(TablePlace):
    """What is typed into the two lines above the table."""

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open()

    def open_ref(self, ref: str) -> None:
        """Show the records that a filter selects."""
        self.view_name = ""
        self.wanted_table = self.wanted_table._replace(filter=ref, quick="")
        self.is_stale = True
        if self.is_active:
            self.refresh_store()

    def on_filter_bar_submitted(self, event: FilterBar.Submitted) -> None:
        """Read what it selects."""
        event.stop()
        self.view_name = ""
        self.load(self.wanted_table._replace(filter=event.text))
        self.focus_table()

    def on_filter_bar_left(self) -> None:
        """Back to the table."""
        self.query_one(FilterBar).accept(self.asked.filter)
        self.focus_table()

    def action_narrow(self) -> None:
        """Type words that narrow the table at once."""
        self.query_one(NarrowBar).open()

    def on_narrow_bar_typed(self, event: NarrowBar.Typed) -> None:
        """Read what holds them."""
        event.stop()
        self.load(self.wanted_table._replace(quick=event.text))

    def on_narrow_bar_left(self, event: NarrowBar.Left) -> None:
        """On in the table."""
        event.stop()
        self.focus_table()
        if event.step:
            self.table.go_by(event.step)

    def focus_table(self) -> None:
        """The keys go to the table, or to the screen where there is none."""
        if self.table.display:
            self.table.focus(scroll_visible=False)
        else:
            self.set_focus(None)

    def action_escape(self) -> None:
        """Stop finding, else take the marks off, else clear the filter."""
        if self.wanted_table.quick:
            self.query_one(NarrowBar).action_clear()
        elif self.table.unmark():
            self._tell()
        elif self.wanted_table.filter:
            self.query_one(FilterBar).action_clear()
