"""A line to type in that lies over a page only while it is used, and what was typed is read meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Vertical
from textual.message import Message

if TYPE_CHECKING:
    from textual.events import Key

    from crmcli.tui.session import Session


class TypedLine(Vertical):
    """Shown when it is opened; esc leaves it, tab goes nowhere meanwhile."""

    class Read(Message):
        """What was typed has been read."""

        def __init__(self, text: str, reading: Any) -> None:  # noqa: ANN401 - what the subclass makes of it
            super().__init__()
            self.text = text
            self.reading = reading

    class Left(Message):
        """Nothing is to be done with it."""

    def __init__(self, name: str, session: Session) -> None:
        super().__init__(id=name)
        self._session = session
        self.is_saving = False

    def on_mount(self) -> None:
        """Nothing is typed at first."""
        self.display = False

    @property
    def is_open(self) -> bool:
        """Whether something is being typed."""
        return bool(self.display)

    @property
    def wants_escape(self) -> bool:
        """Whether esc closes something in it first."""
        return False

    def on_key(self, event: Key) -> None:
        """Esc leaves; tab goes nowhere while something is typed."""
        if event.key == "escape":
            if not self.wants_escape:
                event.stop()
                self.post_message(self.Left())
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()
