"""Every change of a record, the newest first: who, when, by what, and each field before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.message import Message

from crmcli.render.cells import pad
from crmcli.render.formats import cell
from crmcli.render.safe import visible
from crmcli.tui.widgets.line_list import LineList, Piece, joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.domain.views import ChangeSetView, ChangeView
    from crmcli.render.locale import Locale

_NEAR_END = 30
_FIELD = 14


class Row(NamedTuple):
    """A line: the head of a change set, or one field of it."""

    made: ChangeSetView
    change: ChangeView | None = None


class ChangeList(LineList):
    """The whole history; more of it is asked for as the cursor nears the end."""

    nothing = "reading …"

    class More(Message):
        """The end is near."""

    def __init__(self, locale: Locale) -> None:
        super().__init__(id="changes")
        self._locale = locale
        self.rows: list[Row] = []
        self._has_more = False

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self.rows)

    def key_at(self, place: int) -> None:  # noqa: ARG002
        """A change can't be marked."""
        return

    @property
    def change_set(self) -> ChangeSetView | None:
        """The change at the cursor."""
        return self.rows[self.cursor].made if self.rows else None

    def show(self, sets: Sequence[ChangeSetView], *, has_more: bool) -> None:
        """The changes as far as they were read; the cursor stays on its own."""
        kept = self.rows[self.cursor].made.number if self.rows else None
        first = next((place for place, row in enumerate(self.rows) if row.made.number == kept), 0)
        within = self.cursor - first
        self.rows = [row for made in sets for row in _rows(made)]
        self.nothing = "no changes"
        self._has_more = has_more
        found = next((place for place, row in enumerate(self.rows) if row.made.number == kept), 0)
        self.cursor = 0
        self.put_cursor(found + within if kept is not None else 0)
        self.measure()
        self.forget()

    def clear(self) -> None:
        """Another record's are read."""
        self.rows, self.nothing = [], "reading …"
        self.cursor = 0
        self.measure()
        self.forget()

    def put_cursor(self, place: int) -> None:
        """Ask for more in time."""
        super().put_cursor(place)
        if self._has_more and self.cursor > self.count - _NEAR_END:
            self._has_more = False
            self.post_message(self.More())

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """Time, user and command; or a field before and after."""
        made, change = self.rows[place]
        if change is None:
            undone = Piece("  undone", "late") if made.undone else Piece("")
            return joined(
                cells, Piece(f"{self._locale.time(made.at)} ", "muted"), Piece(f"{visible(made.user)} ", "title"),
                Piece(visible(made.command), "text"), undone, Piece(f"  #{made.number}", "muted"),
            )  # fmt: skip
        return joined(cells, *self._changed(change))

    def _changed(self, change: ChangeView) -> Iterator[Piece]:
        if change.field is None:
            word = {"remove": "deleted", "restore": "brought back", "add": "added"}.get(change.action, change.action)
            yield Piece(f"    {word}", "late" if change.action == "remove" else "good")
            return
        yield Piece(f"    {pad(visible(change.field.replace('_', ' ')), _FIELD)} ", "muted")
        before, after = self._text(change.before), self._text(change.after)
        yield Piece(before, "late")
        yield Piece(" → " if before and after else "+ " if after else " ✗ taken off", "muted")
        yield Piece(after, "good")

    def _text(self, value: Any) -> str:  # noqa: ANN401 - whatever the log holds
        from crmcli.domain.money import Money

        return "" if value is None else self._locale.money(value) if isinstance(value, Money) else visible(cell(value))


def _rows(made: ChangeSetView) -> Iterator[Row]:
    yield Row(made)
    for change in made.changes:
        yield Row(made, change)
