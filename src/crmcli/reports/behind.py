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
    Numbered = tuple[int, Row]  # a row and its place among all that can be followed, from 1 on

_NO_LABEL = "—"
_BESIDE = ("_before", "_change")
_BESIDE_ALONE = ("before", "change")  # of a table that has one figure in a row


def label_of(report: Report, row: tuple[object, ...]) -> str:
    """What a row is about: its title, else its first column."""
    names = [column.name for column in report.columns]
    value = row[names.index("title") if "title" in names else 0]
    return _NO_LABEL if value is None else str(value)


def behind(report: Report, row: str = "", column: str = "") -> list[Drill]:
    """The records that are counted in a row (all rows if none is named) or in one of its columns.

    Of rows of several parts that have the name, those of the first part count: on a dashboard the key figures.

    Raises NotFound for a row or column that there is not, UsageError for a report whose figures can't be followed.
    """
    parts = report.parts or (report,)
    if any(part.rows for part in parts) and not any(part.drill for part in parts):
        raise UsageError(f"report {report.name} does not say which records are behind its figures")
    _refuse_column(parts, column)
    if report.whole is not None and not row and not column:
        return [report.whole]
    rows = _followed(parts, column)
    named = [row for _, row in _of_one_part(_rows_named(rows, row))] if row else [row for _, row in rows]
    found = (_of_cell(part, place, column) for part, place in named)
    return list(dict.fromkeys(each for each in found if each is not None))


def namesakes(report: Report, row: str, column: str = "") -> list[tuple[str, int]]:
    """The rows that have the name too and are not meant: the parts they stand in, and their places."""
    named = _rows_named(_followed(report.parts, column), row) if report.parts else []
    return [(part.title, place) for place, (part, _) in named[len(_of_one_part(named)) :]]


def _followed(parts: Sequence[Report], column: str) -> list[Numbered]:
    """The rows that can be followed and have the column, if one is named, each with its place among all of them."""
    rows = [(part, number) for part in parts if part.drill for number in range(len(part.rows))]
    return [
        (place, (part, number))
        for place, (part, number) in enumerate(rows, 1)
        if not column or any(each.name == column for each in part.columns)
    ]


def _of_one_part(rows: Sequence[Numbered]) -> list[Numbered]:
    """The rows of the part that the first one is of; they stand together."""
    return [each for each in rows if each[1][0] is rows[0][1][0]]


def _of_cell(part: Report, place: int, column: str) -> Drill | None:
    """The records of a row, or of one of its columns where these are others."""
    own = part.cells[place] if part.cells and column else {}
    return own[column] if column in own else part.drill[place]


def _refuse_column(parts: Sequence[Report], name: str) -> None:
    known = [column.name for part in parts if part.drill or not part.rows for column in part.columns]
    if not name:
        return
    if name not in known:
        near = nearest(name, known)
        raise NotFound(f"no column {name!r}", hint=f"did you mean {near}?" if near else f"one of {', '.join(known)}")
    is_beside = name.endswith(_BESIDE) or name in _BESIDE_ALONE
    before = next((part.compared for part in parts if part.compared and is_beside), None)
    if before:
        raise UsageError(
            f"{name} is about {before}, whose records this report does not have", hint="ask for that --period"
        )


def _rows_named(rows: Sequence[Numbered], name: str) -> list[Numbered]:
    """The rows of that label, else of one that differs in case and accents alone, else the row in that place."""
    labels = [_labels(*row) for _, row in rows]
    for same in (lambda label: label == name, lambda label: fold(label) == fold(name)):
        found = [row for row, its in zip(rows, labels, strict=True) if any(map(same, its))]
        if found:
            return found
    found = [row for row in rows if str(row[0]) == name]
    if found:
        return found
    near = nearest(name, [its[-1] for its in labels])
    hint = (
        f"did you mean {near}?"
        if near
        else f"a label, or a place from {rows[0][0]} to {rows[-1][0]}"
        if rows
        else "there are no rows"
    )
    raise NotFound(f"no row {name!r}", hint=hint)


def _labels(part: Report, place: int) -> tuple[str, ...]:
    """What a row can be called; a key figure by its name, and as that is printed."""
    label = label_of(part, part.rows[place])
    return (label, label.replace("_", " ")) if part.columns[0].name == "kpi" else (label,)


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
        drill = numbered(noun, all_of_them)
        if drill is not None:
            yield from (drill, *drill.more)
