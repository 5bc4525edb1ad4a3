"""A screen with a long table: how it is read, sorted, filtered, narrowed and laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal

from crmcli.domain.fields import PLURAL
from crmcli.errors import FilterError, UsageError
from crmcli.render.columns import choose, shown_columns
from crmcli.render.table import Screen as Paper
from crmcli.tui.screens.place import Place
from crmcli.tui.widgets.empty_table import EmptyTable
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.narrow_bar import NarrowBar
from crmcli.tui.widgets.record_table import RecordTable
from crmcli.tui.widgets.table_bar import TableBar, Tally
from crmcli.tui.windows import Asked, Look, Window, places, read_more, read_window

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from crmcli.domain.views import SavedView
    from crmcli.render.columns import Column
    from crmcli.tui.modals.column_chooser import Entry
    from crmcli.tui.session import Done, Session
    from crmcli.tui.widgets.cursor_list import CursorList

_VIEW, _USUAL, _KEEP, _DROP = "view ", "usual", "keep", "drop"
_KEPT = "table."  # what the table of a noun remembers goes by this and the noun


class TablePlace(Place):
    """One noun's records; columns and order are remembered from one sitting to the next."""

    noun: ClassVar[str]

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        kept = session.memory.get(f"{_KEPT}{self.noun}")
        kept = kept if isinstance(kept, dict) else {}
        self.asked = Asked(sort=self._sort_kept(kept), reverse=kept.get("reverse") is True)
        self.wanted_table = self.asked  # what was asked for last, and may not be there yet
        self.column_names = self._columns_kept(kept)
        self.view_name = ""
        self.total: int | None = None
        self.is_read = False
        self._follow: int | None = None  # the record to which the cursor goes when it is there
        self._reading_more = False
        self._order_set: tuple[int, frozenset[int]] = (0, frozenset())

    def _sort_kept(self, kept: Mapping[str, Any]) -> str:
        sort = kept.get("sort")
        return sort if isinstance(sort, str) and sort in self.session.tables.sortable(self.noun) else ""

    def _columns_kept(self, kept: Mapping[str, Any]) -> list[str]:
        names = kept.get("columns")
        wanted = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        return [name for name in wanted if self.column_named(name) is not None] or self.usual_columns

    @property
    def usual_columns(self) -> list[str]:
        """The columns that are shown unless others were chosen."""
        return [column.name for column in shown_columns(self.noun)]

    def column_named(self, name: str) -> Column | None:
        """The column of that name, None where there is none (any more)."""
        try:
            return choose(self.noun, [name])[0]
        except UsageError:
            return None

    # -- its parts

    def table_body(self) -> ComposeResult:
        """The line above, the filter, the words, the table; a subclass puts more beside it."""
        yield TableBar(self.session.locale)
        yield FilterBar(noun=self.noun)
        yield NarrowBar()
        with Horizontal(id="table-and-pane"):
            yield EmptyTable(self.noun)
            yield RecordTable(self.paper)
            yield from self.beside()

    def body(self) -> ComposeResult:
        """The same."""
        yield from self.table_body()

    def beside(self) -> ComposeResult:
        """What stands beside the table."""
        yield from ()

    @property
    def table(self) -> RecordTable:
        """The table."""
        return self.query_one(RecordTable)

    @property
    def rows(self) -> CursorList | None:
        """The table."""
        return self.table

    def paper(self) -> Paper:
        """How values are written for the user."""
        return Paper(width=0, color=True, locale=self.session.locale, now=self.now())

    def on_mount(self) -> None:
        """Nothing is shown before it is read."""
        self.table.show_columns(self._columns())
        self.table.show_sort(self.asked.sort, reverse=self.asked.reverse)
        self.table.display = False
        self.query_one(EmptyTable).reading()
        self._tell()

    def first_focus(self) -> Widget | None:
        """The table, once it has rows."""
        return self.table if self.table.display else None

    # -- reading

    def reload(self) -> None:
        """Read what is shown again."""
        self.total = None
        self.load(self.wanted_table)

    def load(self, asked: Asked) -> None:
        """Read another table, or this one again; the cursor stays on its record."""
        self.wanted_table = asked
        self.table.show_sort(asked.sort, reverse=asked.reverse)  # at once, the rows follow
        is_new = asked != self.asked
        look = self._look()
        tables, noun = self.session.tables, self.noun
        self.read(
            "load",
            lambda: read_window(tables, noun, asked, look, is_new=is_new),
            lambda window: self._shown(window, look, is_new=is_new),
            what=f"the {PLURAL[noun]} can't be read",
        )

    def _look(self) -> Look:
        look = Look.at(self.table)
        return look._replace(number=self._follow) if self._follow is not None else look

    def _shown(self, window: Window, look: Look, *, is_new: bool) -> None:
        if window.asked != self.wanted_table or (self.writing and self.is_read):
            return  # it is out of date already, and another answer is on its way
        now = self._look()
        if now != look:  # the cursor went on meanwhile
            cursor, top = places(window.order, now, is_new=is_new)
            window = window._replace(cursor=cursor, top=top)
        self.asked, self.is_read = window.asked, True
        self._follow = None  # where a filter hides it, it is not waited for
        table = self.table
        table.show_sort(self.asked.sort, reverse=self.asked.reverse)
        table.show(window)
        self._accept(window)
        self._count_all()
        self._tell()
        self.app.warm_up()

    def _accept(self, window: Window) -> None:
        """Show the table, or why it is empty."""
        bar, narrow, empty = self.query_one(FilterBar), self.query_one(NarrowBar), self.query_one(EmptyTable)
        if not bar.has_focus_within or bar.line.value.strip() == self.asked.filter:
            bar.accept(self.asked.filter)
        is_empty = not window.order
        empty.display, self.table.display = is_empty, not is_empty
        if is_empty:
            empty.no_match() if self._is_narrowed else empty.nothing()
            if self.focused is self.table:
                self.set_focus(None)
        elif not (bar.has_focus_within or narrow.has_focus_within):
            self.table.focus(scroll_visible=False)

    @property
    def _is_narrowed(self) -> bool:
        return bool(self.asked.filter or self.asked.quick)

    def on_place_failed(self, event: Place.Failed) -> None:
        """A filter that is wrong is marked where it stands; the one before stays in force."""
        if isinstance(event.error, FilterError):
            event.prevent_default()
            event.stop()
            self.wanted_table, self.view_name = self.asked, ""
            self.table.show_sort(self.asked.sort, reverse=self.asked.reverse)
            self.query_one(FilterBar).refuse(event.error)
            self._tell()

    def unread(self, what: str) -> None:
        """The store can't be reached: what is shown stays, where there is anything."""
        super().unread(what)
        if self.query_one(TableBar).tally.shown is None:
            self.query_one(EmptyTable).unread(what)
            self.query_one(TableBar).tally = Tally(unread=True)

    def _count_all(self) -> None:
        if not self._is_narrowed:
            self.total = len(self.table.order)
        elif self.total is None:
            tables, noun = self.session.tables, self.noun
            self.read("total", lambda: len(tables.order(noun)), self._counted)

    def _counted(self, total: int) -> None:
        self.total = total
        self._tell()

    def on_record_table_wanted(self, event: RecordTable.Wanted) -> None:
        """Read what came into sight; while that is under way nothing else is asked for."""
        event.stop()
        if self._reading_more or not self.is_read:
            return
        self._reading_more = True
        table, tables, noun = self.table, self.session.tables, self.noun
        order, seen = table.order, table.seen
        self.run_worker(self._read_more(lambda: read_more(tables, noun, order, seen)), group="more")

    async def _read_more(self, question: Callable[[], Mapping[int, Any]]) -> None:
        order = self.table.order
        try:
            await self._ask(question, lambda views: self._more(order, views), f"the {PLURAL[self.noun]} can't be read")
        finally:
            self._reading_more = False

    def _more(self, order: array[int], views: Mapping[int, Any]) -> None:
        if self.table.order is order:
            self.table.put(views)

    # -- what is told of it

    def _tell(self) -> None:
        asked, table = self.asked, self.table
        column = self.column_named(asked.sort) if asked.sort else None
        label = column.header if column else asked.sort
        self.query_one(TableBar).tally = Tally(
            PLURAL[self.noun],
            len(table.order) if self.is_read else None,
            self.total,
            f"by {label}, {'descending' if asked.reverse else 'ascending'}"
            if label
            else "newest first"
            if asked.reverse
            else "",
            f"view {self.view_name}" if self.view_name else "",
            len(table.marked),
            self._hidden(),
        )

    def _hidden(self) -> int:
        """How many marked records are not in the table as it is."""
        table = self.table
        if not table.marked or not self._is_narrowed:
            return 0
        if self._order_set[0] != id(table.order):
            self._order_set = id(table.order), frozenset(table.order)
        return len(table.marked - self._order_set[1])

    def on_cursor_list_selected(self, event: CursorList.Selected) -> None:
        """Cursor or marks are others."""
        event.stop()
        if event.rows is self.table:
            self._tell()
            self.cursor_moved()

    def cursor_moved(self) -> None:
        """A chance to show the record at the cursor."""

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
        self.app.remember(f"{_KEPT}{self.noun}", kept)

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

    def _columns(self) -> list[Column]:
        return [column for name in self.column_names if (column := self.column_named(name)) is not None]

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
        self.read("columns", lambda: sorted(records.custom_keys()), self._choose_columns)

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

    # -- saved views

    def action_views(self) -> None:
        """Open what was kept under a name."""
        self.read("views", lambda: self.session.views.list(self.noun), self._choose_view)

    def _choose_view(self, views: Sequence[SavedView]) -> None:
        from crmcli.tui.modals.picker import Choice, Picker

        known = {f"{_VIEW}{view.name}": view for view in views}
        choices = [Choice(value, view.name, _told(view)) for value, view in known.items()]
        choices += [
            Choice(_USUAL, "the usual table", "no filter, usual columns and order"),
            Choice(_KEEP, "keep this table …", "filter, order and columns under a name"),
        ]
        choices += [Choice(_DROP, "delete a view …", "undo brings it back")] if known else []

        def chosen(value: str | None) -> None:
            match value:
                case None:
                    return
                case "usual":
                    self.open_view(None)
                case "keep":
                    self.action_keep_view()
                case "drop":
                    self._drop_view(views)
                case _:
                    self.open_view(known[value])

        self.app.push_screen(Picker(f"views of {PLURAL[self.noun]}", choices, f"{_VIEW}{self.view_name}"), chosen)

    def open_view(self, view: SavedView | None) -> None:
        """Show the table as it was kept; None for the usual one."""
        self.view_name = view.name if view is not None else ""
        self.show_columns(view.columns if view is not None else ())
        self.query_one(NarrowBar).put("")
        self.load(Asked(view.filter, view.sort, view.reverse) if view is not None else Asked())
        self.keep_arrangement()

    def action_keep_view(self) -> None:
        """Keep filter, order and columns under a name."""
        from crmcli.tui.modals.form import Form, FormField

        views, noun, asked, columns = self.session.views, self.noun, self.wanted_table, list(self.column_names)

        def save(answers: Mapping[str, str]) -> SavedView:
            return views.save(
                noun, answers["name"], filter=asked.filter, sort=asked.sort, reverse=asked.reverse, columns=columns
            )

        form: Form[SavedView] = Form(
            "keep this table as a view",
            [FormField("name", "name", self.view_name, "my best customers", required=True)],
            save,
        )
        self.app.push_screen(form, self._view_kept)

    def _view_kept(self, done: Done | None) -> None:
        if done is not None:
            self.view_name = done.result.name
            self._tell()
            self.post_message(self.Written(done, f"view {self.view_name} kept"))

    def _drop_view(self, views: Sequence[SavedView]) -> None:
        from crmcli.tui.modals.picker import Choice, Picker

        def chosen(name: str | None) -> None:
            if name is not None:
                kept, noun = self.session.views, self.noun
                self.view_name = "" if name == self.view_name else self.view_name
                self.write("the view can't be deleted", lambda: kept.remove(noun, name), f"view {name} deleted")
                self._tell()

        choices = [Choice(view.name, "", _told(view)) for view in views]
        self.app.push_screen(Picker("delete which view?", choices), chosen)

    # -- filter and words

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


def _told(view: SavedView) -> str:
    """What a view shows, in a line."""
    order = f"by {view.sort}{', descending' if view.reverse else ''}" if view.sort else ""
    return " · ".join(part for part in (view.filter, order) if part)
