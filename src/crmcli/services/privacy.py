"""What is kept on a person: all of it handed out, or all of it forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.names import split_name
from crmcli.domain.records import as_record, utc_text
from crmcli.errors import NotFound, Refused
from crmcli.services.contacts import Contacts
from crmcli.store.queries import privacy
from crmcli.store.queries.activities import activities
from crmcli.store.queries.common import Selection
from crmcli.store.queries.condition import Condition
from crmcli.store.queries.deals import deals
from crmcli.store.queries.members import memberships
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmcli.services.desk import Desk
    from crmcli.store.forgetting import Erased
    from crmcli.store.queries.privacy import Person
    from crmcli.store.queries.refs import Found
    from crmcli.store.reader import Reader


class Forgetting(NamedTuple):
    """The outcome: whose data went, what was erased, and the copies of the store that still hold it."""

    uid: str
    erased: Erased
    backups: tuple[Path, ...]
    surname: str | None  # by which other records may still speak of the person
    mentions: int


class Privacy:
    """The use cases of a person's own data (the rights of access and of erasure, GDPR articles 15 and 17)."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._contacts = Contacts(desk)

    def everything(self, ref: str) -> dict[str, object]:
        """All that is kept on a person, as one JSON object; a deleted person can be named by uid or number."""
        from crmcli.store.backup import backups

        number = self.named(ref).number
        with self.desk.reading() as reader:
            who = privacy.person(reader, number)
            return {
                "exported_at": utc_text(self.desk.clock.now()),
                "contact": as_record(self._view(reader, number)),
                "merged": [as_record(self._view(reader, n)) for n in who.numbers[1:]],
                **privacy.beside(reader, who.numbers),
                **privacy.marketing(reader, who.numbers),
                "deals": self._deals(reader, who),
                "activities": self._activities(reader, who),
                "purchases": privacy.purchases(reader, who),
                "campaigns": memberships(reader, who.numbers),
                "history": list(privacy.log_of(reader, who.numbers)),
                "backups": [str(path) for path in backups(self.desk.store)],
            }

    def _view(self, reader: Reader, number: int) -> object:
        for deleted in (False, True):
            for view in self._contacts.views(reader, Selection(_among((number,)), deleted=deleted)):
                return view
        raise NotFound(f"no contact {number}")

    def _activities(self, reader: Reader, who: Person) -> list[dict[str, object]]:
        where = _among((*who.alone, *who.shared))
        return [
            as_record(view)
            for deleted in (False, True)
            for view in activities(reader, Selection(where, deleted=deleted))
        ]

    def _deals(self, reader: Reader, who: Person) -> list[dict[str, object]]:
        return [as_record(view) for view in deals(reader, Selection(_among(who.deals)), self.desk.clock.now())]

    def named(self, ref: str) -> Found:
        """The contact that a reference names, live or deleted."""
        try:
            return self._contacts.find(ref)
        except NotFound:
            return self._contacts.find(ref, deleted=True)

    def forget(self, found: Found, confirmed: str) -> Forgetting:
        """Erase a person for good; ``confirmed`` is the name as the user typed it.

        Raises Refused when it is not that person's.
        """
        from crmcli.store.backup import backups

        if " ".join(confirmed.split()).casefold() != " ".join(found.name.split()).casefold():
            raise Refused(f"{confirmed!r} is not the name of contact #{found.number}; nothing was forgotten")
        erased = self._erase(found.number, found.uid)
        _forget_drafts(found)
        surname = split_name(found.name).family
        with self.desk.reading() as reader:
            mentions = privacy.left_over(reader, [surname]) if surname else 0
        return Forgetting(found.uid, erased, tuple(backups(self.desk.store)), surname, mentions)

    def forget_again(self, uids: Sequence[str]) -> int:
        """Erase those who were forgotten once and have come back with an old copy of the store; how many had."""
        with self.desk.reading() as reader:
            known = set(privacy.forgotten(reader))
            back = [(uid, privacy.numbered(reader, uid)) for uid in uids if uid not in known]
        found = [(uid, number) for uid, number in back if number is not None]
        for uid, number in found:
            self._erase(number, uid)
        return len(found)

    def forgotten(self) -> list[str]:
        """The uids of those who were forgotten; none where there is no store of today's schema."""
        if not self.desk.has_store or not self.desk.store.is_current():
            return []
        with self.desk.reading() as reader:
            return privacy.forgotten(reader)

    def _erase(self, number: int, uid: str) -> Erased:
        from crmcli.store.forgetting import erase

        with self.desk.writing(privacy.FORGET, uid) as uow:
            uow.store.dialect.leave_no_trace(uow.session.connection())
            erased = erase(uow, privacy.person(uow.reader, number))
        self.desk.store.dialect.scrub(self.desk.store.location)
        return erased


def _forget_drafts(found: Found) -> None:
    """Take away what this user typed about the person into a form and has not stored."""
    import json
    from contextlib import suppress

    from crmcli.paths import state_folder

    folder = state_folder() / "drafts"
    told_by = (found.uid, json.dumps(found.name)[1:-1])
    for path in folder.glob("*.json") if folder.is_dir() else ():
        with suppress(OSError, UnicodeDecodeError):
            if any(words in path.read_text("utf-8") for words in told_by):
                path.unlink()


def _among(numbers: Sequence[int]) -> Condition:
    return Condition(f"r.id IN ({marks(numbers)})", tuple(numbers)) if numbers else Condition("1 = 0", ())
