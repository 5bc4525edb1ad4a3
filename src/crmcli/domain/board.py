"""The board's own view of a pipeline: a lane for every stage, a card for every deal."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from crmcli.domain.views import Due, StageView

    Key = Callable[["BoardCard"], tuple[object, ...]]

ORDERS = ("due", "value", "age", "title", "chance", "owner")


class BoardCard(NamedTuple):
    """A deal as a card; ``next_step`` is its own or else the planned activity that is due first, ``touched`` the last touch.

    A closed deal's card says nothing of next steps.
    """

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
    since: datetime  # when it entered its stage
    company_number: int | None = None

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

    def age(self, now: datetime) -> int:
        """Whole days in its stage."""
        return max(0, (now - self.since).days)

    def entering(self, stage: StageView, now: datetime, reason: str | None = None) -> BoardCard:
        """The card as its new stage shows it: with the stage's own probability, and no day old."""
        is_closed = stage.kind != "open"
        return self._replace(
            stage=stage.number, kind=stage.kind, probability=stage.probability, rotting=False, since=now,
            touched=now if is_closed else max(self.touched, now), closed_at=now if is_closed else None,
            next_step=None if is_closed else self.next_step, next_due=None if is_closed else self.next_due,
            lost_reason=reason if stage.kind == "lost" else None,
        )  # fmt: skip


class Lane(NamedTuple):
    """A stage and its cards, in the order in which they are shown, with their worth: a sum for each currency.

    ``hidden`` are the deals that it holds beside them, which a filter leaves out; counted where the stage has a limit.
    """

    stage: StageView
    cards: tuple[BoardCard, ...]
    value: tuple[Money, ...]
    weighted: tuple[Money, ...]
    hidden: int = 0

    @property
    def held(self) -> int:
        """How many deals are in the stage, shown or not."""
        return len(self.cards) + self.hidden

    @property
    def over(self) -> int:
        """How many deals more than its limit it holds."""
        limit = self.stage.wip_limit
        return max(0, self.held - limit) if limit is not None else 0

    def holds(self, card: BoardCard, order: str) -> bool:
        """Whether the lane, sorted so, holds this very card; found by halving."""
        key = order_key(self.stage.kind, order)
        at = bisect_left(self.cards, key(card), key=key)
        return at < len(self.cards) and self.cards[at] is card

    def without(self, uids: Collection[str]) -> Lane:
        """The lane with some cards taken out."""
        gone = [card for card in self.cards if card.id in uids]
        if not gone:
            return self
        kept = tuple(card for card in self.cards if card.id not in uids)
        return self._replace(
            cards=kept,
            value=less(self.value, [card.value for card in gone], kept),
            weighted=less(self.weighted, [card.weighted for card in gone], kept),
        )

    def with_cards(self, cards: Sequence[BoardCard], order: str) -> Lane:
        """The lane with some cards more, each in its place."""
        if not cards:
            return self
        kept, key = list(self.cards), order_key(self.stage.kind, order)
        for card in cards:
            insort(kept, card, key=key)
        return self._replace(
            cards=tuple(kept),
            value=sums([*self.value, *(card.value for card in cards)]),
            weighted=sums([*self.weighted, *(card.weighted for card in cards)]),
        )


class BoardPicture(NamedTuple):
    """A pipeline on the board; ``revision`` changes whenever the store does, ``pipeline`` is empty when there is no store."""

    pipeline: str
    lanes: tuple[Lane, ...]
    revision: tuple[int, date]
    order: str = "due"

    @property
    def deals(self) -> int:
        """How many deals it shows."""
        return sum(len(lane.cards) for lane in self.lanes)

    def with_cards(self, cards: Sequence[BoardCard], was: Sequence[BoardCard] = ()) -> BoardPicture:
        """The picture with cards as they are now, each in the lane and the place where it belongs.

        What they ``was``, where that is known, spares looking through all lanes for them.
        """
        uids, left = {card.id for card in cards}, self._left_by(was)
        lanes = (
            (lane.without(uids) if lane.stage.number in left else lane).with_cards(
                [card for card in cards if card.stage == lane.stage.number], self.order
            )
            for lane in self.lanes
        )
        return self._replace(lanes=tuple(lanes))

    def _left_by(self, was: Sequence[BoardCard]) -> set[int]:
        """The stages that these cards are in; all of them when any card is not to be found where it says it is."""
        lanes = {lane.stage.number: lane for lane in self.lanes}
        if was and all(card.stage in lanes and lanes[card.stage].holds(card, self.order) for card in was):
            return {card.stage for card in was}
        return set(lanes)

    def sorted_by(self, order: str) -> BoardPicture:
        """The picture with the cards of each lane in another order."""
        lanes = (lane._replace(cards=in_order(lane.stage.kind, lane.cards, order)) for lane in self.lanes)
        return self._replace(lanes=tuple(lanes), order=order)


def lane_of(stage: StageView, cards: Sequence[BoardCard], held: int | None = None) -> Lane:
    """A stage with its cards, sorted and summed up; ``held`` when it holds more than these."""
    return Lane(
        stage,
        in_order(stage.kind, cards),
        sums(card.value for card in cards),
        sums(card.weighted for card in cards),
        held - len(cards) if held is not None else 0,
    )


def sums(amounts: Iterable[Money | None]) -> tuple[Money, ...]:
    """The sum of each currency, the largest first."""
    minor: dict[str, int] = {}
    for amount in amounts:
        if amount is not None:
            minor[amount.currency] = minor.get(amount.currency, 0) + amount.minor
    return tuple(
        Money(each, currency) for currency, each in sorted(minor.items(), key=lambda item: (-item[1], item[0]))
    )


def less(amounts: Sequence[Money], gone: Sequence[Money | None], kept: Iterable[BoardCard]) -> tuple[Money, ...]:
    """The amounts without those of the cards that are gone; a currency that no card has any more is gone too."""
    left = sums([*amounts, *(money._replace(minor=-money.minor) for money in gone if money is not None)])
    if all(money.minor for money in left):
        return left
    held = {card.value.currency for card in kept if card.value}
    return tuple(money for money in left if money.minor or money.currency in held)


# -- the order within a lane


def in_order(kind: str, cards: Sequence[BoardCard], order: str = "due") -> tuple[BoardCard, ...]:
    """Cards of a stage of a kind in one of the ``ORDERS``.

    By what is due first and then by worth; closed ones by when they closed, the last first; or by worth, time in the
    stage, title, chance or owner.
    """
    return tuple(sorted(cards, key=order_key(kind, order)))


def order_key(kind: str, order: str) -> Key:
    """What cards of a stage of a kind are sorted by."""
    if order == "due":
        return _soonest if kind == "open" else _latest
    return _KEYS[order]


def _soonest(card: BoardCard) -> tuple[object, ...]:
    due, close = card.next_due, card.expected_close
    day = (min(due.on, close) if close is not None else due.on) if due is not None else close
    return day.isoformat() if day is not None else "9999", -(card.value.minor if card.value else 0), card.number


def _latest(card: BoardCard) -> tuple[object, ...]:
    return -(card.closed_at.timestamp() if card.closed_at else 0.0), -card.number


def _worth(card: BoardCard) -> tuple[object, ...]:
    return -(card.value.minor if card.value else -1), card.number


_KEYS: Mapping[str, Key] = {
    "value": _worth,
    "age": lambda card: (card.since.timestamp(), card.number),
    "title": lambda card: (fold(card.title), card.number),
    "chance": lambda card: (-card.probability, *_worth(card)),
    "owner": lambda card: (card.owner is None, fold(card.owner or ""), *_soonest(card)),
}
