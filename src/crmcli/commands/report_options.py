"""The options of ``crm report``: those that every report has, and those that only some can be asked."""

from __future__ import annotations

from inspect import Parameter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.completing import one_of, owners, pipelines
from crmcli.commands.shape import Filter, Raw
from crmcli.domain.attribution import MODELS
from crmcli.reports.questions import CUSTOMER_GROUPS

if TYPE_CHECKING:
    from crmcli.reports.questions import Question

_DEAL_GROUPS = "owner, company, product, source, region, segment, campaign, pipeline, month, quarter, or a custom field"
_GROUPS = {
    "deal": _DEAL_GROUPS,
    "activity": "type, owner, contact, company or month",
    "contact": "source, owner, lifecycle, lead_status, month, quarter, or a custom field",
    **{name: " or ".join(words) for name, words in CUSTOMER_GROUPS.items()},
}
_PERIOD = "2026, Q3-2026, 2026-06, this month, last 30d, FY2026"


def _by(question: Question) -> Any:  # noqa: ANN401
    usual = f" Usually {question.by}." if question.by else ""
    return Annotated[str | None, typer.Option("--by", metavar="FIELD", help=f"{_GROUPS[question.groups]}.{usual}")]


Period = Annotated[str | None, typer.Option("--period", metavar="WORDS", help=f"{_PERIOD}.")]
Since = Annotated[str | None, typer.Option("--since", metavar="WHEN", help="From this day on.")]
Until = Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Up to and with this day.")]
Compare = Annotated[
    str | None,
    typer.Option(
        "--compare",
        metavar="previous|year",
        help="Beside the period before, or the same a year earlier.",
        autocompletion=one_of(("previous", "year")),
    ),
]
Currency = Annotated[
    str | None, typer.Option("--currency", metavar="CODE", help="Count money in this one. Needs rates: crm rate.")
]
ChartOnly = Annotated[bool, typer.Option("--chart", help="Draw it, in place of the table.")]
OutputFile = Annotated[
    str | None, typer.Option("--output", metavar="FILE", help="Write .html, .svg, .png, .csv, .xlsx or .md.")
]
Explain = Annotated[bool, typer.Option("--explain", help="Say how each figure is worked out.")]
DrillDown = Annotated[bool, typer.Option("--drill", help="The ids of the records behind the figures.")]
RowOption = Annotated[
    str | None, typer.Option("--row", metavar="LABEL", help="With --drill: only this row, by its label or place.")
]
ColumnOption = Annotated[
    str | None, typer.Option("--column", metavar="NAME", help="With --drill: only what this figure counts.")
]
Envelope = Annotated[
    bool, typer.Option("--envelope", help="JSON with n, period, currency, formula and totals around the rows.")
]

# What only some reports can be asked: name -> type and default.
OWN: dict[str, tuple[Any, Any]] = {
    "owner": (
        Annotated[
            str | None,
            typer.Option(
                "--owner", metavar="USER", help="Only what is theirs; me for your own.", autocompletion=owners
            ),
        ],
        None,
    ),
    "ref": (
        Annotated[str | None, typer.Option("--about", metavar="REF", help="Only this record, and what belongs to it.")],
        None,
    ),
    "all": (Annotated[bool | None, typer.Option("--all", help="Not just the weightiest.")], None),
    "pipeline": (
        Annotated[
            str | None,
            typer.Option("--pipeline", metavar="NAME", help="Another than the default one.", autocompletion=pipelines),
        ],
        None,
    ),
    "days": (
        Annotated[
            int | None,
            typer.Option("--days", metavar="N", help="Untouched for so many days, whatever the stage allows."),
        ],
        None,
    ),
    "simulate": (
        Annotated[
            int | None,
            typer.Option(
                "--simulate", metavar="N", help="Draw so many possible futures; usually 10,000, 0 for none.", min=0
            ),
        ],
        None,
    ),
    "seed": (
        Annotated[
            int | None,
            typer.Option("--seed", metavar="S", help="Of the draws; usually 1. The same seed, the same answer."),
        ],
        None,
    ),
    "attribution": (
        Annotated[
            str | None,
            typer.Option(
                "--attribution",
                metavar="MODEL",
                help="Whom a deal is owed to: own (default), first, last or linear.",
                autocompletion=one_of(MODELS),
            ),
        ],
        None,
    ),
    "horizon": (
        Annotated[
            str | None,
            typer.Option("--horizon", metavar="TIME", help="How far to look ahead: 39w, 90d, 6m, 1y. Usually 52w."),
        ],
        None,
    ),
    "discount": (
        Annotated[
            str | None,
            typer.Option("--discount", metavar="RATE", help="What money to come loses a year: 10%. Usually nothing."),
        ],
        None,
    ),
    "fewest": (
        Annotated[
            int | None,
            typer.Option(
                "--min-customers", metavar="N", help="Only products that so many bought together; usually 5.", min=1
            ),
        ],
        None,
    ),
    "confidence": (
        Annotated[
            str | None, typer.Option("--min-confidence", metavar="SHARE", help="Only rules as sure as this: 30%.")
        ],
        None,
    ),
    "campaign": (
        Annotated[
            str | None,
            typer.Option(
                "--campaign", metavar="NAME", help="Its members that it was not sent to yet; usually everybody."
            ),
        ],
        None,
    ),
    "source_of": (
        Annotated[
            str | None,
            typer.Option(
                "--from",
                metavar="purchases|deals",
                help="What counts as bought: imported purchases (default where there are any) or won deals.",
                autocompletion=one_of(("purchases", "deals")),
            ),
        ],
        None,
    ),
}


def parameters(question: Question) -> list[Parameter]:
    """The parameters of the report's command, as Typer reads them."""
    found: list[tuple[str, Any, Any]] = []
    if question.groups:
        found.append(("by", _by(question), None))
    if question.dated:
        found += [("period", Period, None), ("since", Since, None), ("until", Until, None)]
        found += [("compare", Compare, None)] if question.compares else []
    if question.noun:
        found.append(("filter_", Filter, None))
    found += [(name, *OWN[name]) for name in question.options]
    found += [
        ("currency", Currency, None), ("chart", ChartOnly, False), ("output", OutputFile, None),
        ("explain", Explain, False), ("drill", DrillDown, False), ("row", RowOption, None),
        ("column", ColumnOption, None), ("envelope", Envelope, False), ("raw", Raw, False),
    ]  # fmt: skip
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, annotation, default in found
    ]
