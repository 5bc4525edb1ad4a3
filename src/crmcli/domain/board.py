"""The board's own view of a pipeline: a lane for every stage, a card for every deal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import total

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from crmcli.domain.money import Money
    from crmcli.domain.views import Due, StageView


class BoardCard(NamedTuple):
    """A deal as a card; ``next_step`` is its own or else the planned activity that is due first, ``touched`` the last touch."""

    id: str
    number: int
    title: str
    company: str | None
    value: Money | None
    probability: int
    owner: str | None
    stage: int  # the stage's number
    kind: str  # open, won or lost
    expected_close: date | None
    closed_at: datetime | None
    lost_reason: str | None
    next_step: str | None
    next_due: Due | None
    touched: datetime
    rotting: bool

    @property
    def weighted(self) -> Money | None:
        """Value times probability."""
        return self.value.share(self.probability) if self.value else None

    def is_overdue(self, now: datetime) -> bool:
        """Whether its next activity or its expected close has gone by at ``now``, a moment in the user's zone."""
        if self.kind != "open":
            return False
        late = self.expected_close is not None and self.expected_close < now.date()
        return late or self.is_step_late(now)

    def is_step_late(self, now: datetime) -> bool:
        """Whether its next activity should have been done by ``now``."""
        due = self.next_due
        if due is None:
            return False
        return due.at < now if due.at is not None else due.on < now.date()


class Lane(NamedTuple):
    """A stage and its cards, in the order in which they are shown."""

    stage: StageView
    cards: tuple[BoardCard, ...]

    @property
    def value(self) -> tuple[Money, ...]:
        """The worth of its deals, a sum for each currency, the largest first."""
        return sums([card.value for card in self.cards])

    @property
    def weighted(self) -> tuple[Money, ...]:
        """The weighted worth of its deals, a sum for each currency, the largest first."""
        return sums([card.weighted for card in self.cards])

    def without(self, card: BoardCard) -> Lane:
        """The lane with the card taken out."""
        return self._replace(cards=tuple(kept for kept in self.cards if kept.id != card.id))

    def with_card(self, card: BoardCard) -> Lane:
        """The lane with the card put where its stage shows it: with the stage's own probability, in its place."""
        stage = self.stage
        placed = card._replace(stage=stage.number, kind=stage.kind, probability=stage.probability, rotting=False)
        return self._replace(cards=in_order(stage.kind, [*self.without(card).cards, placed]))


class BoardPicture(NamedTuple):
    """A pipeline on the board; ``revision`` changes whenever the store does, ``pipeline`` is empty when there is no store."""

    pipeline: str
    lanes: tuple[Lane, ...]
    revision: tuple[int, date]

    @property
    def deals(self) -> int:
        """How many deals it shows."""
        return sum(len(lane.cards) for lane in self.lanes)

    def moved(self, card: BoardCard, stage: int) -> BoardPicture:
        """The picture with the card in another lane."""
        lanes = (
            lane.with_card(card)
            if lane.stage.number == stage
            else lane.without(card)
            if lane.stage.number == card.stage
            else lane
            for lane in self.lanes
        )
        return self._replace(lanes=tuple(lanes))


def sums(amounts: Sequence[Money | None]) -> tuple[Money, ...]:
    """The sum of each currency, the largest first."""
    by_currency = total(amount for amount in amounts if amount is not None)
    return tuple(sorted(by_currency.values(), key=lambda money: (-money.minor, money.currency)))


def in_order(kind: str, cards: Sequence[BoardCard]) -> tuple[BoardCard, ...]:
    """Open deals by what is due first and then by worth; closed ones by when they closed, the last first."""
    return tuple(sorted(cards, key=_soonest if kind == "open" else _latest))


def _soonest(card: BoardCard) -> tuple[str, int, int]:
    days = [day.isoformat() for day in (card.next_due and card.next_due.on, card.expected_close) if day]
    return min(days, default="9999"), -(card.value.minor if card.value else 0), card.number


def _latest(card: BoardCard) -> tuple[float, int]:
    return -(card.closed_at.timestamp() if card.closed_at else 0.0), -card.number
