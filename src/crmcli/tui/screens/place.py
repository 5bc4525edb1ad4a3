"""What every screen is: a place with a cursor on some record, keys that work on it, and answers that come from workers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen

from crmcli.errors import CrmError, Refused, StoreUnreachable
from crmcli.render.safe import visible
from crmcli.tui.modals.failure import Failure
from crmcli.tui.targets import told
from crmcli.tui.verbs import VERBS, refuse_unfit
from crmcli.tui.widgets.cursor_list import CursorList
from crmcli.tui.widgets.head_line import HeadLine
from crmcli.tui.widgets.key_line import KeyLine
from crmcli.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.events import ScreenResume
    from textual.widget import Widget
    from textual.worker import WorkType

    from crmcli.tui.app import CrmApp
    from crmcli.tui.keys.key import Key
    from crmcli.tui.session import Done, Session
    from crmcli.tui.targets import Target
    from crmcli.tui.verbs import Verb
    from crmcli.tui.yanking import Yank


class Place(Screen[None]):
    """A screen of the program.

    A subclass says what it shows (``body``), how it reads it (``reload``), which list has the cursor (``rows``) and
    which record is there (``targets``). ``name`` is its tab's; ``scope`` and ``KEYS`` are what help and documentation
    know its keys by.
    """

    AUTO_FOCUS = ""
    KEYS: ClassVar[tuple[tuple[str, Sequence[Key]], ...]] = ()  # scope and keys, as they are bound here
    COMFORTABLE: ClassVar[bool] = False  # rows lie further apart, until the user says otherwise
    app: CrmApp

    class Answered(Message):
        """A question was answered; ``show`` puts the answer on the screen."""

        def __init__(self, show: Callable[[Any], Any], answer: Any) -> None:  # noqa: ANN401 - whatever was asked for
            super().__init__()
            self.show = show
            self.answer = answer

    class Failed(Message):
        """Something could not be done."""

        def __init__(self, what: str, error: CrmError) -> None:
            super().__init__()
            self.what = what
            self.error = error

    class Written(Message):
        """The store took a change; ``said`` is told to the user."""

        def __init__(self, done: Done, said: str) -> None:
            super().__init__()
            self.done = done
            self.said = said

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(name=name)
        self.session = session
        self._dressed_for = (-1, False)
        self._nouns: frozenset[str] = frozenset()
        self._is_unread = False
        self.is_stale = True  # what it shows is not what the store holds
        self.has_answered = False  # whether it was ever read
        self.writing = 0  # writes on their way from this screen

    # -- what it shows

    def body(self) -> ComposeResult:
        """What is between the tabs and the keys."""
        raise NotImplementedError

    def reload(self) -> None:
        """Read again what is shown; cursor, filter, marks and what is being typed stay."""
        raise NotImplementedError

    @property
    def rows(self) -> CursorList | None:
        """The list that the keys move in."""
        return next(iter(self.query(CursorList)), None)

    def targets(self) -> list[Target]:
        """The marked records, else the one at the cursor, else none."""
        return []

    def first_focus(self) -> Widget | None:
        """What has the keys when the screen is opened."""
        return self.rows

    def compose(self) -> ComposeResult:
        """Tabs above, keys below."""
        self._dressed_for = self._looks()
        yield TabLine(self.name or "", self.session.desk.user)
        with Container(id="body"):
            yield from self.body()
        yield KeyLine()

    def now(self) -> datetime:
        """This moment in the user's zone."""
        return self.session.desk.clock.local()

    def open_ref(self, ref: str) -> None:
        """Show a record, ``noun:uid``; for the screens that show one."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Give the terminal's cursor back to the list that has the keys: each field of a new screen takes it while it is made."""
        seen = self.app.place
        if seen is not None and seen.is_mounted and seen.rows is not None:
            seen.rows.tell_terminal()

    def density_changed(self) -> None:
        """Rows are closer together now, or further apart."""
        for rows in self.query(CursorList):
            rows.measure()
            rows.bring_into_view()
            rows.refresh()

    # -- coming and going

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Read again what has changed meanwhile; styles stay as long as what they follow from is as it was left."""
        looks = self._looks()
        event.refresh_styles = self._dressed_for != looks
        self._dressed_for = looks
        if self.focused is None and (widget := self.first_focus()) is not None:
            widget.focus(scroll_visible=False)
        if not self.has_answered:
            self.app.opening()
        if self.is_stale:
            self.refresh_store()

    def _looks(self) -> tuple[int, bool]:
        return self.app._css_update_count, self.app.app_focus  # noqa: SLF001 - counts every other style sheet and theme

    def store_changed(self) -> None:
        """The store is another one: read it now, or when the screen is seen again."""
        self.is_stale = True
        if self.is_active and not self.writing:
            self.refresh_store()

    def refresh_store(self) -> None:
        """Read again."""
        self.is_stale = False
        self.reload()

    def action_refresh(self) -> None:
        """Read the store again."""
        self.refresh_store()

    # -- reading

    def read(
        self,
        group: str,
        question: Callable[[], Any],
        show: Callable[[Any], Any],
        *,
        what: str = "the store can't be read",
    ) -> None:
        """Ask the store something off this thread and show the answer; another question of the group takes its place."""
        asked: WorkType[None] = partial(self._ask, question, show, what)
        self.run_worker(asked, group=group, exclusive=True)

    async def _ask(self, question: Callable[[], Any], show: Callable[[Any], Any], what: str) -> None:
        try:
            answer = await self.session.ask(question)
        except CrmError as error:
            self.post_message(self.Failed(what, error))
        else:
            self.post_message(self.Answered(show, answer))

    async def on_place_answered(self, event: Place.Answered) -> None:
        """Show the answer."""
        event.stop()
        if self._is_unread:
            self._is_unread = False
            for line in self.query(TabLine):
                line.trouble = ""
        shown = event.show(event.answer)
        if shown is not None and hasattr(shown, "__await__"):
            await shown
        self.be_answered()
        self.app.warm_up()

    def be_answered(self) -> None:
        """It was read for the first time, or can't be: keys need not wait any more."""
        if not self.has_answered:
            self.has_answered = True
            self.app.opened()

    def on_place_failed(self, event: Place.Failed) -> None:
        """Say what is wrong, and show the store as it is."""
        event.stop()
        self.be_answered()
        self.app.push_screen(Failure(event.what, event.error))
        if isinstance(event.error, StoreUnreachable):
            # Read again at once it would fail again, and the next question would stand in the way of leaving.
            self.unread(event.what)
        else:
            self.store_changed()

    def unread(self, what: str) -> None:
        """The store can't be reached: say so where it said that it reads."""
        self._is_unread = True
        for line in self.query(TabLine):
            line.trouble = "store unreachable"
        for head in self.query(HeadLine):
            head.say([(f"✗ {what}", "bold $text-error"), ("r reads it again", "dim")])

    # -- writing

    def write(self, what: str, action: Callable[[], Any], said: str) -> None:
        """Do something that can be undone; ``what`` says what failed if it did, ``said`` that it is done."""
        self.writing += 1
        self._store(what, self.app.write(action), said)

    @work(group="write")
    async def _store(self, what: str, writing: Any, said: str) -> None:  # noqa: ANN401 - an awaitable Done
        try:
            done = await writing
        except CrmError as error:
            self.writing -= 1
            self.post_message(self.Failed(what, error))
        else:
            self.writing -= 1
            self.post_message(self.Written(done, said))

    def on_place_written(self, event: Place.Written) -> None:
        """Say so, and show the store as it is now."""
        event.stop()
        for text in (event.said, *event.done.notes):
            if text:
                self.notify(visible(text), markup=False, timeout=3)
        self.written(event.done.result)
        self.app.changed_here()

    def written(self, result: Any) -> None:  # noqa: ANN401 - what the service returned
        """A chance to follow what was written, before the store is read again."""

    # -- moving

    def action_go_down(self, step: int) -> None:
        """Some rows down, or up."""
        if self.rows is not None:
            self.rows.go_by(step * self.app.count.take())

    def action_go_page(self, step: int) -> None:
        """A page down, or up."""
        if self.rows is not None:
            self.rows.go_by(step * self.rows.page * self.app.count.take())

    def action_go_first(self) -> None:
        """To the first row."""
        if self.rows is not None:
            self.rows.go_to(0)

    def action_go_last(self) -> None:
        """To the last row, or to the one of the number typed before."""
        if self.rows is not None:
            self.rows.go_to(self.app.count.take() - 1 if self.app.count else self.rows.count - 1)

    def action_mark(self) -> None:
        """Mark the row at the cursor, and as many more as were counted."""
        if self.rows is not None:
            self.rows.mark(self.app.count.take())

    def action_mark_range(self) -> None:
        """Mark from the last mark to here."""
        if self.rows is not None:
            self.rows.mark_range()

    def action_mark_all(self) -> None:
        """Mark all, or none."""
        if self.rows is not None:
            self.rows.mark_all()

    async def on_cursor_list_opened(self) -> None:
        """A double click opens."""
        await self.run_action("open")

    # -- verbs

    def nouns(self) -> frozenset[str]:
        """Which kinds of records the keys work on just now; none where that makes no difference."""
        return frozenset()

    def fits(self, action: str) -> bool:
        """Whether a key's action can do anything here; else the line of keys does not tell of it."""
        if action.startswith("move("):
            verb = VERBS["stage"]
        elif action.startswith("verb("):
            verb = VERBS.get(action[6:-2], VERBS["remove"])
        else:
            return True
        return self.nouns() <= verb.nouns

    @on(CursorList.Selected)
    def _tell_keys(self) -> None:
        """Other records have other keys."""
        nouns = self.nouns()
        if nouns != self._nouns:
            self._nouns = nouns
            self.query_one(KeyLine).refresh()

    def wanted(self) -> list[Target]:
        """The targets; says so when there are none."""
        found = self.targets()
        if not found:
            self.notify("nothing here to work on", severity="warning", timeout=3)
        return found

    def action_open(self) -> None:
        """Open the record at the cursor."""
        if found := self.wanted():
            self.app.open_record(found[0].noun, found[0].id)

    def action_verb(self, name: str) -> None:
        """Do something with the record at the cursor, or with all marked ones."""
        targets = self.wanted()
        if not targets:
            return
        if name == "change":
            self.change(targets)
            return
        self.start(VERBS[name], targets)

    def start(
        self,
        verb: Verb,
        targets: Sequence[Target],
        answers: Mapping[str, str] | None = None,
        *,
        also: Mapping[str, str] | None = None,
    ) -> None:
        """Ask what the verb wants to know, unless it is known (``also`` is known beside what is asked), and do it."""
        try:
            refuse_unfit(verb, targets)
        except Refused as error:
            self.post_message(self.Failed(f"{verb.name} can't be done", error))
            return
        if verb.fields is None or answers is not None:
            self.perform(verb, targets, {**(also or {}), **(answers or {})})
            return
        fields = verb.fields
        self.read(
            "verb",
            lambda: fields(self.session, targets),
            lambda asked: self._open_form(verb, targets, asked, also or {}),
        )

    def _open_form(self, verb: Verb, targets: Sequence[Target], fields: Any, also: Mapping[str, str]) -> None:  # noqa: ANN401
        from crmcli.tui.modals.form import Form

        said = verb.said.format(told(targets))

        def save(answers: Mapping[str, str]) -> Any:  # noqa: ANN401
            given = {**also, **answers}
            result = verb.act(self.session, targets, given)
            self.app.last_verb = (verb, given)
            return result

        def closed(done: Done | None) -> None:
            if done is not None:
                self._finished(verb)
                self.post_message(self.Written(done, said))

        self.app.push_screen(Form(f"{verb.name} {told(targets)}", fields, save), closed)

    def perform(self, verb: Verb, targets: Sequence[Target], answers: Mapping[str, str]) -> None:
        """Do it, with what was answered."""
        self.app.last_verb = (verb, dict(answers))
        self._finished(verb)
        self.write(
            f"{verb.name} can't be done",
            lambda: verb.act(self.session, targets, answers),
            verb.said.format(told(targets)),
        )

    def _finished(self, verb: Verb) -> None:
        """Marks have served when what was marked is gone."""
        if verb.name in ("remove", "done") and self.rows is not None:
            self.rows.unmark()

    def repeat(self) -> None:
        """Do the last verb again, with the same answers, to what is at the cursor now."""
        if self.app.last_verb is None:
            self.notify("nothing to repeat yet", timeout=3)
        elif targets := self.wanted():
            verb, answers = self.app.last_verb
            self.start(verb, targets, answers)

    def change(self, targets: Sequence[Target]) -> None:
        """Open the form with the record's fields."""
        from crmcli.tui.modals.record_form import RecordForm

        target = targets[0]
        self.read(
            "change", lambda: self.session.records(target.noun).get(target.id),
            lambda view: self.ask(RecordForm(self.session, target.noun, view), f"#{view.number} changed"),
            what="the record can't be changed",
        )  # fmt: skip

    def ask(self, form: Any, said: str) -> None:  # noqa: ANN401 - any Form
        """Open a form that stores what it asks; say so when it has."""

        def closed(done: Done | None) -> None:
            if done is not None:
                self.post_message(self.Written(done, said))

        self.app.push_screen(form, closed)

    # -- out of here

    def to_yank(self) -> Callable[[], Yank] | None:
        """What ``y`` copies, to be worked out off this thread; the records at the cursor where the screen says nothing else."""
        from crmcli.tui.yanking import of_targets

        targets = self.targets()
        return (lambda: of_targets(self.session, targets)) if targets else None

    def action_yank(self, form: str) -> None:
        """Copy the field or the row, as CSV or JSON."""
        from crmcli.tui.yanking import yank

        yank(self, form)

    def action_outside(self) -> None:
        """Open a website, mail or phone of the record at the cursor."""
        from crmcli.tui.outside import go_outside, ways

        if targets := self.wanted():
            self.read("outside", lambda: ways(self.session, targets), lambda found: go_outside(self, found))

    def action_editor(self) -> None:
        """Change the record at the cursor in the user's editor."""
        from crmcli.tui.editing import open_editor

        if targets := self.wanted():
            open_editor(self, targets[0])
