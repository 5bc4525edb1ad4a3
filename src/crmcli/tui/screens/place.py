"""What every screen is: a place with a cursor on some record, keys that work on it, and answers that come from workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container

from crmcli.tui.screens.acting_screen import ActingScreen
from crmcli.tui.widgets.cursor_list import CursorList
from crmcli.tui.widgets.key_line import KeyLine
from crmcli.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.events import ScreenResume
    from textual.widget import Widget

    from crmcli.tui.keys.key import Key
    from crmcli.tui.session import Session
    from crmcli.tui.yanking import Yank


class Place(ActingScreen):
    """A screen of the program.

    A subclass says what it shows (``body``), how it reads it (``reload``), which list has the cursor (``rows``) and
    which record is there (``targets``). ``name`` is its tab's; ``scope`` and ``KEYS`` are what help and documentation
    know its keys by.
    """

    AUTO_FOCUS = ""
    KEYS: ClassVar[tuple[tuple[str, Sequence[Key]], ...]] = ()  # scope and keys, as they are bound here
    COMFORTABLE: ClassVar[bool] = False  # rows lie further apart, until the user says otherwise

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self._dressed_for = (-1, False)

    # -- what it shows

    def body(self) -> ComposeResult:
        """What is between the tabs and the keys."""
        raise NotImplementedError

    def first_focus(self) -> Widget | None:
        """What has the keys when the screen is opened."""
        return self.rows

    def compose(self) -> ComposeResult:
        """Tabs above, keys below."""
        self._dressed_for = self._looks()
        yield TabLine(self.name or "", self.session.desk.user)
        with Container(id="body"):
            yield from self.body()
        yield KeyLine()

    def now(self) -> datetime:
        """This moment in the user's zone."""
        return self.session.desk.clock.local()

    def open_ref(self, ref: str) -> None:
        """Show a record, ``noun:uid``; for the screens that show one."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Give the terminal's cursor back to the list that has the keys: each field of a new screen takes it while it is made."""
        seen = self.app.place
        if seen is not None and seen.is_whole and seen.rows is not None:
            seen.rows.tell_terminal()

    def density_changed(self) -> None:
        """Rows are closer together now, or further apart."""
        for rows in self.query(CursorList):
            rows.measure()
            rows.bring_into_view()
            rows.refresh()

    # -- coming and going

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Read again what has changed meanwhile; styles stay as long as what they follow from is as it was left."""
        looks = self._looks()
        event.refresh_styles = self._dressed_for != looks
        self._dressed_for = looks
        if self.focused is None and (widget := self.first_focus()) is not None:
            widget.focus(scroll_visible=False)
        if not self.has_answered:
            self.app.opening()
        if self.is_stale:
            self.refresh_store()

    def _looks(self) -> tuple[int, bool]:
        return self.app._css_update_count, self.app.app_focus  # noqa: SLF001 - counts every other style sheet and theme

    # -- out of here

    def to_yank(self) -> Callable[[], Yank] | None:
        """What ``y`` copies, to be worked out off this thread; the records at the cursor where the screen says nothing else."""
        from crmcli.tui.yanking import of_targets

        targets = self.targets()
        return (lambda: of_targets(self.session, targets)) if targets else None

    def action_yank(self, form: str) -> None:
        """Copy the field or the row, as CSV or JSON."""
        from crmcli.tui.yanking import yank

        yank(self, form)

    def action_outside(self) -> None:
        """Open a website, mail or phone of the record at the cursor."""
        from crmcli.tui.outside import go_outside, ways

        if targets := self.wanted():
            self.read("outside", lambda: ways(self.session, targets), lambda found: go_outside(self, found), opens=True)

    def action_editor(self) -> None:
        """Change the record at the cursor in the user's editor."""
        from crmcli.tui.editing import open_editor

        if targets := self.wanted():
            open_editor(self, targets[0])
