"""The options of ``crm report``: those that every report has, and those that only some can be asked."""

from __future__ import annotations

from inspect import Parameter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.completing import groups_of, one_of, owners, pipelines
from crmcli.commands.shape import Filter, Raw
from crmcli.reports.options import OPTIONS
from crmcli.reports.questions import CAMPAIGN_GROUPS, CUSTOMER_GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.reports.options import Option
    from crmcli.reports.questions import Question

_DEAL_GROUPS = "owner, company, product, source, region, segment, campaign, pipeline, month, quarter, or a custom field"
_CUSTOMER_GROUPS = (
    "owner", "company", "product", "source", "region", "segment", "campaign", "pipeline", "or a custom field",
)  # fmt: skip
_GROUPS = {
    "deal": _DEAL_GROUPS,
    "forecast": f"category, {_DEAL_GROUPS}",
    "activity": f"type, contact, {_DEAL_GROUPS}",
    "contact": f"lifecycle, lead_status, {_DEAL_GROUPS}",
    "campaign": ", ".join(CAMPAIGN_GROUPS),
    **{name: ", ".join(dict.fromkeys((*own, *_CUSTOMER_GROUPS))) for name, own in CUSTOMER_GROUPS.items()},
}
_PERIOD = "2026, Q3-2026, 2026-06, this month, last 30d, FY2026"


def _by(question: Question) -> Any:  # noqa: ANN401
    usual = f" Usually {question.by}." if question.by else ""
    about, offered = f"{_GROUPS[question.groups]}.{usual}", groups_of(question.groups)
    return Annotated[str | None, typer.Option("--by", metavar="FIELD", help=about, autocompletion=offered)]


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

_NAMES = {"--filter": "filter_"}  # of parameters that are not called as their flags are
_COMPLETED: dict[str, Callable[..., Any]] = {"owner": owners, "pipeline": pipelines}


def _own(option: Option) -> Any:  # noqa: ANN401
    """The parameter of what only some reports can be asked."""
    kind: Any = {"number": int, "yes": bool}.get(option.kind, str)
    offered = one_of(option.choices) if option.choices else _COMPLETED.get(option.kind)
    metavar = option.metavar or None
    return Annotated[
        kind | None,
        typer.Option(option.flag, metavar=metavar, help=option.about, autocompletion=offered, min=option.least),
    ]


def _refused(flag: str, why: str) -> Any:  # noqa: ANN401
    """A flag that other reports have: it is taken, so that it can be said why it is none here."""
    return Annotated[str | None, typer.Option(flag, hidden=True, help=f"Not here: {why}.")]


def parameters(question: Question) -> list[Parameter]:
    """The parameters of the report's command, as Typer reads them."""
    found: list[tuple[str, Any, Any]] = []
    if question.groups:
        found.append(("by", _by(question), None))
    if question.dated:
        found += [("period", Period, None), ("since", Since, None), ("until", Until, None), ("compare", Compare, None)]
    if question.noun:
        found.append(("filter_", Filter, None))
    found += [(_NAMES.get(flag, flag[2:]), _refused(flag, why), None) for flag, why in question.refuses]
    found += [(name, _own(OPTIONS[name]), None) for name in question.options]
    found += [
        ("currency", Currency, None), ("chart", ChartOnly, False), ("output", OutputFile, None),
        ("explain", Explain, False), ("drill", DrillDown, False), ("row", RowOption, None),
        ("column", ColumnOption, None), ("envelope", Envelope, False), ("raw", Raw, False),
    ]  # fmt: skip
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, annotation, default in found
    ]
