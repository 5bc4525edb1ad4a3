"""What came back for the messages of campaigns: read out of a mailbox, tied to its message, and acted on by policy.

A hard bounce suppresses the address. Of soft ones the third in a row marks it invalid. A complaint suppresses the address
and the person, a farewell the address, and both withdraw the person's consent. An answer goes on the timeline. Whatever
was dealt with is known by its Message-ID, so that collecting the same mailbox again changes nothing.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from crmcli.domain.mailboxes import untagged
from crmcli.domain.marketing import channel_of
from crmcli.domain.records import utc_text
from crmcli.errors import BadValue, PartlyDone, UsageError
from crmcli.io.mail.boxes import Box, Kept
from crmcli.io.mail.returns import (
    AUTO_REPLY,
    BOUNCE,
    COMPLAINT,
    OTHER,
    REPLY,
    UNSUBSCRIBE,
    Returned,
    may_be_return,
    read_return,
)
from crmcli.services.alone import alone
from crmcli.services.correspondence import About
from crmcli.services.correspondence import Tally as MailTally
from crmcli.services.parts import Parts
from crmcli.services.trial import trial
from crmcli.store.queries.common import sure_moment
from crmcli.store.queries.permissions import newest
from crmcli.store.queries.returns import by_token, by_uid, is_returned, latest_to, soft_in_a_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from crmcli.errors import CrmError
    from crmcli.io.mail.mbox import Raw
    from crmcli.io.table import BadRow, Row
    from crmcli.services.correspondence import Correspondence
    from crmcli.services.desk import Desk
    from crmcli.store.queries.returns import Sent
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

_T = TypeVar("_T")
MOST_SOFT = 3  # bounces in a row
_COMMAND = "campaign collect"
_AT_ONCE = 200  # so many are stored at a time; others may write in between
_LOOK_BACK = timedelta(days=60)  # a bounce that only names an address is about a message of that time
_EARLY = timedelta(days=1)  # by how much a sender's clock may be fast
_SHOWN = 10
_MOST_TOLD = 10_000
_LONGEST_WORD = 300
COUNTS = (
    "read", "bounces_hard", "bounces_soft", "complaints", "auto_replies", "replies", "unsubscribes", "other", "unmatched",
    "known",
)  # fmt: skip
TRACKED = ("read", "opened", "clicked", "unsubscribed", "unmatched", "known")
_EVENTS = {
    "open": "opened", "opened": "opened", "click": "clicked", "clicked": "clicked", "unsubscribe": "unsubscribed",
    "unsubscribed": "unsubscribed",
}  # fmt: skip


class Tally:
    """What was found in a mailbox, or in the notes of a web server; ``known`` was dealt with before."""

    def __init__(self, names: Sequence[str] = COUNTS) -> None:
        self.counts = dict.fromkeys(names, 0)
        self.suppressed = self.invalid = self.rejected = 0
        self.rejections: list[tuple[str, str]] = []

    def add(self, name: str) -> None:
        """Count one."""
        self.counts[name] += 1

    def reject(self, place: str, reason: str) -> None:
        """Count something that can't be read."""
        self.rejected += 1
        if len(self.rejections) < _MOST_TOLD:
            self.rejections.append((place, reason))

    def record(self) -> dict[str, object]:
        """The tally as a JSON object."""
        rejected = [{"where": place, "reason": reason} for place, reason in self.rejections]
        more = {"suppressed": self.suppressed, "invalid": self.invalid, "rejected": rejected}
        return {**self.counts, **more, "rejected_count": self.rejected}

    def verdict(self) -> CrmError | None:
        """What is left to say when something could not be read."""
        if not self.rejected:
            return None
        lines = [f"  {place}: {reason}" for place, reason in self.rejections[:_SHOWN]]
        more = ["  …"] if self.rejected > _SHOWN else []
        return PartlyDone(f"{self.rejected:,} of {self.counts['read']:,} could not be read", details=(*lines, *more))


class _OnlyTried(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


class Returns:
    """The use case of collecting what came back; ``tracks`` says that links of messages are counted somewhere."""

    def __init__(self, desk: Desk, correspondence: Correspondence, own: frozenset[str], *, tracks: bool) -> None:
        self.desk = desk._replace(origin="collect")
        self._correspondence = correspondence
        self._own = own
        self._tracks = tracks

    # -- mail

    def box(self, origin: Path | BinaryIO) -> Box:
        """The box at a path or behind a stream."""
        return self._correspondence.box(origin)

    def fetched(self, url: str, folder: str | None, password: Callable[[str, str], str], tally: Tally) -> Box:
        """What may have come back of a folder on an IMAP server; the rest is only counted, nothing is marked as read."""
        from crmcli.io.mail.imap import fetch, read_url

        server = read_url(url)
        if folder:
            if not folder.isprintable():
                raise UsageError("the folder's name holds control characters")
            server = server._replace(folder=folder)
        wanted = self._wanted(tally)
        return Kept(url, fetch(server, password(server.user, server.host), None, wanted))

    def _wanted(self, tally: Tally) -> Callable[[Sequence[Raw]], list[bool]]:
        def wanted(heads: Sequence[Raw]) -> list[bool]:
            with self.desk.reading() as reader:
                return [self._is_wanted(reader, head, tally) for head in heads]

        return wanted

    def _is_wanted(self, reader: Reader, head: Raw, tally: Tally) -> bool:
        """Whether a message is worth fetching; one that can't be read is, so that it is told of."""
        try:
            told = read_return(head.content)
            if is_returned(reader, _key(told)):
                what = "known"
            elif may_be_return(head.content):
                return True
            else:
                what = OTHER
        except BadValue:
            return True
        tally.add("read")
        tally.add(what)
        return False

    def collect(
        self, box: Box, tally: Tally, *, dry_run: bool = False, advance: Callable[[int], None] = lambda _: None
    ) -> None:
        """Act on what came back in a box, in one undo step; ``advance`` is told how many bytes were read.

        Many mails are stored a part at a time, so that others can write in between: what was stored stays when it is
        interrupted, and collecting again goes on from there. Raises Conflict when it is undone meanwhile.
        """
        found = self._found(box, tally, advance)
        with suppress(_OnlyTried), self._alone(), trial(self.desk) as desk:
            parts = Parts(desk, _COMMAND)
            for some in _in_parts(found, at_once=dry_run):
                with parts.writing() as uow:
                    collecting = _Collecting(uow, self._correspondence, self._own, tally)
                    for place, told in some:
                        with _rejecting(tally, place):
                            collecting.take(told)
                    _sum_up(uow, tally, dry_run=dry_run)

    def _found(self, box: Box, tally: Tally, advance: Callable[[int], None]) -> Iterator[tuple[str, Returned]]:
        """What lies in a box, each with its place; what can't be read is only told of."""
        for raw in box.messages():
            tally.add("read")
            advance(len(raw.content))
            with _rejecting(tally, raw.place):
                yield raw.place, self._read(raw)

    def _alone(self) -> AbstractContextManager[None]:
        """Nobody else collects meanwhile."""
        if not self.desk.has_store:
            return nullcontext()
        return alone(self.desk, "collect", "collecting of returned mail")

    def _read(self, raw: Raw) -> Returned:
        if raw.fault:
            raise BadValue("message", raw.fault)
        now = self.desk.clock.now()
        told = read_return(raw.content, raw.arrived, now + _EARLY)
        if told.message.at is not None:
            return told._replace(message=told.message._replace(at=min(told.message.at, now)))
        return told._replace(message=told.message._replace(at=min(raw.filed or now, now), is_dated=False))

    # -- events of a web server

    def take_events(self, file: Path, tally: Tally, *, dry_run: bool = False) -> None:
        """Note what a web server saw of links and pictures: rows of token, event, at and url, in any table or JSON lines.

        Raises UsageError when no link is counted anywhere, as far as the settings say.
        """
        if not self._tracks:
            raise UsageError(
                "no links are tracked, so nothing can be known of them",
                hint="crm config set marketing.tracking_url URL",
            )
        from crmcli.io.opening import open_table

        with suppress(_OnlyTried), open_table(file) as table, self._alone(), trial(self.desk) as desk:
            columns, parts = _columns(table.headers), Parts(desk, _COMMAND)
            for some in _in_parts(table.rows, at_once=dry_run):
                with parts.writing() as uow:
                    seen = _Seen(uow, self.desk, tally)
                    for row in some:
                        tally.add("read")
                        with _rejecting(tally, f"line {row.line}"):
                            seen.take(_cells(row, columns))
                    _sum_up(uow, tally, dry_run=dry_run)


def _in_parts(found: Iterable[_T], *, at_once: bool) -> Iterator[Iterable[_T]]:
    """What was found, as much at a time as is stored at a time; a part is read before its transaction begins."""
    if at_once:
        yield found
        return
    rest = iter(found)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _sum_up(uow: UnitOfWork, tally: Tally, *, dry_run: bool) -> None:
    """Say in the history what was found so far; a dry run is taken back and ends here."""
    uow.summary = _summary(tally)
    if dry_run:
        raise _OnlyTried


@contextmanager
def _rejecting(tally: Tally, place: str) -> Iterator[None]:
    """Count what can't be read, and go on."""
    try:
        yield
    except BadValue as error:
        tally.reject(place, error.reason if error.field == "message" else error.message)


class _Policy:
    """What follows for a person and an address."""

    def __init__(self, uow: UnitOfWork, tally: Tally) -> None:
        self.uow = uow
        self.tally = tally

    def note(self, key: str, kind: str, at: datetime, sent: Sent | None) -> None:
        """Put down that something was dealt with; the next flush writes it."""
        from crmcli.store.models.mailings import ReturnedMail

        self.uow.keep_beside()
        self.uow.session.add(
            ReturnedMail(key=key, kind=kind, at=at, message_id=sent and sent.number, campaign_id=sent and sent.campaign)
        )

    def reached(
        self, sent: Sent, status: str, at: datetime, *, source: str, reason: str | None, detail: str | None
    ) -> None:
        """Put the member's new state down; whatever came back, the message had gone out."""
        from crmcli.store.members import happened
        from crmcli.store.models.campaigns import CampaignMember
        from crmcli.store.models.mailings import Message

        member = self.uow.get(CampaignMember, sent.member)
        claimed = sure_moment(sent.claimed)
        detail = detail if sent.key else None  # nothing is said any more of somebody who was forgotten
        if sent.status == "in_doubt":
            message = self.uow.get(Message, sent.number)
            message.status, message.sent_at = "sent", claimed
            happened(self.uow, member, "sent", source=source, at=claimed)
        happened(self.uow, member, status, source=source, at=max(at, claimed), reason=reason, detail=detail)

    def bar(self, sent: Sent, reason: str, note: str | None, *, person: bool = False) -> None:
        """Suppress the address that a message went to, and the person if wanted."""
        from crmcli.store.models.people import Contact
        from crmcli.store.permissions import Barred, Why, suppress

        if not sent.key:
            return  # of somebody who was forgotten since
        why = Why(self._channel(sent), reason, note, sent.campaign)
        self.tally.suppressed += suppress(self.uow, Barred("address", sent.address, sent.key), why) is not None
        if person and sent.is_known:
            contact = self.uow.get(Contact, sent.contact)
            self.tally.suppressed += (
                suppress(self.uow, Barred("contact", contact.name, contact.uid, sent.contact), why) is not None
            )

    def leave(self, sent: Sent, at: datetime, source: str, reason: str, *, person: bool = False) -> None:
        """Withdraw a person's consent and suppress the address, unless the person agreed again since."""
        from crmcli.store.permissions import Word, say

        channel, at = self._channel(sent), max(at, sure_moment(sent.claimed))
        last = newest(self.uow.reader, sent.contact, channel)
        if last is not None and last.status == "granted" and last.at > utc_text(at):
            return
        if sent.is_known and (last is None or last.status != "withdrawn"):
            say(self.uow, sent.contact, Word(channel, "withdrawn", at, source=source))
        self.bar(sent, reason, source, person=person)

    def _channel(self, sent: Sent) -> str:
        kind = self.uow.reader.value("SELECT kind FROM campaign WHERE id = ?", (sent.campaign,))
        return channel_of(str(kind)) or "email"


class _Collecting:
    """The writing side of collecting mail."""

    def __init__(self, uow: UnitOfWork, correspondence: Correspondence, own: frozenset[str], tally: Tally) -> None:
        self.uow = uow
        self.tally = tally
        self.policy = _Policy(uow, tally)
        self._own = own
        self._store_answer = correspondence.answers(uow, own, MailTally())
        self._since = utc_text(uow.now - _LOOK_BACK)

    def take(self, told: Returned) -> None:
        """Act on one mail, once."""
        key = _key(told)
        if told.kind == OTHER or self._is_own(told):
            self.tally.add(OTHER)
        elif is_returned(self.uow.reader, key):
            self.tally.add("known")
        elif told.kind == AUTO_REPLY:
            self.tally.add("auto_replies")
            self.policy.note(key, AUTO_REPLY, _moment(told), self._meant(told))
            self.uow.flush()
        elif (sent := self._meant(told)) is None:
            self.tally.add("unmatched")
        else:
            self._act(told, sent, key)

    def _is_own(self, told: Returned) -> bool:
        """Whether one of our own people wrote it, so that it is no answer."""
        if told.kind not in (REPLY, UNSUBSCRIBE) or told.tokens:
            return False
        return any(untagged(each.email.key) in self._own for each in told.message.sender)

    def _meant(self, told: Returned) -> Sent | None:
        """The message that a mail is about; tokens and ids that are not ours lead to none."""
        reader = self.uow.reader
        if told.tokens or told.uids:
            return by_token(reader, told.tokens) or by_uid(reader, told.uids)
        return latest_to(reader, told.addresses, self._since)

    def _act(self, told: Returned, sent: Sent, key: str) -> None:
        if told.kind == BOUNCE:
            self._bounced(told, sent, key)
        elif told.kind == COMPLAINT:
            self._left(told, sent, key, "complained", "complaint", person=True)
        elif told.kind == UNSUBSCRIBE:
            self._left(told, sent, key, "unsubscribed", "unsubscribed")
        else:
            self._answered(told, sent, key)

    def _bounced(self, told: Returned, sent: Sent, key: str) -> None:
        kind, reason = ("bounce_hard", "hard bounce") if told.is_hard else ("bounce_soft", "soft bounce")
        said = _short(told.reason)
        self.tally.add(f"bounces_{'hard' if told.is_hard else 'soft'}")
        self.policy.note(key, kind, _moment(told), sent)
        self.policy.reached(sent, "bounced", _moment(told), source="collect", reason=reason, detail=said)
        if told.is_hard:
            self.policy.bar(sent, "hard_bounce", said)
        elif sent.key and soft_in_a_row(self.uow.reader, sent.key) >= MOST_SOFT:
            self._mark_invalid(sent)

    def _mark_invalid(self, sent: Sent) -> None:
        from crmcli.store.models.people import ContactEmail

        for email in self.uow.find(ContactEmail, key=sent.key, deleted_at=None):
            self.tally.invalid += not email.invalid
            email.invalid = 1
        self.uow.flush()

    def _left(self, told: Returned, sent: Sent, key: str, status: str, reason: str, *, person: bool = False) -> None:
        at, source = _moment(told), f"{'complaint' if person else 'mail'} <{told.message.id}>"
        self.tally.add("complaints" if person else "unsubscribes")
        self.policy.note(key, told.kind, at, sent)
        self.policy.reached(sent, status, at, source="collect", reason=told.reason or None, detail=_short(source))
        self.policy.leave(sent, at, _short(source), reason, person=person)

    def _answered(self, told: Returned, sent: Sent, key: str) -> None:
        self.tally.add("replies")
        self.policy.note(key, REPLY, _moment(told), sent)
        said = _short(told.message.subject) or None
        self.policy.reached(sent, "replied", _moment(told), source="collect", reason=None, detail=said)
        if sent.is_known:
            self._store_answer(told.message, About(sent.contact, sent.campaign))
            self._name_campaign(told, sent)

    def _name_campaign(self, told: Returned, sent: Sent) -> None:
        """An answer that was imported before belongs to the campaign from now on."""
        from crmcli.store.models.activities import Activity
        from crmcli.store.queries.threads import SOURCE

        for row in self.uow.find(Activity, external_source=SOURCE, external_id=told.message.id, deleted_at=None):
            if row.campaign_id is None:
                row.campaign_id = sent.campaign
        self.uow.flush()


class _Seen:
    """The writing side of what a web server saw."""

    def __init__(self, uow: UnitOfWork, desk: Desk, tally: Tally) -> None:
        self.uow = uow
        self.desk = desk
        self.tally = tally
        self.policy = _Policy(uow, tally)

    def take(self, cells: dict[str, str]) -> None:
        """Put down one event; raises BadValue for what is none."""
        state = _EVENTS.get(cells.get("event", "").strip().lower())
        token = cells.get("token", "").strip().lower()
        if state is None:
            raise BadValue("event", f"{cells.get('event', '')[:40]!r} is not open, click or unsubscribe")
        if not (token.isascii() and token.isalnum()):
            raise BadValue("token", "is none")
        at = self._moment(cells.get("at", ""))
        sent = by_token(self.uow.reader, [token])
        key = f"event:{token}:{utc_text(at) if cells.get('at', '').strip() else ''}"
        if sent is None:
            self.tally.add("unmatched")
        elif self._is_known(sent, state, key):
            self.tally.add("known")
        else:
            self.tally.add(state)
            detail = _short(cells.get("url", "")) or None
            self.policy.reached(sent, state, at, source="tracking", reason=None, detail=detail)
            if state == "unsubscribed":
                self.policy.note(key, UNSUBSCRIBE, at, sent)
                self.policy.leave(sent, at, "unsubscribe page", "unsubscribed")
                self.uow.flush()

    def _is_known(self, sent: Sent, state: str, key: str) -> bool:
        """Whether an event was put down before; leaving counts each time that it happens, the rest once."""
        if state == "unsubscribed":
            return is_returned(self.uow.reader, key)
        sql = "SELECT 1 FROM campaign_event WHERE member_id = ? AND status = ?"
        return self.uow.reader.value(sql, (sent.member, state)) is not None

    def _moment(self, text: str) -> datetime:
        """When it was: in words or seconds; now for an event that does not say."""
        from datetime import UTC, datetime

        from crmcli.domain.schedule import read_time

        now, bare = self.desk.clock.now(), text.strip()
        if not bare:
            return now
        if bare.replace(".", "", 1).isdecimal() and bare.isascii() and 9 <= len(bare.partition(".")[0]) <= 13:
            seconds = float(bare) / (1000 if len(bare.partition(".")[0]) > 10 else 1)
            at = datetime.fromtimestamp(int(seconds), UTC)
        else:
            at = read_time(bare, self.desk.clock.local(), "at")
        if at > now + _EARLY:
            raise BadValue("at", f"{bare[:40]} lies ahead")
        return min(at, now)


def _key(told: Returned) -> str:
    return f"mail:{told.message.id}"


def _moment(told: Returned) -> datetime:
    assert told.message.at is not None
    return told.message.at


def _short(text: str) -> str:
    bare = " ".join(text.split())
    return bare if len(bare) <= _LONGEST_WORD else f"{bare[: _LONGEST_WORD - 1]}…"


def _summary(tally: Tally) -> str:
    counted = {name: count for name, count in tally.counts.items() if count and name not in ("read", "known")}
    told = (f"{count:,} {_one(words(name)) if count == 1 else words(name)}" for name, count in counted.items())
    return ", ".join(told) or "nothing new"


def words(name: str) -> str:
    """What is counted, as people say it."""
    return {"bounces_hard": "hard bounces", "bounces_soft": "soft bounces"}.get(name, name.replace("_", " "))


def _one(many: str) -> str:
    return many.replace("replies", "reply").removesuffix("s")


def _columns(headers: Sequence[str]) -> dict[str, str]:
    """The columns of events by their names; raises UsageError when token or event is missing."""
    found = {header.strip().lower(): header for header in headers}
    missing = [name for name in ("token", "event") if name not in found]
    if missing:
        raise UsageError(f"the file has no column {missing[0]}", hint="token, event, at, url")
    return {name: found[name] for name in ("token", "event", "at", "url") if name in found}


def _cells(row: Row | BadRow, columns: dict[str, str]) -> dict[str, str]:
    """What an event says by the names of its columns; raises BadValue for a row that can't be read."""
    from crmcli.io.table import BadRow

    if isinstance(row, BadRow):
        raise BadValue("row", row.reason)
    return {name: _cell(row.cells.get(header, "")) for name, header in columns.items()}


def _cell(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else next(iter(value), "")
