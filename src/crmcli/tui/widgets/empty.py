"""What is shown where there is nothing to show: what to press."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

_NOTHING = Content.assemble(
    ("No deals yet", "bold"),
    "\n\n",
    ("n", "bold $accent"), "  add the first one\n",
    ("?", "bold $accent"), "  all the keys     \n",
    ("q", "bold $accent"), "  leave            \n\n",
    ("or from the shell", "dim"),
    "\n\n",
    "crm import deals FILE.csv\n",
    "crm demo",
)  # fmt: skip
_NO_MATCH = Content.assemble(
    ("No deal matches the filter", "bold"),
    "\n\n",
    ("/  ", "bold $accent"), "  change it    \n",
    ("esc", "bold $accent"), "  show them all",
)  # fmt: skip


class EmptyBoard(Static):
    """A few words in the middle of the board."""

    def say(self, *, filtered: bool) -> None:
        """Say why there is nothing: a filter hides it all, or there is nothing."""
        self.update(_NO_MATCH if filtered else _NOTHING)
