"""The screen behind a dialog, dimmed: each style is dimmed once, however often it is met on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.visual import Visual

if TYPE_CHECKING:
    from rich.color import Color as RichColor
    from textual.css.styles import RulesMap
    from textual.screen import Screen
    from textual.style import Style as TextualStyle
    from textual.visual import RenderOptions


class Behind(Visual):
    """What Textual draws behind a dialog, made straight from the lines of the screen there."""

    def __init__(self, screen: Screen[object], veil: Color) -> None:
        self._screen = screen
        self._veil = veil

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:  # noqa: ARG002 - as every visual is asked
        """All there is."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:  # noqa: ARG002 - as every visual is asked
        """That of the screen."""
        return self._screen.size.height

    def render_strips(
        self,
        width: int,
        height: int | None,
        style: TextualStyle,
        options: RenderOptions,  # noqa: ARG002 - as every visual is asked
    ) -> list[Strip]:
        """The lines of the screen, as far as there is room for them."""
        base, dimmed = style.rich_style, dict[Style | None, Style]()
        strips = []
        for strip in self._screen._compositor.render_strips()[:height]:  # noqa: SLF001 - as Textual itself has them
            segments = []
            for text, own, _ in strip:
                found = dimmed.get(own)
                if found is None:
                    found = dimmed[own] = base + _dimmed(own or Style.null(), self._veil)
                segments.append(Segment(text, found))
            strips.append(Strip(segments, strip.cell_length).crop(0, width))
        return strips


def _dimmed(style: Style, veil: Color) -> Style:
    """The style under the veil, without what could be clicked."""
    plain = style.clear_meta_and_links()
    return plain + Style.from_color(_under(style.color, veil), _under(style.bgcolor, veil)) if veil.a else plain


def _under(color: RichColor | None, veil: Color) -> RichColor | None:
    return (Color.from_rich_color(color) + veil).rich_color if color is not None else None
