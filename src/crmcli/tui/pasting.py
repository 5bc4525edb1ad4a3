"""What is pasted into a field of one line: its first line, as long as a line can sensibly be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

if TYPE_CHECKING:
    from textual.events import Paste
    from textual.widget import Widget

LONGEST = 4000  # characters; a line that is longer is drawn, looked for and completed at every key


def shorten(event: Paste, focused: Widget | None) -> bool:
    """Leave of a paste what a line can take; whether anything of its line was left out."""
    if not isinstance(focused, Input):
        return False
    line = next(iter(event.text[: 2 * LONGEST].splitlines()), "")
    event.text = line[:LONGEST]
    return len(line) > LONGEST
