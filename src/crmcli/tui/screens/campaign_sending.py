"""Sending from the campaigns screen: who would get it, the run beside the screen, and its end."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from crmcli.errors import CrmError, PartlyDone
from crmcli.render.safe import visible
from crmcli.tui.campaign_people import People
from crmcli.tui.screens.campaign_acting import CampaignActing

if TYPE_CHECKING:
    from crmcli.services.sending import Tally
    from crmcli.store.queries.recipients import Plan
    from crmcli.tui.session import Session

_TOLD_SECONDS = 8


class CampaignSending(CampaignActing):
    """A run goes on in a thread of its own while the screen is used; leaving the program ends it after the message at hand."""

    class Sent(Message, namespace="campaign_sending"):
        """A run is over."""

        def __init__(self, plan: Plan, tally: Tally) -> None:
            super().__init__()
            self.plan = plan
            self.tally = tally

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self._runs: dict[str, Event] = {}  # what ends the run of each campaign that is being sent from here

    def on_unmount(self) -> None:
        """The program ends: so do the runs."""
        for end in self._runs.values():
            end.set()

    def action_trial(self) -> None:
        """Who would get its mail now, who would not, and why."""
        if self.chosen() is not None:
            self.people = People("trial")
            self._turn_to("members")
            self.action_into()

    def action_send(self) -> None:
        """Send what is left of its mail, after a question; or stop what is being sent from here."""
        view = self.chosen()
        if view is None:
            return
        if view.id in self._runs:
            self._runs[view.id].set()
            self.notify(f"{visible(view.name)} stops after the message at hand", markup=False, timeout=3)
            return
        mailing = self.session.mailing

        def question() -> tuple[Plan, int]:
            plan = mailing.plan(view.id)
            return plan, mailing.count(plan)

        self.read("send", question, self._ask_send, what=f"{visible(view.name)} can't be sent", opens=True)

    def _ask_send(self, found: tuple[Plan, int]) -> None:
        from crmcli.tui.modals.confirm import Confirm

        plan, count = found
        people = "1 person" if count == 1 else f"{self.session.locale.number(count)} people"

        def answered(yes: bool | None) -> None:
            if yes and plan.uid not in self._runs:
                self._runs[plan.uid] = Event()
                self._send(plan, self._runs[plan.uid])

        lines = ["what was sent can't be taken back", "M stops it; T says beforehand who gets it and who does not"]
        self.app.push_screen(Confirm(f"send {plan.name} to {people}?", lines, yes="Send it", no="Not yet"), answered)

    # A group of its own: how far it is, is asked again and again meanwhile, and each question ends what is in its group.
    @work(group="sending run")
    async def _send(self, plan: Plan, end: Event) -> None:
        from crmcli.services.sending import Wish

        mailing = self.session.mailing
        try:
            tally = await asyncio.to_thread(mailing.send, plan, Wish(), ended=end.is_set)
        except CrmError as error:
            self.post_message(self.Failed(f"{visible(plan.name)} can't be sent", error))
        else:
            self.post_message(self.Sent(plan, tally))
        finally:
            self._runs.pop(plan.uid, None)

    def on_campaign_sending_sent(self, event: CampaignSending.Sent) -> None:
        """Say what came of it."""
        event.stop()
        plan, tally = event.plan, event.tally
        told = told_of(tally)
        if tally.trouble:
            error = PartlyDone(
                f"the mail server failed: {tally.trouble}", hint="M goes on where it was", details=(told,)
            )
            self.post_message(self.Failed(f"{visible(plan.name)} is not all sent", error))
        else:
            self.notify(f"{visible(plan.name)}: {told}", markup=False, timeout=_TOLD_SECONDS)
        self.app.changed_here()


def told_of(tally: Tally) -> str:
    """The counts of a run in a line."""
    counts = (
        (tally.sent, "sent"), (tally.failed, "failed"), (tally.skipped, "skipped"), (tally.in_doubt, "in doubt"),
        (tally.retry, "to be tried again"), (tally.left, "left"),
    )  # fmt: skip
    return ", ".join(f"{count:,} {what}" for count, what in counts if count or what == "sent")
