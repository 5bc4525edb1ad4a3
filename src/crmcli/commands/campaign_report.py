"""``crm campaign report``: what came of a campaign."""

from __future__ import annotations

from typing import Annotated

import typer

from crmcli.commands.campaign_app import app
from crmcli.commands.completing import campaigns, one_of
from crmcli.commands.report_options import Envelope, Period, Since, Until
from crmcli.commands.shape import Raw, app_of
from crmcli.domain.attribution import MODELS
from crmcli.services.results import BY

Attribution = Annotated[
    str | None,
    typer.Option(
        "--attribution",
        metavar="MODEL",
        help="Whom a deal is owed to: own (default), first, last or linear.",
        autocompletion=one_of(MODELS),
    ),
]


@app.verb(
    examples=[
        "crm campaign report Spring",
        "crm campaign report Spring --format json",
        "crm campaign report Spring --by segment --attribution linear",
    ]
)
def report(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(metavar="NAME", help="uid, number, name or code", autocompletion=campaigns)],
    attribution: Attribution = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="FIELD", help="segment, source or variant of the people.", autocompletion=one_of(BY)
        ),
    ] = None,
    period: Period = None,
    since: Since = None,
    until: Until = None,
    envelope: Envelope = False,
    raw: Raw = False,
) -> None:
    """What came of a campaign. People by state, rates, deals, cost and ROI, against its goals and the one before."""
    from crmcli.reports.campaigns import Asked, campaign_page
    from crmcli.reports.period import window

    context = app_of(ctx)
    span = window(context.clock.local(), period, since, until)
    page = campaign_page(context.desk, ref, Asked(attribution, by, span), is_tracked=context.is_tracked)
    output = context.output
    output.raw = raw
    if output.format == "table" and not envelope:
        output.campaign_page(page)
    else:
        output.report(page.report, envelope=envelope)
