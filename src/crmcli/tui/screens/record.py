"""The page of one record: what it is, what it is linked to, what comes next and all that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings_of
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.record_editing import RecordEditing
from crmcli.tui.screens.record_linking import RecordLinking
from crmcli.tui.screens.record_logging import ON_DEALS, RecordLogging
from crmcli.tui.stepping import Stepping
from crmcli.tui.trail import Spot

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType

    from crmcli.tui.yanking import Yank

_ON_ENTRIES = frozenset({"done", "snooze"})


class RecordScreen(Stepping, RecordEditing, RecordLinking, RecordLogging):
    """What the keys do, as the part of the page has it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("record")
    KEYS = PLACES["record"]

    async def on_cursor_list_opened(self) -> None:
        """A double click opens."""
        await self.action_open()

    async def action_open(self) -> None:  # type: ignore[override]
        """Edit the field, go to the linked record, open the entry, write the note; on a merged record go where it went."""
        page = self.page
        if page is not None and page.kept is not None:
            self.app.open_record(page.noun, page.kept.uid)
        elif self.pane == "links":
            self._open_link()
        elif self.pane == "timeline":
            self._open_entry()
        else:
            await self.action_edit()

    def _open_entry(self) -> None:
        """The page of an activity; of what a campaign sent, the campaign."""
        if (view := self.timeline.view) is not None:
            self.app.open_record("activity", view.id)
        elif (mail := self.timeline.mail) is not None:
            if mail.is_kept:
                self.app.visit(Spot("campaigns", mail.campaign.id))
            else:
                self.notify(f"{visible(mail.campaign.name)} was deleted", markup=False, severity="warning", timeout=3)

    async def action_new(self) -> None:
        """A link, a field of one's own, an entry or a note, as the part of the page has it."""
        if self.page is None or not self.page.is_live:
            return
        if self.pane == "links":
            self._ask_link()
        elif self.pane == "fields":
            self._ask_field()
        elif self.pane == "note":
            await self.action_edit()
        else:
            self._ask_kind()

    def action_take_off(self) -> None:
        """Empty the field at the cursor, or take the link off."""
        if self.page is None or not self.page.is_live:
            return
        if self.pane == "links":
            self._unlink()
        elif self.pane == "fields":
            self._empty_field()

    def action_restore(self) -> None:
        """Bring a deleted record back."""
        page = self.page
        if page is None or page.record is None or page.is_live or page.kept is not None:
            self.notify("it is not deleted", timeout=3)
            return
        noun, uid = page.noun, page.id
        self.write("it can't be brought back", lambda: self.session.records(noun).restore(uid), "it is back")

    def action_escape(self) -> None:
        """Take marks off, else show every kind, else go back."""
        if self.timeline.unmark():
            return
        if self.timeline.kind:
            self._choose_kind("")
        else:
            self.app.action_go_back()

    # -- moving a deal

    def action_move(self, step: int) -> None:
        """Move the deal some stages on, or back."""
        page = self.page
        steps = step * self.app.count.take()
        if page is None or page.noun != "deal" or not page.is_live:
            self.notify("only a deal moves from stage to stage", timeout=3)
            return
        self.step(self._record(), steps)

    # -- out of here

    def to_yank(self) -> Callable[[], Yank] | None:
        """The field at the cursor, the linked record, the entries, the changes; elsewhere the record."""
        from crmcli.tui import yanking

        page = self.page
        if page is None or page.record is None:
            return None
        if self.pane == "fields" and (line := self.fields.line) is not None:
            return lambda: yanking.a_field(line.label, line.value)
        if self.pane == "links" and (link := self.links.line) is not None:
            return self._yank_link(link.noun, link.id, link.address)
        if self.pane == "note":
            note = self.note.note
            return lambda: yanking.a_field(note.title, note.text)
        if self.pane == "changes" and (made := self.changes.change_set) is not None:
            return lambda: (
                yanking.some_views("change", made.changes) if made.changes else yanking.some_views("history", [made])
            )
        return super().to_yank()

    # -- which keys mean something here

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for deals only on deals, those for tasks only where there is an activity."""
        noun = self.page.noun if self.page is not None else ""
        if action == "move" or (action == "verb" and parameters[0] in ON_DEALS):
            return noun == "deal"
        if action == "verb" and parameters[0] in _ON_ENTRIES:
            return noun == "activity" or self.pane == "timeline"
        if action == "restore":
            return self.page is not None and self.page.gone is not None and self.page.kept is None
        return super().check_action(action, parameters)
