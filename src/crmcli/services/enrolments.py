"""The people in sequences: taken in by hand, by a segment or by a deal's stage, and taken out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest, tidy
from crmcli.errors import BadValue, NotFound, Refused
from crmcli.services.sequences import shown_filters
from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.refs import resolve
from crmcli.store.queries.sequences import (
    brought_by_deals,
    course_named,
    enrolled,
    enrolment_views,
    never_in,
    steps_of,
)
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.domain.views import EnrolmentView
    from crmcli.services.desk import Desk
    from crmcli.store.queries.refs import Found
    from crmcli.store.queries.sequences import Course
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

STATES = ("active", "finished", "stopped")


class Enrolled(NamedTuple):
    """What enrolling came to: how many came in, who is on the way already, and who was in it before."""

    sequence: str
    enrolled: int
    active: tuple[str, ...]
    before: tuple[str, ...]


class Stopped(NamedTuple):
    """Who was stopped, by name."""

    sequence: str
    people: tuple[str, ...]


# Inside a class with a method named list, the builtin goes by this name.
People = list["Found"]


class Enrolments:
    """Who is in which sequence."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # -- reading

    def list(self, ref: str, statuses: Sequence[str] = ()) -> Iterator[EnrolmentView]:
        """Everyone who is or was in a sequence, or who is in one of the states."""
        for status in statuses:
            if status not in STATES:
                near = nearest(status, list(STATES))
                hint = f"did you mean {near}?" if near else f"one of {', '.join(STATES)}"
                raise BadValue("status", f"{status!r} is nothing that a person in a sequence is", hint=hint)
        where = Condition(f"e.status IN ({marks(statuses)})", tuple(statuses)) if statuses else EVERYTHING
        with self.desk.reading() as reader:
            number = course_named(reader, ref).number
            yield from enrolment_views(reader, number, shown_filters(self.desk, reader, number), where)

    def matching(self, where: str) -> People:
        """The contacts that a filter selects."""
        from crmcli.services.records import found_where

        with self.desk.reading() as reader:
            return found_where(reader, "contact", self.desk.condition(reader, "contact", where))

    # -- by hand

    def enrol(
        self, ref: str, people: Sequence[str], *, where: str | None = None, deal: str | None = None, again: bool = False
    ) -> Enrolled:
        """Take people in, by reference or by a filter; with ``again`` also those who were in it before.

        Raises:
            Refused: the sequence has no steps, or of those named nobody could be taken in.
        """
        from crmcli.store.enrolling import enrol
        from crmcli.store.segments import among

        with self.desk.writing("sequence enrol") as uow:
            course = course_named(uow.reader, ref)
            if not steps_of(uow.reader, course.number):
                raise Refused(f"sequence {course.name} has no steps yet", hint=f"crm sequence step add {course.name!r}")
            number = resolve(uow.reader, "deal", deal, self.desk.country).number if deal is not None else None
            found = [self._found(uow.reader, each) for each in people]
            active = tuple(each.name for each in found if enrolled(uow.reader, course.number, each.number) == "active")
            past = [each for each in found if enrolled(uow.reader, course.number, each.number) in STATES[1:]]
            before = () if again else tuple(each.name for each in past)
            fresh = EVERYTHING if again else never_in(course)
            if where is None:
                numbers = list(dict.fromkeys(each.number for each in found))
                chosen = among(uow, numbers)
            else:
                chosen = [self.desk.condition(uow.reader, "contact", where)]
            count = sum(enrol(uow, course, both(each, fresh), number) for each in chosen)
            if found and not count:
                raise _nobody(course, active, before)
            return Enrolled(course.name, count, active, before)

    def stop(self, ref: str, people: Sequence[str], reason: str | None = None) -> Stopped:
        """Take people out of a sequence; raises NotFound for one who is not on the way in it."""
        from crmcli.store.enrolling import end
        from crmcli.store.models.sequences import Enrolment

        why = tidy(reason or "") or f"stopped by {self.desk.user}"
        with self.desk.writing("sequence stop") as uow:
            course = course_named(uow.reader, ref)
            names = []
            for person in people:
                found = self._found(uow.reader, person)
                rows = uow.find(Enrolment, sequence_id=course.number, contact_id=found.number, status="active")
                if not rows:
                    raise NotFound(
                        f"{found.name} is not on the way in {course.name}", hint=f"crm sequence members {course.name!r}"
                    )
                end(uow, rows[0].id or 0, "stopped", why)
                uow.flush()
                names.append(found.name)
            return Stopped(course.name, tuple(names))

    def _found(self, reader: Reader, ref: str) -> Found:
        return resolve(reader, "contact", ref, self.desk.country)

    # -- by themselves

    def enter(self, course: Course) -> int:
        """Take in who came into a sequence's segment, or belongs to a deal that came to its stage; how many."""
        if course.segment is None and course.stage is None:
            return 0
        with self.desk.writing("run due", course.name) as uow:
            return self._by_segment(uow, course) + self._by_stage(uow, course)

    def waiting_outside(self, course: Course) -> int:
        """How many would be taken in just now."""
        with self.desk.reading() as reader:
            who = self._segment_condition(reader, course)
            count = 0
            if who is not None:
                sql = f"SELECT COUNT(*) FROM contact r WHERE {who.sql}"
                count = int(reader.value(sql, who.params) or 0)
            return count + len({each.contact for each in brought_by_deals(reader, course)})

    def _by_segment(self, uow: UnitOfWork, course: Course) -> int:
        from crmcli.store.enrolling import enrol

        who = self._segment_condition(uow.reader, course)
        return 0 if who is None else enrol(uow, course, who)

    def _segment_condition(self, reader: Reader, course: Course) -> Condition | None:
        if course.segment is None:
            return None
        from crmcli.store.queries.segments import segment_condition, segments

        found = next((each for each in segments(reader) if each.number == course.segment), None)
        if found is None:
            raise NotFound(f"the segment of sequence {course.name} was deleted", hint="crm sequence edit --segment")
        return both(segment_condition(reader, self.desk, found), never_in(course))

    def _by_stage(self, uow: UnitOfWork, course: Course) -> int:
        """One deal after another, so that a person of two deals comes in with the first one."""
        from crmcli.store.enrolling import enrol

        by_deal: dict[int, list[int]] = {}
        for each in brought_by_deals(uow.reader, course):
            by_deal.setdefault(each.deal, []).append(each.contact)
        fresh = EVERYTHING if course.again else never_in(course)
        return sum(
            enrol(uow, course, both(Condition(f"r.id IN ({marks(people)})", tuple(people)), fresh), deal)
            for deal, people in by_deal.items()
        )


def _nobody(course: Course, active: tuple[str, ...], before: tuple[str, ...]) -> Refused:
    if active:
        return Refused(f"{', '.join(active)} is on the way in {course.name} already")
    return Refused(f"{', '.join(before)} was in {course.name} before", hint="--again")
