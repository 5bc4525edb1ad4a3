"""What people agreed to and whom nobody writes to, written.

The lines of ``consent`` are only ever added: the newest of a person and a channel counts, all of them are the proof. They
are the truth about a person. ``contact_email.opted_out`` is a mark on one address that came with data from elsewhere, and
stops mail to its owner as well; withdrawing leaves it alone. A newer yes of the person takes that mark off, and lifts the
suppressions that an earlier farewell had left; those by bounces, complaints and by hand stay until somebody lifts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.ids import new_uid
from crmcli.domain.suppressing import digest
from crmcli.store.models.consents import Consent, Suppression
from crmcli.store.queries.common import sure_moment
from crmcli.store.queries.permissions import newest, numbers_suppressed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmcli.store.session import UnitOfWork


class Barred(NamedTuple):
    """What is suppressed; a person goes by uid and number."""

    kind: str
    value: str
    key: str
    contact: int | None = None


class Why(NamedTuple):
    """On which channel and why something is suppressed."""

    channel: str
    reason: str
    note: str | None = None
    campaign: int | None = None


class Word(NamedTuple):
    """What a person said about a channel, since when, and by what it is known."""

    channel: str
    status: str
    at: datetime
    basis: str | None = None
    source: str | None = None
    note: str | None = None
    token: str | None = None


def suppress(uow: UnitOfWork, what: Barred, why: Why) -> Suppression | None:
    """Suppress something on a channel; None when it was already."""
    if uow.find(Suppression, kind=what.kind, key=what.key, channel=why.channel, deleted_at=None):
        return None
    return uow.add(row_of(uow, what, why))


def row_of(uow: UnitOfWork, what: Barred, why: Why) -> Suppression:
    """The row that suppresses something."""
    return Suppression(
        uid=new_uid("su"), kind=what.kind, value=what.value, key=what.key, contact_id=what.contact, channel=why.channel,
        reason=why.reason, note=why.note, campaign_id=why.campaign, at=uow.now, by=uow.user_id,
    )  # fmt: skip


def say(uow: UnitOfWork, contact: int, word: Word) -> bool:
    """Put down what a person said; False when a later line counts, so that this one only completes the story."""
    before = newest(uow.reader, contact, word.channel)
    uow.add(
        Consent(
            contact_id=contact, channel=word.channel, status=word.status, basis=word.basis, source=word.source,
            note=word.note, token=word.token, at=word.at, by=uow.user_id,
        )
    )  # fmt: skip
    if before is not None and sure_moment(before.at) > word.at:
        return False
    if word.status == "granted":
        _take_off_marks(uow, contact, word)
    return True


def _take_off_marks(uow: UnitOfWork, contact: int, word: Word) -> None:
    """The newer yes counts: no mark of having opted out, no suppression by an earlier farewell."""
    from crmcli.store.models.people import ContactEmail

    emails = uow.find(ContactEmail, contact_id=contact, deleted_at=None) if word.channel == "email" else []
    for email in emails:
        email.opted_out = 0
    keys = [key for email in emails for key in (email.key, digest(email.key))]
    lift(uow, numbers_suppressed(uow.reader, "contact", [contact], word.channel), word.at)
    if keys:
        lift(uow, numbers_suppressed(uow.reader, "address", keys, word.channel), word.at)


def lift(uow: UnitOfWork, numbers: Sequence[int], said_at: datetime | None = None) -> None:
    """Lift suppressions; told when somebody agreed again, only those by a farewell before."""
    for number in numbers:
        row = uow.get(Suppression, number)
        if said_at is None or (row.reason == "unsubscribed" and row.at <= said_at):
            uow.bury(row)
    uow.flush()
