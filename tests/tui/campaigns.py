"""A store with campaigns of every state, and ways to look at their screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.template_drafts import TemplateDraft
from crmcli.services.campaigns import Told
from crmcli.services.segments import Definition
from tests.tui.boards import context_of, place
from tests.tui.pages import lines

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crmcli.context import AppContext
    from crmcli.services.campaign_board import CampaignRow
    from crmcli.tui.screens.campaigns import CampaignsScreen

PEOPLE = ("Jane Doe", "张伟", "Łukasz Żak", "أمينة حداد")
# name, kind, first day, last day, budget
CAMPAIGNS = (
    ("Spring 🌷 letter", "newsletter", "2026-11-02", "2026-11-30", "1000"),
    ("Панаир Пловдив", "exhibition", "2026-11-24", "2026-11-27", "8000"),
    ("حملة الخريف", "social", "2026-10-20", "2026-11-05", None),
    ("Old one", "telesales", "2026-09-01", "2026-09-30", None),
)


def plan(store: str) -> AppContext:
    """Plan the campaigns: the letter with people, goals, costs and a task; one past its budget; one paused; one over."""
    context = context_of(store)
    context.segments.add("all", Definition(filter="email is not empty"))
    context.templates.add(
        "hello", TemplateDraft(subject="Hello {{ contact.given_name }}", text="hi {{ unsubscribe_url }}")
    )
    for number, name in enumerate(PEOPLE):
        context.contacts.add(context.contacts.draft({"name": name, "emails": [f"p{number}@people.example"]}))
    context.contacts.add(context.contacts.draft({"name": "No Address"}))
    for name, kind, start, end, budget in CAMPAIGNS:
        context.campaigns.add(name, Told({"kind": kind, "starts_on": start, "ends_on": end, "budget": budget}))
    context.campaigns.edit(CAMPAIGNS[1][0], Told({"status": "planned"}))
    letter, fair, social, old = (name for name, *_ in CAMPAIGNS)
    told = Told(
        {"template": "hello", "objective": "bring back those who left"}, ["all"], goals=["responses=4", "revenue=5000"]
    )
    context.campaigns.edit(letter, told)
    context.budgets.add(letter, "250", note="printing")
    context.budgets.add(letter, "100", state="committed", note="addresses")
    context.budgets.add(fair, "9200", note="stand")
    context.activities.add(
        context.activities.draft({"type": "task", "subject": "order the stand", "campaign": fair, "due": "2026-11-20"})
    )
    context.members.start(social)
    context.campaigns.move("pause", social)
    context.members.start(old)
    context.campaigns.move("complete", old)
    return context


def started(store: str) -> AppContext:
    """The same with the letter started, one answer to it and a deal."""
    context = plan(store)
    context.members.start("Spring 🌷 letter")
    context.members.respond("Spring 🌷 letter", ["p0@people.example"], note="wants an offer", at="2026-11-12 10:00")
    deal = context.deals.add(
        context.deals.draft({"title": "From it", "value": "900 EUR", "campaign": "Spring 🌷 letter"})
    )
    context.deals.win(deal.id)
    return context


def screen(pilot: Pilot[None]) -> CampaignsScreen:
    """The screen."""
    return place(pilot)  # type: ignore[return-value]


def names(pilot: Pilot[None]) -> list[str]:
    """The campaigns from the top."""
    return [row.view.name for row in screen(pilot).campaigns.rows]


def chosen(pilot: Pilot[None]) -> CampaignRow:
    """The campaign at the cursor."""
    row = screen(pilot).row
    assert row is not None
    return row


def pane(pilot: Pilot[None]) -> str:
    """The lines of the pane as text."""
    return "\n".join(lines(screen(pilot).entries))


def drawn(pilot: Pilot[None]) -> str:
    """What the screen shows, as text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
