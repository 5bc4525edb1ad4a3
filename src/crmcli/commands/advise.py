"""``crm advise``: the few things most worth doing now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import one_of
from crmcli.commands.report import show
from crmcli.commands.report_options import Envelope, Explain, OutputFile
from crmcli.commands.shape import Noun, Raw, app_of
from crmcli.domain.advice import BY_NAME
from crmcli.errors import UsageError

if TYPE_CHECKING:
    from crmcli.context import AppContext
    from crmcli.services.mutes import RuleView

app = Noun("The few things most worth doing now, with their reason and command.")
_Rule = Annotated[
    str | None,
    typer.Option(
        "--mute", metavar="RULE", help="Hear no more of it, or of it about REF.", autocompletion=one_of(tuple(BY_NAME))
    ),
]
_Unmute = Annotated[
    str | None,
    typer.Option("--unmute", metavar="RULE", help="Hear of it again.", autocompletion=one_of(tuple(BY_NAME))),
]


@app.verb(
    "advise",
    examples=[
        "crm advise",
        "crm advise acme.com --format json",
        "crm advise --mute rotting",
        "crm advise deal:12 --mute no-next-step --until '+2w'",
        "crm advise --rules",
    ],
)
def advise(
    ctx: typer.Context,
    ref: Annotated[
        str | None, typer.Argument(metavar="[REF]", help="only about this record, and what belongs to it")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All that the rules find, not just the weightiest.")
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help="The rules, and which of them are muted.")] = False,
    mute: _Rule = None,
    unmute: _Unmute = None,
    until: Annotated[str | None, typer.Option("--until", metavar="WHEN", help="With --mute: up to this day.")] = None,
    explain: Explain = False,
    output: OutputFile = None,
    envelope: Envelope = False,
    raw: Raw = False,
) -> None:
    """The few things most worth doing now, with their reason and command.

    Deals that will hardly close in time or have nothing planned, good customers who fell silent, what they may want
    next, campaigns over budget, records that may be one. Each rule can be muted, for all or for one record.
    """
    context = app_of(ctx)
    ways = {"--rules": rules, "--mute": mute is not None, "--unmute": unmute is not None}
    if sum(ways.values()) > 1:
        raise UsageError(f"{' and '.join(flag for flag, given in ways.items() if given)} are asked one at a time")
    if until is not None and mute is None:
        raise UsageError("--until goes with --mute")
    if rules:
        _rules(context)
    elif mute is not None:
        context.output.note(f"muted {context.mutes.mute(mute, ref, until)} (crm undo takes it back)")
    elif unmute is not None:
        context.output.note(f"{context.mutes.unmute(unmute, ref)} is heard again")
    else:
        from crmcli.reports.inquiry import Asked

        options = {"ref": ref, "all": everything or None}
        asked = Asked("advice", options={name: value for name, value in options.items() if value is not None})
        given = {"explain": explain, "output": output, "envelope": envelope, "raw": raw}
        show(context, context.answer(asked), given)


def _rules(context: AppContext) -> None:
    names = ("rule", "about", "weight", "muted", "until", "records")
    views = context.mutes.rules()
    context.output.rows(names, [_row(view) for view in views])


def _row(view: RuleView) -> tuple[object, ...]:
    return (*view[:3], "yes" if view.muted else "", view.until.isoformat() if view.until else None, view.records)
