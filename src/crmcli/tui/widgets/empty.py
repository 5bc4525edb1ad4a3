"""What is shown where there are no cards to show: why, and what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from crmcli.render.safe import visible

if TYPE_CHECKING:
    from crmcli.errors import CrmError

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
_READING = Content.styled("reading the deals …", "dim")


class EmptyBoard(Static):
    """A few words in the middle of the board."""

    def say(self, *, filtered: bool) -> None:
        """Say why there is nothing: a filter hides it all, or there is nothing."""
        self.update(_NO_MATCH if filtered else _NOTHING)

    def say_reading(self) -> None:
        """Say that the store is being read, where that takes longer than a moment."""
        self.update(_READING)

    def say_trouble(self, error: CrmError) -> None:
        """Say that the store can't be read, why, and what would help."""
        hint = [("\n", ""), (visible(error.advice), "dim")] if error.hint else []
        self.update(
            Content.assemble(
                ("✗ The board can't be read", "bold $text-error"),
                "\n\n",
                visible(error.message),
                *hint,
                "\n\n",
                ("r", "bold $accent"),
                "  try again\n",
                ("p", "bold $accent"),
                "  another pipeline",
            )
        )
