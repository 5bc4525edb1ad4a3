"""Logging on a record's page, and which kinds of activities its timeline shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.errors import CrmError
from crmcli.render.safe import visible
from crmcli.tui.screens.record_editing import told_of
from crmcli.tui.screens.record_reading import RecordReading
from crmcli.tui.verbs import VERBS
from crmcli.tui.widgets.quick_log import QuickLog, taken_apart
from crmcli.tui.widgets.record_head import name_of

if TYPE_CHECKING:
    from crmcli.tui.session import Done
    from crmcli.tui.targets import Target
    from crmcli.tui.verbs import Verb

_ON_THE_RECORD = frozenset(
    {"log", "task"}
)  # these are about the record, also with the cursor on an entry of its timeline
ON_DEALS = frozenset({"stage", "win", "lose"})


class RecordLogging(RecordReading):
    """A line below the timeline takes what happened; keys before it say what kind it was."""

    def action_verb(self, name: str) -> None:
        """What is done with the record, or with the entry at the cursor of the timeline."""
        if self.page is None or not self.page.is_live:
            self.wanted()
        elif name == "log":
            self._ask_kind()
        elif name in _ON_THE_RECORD or (self.page.noun == "deal" and name in ON_DEALS):
            self.start(VERBS[name], [self._record()])
        else:
            super().action_verb(name)

    def _ask_kind(self) -> None:
        from crmcli.tui.modals.kind_picker import KindPicker

        assert self.page is not None
        kinds = (*(kind for kind in _kinds() if kind != "stage_change"), "form")
        self.app.push_screen(KindPicker(f"log on {visible(name_of(self.page.record))}", kinds, "call"), self._log_kind)

    def _log_kind(self, kind: str | None) -> None:
        if kind == "form":
            self.start(VERBS["log"], [self._record()])
        elif kind:
            self._turn_to("timeline", focus=False)
            self.quick_log.open(kind, self._record())

    def on_quick_log_left(self) -> None:
        """Nothing is logged; the line stays a draft."""
        self.quick_log.close()
        self.timeline.focus(scroll_visible=False)

    def on_quick_log_entered(self, event: QuickLog.Entered) -> None:
        """Log it on the record that the line was opened for; the page may show another one by now."""
        is_here = self.page is not None and self.page.id == event.target.id
        target = self._record() if is_here else event.target
        said = taken_apart(event.line, event.kind, self.session)
        if not said.text:
            self.quick_log.refuse("say what happened, too")
            return
        if event.kind == "task":
            verb, answers = VERBS["task"], {"subject": said.text, "due": said.when or "tomorrow"}
        else:
            verb, answers = VERBS["log"], {"type": event.kind, "body": said.text, "at": said.when}
        became = "planned" if event.kind == "task" else "logged"
        self.run_worker(self._log(verb, target, answers, f"{event.kind.replace('_', ' ')} {became}"), group="write")

    async def _log(self, verb: Verb, target: Target, answers: dict[str, str], said: str) -> None:
        def done(_: Done) -> None:
            self.app.last_verb = (verb, answers)
            self.quick_log.stored()
            self.timeline.focus(scroll_visible=False)

        self.writing += 1
        try:
            result = await self.app.write(lambda: verb.act(self.session, [target], answers))
        except CrmError as error:
            self.post_message(self.Answered(self.quick_log.refuse, told_of(error)))
        else:
            self.post_message(self.Answered(done, result))
            self.post_message(self.Written(result, said))
        finally:
            self.writing -= 1

    # -- which kinds are shown

    def action_kinds(self) -> None:
        """Only one kind of activity, or all."""
        from crmcli.tui.modals.kind_picker import KindPicker

        here = {entry.kind for entry in self.page.entries} if self.page is not None else set()

        def chosen(kind: str | None) -> None:
            if kind is not None:
                self._turn_to("timeline")
                self._choose_kind(kind)

        self.app.push_screen(KindPicker("show only", ("", *here), self.timeline.kind), chosen)

    def _choose_kind(self, kind: str) -> None:
        self.timeline.choose(kind)
        self._tell_panes()

    def action_conversations(self) -> None:
        """Every message, or one line for a whole conversation."""
        before = len(self.timeline.rows)
        self.timeline.fold(is_unfolded=not self.timeline.is_unfolded)
        if len(self.timeline.rows) == before:
            self.notify("no conversation of several messages here", timeout=3)


def _kinds() -> tuple[str, ...]:
    from crmcli.domain.fields import ACTIVITY_KINDS

    return ACTIVITY_KINDS
