"""Reports under a name of their own: save, list, run and forget them, and send one by mail."""

from __future__ import annotations

from shlex import join, quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.completing import one_of, saved_reports
from crmcli.commands.report import app, asked_of, show
from crmcli.commands.report_options import OutputFile
from crmcli.commands.shape import DryRun, app_of, is_machine
from crmcli.domain.people import read_email
from crmcli.errors import BadValue, UsageError
from crmcli.render.report_files import KINDS, content_of, kind_of, media_type
from crmcli.reports.catalogue import BY_NAME, question_named
from crmcli.reports.inquiry import Asked, kept_of
from crmcli.reports.options import flag_of
from crmcli.services.notices import Attachment, Notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
_KINDS = ", ".join(KINDS)
_LOOKS = ("chart", "output", "explain", "drill", "row", "column", "envelope", "raw")


@app.verb(
    examples=[
        "crm report save monday funnel --period 'last week' --by owner",
        "crm report save boss won --period 'this quarter' --compare year",
    ],
    context_settings=_ANY,
)
def save(ctx: typer.Context, name: _Name, report: _Report) -> None:
    """Keep a report and its options under a name. Everyone can run it. One that has the name is replaced."""
    context = app_of(ctx)
    question = question_named(report)
    given = _given(ctx, question)
    _refuse_looks(given, _LOOKS, "is not kept with a report")
    asked = asked_of(question, given)
    context.answer(asked)  # what can't be asked is not worth keeping
    before = context.saved_reports.known(name)
    saved = context.saved_reports.save(name, asked.name, kept_of(asked))
    if before is None or _command(before) == _command(saved):
        _tell(ctx, saved, f"saved {saved.name}: crm report run {quote(saved.name)}")
    else:
        _tell(ctx, saved, f"replaced {before.name}, which was {_command(before)} (crm undo takes it back)")


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
        "crm report send monday --output monday.html",
        "0 7 * * 1  crm report send monday --to boss@acme.com --output /srv/reports/monday.html    # in the crontab",
    ],
    context_settings=_ANY,
)
def send(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="a saved report, or any report")],
    to: Annotated[list[str] | None, typer.Option("--to", metavar="ADDRESS", help="Who gets it; repeats.")] = None,
    attach: Annotated[
        str | None,
        typer.Option(
            "--attach",
            metavar="KIND",
            help=f"What a mail brings: {_KINDS}. Usually html.",
            autocompletion=one_of(KINDS),
        ),
    ] = None,
    output: OutputFile = None,
    dry_run: DryRun = False,
) -> None:
    """Mail a report, as a text with a file, or write the file. What cron does each Monday; [smtp] says by which server."""
    context = app_of(ctx)
    addresses = [read_email(each).value for each in dict.fromkeys(to or ())]
    _refuse_ways(addresses, output, attach)
    question, asked, given = _recalled(ctx, name)
    _refuse_looks(given, [name for name in _LOOKS if name != "raw"], "does not go with a report that is sent")
    context.output.raw = bool(given.get("raw"))
    report = context.answer(asked)
    # A mail that can't be made stops all of it; a file that can't be written, the mails.
    notices = _notices(context, report, attach or KINDS[0], addresses)
    if output is not None:
        _write(context, report, output, dry_run=dry_run)
    for notice in notices:
        if not dry_run:
            context.notify(notice)
        context.output.note(f"{'would send' if dry_run else 'sent'} {question.name} to {notice.to}")


def _given(ctx: typer.Context, question: Question) -> dict[str, Any]:
    """The words after a report's name, read as the options that it takes."""
    assert ctx.parent is not None
    command = ctx.parent.command.get_command(ctx.parent, question.name)  # type: ignore[attr-defined]
    with command.make_context(question.name, list(ctx.args), parent=ctx.parent) as inner:
        return dict(inner.params)


def _refuse_looks(given: Mapping[str, Any], looks: Sequence[str], why: str) -> None:
    """Raise UsageError for what says how an answer is shown, where that can't be said."""
    found = [f"--{name}" for name in looks if given.get(name)]
    if found:
        raise UsageError(f"{found[0]} {why}", hint=f"crm report run NAME {found[0]} …")


def _refuse_ways(addresses: Sequence[str], output: str | None, attach: str | None) -> None:
    """Raise UsageError where a report can't be sent so, before it is worked out."""
    if not addresses and output is None:
        raise UsageError("a report is sent --to ADDRESS, or written to --output FILE", hint="one of them, or both")
    if attach is not None and not addresses:
        raise UsageError("--attach says what a mail brings", hint="--to ADDRESS, or --output FILE alone")
    if attach is not None and attach not in KINDS:
        raise BadValue("attach", f"no file of kind {attach!r}", hint=_KINDS)
    if output is not None:
        kind_of(output)


def _write(context: AppContext, report: Report, path: str, *, dry_run: bool) -> None:
    if dry_run:
        content_of(report, kind_of(path), context.output.screen())
        context.output.note(f"would write {path}")
    else:
        context.output.report_file(report, path)


def _notices(context: AppContext, report: Report, kind: str, addresses: Sequence[str]) -> list[Notice]:
    """The mails that bring a report: to be read at once, and as a file."""
    if not addresses:
        return []
    content = content_of(report, kind, context.output.screen(), raw=context.output.raw)
    file = Attachment(f"{report.name}.{kind}", media_type(kind), content)
    text = _text(context, report)
    return [Notice(address, _subject(report), text, (file,)) for address in addresses]


def _recalled(ctx: typer.Context, name: str) -> tuple[Question, Asked, dict[str, Any]]:
    """A saved report, or else the report of that name, with the options given now in place of those saved."""
    saved = app_of(ctx).saved_reports.known(name)
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
