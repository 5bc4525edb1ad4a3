"""A list whose rows are values with a heading among them here and there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from crmcli.tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from crmcli.render.locale import Locale


class Row(Protocol):
    """What a row says of itself."""

    @property
    def is_heading(self) -> bool:
        """Whether it is a title above rows."""


RowT = TypeVar("RowT", bound=Row)


class RowList(LineList, Generic[RowT]):
    """Rows that can't be marked."""

    def __init__(self, name: str, locale: Locale, now: Callable[[], datetime]) -> None:
        super().__init__(id=name)
        self._locale = locale
        self._now = now
        self.rows: list[RowT] = []

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self.rows)

    def key_at(self, place: int) -> None:  # noqa: ARG002
        """It can't be marked."""
        return

    def is_heading(self, place: int) -> bool:
        """Whether it is a title above rows."""
        return self.rows[place].is_heading

    @property
    def line(self) -> RowT | None:
        """The row at the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def put(self, rows: Sequence[RowT], cursor: int) -> None:
        """Other rows, and where the cursor is among them."""
        self.rows = list(rows)
        self.cursor = 0
        self.put_cursor(cursor)
        self.measure()
        self.forget()
