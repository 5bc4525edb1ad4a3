"""Everything that is due by the clock, moved on: for cron, every few minutes.

Each kind of work is done by itself, and each piece of it too: what fails is told and tried again by the next run, and the rest
is done. Every piece is idempotent, so a run that was killed anywhere is made good by the next one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import as_record, utc_text
from crmcli.errors import CrmError, PartlyDone, StoreError, StoreLocked

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from crmcli.context import AppContext
    from crmcli.services.sending import Tally
    from crmcli.services.sequence_runs import SequenceRun
    from crmcli.store.queries.due import Sendable
    from crmcli.store.queries.segments import Segment
    from crmcli.store.queries.sequences import Course

LOCK = "run due"


class Trouble(NamedTuple):
    """Something that could not be done: of which kind, what, and why."""

    kind: str
    name: str
    error: CrmError

    @property
    def record(self) -> dict[str, object]:
        """The trouble as JSON has it."""
        return {"kind": self.kind, "name": self.name, "message": self.error.message, "hint": self.error.hint}


class DueDone:
    """What a run did, or would do; ``running`` says who is doing it instead."""

    def __init__(self, *, dry_run: bool = False) -> None:
        self.dry_run = dry_run
        self.running: str | None = None
        self.sequences: list[dict[str, object]] = []
        self.sends: list[dict[str, object]] = []
        self.reminders: list[dict[str, object]] = []
        self.recurring: list[dict[str, object]] = []
        self.snapshots: list[dict[str, object]] = []
        self.troubles: list[Trouble] = []
        self.next_at: datetime | None = None

    def later(self, at: datetime | None) -> None:
        """There is more to do from this moment on."""
        if at is not None:
            self.next_at = at if self.next_at is None else min(self.next_at, at)

    @property
    def record(self) -> dict[str, object]:
        """All of it as JSON has it."""
        return {
            "dry_run": self.dry_run, "running": self.running, "sequences": self.sequences, "sends": self.sends,
            "reminders": self.reminders, "recurring": self.recurring, "snapshots": self.snapshots,
            "errors": [trouble.record for trouble in self.troubles],
            "next_at": utc_text(self.next_at) if self.next_at else None,
        }  # fmt: skip


def run_due(app: AppContext, outbox: Path | None = None, *, dry_run: bool = False) -> DueDone:
    """Move everything that is due, one process at a time; a second one does nothing and says who is at it.

    With ``outbox`` messages are written there and no server is called. Raises what makes any work on the store impossible.
    """
    from crmcli.services.alone import alone

    done = DueDone(dry_run=dry_run)
    if not app.desk.has_store:
        return done
    if dry_run:
        _Due(app, done, outbox).foresee()
        return done
    try:
        with alone(app.desk, LOCK, "crm run due"):
            _Due(app, done, outbox).go()
    except StoreLocked as error:
        if not error.message.startswith("another crm run due"):
            raise
        done.running = error.message
    return done


class _Due:
    """One run; what each kind of work came to is put down in ``done``."""

    def __init__(self, app: AppContext, done: DueDone, outbox: Path | None) -> None:
        self._app = app
        self._done = done
        self._outbox = outbox

    def go(self) -> None:
        """All kinds of work, first what needs no mail server."""
        self._recur()
        self._remind()
        self._snap()
        self._move_sequences()
        self._send_campaigns()
        self._look_ahead()

    def foresee(self) -> None:
        """What ``go`` would do first, nothing being changed."""
        app, done = self._app, self._done
        with app.desk.reading() as reader:
            done.recurring += [as_record(view) for view in app.activities.overtaken(reader)]
        done.reminders += [{**as_record(each.activity), "remind_at": utc_text(each.at)} for each in app.reminders.due()]
        done.snapshots += [{"segment": segment.name} for segment in app.segments.due_for_snapshot()]
        run = self._sequence_run()
        for course in run.courses():
            self._try("sequence", course.name, partial(self._foresee_sequence, run, course))
        for each in app.mailing.due():
            self._try("campaign", each.name, partial(self._foresee_campaign, each))
        self._look_ahead()

    def _foresee_sequence(self, run: SequenceRun, course: Course) -> None:
        self._done.sequences.append(_counted(course, run.foreseen(course)._asdict()))

    def _foresee_campaign(self, each: Sendable) -> None:
        mailing = self._app.mailing
        people = mailing.count(mailing.plan(each.uid))
        self._done.sends.append({"id": each.uid, "name": each.name, "to_send": people})

    # -- the kinds of work

    def _recur(self) -> None:
        self._try("task", "recurring tasks", self._recur_all)

    def _recur_all(self) -> None:
        for each in self._app.activities.recur():
            self._done.recurring.append(as_record(each))

    def _remind(self) -> None:
        self._try("reminder", "reminders", self._remind_all)

    def _remind_all(self) -> None:
        for each in self._app.reminders.remind():
            self._done.reminders.append({**as_record(each.activity), "remind_at": utc_text(each.at)})
            if each.trouble is not None:
                self._done.troubles.append(Trouble("reminder", each.activity.subject or each.activity.id, each.trouble))

    def _snap(self) -> None:
        for segment in self._app.segments.due_for_snapshot():
            self._try("segment", segment.name, partial(self._snap_one, segment))

    def _snap_one(self, segment: Segment) -> None:
        taken = self._app.segments.take_snapshot(segment.uid)
        self._done.snapshots.append({"segment": segment.name, **as_record(taken)})

    def _move_sequences(self) -> None:
        run = self._sequence_run()
        for course in run.courses():
            self._try("sequence", course.name, partial(run.go, course))
            moved = run.moved._asdict()
            if any(moved.values()):
                self._done.sequences.append(_counted(course, moved))

    def _send_campaigns(self) -> None:
        for each in self._app.mailing.due():
            self._try("campaign", each.name, partial(self._send, each))

    def _send(self, each: Sendable) -> None:
        from crmcli.services.sending import Wish

        mailing = self._app.mailing
        tally = mailing.send(mailing.plan(each.uid), Wish(), self._outbox)
        self._done.sends.append({"id": each.uid, "name": each.name, **tally.record()})
        self._done.later(tally.next_at)
        _refuse_trouble(tally)

    def _look_ahead(self) -> None:
        for part in (self._app.mailing, self._sequence_run(), self._app.reminders):
            self._done.later(part.next_at())

    # -- one piece of work

    def _try(self, kind: str, name: str, act: Callable[[], None]) -> None:
        """Do it, and put down what stands against it; only what is wrong with the store itself ends the run."""
        try:
            act()
        except StoreError as error:
            if not isinstance(error, StoreLocked):
                raise
            self._done.troubles.append(Trouble(kind, name, error))
        except CrmError as error:
            self._done.troubles.append(Trouble(kind, name, error))

    def _sequence_run(self) -> SequenceRun:
        from crmcli.services.sequence_runs import SequenceRun

        app = self._app
        return SequenceRun(app.desk, app.enrolments, app.activities, app.mailing, self._outbox)


def _counted(course: Course, counts: dict[str, object]) -> dict[str, object]:
    return {"id": course.uid, "name": course.name, "campaign": course.campaign_name, **counts}


def _refuse_trouble(tally: Tally) -> None:
    if tally.trouble:
        raise PartlyDone(f"the mail server failed: {tally.trouble}", hint="crm run due")
    if tally.stopped:
        raise PartlyDone(tally.stopped)
