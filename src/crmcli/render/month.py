"""A month on a terminal: a week a row, campaigns as bars over their days, tasks and sendings on theirs."""

from __future__ import annotations

from datetime import timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

from crmcli.domain.dates import MONTHS
from crmcli.render.cells import cut, pad, width
from crmcli.render.safe import visible
from crmcli.render.table import Spec, lay_out
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from crmcli.domain.views import CalendarItem
    from crmcli.render.table import Screen

_LEAST_CELL = 8
_MOST_OF_A_DAY = 5
_TASKS = {"planned": "○", "done": "●"}
_TONES = {"paused": "rotting", "canceled": "lost", "completed": "muted", "draft": "muted", "planned": "muted"}


def month_lines(items: Sequence[CalendarItem], start: date, end: date, screen: Screen) -> Iterator[str]:
    """The month from ``start`` up to, not including, ``end``; on a narrow terminal a list of its days."""
    yield paint(_title(start, screen), "heading", color=screen.color)
    cell = (screen.width - 6) // 7
    if cell < _LEAST_CELL:
        yield from _agenda(items, screen)
        return
    monday = start - timedelta(days=start.weekday())
    yield paint(
        " ".join(pad(_weekday(monday + timedelta(days=n), screen), cell) for n in range(7)).rstrip(),
        "muted",
        color=screen.color,
    )
    while monday < end:
        yield from _week(items, monday, (start, end), cell, screen)
        monday += timedelta(days=7)
    yield paint("├──┤ campaign  → sending  ○ task  ● done", "muted", color=screen.color)


def _title(day: date, screen: Screen) -> str:
    if screen.locale.name is None:
        return f"{MONTHS[day.month - 1].title()} {day.year}"
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMMM", day, locale=screen.locale.name))


def _weekday(day: date, screen: Screen) -> str:
    return screen.locale.weekday(day)[:3]


def _week(
    items: Sequence[CalendarItem], monday: date, month: tuple[date, date], cell: int, screen: Screen
) -> Iterator[str]:
    days = [monday + timedelta(days=n) for n in range(7)]
    inside = [day for day in days if month[0] <= day < month[1]]
    numbers = [_number(day, screen) if day in inside else "" for day in days]
    yield paint(" ".join(pad(number, cell) for number in numbers).rstrip(), "header", color=screen.color)
    for item in items:
        if item.kind == "campaign" and item.starts_on <= inside[-1] and item.ends_on >= inside[0]:
            yield _bar(item, days, (inside[0], inside[-1]), cell, screen)
    columns = [_day(items, day, cell, screen) if day in inside else [] for day in days]
    for row in zip_longest(*columns, fillvalue=(" " * cell)):
        yield " ".join(row).rstrip()


def _number(day: date, screen: Screen) -> str:
    """The day of the month; today stands in brackets, so that it is told without colour."""
    return f"[{day.day}]" if day == screen.now.date() else str(day.day)


def _bar(item: CalendarItem, days: Sequence[date], within: tuple[date, date], cell: int, screen: Screen) -> str:
    first, last = max(item.starts_on, within[0]), min(item.ends_on, within[1])
    left, span = days.index(first) * (cell + 1), ((last - first).days + 1) * (cell + 1) - 1
    begins, ends = "├" if item.starts_on == first else "─", "┤" if item.ends_on == last else "─"
    name = visible(item.name) if item.status == "active" else f"{visible(item.name)} ({item.status})"
    label = cut(f" {name} ", span - 2)
    line = begins + label + "─" * (span - 2 - width(label)) + ends
    return " " * left + paint(line, _TONES.get(item.status, "bar"), color=screen.color)


def _day(items: Sequence[CalendarItem], day: date, cell: int, screen: Screen) -> list[str]:
    own = [item for item in items if item.kind != "campaign" and item.starts_on == day]
    lines = [_cell(item, cell, screen) for item in own[:_MOST_OF_A_DAY]]
    more = len(own) - len(lines)
    return [*lines, paint(pad(f"+{more} more", cell), "muted", color=screen.color)] if more > 0 else lines


def _cell(item: CalendarItem, cell: int, screen: Screen) -> str:
    late = item.kind == "task" and item.status == "planned" and item.starts_on < screen.now.date()
    return paint(pad(_said(item, screen), cell), "overdue" if late else "", color=screen.color)


def _said(item: CalendarItem, screen: Screen) -> str:
    clock = f"{screen.locale.clock(item.at)} " if item.at else ""
    mark = "→" if item.kind == "send" else _TASKS.get(item.status, "✗")
    return f"{mark} {clock}{visible(item.campaign.name if item.kind == 'send' else item.name)}"


_AGENDA = (Spec("from"), Spec("to"), Spec("what", min_width=10))


def _agenda(items: Sequence[CalendarItem], screen: Screen) -> Iterator[str]:
    """The same a line each, where a month has no room."""
    rows = []
    for item in sorted(items, key=lambda item: item.starts_on):
        last = screen.locale.date(item.ends_on) if item.ends_on != item.starts_on else ""
        what = f"{visible(item.name)} ({item.status})" if item.kind == "campaign" else _said(item, screen)
        rows.append([(screen.locale.date(item.starts_on), ""), (last, ""), (what, "")])
    yield from lay_out(_AGENDA, rows, screen, header=False)
