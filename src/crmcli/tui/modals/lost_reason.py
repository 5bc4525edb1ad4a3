"""Why a deal was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import LOST_REASONS
from crmcli.tui.modals.form import Form, FormField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.domain.board import BoardCard
    from crmcli.domain.views import DealView
    from crmcli.services.deals import Deals


class LostReasonForm(Form["DealView"]):
    """Asks for the reason and moves the deal to the lost stage."""

    def __init__(self, deals: Deals, card: BoardCard, stage: str) -> None:
        self._deals = deals
        self._card = card
        self._stage = stage
        fields = (
            FormField("reason", "reason", LOST_REASONS[0], choices=LOST_REASONS),
            FormField("note", "note", example="in your own words"),
        )
        super().__init__(f"why was #{card.number} {card.title} lost?", fields, self._lose)

    def _lose(self, values: Mapping[str, str]) -> DealView:
        return self._deals.lose(self._card.id, values["reason"], note=values["note"].strip() or None, stage=self._stage)
