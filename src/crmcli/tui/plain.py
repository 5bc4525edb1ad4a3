"""Plain drawing for screen readers: no frames, bars or scrollbars, and words where there are signs elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.filter import LineFilter

from crmcli.render.cells import cut, pad, width

if TYPE_CHECKING:
    from textual.color import Color

_WORDS = {
    "❯": ">", "▌": ">", "●": "*", "◉": "*", "■": "*", "▸": "+", "▾": "-", "✗": "x", "→": ">", "‹": "<", "›": ">", "↳": ">",  # noqa: RUF001 - the signs meant
    "○": "planned", "◆": "deal", "★": "contact", "⏎": "enter", "↑": " up", "↓": " down", "←": "left",
}  # fmt: skip
_FRAMES = {chr(code): " " for code in (*range(0x2500, 0x2600), 0x2713, 0x1F50E)}  # boxes, blocks, shapes, the tick
_SAID = str.maketrans(_FRAMES | _WORDS)
_SIGN = re.compile(f"[{''.join(_FRAMES | _WORDS)}]")
_AIR = re.compile(r"(?<=  ) +")  # what can be taken from a gap that still is one


class Plain(LineFilter):
    """Says each line in words; a line stays as wide as it was, its gaps give what the words need."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - the base's name
        """The line in words."""
        if not any(_SIGN.search(segment.text) for segment in segments):
            return segments
        said, owed = [], 0
        for text, style, control in segments:
            words = text.translate(_SAID)
            owed += width(words) - width(text)
            words, owed = _tightened(words, owed)
            said.append(Segment(words, style, control))
        return _cropped(said, owed)


def _tightened(text: str, owed: int) -> tuple[str, int]:
    """The text with so many cells less in its gaps, as far as they have them, and what is left of that."""
    if owed < 0:
        return text + " " * -owed, 0

    def give(gap: re.Match[str]) -> str:
        nonlocal owed
        taken = min(owed, len(gap[0]))
        owed -= taken
        return " " * (len(gap[0]) - taken)

    return (_AIR.sub(give, text), owed) if owed else (text, 0)


def _cropped(segments: list[Segment], owed: int) -> list[Segment]:
    """The line without its last cells."""
    while owed and segments:
        text, style, control = segments.pop()
        cells = width(text)
        if cells > owed:
            return [*segments, Segment(pad(cut(text, cells - owed), cells - owed), style, control)]
        owed -= cells
    return segments
