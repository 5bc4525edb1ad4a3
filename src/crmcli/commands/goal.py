"""``crm goal``: quotas, and how far they are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import one_of, owners
from crmcli.commands.shape import Fields, Noun, Raw, app_of, is_machine, split
from crmcli.domain.quotas import METRICS

if TYPE_CHECKING:
    from crmcli.domain.views import QuotaView

app = Noun("What is wanted of a figure in a period, and how far it is reached.", no_args_is_help=True)

_PERIOD = "Q3-2026, 2026-06, 2026, this month, FY2026"
Metric = Annotated[
    str, typer.Argument(metavar="METRIC", help=f"{', '.join(METRICS)}", autocompletion=one_of(tuple(METRICS)))
]
Owner = Annotated[
    str | None,
    typer.Option("--owner", metavar="USER", help="Whose; all together unless said.", autocompletion=owners),
]


@app.verb(
    "set",
    examples=[
        "crm goal set won_value 250k --period Q1-2027",
        "crm goal set won_value '80,000 EUR' --owner ana --period Q1-2027",
        "crm goal set meetings 40 --owner me --period 'this month' --note 'ten a week'",
    ],
)
def set_(
    ctx: typer.Context,
    metric: Metric,
    target: Annotated[str, typer.Argument(metavar="TARGET", help="250k, '80,000 EUR', 40")],
    owner: Owner = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="WORDS", help=f"{_PERIOD}. Usually this quarter.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Free text.")] = None,
) -> None:
    """Want so much of a figure in a period. What was wanted of it there, by the same person, is replaced."""
    context = app_of(ctx)
    goal = context.goals.set(metric, target, owner=owner, period=period, note=note)
    context.output.one(goal) if is_machine(ctx) else context.output.uid(goal.id)
    context.output.note(f"goal #{goal.number}: {_told(goal)}")


@app.verb(
    "list",
    examples=["crm goal list", "crm goal list --period 'this quarter' --owner me", "crm goal list --format json"],
)
def list_(
    ctx: typer.Context,
    period: Annotated[
        str | None, typer.Option("--period", metavar="WORDS", help=f"Those that touch it: {_PERIOD}.")
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="USER", help="Whose.", autocompletion=owners)] = None,
    metric: Annotated[
        str | None,
        typer.Option("--metric", metavar="METRIC", help="Of which figure.", autocompletion=one_of(tuple(METRICS))),
    ] = None,
    fields: Fields = None,
    raw: Raw = False,
) -> None:
    """The goals and how far each is reached. Its share, what is missing, and the pace against the days gone by."""
    output = app_of(ctx).output
    output.raw = raw
    output.many("goal", iter(app_of(ctx).goals.list(period, owner=owner, metric=metric)), split(fields))


@app.verb(examples=["crm goal rm 3", "crm goal rm meetings"])
def rm(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(metavar="REF", help="uid, number, or a metric that has one goal only")],
) -> None:
    """Want it no more. crm undo takes it back."""
    output = app_of(ctx).output
    goal = app_of(ctx).goals.remove(ref)
    if is_machine(ctx):
        output.one(goal)
    output.note(f"removed goal #{goal.number}: {_told(goal)}")


def _told(goal: QuotaView) -> str:
    from crmcli.render.formats import cell

    amount = f"{cell(goal.target)} {goal.currency}" if goal.currency else cell(goal.target)
    return f"{goal.metric} {amount}" + (f" of {goal.owner}" if goal.owner else "") + f" in {goal.period}"
