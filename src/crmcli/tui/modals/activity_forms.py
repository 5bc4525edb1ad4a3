"""What was done with a deal, and what is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import PRIORITIES
from crmcli.tui.modals.form import Form, FormField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.domain.board import BoardCard
    from crmcli.domain.views import ActivityView
    from crmcli.services.activities import Activities

_KINDS = ("call", "meeting", "email", "note", "visit", "chat", "sms", "letter", "social", "decision")
_DUE = "fri, tomorrow 9:00, +3d"


class LogForm(Form["ActivityView"]):
    """Puts an activity on the deal's timeline and, if there is a next step, a task."""

    def __init__(self, activities: Activities, card: BoardCard) -> None:
        self._activities = activities
        self._card = card
        fields = (
            FormField("body", "what", example="what was said or done"),
            FormField("type", "kind", "call", choices=_KINDS),
            FormField("at", "when", example="now, or yesterday 15:00"),
            FormField("duration", "duration", example="15m, 1h30m"),
            FormField("outcome", "outcome", example="what came of it"),
            FormField("next", "next", example="a task for what comes next"),
            FormField("due", "due", example=_DUE),
        )
        super().__init__(f"log on #{card.number} {card.title}", fields, self._put_on_timeline)

    def _put_on_timeline(self, values: Mapping[str, str]) -> ActivityView:
        given = {name: text for name, text in values.items() if text.strip()}
        follow_up, due = given.pop("next", None), given.pop("due", None)
        return self._activities.log({**given, "deal": self._card.id}, follow_up=follow_up, due=due)[0]


class TaskForm(Form["ActivityView"]):
    """Plans a task for the deal."""

    def __init__(self, activities: Activities, card: BoardCard) -> None:
        self._activities = activities
        self._card = card
        fields = (
            FormField("subject", "task", example="what is to be done"),
            FormField("due", "due", "tomorrow", _DUE),
            FormField("priority", "priority", "normal", choices=PRIORITIES),
        )
        super().__init__(f"task for #{card.number} {card.title}", fields, self._add)

    def _add(self, values: Mapping[str, str]) -> ActivityView:
        from crmcli.errors import BadValue

        if not values["subject"].strip():
            raise BadValue("subject", "is required")
        given = {name: text for name, text in values.items() if text.strip()}
        draft = self._activities.draft({**given, "type": "task", "deal": self._card.id})
        view: ActivityView = self._activities.add(draft)
        return view
