"""The run of a campaign: who is next, at what pace, and one message after another over the wire.

A run can be killed at any instant. What became of one message is written down together with the claim of the next, before
that one goes to the wire; the ledger (``store.outbox``) knows at any time of at most one message that may be on its way.
"""

from __future__ import annotations

import time
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from crmcli.domain.email_folding import folded_email
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.ids import new_uid
from crmcli.domain.marketing import DUPLICATE, INVALID_ADDRESS, TEMPLATE_ERROR
from crmcli.domain.pacing import opens_at, retry_at
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold
from crmcli.errors import Conflict, TemplateFailed
from crmcli.io.mail.smtp import NoServer
from crmcli.services.letters import new_token
from crmcli.services.parts import Parts
from crmcli.store.outbox import Claim, Result, Skip
from crmcli.store.queries.common import moment
from crmcli.store.queries.eligibility import members_among, members_due, members_waiting, of_members, one_member
from crmcli.store.queries.recipients import left_to_send, member_addresses, messages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from datetime import datetime, tzinfo

    from crmcli.domain.campaign_settings import Window
    from crmcli.domain.pacing import Pacer
    from crmcli.io.mail.smtp import Outcome
    from crmcli.services.desk import Desk
    from crmcli.services.letters import Letters, Prepared
    from crmcli.services.posting import Wire
    from crmcli.store.outbox import Denied, Outbox
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.eligibility import Candidate, Rules
    from crmcli.store.queries.recipients import Variant, Waiting

_PAGE = 200
_SHORT = 3.0  # seconds that are simply waited for
_TROUBLES = 3  # messages in a row that failed because of the server, after which it is left alone


class Trouble(Exception):
    """The server is not to be had, or turns away message after message for what is no fault of theirs."""


class Stopped(Exception):
    """Somebody paused or ended the campaign, or wants the run to end."""


class Tally:
    """What a run did; ``next_at`` is when there will be more to do, as far as that is known."""

    def __init__(self) -> None:
        self.sent = self.failed = self.skipped = self.in_doubt = self.retry = self.left = 0
        self.flying = 0
        self.next_at: datetime | None = None
        self.stopped = ""
        self.trouble = ""
        self.passed_over: dict[int, str] | None = None  # of a sequence's step: who gets nothing and why, by the member

    @property
    def tried(self) -> int:
        """How many messages went to the wire, or are about to."""
        return self.sent + self.failed + self.in_doubt + self.retry + self.flying

    def later(self, at: datetime) -> None:
        """There is more to do from this moment on."""
        self.next_at = at if self.next_at is None else min(self.next_at, at)

    def record(self) -> dict[str, object]:
        """The counts as JSON has them."""
        return {
            "sent": self.sent, "failed": self.failed, "skipped": self.skipped, "in_doubt": self.in_doubt,
            "retry": self.retry, "left": self.left, "next_at": utc_text(self.next_at) if self.next_at else None,
        }  # fmt: skip


class Zones:
    """The time zones that people say they are in; the usual one for those who say nothing or what is none."""

    def __init__(self, usual: tzinfo | None) -> None:
        self._usual = usual
        self._known: dict[str, tzinfo | None] = {"": usual}

    def __getitem__(self, name: str) -> tzinfo | None:
        if name not in self._known:
            from crmcli.clock import zone_named

            try:
                self._known[name] = zone_named(name)
            except ValueError:
                self._known[name] = self._usual
        return self._known[name]


class Job(NamedTuple):
    """Somebody to write to, with the message of an earlier attempt, if there was one; ``step`` and ``template`` of a sequence."""

    candidate: Candidate
    earlier: Waiting | None = None
    step: int = 0
    template: int | None = None


class _Flight(NamedTuple):
    """A message whose claim is being committed while the server is told of it; it is not handed over yet."""

    job: Job
    claim: Claim
    prepared: Prepared
    done: Result | None
    turn: Future[Denied | None]
    refusal: Outcome | None


class Courier:
    """Takes one message after another from the ledger to the wire and back.

    Waiting for the disk is what a message costs most, so while the claim of one is being committed the server is told its
    addresses, and the next one is written. Nothing but addresses goes over the wire before the claim is in the ledger.
    """

    def __init__(
        self, desk: Desk, letters: Letters, wire: Wire, outbox: Outbox, pacer: Pacer, rules: Rules, tally: Tally
    ) -> None:
        self._desk = desk
        self._letters = letters
        self._wire = wire
        self._outbox = outbox
        self._pacer = pacer
        self._rules = rules
        self._tally = tally
        self._done: Result | None = None
        self._flight: _Flight | None = None
        self._skips: list[Skip] = []
        self._gone: list[Result] = []
        self._troubles = 0
        self._parts = Parts(desk, "campaign send")
        self.suppressed = 0

    def offer(self, job: Job) -> None:
        """Send a message, or put down why it is not sent; the last one that was offered is sent with the next, or settled.

        Raises:
            Trouble: the server is not to be had; nothing was claimed for this message.
            Stopped: the campaign was paused or ended by somebody else.
        """
        candidate = job.candidate
        if candidate.reason:
            self._skip(candidate, candidate.reason)
            return
        uid, token = (job.earlier.uid, job.earlier.token) if job.earlier else (new_uid("ms"), new_token())
        version = self._version(job)
        try:
            prepared = self._letters.write(candidate.recipient, uid, token, version, template=job.template)
        except TemplateFailed as error:
            self._skip(candidate, TEMPLATE_ERROR, error.reason)
            return
        self._land()
        try:
            self._wire.ready()
        except NoServer as error:
            raise Trouble(str(error)) from error
        if not self._wire.takes(candidate.recipient.email):
            self._skip(candidate, INVALID_ADDRESS, "the server takes no such address: it has no SMTPUTF8")
            return
        self._take_off(job, _claim(job, uid, token, version), prepared)

    def settle(self) -> None:
        """Send what was offered last, and write down what is known and not written yet."""
        try:
            self._land()
        finally:
            if self._done is not None or self._skips:
                self._outbox.skip(self._done, self._skips)
                self._done = None
                self._skips = []
            self._suppress_gone()

    def _version(self, job: Job) -> Variant | None:
        if job.step:
            return None
        recipient = job.candidate.recipient
        return self._letters.version(recipient._replace(variant=job.earlier.variant) if job.earlier else recipient)

    def _take_off(self, job: Job, claim: Claim, prepared: Prepared) -> None:
        done, self._done = self._done, None
        turn = self._outbox.turn(done, claim)
        self._pacer.sent(self._desk.clock.now())
        self._tally.flying = 1
        self._flight = _Flight(job, claim, prepared, done, turn, self._wire.begin(prepared.sender, prepared.to))

    def _land(self) -> None:
        """Hand over the message that is claimed, unless something was said against it at the last moment."""
        while self._flight is not None:
            flight, self._flight, self._tally.flying = self._flight, None, 0
            try:
                denied = flight.turn.result()
            except BaseException:
                self._done = flight.done
                raise
            if denied is None:
                prepared = flight.prepared
                handed = flight.refusal or self._wire.finish(
                    flight.claim.uid, prepared.sender, prepared.to, prepared.content
                )
                self._note(flight.claim, handed)
            else:
                self._wire.abandon()
                self._turn_back(flight, denied)

    def _turn_back(self, flight: _Flight, denied: Denied) -> None:
        if denied.is_about_person:
            self._tally.skipped += 1
        elif denied.reason == "stopped":
            raise Stopped("the campaign was paused or ended meanwhile")
        elif found := of_members(self._outbox.reader, self._rules, one_member(flight.claim.member), 1):
            self.offer(flight.job._replace(candidate=found[0]))  # at the address that the person has by now

    def _note(self, claim: Claim, outcome: Outcome) -> None:
        due, kind = None, outcome.kind
        if kind == "retry":
            due = retry_at((claim.attempts or 0) + 1, self._desk.clock.now())
            kind = "retry" if due else "failed"
        self._done = Result(claim, kind, outcome.reply, due)
        setattr(self._tally, kind, getattr(self._tally, kind) + 1)
        if outcome.is_gone:
            self._gone.append(self._done)
        self._troubles = self._troubles + 1 if outcome.is_server else 0
        if self._troubles >= _TROUBLES:
            raise Trouble(f"{self._troubles} messages in a row came to nothing: {outcome.reply}")

    def _suppress_gone(self) -> None:
        """Suppress the addresses at which a server knows nobody, as a bounce that says so does."""
        gone, self._gone = self._gone, []
        if not gone:
            return
        from crmcli.store.permissions import Barred, Why
        from crmcli.store.permissions import suppress as bar

        rules = self._rules
        with suppress(Conflict), self._parts.writing() as uow:  # who takes it back meanwhile wants none of it
            for each in gone:
                why = Why(rules.channel, "hard_bounce", each.reply, rules.campaign)
                self.suppressed += bar(uow, Barred("address", each.claim.address, each.claim.key), why) is not None
            uow.summary = f"{self.suppressed:,} suppressed: nobody is there"

    def _skip(self, candidate: Candidate, reason: str, detail: str | None = None) -> None:
        if self._tally.passed_over is not None:
            self._tally.passed_over[candidate.recipient.member] = reason
        if candidate.was == reason:
            return
        self._skips.append(Skip(candidate.recipient.member, reason, detail))
        self._tally.skipped += 1
        if len(self._skips) >= _PAGE:
            self.settle()


def _claim(job: Job, uid: str, token: str, version: Variant | None) -> Claim:
    recipient = job.candidate.recipient
    return Claim(
        uid, token, recipient.member, recipient.number, recipient.email, job.candidate.key, job.step,
        version.number if version else None, job.template or (version.template if version else None),
        job.earlier.attempts if job.earlier else None,
    )  # fmt: skip


class Queue:
    """Those of a campaign to whom a message is due: first whose message is to be tried again, then who has none yet.

    With a ``step`` of a sequence it is about these ``members`` alone, and the message is made of that step's ``template``.
    """

    def __init__(
        self, desk: Desk, rules: Rules, *, skipped: bool = False, step: int = 0, template: int | None = None,
        members: Sequence[int] = (),
    ) -> None:  # fmt: skip
        self._desk = desk
        self._rules = rules
        self._skipped = skipped
        self._step = step
        self._template = template
        self._members = members

    @property
    def is_of_step(self) -> bool:
        """Whether it is about a step of a sequence."""
        return bool(self._step)

    def jobs(self, between: Callable[[], None]) -> Iterator[Job]:
        """All of them, each page as the store is when it is asked for; ``between`` is done before a page is read."""
        if self._step:
            yield from self._of_step(between)
            return
        now = utc_text(self._desk.clock.now())
        for page in self._pages(lambda after: members_due(self._rules, after, now), between):
            yield from self._with_messages(page)
        for page in self._pages(lambda after: members_waiting(self._rules, after, skipped=self._skipped), between):
            yield from self._with_messages(self.with_doubles(page)) if self._skipped else (Job(each) for each in page)

    def next_due(self) -> datetime | None:
        """When the next message is to be tried again; None when there is none."""
        with self._desk.reading() as reader:
            found = left_to_send(reader, self._rules.campaign, self._step).next_at
        return moment(found)

    def with_doubles(self, page: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those who are looked at again; a double goes on being one as long as another of the mailbox has not failed."""
        for each in page:
            if each.was != DUPLICATE or each.reason:
                yield each
                continue
            mailbox = folded_email(fold(each.recipient.email))
            yield each._replace(reason=DUPLICATE) if mailbox in self._taken else each
            self._taken.add(mailbox)

    @cached_property
    def _taken(self) -> set[str]:
        """The mailboxes that got a message or are to get one."""
        with self._desk.reading() as reader:
            return {folded_email(fold(each)) for each in member_addresses(reader, self._rules.campaign, is_taken=True)}

    def _of_step(self, between: Callable[[], None]) -> Iterator[Job]:
        now = utc_text(self._desk.clock.now())
        for start in range(0, len(self._members), _PAGE):
            between()
            with self._desk.reading() as reader:
                wanted = members_among(self._members[start : start + _PAGE])
                page = of_members(reader, self._rules, wanted, _PAGE)
            for job in self._with_messages(page):
                known = job.earlier
                if known is None or (known.status == "retry" and (known.due or "") <= now):
                    yield job._replace(step=self._step, template=self._template)

    def _with_messages(self, found: Iterable[Candidate]) -> Iterator[Job]:
        page = list(found)
        with self._desk.reading() as reader:
            earlier = messages_of(reader, [each.recipient.member for each in page], self._step)
        yield from (Job(each, earlier.get(each.recipient.member)) for each in page)

    def _pages(self, which: Callable[[int], Condition], between: Callable[[], None]) -> Iterator[list[Candidate]]:
        """The members by number."""
        after = 0
        while True:
            between()
            with self._desk.reading() as reader:
                page = of_members(reader, self._rules, which(after), _PAGE)
            if not page:
                return
            after = page[-1].recipient.member
            yield page


class Wish(NamedTuple):
    """How a run goes: at most ``limit`` messages; ``wait`` until all is sent; also those ``skipped`` by an earlier one."""

    limit: int | None = None
    wait: bool = False
    skipped: bool = False


class Run:
    """One run over a queue; ``ended`` says that somebody wants it to end, ``advance`` counts people."""

    def __init__(
        self, desk: Desk, courier: Courier, pacer: Pacer, queue: Queue, window: Window | None, wish: Wish, tally: Tally,
        ended: Callable[[], bool], advance: Callable[[int], None],
    ) -> None:  # fmt: skip
        self._desk = desk
        self._courier = courier
        self._pacer = pacer
        self._queue = queue
        self._window = window
        self._wish = wish
        self._tally = tally
        self._ended = ended
        self._advance = advance
        self._zones = Zones(desk.clock.zone)

    def go(self) -> None:
        """Send what can be sent now, and with ``wait`` all that is left; what went wrong with the server is in the tally."""
        try:
            try:
                while self._pass() and self._wish.wait and (until := self._next_at()) is not None:
                    self._sleep_until(until)
                    self._tally.next_at = None
            finally:
                self._courier.settle()  # which sends the last message, so it ends like any other
        except Trouble as error:
            self._tally.trouble = str(error)
        except Stopped as error:
            self._tally.stopped = str(error)

    def _next_at(self) -> datetime | None:
        """When there is more to do; None when there is not."""
        self._courier.settle()
        if (due := self._queue.next_due()) is not None:
            self._tally.later(due)
        return self._tally.next_at

    def _pass(self) -> bool:
        """Go through those who are waiting once; False when the limit of the run was reached."""
        for job in self._queue.jobs(self._courier.settle):
            if self._wish.limit is not None and self._tally.tried >= self._wish.limit:
                return False
            opening = opens_at(self._window, self._desk.clock.now(), self._zones[job.candidate.recipient.timezone])
            if opening > self._desk.clock.now() and not job.candidate.reason:
                self._tally.later(opening)
                continue
            if not job.candidate.reason and not self._may_go():
                return True
            self._courier.offer(job)
            self._advance(1)
        return True

    def _may_go(self) -> bool:
        """Wait for the pace when that is short; False when it is long."""
        if self._ended():
            raise Stopped("stopped; what is left can be sent by another run")
        now = self._desk.clock.now()
        until = self._pacer.next_at(now)
        if until <= now:
            return True
        can_wait = self._wish.wait or (until - now).total_seconds() <= _SHORT
        if self._desk.clock.frozen is not None or not can_wait:
            self._tally.later(until)
            return False
        self._courier.settle()
        self._sleep_until(until)
        return True

    def _sleep_until(self, until: datetime) -> None:
        if self._desk.clock.frozen is not None:
            raise Stopped("the clock stands still (CRM_NOW), so there is nothing to wait for")
        while (left := (until - self._desk.clock.now()).total_seconds()) > 0:
            if self._ended():
                raise Stopped("stopped; what is left can be sent by another run")
            time.sleep(min(left, 0.5))
