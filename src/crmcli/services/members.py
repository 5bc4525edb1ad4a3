"""The members of campaigns: taken from segments, noted down when they respond, and asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.campaign_drafts import audience_of, one_of
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import MAILED_KINDS, MEMBER_STATES, channel_of
from crmcli.domain.naming import in_shell
from crmcli.domain.text import fold, tidy
from crmcli.domain.views import Link, MemberPicture
from crmcli.errors import BadValue, CrmError, NotFound, PartlyDone, Refused, UsageError
from crmcli.services.campaigns import move_in
from crmcli.services.links import Links
from crmcli.store.queries.campaign_views import by_number, campaign_coded, campaign_named
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.members import MemberListing, events, mailed_at, members, primary_email, unsettled
from crmcli.store.queries.refs import resolve, survivor
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from crmcli.domain.campaign_drafts import Audience
    from crmcli.domain.views import ActivityView, CampaignView, MemberView
    from crmcli.io.table import Row
    from crmcli.services.desk import Desk
    from crmcli.store.queries.refs import Found
    from crmcli.store.queries.segments import Segment
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

RESPONSES = ("replied", "responded", "converted")
_MET = ("meeting", "visit", "web_form", "pos")  # nobody is met without coming, and nobody fills in a form for us
_LONGEST_NOTE = 10_000
_TOLD = 10  # rejected rows that are told one by one
_COLUMNS = {
    "email": ("email", "e-mail", "mail", "contact", "name"), "note": ("note", "comment", "remark"),
    "at": ("at", "date", "time", "when"), "status": ("status", "state"),
}  # fmt: skip


class Started(NamedTuple):
    """What targeting a campaign came to: how many came in, how many of them are doubles, and how many it has."""

    campaign: CampaignView
    added: int
    duplicates: int


class Question(NamedTuple):
    """Which members of a campaign are asked for."""

    filter: str | None = None
    statuses: Sequence[str] = ()
    sort: str | None = None
    reverse: bool = False
    limit: int | None = None
    offset: int = 0


class Responded(NamedTuple):
    """Who was noted down, how many of them had been in that state before, and how many were no contacts."""

    campaign: CampaignView
    status: str
    members: tuple[MemberView, ...]
    known: int
    made: int


class Members:
    """The people whom campaigns are about."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # -- reading

    def list(self, ref: str, question: Question = Question()) -> Iterator[MemberView]:  # noqa: B008 - unchanging
        """The members of a campaign that a question asks for, streamed."""
        with self.desk.reading() as reader:
            number = campaign_named(reader, ref).number
            where = self.desk.condition(reader, "member", question.filter)
            if question.statuses:
                wanted = [one_of("status", text, MEMBER_STATES) for text in question.statuses]
                where = both(where, Condition(f"r.status IN ({marks(wanted)})", tuple(wanted)))
            listing = MemberListing(where, question.sort, question.reverse, question.limit, question.offset)
            yield from members(reader, number, listing)

    def why(self, ref: str, contact: str) -> MemberPicture:
        """Every state of one member with its reason; raises NotFound, saying why, for somebody who is none."""
        with self.desk.reading() as reader:
            campaign = by_number(reader, campaign_named(reader, ref).number)
            person = self._anybody(reader, campaign.number, contact)
            own = MemberListing(Condition("r.contact_id = ?", (person.number,)))
            view = next(members(reader, campaign.number, own), None)
            if view is None:
                raise NotFound(
                    f"{person.name} is not a member of {campaign.name}: {self._why_not(campaign, person)}",
                    hint=_remedy(campaign),
                )
            found = (campaign.number, person.number)
            known = (*events(reader, *found), *unsettled(reader, *found))
            return MemberPicture(view, Link(campaign.id, campaign.name), known)

    def _anybody(self, reader: Reader, campaign: int, ref: str) -> Found:
        """The person of a reference, were they merged into another, deleted, or given another address since."""
        try:
            return resolve(reader, "contact", ref, self.desk.country)
        except NotFound:
            found = survivor(reader, "contact", ref, self.desk.country) or mailed_at(reader, campaign, ref)
            return found or self._deleted(reader, ref)

    def _deleted(self, reader: Reader, ref: str) -> Found:
        try:
            return resolve(reader, "contact", ref, self.desk.country, deleted=True)
        except NotFound as error:
            raise NotFound(f"no contact {ref}", hint="crm contact list") from error

    def _why_not(self, campaign: CampaignView, person: Found) -> str:
        if campaign.status in ("draft", "planned"):
            return f"the campaign is {campaign.status}, nobody was targeted yet"
        if not campaign.segments:
            return "the campaign has no segment"
        for segment in campaign.excluded:
            if self._is_in(segment.id, person.number):
                return f"segment {segment.name} is left out"
        named = ", ".join(segment.name for segment in campaign.segments)
        if not any(self._is_in(segment.id, person.number) for segment in campaign.segments):
            return f"not in {named}"
        return f"came into {named} after the people were targeted"

    def _is_in(self, segment: str, contact: int) -> bool:
        from crmcli.store.queries.segments import audience_condition

        with self.desk.reading() as reader:
            condition = audience_condition(reader, self.desk, segment)
            sql = f"SELECT 1 FROM contact r WHERE r.id = ? AND r.deleted_at IS NULL AND ({condition.sql})"
            return reader.value(sql, (contact, *condition.params)) is not None

    # -- coming in

    def start(self, ref: str) -> Started:
        """Start a draft or planned campaign with the people of its segments; on an active one, take in who is new.

        Raises Refused, saying the state, for any other.
        """
        return self._targeted("campaign start", ref, starting=True)

    def target(self, ref: str) -> Started:
        """Take in who came into the segments of an active campaign since; nobody is taken out."""
        return self._targeted("campaign target", ref, starting=False)

    def _targeted(self, command: str, ref: str, *, starting: bool) -> Started:
        with self.desk.reading() as reader:
            found = campaign_named(reader, ref)
        with self.desk.writing(command, found.name) as uow:
            return self.start_in(uow, found.number, starting=starting)

    def start_in(self, uow: UnitOfWork, number: int, *, starting: bool = True) -> Started:
        """The same within a unit of work, for whoever sends: an active campaign takes in who is new."""
        status = by_number(uow.reader, number).status
        if status != "active" and not starting:
            name = by_number(uow.reader, number).name
            raise Refused(f"campaign #{number} {name} is {status}, so nobody is targeted", hint="crm campaign start")
        if status != "active":
            move_in(uow, number, "start")
        view = by_number(uow.reader, number)
        added, duplicates = self._take_in(uow, view)
        if status == "active" and added and view.started_at is None:
            from crmcli.store.models.campaigns import Campaign

            uow.get(Campaign, number).started_at = uow.now
            uow.flush()
        return Started(by_number(uow.reader, number), added, duplicates)

    def _take_in(self, uow: UnitOfWork, view: CampaignView) -> tuple[int, int]:
        if not view.segments:
            return 0, 0
        from crmcli.services.segments import Segments
        from crmcli.store.queries.segments import audience_condition
        from crmcli.store.targeting import target

        formula = uow.reader.value("SELECT audience FROM campaign WHERE id = ?", (view.number,))
        audience = audience_of(formula)
        used = _used(uow, audience)
        parts = [
            (used[uid].number, audience_condition(uow.reader, self.desk, audience.part(uid)))
            for uid in audience.include
        ]
        done = target(uow, view.number, parts, fold_addresses=channel_of(view.kind) == "email")
        if done.members or not uow.reader.value("SELECT 1 FROM segment_snapshot WHERE campaign_id = ?", (view.number,)):
            for segment in used.values():
                Segments(self.desk).snapshot(uow, segment, view.number)
        return done.members, done.duplicates

    # -- responding

    def respond(
        self,
        campaign: str | None,
        people: Sequence[str],
        *,
        code: str | None = None,
        status: str | None = None,
        note: str | None = None,
        at: str | None = None,
        create: bool = True,
    ) -> Responded:
        """Note down that people responded to a campaign, named by what it is called or by its code.

        An unknown e-mail address makes a contact, if ``create``; raises NotFound for anybody else who is not there.
        """
        state = _response(status)
        moment, said = self._moment(at), _note(note)
        with self.desk.writing("campaign respond") as uow:
            found = campaign_coded(uow.reader, code) if code else campaign_named(uow.reader, campaign or "")
            links, source = Links(self.desk, uow, create=create), "code" if code else "hand"
            numbers = list(dict.fromkeys(links.number("contact", ref) for ref in people))
            fresh = [note_response(uow, found.number, n, state, source=source, at=moment, detail=said) for n in numbers]
            uow.summary = _summary(found.name, links.made)
            views = tuple(_member(uow, found.number, number) for number in numbers)
            return Responded(by_number(uow.reader, found.number), state, views, fresh.count(False), links.made)

    def take_back(
        self, campaign: str | None, people: Sequence[str], *, code: str | None = None, status: str | None = None
    ) -> tuple[CampaignView, str, tuple[str, ...]]:
        """Take back responses that were noted down by mistake; the campaign, the state, and the names of the people.

        Raises NotFound for somebody of whom none was noted down.
        """
        from crmcli.store.members import member_of, never_happened

        state = _response(status)
        with self.desk.writing("campaign respond") as uow:
            found = campaign_coded(uow.reader, code) if code else campaign_named(uow.reader, campaign or "")
            names = []
            for ref in dict.fromkeys(people):
                person = resolve(uow.reader, "contact", ref, self.desk.country)
                if not never_happened(uow, member_of(uow, found.number, person.number), state):
                    raise NotFound(
                        f"nobody noted down that {person.name} {state} to {found.name}",
                        hint=f"crm campaign why {in_shell(found.name)} {in_shell(ref)}",
                    )
                names.append(person.name)
            return by_number(uow.reader, found.number), state, tuple(names)

    def import_responses(
        self, campaign: str, file: Path | BinaryIO, *, status: str | None = None, create: bool = True
    ) -> tuple[Responded, PartlyDone | None]:
        """Note down the responses of a file (email, note, at, status); what was rejected is told and the rest is done."""
        from crmcli.io.opening import open_table
        from crmcli.io.table import BadRow

        usual, rejected, numbers, known = _response(status), list[str](), list[int](), 0
        with open_table(file) as table, self.desk.writing("campaign respond") as uow:
            found = campaign_named(uow.reader, campaign)
            columns = _columns(table.headers)
            links = Links(self.desk, uow, create=create)
            for row in table.rows:
                try:
                    if isinstance(row, BadRow):
                        raise UsageError(row.reason)
                    number, fresh = self._row(uow, links, found.number, _cells(row, columns), usual)
                except CrmError as error:
                    rejected.append(f"  line {row.line}: {error.message}")
                    continue
                numbers.append(number)
                known += not fresh
            uow.summary = _summary(found.name, links.made)
            views = tuple(_member(uow, found.number, number) for number in dict.fromkeys(numbers))
            done = Responded(by_number(uow.reader, found.number), usual, views, known, links.made)
        return done, _partly(rejected, len(numbers))

    def _row(
        self, uow: UnitOfWork, links: Links, campaign: int, cells: Mapping[str, str], usual: str
    ) -> tuple[int, bool]:
        ref = cells.get("email", "")
        if not ref:
            raise BadValue("email", "is empty")
        state = _response(cells["status"]) if cells.get("status") else usual
        moment, said = self._moment(cells.get("at") or None), _note(cells.get("note"))
        number = links.number("contact", ref)
        return number, note_response(uow, campaign, number, state, source="import", at=moment, detail=said)

    def _moment(self, text: str | None) -> datetime | None:
        if not text:
            return None
        from crmcli.domain.schedule import read_time

        at = read_time(text, self.desk.clock.local(), "at")
        if at > self.desk.clock.now():
            raise BadValue("at", "a response can't lie ahead")
        return at


def note_response(
    uow: UnitOfWork,
    campaign: int,
    contact: int,
    status: str,
    *,
    source: str,
    at: datetime | None = None,
    detail: str | None = None,
) -> bool:
    """Put down the response of a contact, who becomes a member if need be; False when it was known."""
    from crmcli.store.members import happened, member_of

    member = member_of(uow, campaign, contact, primary_email(uow.reader, contact))
    return happened(uow, member, status, source=source, at=at, detail=detail)


def logged(uow: UnitOfWork, view: ActivityView, number: int) -> None:
    """What an activity says of its campaign: people who turned to us, who met us, or whose call had an outcome, responded.

    An incoming mail to a campaign that is mailed is a reply.
    """
    answered = view.direction == "in" or view.type in _MET or (view.type == "call" and bool(view.outcome))
    if view.status != "done" or view.direction == "out" or not answered:
        return
    sql = "SELECT m.id, m.kind FROM campaign m JOIN activity p ON p.campaign_id = m.id WHERE p.id = ?"
    campaign, kind = uow.reader.rows(sql, (number,))[0]
    state = "replied" if view.type == "email" and kind in MAILED_KINDS else "responded"
    people = uow.reader.rows("SELECT contact_id FROM activity_contact WHERE activity_id = ? ORDER BY id", (number,))
    for (person,) in people:
        note_response(uow, campaign, person, state, source="log", at=view.at, detail=view.outcome or view.subject)


def _summary(campaign: str, made: int) -> str:
    """What the log has of responses, and an undo takes back: the contacts that they made."""
    return f"{campaign}: {made} new contact{'' if made == 1 else 's'}"


def _response(text: str | None) -> str:
    return one_of("status", text, RESPONSES) if text else "responded"


def _note(text: str | None) -> str | None:
    kept = tidy(text or "") or None
    if kept is not None and len(kept) > _LONGEST_NOTE:
        raise BadValue("note", f"is longer than {_LONGEST_NOTE} characters")
    return kept


def _member(uow: UnitOfWork, campaign: int, contact: int) -> MemberView:
    return next(members(uow.reader, campaign, MemberListing(Condition("r.contact_id = ?", (contact,)))))


def _used(uow: UnitOfWork, audience: Audience) -> dict[str, Segment]:
    """The segments of an audience by uid; raises NotFound when one was deleted since."""
    from crmcli.store.queries.segments import segment_named

    return {uid: segment_named(uow.reader, uid) for uid in dict.fromkeys((*audience.include, *audience.exclude))}


def _remedy(campaign: CampaignView) -> str:
    verb = "start" if campaign.status in ("draft", "planned") else "target"
    return f"crm campaign {verb} {campaign.name!r}"


def _columns(headers: Sequence[str]) -> dict[str, str]:
    """The header of each column that is known; raises UsageError when none says who responded."""
    folded = {fold(header): header for header in headers}
    found = {
        name: next(folded[word] for word in words if word in folded)
        for name, words in _COLUMNS.items()
        if any(word in folded for word in words)
    }
    if "email" not in found:
        raise UsageError("the file has no column email", hint=f"it has {', '.join(headers[:8])}")
    return found


def _cells(row: Row, columns: Mapping[str, str]) -> dict[str, str]:
    texts = {name: row.cells.get(header, "") for name, header in columns.items()}
    return {name: (text if isinstance(text, str) else next(iter(text), "")).strip() for name, text in texts.items()}


def _partly(rejected: Sequence[str], done: int) -> PartlyDone | None:
    if not rejected:
        return None
    lines = (*rejected[:_TOLD], "  …") if len(rejected) > _TOLD else tuple(rejected)
    return PartlyDone(f"{len(rejected)} of {len(rejected) + done} rows were rejected", details=lines)
