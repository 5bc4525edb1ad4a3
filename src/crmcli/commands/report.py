"""``crm report``: questions about the business, a command for each one in the catalogue."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import typer

from crmcli.commands.report_options import parameters
from crmcli.commands.shape import Noun, app_of
from crmcli.errors import UsageError
from crmcli.reports.catalogue import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmcli.context import AppContext
    from crmcli.reports.inquiry import Asked
    from crmcli.reports.questions import Question
    from crmcli.reports.report import Report

app = Noun("Questions about the business.", no_args_is_help=True)
_IN_WORDS = ("by", "period", "since", "until", "compare", "currency")


def _command(question: Question) -> Callable[..., None]:
    """The command that asks a question; its signature is made from what the question takes."""

    def ask(ctx: typer.Context, **given: Any) -> None:  # noqa: ANN401
        app = app_of(ctx)
        refuse_misfits(given)
        show(app, app.answer(asked_of(question, given)), given)

    ask.__doc__ = f"{question.about[0].upper()}{question.about[1:]}. {question.more}".strip()
    ask.__name__ = question.name.replace("-", "_")
    context = Parameter("ctx", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    ask.__signature__ = Signature([context, *parameters(question)])  # type: ignore[attr-defined]
    return ask


for _question in QUESTIONS:
    app.verb(_question.name, examples=_question.examples)(_command(_question))


def asked_of(question: Question, given: Mapping[str, Any]) -> Asked:
    """The flags of a command as a question in words."""
    from crmcli.reports.inquiry import Asked

    words = {name: given.get(name) or "" for name in _IN_WORDS}
    options = {name: given[name] for name in question.options if given.get(name) is not None}
    return Asked(
        question.name, **words, filter=given.get("filter_") or "", options=options, followed=bool(given.get("drill"))
    )


def show(app: AppContext, report: Report, given: Mapping[str, Any]) -> None:
    """The report as its flags want it: its rows, its chart, a file, or the ids behind it."""
    refuse_misfits(given)
    output = app.output
    output.raw = bool(given.get("raw"))
    if given.get("drill"):
        _drill(app, report, given.get("row") or "", given.get("column") or "")
    elif given.get("output"):
        output.report_file(report, given["output"])
    elif given.get("chart"):
        _refuse_figures(output.format if output.is_format_asked else "table")
        output.chart(report)
    else:
        output.report(report, envelope=bool(given.get("envelope")), explain=bool(given.get("explain")))


def refuse_misfits(given: Mapping[str, Any]) -> None:
    """Raise UsageError for flags that don't go together, and for a file of no known kind: before anything is worked out."""
    if given.get("output") is not None:
        from crmcli.render.report_files import kind_of

        kind_of(given["output"])
    ways = [f"--{name}" for name in ("drill", "output", "chart", "envelope") if given.get(name)]
    if len(ways) > 1 and ways != ["--output", "--chart"]:
        raise UsageError(f"{ways[0]} and {ways[1]} are two answers", hint=f"one of {', '.join(ways)}")
    for name in ("row", "column"):
        if given.get(name) and not given.get("drill"):
            raise UsageError(f"--{name} says which records --drill gives", hint=f"--drill --{name} …")


def _refuse_figures(form: str) -> None:
    if form != "table":
        raise UsageError(f"--chart: {form} has no charts", hint="--format table, or --output FILE.svg")


def _drill(app: AppContext, report: Report, row: str, column: str) -> None:
    """The uids behind the figures, one a line; as records of noun and id where such a format is asked for."""
    from crmcli.reports.behind import behind, namesakes, uids

    names = {each.name for part in report.parts or (report,) for each in part.columns}
    name = column if column in names else column.replace("-", "_")
    found = uids(app.desk, behind(report, row, name))
    output = app.output
    for title, place in namesakes(report, row, name) if row else ():
        output.note(f"{row} is a row of {title} too: --row {place}")
    if output.is_format_asked and output.format not in ("table", "ids"):
        output.rows(("noun", "id"), found)
    else:
        output.lines(uid for _, uid in found)
