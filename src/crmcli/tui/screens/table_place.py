"""A screen with a long table: how it is read, sorted, filtered, narrowed and laid out."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal
from textual.events import Key

from crmcli.domain.fields import PLURAL
from crmcli.errors import CrmError, FilterError, UsageError
from crmcli.render.columns import choose, shown_columns
from crmcli.render.table import Screen as Paper
from crmcli.tui.screens.place import Place
from crmcli.tui.widgets.empty_table import EmptyTable
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.narrow_bar import NarrowBar
from crmcli.tui.widgets.record_table import RecordTable
from crmcli.tui.widgets.table_bar import TableBar, Tally
from crmcli.tui.windows import Asked, Look, Window, places, read_first, read_more, read_window

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.events import Event
    from textual.widget import Widget
    from textual.worker import WorkType

    from crmcli.render.columns import Column
    from crmcli.tui.session import Session
    from crmcli.tui.widgets.cursor_list import CursorList

KEPT = "table."  # what the table of a noun remembers goes by this and the noun


class TablePlace(Place):
    """One noun's records; columns and order are remembered from one sitting to the next."""

    noun: ClassVar[str]

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        kept = session.memory.get(f"{KEPT}{self.noun}")
        kept = kept if isinstance(kept, dict) else {}
        self.asked = Asked(sort=self._sort_kept(kept), reverse=kept.get("reverse") is True)
        self.wanted_table = self.asked  # what was asked for last, and may not be there yet
        self.column_names = self._columns_kept(kept)
        self.view_name = ""
        self.total: int | None = None
        self.is_read = False
        self._begun_at: int | None = None  # the cursor's place when only the beginning is there, the rest on its way
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

    def _columns(self) -> list[Column]:
        return [column for name in self.column_names if (column := self.column_named(name)) is not None]

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
        begins = is_new and not (asked.filter or asked.sort) and bool(asked.quick.strip())
        work: WorkType[None] = partial(
            self._load,
            (lambda: read_first(tables, noun, asked, look)) if begins else None,
            lambda: read_window(tables, noun, asked, look, is_new=is_new),
            lambda window: self._shown(window, look, is_new=is_new),
        )
        self.run_worker(work, group="load", exclusive=True)

    async def _load(
        self, first: Callable[[], Window | None] | None, whole: Callable[[], Window], show: Callable[[Window], None]
    ) -> None:
        """Show the beginning of it at once, where that is there sooner, and then all of it."""
        begun = None
        with suppress(CrmError):  # it will be said of the whole
            begun = await self.session.ask(first) if first is not None else None
        if begun is not None:
            self.post_message(self.Answered(show, begun))
        if begun is None or begun.part:
            await self._ask(whole, show, f"the {PLURAL[self.noun]} can't be read")

    def _look(self) -> Look:
        look = Look.at(self.table)
        return look._replace(number=self._follow) if self._follow is not None else look

    def _shown(self, window: Window, look: Look, *, is_new: bool) -> None:
        if window.asked != self.wanted_table or (self.writing and self.is_read):
            return  # it is out of date already, and another answer is on its way
        now = self._look()
        if now != look if self._begun_at is None else now.place != self._begun_at:  # the cursor went on meanwhile
            cursor, top = places(window.order, now, is_new=is_new)
            window = window._replace(cursor=cursor, top=top)
        self.asked, self.is_read = window.asked, True
        was_begun, self._begun_at = self._begun_at, window.cursor if window.part else None
        self._follow = None  # where a filter hides it, it is not waited for
        table = self.table
        table.show_sort(self.asked.sort, reverse=self.asked.reverse)
        table.show(window)
        self._accept(window)
        self._count_all()
        self._tell()
        self.app.warm_up()
        if window.part:
            self.app.opening()
        elif was_begun is not None:
            self.app.opened()

    def takes(self, event: Event) -> bool:
        """Keys for the rows wait until all of them are there; what is typed above them does not."""
        return super().takes(event) and self._takes_whole(event)

    def _takes_whole(self, event: Event) -> bool:
        return self._begun_at is None or self.query_one(NarrowBar).has_focus_within or not isinstance(event, Key)

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
        self.rows_changed()

    def rows_changed(self) -> None:
        """A chance to follow that there are rows, or none."""

    @property
    def _is_narrowed(self) -> bool:
        return bool(self.asked.filter or self.asked.quick)

    def on_place_failed(self, event: Place.Failed) -> None:
        """A filter that is wrong is marked where it stands; the one before stays in force."""
        self._begun_at = None
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
            self.noun,
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
            more=self._begun_at is not None,
        )

    def _hidden(self) -> int:
        """How many marked records are not in the table as it is."""
        table = self.table
        if not table.marked or not self._is_narrowed or self._begun_at is not None:
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
