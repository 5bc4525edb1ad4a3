"""What people agreed to: granted, withdrawn, asked for and confirmed, each word kept as the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.campaign_drafts import one_of
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import CHANNELS, CONSENT_BASES
from crmcli.domain.text import tidy
from crmcli.errors import BadValue, NotFound, Refused
from crmcli.services.contacts import Contacts
from crmcli.store.queries.permissions import consent_lines, newest, pending, requested
from crmcli.store.queries.refs import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmcli.domain.views import ConsentLine
    from crmcli.services.desk import Desk
    from crmcli.store.permissions import Word
    from crmcli.store.queries.permissions import Pending
    from crmcli.store.queries.refs import Found
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

BY_HAND = "by hand"
DOUBLE_OPT_IN = "double opt-in"
_TOKEN_BYTES = 12  # 24 letters and digits: nobody guesses one of 2^96
_LONGEST = 1000


class Said(NamedTuple):
    """What is put down of a person's word, as texts; what is None was not told."""

    channel: str = "email"
    basis: str | None = None
    source: str | None = None
    note: str | None = None
    at: str | None = None


class Request(NamedTuple):
    """A request for consent: whose, and the token that its link holds; ``is_new`` unless one was open already."""

    contact: Found
    channel: str
    token: str
    is_new: bool


class Confirmed(NamedTuple):
    """The consent that a token gave; ``is_new`` unless it was confirmed before."""

    line: ConsentLine
    is_new: bool


class Consents:
    """The words of people about being written to."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def lines(self, ref: str, channel: str | None = None) -> list[ConsentLine]:
        """What a person said, the newest first."""
        with self.desk.reading() as reader:
            found = resolve(reader, "contact", ref, self.desk.country)
            return consent_lines(reader, found.number, read_channel(channel) if channel else None)

    # -- by hand

    def grant(self, ref: str, said: Said) -> ConsentLine:
        """Put down that a person agreed; their line that counts, which is a later one if ``at`` lies before it."""
        return self._one("granted", ref, said)

    def withdraw(self, ref: str, said: Said) -> ConsentLine:
        """Put down that a person wants no more; their line that counts."""
        return self._one("withdrawn", ref, said)

    def chosen(self, where: str) -> Sequence[Found]:
        """The people whom a filter selects."""
        return Contacts(self.desk).matching(where)

    def say_where(self, status: str, where: str, said: Said) -> list[ConsentLine]:
        """``granted`` or ``withdrawn`` of everybody whom a filter selects, in one undo step; the lines that count."""
        chosen = self.chosen(where)
        if status == "granted":
            chosen = self._without_farewells(chosen, read_channel(said.channel))
        return self._each(status, chosen, said, f"{len(chosen):,} contacts")

    def _without_farewells(self, people: Sequence[Found], channel: str) -> Sequence[Found]:
        """Those who did not withdraw: nobody is taken to have agreed again by being on a list."""
        with self.desk.reading() as reader:
            gone = {
                found.number
                for found in people
                if (last := newest(reader, found.number, channel)) is not None and last.status == "withdrawn"
            }
        if gone:
            self.desk.note(f"{len(gone):,} withdrew and stay as they are; who agrees again is granted by name")
        return [found for found in people if found.number not in gone]

    def _one(self, status: str, ref: str, said: Said) -> ConsentLine:
        found = Contacts(self.desk).find(ref)
        return self._each(status, [found], said, found.name)[0]

    def _each(self, status: str, people: Sequence[Found], said: Said, summary: str) -> list[ConsentLine]:
        from crmcli.store.permissions import say

        command = "consent grant" if status == "granted" else "consent withdraw"
        lines, late = [], 0
        with self.desk.writing(command, summary) as uow:
            word = self._word(uow, status, said)
            for found in people:
                if said.at is not None or not _is_said(uow.reader, found.number, word):
                    late += not say(uow, found.number, word)
                lines.append(counting(uow.reader, found.number, word.channel))
        if late:
            self.desk.note(f"{'a later line counts' if late == 1 else f'{late:,} later lines count'}: crm consent show")
        return lines

    def _word(self, uow: UnitOfWork, status: str, said: Said) -> Word:
        from crmcli.store.permissions import Word

        basis = one_of("basis", said.basis, CONSENT_BASES) if said.basis else "consent"
        return Word(
            read_channel(said.channel), status, self._moment(said.at) or uow.now,
            basis if status == "granted" else None, _text("source", said.source) or BY_HAND, _text("note", said.note),
        )  # fmt: skip

    def _moment(self, text: str | None) -> datetime | None:
        if not text:
            return None
        from crmcli.domain.schedule import read_time

        at = read_time(text, self.desk.clock.local(), "at")
        if at > self.desk.clock.now():
            raise BadValue("at", "what a person said can't lie ahead")
        return at

    # -- double opt-in

    def request(self, ref: str, said: Said) -> Request:
        """Note that a person is asked to agree; one who is asked already keeps the token, so that the mail can go again.

        Raises Refused for somebody who agreed.
        """
        from crmcli.store.permissions import Word, say

        channel = read_channel(said.channel)
        found = Contacts(self.desk).find(ref)
        with self.desk.writing("consent request", found.name) as uow:
            open_one = pending(uow.reader, found.number, channel)
            if open_one is not None:
                return Request(found, channel, open_one.token, is_new=False)
            before = newest(uow.reader, found.number, channel)
            if before is not None and before.status == "granted":
                raise Refused(
                    f"{found.name} agreed to {channel} on {before.at[:10]} already",
                    hint=f"crm consent show {found.uid}",
                )
            import secrets

            token = secrets.token_hex(_TOKEN_BYTES)
            source, note = _text("source", said.source), _text("note", said.note)
            say(uow, found.number, Word(channel, "pending", uow.now, None, source or BY_HAND, note, token))
            return Request(found, channel, token, is_new=True)

    def confirm(self, token: str) -> Confirmed:
        """Let a person agree by the token that only they got; doing so twice is harmless.

        Raises:
            NotFound: no request has such a token.
            Refused: the person withdrew after the request.
        """
        from crmcli.store.permissions import Word, say

        with self.desk.writing("consent confirm") as uow:
            asked = _asked(uow.reader, token)
            last = newest(uow.reader, asked.contact, asked.channel)
            assert last is not None
            if last.status == "withdrawn":
                raise Refused(
                    "the consent was withdrawn after this request", hint="crm consent request asks the person again"
                )
            if last.status == "pending":
                say(uow, asked.contact, Word(asked.channel, "granted", uow.now, "consent", DOUBLE_OPT_IN))
            line = counting(uow.reader, asked.contact, asked.channel)
            uow.summary = line.contact.name
            return Confirmed(line, is_new=last.status == "pending")


def counting(reader: Reader, contact: int, channel: str) -> ConsentLine:
    """The line of a person that counts, of which it is known that there is one."""
    return consent_lines(reader, contact, channel)[0]


def _asked(reader: Reader, token: str) -> Pending:
    wanted = token.strip().lower()
    found = requested(reader, wanted) if wanted.isalnum() and wanted.isascii() else None
    if found is None:
        raise NotFound("no request for consent has this token", hint="crm consent request CONTACT")
    return found


def _is_said(reader: Reader, contact: int, word: Word) -> bool:
    """Whether the line that counts says the very same, so that a script which runs again adds nothing."""
    last = newest(reader, contact, word.channel)
    return last is not None and last[:4] == (word.status, word.basis, word.source, word.note)


def _text(field: str, text: str | None) -> str | None:
    kept = tidy(text or "") or None
    if kept is not None and len(kept) > _LONGEST:
        raise BadValue(field, f"is longer than {_LONGEST} characters")
    return kept


def read_channel(text: str) -> str:
    """A channel."""
    return one_of("channel", text, CHANNELS)
