"""Which campaigns a deal is owed to: first touch, last touch, linear, or the deal's own campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from fractions import Fraction

MODELS = ("own", "first", "last", "linear")


class Touch(NamedTuple):
    """A campaign that reached somebody of a deal, and when."""

    campaign: int
    at: datetime


def credit(model: str, own: int | None, created_at: datetime, touches: Iterable[Touch]) -> dict[int, Fraction]:
    """What share of a deal each campaign is given; the shares add up to 1, or there are none.

    Only touches up to the deal's creation count: what comes after did not bring it. ``own`` gives all to the campaign
    that the deal names, else to the last touch. ``linear`` divides among the touches, so that a campaign that
    touched twice is given two parts; the deal's own campaign counts as a touch where no touch is known.
    """
    from fractions import Fraction

    before = sorted((touch for touch in touches if touch.at <= created_at), key=lambda touch: touch.at)
    if own is not None and (model == "own" or not before):
        return {own: Fraction(1)}
    if not before:
        return {}
    match model:
        case "first":
            return {before[0].campaign: Fraction(1)}
        case "linear":
            shares: dict[int, Fraction] = {}
            for touch in before:
                shares[touch.campaign] = shares.get(touch.campaign, Fraction(0)) + Fraction(1, len(before))
            return shares
        case _:
            return {before[-1].campaign: Fraction(1)}
