"""A month of campaigns as a grid of weeks: campaigns as bars across their days, tasks and sendings on theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import cut, pad, width
from crmcli.render.safe import visible
from crmcli.tui.campaign_words import MARKS, day_word
from crmcli.tui.widgets.entry_list import Entry, heading
from crmcli.tui.widgets.line_list import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from crmcli.domain.views import CalendarItem
    from crmcli.render.locale import Locale
    from crmcli.services.campaign_calendar import Month

_WEEK = 7
_SEND, _TASK, _DONE = "»", "□", "✓"
_LEAST = 4  # cells of a day

Run = tuple[str, str]  # text and style


class _Placed(NamedTuple):
    """A bar within a week: which columns it covers, and whether it goes on before and after them."""

    first: int
    last: int
    item: CalendarItem
    comes: bool
    goes: bool


class Grid(NamedTuple):
    """What a month is drawn with: how wide, how many lines of bars a week has, today, and which campaign is picked out."""

    cells: int
    lanes: int
    today: date
    chosen: str = ""


def month_grid(month: Month, items: Sequence[CalendarItem], grid: Grid) -> list[list[Run]]:
    """The lines of the month, each as runs of text with a style."""
    day = max(_LEAST, grid.cells // _WEEK)
    lines: list[list[Run]] = [[(pad(f" {name}", day), "dim") for name in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")]]
    start = month.start - timedelta(days=month.start.weekday())
    while start < month.end:
        lanes, hidden = _bars(start, items, grid, day)
        days = [_day_run(start + timedelta(days=each), month, items, grid, day) for each in range(_WEEK)]
        if hidden:  # campaigns that there is no line for
            text, style = days[-1]
            days[-1] = (pad(f"{text.rstrip()} +{hidden}", day), style)
        lines += [days, *lanes]
        start += timedelta(days=_WEEK)
    return lines


def _day_run(on: date, month: Month, items: Sequence[CalendarItem], grid: Grid, cells: int) -> Run:
    """The number of the day, in brackets today, with signs for what is due."""
    if not month.start <= on < month.end:
        return pad(f" {on.day}", cells), "dim"
    number = f"[{on.day}]" if on == grid.today else f" {on.day}"
    here = [item for item in items if item.kind != "campaign" and item.starts_on == on]
    signs = "".join(_sign(item) for item in here)
    if len(signs) > cells - len(number) - 2:
        signs = signs[: max(0, cells - len(number) - 3)] + "+"
    return pad(f"{number} {signs}", cells), "bold" if on == grid.today or here else ""


def _sign(item: CalendarItem) -> str:
    return _SEND if item.kind == "send" else _DONE if item.status == "done" else _TASK


def _bars(start: date, items: Sequence[CalendarItem], grid: Grid, day: int) -> tuple[list[list[Run]], int]:
    """The lines of bars of a week, and how many bars there is no line for."""
    lanes: list[list[_Placed]] = []
    hidden = 0
    for placed in _placed(start, items):
        lane = next((each for each in lanes if each[-1].last < placed.first), None)
        if lane is not None:
            lane.append(placed)
        elif len(lanes) < grid.lanes:
            lanes.append([placed])
        else:
            hidden += 1
    return [list(_lane(lane, grid, day)) for lane in lanes], hidden


def _placed(start: date, items: Sequence[CalendarItem]) -> list[_Placed]:
    end = start + timedelta(days=_WEEK - 1)
    return sorted(
        (
            _Placed(
                max(0, (item.starts_on - start).days), min(_WEEK - 1, (item.ends_on - start).days), item,
                item.starts_on < start, item.ends_on > end,
            )
            for item in items
            if item.kind == "campaign" and item.starts_on <= end and item.ends_on >= start
        ),
        key=lambda placed: (placed.first, placed.first - placed.last),
    )  # fmt: skip


def _lane(lane: Sequence[_Placed], grid: Grid, day: int) -> Iterator[Run]:
    at = 0
    for placed in lane:
        yield " " * ((placed.first - at) * day), ""
        cells = (placed.last - placed.first + 1) * day - 1
        opening, closing = "◄" if placed.comes else "▐", "►" if placed.goes else "▌"
        style = "bold $accent" if placed.item.id == grid.chosen else "$primary"
        yield opening + _ruled(f"{MARKS[placed.item.status]} {visible(placed.item.name)}", cells - 2) + closing, style
        yield " ", ""
        at = placed.last + 1
    yield " " * ((_WEEK - at) * day), ""


def _ruled(text: str, cells: int) -> str:
    """The text and a line from its end on."""
    text = cut(text, max(0, cells))
    rest = cells - width(text)
    return text + (" " + "─" * (rest - 1) if rest > 0 else "")


def month_entries(month: Month, items: Sequence[CalendarItem], today: date, locale: Locale) -> list[Entry]:
    """What lies in the month, day by day; enter opens it."""
    found = [heading(f"in {month.start:%B %Y}")] if items else []
    ordered = sorted(items, key=lambda each: (each.starts_on, str(each.at or ""), each.kind))
    return [*found, *(_item(item, today, locale) for item in ordered)]


def _item(item: CalendarItem, today: date, locale: Locale) -> Entry:
    first = day_word(item.starts_on, today, locale)
    if item.kind == "campaign":
        when = first if item.ends_on == item.starts_on else f"{first} – {day_word(item.ends_on, today, locale)}"  # noqa: RUF001
        sign, about = MARKS[item.status], item.status
    else:
        when = first + (f" {locale.clock(item.at)}" if item.at is not None else "")
        sign, about = _sign(item), item.campaign.name if item.kind == "task" else item.status
    kind = "activity" if item.kind == "task" else "campaign"
    pieces = (Piece(f"{sign} "), Piece(pad(when, 17), "muted"), Piece(" "), Piece(visible(item.name), "title"))
    return Entry(pieces, visible(about), (kind, item.id))
