"""What is planned and what happened around a record, as one list of any length of which only a window is ever read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.message import Message

from crmcli.domain.durations import show_duration
from crmcli.render.cells import pad
from crmcli.render.columns import is_past
from crmcli.render.safe import visible
from crmcli.services.tables import Tables
from crmcli.tui.widgets.line_list import LineList, Piece, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
    from datetime import datetime

    from crmcli.domain.views import ActivityView
    from crmcli.render.locale import Locale
    from crmcli.services.sent_mails import SentMail
    from crmcli.store.queries.timeline import Entry

MARKS = {"planned": "○", "done": "●", "canceled": "✗", "no_show": "✗"}
_KIND, _WHEN = 9, 16
# How the state of a campaign's message looks where it is no good news.
_STYLES = {"sent": "muted", "delivered": "muted", "in doubt": "late", "bounced": "late", "complained": "late",
           "unsubscribed": "late"}  # fmt: skip
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Row(NamedTuple):
    """A line: a heading, or an entry that may stand for its whole conversation of so many messages."""

    entry: Entry | None
    title: str = ""
    messages: int = 1


class Timeline(LineList):
    """Entries from the farthest planned to the oldest past, with a heading above what is planned and above each month."""

    class Wanted(Message):
        """These activities and messages are looked at and were not read yet."""

        def __init__(self, numbers: tuple[int, ...]) -> None:
            super().__init__()
            self.numbers = numbers

    def __init__(self, locale: Locale, now: Callable[[], datetime]) -> None:
        super().__init__(id="timeline")
        self._locale = locale
        self._now = now
        self.about = ""  # the uid of the record whose timeline it is
        self.entries: Sequence[Entry] = ()
        self.kind = ""
        self.is_unfolded = False
        self.rows: list[Row] = []
        self.views: dict[int, ActivityView] = {}
        self.mails: dict[int, SentMail] = {}
        self._asked: set[int] = set()

    nothing = "nothing yet\nl logs what happened, t plans what is next"

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self.rows)

    def key_at(self, place: int) -> Hashable | None:
        """The number of the activity; headings can't be marked, nor messages of campaigns, for nothing is done with them."""
        entry = self.rows[place].entry
        return entry.number if entry is not None and not entry.is_mail else None

    def is_heading(self, place: int) -> bool:
        """Whether it is a title above entries."""
        return self.rows[place].entry is None

    @property
    def entry(self) -> Entry | None:
        """The entry at the cursor."""
        return self.rows[self.cursor].entry if self.cursor < len(self.rows) else None

    @property
    def view(self) -> ActivityView | None:
        """The activity at the cursor, once it was read."""
        return self.views.get(self.entry.number) if self.entry is not None else None

    @property
    def mail(self) -> SentMail | None:
        """The message of a campaign at the cursor, once it was read."""
        return self.mails.get(self.entry.number) if self.entry is not None else None

    # -- what it shows

    def show(self, about: str, entries: Sequence[Entry]) -> None:
        """Another state of the store: what is on the screen stays until it was read anew."""
        if about != self.about:
            self.views.clear()
            self.mails.clear()
            self.marked = set()
        self.about, self.entries = about, entries
        self._asked.clear()
        self._lay_out()

    def choose(self, kind: str) -> None:
        """Only one kind, or all."""
        self.kind = kind
        self.nothing = f"no {kind.replace('_', ' ')} here\nesc shows every kind" if kind else type(self).nothing
        self._lay_out()

    def fold(self, *, is_unfolded: bool) -> None:
        """Every message of a conversation on a line of its own, or only the last one for all."""
        self.is_unfolded = is_unfolded
        self._lay_out()

    def fill(self, views: Mapping[int, Any], mails: Mapping[int, SentMail]) -> None:
        """What was read."""
        self.views |= views
        self.mails |= mails
        self.forget()

    def place_of(self, number: int) -> int:
        """The line of an activity or message, -1 when it is not shown."""
        return next((place for place, row in enumerate(self.rows) if row.entry and row.entry.number == number), -1)

    def _lay_out(self) -> None:
        kept, row, place = self.entry, self.row, self.cursor
        self.rows = list(self._rows())
        self.measure()
        found = self.place_of(kept.number) if kept is not None else -1
        self.cursor = 0
        self.put_cursor(found if found >= 0 else min(place, max(0, self.count - 1)))
        if found >= 0 and found != place:  # what came above it pushes it down; on the screen it stays where it is
            self.scroll_to(y=max(0, (self.cursor - row) * self.pitch), animate=False)
        self.bring_into_view()
        self.forget()
        self.look()

    def _rows(self) -> Iterator[Row]:
        title = None
        for entry, messages in self._folded():
            wanted = "planned" if entry.is_planned else self._month(entry.at)
            if wanted != title:
                title = wanted
                yield Row(None, wanted)
            yield Row(entry, messages=messages)

    def _folded(self) -> Iterator[tuple[Entry, int]]:
        """The entries of the chosen kind; a conversation stands where its last message does."""
        chosen = [entry for entry in self.entries if self.kind in ("", entry.kind)]
        counts: dict[str, int] = {}
        for entry in chosen:
            if entry.thread and not entry.is_planned:
                counts[entry.thread] = counts.get(entry.thread, 0) + 1
        told: set[str] = set()
        for entry in chosen:
            many = counts.get(entry.thread, 1) if entry.thread and not entry.is_planned and not self.is_unfolded else 1
            if many > 1 and entry.thread is not None:
                if entry.thread in told:
                    continue
                told.add(entry.thread)
            yield entry, many

    def _month(self, at: datetime) -> str:
        local = self._locale.local(at)
        if self._locale.name is None:
            return f"{_MONTHS[local.month - 1]} {local.year}"
        from babel.dates import format_date

        return str(format_date(local.date(), "LLLL y", locale=self._locale.name.replace("-", "_").partition(".")[0]))

    # -- reading as it scrolls

    def look(self) -> None:
        """Ask for what is on the screen, and a little around it."""
        places = Tables.bounds(self.count, int(self.scroll_offset.y) // self.pitch, self.room // self.pitch + 1)
        entries = (self.rows[place].entry for place in places)
        numbers = tuple(entry.number for entry in entries if entry is not None and entry.number not in self._asked)
        if numbers:
            self._asked.update(numbers)
            self.post_message(self.Wanted(numbers))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Another window is looked at."""
        super().watch_scroll_y(old_value, new_value)
        self.look()

    # -- drawing

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """Mark, kind, when, what, what came of it, with whom."""
        row = self.rows[place]
        if row.entry is None:
            return joined(cells, Piece(row.title, "heading"))
        if (mail := self.mails.get(row.entry.number)) is not None:
            return joined(cells, *self._sent(mail))
        view = self.views.get(row.entry.number)
        kind = pad(row.entry.kind.replace("_", " "), _KIND)
        if view is None:
            mark = MARKS["planned" if row.entry.is_planned else "done"]
            return joined(
                cells, Piece(f"{mark} {kind} ", "muted"), Piece(pad(self._locale.time(row.entry.at), _WHEN), "muted"),
                Piece(" …", "muted"),
            )  # fmt: skip
        planned = view.status == "planned"
        late = planned and is_past(view.due, self._now())
        many = f" ({row.messages} messages)" if row.messages > 1 else ""
        return joined(
            cells,
            Piece(f"{MARKS.get(view.status, '·')} ", "late" if late else "heading"),
            Piece(f"{kind} ", "text"),
            Piece(pad(("! " if late else "") + self._when(view, planned=planned), _WHEN), "late" if late else "muted"),
            Piece(f" {_what(view)}{many}", "title"),
            *_aside(view),
        )

    def _sent(self, mail: SentMail) -> Iterator[Piece]:
        yield Piece(f"{MARKS['done']} ", "heading")
        yield Piece(f"{pad('email', _KIND)} ", "text")
        yield Piece(pad(self._moment(mail.at), _WHEN), "muted")
        yield Piece(f" → {visible(told_mail(mail))}", "title")
        yield Piece(f"  {visible(told_state(mail))}", _STYLES.get(mail.state, "good"))
        yield Piece(f"  {visible(mail.address)}", "muted")

    def _when(self, view: ActivityView, *, planned: bool) -> str:
        if planned and view.due is not None:
            return self._locale.near_due(view.due, self._now())
        return self._moment(view.at)

    def _moment(self, at: datetime) -> str:
        return f"{self._locale.near_time(at, self._now())} {self._locale.clock(at)}"


def told_mail(mail: SentMail) -> str:
    """What a message of a campaign is called: ``Spring: Hello Jane``."""
    return f"{mail.campaign.name}: {mail.subject}" if mail.subject else mail.campaign.name


def told_state(mail: SentMail) -> str:
    """What came of it, and why."""
    return f"{mail.state} ({mail.reason})" if mail.reason else mail.state


def _what(view: ActivityView) -> str:
    text = view.subject or (view.body or "").strip().partition("\n")[0]
    arrow = {"in": "← ", "out": "→ "}.get(view.direction or "", "")
    return arrow + visible(text)


def _aside(view: ActivityView) -> Iterator[Piece]:
    if view.status not in ("planned", "done"):
        yield Piece(f"  {view.status.replace('_', ' ')}", "late")
    if view.outcome:
        yield Piece(f"  → {visible(view.outcome)}", "good")
    if view.priority in ("high", "urgent"):
        yield Piece(f"  {view.priority}", "slow")
    if view.duration:
        yield Piece(f"  {show_duration(view.duration)}", "muted")
    if view.contacts:
        yield Piece("  " + ", ".join(visible(link.name) for link in view.contacts), "muted")
    if view.attachments:
        yield Piece(f"  ▤{len(view.attachments.splitlines())}", "muted")
