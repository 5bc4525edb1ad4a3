"""Textual's lists of options, for hands that are faster than their layout: a page can only be gone once there are lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widgets import OptionList, Select
from textual.widgets._select import SelectCurrent, SelectOverlay

if TYPE_CHECKING:
    from textual.app import ComposeResult


class _Paged:
    """Pages of a list of options, as soon as it has its place on the screen."""

    scrollable_content_region: Any

    def action_page_up(self) -> None:
        """A page up."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[misc]  # the list's own

    def action_page_down(self) -> None:
        """A page down."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[misc]


class ChoiceList(_Paged, OptionList):
    """A list in a dialog."""


class ChoiceOverlay(_Paged, SelectOverlay):
    """The list that a line unfolds."""


class ChoiceLine(Select[str]):
    """A line with one of several, which unfolds them."""

    def compose(self) -> ComposeResult:
        """The present one, and the list."""
        yield SelectCurrent(self.prompt)
        yield ChoiceOverlay(type_to_search=self._type_to_search).data_bind(compact=Select.compact)
