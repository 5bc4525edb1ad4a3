"""Sequences planned: their names, what brings people in, and their steps. ``Enrolments`` are the people in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.sequence_steps import MOST_STEPS, StepDraft, StepTold, changed_step
from crmcli.domain.text import fold, tidy
from crmcli.domain.views import SequencePicture
from crmcli.errors import BadValue, Duplicate, NotFound, Refused, UsageError
from crmcli.store.queries.campaign_views import template_number
from crmcli.store.queries.sequences import course_named, next_due, sequence_views, step_views, steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence as Several

    from crmcli.domain.views import SequenceView, StepView
    from crmcli.services.desk import Desk
    from crmcli.store.models.sequences import Sequence, SequenceStep
    from crmcli.store.queries.sequences import Course
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

_LONGEST = 100
_CLEARABLE = ("segment", "stage")


class SequenceTold(NamedTuple):
    """What ``add`` or ``edit`` was told; what is None was not."""

    segment: str | None = None
    stage: str | None = None
    pipeline: str | None = None
    stop_on_reply: bool | None = None
    again: bool | None = None
    owner: str | None = None
    steps: Several[StepDraft] | None = None
    clear: Several[str] = ()


# Inside a class with a method named list, the builtin goes by these names.
Views = list["SequenceView"]
Rows = list["SequenceStep"]


class Sequences:
    """What is planned to be done with people one step after another."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # -- reading

    def list(self) -> Views:
        """Every sequence by name, with how many people are where in it."""
        with self.desk.reading() as reader:
            return sequence_views(reader)

    def find(self, ref: str) -> Course:
        """The sequence that a uid, #number or name means; raises NotFound with the nearest name."""
        with self.desk.reading() as reader:
            return course_named(reader, ref)

    def show(self, ref: str) -> SequencePicture:
        """A sequence with its steps, and when there is something to be done in it."""
        with self.desk.reading() as reader:
            number = course_named(reader, ref).number
            [view] = sequence_views(reader, number)
            return SequencePicture(view, self._steps(reader, number), next_due(reader, "1970-01-01T00:00:00Z", number))

    def steps(self, ref: str) -> tuple[StepView, ...]:
        """The steps of a sequence in their order, with how many people each is next for."""
        with self.desk.reading() as reader:
            return self._steps(reader, course_named(reader, ref).number)

    def lines(self, ref: str) -> tuple[str, ...]:
        """The steps of a sequence as ``read_steps`` takes them."""
        return tuple(step.step for step in self.steps(ref))

    def _steps(self, reader: Reader, number: int) -> tuple[StepView, ...]:
        return step_views(reader, number, shown_filters(self.desk, reader, number))

    # -- planning

    def add(self, name: str, told: SequenceTold) -> SequenceView:
        """A new sequence with a campaign of its own; raises Duplicate when its name is taken."""
        from crmcli.domain.ids import new_uid
        from crmcli.store.models.sequences import Sequence

        label = _label(name)
        with self.desk.writing("sequence add", label) as uow:
            _refuse_taken(uow.reader, label)
            row = Sequence(
                uid=new_uid("sq"), name=label, name_key=fold(label), campaign_id=_campaign(uow, label),
                owner_id=uow.user(told.owner) if told.owner else uow.user_id, created_at=uow.now, updated_at=uow.now,
            )  # fmt: skip
            self._fill(uow, row, told)
            uow.add(row)
            self._place_all(uow, row, told.steps or ())
            return _view(uow, row)

    def edit(self, ref: str, told: SequenceTold, *, name: str | None = None) -> SequenceView:
        """Change a sequence. Of new steps those that are as they were stay the same ones, with the people at them."""
        from crmcli.store.models.sequences import Sequence

        with self.desk.writing("sequence edit") as uow:
            row = uow.get(Sequence, course_named(uow.reader, ref).number)
            if name is not None:
                self._rename(uow, row, _label(name))
            for field in told.clear:
                _clear(row, field)
            if told.owner is not None:
                row.owner_id = uow.user(told.owner)
            self._fill(uow, row, told)
            if told.steps is not None:
                self._place_all(uow, row, told.steps)
            return _changed(uow, row)

    def remove(self, ref: str) -> SequenceView:
        """Delete a sequence: nobody is moved any more, and its campaign is completed."""
        from crmcli.services.campaigns import move_in
        from crmcli.store.models.campaigns import Campaign
        from crmcli.store.models.sequences import Sequence

        with self.desk.writing("sequence rm") as uow:
            row = uow.get(Sequence, course_named(uow.reader, ref).number)
            view = _view(uow, row)
            if uow.get(Campaign, row.campaign_id).status in ("active", "paused"):
                move_in(uow, row.campaign_id, "complete")
            uow.bury(row)
            uow.summary = row.name
            return view

    def move(self, verb: str, ref: str) -> SequenceView:
        """``pause`` or ``resume`` a sequence, its campaign with it; raises Refused when it is so already."""
        from crmcli.services.campaigns import move_in
        from crmcli.store.models.campaigns import Campaign
        from crmcli.store.models.sequences import Sequence

        state = {"pause": "paused", "resume": "active"}[verb]
        with self.desk.writing(f"sequence {verb}") as uow:
            course = course_named(uow.reader, ref)
            if course.status == state:
                raise Refused(f"sequence #{course.number} {course.name} is {state} already")
            row = uow.get(Sequence, course.number)
            row.status = state
            if uow.get(Campaign, row.campaign_id).status != state:
                move_in(uow, row.campaign_id, verb)
            return _changed(uow, row)

    # -- single steps

    def add_step(self, ref: str, draft: StepDraft, at: int | None = None) -> StepView:
        """A new step, the last one or the one at a place; its view."""
        from crmcli.store.models.sequences import Sequence

        with self.desk.writing("sequence step add") as uow:
            row = uow.get(Sequence, course_named(uow.reader, ref).number)
            rows = _rows(uow, row)
            if len(rows) >= MOST_STEPS:
                raise Refused(f"a sequence has at most {MOST_STEPS} steps")
            place = len(rows) if at is None else _within(at, len(rows) + 1)
            rows.insert(place, uow.add(self._new(uow, row, draft)))
            return self._settled(uow, row, rows, place)

    def edit_step(self, ref: str, number: int, text: str | None, told: StepTold) -> StepView:
        """Change a step; who waits in it goes on waiting as long as was said before."""
        from crmcli.store.models.sequences import Sequence

        with self.desk.writing("sequence step edit") as uow:
            row = uow.get(Sequence, course_named(uow.reader, ref).number)
            rows = _rows(uow, row)
            place = _within(number, len(rows))
            kept = steps_of(uow.reader, row.id or 0)[place].draft
            columns = self._columns(uow.reader, changed_step(kept, text, told))
            for name, value in columns.items():
                setattr(rows[place], name, value)
            return self._settled(uow, row, rows, place)

    def move_step(self, ref: str, number: int, to: int) -> StepView:
        """Put a step at another place; who is at it stays at it."""
        from crmcli.store.models.sequences import Sequence

        with self.desk.writing("sequence step move") as uow:
            row = uow.get(Sequence, course_named(uow.reader, ref).number)
            rows = _rows(uow, row)
            step = rows.pop(_within(number, len(rows)))
            place = _within(to, len(rows) + 1)
            rows.insert(place, step)
            return self._settled(uow, row, rows, place)

    def remove_step(self, ref: str, number: int) -> StepView:
        """Take a step away; who is at it goes on with what is behind it. The view that it had."""
        from crmcli.store.models.sequences import Sequence

        with self.desk.writing("sequence step rm") as uow:
            row = uow.get(Sequence, course_named(uow.reader, ref).number)
            rows = _rows(uow, row)
            place = _within(number, len(rows))
            view = self._steps(uow.reader, row.id or 0)[place]
            uow.bury(rows[place])
            row.updated_at = uow.now
            uow.summary = f"{row.name}: {view.step}"
            return view

    # -- how it is written

    def _settled(self, uow: UnitOfWork, row: Sequence, rows: Rows, place: int) -> StepView:
        """The steps in their order, and the view of one of them."""
        _number(uow, row, rows)
        if uow.has_changes:
            row.updated_at = uow.now
        uow.flush()
        view = self._steps(uow.reader, row.id or 0)[place]
        uow.summary = f"{row.name}: {view.step}"
        return view

    def _fill(self, uow: UnitOfWork, row: Sequence, told: SequenceTold) -> None:
        if told.segment is not None:
            from crmcli.store.queries.segments import segment_named

            row.segment_id = segment_named(uow.reader, told.segment).number
        if told.stage is not None:
            number = _stage(uow.reader, told.stage, told.pipeline)
            if number != row.stage_id:
                row.stage_id, row.stage_since = number, uow.now
        elif told.pipeline is not None:
            raise UsageError("--pipeline says which stage is meant", hint="--stage STAGE")
        for name in ("stop_on_reply", "again"):
            if getattr(told, name) is not None:
                setattr(row, name, int(getattr(told, name)))
        if row.again and row.stage_id is None:
            raise UsageError("--again is about deals: another one takes a person in once more", hint="--stage STAGE")

    def _rename(self, uow: UnitOfWork, row: Sequence, label: str) -> None:
        from crmcli.store.models.campaigns import Campaign

        _refuse_taken(uow.reader, label, row.id)
        campaign = uow.get(Campaign, row.campaign_id)
        if campaign.name == row.name and not _campaign_taken(uow.reader, label, row.campaign_id):
            campaign.name, campaign.name_key = label, fold(label)
        row.name, row.name_key = label, fold(label)
        uow.flush()

    def _place_all(self, uow: UnitOfWork, row: Sequence, drafts: Several[StepDraft]) -> None:
        """Make the steps those of the drafts: what is as it was stays, the rest goes or is new."""
        from difflib import SequenceMatcher

        kept = _rows(uow, row)
        wanted = [self._columns(uow.reader, draft) for draft in drafts]
        matcher = SequenceMatcher(
            a=[_key(_parts(each)) for each in kept], b=[_key(each) for each in wanted], autojunk=False
        )
        rows: Rows = []
        for tag, a_from, a_to, b_from, b_to in matcher.get_opcodes():
            if tag == "equal":
                rows += kept[a_from:a_to]
                continue
            for each in kept[a_from:a_to]:
                uow.bury(each)
            rows += [self._row(row, columns) for columns in wanted[b_from:b_to]]
        uow.session.add_all(rows)
        _number(uow, row, rows)

    def _new(self, uow: UnitOfWork, row: Sequence, draft: StepDraft) -> SequenceStep:
        return self._row(row, self._columns(uow.reader, draft))

    def _row(self, row: Sequence, columns: dict[str, Any]) -> SequenceStep:
        from crmcli.store.models.sequences import SequenceStep

        return SequenceStep(sequence_id=row.id or 0, position=0, **columns)

    def _columns(self, reader: Reader, draft: StepDraft) -> dict[str, Any]:
        """What a step is kept as: its template by number, its filter with what it names by uid; raises NotFound, FilterError."""
        template = None
        if draft.template is not None:
            template = template_number(reader, draft.template)
            if template is None:
                raise NotFound(f"no template {draft.template}", hint="crm template list")
        kept = draft.filter
        if kept is not None:
            from crmcli.services.segments import Segments

            kept = Segments(self.desk).filter_kept(reader, kept)
            self.desk.condition(reader, "contact", kept)
        return {
            "kind": draft.kind, "template_id": template, "subject": draft.subject, "minutes": draft.minutes,
            "filter": kept, "otherwise": draft.otherwise,
        }  # fmt: skip


def shown_filters(desk: Desk, reader: Reader, sequence: int) -> dict[int, str]:
    """The filters of a sequence's conditions with what they name by name, by the step."""
    found = {step.number: step.filter for step in steps_of(reader, sequence) if step.filter}
    if not found:
        return {}
    from crmcli.services.segments import Segments
    from crmcli.store.queries.segments import campaign_names, segment_names

    names = segment_names(reader) | campaign_names(reader)
    return {number: Segments(desk).filter_shown(reader, text, names) for number, text in found.items()}


def _parts(row: SequenceStep) -> dict[str, Any]:
    """What makes a step what it is, its place aside."""
    names = ("kind", "template_id", "subject", "minutes", "filter", "otherwise")
    return {name: getattr(row, name) for name in names}


def _key(columns: dict[str, Any]) -> tuple[object, ...]:
    return tuple(columns.values())


def _rows(uow: UnitOfWork, row: Sequence) -> Rows:
    from crmcli.store.models.sequences import SequenceStep

    return sorted(uow.find(SequenceStep, sequence_id=row.id, deleted_at=None), key=lambda each: each.position)


def _number(uow: UnitOfWork, row: Sequence, rows: Rows) -> None:
    """Give the steps their positions; those that were taken away keep their place before what came behind them.

    Somebody may still be at one of these, and goes on from there.
    """
    from crmcli.store.models.sequences import SequenceStep

    before: dict[int | None, Rows] = {}
    gone: Rows = []
    uow.flush()
    placed = [each for each in uow.find(SequenceStep, sequence_id=row.id) if each.position]
    for each in sorted(placed, key=lambda each: (each.position, each.id)):
        if each.deleted_at is not None:
            gone.append(each)
        else:
            before[each.id], gone = gone, []
    order = [each for live in rows for each in (*before.get(live.id, ()), live)] + gone
    for position, each in enumerate(order, 1):
        each.position = position
    uow.flush()


def _within(number: int, most: int) -> int:
    """The index of a place that people count from 1."""
    if not 1 <= number <= most:
        raise NotFound(f"no step {number}", hint=f"1 to {most}" if most else "crm sequence step add")
    return number - 1


def _label(name: str) -> str:
    label = tidy(name)
    if not label or len(label) > _LONGEST:
        raise BadValue("name", f"a name has 1 to {_LONGEST} characters")
    if label.startswith("#") or label.lower().startswith("sq_"):
        raise BadValue("name", f"{label!r} would be read as something else", hint="a name that begins with a letter")
    return label


def _refuse_taken(reader: Reader, label: str, own: int | None = None) -> None:
    row = reader.row("SELECT id, name FROM sequence WHERE deleted_at IS NULL AND name_key = ?", (fold(label),))
    if row is not None and row[0] != own:
        raise Duplicate(f"there is a sequence {row[1]} already (#{row[0]})", hint=f"crm sequence edit {row[1]!r}")


def _campaign_taken(reader: Reader, label: str, own: int | None = None) -> bool:
    number = reader.value("SELECT id FROM campaign WHERE deleted_at IS NULL AND name_key = ?", (fold(label),))
    return number is not None and number != own


def _campaign(uow: UnitOfWork, label: str) -> int:
    """The campaign under which a sequence's mails, members and results are kept; its number."""
    from crmcli.domain.ids import new_uid
    from crmcli.store.models.campaigns import Campaign

    name, tries = label, 1
    while _campaign_taken(uow.reader, name):
        name = f"{label} (sequence{f' {tries}' if tries > 1 else ''})"
        tries += 1
    row = Campaign(
        uid=new_uid("cp"), name=name, name_key=fold(name), kind="email", status="active", started_at=uow.now,
        owner_id=uow.user_id, created_at=uow.now, updated_at=uow.now,
    )  # fmt: skip
    return uow.add(row).id or 0


def _stage(reader: Reader, name: str, pipeline: str | None) -> int:
    from crmcli.services.stages import pipeline_key, stage_named, stages_of

    return stage_named(stages_of(reader, pipeline_key(reader, pipeline)), name).number


def _clear(row: Sequence, field: str) -> None:
    if field not in _CLEARABLE:
        raise BadValue("clear", f"{field!r} can't be emptied", hint=f"one of {', '.join(_CLEARABLE)}")
    setattr(row, f"{field}_id", None)
    if field == "stage":
        row.stage_since, row.again = None, 0


def _changed(uow: UnitOfWork, row: Sequence) -> SequenceView:
    uow.summary = row.name
    if uow.has_changes:
        row.updated_at = uow.now
    return _view(uow, row)


def _view(uow: UnitOfWork, row: Sequence) -> SequenceView:
    uow.flush()
    [view] = sequence_views(uow.reader, row.id)
    return view
