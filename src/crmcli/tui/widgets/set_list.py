"""The list of change sets: who did what, and whether it still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import width
from crmcli.render.safe import visible
from crmcli.tui.widgets.day_list import DayList
from crmcli.tui.widgets.line_list import Piece, columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.views import ChangeSetView

_CLOCK, _USER, _COMMAND, _RECORDS = 5, 10, 16, 12


class SetList(DayList):
    """One line a change set."""

    nothing = "nothing was changed yet\nwhatever is done here or in the shell is listed, and can be taken back"

    def view_pieces(self, view: ChangeSetView, cells: int) -> Sequence[Piece]:
        """Its hour, user, command and summary, how many records, and whether it was undone."""
        tone = "muted" if view.undone else "text"
        summary = ("undone: " if view.undone else "") + visible(view.summary)
        count = f"{self._locale.number(view.records)} records" if view.records != 1 else ""
        # The hour as the locale writes it may take more than its five cells.
        clock = self._locale.clock(view.at).rjust(_CLOCK)
        sign = "✗ " if view.undone else "  "
        return [
            Piece(clock, "muted"),
            Piece(f" {sign}", "muted"),
            *columns(
                cells - width(clock) - 3,
                (Piece(visible(view.command), "muted" if view.undone else "title"), _COMMAND),
                (Piece(summary, tone), 0),
                (Piece(visible(view.user), "muted"), _USER),
                (Piece(count, "muted"), _RECORDS),
                (Piece(f"#{view.number}", "muted"), 7),
            ),
        ]
