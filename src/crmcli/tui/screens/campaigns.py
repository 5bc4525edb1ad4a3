"""Campaigns: what each has brought, and the way to its deals and activities."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from crmcli.render.safe import visible
from crmcli.render.table import Screen as Paper
from crmcli.tui.bindings import bindings_of
from crmcli.tui.campaign_figures import SORTS, Order, figures, in_order, picture
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.place import Place
from crmcli.tui.trail import Spot
from crmcli.tui.widgets.figures import FigureRows, Figures
from crmcli.tui.widgets.report_chart import ReportChart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.domain.views import CampaignTotal
    from crmcli.tui.session import Session
    from crmcli.tui.widgets.cursor_list import CursorList
    from crmcli.tui.yanking import Yank

_KEPT = "campaigns"
_NONE_YET = Content.assemble(
    ("No campaigns yet", "bold"),
    "\n\nA campaign comes to be when a deal or an activity names it:\n\n",
    ('crm deal add "Pilot" --campaign "Spring mailing"', "$accent"), "\n",
    ('crm log email "sent the offer" --contact jane@x.com --campaign "Spring mailing"', "$accent"),
    "\n\nor in the form of a deal: ", ("c", "bold $accent"), " on the board.",
)  # fmt: skip


class CampaignsScreen(Place):
    """Every campaign with its chart; the order is remembered from one sitting to the next."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("campaigns")
    KEYS = PLACES["campaigns"]

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        kept = session.memory.get(_KEPT)
        known = isinstance(kept, list) and len(kept) == 2 and kept[0] in SORTS
        self.order = Order(str(kept[0]), bool(kept[1])) if known else Order()
        self.totals: Sequence[CampaignTotal] = ()
        self.measure = 0

    def on_resize(self) -> None:
        """The chart may be higher, or must be lower."""
        self.chart.fit()

    # -- what it shows

    def body(self) -> ComposeResult:
        """Which order, the chart, the figures."""
        yield Static(Content.styled("reading campaigns …", "dim"), id="report-title", markup=False)
        yield ReportChart(self.session.locale, plain=self.app.is_plain)
        yield Figures(self._paper)
        yield Static(_NONE_YET, id="report-said")

    def _paper(self, cells: int) -> Paper:
        return Paper(cells, False, self.session.locale, self.now())  # noqa: FBT003 - a field of a tuple

    def on_mount(self) -> None:
        """Nothing is known before it is read."""
        self.chart.show(None, 0)

    @property
    def rows(self) -> FigureRows:
        """The campaigns."""
        return self.query_one("#figures", FigureRows)

    @property
    def chart(self) -> ReportChart:
        """The chart above them."""
        return self.query_one(ReportChart)

    @property
    def total(self) -> CampaignTotal | None:
        """The campaign at the cursor."""
        return self.totals[self.rows.cursor] if self.totals else None

    def unread(self, what: str) -> None:
        """The store can't be reached."""
        super().unread(what)
        self.query_one("#report-title", Static).update(Content.styled(f"✗ {what} · r reads it again", "$text-error"))

    def reload(self) -> None:
        """Read what came of each campaign."""
        self.read("campaigns", self.session.campaigns.list, self._show, what="the campaigns can't be read")

    def _show(self, totals: Sequence[CampaignTotal]) -> None:
        self.totals = in_order(totals, self.order)
        rows = self.rows
        rows.sorted_by = self.order.by
        rows.is_reversed = (self.order.by == "name") != self.order.reverse
        self.query_one("#report-said").display = not totals
        self.query_one(Figures).display = bool(totals)
        self.query_one(Figures).show(figures(self.totals, self.session.locale))
        self._draw()
        if self.focused is None:
            rows.focus(scroll_visible=False)

    def _draw(self) -> None:
        drawn = picture(self.totals, self.measure, self.session.locale)
        self.chart.show(None if self.has_class("-no-chart") else drawn, self.rows.cursor)
        parts: list[tuple[str, str]] = [("campaigns", "bold $primary")]
        if self.totals:
            parts.append((f" · by {SORTS[self.order.by]}{', the other way round' if self.order.reverse else ''}", ""))
        if drawn is not None and self.totals and not self.has_class("-no-chart"):
            parts.append((f" · chart: {drawn.measure}  {drawn.legend}".rstrip(), ""))
        self.query_one("#report-title", Static).update(Content.assemble(*parts))

    # -- what is drawn, and in which order

    def action_sort(self) -> None:
        """Choose what to sort by."""
        from crmcli.tui.modals.picker import Choice, Picker

        def chosen(name: str | None) -> None:
            if name is not None:
                self._sort(Order(name))

        self.app.push_screen(Picker("sort by", [Choice(*each) for each in SORTS.items()], self.order.by), chosen)

    def on_figures_heading_clicked(self, event: Figures.HeadingClicked) -> None:
        """By the column whose heading was clicked; again, the other way round."""
        event.stop()
        if event.column in SORTS:
            self._sort(Order(event.column, event.column == self.order.by and not self.order.reverse))

    def action_reverse(self) -> None:
        """The other way round."""
        self._sort(self.order._replace(reverse=not self.order.reverse))

    def _sort(self, order: Order) -> None:
        self.order = order
        self.app.remember(_KEPT, list(order))
        self._show(self.totals)

    def action_measure(self) -> None:
        """Draw another of the figures."""
        self.measure += self.app.count.take()
        self.remove_class("-no-chart")
        self._draw()

    def action_chart(self) -> None:
        """Show the chart, or none."""
        self.toggle_class("-no-chart")
        self._draw()

    # -- what it brought

    def on_cursor_list_selected(self, event: CursorList.Selected) -> None:
        """The chart picks out the campaign at the cursor."""
        event.stop()
        self.chart.put_cursor(event.rows.cursor)

    def on_report_chart_picked(self, event: ReportChart.Picked) -> None:
        """A bar was clicked: its campaign, or on the second click its deals."""
        event.stop()
        self.rows.go_to(event.row)
        if event.twice:
            self.action_open()

    def action_open(self) -> None:
        """Go to the deals of the campaign at the cursor."""
        self._go("deals")

    def action_activities(self) -> None:
        """Go to its activities."""
        self._go("activity")

    def _go(self, screen: str) -> None:
        if self.total is None:
            self.notify("no campaign here yet", timeout=3)
            return
        self.app.visit(Spot(screen, self.session.campaigns.records_of(self.total.name)))

    def to_yank(self) -> Callable[[], Yank] | None:
        """The campaign at the cursor."""
        from crmcli.tui.yanking import some_rows

        total = self.total
        if total is None:
            return None
        names = total._fields
        row = tuple(_written(value) for value in total)
        return lambda: some_rows(names, [row], visible(total.name))


def _written(value: object) -> object:
    """A value as it is copied: amounts in one cell."""
    return "; ".join(f"{each.plain} {each.currency}" for each in value) if isinstance(value, tuple) else value
