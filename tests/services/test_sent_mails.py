"""Messages of campaigns on a person's timeline, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.domain.template_drafts import TemplateDraft
from crmcli.services.pages import Pages
from crmcli.services.sent_mails import SentMails
from tests.mails import came, campaign, mailed

if TYPE_CHECKING:
    from crmcli.context import AppContext
    from crmcli.services.sent_mails import SentMail
    from crmcli.store.queries.timeline import Entry


def jane(app: AppContext) -> int:
    """Jane's number."""
    draft = app.contacts.draft({"name": "Jane Doe", "emails": ("jane@acme.example",)})
    return int(app.contacts.add(draft).number)


def entries(app: AppContext, noun: str = "contact", ref: str = "jane@acme.example") -> tuple[Entry, ...]:
    """The timeline of a record's page."""
    uid = ref if noun == "activity" else app.contacts.find(ref).uid
    return Pages(app.desk).page(noun, uid).entries


def mails(app: AppContext) -> list[SentMail]:
    """The messages on Jane's timeline, from the top."""
    numbers = [entry.number for entry in entries(app) if entry.is_mail]
    found = SentMails(app.templates).page(numbers)
    return [found[number] for number in numbers]


def test_messages_stand_among_the_activities_by_their_time(app: AppContext) -> None:
    """Each once, what was not sent not at all; also on the page of an activity that is the person's alone."""
    person, spring, autumn, other = jane(app), campaign(app, "Spring"), campaign(app, "Autumn"), campaign(app, "Other")
    calls = [
        app.activities.log({"type": "call", "body": "x", "contacts": ("jane@acme.example",), "at": at})[0]
        for at in ("2026-11-01 10:00", "2026-11-03 10:00")
    ]
    task = app.activities.add(
        app.activities.draft({"type": "task", "subject": "y", "contacts": ("jane@acme.example",), "due": "2026-11-30"})
    )
    mailed(app, spring, person, "2026-11-02T10:00:00")
    mailed(app, autumn, person, "2026-11-04T10:00:00", status="in_doubt")
    mailed(app, other, person, "2026-11-05T10:00:00", status="failed")
    somebody = app.contacts.add(app.contacts.draft({"name": "Somebody"})).number
    mailed(app, spring, somebody, "2026-11-06T10:00:00")
    found = entries(app)
    doubtful, sent = (entry.number for entry in found if entry.is_mail)
    assert [entry.number for entry in found] == [task.number, doubtful, calls[1].number, sent, calls[0].number]
    assert [entry.kind for entry in found] == ["task", "email", "call", "email", "call"]
    assert [entry.is_planned for entry in found] == [True, False, False, False, False]
    assert entries(app, "activity", calls[0].id) == found
    assert [(mail.campaign.name, mail.subject, mail.state) for mail in mails(app)] == [
        ("Autumn", "Hello Jane", "in doubt"), ("Spring", "Hello Jane", "sent"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "reason", "told"),
    [
        ("opened", None, ("opened", None, None)),
        ("replied", None, ("replied", None, None)),
        ("bounced", "hard bounce", ("bounced", "hard bounce", "550 5.1.1 no such user")),
    ],
)
def test_a_message_says_what_came_of_it(
    app: AppContext, status: str, reason: str | None, told: tuple[str, str | None, str | None]
) -> None:
    """The furthest that is known, and why."""
    person, spring = jane(app), campaign(app, "Spring")
    mailed(app, spring, person, "2026-11-02T10:00:00")
    came(app, spring, person, status, "2026-11-03T10:00:00", reason)
    assert [(mail.state, mail.reason, mail.detail) for mail in mails(app)] == [told]


def test_each_message_of_a_sequence_has_what_came_after_it(app: AppContext) -> None:
    """An opened first and an answered second; the third is under way."""
    person, welcome = jane(app), campaign(app, "Welcome")
    mailed(app, welcome, person, "2026-11-02T10:00:00", step=1)
    came(app, welcome, person, "opened", "2026-11-02T11:00:00")
    mailed(app, welcome, person, "2026-11-04T10:00:00", step=2)
    came(app, welcome, person, "replied", "2026-11-05T10:00:00")
    mailed(app, welcome, person, "2026-11-06T10:00:00", step=3)
    assert [mail.state for mail in mails(app)] == ["sent", "replied", "opened"]


def test_an_answer_by_hand_from_before_belongs_to_the_first(app: AppContext) -> None:
    """The person said something at the stand, and was mailed after."""
    person, spring = jane(app), campaign(app, "Spring")
    came(app, spring, person, "responded", "2026-11-01T10:00:00")
    mailed(app, spring, person, "2026-11-02T10:00:00")
    assert [mail.state for mail in mails(app)] == ["responded"]


def test_the_subject_is_that_of_the_day_and_of_the_persons_language(app: AppContext) -> None:
    """``today`` is the day on which it went out; the wording is chosen as for sending."""
    person, spring = jane(app), campaign(app, "Spring", "{{ campaign.name }} on {{ today }}")
    mailed(app, spring, person, "2026-11-02T10:00:00")
    assert [mail.subject for mail in mails(app)] == ["Spring on 2026-11-02"]
    app.templates.add("Spring", TemplateDraft(subject="Здравей", text="x {{ unsubscribe_url }}"), "bg")
    app.contacts.edit("Jane Doe", app.contacts.edit_draft(_locale("bg")))
    assert [mail.subject for mail in mails(app)] == ["Здравей"]


def test_a_subject_that_cant_be_written_is_the_templates_name(app: AppContext) -> None:
    """The template is gone; the campaign, too."""
    person, spring = jane(app), campaign(app, "Spring")
    mailed(app, spring, person, "2026-11-02T10:00:00")
    app.campaigns.remove("Spring")
    app.templates.remove("Spring")
    assert [(mail.campaign.name, mail.is_kept, mail.subject) for mail in mails(app)] == [("Spring", False, "Spring")]


def _locale(name: str) -> object:
    from crmcli.services.records import Changes

    return Changes({"locale": name})
