"""The command palette: what the screen's keys do, the other screens, and what works everywhere, each with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.markup import escape

if TYPE_CHECKING:
    from textual.app import SystemCommand
    from textual.command import Hits

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


def _shown(title: str) -> Content:
    """The name, and the keys behind it."""
    name, _, keys = title.partition("  ")
    return Content.assemble((name, "bold"), " " * max(2, _NAME_CELLS - len(name)), (keys, "$accent"))


def _found(name: str, query: str) -> range:
    """Where the words stand in the name, if they do as they are."""
    start = name.casefold().find(query.casefold().strip())
    return range(max(0, start), start + len(query.strip())) if start >= 0 else range(0)
