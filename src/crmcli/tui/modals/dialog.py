"""What every dialog is: closed once, and only while nothing is before it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandInput, CommandList, SearchIcon
from textual.command import CommandPalette as TextualPalette
from textual.containers import Horizontal, Vertical
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen
from textual.widgets import LoadingIndicator

from crmcli.tui.tidy_screen import TidyScreen
from crmcli.tui.widgets.behind import Behind
from crmcli.tui.widgets.choice_list import Choices

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Event, ScreenResume
    from textual.worker import Worker

AnswerT = TypeVar("AnswerT")


class InTurn(TidyScreen[AnswerT]):
    """A screen that is dismissed when it is the uppermost: Textual closes whatever is, and tells the wrong one."""

    _answers: tuple[AnswerT | None, ...] = ()  # what it was dismissed with while another screen was before it

    def dismiss(self, result: AnswerT | None = None) -> AwaitComplete:
        """Close it with its answer, now or once it is seen again; a second time does nothing."""
        if self.is_active:
            return super().dismiss(result)
        if self in self.app.screen_stack and not self._answers:
            self._answers = (result,)
        return AwaitComplete()

    def leave(self) -> bool:
        """Close it because the user goes elsewhere; whether it can be closed."""
        self.dismiss(None)
        return True

    def takes(self, event: Event) -> bool:  # noqa: ARG002 - for the subclass
        """Whether what a key wants is there already; else the key waits."""
        return True

    def render(self) -> Any:  # noqa: ANN401 - whatever Textual can draw
        """What is behind it, drawn faster than Textual does."""
        drawn = super().render()
        if not isinstance(drawn, BackgroundScreen):
            return drawn
        # Textual counts screens off as they are drawn, and miscounts where one above was not drawn anew.
        below = self.screens_below[-1:]
        return Behind(below[0], drawn.color) if below else drawn

    @property
    def screens_below(self) -> list[Screen[Any]]:
        """The screens that it is before, the nearest last."""
        stack = self.app.screen_stack
        return stack[: stack.index(self)] if self in stack else []

    def on_screen_resume(self, event: ScreenResume) -> None:  # noqa: ARG002 - as every screen is told
        """What was before it is gone."""
        if self._answers:
            (answer,), self._answers = self._answers, ()
            self.dismiss(answer)

    def on_unmount(self) -> None:
        """What others left to be done after the next drawing goes to the screen that is drawn now, and not with this one."""
        waiting, self._callbacks = self._callbacks, []
        for callback, sender in waiting:
            if sender.is_running and self.app.is_running:
                self.app.screen._invoke_later(callback, sender)  # noqa: SLF001 - Textual gives it to the uppermost screen


class Dialog(ModalScreen[AnswerT], InTurn[AnswerT]):
    """Something before the screen that wants an answer."""


class _Commands(Choices, CommandList, can_focus=False):
    """What was found in the palette."""


class CommandPalette(TextualPalette, InTurn[None]):
    """Textual's own, closed in its turn as well."""

    _is_over = False

    def compose(self) -> ComposeResult:
        """As Textual's, with a list that takes every click."""
        with Vertical(id="--container"):
            with Horizontal(id="--input"):
                yield SearchIcon()
                yield CommandInput(placeholder=self._placeholder, select_on_focus=False)
            with Vertical(id="--results"):
                yield _Commands()
                yield LoadingIndicator()

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close it; nothing is looked for any more, as there will be no list to show it in."""
        self._is_over = True
        self._cancel_gather_commands()
        self._stop_no_matches_countdown()
        return super().dismiss(result)

    def _gather_commands(self, search_value: str) -> Worker[None] | None:  # type: ignore[override]
        """Look for commands; letters typed before it was closed may come after that."""
        return None if self._is_over else super()._gather_commands(search_value)

    def _start_busy_countdown(self) -> None:
        """Commands are found at once; where a search is broken off, Textual's sign of searching would turn for ever."""

    def _action_command_list(self, action: str) -> None:
        """Go through what was found; a page of lines that are still to be laid out is none."""
        with suppress(KeyError):
            super()._action_command_list(action)
