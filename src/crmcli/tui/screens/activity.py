"""Activity: everything done and planned, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.containers import Horizontal
from textual.message import Message

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError, FilterError
from crmcli.tui.bindings import bindings_of
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.aside_following import AsideFollowing
from crmcli.tui.screens.stream_place import StreamPlace
from crmcli.tui.stepping import Stepping
from crmcli.tui.targets import Target
from crmcli.tui.widgets.activity_list import ActivityList
from crmcli.tui.widgets.aside import Aside
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.head_line import HeadLine
from crmcli.tui.widgets.portraits import Portrait, note_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from crmcli.domain.views import ActivityView
    from crmcli.services.streams import Stream
    from crmcli.tui.session import Session
    from crmcli.tui.widgets.day_list import DayList

_FIRST = 200
_MOST_MARKED = 5000  # activities that are kept at hand because they are marked
_TIMES = ("everything", "planned", "past")
_ALSO = {"meeting": ("meeting", "visit")}  # what is looked for together


class Wanted(NamedTuple):
    """Which activities: a filter, one kind or all, which times, and whether only the user's own."""

    filter: str = ""
    kind: str = ""
    times: str = "everything"
    mine: bool = False

    @property
    def narrowed(self) -> str:
        """All but the filter, as one."""
        kinds = _ALSO.get(self.kind, (self.kind,))
        parts = [f"type in ({', '.join(kinds)})"] if self.kind else []
        parts += {"planned": ["status = planned"], "past": ["status != planned"]}.get(self.times, [])
        parts += ["owner = me"] if self.mine else []
        return " AND ".join(parts)


class ActivityScreen(Stepping, AsideFollowing, StreamPlace):
    """The stream, of all or some."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("activity")
    KEYS = PLACES["activity"]

    class Misread(Message):
        """The filter is wrong."""

        def __init__(self, error: FilterError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        memory = session.memory
        self.wanted_now = Wanted(mine=bool(memory.get("activity.mine")), kind=str(memory.get("activity.kind", "")))
        self.shown: Wanted | None = None
        self._portrait = Portrait(session.locale, self.now)

    def body(self) -> ComposeResult:
        """What is shown, the filter, the stream, the pane beside or below it."""
        yield HeadLine()
        yield FilterBar("", "activity")
        with Horizontal(id="listed", classes="-stacking"):
            yield ActivityList(self.session.locale, self.now, id="stream")
            yield Aside()

    @property
    def rows(self) -> ActivityList:
        """The stream."""
        return self.query_one(ActivityList)

    def targets(self) -> list[Target]:
        """The marked activities that were looked at, else the one at the cursor."""
        rows = self.rows
        if not rows.marked:
            return [_target(rows.view)] if rows.view is not None else []
        return [_target(view) for view in rows.views(sorted(self._marked))]

    @property
    def _marked(self) -> set[int]:
        return {key for key in self.rows.marked if isinstance(key, int)}

    # -- reading

    def reload(self) -> None:
        """Read the stream again."""
        self._load(self.wanted_now)

    @work(group="load", exclusive=True)
    async def _load(self, wanted: Wanted) -> None:
        rows, streams, soonest = self.rows, self.streams, wanted.times == "planned"
        is_new = self.shown is not None and wanted != self.shown

        def question() -> tuple[Stream, dict[int, ActivityView]]:
            stream = streams.activities(wanted.filter, wanted.narrowed, soonest=soonest)
            around = list(stream.numbers[:_FIRST]) if is_new else rows.window(stream)
            return stream, streams.activity_views(list({*around, *kept}))

        kept = sorted(self._marked)[:_MOST_MARKED]
        try:
            answer = await self.session.ask(question)
        except FilterError as error:
            self.post_message(self.Misread(error))
        except CrmError as error:
            self.post_message(self.Failed("the activities can't be read", error))
        else:
            self.post_message(self.Answered(lambda answer: self._loaded(answer, wanted), answer))

    def on_activity_screen_misread(self, event: ActivityScreen.Misread) -> None:
        """Say where the filter is wrong; the one before it stays in force."""
        self.wanted_now = self.shown or Wanted()
        self.query_one(FilterBar).refuse(event.error)

    def _loaded(self, answer: tuple[Stream, dict[int, ActivityView]], wanted: Wanted) -> None:
        if self.writing:  # it is out of date already; the end of the write reads it again
            return
        stream, views = answer
        anew = self.shown is None or self.shown != wanted
        self.shown = wanted
        bar = self.query_one(FilterBar)
        if not bar.has_focus_within:
            bar.accept(wanted.filter)
        is_all = wanted == Wanted()
        self.rows.nothing = ActivityList.nothing if is_all else "nothing like that\nesc  shows everything again"
        begin = None if wanted.times == "planned" else self.now().date()
        self.rows.show(stream, views, anew=anew, begin=begin)
        self._say(len(stream.numbers), wanted)
        self.app.warm_up()

    def _say(self, count: int, wanted: Wanted) -> None:
        kind = wanted.kind.replace("_", " ") or "all kinds"
        self.query_one(HeadLine).say(
            [
                ("Activity", "bold $primary"),
                (self.session.locale.number(count), ""),
                (kind if wanted.kind != "meeting" else "meetings and visits", "$text-accent" if wanted.kind else "dim"),
                (wanted.times, "$text-accent" if wanted.times != "everything" else "dim"),
                ("mine" if wanted.mine else "everyone's", "$text-accent" if wanted.mine else "dim"),
            ]
        )

    def on_day_list_wanted(self, event: DayList.Wanted) -> None:
        """Read what came into sight."""
        event.stop()
        numbers = event.numbers
        self.read(
            "window", lambda: self.streams.activity_views(numbers), self.rows.put, what="the activities can't be read"
        )

    # -- the pane

    def nouns(self) -> frozenset[str]:
        """Activities only."""
        return frozenset({"activity"})

    async def show_aside(self) -> None:
        """What is to be known of the one at the cursor."""
        aside, view = self.query_one(Aside), self.rows.view
        aside.set_class(self.rows.count == 0, "-empty")
        if view is None or not aside.display:
            return
        brief = self.has_class("-narrow")  # there the pane is a few lines below the stream
        await aside.show(view.id, lambda cells: self._portrait.draw(view, cells, brief=brief), note_of(view))

    # -- which ones

    def open_ref(self, ref: str) -> None:
        """Show the activities that a filter selects, of all kinds and of everyone."""
        self.wanted_now = Wanted(filter=ref)
        self.is_stale = True
        if self.is_active:
            self.refresh_store()

    def _want(self, **changed: Any) -> None:  # noqa: ANN401 - fields of Wanted
        self.wanted_now = self.wanted_now._replace(**changed)
        self.app.remember("activity.mine", self.wanted_now.mine)
        self.app.remember("activity.kind", self.wanted_now.kind)
        self.reload()

    def action_kind(self, kind: str) -> None:
        """One kind only, or all again."""
        self._want(kind="" if self.wanted_now.kind == kind else kind)

    def action_choose_kind(self) -> None:
        """Any kind."""
        from crmcli.domain.fields import ACTIVITY_KINDS
        from crmcli.tui.modals.picker import Choice, Picker

        def chosen(kind: str | None) -> None:
            if kind is not None:
                self._want(kind=kind)

        choices = [Choice("", "all kinds"), *(Choice(kind, kind.replace("_", " ")) for kind in ACTIVITY_KINDS)]
        self.app.push_screen(Picker("which kind?", choices, self.wanted_now.kind), chosen)

    def action_times(self) -> None:
        """Everything, what is planned, what is past."""
        self._want(times=_TIMES[(_TIMES.index(self.wanted_now.times) + 1) % len(_TIMES)])

    def action_everyone(self) -> None:
        """Mine, or everyone's."""
        self._want(mine=not self.wanted_now.mine)

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open()

    def on_filter_bar_submitted(self, event: FilterBar.Submitted) -> None:
        """Read the activities it selects."""
        event.stop()
        self._want(filter=event.text)
        self.rows.focus(scroll_visible=False)

    def on_filter_bar_left(self) -> None:
        """Back to the stream."""
        self.query_one(FilterBar).accept(self.wanted_now.filter)
        self.rows.focus(scroll_visible=False)

    def action_escape(self) -> None:
        """Marks off, else the filter, else the rest that narrows."""
        if self.rows.unmark():
            return
        if self.wanted_now.filter:
            self.query_one(FilterBar).action_clear()
        else:
            self._want(kind="", times="everything", mine=False)

    # -- verbs

    def action_mark(self) -> None:
        """What is marked is to be at hand."""
        super().action_mark()
        self._with_marked(lambda: None)

    def action_mark_range(self) -> None:
        """What is marked is to be at hand."""
        super().action_mark_range()
        self._with_marked(lambda: None)

    def action_mark_all(self) -> None:
        """What is marked is to be at hand."""
        super().action_mark_all()
        self._with_marked(lambda: None)

    def action_verb(self, name: str) -> None:
        """Do something with all that is marked, also where it was never looked at."""
        self._with_marked(lambda: super(ActivityScreen, self).action_verb(name))

    def repeat(self) -> None:
        """Do the last verb again, with all that is marked."""
        self._with_marked(super().repeat)

    def _with_marked(self, act: Callable[[], None]) -> None:
        missing = sorted(number for number in self._marked if not self.rows.knows(number))
        if not missing:
            act()
            return

        def put(views: dict[int, ActivityView]) -> None:
            self.rows.put(views)
            act()

        self.read("marked", lambda: self.streams.activity_views(missing), put, what="what is marked can't be read")

    def action_new(self) -> None:
        """Add an activity."""
        from crmcli.tui.modals.record_form import RecordForm

        self.ask(RecordForm(self.session, "activity", None, {"type": self.wanted_now.kind or "call"}), "activity added")


def _target(view: ActivityView) -> Target:
    return Target("activity", view.id, view.number, view.subject or view.type, view)
