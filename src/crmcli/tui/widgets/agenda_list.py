"""What needs the user, group by group, with a cursor that goes on to the next item when one is done with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import pad, width
from crmcli.render.safe import visible
from crmcli.tui.widgets.card import distance
from crmcli.tui.widgets.line_list import LineList, Piece, columns, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from crmcli.domain.views import TodayItem
    from crmcli.render.locale import Locale

_WHY, _WHO, _NUMBER = 28, 22, 7
_ROOMY = 96  # cells
_GROUP_TONES = {"overdue": "late", "past close": "late", "rotting": "slow", "no next step": "slow"}
_SIGNS = {"task": "○", "activity": "◷", "deal": "◆", "contact": "★", "company": "■"}
_URGENT = {"urgent": "!! ", "high": "! "}
GROUP_NAMES = {"today": "due today", "upcoming": "coming up"}


class Group(NamedTuple):
    """The heading of a group, or the empty line before it."""

    name: str = ""
    size: int = 0


class AgendaList(LineList):
    """The items under the headings of their groups."""

    def __init__(self, locale: Locale, now: Callable[[], datetime]) -> None:
        super().__init__(id="agenda")
        self._locale = locale
        self._now = now
        self._rows: list[TodayItem | Group] = []

    @property
    def count(self) -> int:
        """Items and headings."""
        return len(self._rows)

    def is_heading(self, place: int) -> bool:
        """Whether a group's heading is there."""
        return isinstance(self._rows[place], Group)

    def key_at(self, place: int) -> tuple[str, str] | None:
        """The group and the uid: what goes to another group has left its place."""
        row = self._rows[place]
        return None if isinstance(row, Group) else (row.group, row.id)

    @property
    def item(self) -> TodayItem | None:
        """The item at the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        return None if isinstance(row, Group) else row

    def items(self) -> list[TodayItem]:
        """All items."""
        return [row for row in self._rows if not isinstance(row, Group)]

    def chosen(self) -> list[TodayItem]:
        """The marked items, else the one at the cursor."""
        marked = [item for item in self.items() if (item.group, item.id) in self.marked]
        return marked or ([self.item] if self.item else [])

    def show(self, items: Sequence[TodayItem]) -> None:
        """Show other items; when the one at the cursor has left, the cursor goes to the next one that is still there."""
        after = [key for place in range(self.cursor, self.count) if (key := self.key_at(place))]
        self._rows = _grouped(items)
        places = {key: place for place in range(self.count) if (key := self.key_at(place))}
        self.marked &= set(places)
        wanted = next((places[key] for key in after if key in places), self.cursor if after else 0)
        self.measure()
        self.put_cursor(min(wanted, max(self.count - 1, 0)))
        self.bring_into_view()
        self.forget()
        self.post_message(self.Selected(self))

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """What is to be done, why, with whom."""
        row = self._rows[place]
        if isinstance(row, Group):
            return _heading(row, cells)
        what = f"{_SIGNS.get(row.noun, '·')} {self._hour(row)}{_URGENT.get(row.priority or '', '')}{visible(row.what)}"
        title = Piece(what, "text" if row.group in ("upcoming", "birthdays") else "title")
        why = Piece(self._why(row), _GROUP_TONES.get(row.group, "muted"))
        if cells < _ROOMY:
            return _narrow(title, why, Piece(visible(row.who), "muted"), cells)
        return columns(
            cells,
            (title, 0),
            (why, min(_WHY + (cells - _ROOMY) // 3, 48)),
            (Piece(visible(row.who)), _WHO),
            (Piece(f"#{row.number}", "muted"), _NUMBER),
        )

    def _hour(self, row: TodayItem) -> str:
        return f"{self._locale.clock(row.due.at)} " if row.due is not None and row.due.at is not None else ""

    def _why(self, row: TodayItem) -> str:
        if row.group == "birthdays" and row.due is not None and row.due.on != self._now().date():
            return f"{visible(row.why)} {distance(row.due.on, self._now().date())}"
        return visible(row.why)


def _narrow(title: Piece, why: Piece, who: Piece, cells: int) -> list[Piece]:
    """Who it is about right behind what is to be done, where there is no room for a column."""
    left = cells - width(title.text) - width(who.text) - 4
    aside = min(width(why.text), max(_WHY, left))
    pieces = joined(cells - aside - 2, title, Piece("  "), who)
    taken = sum(width(piece.text) for piece in pieces)
    return [*pieces, Piece(" " * (cells - aside - taken)), Piece(pad(why.text, aside), why.tone)]


def _grouped(items: Sequence[TodayItem]) -> list[TodayItem | Group]:
    rows: list[TodayItem | Group] = []
    sizes: dict[str, int] = {}
    for item in items:
        sizes[item.group] = sizes.get(item.group, 0) + 1
    before = ""
    for item in items:
        if item.group != before:
            rows += [Group()] if rows else []
            rows.append(Group(item.group, sizes[item.group]))
            before = item.group
        rows.append(item)
    return rows


def _heading(group: Group, cells: int) -> list[Piece]:
    if not group.name:
        return []
    name = GROUP_NAMES.get(group.name, group.name)
    return joined(cells, Piece(name, "heading"), Piece(f"  {group.size}", "muted"))


def counted(items: Sequence[TodayItem]) -> Mapping[str, int]:
    """How many items there are of each group."""
    sizes: dict[str, int] = {}
    for item in items:
        sizes[item.group] = sizes.get(item.group, 0) + 1
    return sizes
