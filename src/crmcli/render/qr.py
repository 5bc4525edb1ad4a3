"""Text as a QR code, drawn with half blocks."""

from __future__ import annotations


def qr_lines(text: str) -> str:
    """The code that a telephone reads from a terminal, dark on light whatever the theme."""
    from io import StringIO

    import segno

    drawn = StringIO()
    segno.make_qr(text, error="l").terminal(drawn, border=2, compact=True)
    return drawn.getvalue()
