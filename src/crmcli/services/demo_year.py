"""The year that the example store tells: customers, deals on their way through the stages, and what was done about them."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from crmcli.domain.fields import LOST_REASONS
from crmcli.domain.money import Money
from crmcli.domain.people import read_email, read_phone, read_website
from crmcli.domain.views import Due
from crmcli.services import demo_people as cast
from crmcli.services.demo_campaigns import plan_campaigns
from crmcli.services.stages import pipeline_key, stages_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crmcli.domain.views import StageView
    from crmcli.services.desk import Desk
    from crmcli.store.session import UnitOfWork

_OPEN, _WON, _LOST = 36, 20, 13
# What lies ahead of an open deal, turn by turn for each owner.
_AHEAD = ("today", "overdue", "soon", "nothing", "meeting", "rotting", "soon", "later")
# How far it has come, in quarters of the open stages: many at the top of the funnel, few at its end.
_DEPTHS = (0, 1, 0, 2, 1, 3, 0, 2, 1)
_KINDS = ("call",) * 4 + ("email",) * 4 + ("meeting",) * 2 + ("note",) * 2 + ("decision",)
_LARGE = ("501-1000", "1000+")
_LANGUAGES = {
    "Bulgaria": "bg", "Poland": "pl", "Germany": "de", "Austria": "de", "France": "fr", "United Kingdom": "en",
    "United States": "en", "Sweden": "sv", "Romania": "ro", "Serbia": "sr", "Ukraine": "uk", "Czechia": "cs",
    "Portugal": "pt", "Greece": "el", "Italy": "it", "Netherlands": "nl",
}  # fmt: skip


class _Customer(NamedTuple):
    """A firm once it is in the store."""

    number: int
    firm: cast.Firm
    people: tuple[int, ...]
    owner: str


class _Course(NamedTuple):
    """The way of a deal: each stage with how many days ago it was entered, and what lies ahead."""

    visits: tuple[tuple[StageView, int], ...]
    ahead: str

    @property
    def stage(self) -> StageView:
        """Where it is now."""
        return self.visits[-1][0]

    @property
    def began(self) -> int:
        """How many days ago."""
        return self.visits[0][1]

    @property
    def entered(self) -> int:
        """How many days ago it entered its stage."""
        return self.visits[-1][1]


class Year:
    """Writes a year that ends today; the same day gives the same year."""

    def __init__(self, desk: Desk, uow: UnitOfWork) -> None:
        self.uow = uow
        self.me = desk.user
        self.now = desk.clock.local()
        self.random = Random(self.now.toordinal())  # noqa: S311 - for variety, not for secrets
        self.stages = stages_of(uow.reader, pipeline_key(uow.reader, None))
        self._timeline: list[tuple[dict[str, object], int]] = []
        self.pipeline = uow.reader.value("SELECT pipeline_id FROM stage WHERE id = ?", (self.stages[0].number,))

    def write(self) -> None:
        """Customers, their deals, and what happened and is planned with them."""
        firms = cast.firms()
        courses = self._courses()
        customers = [self._customer(place, firm, courses[place :: len(firms)]) for place, firm in enumerate(firms)]
        for place, course in enumerate(courses):
            self._deal(place, customers[place % len(customers)], course)
        for place, person in enumerate(cast.FREELANCERS):
            self._freelancer(place, person)
        self._routine()
        self._write_timeline()
        plan_campaigns(self.uow, self.now.date())

    # -- courses of deals

    def _courses(self) -> list[_Course]:
        """The way of every deal, in an order in which each owner has some of each kind."""
        still_open = [stage for stage in self.stages if stage.kind == "open"]
        closed = {stage.kind: stage for stage in reversed(self.stages) if stage.kind != "open"}
        courses = [self._open(still_open, turn) for turn in range(_OPEN)]
        courses += [self._closed(still_open, closed["won"], turn, _WON) for turn in range(_WON)]
        courses += [
            self._closed(still_open[: 1 + turn % len(still_open)], closed["lost"], turn, _LOST) for turn in range(_LOST)
        ]
        return courses

    def _open(self, stages: Sequence[StageView], turn: int) -> _Course:
        ahead = _AHEAD[turn // 2 % len(_AHEAD)]
        here = _DEPTHS[turn // 2 % len(_DEPTHS)] * len(stages) // 4
        rot_days = stages[here].rot_days or 30
        entered = rot_days + self.random.randint(4, 20) if ahead == "rotting" else self.random.randint(2, 12)
        return _Course(self._walk(stages[: here + 1], entered), ahead)

    def _closed(self, stages: Sequence[StageView], end: StageView, turn: int, of: int) -> _Course:
        """Closed ones are spread over the year, the last of them a few days ago."""
        entered = 4 + 330 * turn // of + self.random.randint(0, 12)
        return _Course(self._walk([*stages, end], entered), "closed")

    def _walk(self, stages: Sequence[StageView], entered: int) -> tuple[tuple[StageView, int], ...]:
        days = [entered]
        for _ in stages[1:]:
            days.append(days[-1] + self.random.randint(4, 18))
        return tuple(zip(stages, reversed(days), strict=True))

    # -- customers

    def _customer(self, place: int, firm: cast.Firm, courses: Sequence[_Course]) -> _Customer:
        owner = self.me if place % 2 == 0 else cast.OWNERS[place // 2 % len(cast.OWNERS)]
        won = any(course.stage.kind == "won" for course in courses)
        known = max(course.began for course in courses) + self.random.randint(1, 9)
        values: dict[str, object] = {
            "name": firm.name, "websites": (read_website(firm.domain),), "industry": firm.industry, "size": firm.size,
            "country": firm.country, "address": f"{firm.city}, {firm.country}", "owner": owner,
            "type": "partner" if place % 15 == 14 else "customer" if won else "prospect",
            "tags": [tag for tag, every in (("reference", 9), ("expo", 7)) if place % every == 3],
        }  # fmt: skip
        number = self._insert("company", values, known, {"segment": "enterprise" if firm.size in _LARGE else "smb"})
        lifecycle = "customer" if won else "opportunity"
        people = tuple(
            self._person(place * 2 + nth, person, firm, number, owner, lifecycle, known - nth)
            for nth, person in enumerate(firm.people)
        )
        return _Customer(number, firm, people, owner)

    def _person(
        self, place: int, person: cast.Person, firm: cast.Firm, company: int, owner: str, lifecycle: str, known: int
    ) -> int:
        pattern = cast.PHONES.get(firm.country)
        values: dict[str, object] = {
            "name": person.name, "emails": (read_email(f"{person.mailbox}@{firm.domain}"),), "companies": (company,),
            "phones": (read_phone(pattern.format(10 + place), None),) if pattern else (), "title": person.title,
            "owner": owner, "lifecycle": "champion" if place % 11 == 4 else lifecycle,
            "birthday": self._birthday(place), "source": cast.SOURCES[place % len(cast.SOURCES)],
            "tags": [tag for tag, every in (("vip", 9), ("newsletter", 3)) if place % every == 0],
        }  # fmt: skip
        return self._insert("contact", values, known, {"language": _LANGUAGES[firm.country]})

    def _birthday(self, place: int) -> object:
        """Some have theirs within the week, some on any day, some keep it to themselves."""
        if place % 3 == 2:
            return None
        ahead = place // 12 % 6 if place % 12 == 0 else self.random.randint(20, 340)
        day = (self.now + timedelta(days=ahead)).date()
        return day.replace(
            year=day.year - self.random.randint(28, 61), day=min(day.day, 28) if day.month == 2 else day.day
        )

    def _freelancer(self, place: int, person: cast.Person) -> None:
        known = 40 + 60 * place
        values: dict[str, object] = {
            "name": person.name, "emails": (read_email(f"{person.mailbox}@{cast.FREELANCE_DOMAIN}"),),
            "title": person.title, "owner": self.me, "lifecycle": "lead", "source": "referral",
        }  # fmt: skip
        number = self._insert("contact", values, known, {})
        about: dict[str, object] = {"contacts": (number,), "owner": self.me}
        self._past(about, "email", known - 3)
        self._past(about, "call", known - 20)

    # -- deals

    def _deal(self, place: int, customer: _Customer, course: _Course) -> None:
        product = cast.PRODUCTS[(place + place // len(cast.PRODUCTS)) % len(cast.PRODUCTS)]
        stage = course.stage
        currency = "USD" if customer.firm.name == "Cascade Outfitters" else "EUR"
        closed = self._moment(course.entered, 16) if stage.kind != "open" else None
        values: dict[str, object] = {
            "title": f"{product} {customer.firm.city}", "value": Money(self._amount(), currency),
            "pipeline_id": self.pipeline, "stage_id": stage.number, "stage_since": self._moment(course.entered, 16),
            "company": customer.number, "contacts": customer.people[: 1 + place % 2], "owner": customer.owner,
            "expected_close": self._expected(course, place), "closed_at": closed, "type": "existing" if place % 4 == 3 else "new",
            "source": cast.SOURCES[place % len(cast.SOURCES)],
            "tags": ["renewal"] if place % 10 == 6 else (),
        }  # fmt: skip
        if place % 7 == 5:
            values["campaign"] = cast.CAMPAIGNS[place % len(cast.CAMPAIGNS)]
        if stage.kind == "open" and course.ahead != "nothing":
            values["next_step"] = cast.NEXT_STEPS[place % len(cast.NEXT_STEPS)]
        if stage.kind == "lost":
            values["lost_reason"] = LOST_REASONS[place % (len(LOST_REASONS) - 1)]
        number = self._insert("deal", values, course.began, {"seats": 5 * self.random.randint(1, 30)})
        self._moves(number, customer, course)
        about: dict[str, object] = {
            "deal": number, "company": customer.number, "contacts": customer.people[:1], "owner": customer.owner,
        }  # fmt: skip
        for day in self._days(course):
            self._past(about, self.random.choice(_KINDS), day)
        self._plan(about, course, place)

    def _moves(self, deal: int, customer: _Customer, course: _Course) -> None:
        from crmcli.store.models.deals import StageChange

        by, before = self.uow.user(customer.owner), None
        for stage, day in course.visits:
            at = self._moment(day, 16)
            row = StageChange(deal_id=deal, from_stage_id=before, to_stage_id=stage.number, at=at, by=by)
            self.uow.session.add(row)
            before = stage.number

    def _amount(self) -> int:
        """Minor units: a few thousand to a hundred thousand, in round figures."""
        return round(min(max(self.random.lognormvariate(9.5, 0.8), 1500), 140_000) / 100) * 100 * 100

    def _expected(self, course: _Course, place: int) -> object:
        rotting = -6 if place // 16 % 2 else 12
        ahead = {"rotting": rotting, "closed": -course.entered}.get(course.ahead, self.random.randint(5, 80))
        return (self.now + timedelta(days=ahead)).date()

    def _days(self, course: _Course) -> Iterator[int]:
        """When something was done about a deal, in days ago; a rotting one has been left alone since it was moved."""
        last = course.entered if course.stage.kind != "open" or course.ahead == "rotting" else self.random.randint(1, 6)
        day = course.began
        while day > last:
            yield day
            day -= self.random.randint(3, 9)
        yield max(last, 1)

    # -- what happened, what is planned

    def _past(self, about: dict[str, object], kind: str, days: int) -> None:
        subject, outcome = self.random.choice(cast.TALKS[kind])
        at = self._moment(days, self.random.randint(8, 15), self.random.choice((0, 10, 20, 30, 45)))
        values = about | {
            "type": kind, "subject": subject, "outcome": outcome, "at": at, "done_at": at, "status": "done",
            "duration": {"call": 15, "meeting": 60}.get(kind),
            "direction": self.random.choice(("in", "out")) if kind in ("call", "email") else None,
        }  # fmt: skip
        self._timeline.append((values, days))

    def _plan(self, about: dict[str, object], course: _Course, place: int) -> None:
        ahead = {
            "today": 0,
            "overdue": -1 - place % 5,
            "soon": 1 + place % 6,
            "later": 9 + place,
            "rotting": 15,
            "meeting": 0,
        }
        if course.ahead not in ahead:
            return
        day = (self.now + timedelta(days=ahead[course.ahead])).date()
        if course.ahead == "meeting":
            self._planned(
                about,
                "meeting",
                cast.MEETINGS[place % len(cast.MEETINGS)],
                Due(day, self._moment(0, self._hour(13 + place % 5))),
            )
        else:
            urgent = "high" if course.ahead == "overdue" else "normal"
            self._planned(about, "task", cast.TASKS[place % len(cast.TASKS)], Due(day), priority=urgent)

    def _hour(self, wanted: int) -> int:
        """That hour of today, or a later one when it is past."""
        return min(max(wanted, self.now.hour + 1), 23)

    def _planned(self, about: dict[str, object], kind: str, subject: str, due: Due, **more: object) -> None:
        at = due.at or self._moment((self.now.date() - due.on).days, 23, 59)
        values = about | {"type": kind, "subject": subject, "due": due, "at": at, "status": "planned"} | more
        if kind == "meeting":
            values |= {"duration": 60, "location": "video call"}
        self._timeline.append((values, 3))

    def _routine(self) -> None:
        """A task that comes back every week."""
        friday = (self.now + timedelta(days=(4 - self.now.weekday()) % 7)).date()
        self._planned(
            {"owner": self.me}, "task", "Send the weekly figures", Due(friday), recurrence="FREQ=WEEKLY;BYDAY=FR"
        )

    # -- rows

    def _insert(self, noun: str, values: dict[str, object], days: int, custom: dict[str, object]) -> int:
        from crmcli.store.records import insert

        at = self._moment(days, 8)
        return insert(self.uow, noun, values | {"created_at": at, "updated_at": at}, custom)

    def _write_timeline(self) -> None:
        """The activities, by far the most of the rows, at once."""
        from crmcli.store.models.activities import Activity, ActivityContact

        rows = [self._activity_row(values, days) for values, days in self._timeline]
        links = [
            {"activity_id": row["id"], "contact_id": contact, "position": 0}
            for row, (values, _) in zip(rows, self._timeline, strict=True)
            for contact in values.get("contacts", ())  # type: ignore[attr-defined]
        ]
        self.uow.insert_many(Activity, rows)
        self.uow.insert_many(ActivityContact, links)
        self.uow.touched("activity", [row["id"] for row in rows])

    def _activity_row(self, values: dict[str, object], days: int) -> dict[str, Any]:
        from crmcli.domain.ids import new_uid
        from crmcli.store.models.activities import Activity
        from crmcli.store.records import columns_for

        at = self._moment(days, 8)
        number = self.uow.next_number(Activity)
        own = {
            "id": number,
            "uid": new_uid("ac"),
            "version": 1,
            "custom": {},
            "priority": "normal",
            "created_in": self.uow.number,
        }
        stamp = {"created_at": at, "updated_at": at, "created_by": self.uow.user_id, "updated_by": self.uow.user_id}
        blank = dict.fromkeys(Activity.__table__.columns.keys())  # type: ignore[attr-defined]
        return blank | own | stamp | columns_for("activity", values, self.uow)

    def _moment(self, days: int, hour: int, minute: int = 0) -> datetime:
        """That hour, so many days ago; what would fall on a past weekend was done on the Friday before it."""
        day = self.now - timedelta(days=days)
        if days > 0:
            day -= timedelta(days=max(day.weekday() - 4, 0))
        return day.replace(hour=hour, minute=minute, second=0)
