"""What can be done with a campaign: planned, changed, moved from state to state, paid for, answered, written about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.marketing import campaign_move
from crmcli.domain.naming import in_shell
from crmcli.errors import Refused
from crmcli.render.safe import visible
from crmcli.tui.screens.campaign_reading import CampaignReading
from crmcli.tui.targets import Target
from crmcli.tui.verbs import VERBS

if TYPE_CHECKING:
    from crmcli.domain.views import CampaignView, CostView
    from crmcli.services.members import Responded

_PAST = {"complete": "completed", "cancel": "canceled", "pause": "paused", "resume": "on again"}


class CampaignActing(CampaignReading):
    """Every write is one step of undo, except who came in, who responded and who got mail."""

    def chosen(self) -> CampaignView | None:
        """The campaign at the cursor; says so when there is none."""
        row = self.row
        if row is None:
            self.notify("no campaign here yet; n plans one", severity="warning", timeout=3)
            return None
        return row.view

    def targets(self) -> list[Target]:
        """The person or task at the cursor of the pane, else the campaign."""
        line = self.entries.line if self.is_inside else None
        if line is not None and line.number:
            return [Target(*line.ref, line.number, line.pieces[1].text.strip())]
        row = self.row
        return [] if row is None else [Target("campaign", row.view.id, row.view.number, row.view.name, row.view)]

    # -- the plan

    def action_new(self) -> None:
        """Plan a campaign."""
        from crmcli.tui.modals.campaign_form import CampaignForm

        self.ask(CampaignForm(self.session), "campaign planned")

    def written(self, result: object) -> None:
        """The cursor goes to a campaign that was just planned; of a response it is said what u does not take back."""
        from crmcli.domain.views import CampaignView
        from crmcli.services.members import Responded

        if isinstance(result, Responded) and len(result.members) > result.known + result.made:
            self.notify(_how_to_take_back(result), markup=False, timeout=8)
        known = {row.view.id for row in self.campaigns.rows}
        if isinstance(result, CampaignView) and result.id not in known:
            self.wanted_campaign = result.id

    def action_change_campaign(self) -> None:
        """Change its plan in a form."""
        view = self.chosen()
        if view is None:
            return
        from crmcli.tui.modals.campaign_form import CampaignForm

        said = f"#{view.number} changed"
        self.read(
            "change", lambda: self.session.campaigns.get(view.id),
            lambda fresh: self.ask(CampaignForm(self.session, fresh), said), what="the campaign can't be changed",
            opens=True,
        )  # fmt: skip

    def action_remove(self) -> None:
        """Delete it."""
        if (view := self.chosen()) is not None:
            said = f"removed #{view.number} {view.name}; u brings it back"
            self.write("it can't be removed", lambda: self.session.campaigns.remove(view.id), said)

    # -- money and people

    def action_cost(self) -> None:
        """Add what it costs."""
        if (view := self.chosen()) is not None:
            self.ask_cost(view, None)

    def ask_cost(self, view: CampaignView, cost: CostView | None) -> None:
        """Ask for a line of costs, or for what changes in one."""
        from crmcli.tui.modals.campaign_form import cost_form

        self.ask(cost_form(self.session, view.id, cost), "cost noted down")

    def action_respond(self) -> None:
        """Note down who responded."""
        if (view := self.chosen()) is not None:
            from crmcli.tui.modals.campaign_form import response_form

            self.ask(response_form(self.session, view.id, view.name), f"response to {view.name} noted down")

    def action_about(self, verb: str) -> None:
        """Log something, or plan a task, with the campaign set."""
        if (view := self.chosen()) is not None:
            self.start(VERBS[verb], [Target("campaign", view.id, view.number, view.name, view)])

    # -- from state to state

    def action_turn(self) -> None:
        """Start it, pause it, or go on with it, as its state has it."""
        view = self.chosen()
        if view is None:
            return
        verb = next((each for each in ("start", "pause", "resume") if view.status in campaign_move(each).sources), None)
        if verb is None:
            error = Refused(f"{view.name} is {view.status}", hint=f"crm campaign clone {view.name!r} NAME")
            self.post_message(self.Failed("it can't be started", error))
        elif verb == "start":
            self._ask_start(view)
        else:
            self._move(verb, view)

    def _ask_start(self, view: CampaignView) -> None:
        from crmcli.tui.modals.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self.write(f"{view.name} can't be started", lambda: self.session.members.start(view.id).campaign,
                           f"{view.name} is active")  # fmt: skip

        taken = " + ".join(each.name for each in view.segments)
        lines = [
            f"the people of {taken} are taken in as they are now" if taken else "it has no segment: nobody is taken in"
        ]
        lines.append("u takes that back, and lets go whom nothing was sent to")
        self.app.push_screen(Confirm(f"start {view.name}?", lines, yes="Start it", no="Not yet"), answered)

    def action_end(self, verb: str) -> None:
        """Complete it, or call it off, after a question: what is being sent stops."""
        view = self.chosen()
        if view is None:
            return
        if view.status not in campaign_move(verb).sources:
            is_over = view.status in ("completed", "canceled")
            hint = f"crm campaign clone {view.name!r} NAME" if is_over else "P starts it, X calls it off"
            self.post_message(
                self.Failed(f"it can't be {_PAST[verb]}", Refused(f"{view.name} is {view.status}", hint=hint))
            )
            return
        from crmcli.tui.modals.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._move(verb, view)

        lines = ["nothing more of it is sent, and it can't be started again", "u takes it back as long as you are here"]
        self.app.push_screen(Confirm(f"{verb} {view.name}?", lines, yes=verb.capitalize(), no="Leave it"), answered)

    def _move(self, verb: str, view: CampaignView) -> None:
        said = f"{visible(view.name)} is {_PAST[verb]}"
        self.write(f"{view.name} can't be {_PAST[verb]}", lambda: self.session.campaigns.move(verb, view.id), said)


def _how_to_take_back(done: Responded) -> str:
    """What takes back the responses that an undo leaves."""
    status = "" if done.status == "responded" else f" --status {done.status}"
    command = f"crm campaign respond {in_shell(visible(done.campaign.name))} WHO{status} --take-back"
    left = "u takes back only who is new; of the others" if done.made else "u does not take that back,"
    return f"{left} {command} does"
