"""A scrollbar that is drawn in no time: its lines are of four kinds at most, each of them made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

if TYPE_CHECKING:
    from rich.segment import Segment
    from textual.geometry import Region


class LineBar(ScrollBar):
    """Looks as Textual's does, which every list beside others draws anew with each row that it has more or less."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the bar; equal ones are the very same strip."""
        bar, size, base = self.render(), self.size, self.rich_style
        assert isinstance(bar, ScrollBarRender)
        assert not isinstance(bar.style, str)
        drawn = bar.render_bar(
            size.height, bar.virtual_size, bar.window_size, bar.position, size.width, True,  # noqa: FBT003 - upright
            bar.style.bgcolor, bar.style.color,  # type: ignore[arg-type]  # Rich's colours, as Textual itself hands over
        ).segments  # fmt: skip
        filters, background = self.get_line_filters(), self.background_colors[1]
        made: dict[Segment, Strip] = {}
        strips = []
        for segment in list(drawn)[crop.y : crop.bottom]:
            strip = made.get(segment)
            if strip is None:
                strip = Strip([segment._replace(style=base + segment.style)], size.width)
                for each in filters:
                    strip = strip.apply_filter(each, background)
                strip = made[segment] = strip.crop(crop.x, crop.right)
            strips.append(strip)
        return strips
