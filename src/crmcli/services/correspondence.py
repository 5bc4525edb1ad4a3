"""Mail in: messages as activities, with the people they are from and for, in the threads they belong to, each once."""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.domain.threads import Threads
from crmcli.errors import BadValue, CrmError, PartlyDone
from crmcli.io.mail.boxes import Box, Kept, Stream, open_box
from crmcli.io.mail.messages import Message, read_message
from crmcli.services.alone import alone
from crmcli.services.correspondents import Correspondents
from crmcli.services.trial import trial
from crmcli.store.queries.keys import look_up
from crmcli.store.queries.threads import BEGUN, DELETED, SOURCE, STORED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path
    from typing import IO

    from crmcli.io.mail.mbox import Raw
    from crmcli.services.activities import Activities
    from crmcli.services.correspondents import Parties
    from crmcli.services.desk import Desk
    from crmcli.store.bulk import Bulk
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

_BATCH = 100
_SHOWN = 10
_MOST_REASONS = 10_000
_COUNTS = ("read", "created", "unchanged", "unmatched", "auto_replies", "bounces", "contacts")
_MOST_COMPARED = 100_000
_NO_SUBJECT = "(no subject)"
_EARLY = timedelta(days=1)  # by how much a sender's clock may be fast


class Wish(NamedTuple):
    """What is to be done with the messages of a box.

    ``own`` are the user's addresses; ``create`` adds people nobody knows yet, ``keep`` stores messages of nobody known.
    """

    own: tuple[str, ...] = ()
    deal: str | None = None
    create: bool = False
    keep: bool = False
    since: date | None = None
    dry_run: bool = False


class About(NamedTuple):
    """What a message is known to be about beside what it says itself: the numbers of a contact and a campaign."""

    contact: int
    campaign: int


class Tally:
    """What became of the messages; ``contacts`` counts people that were added.

    ``undated`` are stored messages without a date of their own, ``same_id`` those left out for having the id of another
    message though they say something else, ``others`` the files that hold no mail.
    """

    def __init__(self) -> None:
        self.read = self.created = self.unchanged = self.unmatched = self.auto_replies = self.bounces = 0
        self.contacts = self.rejected = self.undated = self.same_id = self.others = 0
        self.rejections: list[tuple[str, str]] = []

    def reject(self, place: str, reason: str) -> None:
        """Count a message that is not taken."""
        self.rejected += 1
        if len(self.rejections) < _MOST_REASONS:
            self.rejections.append((place, reason))

    def record(self) -> dict[str, object]:
        """The tally as a JSON object."""
        counts = (*_COUNTS, "undated", "same_id", "others")
        rejected = [{"message": place, "reason": reason} for place, reason in self.rejections]
        return {name: getattr(self, name) for name in counts} | {"rejected": rejected, "rejected_count": self.rejected}

    def doubts(self) -> Iterator[str]:
        """What is worth a look, a line each."""
        if self.undated:
            one = "1 message without a date of its own goes by that of its file, or of this import"
            many = "{} messages without a date of their own go by that of their file, or of this import"
            yield _counted(self.undated, one, many)
        if self.same_id:
            one = "1 message has the id of another that says something else, and was left out"
            yield _counted(
                self.same_id, one, "{} messages have the id of another that says something else, and were left out"
            )
        if self.others:
            yield _counted(
                self.others, "1 file holds no mail and was skipped", "{} files hold no mail and were skipped"
            )

    def verdict(self) -> CrmError | None:
        """What is left to say when some messages were rejected: the error that the command ends with."""
        if not self.rejected:
            return None
        lines = [f"  {place}: {reason}" for place, reason in self.rejections[:_SHOWN]]
        if self.rejected > _SHOWN:
            lines.append("  …")
        return PartlyDone(f"{self.rejected:,} of {self.read:,} messages were rejected", details=tuple(lines))


def _counted(number: int, one: str, many: str) -> str:
    return one if number == 1 else many.format(f"{number:,}")


class _OnlyTried(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


class Correspondence:
    """The use case of importing mail."""

    def __init__(self, desk: Desk, addresses: Sequence[str] = ()) -> None:
        self.desk = desk._replace(origin="import")
        self._addresses = addresses  # the user's own, as the settings have them

    def own_addresses(self, wish: Wish, *others: str) -> frozenset[str]:
        """The keys of the user's own addresses: as told, else as set, and the login where it is one.

        Raises BadValue for what is no address.
        """
        from crmcli.domain.people import read_email

        told = [(text, "owner-address") for text in wish.own] or [(text, "mail.addresses") for text in self._addresses]
        found = set()
        for text, field in told:
            try:
                found.add(read_email(text).key)
            except BadValue as error:
                raise BadValue(field, error.reason, hint=error.hint) from error
        return frozenset(found | {read_email(each).key for each in (self.desk.user, *others) if _is_address(each)})

    def box(self, origin: Path | IO[bytes]) -> Box:
        """The box at a path or behind a stream."""
        return open_box(origin)

    def fetched(self, url: str, password: Callable[[str, str], str], wish: Wish, tally: Tally) -> Box:
        """The wanted messages of a folder on an IMAP server, fetched before anything is written.

        ``password`` is asked for that of a user on a host. Messages that are stored already, or that nobody known takes
        part in, are not fetched, only counted.
        """
        from crmcli.io.mail.imap import fetch, read_url

        server = read_url(url)
        sieve = _Sieve(self, wish, self.own_addresses(wish, server.user), tally)
        return Kept(url, fetch(server, password(server.user, server.host), wish.since, sieve.wanted))

    def take(
        self, box: Box, wish: Wish, own: frozenset[str], tally: Tally, advance: Callable[[int], None] = lambda _: None
    ) -> None:
        """Store the messages of a box, in one undo step; ``advance`` is told how many bytes were read."""
        with (
            suppress(_OnlyTried),
            trial(self.desk) if wish.dry_run else self._alone(box) as desk,
            desk.writing("import mail") as uow,
        ):
            self.take_into(uow, box, wish, own, tally, advance)
            uow.summary = f"{box.name.rpartition('/')[2] or box.name}: {tally.created:,} new"
            if wish.dry_run:
                raise _OnlyTried

    def take_into(
        self,
        uow: UnitOfWork,
        box: Box,
        wish: Wish,
        own: frozenset[str],
        tally: Tally,
        advance: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Store the messages of a box as part of a transaction."""
        from crmcli.services.activities import Activities

        intake = _Intake(uow, Activities(self.desk), wish, own, tally)
        for batch in _batches(self._read(box, tally, advance)):
            intake.take(batch)

    @contextmanager
    def _alone(self, box: Box) -> Iterator[Desk]:
        """The desk, while nobody else imports that box; a message from a pipe is nobody else's."""
        with (
            nullcontext()
            if isinstance(box, Stream)
            else alone(self.desk, mail_lock(box.name), f"import of mail from {box.name}")
        ):
            yield self.desk

    def _read(self, box: Box, tally: Tally, advance: Callable[[int], None]) -> Iterator[Message]:
        """The messages of a box that can be read and have a date, if need be that of their file."""
        tally.others += box.others
        for raw in box.messages():
            tally.read += 1
            advance(len(raw.content))
            try:
                message = self.message(raw)
            except BadValue as error:
                tally.reject(raw.place, error.reason)
                continue
            if message.at is None:
                if isinstance(box, Kept):  # it lies on a server, and does not get lost there
                    tally.reject(raw.place, "has no date that can be right, neither in Date nor in Received")
                    continue
                now = self.desk.clock.now()
                message = message._replace(at=min(raw.filed or now, now), is_dated=False)
            yield message

    def answers(self, uow: UnitOfWork, own: frozenset[str], tally: Tally) -> Callable[[Message, About], None]:
        """Stores answers to campaigns as part of a transaction, each on the timeline of whom the campaign wrote to."""
        from crmcli.services.activities import Activities

        intake = _Intake(uow, Activities(self.desk), Wish(keep=True), own, tally)
        return lambda message, about: intake.take([message], about)

    def message(self, raw: Raw) -> Message:
        """The message of some bytes; raises BadValue when it can't be had."""
        if raw.fault:
            raise BadValue("message", raw.fault)
        return read_message(raw.content, raw.arrived, self.desk.clock.now() + _EARLY)


class _Sieve:
    """Decides by their headers which messages of a server are worth fetching."""

    def __init__(self, service: Correspondence, wish: Wish, own: frozenset[str], tally: Tally) -> None:
        self._service = service
        self._wish = wish
        self._tally = tally
        self._people = Correspondents(own)

    def wanted(self, heads: Sequence[Raw]) -> list[bool]:
        """Which of these; the others are counted."""
        messages = [self._read(head) for head in heads]
        readable = [message for message in messages if message is not None]
        with self._service.desk.reading() as reader:
            self._people.ask(reader, readable)
            found = look_up(reader, STORED, {message.id for message in readable})
            stored = {key: subject for key, _, _, subject in found}
        return [self._is_wanted(head, message, stored) for head, message in zip(heads, messages, strict=True)]

    def _read(self, head: Raw) -> Message | None:
        try:
            return self._service.message(head)
        except BadValue:
            return None  # whole, it will be told of

    def _is_wanted(self, head: Raw, message: Message | None, stored: dict[str, str]) -> bool:
        if message is None:
            return True
        if message.id in stored:
            self._tally.read += 1
            self._tally.unchanged += 1
            self._tally.same_id += not _has_subject(message, stored[message.id])
            return False
        if (
            message.failure
            or b"multipart/report" in head.content.lower()
            or _is_taken(self._people.of(message), self._wish)
        ):
            return True
        self._tally.read += 1
        self._tally.unmatched += 1
        return False


class _Intake:
    """The writing side of one import."""

    def __init__(self, uow: UnitOfWork, service: Activities, wish: Wish, own: frozenset[str], tally: Tally) -> None:
        from crmcli.store.bulk import Bulk

        self.uow = uow
        self.service = service
        self.wish = wish
        self.tally = tally
        self.people = Correspondents(own)
        self.threads = Threads()
        self.bulk: Bulk = Bulk(uow)
        self.compared: dict[int, int] = {}  # what was said under which id, of late
        self.deal = _deal(service.desk, uow.reader, wish.deal)

    def take(self, batch: Sequence[Message], about: About | None = None) -> None:
        """Store what is new among these messages."""
        reader = self.uow.reader
        self.people.ask(reader, batch)
        ids = {each for message in batch for each in (message.id, *message.links)}
        found = list(look_up(reader, STORED, ids))
        stored = {key: thread for key, _, thread, _ in found}
        subjects = {key: subject for key, _, _, subject in found}
        threads = {thread for thread in stored.values() if thread} | {
            thread for (thread,) in look_up(reader, BEGUN, ids)
        }
        gone = {key for (key,) in look_up(reader, DELETED, ids | threads)}
        for key, thread in stored.items():
            self.threads.join([thread or key, key])
        new = self._new(batch, stored.keys() | gone, threads, subjects)
        self._rename(threads)
        for message in new:
            self._store(message, self.people.of(message), about)
        self.bulk.flush()
        self.threads.forget()

    def _new(
        self, batch: Sequence[Message], there: set[str], threads: set[str], subjects: dict[str, str]
    ) -> list[Message]:
        """The messages to be stored; what the others tell of threads is learnt as well."""
        new = []
        for message in batch:
            if message.id in there:
                self.tally.unchanged += 1
                self.tally.same_id += self._is_another(message, subjects.get(message.id))
            elif _is_taken(self.people.of(message), self.wish):
                self.threads.join(self._eldest_first(message, there))
                there.add(message.id)
                self._remember(message)
                new.append(message)
            else:
                self.threads.join([*message.links, message.id], {self.threads.of(each) for each in threads})
                self.tally.unmatched += 1
        return new

    def _is_another(self, message: Message, subject: str | None) -> bool:
        """Whether a message says something else than the one that has its id: in this import, else in the store."""
        said = self.compared.get(hash(message.id))
        if said is not None:
            return said != _said(message)
        if subject is None or not _has_subject(message, subject):
            return subject is not None
        self._remember(message)
        return False

    def _remember(self, message: Message) -> None:
        if len(self.compared) >= _MOST_COMPARED:
            self.compared.clear()
        self.compared[hash(message.id)] = _said(message)

    def _eldest_first(self, message: Message, there: set[str]) -> list[str]:
        """The ids of a message's thread, before them the one under which a message that it answers began further back."""
        threads = [self.threads.of(link) for link in message.links if link in there]
        known = (*message.links, message.id)
        return [*(thread for thread in threads[:1] if thread not in known), *known]

    def _rename(self, threads: Iterable[str]) -> None:
        """Let stored messages follow where their thread turned out to be part of another."""
        from crmcli.store.threads import rename

        for old in sorted(threads):
            if (thread := self.threads.of(old)) != old:
                rename(self.uow, old, thread)

    def _store(self, message: Message, parties: Parties, about: About | None) -> None:
        if about is not None:
            parties = parties._replace(contacts=tuple(dict.fromkeys((about.contact, *parties.contacts))))
        values = self._values(message, parties)
        own: dict[str, object] = {
            "external_source": SOURCE,
            "external_id": message.id,
            "thread": self.threads.of(message.id),
            "attachments": "\n".join(map(str, message.files)) or None,
        }
        if about is not None:
            own["campaign_id"] = about.campaign
        self.bulk.add("activity", values, {"list": message.list_id} if message.list_id else {}, own)
        self.tally.created += 1
        self.tally.undated += not message.is_dated
        self.tally.auto_replies += message.auto_reply
        self.tally.bounces += message.failure is not None

    def _values(self, message: Message, parties: Parties) -> dict[str, object]:
        values: dict[str, object] = {
            "type": "email",
            "at": message.at,
            "status": "done",
            "direction": parties.direction,
            "owner": self.uow.actor.user,
            "subject": message.subject,
            "body": message.text,
            "outcome": _outcome(message),
            "contacts": (*parties.contacts, *self._added(parties)),
            "company": parties.company if self.deal is None else None,  # else it is the deal's
            "deal": self.deal,
        }
        prepared = self.service.prepare(self.uow, {name: value for name, value in values.items() if value})
        return {"subject": _NO_SUBJECT} | {name: value for name, value in prepared.items() if value is not None}

    def _added(self, parties: Parties) -> list[int]:
        """The contacts that are made of those whom nobody knew."""
        strangers = parties.strangers if self.wish.create else ()
        self.tally.contacts += len(strangers)
        return [self.people.add(self.bulk, person) for person in strangers]


def mail_lock(name: str) -> str:
    """The name under which no two imports of a box run: where it is, whatever folder it is named from."""
    return f"import mail:{name if '://' in name else os.path.abspath(name)}"  # noqa: PTH100 - links in it stay links


def _is_taken(parties: Parties, wish: Wish) -> bool:
    return parties.is_known or wish.keep or wish.deal is not None or (wish.create and bool(parties.strangers))


def _said(message: Message) -> int:
    """A short form of what a message says, good within one run."""
    return hash((message.subject, message.text))


def _has_subject(message: Message, stored: str) -> bool:
    """Whether a stored message has its subject; one that has none was given another when it was stored."""
    return not message.subject or fold(message.subject) == fold(stored)


def _outcome(message: Message) -> str | None:
    if message.failure is not None:
        return message.failure.outcome
    return "auto-reply" if message.auto_reply else None


def _is_address(text: str) -> bool:
    from crmcli.domain.people import read_email

    try:
        read_email(text)
    except BadValue:
        return False
    return True


def _deal(desk: Desk, reader: Reader, ref: str | None) -> int | None:
    from crmcli.store.queries.refs import resolve

    return None if ref is None else resolve(reader, "deal", ref, desk.country).number


def _batches(messages: Iterator[Message]) -> Iterator[list[Message]]:
    while batch := list(islice(messages, _BATCH)):
        yield batch
