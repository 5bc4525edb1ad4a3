"""Where widgets lie on a screen: worked out once for each layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import Compositor as TextualCompositor

if TYPE_CHECKING:
    from textual._compositor import ReflowResult
    from textual.geometry import Size
    from textual.widget import Widget


class Compositor(TextualCompositor):
    """Textual's own, which does not know after a layout with new widgets that it has just worked out where all of them are."""

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay out all widgets; whoever asks for one of them then is told what was found."""
        found = super().reflow(parent, size)
        self._full_map_invalidated = False
        return found
