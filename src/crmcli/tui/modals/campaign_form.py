"""The forms of campaigns: the plan of one, a cost, a response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.campaign_drafts import show_goal
from crmcli.domain.campaign_settings import PACE_FIELDS
from crmcli.domain.fields import Kind
from crmcli.domain.filter_fields import find_filtered
from crmcli.domain.marketing import CAMPAIGN_KINDS, COST_STATES
from crmcli.services.campaigns import Told
from crmcli.services.members import RESPONSES
from crmcli.tui.modals.edit_form import EditForm
from crmcli.tui.modals.fields import FormField, join_list, split_list, text_of
from crmcli.tui.modals.form import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.domain.views import CampaignView, CostView
    from crmcli.render.locale import Locale
    from crmcli.tui.session import Session

_LISTS = ("segments", "exclude", "goals")
# What a field of the form is called where it is read, where that differs.
_READ = {"start": "starts_on", "end": "ends_on", "exclude": "excluded"}
_CLEARED = {"segments": "segment", "goals": "goal"}
_PACE_EXAMPLES = {
    "per_minute": "30", "per_hour": "500", "window": "09:00-17:00 mon-fri", "cap": "2/7d", "batch": "200",
    "ramp": "50,100,200/day", "account": "a mail account of crm.toml",
}  # fmt: skip


class CampaignForm(EditForm):
    """Every field of a campaign; stores only what was changed, and asks when others changed the same meanwhile.

    Without a view it is a new one's.
    """

    def __init__(self, session: Session, view: CampaignView | None = None) -> None:
        fields = campaign_fields(view, session.locale)
        about = ("edit campaign", view.id) if view is not None else ("new campaign", "")
        title = f"change #{view.number} {view.name}" if view is not None else "new campaign"
        super().__init__(session, "campaign", view, title, fields, self._keep, about=about)

    def _keep(self, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - the campaign's view
        typed = {name: text.strip() for name, text in values.items()}
        if self.view is None:
            told = told_of({name: text for name, text in typed.items() if text})
            return self.session.campaigns.add(typed["name"], told)
        changed = {name: text for name, text in typed.items() if text != self._before[name].strip()}
        name = changed.pop("name", None)
        return self.session.campaigns.edit(self.view.id, told_of(changed, typed), name=name, seen=self.view)

    def read_view(self, uid: str) -> CampaignView:
        """The campaign as it is by now."""
        return self.session.campaigns.get(uid)

    def text_in(self, name: str, view: CampaignView) -> str:
        """A field of it as the form shows it."""
        return next(field.value for field in campaign_fields(view, self.session.locale) if field.name == name)

    def row_name(self, field: str) -> str:
        """The row where a field of the view is shown."""
        return next((name for name, read in _READ.items() if read == field), field)


def told_of(changed: Mapping[str, str], typed: Mapping[str, str] | None = None) -> Told:
    """What a campaign is told by a form; what was emptied is cleared, and goals that were changed are set anew."""
    emptied = [name for name, text in changed.items() if not text]
    plain = {_READ.get(name, name): text for name, text in changed.items() if text and name not in (*_LISTS, "name")}
    lists = {name: split_list(changed[name]) for name in _LISTS if changed.get(name)}
    clear = [_CLEARED.get(name, name).replace("_", "-") for name in emptied]
    if "goals" in lists and typed is not None:
        clear.append("goal")
    return Told(plain, lists.get("segments"), lists.get("exclude"), lists.get("goals", ()), clear)


def campaign_fields(view: CampaignView | None, locale: Locale) -> tuple[FormField, ...]:
    """The fields of the form, as the campaign fills them."""

    def given(name: str) -> str:
        """The value of a field as it is typed."""
        declared = find_filtered("campaign", name)
        value = getattr(view, name, None)
        return text_of(declared, value, locale) if declared is not None and value is not None else ""

    def own(name: str, label: str, example: str = "", **more: Any) -> FormField:  # noqa: ANN401 - fields of FormField
        read = _READ.get(name, name)
        declared = find_filtered("campaign", read)
        typed = declared is not None and declared.kind not in (Kind.LINK, Kind.PERCENT, Kind.USER)
        return FormField(name, label, given(read), example, field=("campaign", read) if typed else None, **more)

    goals = [show_goal(goal.metric, goal.target) for goal in view.goals] if view else []
    response = view.expected_response if view else None
    return (
        own("name", "name", required=True),
        FormField("kind", "kind", view.kind if view else "email", choices=CAMPAIGN_KINDS),
        FormField("objective", "objective", (view.objective or "") if view else "", "what it is for"),
        own("start", "first day", "mon, 2026-12-01"),
        own("end", "last day"),
        FormField("segments", "people of", _names(view.segments if view else ()), "vip, press", completes="segment", many=True),
        FormField("exclude", "but not", _names(view.excluded if view else ()), completes="segment", many=True),
        FormField("template", "template", view.template.name if view and view.template else "", "what is sent",
                  completes="template"),
        own("budget", "budget", "1000, €1.5k"),
        FormField("goals", "goals", join_list(goals), "responses=20, revenue=5000, roi=150%", many=True),
        own("send_at", "send at", "mon 9:00"),
        FormField("code", "code", (view.code or "") if view else "", "what visitors or readers name, as K26"),
        FormField("parent", "part of", view.parent.name if view and view.parent else "", completes="campaign"),
        FormField("owner", "owner", (view.owner or "") if view else "", completes="owner"),
        own("expected_cost", "will cost", "what is expected"),
        own("expected_revenue", "will bring", "what is expected"),
        FormField("expected_response", "respond %", f"{response:g}" if response is not None else "", "of those reached"),
        *_pace_fields(view),
    )  # fmt: skip


def _names(links: Any) -> str:  # noqa: ANN401 - links
    return join_list([link.name for link in links])


def _pace_fields(view: CampaignView | None) -> tuple[FormField, ...]:
    pace = view.settings.get("pace") if view else None
    kept = pace if isinstance(pace, dict) else {}
    return tuple(
        FormField(name, name.replace("_", " "), str(kept.get(name, "")), _PACE_EXAMPLES[name]) for name in PACE_FIELDS
    )


def cost_form(session: Session, campaign: str, cost: CostView | None = None) -> Form[Any]:
    """Asks for a line of what a campaign costs, or for what is to change in one."""
    amount = f"{cost.amount.plain} {cost.currency}" if cost else ""
    fields = (
        FormField("amount", "amount", amount, "250, 99.50 USD", required=True),
        FormField("state", "state", cost.state if cost else "spent", choices=COST_STATES),
        FormField("on", "on", cost.on.isoformat() if cost else "", "today unless said otherwise", field=("campaign", "starts_on")),
        FormField("note", "for", (cost.note or "") if cost else "", "printing"),
    )  # fmt: skip

    def keep(values: Mapping[str, str]) -> Any:  # noqa: ANN401 - the cost's view
        typed = {name: text.strip() for name, text in values.items()}
        told: dict[str, str | None] = {"state": typed["state"], "on": typed["on"] or None, "note": typed["note"]}
        if cost is not None:
            return session.budgets.edit(str(cost.number), amount=typed["amount"], **told)
        return session.budgets.add(campaign, typed["amount"], **told)

    title = f"cost #{cost.number}" if cost else "what it costs"
    return Form(title, fields, keep, about=("campaign cost", str(cost.number) if cost else campaign))


def response_form(session: Session, campaign: str, name: str) -> Form[Any]:
    """Asks who responded, and how."""
    fields = (
        FormField("contacts", "who", "", "Jane Doe, new@x.com", completes="contact", many=True, required=True),
        FormField("status", "did", "responded", choices=RESPONSES),
        FormField("note", "note", "", "asked for an offer"),
        FormField("at", "when", "", "now, or yesterday 15:00", field=("campaign", "send_at")),
    )

    def keep(values: Mapping[str, str]) -> Any:  # noqa: ANN401 - who was noted down
        people = split_list(values["contacts"])
        note, at = values["note"].strip() or None, values["at"].strip() or None
        return session.members.respond(campaign, people, status=values["status"], note=note, at=at)

    return Form(f"who responded to {name}?", fields, keep, about=("campaign response", campaign))
