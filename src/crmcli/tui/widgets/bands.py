"""Where the swimlanes of a board lie: at the same height in every column, whatever each of them holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from crmcli.domain.board import BoardCard
    from crmcli.domain.swimlanes import Swimlane


class Band(NamedTuple):
    """A swimlane in one column: the line of its head, its first row and how many; a folded one is itself a row."""

    swimlane: Swimlane
    line: int
    first: int
    rows: int
    is_folded: bool


class Rows(NamedTuple):
    """What one column shows: cards and folded swimlanes, and where; without ``bands`` just cards, one below the other."""

    items: Sequence[BoardCard | Swimlane]
    bands: Sequence[Band] = ()
    height: int = 0


def banded(
    swimlanes: Sequence[Swimlane], stages: Sequence[int], folded: Collection[str], pitch: int
) -> Mapping[int, Rows]:
    """The rows of each stage's column; a swimlane is as high as its fullest column, and one line when it is folded."""
    items: dict[int, list[BoardCard | Swimlane]] = {stage: [] for stage in stages}
    bands: dict[int, list[Band]] = {stage: [] for stage in stages}
    line = 0
    for swimlane in swimlanes:
        is_folded = swimlane.key in folded
        for stage in stages:
            new = [swimlane] if is_folded else swimlane.cards.get(stage, ())
            bands[stage].append(Band(swimlane, line, len(items[stage]), len(new), is_folded))
            items[stage].extend(new)
        line += 1 if is_folded else 1 + max(map(len, swimlane.cards.values()), default=0) * pitch
    return {stage: Rows(items[stage], bands[stage], line) for stage in stages}
