"""Tables for a terminal: dense, without boxes, fitted to its width by leaving columns out and then by cutting text.

Figures are never cut: half a number is another number.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.durations import show_duration
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.domain.views import Due, Link
from crmcli.render.cells import cut, pad, width, wrap
from crmcli.render.formats import cell, names_of
from crmcli.render.safe import visible
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmcli.domain.records import Value, View
    from crmcli.render.columns import Column
    from crmcli.render.locale import Locale

    Cells = Sequence[tuple[str, str]]  # text and tone

NOTHING = "—"
_GAP = "  "
# The widths are fitted to the first rows; a table of any length is then written in constant memory.
_MEASURED = 1000
_LEAST_SHOWN = 3
_SHORT = 8  # a text, or a heading over figures, that can still be read


class Screen(NamedTuple):
    """What is drawn on: cells across, whether it has colour, how the user writes dates, and now in the user's zone."""

    width: int
    color: bool
    locale: Locale
    now: datetime


class Spec(NamedTuple):
    """How one column is laid out; see ``columns.Column``. ``is_whole`` are figures and dates, of which no part is shown."""

    header: str
    align: str = "left"
    priority: int = 0
    min_width: int = 0
    is_whole: bool = False


def table(columns: Sequence[Column], views: Iterable[Any], screen: Screen, *, keep_all: bool = False) -> Iterator[str]:
    """The lines of a table of views; ``keep_all`` when the user chose the columns, so none is left out."""
    specs = [
        Spec(c.header, c.align, 0 if keep_all else c.priority, c.min_width, c.align == "right" and not keep_all)
        for c in columns
    ]
    return lay_out(specs, (view_cells(columns, view, screen) for view in views), screen)


def view_cells(columns: Sequence[Column], view: View, screen: Screen) -> list[tuple[str, str]]:
    """The view's cells as a person is shown them, each with its tone."""
    return [
        (shown(column.get(view), column.kind, screen), column.tone(view, screen.now) if column.tone else "")
        for column in columns
    ]


def lay_out(specs: Sequence[Spec], rows: Iterable[Cells], screen: Screen, *, header: bool = True) -> Iterator[str]:
    """The rows as lines under a header, in columns that fit the screen; the lines come in the order of the rows."""
    coming = iter(rows)
    first = list(islice(coming, _MEASURED))
    fitted = fit(specs, first, screen.width, header=header)
    if _taken(fitted) > screen.width and any(spec.is_whole for spec in specs):
        yield from _below_each_other(specs, chain(first, coming), screen)
        return
    if header:
        yield _line([(spec.header, "header") for spec in specs], specs, fitted, color=screen.color)
    for row in chain(first, coming):
        yield _line(row, specs, fitted, color=screen.color)


def fit(specs: Sequence[Spec], rows: Sequence[Cells], total: int, *, header: bool = True) -> dict[int, int]:
    """The width of each column that stays, by its place; more than ``total`` where not even one figure has room."""
    content = [max((width(row[place][0]) for row in rows), default=0) for place in range(len(specs))]
    natural = [max(width(spec.header) if header else 0, wide) for spec, wide in zip(specs, content, strict=True)]
    least = [min(wide, spec.min_width or wide) for wide, spec in zip(natural, specs, strict=True)]
    kept = dict(enumerate(least))
    while _taken(kept) > total and any(specs[place].priority for place in kept):
        del kept[max(kept, key=lambda place: (specs[place].priority, place))]
    bare = [
        content[n] if spec.is_whole else min(wide, _LEAST_SHOWN)
        for n, (spec, wide) in enumerate(zip(specs, natural, strict=True))
    ]
    short = [max(bare[n], min(wide, _SHORT)) for n, wide in enumerate(least)]
    kept = {place: short[place] for place in kept}
    while _taken(kept) > total and len(whole := [place for place in kept if specs[place].is_whole]) > 1:
        del kept[whole[-1]]
    widths = {place: natural[place] for place in kept}
    for lowest in (least, short, bare):
        _shrink(widths, lowest, _taken(widths) - total)
    return widths


def _taken(widths: Mapping[int, int]) -> int:
    """The cells that columns of these widths take."""
    return sum(widths.values()) + len(_GAP) * (len(widths) - 1)


def _shrink(widths: dict[int, int], least: Sequence[int], excess: int) -> None:
    """Take ``excess`` cells from the widest columns, none of them below its least width."""
    while excess > 0:
        able = [place for place in widths if widths[place] > least[place]]
        if not able:
            return
        ordered = sorted(able, key=lambda place: -widths[place])
        widest = ordered[0]
        next_width = max(widths[ordered[1]], least[widest]) if len(ordered) > 1 else least[widest]
        taken = min(excess, max(1, widths[widest] - next_width))
        widths[widest] -= taken
        excess -= taken


def _line(row: Cells, specs: Sequence[Spec], widths: dict[int, int], *, color: bool) -> str:
    *before, last = widths
    # A figure far below, wider than those that the widths were fitted to, is out of line rather than cut.
    wide = {
        n: max(each, width(row[n][0])) if specs[n].is_whole and row[n][1] != "header" else each
        for n, each in widths.items()
    }
    cells = [(pad(row[place][0], wide[place], specs[place].align), row[place][1]) for place in before]
    # No spaces after the last text: they would wrap in a terminal that is made narrower.
    text, tone = row[last]
    end = pad(text, wide[last], "right") if specs[last].align == "right" else cut(text, wide[last])
    return _GAP.join(paint(filled, meaning, color=color) for filled, meaning in [*cells, (end, tone)]).rstrip()


def _below_each_other(specs: Sequence[Spec], rows: Iterable[Cells], screen: Screen) -> Iterator[str]:
    """The rows where there is no room for columns: each value with its heading on a line, broken where it must be."""
    for place, row in enumerate(rows):
        if place:
            yield ""
        for spec, (text, tone) in zip(specs, row, strict=True):
            for line in wrap(f"{spec.header} {text}".strip(), screen.width) if text else ():
                yield paint(line, tone, color=screen.color)


def shown(value: Value, kind: str, screen: Screen) -> str:
    """The value as a person is shown it, on one line, harmless to a terminal."""
    if value is None:
        return ""
    write = _BY_KIND.get(kind)
    if write is not None:
        return write(value, screen)
    write = _BY_TYPE.get(value.__class__)
    return write(value, screen) if write is not None else visible(cell(value))


def _near(value: Value, screen: Screen) -> str:
    if isinstance(value, Due):
        return screen.locale.near_due(value, screen.now)
    if isinstance(value, datetime):
        return screen.locale.near_time(value, screen.now)
    return screen.locale.near(value, screen.now.date())


def _money(value: Value, screen: Screen) -> str:
    return screen.locale.money(value) if isinstance(value, Money) else screen.locale.number(value, 2)


_BY_KIND: dict[str, Callable[[Any, Screen], str]] = {
    "near": _near,
    "money": _money,
    "chance": lambda value, _: f"{value}%",
    "percent": lambda value, screen: screen.locale.percent(value),
    "days": lambda value, screen: f"{screen.locale.number(value, 1 if isinstance(value, float) else 0)} d",
    "minutes": lambda value, _: show_duration(value),
    "phone": lambda value, screen: visible(screen.locale.phones(value)),
    "number": lambda value, screen: screen.locale.number(value),
}
_BY_TYPE: dict[type, Callable[[Any, Screen], str]] = {
    Money: lambda value, screen: screen.locale.money(value),
    datetime: lambda value, screen: screen.locale.time(value),
    date: lambda value, screen: screen.locale.date(value),
    Due: lambda value, screen: screen.locale.due(value),
    Link: lambda value, _: visible(value.name),
    bool: lambda value, _: "yes" if value else "",
    tuple: lambda value, _: visible(_together(value)),
}


def _together(values: tuple[Any, ...]) -> str:
    """Several values for a person, who can tell them apart without the marks that a file needs."""
    return "; ".join(names_of(values)) if values and values[0].__class__ in (str, Link) else cell(values)
