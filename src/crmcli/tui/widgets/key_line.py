"""The line at the very bottom: the keys that work just now, the most useful first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from crmcli.render.cells import width
from crmcli.tui.keys.footer import ALWAYS, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.binding import Binding
    from textual.events import MouseDown, MouseMove
    from textual.screen import Screen

    Shown = tuple[Binding, bool]

_GAP = 2
_KEY = "$footer-key-foreground on $footer-key-background"
_TEXT = "$footer-description-foreground on $footer-description-background"


class KeyLine(Widget, can_focus=False, inherit_bindings=False):
    """One line, drawn as a whole: a widget for each key would be made anew whenever the keys change hands."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        padding: 0 1;
        color: $footer-foreground;
        background: $footer-background;
        text-wrap: nowrap;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._ends: list[tuple[int, Binding, bool]] = []  # where each key ends, in cells, and whether it works

    def on_mount(self) -> None:
        """Follow what has the keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._keys_changed)

    def _keys_changed(self, screen: Screen[object]) -> None:
        if screen is self.app.screen:
            self.refresh()

    def render(self) -> Content:
        """Each key and what it does, side by side: as many as there is room for, and help at the right end."""
        room = max(0, self.content_size.width)
        shown = list(self._shown())
        last = [each for each in shown if each[0].id in ALWAYS]
        right = sum(self._cells(each[0]) + _GAP for each in last) - _GAP
        first = self._fitting((each for each in shown if each not in last), room - right - _GAP)
        left = sum(self._cells(each[0]) + _GAP for each in first)
        gap = max(0, room - left - right)
        self._ends = []
        parts: list[str | tuple[str, str]] = []
        for number, (binding, enabled) in enumerate((*first, *last)):
            before = gap if number == len(first) else 0
            parts += [" " * before, *self._drawn(binding, enabled=enabled), " " * _GAP]
            start = self._ends[-1][0] if self._ends else 0
            self._ends.append((start + before + self._cells(binding) + _GAP, binding, enabled))
        return Content.assemble(*parts)

    def _shown(self) -> Iterator[Shown]:
        screen, seen = self.screen, set[str]()
        fits = getattr(screen, "fits", None)
        active = [each for each in screen.active_bindings.values() if each.binding.show]
        if screen.focused is not None and screen.focused.check_consume_key("x", "x"):  # the screen's wait for the field
            active = [each for each in active if each.node is not screen or each.binding.id in ALWAYS]
        for _, binding, enabled, _ in sorted(active, key=lambda each: rank(screen.name or "", each.binding.id or "")):
            if binding.action not in seen and (fits is None or fits(binding.action)):
                seen.add(binding.action)
                yield binding, enabled

    def _fitting(self, keys: Iterable[Shown], room: int) -> list[Shown]:
        fitting, taken = [], 0
        for each in keys:
            taken += self._cells(each[0]) + _GAP
            if taken - _GAP > room:
                break
            fitting.append(each)
        return fitting

    def _cells(self, binding: Binding) -> int:
        return width(self._key(binding)) + 1 + width(binding.description)

    def _key(self, binding: Binding) -> str:
        shown = self.app.get_key_display(binding)
        return shown.replace("⏎", "enter") if self.screen.has_class("-plain") else shown

    def _drawn(self, binding: Binding, *, enabled: bool) -> tuple[tuple[str, str], tuple[str, str]]:
        off = "" if enabled else " dim"
        return (self._key(binding), f"bold {_KEY}{off}"), (f" {binding.description}", f"{_TEXT}{off}")

    def _binding_at(self, x: int) -> Shown | None:
        x -= self.content_region.x - self.region.x
        return next(((binding, enabled) for end, binding, enabled in self._ends if x < end), None)

    def on_mouse_down(self, event: MouseDown) -> None:
        """A click presses the key."""
        found = self._binding_at(event.x)
        if found is not None:
            self.app.simulate_key(found[0].key) if found[1] else self.app.bell()

    def on_mouse_move(self, event: MouseMove) -> None:
        """The pointer is told more of the key below it."""
        found = self._binding_at(event.x)
        self.tooltip = (found[0].tooltip or found[0].description) if found is not None else None
