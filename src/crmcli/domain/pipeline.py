"""Stages as a deal lives through them: moves, stays, rotting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.views import StageVisit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_DAY = 86_400.0


class Move(NamedTuple):
    """A deal entering a stage."""

    stage: str
    kind: str
    at: datetime
    by: str | None
    note: str | None


def visits(moves: Sequence[Move], now: datetime) -> tuple[StageVisit, ...]:
    """Each stay with its length in days: until the next move; an open stage runs to ``now``, a closed one has none."""
    stays = []
    for move, following in zip(moves, [*moves[1:], None], strict=False):
        until = following.at if following else (now if move.kind == "open" else move.at)
        days = max((until - move.at).total_seconds(), 0.0) / _DAY
        stays.append(StageVisit(move.stage, move.at, move.by, round(days, 2), move.note))
    return tuple(stays)


def is_rotting(last_touch: datetime, rot_days: int | None, now: datetime) -> bool:
    """Whether more days have passed since the last touch than the stage allows."""
    return rot_days is not None and (now - last_touch).total_seconds() > rot_days * _DAY
