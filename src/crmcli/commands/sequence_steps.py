"""``crm sequence step``: the single steps of a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import one_of, templates
from crmcli.commands.sequence_app import Ref, app
from crmcli.commands.shape import Fields, Noun, app_of, is_machine, split
from crmcli.domain.sequence_steps import OTHERWISE, StepTold, told_step

if TYPE_CHECKING:
    from crmcli.domain.views import StepView

step = Noun("The steps of a sequence, one by one.", no_args_is_help=True)
app.group("step", step)

Text = str | None
_KINDS = ("mail", "task", "wait", "condition")
Number = Annotated[int, typer.Argument(metavar="STEP", min=1, help="Its place, as in crm sequence step list.")]
Template = Annotated[
    Text, typer.Option("--template", metavar="TEMPLATE", help="What a mail says.", autocompletion=templates)
]
Within = Annotated[Text, typer.Option("--in", metavar="TIME", help="When a task is due: 2d, 4h; at once unless said.")]
Otherwise = Annotated[
    Text,
    typer.Option(
        "--otherwise", metavar="stop|skip", help="Where a condition does not hold: stop, or leave out the next step.",
        autocompletion=one_of(OTHERWISE),
    ),
]  # fmt: skip


@step.verb(
    examples=[
        "crm sequence step add Welcome mail --template hello",
        "crm sequence step add Welcome wait 3d",
        'crm sequence step add Welcome task "call them" --in 2d',
        "crm sequence step add Welcome condition 'last_activity is empty' --otherwise stop --at 3",
    ]
)
def add(
    ctx: typer.Context,
    ref: Ref,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="mail, task, wait or condition.", autocompletion=one_of(_KINDS))
    ],
    text: Annotated[
        str,
        typer.Argument(metavar="[TEXT]", help="What is to be done, how long is waited, or the filter on the person."),
    ] = "",
    template: Template = None,
    within: Within = None,
    otherwise: Otherwise = None,
    at: Annotated[
        int | None, typer.Option("--at", metavar="STEP", min=1, help="Its place; the last one unless said.")
    ] = None,
) -> None:
    """Add a step, the last one or at a place; prints its number."""
    draft = told_step(kind, text, StepTold(template, within, otherwise))
    added = app_of(ctx).sequences.add_step(ref, draft, at)
    app_of(ctx).output.one(added) if is_machine(ctx) else app_of(ctx).output.uid(added.id)


@step.verb("list", examples=["crm sequence step list Welcome", "crm sequence step list Welcome --format json"])
def list_(ctx: typer.Context, ref: Ref, fields: Fields = None) -> None:
    """The steps, and how many people each is next for."""
    app_of(ctx).output.many("step", iter(app_of(ctx).sequences.steps(ref)), split(fields))


@step.verb(
    examples=["crm sequence step edit Welcome 2 5d", "crm sequence step edit Welcome 1 --template 'hello again'"]
)
def edit(
    ctx: typer.Context,
    ref: Ref,
    number: Number,
    text: Annotated[Text, typer.Argument(metavar="[TEXT]", help="Another text, time or filter.")] = None,
    template: Template = None,
    within: Within = None,
    otherwise: Otherwise = None,
) -> None:
    """Change a step. Who waits in it goes on waiting as long as was said before."""
    told = StepTold(template, within, otherwise)
    _answer(ctx, app_of(ctx).sequences.edit_step(ref, number, text, told), "edited")


@step.verb(examples=["crm sequence step move Welcome 3 1"])
def move(
    ctx: typer.Context,
    ref: Ref,
    number: Number,
    to: Annotated[int, typer.Argument(metavar="PLACE", min=1, help="Where it is to stand.")],
) -> None:
    """Put a step at another place. Who is at it goes on from there."""
    _answer(ctx, app_of(ctx).sequences.move_step(ref, number, to), "moved")


@step.verb(examples=["crm sequence step rm Welcome 3"])
def rm(ctx: typer.Context, ref: Ref, number: Number) -> None:
    """Take a step away. Who is at it goes on with the next one."""
    _answer(ctx, app_of(ctx).sequences.remove_step(ref, number), "deleted")


def _answer(ctx: typer.Context, view: StepView, did: str) -> None:
    output = app_of(ctx).output
    if is_machine(ctx):
        output.one(view)
    output.note(f"{did} step {view.number}: {view.step}")
