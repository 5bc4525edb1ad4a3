"""Textual's lists of options, for hands that are faster than their layout and their picture."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.css.query import NoMatches
from textual.widgets import OptionList, Select
from textual.widgets._select import SelectCurrent, SelectOverlay

from crmcli.domain.text import fold
from crmcli.tui.tidy_screen import Tidy

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Click, Key

_WORD_SECONDS = 1.0  # letters that come sooner after one another are one word


class Choices:
    """A list of options that goes by pages once it has its place on the screen, and in which a line that is gone hits nothing."""

    option_count: int
    scrollable_content_region: Any

    def on_click(self, event: Click) -> None:
        """The picture may still show more options than there are: what was found meanwhile is less."""
        place = event.style.meta.get("option")
        if place is not None and place >= self.option_count:
            event.prevent_default()

    def action_page_up(self) -> None:
        """A page up."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[misc]  # the list's own

    def action_page_down(self) -> None:
        """A page down."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[misc]


class ChoiceList(Choices, OptionList):
    """A list in a dialog."""


class ChoiceOverlay(Choices, SelectOverlay):
    """The list that a line unfolds."""


class ChoiceHead(SelectCurrent):
    """The line while it is folded; a form that is closed as it opens has taken its words away before they are put."""

    def update(self, label: Any) -> None:  # noqa: ANN401 - whatever an option shows
        """Show what is chosen."""
        with suppress(NoMatches):
            super().update(label)

    def on_mount(self) -> None:
        """What was chosen before there was anything to show it."""
        self.update(self.label)


class ChoiceLine(Tidy, Select[str]):
    """A line with one of several, which unfolds them; typing goes to the one that begins so, folded or not."""

    _typed = ""
    _typed_at = 0.0

    def compose(self) -> ComposeResult:
        """The present one, and the list."""
        yield ChoiceHead(self.prompt)
        yield ChoiceOverlay(type_to_search=self._type_to_search).data_bind(compact=Select.compact)

    def on_key(self, event: Key) -> None:
        """A letter of what is wanted."""
        letter = event.character
        goes_on = bool(self._typed) and monotonic() - self._typed_at < _WORD_SECONDS
        if self.expanded or letter is None or not event.is_printable or (letter == " " and not goes_on):
            return
        event.stop()
        event.prevent_default()
        self._typed, self._typed_at = (self._typed if goes_on else "") + letter, monotonic()
        words, wanted = [str(value) for _, value in self._options], fold(self._typed)
        found = next((word for word in words if fold(word).startswith(wanted)), None)
        if found is not None:
            self.value = found
