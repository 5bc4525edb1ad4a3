"""What campaigns sent, on the timeline of a record's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mails import came, campaign, mailed
from tests.once import once
from tests.tui.boards import context_of, place, press, settle
from tests.tui.pages import furnish, jane, lines, page_app, pilot_deal, told

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crmcli.tui.screens.record import RecordScreen

SIZE = (160, 36)


@pytest.fixture
@once
def mailed_store(store: str) -> str:
    """A store with Jane in it, to whom two campaigns wrote; one of them came back."""
    furnish(store)
    context = context_of(store)
    person = int(context.contacts.find("jane@acme.example").number)
    spring, autumn = campaign(context, "Spring"), campaign(context, "Autumn", "News [b]for[/b] \u202eyou")
    mailed(context, spring, person, "2026-11-18T09:00:00")
    came(context, spring, person, "opened", "2026-11-18T10:00:00")
    mailed(context, autumn, person, "2026-11-20T09:00:00")
    came(context, autumn, person, "bounced", "2026-11-20T09:05:00", "hard bounce")
    return store


async def test_messages_are_on_the_timeline_in_order(mailed_store: str) -> None:
    """E-mails that went out, with campaign, subject and what came of them; on the person's page, not on the deal's."""
    async with page_app(mailed_store).run_test(size=SIZE) as pilot:
        page = await jane(pilot, mailed_store)
        shown = lines(page.timeline)
        at = next(place for place, line in enumerate(shown) if "Autumn" in line)
        assert shown[at].startswith("● email ")
        assert shown[at].endswith("→ Autumn: News [b]for[/b] <U+202E>you  bounced (hard bounce)  jane@acme.example")
        assert "call" in shown[at + 1]
        assert shown[at + 2].endswith("→ Spring: Hello Jane  opened  jane@acme.example")
        assert "email" in shown[at + 3]
        await press(pilot, "f", "e")
        assert sum("jane@acme.example" in line for line in lines(page.timeline)) == 2
        await pilot_deal(pilot, mailed_store)
        assert not any("Spring" in line for line in lines(page.timeline))


async def test_enter_on_a_message_opens_its_campaign(mailed_store: str) -> None:
    """And back comes to the message."""
    async with page_app(mailed_store).run_test(size=SIZE) as pilot:
        page = await jane(pilot, mailed_store)
        await _to(pilot, page, "Spring")
        await press(pilot, "enter")
        campaigns = place(pilot)
        assert campaigns.name == "campaigns"
        assert campaigns.row.view.name == "Spring"  # type: ignore[attr-defined]
        await press(pilot, "alt+left")
        assert page.timeline.mail is not None
        assert page.timeline.mail.campaign.name == "Spring"


@pytest.mark.parametrize("key", ["delete", "c", "e", "i", "x", "z"])
async def test_nothing_is_done_with_what_was_sent(mailed_store: str, key: str) -> None:
    """Each key says why, and neither the message nor the person changes; it can't be marked."""
    async with page_app(mailed_store).run_test(size=SIZE) as pilot:
        page = await jane(pilot, mailed_store)
        await _to(pilot, page, "Autumn")
        await press(pilot, key)
        assert told(pilot) == ["what a campaign sent stays as it is; enter opens the campaign"]
        assert page.app.screen is page
        assert context_of(mailed_store).contacts.find("jane@acme.example").number
        await press(pilot, "asterisk")
        assert page.timeline.marked
        assert all(isinstance(number, int) and number > 0 for number in page.timeline.marked)


async def test_the_note_tells_what_the_server_said(mailed_store: str) -> None:
    """Beside the message at the cursor."""
    async with page_app(mailed_store).run_test(size=SIZE) as pilot:
        page = await jane(pilot, mailed_store)
        await _to(pilot, page, "Autumn")
        assert page.note.note.text == "jane@acme.example: bounced (hard bounce)\n\n550 5.1.1 no such user"
        assert page.note.note.field == ""


async def test_a_campaign_that_was_deleted_is_not_opened(mailed_store: str) -> None:
    """It says so."""
    context_of(mailed_store).campaigns.remove("Spring")
    async with page_app(mailed_store).run_test(size=SIZE) as pilot:
        page = await jane(pilot, mailed_store)
        await _to(pilot, page, "Spring")
        await press(pilot, "enter")
        assert told(pilot) == ["Spring was deleted"]


async def _to(pilot: Pilot[None], page: RecordScreen, campaign_name: str) -> None:
    await press(pilot, "tab", "tab", "tab")
    page.timeline.go_to(next(at for at, line in enumerate(lines(page.timeline)) if campaign_name in line))
    await settle(pilot)
