"""The way from the screens to the services: a desk that never writes to the terminal, and the steps that can be taken back."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from crmcli.domain.views import DealView
from crmcli.errors import Conflict, CrmError, NotFound, Refused, StoreUnreachable
from crmcli.paths import state_folder
from crmcli.services.activities import Activities, Tasks
from crmcli.services.board import Board
from crmcli.services.companies import Companies
from crmcli.services.contacts import Contacts
from crmcli.services.deals import Deals
from crmcli.services.desk import Desk
from crmcli.services.history import History
from crmcli.services.pipelines import Pipelines
from crmcli.services.watch import Watch
from crmcli.tui.asking import Asking
from crmcli.tui.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.context import AppContext
    from crmcli.domain.views import ChangeSetView
    from crmcli.render.locale import Locale
    from crmcli.reports.inquiry import Sources
    from crmcli.services.budgets import Budgets
    from crmcli.services.campaign_board import CampaignBoard
    from crmcli.services.campaign_calendar import CampaignCalendar
    from crmcli.services.campaigns import Campaigns
    from crmcli.services.completing import Completing
    from crmcli.services.mailing import Mailing
    from crmcli.services.members import Members
    from crmcli.services.mutes import Mutes
    from crmcli.services.records import Records
    from crmcli.services.saved_reports import SavedReports
    from crmcli.services.saved_views import SavedViews
    from crmcli.services.search import Search
    from crmcli.services.sent_mails import SentMails
    from crmcli.services.tables import Tables
    from crmcli.services.today import Agenda
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork
    from crmcli.tui.drafts import Drafts

AnswerT = TypeVar("AnswerT")
STORE_GONE = "the store is not there any more"


class LastingDesk(Desk):
    """A desk whose store, once it was there, is neither taken for an empty one nor made anew while it is away."""

    had_store: bool = False

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """The reading door."""
        with super().reading() as reader:
            self.refuse_lost(is_there=reader.connection is not None)
            yield reader

    def writing(self, command: str, summary: str = "") -> UnitOfWork:
        """The writing door."""
        self.refuse_lost(is_there=self.has_store)
        work = super().writing(command, summary)
        self.had_store = True
        return work

    def going_on(self, command: str, number: int) -> UnitOfWork:
        """The writing door for one more part of a change set."""
        self.refuse_lost(is_there=self.has_store)
        return super().going_on(command, number)

    def has_lost_store(self) -> bool:
        """Whether the store that was there is there no more, as when its file was moved away."""
        is_there = self.has_store
        had, self.had_store = self.had_store, self.had_store or is_there
        return had and not is_there

    def refuse_lost(self, *, is_there: bool) -> None:
        """Take note of a store; raises StoreUnreachable when there is none any more."""
        if self.had_store and not is_there:
            raise StoreUnreachable(STORE_GONE, hint=f"put {self.store.location.label} back, and all goes on")
        self.had_store = is_there


class ScreenDesk(LastingDesk):
    """A desk that reads on kept connections and remembers the last unit of work done at it."""

    last: UnitOfWork | None = None
    asking: Asking

    @property
    def last_change_set(self) -> str | None:
        """The uid of its change set."""
        return self.last.change_set.uid if self.last is not None else None

    @property
    def last_number(self) -> int:
        """The number of its change set, 0 when there is none."""
        return self.last.number if self.last is not None else 0

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """The reading door, kept open."""
        with self.asking.reader() as reader:
            self.refuse_lost(is_there=reader.connection is not None)
            yield reader

    def writing(self, command: str, summary: str = "") -> UnitOfWork:
        """The writing door, remembered."""
        self.last = super().writing(command, summary)
        return self.last


class Done(NamedTuple):
    """What came of a write: its result, and what the services had to say about it."""

    result: Any
    notes: tuple[str, ...]
    is_stored: bool = True  # False when all of it was so already


class Session:
    """One sitting; reads may come any time, writes come one at a time."""

    def __init__(self, context: AppContext) -> None:
        desk = context.desk
        self._context = context
        self._notes: list[str] = []
        note = self._notes.append
        self.desk = ScreenDesk(*desk._replace(hooks=desk.hooks.telling(note), note=note, origin="tui"))
        self.asking = self.desk.asking = Asking(desk.store)
        self.locale: Locale = context.output.locale
        self.settings = context.settings
        self.memory = Memory(state_folder())
        self.board = Board(self.desk)
        self.watch = Watch(desk)
        self.contacts = Contacts(self.desk)
        self.companies = Companies(self.desk)
        self.deals = Deals(self.desk)
        self.activities = Activities(self.desk)
        self.tasks = Tasks(self.desk)
        self.pipelines = Pipelines(self.desk)
        self.history = History(self.desk)
        self.left: dict[str, str] = {}  # the stage in which each deal was left here, by its uid
        self._undoable: list[str] = []
        self._redoable: list[str] = []
        self._day = desk.clock.local().date()
        self.desk.has_lost_store()  # takes note of whether there is one to lose
        self._own = 0  # the last change set that was stored from here, read again since

    # -- services that a screen wants when it is first opened

    @cached_property
    def tables(self) -> Tables:
        """Windows onto long tables."""
        from crmcli.services.tables import Tables

        return Tables(self.desk)

    @cached_property
    def search(self) -> Search:
        """Full text over everything."""
        from crmcli.services.search import Search

        return Search(self.desk)

    @cached_property
    def agenda(self) -> Agenda:
        """The list of the day."""
        from crmcli.services.today import Agenda

        return Agenda(self.desk)

    @cached_property
    def campaigns(self) -> Campaigns:
        """What is planned to reach people."""
        from crmcli.services.campaigns import Campaigns

        return Campaigns(self.desk)

    @cached_property
    def campaign_board(self) -> CampaignBoard:
        """Campaigns with everything around them."""
        from crmcli.services.campaign_board import CampaignBoard

        return CampaignBoard(self.desk)

    @cached_property
    def campaign_calendar(self) -> CampaignCalendar:
        """What campaigns have in store."""
        from crmcli.services.campaign_calendar import CampaignCalendar

        return CampaignCalendar(self.desk)

    @cached_property
    def members(self) -> Members:
        """The people of campaigns."""
        from crmcli.services.members import Members

        return Members(self.desk)

    @cached_property
    def budgets(self) -> Budgets:
        """What campaigns cost."""
        from crmcli.services.budgets import Budgets

        return Budgets(self.desk)

    @cached_property
    def mailing(self) -> Mailing:
        """Campaigns over the wire, at a desk of its own: a run goes on beside the writes, and is no step that undo takes back."""
        from crmcli.services.mailing import Mailing
        from crmcli.services.members import Members
        from crmcli.services.posting import Posting

        context, desk = self._context, self.desk
        own = LastingDesk(*context.desk._replace(hooks=desk.hooks, note=desk.note, origin=desk.origin))
        own.had_store = desk.had_store
        return Mailing(own, Posting(self.settings.__getitem__), Members(own), context.templates)

    @cached_property
    def sent_mails(self) -> SentMails:
        """What campaigns and sequences sent."""
        from crmcli.services.sent_mails import SentMails
        from crmcli.services.templates import Templates

        known = self._context.templates
        return SentMails(Templates(self.desk, known.sender, known.unsubscribe))

    @property
    def is_tracked(self) -> bool:
        """Whether it is counted who opens a message and clicks its links."""
        return self._context.is_tracked

    @cached_property
    def views(self) -> SavedViews:
        """Filters, orders and columns kept by name."""
        from crmcli.services.saved_views import SavedViews

        return SavedViews(self.desk)

    @cached_property
    def saved_reports(self) -> SavedReports:
        """Reports kept by name."""
        from crmcli.services.saved_reports import SavedReports

        return SavedReports(self.desk)

    @cached_property
    def mutes(self) -> Mutes:
        """Advice that is not wanted."""
        from crmcli.services.mutes import Mutes

        return Mutes(self.desk)

    @property
    def sources(self) -> Sources:
        """What reports are worked out from."""
        from crmcli.reports.inquiry import Sources
        from crmcli.services.duplicates import Duplicates

        duplicates = Duplicates(self.desk, {"contact": self.contacts, "company": self.companies})
        return Sources(self.desk, duplicates, self.is_tracked, self._context.warehouse)

    @cached_property
    def completing(self) -> Completing:
        """What a field may be completed to."""
        from crmcli.services.completing import Completing

        return Completing(self.desk)

    @cached_property
    def drafts(self) -> Drafts:
        """What was typed and not yet stored."""
        from crmcli.tui.drafts import Drafts

        return Drafts(state_folder() / "drafts")

    def records(self, noun: str) -> Records:
        """The service of a noun."""
        services: dict[str, Records] = {
            "contact": self.contacts, "company": self.companies, "deal": self.deals, "activity": self.activities,
        }  # fmt: skip
        return services[noun]

    # -- reading

    async def ask(self, question: Callable[[], AnswerT]) -> AnswerT:
        """The answer to a question, found off this thread; raises CrmError."""
        return await self.asking.ask(question)

    def close(self) -> None:
        """Let go of the store."""
        self.watch.close()
        self.asking.close()

    # -- writing

    @property
    def reached(self) -> int:
        """How many records the write under way has changed so far."""
        return self.desk.last.reached if self.desk.last is not None else 0

    def do(self, action: Callable[[], Any]) -> Done:
        """Do something that ``undo`` can take back; raises CrmError."""
        result, change_set = self._write(action)
        if change_set is not None:
            self._undoable.append(change_set)
            self._redoable.clear()
        last = self.desk.last
        return Done(result, self._told(), last is None or change_set is not None or last.keeps_beside)

    def undo(self, change_set: str | None = None) -> Done:
        """Take back the last thing done here, or the change set named; the result is its view, None when there is none."""
        if change_set is not None:
            return self.do(lambda: self.history.undo(change_set))
        return self._turn_back(self._undoable, self._redoable)

    def redo(self) -> Done:
        """Do again what was taken back last."""
        return self._turn_back(self._redoable, self._undoable)

    def _turn_back(self, steps: list[str], others: list[str]) -> Done:
        if not steps:
            return Done(None, ())
        try:
            undone, change_set = self._write(lambda: self.history.undo(steps[-1]))
        except (Conflict, NotFound, Refused):
            steps.pop()  # it can never be taken back now; the step before it still may
            raise
        steps.pop()
        if change_set is not None:
            others.append(change_set)
        view: ChangeSetView = undone
        return Done(view, self._told())

    def _write(self, action: Callable[[], Any]) -> tuple[Any, str | None]:
        self.desk.last = None
        self.desk.refuse_lost(is_there=self.desk.has_store)
        try:
            result = action()
        except CrmError:
            raise
        except Exception as error:
            raise self.desk.store.explain(error) or error from error
        change_set = self.desk.last_change_set
        kept = change_set if change_set and self.board.was_kept(change_set) else None
        if kept:
            self._own = max(self._own, self.desk.last_number)
        written = result if isinstance(result, list) else [result]
        self.left |= {deal.id: deal.stage for deal in written if isinstance(deal, DealView)}
        return result, kept

    def knows_all(self) -> bool:
        """Whether nothing was stored since the last thing done here, after which the screens read the store again."""
        number, day = self.watch.revision()
        known, self._day = (number, day) == (self._own, self._day), day
        if not known:
            self._own = 0  # screens show another store now: when that of before is put back, it is news
        return known

    def _told(self) -> tuple[str, ...]:
        told = tuple(self._notes)
        self._notes.clear()
        return told
