"""What the campaigns screen reads: all campaigns, one face of the pane, and how far what is being sent is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue, CrmError, FilterError, NotFound, Refused
from crmcli.render.safe import visible
from crmcli.services.members import Question
from crmcli.tui.campaign_month import month_entries
from crmcli.tui.campaign_outcome import outcome_chart, outcome_entries
from crmcli.tui.campaign_pace import Paces
from crmcli.tui.campaign_people import MOST_TRIED, member_entries, state_entries, trial_entries, tried
from crmcli.tui.campaign_plan import plan_entries
from crmcli.tui.campaign_words import SORTS, in_order
from crmcli.tui.screens.campaign_parts import CampaignParts
from crmcli.tui.widgets.filter_bar import FilterBar
from crmcli.tui.widgets.head_line import HeadLine
from crmcli.tui.widgets.month_grid import MonthGrid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmcli.domain.views import MemberView
    from crmcli.services.campaign_board import CampaignRow
    from crmcli.services.campaign_calendar import Month
    from crmcli.store.queries.campaign_board import Sending
    from crmcli.tui.campaign_people import People
    from crmcli.tui.session import Session

_LOOK_SECONDS = 1.0


class Faced(NamedTuple):
    """What a face of the pane was answered: of which campaign, and the answer."""

    pane: str
    campaign: str
    people: People
    answer: Any


class CampaignReading(CampaignParts):
    """Reads off the thread that draws; cursor, filter and face of the pane stay."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.wanted_campaign = ""  # a uid or name that the cursor is to go to
        self.month: Month | None = None
        self._paces = Paces()
        self._shown: tuple[str, str, People] | None = None  # what the pane shows

    def on_mount(self) -> None:
        """Look from time to time how far a sending is, while there is one."""
        self.set_interval(_LOOK_SECONDS, self._look)

    # -- all campaigns

    def reload(self) -> None:
        """Read the campaigns again, and then what the pane shows."""
        text = self.filter

        def question() -> tuple[str, list[CampaignRow] | FilterError]:
            try:
                return text, self.session.campaign_board.rows(text)
            except FilterError as error:
                return text, error

        self.read("campaigns", question, self._show_rows, what="the campaigns can't be read")

    def _show_rows(self, answered: tuple[str, list[CampaignRow] | FilterError]) -> None:
        text, found = answered
        if text != self.filter:  # others were asked for meanwhile
            return
        bar = self.query_one(FilterBar)
        if isinstance(found, FilterError):
            bar.refuse(found)
            return
        if not bar.has_focus_within:
            bar.accept(text)
        self.put_rows(found)
        if self.wanted_campaign and not self._go_to_wanted() and text:
            self.filter = ""
            self.reload()
            return
        self.wanted_campaign = ""
        if not self._is_tried:
            self.read_pane()

    def put_rows(self, rows: Sequence[CampaignRow]) -> None:
        """Show the campaigns in their order, and say how many there are."""
        self.set_class(not rows and not self.filter, "-none")
        self.campaigns.nothing = "no campaign matches the filter\nesc  shows them all" if self.filter else ""
        self._paces.take({row.view.number: row.sending for row in rows if row.sending is not None})
        self.campaigns.moving = self._paces.moving()
        self.campaigns.put(in_order(rows, self.order))
        number = self.session.locale.number(len(rows))
        by = f"by {SORTS[self.order.by]} {'↓' if self.order.falls else '↑'}"
        head = f"{number} campaign{'' if len(rows) == 1 else 's'}"
        self.query_one(HeadLine).say([(head, "bold"), (by, "dim")], "people/sent/responded")
        self.say_name()
        self._say_sending()
        if self.focused is None and rows:
            self.campaigns.focus(scroll_visible=False)

    def _go_to_wanted(self) -> bool:
        names = [(row.view.id, row.view.name) for row in self.campaigns.rows]
        place = next((at for at, known in enumerate(names) if self.wanted_campaign in known), None)
        if place is not None:
            self.campaigns.go_to(place)
        return place is not None

    # -- the pane

    @property
    def _is_tried(self) -> bool:
        """Whether the pane shows a dry run of the campaign at the cursor: that is as of when it was asked for."""
        row = self.row
        wanted = None if row is None else (self.pane, row.view.id, self.people._replace(most=0))
        return self.people.kind == "trial" and self._shown == wanted

    def read_pane(self) -> None:
        """Read what the pane is to show of the campaign at the cursor."""
        row, pane, people = self.row, self.pane, self.people
        self.say_name()
        self._say_sending()
        if row is None:
            self.entries.show([], anew=True)
            self._shown = None
            return
        uid = row.view.id
        asked = self._asked(pane, uid, people)

        def question() -> Faced:
            try:
                return Faced(pane, uid, people, asked())
            except (NotFound, Refused, BadValue) as error:  # it was deleted meanwhile, or can't be mailed
                return Faced(pane, uid, people, error)

        self.read("pane", question, self._show_face)

    def _asked(self, pane: str, uid: str, people: People) -> Callable[[], Any]:
        session, month = self.session, self.month
        if pane == "members" and people.kind == "trial":
            return lambda: _trial(session, uid)
        if pane == "members" and people.kind:
            return lambda: _members(session, uid, people)
        if pane == "results":
            from crmcli.reports.campaigns import campaign_page

            return lambda: campaign_page(session.desk, uid, is_tracked=session.is_tracked)
        if pane == "calendar":
            return lambda: _calendar(session, month)
        return lambda: session.campaign_board.page(uid)

    def _show_face(self, faced: Faced) -> None:
        row = self.row
        is_wanted = row is not None and (faced.pane, faced.campaign, faced.people) == (
            self.pane,
            row.view.id,
            self.people,
        )
        if row is None or not is_wanted:
            return
        if isinstance(faced.answer, CrmError):
            advice = f"\n{faced.answer.advice}" if faced.answer.hint else ""
            self.entries.nothing = visible(faced.answer.message + advice, keep_newlines=True)
            self.entries.show([], anew=True)
            return
        now, locale = self.now(), self.session.locale
        shown = (faced.pane, faced.campaign, faced.people._replace(most=0))
        anew = shown != self._shown
        match faced.pane:
            case "plan":
                entries = plan_entries(faced.answer, locale, now, self.entries.size.width)
            case "members":
                entries = self._people(faced, row)
            case "results":
                entries = outcome_entries(faced.answer, row.total, locale)
                self.say_chart(outcome_chart(faced.answer, locale))
            case _:
                self.month, items = faced.answer
                entries = month_entries(self.month, items, now.date(), locale)
                self.query_one(MonthGrid).show(self.month, items, now.date(), row.view.id)
                self.entries.nothing = f"nothing in {self.month.start:%B %Y}\n< and > go to other months"
        self._shown = shown
        self._put(entries, anew=anew)

    def _put(self, entries: Sequence[Any], *, anew: bool) -> None:
        kept = self._refs.pop(self.pane, None)
        self.entries.show(entries, anew=anew)
        if kept is not None and any(kept):
            place = next((at for at, entry in enumerate(entries) if entry.ref == kept), None)
            if place is not None:
                self.entries.go_to(place)

    def _people(self, faced: Faced, row: CampaignRow) -> list[Any]:
        locale = self.session.locale
        if faced.people.kind == "trial":
            return trial_entries(faced.answer, tried(faced.answer), locale)
        if faced.people.kind:
            states, members = faced.answer
            whole = states.get(faced.people.state, 0)
            return member_entries(faced.people, members, whole, locale, self.now())
        self.entries.nothing = (
            "nobody yet\nP  starts it with the people of its segments\nR  notes down who responded"
            if row.view.status in ("draft", "planned")
            else "nobody yet\nR  notes down who responded"
        )
        return state_entries(faced.answer.picture.states, locale)

    # -- what is being sent

    def _look(self) -> None:
        """Ask how far it is, as long as something is left to send and this screen is seen."""
        if not (self.is_active and self.is_whole):  # made ahead, or on its way out: its widgets need not be there
            return
        if any(row.sending is not None and not row.sending.is_over for row in self.campaigns.rows):
            self.read("sending", self.session.campaign_board.sendings, self._show_sendings)

    def _show_sendings(self, found: Mapping[int, Sending]) -> None:
        if any(row.sending != found.get(row.view.number) for row in self.campaigns.rows):
            self.reload()
        else:
            self._paces.take(found)
            self._say_sending()

    def _say_sending(self) -> None:
        row = self.row
        told = ""
        if row is not None and row.sending is not None:
            told = self._paces.told(row.view.number, row.sending, self.session.locale)
        self.say_live(told)


def _members(session: Session, uid: str, people: People) -> tuple[Mapping[str, int], list[MemberView]]:
    """How many stand where, and the first of those that are asked for."""
    wanted = Question(
        filter=f"reached = {people.state}" if people.kind == "reached" else None,
        statuses=(people.state,) if people.kind == "state" else (), limit=people.most,
    )  # fmt: skip
    states: Any = session.campaigns.show(uid).states
    return states, list(session.members.list(uid, wanted))


def _trial(session: Session, uid: str) -> list[Any]:
    from itertools import islice

    mailing = session.mailing
    return list(islice(mailing.trial(mailing.plan(uid)), MOST_TRIED))


def _calendar(session: Session, month: Month | None) -> tuple[Month, list[Any]]:
    calendar = session.campaign_calendar
    shown = month or calendar.month(None)
    return shown, calendar.items(shown)
