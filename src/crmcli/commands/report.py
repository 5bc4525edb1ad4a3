"""``crm report``: questions about the business, a command for each one in the catalogue."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import typer

from crmcli.commands.report_options import parameters
from crmcli.commands.shape import Noun, app_of
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
    return Asked(question.name, **words, filter=given.get("filter_") or "", options=options)


def show(app: AppContext, report: Report, given: Mapping[str, Any]) -> None:
    """The report as its flags want it: its rows, its chart, a file, or the ids behind it."""
    output = app.output
    output.raw = bool(given.get("raw"))
    output.report(report, envelope=bool(given.get("envelope")))
