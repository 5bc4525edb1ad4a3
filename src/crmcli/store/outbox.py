"""The ledger of messages: a third, narrow door to the store, for nothing but claiming messages and saying what became of them.

Every message has its row committed before it goes to the wire (``sending``) and after (``sent``, ``failed``, ``retry`` or
``in_doubt``), each time so that it survives the loss of power. A unit of work would do the same at ten times the cost, and
would write what it does into the change log, where a message that went out has no place: it can't be undone. So this door
writes SQL text of its own into ``message``, ``campaign_member`` and ``campaign_event`` and into no other table, takes the
same write lock and tells those who watch the store. What became of one message and the claim of the next are one
transaction, because waiting for the disk is what it costs.

Only one process sends for a campaign (``services.alone``), and the unique index over member and step holds against any
other, so a row that says ``sending`` when a sender starts was left by one that died: nobody knows whether the server has it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import IN_DOUBT, SMTP_ERROR, TO_BE_RETRIED
from crmcli.domain.records import utc_text
from crmcli.store.queries.eligibility import of_members, one_member
from crmcli.store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future
    from datetime import datetime
    from typing import Self

    from crmcli.store.queries.eligibility import Rules
    from crmcli.store.store import Store

_PATIENCE = 120.0  # seconds to wait for another writer: what became of a message is worth waiting for
_TELL_EVERY = 64  # commits between two words to those who watch

_CLAIM = (
    "INSERT INTO message (uid, token, campaign_id, member_id, contact_id, step, variant_id, template_id, address,"
    " address_key, status, attempts, account, claimed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'sending', 1, ?, ?)"
)
_CLAIM_AGAIN = (
    "UPDATE message SET status = 'sending', attempts = attempts + 1, address = ?, address_key = ?, account = ?,"
    " claimed_at = ?, due_at = NULL WHERE uid = ? AND status IN ('retry', 'failed')"
)
_BECAME = "UPDATE message SET status = ?, reply = ?, due_at = ?, sent_at = ? WHERE uid = ? AND status = 'sending'"
_STANDS = (
    "UPDATE campaign_member SET status = ?, reason = ?, at = ?, variant_id = COALESCE(?, variant_id),"
    " email = COALESCE(?, email) WHERE id = ?"
    " AND status IN ('targeted', 'skipped', 'failed')"
)
_UNSETTLED = (
    "UPDATE campaign_member SET status = 'targeted', reason = ? WHERE id = ? AND status IN ('targeted', 'skipped')"
)
_KNOWN = "SELECT 1 FROM campaign_event WHERE member_id = ? AND status = ? AND COALESCE(reason, '') = ?"
_HAPPENED = "INSERT INTO campaign_event (campaign_id, member_id, status, at, reason, detail, source) VALUES (?, ?, ?, ?, ?, ?, ?)"


class Claim(NamedTuple):
    """A message about to be sent; ``attempts`` are those before, None for one that is not in the ledger yet."""

    uid: str
    token: str
    member: int
    contact: int
    address: str
    key: str
    step: int = 0
    variant: int | None = None
    template: int | None = None
    attempts: int | None = None


class Result(NamedTuple):
    """What became of a message that was claimed; ``due`` is when one to be tried again is."""

    claim: Claim
    kind: str
    reply: str
    due: datetime | None = None


class Skip(NamedTuple):
    """A member that gets nothing, and why."""

    member: int
    reason: str
    detail: str | None = None


class Denied(NamedTuple):
    """Why a message may not go out after all: a reason of the member, ``moved`` to another address (or gone), or ``stopped``."""

    reason: str

    @property
    def is_about_person(self) -> bool:
        """Whether the member is to be skipped for it."""
        return self.reason not in ("moved", "stopped")


class Outbox:
    """The ledger of one campaign, open as long as its ``with`` lasts."""

    def __init__(self, store: Store, rules: Rules, account: str, source: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._dialect = store.dialect
        self._rules = rules
        self._account = account
        self._source = source
        self._now = now
        self._commits = 0

    def __enter__(self) -> Self:
        self._committing = ThreadPoolExecutor(1, "ledger")
        self._connection: Any = self._dialect.connect(self._store.location, write=True, timeout=_PATIENCE)
        self._dialect.keep_at_once(self._connection)
        self.reader = Reader(self._dialect, self._connection, self._store.location.label)
        return self

    def __exit__(self, *_raised: object) -> None:
        self._committing.shutdown()
        if self._commits and (statement := self._dialect.tell()):
            with self._transaction():
                self._do(statement)
        self._connection.close()

    # -- what a sender does

    def left_in_doubt(self) -> int:
        """Mark what a sender that died had claimed; how many messages that is."""
        with self._transaction():
            left = self.reader.rows(
                "SELECT uid, member_id FROM message WHERE campaign_id = ? AND status = 'sending'",
                (self._rules.campaign,),
            )
            for uid, member in left:
                self._do(
                    "UPDATE message SET status = 'in_doubt', reply = 'the sender died before the answer' WHERE uid = ?",
                    uid,
                )
                self._do(_UNSETTLED, IN_DOUBT, member)
        return len(left)

    def turn(self, done: Result | None, claim: Claim) -> Future[Denied | None]:
        """Write down what became of one message and claim the next, if it may still go; None when it was claimed.

        Another thread does it; until it has ended nothing else may be asked of the ledger.
        """
        return self._committing.submit(self._turned, done, claim)

    def skip(self, done: Result | None, skips: Sequence[Skip]) -> None:
        """Write down what became of a message, and who gets none."""
        with self._transaction():
            if done is not None:
                self._write_down(done)
            for each in skips:
                self._skip(each)

    # -- inside a transaction

    def _turned(self, done: Result | None, claim: Claim) -> Denied | None:
        with self._transaction():
            if done is not None:
                self._write_down(done)
            return self._claimed(claim)

    def _claimed(self, claim: Claim) -> Denied | None:
        if (denied := self._objection(claim)) is not None:
            if denied.is_about_person:
                self._skip(Skip(claim.member, denied.reason))
            return denied
        now = utc_text(self._now())
        if claim.attempts is not None:
            self._do(_CLAIM_AGAIN, claim.address, claim.key, self._account, now, claim.uid)
        else:
            self._do(
                _CLAIM, claim.uid, claim.token, self._rules.campaign, claim.member, claim.contact, claim.step,
                claim.variant, claim.template, claim.address, claim.key, self._account, now,
            )  # fmt: skip
        return None

    def _objection(self, claim: Claim) -> Denied | None:
        """What speaks against a message at the last moment."""
        status = self.reader.value(
            "SELECT status FROM campaign WHERE id = ? AND deleted_at IS NULL", (self._rules.campaign,)
        )
        found = of_members(self.reader, self._rules, one_member(claim.member), 1)
        if status != "active":
            return Denied("stopped")
        if not found:
            return Denied("moved")
        if found[0].reason:
            return Denied(found[0].reason)
        return None if found[0].recipient.email == claim.address else Denied("moved")

    def _write_down(self, done: Result) -> None:
        claim, now = done.claim, utc_text(self._now())
        due = utc_text(done.due) if done.due else None
        self._do(_BECAME, done.kind, done.reply or None, due, now if done.kind == "sent" else None, claim.uid)
        if done.kind == "sent":
            self._happened(claim.member, "sent", None, done.reply, claim)
        elif done.kind == "failed":
            self._happened(claim.member, "failed", SMTP_ERROR, done.reply, claim)
        else:
            reason = IN_DOUBT if done.kind == "in_doubt" else TO_BE_RETRIED
            self._do(_UNSETTLED, reason, claim.member)

    def _skip(self, each: Skip) -> None:
        self._do(
            "UPDATE message SET status = 'failed', due_at = NULL WHERE member_id = ? AND status = 'retry'", each.member
        )
        self._happened(each.member, "skipped", each.reason, each.detail)

    def _happened(
        self, member: int, status: str, reason: str | None, detail: str | None, claim: Claim | None = None
    ) -> None:
        now, (variant, address) = utc_text(self._now()), (claim.variant, claim.address) if claim else (None, None)
        self._do(_STANDS, status, reason, now, variant, address, member)
        if self.reader.value(_KNOWN, (member, status, reason or "")) is None:
            self._do(_HAPPENED, self._rules.campaign, member, status, now, reason, detail, self._source)

    # -- the connection

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._do(self._dialect.begin())
            yield
            self._commits += 1
            if self._commits % _TELL_EVERY == 1 and (statement := self._dialect.tell()):
                self._do(statement)
            self._connection.commit()
        except BaseException as error:
            self._connection.rollback()
            raise self._store.explain(error) or error from error

    def _do(self, sql: str, *params: object) -> None:
        self._connection.execute(self._dialect.sql(sql), params)
