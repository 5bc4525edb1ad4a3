"""``crm pipeline``: what lies in each stage, and the stages themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import one_of, pipelines, stages
from crmcli.commands.shape import DryRun, Fields, Filter, Noun, Yes, app_of, is_machine, split
from crmcli.domain.fields import STAGE_KINDS
from crmcli.domain.text import fold
from crmcli.errors import BadValue, UsageError
from crmcli.services.pipelines import CATEGORIES, StageDraft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.views import StageView

app = Noun("Count, value and weighted value per stage, and the stages themselves.", invoke_without_command=True)

_HERE = "The pipeline; the default one unless said."
Pipeline = Annotated[str | None, typer.Option("--pipeline", metavar="NAME", help=_HERE, autocompletion=pipelines)]
Name = Annotated[str, typer.Argument(metavar="PIPELINE", help="its name", autocompletion=pipelines)]
Stage = Annotated[str, typer.Argument(metavar="STAGE", help="its name", autocompletion=stages)]
Kind = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help=f"{', '.join(STAGE_KINDS)}; open unless said.",
        autocompletion=one_of(STAGE_KINDS),
    ),
]
Probability = Annotated[
    int | None, typer.Option("--probability", metavar="PERCENT", help="Chance of winning from here.")
]
RotDays = Annotated[
    int | None, typer.Option("--rot-days", metavar="N", help="Days after which an untouched deal rots.")
]
Wip = Annotated[int | None, typer.Option("--wip", metavar="N", help="So many open deals are enough here.")]
Forecast = Annotated[
    str | None,
    typer.Option(
        "--forecast-category",
        metavar="CATEGORY",
        help=f"{', '.join(CATEGORIES)}.",
        autocompletion=one_of(tuple(CATEGORIES)),
    ),
]
Require = Annotated[
    list[str] | None,
    typer.Option("--require", metavar="FIELD", help="A deal needs this field to enter; may be repeated."),
]
Position = Annotated[int | None, typer.Option("--position", min=0, metavar="N", help="Its place; 0 is the first.")]


@app.callback(epilog="\b\nExamples:\n  crm pipeline\n  crm pipeline --filter 'owner = me' --format json")
def totals(
    ctx: typer.Context,
    pipeline: Pipeline = None,
    filter_: Filter = None,
    fields: Fields = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", "-o", metavar="FORMAT", help="table, tsv, csv, json, jsonl, yaml or markdown."),
    ] = None,
) -> None:
    """Count, value and weighted value per stage, and the stages themselves."""
    context = app_of(ctx)
    context.output.use_format(format_)
    if ctx.invoked_subcommand is None:
        context.output.many("pipeline", context.pipelines.totals(pipeline, filter_), split(fields))
    elif pipeline or filter_ or fields:
        raise UsageError(f"options go after the verb {ctx.invoked_subcommand}")


@app.verb("list", examples=["crm pipeline list", "crm pipeline list --pipeline renewals --format json"])
def list_(ctx: typer.Context, pipeline: Pipeline = None, fields: Fields = None) -> None:
    """The stages of all pipelines, or of one."""
    context = app_of(ctx)
    context.output.many("stage", context.pipelines.list(pipeline), split(fields))


@app.verb(examples=["crm pipeline add renewals --stage due --stage talking --stage won --stage lost"])
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="what it is called")],
    stage: Annotated[
        list[str] | None, typer.Option("--stage", metavar="NAME", help="A stage, in order; may be repeated.")
    ] = None,
    won_stage: Annotated[
        str | None, typer.Option("--won-stage", metavar="NAME", help="The stage of won deals.")
    ] = None,
    lost_stage: Annotated[
        str | None, typer.Option("--lost-stage", metavar="NAME", help="The stage of lost deals.")
    ] = None,
) -> None:
    """Add a pipeline. Without --stage it gets the configured stages."""
    context = app_of(ctx)
    settings = context.settings
    won, lost = won_stage or settings["pipeline.won_stage"], lost_stage or settings["pipeline.lost_stage"]
    made = context.pipelines.add(name, stage or settings["pipeline.stages"], won, lost)
    _answer(ctx, made, f"added pipeline {made[0].pipeline}: {', '.join(each.stage for each in made)}")


@app.verb(examples=["crm pipeline edit renewals --name Renewals --default"])
def edit(
    ctx: typer.Context,
    name: Name,
    rename: Annotated[str | None, typer.Option("--name", metavar="NAME", help="What it is called from now on.")] = None,
    default: Annotated[bool, typer.Option("--default", help="New deals go here unless said.")] = False,
) -> None:
    """Rename a pipeline, or make it the default one."""
    if rename is None and not default:
        raise UsageError("nothing to change", hint="--name NAME or --default")
    changed = app_of(ctx).pipelines.edit(name, rename=rename, default=default)
    _answer(ctx, changed, f"edited pipeline {changed[0].pipeline if changed else name}")


@app.verb(
    "stage-add", examples=["crm pipeline stage-add pilot --probability 60 --rot-days 14 --require value --position 3"]
)
def stage_add(
    ctx: typer.Context,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="what it is called")],
    pipeline: Pipeline = None,
    kind: Kind = None,
    probability: Probability = None,
    rot_days: RotDays = None,
    wip: Wip = None,
    forecast_category: Forecast = None,
    require: Require = None,
    position: Position = None,
) -> None:
    """Add a stage, before the closed ones unless placed."""
    required = tuple(require) if require else None
    draft = StageDraft(stage, kind, probability, rot_days, forecast_category, required, position, wip)
    made = app_of(ctx).pipelines.add_stage(pipeline, draft)
    _answer(ctx, [made], f"added stage {made.stage} to pipeline {made.pipeline}")


@app.verb(
    "stage-edit",
    examples=[
        "crm pipeline stage-edit proposal --require value --require expected-close",
        "crm pipeline stage-edit lead --name new --no-rot",
        "crm pipeline stage-edit proposal --wip 20",
    ],
)
def stage_edit(
    ctx: typer.Context,
    stage: Stage,
    pipeline: Pipeline = None,
    rename: Annotated[str | None, typer.Option("--name", metavar="NAME", help="What it is called from now on.")] = None,
    probability: Probability = None,
    rot_days: RotDays = None,
    no_rot: Annotated[bool, typer.Option("--no-rot", help="Deals never rot here.")] = False,
    wip: Wip = None,
    no_wip: Annotated[bool, typer.Option("--no-wip", help="Any number of deals is well here.")] = False,
    forecast_category: Forecast = None,
    require: Require = None,
    no_require: Annotated[bool, typer.Option("--no-require", help="A deal needs no field to enter.")] = False,
    position: Position = None,
) -> None:
    """Change a stage; its deals stay in it."""
    required = () if no_require else tuple(require) if require else None
    draft = StageDraft(rename, None, probability, rot_days, forecast_category, required, position, wip)
    if draft == StageDraft() and not no_rot and not no_wip:
        raise UsageError("nothing to change", hint="name something to set, for example --probability 60")
    changed = app_of(ctx).pipelines.edit_stage(pipeline, stage, draft, clear_rot=no_rot, clear_wip=no_wip)
    _answer(ctx, [changed], f"edited stage {changed.stage} of pipeline {changed.pipeline}")


@app.verb(
    "stage-rm",
    examples=[
        "crm pipeline stage-rm negotiation --move-to proposal",
        "crm pipeline stage-rm negotiation --move-to proposal --yes",
    ],
)
def stage_rm(
    ctx: typer.Context,
    stage: Stage,
    pipeline: Pipeline = None,
    move_to: Annotated[
        str | None, typer.Option("--move-to", metavar="STAGE", help="Where its deals go.", autocompletion=stages)
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Take a stage away. Its deals move to another one, which asks first."""
    if move_to is not None and fold(move_to) == fold(stage):
        raise BadValue("move-to", f"{stage} can't move to itself", hint="another stage")
    context = app_of(ctx)
    inside = context.pipelines.deals_in(pipeline, stage)
    count = f"{len(inside)} deal{'s' if len(inside) != 1 else ''}"
    if dry_run:
        for found in inside:
            context.output.message(f"would move #{found.number} {found.name}")
        context.output.message(f"would remove stage {stage}" + (f" and move {count} to {move_to}" if inside else ""))
        return
    asks = inside and move_to is not None and not yes
    if asks and not context.output.confirm(f"move {count} from {stage} to {move_to}?"):
        context.output.message("nothing was changed")
        return
    moved = context.pipelines.remove_stage(pipeline, stage, move_to=move_to)
    where = f"; {moved} deal{'s' if moved != 1 else ''} moved to {move_to}" if moved else ""
    context.output.note(f"removed stage {stage}{where} (crm undo takes it back)")


def _answer(ctx: typer.Context, changed: Sequence[StageView], did: str) -> None:
    """One line on stderr, and the stages on stdout when a structured format was asked for."""
    output = app_of(ctx).output
    if is_machine(ctx):
        output.many("stage", changed)
    output.note(did)
