"""Which stage is meant, and whether a deal may go there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import LOST_REASONS
from crmcli.domain.text import fold, nearest, tidy
from crmcli.errors import BadValue, FieldConflict, Lacking, NotFound, Refused, Stale

if TYPE_CHECKING:
    from crmcli.domain.views import StageView
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork


def pipeline_key(reader: Reader, name: str | None) -> str:
    """The folded name of a pipeline, of the default one when none is named; raises NotFound."""
    names = [n for (n,) in reader.rows("SELECT name FROM pipeline WHERE deleted_at IS NULL ORDER BY position, id")]
    if name is None:
        return fold(names[0]) if names else ""
    if fold(name) not in map(fold, names):
        near = nearest(name, names)
        hint = f"did you mean {near}?" if near else f"there are: {', '.join(names)}" if names else "crm pipeline add"
        raise NotFound(f"no pipeline {name}", hint=hint)
    return fold(name)


def reported_pipeline(reader: Reader, name: str | None) -> str:
    """The folded name of the pipeline that a report is about: the one named, else the first that has deals."""
    if name is None:
        sql = (
            "SELECT w.name FROM pipeline w WHERE w.deleted_at IS NULL AND EXISTS (SELECT 1 FROM deal d"
            " WHERE d.pipeline_id = w.id AND d.deleted_at IS NULL) ORDER BY w.position, w.id LIMIT 1"
        )
        name = reader.value(sql)
    return pipeline_key(reader, name)


def stages_of(reader: Reader, pipeline: str, *, removed: bool = False) -> list[StageView]:
    """The stages of a pipeline by its folded name, in order; or those that were ``removed`` from it."""
    from crmcli.store.queries.deals import stages

    return stages(reader, pipeline, removed=removed)


def stage_named(stages: list[StageView], name: str, *, anywhere: bool = False) -> StageView:
    """The stage of that name; raises NotFound naming those there are. ``anywhere``: the stages are of all pipelines."""
    wanted = fold(name)
    for stage in stages:
        if fold(stage.stage) == wanted:
            return stage
    names = list(dict.fromkeys(stage.stage for stage in stages))
    near = nearest(name, names)
    hint = f"did you mean {near}?" if near else f"one of {', '.join(names)}"
    where = "" if anywhere else f" in pipeline {stages[0].pipeline if stages else '?'}"
    raise NotFound(f"no stage {name!r}{where}", hint=hint)


def first_of_kind(stages: list[StageView], kind: str) -> StageView:
    """The first stage of a kind; raises Refused when the pipeline has none."""
    found = next((stage for stage in stages if stage.kind == kind), None)
    if found is None:
        raise Refused(f"pipeline {stages[0].pipeline if stages else '?'} has no {kind} stage")
    return found


def refuse_missing(view: Any, stages: list[StageView], target: StageView, here: int = -1, *, new: bool = False) -> None:  # noqa: ANN401
    """Raise Lacking when a field is empty that the target, or an open stage on the way to it, requires.

    ``here`` is the position that the deal comes from; ``new`` says that it is only being added. A lost stage asks only
    for its own fields.
    """
    asked = _asked(view, stages, target, here)
    if asked:
        stage, missing = asked[0]
        flags = " ".join(f"--{name.replace('_', '-').removesuffix('s') if name in _PLURAL else name.replace('_', '-')} …"
                         for name in missing)  # fmt: skip
        remedy = f"give {flags}" if new else f"crm deal edit {view.number} {flags}"
        wanted = tuple(dict.fromkeys(name for _, names in asked for name in names))
        raise Lacking(f"stage {stage.stage} requires {', '.join(missing)}", target.stage, wanted, hint=remedy)


def required_of(view: Any, stages: list[StageView], target: StageView) -> list[str]:  # noqa: ANN401
    """The fields that a deal lacks and that the target, or an open stage on the way to it, requires."""
    return [name for _, names in _asked(view, stages, target, position_in(stages, view)) for name in names]


def position_in(stages: list[StageView], view: Any) -> int:  # noqa: ANN401
    """Where a deal is among the stages; before them all when it is in none."""
    return next((stage.position for stage in stages if stage.stage == view.stage), -1)


def _asked(view: Any, stages: list[StageView], target: StageView, here: int) -> list[tuple[StageView, list[str]]]:  # noqa: ANN401
    passed = (
        [s for s in stages if s.kind == "open" and here < s.position < target.position] if target.kind != "lost" else []
    )
    return [(stage, missing) for stage in [*passed, target] if (missing := missing_in(view, stage))]


def missing_in(view: Any, stage: StageView) -> list[str]:  # noqa: ANN401
    """The fields that a stage requires and a deal does not have."""
    return [name for name in stage.required if getattr(view, name, None) in (None, "", ())]


def refuse_moved(view: Any, seen: str, wanted: StageView) -> None:  # noqa: ANN401
    """Raise Stale when a deal is not in the stage where it was seen before it was to go to another."""
    if fold(view.stage) != fold(seen):
        by = f" by {view.updated_by}" if view.updated_by else ""
        raise Stale(
            f"#{view.number} {view.title} was moved meanwhile{by}: it is in {view.stage}, not in {seen} any more",
            hint=f"crm history deal:{view.number}",
            conflicts=(FieldConflict("stage", seen, view.stage, wanted.stage),),
        )


def lost_reason(reason: str, note: str | None) -> tuple[str, str | None]:
    """The reason of the list and the note; a reason in one's own words is ``other`` with a note."""
    text = tidy(reason)
    if not text:
        raise BadValue("reason", "is empty", hint=f"one of {', '.join(LOST_REASONS)}, or your own words")
    known = next((r for r in LOST_REASONS if fold(r) == fold(text.replace("_", " ").replace("-", " "))), None)
    if known:
        return known, note
    return "other", f"{text}; {note}" if note else text


def note_lost(uow: UnitOfWork, deal: int, reason: str, note: str | None) -> None:
    """Write into the deal why it was lost."""
    from crmcli.store.models.deals import Deal

    row = uow.get(Deal, deal)
    row.lost_reason, row.lost_note = reason, note
    uow.flush()


_PLURAL = frozenset({"contacts", "tags"})


def enter(uow: UnitOfWork, deal: int, stage: StageView, *, at: Any = None, note: str | None = None) -> None:  # noqa: ANN401
    """Write the move into the deal and the stage history; a manual probability ends with the stage.

    A deal that goes from one won (or lost) stage to another was closed when it was, unless ``at`` says otherwise.
    """
    from crmcli.store.models.deals import Deal, Stage, StageChange

    row = uow.get(Deal, deal)
    stays_closed = at is None and row.closed_at is not None and uow.get(Stage, row.stage_id).kind == stage.kind
    moment = at or uow.now
    uow.session.add(
        StageChange(
            deal_id=deal, from_stage_id=row.stage_id, to_stage_id=stage.number, at=moment, by=uow.user_id, note=note
        )
    )
    row.stage_id, row.stage_since, row.probability = stage.number, moment, None
    if not stays_closed:
        row.closed_at = None if stage.kind == "open" else moment
    if stage.kind != "lost":
        row.lost_reason = row.lost_note = None
    uow.flush()


def leave_removed_stage(uow: UnitOfWork, deal: int) -> None:
    """Have a deal that comes back go on in the stage before its own, of the same kind, when that was removed meanwhile.

    What a stage requires is not asked for. Raises Refused when the pipeline is gone.
    """
    from crmcli.store.models.deals import Deal, Pipeline, Stage

    row = uow.get(Deal, deal)
    if row.deleted_at is not None:
        return
    stage = uow.get(Stage, row.stage_id)
    pipeline = uow.get(Pipeline, stage.pipeline_id)
    if pipeline.deleted_at is not None:
        raise Refused(f"pipeline {pipeline.name} of deal #{deal} was removed", hint=f"crm undo {pipeline.deleted_in}")
    if stage.deleted_at is None:
        return
    stages = stages_of(uow.reader, pipeline.name_key)
    before = [each for each in stages if each.kind == stage.kind and each.position < stage.position]
    enter(
        uow, deal, before[-1] if before else first_of_kind(stages, stage.kind), note=f"stage {stage.name} was removed"
    )
