"""Which messages belong to one conversation, however late it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

_MOST = 200_000  # ids to remember at a time; what is stored is asked for again


class Threads:
    """Ids joined into threads; a thread goes by the id of the first message known of it."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def of(self, message: str) -> str:
        """The thread that a message is in: the one it begins, as far as nothing else is known."""
        thread = message
        while (above := self._above.get(thread)) is not None:
            thread = above
        while message != thread:
            self._above[message], message = thread, self._above[message]
        return thread

    def join(self, ids: Sequence[str], kept: Container[str] = ()) -> str:
        """Make one thread of these, the eldest first; one of ``kept`` gives it its name before any other."""
        threads = list(dict.fromkeys(map(self.of, ids)))
        first = next((thread for thread in threads if thread in kept), threads[0])
        for thread in threads:
            if thread != first:
                self._above[thread] = first
        return first

    def forget(self) -> None:
        """Let go of what was remembered when it has become very much."""
        if len(self._above) > _MOST:
            self._above.clear()
