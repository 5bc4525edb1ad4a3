"""Colour by meaning, in the sixteen colours every terminal has."""

from __future__ import annotations

_SGR = {
    "heading": "1",
    "header": "1",
    "muted": "2",
    "won": "32",
    "lost": "2;31",
    "overdue": "31",
    "rotting": "33",
    "high": "33",
    "urgent": "1;31",
    "added": "32",
    "removed": "31",
    "bar": "36",
    "error": "1;31",
    "warning": "33",
}


def paint(text: str, tone: str, *, color: bool) -> str:
    """The text in the colour of its meaning, or as it is when there is no colour, no tone or nothing to see."""
    code = _SGR.get(tone) if color and text.strip() else None
    return f"\x1b[{code}m{text}\x1b[0m" if code else text
