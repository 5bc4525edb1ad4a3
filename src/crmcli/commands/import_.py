"""``crm import``: contacts, companies, deals and activities from CSV and TSV files."""

from __future__ import annotations

import sys
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.shape import DryRun, Noun, app_of, is_machine
from crmcli.commands.verbs import SpelledOut
from crmcli.domain.fields import PLURAL
from crmcli.io.opening import Reading
from crmcli.services.importing.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.context import AppContext
    from crmcli.reports.report import Report
    from crmcli.services.importing.run import Run
    from crmcli.services.importing.summary import Summary

app = Noun("Contacts, companies, deals and activities from CSV and TSV files.", no_args_is_help=True)

File = Annotated[str, typer.Argument(metavar="FILE|-", help="A file, or - for standard input.")]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=FIELD",
        help="Where a column goes: a field, company.website, custom.KEY, or - to leave it out; repeat.",
    ),
]
Default = Annotated[
    list[str] | None,
    typer.Option("--default", metavar="FIELD=VALUE", help="What a row gets where it has nothing; repeat."),
]
StageMap = Annotated[
    list[str] | None, typer.Option("--stage-map", metavar="THEIRS=OURS", help="What a stage is called here; repeat.")
]
Update = Annotated[
    bool, typer.Option("--update", help="Change records that are there already; the same as --on-duplicate update.")
]
SkipErrors = Annotated[
    bool, typer.Option("--skip-errors", help="Store the good rows though others are rejected (exit 7).")
]
OnDuplicate = Annotated[
    str | None,
    typer.Option(
        "--on-duplicate", metavar="skip|update|fail", help="What to do with a row whose record is there already."
    ),
]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", metavar="CHARACTER", help="Between cells: , ; tab or |. Found by itself.")
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="Of the file, as utf-8 or windows-1251. Found by itself."),
]
Source = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="NAME",
        help="The system the file comes from, by which its ids are known again; the file's name without ending if not given.",
    ),
]
Currency = Annotated[str | None, typer.Option("--currency", metavar="CODE", help="Of amounts that name none.")]
Hooks = Annotated[bool, typer.Option("--hooks", help="Run the hooks for each record.")]


def _door(noun: str, about: str, examples: Sequence[str], **flags: Any) -> None:  # noqa: ANN401 - annotated options
    """The command that imports records of a noun; ``flags`` are the options that only it has."""

    def read(
        ctx: typer.Context,
        file: File,
        map: Map = None,
        default: Default = None,
        update: Update = False,
        on_duplicate: OnDuplicate = None,
        skip_errors: SkipErrors = False,
        dry_run: DryRun = False,
        delimiter: Delimiter = None,
        encoding: Encoding = None,
        source: Source = None,
        hooks: Hooks = False,
        **given: Any,  # noqa: ANN401 - what the noun's own options were told
    ) -> None:
        plan = Plan(
            noun,
            map or (),
            default or (),
            given.get("stage_map") or (),
            _mode(on_duplicate, update=update),
            dry_run,
            skip_errors,
            Reading(delimiter=delimiter, encoding=encoding),
            source,
            given.get("currency"),
            hooks,
        )
        _import(ctx, plan, file)

    own = [Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=flag) for name, flag in flags.items()]
    app.verb(PLURAL[noun], examples=examples, help=about)(SpelledOut(read, flags=lambda: own))


_door(
    "contact",
    "People: known again by id, e-mail, phone or handle.",
    [
        "crm import contacts people.csv --dry-run",
        "crm import contacts leads.csv --map 'Firm=company' --default source=fair --skip-errors",
    ],
)
_door(
    "company",
    "Organisations: known again by id, website or name.",
    ["crm import companies accounts.csv --currency USD", "crm import companies accounts.csv --update"],
    currency=Currency,
)
_door(
    "deal",
    "Deals: known again by id, else by title and company. With their company, people and dates.",
    [
        "crm import deals pipeline.csv --stage-map Engaging=qualified --stage-map Prospecting=lead",
        "crm import deals - --map Betrag=value --delimiter ';' < angebote.csv",
    ],
    stage_map=StageMap,
    currency=Currency,
)
_door(
    "activity",
    "What was done: known again by id or the whole row. Also what is planned.",
    ["crm import activities calls.csv --default type=call"],
)


def _mode(on_duplicate: str | None, *, update: bool) -> str:
    return on_duplicate or ("update" if update else "skip")


def _import(ctx: typer.Context, plan: Plan, file: str) -> None:
    app = app_of(ctx)
    with app.imports.opened(plan, sys.stdin.buffer if file == "-" else Path(file)) as run:
        say_where = app.output.note if plan.dry_run else app.output.detail
        for header, target in run.columns.targets.items():
            say_where(f"{header} → {target}")
        with app.output.progress(f"importing {run.name}", run.table.size) as progress:
            summary = run.go(progress.advance)
        _answer(ctx, app, run, summary)


def _answer(ctx: typer.Context, app: AppContext, run: Run, summary: Summary) -> None:
    """The tally on stdout; on stderr what else happened, and the rejected rows."""
    if is_machine(ctx):
        app.output.value(summary.record())
    else:
        app.output.report(_tally(run, summary))
    for noun, count in summary.linked.items():
        app.output.note(f"{count:,} new {PLURAL[noun] if count > 1 else noun} that rows name")
    for what, count in summary.notes.items():
        app.output.warn(f"{count:,} {what}")
    if run.plan.dry_run:
        app.output.note("dry run: nothing was changed")
    elif not summary.created and not summary.updated:
        app.output.note("nothing was changed")
    elif not summary.rejected:
        app.output.note("crm undo takes it back")
    if (error := run.verdict()) is not None:
        raise error


def _tally(run: Run, summary: Summary) -> Report:
    from crmcli.reports.report import Report, ReportColumn

    names = ("read", "created", "updated", "skipped", "unchanged", "rejected")
    columns = tuple(ReportColumn(name, name, "integer") for name in names)
    row = tuple(getattr(summary, name) for name in names)
    title = f"{'would import' if run.plan.dry_run else 'imported'} {run.name}"
    return Report("import", title, columns, (row,), n=summary.read)
