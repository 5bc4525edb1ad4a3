"""Sending a campaign: who would get what, the sending itself, a sample, and what to do about messages in doubt."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.campaign_drafts import audience_of
from crmcli.domain.campaign_settings import pace_of
from crmcli.domain.email_folding import folded_email
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.ids import new_uid
from crmcli.domain.marketing import DUPLICATE, IN_DOUBT, MAILED_KINDS, TEMPLATE_ERROR, TO_BE_RETRIED, channel_of
from crmcli.domain.pacing import Day, Pacer, limits_of, midnight_after, opens_at
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold
from crmcli.errors import CrmError, NotFound, Refused, TemplateFailed
from crmcli.io.mail.smtp import NoServer
from crmcli.services.alone import alone
from crmcli.services.experiments import Experiments, trial_found
from crmcli.services.letters import Letters, new_token
from crmcli.services.sending import Courier, Queue, Run, Tally, Wish, Zones
from crmcli.store.outbox import Outbox
from crmcli.store.queries.campaign_views import campaign_named
from crmcli.store.queries.common import sure_moment
from crmcli.store.queries.due import next_sending, to_be_sent
from crmcli.store.queries.eligibility import Rules, members_among, members_due, members_waiting, of_members, of_people
from crmcli.store.queries.recipients import (
    first_sent,
    left_to_send,
    member_addresses,
    sending_plan,
    sent_lately,
    sent_since,
    unsettled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from crmcli.domain.campaign_drafts import Audience
    from crmcli.domain.campaign_settings import Pace
    from crmcli.io.mail.smtp import Account
    from crmcli.services.desk import Desk
    from crmcli.services.members import Members
    from crmcli.services.posting import Posting, Wire
    from crmcli.services.templates import Templates
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.due import Sendable
    from crmcli.store.queries.eligibility import Candidate
    from crmcli.store.queries.recipients import Plan
    from crmcli.store.reader import Reader

_PAGE = 500
_HOUR = timedelta(hours=1)


class Line(NamedTuple):
    """Somebody of a dry run: what would happen, why, and what they would get."""

    member: str
    name: str
    address: str
    status: str
    reason: str
    variant: str
    subject: str


class Resolved(NamedTuple):
    """A message that was in doubt, and what became of it."""

    name: str
    address: str
    status: str


class Mailing:
    """Campaigns over the wire."""

    def __init__(self, desk: Desk, posting: Posting, members: Members, templates: Templates) -> None:
        self.desk = desk
        self.posting = posting
        self.members = members
        self.templates = templates

    def plan(self, ref: str) -> Plan:
        """The campaign that a reference means; raises Refused for one that is not mailed, or has nothing to say."""
        with self.desk.reading() as reader:
            plan = sending_plan(reader, campaign_named(reader, ref).number)
        if plan.kind not in MAILED_KINDS:
            raise Refused(
                f"campaign {plan.name} is of kind {plan.kind}, which is not mailed",
                hint=f"one of {', '.join(MAILED_KINDS)}",
            )
        if plan.template is None and not (plan.variants and all(each.template for each in plan.variants)):
            raise Refused(
                f"campaign {plan.name} has no template", hint=f"crm campaign edit {plan.name!r} --template NAME"
            )
        return plan

    # -- who would get what

    def trial(self, plan: Plan, limit: int | None = None, *, skipped: bool = False) -> Iterator[Line]:
        """Who would get what just now, and who would not and why; nothing is written and nobody is asked but the store.

        With ``skipped`` those are among them whom an earlier run skipped.
        """
        pace, plan = pace_of(plan.settings), self._with_winner(plan)
        letters = self._letters(plan, self.posting.sender_alone(pace.account))
        zones, left = Zones(self.desk.clock.zone), limit
        waits = self._waits(plan)
        for place, candidate in enumerate(self._candidates(plan, self._rules(plan, pace), skipped=skipped)):
            line = self._line(candidate, letters, pace, zones)
            if line.status == "send" and waits(candidate, place):
                line = line._replace(status="later", reason="waits for the winner", variant="", subject="")
            if line.status == "send" and left is not None:
                line = line if left > 0 else line._replace(status="later", reason="beyond the limit")
                left -= 1
            yield line
        with self.desk.reading() as reader:
            for waiting, uid, name in unsettled(reader, plan.number, utc_text(self.desk.clock.now())):
                in_doubt = waiting.status != "retry"
                reason = IN_DOUBT if in_doubt else f"{TO_BE_RETRIED} at {waiting.due}"
                yield Line(uid, name, waiting.address, "in_doubt" if in_doubt else "later", reason, "", "")

    def count(self, plan: Plan) -> int:
        """How many people would get a message just now, as far as that is known without writing them."""
        rules, waits = self._rules(plan, pace_of(plan.settings)), self._waits(plan)
        return sum(
            not candidate.reason and not waits(candidate, place)
            for place, candidate in enumerate(self._candidates(plan, rules))
        )

    def _waits(self, plan: Plan) -> Callable[[Candidate, int], bool]:
        """Whether somebody gets nothing before the winner of the variants is known; who is no member yet, by the place."""
        with self.desk.reading() as reader:
            found = trial_found(reader, plan.number, self.desk.clock.now())
        if not found.holds or found.names_now:
            return lambda _candidate, _place: False
        return lambda each, place: (
            each.recipient.variant is None if each.recipient.member else not found.rule.samples(place)
        )

    def _with_winner(self, plan: Plan) -> Plan:
        """The campaign as it would be sent just now: with the winner that the test would name."""
        with self.desk.reading() as reader:
            found = trial_found(reader, plan.number, self.desk.clock.now())
        if not found.names_now:
            return plan
        winner = found.verdict.winner
        return plan._replace(variants=tuple(each._replace(is_winner=each.name == winner) for each in plan.variants))

    def _candidates(self, plan: Plan, rules: Rules, *, skipped: bool = False) -> Iterator[Candidate]:
        """Those whose message is due again, those without one, and the people whom starting the campaign would bring in."""
        now = utc_text(self.desk.clock.now())
        yield from self._paged(rules, lambda after: members_due(rules, after, now))
        waiting = self._paged(rules, lambda after: members_waiting(rules, after, skipped=skipped))
        yield from Queue(self.desk, rules).with_doubles(waiting) if skipped else waiting
        if plan.audience and self._is_fresh(plan):
            yield from self._newcomers(plan, rules)

    def _newcomers(self, plan: Plan, rules: Rules) -> Iterator[Candidate]:
        """Whom starting the campaign would bring in, in its order; the second of two in one mailbox is a double."""
        with self.desk.reading() as reader:
            seen = {folded_email(fold(email)) for email in member_addresses(reader, plan.number)}
            for who in self._parts(reader, audience_of(plan.audience)):
                after = 0
                while page := of_people(reader, rules, who, after, _PAGE):
                    after = page[-1].recipient.number
                    for each in page:
                        mailbox = folded_email(fold(each.recipient.email))
                        yield each._replace(reason=DUPLICATE) if mailbox in seen else each
                        seen |= {mailbox} - {""}

    def _parts(self, reader: Reader, audience: Audience) -> Iterator[Condition]:
        """Those of each segment who are in none before it."""
        from crmcli.store.queries.condition import Condition, both
        from crmcli.store.queries.segments import audience_condition

        earlier = list[Condition]()
        for uid in audience.include:
            own = audience_condition(reader, self.desk, audience.part(uid))
            yield both(own, *earlier)
            earlier.append(Condition(f"NOT ({own.sql})", own.params))

    def _paged(self, rules: Rules, which: Callable[[int], Condition]) -> Iterator[Candidate]:
        after = 0
        with self.desk.reading() as reader:
            while page := of_members(reader, rules, which(after), _PAGE):
                after = page[-1].recipient.member
                yield from page

    def _line(self, candidate: Candidate, letters: Letters, pace: Pace, zones: Zones) -> Line:
        recipient = candidate.recipient
        line = Line(recipient.id, recipient.name, recipient.email, "send", "", "", "")
        if candidate.reason:
            return line._replace(status="skipped", reason=candidate.reason)
        version = letters.version(recipient)
        try:
            subject = letters.write(recipient, new_uid("ms"), new_token(), version).subject
        except TemplateFailed as error:
            return line._replace(status="skipped", reason=f"{TEMPLATE_ERROR}: {error.reason}")
        if version is not None and not version.is_winner and not recipient.member:  # it is dealt out at the start
            line = line._replace(variant=f"one of {', '.join(each.name for each in letters.plan.variants)}")
        else:
            line = line._replace(variant=version.name if version else "", subject=subject)
        now = self.desk.clock.now()
        opening = opens_at(pace.window, now, zones[recipient.timezone])
        return line if opening <= now else line._replace(status="later", reason=f"not before {utc_text(opening)}")

    # -- by the clock

    def due(self) -> list[Sendable]:
        """Campaigns whose time to be sent has come, and those whose sending has begun and is not through."""
        with self.desk.reading() as reader:
            return to_be_sent(reader, utc_text(self.desk.clock.now()))

    def next_at(self) -> datetime | None:
        """When a campaign is to be sent next, or a message to be tried again."""
        with self.desk.reading() as reader:
            return next_sending(reader, utc_text(self.desk.clock.now()))

    # -- sending

    def send(
        self, plan: Plan, wish: Wish, outbox: Path | None = None, *,
        ended: Callable[[], bool] = lambda: False, advance: Callable[[int], None] = lambda _: None,
    ) -> Tally:  # fmt: skip
        """Send what is left of a campaign, at its pace; starts it when that was not done yet.

        Raises:
            Refused: it was paused, completed or canceled, or the settings lack something.
            StoreLocked: another process sends it.

        What went wrong with the server is in the tally.
        """
        pace, account = pace_of(plan.settings), self._sure_account(plan, outbox)
        with ExitStack() as held:
            held.enter_context(alone(self.desk, f"send {plan.uid}", f"sending of {plan.name}"))
            wire = self.posting.wire(account, outbox)
            held.callback(wire.close)
            self._begin(plan)
            trial = Experiments(self.desk).settle(plan.number)
            if trial.note:
                self.desk.note(trial.note)
            with self.desk.reading() as reader:
                plan = sending_plan(reader, plan.number)  # with the winner, if one was named just now
            letters = self._letters(plan, account)
            queue = Queue(self.desk, self._rules(plan, pace)._replace(holds=trial.is_on), skipped=wish.skipped)
            tally = self._run(plan, pace, letters, wire, account, wish, queue, ended, advance)
        self._count_left(plan, tally)
        if trial.is_on and (at := Experiments(self.desk).decides_at(plan.number)) is not None:
            tally.later(at)
        return tally

    def send_step(
        self, ref: str, step: int, template: int, members: Sequence[int], outbox: Path | None = None, *,
        ended: Callable[[], bool] = lambda: False,
    ) -> Tally:  # fmt: skip
        """Send a step of a sequence, made of a template, to members of its campaign, which is active, by their numbers.

        Nobody gets a step twice: who has it, or whose message is in doubt or not due yet, is passed over.
        """
        with self.desk.reading() as reader:
            plan = sending_plan(reader, campaign_named(reader, ref).number)
        pace = pace_of(plan.settings)
        account = self._account(pace.account, outbox)
        letters = self._letters(plan, account)
        with ExitStack() as held:
            held.enter_context(alone(self.desk, f"send {plan.uid}", f"sending of {plan.name}"))
            wire = self.posting.wire(account, outbox)
            held.callback(wire.close)
            queue = Queue(self.desk, self._rules(plan, pace), step=step, template=template, members=members)
            tally = self._run(plan, pace, letters, wire, account, Wish(), queue, ended, lambda _: None)
        if (due := queue.next_due()) is not None:
            tally.later(due)
        return tally

    def objections(self, ref: str, members: Sequence[int]) -> dict[int, str]:
        """Why each of these members of a campaign may not be written to just now; who may be is not among them."""
        with self.desk.reading() as reader:
            plan = sending_plan(reader, campaign_named(reader, ref).number)
            rules, found = self._rules(plan, pace_of(plan.settings)), dict[int, str]()
            for start in range(0, len(members), _PAGE):
                page = of_members(reader, rules, members_among(members[start : start + _PAGE]), _PAGE)
                found |= {each.recipient.member: each.reason for each in page if each.reason}
        return found

    def _run(
        self, plan: Plan, pace: Pace, letters: Letters, wire: Wire, account: Account, wish: Wish, queue: Queue,
        ended: Callable[[], bool], advance: Callable[[int], None],
    ) -> Tally:  # fmt: skip
        rules, tally = self._rules(plan, pace), Tally()
        tally.passed_over = {} if queue.is_of_step else None
        name = "outbox" if wire.source == "outbox" else account.name
        with Outbox(self.desk.store, rules, name, wire.source, self.desk.clock.now) as ledger:
            found = ledger.left_in_doubt()
            if found:
                what = "1 message was" if found == 1 else f"{found:,} messages were"
                self.desk.note(f"{what} on the way when a sender died, and may have arrived: not sent again")
            pacer = self._pacer(plan, pace, name)
            courier = Courier(self.desk, letters, wire, ledger, pacer, rules, tally)
            Run(self.desk, courier, pacer, queue, pace.window, wish, tally, ended, advance).go()
        if courier.suppressed:
            what = "1 address" if courier.suppressed == 1 else f"{courier.suppressed:,} addresses"
            self.desk.note(f"suppressed {what}, where the server knows nobody: crm suppress list")
        return tally

    def _begin(self, plan: Plan) -> None:
        """Have the campaign active and its people targeted."""
        if self._is_fresh(plan):
            self.members.start(plan.uid)

    def _is_fresh(self, plan: Plan) -> bool:
        """Whether nobody was targeted yet."""
        return plan.status in ("draft", "planned") or not self._has_members(plan)

    def _has_members(self, plan: Plan) -> bool:
        sql = "SELECT 1 FROM campaign_member WHERE campaign_id = ? LIMIT 1"
        with self.desk.reading() as reader:
            return reader.value(sql, (plan.number,)) is not None

    def _count_left(self, plan: Plan, tally: Tally) -> None:
        with self.desk.reading() as reader:
            left = left_to_send(reader, plan.number)
        tally.left, tally.in_doubt = left.people + left.retries, left.in_doubt
        if left.next_at:
            tally.later(max(sure_moment(left.next_at), self.desk.clock.now()))

    def _pacer(self, plan: Plan, pace: Pace, account: str) -> Pacer:
        """The pace, with what went out before this run."""
        now, zone = self.desk.clock.now(), self.desk.clock.zone
        limits = limits_of(pace, timedelta(minutes=int(self.posting.setting("marketing.batch_pause"))))
        longest = max((limit.time for limit in limits), default=_HOUR)
        with self.desk.reading() as reader:
            most = max((limit.messages for limit in limits), default=0)
            earlier = sent_lately(reader, account, utc_text(now - longest), utc_text(now), most)
            day = None
            if pace.ramp:
                ends = midnight_after(now, zone)
                first = first_sent(reader, plan.number) or now
                number = max((now.astimezone(zone).date() - first.astimezone(zone).date()).days, 0) + 1
                sent = sent_since(reader, plan.number, utc_text(midnight_after(now - timedelta(days=1), zone)))
                day = Day(sent, pace.most_on(number), ends)
        return Pacer(limits, earlier, day)

    def obstacle(self, plan: Plan, outbox: Path | None = None) -> CrmError | None:
        """What would keep a campaign from being sent just now, as far as that is known without asking the server."""
        try:
            account = self._sure_account(plan, outbox)
            self.posting.password(account)
        except CrmError as error:
            return error
        return None

    def _sure_account(self, plan: Plan, outbox: Path | None) -> Account:
        """What a campaign goes out through; raises Refused for one that can't go out, before anything is begun."""
        if plan.status not in ("draft", "planned", "active"):
            hint = (
                f"crm campaign resume {plan.name!r}"
                if plan.status == "paused"
                else f"crm campaign clone {plan.name!r} NAME"
            )
            raise Refused(f"campaign {plan.name} is {plan.status}", hint=hint)
        if not plan.audience and not self._has_members(plan):
            raise Refused(f"campaign {plan.name} is for nobody", hint=f"crm campaign edit {plan.name!r} --segment NAME")
        account = self._account(pace_of(plan.settings).account, outbox)
        self._letters(plan, account)
        for number in {plan.template, *(each.template for each in plan.variants)} - {None}:
            self.templates.renderer(number or 0)
        return account

    # -- a sample

    def sample(self, plan: Plan, address: str, outbox: Path | None = None) -> str:
        """Send one message to an address to be looked at; touches nothing of the campaign. What the server said."""
        from crmcli.domain.people import read_email
        from crmcli.services.wording.sample import made_up
        from crmcli.store.queries.templates import custom_samples

        to = read_email(address).value
        account = self._account(pace_of(plan.settings).account, outbox)
        first = next(self._candidates(plan, self._rules(plan, pace_of(plan.settings))), None)
        with self.desk.reading() as reader:
            person = first.recipient if first else made_up(self.desk.locale or "", custom_samples(reader))
        letters, uid = self._letters(plan, account), new_uid("ms")
        prepared = letters.write(person._replace(email=to), uid, new_token(), letters.version(person), mark="[test] ")
        wire = self.posting.wire(account, outbox)
        try:
            wire.ready()
            if not wire.takes(to):
                raise Refused(f"the server takes no such address as {to}: it has no SMTPUTF8")
            outcome = wire.begin(prepared.sender, prepared.to) or wire.finish(
                uid, prepared.sender, prepared.to, prepared.content
            )
        except NoServer as error:
            raise Refused(f"the message was not sent: {error}", hint="crm config show smtp.host") from error
        finally:
            wire.close()
        if outcome.kind != "sent":
            raise Refused(f"the message was not sent: {outcome.reply}")
        return outcome.reply

    # -- in doubt

    def resolve(self, ref: str, contact: str, *, resend: bool) -> Resolved:
        """Say of a message in doubt that it arrived, or have it sent again; one that failed can be sent again, too.

        Raises:
            NotFound: the contact has no such message.
            StoreLocked: the campaign is being sent just now.
        """
        from crmcli.store.members import happened
        from crmcli.store.models.campaigns import CampaignMember
        from crmcli.store.models.mailings import Message
        from crmcli.store.queries.refs import resolve

        with self.desk.reading() as reader:
            plan = sending_plan(reader, campaign_named(reader, ref).number)
            person = resolve(reader, "contact", contact, self.desk.country)
        states = ("in_doubt", "sending", "failed", "retry") if resend else ("in_doubt", "sending")
        with (
            alone(self.desk, f"send {plan.uid}", f"sending of {plan.name}"),
            self.desk.writing("campaign resolve", f"{plan.name}: {person.name}") as uow,
        ):
            rows = uow.find(Message, campaign_id=plan.number, contact_id=person.number)
            message = next((row for row in rows if row.status in states), None)
            if message is None:
                told = "in doubt or failed" if resend else "in doubt"
                raise NotFound(f"{plan.name} has no message to {person.name} that is {told}")
            member = uow.get(CampaignMember, message.member_id)
            uow.keep_beside()
            if resend:
                message.status, message.due_at, message.attempts = "retry", uow.now, 0
                member.status = "targeted" if member.status in ("failed", "skipped") else member.status
                member.reason = TO_BE_RETRIED
            else:
                message.status, message.sent_at = "sent", message.claimed_at
                happened(uow, member, "sent", source="hand", at=message.claimed_at)
            uow.flush()
            return Resolved(person.name, message.address, message.status)

    # -- what all of them need

    def _account(self, name: str, outbox: Path | None) -> Account:
        return self.posting.account(name) if outbox is None else self.posting.sender_alone(name)

    def _letters(self, plan: Plan, account: Account) -> Letters:
        return Letters(plan, self.posting, account, self.templates.renderer, self.desk.clock.now)

    def _rules(self, plan: Plan, pace: Pace) -> Rules:
        cap = pace.cap or self.posting.cap
        since = utc_text(self.desk.clock.now() - timedelta(days=cap.days)) if cap else ""
        return Rules(
            plan.number, channel_of(plan.kind), bool(self.posting.setting("marketing.require_consent")),
            cap.messages if cap else None, since,
        )  # fmt: skip
