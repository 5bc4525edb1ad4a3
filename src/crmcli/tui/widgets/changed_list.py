"""What one change set did: each record, and below it each field before and after."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.render.cells import pad
from crmcli.render.formats import cell
from crmcli.render.safe import visible
from crmcli.tui.widgets.line_list import LineList, Piece, joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.domain.views import ChangeSetView, ChangeView
    from crmcli.render.locale import Locale

_FIELD = 14
_DID = {"add": "added", "edit": "changed", "remove": "deleted", "restore": "brought back"}


class Line(NamedTuple):
    """A record that was changed, or one of its fields; neither is a remark."""

    noun: str = ""
    record: str = ""  # uid
    name: str = ""
    action: str = ""
    change: Any = None  # the field's ChangeView
    remark: str = ""


class ChangedList(LineList):
    """The records and fields of a change set; the cursor is always on a record or on a field of one."""

    def __init__(self, locale: Locale) -> None:
        super().__init__(id="changed")
        self._locale = locale
        self._lines: list[Line] = []
        self._key: object = None

    @property
    def count(self) -> int:
        """Lines."""
        return len(self._lines)

    def is_heading(self, place: int) -> bool:
        """Whether it is a remark."""
        return bool(self._lines[place].remark)

    def key_at(self, place: int) -> None:  # noqa: ARG002
        """What was changed can't be marked."""
        return

    @property
    def line(self) -> Line | None:
        """The line at the cursor."""
        found = self._lines[self.cursor] if self.cursor < self.count else None
        return found if found is not None and found.record else None

    def records(self) -> list[Line]:
        """Each record once, as far as the change was read."""
        return list({(line.noun, line.record): line for line in reversed(self._lines) if line.record}.values())[::-1]

    def show(self, view: ChangeSetView | None, count: int = 0) -> None:
        """Show what another change set did, of which there are so many lines in all; the same one again keeps its cursor."""
        key = view.number if view is not None else None
        was, self._key = self._key, key
        self._lines = list(_lines(view, count)) if view is not None else []
        self.nothing = "" if view is None else "nothing is known of what it changed"
        self.measure()
        if key != was:
            self.cursor = 0
            self.scroll_to(y=0, animate=False)
        self.put_cursor(min(self.cursor, max(0, self.count - 1)))
        self.forget()

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """A record with what was done to it, a field before and after, or a remark."""
        line = self._lines[place]
        if line.remark:
            return joined(cells, Piece(line.remark, "muted"))
        if line.change is None:
            did = Piece(f"  {_DID.get(line.action, line.action)}", "late" if line.action == "remove" else "good")
            return joined(
                cells, Piece(f"{line.noun} ", "muted"), Piece(visible(line.name) or line.record, "title"), did
            )
        return joined(cells, *self._field(line.change))

    def _field(self, change: ChangeView) -> Iterator[Piece]:
        yield Piece(f"  {pad(visible((change.field or '').replace('_', ' ')), _FIELD)} ", "muted")
        before, after = shown_value(change.before, self._locale), shown_value(change.after, self._locale)
        yield Piece(before, "late")
        yield Piece(" → " if before and after else "+ " if after else " ✗ taken off", "muted")
        yield Piece(after, "good")


def shown_value(value: Any, locale: Locale) -> str:  # noqa: ANN401 - whatever the log holds
    """A value of the log on one line."""
    return "" if value is None else locale.money(value) if isinstance(value, Money) else visible(cell(value))


def _lines(view: ChangeSetView, count: int) -> Iterator[Line]:
    for (noun, record), found in groupby(view.changes, key=lambda change: (change.noun, change.record)):
        several = list(found)
        action = next((each.action for each in several if each.action != "edit"), several[0].action)
        yield Line(noun, record, several[0].name, action)
        yield from (Line(noun, record, each.name, each.action, each) for each in several if each.field)
    if count > len(view.changes):
        yield Line(remark=f"… and more: crm history {view.id}")
