"""Campaigns whose sender is killed at any instant, or not alone: every mailbox is counted."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from tests.mail_server import MailServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.conftest import Program

# The whole proof is 50 kills over 2,000 people: CRM_SENDING_KILLS=50 CRM_SENDING_PEOPLE=2000.
KILLS = int(os.environ.get("CRM_SENDING_KILLS", "8"))
PEOPLE = int(os.environ.get("CRM_SENDING_PEOPLE", "300"))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server, told to the program."""
    monkeypatch.delenv("CRM_NOW")
    monkeypatch.setenv("CRM_CONFIG", str(tmp_path / "crm.toml"))
    with MailServer() as running:
        (tmp_path / "crm.toml").write_text(running.settings, "utf-8")
        yield running


def campaign(store: str, people: int) -> None:
    """An active campaign to so many people, each with a number for an address."""
    from crmcli.domain.ids import new_uid, new_uids
    from crmcli.domain.template_drafts import TemplateDraft
    from crmcli.store.models.campaigns import Campaign, CampaignMember
    from crmcli.store.models.people import Contact, ContactEmail

    app = AppContext(Flags(store=store, quiet=True), origin="test")
    template = app.templates.add(
        "hello", TemplateDraft(subject="Hello", text="{{ contact.name }} {{ unsubscribe_url }}")
    )
    with app.desk.writing("campaign add", "Spring") as uow:
        stamp = {"created_at": uow.now, "updated_at": uow.now}
        row = Campaign(
            uid=new_uid("cp"), name="Spring", name_key="spring", kind="email", status="active",
            template_id=template.number, **stamp,
        )  # fmt: skip
        number = uow.add(row).id
        contacts, emails, members = (
            uow.next_numbers(model, people) for model in (Contact, ContactEmail, CampaignMember)
        )
        uow.insert_many(
            Contact,
            [
                {"id": n, "uid": uid, "name": f"P {n}", "name_key": f"p {n}", "custom": {}, **stamp}
                for n, uid in zip(contacts, new_uids("ct", people), strict=True)
            ],
        )
        addresses = [f"p{place}@x.com" for place in range(people)]
        uow.insert_many(
            ContactEmail,
            [
                {"id": n, "contact_id": contact, "value": address, "key": address}
                for n, contact, address in zip(emails, contacts, addresses, strict=True)
            ],
        )
        uow.insert_many(
            CampaignMember,
            [
                {"id": n, "campaign_id": number, "contact_id": contact, "status": "targeted", "at": uow.now}
                for n, contact in zip(members, contacts, strict=True)
            ],
        )


def ledger(store: str) -> dict[str, set[str]]:
    """The addresses of the messages in each state."""
    found: dict[str, set[str]] = {}
    with AppContext(Flags(store=store, quiet=True), origin="test").desk.reading() as reader:
        for status, address in reader.rows("SELECT status, address FROM message"):
            found.setdefault(status, set()).add(address)
    return found


def summary(text: str) -> dict[str, Any]:
    """What a run says that it did."""
    return dict(json.loads(text))


def kill_somewhere(crm: Program, server: MailServer, chance: random.Random) -> None:
    """Start a run, and kill it once it has sent some more."""
    goal = len(server.desk.taken) + chance.randint(0, max(2 * PEOPLE // KILLS, 2))
    with crm.start(
        "campaign", "send", "Spring", "--yes", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None and len(server.desk.taken) < goal:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.01)
        process.send_signal(signal.SIGKILL)


def test_killed_again_and_again(crm_on: Program, server: MailServer) -> None:
    """Nobody gets two, and nobody is left out but those who are reported as in doubt, at most one for each kill."""
    campaign(crm_on.store, PEOPLE)
    chance = random.Random(5)
    for _ in range(KILLS):
        kill_somewhere(crm_on, server, chance)
    with crm_on.start("campaign", "send", "Spring", "--yes") as process:
        stdout, stderr = process.communicate(timeout=60 + PEOPLE // 10)
    assert 0 == process.returncode, stderr
    states, boxes = ledger(crm_on.store), server.mailboxes
    in_doubt = states.get("in_doubt", set())
    assert {"sent", "in_doubt"} >= set(states)
    assert 1 == max(boxes.values())
    assert len(in_doubt) <= KILLS
    assert {f"p{place}@x.com" for place in range(PEOPLE)} == states["sent"] | in_doubt
    assert states["sent"] <= set(boxes)
    assert (0, len(in_doubt)) == (summary(stdout)["left"], summary(stdout)["in_doubt"])


def test_two_senders_at_once(crm_on: Program, server: MailServer) -> None:
    """The second is refused at once, naming the first; everybody gets one."""
    campaign(crm_on.store, 60)
    with crm_on.start("campaign", "send", "Spring", "--yes") as first:
        while not server.desk.taken and first.poll() is None:
            time.sleep(0.002)
        second = crm_on("campaign", "send", "Spring", "--yes")
        stdout, _ = first.communicate(timeout=90)
    if second.code:  # where it came too late there was nothing left for it
        assert (6, True) == (second.code, f"pid {first.pid}" in second.stderr)
    else:
        assert 0 == summary(second.stdout)["sent"]
    assert 60 == summary(stdout)["sent"] == len(server.mailboxes) == sum(server.mailboxes.values())


def test_told_to_end(crm: Program, server: MailServer) -> None:
    """SIGINT and SIGTERM finish the message at hand; nothing is in doubt, and another run sends the rest."""
    campaign(crm.store, 80)
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 0)):
        before = len(server.desk.taken)
        with crm.start("campaign", "send", "Spring", "--yes") as process:
            while len(server.desk.taken) == before and process.poll() is None:
                time.sleep(0.002)
            process.send_signal(number)
            stdout, stderr = process.communicate(timeout=90)
        assert code == process.returncode, stderr
        assert (0, True) == (summary(stdout)["in_doubt"], summary(stdout)["left"] > 0)
    assert 0 == crm("campaign", "send", "Spring", "--yes").code
    assert [1] * 80 == list(server.mailboxes.values())


def test_a_store_that_others_write(crm_on: Program, server: MailServer) -> None:
    """Who adds contacts meanwhile waits for nobody for long, and pausing the campaign ends the run."""
    campaign(crm_on.store, 150)
    with crm_on.start("campaign", "send", "Spring", "--yes") as process:
        while not server.desk.taken and process.poll() is None:
            time.sleep(0.002)
        assert 0 == crm_on("contact", "add", "Jane", "--email", "jane@x.com").code
        assert 0 == crm_on("campaign", "pause", "Spring").code
        stdout, stderr = process.communicate(timeout=90)
    told = summary(stdout)
    assert (0, 0) == (process.returncode, told["in_doubt"]), stderr
    if told["left"]:  # unless all was sent before it was paused
        assert "paused" in stderr
        assert 5 == crm_on("campaign", "send", "Spring", "--yes").code
    assert told["sent"] == len(server.mailboxes) == sum(server.mailboxes.values())
