"""The cards of a board in swimlanes: one for each owner, or for each company, across all stages."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from typing import TYPE_CHECKING

from crmcli.domain.board import less, order_key, sums
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.domain.board import BoardCard, BoardPicture
    from crmcli.domain.money import Money

GROUPINGS = ("owner", "company")


class Swimlane(NamedTuple):
    """One owner or company (``name`` None: no one): its cards by the stage's number, and what is open in it."""

    key: str
    name: str | None
    cards: Mapping[int, Sequence[BoardCard]]
    deals: int
    value: tuple[Money, ...]

    def without(self, card: BoardCard) -> Swimlane | None:
        """The swimlane with a card taken out; None when it does not hold it."""
        here = self.cards.get(card.stage, ())
        at = next((at for at, each in enumerate(here) if each is card), None)
        if at is None:
            return None
        cards = {**self.cards, card.stage: [*here[:at], *here[at + 1 :]]}
        if not cards[card.stage]:
            del cards[card.stage]
        if card.kind != "open":
            return self._replace(cards=cards)
        kept = (each for stage in cards.values() for each in stage if each.kind == "open")
        return self._replace(cards=cards, deals=self.deals - 1, value=less(self.value, [card.value], kept))

    def with_card(self, card: BoardCard, order: str) -> Swimlane:
        """The swimlane with a card more, in its place."""
        here = list(self.cards.get(card.stage, ()))
        insort(here, card, key=order_key(card.kind, order))
        cards = {**self.cards, card.stage: here}
        if card.kind != "open":
            return self._replace(cards=cards)
        return self._replace(cards=cards, deals=self.deals + 1, value=sums([*self.value, card.value]))


def swimlanes(picture: BoardPicture, by: str) -> tuple[Swimlane, ...]:
    """The swimlanes of a picture in the order of their names; what belongs to no one comes last."""
    names: dict[str, str | None] = {}
    cards: dict[str, dict[int, list[BoardCard]]] = {}
    for lane in picture.lanes:
        number = lane.stage.number
        for key, held in _split(lane.cards, by).items():
            names.setdefault(key, _name(held[0], by))
            cards.setdefault(key, {})[number] = held
    ordered = sorted(names, key=lambda key: (names[key] is None, fold(names[key] or ""), key))
    return tuple(_swimlane(key, names[key], cards[key]) for key in ordered)


def regrouped(
    before: Sequence[Swimlane], picture: BoardPicture, by: str, was: Sequence[BoardCard], now: Sequence[BoardCard]
) -> tuple[Swimlane, ...]:
    """The swimlanes of a picture that differs from the one ``before`` in these cards only; the others are not gone through."""
    known: dict[str, Swimlane | None] = {each.key: each for each in before}
    for card in was:
        key = group_key(card, by)
        held = known.get(key)
        known[key] = held.without(card) if held is not None else None
        if known[key] is None:
            return swimlanes(picture, by)
    for card in now:
        held = known.get(group_key(card, by))
        if held is None or held.name != _name(card, by):
            return swimlanes(picture, by)
        known[held.key] = held.with_card(card, picture.order)
    return tuple(each for each in known.values() if each is not None and each.cards)


def group_key(card: BoardCard, by: str) -> str:
    """What the cards of one swimlane have in common; two companies of one name are two."""
    return (card.owner or "") if by == "owner" else str(card.company_number or "")


def _split(cards: Sequence[BoardCard], by: str) -> dict[str, list[BoardCard]]:
    split: defaultdict[str | int, list[BoardCard]] = defaultdict(list)
    if by == "owner":
        for card in cards:
            split[card.owner or ""].append(card)
    else:
        for card in cards:
            split[card.company_number or ""].append(card)
    return {str(key): held for key, held in split.items()}


def _name(card: BoardCard, by: str) -> str | None:
    return card.owner if by == "owner" else card.company


def _swimlane(key: str, name: str | None, cards: Mapping[int, Sequence[BoardCard]]) -> Swimlane:
    live = [each for each in cards.values() if each[0].kind == "open"]  # as the first card of a stage, so all
    return Swimlane(key, name, cards, sum(map(len, live)), sums([card.value for each in live for card in each]))
