"""Pipelines and their stages."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import DEAL, STAGE_KINDS, find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.domain.text import fold, nearest, tidy
from crmcli.domain.views import StageTotal, StageView
from crmcli.errors import BadValue, Conflict, NotFound, Refused
from crmcli.services.stages import pipeline_key, stage_named, stages_of
from crmcli.store.queries.deals import stage_totals, stages
from crmcli.store.store import FIRST_PIPELINE, StageSeed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.services.desk import Desk
    from crmcli.store.queries.refs import Found
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

CATEGORIES = ("omitted", "pipeline", "best_case", "commit", "closed")
_KNOWN = {"lead": (10, 30), "qualified": (20, 21), "proposal": (50, 14), "negotiation": (80, 14)}


class StageDraft(NamedTuple):
    """What a stage is to be; None leaves a value as it is (for a new stage: the usual)."""

    name: str | None = None
    kind: str | None = None
    probability: int | None = None
    rot_days: int | None = None
    forecast_category: str | None = None
    required: tuple[str, ...] | None = None
    position: int | None = None
    wip_limit: int | None = None


def seeds(names: Sequence[str], won: str, lost: str) -> tuple[StageSeed, ...]:
    """The stages of a new store; unknown open ones get probabilities spread evenly between 10 and 80 per cent."""
    wanted = list(names)
    wanted += [name for name in (won, lost) if fold(name) not in map(fold, wanted)]
    still_open = [name for name in wanted if fold(name) not in (fold(won), fold(lost))]
    return tuple(_seed(name, won, lost, still_open) for name in wanted)


def _seed(name: str, won: str, lost: str, still_open: list[str]) -> StageSeed:
    if fold(name) == fold(won):
        return StageSeed(name, "won", 100, None, "closed")
    if fold(name) == fold(lost):
        return StageSeed(name, "lost", 0, None, "omitted")
    place, last = still_open.index(name), max(len(still_open) - 1, 1)
    probability, rot_days = _KNOWN.get(fold(name), (10 + 70 * place // last, 30))
    category = "commit" if probability >= 75 else "best_case" if probability >= 50 else "pipeline"
    return StageSeed(name, "open", probability, rot_days, category)


# Inside a class with a method named list, the builtin goes by this name.
Stages = list[StageView]


class Pipelines:
    """The ways of selling, and what lies in each."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def totals(self, name: str | None = None, filter_text: str | None = None) -> Sequence[StageTotal]:
        """Count, value and weighted value per stage of a pipeline, the default one when none is named."""
        with self.desk.reading() as reader:
            where = self.desk.condition(reader, "deal", filter_text)
            if reader.connection is None:
                nothing = Money(0, self.desk.currency)
                return [StageTotal(s.stage, s.kind, 0, nothing, nothing) for s in self._stages(reader, name)]
            return _in_currencies(stage_totals(reader, pipeline_key(reader, name), where), self.desk.currency)

    def list(self, name: str | None = None) -> Sequence[StageView]:
        """The stages of all pipelines, or of one."""
        with self.desk.reading() as reader:
            return self._stages(reader, name)

    def _stages(self, reader: Reader, name: str | None) -> Stages:
        """The stages of all pipelines, or of one; without a store those that a new one would have."""
        if reader.connection is not None:
            return stages(reader, pipeline_key(reader, name) if name else None)
        if name is not None and fold(name) != FIRST_PIPELINE:
            raise NotFound(f"no pipeline {name}", hint=f"there are: {FIRST_PIPELINE}")
        return [
            StageView(
                place + 1, FIRST_PIPELINE, s.name, place, s.kind, s.probability, s.rot_days, s.forecast_category, ()
            )
            for place, s in enumerate(self.desk.store.seeds)
        ]

    def refuse_unknown(self, *, stage: str | None = None, pipeline: str | None = None) -> None:
        """Raise NotFound, naming those there are, for a stage or pipeline there is not; a missing store has any."""
        with self.desk.reading() as reader:
            if reader.connection is None:
                return
            key = pipeline_key(reader, pipeline) if pipeline is not None else None
            if stage is not None:
                stage_named(list(stages(reader, key)), stage, anywhere=key is None)

    def names(self) -> Sequence[str]:
        """The pipelines' names, the default one first."""
        return list(dict.fromkeys(stage.pipeline for stage in self.list()))

    def add(self, name: str, stage_names: Sequence[str], won: str, lost: str) -> Sequence[StageView]:
        """A new pipeline with its stages."""
        from crmcli.store.models.deals import Pipeline

        label = _label("name", name)
        with self.desk.writing("pipeline add", label) as uow:
            if uow.find(Pipeline, name_key=fold(label), deleted_at=None):
                raise Conflict(f"there is a pipeline {label} already", hint="crm pipeline list")
            position = 1 + (uow.reader.value("SELECT MAX(position) FROM pipeline") or 0)
            row = uow.add(Pipeline(name=label, name_key=fold(label), position=position))
            for place, seed in enumerate(seeds([_label("stage", s) for s in stage_names], won, lost)):
                _add_stage(uow, row.id or 0, place, seed._asdict())
            uow.flush()
            return stages(uow.reader, fold(label))

    def edit(self, name: str, *, rename: str | None = None, default: bool = False) -> Sequence[StageView]:
        """Rename a pipeline, or make it the default one."""
        from crmcli.store.models.deals import Pipeline

        with self.desk.writing("pipeline edit", name) as uow:
            row = uow.find(Pipeline, name_key=pipeline_key(uow.reader, name), deleted_at=None)[0]
            if rename is not None:
                row.name = _label("name", rename)
                row.name_key = fold(row.name)
                if any(other.id != row.id for other in uow.find(Pipeline, name_key=row.name_key, deleted_at=None)):
                    raise Conflict(f"there is a pipeline {row.name} already")
            if default:
                row.position = (
                    uow.reader.value("SELECT MIN(position) FROM pipeline WHERE deleted_at IS NULL") or 0
                ) - 1
            uow.flush()
            return stages(uow.reader, row.name_key)

    def add_stage(self, pipeline: str | None, draft: StageDraft) -> StageView:
        """A new stage, before the closed ones unless placed."""
        label = _label("name", draft.name or "")
        with self.desk.writing("pipeline stage-add", label) as uow:
            key = pipeline_key(uow.reader, pipeline)
            here = stages_of(uow.reader, key)
            if any(fold(stage.stage) == fold(label) for stage in here):
                raise Conflict(f"pipeline {here[0].pipeline} has a stage {label} already")
            kind = _one_of("kind", draft.kind or "open", STAGE_KINDS)
            values = _checked(draft)
            usual = {"won": (100, "closed"), "lost": (0, "omitted"), "open": (50, "pipeline")}[kind]
            place = draft.position if draft.position is not None else sum(stage.kind == "open" for stage in here)
            _shift(uow, here, place)
            row = {"name": label, "kind": kind, "probability": usual[0], "forecast_category": usual[1]} | values
            owner = uow.reader.value("SELECT id FROM pipeline WHERE name_key = ? AND deleted_at IS NULL", (key,))
            _add_stage(uow, owner, place, row)
            uow.flush()
            return stage_named(stages_of(uow.reader, key), label)

    def edit_stage(
        self, pipeline: str | None, name: str, draft: StageDraft, *, clear_rot: bool = False, clear_wip: bool = False
    ) -> StageView:
        """Change a stage; its deals stay in it."""
        from crmcli.store.models.deals import Stage

        with self.desk.writing("pipeline stage-edit", name) as uow:
            key = pipeline_key(uow.reader, pipeline)
            here = stages_of(uow.reader, key)
            row = uow.get(Stage, stage_named(here, name).number)
            for column, value in _checked(draft).items():
                setattr(row, column, value)
            for column, clear in (("rot_days", clear_rot), ("wip_limit", clear_wip)):
                if clear:
                    setattr(row, column, None)
            if draft.name is not None:
                row.name = _label("name", draft.name)
                row.name_key = fold(row.name)
                if any(fold(s.stage) == row.name_key and s.number != row.id for s in here):
                    raise Conflict(f"pipeline {here[0].pipeline} has a stage {row.name} already")
            if draft.position is not None:
                _shift(uow, [stage for stage in here if stage.number != row.id], draft.position)
                row.position = draft.position
            uow.flush()
            return stage_named(stages_of(uow.reader, key), row.name)

    def deals_in(self, pipeline: str | None, name: str) -> Sequence[Found]:
        """The live deals that are in a stage."""
        from crmcli.services.records import found_where
        from crmcli.store.queries.condition import Condition

        with self.desk.reading() as reader:
            stage = stage_named(self._stages(reader, pipeline or self._default(reader)), name)
            return found_where(reader, "deal", Condition("r.stage_id = ?", (stage.number,)))

    def _default(self, reader: Reader) -> str:
        return pipeline_key(reader, None) or FIRST_PIPELINE

    def remove_stage(self, pipeline: str | None, name: str, *, move_to: str | None = None) -> int:
        """Take a stage away; its deals move to another one, which must be named if there are any. How many moved.

        Each of them obeys what the other stage requires, and its hooks are run.
        """
        from crmcli.services.deals import Deals
        from crmcli.store.models.deals import Stage
        from crmcli.store.queries.sequences import sequences_using

        deals = Deals(self.desk)
        with self.desk.writing("pipeline stage-rm", name) as uow:
            here = stages_of(uow.reader, pipeline_key(uow.reader, pipeline))
            stage = stage_named(here, name)
            if sum(s.kind == stage.kind for s in here) == 1:
                raise Refused(f"{stage.stage} is the only {stage.kind} stage of pipeline {stage.pipeline}")
            if used := sequences_using(uow.reader, "stage_id", stage.number):
                raise Refused(f"stage {stage.stage} brings people into sequence {used[0]}", hint="crm sequence edit")
            sql = "SELECT id FROM deal WHERE stage_id = ? AND deleted_at IS NULL ORDER BY id"
            inside = [number for (number,) in uow.reader.rows(sql, (stage.number,))]
            if inside and move_to is None:
                count = f"{len(inside)} deals are" if len(inside) > 1 else "1 deal is"
                raise Refused(f"{count} in {stage.stage}", hint="--move-to STAGE")
            target = (
                stage_named([s for s in here if s.number != stage.number], move_to) if move_to is not None else None
            )
            if target is not None:
                for number in inside:
                    deals.enter_in(uow, number, target, note=f"stage {stage.stage} was removed")
            uow.bury(uow.get(Stage, stage.number))
            return len(inside)


def _in_currencies(totals: Sequence[StageTotal], usual: str) -> Sequence[StageTotal]:
    """The rows of a stage by currency; deals without a value count with its first one, or with the usual currency."""
    rows = []
    for _, of_stage in groupby(totals, key=lambda total: total.stage):
        bare, *valued = sorted(of_stage, key=lambda total: bool(total.value.currency))
        if bare.value.currency:
            rows += [bare, *valued]
        elif valued:
            rows += [valued[0]._replace(count=valued[0].count + bare.count), *valued[1:]]
        else:
            rows.append(bare._replace(value=Money(0, usual), weighted=Money(0, usual)))
    return rows


def _add_stage(uow: UnitOfWork, pipeline: int, position: int, values: dict[str, Any]) -> None:
    from crmcli.store.models.deals import Stage

    uow.session.add(Stage(pipeline_id=pipeline, position=position, name_key=fold(values["name"]), **values))


def _shift(uow: UnitOfWork, stages: Sequence[StageView], place: int) -> None:
    """Number the stages anew, leaving ``place`` free; one that was removed keeps to the stage that it comes after."""
    from crmcli.store.models.deals import Stage

    rows = {stage.number: uow.get(Stage, stage.number) for stage in stages}
    for removed in uow.find(Stage, pipeline_id=next(iter(rows.values())).pipeline_id) if rows else ():
        if removed.deleted_at is not None:
            before = [index for index, stage in enumerate(stages) if stage.position <= removed.position]
            removed.position = _numbered(before[-1], place) if before else -1
    for index, row in enumerate(rows.values()):
        row.position = _numbered(index, place)


def _numbered(index: int, place: int) -> int:
    return index if index < place else index + 1


def _checked(draft: StageDraft) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if draft.probability is not None:
        values["probability"] = _within("probability", draft.probability, 0, 100)
    if draft.rot_days is not None:
        values["rot_days"] = _within("rot-days", draft.rot_days, 1, 3650)
    if draft.wip_limit is not None:
        values["wip_limit"] = _within("wip", draft.wip_limit, 1, 1_000_000)
    if draft.forecast_category is not None:
        values["forecast_category"] = _one_of("forecast-category", draft.forecast_category, CATEGORIES)
    if draft.required is not None:
        values["required"] = ",".join(_required_field(name) for name in draft.required if name)
    return values


def _required_field(name: str) -> str:
    field = find_field("deal", name)
    if field is None or (field.computed and field.name != "lost_reason"):
        near = nearest(name, [f.name for f in DEAL if not f.computed])
        raise BadValue("required", f"deal has no field {name!r}", hint=f"did you mean {near}?" if near else None)
    return field.name


def _label(flag: str, text: str) -> str:
    kept = tidy(text)
    if not kept or len(kept) > 100 or "," in kept:
        raise BadValue(flag, "a name has 1 to 100 characters and no comma")
    return kept


def _within(flag: str, number: int, low: int, high: int) -> int:
    if not low <= number <= high:
        raise BadValue(flag, f"{number} is not between {low} and {high}")
    return number


def _one_of(flag: str, text: str, known: Sequence[str]) -> str:
    if text not in known:
        raise BadValue(flag, f"{text!r} is not one of {', '.join(known)}")
    return text
