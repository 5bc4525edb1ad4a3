"""The command palette: what the screen's keys do, the other screens, and what works everywhere, each with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.markup import escape

from crmcli.tui.keys.footer import rank
from crmcli.tui.keys.registry import palette_keys
from crmcli.tui.screens.place import Place
from crmcli.tui.tabs import TABS
from crmcli.tui.trail import Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.command import Hits
    from textual.screen import Screen

    from crmcli.tui.app import CrmApp
    from crmcli.tui.keys.key import Key

_NAME_CELLS = 34
_BY_HELP = 0.01  # a name that fits counts more than what is said about a command


class Palette(Provider):
    """Finds commands by their names and by what is said about them; a key is never read as markup."""

    def _commands(self) -> list[SystemCommand]:
        return list(self.app.get_system_commands(self.screen))

    async def discover(self) -> Hits:
        """All commands, in the order of the screen's own keys first."""
        for command in self._commands():
            yield DiscoveryHit(_shown(command.title), command.callback, command.title, escape(command.help))

    async def search(self, query: str) -> Hits:
        """The commands that the words fit, those whose names they fit before the others."""
        matcher = self.matcher(query)
        for command in self._commands():
            name = command.title.partition("  ")[0]
            by_name, by_help = matcher.match(name), _found(command.help, query)
            if by_name or by_help:
                shown = _shown(command.title)
                for place in _found(name, query):
                    shown = shown.stylize(matcher.match_style, place, place + 1)
                yield Hit(by_name or _BY_HELP, shown, command.callback, command.title, escape(command.help))


def commands_on(app: CrmApp, screen: Screen[Any]) -> Iterator[SystemCommand]:
    """The keys of a screen, the screens, the theme and the way out."""
    place = screen if isinstance(screen, Place) else app.place
    keys = list(palette_keys(place.KEYS if place is not None else (), app.session.settings.keys))
    # The most useful of the screen's own first: what is looked for is mostly about what is seen.
    ranks = {f"{scope}.{key.id}": rank(screen.name or "", f"{scope}.{key.id}") % 100 for scope, key, _ in keys}
    keys.sort(key=lambda each: (_lateness(each[0], each[1]), ranks[f"{each[0]}.{each[1].id}"]))
    for scope, key, shown in keys:
        whose = app if scope == "everywhere" else place
        if place is None or place.fits(key.action):
            title = f"{key.label[:1].upper()}{key.label[1:]}  {shown}"
            yield SystemCommand(title, key.about, _runner(app, whose, key.action))
    for number, tab in enumerate(TABS, 1):
        yield SystemCommand(f"Go to {tab.label}  {number}", tab.about, lambda name=tab.name: app.visit(Spot(name)))
    yield SystemCommand("Theme", "choose among all themes", app.action_change_theme)


def _lateness(scope: str, key: Key) -> int:
    """What does something here is before what only moves the cursor, and that before what works everywhere."""
    return 2 if scope == "everywhere" else 1 if key.section == "moving around" else 0


def _runner(app: CrmApp, whose: CrmApp | Place | None, action: str) -> Callable[[], Any]:
    async def act() -> None:
        await app.run_action(action, whose)

    return act


def _shown(title: str) -> Content:
    """The name, and the keys behind it."""
    name, _, keys = title.partition("  ")
    return Content.assemble((name, "bold"), " " * max(2, _NAME_CELLS - len(name)), (keys, "$accent"))


def _found(name: str, query: str) -> range:
    """Where the words stand in the name, if they do as they are."""
    start = name.casefold().find(query.casefold().strip())
    return range(max(0, start), start + len(query.strip())) if start >= 0 else range(0)
