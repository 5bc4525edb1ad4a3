"""Which stage is meant, and whether a deal may go there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.text import fold, nearest
from crmcli.errors import NotFound, Refused

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


def stages_of(reader: Reader, pipeline: str) -> list[StageView]:
    """The stages of a pipeline by its folded name, in order."""
    from crmcli.store.queries.deals import stages

    return stages(reader, pipeline)


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
    """Raise Refused when a field is empty that the target, or an open stage on the way to it, requires.

    ``here`` is the position that the deal comes from; ``new`` says that it is only being added. A lost stage asks only
    for its own fields.
    """
    passed = (
        [s for s in stages if s.kind == "open" and here < s.position < target.position] if target.kind != "lost" else []
    )
    for stage in [*passed, target]:
        missing = [name for name in stage.required if getattr(view, name, None) in (None, "", ())]
        if missing:
            flags = " ".join(f"--{name.replace('_', '-').removesuffix('s') if name in _PLURAL else name.replace('_', '-')} …"
                             for name in missing)  # fmt: skip
            remedy = f"give {flags}" if new else f"crm deal edit {view.number} {flags}"
            raise Refused(f"stage {stage.stage} requires {', '.join(missing)}", hint=remedy)


_PLURAL = frozenset({"contacts", "tags"})


def enter(uow: UnitOfWork, deal: int, stage: StageView, *, at: Any = None, note: str | None = None) -> None:  # noqa: ANN401
    """Write the move into the deal and the stage history; a manual probability ends with the stage."""
    from crmcli.store.models.deals import Deal, StageChange

    row = uow.get(Deal, deal)
    moment = at or uow.now
    uow.session.add(
        StageChange(
            deal_id=deal, from_stage_id=row.stage_id, to_stage_id=stage.number, at=moment, by=uow.user_id, note=note
        )
    )
    row.stage_id, row.stage_since, row.probability = stage.number, moment, None
    row.closed_at = None if stage.kind == "open" else moment
    if stage.kind != "lost":
        row.lost_reason = row.lost_note = None
    uow.flush()
