"""``crm import``: contacts, companies, deals and activities from files that other programs wrote."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.import_all import EXAMPLES, import_all
from crmcli.commands.import_flags import CREATE, CURRENCY, MEANING, PLACING, READING, STAGE_MAP, parameters
from crmcli.commands.import_group import ImportGroup, presets
from crmcli.commands.import_mail import MAIL_EXAMPLES, import_mail
from crmcli.commands.import_several import FILES_EXAMPLES, Places, import_files
from crmcli.commands.import_watch import UNFIT, WATCH_EXAMPLES, Every, Folder, Once, Records, import_watch
from crmcli.commands.shape import Noun, app_of, is_machine
from crmcli.commands.verbs import SpelledOut
from crmcli.domain.fields import PLURAL
from crmcli.errors import BadValue, UsageError
from crmcli.services.importing.options import plan_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.context import AppContext
    from crmcli.reports.report import Report
    from crmcli.services.importing.plan import Plan
    from crmcli.services.importing.run import Run
    from crmcli.services.importing.summary import Summary
    from crmcli.services.purchase_imports import PurchaseRun

app = Noun("Contacts, companies, deals and activities from files that other programs wrote.", no_args_is_help=True)
app.info.cls = ImportGroup

File = Annotated[str, typer.Argument(metavar="FILE|-", help="A file, or - for standard input.")]


def _door(noun: str, about: str, examples: Sequence[str], **own: Any) -> None:  # noqa: ANN401 - annotated options
    """The command that imports records of a noun; ``own`` are the options that only it has."""

    def read(ctx: typer.Context, file: File, **given: Any) -> None:  # noqa: ANN401 - what the options were told
        _import(ctx, plan_of(noun, given), file, interactive=given["interactive"], report=given["report"])

    flags = parameters({**MEANING, **own, **PLACING, **READING})
    app.verb(PLURAL[noun], examples=examples, help=about)(SpelledOut(read, flags=flags))


def _wizard(ctx: typer.Context, file: File, **given: Any) -> None:  # noqa: ANN401
    from crmcli.commands.import_wizard import noun_of

    plan = plan_of(noun_of(app_of(ctx), file), given)
    _import(ctx, plan, file, interactive=True, report=given["report"])


def _files(ctx: typer.Context, places: Places, **given: Any) -> None:  # noqa: ANN401
    _use_report(app_of(ctx), given["report"])
    one = _only_file(app_of(ctx), places, given)
    if one is None:
        import_files(ctx, places, given)
    else:
        _import(ctx, plan_of(one, given), places[0], interactive=given["interactive"], report=None)


def _only_file(app: AppContext, places: Sequence[str], given: dict[str, Any]) -> str | None:
    """The noun of a single file of records; None for anything else."""
    place = Path(places[0]).expanduser()
    if len(places) > 1 or place.is_dir() or place.suffix.lower() == ".toml":
        return None
    part = app.several.part(place, given)
    return part.noun if part.noun in PLURAL else None


def _watch(
    ctx: typer.Context,
    folder: Folder,
    noun: Records = None,
    every: Every = "5s",
    once: Once = False,
    **given: Any,  # noqa: ANN401
) -> None:
    _use_report(app_of(ctx), given["report"])
    import_watch(ctx, folder, noun, every, once, given)


def _use_report(app: AppContext, report: str | None) -> None:
    """Tell what was done as the user wants it, whatever the format of lists."""
    if report not in (None, "text", "json"):
        raise BadValue("report", f"{report!r} is not one of text, json")
    if report == "json":
        app.output.use_format("json")


_door(
    "contact",
    "People: known again by id, e-mail, phone or handle.",
    [
        "crm import contacts people.csv --dry-run",
        "crm import contacts leads.csv --map 'Firm=company' --default source=fair --skip-errors",
        "crm import contacts leads.csv --key email --mode upsert --rejects bad.csv --report json --quiet",
    ],
)
_door(
    "company",
    "Organisations: known again by id, website or name.",
    [
        "crm import companies accounts.csv --currency USD",
        "crm import companies accounts.csv --update --fill-only industry,size",
    ],
    currency=CURRENCY,
)
_door(
    "deal",
    "Deals: known again by id, else by title and company. With their company, people and dates.",
    [
        "crm import deals pipeline.csv --stage-map Engaging=qualified --stage-map Prospecting=lead",
        "crm import deals - --map Betrag=value --delimiter ';' < angebote.csv",
    ],
    stage_map=STAGE_MAP,
    currency=CURRENCY,
)
_door(
    "activity",
    "What was done: known again by id or the whole row. Also what is planned.",
    ["crm import activities calls.csv --default type=call", "crm import activities meetings.ics --update"],
    create_contacts=CREATE,
)
app.verb(
    "wizard",
    examples=["crm import wizard people.csv", "crm import --interactive people.csv"],
    help="A file of anything, asked about. Shows it as it would be read, asks what is wrong about that, and imports it.",
)(
    SpelledOut(
        _wizard, flags=parameters({**MEANING, "stage_map": STAGE_MAP, "currency": CURRENCY, **PLACING, **READING})
    )
)
_ALL = {**MEANING, "stage_map": STAGE_MAP, "currency": CURRENCY, "create_contacts": CREATE, **PLACING, **READING}
_LASTING = {name: kind for name, kind in _ALL.items() if name not in UNFIT}
app.verb("files", examples=FILES_EXAMPLES, help=import_files.__doc__)(SpelledOut(_files, flags=parameters(_ALL)))
app.verb("watch", examples=WATCH_EXAMPLES, help=import_watch.__doc__)(SpelledOut(_watch, flags=parameters(_LASTING)))
app.verb("presets", examples=["crm import presets", "crm import presets --format json"])(presets)
app.verb("all", examples=EXAMPLES)(import_all)
app.verb("mail", examples=MAIL_EXAMPLES)(import_mail)


def _import(ctx: typer.Context, plan: Plan, file: str, *, interactive: bool, report: str | None) -> None:
    app = app_of(ctx)
    _use_report(app, report)
    if interactive:
        from crmcli.commands.import_wizard import ask

        plan = ask(ctx, app, plan, file)
    with app.imports.opened(plan, sys.stdin.buffer if file == "-" else Path(file)) as run:
        _say_what(app, run, interactive=interactive)
        if plan.save_map is not None:
            replaced = app.imports.keep_map(plan.save_map, run)
            app.output.note(f"{'replaced' if replaced else 'kept'} the map (--preset {plan.save_map} uses it)")
        answer_import(ctx, app, run, _gone(ctx, app, run))


def _say_what(app: AppContext, run: Run, *, interactive: bool) -> None:
    """Tell where the columns go, on stderr."""
    is_whole = (run.plan.dry_run or app.output.diagnostics.verbose) and not interactive
    brief = () if interactive else run.meaning.briefly(is_told=run.table.targets is not None)
    for line in run.meaning.lines() if is_whole else brief:
        app.output.note(line)


def _gone(ctx: typer.Context, app: AppContext, run: Run) -> Summary:
    """What became of the rows; a program that reads the report gets it when nothing was stored as well."""
    try:
        with app.output.progress(f"importing {run.name}", run.table.size) as progress:
            return run.go(progress.advance)
    except UsageError:
        if run.summary.rejected and is_machine(ctx):
            app.output.value(run.record())
        raise


def answer_import(ctx: typer.Context, app: AppContext, run: Run | PurchaseRun, summary: Summary) -> None:
    """The tally on stdout, of a dry run what it would do; on stderr what else happened, and the rejected rows."""
    if is_machine(ctx):
        app.output.value(run.record())
    elif run.plan.dry_run:
        app.output.report(_preview(run, summary))
    else:
        app.output.report(_tally(run, summary))
    _tell(app, run, summary)
    if (error := run.verdict()) is not None:
        raise error


def _tell(app: AppContext, run: Run | PurchaseRun, summary: Summary) -> None:
    if run.resumed_after:
        app.output.note(f"went on after {run.resumed_after:,} rows that an earlier run has stored")
    for noun, count in summary.linked.items():
        app.output.note(f"{count:,} new {PLURAL[noun] if count > 1 else noun} that rows name")
    left_out = {what if "," in what else f"{what} left out": count for what, count in run.table.notes().items()}
    for what, count in {**summary.notes, **left_out}.items():
        if not app.output.diagnostics.quiet:
            app.output.warn(f"{count:,} {what}")
    if summary.skipped:
        are = ("row is", "differs", "it") if summary.skipped == 1 else ("rows are", "differ", "them")
        app.output.note(f"{summary.skipped:,} {are[0]} there already and {are[1]}: --update changes {are[2]}")
    if run.plan.dry_run:
        if summary.changes_left_out:
            app.output.note(f"{summary.changes_left_out:,} more changes are not listed")
        app.output.note(f"would import {run.name}: {_counts(summary)}")
        app.output.note("dry run: nothing was changed")
    elif not summary.created and not summary.updated:
        app.output.note("nothing was changed")
    elif not summary.rejected:
        app.output.note("crm undo takes it back")


_COUNTS = ("read", "created", "updated", "skipped", "unchanged", "rejected")


def _counts(summary: Summary) -> str:
    return ", ".join(f"{getattr(summary, name):,} {name}" for name in _COUNTS if getattr(summary, name))


def _tally(run: Run | PurchaseRun, summary: Summary) -> Report:
    from crmcli.reports.report import Report, ReportColumn

    columns = tuple(ReportColumn(name, name, "integer") for name in _COUNTS)
    row = tuple(getattr(summary, name) for name in _COUNTS)
    return Report("import", f"imported {run.name}", columns, (row,), n=None)


def _preview(run: Run | PurchaseRun, summary: Summary) -> Report:
    """What a dry run would do: a row for each new record, each changed field and each rejected row."""
    from crmcli.reports.report import Report, ReportColumn

    rows: list[tuple[object, ...]] = []
    for change in summary.changes:
        record = change.name if change.number is None else f"#{change.number} {change.name}"
        for name, (before, after) in (change.fields or {"": (None, None)}).items():
            rows.append((change.line, change.action, record, name, _shown(before), _shown(after)))
    rows += [(line, "reject", "", "", None, reason) for line, reason in summary.rejections]
    rows.sort(key=lambda row: row[0])  # type: ignore[arg-type, return-value]
    names = (
        ("line", "integer"),
        ("action", "text"),
        ("record", "text"),
        ("field", "text"),
        ("from", "text"),
        ("to", "text"),
    )
    columns = tuple(ReportColumn(name, name, kind) for name, kind in names)
    return Report("import", f"would import {run.name}", columns, tuple(rows), n=None)


def _shown(value: object) -> str | None:
    """A field's value as a user would write it."""
    if isinstance(value, list):
        return "; ".join(filter(None, map(_shown, value))) or None
    if isinstance(value, dict):
        return str(value.get("name") or value)
    return None if value is None else str(value)
