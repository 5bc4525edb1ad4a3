"""``crm import PLAN.toml``, ``crm import FOLDER`` and ``crm import FILE``: what is not said of files is found out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.shape import app_of, is_machine
from crmcli.domain.fields import PLURAL
from crmcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.context import AppContext
    from crmcli.reports.report import Report
    from crmcli.services.importing.parts import LeftOut, Part
    from crmcli.services.several import Outcome

FILES_EXAMPLES = [
    "crm import files people.csv",
    "crm import plan.toml --dry-run",
    "crm import ~/export-from-hubspot --skip-errors --report json",
]
Places = Annotated[
    list[str], typer.Argument(metavar="PLAN.toml|FOLDER|FILE…", help="A plan, a folder, or files of several kinds.")
]


def import_files(ctx: typer.Context, places: list[str], given: dict[str, Any]) -> None:
    """The files of a plan or a folder, in one undo step. Or one file, which says by itself what it holds.

    Companies come first, then people, deals, activities and mail, so that each finds what it belongs to.
    """
    from crmcli.services.several import NothingStored

    app = app_of(ctx)
    _refuse_single_only(given)
    parts, left_out = app.several.found([Path(place).expanduser() for place in places], given)
    tell_left_out(app, left_out)
    dry_run = given["dry_run"]
    try:
        size = sum(part.path.stat().st_size for part in parts if part.path.is_file())
        with app.output.progress("importing", size) as progress:
            outcome = app.several.go(parts, dry_run=dry_run, advance=progress.advance)
    except NothingStored as refused:
        if is_machine(ctx):
            app.output.value(_record(refused.outcome, left_out))
        raise refused.error from None
    app.output.value(_record(outcome, left_out)) if is_machine(ctx) else app.output.report(_report(outcome))
    _tell(app, outcome)
    if (verdict := outcome.verdict()) is not None:
        raise verdict


def _refuse_single_only(given: dict[str, Any]) -> None:
    if given.get("resume"):
        raise UsageError("--resume is for one file whose records are named", hint="crm import contacts FILE --resume")


def tell_left_out(app: AppContext, left_out: Sequence[LeftOut]) -> None:
    """Name the files that are not imported."""
    for path, reason in left_out:
        app.output.note(f"left out {path}: {reason}")


def _record(outcome: Outcome, left_out: Sequence[LeftOut]) -> dict[str, object]:
    others = [{"file": str(path), "reason": reason} for path, reason in left_out]
    return {**outcome.record(), "left_out": others}


def _report(outcome: Outcome) -> Report:
    """A row for each file."""
    from crmcli.reports.report import Report, ReportColumn
    from crmcli.services.several import COUNTS

    columns = (
        ReportColumn("file", "file", "text"),
        ReportColumn("records", "records", "text"),
        *(ReportColumn(name, name, "integer") for name in COUNTS),
    )
    rows = tuple(
        (path, PLURAL.get(noun, noun), *(counts[name] for name in COUNTS)) for path, noun, counts in outcome.counts()
    )
    return Report("import", "would import" if outcome.dry_run else "imported", columns, rows, n=None)


def _tell(app: AppContext, outcome: Outcome) -> None:
    for part, taken in outcome.files:
        for doubt in taken.doubts():
            app.output.note(f"{part.path}: {doubt}")
        _tell_notes(app, part, taken.record())
    totals = outcome.totals()
    if outcome.dry_run:
        app.output.note("dry run: nothing was changed")
    elif not totals["created"] and not totals["updated"]:
        app.output.note("nothing was changed")
    elif not totals["rejected"]:
        app.output.note("crm undo takes all of it back")


def _tell_notes(app: AppContext, part: Part, record: dict[str, Any]) -> None:
    for noun, count in record.get("linked", {}).items():
        app.output.note(f"{part.path}: {count:,} new {PLURAL[noun] if count > 1 else noun} that rows name")
    for what, count in record.get("notes", {}).items():
        if not app.output.diagnostics.quiet:
            app.output.warn(f"{part.path}: {count:,} {what}")
