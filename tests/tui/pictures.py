"""Pictures of the program in several sizes from one run, kept as small SVG files and compared with those found good."""

from __future__ import annotations

import inspect
import pickle
import re
from typing import TYPE_CHECKING, Any

from pytest_textual_snapshot import PseudoApp, PseudoConsole, SVGImageExtension, node_to_report_path
from rich.console import Console

from tests.tui.rest import at_rest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    import pytest
    from syrupy.assertion import SnapshotAssertion
    from textual.app import App
    from textual.pilot import Pilot

SIZES = {"80x24": (80, 24), "120x36": (120, 36), "200x60": (200, 60)}
_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_LINE_CLIP = re.compile(r'<clipPath id="[\w-]+-line-\d+">.*?</clipPath>\s*', re.DOTALL)
_CLIPPED = re.compile(r' clip-path="url\(#[\w-]+-line-\d+\)"')
_LINE_END = re.compile(r"<text [^>]*>\s*</text>")
_RECTS = re.compile(
    r'(?:<rect fill="[^"]*" x="[^"]*" y="[^"]*" width="[^"]*" height="24.65" shape-rendering="crispEdges"/>)+'
)
_RECT = re.compile(r'fill="([^"]*)" x="([^"]*)" y="([^"]*)" width="([^"]*)"')
_UID = re.compile(r"\b([a-z]{2})_([0-9A-Z]{4,26})\b")  # another one in each run
_LONG = re.compile(r"\d+\.\d{3,}")


def slim(svg: str) -> str:
    """The same picture in less than half the bytes: no web fonts, no clipped lines, neighbours of one colour as one rectangle."""
    svg = _LINE_END.sub("", _CLIPPED.sub("", _LINE_CLIP.sub("", _FONT.sub("", svg))))
    svg = _RECTS.sub(lambda found: _merged(found.group()), svg)
    svg = _UID.sub(lambda found: f"{found[1]}_{'0' * len(found[2])}", svg)
    svg = _LONG.sub(lambda found: f"{float(found.group()):g}", svg)
    return "\n".join(line.strip() for line in svg.splitlines() if line.strip()) + "\n"


def _merged(rects: str) -> str:
    runs: list[list[Any]] = []  # colour, y, from, to
    for colour, x, y, width in _RECT.findall(rects):
        start, end = float(x), float(x) + float(width)
        if runs and runs[-1][:2] == [colour, y] and abs(runs[-1][3] - start) < 0.1:
            runs[-1][3] = end
        else:
            runs.append([colour, y, start, end])
    return "\n".join(
        f'<rect fill="{colour}" x="{start:g}" y="{y}" width="{end - start:g}" height="24.65" shape-rendering="crispEdges"/>'
        for colour, y, start, end in runs
    )


class SlimPicture(SVGImageExtension):
    """Keeps pictures slim, and compares them so."""

    def serialize(self, data: Any, **options: Any) -> Any:
        """Slim, without the number that is another one in each run."""
        return slim(super().serialize(data, **options))


class Pictures:
    """Compares the program, as it is after some keys, with the pictures kept of it; pytest's report shows both."""

    def __init__(self, kept: SnapshotAssertion, node: pytest.Item) -> None:
        self._kept = kept.use_extension(SlimPicture)
        self._node = node

    async def differing(
        self,
        app: App[Any],
        act: Callable[[Pilot[Any]], Awaitable[Any]],
        sizes: Sequence[str] = tuple(SIZES),
        *,
        is_reading: bool = False,
    ) -> list[str]:
        """In which sizes it looks different: the program is started once and its window made larger."""
        differing = []
        async with app.run_test(size=SIZES[sizes[0]]) as pilot:
            await act(pilot)
            for size in sizes:
                await pilot.resize_terminal(*SIZES[size])
                await at_rest(app, is_reading=is_reading)
                if app.screen.is_modal:  # what is behind it is laid out anew only when it comes to the front
                    for behind in app._background_screens:
                        behind._refresh_layout(app.size)
                    await at_rest(app, is_reading=is_reading)
                    app.screen.refresh()
                    await at_rest(app, is_reading=is_reading)
                if not self._is_as_kept(app.export_screenshot(simplify=True), size):
                    differing.append(size)
        return differing

    def _is_as_kept(self, svg: str, size: str) -> bool:
        is_same = self._kept(name=size) == svg
        compared = self._kept.executions[self._kept.num_executions - 1]
        console = PseudoApp(PseudoConsole(False, Console().size))
        path, line, name = self._node.reportinfo()
        about = inspect.getdoc(getattr(self._node, "function", None)) or ""
        was = compared.final_data
        told = (is_same, str(was), slim(svg), console, path, line, f"{name} {size}", about, "", was is not None)
        at = node_to_report_path(self._node)
        at.with_name(f"{at.name}_{size}").write_bytes(pickle.dumps(told))
        return is_same
