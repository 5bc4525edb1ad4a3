"""``crm import all``: a whole store from what ``crm export all`` wrote."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.shape import app_of, is_machine

if TYPE_CHECKING:
    from crmcli.reports.report import Report

EXAMPLES = [
    "crm import all store.jsonl",
    "crm --db new.db import all store.jsonl.gz",
    "ssh office crm export all | crm --db copy.db import all -",
]
_SHOWN = {
    "contact": "contacts", "company": "companies", "deal": "deals", "activity": "activities", "change_set": "changes",
}  # fmt: skip


def import_all(
    ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE|-", help="What crm export all wrote.")]
) -> None:
    """Fill a new store with a whole other one. Its records, numbers, users, stages and history are as they were there.

    A store that holds records already is refused, and a file that is not whole changes nothing.
    """
    app = app_of(ctx)
    with app.output.progress("importing the store") as progress:
        rows = app.carrying.take(sys.stdin.buffer if file == "-" else Path(file), progress.advance)
    tally = {word: rows.get(table, 0) for table, word in _SHOWN.items()}
    app.output.value(tally) if is_machine(ctx) else app.output.report(_report(tally))
    app.output.note(f"{app.store.location.label} is now as the other store was")


def _report(tally: dict[str, int]) -> Report:
    from crmcli.reports.report import Report, ReportColumn

    columns = tuple(ReportColumn(name, name, "integer") for name in tally)
    return Report("import", "imported the store", columns, (tuple(tally.values()),), n=None)
