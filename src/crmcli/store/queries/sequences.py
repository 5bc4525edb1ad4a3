"""Sequences, read: their steps, who is where in them, who is to come in, and who is to be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.sequence_steps import StepDraft, show_step
from crmcli.domain.text import fold, nearest
from crmcli.domain.views import EnrolmentView, Link, SequenceView, StepView
from crmcli.errors import Ambiguous, NotFound
from crmcli.store.queries.common import moment, pages, sure_moment
from crmcli.store.queries.condition import EVERYTHING, Condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from crmcli.store.reader import Reader

_MOST = 500
_COURSE = (
    "q.id, q.uid, q.name, CASE WHEN q.status = 'active' AND p.status <> 'active' THEN 'paused' ELSE q.status END,"
    " q.campaign_id, p.uid, p.name, q.segment_id, q.stage_id, q.stage_since, q.stop_on_reply, q.again, q.owner_id"
)
_STEP = "s.id, s.position, s.kind, s.template_id, t.name, s.subject, s.minutes, s.filter, s.otherwise"


class Course(NamedTuple):
    """A sequence as it is run; it is paused when its campaign is not active."""

    number: int
    uid: str
    name: str
    status: str
    campaign: int
    campaign_uid: str
    campaign_name: str
    segment: int | None
    stage: int | None
    stage_since: str | None
    stop_on_reply: bool
    again: bool
    owner: int | None


class Step(NamedTuple):
    """A step as it is kept."""

    number: int
    position: int
    kind: str
    template: int | None
    template_name: str | None
    subject: str | None
    minutes: int | None
    filter: str | None
    otherwise: str | None

    @property
    def draft(self) -> StepDraft:
        """The step as it was written, the template by its name."""
        return StepDraft(self.kind, self.template_name, self.subject, self.minutes, self.filter, self.otherwise)


class Standing(NamedTuple):
    """Somebody on the way: the enrolment, the person, the member of the campaign, the deal, and where that stands."""

    number: int
    contact: int
    member: int
    deal: int | None
    step: int | None
    position: int  # of the step, also of one that was taken away since
    turn: int
    due_at: str


class Entrant(NamedTuple):
    """Somebody whom a deal brings in."""

    contact: int
    deal: int


# -- which there are


def courses(reader: Reader, *, deleted: bool = False) -> list[Course]:
    """Every sequence by name, or every deleted one."""
    state = "NOT NULL" if deleted else "NULL"
    sql = (
        f"SELECT {_COURSE} FROM sequence q JOIN campaign p ON p.id = q.campaign_id"
        f" WHERE q.deleted_at IS {state} ORDER BY q.name_key, q.id"
    )
    return [Course._make((*row[:10], bool(row[10]), bool(row[11]), row[12])) for row in reader.rows(sql)]


def course_named(reader: Reader, ref: str, *, deleted: bool = False) -> Course:
    """The sequence that a uid or its beginning, a number or a name means; raises NotFound naming the nearest."""
    known, text = courses(reader, deleted=deleted), ref.strip()
    found = [each for each in known if _answers(each, text)] or [
        each for each in known if len(text) > 3 and each.uid.lower().startswith(text.lower())
    ]
    if len(found) == 1:
        return found[0]
    if found:
        lines = tuple(f"  #{each.number}  {each.uid}  {each.name}" for each in found)
        raise Ambiguous(f"{len(found)} sequences answer to {text!r}", hint="name one by its uid", details=lines)
    near = nearest(text, [each.name for each in known])
    gone = "deleted " * deleted
    raise NotFound(f"no {gone}sequence {ref}", hint=f"did you mean {near}?" if near else "crm sequence list")


def _answers(course: Course, text: str) -> bool:
    numbered = text.removeprefix("#")
    return (
        fold(course.name) == fold(text)
        or course.uid.lower() == text.lower()
        or (text.startswith("#") and numbered.isdecimal() and int(numbered) == course.number)
    )


def steps_of(reader: Reader, sequence: int) -> list[Step]:
    """The steps of a sequence in their order."""
    sql = (
        f"SELECT {_STEP} FROM sequence_step s LEFT JOIN template t ON t.id = s.template_id"
        " WHERE s.sequence_id = ? AND s.deleted_at IS NULL ORDER BY s.position, s.id"
    )
    return [Step(*row) for row in reader.rows(sql, (sequence,))]


# -- as they are shown


def sequence_views(reader: Reader, only: int | None = None) -> list[SequenceView]:
    """The sequences by name with how many people are where, or one of them."""
    counts = ", ".join(
        f"(SELECT COUNT(*) FROM enrolment e WHERE e.sequence_id = q.id AND e.status = '{state}')"
        for state in ("active", "finished", "stopped")
    )
    sql = (
        "SELECT q.uid, q.id, q.name,"
        " CASE WHEN q.status = 'active' AND p.status <> 'active' THEN 'paused' ELSE q.status END, g.uid, g.name, l.name,"
        " h.name, q.stop_on_reply, q.again,"
        " (SELECT COUNT(*) FROM sequence_step s WHERE s.sequence_id = q.id AND s.deleted_at IS NULL),"
        f" {counts}, p.uid, p.name, q.owner_id, q.created_at, q.updated_at FROM sequence q"
        " JOIN campaign p ON p.id = q.campaign_id LEFT JOIN segment g ON g.id = q.segment_id"
        " LEFT JOIN stage h ON h.id = q.stage_id LEFT JOIN pipeline l ON l.id = h.pipeline_id"
        f" WHERE {'q.deleted_at IS NULL' if only is None else 'q.id = ?'} ORDER BY q.name_key, q.id"
    )
    return [
        SequenceView._make(
            (*row[:4], Link(row[4], row[5]) if row[4] else None, *row[6:8], bool(row[8]), bool(row[9]), *row[10:14],
             Link(row[14], row[15]), reader.user(row[16]), sure_moment(row[17]), sure_moment(row[18]))
        )
        for row in reader.rows(sql, () if only is None else (only,))
    ]  # fmt: skip


def step_views(reader: Reader, sequence: int, shown: Mapping[int, str]) -> tuple[StepView, ...]:
    """The steps of a sequence; ``shown`` are the filters of conditions as they are shown, by the step."""
    steps = steps_of(reader, sequence)
    people = _people_at(reader, sequence, steps)
    uids: dict[int, str] = dict(
        reader.rows(
            "SELECT t.id, t.uid FROM template t JOIN sequence_step s ON s.template_id = t.id WHERE s.sequence_id = ?",
            (sequence,),
        )
    )
    views = []
    for place, step in enumerate(steps, 1):
        draft = step.draft._replace(filter=shown.get(step.number, step.filter))
        template = Link(uids[step.template], step.template_name or "") if step.template else None
        views.append(
            StepView(
                place, show_step(draft), step.kind, template, step.subject, step.minutes, draft.filter, step.otherwise,
                people.get(step.number, 0),
            )
        )  # fmt: skip
    return tuple(views)


def _people_at(reader: Reader, sequence: int, steps: list[Step]) -> dict[int, int]:
    sql = (
        "SELECT e.step_id, COALESCE(s.position, -1), COUNT(*) FROM enrolment e"
        " LEFT JOIN sequence_step s ON s.id = e.step_id"
        " WHERE e.sequence_id = ? AND e.status = 'active' GROUP BY e.step_id, s.position"
    )
    people: dict[int, int] = {}
    for step, position, count in reader.rows(sql, (sequence,)):
        ahead = following(steps, step, position)
        if ahead is not None:
            people[steps[ahead].number] = people.get(steps[ahead].number, 0) + count
    return people


def following(steps: list[Step], step: int | None, position: int) -> int | None:
    """The place among the live steps of what comes next for somebody at a step, gone or not; None at the end.

    Who waits goes on with what is behind the wait; a mail that is to be sent is what comes next itself.
    """
    if step is None:
        return 0 if steps else None
    here = next((place for place, each in enumerate(steps) if each.number == step), None)
    if here is None:
        here = next((place for place, each in enumerate(steps) if each.position > position), len(steps))
    elif steps[here].kind == "wait":
        here += 1
    return here if here < len(steps) else None


def enrolment_views(
    reader: Reader, sequence: int, shown: Mapping[int, str], where: Condition = EVERYTHING
) -> Iterator[EnrolmentView]:
    """Everyone who is or was in a sequence, who is on the way first; ``where`` on an enrolment ``e``."""
    steps = steps_of(reader, sequence)
    lines = [show_step(each.draft._replace(filter=shown.get(each.number, each.filter))) for each in steps]
    sql = (
        "SELECT c.uid, c.name, m.email, d.uid, d.title, e.status, e.step_id, COALESCE(s.position, -1), e.due_at,"
        " e.reason, e.started_at, e.ended_at FROM enrolment e JOIN contact c ON c.id = e.contact_id"
        " LEFT JOIN campaign_member m ON m.id = e.member_id LEFT JOIN deal d ON d.id = e.deal_id"
        f" LEFT JOIN sequence_step s ON s.id = e.step_id WHERE e.sequence_id = ? AND ({where.sql})"
        " ORDER BY CASE WHEN e.status = 'active' THEN 0 ELSE 1 END, e.due_at, e.id"
    )
    for page in pages(reader, sql, (sequence, *where.params)):
        for uid, name, email, deal, title, status, step, position, due, reason, started, ended in page:
            active = status == "active"
            ahead = following(steps, step, position) if active else None
            yield EnrolmentView(
                Link(uid, name), email, Link(deal, title) if deal else None, status,
                ahead + 1 if ahead is not None else None, lines[ahead] if ahead is not None else None,
                moment(due) if active else None, reason, sure_moment(started), moment(ended),
            )  # fmt: skip


# -- what there is to be done

_STANDING = (
    "SELECT e.id, e.contact_id, e.member_id, e.deal_id, e.step_id, COALESCE(s.position, -1), e.turn, e.due_at"
    " FROM enrolment e LEFT JOIN sequence_step s ON s.id = e.step_id"
)


def on_the_way(reader: Reader, sequence: int, after: int) -> list[Standing]:
    """Some of those who are on the way in a sequence, beyond the number of one."""
    sql = f"{_STANDING} WHERE e.sequence_id = ? AND e.status = 'active' AND e.id > ? ORDER BY e.id LIMIT {_MOST}"
    return [Standing(*row) for row in reader.rows(sql, (sequence, after))]


def to_be_moved(reader: Reader, sequence: int, now: str) -> list[Standing]:
    """Some of those whose wait is over, or who have only just come in; not those to whom a mail is to be sent."""
    sql = (
        f"{_STANDING} WHERE e.sequence_id = ? AND e.status = 'active' AND e.due_at <= ?"
        " AND (s.id IS NULL OR s.kind <> 'mail' OR s.deleted_at IS NOT NULL)"
        f" ORDER BY e.id LIMIT {_MOST}"
    )
    return [Standing(*row) for row in reader.rows(sql, (sequence, now))]


def to_be_mailed(reader: Reader, step: int, now: str, after: int) -> list[Standing]:
    """Some of those to whom the mail of a step is to be sent by now, beyond the number of one."""
    sql = f"{_STANDING} WHERE e.step_id = ? AND e.status = 'active' AND e.due_at <= ? AND e.id > ? ORDER BY e.id LIMIT {_MOST}"
    return [Standing(*row) for row in reader.rows(sql, (step, now, after))]


def next_due(reader: Reader, after: str, only: int | None = None) -> datetime | None:
    """When somebody of a running sequence has to be moved, from a moment on."""
    sql = (
        "SELECT MIN(e.due_at) FROM enrolment e JOIN sequence q ON q.id = e.sequence_id JOIN campaign p"
        " ON p.id = q.campaign_id WHERE e.status = 'active' AND q.status = 'active' AND q.deleted_at IS NULL"
        " AND p.status = 'active' AND e.due_at > ?"
    )
    if only is not None:
        return moment(reader.value(f"{sql} AND q.id = ?", (after, only)))
    return moment(reader.value(sql, (after,)))


# Why somebody is to be stopped, the first that holds; there is one parameter, whether replies count.
_LEFT = (
    "(SELECT v.status FROM campaign_event v WHERE v.member_id = e.member_id AND v.status IN ('unsubscribed', 'complained')"
    " ORDER BY v.at LIMIT 1)"
)
_ANSWERED = (
    "(SELECT v.status FROM campaign_event v WHERE v.member_id = e.member_id"
    " AND v.status IN ('replied', 'responded', 'converted') AND v.at >= e.started_at ORDER BY v.at, v.id LIMIT 1)"
)
_TURNED_TO_US = (
    "(SELECT CASE WHEN a.kind = 'email' THEN 'replied' ELSE a.kind || ' from them' END FROM activity a"
    " JOIN activity_contact l ON l.activity_id = a.id WHERE l.contact_id = e.contact_id AND a.deleted_at IS NULL"
    " AND a.direction = 'in' AND a.status = 'done' AND a.at >= e.started_at ORDER BY a.at, a.id LIMIT 1)"
)
_CLOSED = (
    "(SELECT CASE WHEN d.deleted_at IS NOT NULL THEN 'deal deleted' WHEN h.kind <> 'open' AND d.closed_at > e.started_at"
    " THEN 'deal ' || h.kind END FROM deal d JOIN stage h ON h.id = d.stage_id WHERE d.id = e.deal_id)"
)


def to_be_stopped(reader: Reader, sequence: int, *, on_reply: bool) -> list[tuple[int, str]]:
    """The enrolments that are to end before their time, each with why: gone, left the list, deal closed, answered."""
    reasons = ["CASE WHEN c.deleted_at IS NOT NULL THEN 'contact deleted' END", _LEFT, _CLOSED]
    reasons += [_ANSWERED, _TURNED_TO_US] if on_reply else []
    sql = (
        f"SELECT x.id, x.reason FROM (SELECT e.id, COALESCE({', '.join(reasons)}) AS reason FROM enrolment e"
        " JOIN contact c ON c.id = e.contact_id WHERE e.sequence_id = ? AND e.status = 'active') x"
        " WHERE x.reason IS NOT NULL ORDER BY x.id"
    )
    return [(number, reason) for number, reason in reader.rows(sql, (sequence,))]


def brought_by_deals(reader: Reader, course: Course) -> list[Entrant]:
    """The people of deals that came to the stage of a sequence and did not bring them in yet, in the order of the deals' coming."""
    if course.stage is None:
        return []
    counts = " AND (x.deal_id = d.id OR x.status = 'active')" if course.again else ""
    sql = (
        "SELECT l.contact_id, d.id, MIN(h.at) FROM stage_change h JOIN deal d ON d.id = h.deal_id"
        " JOIN stage s ON s.id = d.stage_id JOIN deal_contact l ON l.deal_id = d.id"
        " JOIN contact r ON r.id = l.contact_id WHERE h.to_stage_id = ? AND h.at >= ? AND d.deleted_at IS NULL"
        " AND r.deleted_at IS NULL AND (s.kind = 'open' OR s.id = ?) AND NOT EXISTS (SELECT 1 FROM enrolment x"
        f" WHERE x.sequence_id = ? AND x.contact_id = r.id{counts})"
        " GROUP BY l.contact_id, d.id ORDER BY MIN(h.at), d.id, l.contact_id"
    )
    rows = reader.rows(sql, (course.stage, course.stage_since or "", course.stage, course.number))
    return [Entrant(contact, deal) for contact, deal, _at in rows]


def never_in(course: Course) -> Condition:
    """The condition on contacts ``r`` that a person was never in a sequence."""
    sql = "NOT EXISTS (SELECT 1 FROM enrolment x WHERE x.sequence_id = ? AND x.contact_id = r.id)"
    return Condition(sql, (course.number,))


def enrolled(reader: Reader, sequence: int, contact: int) -> str | None:
    """Where a person stands in a sequence: active before anything else, else as it ended last; None for one who never was."""
    sql = (
        "SELECT status FROM enrolment WHERE sequence_id = ? AND contact_id = ?"
        " ORDER BY CASE WHEN status = 'active' THEN 0 ELSE 1 END, id DESC LIMIT 1"
    )
    found = reader.value(sql, (sequence, contact))
    return None if found is None else str(found)


def sequences_using(reader: Reader, column: str, number: int) -> list[str]:
    """The names of the sequences that have a segment, a stage or a campaign, which ``column`` names."""
    sql = f"SELECT name FROM sequence WHERE deleted_at IS NULL AND {column} = ? ORDER BY name_key"
    return [name for (name,) in reader.rows(sql, (number,))]
