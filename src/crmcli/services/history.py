"""Every change can be seen and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import UID_PREFIX
from crmcli.domain.text import fold
from crmcli.errors import Ambiguous, Conflict, NotFound, Refused
from crmcli.store.queries.history import change_set, change_set_begun, change_sets, sets_before, sets_of
from crmcli.store.queries.privacy import FORGET, has_forgotten
from crmcli.store.queries.refs import Found, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.domain.views import ChangeSetView
    from crmcli.services.desk import Desk
    from crmcli.store.models.ledger import ChangeSet
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork


class History:
    """The change log, and undo."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def list(self, ref: str | None = None, limit: int | None = None) -> Iterator[ChangeSetView]:
        """The change sets, newest first: all of them, or those of one record (with what changed), or one set whole."""
        with self.desk.reading() as reader:
            if ref is None:
                yield from change_sets(reader, limit)
                return
            if ref.startswith(("ch_", "change:")):
                found = change_set(reader, self._set_number(reader, ref.removeprefix("change:")))
                assert found is not None
                yield found
                return
            noun, record = _bought(reader, ref) or any_record(reader, ref, self.desk.country)
            yield from sets_of(reader, noun, record.number, limit)

    def page(
        self, limit: int, before: int | None = None, user: str | None = None, text: str = ""
    ) -> Sequence[ChangeSetView]:
        """The newest change sets, or the newest below number ``before``, without their changes.

        ``user`` narrows them to one person (``me`` too), ``text`` to those whose command and summary hold its words;
        ``#12`` is that one.
        """
        which = None if user is None else fold(self.desk.user if user == "me" else user)
        bare = text.strip()
        with self.desk.reading() as reader:
            if bare.startswith("#") and bare[1:].isdecimal() and len(bare) < 16:
                found = change_set_begun(reader, int(bare[1:]), 0) if reader.connection is not None else None
                return [found[0]] if found and (before is None or found[0].number < before) else []
            return sets_before(reader, limit, before, which, fold(text).split())

    def changes(self, which: str, limit: int = 200) -> tuple[ChangeSetView, int]:
        """One change set with its first changes, and how many there are of it in all; a bulk one counts its records."""
        with self.desk.reading() as reader:
            found = change_set_begun(reader, self._set_number(reader, which), limit)
        assert found is not None
        return found

    def undo(self, which: str | None = None) -> ChangeSetView:
        """Take back the last change set of the acting user, or the one named by number or uid; the view of what was undone.

        Raises Stale, naming the field, when someone changed it since.
        """
        if not self.desk.has_store:
            raise NotFound(f"no change {which}" if which else "nothing was changed yet", hint="crm history")
        from crmcli.store.models.ledger import ChangeSet

        with self.desk.writing("undo") as uow:
            from crmcli.store.checkpoints import give_up
            from crmcli.store.undo import take_back

            number = (
                self._last(uow.reader, uow.user_id, uow.number)
                if which is None
                else self._set_number(uow.reader, which)
            )
            if number == uow.number:  # the one that is just being made
                raise NotFound(f"no change {which}", hint="crm history")
            undone = uow.get(ChangeSet, number)
            if undone.undone_by is not None:
                raise Conflict(
                    f"change #{number} was undone already by #{undone.undone_by}", hint=f"crm undo {undone.undone_by}"
                )
            if undone.command == FORGET:
                raise Refused(f"change #{number} erased a person's data for good; nobody can take it back")
            if has_forgotten(uow.reader, number):
                raise Refused(
                    f"change #{number} is about a person who was forgotten since; there is nothing to take back"
                )
            view = change_set(uow.reader, number)
            assert view is not None
            take_back(uow, number)
            give_up(uow, number)
            uow.summary = _told(uow, undone)
            uow.marked = max(uow.marked, undone.records)
        return view

    def before(self, number: int) -> int | None:
        """The acting user's last change before that one that still stands, undos aside."""
        sql = (
            "SELECT s.id FROM change_set s JOIN app_user u ON u.id = s.user_id WHERE u.login_key = ? AND s.id < ?"
            " AND s.undone_by IS NULL AND s.undo_of IS NULL ORDER BY s.id DESC LIMIT 1"
        )
        with self.desk.reading() as reader:
            found = reader.value(sql, (fold(self.desk.user), number))
        return None if found is None else int(found)

    def _last(self, reader: Reader, user: int, own: int) -> int:
        sql = (
            "SELECT id FROM change_set WHERE user_id = ? AND id < ? AND undone_by IS NULL AND command <> ?"
            " ORDER BY id DESC LIMIT 1"
        )
        number = reader.value(sql, (user, own, FORGET))
        if number is None:
            other = reader.row(
                "SELECT s.id, u.login FROM change_set s JOIN app_user u ON u.id = s.user_id"
                " WHERE s.id < ? AND s.undone_by IS NULL ORDER BY s.id DESC LIMIT 1",
                (own,),
            )
            hint = f"the last change is #{other[0]} by {other[1]}: crm undo {other[0]}" if other else "crm history"
            raise NotFound("you have changed nothing that could be undone", hint=hint)
        return int(number)

    def _set_number(self, reader: Reader, which: str) -> int:
        bare = which.strip().removeprefix("#")
        if bare.isdecimal() and len(bare) < 16:
            number = reader.value("SELECT id FROM change_set WHERE id = ?", (int(bare),))
        else:
            rows = reader.rows("SELECT id FROM change_set WHERE uid >= ? AND uid < ? LIMIT 2", (which, f"{which}~"))
            if len(rows) > 1:
                raise Ambiguous(f"more than one change begins with {which}", hint="crm history")
            number = rows[0][0] if rows and which.startswith("ch_") else None
        if number is None:
            raise NotFound(f"no change {which}", hint="crm history")
        return int(number)


def _told(uow: UnitOfWork, undone: ChangeSet) -> str:
    """What an undo did, by the change at the bottom of it: an undo of an undo does that change again."""
    again = False
    while undone.undo_of is not None:
        undone, again = uow.get(type(undone), undone.undo_of), not again
    told = f"#{undone.id} {undone.command}: {undone.summary}".removesuffix(": ")
    return f"redo of {told}" if again else told


def _bought(reader: Reader, ref: str) -> tuple[str, Found] | None:
    """The purchase that a reference says it means; purchases are no records that anything else can be done to."""
    told, _, rest = ref.rpartition(":")
    if told == "purchase" or ref.lower().startswith("pu_"):
        from crmcli.store.queries.purchase_lines import purchase_named

        return "purchase", purchase_named(reader, rest.removeprefix("#"))
    return None


def any_record(reader: Reader, ref: str, country: str | None) -> tuple[str, Found]:
    """The record of any noun that a reference names, also as ``deal:12``; raises Ambiguous when several nouns have one."""
    noun, name = _told_noun(ref)
    if noun is not None:
        return noun, _one(reader, noun, name, country)
    matches: list[tuple[str, Found]] = []
    for candidate in UID_PREFIX:
        try:
            matches.append((candidate, resolve(reader, candidate, ref, country)))
        except NotFound:
            continue
    if not matches and (campaign := _maybe_campaign(reader, ref)):
        return "campaign", campaign
    if not matches:
        raise NotFound(f"no record {ref}", hint="crm search WORD")
    if len(matches) > 1:
        lines = tuple(f"  {noun}:{found.number}  {found.uid}  {found.name}" for noun, found in matches)
        first = matches[0]
        raise Ambiguous(f"{ref!r} names more than one record", hint=f"say {first[0]}:{first[1].number}", details=lines)
    return matches[0]


def _told_noun(ref: str) -> tuple[str | None, str]:
    """The noun that a reference says itself, by name or as a uid does, and what is left of it."""
    noun, colon, rest = ref.partition(":")
    prefixes = {**UID_PREFIX, "campaign": "cp", "sequence": "sq"}
    if colon and noun in prefixes:
        return noun, rest
    return next((noun for noun, prefix in prefixes.items() if ref.startswith(f"{prefix}_")), None), ref


def _one(reader: Reader, noun: str, ref: str, country: str | None) -> Found:
    if noun == "campaign":
        return _campaign(reader, ref)
    return _sequence(reader, ref) if noun == "sequence" else _live_or_deleted(reader, noun, ref, country)


def _live_or_deleted(reader: Reader, noun: str, ref: str, country: str | None) -> Found:
    try:
        return resolve(reader, noun, ref, country)
    except NotFound:
        return resolve(reader, noun, ref, country, deleted=True)


def _campaign(reader: Reader, ref: str) -> Found:
    from crmcli.store.queries.campaign_views import campaign_named

    try:
        return campaign_named(reader, ref)
    except NotFound:
        return campaign_named(reader, ref, deleted=True)


def _sequence(reader: Reader, ref: str) -> Found:
    from crmcli.store.queries.sequences import course_named

    try:
        found = course_named(reader, ref)
    except NotFound:
        found = course_named(reader, ref, deleted=True)
    return Found(found.number, found.uid, found.name)


def _maybe_campaign(reader: Reader, ref: str) -> Found | None:
    try:
        return _campaign(reader, ref)
    except NotFound:
        return None
