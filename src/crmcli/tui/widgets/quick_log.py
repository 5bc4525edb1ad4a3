"""One line that logs something about the record: its kind is chosen, the text is typed, ``@ when`` may stand at its end."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, Static

from crmcli.domain.frozen import NamedTuple
from crmcli.render.safe import visible
from crmcli.tui.drafts import Typed
from crmcli.tui.modals.fields import FormField, Reading, read
from crmcli.tui.widgets.typed_line import TypedLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.worker import WorkType

    from crmcli.tui.drafts import Draft
    from crmcli.tui.session import Session
    from crmcli.tui.targets import Target

_DRAFT_PAUSE = 0.3
_SIGN = " @ "


class Said(NamedTuple):
    """A line taken apart: what is said, when it was or is due, and what that means."""

    text: str
    when: str
    meant: str


def taken_apart(line: str, kind: str, session: Session) -> Said:
    """The text and the time at its end, if what stands there is a time at all."""
    text, sign, when = line.rpartition(_SIGN)
    if not sign or not when.strip():
        return Said(line.strip(), "", "")
    reading = _time(when, kind, session)
    if reading.wrong:
        return Said(line.strip(), "", "")
    return Said(text.strip(), when.strip(), reading.meant or when.strip())


def _time(when: str, kind: str, session: Session) -> Reading:
    field = "due" if kind == "task" else "at"
    return read(FormField(field, field, field=("activity", field)), when, session.desk.rules, session.locale)


class QuickLog(TypedLine):
    """Below the timeline while something is logged; nothing typed is lost when it is left."""

    class Entered(Message):
        """This is to be logged."""

        def __init__(self, kind: str, line: str, target: Target) -> None:
            super().__init__()
            self.kind = kind
            self.line = line
            self.target = target

    class Left(TypedLine.Left):
        """Nothing is to be logged now."""

    class Brought(Message):
        """A line typed at an earlier time was found."""

        def __init__(self, kind: str, line: str) -> None:
            super().__init__()
            self.kind = kind
            self.line = line

    def __init__(self, session: Session) -> None:
        super().__init__("quick-log", session)
        self.kind = ""
        self._target: Target | None = None
        self._draft: Draft | None = None
        self._draft_due = False

    def compose(self) -> ComposeResult:
        """The kind, the line, what it means."""
        with Horizontal(id="quick-line"):
            yield Label("", id="quick-kind", markup=False)
            yield Input(compact=True, select_on_focus=False, id="quick-text")
        yield Static(id="quick-said", markup=False)

    @property
    def line(self) -> Input:
        """What is typed."""
        return self.query_one(Input)

    def open(self, kind: str, target: Target) -> None:
        """Log something of a kind about a record; a line left earlier is back."""
        self.kind, self._target, self.is_saving = kind, target, False
        session = self._session
        self._draft = session.drafts.of(session.desk.store.location.label, f"log {kind}", target.id)
        self.query_one("#quick-kind", Label).update(f"{kind.replace('_', ' ')}:")
        self.display = True
        self.line.value = ""
        ask = "what is to be done @ fri" if kind == "task" else "what was said or done @ yesterday 15:00"
        self.line.placeholder = ask
        self.line.focus()
        self.say("")
        asked: WorkType[None] = partial(self._bring_back, self._draft, kind)
        self.run_worker(asked, group="log-draft", exclusive=True)

    async def _bring_back(self, draft: Draft, kind: str) -> None:
        typed = await asyncio.to_thread(draft.read)
        if typed is not None and typed.fields.get("line"):
            self.post_message(self.Brought(kind, typed.fields["line"]))

    def on_quick_log_brought(self, event: QuickLog.Brought) -> None:
        """Go on with it, unless something is typed already."""
        event.stop()
        if self.is_open and event.kind == self.kind and not self.line.value:
            self.line.value = event.line
            self.line.cursor_position = len(event.line)

    def close(self) -> None:
        """Put it away; the line stays a draft."""
        self._keep()
        self.display = False
        self._draft = None

    def stored(self) -> None:
        """The store has it."""
        if self._draft is not None:
            self.app.run_worker(asyncio.to_thread(self._draft.drop), group="log-keep")
            self._draft = None
        self.display = False

    def refuse(self, reason: str) -> None:
        """It can't be logged so."""
        self.is_saving = False
        self.say(f"✗ {reason}", wrong=True)
        self.line.focus()

    # -- while it is typed

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what a time at its end means, and keep a draft."""
        event.stop()
        if not self.is_open or self.is_saving:
            return
        asked: WorkType[None] = partial(self._look, event.value, self.kind)
        self.run_worker(asked, group="read-log", exclusive=True)
        if not self._draft_due:
            self._draft_due = True
            self.set_timer(_DRAFT_PAUSE, self._keep)

    async def _look(self, line: str, kind: str) -> None:
        said = await asyncio.to_thread(taken_apart, line, kind, self._session)
        self.post_message(self.Read(line, said))

    def on_typed_line_read(self, event: TypedLine.Read) -> None:
        """Say so, unless more was typed meanwhile."""
        event.stop()
        if event.text == self.line.value and not self.is_saving:
            word = "due" if self.kind == "task" else "at"
            self.say(f"→ {word} {event.reading.meant}" if event.reading.meant else "")

    def say(self, text: str, *, wrong: bool = False) -> None:
        """One line below."""
        self.set_class(wrong, "-wrong")
        otherwise = "due tomorrow unless @ says when" if self.kind == "task" else "now unless @ says when"
        line = Content(visible(text)) if text else Content.styled(f"enter logs it · {otherwise} · esc leaves it", "dim")
        self.query_one("#quick-said", Static).update(line)

    def _keep(self) -> None:
        self._draft_due = False
        if self._draft is not None and self.is_mounted and not self.is_saving:
            line = self.line.value
            typed = Typed(self._session.desk.clock.now(), {"line": line} if line.strip() else {})
            self.run_worker(asyncio.to_thread(self._draft.keep, typed), group="log-keep")

    # -- done

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter logs it; an empty line logs nothing."""
        event.stop()
        if self.is_saving or self._target is None:
            return
        if not event.value.strip():
            self.post_message(self.Left())
            return
        self.is_saving = True
        self.say("saving …")
        self.post_message(self.Entered(self.kind, event.value, self._target))
