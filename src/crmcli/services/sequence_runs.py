"""Everyone in a sequence moved on as far as they are due: taken in, stopped, given tasks, mailed.

A person's place and what is done there are written in one transaction; a mail is in the ledger of messages before and after
the wire. So a run that is killed anywhere goes on where it was, and nobody gets anything twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import FREQUENCY_CAP, IN_DOUBT, OPTED_OUT, SMTP_ERROR, SUPPRESSED, TO_BE_RETRIED
from crmcli.domain.records import as_record, utc_text
from crmcli.domain.sequence_steps import message_step
from crmcli.domain.views import Due
from crmcli.errors import CrmError, PartlyDone
from crmcli.services.sequences import shown_filters
from crmcli.store.queries.common import sure_moment
from crmcli.store.queries.recipients import messages_of
from crmcli.store.queries.sequences import (
    courses,
    following,
    next_due,
    on_the_way,
    steps_of,
    to_be_mailed,
    to_be_moved,
    to_be_stopped,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from crmcli.services.activities import Activities
    from crmcli.services.desk import Desk
    from crmcli.services.enrolments import Enrolments
    from crmcli.services.mailing import Mailing
    from crmcli.services.sending import Tally
    from crmcli.store.queries.recipients import Waiting
    from crmcli.store.queries.sequences import Course, Standing, Step
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

_LOOK_AGAIN = timedelta(hours=1)  # at whom a frequency cap or a doubt keeps waiting
_DAY = 24 * 60


class Moved(NamedTuple):
    """What was done in a sequence: people taken in, stopped and through, tasks given, mails sent.

    ``waiting`` are those who could not be mailed now, ``in_doubt`` those whose mail may have arrived or not.
    """

    entered: int = 0
    stopped: int = 0
    finished: int = 0
    tasks: int = 0
    sent: int = 0
    waiting: int = 0
    in_doubt: int = 0


class SequenceRun:
    """One run over one sequence."""

    def __init__(
        self, desk: Desk, enrolments: Enrolments, activities: Activities, mailing: Mailing, outbox: Path | None = None
    ) -> None:
        self.desk = desk
        self.enrolments = enrolments
        self.activities = activities
        self.mailing = mailing
        self.outbox = outbox
        self._counts: dict[str, int] = {}
        self._problems: list[CrmError] = []

    # -- all of them

    def courses(self) -> list[Course]:
        """The sequences that run."""
        with self.desk.reading() as reader:
            return [course for course in courses(reader) if course.status == "active"]

    def go(self, course: Course) -> None:
        """Move everyone who is due, and who becomes due by that; ``moved`` says what was done, also when it fails.

        Raises:
            CrmError: something is wrong with the sequence; what was done before stays done, and mails stay due.
        """
        self._counts, self._problems = dict.fromkeys(Moved._fields, 0), []
        with self.desk.reading() as reader:
            has_steps = bool(steps_of(reader, course.number))
        if has_steps:
            self.count("entered", self.enrolments.enter(course))
            self._stop(course)
            self._move(course)
            while not self._problems and self._mail(course):
                self._move(course)
        if self._problems:
            first = self._problems[0]
            raise PartlyDone(first.message, hint=first.hint)

    @property
    def moved(self) -> Moved:
        """What the last run did."""
        return Moved(**self._counts)

    def foreseen(self, course: Course) -> Moved:
        """What a run would do first, as far as that can be told without doing it."""
        with self.desk.reading() as reader:
            now = utc_text(self.desk.clock.now())
            steps = steps_of(reader, course.number)
            due = [each for each in _everyone(reader, course) if each.due_at <= now]
            kinds = [kind for each in due for kind in self._ahead(reader, steps, each)]
            stopped = len(to_be_stopped(reader, course.number, on_reply=course.stop_on_reply))
        entered = self.enrolments.waiting_outside(course) if steps else 0
        return Moved(
            entered, stopped + kinds.count("stop"), kinds.count("end"), kinds.count("task"), kinds.count("mail")
        )

    def _ahead(self, reader: Reader, steps: list[Step], each: Standing) -> Iterator[str]:
        """The kinds of what somebody comes to up to a mail or a wait; ``stop`` or ``end`` where the way is over."""
        place = following(steps, each.step, each.position)
        while place is not None and place < len(steps):
            step = steps[place]
            yield step.kind
            if step.kind in ("mail", "wait"):
                return
            if step.kind == "condition" and not holds(self.desk, reader, each, step):
                if step.otherwise == "stop":
                    yield "stop"
                    return
                place += 1
            place += 1
        yield "end"

    def next_at(self) -> datetime | None:
        """When there is something to do next."""
        with self.desk.reading() as reader:
            return next_due(reader, utc_text(self.desk.clock.now()))

    def count(self, what: str, number: int = 1) -> None:
        """Put down that something was done."""
        self._counts[what] += number

    # -- who is stopped

    def _stop(self, course: Course) -> None:
        from crmcli.store.enrolling import end

        with self.desk.reading() as reader:
            ending = dict(to_be_stopped(reader, course.number, on_reply=course.stop_on_reply))
            mails = any(step.kind == "mail" for step in steps_of(reader, course.number))
            people = list(_everyone(reader, course)) if mails else []
        if people:
            against = self.mailing.objections(course.campaign_uid, [each.member for each in people])
            for each in people:
                reason = against.get(each.member)
                if reason in (OPTED_OUT, SUPPRESSED):
                    ending.setdefault(each.number, reason)
        if ending:
            with self.desk.writing("run due", course.name) as uow:
                for number, reason in ending.items():
                    end(uow, number, "stopped", reason)
            self.count("stopped", len(ending))

    # -- who goes on without a mail

    def _move(self, course: Course) -> None:
        while True:
            with self.desk.writing("run due", course.name) as uow:
                page = to_be_moved(uow.reader, course.number, utc_text(uow.now))
                if not page:
                    return
                walk = _Walk(self, uow, course)
                for each in page:
                    walk.on(each, following(walk.steps, each.step, each.position))

    # -- who is mailed

    def _mail(self, course: Course) -> bool:
        """Send every mail that is due; whether anybody got further by it."""
        with self.desk.reading() as reader:
            mails = [step for step in steps_of(reader, course.number) if step.kind == "mail"]
        further = 0
        for step in mails:
            after = 0
            # A server that fails is not asked again for each page.
            while not self._problems and (page := self._due(step, after)):
                after = page[-1].number
                further += self._mail_page(course, step, page)
        return bool(further)

    def _due(self, step: Step, after: int) -> list[Standing]:
        with self.desk.reading() as reader:
            return to_be_mailed(reader, step.number, utc_text(self.desk.clock.now()), after)

    def _mail_page(self, course: Course, step: Step, page: list[Standing]) -> int:
        against = self.mailing.objections(course.campaign_uid, [each.member for each in page])
        capped = [each for each in page if against.get(each.member) == FREQUENCY_CAP]
        by_turn: dict[int, list[Standing]] = {}
        for each in page:
            if each not in capped:
                by_turn.setdefault(each.turn, []).append(each)
        if capped:
            self._put_off(course, step, capped)
        return sum(self._send(course, step, turn, people) for turn, people in by_turn.items())

    def _put_off(self, course: Course, step: Step, people: list[Standing]) -> None:
        from crmcli.store.enrolling import place

        with self.desk.writing("run due", course.name) as uow:
            for each in people:
                place(uow, each.number, step.number, uow.now + _LOOK_AGAIN, FREQUENCY_CAP)
        self.count("waiting", len(people))

    def _send(self, course: Course, step: Step, turn: int, people: list[Standing]) -> int:
        members, number = [each.member for each in people], message_step(step.number, turn)
        assert step.template is not None
        tally: Tally | None = None
        try:
            tally = self.mailing.send_step(course.campaign_uid, number, step.template, members, self.outbox)
        except CrmError as error:
            self._problems.append(error)
        if tally is not None and (tally.trouble or tally.stopped):
            self._problems.append(PartlyDone(tally.trouble or tally.stopped, hint="crm run due"))
        with self.desk.writing("run due", course.name) as uow:
            messages = messages_of(uow.reader, members, number)
            walk = _Walk(self, uow, course)
            return sum(self._settle(walk, step, each, messages.get(each.member), tally) for each in people)

    def _settle(self, walk: _Walk, step: Step, each: Standing, message: Waiting | None, tally: Tally | None) -> bool:
        """Write down what a mail came to for one person; whether that one got further."""
        passed_over = (tally.passed_over or {}).get(each.member) if tally is not None else None
        status = message.status if message is not None else ""
        if passed_over == FREQUENCY_CAP:
            self.count("waiting")
            walk.wait(each, step, walk.uow.now + _LOOK_AGAIN, FREQUENCY_CAP)
            return False
        if passed_over or status == "failed":
            walk.stop(each, passed_over or SMTP_ERROR)
            return False
        if status == "sent":
            self.count("sent")
            walk.on(each, walk.behind(step))
            return True
        if status in ("in_doubt", "sending"):
            self.count("in_doubt")
            walk.wait(each, step, walk.uow.now + _LOOK_AGAIN, IN_DOUBT)
            return False
        self.count("waiting")
        if message is not None and message.due:
            walk.wait(each, step, sure_moment(message.due), TO_BE_RETRIED)
        elif tally is not None and tally.next_at is not None:
            walk.wait(each, step, tally.next_at, None)
        return False


def holds(desk: Desk, reader: Reader, each: Standing, step: Step) -> bool:
    """Whether a condition is true of somebody."""
    where = desk.condition(reader, "contact", step.filter)
    sql = f"SELECT 1 FROM contact r WHERE r.id = ? AND r.deleted_at IS NULL AND ({where.sql})"
    return reader.value(sql, (each.contact, *where.params)) is not None


def _everyone(reader: Reader, course: Course) -> Iterator[Standing]:
    """Who is on the way, a page at a time."""
    after = 0
    while page := on_the_way(reader, course.number, after):
        yield from page
        after = page[-1].number


class _Walk:
    """People of one sequence taken on within a unit of work."""

    def __init__(self, run: SequenceRun, uow: UnitOfWork, course: Course) -> None:
        self.uow = uow
        self.steps = steps_of(uow.reader, course.number)
        self._run = run
        self._course = course
        self._filters = shown_filters(run.desk, uow.reader, course.number)

    def behind(self, step: Step) -> int | None:
        """The place of what comes after a step."""
        places = [place for place, each in enumerate(self.steps) if each.position > step.position]
        return places[0] if places else None

    def on(self, each: Standing, place: int | None) -> None:
        """Take somebody to a place and on from there, up to a wait, a mail or the end."""
        while place is not None and place < len(self.steps):
            step = self.steps[place]
            if step.kind == "mail":
                self.wait(each, step, self.uow.now, None)
                return
            if step.kind == "wait":
                self.wait(each, step, self.uow.now + timedelta(minutes=step.minutes or 0), None)
                return
            if step.kind == "task":
                self._task(each, step)
            elif not holds(self._run.desk, self.uow.reader, each, step):
                if step.otherwise == "stop":
                    self.stop(each, f"not {self._filters.get(step.number, step.filter)}")
                    return
                place += 1
            place += 1
        self._end(each, "finished", None)

    def wait(self, each: Standing, step: Step, until: datetime, reason: str | None) -> None:
        """Have somebody at a step until a moment."""
        from crmcli.store.enrolling import place

        place(self.uow, each.number, step.number, until, reason)
        self.uow.flush()

    def stop(self, each: Standing, reason: str) -> None:
        """Have somebody's way ended before its time."""
        self._end(each, "stopped", reason)

    def _end(self, each: Standing, status: str, reason: str | None) -> None:
        from crmcli.store.enrolling import end

        end(self.uow, each.number, status, reason)
        self.uow.flush()
        self._tell(status)

    def _tell(self, what: str) -> None:
        """Count something once it is stored."""
        self.uow.afterwards(lambda: self._run.count(what))

    def _task(self, each: Standing, step: Step) -> None:
        """Put a task on the list of whoever has the deal, else the person, else the sequence."""
        activities, desk = self._run.activities, self._run.desk
        number = activities.task_in(
            self.uow, step.subject or "", self._due(step.minutes or 0), contact=each.contact, deal=each.deal,
            campaign=self._course.campaign_uid, owner=self._owner(each),
        )  # fmt: skip
        view = activities.view(self.uow.reader, number)
        desk.hooks.before("task-add", as_record(view))
        self.uow.afterwards(lambda: desk.hooks.after("task-add", as_record(view)))
        self._tell("tasks")

    def _due(self, minutes: int) -> Due:
        """Whole days are a day's end, anything else a moment."""
        at = self.uow.now + timedelta(minutes=minutes)
        day = at.astimezone(self._run.desk.clock.zone).date()
        return Due(day, None if minutes % _DAY == 0 else at)

    def _owner(self, each: Standing) -> str:
        sql = (
            "SELECT u.login FROM contact c LEFT JOIN deal d ON d.id = ? LEFT JOIN app_user u"
            " ON u.id = COALESCE(d.owner_id, c.owner_id, ?) WHERE c.id = ?"
        )
        return str(self.uow.reader.value(sql, (each.deal, self._course.owner, each.contact)) or self._run.desk.user)
