"""A screen with a stream: many entries by day, of which only those that are seen are read."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from crmcli.tui.screens.place import Place
from crmcli.tui.widgets.head_line import HeadLine

if TYPE_CHECKING:
    from crmcli.services.streams import Streams


class StreamPlace(Place):
    """Its head says what is shown of the stream."""

    @cached_property
    def streams(self) -> Streams:
        """Where the stream is read."""
        from crmcli.services.streams import Streams

        return Streams(self.session.desk)

    def on_mount(self) -> None:
        """Nothing is known before it is read."""
        self.query_one(HeadLine).say([("reading the store …", "dim")])
