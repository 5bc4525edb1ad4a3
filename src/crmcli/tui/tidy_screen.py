"""What is taken away in order, however little of it there is yet, as every screen is; that is also laid out once."""

from __future__ import annotations

from typing import Any, TypeVar

from textual.screen import Screen

from crmcli.tui.compositing import Compositor

AnswerT = TypeVar("AnswerT")


class Tidy:
    """Mixed into what stays among the living for ever when it misses a part because it is taken away half made."""

    _pruning: bool

    async def _pre_process(self) -> bool:
        """Make it; where that came to nothing, go on all the same to what is to take it away."""
        return bool(await super()._pre_process()) or self._pruning  # type: ignore[misc]  # the widget's own


class TidyScreen(Tidy, Screen[AnswerT]):
    """Textual's own, laid out once."""

    def __init__(self, *arguments: Any, **more: Any) -> None:  # noqa: ANN401 - as every screen is made
        super().__init__(*arguments, **more)
        self._compositor = Compositor()
