"""What every screen is: laid out once, and taken away in order however little of it there is yet."""

from __future__ import annotations

from typing import Any, TypeVar

from textual.screen import Screen

from crmcli.tui.compositing import Compositor

AnswerT = TypeVar("AnswerT")


class TidyScreen(Screen[AnswerT]):
    """Textual's own, which stays among the living for ever when it misses a part because it is taken away half made."""

    def __init__(self, *arguments: Any, **more: Any) -> None:  # noqa: ANN401 - as every screen is made
        super().__init__(*arguments, **more)
        self._compositor = Compositor()

    async def _pre_process(self) -> bool:
        """Make it; where that came to nothing, go on all the same to what is to take it away."""
        return await super()._pre_process() or self._pruning
