"""Campaigns: their plans, money and people at a glance, and one of them with all that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings_of
from crmcli.tui.campaign_people import People
from crmcli.tui.campaign_words import SORTS, Order
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.campaign_sending import CampaignSending
from crmcli.tui.trail import Spot
from crmcli.tui.widgets.filter_bar import FilterBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType

    from crmcli.tui.widgets.cursor_list import CursorList
    from crmcli.tui.widgets.entry_list import Entry
    from crmcli.tui.yanking import Yank

_KEPT = "campaigns"


class CampaignsScreen(CampaignSending):
    """Which campaigns, in which order, and what opens from them; the order is remembered from one sitting to the next."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("campaigns")
    KEYS = PLACES["campaigns"]

    def open_ref(self, ref: str) -> None:
        """Put the cursor on the campaign of that uid or name; ``?FILTER`` shows those that a filter selects."""
        if ref.startswith("?"):
            self.filter = ref.removeprefix("?")
        else:
            self.wanted_campaign = ref
        self.is_stale = True
        if self.is_active:
            self.refresh_store()

    # -- which ones, and in which order

    def action_filter(self) -> None:
        """Type a filter."""
        self.remove_class("-none")
        self.query_one(FilterBar).open()

    def on_filter_bar_submitted(self, event: FilterBar.Submitted) -> None:
        """Read what it selects."""
        event.stop()
        self.filter = event.text
        self.action_list()
        self.reload()

    def on_filter_bar_left(self) -> None:
        """Back to the campaigns."""
        self.query_one(FilterBar).accept(self.filter)
        self.action_list()
        self.reload()

    def action_sort(self) -> None:
        """Choose what to sort by."""
        from crmcli.tui.modals.picker import Choice, Picker

        def chosen(name: str | None) -> None:
            if name is not None:
                self._sort(Order(name))

        self.app.push_screen(Picker("sort by", [Choice(*each) for each in SORTS.items()], self.order.by), chosen)

    def action_reverse(self) -> None:
        """The other way round."""
        self._sort(self.order._replace(reverse=not self.order.reverse))

    def _sort(self, order: Order) -> None:
        self.order = order
        self.app.remember(_KEPT, list(order))
        self.put_rows(self.campaigns.rows)

    def action_escape(self) -> None:
        """Back to the states, to the list, else take the filter off."""
        if self.is_inside and self.people.kind:
            kept = ("state" if self.people.kind == "state" else "", self.people.state)
            back = "results" if self.people.kind == "reached" else "members"
            self.people = People()
            self._turn_to(back)
            self._refs[back] = kept
        elif self.is_inside:
            self.action_list()
        elif self.filter:
            self.query_one(FilterBar).action_clear()

    # -- months

    def action_month(self, step: int) -> None:
        """The month after, or before."""
        if self.pane != "calendar":
            self.action_pane("calendar")
            return
        if self.month is None:
            return
        months = self.month.start.year * 12 + self.month.start.month - 1 + step * self.app.count.take()
        text = f"{months // 12:04d}-{months % 12 + 1:02d}"
        self.month = self.session.campaign_calendar.month(text)
        self.read_pane()

    # -- what opens

    def on_cursor_list_selected(self, event: CursorList.Selected) -> None:
        """The pane follows the list, as on other screens; its own cursor may want more people."""
        if event.rows is self.entries:
            self._go_on()

    def _go_on(self) -> None:
        """More of the people come as the cursor gets to the last one of those that are listed."""
        people, entries = self.people, self.entries
        is_full = people.kind in ("state", "reached") and entries.count > people.most
        if self.pane == "members" and is_full and entries.cursor == entries.count - 1:
            self.people = people._replace(most=people.most * 4)
            self.read_pane()

    def action_open(self) -> None:
        """Go into the pane; there, open what the line stands for."""
        if not self.is_inside:
            if self.chosen() is not None:
                self.action_into()
            return
        line = self.entries.line
        if line is None or not line.ref[0]:
            self.notify("nothing more behind this line", timeout=3)
        else:
            self._open(line)

    def _open(self, line: Entry) -> None:
        kind, key = line.ref
        match kind:
            case "contact" | "activity":
                self.app.open_record(kind, key)
            case "state" | "reached":
                self.people = People(kind, key)
                self._turn_to("members")
            case "campaign":
                self.open_ref(key)
            case "cost":
                self._open_cost(key)
            case "deals":
                self.app.visit(Spot("deals", key))
            case _:
                self.action_activities()

    def _open_cost(self, number: str) -> None:
        view = self.chosen()
        if view is None:
            return
        costs = self.session.budgets

        self.read(
            "cost", lambda: next((each for each in costs.list(view.id) if str(each.number) == number), None),
            lambda cost: self.ask_cost(view, cost) if cost is not None else None, opens=True,
        )  # fmt: skip

    def action_deals(self) -> None:
        """Go to the deals that name it."""
        self._go("deals")

    def action_activities(self) -> None:
        """Go to what was done for it."""
        self._go("activity")

    def _go(self, screen: str) -> None:
        if (view := self.chosen()) is not None:
            self.app.visit(Spot(screen, self.session.campaigns.records_of(view.name)))

    # -- out of here

    def action_outside(self) -> None:
        """Open what the person at the cursor of the pane has."""
        if any(target.noun != "campaign" for target in self.targets()):
            super().action_outside()
        else:
            self.notify("a campaign has nothing outside; members have", timeout=3)

    def to_yank(self) -> Callable[[], Yank] | None:
        """The person or task at the cursor of the pane, else the campaign."""
        from crmcli.tui.yanking import some_rows

        if any(target.noun != "campaign" for target in self.targets()):
            return super().to_yank()
        row = self.row
        if row is None:
            return None
        names = ("id", "number", "name", "kind", "status", "members", "sent", "responded")
        view = row.view
        values = (view.id, view.number, view.name, view.kind, view.status, view.members, *row.reach)
        return lambda: some_rows(names, [values], visible(view.name))
