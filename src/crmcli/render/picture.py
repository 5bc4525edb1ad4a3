"""SVG into PNG, by resvg, which is an extra of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.errors import UsageError
from crmcli.render.chart_svg import FONTS

if TYPE_CHECKING:
    from collections.abc import Callable

_SHARP = 2  # pixels across for each of the picture's own: a screen of today shows as many
_WITHOUT_TEXT = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">{}</svg>'


def png(svg: str, warn: Callable[[str], None]) -> bytes:
    """The picture as PNG; ``warn`` is told when the machine has no font to write its text with."""
    resvg = _resvg()
    probe = f'<text x="2" y="15" font-family="{FONTS}" font-size="12">Abc</text>'
    blank, written = (resvg.svg_to_bytes(svg_string=_WITHOUT_TEXT.format(text)) for text in ("", probe))
    if blank == written:
        warn("the picture has no text: no font is installed (apt install fonts-dejavu, or --output FILE.svg)")
    return bytes(resvg.svg_to_bytes(svg_string=svg, zoom=_SHARP))


def _resvg() -> Any:  # noqa: ANN401 - it has no types
    try:
        import resvg_py
    except ImportError as error:
        raise UsageError("a .png needs resvg-py", hint="pip install 'crmcli[charts]', or --output FILE.svg") from error
    return resvg_py
