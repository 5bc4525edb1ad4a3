"""Where widgets lie on a screen: worked out once for each layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import Compositor as TextualCompositor
from textual.errors import NoWidget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual._compositor import ReflowResult
    from textual.geometry import Region, Size
    from textual.strip import Strip
    from textual.widget import Widget


class Compositor(TextualCompositor):
    """Textual's own, which does not know after a layout with new widgets that it has just worked out where all of them are."""

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay out all widgets; whoever asks for one of them then is told what was found."""
        found = super().reflow(parent, size)
        self._full_map_invalidated = False
        return found

    def get_widget_at(self, x: int, y: int) -> tuple[Widget, Region]:
        """The uppermost widget there; one that was taken away since the layout has no place any more.

        Raises NoWidget outside of the screen.
        """
        for widget, region in self.get_widgets_at(x, y):
            if widget.is_attached:
                return widget, region
        raise NoWidget(f"no widget at ({x}, {y})")

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """The pictures of the widgets; what was taken away since the layout, as behind a dialog, can draw itself no more."""
        for widget in [each for each in self.visible_widgets if not each.is_attached]:
            del self.visible_widgets[widget]
        return super()._get_renders(crop)
