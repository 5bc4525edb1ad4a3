"""The campaigns, two lines each: name and state, and below them kind, days, money and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import pad, width
from crmcli.render.safe import visible
from crmcli.tui.campaign_words import MARKS, TONES, bar, days_word, kind_word, money_bar, money_word
from crmcli.tui.widgets.line_list import LineList, Piece, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from crmcli.render.locale import Locale
    from crmcli.services.campaign_board import CampaignRow

_STATE, _BAR = 10, 8


class CampaignList(LineList):
    """They can't be marked: what is done with a campaign is done with one."""

    nothing = ""

    def __init__(self, locale: Locale, now: Callable[[], datetime]) -> None:
        super().__init__(id="campaigns")
        self._locale = locale
        self._now = now
        self.rows: Sequence[CampaignRow] = ()
        self.moving: frozenset[int] = frozenset()  # the numbers of those that are being sent just now

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.rows)

    @property
    def lines(self) -> int:
        """Name and state; the rest."""
        return 2

    def key_at(self, place: int) -> None:  # noqa: ARG002
        """It can't be marked."""
        return

    @property
    def campaign(self) -> CampaignRow | None:
        """The campaign at the cursor."""
        return self.rows[self.cursor] if self.cursor < self.count else None

    def put(self, rows: Sequence[CampaignRow]) -> None:
        """Other campaigns; the cursor stays on its own, or at its height."""
        kept = self.campaign
        self.rows = rows
        places = [row.view.id for row in rows]
        self.cursor = min(self.cursor, max(0, len(rows) - 1))
        if kept is not None and kept.view.id in places:
            self.cursor = places.index(kept.view.id)
        self.measure()
        self.bring_into_view()
        self.forget()

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """Its mark, its name, the word for its state."""
        view = self.rows[place].view
        tone = TONES.get(view.status, "text")
        name = pad(visible(view.name), max(1, cells - 2 - _STATE - 2))
        state = Piece(pad(f" {view.status}", _STATE + 1, "right"), tone)
        return [Piece(f"{MARKS[view.status]} ", tone), Piece(name, "title"), state]

    def more_pieces(self, place: int, line: int, cells: int) -> Sequence[Piece]:  # noqa: ARG002 - there is one
        """People at the right; kind, days and money as far as there is room."""
        row = self.rows[place]
        people = self._people(row)
        room = cells - 2 - width(people) - 2
        left = joined(room, *self._about(row, room))
        taken = sum(width(piece.text) for piece in left)
        return [Piece("  "), *left, Piece(" " * max(0, room - taken + 1)), Piece(people, "muted")]

    def _about(self, row: CampaignRow, room: int) -> Sequence[Piece]:
        sending, number = row.sending, self._locale.number
        if sending is not None and not sending.is_over and row.view.number in self.moving:
            told = f" {number(sending.sent)} of {number(sending.whole)} sent"
            return Piece(bar(sending.sent, sending.failed, sending.whole, _BAR), "good"), Piece(told, "good")
        words = [kind_word(row.view.kind), days_word(row.view, self._now().date(), self._locale)]
        told = " · ".join(word for word in words if word)
        money = money_word(row.budget, self._locale)
        tone = "late" if money.startswith("!") else "muted"
        drawn = money_bar(row.budget, _BAR) if row.budget is not None and row.budget.budget is not None else ""
        if width(told) + width(money) + width(drawn) + 4 > room:
            money = money.partition(" of ")[0].partition(" by ")[0]
        parts = [Piece(told, "muted")]
        if drawn:
            parts += [Piece(" · ", "muted"), Piece(drawn, tone), Piece(f" {money}", tone)]
        elif money:
            parts.append(Piece(f" · {money}", tone))
        return parts

    def _people(self, row: CampaignRow) -> str:
        if not row.view.members:
            return ""
        return "/".join(self._locale.number(each) for each in (row.view.members, *row.reach))
