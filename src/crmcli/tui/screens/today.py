"""Today: what needs the user, each thing done with where it stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from crmcli.render.safe import visible
from crmcli.tui.bindings import bindings_of
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.aside_following import AsideFollowing
from crmcli.tui.stepping import Stepping
from crmcli.tui.targets import Target
from crmcli.tui.verbs import VERBS, Verb
from crmcli.tui.widgets.agenda_list import AgendaList, counted
from crmcli.tui.widgets.aside import Aside
from crmcli.tui.widgets.head_line import HeadLine
from crmcli.tui.widgets.portraits import Portrait, note_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.domain.views import TodayItem
    from crmcli.tui.modals.fields import FormField
    from crmcli.tui.screens.acting_screen import Deed
    from crmcli.tui.screens.place import Place
    from crmcli.tui.session import Session

_MINUTE = 60.0
_PRESSING = ("overdue", "today", "meetings", "past close", "rotting", "no next step")
_STYLES = {"overdue": "$text-error", "past close": "$text-error", "rotting": "$text-warning"}
_SHORT = {"today": "due", "past close": "past close", "no next step": "no next step"}
_LEAVING = ("done", "done with outcome", "snooze", "remove", "next step")
_HEARD = ("call", "meeting", "visit")


def _outcome_fields(_session: Session, _targets: Sequence[Target]) -> Sequence[FormField]:
    from crmcli.tui.modals.fields import FormField

    return (FormField("outcome", "outcome", example="what came of it; may be left empty"),)


def _done(session: Session, targets: Sequence[Target], answers: Mapping[str, str]) -> Any:  # noqa: ANN401
    outcome = answers.get("outcome", "").strip() or None
    return session.tasks.done_all([target.id for target in targets], outcome=outcome)


def _step_fields(_session: Session, _targets: Sequence[Target]) -> Sequence[FormField]:
    from crmcli.tui.modals.record_form import task_fields

    first, *others = task_fields()
    return (first._replace(label="next step"), *others)


OUTCOME = Verb("done with outcome", frozenset({"activity"}), _done, "done: {}", _outcome_fields)
NEXT_STEP = Verb(
    "next step",
    frozenset({"contact", "company", "deal", "activity"}),
    VERBS["task"].act,
    "next step planned for {}",
    _step_fields,
)


class TodayScreen(Stepping, AsideFollowing):
    """The agenda of a day, of the user's own or of everyone."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("today")
    KEYS = PLACES["today"]

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.day: date | None = None  # None: today, whenever that is
        self.everyone = bool(session.memory.get("today.everyone"))
        self._acting: Sequence[Target] = ()
        self._portrait = Portrait(session.locale, self.now)

    def body(self) -> ComposeResult:
        """The day and its counts, the agenda, the pane beside it."""
        yield HeadLine()
        with Horizontal(id="listed"):
            with Vertical(id="agenda-column"):
                yield Static(id="calm", markup=False)
                yield AgendaList(self.session.locale, self.now)
            yield Aside()

    def on_mount(self) -> None:
        """Hours go by."""
        self.query_one(HeadLine).say([("reading the store …", "dim")])
        self.set_interval(_MINUTE, self._tick)

    def _tick(self) -> None:
        if self.is_seen and self.is_whole and not self.writing:
            self.refresh_store()

    @property
    def agenda(self) -> AgendaList:
        """The list."""
        return self.query_one(AgendaList)

    @property
    def rows(self) -> AgendaList:
        """The list."""
        return self.agenda

    def targets(self) -> list[Target]:
        """The marked items, else the one at the cursor."""
        return [_target(item) for item in self.agenda.chosen()]

    # -- reading

    def reload(self) -> None:
        """Read the day again."""
        day, everyone = self.day, self.everyone
        on = day.isoformat() if day is not None else None
        self.read(
            "agenda",
            lambda: self.session.agenda.today(on, everyone=everyone),
            self._show,
            what="the agenda can't be read",
        )

    def _show(self, items: Sequence[TodayItem]) -> None:
        if self.writing:  # it is out of date already; the end of the write reads it again
            return
        self.agenda.show(items)
        self._say(items)
        self.app.warm_up()

    def _say(self, items: Sequence[TodayItem]) -> None:
        locale, today = self.session.locale, self.now().date()
        day = self.day or today
        title = f"{locale.weekday(day)}, {locale.date(day)}"
        near = locale.near(day, today)
        if day != today:
            title += f" ({near})" if near != locale.date(day) else " (another day)"
        counts = counted(items)
        parts = [(title, "bold $primary"), ("everyone" if self.everyone else "mine", "dim")]
        parts += [
            (f"{locale.number(counts[group])} {_SHORT.get(group, group)}", _STYLES.get(group, ""))
            for group in _PRESSING
            if group in counts
        ]
        self.query_one(HeadLine).say(parts)
        self._be_calm(items, day)

    def _be_calm(self, items: Sequence[TodayItem], day: date) -> None:
        calm = self.query_one("#calm", Static)
        calm.display = not any(item.group in _PRESSING for item in items)
        self.agenda.display = bool(items)
        calm.set_class(not items, "-alone")
        self.query_one(Aside).set_class(not items, "-empty")
        if calm.display:
            calm.update(self._calm_text(items, day))
        if not items and self.focused is self.agenda:
            self.set_focus(None)
        elif items and self.focused is None:
            self.agenda.focus(scroll_visible=False)

    def _calm_text(self, items: Sequence[TodayItem], day: date) -> Content:
        when = "now" if day == self.now().date() else "on that day"
        coming = next((item for item in items if item.due is not None), None)
        lines = [Content.styled(f"✓ nothing needs you {when}", "bold $text-success")]
        if coming is not None and coming.due is not None:
            word = "next: " if coming.group != "birthdays" else "a birthday: "
            when = self.session.locale.near_due(coming.due, self.now())
            lines.append(Content.assemble((word, "dim"), f"{visible(coming.what)}, {when}"))
        else:
            lines.append(Content.styled("nothing is planned for the next seven days either", "dim"))
            others = "" if self.everyone else "w  what everyone has to do · "
            lines.append(Content.styled(f"{others}2  the board · >  the day after", "dim"))
        return Content("\n").join(lines)

    # -- the pane

    async def show_aside(self) -> None:
        """What is to be known of the one at the cursor."""
        item = self.agenda.item
        if not self.query_one(Aside).display:
            return
        if item is None:
            await self.query_one(Aside).show(None, None)
            return
        target = _target(item)
        self.read("aside", lambda: _shown(self.session, target), self._shown, what="the record can't be read")

    async def _shown(self, shown: Any) -> None:  # noqa: ANN401 - a picture or an activity
        record = getattr(shown, "record", shown)
        note = note_of(shown) if record is shown else ""
        await self.query_one(Aside).show(record.id, lambda cells: self._portrait.draw(shown, cells), note)

    # -- verbs

    def nouns(self) -> frozenset[str]:
        """That of the item at the cursor."""
        return frozenset() if self.agenda.item is None else frozenset({_target(self.agenda.item).noun})

    def begin(self, deed: Deed) -> None:
        """A call, meeting or visit that is done is asked for its outcome; all else as everywhere."""
        self._acting = deed.targets
        if deed.verb.name == "done" and deed.answers is None and any(_is_heard(target) for target in deed.targets):
            deed = deed._replace(verb=OUTCOME)
        super().begin(deed)

    def _finished(self, verb: Verb) -> None:
        super()._finished(verb)
        if verb.name in _LEAVING:
            # What is done with leaves at once, so that keys pressed quickly each work on the next item.
            gone = {target.id for target in self._acting}
            here = [item for item in self.agenda.items() if item.id not in gone]
            self.agenda.show(here)
            self._say(here)

    def on_place_written(self, event: Place.Written) -> None:
        """Say how it can be taken back, or done again."""
        if event.said and event.done.is_stored:
            way = "U does it again" if event.said.startswith("undone: ") else "u takes it back"
            self.query_one(HeadLine).hint = f"{visible(event.said)} · {way}"

    def action_outcome(self) -> None:
        """Done, and what came of it."""
        if targets := self.wanted():
            self.start(OUTCOME, targets)

    def action_next_step(self) -> None:
        """Plan what comes next."""
        if targets := self.wanted():
            self.start(NEXT_STEP, targets)

    # -- which day, and whose

    def action_everyone(self) -> None:
        """Mine, or everyone's."""
        self.everyone = not self.everyone
        self.app.remember("today.everyone", self.everyone)
        self.reload()

    def action_day(self, step: int) -> None:
        """Some days later, or earlier."""
        today = self.now().date()
        day = (self.day or today) + timedelta(days=step * self.app.count.take())
        self.day = None if day == today else day
        self.query_one(HeadLine).hint = ""
        self.reload()

    def action_escape(self) -> None:
        """Marks off, else back to today."""
        if not self.agenda.unmark() and self.day is not None:
            self.day = None
            self.reload()


def _target(item: TodayItem) -> Target:
    noun = "activity" if item.noun == "task" else item.noun
    return Target(noun, item.id, item.number, item.what, item)


def _is_heard(target: Target) -> bool:
    """Whether it is something of which something comes: its line says what it is, as ``call in 2 days``."""
    return target.noun == "activity" and str(getattr(target.view, "why", "")).startswith(_HEARD)


def _shown(session: Session, target: Target) -> Any:  # noqa: ANN401 - a picture or an activity
    match target.noun:
        case "contact":
            return session.contacts.show(target.id)
        case "company":
            return session.companies.show(target.id)
        case "deal":
            return session.deals.show(target.id)
    return session.activities.get(target.id)
