"""The parts of the campaigns screen: the list, and beside or below it the pane with its four faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crmcli.render.safe import visible
from crmcli.tui.campaign_people import People
from crmcli.tui.campaign_words import SORTS, Order
from crmcli.tui.screens.aside_following import AsideFollowing
from crmcli.tui.widgets.campaign_list import CampaignList
from crmcli.tui.widgets.entry_list import EntryList
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.head_line import HeadLine
from crmcli.tui.widgets.month_grid import MonthGrid
from crmcli.tui.widgets.pane_line import PaneLine
from crmcli.tui.widgets.report_chart import ReportChart

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import DescendantFocus, Resize

    from crmcli.services.campaign_board import CampaignRow
    from crmcli.tui.charting import Drawing
    from crmcli.tui.session import Session
    from crmcli.tui.widgets.cursor_list import CursorList

PANES = ("plan", "members", "results", "calendar")
_KEPT = "campaigns"
_NONE_YET = Content.assemble(
    ("No campaigns yet", "bold"),
    "\n\n",
    ("n", "bold $accent"), "  plan the first one\n\n",
    ("or from the shell", "dim"),
    "\n\n",
    "crm campaign add Spring --kind email --budget 1000\n\n",
    ("a deal or an activity that names one makes it, too", "dim"),
)  # fmt: skip


class CampaignParts(AsideFollowing):
    """What is seen, and which part has the keys."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        kept = session.memory.get(_KEPT)
        known = isinstance(kept, list) and len(kept) == 2 and kept[0] in SORTS
        self.order = Order(str(kept[0]), bool(kept[1])) if known else Order()
        self.filter = ""
        self.pane = "plan"
        self.people = People()
        self._refs: dict[str, tuple[str, str]] = {}  # where the cursor was in each face of the pane

    # -- what it shows

    def body(self) -> ComposeResult:
        """The list at the left, the pane at the right."""
        locale = self.session.locale
        with Vertical(id="campaign-left"):
            yield HeadLine()
            yield FilterBar("", "campaign")
            yield CampaignList(locale, self.now)
        with Vertical(id="campaign-side"):
            yield Static(id="campaign-name", markup=False)
            yield PaneLine(PANES)
            yield Static(id="campaign-live", markup=False)
            yield Static(id="chart-title", markup=False)
            yield ReportChart(locale, plain=self.app.is_plain)
            yield MonthGrid()
            yield EntryList("entries", locale, self.now)
        yield Static(_NONE_YET, id="campaigns-none")

    def on_mount(self) -> None:
        """Nothing is known before it is read."""
        self._say_pane()

    def first_focus(self) -> CampaignList:
        """The campaigns."""
        return self.campaigns

    # -- its parts

    @property
    def campaigns(self) -> CampaignList:
        """The list."""
        return self.query_one(CampaignList)

    @property
    def entries(self) -> EntryList:
        """The lines of the pane."""
        return self.query_one(EntryList)

    @property
    def chart(self) -> ReportChart:
        """The chart of the results."""
        return self.query_one(ReportChart)

    @property
    def rows(self) -> CursorList:
        """The list that has the keys."""
        return self.entries if self.is_inside else self.campaigns

    @property
    def row(self) -> CampaignRow | None:
        """The campaign at the cursor."""
        return self.campaigns.campaign

    @property
    def is_inside(self) -> bool:
        """Whether the keys go to the pane."""
        return self.has_class("-inside")

    # -- from part to part

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The part that has the keys."""
        if event.widget in (self.entries, self.campaigns):
            self.set_class(event.widget is self.entries, "-inside")

    def action_into(self) -> None:
        """The keys go to the pane."""
        if self.row is not None:
            self.entries.focus(scroll_visible=False)

    def action_list(self) -> None:
        """The keys go to the list."""
        self.campaigns.focus(scroll_visible=False)

    def action_pane(self, pane: str) -> None:
        """Another face of the pane."""
        self.people = People()
        self._turn_to(pane)

    def action_go_pane(self, step: int) -> None:
        """The next face, or the one before."""
        place = PANES.index(self.pane) + step * self.app.count.take()
        self.action_pane(PANES[place % len(PANES)])

    def on_pane_line_chosen(self, event: PaneLine.Chosen) -> None:
        """Its name was clicked."""
        event.stop()
        self.action_pane(event.name)

    def _turn_to(self, pane: str) -> None:
        line = self.entries.line
        if line is not None:
            self._refs[self.pane] = line.ref
        self.pane = pane
        self._say_pane()
        self.read_pane()

    def _say_pane(self) -> None:
        self.query_one(PaneLine).present = self.pane
        for name in PANES:
            self.set_class(name == self.pane, f"-on-{name}")
        if self.pane != "results":
            self.say_chart(None)

    def read_pane(self) -> None:
        """Read what the pane shows."""
        raise NotImplementedError

    async def show_aside(self) -> None:
        """The pane follows the campaign at the cursor."""
        if not self.is_inside:
            self.people = People()
            self.read_pane()

    def on_resize(self, _event: Resize) -> None:
        """The chart may be higher, or must be lower."""
        self.chart.fit()

    # -- what is said above

    def say_name(self) -> None:
        """The campaign that the pane is about."""
        row = self.row
        name = "" if row is None else f"#{row.view.number} {visible(row.view.name)}"
        self.query_one("#campaign-name", Static).update(Content(name))
        members = self.session.locale.number(row.view.members) if row is not None and row.view.members else ""
        self.query_one(PaneLine).tell({"members": members})

    def say_chart(self, drawing: Drawing | None) -> None:
        """Show a chart of no one's row, or none; on a short screen lines are worth more."""
        drawing = None if self.has_class("-short") else drawing
        self.chart.show(drawing, -1)
        title = self.query_one("#chart-title", Static)
        title.display = drawing is not None
        title.update(drawing.measure if drawing is not None else "")

    def say_live(self, told: str) -> None:
        """How far the sending is; an empty text when nothing is being sent."""
        line = self.query_one("#campaign-live", Static)
        line.display = bool(told)
        line.update(Content(told))
