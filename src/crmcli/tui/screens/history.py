"""History: every change, the newest first; each can be looked into and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from crmcli.domain.frozen import NamedTuple
from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings_of
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.stream_place import StreamPlace
from crmcli.tui.targets import Target
from crmcli.tui.widgets.changed_list import ChangedList, shown_value
from crmcli.tui.widgets.head_line import HeadLine
from crmcli.tui.widgets.set_list import SetList
from crmcli.tui.widgets.word_bar import WordBar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.domain.views import ChangeSetView, ChangeView
    from crmcli.errors import CrmError
    from crmcli.render.locale import Locale
    from crmcli.services.streams import Stream
    from crmcli.tui.session import Session
    from crmcli.tui.widgets.cursor_list import CursorList
    from crmcli.tui.widgets.day_list import DayList

_REST = 0.08  # seconds without a move of the cursor, before the pane follows it
_FIRST = 200
_CHANGES = 500
_TOLD = 12  # fields that the question before an undo names
_NOUNS = frozenset({"contact", "company", "deal", "activity"})


class Plan(NamedTuple):
    """What taking a change set back would do, and what keeps it from being done."""

    view: ChangeSetView  # with its first changes
    lines: int  # of the log, or records, in all
    obstacle: CrmError | None


class HistoryScreen(StreamPlace):
    """The list of change sets, and what the one at the cursor did."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("history")
    KEYS = PLACES["history"]

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.words = ""
        self.mine = bool(session.memory.get("history.mine"))
        self._shown: str | None = None  # the text that the list was read with
        self._resting: Any = None

    def body(self) -> ComposeResult:
        """The words, the list, and beside it what was changed."""
        yield HeadLine()
        yield WordBar("words of a command or summary, @user")
        with Horizontal(id="listed"):
            yield SetList(self.session.locale, self.now, id="sets")
            with Vertical(id="change-pane"):
                yield Static(id="change-head", markup=False)
                yield ChangedList(self.session.locale)

    @property
    def sets(self) -> SetList:
        """The list."""
        return self.query_one(SetList)

    @property
    def changed(self) -> ChangedList:
        """The pane's list."""
        return self.query_one(ChangedList)

    @property
    def rows(self) -> SetList | ChangedList:
        """Whichever has the keys."""
        return self.changed if self.focused is self.changed else self.sets

    def targets(self) -> list[Target]:
        """The changed record at the cursor, or the only one that the change at the cursor is about."""
        lines = self.changed.records()
        line = self.changed.line if self.rows is self.changed else lines[0] if len(lines) == 1 else None
        if line is None or line.noun not in _NOUNS:
            return []
        return [Target(line.noun, line.record, 0, line.name)]

    # -- reading

    @property
    def asked(self) -> str:
        """The words, and whose changes."""
        return f"{self.words} @{self.session.desk.user}".strip() if self.mine else self.words

    def reload(self) -> None:
        """Read the list again."""
        asked, rows, streams = self.asked, self.sets, self.streams
        is_new = asked != self._shown

        def question() -> tuple[Stream, dict[int, ChangeSetView]]:
            stream = streams.changes(asked)
            return stream, streams.change_views(list(stream.numbers[:_FIRST]) if is_new else rows.window(stream))

        self.read("load", question, lambda answer: self._show(answer, asked), what="the history can't be read")

    def _show(self, answer: tuple[Stream, dict[int, ChangeSetView]], asked: str) -> None:
        stream, views = answer
        anew, self._shown = asked != self._shown, asked
        self.sets.nothing = SetList.nothing if not asked else "no such change\nesc  shows them all again"
        self.sets.show(stream, views, anew=anew)
        head = self.query_one(HeadLine)
        head.say(
            [
                ("History", "bold $primary"),
                (_counted(len(stream.numbers), self.session.locale), ""),
                ("mine" if self.mine else "everyone's", "$text-accent" if self.mine else "dim"),
                *([(f"with {visible(self.words)}", "$text-accent")] if self.words else []),
            ]
        )
        self.app.warm_up()

    def on_day_list_wanted(self, event: DayList.Wanted) -> None:
        """Read what came into sight."""
        event.stop()
        numbers = event.numbers
        self.read("window", lambda: self.streams.change_views(numbers), self.sets.put, what="the history can't be read")

    # -- the pane

    def on_cursor_list_selected(self, event: CursorList.Selected) -> None:
        """The pane follows the list's cursor once it rests."""
        event.stop()
        if event.rows is not self.sets:
            return
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_REST, self._read_changed)

    def _read_changed(self) -> None:
        number = self.sets.number
        if number is None:
            self._show_changed((None, 0))
            return
        self.read(
            "changed", lambda: self.session.history.changes(str(number), _CHANGES), self._show_changed,
            what="the change can't be read",
        )  # fmt: skip

    def _show_changed(self, found: tuple[ChangeSetView | None, int]) -> None:
        view, count = found
        self.changed.show(view, count)
        self.query_one("#change-pane").set_class(view is None, "-empty")
        self.query_one("#change-head", Static).update(self._head_of(view) if view is not None else Content(""))

    def _head_of(self, view: ChangeSetView) -> Content:
        state = ("  ✗ undone", "$text-error") if view.undone else ("", "")
        return Content.assemble(
            (f"#{view.number} {visible(view.command)}", "bold"), state,
            (f"\n{self.session.locale.time(view.at)} by {visible(view.user)}", "dim"), f"\n{visible(view.summary)}",
        )  # fmt: skip

    def action_open(self) -> None:
        """To what was changed; from there to the record."""
        if self.rows is self.sets:
            self.action_changes()
        elif self.targets():
            super().action_open()
        else:
            self.notify("what was changed there has no page of its own", timeout=3)

    def action_changes(self) -> None:
        """The keys go to what was changed."""
        if self.sets.count:
            self.add_class("-inside")
            self.changed.focus(scroll_visible=False)

    def action_list(self) -> None:
        """The keys go to the list."""
        self.remove_class("-inside")
        self.sets.focus(scroll_visible=False)

    # -- which ones

    def action_everyone(self) -> None:
        """Mine, or everyone's."""
        self.mine = not self.mine
        self.app.remember("history.mine", self.mine)
        self.reload()

    def action_filter(self) -> None:
        """Type words."""
        self.query_one(WordBar).open()

    def on_word_bar_typed(self, event: WordBar.Typed) -> None:
        """Narrow the list as it is typed."""
        event.stop()
        self.words = event.text
        self.reload()

    def on_word_bar_left(self, event: WordBar.Left) -> None:
        """Back to the list."""
        event.stop()
        self.sets.focus(scroll_visible=False)

    def action_escape(self) -> None:
        """Back to the list, else no words."""
        if self.rows is self.changed:
            self.action_list()
        elif self.words:
            self.query_one(WordBar).clear()
        elif self.mine:
            self.action_everyone()

    # -- taking back

    def action_take_back(self) -> None:
        """Take the change at the cursor back, after a question."""
        number, view = self.sets.number, self.sets.view
        if number is None or view is None:
            self.notify("nothing here to take back", severity="warning", timeout=3)
        elif view.undone:
            self.notify(
                f"#{number} was undone already; take back the undo to do it again", severity="warning", timeout=4
            )
        else:
            self.query_one(HeadLine).hint = "looking what that would do …"
            self.read(
                "plan", lambda: self._plan(number), self._ask_back, what=f"#{number} can't be looked into", opens=True
            )

    def _plan(self, number: int) -> Plan:
        view, count = self.session.history.changes(str(number), _CHANGES)
        return Plan(view, count, self.streams.obstacle(number, view.records))

    def _ask_back(self, plan: Plan) -> None:
        from crmcli.tui.modals.confirm import Confirm
        from crmcli.tui.modals.failure import Failure

        self.query_one(HeadLine).hint = ""
        view = plan.view
        if plan.obstacle is not None:
            self.app.push_screen(Failure(f"#{view.number} {visible(view.command)} can't be taken back", plan.obstacle))
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._take_back(view)

        question = f"take back #{view.number} {view.command}?"
        self.app.push_screen(Confirm(question, list(self._told(plan)), yes="Take it back", no="Leave it"), answered)

    def _take_back(self, view: ChangeSetView) -> None:
        said = f"undone: #{view.number} {view.command}, {view.summary}".removesuffix(", ")
        self.write(f"#{view.number} can't be taken back", lambda: self.session.history.undo(view.id), said)

    def _told(self, plan: Plan) -> Iterator[str]:
        """What would come of it, line by line."""
        view = plan.view
        yield f"by {view.user}, {self.session.locale.time(view.at)}"
        yield ""
        lines = list(self._reversed(view.changes))
        yield from lines[:_TOLD]
        # The log has several lines of a record that is one line here, so what is left out is counted in records.
        left = max(len(lines), view.records if plan.lines > len(view.changes) else 0) - _TOLD
        if left > 0:
            yield f"… and {self.session.locale.number(left)} more"

    def _reversed(self, changes: Sequence[ChangeView]) -> Iterator[str]:
        added: set[str] = set()
        for change in changes:
            name = f"{change.noun} {change.name or change.record}"
            if change.record in added:
                continue
            if change.action == "add":
                added.add(change.record)
                yield f"{name} is deleted again"
            elif change.field is None:
                yield f"{name} {'is there again' if change.action == 'remove' else 'is deleted again'}"
            else:
                yield f"{name}: {self._back(change)}"

    def _back(self, change: ChangeView) -> str:
        before, after = (shown_value(value, self.session.locale) for value in (change.before, change.after))
        field = (change.field or "").replace("_", " ")
        if not before:
            return f"{field} {after} is taken off"
        return f"{field} becomes {before} again" + (f", now {after}" if after else "")


def _counted(count: int, locale: Locale) -> str:
    return "1 change" if count == 1 else f"{locale.number(count)} changes"
