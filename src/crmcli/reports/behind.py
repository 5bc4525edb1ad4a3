"""The records behind the figures of a report: which of its rows and columns are meant, and their uids as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.text import fold, nearest
from crmcli.errors import NotFound, UsageError
from crmcli.reports.drill import numbered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.reports.report import Drill, Report
    from crmcli.services.desk import Desk

    Row = tuple[Report, int]

_NO_LABEL = "—"
_BESIDE = ("_before", "_change")
_AT_ONCE = 10_000  # numbers that one filter can hold


def label_of(report: Report, row: tuple[object, ...]) -> str:
    """What a row is about: its title, else its first column."""
    names = [column.name for column in report.columns]
    value = row[names.index("title") if "title" in names else 0]
    return _NO_LABEL if value is None else str(value)


def behind(report: Report, row: str = "", column: str = "") -> list[Drill]:
    """The records that are counted in a row (all rows if none is named) or in one of its columns.

    Raises NotFound for a row or column that there is not, UsageError for a report whose figures can't be followed.
    """
    parts = report.parts or (report,)
    if any(part.rows for part in parts) and not any(part.drill for part in parts):
        raise UsageError(f"report {report.name} does not say which records are behind its figures")
    _refuse_column(parts, column)
    if report.whole is not None and not row and not column:
        return [report.whole]
    rows = [(part, place) for part in parts if part.drill for place in range(len(part.rows))]
    found = (_of_cell(part, place, column) for part, place in (_rows_named(rows, row) if row else rows))
    return list(dict.fromkeys(each for each in found if each is not None))


def _of_cell(part: Report, place: int, column: str) -> Drill | None:
    """The records of a row, or of one of its columns where these are others."""
    own = part.cells[place] if part.cells and column else {}
    return own[column] if column in own else part.drill[place]


def _refuse_column(parts: Sequence[Report], name: str) -> None:
    known = [column.name for part in parts if part.drill for column in part.columns]
    if not name:
        return
    if name not in known:
        near = nearest(name, known)
        raise NotFound(f"no column {name!r}", hint=f"did you mean {near}?" if near else f"one of {', '.join(known)}")
    before = next((part.compared for part in parts if part.compared and name.endswith(_BESIDE)), None)
    if before:
        raise UsageError(
            f"{name} is about {before}, whose records this report does not have", hint="ask for that --period"
        )


def _rows_named(rows: Sequence[Row], name: str) -> list[Row]:
    """The rows of that label, else of one that differs in case and accents alone, else the row in that place."""
    labels = [label_of(part, part.rows[place]) for part, place in rows]
    for same in (lambda label: label == name, lambda label: fold(label) == fold(name)):
        found = [row for row, label in zip(rows, labels, strict=True) if same(label)]
        if found:
            return found
    if name.isdecimal() and 0 < int(name) <= len(rows):
        return [rows[int(name) - 1]]
    near = nearest(name, labels)
    hint = (
        f"did you mean {near}?"
        if near
        else f"a label, or a place from 1 to {len(rows)}"
        if rows
        else "there are no rows"
    )
    raise NotFound(f"no row {name!r}", hint=hint)


def uids(desk: Desk, drills: Sequence[Drill]) -> Iterator[tuple[str, str]]:
    """Noun and uid of each of these records, once each, as they come from the store."""
    from crmcli.store.queries.uids import uids_where

    ways = [one for each in drills for one in (each, *each.more)]
    with desk.reading() as reader:
        seen: dict[str, _Seen] = {}
        for each in _together(ways):
            known = seen.setdefault(each.noun, _Seen()) if len(ways) > 1 else None
            for number, uid in uids_where(reader, each.noun, desk.condition(reader, each.noun, each.filter)):
                if known is None or known.is_new(number):
                    yield each.noun, uid


class _Seen:
    """Which numbers were met before, in a bit each."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def is_new(self, number: int) -> bool:
        """Whether the number is met for the first time."""
        place, bit = number >> 3, 1 << (number & 7)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits) + len(self._bits) // 2))
        is_new = not self._bits[place] & bit
        self._bits[place] |= bit
        return is_new


def _together(drills: Sequence[Drill]) -> Iterator[Drill]:
    """The drills, with those that name records by number put together: a row for each record would be as many questions."""
    import re

    named = re.compile(r"number (?:= (\d+)|in \(([\d, ]+)\))")
    numbers: dict[str, list[int]] = {}
    for each in drills:
        found = named.fullmatch(each.filter)
        if found is None:
            yield each
        else:
            numbers.setdefault(each.noun, []).extend(map(int, (found[1] or found[2]).split(",")))
    for noun, all_of_them in numbers.items():
        for start in range(0, len(all_of_them), _AT_ONCE):
            drill = numbered(noun, all_of_them[start : start + _AT_ONCE])
            if drill is not None:
                yield drill
