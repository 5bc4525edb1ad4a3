"""A figure and its change together in one column, for a screen that has no room for both periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import pad, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.render.table import Spec
    from crmcli.reports.report import ReportColumn

    Row = list[tuple[str, str]]

_GAP = 2


def folded(
    columns: Sequence[ReportColumn], specs: list[Spec], rows: list[Row], total: int
) -> tuple[list[Spec], list[Row]]:
    """The table as it is where it fits, else with ``value  Δ`` in place of value, before and change."""
    if _natural(specs, rows) <= total:
        return specs, rows
    names = {column.name: place for place, column in enumerate(columns)}
    beside = {
        place: (names[f"{column.name}_before"], names[f"{column.name}_change"])
        for place, column in enumerate(columns)
        if f"{column.name}_before" in names and f"{column.name}_change" in names
    }
    gone = {place for pair in beside.values() for place in pair}
    kept = [place for place in range(len(columns)) if place not in gone]
    wide = {place: max((width(row[change][0]) for row in rows), default=1) for place, (_, change) in beside.items()}

    def cell(row: Row, place: int) -> tuple[str, str]:
        text, tone = row[place]
        if place not in beside or not text:
            return text, tone
        return f"{text}{' ' * _GAP}{pad(row[beside[place][1]][0], wide[place], 'right')}", tone

    headers = {place: f"{specs[place].header}{' ' * _GAP}{pad('Δ', max(wide[place], 1), 'right')}" for place in beside}
    # A figure must not be cut: where there is no room for all, the least telling are left out, then those at the right.
    order = sorted(beside, key=lambda place: specs[place].priority)
    last = {place: n if n else specs[place].priority for n, place in enumerate(order)}
    slim = [
        specs[place]._replace(
            header=headers.get(place, specs[place].header), priority=last.get(place, specs[place].priority)
        )
        for place in kept
    ]
    return slim, [[cell(row, place) for place in kept] for row in rows]


def _natural(specs: Sequence[Spec], rows: Sequence[Row]) -> int:
    """The cells that the whole table takes."""
    wide = [
        max(width(spec.header), max((width(row[place][0]) for row in rows), default=0))
        for place, spec in enumerate(specs)
    ]
    return sum(wide) + _GAP * (len(wide) - 1)
