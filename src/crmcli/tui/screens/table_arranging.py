"""How a table is arranged: what it is sorted by, and which columns it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import PLURAL
from crmcli.tui.screens.table_place import KEPT, TablePlace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.tui.modals.column_chooser import Entry
    from crmcli.tui.widgets.record_table import RecordTable


class TableArranging(TablePlace):
    """Order and columns are the user's, and remembered."""

    # -- sorting

    def sort_by(self, sort: str, *, reverse: bool = False) -> None:
        """Sort by a field, none for the order in which they were added; remembered."""
        self.view_name = ""
        self.load(self.wanted_table._replace(sort=sort, reverse=reverse))
        self.keep_arrangement()

    def keep_arrangement(self) -> None:
        """Remember order and columns."""
        wanted = self.wanted_table
        kept = {"columns": self.column_names, "sort": wanted.sort, "reverse": wanted.reverse}
        self.app.remember(f"{KEPT}{self.noun}", kept)

    def on_record_table_header_pressed(self, event: RecordTable.HeaderPressed) -> None:
        """Sort by that column, or the other way round."""
        event.stop()
        wanted = self.wanted_table
        if event.column not in self.session.tables.sortable(self.noun):
            self.notify(f"can't be sorted by {event.column}", severity="warning", timeout=3, markup=False)
        else:
            self.sort_by(event.column, reverse=event.column == wanted.sort and not wanted.reverse)

    def action_reverse(self) -> None:
        """The other way round."""
        self.sort_by(self.wanted_table.sort, reverse=not self.wanted_table.reverse)

    def action_sort(self) -> None:
        """Choose what to sort by; the present one again is the other way round."""
        from crmcli.tui.modals.picker import Choice, Picker

        fields = self.session.tables.sortable(self.noun)
        shown = [name for name in self.column_names if name in fields]
        names = [*shown, *(name for name in fields if name not in shown)]
        choices = [Choice(name, self._header(name), "" if self._header(name) == name else name) for name in names]
        present = self.wanted_table.sort or "number"
        self.app.push_screen(Picker(f"sort {PLURAL[self.noun]} by", choices, present), self._sort_chosen)

    def _header(self, name: str) -> str:
        column = self.column_named(name)
        return "number" if name == "number" else column.header if column is not None else name.replace("_", " ")

    def _sort_chosen(self, name: str | None) -> None:
        if name is not None:
            wanted = self.wanted_table
            self.sort_by(name, reverse=name == wanted.sort and not wanted.reverse)

    # -- columns

    def show_columns(self, names: Sequence[str]) -> None:
        """Show these columns; none for the usual ones."""
        self.column_names = list(names) or self.usual_columns
        self.table.show_columns(self._columns())

    def action_go_columns(self, step: int) -> None:
        """Columns to the right, or left."""
        self.table.go_columns(step * self.app.count.take())

    def action_columns(self) -> None:
        """Choose columns."""
        records = self.session.records(self.noun)
        self.read("columns", lambda: sorted(records.custom_keys()), self._choose_columns, opens=True)

    def _choose_columns(self, custom_keys: Sequence[str]) -> None:
        from crmcli.tui.modals.column_chooser import ColumnChooser

        entries = self.column_entries(custom_keys)
        fixed = [entry.name for entry in entries if entry.fixed and entry.name not in self.column_names]
        title = f"columns of {PLURAL[self.noun]}"
        chooser = ColumnChooser(title, entries, [*fixed, *self.column_names], self.usual_columns)
        self.app.push_screen(chooser, self._columns_chosen)

    def column_entries(self, custom_keys: Sequence[str]) -> list[Entry]:
        """All columns that the table may have."""
        from crmcli.domain.fields import find_field
        from crmcli.render.columns import all_columns
        from crmcli.tui.modals.column_chooser import Entry
        from crmcli.tui.table_layout import NAMES

        name_column = next(name for name in NAMES if name in all_columns(self.noun))
        entries: list[Entry] = []
        for name in [*self.usual_columns, *all_columns(self.noun)]:
            field = find_field(self.noun, name)
            if name != "custom_fields" and all(entry.name != name for entry in entries):
                entries.append(Entry(name, self._header(name), field.about if field else "", name == name_column))
        return [*entries, *(Entry(f"custom.{key}", key, "a field of your own") for key in custom_keys)]

    def _columns_chosen(self, names: list[str] | None) -> None:
        if names is not None:
            self.view_name = ""
            self.show_columns(names)
            self.keep_arrangement()
            self._tell()
