"""Verbs of ``crm campaign``: what campaigns cost, and what they may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.campaign_app import app
from crmcli.commands.completing import campaigns, one_of
from crmcli.commands.shape import Fields, Noun, Raw, app_of, is_machine, split
from crmcli.domain.marketing import COST_STATES
from crmcli.services.budgets import in_all, overrun

if TYPE_CHECKING:
    from crmcli.domain.views import CostView

cost = Noun("What a campaign costs, line by line.", no_args_is_help=True)
app.group("cost", cost)

Text = str | None
_Named = Annotated[str, typer.Argument(metavar="NAME", help="uid, number, name or code", autocompletion=campaigns)]
_Maybe = Annotated[
    Text,
    typer.Argument(
        metavar="[NAME]", help="uid, number, name or code; all of them unless named", autocompletion=campaigns
    ),
]


_Number = Annotated[str, typer.Argument(metavar="NUMBER", help="as in crm campaign cost list")]
_State = Annotated[
    Text,
    typer.Option(
        "--state",
        metavar="STATE",
        help="planned, committed or spent; a new one is spent unless said.",
        autocompletion=one_of(COST_STATES),
    ),
]
_On = Annotated[Text, typer.Option("--on", metavar="DATE", help="The day of it; of a new one today unless said.")]
_Note = Annotated[Text, typer.Option("--note", metavar="TEXT", help="What it is for.")]


@cost.verb(
    examples=[
        "crm campaign cost add Spring 250 --note printing",
        "crm campaign cost add 'Trade fair 2026' '4,200 EUR' --state committed --on 2026-11-24 --note stand",
    ]
)
def add(
    ctx: typer.Context,
    name: _Named,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="250, 1.5k, '€1,000', '400 USD'")],
    state: _State = None,
    on: _On = None,
    note: _Note = None,
) -> None:
    """Put down a cost; prints its number. A warning says when the campaign is past its budget."""
    context = app_of(ctx)
    added = context.budgets.add(name, amount, state=state, on=on, note=note)
    context.output.one(added) if is_machine(ctx) else context.output.uid(added.id)
    _warn(ctx, added)


def _warn(ctx: typer.Context, added: CostView) -> None:
    for sentence in overrun(app_of(ctx).budgets.lines(added.campaign.id)):
        app_of(ctx).output.warn(sentence)


@cost.verb("list", examples=["crm campaign cost list", "crm campaign cost list Spring --format json"])
def list_(ctx: typer.Context, name: _Maybe = None, fields: Fields = None, raw: Raw = False) -> None:
    """The costs of all campaigns, or of one, by day."""
    output = app_of(ctx).output
    output.raw = raw
    output.many("cost", iter(app_of(ctx).budgets.list(name)), split(fields))


@cost.verb(
    examples=["crm campaign cost edit 4 --state spent", "crm campaign cost edit 4 --amount 4,150 --note 'stand, paid'"]
)
def edit(
    ctx: typer.Context,
    number: _Number,
    amount: Annotated[Text, typer.Option("--amount", metavar="AMOUNT", help="Another amount.")] = None,
    state: _State = None,
    on: _On = None,
    note: _Note = None,
) -> None:
    """Change a cost. What was planned is committed, what was committed is spent."""
    output = app_of(ctx).output
    changed = app_of(ctx).budgets.edit(number, amount=amount, state=state, on=on, note=note)
    if is_machine(ctx):
        output.one(changed)
    output.note(
        f"cost #{changed.number} of {changed.campaign.name}: {changed.amount.plain} {changed.currency} {changed.state}"
    )
    _warn(ctx, changed)


@cost.verb(examples=["crm campaign cost rm 4"])
def rm(ctx: typer.Context, number: _Number) -> None:
    """Take a cost away. crm undo takes it back."""
    output = app_of(ctx).output
    removed = app_of(ctx).budgets.remove(number)
    if is_machine(ctx):
        output.one(removed)
    output.note(f"removed cost #{removed.number} of {removed.campaign.name}: {removed.amount.plain} {removed.currency}")


@app.verb(examples=["crm campaign budget", "crm campaign budget Spring --format json"])
def budget(ctx: typer.Context, name: _Maybe = None, fields: Fields = None, raw: Raw = False) -> None:
    """What is left of each budget, and in all. What is planned, committed and spent; each currency by itself."""
    output = app_of(ctx).output
    output.raw = raw
    lines = app_of(ctx).budgets.lines(name)
    sums = in_all(lines) if len({line.name for line in lines}) > 1 else []
    output.many("budget", iter([*lines, *sums]), split(fields))
    output.stdout.flush()
    for sentence in overrun(lines):
        output.warn(sentence)
