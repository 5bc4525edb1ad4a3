"""The cards of a board in swimlanes: one for each owner, or for each company, across all stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.board import sums
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


def swimlanes(picture: BoardPicture, by: str, before: Sequence[Swimlane] = ()) -> tuple[Swimlane, ...]:
    """The swimlanes of a picture in the order of their names; what belongs to no one comes last.

    Those of an earlier picture that hold the same cards as ``before`` are not summed up again.
    """
    names: dict[str, str | None] = {}
    cards: dict[str, dict[int, list[BoardCard]]] = {}
    for lane in picture.lanes:
        number = lane.stage.number
        for card in lane.cards:
            key = group_key(card, by)
            if key not in names:
                names[key], cards[key] = (card.owner if by == "owner" else card.company), {}
            cards[key].setdefault(number, []).append(card)
    ordered = sorted(names, key=lambda key: (names[key] is None, fold(names[key] or ""), key))
    known = {each.key: each for each in before}
    return tuple(
        known[key]
        if key in known and known[key].name == names[key] and known[key].cards == cards[key]
        else _swimlane(key, names[key], cards[key])
        for key in ordered
    )


def group_key(card: BoardCard, by: str) -> str:
    """What the cards of one swimlane have in common; two companies of one name are two."""
    return (card.owner or "") if by == "owner" else str(card.company_number or "")


def _swimlane(key: str, name: str | None, cards: Mapping[int, Sequence[BoardCard]]) -> Swimlane:
    live = [card for each in cards.values() for card in each if card.kind == "open"]
    return Swimlane(key, name, cards, len(live), sums(card.value for card in live))
