"""Tables with more columns than have room: each block of columns as a table by itself, so that none is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import width
from crmcli.render.safe import visible
from crmcli.render.table import lay_out
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.render.table import Cells, Screen, Spec
    from crmcli.reports.report import ReportColumn

_GAP = 2
_LEAST_LABEL = 8


def block_lines(
    columns: Sequence[ReportColumn], specs: Sequence[Spec], rows: Sequence[Cells], screen: Screen
) -> Iterator[str]:
    """The rows as one table where it fits, else the blocks one below the other, each in as many tables as it takes."""
    natural = [max((width(row[place][0]) for row in rows), default=0) for place in range(len(columns))]
    headed = [max(width(spec.header), wide) for spec, wide in zip(specs, natural, strict=True)]
    if sum(headed) + _GAP * (len(headed) - 1) <= screen.width:
        yield from lay_out(specs, rows, screen)
        return
    labels = [place for place, column in enumerate(columns) if not column.block]
    blocks: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        if column.block:
            blocks.setdefault(column.block, []).append(place)
    is_first = True
    for block, places in blocks.items():
        short = {place: specs[place]._replace(header=_short(specs[place].header, block)) for place in places}
        wide = {place: max(width(short[place].header), natural[place]) for place in places}
        for part in _parts(places, wide, screen.width - _room(labels, headed, screen)):
            if not is_first:
                yield ""
            is_first = False
            if len(blocks) > 1:
                yield paint(visible(block), "heading", color=screen.color)
            kept = [*(specs[place] for place in labels), *(short[place] for place in part)]
            yield from lay_out(kept, [[row[place] for place in (*labels, *part)] for row in rows], screen)


def _short(header: str, block: str) -> str:
    """The heading without what the whole block is called."""
    return header.removesuffix(f" {block}")


def _room(labels: Sequence[int], headed: Sequence[int], screen: Screen) -> int:
    """The cells that the labels of the rows take: a third of the screen where they are longer, for texts can be cut."""
    most = max(screen.width // 3, (_LEAST_LABEL + _GAP) * len(labels))
    return min(sum(headed[place] + _GAP for place in labels), most)


def _parts(places: Sequence[int], wide: dict[int, int], room: int) -> Iterator[list[int]]:
    """As many columns at a time as have room, one at least."""
    part: list[int] = []
    taken = 0
    for place in places:
        if part and taken + wide[place] > room:
            yield part
            part, taken = [], 0
        part.append(place)
        taken += wide[place] + _GAP
    yield part
