"""The ledger of messages by itself, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import Conflict
from crmcli.store.outbox import IN_DOUBT, Claim, Outbox, Result, Skip
from crmcli.store.queries.eligibility import Rules
from crmcli.store.queries.recipients import left_to_send, sending_plan

if TYPE_CHECKING:
    from crmcli.context import AppContext


@pytest.fixture
def rules(app: AppContext) -> Rules:
    """An active campaign with two members, numbered 1 and 2 like their contacts."""
    from crmcli.domain.ids import new_uid
    from crmcli.store.models.campaigns import Campaign, CampaignMember
    from crmcli.store.models.people import Contact, ContactEmail

    with app.desk.writing("test") as uow:
        stamp = {"created_at": uow.now, "updated_at": uow.now}
        campaign = uow.add(Campaign(uid=new_uid("cp"), name="Spring", name_key="spring", kind="email", **stamp))
        for name in ("a", "b"):
            contact = uow.add(Contact(uid=new_uid("ct"), name=name, name_key=name, **stamp)).id or 0
            uow.add(ContactEmail(contact_id=contact, value=f"{name}@x.com", key=f"{name}@x.com"))
            uow.add(CampaignMember(campaign_id=campaign.id or 0, contact_id=contact, status="targeted", at=uow.now))
    return Rules(campaign.id or 0)


def claim(member: int, uid: str = "ms_1") -> Claim:
    """The claim of a message to a member."""
    address = f"{'ab'[member - 1]}@x.com"
    return Claim(uid, f"token-{uid}", member, member, address, address)


def opened(app: AppContext, rules: Rules) -> Outbox:
    """The ledger of the campaign."""
    return Outbox(app.store, rules, "", "smtp", app.clock.now)


def rows(app: AppContext, sql: str) -> list[tuple[object, ...]]:
    """What the store answers."""
    with app.desk.reading() as reader:
        return reader.rows(sql)


def test_every_commit_survives_the_loss_of_power(app: AppContext, rules: Rules) -> None:
    """Whatever the store does otherwise, the ledger's commits wait for the disk."""
    with opened(app, rules) as ledger:
        sqlite = app.store.dialect.name == "sqlite"
        found = ledger.reader.value("PRAGMA synchronous" if sqlite else "SHOW synchronous_commit")
    assert found == (2 if sqlite else "on")


def test_a_claim_is_seen_by_others_before_the_wire(app: AppContext, rules: Rules) -> None:
    """Once a claim is granted it is stored; what became of it comes with the next claim."""
    with opened(app, rules) as ledger:
        first = claim(1)
        assert ledger.turn(None, first).result() is None
        assert [("ms_1", "sending")] == rows(app, "SELECT uid, status FROM message")
        assert ledger.turn(Result(first, "sent", "250 ok"), claim(2, "ms_2")).result() is None
        assert [("sent", "250 ok"), ("sending", None)] == rows(app, "SELECT status, reply FROM message ORDER BY id")
    assert [("sent",), ("targeted",)] == rows(app, "SELECT status FROM campaign_member ORDER BY id")
    assert [(1, "sent", "250 ok", "smtp")] == rows(app, "SELECT member_id, status, detail, source FROM campaign_event")


def test_nobody_is_claimed_twice(app: AppContext, rules: Rules) -> None:
    """The index over member and step holds, also against a sender that minds no lock."""
    with opened(app, rules) as ledger, opened(app, rules) as other:
        assert ledger.turn(None, claim(1)).result() is None
        with pytest.raises(Conflict):
            other.turn(None, claim(1, "ms_2")).result()
    assert [("ms_1",)] == rows(app, "SELECT uid FROM message")


def test_what_a_dead_sender_left_is_in_doubt(app: AppContext, rules: Rules) -> None:
    """It is marked once, and is no longer among what is left to send."""
    with opened(app, rules) as ledger:
        ledger.turn(None, claim(1)).result()
    with opened(app, rules) as ledger:
        assert [1, 0] == [ledger.left_in_doubt(), ledger.left_in_doubt()]
    assert [("in_doubt",)] == rows(app, "SELECT status FROM message")
    assert [(IN_DOUBT,), (None,)] == rows(app, "SELECT reason FROM campaign_member ORDER BY id")
    with app.desk.reading() as reader:
        assert (1, 0, None, 1) == tuple(left_to_send(reader, rules.campaign))


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("UPDATE campaign SET status = 'paused'", "stopped"),
        ("UPDATE contact_email SET invalid = 1", "invalid address"),
        ("UPDATE contact_email SET value = 'n' || value", "moved"),
        ("DELETE FROM campaign_member", "moved"),
    ],
)
def test_what_speaks_against_it_at_the_last_moment(app: AppContext, rules: Rules, sql: str, reason: str) -> None:
    """No message is claimed then, and who is skipped is put down at once."""
    from crmcli.store.engine import transaction

    with transaction(app.store) as connection:
        connection.exec_driver_sql(sql)
    with opened(app, rules) as ledger:
        denied = ledger.turn(None, claim(1)).result()
    assert denied is not None
    assert (reason, []) == (denied.reason, rows(app, "SELECT uid FROM message"))
    skipped = rows(app, "SELECT reason FROM campaign_member WHERE status = 'skipped'")
    assert skipped == ([(reason,)] if denied.is_about_person else [])


def test_skips_are_told_once(app: AppContext, rules: Rules) -> None:
    """The same reason again is no second event; another reason is."""
    with opened(app, rules) as ledger:
        for reason in ("no address", "no address", "opted out"):
            ledger.skip(None, [Skip(1, reason)])
    assert [("no address",), ("opted out",)] == rows(app, "SELECT reason FROM campaign_event ORDER BY id")


def test_the_plan_of_a_campaign(app: AppContext, rules: Rules) -> None:
    """A sender knows what it needs of a campaign."""
    with app.desk.reading() as reader:
        plan = sending_plan(reader, rules.campaign)
        with pytest.raises(LookupError):
            sending_plan(reader, 99)
    assert ("Spring", "email", "active", ()) == (plan.name, plan.kind, plan.status, plan.variants)
