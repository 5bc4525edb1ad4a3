"""``crm report``: questions about the business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import one_of, pipelines
from crmcli.commands.shape import Filter, Noun, Raw, app_of
from crmcli.domain.attribution import MODELS
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from crmcli.reports.period import Window
    from crmcli.reports.report import Report

app = Noun("Questions about the business.", no_args_is_help=True)

By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="FIELD",
        help="owner, company, month, source, campaign, type, reason, pipeline, region, country, industry, or a custom field.",
    ),
]
ActivityBy = Annotated[str, typer.Option("--by", metavar="FIELD", help="type, owner, contact, company or month.")]
PeriodOption = Annotated[
    str | None, typer.Option("--period", metavar="WORDS", help="2026, Q3-2026, 2026-06, this month, last 30d.")
]
Since = Annotated[str | None, typer.Option("--since", metavar="WHEN", help="From this day on.")]
Until = Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Up to and with this day.")]
Envelope = Annotated[
    bool, typer.Option("--envelope", help="JSON with n, period, currency, formula and totals around the rows.")
]


@app.verb(examples=["crm report pipeline", "crm report pipeline --filter 'owner = me' --format json"])
def pipeline(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Option("--pipeline", metavar="NAME", help="Another than the default one.", autocompletion=pipelines),
    ] = None,
    filter_: Filter = None,
    envelope: Envelope = False,
    raw: Raw = False,
) -> None:
    """Count, value and weighted value per stage. Also how many deals go on from it."""
    from crmcli.reports.pipeline import pipeline_report

    _answer(ctx, pipeline_report(app_of(ctx).desk, name, filter_), envelope=envelope, raw=raw)


@app.verb(examples=["crm report won --by owner --period 2026", "crm report won --by product --format csv"])
def won(
    ctx: typer.Context,
    by: By = None,
    period: PeriodOption = None,
    since: Since = None,
    until: Until = None,
    filter_: Filter = None,
    envelope: Envelope = False,
    raw: Raw = False,
) -> None:
    """Deals won: number, value, win rate, sales cycle."""
    from crmcli.reports.closed import won_report

    report = won_report(app_of(ctx).desk, by, _window(ctx, period, since, until), filter_)
    _answer(ctx, report, envelope=envelope, raw=raw)


@app.verb(examples=["crm report lost --period 'last 90d'", "crm report lost --by owner"])
def lost(
    ctx: typer.Context,
    by: By = "reason",
    period: PeriodOption = None,
    since: Since = None,
    until: Until = None,
    filter_: Filter = None,
    envelope: Envelope = False,
    raw: Raw = False,
) -> None:
    """Deals lost, by reason."""
    from crmcli.reports.closed import lost_report

    report = lost_report(app_of(ctx).desk, by, _window(ctx, period, since, until), filter_)
    _answer(ctx, report, envelope=envelope, raw=raw)


@app.verb(examples=["crm report activity --period 'this month'", "crm report activity --by owner"])
def activity(
    ctx: typer.Context,
    by: ActivityBy = "type",
    period: PeriodOption = None,
    since: Since = None,
    until: Until = None,
    filter_: Filter = None,
    envelope: Envelope = False,
    raw: Raw = False,
) -> None:
    """What was done, and how much of it a won deal takes."""
    from crmcli.reports.activity import activity_report

    report = activity_report(app_of(ctx).desk, by, _window(ctx, period, since, until), filter_)
    _answer(ctx, report, envelope=envelope, raw=raw)


@app.verb(examples=["crm report campaigns", "crm report campaigns --period 2026 --attribution first --format json"])
def campaigns(
    ctx: typer.Context,
    attribution: Annotated[
        str | None,
        typer.Option(
            "--attribution",
            metavar="MODEL",
            help="Whom a deal is owed to: own (default), first, last or linear.",
            autocompletion=one_of(MODELS),
        ),
    ] = None,
    period: PeriodOption = None,
    since: Since = None,
    until: Until = None,
    envelope: Envelope = False,
    raw: Raw = False,
) -> None:
    """Campaigns beside each other. People by state, rates, deals, cost and ROI; the newest first."""
    from crmcli.reports.campaigns import campaigns_report

    span, context = _window(ctx, period, since, until), app_of(ctx)
    report = campaigns_report(context.desk, attribution, span, is_tracked=context.is_tracked)
    _answer(ctx, report, envelope=envelope, raw=raw)


@app.verb(examples=["crm report stale", "crm report stale --days 30 --filter 'owner = me'"])
def stale(
    ctx: typer.Context,
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", help="Untouched for so many days, whatever the stage allows.")
    ] = None,
    filter_: Filter = None,
    envelope: Envelope = False,
    raw: Raw = False,
) -> None:
    """Open deals that nobody has touched for too long."""
    from crmcli.reports.stale import stale_report

    if days is not None and days < 0:
        raise BadValue("days", f"{days} is below zero")
    _answer(ctx, stale_report(app_of(ctx).desk, days, filter_), envelope=envelope, raw=raw)


@app.verb(examples=["crm report hygiene", "crm report hygiene --format json"])
def hygiene(ctx: typer.Context, envelope: Envelope = False, raw: Raw = False) -> None:
    """What would make the data better. Each fault with its count and the command that lists or mends it."""
    from crmcli.reports.hygiene import hygiene_report

    app = app_of(ctx)
    _answer(ctx, hygiene_report(app.desk, app.duplicates), envelope=envelope, raw=raw)


def _window(ctx: typer.Context, period: str | None, since: str | None, until: str | None) -> Window:
    from crmcli.reports.period import window

    return window(app_of(ctx).clock.local(), period, since, until)


def _answer(ctx: typer.Context, report: Report, *, envelope: bool, raw: bool) -> None:
    output = app_of(ctx).output
    output.raw = raw
    output.report(report, envelope=envelope)
