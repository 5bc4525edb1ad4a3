"""The stream of activities: what was done and what is planned, with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.durations import show_duration
from crmcli.render.columns import is_past
from crmcli.render.safe import visible
from crmcli.tui.widgets.day_list import DayList
from crmcli.tui.widgets.line_list import Piece, columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.views import ActivityView

_CLOCK, _KIND, _WHO, _ASIDE = 5, 8, 26, 18
_NARROW = 90  # cells
SIGNS = {"planned": "○", "done": "●", "canceled": "✗", "no_show": "✗"}


class ActivityList(DayList):
    """One line an activity."""

    nothing = "nothing here yet\nl on a contact, company or deal logs a call, a meeting, a note …\nn  adds one here"

    def view_pieces(self, view: ActivityView, cells: int) -> Sequence[Piece]:
        """Its hour, its kind, what it was, with whom, and how it stands."""
        late = view.status == "planned" and is_past(view.due, self._now())
        said = " ".join((view.body or "").split()) if view.body and view.body != view.subject else ""
        subject = visible(view.subject or said or view.type)
        tone = "title" if view.status == "planned" else "text"
        narrow = cells < _NARROW
        head = f"{'!' if late else SIGNS.get(view.status, '·')} {view.type.replace('_', ' ')}"
        return [
            Piece(self._clock(view).rjust(_CLOCK), "muted"),
            Piece("  "),
            *columns(
                cells - _CLOCK - 2,
                (Piece(head, "late" if late else "muted"), _KIND + 2),
                (Piece(subject, tone), 0),
                (Piece(visible(_who(view)), "muted"), 20 if narrow else _WHO),
                *(() if narrow else ((Piece(self._aside(view, late=late), "late" if late else "muted"), _ASIDE),)),
            ),
        ]

    def _clock(self, view: ActivityView) -> str:
        if view.status == "planned":
            return self._locale.clock(view.due.at) if view.due is not None and view.due.at is not None else ""
        return self._locale.clock(view.at)

    def _aside(self, view: ActivityView, *, late: bool) -> str:
        parts = [
            "overdue" if late else "",
            view.status.replace("_", " ") if view.status in ("canceled", "no_show") else "",
            show_duration(view.duration) if view.duration else "",
            visible(view.owner or ""),
        ]
        return " · ".join(part for part in parts if part)


def _who(view: ActivityView) -> str:
    links = view.contacts or tuple(link for link in (view.deal, view.company) if link is not None)
    return ", ".join(link.name for link in links)
