"""Reports under a name of their own: save, list, run and forget them, and send one by mail."""

from __future__ import annotations

from shlex import join, quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.completing import one_of, saved_reports
from crmcli.commands.report import app, asked_of, show
from crmcli.commands.shape import DryRun, app_of, is_machine
from crmcli.domain.people import read_email
from crmcli.domain.text import fold
from crmcli.errors import BadValue, UsageError
from crmcli.render.report_files import KINDS, content_of, media_type
from crmcli.reports.catalogue import BY_NAME, question_named
from crmcli.reports.inquiry import Asked, kept_of
from crmcli.reports.options import flag_of
from crmcli.services.notices import Attachment, Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.context import AppContext
    from crmcli.reports.questions import Question
    from crmcli.reports.report import Report
    from crmcli.store.queries.saved_reports import SavedReport

_ANY = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": ["-h", "--help"]}
_Name = Annotated[str, typer.Argument(metavar="NAME", help="what it is to be called")]
_Saved = Annotated[str, typer.Argument(metavar="NAME", help="a saved report", autocompletion=saved_reports)]
_Report = Annotated[
    str,
    typer.Argument(metavar="REPORT", help="the report, then its options", autocompletion=one_of(tuple(BY_NAME))),
]
_TEXT_WIDTH = 78
_LOOKS = ("chart", "output", "explain", "drill", "row", "column", "envelope", "raw")


@app.verb(
    examples=[
        "crm report save monday funnel --period 'last week' --by owner",
        "crm report save boss won --period 'this quarter' --compare year",
    ],
    context_settings=_ANY,
)
def save(ctx: typer.Context, name: _Name, report: _Report) -> None:
    """Keep a report and its options under a name. Everyone who works on the store can run it."""
    context = app_of(ctx)
    question = question_named(report)
    given = _given(ctx, question)
    _refuse_looks(given)
    asked = asked_of(question, given)
    context.answer(asked)  # what can't be asked is not worth keeping
    saved = context.saved_reports.save(name, asked.name, kept_of(asked))
    _tell(ctx, saved, f"saved {saved.name}: crm report run {quote(saved.name)}")


@app.verb(
    examples=["crm report run monday", "crm report run monday --period 2026 --format json"], context_settings=_ANY
)
def run(ctx: typer.Context, name: _Saved) -> None:
    """Answer a saved report. Options given now count before those it was saved with."""
    context = app_of(ctx)
    _, asked, given = _recalled(ctx, name)
    show(context, context.answer(asked), given)


@app.verb(examples=["crm report saved"])
def saved(ctx: typer.Context) -> None:
    """The saved reports, with the command that each stands for."""
    context = app_of(ctx)
    rows = [(each.name, each.report, _command(each), each.owner) for each in context.saved_reports.list()]
    context.output.rows(("name", "report", "command", "owner"), rows)


@app.verb(examples=["crm report forget monday"])
def forget(ctx: typer.Context, name: _Saved) -> None:
    """Take a saved report away."""
    gone = app_of(ctx).saved_reports.remove(name)
    _tell(ctx, gone, f"forgot {gone.name} (crm undo takes it back)")


@app.verb(
    examples=[
        "crm report send monday --to boss@acme.com",
        "crm report send dashboard --to ana@acme.com --to boris@acme.com --attach xlsx",
        "0 7 * * 1  crm report send monday --to boss@acme.com    # in the crontab",
    ],
    context_settings=_ANY,
)
def send(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="a saved report, or any report")],
    to: Annotated[list[str], typer.Option("--to", metavar="ADDRESS", help="Who gets it; repeats.")],
    attach: Annotated[
        str,
        typer.Option("--attach", metavar="KIND", help="html, csv, xlsx, md, svg or png.", autocompletion=one_of(KINDS)),
    ] = "html",
    dry_run: DryRun = False,
) -> None:
    """Mail a report, as a text with a file. What cron sends to the boss each Monday; [smtp] says through which server."""
    context = app_of(ctx)
    if attach not in KINDS:
        raise BadValue("attach", f"no file of kind {attach!r}", hint=", ".join(KINDS))
    question, asked, given = _recalled(ctx, name)
    report = context.answer(asked)
    notice = Notice(
        "", _subject(report), _text(context, report), (_file(context, report, attach, raw=bool(given.get("raw"))),)
    )
    addresses = [read_email(each).value for each in dict.fromkeys(to)]
    for address in addresses:
        if not dry_run:
            context.notify(notice._replace(to=address))
        context.output.note(f"{'would send' if dry_run else 'sent'} {question.name} to {address}")


def _given(ctx: typer.Context, question: Question) -> dict[str, Any]:
    """The words after a report's name, read as the options that it takes."""
    assert ctx.parent is not None
    command = ctx.parent.command.get_command(ctx.parent, question.name)  # type: ignore[attr-defined]
    with command.make_context(question.name, list(ctx.args), parent=ctx.parent) as inner:
        return dict(inner.params)


def _refuse_looks(given: Mapping[str, Any]) -> None:
    """Raise UsageError for what says how an answer is shown: a saved report keeps what is asked."""
    looks = [f"--{name}" for name in _LOOKS if given.get(name)]
    if looks:
        raise UsageError(f"{looks[0]} is not kept with a report", hint=f"crm report run NAME {looks[0]} …")


def _recalled(ctx: typer.Context, name: str) -> tuple[Question, Asked, dict[str, Any]]:
    """A saved report, or else the report of that name, with the options given now in place of those saved."""
    saved = next((each for each in app_of(ctx).saved_reports.list() if fold(each.name) == fold(name)), None)
    if saved is None and name not in BY_NAME:
        app_of(ctx).saved_reports.find(name)  # which tells the names there are
    question = question_named(saved.report if saved else name)
    given = _given(ctx, question)
    asked = asked_of(question, given)
    if saved is None:
        return question, asked, given
    before = Asked(question.name, **saved.asked)
    words = {key: value or getattr(before, key) for key, value in asked._asdict().items() if key != "options"}
    return question, Asked(**words, options={**before.options, **asked.options}), given


def _command(saved: SavedReport) -> str:
    """The command that a saved report stands for."""
    flags = {**{key: value for key, value in saved.asked.items() if key != "options"}, **saved.asked.get("options", {})}
    words = ["crm", "report", saved.report]
    for key, value in flags.items():
        words += [flag_of(key), *([] if value is True else [str(value)])]
    return join(words)


def _tell(ctx: typer.Context, saved: SavedReport, did: str) -> None:
    output = app_of(ctx).output
    if is_machine(ctx):
        output.value({"id": saved.id, "name": saved.name, "report": saved.report, "asked": dict(saved.asked)})
    output.note(did)


def _subject(report: Report) -> str:
    return f"{report.title} ({report.period})" if report.period else report.title


def _text(context: AppContext, report: Report) -> str:
    """The report as plain lines for the body of a mail."""
    from crmcli.render.reports import report_lines

    screen = context.output.screen()._replace(width=_TEXT_WIDTH, color=False)
    return "\n".join([*report_lines(report, screen), ""])


def _file(context: AppContext, report: Report, kind: str, *, raw: bool) -> Attachment:
    return Attachment(
        f"{report.name}.{kind}", media_type(kind), content_of(report, kind, context.output.screen(), raw=raw)
    )
