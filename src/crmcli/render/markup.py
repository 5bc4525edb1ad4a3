"""Text from records as text of a page or picture: none of it can become markup, and all of it is allowed there."""

from __future__ import annotations

from html import escape

from crmcli.render.safe import visible

# What no XML may hold, though it is no control character.
_FORBIDDEN = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


def escaped(text: str) -> str:
    """The text for between tags or inside a quoted attribute."""
    return escape(visible(text).translate(_FORBIDDEN))


def tag(name: str, attributes: str = "", *inner: str) -> str:
    """An element around markup; ``attributes`` are markup too."""
    opening = f"{name} {attributes}" if attributes else name
    return f"<{opening}>{''.join(inner)}</{name}>" if inner else f"<{opening}/>"
