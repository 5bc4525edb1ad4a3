"""A new deal, or changes to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.services.records import Changes
from crmcli.tui.modals.form import Form, FormField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.domain.views import DealView
    from crmcli.services.deals import Deals

_CLOSE = "fri, 2w, 2027-01-31"
_VALUE = "12500, 12.5k, 900 USD"


class NewDealForm(Form["DealView"]):
    """Adds a deal to a pipeline."""

    def __init__(self, deals: Deals, pipeline: str, stages: Sequence[str], stage: str) -> None:
        self._deals = deals
        self._pipeline = pipeline
        fields = [
            FormField("title", "title", example="what is being sold"),
            FormField("value", "value", example=_VALUE),
            FormField("company", "company", example="name or website; a new one is added"),
            FormField("contacts", "contact", example="e-mail or name"),
            FormField("expected_close", "close", example=_CLOSE),
            FormField("next_step", "next step", example="what happens next"),
        ]
        # Before the first write there is no store and so no stage to choose.
        fields += [FormField("stage", "stage", stage, choices=stages)] if stages else []
        super().__init__("new deal", fields, self._add)

    def _add(self, values: Mapping[str, str]) -> DealView:
        raw: dict[str, str | tuple[str, ...] | list[str] | None] = {
            name: text for name, text in values.items() if text.strip()
        }
        if "contacts" in raw:
            raw["contacts"] = (values["contacts"],)
        if self._pipeline:
            raw["pipeline"] = self._pipeline
        view: DealView = self._deals.add(self._deals.draft(raw))
        return view


class EditDealForm(Form["DealView"]):
    """Changes the fields that were changed in the form and leaves the others alone."""

    def __init__(self, deals: Deals, deal: DealView) -> None:
        self._deals = deals
        self._deal = deal
        self._before = {
            "title": deal.title,
            "value": f"{deal.value.plain} {deal.value.currency}" if deal.value else "",
            "company": deal.company.name if deal.company else "",
            "expected_close": deal.expected_close.isoformat() if deal.expected_close else "",
            "probability": str(deal.probability) if deal.probability_source == "manual" else "",
            "next_step": deal.next_step or "",
            "owner": deal.owner or "",
            "source": deal.source or "",
        }
        examples = {"value": _VALUE, "expected_close": _CLOSE, "probability": f"{deal.probability}, from the stage"}
        fields = [
            FormField(
                name, "close" if name == "expected_close" else name.replace("_", " "), text, examples.get(name, "")
            )
            for name, text in self._before.items()
        ]
        fields.append(FormField("contacts", "add contact", example="e-mail or name"))
        super().__init__(f"edit #{deal.number} {deal.title}", fields, self._edit)

    def _edit(self, values: Mapping[str, str]) -> DealView:
        changed = {name: text for name, text in values.items() if text.strip() != self._before.get(name, "").strip()}
        if not changed:
            return self._deal
        contact = changed.pop("contacts", "")
        changes = Changes(
            values={name: text for name, text in changed.items() if text.strip()},
            add={"contacts": (contact,)} if contact.strip() else {},
            clear=[name for name, text in changed.items() if not text.strip()],
        )
        view: DealView = self._deals.edit(self._deal.id, self._deals.edit_draft(changes))
        return view
