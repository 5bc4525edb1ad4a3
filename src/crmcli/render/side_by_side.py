"""Two records beside each other, field by field, with a mark where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.columns import all_columns
from crmcli.render.table import NOTHING, Spec, lay_out, shown
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.domain.records import View
    from crmcli.render.columns import Column
    from crmcli.render.table import Cells, Screen

_SPECS = (Spec("", "left"), Spec("field", "left"), Spec("left", "left", 0, 16), Spec("right", "left", 0, 16))
_EMPTY: tuple[object, ...] = (None, (), "", {})
_LEFT_OUT = frozenset({"id", "updated_at", "updated_by"})


def side_by_side(noun: str, left: View, right: View, heading: str, screen: Screen) -> Iterator[str]:
    """The heading, and a line for every field that either of the two has."""
    yield paint(heading, "heading", color=screen.color)
    rows = [row for column in all_columns(noun).values() if (row := _row(column, left, right, screen)) is not None]
    yield from lay_out(_SPECS, rows, screen)


def _row(column: Column, left: View, right: View, screen: Screen) -> Cells | None:
    mine, theirs = column.get(left), column.get(right)
    if column.name in _LEFT_OUT or (mine in _EMPTY and theirs in _EMPTY):
        return None
    differs = mine != theirs and column.name != "number"
    texts = [NOTHING if value in _EMPTY else shown(value, column.kind, screen) for value in (mine, theirs)]
    # One empty side is no contradiction: the other's value would be kept.
    tone = "rotting" if differs and mine not in _EMPTY and theirs not in _EMPTY else ""
    return [("≠" if tone else "", tone), (column.header, "muted"), (texts[0], tone), (texts[1], tone)]
