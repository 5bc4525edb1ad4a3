"""How well what is on the screen can be read: the contrast of each text with what is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.color import Color
    from textual.app import App
    from textual.widget import Widget


class Seen(NamedTuple):
    """A run of text in its colours."""

    text: str
    contrast: float
    line: int


def texts(app: App[None], widget: Widget | None = None) -> Iterator[Seen]:
    """Every run of letters or digits on the screen, or on the lines of a widget."""
    for line, strip in enumerate(app.screen._compositor.render_strips()):
        if widget is not None and not widget.region.y <= line < widget.region.bottom:
            continue
        for text, style, _ in strip:
            if style is None or not any(each.isalnum() for each in text):
                continue
            front, behind = style.color, style.bgcolor
            if front is None or behind is None or front.is_default or behind.is_default:
                continue
            yield Seen(text.strip(), ratio(front, behind), line)


def ratio(one: Color, other: Color) -> float:
    """The contrast of two colours as WCAG measures it, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in color.get_truecolor())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
